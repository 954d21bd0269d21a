"""A flat puppet of a person: proportions, joints, and the capsules that its outline is made of.

Joints hang together by bones. A limb's angle is 0 where it hangs straight down and positive
outwards, on both sides alike; the second bone of a limb adds its own to the first one's. Trunk and
head turn clockwise. Arms are told from the trunk's axis, legs from the vertical. "Left" is the left
of the picture.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from enum import IntEnum
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Vector: TypeAlias = NDArray[np.float64]
Joints: TypeAlias = NDArray[np.float64]  # (…, len(Joint), 2): x right, y down


class Angle(IntEnum):
    """What a pose is made of, in its order. Lengths are those of the picture, angles rad."""

    ROOT_X = 0
    ROOT_Y = 1
    TRUNK = 2
    HEAD = 3
    LEFT_ARM = 4
    LEFT_FOREARM = 5
    RIGHT_ARM = 6
    RIGHT_FOREARM = 7
    LEFT_THIGH = 8
    LEFT_SHIN = 9
    RIGHT_THIGH = 10
    RIGHT_SHIN = 11
    TRUNK_LENGTH = 12  # natural logarithm, beside that of the shape: a bow shortens it
    LEFT_LEG_LENGTH = 13  # the same of the thigh: a knee that is lifted to the camera
    RIGHT_LEG_LENGTH = 14


class Joint(IntEnum):
    """The joints, in the order of `joints_of`."""

    ROOT = 0
    NECK = 1
    CHIN = 2
    CROWN = 3
    LEFT_SHOULDER = 4
    LEFT_ELBOW = 5
    LEFT_WRIST = 6
    RIGHT_SHOULDER = 7
    RIGHT_ELBOW = 8
    RIGHT_WRIST = 9
    LEFT_HIP = 10
    LEFT_KNEE = 11
    LEFT_ANKLE = 12
    RIGHT_HIP = 13
    RIGHT_KNEE = 14
    RIGHT_ANKLE = 15


@dataclass(frozen=True, slots=True)
class Shape:
    """Proportions of a person as shares of the height, which is in the picture's px."""

    height_px: float
    trunk: float = 0.29  # from the hips' middle to the neck
    shoulders: float = 0.100  # half of their width
    hips: float = 0.055
    arm: float = 0.175  # upper arm; the forearm with half a hand is as long
    leg: float = 0.235  # thigh; the shin is as long
    head: float = 0.075  # radius
    arm_radius: float = 0.032
    leg_radius: float = 0.045
    trunk_radius: float = 0.05

    def zoomed(self, times: float) -> Shape:
        """The same person in a larger picture."""
        return replace(self, height_px=self.height_px * times)

    def scaled(self, logarithms: Vector) -> Shape:
        """The shape with each proportion times e to the power of its entry."""
        values = {
            each.name: getattr(self, each.name) * float(np.exp(by))
            for each, by in zip(fields(self), logarithms, strict=True)
        }
        return replace(self, **values)


SHAPE_SIZE = len(fields(Shape))
POSE_SIZE = len(Angle)
LEFT_ARM = (Angle.LEFT_ARM, Angle.LEFT_FOREARM)
RIGHT_ARM = (Angle.RIGHT_ARM, Angle.RIGHT_FOREARM)

_TAPER = 0.72  # a wrist's radius in shoulders', an ankle's in hips'

# Bones of the outline: from joint, to joint, radii at both as (field of the shape, factor).
_J = Joint
CAPSULES: tuple[tuple[Joint, Joint, str, float, float], ...] = (
    (_J.CHIN, _J.CROWN, "head", 0.8, 0.8),
    (_J.NECK, _J.CHIN, "head", 0.42, 0.42),
    (_J.LEFT_SHOULDER, _J.RIGHT_SHOULDER, "trunk_radius", 0.75, 0.75),
    (_J.NECK, _J.ROOT, "trunk_radius", 1.0, 1.1),
    (_J.LEFT_SHOULDER, _J.LEFT_HIP, "trunk_radius", 0.75, 1.0),
    (_J.RIGHT_SHOULDER, _J.RIGHT_HIP, "trunk_radius", 0.75, 1.0),
    (_J.LEFT_SHOULDER, _J.LEFT_ELBOW, "arm_radius", 1.15, 1.0),
    (_J.LEFT_ELBOW, _J.LEFT_WRIST, "arm_radius", 1.0, _TAPER),
    (_J.RIGHT_SHOULDER, _J.RIGHT_ELBOW, "arm_radius", 1.15, 1.0),
    (_J.RIGHT_ELBOW, _J.RIGHT_WRIST, "arm_radius", 1.0, _TAPER),
    (_J.LEFT_HIP, _J.LEFT_KNEE, "leg_radius", 1.15, 0.9),
    (_J.LEFT_KNEE, _J.LEFT_ANKLE, "leg_radius", 0.9, _TAPER),
    (_J.RIGHT_HIP, _J.RIGHT_KNEE, "leg_radius", 1.15, 0.9),
    (_J.RIGHT_KNEE, _J.RIGHT_ANKLE, "leg_radius", 0.9, _TAPER),
)
ARMS = (slice(6, 8), slice(8, 10))  # left, right
_ALL = slice(0, len(CAPSULES))
HANGS = {  # the capsules that an angle moves
    Angle.ROOT_X: _ALL,
    Angle.ROOT_Y: _ALL,
    Angle.TRUNK: slice(0, 10),
    Angle.HEAD: slice(0, 2),
    Angle.LEFT_ARM: slice(6, 8),
    Angle.LEFT_FOREARM: slice(7, 8),
    Angle.RIGHT_ARM: slice(8, 10),
    Angle.RIGHT_FOREARM: slice(9, 10),
    Angle.LEFT_THIGH: slice(10, 12),
    Angle.LEFT_SHIN: slice(11, 12),
    Angle.RIGHT_THIGH: slice(12, 14),
    Angle.RIGHT_SHIN: slice(13, 14),
    Angle.TRUNK_LENGTH: slice(0, 10),
    Angle.LEFT_LEG_LENGTH: slice(10, 12),
    Angle.RIGHT_LEG_LENGTH: slice(12, 14),
}
_FROM = np.array([each[0] for each in CAPSULES])
_TO = np.array([each[1] for each in CAPSULES])


