"""From a start image to an end image: the right way, exact ends, and what lies between."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from photoplay import direction
from photoplay.clip import ClipRequest, Shot, Transition
from photoplay.direction.plan import Camera
from photoplay.engines.parallax import ParallaxEngine, cues
from photoplay.engines.parallax.canvas import Canvas, crop_centre, lay_canvas
from photoplay.engines.parallax.color import to_i420
from photoplay.engines.parallax.transition import clip
from photoplay.engines.parallax.transition.camera import CameraWay
from photoplay.engines.parallax.transition.choice import Choice, Kind, choose
from photoplay.engines.parallax.transition.match import Views, find_match
from photoplay.engines.parallax.transition.powers import exponential, has_powers, logarithm
from photoplay.engines.parallax.transition.way import Timing
from photoplay.frames import I420, RGB, Raster, split_planes
from photoplay.render import local_run
from photoplay.sound import Score, soundtrack
from tests import pairs, pictures

RELATED = {pair.name: pair for pair in pairs.related()}
UNRELATED = {pair.name: pair for pair in pairs.unrelated()}
SMALL = Raster(640, 360)
SHIFT = RELATED["shift"]


def canvases(first: RGB, second: RGB, raster: Raster = SMALL) -> tuple[Canvas, Canvas]:
    one, other = (lay_canvas(each, None, raster, (0.5, 0.5)) for each in (first, second))
    return one, other


def request_for(prompt: str, seconds: int = 3, **options: object) -> ClipRequest:
    asked = ClipRequest(
        start_image=Path("a.png"),
        end_image=Path("b.png"),
        shots=(Shot(prompt, seconds),),
        audio=False,
    )
    return replace(asked, **options)  # type: ignore[arg-type]  # fields of it


def transition(
    pictures: tuple[Canvas, Canvas],
    pool: ThreadPoolExecutor,
    prompt: str = "static shot",
    *,
    way: Transition = Transition.AUTO,
    seed: int = 0,
) -> tuple[clip.Transition, list[str]]:
    """What renders, and what was said to the user."""
    request = request_for(prompt, transition=way, seed=seed)
    choice = choose(way, Views.of(*[canvas.picture for canvas in pictures]))
    with local_run() as run:
        plan = direction.read_request(request)
        made = clip.make_transition(pictures, choice, plan, request, run, pool)
        return made, run.notes


# Which way


@pytest.mark.parametrize("name", [*RELATED, *UNRELATED])
def test_the_camera_goes_only_between_pictures_of_the_same_thing(name: str) -> None:
    pair = (RELATED | UNRELATED)[name]
    found = choose(Transition.AUTO, Views.of(pair.first, pair.second))
    assert found.kind is (Kind.CAMERA if pair.is_related else Kind.CUT)
    assert found.sentence.startswith("From start to end: ")
    assert "%" in found.sentence


def test_unrelated_pictures_are_far_from_the_threshold() -> None:
    """A choice that hangs on a hair is luck: most points of related pictures correspond."""
    photographs = [pair for name, pair in UNRELATED.items() if "nothing" not in name]
    found = [find_match(Views.of(pair.first, pair.second)) for pair in photographs]
    assert max(match.consistent for match in found) < 0.2


def test_a_wish_is_followed() -> None:
    views = Views.of(SHIFT.first, SHIFT.second)
    assert choose(Transition.CUT, views).kind is Kind.CUT
    assert choose(Transition.DISSOLVE, views).kind is Kind.DISSOLVE
    assert choose(Transition.CAMERA, views).kind is Kind.CAMERA


def test_a_camera_that_cannot_get_there_cuts_and_says_so() -> None:
    pair = UNRELATED["astronaut and chelsea"]
    found = choose(Transition.CAMERA, Views.of(pair.first, pair.second))
    assert found.kind is Kind.CUT
    assert "there is no such way" in found.sentence


# The ends


WAYS = [
    ("shift", Transition.AUTO, Kind.CAMERA),
    ("dusk", Transition.AUTO, Kind.CAMERA),
    ("astronaut and chelsea", Transition.AUTO, Kind.CUT),
    ("shift", Transition.DISSOLVE, Kind.DISSOLVE),
]
EVERYTHING = "handheld push in, golden hour, heavy rain, film grain, vignette, clouds drift"


@pytest.mark.parametrize(("name", "way", "_kind"), WAYS)
def test_the_first_and_the_last_frame_are_the_stills_bit_for_bit(
    name: str, way: Transition, _kind: Kind, pool: ThreadPoolExecutor
) -> None:
    pair = (RELATED | UNRELATED)[name]
    laid = canvases(pair.first, pair.second)
    made, _ = transition(laid, pool, EVERYTHING, way=way)
    for number, canvas in ((0, laid[0]), (71, laid[1])):
        np.testing.assert_array_equal(made.frame(number), to_i420(canvas.picture))


@pytest.mark.parametrize(("name", "way", "_kind"), WAYS)
def test_nothing_jumps_at_the_ends(
    name: str, way: Transition, _kind: Kind, pool: ThreadPoolExecutor
) -> None:
    """Movement, light, rain and grain are gone by then: the frames beside the stills are nearly
    the stills. A jump of the whole picture by 2 of 255 would be seen; the shift itself begins.
    """
    pair = (RELATED | UNRELATED)[name]
    made, _ = transition(canvases(pair.first, pair.second), pool, EVERYTHING, way=way)
    for end, beside in ((0, 1), (71, 70)):
        ends = made.frame(end).astype(int), made.frame(beside).astype(int)
        assert np.abs(ends[0] - ends[1]).mean() < (4 if name == "shift" else 1.5)


def test_same_request_same_bytes_on_any_thread_in_any_order(pool: ThreadPoolExecutor) -> None:
    for name, way, _ in WAYS[:1] + WAYS[2:]:
        pair = (RELATED | UNRELATED)[name]
        laid = canvases(pair.first, pair.second)
        one, _ = transition(laid, pool, EVERYTHING, way=way)
        other, _ = transition(laid, pool, EVERYTHING, way=way)
        numbers = [36, 2, 69, 35]
        with ThreadPoolExecutor(3) as three:
            frames = list(three.map(one.frame, numbers))
        for number, frame in reversed(list(zip(numbers, frames, strict=True))):
            np.testing.assert_array_equal(other.frame(number), frame)


# Half-way

LEAST_DB = {  # at half-way against the truth; a dissolve has 14 to 20
    "shift": 32,
    "zoom": 41,
    "turn": 44,
    "pan": 47,
    "shift and light": 38,
    "dolly": 21,
    "truck": 35,
    "box": 24.5,
}


def half_way(pair: pairs.Pair) -> tuple[I420, tuple[Canvas, Canvas]]:
    """The frame in the middle, of a length that has one, and the ends."""
    laid = canvases(pair.first, pair.second, Raster(*pairs.SIZE))
    match = find_match(Views.of(pair.first, pair.second))
    timing = Timing(frames=73, fps=24.0, strength=1.0, seed=0)
    out = np.empty_like(laid[0].frame)
    CameraWay(*laid, match, Camera(), timing, fine=False).draw(36, out)
    return out, laid


@pytest.mark.parametrize("name", LEAST_DB)
def test_half_way_lies_what_a_camera_would_have_seen(name: str) -> None:
    pair = RELATED[name]
    assert pair.middle is not None
    found, laid = half_way(pair)
    dissolve = cv2.addWeighted(laid[0].frame, 0.5, laid[1].frame, 0.5, 0)
    lumas = [split_planes(each)[0] for each in (found, dissolve, to_i420(pair.middle))]
    decibels = pairs.psnr_db(lumas[0], lumas[2])
    assert decibels > LEAST_DB[name]
    assert decibels > pairs.psnr_db(lumas[1], lumas[2]) + 1.5


def test_nothing_mirrored_is_seen_where_one_picture_ends() -> None:
    """Only the second shows the right border: of the first nothing may be mixed in there."""
    pair = RELATED["shift"]
    assert pair.middle is not None
    found, truth = half_way(pair)[0], to_i420(pair.middle)
    assert pairs.psnr_db(found[:720, 1160:], truth[:720, 1160:]) > 30


def test_what_turns_into_view_is_shown_by_the_picture_that_has_it() -> None:
    """The first shows a sliver of the box's side: led from there, it looked like melted wax."""
    pair = RELATED["box"]
    assert pair.middle is not None
    found, truth = half_way(pair)[0], to_i420(pair.middle)
    side = slice(100, 620), slice(390, 560)
    assert pairs.psnr_db(found[side], truth[side]) > 19


