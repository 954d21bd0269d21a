"""A data URI gives back exactly the bytes that were put into it, or a named error."""

import base64
import textwrap
import time
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from photoplay.assets.data_uri import MAX_ESCAPED_CHARS, read_data_uri
from photoplay.errors import InvalidMedia, MediaTooLarge

MAX_BYTES = 1000
CONTENT = st.binary(min_size=1, max_size=MAX_BYTES)


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


@given(CONTENT, st.sampled_from(["", "image/png", "image/svg+xml;charset=utf-8", "x/y;a=b;c=d"]))
def test_base64_comes_back(content: bytes, media_type: str) -> None:
    assert read_data_uri(f"data:{media_type};base64,{encoded(content)}", MAX_BYTES) == content


@given(CONTENT, st.integers(1, 100), st.sampled_from(["\n", "\r\n", " ", "\t", "%0A", "%0d%0a"]))
def test_base64_in_lines_comes_back(content: bytes, width: int, line_break: str) -> None:
    text = line_break.join(textwrap.wrap(encoded(content), width))
    assert read_data_uri(f"data:image/png;base64,{text}", MAX_BYTES) == content


@given(CONTENT)
def test_base64_without_padding_or_escaped_comes_back(content: bytes) -> None:
    text = encoded(content)
    escaped = quote(text, safe="")
    lower = escaped.replace("%2B", "%2b").replace("%2F", "%2f").replace("%3D", "%3d")
    for spelled in (text.rstrip("="), escaped, lower):
        assert read_data_uri(f"DATA:;BASE64,{spelled}", MAX_BYTES) == content


@given(CONTENT)
def test_percent_escapes_come_back(content: bytes) -> None:
    assert read_data_uri(f"data:text/plain,{quote(content, safe='')}", MAX_BYTES) == content
    assert (
        read_data_uri(f"data:,{''.join(f'%{byte:02x}' for byte in content)}", MAX_BYTES) == content
    )


@pytest.mark.parametrize("lead", range(4))
def test_no_escape_is_lost_in_a_long_uri(lead: int) -> None:
    """Wherever the cuts between slices fall."""
    text = "x" * lead + "%41%42c" * 40_000
    assert read_data_uri(f"data:,{text}", 10**6) == b"x" * lead + b"ABc" * 40_000


@pytest.mark.parametrize(
    "rest",
    [
        "",
        "image/png",
        "image/png;base64",
        "image/png;base64;QUI=",  # no comma
        ",",
        ";base64,",
        ";base64,====",
        ";base64,Q",  # six bits are no byte
        ";base64,QUI==",
        ";base64,QUJD=",
        ";base64,QUJD====",
        ";base64,QU=I",
        ";base64,QUI=QUI=",
        ";base64,QU-_",  # the alphabet of URLs
        ";base64,QUI\0",
        ";base64,Q\u0661I=",
        ";base64,%51UI=",  # an escape that no encoder writes
        ";base64,QUI=#fragment",
        "image;base64,QUI=",
        "<script>/x;base64,QUI=",
        "a" * 300 + "/b;base64,QUI=",
        ",%",
        ",%4",
        ",%zz",
        ",a b",
        ",<svg>\n",
        ",\u00e9",
        ",\ud800",
    ],
)
def test_anything_malformed_is_refused(rest: str) -> None:
    with pytest.raises(InvalidMedia) as refused:
        read_data_uri(f"data:{rest}", MAX_BYTES)
    assert len(str(refused.value)) < 300


@given(st.text(max_size=100))
@example("x/y;" * 60 + ",")
def test_any_text_is_read_or_refused(rest: str) -> None:
    """Never another error."""
    try:
        content = read_data_uri(f"data:{rest}", 50)
    except InvalidMedia:
        return
    assert 0 < len(content) <= 50


@pytest.mark.parametrize("extra", [1, 2, 3, 4, 1000])
def test_more_than_the_limit_is_refused(extra: int) -> None:
    largest = bytes(MAX_BYTES)
    assert read_data_uri(f"data:;base64,{encoded(largest)}", MAX_BYTES) == largest
    assert read_data_uri(f"data:,{'x' * MAX_BYTES}", MAX_BYTES) == b"x" * MAX_BYTES
    for uri in (
        f"data:;base64,{encoded(bytes(MAX_BYTES + extra))}",
        f"data:,{'x' * (MAX_BYTES + extra)}",
    ):
        with pytest.raises(MediaTooLarge) as refused:
            read_data_uri(uri, MAX_BYTES)
        assert refused.value.limits == {"max_size": MAX_BYTES}


@pytest.mark.parametrize(
    "rest",
    [
        ";a=b" * 12_000_000,  # a head without end
        ";base64," + "%2B" * 16_000_000,
        ";base64," + "\n" * 48_000_000,
        ";base64," + "=" * 48_000_000,
        "," + "%41" * 16_000_000,
    ],
)
def test_a_hostile_body_of_the_largest_size_is_refused_at_once(rest: str) -> None:
    began_s = time.monotonic()
    with pytest.raises(InvalidMedia):
        read_data_uri(f"data:{rest}", MAX_BYTES)
    assert time.monotonic() - began_s < 3
    assert len(rest) > MAX_ESCAPED_CHARS
