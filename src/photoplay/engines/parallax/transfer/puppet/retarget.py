"""A performance on the joints of a character.

An arm that moves takes the angles of the video's, whatever its own pose was: who waves, waves up
high. Everything else changes from its own pose by as much as the video's figure changes from its
usual one. Legs take over the ways of knees and ankles, so a foot that stands, stands.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from photoplay.engines.parallax.transfer.puppet.body import (
    Angle,
    Joint,
    Joints,
    Vector,
    joints_of,
)
from photoplay.engines.parallax.transfer.puppet.character import Doll
from photoplay.engines.parallax.transfer.puppet.performance import SWINGS_RAD, Performance

RISE = 14  # frames in which the movement comes up from the still
_TRUNK_RAD, _HEAD_RAD = 0.35, 0.3
_BOW = (-0.3, 0.03)  # of the trunk's length, logarithms
_ARM = (-0.35, 3.0)
_FOREARM = (-2.2, 2.2)
_STANDS = 0.015  # of the height: what moves less is the trembling of the puppet
_STRETCH = (0.35, 1.12)  # of a leg's bones
_LEG = (Joint.LEFT_HIP, Joint.LEFT_KNEE, Joint.LEFT_ANKLE)
_OTHER_LEG = (Joint.RIGHT_HIP, Joint.RIGHT_KNEE, Joint.RIGHT_ANKLE)


def retarget(performance: Performance, doll: Doll) -> Joints:
    """Joints of the character at each frame, px of its frame; those of frame 0 are at rest."""
    poses = np.repeat(doll.rest[None], len(performance.poses), axis=0)
    usual = np.median(performance.poses, axis=0)
    if performance.steps:
        usual[:2] = np.median(performance.poses[_stands_still(performance), :2], axis=0)
    change = performance.poses - usual
    rise = _risen(len(poses))
    walks = performance.steps and all(doll.limbs.legs)
    shift = np.zeros((len(poses), 2))
    if walks:
        shift = change[:, :2] * (doll.shape.height_px / performance.shape.height_px)
        shift = _steadied(shift, _STANDS * doll.shape.height_px) * rise[:, None]
        poses[:, :2] += shift
    lean = change[:, Angle.TRUNK]
    if not walks:  # who sways on feet that stay leans from the hips
        trunk_px = performance.shape.trunk * performance.shape.height_px
        lean = lean + np.arctan(change[:, Angle.ROOT_X] / trunk_px)
    poses[:, Angle.TRUNK] += rise * lean.clip(-_TRUNK_RAD, _TRUNK_RAD)
    poses[:, Angle.HEAD] += rise * change[:, Angle.HEAD].clip(-_HEAD_RAD, _HEAD_RAD)
    poses[:, Angle.TRUNK_LENGTH] += rise * change[:, Angle.TRUNK_LENGTH].clip(*_BOW)
    for side, arm in enumerate((Angle.LEFT_ARM, Angle.RIGHT_ARM)):
        if doll.limbs.arms[side] and performance.seen[side]:
            _swing(poses, performance, doll, arm, rise)
    joints = joints_of(doll.shape, poses)
    rest = joints_of(doll.shape, doll.rest)
    for leg in (_LEG, _OTHER_LEG):
        joints[:, list(leg)] = _walked(performance, doll, rest, leg, shift, rise, walks)
    return joints


def _swing(
    poses: NDArray[np.float64], performance: Performance, doll: Doll, arm: Angle, rise: Vector
) -> None:
    """An arm that swings far takes the video's angles; one that hardly does, their changes."""
    far = float(np.clip(performance.swing_rad(arm) / SWINGS_RAD - 0.5, 0, 1))
    for angle, limits in ((arm, _ARM), (arm + 1, _FOREARM)):
        seen = performance.poses[:, angle]
        usual, own = float(np.median(seen)), float(doll.rest[angle])
        asked = (seen - usual + own + far * (usual - own)).clip(*limits)
        poses[:, angle] += rise * (asked - own)


def _walked(
    performance: Performance,
    doll: Doll,
    rest: Joints,
    leg: tuple[Joint, Joint, Joint],
    shift: NDArray[np.float64],
    rise: Vector,
    walks: bool,
) -> Joints:
    """Hip, knee and ankle of a leg at each frame, (frames, 3, 2)."""
    stood = np.repeat(rest[None, list(leg)], len(rise), axis=0)
    if not walks:
        return stood
    seen = performance.joints[:, list(leg[1:])]
    stands = seen[_stands_still(performance)]
    usual = np.stack([np.median(stands[..., 0], 0), np.percentile(stands[..., 1], 85, 0)], axis=1)
    ways = (seen - usual) * (doll.shape.height_px / performance.shape.height_px)
    least = _STANDS * doll.shape.height_px
    ways = np.stack([_steadied(ways[:, each], least) for each in (0, 1)], axis=1)
    ways *= rise[:, None, None]
    for share in np.linspace(1, 0, 11):
        now = stood.copy()
        now[:, 0] += shift
        now[:, 1:] += share * ways + (1 - share) * np.stack([shift / 2, 0 * shift], axis=1)
        if _reaches(now, stood[0]):
            return now
    return now


def _stands_still(performance: Performance) -> NDArray[np.int64]:
    """The quarter of the frames in which the feet are nearest to each other."""
    joints = performance.joints
    apart = joints[:, Joint.RIGHT_ANKLE, 0] - joints[:, Joint.LEFT_ANKLE, 0]
    return np.argsort(apart)[: max(len(apart) // 4, 1)]


def _reaches(leg: Joints, rest: Joints) -> bool:
    """Whether bones keep to lengths that look like a leg."""
    lengths = np.hypot(*np.moveaxis(np.diff(leg, axis=1), 2, 0))
    shares = lengths / np.hypot(*np.diff(rest, axis=0).T)
    return bool(shares.min() > _STRETCH[0] and shares.max() < _STRETCH[1])


def _steadied(ways: NDArray[np.float64], least_px: float) -> NDArray[np.float64]:
    """Ways (frames, 2) without those that are hardly longer than `least_px`; smooth between."""
    far = np.hypot(*ways.T) / least_px
    return np.asarray(ways * (1 - np.exp(-((far / 1.5) ** 2)))[:, None])


def _risen(frames: int) -> Vector:
    time = np.clip(np.arange(frames) / RISE, 0, 1)
    return np.asarray(time * time * (3 - 2 * time))
