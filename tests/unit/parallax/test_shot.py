"""Whole shots: exact first frame, determinism, and effects that do what they say."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from photoplay.direction.plan import (
    Atmosphere,
    Camera,
    CameraMove,
    Cue,
    Light,
    Look,
    Motion,
    Move,
    Plan,
)
from photoplay.engines.parallax.canvas import shrink
from photoplay.engines.parallax.color import to_i420
from photoplay.engines.parallax.cues import Face
from photoplay.engines.parallax.regions import find_regions
from photoplay.engines.parallax.scene import Scene
from photoplay.engines.parallax.shot import ShotRenderer
from photoplay.frames import I420, RGB, split_planes
from tests import pictures
from tests.unit.parallax.conftest import make_scene

EVERYTHING = Plan(
    camera=Camera(moves=(CameraMove(move=Move.PUSH_IN),), handheld=0.5),
    motion=tuple(Cue(kind=kind) for kind in Motion),
    light=tuple(Cue(kind=kind) for kind in Light),
    atmosphere=tuple(Cue(kind=kind) for kind in Atmosphere),
    look=tuple(Cue(kind=kind) for kind in Look),
)


def renderer(scene: Scene, plan: Plan, seed: int = 0) -> ShotRenderer:
    return ShotRenderer(scene, plan, frames=48, fps=24.0, strength=1.0, seed=seed)


def test_the_first_frame_is_the_still_bit_for_bit(ball_scene: Scene) -> None:
    frame = renderer(ball_scene, EVERYTHING).frame(0)
    np.testing.assert_array_equal(frame, to_i420(ball_scene.canvas.picture))


def test_the_second_frame_is_nearly_the_first(ball_scene: Scene) -> None:
    """Effects come up from nothing: no pixel jumps (a step of 16 would be seen as a pop)."""
    shot = renderer(ball_scene, EVERYTHING)
    jump = np.abs(shot.frame(1).astype(int) - shot.frame(0))
    assert jump.max() <= 16
    assert jump.mean() < 0.8


def test_frames_do_not_depend_on_order_or_threads(
    ball_scene: Scene, pool: ThreadPoolExecutor
) -> None:
    alone = renderer(ball_scene, EVERYTHING)
    together = renderer(ball_scene, EVERYTHING)
    numbers = [5, 30, 12, 47, 1, 13, 29]
    for frame, number in zip(pool.map(together.frame, numbers), numbers, strict=True):
        np.testing.assert_array_equal(frame, alone.frame(number))


def test_building_the_scene_twice_gives_the_same_bytes(pool: ThreadPoolExecutor) -> None:
    first, second = (
        renderer(make_scene(pictures.portrait(), pool), EVERYTHING).frame(40) for _ in range(2)
    )
    np.testing.assert_array_equal(first, second)


def test_another_seed_gives_other_frames(ball_scene: Scene) -> None:
    first, second = (renderer(ball_scene, EVERYTHING, seed).frame(40) for seed in (1, 2))
    assert (first != second).mean() > 0.05


@pytest.mark.parametrize("kind", Atmosphere)
def test_everything_in_the_air_can_be_seen(flat_scene: Scene, kind: Atmosphere) -> None:
    assert _luma_change(flat_scene, Plan(atmosphere=(Cue(kind=kind),))) > 3


@pytest.mark.parametrize("kind", Light)
def test_every_light_can_be_seen(flat_scene: Scene, kind: Light) -> None:
    assert _change(flat_scene, Plan(light=(Cue(kind=kind),))) > 4


@pytest.mark.parametrize("kind", Look)
def test_every_look_can_be_seen(flat_scene: Scene, kind: Look) -> None:
    assert _luma_change(flat_scene, Plan(look=(Cue(kind=kind),))) > 2


def test_a_cue_that_starts_late_changes_nothing_before(flat_scene: Scene) -> None:
    late = Plan(light=(Cue(kind=Light.MOONLIGHT, start=0.5),))
    with_light, without = renderer(flat_scene, late), renderer(flat_scene, Plan())
    np.testing.assert_array_equal(with_light.frame(20), without.frame(20))
    assert np.abs(with_light.frame(46).astype(int) - without.frame(46)).max() > 8


def test_a_still_camera_on_a_flat_scene_keeps_the_still(flat_scene: Scene) -> None:
    """No plan, no motion: all that may differ is grain as fine as the still's own."""
    shot = renderer(flat_scene, Plan())
    assert np.abs(shot.frame(40).astype(int) - shot.frame(0)).max() <= 6


