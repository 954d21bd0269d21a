"""Films that go on: no step at the joint in picture, camera or sound, and what is told of it."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import photoplay
from photoplay import films
from photoplay.clip import Tier
from photoplay.direction import read
from photoplay.direction.plan import Ambience, Atmosphere, Light, Look
from photoplay.engines.parallax.canvas import lay_canvas
from photoplay.engines.parallax.color import to_i420, to_rgb
from photoplay.engines.parallax.drift import corrected, measure_drift
from photoplay.engines.parallax.scene import build_scene, stands_apart
from photoplay.errors import InvalidRequest, OutputUnwritable
from photoplay.films.carrying import carried
from photoplay.films.history import History
from photoplay.frames import SAMPLE_RATE_HZ, Frames, Raster, Soundtrack
from photoplay.media import Encoding, decode_i420, encode, loudness_lufs, probe, read_audio
from photoplay.render import local_run
from photoplay.sound import Upbeat, joined
from tests import pictures

JOINT = 72  # the first frame of the new part


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A still of 960×540 and the clip of 3 s that was made of it."""
    folder = tmp_path_factory.mktemp("films")
    Image.fromarray(pictures.landscape()).save(folder / "still.png")
    Image.fromarray(pictures.portrait()).save(folder / "other.png")
    photoplay.animate(
        folder / "still.png", "pan right, rain sounds", seconds=3, output=folder / "clip.mp4"
    )
    return folder


def longer(
    folder: Path,
    name: str,
    still: str | None = None,
    clip: str = "clip.mp4",
    prompt: str = "tilt up",
) -> tuple[films.Extended, list[str]]:
    with local_run() as run:
        made = films.extend(
            folder / clip,
            prompt,
            folder / name,
            seconds=3,
            still=None if still is None else folder / still,
            run=run,
        )
        return made, run.notes


@pytest.fixture(scope="module")
def made(folder: Path) -> tuple[films.Extended, list[str]]:
    return longer(folder, "longer.mp4")


def test_the_old_part_is_there_bit_for_bit_and_the_film_is_exactly_longer(
    folder: Path, made: tuple[films.Extended, list[str]]
) -> None:
    extended, notes = made
    assert extended.is_copied
    assert any("kept bit for bit" in note for note in notes)
    assert (extended.clip.frame_count, float(extended.clip.duration_s)) == (144, 6)
    assert extended.clip.audio_duration_s == extended.clip.duration_s
    for number in (0, 40, JOINT - 1):
        old, new = (
            next(decode_i420(folder / name, {number})) for name in ("clip.mp4", "longer.mp4")
        )
        np.testing.assert_array_equal(old, new)


@pytest.mark.usefixtures("made")
def test_the_joint_is_no_more_of_a_step_than_its_neighbours(folder: Path) -> None:
    joint, around = steps_at(folder / "longer.mp4", JOINT)
    assert joint <= 1.15 * max(around), (joint, around)


@pytest.mark.usefixtures("made")
def test_a_part_made_from_the_still_after_another_part_begins_with_its_last_frame(
    folder: Path,
) -> None:
    longer(folder, "third.mp4", "still.png", clip="longer.mp4", prompt="pan left")
    joint, around = steps_at(folder / "third.mp4", 2 * JOINT)
    assert joint <= 1.15 * max(around), (joint, around)


