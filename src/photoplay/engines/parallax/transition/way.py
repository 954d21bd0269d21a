"""What the three ways from one still to the other have in common."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Protocol

import cv2
import numpy as np

from photoplay.direction.plan import Camera, Cue, Easing, Kind, Look, Plan
from photoplay.engines.parallax.camera import Pose, Stage, Track, camera_path, ease
from photoplay.engines.parallax.timing import smooth
from photoplay.frames import I420
from photoplay.sound.staging import Staging

START, END = "start image", "end image"  # in notes
_RETURN = 0.35  # share of the clip from which the prompt's moves are taken back
_STEADY = 0.15  # share of the clip over which a hand-held camera comes and goes


class Way(Protocol):
    """Pictures between two stills, each a function of its number; threads share it."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What is to be said of it to the user, as sentences."""

    @property
    def staging(self) -> Staging:
        """What the pictures say to the sound."""

    def draw(self, number: int, out: I420) -> Pose:
        """Fill `out` with frame `number`, without light, air and grain; returns its camera."""

    def share(self, number: int) -> float:
        """How far the frame is the second still's, 0–1."""


def of_both(first: Iterable[str], second: Iterable[str]) -> tuple[str, ...]:
    """Notes about both stills, each with the one that it is about."""
    named = ((START, first), (END, second))
    return tuple(f"{picture}: {note}" for picture, notes in named for note in notes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """The length of the clip, and what scales all that the plan asks for."""

    frames: int
    fps: float
    strength: float
    seed: int

    def progress(self, number: int) -> float:
        """0 at the first frame, 1 at the last."""
        return number / (self.frames - 1)

    @property
    def eased(self) -> Track:
        """How much of the way is done at each frame: it gathers speed, and loses it."""
        return np.asarray(ease(np.arange(self.frames) / (self.frames - 1), Easing.EASE_IN_OUT))

    def presence(self, number: int) -> float:
        """How strongly the prompt's light and movement are there: 0 at both ends."""
        left = (self.frames - 1 - number) / self.fps
        return smooth(left / max(1.2, 0.2 * self.frames / self.fps))


def closing(plan: Plan, timing: Timing) -> Plan:
    """The plan with everything gone by the last frame, and no grain that nobody asked for."""
    end = (timing.frames - 1) / timing.frames
    look = plan.look
    if not any(cue.kind is Look.GRAIN for cue in look):
        look = (*look, Cue(kind=Look.GRAIN, amount=0.0))
    return replace(
        plan,
        motion=_until(plan.motion, end),
        light=_until(plan.light, end),
        atmosphere=_until(plan.atmosphere, end),
        look=_until(look, end),
    )


def _until(cues: tuple[Cue[Kind], ...], end: float) -> tuple[Cue[Kind], ...]:
    return tuple(
        replace(cue, start=min(cue.start, 0.9 * end), end=min(cue.end, end)) for cue in cues
    )


def detour(camera: Camera, stage: Stage, timing: Timing) -> list[Pose]:
    """The prompt's camera work as a detour: it begins as asked and has returned by the end."""
    asked = {"frames": timing.frames, "fps": timing.fps, "seed": timing.seed}
    moves = camera_path(Camera(moves=camera.moves), stage, strength=timing.strength, **asked)  # type: ignore[arg-type]  # all of them numbers
    hand = camera_path(Camera(handheld=camera.handheld), stage, strength=timing.strength, **asked)  # type: ignore[arg-type]  # as above
    poses = []
    for number, (move, shake) in enumerate(zip(moves, hand, strict=True)):
        t = timing.progress(number)
        there = 1 - smooth((t - _RETURN) / (1 - _RETURN))
        held = smooth(t / _STEADY) * smooth((1 - t) / _STEADY)
        poses.append(added(scaled(move, there), scaled(shake, held)))
    return poses


def kept_inside(poses: list[Pose], stage: Stage) -> list[Pose]:
    """The same poses, closer where they would look farther beyond the still than it can bear.

    Poses that are safe alone need not be when they are added. How much closer is one smooth curve,
    and nothing where nothing is needed, as at the still itself.
    """
    sides = np.array([stage.raster.width_px, stage.raster.height_px], np.float64)
    reach = np.array([_reach(pose, stage, sides) for pose in poses])
    needed = np.maximum(reach / (1 + 1.2 * stage.beyond), 1.0)
    widest = cv2.dilate(needed[None], np.ones((1, 13), np.uint8))
    smoothed = cv2.GaussianBlur(widest, (0, 0), 3, borderType=cv2.BORDER_REPLICATE)[0]
    return [
        _closer(pose, float(zoom), sides)
        for pose, zoom in zip(poses, np.maximum(smoothed, needed), strict=True)
    ]


def _reach(pose: Pose, stage: Stage, sides: Track) -> float:
    """How far from its middle the still is looked at, 1 for its border."""
    border = stage.border
    x, y = border.x_px - pose.pivot_x_px, border.y_px - pose.pivot_y_px
    cos, sin = np.cos(pose.roll_rad), np.sin(pose.roll_rad)
    scale = 1 - pose.dolly * border.depth
    across = ((cos * x + sin * y) / pose.zoom + pose.pan_x_px) * scale
    down = ((cos * y - sin * x) / pose.zoom + pose.pan_y_px) * scale
    across = across + pose.truck_x_px * border.depth + pose.pivot_x_px
    down = down + pose.truck_y_px * border.depth + pose.pivot_y_px
    return float(np.abs(np.stack([across, down]) / sides[:, None] * 2 - 1).max())


def _closer(pose: Pose, zoom: float, sides: Track) -> Pose:
    """The pose with so much more zoom, about the middle of the frame."""
    if zoom <= 1:
        return pose
    x, y = sides / 2 - (pose.pivot_x_px, pose.pivot_y_px)
    cos, sin = np.cos(pose.roll_rad), np.sin(pose.roll_rad)
    share = (1 - 1 / zoom) / pose.zoom
    return replace(
        pose,
        zoom=pose.zoom * zoom,
        pan_x_px=float(pose.pan_x_px + (cos * x + sin * y) * share),
        pan_y_px=float(pose.pan_y_px + (cos * y - sin * x) * share),
    )


_KEPT = {"pivot_x_px", "pivot_y_px"}


def scaled(pose: Pose, share: float) -> Pose:
    """So much of a pose: 0 is the still, 1 all of it."""
    parts = {each.name: getattr(pose, each.name) for each in fields(Pose)}
    return Pose(
        **{name: part if name in _KEPT else share * part for name, part in parts.items()}
        | {"zoom": pose.zoom**share}
    )


def added(pose: Pose, other: Pose) -> Pose:
    """Both poses together, about the pivot of the first."""
    parts = {each.name: getattr(pose, each.name) for each in fields(Pose)}
    sums = {
        name: part if name in _KEPT else part + getattr(other, name) for name, part in parts.items()
    }
    return Pose(**sums | {"zoom": pose.zoom * other.zoom})
