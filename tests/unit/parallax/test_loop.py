"""Loops: the last frame leads back to the first as any frame leads to the next."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from photoplay import direction
from photoplay.direction.plan import Cue, Light, Motion, Plan
from photoplay.engines.parallax.camera import Pose, camera_path
from photoplay.engines.parallax.scene import Scene
from photoplay.engines.parallax.shot import ShotRenderer, stage_of
from photoplay.engines.parallax.single import loop_notes
from photoplay.engines.parallax.timing import envelope, whole_cycles
from photoplay.frames import RGB, split_planes
from tests import pictures
from tests.unit.parallax.conftest import make_scene

FRAMES = 72
PICTURES = [
    pictures.portrait,
    pictures.ball,
    pictures.landscape,
    pictures.lake,
    pictures.cloudy,
    pictures.lamp,
]
PROMPTS = [
    "orbit left",
    "push in, snow falls",
    "she breathes and sways, hair in the wind, hand-held",
    "rain, neon light, truck right, waves",
    "fog, dust motes, embers, golden hour, static shot",
    "pan left, then zoom in; light rays, clouds drift, leaves rustle, flickering lamp, film grain",
]
Luma = NDArray[np.uint8]


@pytest.fixture(scope="module", params=PICTURES, ids=lambda draw: draw.__name__)
def scene(request: pytest.FixtureRequest) -> Iterator[Scene]:
    picture: RGB = request.param()
    with ThreadPoolExecutor(2) as pool:
        yield make_scene(picture, pool)


def looped(scene: Scene, prompt: str | Plan) -> ShotRenderer:
    plan = direction.read(prompt) if isinstance(prompt, str) else prompt
    return ShotRenderer(scene, plan, frames=FRAMES, fps=24.0, strength=1.0, seed=3, loop=True)


@pytest.mark.parametrize("prompt", PROMPTS)
def test_the_seam_is_no_more_of_a_step_than_its_neighbours(scene: Scene, prompt: str) -> None:
    shot = looped(scene, prompt)
    numbers = [*range(FRAMES - 5, FRAMES), *range(5)]
    around = [split_planes(shot.frame(number))[0].copy() for number in numbers]
    steps = [float(np.abs(a.astype(int) - b).mean()) for a, b in pairwise(around)]
    seam = steps.pop(4)
    assert seam <= 1.15 * max(steps) + 0.02, (seam, steps)
    flows = [_flow(a, b) for a, b in pairwise(around)]
    changes = [float(np.abs(a - b).mean()) for a, b in pairwise(flows)]
    at_seam = max(changes.pop(3), changes.pop(3))
    assert at_seam <= 1.25 * max(changes) + 0.02, (at_seam, changes)


def _flow(before: Luma, after: Luma) -> NDArray[np.float32]:
    zero = np.zeros((*before.shape, 2), np.float32)
    return np.asarray(cv2.calcOpticalFlowFarneback(before, after, zero, 0.5, 3, 21, 3, 5, 1.1, 0))


def test_without_light_and_weather_a_loop_begins_with_the_still_itself(scene: Scene) -> None:
    frame = looped(scene, "orbit left, hand-held, she breathes, waves, clouds drift").frame(0)
    np.testing.assert_array_equal(frame, scene.canvas.frame)


def test_weather_goes_on_across_the_seam(ball_scene: Scene) -> None:
    """It would be seen to stop otherwise: as much rain in the first frame as half-way through."""
    shot = looped(ball_scene, "static shot, heavy rain")
    still = split_planes(ball_scene.canvas.frame)[0].astype(int)
    first, middle = (
        float((split_planes(shot.frame(number))[0] - still).mean()) for number in (0, FRAMES // 2)
    )
    assert first == pytest.approx(middle, rel=0.15)
    assert first > 1


def test_particles_are_as_many_at_every_moment_of_a_loop(ball_scene: Scene) -> None:
    shot = looped(ball_scene, "static shot, snow falls")
    still = split_planes(ball_scene.canvas.frame)[0].astype(int)
    light = [
        float((split_planes(shot.frame(number))[0] - still).mean()) for number in range(0, 72, 8)
    ]
    assert min(light) > 0.65 * max(light)


@pytest.mark.parametrize("words", ["orbit left", "push in", "whip pan right", "walk and talk"])
def test_the_camera_is_at_rest_where_a_loop_begins(ball_scene: Scene, words: str) -> None:
    path = camera_path(
        direction.read(f"{words}, tripod").camera,
        stage_of(ball_scene),
        frames=120,
        fps=24.0,
        strength=1.0,
        seed=0,
        loop=True,
    )
    assert path[0] == Pose(pivot_x_px=path[0].pivot_x_px, pivot_y_px=path[0].pivot_y_px)
    if "walk" not in words:  # that one steps
        assert abs(path[-1].zoom - 1) < 0.01
        assert abs(path[-1].truck_x_px + path[-1].pan_x_px) < 0.5


@pytest.mark.parametrize("words", ["hand-held, static", "walk and talk", "shaky, documentary"])
def test_a_hand_is_calm_where_a_loop_begins(ball_scene: Scene, words: str) -> None:
    """For any seed: its shake has no beginning of its own, so the loop begins at its calmest."""
    camera, stage = direction.read(words).camera, stage_of(ball_scene)
    for seed in range(24):
        path = camera_path(camera, stage, frames=96, fps=24.0, strength=1.0, seed=seed, loop=True)
        places = np.array([(pose.pan_x_px, pose.pan_y_px) for pose in path])
        steps = np.linalg.norm(np.diff(places, axis=0, append=places[:1]), axis=1)
        assert steps[-1] <= np.median(steps), seed


def test_an_orbit_in_a_loop_is_a_closed_curve_and_not_one_line_twice(ball_scene: Scene) -> None:
    camera = direction.read("orbit left").camera
    stage = stage_of(ball_scene)
    path = camera_path(camera, stage, frames=96, fps=24.0, strength=1.0, seed=0, loop=True)
    there, back = path[24], path[72]
    assert there.truck_x_px == pytest.approx(back.truck_x_px, abs=0.5)
    assert there.truck_y_px < -0.2
    assert back.truck_y_px > 0.2


def test_what_changes_in_a_loop_changes_back(ball_scene: Scene) -> None:
    shot = looped(ball_scene, Plan(light=(Cue(kind=Light.SUNSET_TO_NIGHT),)))
    light = [float(split_planes(shot.frame(number))[0].mean()) for number in (0, 36, 71)]
    assert light[1] < 0.7 * light[0]
    assert light[2] == pytest.approx(light[0], abs=1)


def test_a_cue_with_a_beginning_or_an_end_has_both_in_a_loop() -> None:
    whole = envelope(Cue(kind=Motion.SWAY), 4, loop=True)
    assert [whole(0), whole(3.99)] == [1, 1]
    late = envelope(Cue(kind=Motion.SWAY, start=0.5), 4, loop=True)
    assert late(0) == 0
    assert late(3.3) == 1
    assert late(3.999) < 0.01


def test_rates_in_a_loop_come_round_a_whole_number_of_times() -> None:
    assert whole_cycles(0.24, 5, loop=False) == 0.24
    assert whole_cycles(0.24, 5, loop=True) * 5 == pytest.approx(1)
    assert whole_cycles(0.01, 5, loop=True) * 5 == pytest.approx(1)


def test_it_is_said_what_becomes_of_moves_and_speech() -> None:
    said = "\n".join(loop_notes(direction.read('push in, sunset to night, she says "Hello"')))
    assert "push-in, and the same undone" in said
    assert "changes back: sunset-to-night" in said
    assert "ends before the seam" in said
    assert loop_notes(direction.read("static shot, tripod")) == ()
