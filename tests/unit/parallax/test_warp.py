"""The compositor against a slow, obvious twin; geometry against what a camera does."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photoplay.engines.parallax import kernel
from photoplay.engines.parallax.camera import Pose
from photoplay.engines.parallax.grid import NodeGrid
from photoplay.engines.parallax.layer import BLOCK, HIDDEN, MIXED, SOLID, Layer, Matte
from photoplay.engines.parallax.scene import Scene
from photoplay.engines.parallax.warp import film, source_map
from photoplay.errors import InstallationBroken
from photoplay.frames import I420, Plane, Raster, split_planes
from tests import pictures
from tests.unit.parallax.conftest import make_scene
from tests.unit.parallax.slow_film import slow_film

POSES = [
    Pose(pivot_x_px=300, pivot_y_px=200),
    Pose(dolly=0.2, pivot_x_px=300, pivot_y_px=200),
    Pose(truck_x_px=30, pan_x_px=-14, pivot_x_px=300, pivot_y_px=200),
    Pose(truck_y_px=-25, roll_rad=0.05, zoom=1.1, pivot_x_px=300, pivot_y_px=200),
    Pose(dolly=-0.15, zoom=0.97, pivot_x_px=300, pivot_y_px=200),
]


@pytest.mark.parametrize("build", kernel.builds(), ids=lambda path: path.stem)
@pytest.mark.parametrize("pose", POSES)
def test_the_kernel_films_what_its_slow_twin_films(
    ball_scene: Scene, pose: Pose, build: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Positions are held in 65,536ths of a pixel and read in 256ths, each blend rounds once.

    A step of 200 levels (the ball's highlight) then moves by a level or two; in the mean nothing.
    """
    loaded = kernel.load(build)
    monkeypatch.setattr(kernel, "library", lambda: loaded)
    fast = film(ball_scene.layers, ball_scene.grid, pose, {}, _empty(ball_scene))
    slow = slow_film(ball_scene.layers, ball_scene.grid, pose, _empty(ball_scene))
    error = np.abs(fast.astype(int) - slow)
    assert error.max() <= 3
    assert error.mean() < 0.05


@pytest.mark.parametrize("pose", POSES)
def test_every_build_gives_the_same_bytes(
    ball_scene: Scene, pose: Pose, monkeypatch: pytest.MonkeyPatch
) -> None:
    frames = []
    for build in kernel.builds():
        loaded = kernel.load(build)
        monkeypatch.setattr(kernel, "library", lambda loaded=loaded: loaded)
        frames.append(film(ball_scene.layers, ball_scene.grid, pose, {}, _empty(ball_scene)))
    for frame in frames[1:]:
        np.testing.assert_array_equal(frame, frames[0])


