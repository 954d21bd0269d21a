"""One scene filmed along a path of poses, that begins or ends as its still."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from photoplay.direction.plan import Plan
from photoplay.engines.parallax.camera import Pose
from photoplay.engines.parallax.film import Focus
from photoplay.engines.parallax.motion import SecondaryMotion
from photoplay.engines.parallax.scene import Scene
from photoplay.engines.parallax.settling import SETTLE_FRAMES, Fading, difference
from photoplay.engines.parallax.transition.way import Timing
from photoplay.engines.parallax.warp import Offset, film
from photoplay.frames import I420

_SHUTTER = 0.8  # share of a frame's time for which it is open
_TAP_PX = 4.0  # a blur is made of exposures that lie so far apart
_MOST_TAPS = 12


class Take:
    """Frames of one scene; `still_at` is the number of the frame that is its still."""

    def __init__(
        self, scene: Scene, plan: Plan, poses: Sequence[Pose], still_at: int, timing: Timing
    ) -> None:
        self._scene = scene
        self._poses = poses
        self._still_at = still_at
        self._timing = timing
        self._motion = SecondaryMotion(
            scene, plan, frames=timing.frames, fps=timing.fps, seed=timing.seed
        )
        racks = any(pose.defocus_background or pose.defocus_subject for pose in poses)
        self._focus = Focus(scene) if racks else None
        still = scene.canvas.frame
        composite = self._exposed(poses[still_at], {}, np.empty_like(still))
        self._settling = Fading(difference(still, composite))
        self.notes = (*scene.notes, *self._motion.notes)

    def draw(self, number: int, out: I420) -> Pose:
        """Fill `out` with frame `number`."""
        strength = self._timing.strength * self._timing.presence(number)
        offsets = self._motion.at(number, strength) if strength > 0 else {}
        pose = self._poses[number]
        passed = self._passing(number)
        if len(passed) == 1:
            self._exposed(pose, offsets, out)
        else:
            light = np.zeros(out.shape, np.float32)
            for between in passed:
                cv2.accumulate(self._exposed(between, offsets, out), light)
            cv2.multiply(light, 1 / len(passed), dst=out, dtype=cv2.CV_8U)
        away = abs(number - self._still_at)
        if away < SETTLE_FRAMES:
            self._settling.lay_over(out, 1 - away / SETTLE_FRAMES)
        return pose

    def _exposed(self, pose: Pose, offsets: dict[str, Offset], out: I420) -> I420:
        layers = self._focus.layers(pose) if self._focus else self._scene.layers
        return film(layers, self._scene.grid, pose, offsets, out)

    def _passing(self, number: int) -> list[Pose]:
        """The poses that the frame sees while its shutter is open; one if that is no blur."""
        before = self._poses[max(number - 1, 0)]
        after = self._poses[min(number + 1, len(self._poses) - 1)]
        raster = self._scene.canvas.raster
        reach_px = 0.5 * max(raster.width_px, raster.height_px)
        grown = abs(_growth(after, self._scene.focus) - _growth(before, self._scene.focus))
        panned = np.hypot(after.pan_x_px - before.pan_x_px, after.pan_y_px - before.pan_y_px)
        blur_px = _SHUTTER * 0.5 * (grown * reach_px + float(panned))
        taps = min(round(blur_px / _TAP_PX), _MOST_TAPS)
        if taps < 2:
            return [self._poses[number]]
        shares = (np.arange(taps) + 0.5) / taps - 0.5
        return [self._between(number + _SHUTTER * share) for share in shares.tolist()]

    def _between(self, time: float) -> Pose:
        """The pose at a time between two frames."""
        time = min(max(time, 0.0), len(self._poses) - 1.0)
        first = min(int(time), len(self._poses) - 2)
        return mixed(self._poses[first], self._poses[first + 1], time - first)


def mixed(one: Pose, other: Pose, share: float) -> Pose:
    """Between two poses about one pivot."""
    values = zip(_values(one), _values(other), strict=True)
    return Pose(*[(1 - share) * first + share * second for first, second in values])


def _values(pose: Pose) -> tuple[float, ...]:
    return tuple(getattr(pose, name) for name in Pose.__slots__)


def _growth(pose: Pose, focus: float) -> float:
    """Logarithm of the size at which the subject is seen."""
    return float(np.log(pose.zoom / (1 - pose.dolly * focus)))
