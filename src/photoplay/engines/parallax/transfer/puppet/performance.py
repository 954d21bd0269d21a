"""How a person in a video moves: angles of every frame, and how sure they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import cv2
import numpy as np
from numpy.typing import NDArray

from photoplay import media
from photoplay.clip import FPS
from photoplay.engines.parallax.shares import ramp
from photoplay.engines.parallax.transfer.puppet.backdrop import find_backdrop
from photoplay.engines.parallax.transfer.puppet.body import (
    LEFT_ARM,
    RIGHT_ARM,
    Angle,
    Joints,
    Shape,
    joints_of,
)
from photoplay.engines.parallax.transfer.puppet.following import Followed, Poses, follow_person
from photoplay.engines.parallax.transfer.rhythm import moving_points
from photoplay.engines.parallax.transfer.tracking import WORK_PX, Tracks

_EVERY = 2  # frames between two that are looked at
_SMOOTHED = 0.8  # of the frames that are looked at
_LEAP_RAD = 0.9  # between two of them, that no arm makes
_LEAPS = 0.08  # share of frames with a leap, beyond which an arm is not understood
_TOLD = 0.15  # of a forearm must be clear for an arm to be told
_LEGS = 0.7  # of an arm: shorter legs were not told from the ground
_CLEAR = 0.4  # share of frames in which an arm must be told from what is beside it
_SWINGS_RAD = 0.45  # of an arm, from which on it counts as moving


@dataclass(frozen=True, slots=True)
class Performance:
    """A person's movement as the camera would see it from where it began.

    `poses` (frames, POSE_SIZE) and `shape` are px of the video's small frames. `seen` says which
    arms are understood.
    """

    shape: Shape
    poses: Poses
    confidence: float
    seen: tuple[bool, bool]

    @property
    def arms(self) -> tuple[bool, bool]:
        """Which arms are understood and swing."""
        left, right = (
            has and self._swing_rad(arm) > _SWINGS_RAD
            for has, arm in zip(self.seen, (Angle.LEFT_ARM, Angle.RIGHT_ARM), strict=True)
        )
        return left, right

    def _swing_rad(self, arm: Angle) -> float:
        """How far an arm swings, with or without its forearm."""
        return max(float(np.ptp(self.poses[:, arm])), float(np.ptp(self.poses[:, arm + 1])))

    @property
    def joints(self) -> Joints:
        """Where the joints are, (frames, joints, 2)."""
        return joints_of(self.shape, self.poses)


def watch(
    footage: media.Footage, tracks: Tracks, *, count: int, check_cancelled: Callable[[], None]
) -> Performance | None:
    """Watch a person in `count` frames of a video that was followed; None where nobody is seen."""
    frames = list(
        media.read_colour(
            footage.path,
            count=-(-count // _EVERY),
            fps=Fraction(FPS, _EVERY),
            side_px=WORK_PX,
            check_cancelled=check_cancelled,
        )
    )
    cameras = tracks.cameras[::_EVERY][: len(frames)]
    backdrop = find_backdrop(frames, cameras, moving_points(tracks))
    if backdrop is None:
        return None
    followed = follow_person(frames, backdrop, check_cancelled)
    if followed is None:
        return None
    return performance_of(followed, cameras, count)


def performance_of(followed: Followed, cameras: NDArray[np.float64], count: int) -> Performance:
    """What somebody does in `count` frames, of whom every other one was looked at."""
    poses = _in_world(followed.poses, cameras)
    if followed.shape.leg < _LEGS * followed.shape.arm:
        poses = _upright(poses)
    seen = []
    for clear, arm in zip(followed.clear.T > _TOLD, (LEFT_ARM, RIGHT_ARM), strict=True):
        if clear.any():
            poses[:, arm[1]] = _bridged(poses[:, arm[1]], clear)
        leaps = (np.abs(np.diff(poses[:, arm], axis=0)) > _LEAP_RAD).any(axis=1)
        seen.append(bool(clear.mean() >= _CLEAR and leaps.mean() <= _LEAPS))
    return Performance(
        shape=followed.shape,
        poses=_every_frame(poses, count),
        confidence=_confidence(followed),
        seen=(seen[0], seen[1]),
    )


def _bridged(angles: NDArray[np.float64], clear: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Angles of a forearm where it was clear, and straight ways over the frames between.

    Lost before the trunk or on a like background, it hides anywhere in the outline of the rest.
    """
    at = np.arange(len(angles))
    return np.interp(at, at[clear], angles[clear])


def _in_world(poses: Poses, cameras: NDArray[np.float64]) -> Poses:
    """The poses before the camera moved."""
    world = poses.copy()
    for pose, camera in zip(world, cameras, strict=True):
        back = cv2.invertAffineTransform(camera)
        pose[:2] = back[:, :2] @ pose[:2] + back[:, 2]
        roll = float(np.arctan2(back[1, 0], back[0, 0]))
        pose[Angle.TRUNK] += roll
        pose[Angle.LEFT_THIGH] += roll
        pose[Angle.RIGHT_THIGH] -= roll
    return world


def _upright(poses: Poses) -> Poses:
    """The poses without their trunk's own movement, and with the arms where they were.

    A trunk without legs below it was fitted to a part of the body: which way it leans is not known.
    """
    still = poses.copy()
    still[:, Angle.LEFT_ARM] += poses[:, Angle.TRUNK]
    still[:, Angle.RIGHT_ARM] -= poses[:, Angle.TRUNK]
    still[:, [Angle.ROOT_X, Angle.ROOT_Y]] = np.median(poses[:, :2], axis=0)
    still[:, Angle.TRUNK] = 0.0
    return still


def _every_frame(poses: Poses, count: int) -> Poses:
    """Smoothed, and with the frames between."""
    padded = np.concatenate([poses[:1], poses, poses[-1:]])
    steady = np.median(np.stack([padded[:-2], padded[1:-1], padded[2:]]), axis=0)
    smooth = cv2.GaussianBlur(
        steady, (0, 0), sigmaX=0.01, sigmaY=_SMOOTHED, borderType=cv2.BORDER_REPLICATE
    )
    seen_at, at = np.arange(len(poses)) * _EVERY, np.arange(count)
    columns = [np.interp(at, seen_at, column) for column in smooth.T]
    between = np.stack(columns, axis=1)
    return np.asarray(
        cv2.GaussianBlur(between, (0, 0), sigmaX=0.01, sigmaY=1.0, borderType=cv2.BORDER_REPLICATE)
    )


def _confidence(followed: Followed) -> float:
    """How surely the puppet is a person whose limbs are seen, 0–1."""
    votes = (
        ramp(followed.first_cover, 0.6, 0.75),
        ramp(float(np.percentile(followed.cover, 15)), 0.6, 0.75),
        ramp(followed.explained, 0.6, 0.85),
        1 - ramp(followed.beside, 0.08, 0.2),
        1 - ramp(followed.cut_off, 0.2, 0.5),
    )
    return float(np.prod(votes) ** 0.5)