@settings(max_examples=30, deadline=None)
@given(
    width=st.integers(20, 90).map(lambda half: 2 * half),
    height=st.integers(20, 60).map(lambda half: 2 * half),
    oversampling=st.sampled_from([1, 2]),
    pose=st.builds(
        Pose,
        dolly=st.floats(-0.3, 0.3),
        truck_x_px=st.floats(-40, 40),
        truck_y_px=st.floats(-40, 40),
        roll_rad=st.floats(-3, 3),
        zoom=st.floats(0.4, 3),
        pan_x_px=st.floats(-400, 400),
        pan_y_px=st.floats(-400, 400),
        pivot_x_px=st.floats(0, 180),
        pivot_y_px=st.floats(0, 120),
    ),
    seed=st.integers(0, 99),
)
def test_any_pose_of_any_size_films_as_the_twin_does(
    width: int, height: int, oversampling: int, pose: Pose, seed: int
) -> None:
    """Far over the border, upside down, wherever covers end; the matte has hard edges."""
    grid = NodeGrid(Raster(width, height))
    layers = _made_up_layers(grid, oversampling, seed)
    empty = np.zeros((height * 3 // 2, width), np.uint8)
    fast = film(layers, grid, pose, {}, empty.copy())
    slow = slow_film(layers, grid, pose, empty.copy())
    # A 256th of a pixel is one level at the matte's edge, float32 nodes a little at 400 px.
    assert np.abs(fast.astype(int) - slow).max() <= 6


def _made_up_layers(grid: NodeGrid, oversampling: int, seed: int) -> tuple[Layer, ...]:
    rng = np.random.default_rng(seed)
    shape = (grid.raster.height_px * oversampling, grid.raster.width_px * oversampling)

    def plane(height: int, width: int) -> Plane:
        coarse = rng.integers(16, 236, (4, 6), np.uint8)
        return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC))

    def planes() -> tuple[Plane, Plane, Plane]:
        half = (shape[0] // 2, shape[1] // 2)
        return plane(*shape), plane(*half), plane(*half)

    matte = np.zeros(shape, np.float32)
    top, left = rng.integers(0, shape[0] // 2), rng.integers(0, shape[1] // 2)
    matte[top : top + shape[0] // 2, left : left + shape[1] // 2] = 1
    far, near = (np.full(grid.shape, depth, np.float32) for depth in (0.3, 0.8))
    return (
        Layer.opaque("background", planes(), far, oversampling),
        Layer.cut_out("subject", planes(), matte, near, oversampling),
    )


def test_a_cover_claims_only_what_holds_for_all_that_its_runs_can_read() -> None:
    rng = np.random.default_rng(0)
    matte = cv2.GaussianBlur((rng.random((90, 130)) > 0.5).astype(np.float32), (0, 0), 12)
    alpha = ((matte - 0.5) * 255 * 60 + 128).clip(0, 255).astype(np.uint8)
    cover = Matte.of(alpha, BLOCK).cover
    assert set(np.unique(cover)) == {HIDDEN, MIXED, SOLID}
    for row, column in np.ndindex(*cover.shape):
        rows = slice(max((row - 1) * BLOCK, 0), (row + 2) * BLOCK)
        columns = slice(max((column - 2) * BLOCK, 0), (column + 3) * BLOCK)
        part = alpha[rows, columns]
        if cover[row, column] != MIXED:
            assert (part == (0 if cover[row, column] == HIDDEN else 255)).all()


def test_a_camera_at_rest_shows_every_pixel_at_its_place(ball_scene: Scene) -> None:
    x, y = source_map(ball_scene.layers[0].depth, ball_scene.grid, Pose(), None)
    np.testing.assert_allclose(x, ball_scene.grid.x_px, atol=1e-3)
    np.testing.assert_allclose(y, ball_scene.grid.y_px, atol=1e-3)


def test_the_source_map_solves_its_own_equation(ball_scene: Scene) -> None:
    """q = p·(1 - dolly·depth(q)) + truck·depth(q), to a tenth of a pixel.

    (OpenCV 4 reads the depth at 32nds of a node; OpenCV 5 agrees to 0.01.)
    """
    grid, depth = ball_scene.grid, ball_scene.layers[-1].depth
    pose = Pose(dolly=0.25, truck_x_px=40, pivot_x_px=320, pivot_y_px=240)
    x, y = source_map(depth, grid, pose, None)
    here = grid.look_up(depth, x, y)
    expected = (grid.x_px - 320) * (1 - 0.25 * here) + 40 * here + 320
    assert np.abs(x - expected).max() < 0.1


def test_trucking_right_moves_near_things_further_left_than_far_ones() -> None:
    grid = NodeGrid(Raster(320, 240))
    near, far = (np.full(grid.shape, depth, np.float32) for depth in (0.9, 0.3))
    pose = Pose(truck_x_px=20)
    shift = [source_map(depth, grid, pose, None)[0] - grid.x_px for depth in (near, far)]
    assert shift[0].mean() == pytest.approx(18, abs=0.01)  # 20 · 0.9
    assert shift[1].mean() == pytest.approx(6, abs=0.01)  # 20 · 0.3


def test_nodes_interpolate_to_pixel_centres() -> None:
    grid = NodeGrid(Raster(330, 202))
    pixels = grid.spread(grid.x_px)
    assert pixels.shape == (202, 330)
    np.testing.assert_allclose(pixels[0], np.arange(330) + 0.5, atol=1e-3)
    coarse = grid.spread(grid.y_px, 2)
    np.testing.assert_allclose(coarse[:, 0], 2 * np.arange(101) + 1, atol=1e-3)


def test_sampling_a_field_at_nodes_keeps_its_place() -> None:
    grid = NodeGrid(Raster(640, 320))
    ramp = np.tile((np.arange(160) + 0.5) / 160, (80, 1)).astype(np.float32)
    inner = np.s_[2:-2, 3:-3]
    assert np.abs(grid.sample(ramp) - grid.x_px / 640)[inner].max() < 2e-3


def _empty(scene: Scene) -> I420:
    raster = scene.canvas.raster
    return np.zeros((raster.height_px * 3 // 2, raster.width_px), np.uint8)


def test_at_rest_every_pixel_is_that_of_the_layers(ball_scene: Scene) -> None:
    frame = film(ball_scene.layers, ball_scene.grid, Pose(), {}, _empty(ball_scene))
    error = split_planes(frame)[0].astype(int) - split_planes(ball_scene.canvas.frame)[0]
    assert np.abs(error).mean() < 0.5


def test_a_subject_out_of_sight_leaves_only_background(ball_scene: Scene) -> None:
    """Mirrored far over the border: everywhere the background, nowhere the subject."""
    away = Pose(pan_x_px=ball_scene.canvas.raster.width_px)
    far = replace(ball_scene.layers[1], matte=Matte.of(np.zeros((480, 640), np.uint8), BLOCK))
    far = replace(far, luma=far.luma * 0, chroma=far.chroma * 0)
    both = (ball_scene.layers[0], far)
    alone = film(both[:1], ball_scene.grid, away, {}, _empty(ball_scene))
    np.testing.assert_array_equal(film(both, ball_scene.grid, away, {}, _empty(ball_scene)), alone)


def test_a_missing_kernel_is_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel, "builds", list)
    kernel.library.cache_clear()
    with pytest.raises(InstallationBroken, match="compiled part of the built-in engine is missing"):
        kernel.library()
    monkeypatch.undo()
    assert kernel.library().photoplay_film


def test_an_oversampled_scene_shows_the_same_picture_sharper(pool: ThreadPoolExecutor) -> None:
    """The pro tier reads from twice the size: same geometry, more left of a fine grid."""
    picture = pictures.ball()
    picture[::3] //= 2
    fine = make_scene(picture, pool, oversampling=2)
    coarse = make_scene(picture, pool)
    pose = Pose(pan_x_px=0.5, pan_y_px=0.5)  # half a pixel off: where bilinear blurs most
    frames = []
    for scene in (fine, coarse):
        frames.append(_empty(scene))
        film(scene.layers, scene.grid, pose, {}, frames[-1])
    luma = [split_planes(frame)[0].astype(int) for frame in frames]
    assert np.abs(luma[0] - luma[1]).mean() < 12
    detail = [np.abs(np.diff(plane[20:200, 20:100], axis=0)).mean() for plane in luma]
    assert detail[0] > 1.15 * detail[1]
