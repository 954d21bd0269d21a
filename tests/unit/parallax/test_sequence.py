"""Films of several shots: cuts on the frame, one grade, the right pictures, bounded memory."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Generator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from photoplay.clip import ClipRequest, Element, Framing, Shot
from photoplay.engines.parallax import ParallaxEngine, sequence
from photoplay.engines.parallax.canvas import Canvas
from photoplay.engines.parallax.color import to_i420
from photoplay.engines.parallax.scene import Scene, build_scene
from photoplay.errors import Cancelled
from photoplay.frames import I420, RGB, Frames, split_planes
from photoplay.render import LocalRun, local_run
from tests import pictures

SMALL = 160  # width at which frames are compared


def saved(picture: RGB, path: Path) -> Path:
    assert cv2.imwrite(str(path), cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    return path


@pytest.fixture
def still(tmp_path: Path) -> Path:
    return saved(cv2.resize(pictures.landscape(), (1920, 1080)), tmp_path / "still.png")


def request_of(still: Path, *shots: Shot, **more: object) -> ClipRequest:
    return ClipRequest(start_image=still, shots=shots, audio=False, **more)  # type: ignore[arg-type]


def taken(frames: Frames) -> Generator[I420, None, None]:
    try:
        yield from frames.pixels
    finally:
        frames.pixels.close()  # type: ignore[attr-defined]


def small(frame: I420) -> NDArray[np.float32]:
    luma, _, _ = split_planes(frame)
    size = (SMALL, round(SMALL * luma.shape[0] / luma.shape[1]))
    return np.asarray(cv2.resize(luma, size, interpolation=cv2.INTER_AREA), np.float32)


def filmed(request: ClipRequest, run: LocalRun | None = None) -> list[NDArray[np.float32]]:
    with local_run() as own:
        return [small(frame) for frame in taken(ParallaxEngine().render(request, run or own))]


def cuts_in(frames: list[NDArray[np.float32]]) -> list[int]:
    """Frames that differ from the one before much more than both neighbours do from theirs."""
    steps = [float(np.abs(after - before).mean()) for before, after in pairwise(frames)]
    around = [0.0, *steps, 0.0]
    return [
        at
        for at, (before, step, after) in enumerate(zip(around, steps, around[2:], strict=False), 1)
        if step > 3 * max(before, after) + 1
    ]


def test_cuts_fall_on_the_frames_that_were_asked_for_and_on_no_other(still: Path) -> None:
    shots = (
        Shot("wide shot, rain, golden hour", 1),
        Shot("close-up", 2),
        Shot("medium shot, whip pan left", 1),
        Shot("detail", 1),
    )
    frames = filmed(request_of(still, *shots))
    assert len(frames) == 120
    assert cuts_in(frames) == [24, 72, 96]


def test_the_first_frame_is_the_still(still: Path) -> None:
    with local_run() as run:
        request = request_of(still, Shot("wide shot", 1), Shot("close-up", 2))
        frames = taken(ParallaxEngine().render(request, run))
        first = next(frames).copy()
        frames.close()
    picture = cv2.cvtColor(cv2.imread(str(still)), cv2.COLOR_BGR2RGB)
    np.testing.assert_array_equal(first, to_i420(picture))


@pytest.mark.parametrize("workers", [1, 3])
def test_the_same_request_gives_the_same_bytes_on_any_number_of_threads(
    still: Path, workers: int
) -> None:
    request = request_of(still, Shot("snow, handheld", 1), Shot("film grain", 2), seed=7)

    def bytes_of(count: int) -> list[bytes]:
        with local_run() as run:
            frames = sequence.film(request, run, workers=count)
            return [frame.tobytes() for frame in taken(frames)]

    assert bytes_of(workers) == bytes_of(2)


@pytest.mark.parametrize("light", ["golden hour", "moonlight", "window light"])
def test_one_place_has_one_grade_in_all_shots(still: Path, light: str) -> None:
    """The same pixels of the still, in a wide shot and close: luma and chroma barely differ."""
    shots = (Shot(f"wide shot, static, {light}", 3), Shot("close-up, static", 1))
    with local_run() as run:
        frames = ParallaxEngine().render(request_of(still, *shots), run)
        film = frames.pixels
        assert isinstance(film, sequence._Film)
        kept = [frame.copy() for at, frame in enumerate(taken(frames)) if at in (71, 72)]
    with ThreadPoolExecutor(2) as pool:
        window = film._pictures.view(still, Framing.CLOSE_UP, pool).window
    for wide, close in zip(*(split_planes(frame) for frame in kept), strict=True):
        height, width = wide.shape
        rows = slice(round(window.top * height), round((window.top + window.height) * height))
        columns = slice(round(window.left * width), round((window.left + window.width) * width))
        assert float(wide[rows, columns].mean()) == pytest.approx(float(close.mean()), abs=2)


def test_weather_is_there_when_a_later_shot_begins(still: Path) -> None:
    dry = filmed(request_of(still, Shot("static", 1), Shot("close-up, static", 2)))
    wet = filmed(request_of(still, Shot("static, snow", 1), Shot("close-up, static", 2)))
    assert np.abs(dry[0] - wet[0]).max() == 0
    assert np.abs(dry[24] - wet[24]).mean() > 0.3


def test_a_later_shot_shows_the_element_that_it_names(still: Path, tmp_path: Path) -> None:
    anna = saved(cv2.resize(pictures.portrait(), (900, 1600)), tmp_path / "anna.png")
    request = request_of(
        still,
        Shot("@Anna waits", 1),
        Shot("wide shot, @anna smiles at @Bob", 2),
        elements=(Element("Anna", (anna,)), Element("Idle", (still,))),
    )
    with local_run() as run:
        frames = filmed(request, run)
        notes = run.notes
    assert cuts_in(frames) == [24]
    blue_wall_and_bust = frames[24]
    assert np.abs(blue_wall_and_bust - frames[0]).mean() > 10
    assert "shot 1: it begins with the start image, so @Anna is not placed in it." in notes
    assert "shot 2: there is no element called @Bob." in notes
    assert "no prompt speaks of @Idle, so its picture is not shown." in notes
    assert "shot 2: 1–3 s, wide of anna.png" in notes


def test_a_transparent_still_keeps_its_backdrop_over_the_cut(tmp_path: Path) -> None:
    ball = pictures.ball()
    alpha = np.zeros(ball.shape[:2], np.uint8)
    cv2.circle(alpha, (320, 240), 120, 255, -1)
    cut = cv2.cvtColor(np.dstack([ball, alpha]), cv2.COLOR_RGBA2BGRA)
    assert cv2.imwrite(str(tmp_path / "cut.png"), cut)
    shots = (Shot("wide shot, static", 1), Shot("close-up, static", 2))
    frames = filmed(request_of(tmp_path / "cut.png", *shots))
    assert cuts_in(frames) == [24]
    corner, closer = frames[0][2, 2], frames[24][2, 2]
    assert 0 < corner - closer < 25, "the sweep gets darker downwards, and does not begin anew"


def test_a_split_prompt_says_how_it_is_split(still: Path) -> None:
    request = request_of(still, Shot("waves roll in, then gulls pass", 3), split_shots=True)
    with local_run() as run:
        frames = filmed(request, run)
        notes = run.notes
    assert notes[:2] == [
        "shot 1: 0–2 s, wide: “waves roll in”",
        "shot 2: 2–3 s, close-up: “gulls pass”",
    ]
    assert cuts_in(frames) == [48]


def test_no_more_than_two_scenes_are_alive(still: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    canvases: list[weakref.ref[Canvas]] = []  # a scene holds its own
    most = 0

    def counted(*arguments: object, **options: object) -> Scene:
        nonlocal most
        gc.collect()
        most = max(most, 1 + sum(canvas() is not None for canvas in canvases))
        scene = build_scene(*arguments, **options)  # type: ignore[arg-type]
        canvases.append(weakref.ref(scene.canvas))
        return scene

    monkeypatch.setattr(sequence, "build_scene", counted)
    filmed(request_of(still, *(Shot("push in", 1) for _ in range(5))))
    assert len(canvases) == 5
    assert most == 2


def test_a_cancelled_film_stops_while_a_scene_is_analysed(
    still: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: Future[None] = Future()
    go_on = threading.Event()

    def stuck(*_: object, **options: object) -> Scene:
        begun.set_result(None)
        go_on.wait(5)
        options["check_cancelled"]()  # type: ignore[operator]
        raise AssertionError("it was not cancelled")

    monkeypatch.setattr(sequence, "build_scene", stuck)
    with local_run() as run:
        frames = taken(ParallaxEngine().render(request_of(still, Shot("a", 2), Shot("b", 2)), run))
        next(frames)

        def cancel() -> None:
            begun.result(5)
            run.cancel()
            threading.Event().wait(0.3)
            go_on.set()

        threading.Thread(target=cancel).start()
        with pytest.raises(Cancelled):
            next(frames)
