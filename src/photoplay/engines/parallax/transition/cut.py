"""A match cut: the first scene is pushed into, the second arrives in the same movement.

Nothing of one picture is bent into the other, and no frame shows both. The camera gathers speed
towards what the first picture is about, the cut falls into its fastest moment, and the second scene
goes on in it, past its still, to which it then settles back: so neither is looked at beyond its
border. Where the subjects are not in one place, the first moves to where the second will be.
"""

from __future__ import annotations

import cv2
import numpy as np

from photoplay.direction.plan import Plan
from photoplay.engines.parallax.camera import Pose, Track
from photoplay.engines.parallax.scene import Scene
from photoplay.engines.parallax.shot import stage_of
from photoplay.engines.parallax.timing import smooth
from photoplay.engines.parallax.transition import tone
from photoplay.engines.parallax.transition.take import Take
from photoplay.engines.parallax.transition.way import Timing, added, detour, kept_inside, of_both
from photoplay.frames import I420, Plane, split_planes
from photoplay.sound.staging import Staging

_RUSH_S, _ARRIVE_S = 1.25, 0.42  # in which the camera gathers its speed, and loses it: as fast
_GATHER = 4  # the power of time with which it does
_DRIFT_DOLLY, _RUSH_DOLLY, _RUSH_ZOOM = 0.08, 0.14, 0.30
_ARRIVE_DOLLY, _ARRIVE_ZOOM = 0.12, 0.06  # so far does the second scene go on past its still
_OVER = 1.3  # of a way: so far it is known beyond the cut, for the shutter that is open there
_MOST_MEETING = 0.5  # log gain by which either still is led to the light of the other


class CutWay:
    """Frames of a match cut between two scenes."""

    def __init__(self, first: Scene, second: Scene, plan: Plan, timing: Timing) -> None:
        self._cut = timing.frames // 2
        self._timing = timing
        self._speed = _speed(timing, self._cut)
        going, coming = stage_of(first), stage_of(second)
        towards = kept_inside(
            _summed(_going(first, second, timing, self._cut), detour(plan.camera, going, timing)),
            going,
        )
        arriving = kept_inside(
            _summed(_arriving(second, timing, self._cut), detour(plan.camera, coming, timing)),
            coming,
        )
        self._takes = (
            Take(first, plan, towards, 0, timing),
            Take(second, plan, arriving, timing.frames - 1, timing),
        )
        self._pivots = (first.pivot[0], second.pivot[0])
        gain = tone.mean_log_gain(
            *[split_planes(scene.canvas.frame)[0] for scene in (first, second)]
        )
        self._meeting = float(np.clip(0.5 * gain, -_MOST_MEETING, _MOST_MEETING))
        self.notes = of_both(*[take.notes for take in self._takes])

    @property
    def staging(self) -> Staging:
        """The camera's rush is heard, from where the subjects are."""
        position = np.where(np.arange(self._timing.frames) < self._cut, *self._pivots)
        return Staging(position=position, speed=self._speed)

    def share(self, number: int) -> float:
        """Whether the frame is the second scene's: 0 or 1, as it is a cut."""
        return float(number >= self._cut)

    def draw(self, number: int, out: I420) -> Pose:
        """Fill `out` with frame `number`; returns the pose of the scene that is seen."""
        which = int(self.share(number))
        pose = self._takes[which].draw(number, out)
        log_gain = self._meeting * (1 if which == 0 else -1) * float(self._speed[number])
        if abs(log_gain) > 0.01:
            _lit(split_planes(out)[0], log_gain)
        return pose


def _lit(luma: Plane, log_gain: float) -> None:
    """Luma above black times exp(log_gain), in place."""
    values = np.arange(256, dtype=np.float32)
    table = 16 + (values - 16) * np.exp(log_gain)
    cv2.LUT(luma, table.clip(16, 235).round().astype(np.uint8), dst=luma)


def _speed(timing: Timing, cut: int) -> Track:
    """The rush, 0–1: 1 at the cut."""
    left_s = (cut - np.arange(timing.frames)) / timing.fps
    rush_s, arrive_s = _lengths_s(timing)
    gathered = (1 - left_s / rush_s).clip(0, 1)
    lost = (1 + left_s / arrive_s).clip(0, 1)
    return np.asarray(np.where(left_s > 0, gathered, lost) ** (_GATHER - 1))


def _lengths_s(timing: Timing) -> tuple[float, float]:
    """Of the rush and the arrival: shorter in a short clip."""
    share = min(1.0, timing.frames / timing.fps / 4)
    return _RUSH_S * share, _ARRIVE_S * share


def _going(first: Scene, second: Scene, timing: Timing, cut: int) -> list[Pose]:
    """Poses of the first scene: a slow push-in that becomes a rush."""
    frames = np.arange(timing.frames)
    rush_s, _ = _lengths_s(timing)
    rush = (1 - (cut - frames) / timing.fps / rush_s).clip(0, _OVER) ** _GATHER
    drift = (frames / cut) ** 2 / (0.3 + frames / cut)
    raster = first.canvas.raster
    sides = np.array([raster.width_px, raster.height_px], np.float64)
    pivot = np.array(first.pivot) * sides
    zoom = np.exp(_RUSH_ZOOM * rush)[:, None]
    # The second subject's place, as far as the first picture reaches around it.
    led = (pivot - np.array(second.pivot) * sides) / zoom
    room = 1 - 1 / zoom
    pan = led.clip(-0.9 * pivot * room, 0.9 * (sides - pivot) * room)
    return [
        Pose(
            dolly=dolly,
            zoom=size,
            pan_x_px=pan_x,
            pan_y_px=pan_y,
            pivot_x_px=float(pivot[0]),
            pivot_y_px=float(pivot[1]),
        )
        for dolly, size, (pan_x, pan_y) in zip(
            (_DRIFT_DOLLY * drift + _RUSH_DOLLY * rush).tolist(),
            zoom[:, 0].tolist(),
            pan.tolist(),
            strict=True,
        )
    ]


def _arriving(second: Scene, timing: Timing, cut: int) -> list[Pose]:
    """Poses of the second scene: it comes in as fast as the first one left, and settles back."""
    frames = np.arange(timing.frames)
    _, arrive_s = _lengths_s(timing)
    missing = (1 - (frames - cut) / timing.fps / arrive_s).clip(
        0, _OVER ** (1 / _GATHER)
    ) ** _GATHER
    over = _OVER * np.array([1 - smooth((n - cut) / (timing.frames - 1 - cut)) for n in frames])
    near = np.maximum(over - missing, 0)
    raster = second.canvas.raster
    x_px, y_px = second.pivot[0] * raster.width_px, second.pivot[1] * raster.height_px
    return [
        Pose(dolly=dolly, zoom=size, pivot_x_px=x_px, pivot_y_px=y_px)
        for dolly, size in zip(
            (_ARRIVE_DOLLY * near).tolist(), np.exp(_ARRIVE_ZOOM * near).tolist(), strict=True
        )
    ]


def _summed(poses: list[Pose], others: list[Pose]) -> list[Pose]:
    return [added(pose, other) for pose, other in zip(poses, others, strict=True)]
