"""Videos that lead a clip: measured, sampled in time, and refused where they are no use."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from photoplay.clip import Orientation
from photoplay.errors import Cancelled, InvalidRequest
from photoplay.frames import SAMPLE_RATE_HZ
from photoplay.media import look_at, read_grey, write_wav
from tests import motions

FPS = Fraction(24)


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("footage")
    return motions.film(
        folder / "pan.mp4",
        seconds=3.5,
        camera=lambda time_s: (20 * time_s, 0),
        fps=Fraction(30),
        tone_hz=300,
    )


def test_a_reference_is_measured_by_its_packets(reference: Path) -> None:
    found = look_at(reference)
    assert (found.width_px, found.height_px, found.seconds) == (480, 272, 3)
    assert found.duration_s == pytest.approx(3.5, abs=0.01)
    assert found.has_sound
    assert not found.goes_on


def test_no_more_is_looked_at_than_the_orientation_uses(tmp_path: Path) -> None:
    path = motions.film(tmp_path / "long.mp4", seconds=12, fps=Fraction(8))
    assert look_at(path, Orientation.VIDEO).seconds == 12
    found = look_at(path, Orientation.IMAGE)
    assert (found.seconds, found.goes_on) == (10, True)


def test_frames_are_those_that_are_shown_at_the_times_of_the_clip(reference: Path) -> None:
    """A film at 30 frames a second, read at 24: the pan is as far at each time as it was."""
    frames = list(read_grey(reference, count=72, fps=FPS, side_px=480))
    assert len(frames) == 72
    first = frames[0].astype(np.float32)
    for at in (24, 48, 71):
        moved, _ = cv2.phaseCorrelate(first, frames[at].astype(np.float32))
        assert -moved[0] == pytest.approx(20 * at / 24, abs=0.8)


def test_a_damaged_film_is_used_as_far_as_it_can_be_read_or_refused(
    reference: Path, tmp_path: Path
) -> None:
    half = tmp_path / "half.mp4"
    content = reference.read_bytes()
    half.write_bytes(content[: len(content) // 3])
    with pytest.raises(InvalidRequest, match=re.escape(f"the motion video {half} can")):
        list(read_grey(half, count=72, fps=FPS, side_px=200))


def test_what_is_no_film_is_refused_in_one_line(tmp_path: Path) -> None:
    text, sound = tmp_path / "text.mp4", tmp_path / "sound.wav"
    text.write_text("no film")
    write_wav(np.zeros((SAMPLE_RATE_HZ * 4, 2), np.float32), sound)
    with pytest.raises(InvalidRequest, match="cannot be read as a film"):
        look_at(text)
    with pytest.raises(InvalidRequest, match="holds no moving picture"):
        look_at(sound)
    with pytest.raises(InvalidRequest, match="No such file"):
        look_at(tmp_path / "gone.mp4")
    with pytest.raises(InvalidRequest, match="cannot be read"):
        look_at(Path("a\0b.mp4"))


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.webp", "a.avif", "film.mp4", "tiny.png"])
def test_a_picture_is_called_one_and_may_have_changed_places(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    side_px = 40 if name == "tiny.png" else 200
    kind = "PNG" if name == "film.mp4" else None
    Image.new("RGB", (side_px, side_px), (90, 60, 30)).save(path, format=kind)
    with pytest.raises(InvalidRequest, match=r"is a picture; .* changed places, swap them"):
        look_at(path)


@pytest.mark.parametrize(
    ("name", "says"),
    [("gone.mp4", "No such file"), ("folder", "is a folder"), ("film.mp4/a", "Not a directory")],
)
def test_a_path_that_leads_nowhere_is_to_be_checked(tmp_path: Path, name: str, says: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "film.mp4").touch()
    with pytest.raises(InvalidRequest, match=f"{says}.*Check the path"):
        look_at(tmp_path / name)


def test_a_film_that_is_too_short_is_refused(tmp_path: Path) -> None:
    path = motions.film(tmp_path / "short.mp4", seconds=2)
    with pytest.raises(InvalidRequest, match=r"lasts 2\.0 s; motion is read from at least 3 s"):
        look_at(path)


def test_reading_stops_when_the_caller_says_so(reference: Path) -> None:
    def stop() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        list(read_grey(reference, count=72, fps=FPS, side_px=200, check_cancelled=stop))
