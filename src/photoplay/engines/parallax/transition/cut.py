"""A match cut: the first scene is pushed into, the second arrives in the same movement.

Nothing of one picture is bent into the other. The camera gathers speed towards what the first
picture is about, the cut falls into its fastest moment, and the second scene comes to rest as its
still. Where the subjects are not in one place, the first moves to where the second will be.
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
from photoplay.engines.parallax.transition.way import Timing, added, detour, kept_inside
from photoplay.frames import I420, Plane, split_planes
from photoplay.sound.staging import Staging

_CROSS_FRAMES = 2  # before and after the cut, over which both are seen
_RUSH_S, _ARRIVE_S = 1.25, 0.42  # in which the camera gathers its speed, and loses it: as fast
_GATHER = 4  # the power of time with which it does
_DRIFT_DOLLY, _RUSH_DOLLY, _RUSH_ZOOM = 0.08, 0.14, 0.30
_ARRIVE_DOLLY, _ARRIVE_ZOOM = 0.12, 0.06  # so far back does the second scene begin
_REST_DOLLY = 0.10  # and so slowly does it end, as far as its border may be looked beyond
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
        # What lies beyond the border is seen for an instant: only while the second scene arrives.
        resting = kept_inside(
            _summed(_resting(second, timing, self._cut), detour(plan.camera, coming, timing)),
            coming,
        )
        arriving = _summed(resting, _arriving(second, timing, self._cut))
        self._takes = (
            Take(first, plan, towards, 0, timing),
            Take(second, plan, arriving, timing.frames - 1, timing),
        )
        self._pivots = (first.pivot[0], second.pivot[0])
        gain = tone.mean_log_gain(
            *[split_planes(scene.canvas.frame)[0] for scene in (first, second)]
        )
        self._meeting = float(np.clip(0.5 * gain, -_MOST_MEETING, _MOST_MEETING))
        self.notes = (*self._takes[0].notes, *self._takes[1].notes)

    @property
    def staging(self) -> Staging:
        """The camera's rush is heard, from where the subjects are."""
        position = np.where(np.arange(self._timing.frames) < self._cut, *self._pivots)
        return Staging(position=position, speed=self._speed)

    def share(self, number: int) -> float:
        """How far the frame is the second scene's, 0–1."""
        return smooth((number - self._cut + _CROSS_FRAMES) / (2 * _CROSS_FRAMES))

    def draw(self, number: int, out: I420) -> Pose:
        """Fill `out` with frame `number`; returns the pose of the scene that is seen."""
        share = self.share(number)
        if share < 1:
            pose = self._draw_take(0, number, out)
            if share <= 0:
                return pose
            other = np.empty_like(out)
            arriving = self._draw_take(1, number, other)
            cv2.addWeighted(out, 1 - share, other, share, 0, dst=out)
            return pose if share < 0.5 else arriving
        return self._draw_take(1, number, out)

    def _draw_take(self, which: int, number: int, out: I420) -> Pose:
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
    # Past the cut, while both are seen, it goes on.
    rush = (1 - (cut - frames) / timing.fps / rush_s).clip(0, 1.3) ** _GATHER
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
    """What the second scene is short of at first: it comes in fast."""
    _, arrive_s = _lengths_s(timing)
    since_s = (np.arange(timing.frames) - cut) / timing.fps
    back = (1 - since_s / arrive_s).clip(0, 1.3) ** _GATHER
    return _backed(second, _ARRIVE_DOLLY * back, np.exp(-_ARRIVE_ZOOM * back))


def _resting(second: Scene, timing: Timing, cut: int) -> list[Pose]:
    """The slow end of its way: to the still, as far as its border may be looked beyond."""
    last = timing.frames - 1
    left = ((last - np.arange(timing.frames)) / (last - cut)).clip(0, 1.1)
    near = max(float(stage_of(second).border.depth.max()), 0.1)
    rest = min(_REST_DOLLY, 1.2 * second.beyond / near) * left**2 / (0.3 + left)
    return _backed(second, rest, np.ones(timing.frames))


def _backed(scene: Scene, dolly: Track, zoom: Track) -> list[Pose]:
    raster = scene.canvas.raster
    x_px, y_px = scene.pivot[0] * raster.width_px, scene.pivot[1] * raster.height_px
    return [
        Pose(dolly=-back, zoom=size, pivot_x_px=x_px, pivot_y_px=y_px)
        for back, size in zip(dolly.tolist(), zoom.tolist(), strict=True)
    ]


def _summed(poses: list[Pose], others: list[Pose]) -> list[Pose]:
    return [added(pose, other) for pose, other in zip(poses, others, strict=True)]
