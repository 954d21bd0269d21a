"""What the pictures of a shot say to its sound."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from photoplay.engines.parallax.camera import Pose
from photoplay.engines.parallax.scene import Scene
from photoplay.sound.staging import Staging

_WHIP_SHARE_S = 0.5  # shares of the width a second at which the camera whips
_MIDDLE_DISTANCE = 0.5  # where no subject was found


def read_staging(scene: Scene, path: Sequence[Pose], fps: float) -> Staging:
    """The subject's place in each frame, the camera's speed, and the subject's distance."""
    width_px = scene.canvas.raster.width_px
    shift_px = np.array([pose.pan_x_px + pose.truck_x_px * scene.focus for pose in path])
    rise_px = np.array([pose.pan_y_px + pose.truck_y_px * scene.focus for pose in path])
    scale = np.array([pose.zoom / (1 - pose.dolly * scene.focus) for pose in path])
    pivot_px = np.array([pose.pivot_x_px for pose in path])
    position = (pivot_px - shift_px * scale) / width_px
    moved = np.hypot(np.diff(shift_px, prepend=shift_px[0]), np.diff(rise_px, prepend=rise_px[0]))
    speed = (moved / width_px * fps / _WHIP_SHARE_S).clip(0, 1)
    return Staging(position=position.clip(0, 1), speed=speed, distance=_distance(scene))


def _distance(scene: Scene) -> float:
    """0 where the subject is as high as the frame, 1 where it is but a speck."""
    if not scene.subject.is_cut:
        return _MIDDLE_DISTANCE
    rows = np.flatnonzero(scene.subject.mask.any(axis=1))
    return float(1 - (rows[-1] - rows[0] + 1) / scene.subject.mask.shape[0])
