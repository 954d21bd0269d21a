"""Films laid end to end: the pictures of both bit for bit, evenly spaced, with all of the sound."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from photoplay.clip import FPS
from photoplay.frames import SAMPLE_RATE_HZ, Frames, Soundtrack
from photoplay.media import Encoding, can_join, decode, encode, join, probe
from photoplay.media.formats import SUFFIXES, Codec
from tests.conftest import RASTER, gradient, hum

PAIRS = [(codec, suffix) for codec in Codec for suffix in SUFFIXES[codec]]
FIRST, SECOND = 30, 50  # frames


def part(path: Path, codec: Codec, count: int, *, follows: bool) -> Path:
    """The first part has a sound, the second has none yet."""
    chroma = np.full((RASTER.height_px // 2, RASTER.width_px), 128, np.uint8)
    pixels = (np.vstack([gradient(index), chroma]) for index in range(count))
    audio = None if follows else lambda: Soundtrack(hum(count * 2000))
    film = Frames(RASTER, FPS, count, pixels, audio)
    encode(film, path, Encoding.for_path(path, codec), metadata={}, follows=follows)
    return path


@pytest.mark.parametrize(("codec", "suffix"), PAIRS)
def test_films_of_every_codec_are_joined_in_every_file(
    tmp_path: Path, codec: Codec, suffix: str
) -> None:
    """Matroska tells no times of decoding: the first pictures were lost, and so were the rest."""
    parts = (
        part(tmp_path / f"a{suffix}", codec, FIRST, follows=False),
        part(tmp_path / f"b{suffix}", codec, SECOND, follows=True),
    )
    assert can_join(*parts)
    path = tmp_path / f"whole{suffix}"
    sound = hum((FIRST + SECOND) * 2000)
    join(parts, sound, path, Encoding.for_path(path, codec), {}, lambda: None)

    whole = list(decode(path))
    apart = [frame for each in parts for frame in decode(each)]
    assert len(whole) == FIRST + SECOND
    np.testing.assert_array_equal(whole, apart)
    with av.open(str(path)) as file:
        ticks = file.streams.video[0].time_base
        assert ticks is not None
        shown_s = [frame.pts * ticks for frame in file.decode(video=0) if frame.pts is not None]
    for before, after in pairwise(shown_s):
        assert abs(after - before - 1 / FPS) <= Fraction(1, 900)  # Matroska counts milliseconds
    found = probe(path)
    assert found.duration_s == pytest.approx((FIRST + SECOND) / FPS, abs=0.001)
    assert found.audio_duration_s == pytest.approx(len(sound) / SAMPLE_RATE_HZ, abs=0.022)