def joints_of(shape: Shape, poses: Vector) -> Joints:
    """Joints of poses (…, POSE_SIZE), px."""
    high = shape.height_px
    at = np.zeros((*poses.shape[:-1], len(Joint), 2))
    root = poses[..., :2]
    turn = poses[..., Angle.TRUNK]
    up, across = _along(turn, 0.0, -1.0), _along(turn, 1.0, 0.0)
    long = high * shape.trunk * np.exp(poses[..., Angle.TRUNK_LENGTH])[..., None]
    neck = root + up * long
    nod = _along(turn + poses[..., Angle.HEAD], 0.0, -1.0) * (high * shape.head)
    at[..., Joint.ROOT, :], at[..., Joint.NECK, :] = root, neck
    at[..., Joint.CHIN, :], at[..., Joint.CROWN, :] = neck + 1.25 * nod, neck + 1.75 * nod
    limbs = (
        (-1, Joint.LEFT_SHOULDER, Angle.LEFT_ARM, Joint.LEFT_HIP, Angle.LEFT_THIGH),
        (1, Joint.RIGHT_SHOULDER, Angle.RIGHT_ARM, Joint.RIGHT_HIP, Angle.RIGHT_THIGH),
    )
    for side, shoulder, arm, hip, thigh in limbs:
        start = neck + across * (side * high * shape.shoulders) - up * (0.03 * high)
        _chain(at, shoulder, start, poses, arm, side, turn, high * shape.arm, None)
        start = root + np.array([side * high * shape.hips, 0.0])
        lengths = poses[..., Angle.LEFT_LEG_LENGTH if side < 0 else Angle.RIGHT_LEG_LENGTH]
        _chain(at, hip, start, poses, thigh, side, 0 * turn, high * shape.leg, lengths)
    return at


def _chain(
    at: Joints,
    joint: Joint,
    start: Vector,
    poses: Vector,
    angle: Angle,
    side: int,
    turn: Vector,
    length_px: float,
    logarithm: Vector | None,
) -> None:
    """Put in a limb: its start, its middle, its end."""
    first = poses[..., angle]
    both = first + poses[..., angle + 1]
    upper = length_px if logarithm is None else length_px * np.exp(logarithm)[..., None]
    middle = start + upper * _along(turn, side * np.sin(first), np.cos(first))
    at[..., joint, :], at[..., joint + 1, :] = start, middle
    at[..., joint + 2, :] = middle + length_px * _along(turn, side * np.sin(both), np.cos(both))


def _along(turn: Vector, x: Vector | float, y: Vector | float) -> Vector:
    """(x, y), turned clockwise."""
    cos, sin = np.cos(turn), np.sin(turn)
    return np.stack([cos * x - sin * y, sin * x + cos * y], axis=-1)


def radii_of(shape: Shape) -> Vector:
    """Radii of the capsules at both ends, (capsules, 2), px."""
    return np.array(
        [
            (getattr(shape, name) * start, getattr(shape, name) * end)
            for _, _, name, start, end in CAPSULES
        ]
    ) * (shape.height_px)


def capsule_distances(
    joints: Joints, radii: Vector, at: Vector, which: slice = slice(None)
) -> Vector:
    """How far points (n, 2) are outside of `which` capsules, (capsules, n), px; negative inside."""
    start, radii = joints[_FROM[which]], radii[which]
    axis = joints[_TO[which]] - start
    square = (axis**2).sum(axis=1) + 1e-9
    x = at[:, 0][None] - start[:, :1]
    y = at[:, 1][None] - start[:, 1:]
    share = ((x * axis[:, :1] + y * axis[:, 1:]) / square[:, None]).clip(0, 1)
    off = np.hypot(x - share * axis[:, :1], y - share * axis[:, 1:])
    return np.asarray(off - (radii[:, :1] + share * (radii[:, 1:] - radii[:, :1])))


def distance(joints: Joints, radii: Vector, at: Vector) -> Vector:
    """How far points (n, 2) are outside of the puppet, px; negative inside."""
    return np.asarray(capsule_distances(joints, radii, at).min(axis=0))