def steps_at(film: Path, at: int) -> tuple[float, list[float]]:
    """What changes at the joint before frame `at`, and from frame to frame around it."""
    around = [
        frame[: len(frame) * 2 // 3].astype(int)
        for frame in decode_i420(film, set(range(at - 8, at + 8)))
    ]
    steps = [float(np.abs(a - b).mean()) for a, b in pairwise(around)]
    return steps.pop(7), steps


@pytest.mark.usefixtures("made")
def test_the_camera_keeps_its_speed_over_the_joint(folder: Path) -> None:
    frames = decode_i420(folder / "longer.mp4", set(range(JOINT - 4, JOINT + 4)))
    small = [
        cv2.resize(frame[: len(frame) * 2 // 3], None, fx=0.5, fy=0.5, interpolation=3)
        for frame in frames
    ]
    ways = [_way(a, b) for a, b in pairwise(small)]
    usual = float(np.median(ways))
    assert abs(usual) > 0.1  # it moves at all
    assert ways[3] == pytest.approx(usual, abs=0.5 * abs(usual))


def _way(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> float:
    corners = cv2.goodFeaturesToTrack(before, 300, 0.01, 8)
    there, found, _ = cv2.calcOpticalFlowPyrLK(before, after, corners, None)
    return float(np.median((there - corners)[found.ravel() > 0, 0, 0]))


@pytest.mark.usefixtures("made")
def test_the_sound_goes_on_without_a_click_or_a_gap(folder: Path) -> None:
    sound = read_audio(folder / "longer.mp4")
    at = JOINT * 2000
    steps = np.abs(np.diff(sound[at - 24_000 : at + 24_000], axis=0)).max(axis=1)
    assert steps[23_000:25_000].max() <= 1.5 * np.percentile(steps, 99.9)
    before, after = (
        loudness_lufs(sound[start : start + SAMPLE_RATE_HZ]) for start in (at - 48_000, at)
    )
    assert before is not None
    assert after == pytest.approx(before, abs=0.5)


def test_drift_is_measured_and_told(made: tuple[films.Extended, list[str]]) -> None:
    extended, notes = made
    assert extended.drift.is_registered
    assert extended.drift.delta_e < 1.5
    assert 75 < extended.drift.sharpness_percent < 130
    assert any(note.startswith("Drift after 1 extension: ") for note in notes)


@pytest.mark.usefixtures("made")
def test_the_recipe_grows_and_holds_no_path(folder: Path) -> None:
    metadata = probe(folder / "longer.mp4").metadata
    recipe = json.loads(metadata["recipe"])
    (extension,) = recipe["extensions"]
    assert (extension["prompt"], extension["duration_s"]) == ("tilt up", 3)
    assert metadata["prompt"] == "pan right, rain sounds\ntilt up"
    assert len(json.loads(metadata["anchor"])["sha256"]) == 64
    assert str(folder) not in json.dumps(dict(metadata))
    history = History.of(metadata)
    assert (history.extensions, history.frames()) == (1, 144)


def test_with_the_still_the_new_part_is_as_sharp_and_another_still_is_refused(folder: Path) -> None:
    extended, _ = longer(folder, "sharp.mp4", still="still.png")
    assert extended.is_copied
    assert extended.drift.sharpness_percent > 85
    with pytest.raises(InvalidRequest, match="do not show the same place"):
        longer(folder, "never.mp4", still="other.png")
    assert not (folder / "never.mp4").exists()


def test_a_film_of_others_goes_on_from_its_pictures_alone(folder: Path) -> None:
    import av

    plain = folder / "stranger.mp4"
    with av.open(str(plain), "w") as file:
        stream = file.add_stream("mpeg4", rate=30)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        wide = pictures.landscape(420, 240)
        for number in range(45):
            frame = np.ascontiguousarray(wide[:, number : number + 320])
            file.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        file.mux(stream.encode(None))
    with local_run() as run:
        made = films.extend(plain, "push in", folder / "ours.mp4", seconds=3, run=run)
        notes = "\n".join(run.notes)
    assert not made.is_copied
    assert made.clip.frame_count == 36 + 72
    assert made.clip.audio_codec is None
    assert "carries no recipe" in notes
    assert "measured: " in notes, notes
    assert "encoded again" in notes


@pytest.mark.parametrize(
    ("clip", "output", "codec", "found"),
    [
        ("a.mov", "b.mov", None, "prores"),
        ("a.mov", "b.mp4", None, "h264"),
        ("a.mov", "b.mov", "h264", "h264"),
        ("a.webm", "b.mp4", None, "av1"),
        ("a.mkv", "b.mkv", None, "ffv1"),
    ],
)
def test_the_longer_film_keeps_the_codec_that_its_ending_can_hold(
    tmp_path: Path, clip: str, output: str, codec: str | None, found: str
) -> None:
    first = {"a.mov": "prores", "a.webm": "av1", "a.mkv": "lossless"}[clip]
    pixels = np.full((96 * 3 // 2, 128), 90, np.uint8)
    film = Frames(Raster(128, 96), Fraction(24), 24, (pixels.copy() for _ in range(24)))
    encode(
        film,
        tmp_path / clip,
        Encoding.for_path(tmp_path / clip, first),
        tier=Tier.STANDARD,
        metadata={},
    )
    made = photoplay.extend(
        tmp_path / clip, "static camera", output=tmp_path / output, seconds=3, codec=codec
    )
    assert made.video_codec == found
    with pytest.raises(InvalidRequest, match="prores goes into"):
        photoplay.extend(tmp_path / clip, "hold", output=tmp_path / "c.mp4", codec="prores")


def test_half_a_film_is_refused_and_what_stands_at_the_output_stays(folder: Path) -> None:
    half, output = folder / "half.mp4", folder / "kept.mp4"
    whole = (folder / "clip.mp4").read_bytes()
    half.write_bytes(whole[: len(whole) // 2])
    output.write_bytes(b"an older film")
    with pytest.raises(InvalidRequest, match=r"half\.mp4"), local_run() as run:
        films.extend(half, "hold", output, seconds=3, run=run)
    assert output.read_bytes() == b"an older film"


def test_a_film_without_sound_at_another_rate_says_only_what_is_so(
    folder: Path, tmp_path: Path
) -> None:
    """Of a stranger: the pictures of a clip, without sound and without a recipe, at 30 a second."""
    frames = list(decode_i420(folder / "clip.mp4", set(range(30))))
    film = Frames(
        Raster(frames[0].shape[1], frames[0].shape[0] * 2 // 3), Fraction(30), 30, iter(frames)
    )
    encode(
        film,
        tmp_path / "their.mp4",
        Encoding.for_path(Path("a.mp4")),
        tier=Tier.STANDARD,
        metadata={},
        on_frame=lambda _: None,
    )
    with local_run() as run:
        films.extend(
            tmp_path / "their.mp4", "pan left", tmp_path / "longer.mp4", seconds=3, run=run
        )
    assert any(
        note.endswith("encoded again, at 24 frames a second instead of 30.") for note in run.notes
    )
    assert not any("crossfade" in note for note in run.notes)


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"seconds": 2}, "3 to 15 whole seconds"),
        ({"prompt": " "}, "the prompt is empty"),
        ({"still": "gone.png"}, "gone.png cannot be read"),
        ({"clip": "still.png"}, "two frames or more"),
    ],
)
def test_what_is_wrong_is_said_before_the_film_is_read(
    folder: Path, wrong: dict[str, Any], complaint: str
) -> None:
    asked: dict[str, Any] = {
        "clip": folder / "clip.mp4",
        "prompt": "pan left",
        "seconds": 3,
    } | wrong
    asked |= {name: folder / wrong[name] for name in ("clip", "still") if name in wrong}
    with pytest.raises(InvalidRequest, match=complaint):
        photoplay.extend(**asked, output=folder / "never.mp4")
    assert not (folder / "never.mp4").exists()


def test_no_file_is_replaced_by_what_is_made_of_it(folder: Path) -> None:
    with pytest.raises(OutputUnwritable, match="is the clip itself"):
        longer(folder, "clip.mp4")
    with local_run() as run, pytest.raises(InvalidRequest):
        films.extend(folder / "still.png", "pan left", folder / "x.avi", run=run)


@pytest.mark.parametrize("recipe", ["", "[]", "{}", '{"shots": 3}', '{"shots": [{"prompt": ""}]}'])
def test_a_recipe_that_is_none_tells_nothing(recipe: str) -> None:
    assert History.of({"recipe": recipe}) == History()


def test_weather_and_ambience_go_on_and_light_is_not_laid_on_twice() -> None:
    before = read("static shot, snow falls, golden hour, film grain, birdsong")
    plan, notes = carried(before, read("pan left, golden hour"), from_frame=True)
    assert [(cue.kind, cue.start) for cue in plan.atmosphere] == [(Atmosphere.SNOW, -1)]
    assert plan.light == ()
    assert [cue.kind for cue in plan.look] == [Look.GRAIN]
    assert [cue.kind for cue in plan.sound.ambience] == [Ambience.BIRDS]
    assert any("goes on: snow" in note for note in notes)
    plan, _ = carried(before, read("pan left"), from_frame=False)
    assert [(cue.kind, cue.start) for cue in plan.light] == [(Light.GOLDEN_HOUR, -1)]


def test_another_ambience_takes_the_place_of_the_old_one() -> None:
    plan, _ = carried(read("birdsong"), read("rain, waves crash"), from_frame=True)
    assert Ambience.BIRDS not in {cue.kind for cue in plan.sound.ambience}


def test_drift_is_led_back_slowly() -> None:
    first = pictures.landscape()
    darker = (first * 0.985).astype(np.uint8)
    drift = measure_drift(first, darker)
    assert drift.lightness < -0.3
    frames = [to_i420(darker).copy() for _ in range(48)]
    led = [to_rgb(frame) for frame in corrected(iter(frames), drift, 48)]
    assert abs(measure_drift(first, led[-1]).lightness) < 0.5 * abs(drift.lightness)
    steps = [np.abs(a.astype(int) - b).max() for a, b in pairwise(led)]
    assert max(steps) <= 5  # a step of one in Y, U and V


def test_frames_come_back_from_planes_as_they_went() -> None:
    frame = to_i420(pictures.landscape())
    again = to_i420(to_rgb(frame)).astype(int) - frame
    assert abs(again.mean()) < 0.05
    assert np.abs(again).mean() < 0.3


@pytest.mark.parametrize("level", [0.01, 0.1, 0.3])
def test_parts_of_other_loudness_are_joined_without_a_step(level: float) -> None:
    rng = np.random.default_rng(0)
    old, new = (
        (loud * rng.standard_normal((seconds * SAMPLE_RATE_HZ, 2))).astype(np.float32)
        for loud, seconds in ((0.1, 3), (level, 4))
    )
    lead = SAMPLE_RATE_HZ
    upbeat = Upbeat(length=lead, before=old, music_at=lead, music_seed=0)
    new = np.concatenate([new[:lead], new])
    whole = joined(old, Soundtrack(new, {"ambience": new}), upbeat)
    assert len(whole) == 7 * SAMPLE_RATE_HZ
    at = 3 * SAMPLE_RATE_HZ
    before, after = (
        loudness_lufs(whole[start : start + SAMPLE_RATE_HZ]) for start in (at - SAMPLE_RATE_HZ, at)
    )
    assert before is not None
    assert after == pytest.approx(before, abs=0.5 if level > 0.02 else 8.5)


def test_what_was_one_relief_in_the_first_frame_stays_one() -> None:
    """The last frame, cut by other borders, may look as if something stood apart, and tear."""
    with ThreadPoolExecutor(2) as pool:
        meadow, ball = pictures.meadow(), pictures.ball()
        assert not stands_apart(meadow, pool)
        assert stands_apart(ball, pool)
        canvas = lay_canvas(ball, None, Raster(640, 480), (0.5, 0.5))
        scene = build_scene(canvas, oversampling=1, seed=0, pool=pool, as_relief=True)
    assert not scene.is_layered
