"""A file is what its first bytes say, and nothing that a browser would run is ever media."""

import io
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from photoplay.assets.sniff import ALL, HEAD_BYTES, OTHER, FileType, Kind, sniff


def picture(name: str) -> bytes:
    """A picture as Pillow writes it."""
    file = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(file, name)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("JPEG", "image/jpeg"),
        ("PNG", "image/png"),
        ("WEBP", "image/webp"),
        ("TIFF", "image/tiff"),
        ("BMP", "image/bmp"),
        ("AVIF", "image/avif"),
        ("GIF", "image/gif"),
    ],
)
def test_pictures_are_known(name: str, content_type: str) -> None:
    found = sniff(picture(name)[:HEAD_BYTES])
    assert (found.kind, found.content_type) == (Kind.IMAGE, content_type)


@pytest.mark.parametrize(
    ("container", "codec", "content_type"),
    [
        ("mp4", "libx264", "video/mp4"),
        ("mov", "libx264", "video/quicktime"),
        ("webm", "libvpx-vp9", "video/webm"),
        ("matroska", "libx264", "video/x-matroska"),
        ("ipod", "aac", "audio/mp4"),
        ("wav", "pcm_s16le", "audio/wav"),
        ("mp3", "libmp3lame", "audio/mpeg"),
        ("adts", "aac", "audio/aac"),
        ("flac", "flac", "audio/flac"),
        ("ogg", "libopus", "audio/ogg"),
    ],
)
def test_films_and_sounds_are_known(
    tmp_path: Path, container: str, codec: str, content_type: str
) -> None:
    path = tmp_path / "file"
    with av.open(str(path), "w", format=container) as out:
        if content_type.startswith("video"):
            film = out.add_stream(codec, rate=24, width=64, height=64, pix_fmt="yuv420p")
            assert isinstance(film, av.VideoStream)
            frame = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), "rgb24")
            out.mux([*film.encode(frame), *film.encode(None)])
        else:
            sound = out.add_stream(codec, rate=48000)
            assert isinstance(sound, av.AudioStream)
            piece = av.AudioFrame.from_ndarray(np.zeros((1, 2 * 4800), np.int16), "s16", "stereo")
            piece.sample_rate = 48000
            out.mux([*sound.encode(piece), *sound.encode(None)])
    found = sniff(path.read_bytes()[:HEAD_BYTES])
    assert found.content_type == content_type
    assert found.kind == content_type.partition("/")[0]


@pytest.mark.parametrize(
    ("head", "content_type"),
    [
        (b"ID3\x03\0\0\0\0\0\x23TIT2", "audio/mpeg"),
        (b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41", "video/mp4"),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf", "image/avif"),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1heicmiaf", "image/heic"),
        (b"\0\0\0\x08wide\0\0\x10\0mdat", "video/quicktime"),
        (b"RF64\xff\xff\xff\xffWAVEds64", "audio/wav"),
    ],
)
def test_rarer_beginnings_are_known(head: bytes, content_type: str) -> None:
    assert sniff(head).content_type == content_type


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"<!doctype html><script>alert(1)</script>",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"GIF89",  # cut short
        b"BM is how this letter begins, and it is no bitmap",
        b"\xff\xfe<\0s\0c\0r\0i\0p\0t\0>\0",  # UTF-16 with a mark that looks like a sound's
        b"\xff\xd8<script>",
        b"%PDF-1.7",
        b"PK\x03\x04",
        b"#EXTM3U\nfile:///etc/passwd",  # a playlist, which would make a demuxer open more
        b"ffconcat version 1.0\nfile '/etc/passwd'",
        b"RIFF\x10\0\0\0AVI LIST",
        b"OggS\0\2" + bytes(21) + b"\x80theora",
    ],
)
def test_all_else_is_bytes_to_save(head: bytes) -> None:
    assert sniff(head) is OTHER


@given(st.binary(max_size=HEAD_BYTES))
def test_any_bytes_have_one_of_the_known_types(head: bytes) -> None:
    assert sniff(head) in ALL


@given(st.sampled_from(ALL[:-1]), st.binary(max_size=64))
def test_text_in_front_makes_it_something_else(file_type: FileType, rest: bytes) -> None:
    """A page that carries a picture's mark further on would be run by a browser that sniffs."""
    assert sniff(b"<html>" + file_type.content_type.encode() + rest) is OTHER


def test_every_type_has_an_ending_of_its_own() -> None:
    endings = [suffix for known in ALL for suffix in known.suffixes]
    assert len(set(endings)) == len(endings)
