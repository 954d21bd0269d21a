"""Motion transfer: what is read from known movements, and what a still makes of it."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import skimage
from PIL import Image

from photoplay.clip import ClipRequest, MotionReference, Orientation, Shot
from photoplay.engines.parallax import single
from photoplay.engines.parallax.engine import ParallaxEngine
from photoplay.engines.parallax.transfer import Mode, Verdict, explain
from photoplay.engines.parallax.transfer.reading import Reading, read
from photoplay.engines.parallax.transfer.tracking import follow
from photoplay.errors import Cancelled
from photoplay.frames import I420, audio_samples
from photoplay.images import load_still
from photoplay.media import look_at
from tests import motions, pictures

taking = importlib.import_module("photoplay.engines.parallax.transfer.film")  # not its function
UNIT_PX = (motions.WIDTH * motions.HEIGHT) ** 0.5


class Run:
    """A run that keeps what is said, and may be cancelled."""

    def __init__(self, scratch: Path, *, cancelled_after: int = 10**9) -> None:
        self.scratch = scratch
        self.notes: list[str] = []
        self._left = cancelled_after

    def progress(self, fraction: float, message: str) -> None:
        """Nobody looks."""

    def log(self, message: str) -> None:
        self.notes.append(message)

    def check_cancelled(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise Cancelled


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("transfer")


@pytest.fixture(scope="module")
def swaying(folder: Path) -> Path:
    return motions.film(
        folder / "sway.mp4",
        seconds=3.5,
        head=motions.sway,
        camera=lambda time_s: (8 * time_s, -3 * time_s),
        tone_hz=440,
    )


@pytest.fixture(scope="module")
def portrait(folder: Path) -> Path:
    path = folder / "portrait.png"
    photograph = Image.open(Path(skimage.__file__).parent / "data" / "astronaut.png")
    photograph.resize((320, 320)).save(path)
    return path


def reading(path: Path) -> Reading:
    footage = look_at(path)
    return read(footage, count=footage.seconds * 24)


def request_for(still: Path, video: Path, **others: object) -> ClipRequest:
    plain = ClipRequest(
        start_image=still,
        shots=(Shot("static camera", 30),),
        motion=MotionReference(video),
        audio=False,
    )
    return replace(plain, **others)  # type: ignore[arg-type]  # fields of it


def rendered(request: ClipRequest, run: Run) -> list[I420]:
    return [frame.copy() for frame in ParallaxEngine().render(request, run).pixels]


def test_the_camera_is_followed_within_a_pixel_while_a_figure_moves(swaying: Path) -> None:
    camera = reading(swaying).camera
    times = np.arange(72) / 24
    assert np.abs(camera.pan_x * UNIT_PX - 8 * times).max() < 1
    assert np.abs(camera.pan_y * UNIT_PX + 3 * times).max() < 1
    assert np.abs(camera.log_zoom).max() < 0.005
    assert camera.confidence == 1


def test_the_rhythm_of_a_figure_is_read(swaying: Path) -> None:
    found = reading(swaying)
    assert found.has_rhythm
    assert found.rhythm is not None
    right, down = np.array([motions.sway(number / 24) for number in range(72)]).T
    assert np.corrcoef(found.rhythm.lean, right)[0, 1] > 0.95
    assert np.corrcoef(found.rhythm.bob, -down)[0, 1] > 0.9


def test_a_video_of_the_camera_alone_has_no_rhythm(folder: Path) -> None:
    found = reading(motions.film(folder / "pan.mp4", camera=lambda time_s: (15 * time_s, 0)))
    assert found.rhythm is None
    assert found.has_camera
    assert not found.camera.rests


def test_a_still_video_moves_nothing(folder: Path) -> None:
    found = reading(motions.film(folder / "rest.mp4"))
    assert found.camera.rests
    assert not found.has_rhythm


def test_a_video_that_is_cut_again_and_again_is_not_followed(folder: Path) -> None:
    found = reading(motions.film(folder / "cuts.mp4", cut_every_s=0.7, head=motions.sway))
    assert found.breaks >= 3
    assert not found.has_camera
    assert not found.has_rhythm


def test_a_video_of_noise_says_nothing_and_keeps_no_point_of_it() -> None:
    rng = np.random.default_rng(0)
    tracks = follow(rng.integers(0, 255, (90, 160), np.uint8) for _ in range(72))
    assert len(tracks.paths) < 20
    assert np.percentile(tracks.trust, 10) < 0.25


def test_a_cut_out_character_leans_without_a_face_if_it_has_a_neck(
    swaying: Path, tmp_path: Path
) -> None:
    """Somebody cut it out, so its outline is right; a bottle has no head."""
    modes = []
    for name, top in (("doll", 70), ("bottle", 24)):
        drawn = np.zeros((400, 300, 4), np.uint8)
        drawn[..., :3] = (180, 90, 60)
        cv2.rectangle(drawn, (90, 150), (210, 380), (60, 90, 180, 255), -1)
        cv2.rectangle(drawn, (138, 60), (162, 160), (60, 90, 180, 255), -1)
        cv2.ellipse(drawn, (150, 60), (top // 2, 45), 0, 0, 360, (220, 180, 150, 255), -1)
        Image.fromarray(drawn).save(tmp_path / f"{name}.png")
        request = request_for(tmp_path / f"{name}.png", swaying)
        modes.append(explain(request, Run(tmp_path)).mode)
    assert modes == [Mode.RHYTHM, Mode.CAMERA]


def test_a_person_takes_over_rhythm_and_camera(
    portrait: Path, swaying: Path, tmp_path: Path
) -> None:
    """Measured in the pictures: the head swings against the wall as the figure in the video did."""
    run = Run(tmp_path)
    frames = rendered(request_for(portrait, swaying), run)
    assert len(frames) == 72
    assert any("the rhythm of the body" in note and "camera" in note for note in run.notes)
    assert any("limbs and faces do not follow" in note for note in run.notes)
    assert any("first 3 s of the video's 3.5 s" in note for note in run.notes)
    right = np.array([motions.sway(number / 24)[0] for number in range(72)])
    swing = _swing(frames)
    slow = cv2.GaussianBlur(swing[None], (0, 0), 24, borderType=cv2.BORDER_REPLICATE)[0]
    assert np.corrcoef((swing - slow)[14:], right[14:])[0, 1] > 0.9


def _swing(frames: list[I420]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """How far the face has gone to the right of the wall beside it, px."""
    side = frames[0].shape[1]
    first = frames[0][:side]
    places = ((0.12, 0.34, 0.33, 0.55), (0.1, 0.4, 0.72, 0.92))  # top, bottom, left, right
    face, wall = (
        np.ascontiguousarray(first[int(a * side) : int(b * side), int(c * side) : int(d * side)])
        for a, b, c, d in places
    )
    found = []
    for frame in frames:
        at = [
            cv2.minMaxLoc(cv2.matchTemplate(frame[:side], part, cv2.TM_CCOEFF_NORMED))[3][0]
            for part in (face, wall)
        ]
        found.append(float(at[0] - at[1]))
    return np.array(found)


@pytest.mark.parametrize("draw", [pictures.texture, pictures.ball])
def test_what_is_no_person_is_not_bent(
    draw: Callable[[], np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]],
    swaying: Path,
    tmp_path: Path,
) -> None:
    still = tmp_path / "still.png"
    Image.fromarray(draw()).save(still)
    verdict = explain(request_for(still, swaying), Run(tmp_path))
    assert isinstance(verdict, Verdict)
    assert verdict.mode is Mode.CAMERA
    assert verdict.figure is None
    assert any("is bent" in note or "not bent" in note for note in verdict.notes)


def test_the_first_frame_is_the_still_and_threads_do_not_matter(
    portrait: Path, swaying: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same request gives the same bytes, on one thread and on three."""
    films = []
    for workers in (1, 3):
        monkeypatch.setattr(taking, "WORKERS", workers)
        films.append(rendered(request_for(portrait, swaying), Run(tmp_path)))
    still = single.canvas_of(load_still(portrait), request_for(portrait, swaying)).frame
    assert np.array_equal(films[0][0], still)
    assert all(np.array_equal(one, other) for one, other in zip(*films, strict=True))