def test_the_light_of_both_is_matched_on_the_way(pool: ThreadPoolExecutor) -> None:
    """From day to dusk the mean light falls steadily; it does not wait or overshoot."""
    pair = RELATED["dusk"]
    made, _ = transition(canvases(pair.first, pair.second), pool)
    light = [float(split_planes(made.frame(n))[0].mean()) for n in range(0, 72, 6)] + [
        float(split_planes(made.frame(71))[0].mean())
    ]
    assert (np.diff(light) < 0.2).all()


# The match cut


def test_a_match_cut_pushes_in_and_cuts_in_its_fastest_moment(pool: ThreadPoolExecutor) -> None:
    pair = UNRELATED["china and flower"]
    made, _ = transition(canvases(pair.first, pair.second), pool)
    speed = made.staging.speed
    assert speed.argmax() == 36
    assert speed[36] == 1
    assert speed[0] == speed[-1] == 0
    changes = [
        float(np.abs(made.frame(n).astype(int) - made.frame(n - 1)).mean())
        for n in (10, 30, 36, 60)
    ]
    assert changes == sorted(changes[:3]) + changes[3:]
    assert changes[3] < changes[1]


def test_no_frame_of_a_match_cut_shows_both_pictures(pool: ThreadPoolExecutor) -> None:
    """A red one and a blue one: the chroma of a frame is the one's or the other's."""
    rng = np.random.default_rng(0)
    red, blue = (
        np.array(colour, np.uint8) + rng.integers(0, 60, (270, 480, 1), np.uint8)
        for colour in ([180, 20, 20], [20, 20, 180])
    )
    made, _ = transition(canvases(red, blue), pool)
    reds = [float(split_planes(made.frame(number))[2].mean()) for number in range(24, 48)]
    before, after = reds[:12], reds[12:]
    assert min(before) > max(after) + 40
    assert np.abs(np.diff(before)).max() < 3
    assert np.abs(np.diff(after)).max() < 3


