"""What lens and film stock add: grain, motion blur, and focus that passes between layers."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from photoplay.direction.plan import Look, Plan
from photoplay.engines.parallax.camera import Pose
from photoplay.engines.parallax.layer import Layer
from photoplay.engines.parallax.scene import Scene
from photoplay.engines.parallax.timing import Envelope, envelope
from photoplay.frames import I420, RGB, Plane, Raster, split_planes

_TILE_PX = 512  # side of the grain pattern that is repeated
_JITTER_PX = 128  # the pattern is shifted by up to this much from frame to frame
_LEVELS = 4  # steps in which grain comes up over the first frames
_RISE_S = 0.5
_LEAST_DEVIATION = 0.25  # 8-bit steps: weaker grain rounds to nothing
_DEFOCUS_PX = 14.0  # deviation of a fully defocused layer on a 1080p frame


class Grain:
    """Luma noise with a fresh offset for every frame.

    Without a word in the prompt it is as strong as the still's own noise, and none on a clean
    drawing: still and clip then look like one stock.
    """

    def __init__(
        self,
        scene: Scene,
        plan: Plan,
        *,
        frames: int,
        fps: float,
        strength: float,
        seed: int,
        loop: bool = False,
    ) -> None:
        duration_s = frames / fps
        asked = [cue for cue in plan.look if cue.kind is Look.GRAIN]
        rng = np.random.default_rng(seed + 81)
        self._fps = fps
        self._offsets = rng.integers(0, _JITTER_PX, (1024, 2))
        self._lighter: list[Plane] = []
        self._darker: list[Plane] = []
        self._level: Envelope = lambda time_s: min(1.0, time_s / _RISE_S)
        if loop:
            self._level = lambda time_s: min(1.0, time_s / _RISE_S, (duration_s - time_s) / _RISE_S)
        deviation = min(0.5 * _noise_level(scene.canvas.picture), 0.9)
        if asked:
            cue = max(asked, key=lambda cue: cue.amount)
            self._level = envelope(replace(cue, amount=1.0), duration_s, _RISE_S, loop=loop)
            deviation = 1.4 * cue.amount * strength
        if deviation >= _LEAST_DEVIATION:
            self._make(scene.canvas.raster, deviation, rng)

    def _make(self, raster: Raster, deviation: float, rng: np.random.Generator) -> None:
        noise = rng.standard_normal((_TILE_PX, _TILE_PX), np.float32)
        noise = cv2.GaussianBlur(noise, (0, 0), 0.55, borderType=cv2.BORDER_REFLECT_101)
        noise *= deviation / noise.std()
        rows = -(-(raster.height_px + _JITTER_PX) // _TILE_PX)
        columns = -(-(raster.width_px + _JITTER_PX) // _TILE_PX)
        for level in range(1, _LEVELS + 1):
            steps = np.round(noise * (level / _LEVELS))
            for planes, sign in ((self._lighter, 1), (self._darker, -1)):
                planes.append(np.tile((sign * steps).clip(0, 12).astype(np.uint8), (rows, columns)))

    def apply(self, frame: int, picture: I420) -> None:
        """Add grain to the luma of frame number `frame` in place."""
        if not self._lighter:
            return
        level = round(self._level(frame / self._fps) * _LEVELS) - 1
        if level < 0:
            return
        luma, _, _ = split_planes(picture)
        top, left = self._offsets[frame % len(self._offsets)]
        window = np.s_[top : top + luma.shape[0], left : left + luma.shape[1]]
        cv2.add(luma, self._lighter[level][window], dst=luma)
        cv2.subtract(luma, self._darker[level][window], dst=luma)


def _noise_level(picture: RGB) -> float:
    """Deviation of the still's noise, 8-bit steps.

    Immerkær, "Fast Noise Variance Estimation", 1996, with the lower quartile of 32 px blocks
    instead of the mean, so that texture does not count as noise.
    """
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32)
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
    rough = np.abs(cv2.filter2D(grey, cv2.CV_32F, kernel))
    size = (max(1, grey.shape[1] // 32), max(1, grey.shape[0] // 32))
    blocks = cv2.resize(rough, size, interpolation=cv2.INTER_AREA)
    return float(np.percentile(blocks, 25)) * float(np.sqrt(np.pi / 2)) / 6


def motion_blur(pose: Pose, picture: I420) -> None:
    """Blur along fast pans, in place (box of the shutter's length)."""
    if not (pose.blur_x_px or pose.blur_y_px):
        return
    for at, plane in enumerate(split_planes(picture)):
        scale = 1 if at == 0 else 2
        size = (round(pose.blur_x_px / scale) | 1, round(pose.blur_y_px / scale) | 1)
        plane[:] = cv2.blur(plane, size, borderType=cv2.BORDER_REFLECT_101)


class Focus:
    """Layers with a blurred twin each, mixed by how far out of focus they are.

    `layers` are pieces of the scene's, from back to front: before the first all is subject.
    """

    def __init__(self, scene: Scene, layers: tuple[Layer, ...] | None = None) -> None:
        self._layers = scene.layers if layers is None else layers
        deviation = _DEFOCUS_PX * scene.canvas.raster.unit_px * scene.oversampling
        self._blurred = [layer.blurred(deviation) for layer in self._layers]

    def layers(self, pose: Pose) -> tuple[Layer, ...]:
        """The layers as the lens sees them at this pose."""
        subject = [pose.defocus_subject] * (len(self._layers) - 1)
        shares = (pose.defocus_background, *subject)
        return tuple(
            sharp.mixed(soft, share) if share > 0.004 else sharp
            for sharp, soft, share in zip(self._layers, self._blurred, shares, strict=True)
        )
