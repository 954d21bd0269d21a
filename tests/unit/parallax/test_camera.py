"""Camera paths: they start from the still, stay smooth, and never look beyond the picture."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photoplay.direction.plan import Camera, CameraMove, Easing, Move
from photoplay.engines.parallax.camera import (
    Border,
    Pose,
    Stage,
    camera_path,
    ease,
    followed_path,
)
from photoplay.engines.parallax.canvas import Canvas, Cut
from photoplay.engines.parallax.grid import NodeGrid
from photoplay.engines.parallax.warp import source_map
from photoplay.frames import Raster

RASTER = Raster(1920, 1080)
FRAMES = 120


def stage(*, is_layered: bool = True, depth: float = 0.3, raster: Raster = RASTER) -> Stage:
    grid = NodeGrid(raster)
    edge = np.zeros(grid.shape, np.bool_)
    edge[[0, -1]] = True
    edge[:, [0, -1]] = True
    border = Border(
        grid.x_px[edge].clip(0, raster.width_px),
        grid.y_px[edge].clip(0, raster.height_px),
        np.full(edge.sum(), depth),
    )
    return Stage(raster, border, 0.75, depth, (0.5, 0.45), 0.03, is_layered)


def path(
    move: Move, amount: float = 1.0, handheld: float = 0.0, strength: float = 1.0
) -> list[Pose]:
    camera = Camera(moves=(CameraMove(move=move, amount=amount),), handheld=handheld)
    return camera_path(camera, stage(), frames=FRAMES, fps=24, strength=strength, seed=3)


@pytest.mark.parametrize("move", Move)
def test_every_move_starts_from_the_still(move: Move) -> None:
    first = path(move, handheld=1.0)[0]
    rest = dataclasses.replace(Pose(), pivot_x_px=first.pivot_x_px, pivot_y_px=first.pivot_y_px)
    assert dataclasses.astuple(first) == pytest.approx(dataclasses.astuple(rest), abs=1e-9)


@pytest.mark.parametrize("move", [m for m in Move if m is not Move.STATIC])
def test_every_move_changes_the_picture(move: Move) -> None:
    """Racks focus; all others displace something by 5 px or more on a 1080p frame."""
    poses = path(move)
    if move in (Move.RACK_FOCUS_IN, Move.RACK_FOCUS_OUT):
        assert max(pose.defocus_subject + pose.defocus_background for pose in poses) > 0.9
        return
    grid = NodeGrid(RASTER)
    depth = np.full(grid.shape, 0.7, np.float32)
    travelled = [np.hypot(*_shift(grid, depth, pose)).max() for pose in poses]
    assert max(travelled) > 5


def test_a_static_camera_does_not_move() -> None:
    rest = path(Move.STATIC)
    for pose in rest:
        assert dataclasses.astuple(pose) == pytest.approx(dataclasses.astuple(rest[0]), abs=1e-9)


@pytest.mark.parametrize("move", [m for m in Move if not m.startswith("whip")])
def test_no_move_jumps(move: Move) -> None:
    """The change of speed from frame to frame stays under 3 px on a 1080p frame."""
    grid = NodeGrid(RASTER)
    depth = np.full(grid.shape, 0.5, np.float32)
    where = np.stack([np.stack(_shift(grid, depth, pose)) for pose in path(move)])
    assert np.abs(np.diff(where, n=2, axis=0)).max() < 3


@settings(max_examples=60, deadline=None)
@given(
    moves=st.lists(st.sampled_from(Move), min_size=1, max_size=3),
    amount=st.floats(0.3, 1.6),
    handheld=st.floats(0, 1),
    depth=st.floats(0.25, 0.9),
    span=st.sampled_from([(0.0, 1.0), (0.0, 0.2), (0.1, 0.3), (0.5, 1.0)]),
    raster=st.sampled_from([RASTER, Raster(2880, 720), Raster(720, 2880)]),
)
def test_the_frame_never_shows_what_lies_beyond_the_still(
    moves: list[Move],
    amount: float,
    handheld: float,
    depth: float,
    span: tuple[float, float],
    raster: Raster,
) -> None:
    """At most 3.2 % of a side beyond the border, where the picture is mirrored.

    (0.4 %, or 3 % while the camera backs off, and 0.2 % for the spacing of the nodes.)
    """
    camera = Camera(
        moves=tuple(
            CameraMove(move=move, amount=amount, start=span[0], end=span[1]) for move in moves
        ),
        handheld=handheld,
    )
    where = stage(depth=depth, raster=raster)
    poses = camera_path(camera, where, frames=FRAMES, fps=24, strength=1.6, seed=1)
    grid = NodeGrid(raster)
    width, height = raster.width_px, raster.height_px
    x, y = grid.x_px, grid.y_px
    inside = (x > 0) & (x < width) & (y > 0) & (y < height)
    nodes = np.full(grid.shape, depth, np.float32)
    for at in (3, 6, 12, 24, 60, FRAMES - 1):
        x, y = source_map(nodes, grid, poses[at], None)
        for found, side in ((x[inside], width), (y[inside], height)):
            assert found.min() > -0.032 * side
            assert found.max() < 1.032 * side


def test_before_a_backdrop_a_pan_needs_no_crop_and_looks_no_farther_than_it_goes_on() -> None:
    tracks = {"pan_x": 0.09 * np.sin(np.linspace(0, np.pi, FRAMES))}
    photo = followed_path(tracks, stage())
    assert max(pose.zoom for pose in photo) > 1.15
    room = (0.12, 0.0)
    free = followed_path(tracks, dataclasses.replace(stage(), backdrop=room))
    assert max(pose.zoom for pose in free) == pytest.approx(1)
    narrow = followed_path(tracks, dataclasses.replace(stage(), backdrop=(0.05, 0.0)))
    grid = NodeGrid(RASTER)
    inside = (grid.x_px > 0) & (grid.x_px < RASTER.width_px)
    nodes = np.full(grid.shape, 0.3, np.float32)
    for pose in narrow:
        x, _ = source_map(nodes, grid, pose, None)
        assert x[inside].max() < 1.054 * RASTER.width_px


def test_a_backdrop_goes_on_as_far_as_the_cut_out_keeps_from_the_border() -> None:
    raster = Raster(200, 400)
    matte = np.zeros((400, 200), np.float32)
    matte[16:390, 60:120] = 1
    picture = np.zeros((400, 200, 3), np.uint8)
    canvas = Canvas(raster, picture, Cut(picture, matte, picture))
    assert canvas.backdrop_beyond == (0.15, 0.025)
    assert Canvas(raster, picture, None).backdrop_beyond == (0, 0)


@pytest.mark.parametrize("is_layered", [True, False])
@pytest.mark.parametrize("amount", [0.5, 1.0, 1.6])
@pytest.mark.parametrize("move", [Move.ORBIT_LEFT, Move.TRACK_RIGHT])
def test_the_subject_of_an_orbit_keeps_its_place(
    move: Move, amount: float, is_layered: bool
) -> None:
    """What lies at the depth of focus in the middle stays within 3 px, however strong the move."""
    where = stage(is_layered=is_layered)
    camera = Camera(moves=(CameraMove(move=move, amount=amount),))
    for pose in camera_path(camera, where, frames=FRAMES, fps=24, strength=1.6, seed=0):
        shift = pose.pan_x_px * (1 - pose.dolly * where.focus) + pose.truck_x_px * where.focus
        assert abs(shift) < 3


@pytest.mark.parametrize("is_layered", [True, False])
@pytest.mark.parametrize("amount", [0.5, 1.0, 1.6])
def test_the_subject_of_a_dolly_zoom_keeps_its_size(amount: float, is_layered: bool) -> None:
    where = stage(is_layered=is_layered)
    camera = Camera(moves=(CameraMove(move=Move.DOLLY_ZOOM_OUT, amount=amount),))
    path = camera_path(camera, where, frames=FRAMES, fps=24, strength=1.6, seed=0)
    sizes = [pose.zoom / (1 - pose.dolly * where.focus) for pose in path]
    assert sizes == pytest.approx([1.0] * FRAMES, abs=0.01)
    assert path[-1].zoom > 1.1  # the background comes nearer


@pytest.mark.parametrize("easing", Easing)
def test_easing_goes_from_rest_to_done_without_turning_back(easing: Easing) -> None:
    progress = ease(np.linspace(-0.2, 1.2, 200), easing)
    assert progress[0] == 0
    assert progress[-1] == pytest.approx(1)
    assert (np.diff(progress) >= -1e-12).all()


def test_a_flat_scene_moves_more_gently_than_a_layered_one() -> None:
    camera = Camera(moves=(CameraMove(move=Move.TRUCK_RIGHT),))
    ends = [
        camera_path(camera, stage(is_layered=layered), frames=9, fps=24, strength=1, seed=0)[-1]
        for layered in (True, False)
    ]
    assert ends[1].truck_x_px < 0.8 * ends[0].truck_x_px


def test_moves_in_sequence_continue_from_where_the_last_one_stopped() -> None:
    first = CameraMove(move=Move.PUSH_IN, start=0.0, end=0.5)
    then = CameraMove(move=Move.PAN_RIGHT, start=0.5, end=1.0)
    poses = camera_path(
        Camera(moves=(first, then)), stage(), frames=121, fps=24, strength=1, seed=0
    )
    assert poses[60].dolly == pytest.approx(poses[120].dolly, rel=1e-6)
    assert poses[60].pan_x_px == pytest.approx(0, abs=1e-6)
    assert poses[120].pan_x_px > 100


def _shift(grid: NodeGrid, depth: np.ndarray, pose: Pose) -> tuple[np.ndarray, np.ndarray]:
    x, y = source_map(depth, grid, pose, None)
    return x - grid.x_px, y - grid.y_px
