"""The compositor against a slow, obvious twin; geometry against what a camera does."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import cv2
import numpy as np
import pytest

from photoplay.engines.parallax.camera import Pose
from photoplay.engines.parallax.grid import NodeGrid
from photoplay.engines.parallax.quads import QuadWarper
from photoplay.engines.parallax.scene import Scene
from photoplay.engines.parallax.warp import Warper, source_map
from photoplay.frames import I420, Field, Plane, Raster, split_planes
from tests import pictures
from tests.unit.parallax.conftest import make_scene

POSES = [
    Pose(pivot_x_px=300, pivot_y_px=200),
    Pose(dolly=0.2, pivot_x_px=300, pivot_y_px=200),
    Pose(truck_x_px=30, pan_x_px=-14, pivot_x_px=300, pivot_y_px=200),
    Pose(truck_y_px=-25, roll_rad=0.05, zoom=1.1, pivot_x_px=300, pivot_y_px=200),
    Pose(dolly=-0.15, zoom=0.97, pivot_x_px=300, pivot_y_px=200),
]


@pytest.mark.parametrize("pose", POSES)
def test_drawing_the_subject_within_its_box_loses_no_pixel(ball_scene: Scene, pose: Pose) -> None:
    fast = _empty(ball_scene)
    Warper(ball_scene).render(ball_scene.layers, pose, {}, fast)
    np.testing.assert_array_equal(fast, _composite_whole_frames(ball_scene, pose))


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


def _composite_whole_frames(scene: Scene, pose: Pose) -> I420:
    """Every layer over the whole frame, from back to front; maps by plain interpolation."""
    out = _empty(scene)
    planes = split_planes(out)
    for layer in scene.layers:
        x, y = source_map(layer.depth, scene.grid, pose, None)
        for at, plane in enumerate(planes):
            step = 1 if at == 0 else 2
            source = layer.luma if at == 0 else layer.chroma[..., at - 1].copy()
            matte = layer.alpha if at == 0 else layer.chroma[..., 2]
            matte = None if layer.alpha is None else np.ascontiguousarray(matte)
            u = scene.grid.spread(x / np.float32(step) - np.float32(0.5), step)
            v = scene.grid.spread(y / np.float32(step) - np.float32(0.5), step)
            plane[:] = _over(plane, source, matte, u, v)
    return out


def _over(under: Plane, plane: Plane, matte: Plane | None, u: Field, v: Field) -> Plane:
    def read(source: Plane) -> Plane:
        return np.asarray(
            cv2.remap(source, u, v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
        )

    if matte is None:
        return read(plane)
    through = cv2.multiply(under, 255 - read(matte), scale=1 / 255)
    return np.asarray(cv2.add(through, read(plane)))


def _empty(scene: Scene) -> I420:
    raster = scene.canvas.raster
    return np.zeros((raster.height_px * 3 // 2, raster.width_px), np.uint8)


@pytest.mark.parametrize("pose", POSES)
def test_blocks_show_what_single_pixels_show(ball_scene: Scene, pose: Pose) -> None:
    """The fast warper against the exact one: over 55 dB, and no pixel off by more than 20.

    (The ball's highlight is a hard step of 200 levels: a tenth of it is a tenth of a pixel.)
    """
    exact = Warper(ball_scene)
    slow, fast = _empty(ball_scene), _empty(ball_scene)
    exact.render(ball_scene.layers, pose, {}, slow)
    QuadWarper(ball_scene, exact).render(pose, {}, fast)
    error = fast.astype(int) - slow
    assert 10 * np.log10(255**2 / max((error**2).mean(), 1e-9)) > 55
    assert np.abs(error).max() <= 20


def test_at_rest_blocks_are_exact(ball_scene: Scene) -> None:
    exact = Warper(ball_scene)
    slow, fast = _empty(ball_scene), _empty(ball_scene)
    exact.render(ball_scene.layers, Pose(), {}, slow)
    QuadWarper(ball_scene, exact).render(Pose(), {}, fast)
    assert np.abs(fast.astype(int) - slow).max() <= 1


def test_a_subject_out_of_sight_is_no_error(ball_scene: Scene) -> None:
    """Both warpers show only background once the subject has left the frame."""
    away = Pose(pan_x_px=1500)
    exact = Warper(ball_scene)
    slow, fast = _empty(ball_scene), _empty(ball_scene)
    exact.render(ball_scene.layers, away, {}, slow)
    QuadWarper(ball_scene, exact).render(away, {}, fast)
    only_back = _empty(ball_scene)
    Warper(replace(ball_scene, layers=ball_scene.layers[:1])).render(
        ball_scene.layers[:1], away, {}, only_back
    )
    np.testing.assert_array_equal(slow, only_back)
    assert fast.any()


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
        Warper(scene).render(scene.layers, pose, {}, frames[-1])
    luma = [split_planes(frame)[0].astype(int) for frame in frames]
    assert np.abs(luma[0] - luma[1]).mean() < 12
    detail = [np.abs(np.diff(plane[20:200, 20:100], axis=0)).mean() for plane in luma]
    assert detail[0] > 1.15 * detail[1]
