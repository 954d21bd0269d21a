"""A performance on the joints of a character.

An arm that moves takes the angles of the video's, whatever its own pose was: who waves, waves up
high. They point where they point in the video's picture, although the trunk leans otherwise. It
changes from its own pose by as much as the video's changes from its usual one, and takes the head
along: a head's own tilt is less than what a like background adds to it. Hips and feet stay where
they are.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from photoplay.engines.parallax.shares import eased
from photoplay.engines.parallax.transfer.puppet.body import Angle, Joints, Vector, joints_of
from photoplay.engines.parallax.transfer.puppet.character import Doll
from photoplay.engines.parallax.transfer.puppet.performance import Performance

RISE = 14  # frames in which the movement comes up from the still
_TRUNK_RAD = 0.35
_ARM = (-0.35, 3.0)
_FOREARM = (-2.2, 2.2)


def retarget(performance: Performance, doll: Doll, arms: tuple[bool, bool]) -> Joints:
    """Joints of the character at each frame, px of its frame; those of frame 0 are at rest.

    `arms` are those that move.
    """
    poses = np.repeat(doll.rest[None], len(performance.poses), axis=0)
    change = performance.poses - np.median(performance.poses, axis=0)
    rise = eased(np.arange(len(poses)) / RISE)
    # Who sways on feet that stay leans from the hips.
    trunk_px = performance.shape.trunk * performance.shape.height_px
    lean = change[:, Angle.TRUNK] + np.arctan(change[:, Angle.ROOT_X] / trunk_px)
    leans = rise * lean.clip(-_TRUNK_RAD, _TRUNK_RAD)
    poses[:, Angle.TRUNK] += leans
    turned_more = leans - rise * change[:, Angle.TRUNK]
    for moves, arm, side in zip(arms, (Angle.LEFT_ARM, Angle.RIGHT_ARM), (-1, 1), strict=True):
        if moves:
            _swing(poses, performance, doll, arm, rise)
            poses[:, arm] += side * turned_more
    return joints_of(doll.shape, poses)


def _swing(
    poses: NDArray[np.float64], performance: Performance, doll: Doll, arm: Angle, rise: Vector
) -> None:
    """An arm that goes over into the angles of the video's."""
    for angle, limits in ((arm, _ARM), (arm + 1, _FOREARM)):
        asked = performance.poses[:, angle].clip(*limits)
        poses[:, angle] += rise * (asked - doll.rest[angle])