def test_the_second_picture_of_a_match_cut_is_not_looked_at_beyond_its_border(
    pool: ThreadPoolExecutor,
) -> None:
    """Beyond it is its mirror image, in which its frame would be twice as wide."""
    framed = pictures.landscape()
    line = round(0.04 * framed.shape[1])
    framed[:, :line] = framed[:, -line:] = (250, 0, 250)
    made, _ = transition(canvases(pictures.portrait(), framed), pool)
    for number in range(36, 72):
        _, _, reds = split_planes(made.frame(number))
        row = reds[reds.shape[0] // 2].astype(int)
        is_frame = row > (row[len(row) // 2] + 40)
        assert is_frame[: len(row) // 2].sum() <= 1.2 * line / framed.shape[1] * len(row), number


def test_the_rush_of_a_match_cut_is_heard(pool: ThreadPoolExecutor) -> None:
    pair = UNRELATED["china and flower"]
    made, _ = transition(canvases(pair.first, pair.second), pool)
    plan = direction.read_request(request_for("static shot"))
    score = Score(sound=plan.sound, samples=3 * 48_000, seed=0, target_lufs=-14.0)
    heard = soundtrack(score, lambda: made.staging, lambda message: None)  # noqa: ARG005
    effects = heard.stems["effects"]
    level = np.abs(effects).max(axis=1).reshape(30, -1).max(axis=1)
    assert abs(int(level.argmax()) - 15) <= 2  # tenths of a second
    assert level[12:17].max() > 10 * max(level[:8].max(), level[22:].max())


def test_a_camera_on_its_way_is_no_cut_to_the_ear(pool: ThreadPoolExecutor) -> None:
    made, _ = transition(canvases(SHIFT.first, SHIFT.second), pool)
    assert 0 < made.staging.speed.max() < 0.6
    assert len(made.staging.speed) == 72


# What the prompt asks for on the way


@pytest.mark.parametrize("prompt", ["golden hour", "heavy rain", "film grain", "dense fog"])
@pytest.mark.parametrize("name", ["shift", "astronaut and chelsea"])
def test_light_air_and_grain_are_there_on_the_way(
    name: str, prompt: str, pool: ThreadPoolExecutor
) -> None:
    pair = (RELATED | UNRELATED)[name]
    laid = canvases(pair.first, pair.second)
    plain, _ = transition(laid, pool, "static shot")
    made, _ = transition(laid, pool, f"static shot, {prompt}")
    for number in (30, 42):
        change = np.abs(made.frame(number).astype(int) - plain.frame(number)).mean()
        assert change > 0.1


@pytest.mark.parametrize("prompt", ["zoom in", "pan left", "roll left", "handheld"])
def test_the_prompts_camera_is_there_on_the_way(prompt: str, pool: ThreadPoolExecutor) -> None:
    laid = canvases(SHIFT.first, SHIFT.second)
    plain, _ = transition(laid, pool, "static shot")
    made, _ = transition(laid, pool, prompt)
    assert np.abs(made.frame(36).astype(int) - plain.frame(36)).mean() > 1


def test_what_moves_inside_is_left_out_and_said(pool: ThreadPoolExecutor) -> None:
    _, notes = transition(canvases(SHIFT.first, SHIFT.second), pool, "static shot, clouds drift")
    assert any("moves inside the picture is left out" in note for note in notes)


# Fractions of a homography


@pytest.mark.parametrize(
    "matrix",
    [
        np.eye(3),
        np.array([[1, 0, 300.0], [0, 1, -20], [0, 0, 1]]),  # a shift has no eigenvectors to use
        np.array([[2, 0, 10.0], [0, 2, 5], [0, 0, 1]]),
        np.array([[0.9, -0.4, 30.0], [0.4, 0.9, 5], [0, 0, 1]]),
        np.array([[1.1, 0.02, 30.0], [0.05, 0.95, 5], [1e-4, -2e-4, 1]]),
    ],
)
def test_half_of_a_way_twice_is_the_whole(matrix: np.ndarray) -> None:
    assert has_powers(matrix)
    half = exponential(0.5 * logarithm(matrix))
    whole = half @ half
    np.testing.assert_allclose(whole / whole[2, 2], matrix, rtol=1e-7, atol=1e-7)


def test_half_a_shift_is_half_as_far() -> None:
    half = exponential(0.5 * logarithm(np.array([[1, 0, 300.0], [0, 1, -20], [0, 0, 1]])))
    np.testing.assert_allclose(half, [[1, 0, 150], [0, 1, -10], [0, 0, 1]], atol=1e-8)


@pytest.mark.parametrize(
    "matrix", [np.diag([-1.0, 1, 1]), np.diag([-1.0, -1, 1]), np.zeros((3, 3)), np.eye(3) * np.nan]
)
def test_what_has_no_fractions_is_known(matrix: np.ndarray) -> None:
    assert not has_powers(matrix)


# What is said


@pytest.mark.parametrize(
    ("size", "said"),
    [
        ((800, 450), ""),
        ((600, 450), "of its top and bottom 25% are cut off"),
        ((300, 600), "`--aspect 11:12` shows more of it"),
    ],
)
def test_what_is_cut_off_the_end_image_is_told(
    size: tuple[int, int], said: str, tmp_path: Path
) -> None:
    Image.fromarray(pictures.landscape(640, 360)).save(tmp_path / "a.png")
    Image.fromarray(pictures.landscape(*size)).save(tmp_path / "b.png")
    request = request_for("static", start_image=tmp_path / "a.png", end_image=tmp_path / "b.png")
    with local_run() as run:
        ParallaxEngine().render(request, run).pixels.close()  # type: ignore[attr-defined]
        notes = [note for note in run.notes if note.startswith("end image: it is ")]
    assert len(notes) == bool(said)
    assert said in "".join(notes)


def test_notes_of_a_cut_say_which_still_they_are_about(pool: ThreadPoolExecutor) -> None:
    pair = UNRELATED["astronaut and chelsea"]
    _, notes = transition(canvases(pair.first, pair.second), pool)
    about = [note for note in notes if not note.startswith("From start to end")]
    assert about
    assert all(note.startswith(("start image: ", "end image: ")) for note in about)


def test_a_crop_holds_all_faces_that_fit_into_it(monkeypatch: pytest.MonkeyPatch) -> None:
    faces = (cues.Face(100, 60, 60, 60), cues.Face(220, 80, 50, 50), cues.Face(10, 400, 40, 40))
    monkeypatch.setattr(cues, "find_faces", lambda work: faces)  # noqa: ARG005
    picture = np.zeros((512, 384, 3), np.uint8)
    x, y = crop_centre(picture, Raster(1280, 720))
    assert (x * 384, y * 512) == pytest.approx(((100 + 270) / 2, (60 + 130) / 2))


# The whole film


def test_a_film_ends_with_the_end_image_laid_on_the_start_images_canvas(tmp_path: Path) -> None:
    """Sizes and shapes differ: the end image is cropped to the first one's shape."""
    Image.fromarray(pictures.ball(400, 300)).save(tmp_path / "a.png")
    Image.fromarray(pictures.landscape(320, 640)).save(tmp_path / "b.png")
    request = request_for(
        "push in, rain",
        start_image=tmp_path / "a.png",
        end_image=tmp_path / "b.png",
        audio=True,
    )
    with local_run() as run:
        frames = ParallaxEngine().render(request, run)
        count, last = 0, np.empty(0, np.uint8)
        for frame in frames.pixels:
            count, last = count + 1, frame
        last = last.copy()
        assert frames.audio is not None
        sound = frames.audio()
        frames.pixels.close()  # type: ignore[attr-defined]  # as whoever encodes does
    assert count == frames.count == 72
    assert frames.raster.width_px * 3 == frames.raster.height_px * 4
    assert len(sound.mix) == 3 * 48_000
    end = pictures.landscape(320, 640)
    expected = lay_canvas(end, None, frames.raster, crop_centre(end)).frame
    np.testing.assert_array_equal(last, expected)
    assert any(note.startswith("From start to end: a match cut") for note in run.notes)


def test_a_choice_carries_its_match_only_for_the_camera() -> None:
    views = Views.of(SHIFT.first, SHIFT.second)
    assert choose(Transition.AUTO, views).match is not None
    assert choose(Transition.CUT, views) == Choice(
        Kind.CUT, "From start to end: a match cut, as asked."
    )
