"""What is read from any provider's reply: its sentence, and when to come again."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photoplay.dialects.provider import Reply
from photoplay.dialects.replies import LONGEST_MESSAGE, message_of, retry_after_s, shortened

JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.just("message"), inner),
)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"message": "no"}, "no"),
        ({"code": 1, "message": "", "msg": "no"}, "no"),
        ({"error": "no"}, "no"),
        ({"error": {"message": "no", "type": "x"}}, "no"),
        ({"detail": [{"loc": ["body"], "msg": "no"}]}, "no"),
        ({"data": {"error": "no"}}, "no"),
        (["no", "yes"], "no"),
        ({"message": 7}, "status 400"),
        ({"message": {"message": {"message": {"message": {"message": "deep"}}}}}, "status 400"),
    ],
)
def test_the_sentence_is_found_where_providers_put_it(body: Any, words: str) -> None:
    assert message_of(Reply(status=400, json=body)) == words


def test_a_page_of_html_is_no_sentence() -> None:
    assert message_of(Reply(status=503, text="\n<html>busy</html>")) == "status 503"


def test_plain_text_is_a_sentence() -> None:
    assert message_of(Reply(status=503, text="try later\r\n")) == "try later"


@given(JSON, st.text())
def test_no_body_gives_more_than_a_line_that_can_be_printed(body: Any, text: str) -> None:
    found = message_of(Reply(status=500, json=body, text=text))
    assert found
    assert len(found) <= LONGEST_MESSAGE
    assert found.isprintable()


def test_control_characters_and_length_are_taken_away() -> None:
    assert shortened("a\x1b[31m\r\n b\ud800") == "a [31m b"
    assert shortened("x" * 10_000) == "x" * (LONGEST_MESSAGE - 1) + "…"


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("7", 7.0),
        (" 0.5 ", 0.5),
        ("999999999", 86_400.0),  # a day is the most that is believed
        ("", None),
        ("-1", None),
        ("nan", None),
        ("inf", None),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
    ],
)
def test_only_seconds_are_read_from_retry_after(said: str, seconds: float | None) -> None:
    assert retry_after_s(Reply(status=429, headers={"retry-after": said})) == seconds
    assert retry_after_s(Reply(status=429)) is None
