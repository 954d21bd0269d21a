"""Weather that goes on: the same drops and flakes on both sides of a joint, none drawn twice."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

import photoplay
from photoplay import direction, films
from photoplay.clip import Tier
from photoplay.direction import read
from photoplay.direction.plan import Atmosphere, Cue, Motion
from photoplay.engines.parallax.air import Earlier, draw_particles, particles
from photoplay.engines.parallax.camera import Pose
from photoplay.engines.parallax.clearing import cleared
from photoplay.engines.parallax.color import to_i420
from photoplay.engines.parallax.noise import turbulence
from photoplay.films.carrying import carried, lasting, standing
from photoplay.films.history import History
from photoplay.films.views import described, views
from photoplay.frames import I420, Raster
from photoplay.media import decode_i420, probe
from photoplay.render import local_run
from tests import pictures

JOINT = 72
RASTER = Raster(640, 480)
FALLING = (Atmosphere.RAIN, Atmosphere.SNOW, Atmosphere.DUST, Atmosphere.EMBERS, Atmosphere.BOKEH)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("weather")
    Image.fromarray(pictures.lake()).save(folder / "still.png")
    return folder


def filmed(folder: Path, prompt: str, *after: str) -> Path:
    """A clip of 3 s, made longer once by each prompt."""
    path = folder / "clip.mp4"
    photoplay.animate(folder / "still.png", prompt, seconds=3, output=path)
    for number, words in enumerate(after):
        longer = folder / f"longer-{number}.mp4"
        with local_run() as run:
            films.extend(path, words, longer, seconds=3, run=run)
        path = longer
    return path


@pytest.mark.parametrize(
    "prompt", ["pan right, heavy snow", "static shot, embers, dust", "static shot, fog", "rain"]
)
def test_a_joint_in_weather_is_no_more_of_a_step_than_its_neighbours(
    folder: Path, prompt: str
) -> None:
    """Slow dust was drawn over itself, and fog twice: up to a hundred times a usual step."""
    path = filmed(folder, prompt, "hold, tripod")
    frames = decode_i420(path, set(range(JOINT - 6, JOINT + 6)))
    luma = [frame[: len(frame) * 2 // 3].astype(int) for frame in frames]
    steps = [float(np.abs(a - b).mean()) for a, b in pairwise(luma)]
    joint = steps.pop(5)
    assert joint <= 1.15 * max(steps) + 0.15, (joint, steps)


def test_flakes_in_fog_leave_no_dark_spots(folder: Path) -> None:
    """Fog was drawn over the flakes, and more was taken out of the last frame than is in it."""
    path = filmed(folder, "static shot, heavy snow, fog", "hold, tripod")
    before, after = (
        frame[: len(frame) * 2 // 3] for frame in decode_i420(path, {JOINT - 1, JOINT + 24})
    )
    place = cv2.medianBlur(before, 31).astype(int)  # without the flakes, and without fine detail
    dark = (after < place - 30) & (before >= place - 6)
    assert dark.mean() < 1e-4


def test_after_an_end_image_weather_and_light_come_up_from_it(folder: Path) -> None:
    """They were there at once, although the end image has neither: a jump."""
    Image.fromarray(pictures.landscape()).save(folder / "end.png")
    clip, longer = folder / "ends.mp4", folder / "ends-longer.mp4"
    photoplay.animate(
        folder / "still.png",
        "static shot, rain, golden hour",
        end_image=folder / "end.png",
        seconds=3,
        output=clip,
    )
    made = photoplay.extend(clip, "hold, tripod", seconds=3, output=longer)
    assert any("goes on: golden-hour, rain" in note for note in made.notes)
    at = (JOINT - 1, JOINT, JOINT + 1, JOINT + 40, JOINT + 41)
    luma = [f[: len(f) * 2 // 3].astype(int) for f in decode_i420(longer, set(at))]
    joint, after, later = (np.abs(luma[k + 1] - luma[k]).mean() for k in (0, 1, 3))
    assert joint < 0.5
    assert after < 0.5
    assert later > 1  # and then it rains


def test_weather_that_the_first_frame_has_not_is_no_loss_of_sharpness(folder: Path) -> None:
    clip = filmed(folder, "static shot, fog")
    with local_run() as run:
        made = films.extend(clip, "hold, tripod", folder / "told.mp4", seconds=3, run=run)
    (note,) = (note for note in run.notes if note.startswith("Drift after 1 extension: "))
    assert note.endswith("as the last frame has fog, and the first has not.")
    assert "%" not in note
    assert made.drift.sharpness_percent > 0, "the data keeps its number"


@pytest.mark.parametrize(
    ("prompts", "there"),
    [
        (["fog, rain"], {"fog", "rain"}),
        (["golden hour", "snow"], {"golden-hour", "snow"}),
        (["sunset to night", "hold"], {"sunset-to-night"}),
        (["camera flash", "no grain"], set()),
        (["film grain, vignette"], {"grain", "vignette"}),
        (["rain sounds, pan left"], set()),
    ],
)
def test_what_stands_in_the_last_frame_is_known_from_the_parts(
    prompts: list[str], there: set[str]
) -> None:
    assert set(standing([read(prompt) for prompt in prompts])) == there


def test_a_loop_begins_in_its_weather() -> None:
    assert History.of(recipe([], loop=True)).begins_as_it_ends
    assert not History.of(recipe([])).begins_as_it_ends


def test_a_third_part_sees_the_same_flakes(folder: Path) -> None:
    path = filmed(folder, "pan right, heavy snow", "tilt up", "hold, tripod")
    frames = decode_i420(path, set(range(2 * JOINT - 6, 2 * JOINT + 6)))
    luma = [frame[: len(frame) * 2 // 3].astype(int) for frame in frames]
    steps = [float(np.abs(a - b).mean()) for a, b in pairwise(luma)]
    joint = steps.pop(5)
    assert joint <= 1.15 * max(steps) + 0.15, (joint, steps)
    told = json.loads(probe(path).metadata["recipe"])["extensions"]
    assert [extension["view"]["from_still"] for extension in told] == [False, False]


def with_weather(place: I420, kind: Atmosphere, earlier: Earlier) -> I420:
    seen = place.copy()
    draw_particles((Cue(kind=kind),), RASTER, earlier, 1.0, seen)
    return seen


@pytest.mark.parametrize("kind", FALLING)
def test_weather_that_is_known_is_taken_out_of_a_frame(kind: Atmosphere) -> None:
    place = to_i420(pictures.texture(640, 480))
    earlier = Earlier(4.2, 5, (Pose(pan_x_px=30, truck_x_px=8, zoom=1.1, pivot_x_px=320),))
    seen = with_weather(place, kind, earlier)
    assert (np.abs(seen.astype(int) - place) > 8).sum() > 200
    clear = cleared(seen, lambda picture: _draw(picture, kind, earlier))
    off = np.abs(clear.astype(int) - place)
    was_off = np.abs(seen.astype(int) - place)
    assert off.sum() < 0.15 * was_off.sum()
    untouched = was_off == 0
    np.testing.assert_array_equal(clear[untouched & (off == 0)], place[untouched & (off == 0)])
    assert (off[untouched] > 0).mean() < 0.01


def _draw(picture: I420, kind: Atmosphere, earlier: Earlier) -> None:
    draw_particles((Cue(kind=kind),), RASTER, earlier, 1.0, picture)


@pytest.mark.parametrize("kind", [Atmosphere.RAIN, Atmosphere.SNOW])
def test_particles_stay_where_they_are_when_a_part_ends_and_the_next_begins(
    kind: Atmosphere,
) -> None:
    """In the last frame of one and the first of the next, however the camera has moved."""
    part = particles(Cue(kind=kind), RASTER, 3)
    assert part is not None
    view = Pose(pan_x_px=41, pan_y_px=-7, truck_x_px=12, dolly=0.1, zoom=1.2, pivot_x_px=300)
    end, start = (np.zeros((720, 640), np.uint8) for _ in range(2))
    part.draw(3.0, 1.0, (view,), end)
    part.draw(3.0, 1.0, (view, Pose(pivot_x_px=200, pivot_y_px=90)), start)
    np.testing.assert_array_equal(end, start)


def test_a_thicker_swarm_has_the_same_flakes_among_others() -> None:
    thin, thick = (
        particles(Cue(kind=Atmosphere.SNOW, amount=amount), RASTER, 3) for amount in (0.5, 1.5)
    )
    few, many = (np.zeros((720, 640), np.uint8) for _ in range(2))
    assert thin is not None
    assert thick is not None
    thin.draw(1.0, 1.0, (Pose(),), few)
    thick.draw(1.0, 1.0, (Pose(),), many)
    assert (many >= few).all()
    assert many.sum() > 2 * few.sum()


def test_turbulence_that_is_larger_and_longer_begins_with_the_same() -> None:
    small = turbulence((20, 30), 3.0, 5, scale=8 / 2.6, rate_hz=0.5)
    large = turbulence((26, 44), 12.0, 5, scale=8 / 2.6, rate_hz=0.5)
    for time_s in (0.0, 1.3, 2.9):
        np.testing.assert_allclose(large(time_s)[:20, :30], small(time_s), atol=1e-5)


def recipe(extensions: list[dict[str, object]], **changed: object) -> dict[str, str]:
    told = {
        "start_image": "a.png",
        "shots": [{"prompt": "pan right, snow", "duration_s": 3}],
        "negative_prompt": "",
        "guidance": 0.5,
        "tier": Tier.STANDARD,
        "camera": None,
        "audio": True,
        "seed": 0,
        "extensions": extensions,
    }
    text = json.dumps(told | changed)
    return {"recipe": text, "engine": "parallax", "version": photoplay.__version__}


def seen_in(metadata: dict[str, str], frames: int = 72) -> tuple[Pose, ...] | None:
    return views(
        History.of(metadata),
        pictures.lake(),
        frames=frames,
        strength=1.0,
        check_cancelled=lambda: None,
    )


def test_where_the_camera_ended_is_retraced_from_the_first_frame_and_the_recipe() -> None:
    one = seen_in(recipe([]))
    assert one is not None
    (clip,) = one
    assert clip.pan_x_px > 20
    moved = Pose(pan_y_px=-12.5, zoom=1.05)
    then = {"prompt": "tilt up", "duration_s": 3, "view": described(moved, from_still=False)}
    assert seen_in(recipe([then]), 144) == (clip, moved)
    anew = {"prompt": "hold", "duration_s": 3, "view": described(moved, from_still=True)}
    assert seen_in(recipe([then, anew]), 216) == (moved,)


@pytest.mark.parametrize(
    "changed",
    [
        {"loop": True},
        {"motion": {"keep_sound": False}},
        {"end_image": "b.png"},
        {"start_image": None},
        {"shots": [{"prompt": "snow", "duration_s": 3}] * 2},
    ],
    ids=str,
)
def test_of_other_kinds_of_clips_no_view_is_known(changed: dict[str, object]) -> None:
    assert seen_in(recipe([], **changed)) is None


def test_of_a_clip_of_another_version_or_engine_no_view_is_known() -> None:
    """Its particles may have been others."""
    assert seen_in(recipe([]) | {"version": "0.0"}) is None
    assert seen_in(recipe([]) | {"engine": "fal"}) is None


def test_steam_goes_on_from_the_first_frame_and_weather_that_ended_does_not() -> None:
    plan, _ = carried(read("steam rises, she breathes"), read("hold"), from_frame=True)
    starts = {cue.kind: cue.start for cue in plan.motion}
    assert starts[Motion.STEAM] < 0
    assert all(start == 0 for kind, start in starts.items() if kind is not Motion.STEAM)
    plan, _ = carried(read("steam rises"), read("steam rises, waves"), from_frame=True)
    assert {cue.kind: cue.start for cue in plan.motion}[Motion.STEAM] < 0
    snow = Cue(kind=Atmosphere.SNOW)
    assert lasting((snow, replace(snow, end=0.5))) == (replace(snow, start=-1),)
    assert direction.read("rain").atmosphere
