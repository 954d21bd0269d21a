"""Which addresses and ids of a provider are used, and which are not even looked at."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photoplay.dialects.addresses import known_id, same_origin, web_url

ANY = st.one_of(st.none(), st.integers(), st.text(), st.lists(st.text()))


@pytest.mark.parametrize(
    "url",
    ["https://a.example/b.mp4?c=d%20e&f#g", "http://127.0.0.1:9000/x", "https://[::1]:8/x"],
)
def test_an_address_of_the_web_is_taken_as_it_is(url: str) -> None:
    assert web_url(url) == url


@pytest.mark.parametrize(
    "said",
    [
        "file:///etc/passwd",
        "ftp://a.example/b",
        "//a.example/b",
        "a.example/b",
        "https://",
        "https:///b",
        "https://user:secret@a.example/b",  # credentials would go along with every call
        "https://a.example:99999/b",
        "https://[::1/b",
        "https://a.example/b c",
        "https://a.example/b\r\nX-A: b",
        "https://a.example/" + "b" * 5000,
        None,
        7,
        {"url": "https://a.example/b"},
    ],
)
def test_anything_else_is_no_address(said: object) -> None:
    assert web_url(said) is None


@pytest.mark.parametrize(
    ("url", "other", "is_same"),
    [
        ("https://a.example/b", "https://a.example:443/c?d", True),
        ("http://a.example", "http://A.example:80", True),
        ("https://a.example", "http://a.example", False),
        ("https://a.example", "https://a.example:444", False),
        ("https://a.example", "https://a.example.evil.example", False),
        ("https://a.example", "https://[", False),
    ],
)
def test_an_origin_is_scheme_host_and_port(url: str, other: str, is_same: bool) -> None:
    assert same_origin(url, other) is is_same


@pytest.mark.parametrize(
    ("said", "is_id"),
    [
        ("764cabcf-b745-4b3e-ae38-1200304cf45b", True),
        ("task_1.2:3", True),
        ("..", False),
        ("a/b", False),
        ("a?b", False),
        ("a\n", False),
        ("é", False),
        ("", False),
        ("a" * 201, False),
        (7, False),
    ],
)
def test_an_id_cannot_lead_elsewhere(said: object, is_id: bool) -> None:
    assert known_id(said) == (said if is_id else None)


@given(ANY)
def test_nothing_breaks_them(said: object) -> None:
    assert web_url(said) in (said, None)
    assert known_id(said) in (said, None)
