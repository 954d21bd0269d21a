"""A name from a stranger is one harmless word with an honest ending."""

import re
from pathlib import PurePosixPath, PureWindowsPath
from urllib.parse import unquote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from photoplay.assets.naming import MAX_NAME_BYTES, content_disposition, safe_file_name
from photoplay.assets.sniff import ALL, JPEG, MP4, OTHER, PNG, FileType

# RFC 6266: whoever knows the extended form takes it, others the plain one.
_HEADER = re.compile(
    r"(?P<how>inline|attachment); filename=\"(?P<plain>[^\"\\]+)\""
    r"(?:; filename\*=UTF-8''(?P<extended>[A-Za-z0-9%._~-]+))?"
)
FILE_TYPES = st.sampled_from(ALL)


@pytest.mark.parametrize(
    ("given_name", "file_type", "expected"),
    [
        ("photo.png", PNG, "photo.png"),
        ("Photo.JPEG", JPEG, "Photo.JPEG"),
        ("münchen 街.png", PNG, "münchen 街.png"),
        ("../../etc/passwd", PNG, "passwd.png"),
        ("C:\\Users\\me\\out.mp4", MP4, "out.mp4"),
        ("page.html", PNG, "page.html.png"),  # a browser would run what it is called
        ("clip.png", OTHER, "clip.bin"),  # and this is no picture
        ("model.safetensors", OTHER, "model.safetensors"),
        ("notes", OTHER, "notes.bin"),
        ("a\r\nSet-Cookie: x=1.png", PNG, "aSet-Cookie_ x=1.png"),
        ('he said "hi".png', PNG, "he said _hi_.png"),
        ("gpj\u202egnp.png", PNG, "gpjgnp.png"),  # read from right to left
        ("nul\0l.png", PNG, "null.png"),
        ("CON.png", PNG, "_CON.png"),  # a device
        ("com1", OTHER, "_com1.bin"),
        (".png", PNG, "png.png"),
        ("...", PNG, "file.png"),
        ("", MP4, "file.mp4"),
        ("\ud800.png", PNG, "png.png"),  # half a character
        ("x" * 500 + ".mp4", MP4, "x" * (MAX_NAME_BYTES - 4) + ".mp4"),
    ],
)
def test_names_are_made_safe(given_name: str, file_type: FileType, expected: str) -> None:
    assert safe_file_name(given_name, file_type) == expected


@given(st.text(max_size=300), FILE_TYPES)
@example("/" * 300, PNG)
@example("街" * 300, PNG)
@example("lpt1.tar.gz", OTHER)
def test_any_text_becomes_one_short_printable_component(given_name: str, kind: FileType) -> None:
    name = safe_file_name(given_name, kind)
    assert 0 < len(name.encode()) <= MAX_NAME_BYTES
    assert name.isprintable()
    assert PurePosixPath(name).name == PureWindowsPath(name).name == name
    assert not re.match(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)|[. ]", name)
    assert kind is OTHER or PurePosixPath(name).suffix.lower() in kind.suffixes


@given(st.text(max_size=80), FILE_TYPES)
def test_a_safe_name_stays_as_it_is(given_name: str, kind: FileType) -> None:
    once = safe_file_name(given_name, kind)
    assert safe_file_name(once, kind) == once


@given(st.text(max_size=300), FILE_TYPES)
def test_the_header_is_one_ascii_line_that_gives_the_name_back(
    given_name: str, kind: FileType
) -> None:
    name = safe_file_name(given_name, kind)
    header = content_disposition(name, kind)
    assert header.isascii()
    assert header.isprintable()
    match = _HEADER.fullmatch(header)
    assert match is not None
    assert match["how"] == ("attachment" if kind is OTHER else "inline")
    assert (unquote(match["extended"]) if match["extended"] else match["plain"]) == name