def test_the_sound_of_the_video_is_kept_and_as_long_as_the_picture(
    portrait: Path, swaying: Path, tmp_path: Path
) -> None:
    frames = ParallaxEngine().render(request_for(portrait, swaying, audio=True), Run(tmp_path))
    for _ in frames.pixels:
        pass
    assert frames.audio is not None
    heard = frames.audio()
    assert len(heard.mix) == audio_samples(72, frames.fps)
    spectrum = np.abs(np.fft.rfft(heard.mix[:, 0]))
    assert abs(spectrum.argmax() * 48_000 / len(heard.mix) - 440) < 2
    assert set(heard.stems) == {"track"}


def test_without_the_video_s_sound_the_prompt_s_is_made(
    portrait: Path, swaying: Path, tmp_path: Path
) -> None:
    motion = MotionReference(swaying, Orientation.IMAGE, keep_sound=False)
    request = request_for(
        portrait, swaying, audio=True, motion=motion, shots=(Shot("heavy rain", 10),)
    )
    frames = ParallaxEngine().render(request, Run(tmp_path))
    for _ in frames.pixels:
        pass
    assert frames.audio is not None
    assert "ambience" in frames.audio().stems


def test_a_transfer_that_is_cancelled_stops(portrait: Path, swaying: Path, tmp_path: Path) -> None:
    frames = ParallaxEngine().render(
        request_for(portrait, swaying), Run(tmp_path, cancelled_after=2)
    )
    with pytest.raises(Cancelled):
        list(frames.pixels)
    frames.pixels.close()  # type: ignore[attr-defined]  # returns: no thread is left waiting