def test_what_the_picture_does_not_show_is_left_out_and_said(flat_scene: Scene) -> None:
    plan = Plan(motion=(Cue(kind=Motion.BREATHING), Cue(kind=Motion.CLOUDS)))
    notes = " ".join(renderer(flat_scene, plan).notes)
    assert "breathing: no subject stands apart" in notes
    assert "clouds: none found in the picture" in notes


def test_rack_focus_blurs_the_background_and_then_the_subject(ball_scene: Scene) -> None:
    plan = Plan(camera=Camera(moves=(CameraMove(move=Move.RACK_FOCUS_OUT),)))
    shot = renderer(ball_scene, plan)
    rim = np.s_[100:380, 150:490]  # the ball's outline
    sharpness = [_sharpness(shot.frame(k)[rim]) for k in (0, 47)]
    assert sharpness[1] < 0.5 * sharpness[0]


def _sharpness(plane: I420) -> float:
    return float(np.abs(np.diff(plane.astype(int), axis=1)).max())


def _frames(scene: Scene, plan: Plan) -> list[tuple[I420, I420]]:
    shot, plain = renderer(scene, plan), renderer(scene, Plan())
    return [(shot.frame(k), plain.frame(k)) for k in (17, 30, 47)]


def _luma_change(scene: Scene, plan: Plan) -> int:
    pairs = [(split_planes(a)[0], split_planes(b)[0]) for a, b in _frames(scene, plan)]
    return max(int(np.abs(a.astype(int) - b).max()) for a, b in pairs)


def _change(scene: Scene, plan: Plan) -> int:
    return max(int(np.abs(a.astype(int) - b).max()) for a, b in _frames(scene, plan))


@pytest.mark.parametrize(
    ("kind", "draw"),
    [
        (Motion.BREATHING, pictures.ball),
        (Motion.SWAY, pictures.ball),
        (Motion.CLOTH, pictures.ball),
        (Motion.FOLIAGE, pictures.meadow),
        (Motion.WATER, pictures.lake),
        (Motion.CLOUDS, pictures.cloudy),
        (Motion.STEAM, pictures.ball),
        (Motion.FLICKER, pictures.lamp),
    ],
)
def test_every_motion_moves_something(
    pool: ThreadPoolExecutor, kind: Motion, draw: Callable[[], RGB]
) -> None:
    scene = make_scene(draw(), pool)
    shot = renderer(scene, Plan(motion=(Cue(kind=kind),)))
    assert not [note for note in shot.notes if note.startswith(kind)]
    assert _luma_change(scene, Plan(motion=(Cue(kind=kind),))) > 8


def test_hair_moves_around_a_face(ball_scene: Scene) -> None:
    """No drawing of ours passes for a face, so the face is put there by hand."""
    face = Face(280, 170, 80, 100)
    subject = replace(ball_scene.subject, faces=(face,))
    work = shrink(ball_scene.canvas.picture)
    nothing = np.zeros(subject.mask.shape, np.bool_)
    regions = find_regions(work, nothing, subject, ball_scene.grid)
    scene = replace(ball_scene, subject=subject, regions=regions)
    assert _luma_change(scene, Plan(motion=(Cue(kind=Motion.HAIR),))) > 8


def test_grain_asked_to_be_none_is_none(flat_scene: Scene) -> None:
    shot = renderer(flat_scene, Plan(look=(Cue(kind=Look.GRAIN, amount=0.0),)))
    np.testing.assert_array_equal(shot.frame(30), shot.frame(40))


def test_grain_follows_its_span(flat_scene: Scene) -> None:
    late = renderer(flat_scene, Plan(look=(Cue(kind=Look.GRAIN, start=0.5),)))
    none = renderer(flat_scene, Plan(look=(Cue(kind=Look.GRAIN, amount=0.0),)))
    np.testing.assert_array_equal(late.frame(20), none.frame(20))
    assert (late.frame(46) != none.frame(46)).mean() > 0.1
