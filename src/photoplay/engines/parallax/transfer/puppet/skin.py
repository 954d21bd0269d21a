"""Where in the still lies what a posed puppet shows.

A bone takes the plane along: it turns, and stretches along itself alone. About the joint of two
bones the plane turns gradually from the one's angle to the other's, so a bent limb keeps its width:
mixing places instead, as linear blend skinning does, would make it thin.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from photoplay.engines.parallax.shares import eased
from photoplay.engines.parallax.transfer.puppet.body import Joint, Joints, Vector

Bone = tuple[Joint, Joint | None]  # to None: it keeps upright, wherever its joint goes


@dataclass(frozen=True, slots=True)
class Bend:
    """Where a chain passes into its next bone.

    The turn lies about `past_px` beyond the joint and takes `half_px` to either side.
    """

    bone: Bone
    past_px: float
    half_px: float


@dataclass(frozen=True, slots=True)
class Chain:
    """The bones of a piece, from its root on."""

    root: Bone
    bends: tuple[Bend, ...]


def sources(chain: Chain, rest: Joints, now: Joints, x: Vector, y: Vector) -> tuple[Vector, Vector]:
    """Places of the still that are shown at (x, y)."""
    bone = chain.root
    at_x, at_y = _placed(_backwards(rest, now, bone), x, y)
    for bend in chain.bends:
        joint = bend.bone[0]
        next_x, next_y = _placed(_backwards(rest, now, bend.bone), x, y)
        ways = [_unit(_way(now, each)) for each in (bone, bend.bone)]
        if bone[1] is None and ways[0] @ ways[1] < 0:  # hips lead down to legs as well as up
            ways[0] = -ways[0]
        on = _unit(ways[0] + ways[1])
        along = (x - now[joint][0]) * on[0] + (y - now[joint][1]) * on[1]
        share = eased((along - bend.past_px) / (2 * bend.half_px) + 0.5)
        turned = _turn(rest, now, bone) - _turn(rest, now, bend.bone)
        turned = (turned + np.pi) % (2 * np.pi) - np.pi  # the short way: joints bend no further
        about = rest[joint]
        one = _rotated(at_x - about[0], at_y - about[1], share * turned)
        two = _rotated(next_x - about[0], next_y - about[1], (share - 1) * turned)
        at_x = about[0] + (1 - share) * one[0] + share * two[0]
        at_y = about[1] + (1 - share) * one[1] + share * two[1]
        bone = bend.bone
    return at_x, at_y


def _way(joints: Joints, bone: Bone) -> Vector:
    start, end = bone
    return np.array([0.0, -1.0]) if end is None else np.asarray(joints[end] - joints[start])


def _turn(rest: Joints, now: Joints, bone: Bone) -> float:
    """By how much a bone has turned, clockwise, -π to π."""
    before, after = _way(rest, bone), _way(now, bone)
    cross = before[0] * after[1] - before[1] * after[0]
    return float(np.arctan2(cross, before @ after))


def _backwards(rest: Joints, now: Joints, bone: Bone) -> Vector:
    """The matrix (2, 3) from where a bone is now to where it was."""
    start = bone[0]
    before, after = _way(rest, bone), _way(now, bone)
    was, along = _unit(before), _unit(after)
    stretch = np.hypot(*before) / max(float(np.hypot(*after)), 1e-6)
    was_across, across = np.array([-was[1], was[0]]), np.array([-along[1], along[0]])
    linear = np.outer(was, along) * stretch + np.outer(was_across, across)
    return np.column_stack([linear, rest[start] - linear @ now[start]])


def _placed(matrix: Vector, x: Vector, y: Vector) -> tuple[Vector, Vector]:
    (a, b, c), (d, e, f) = matrix
    return a * x + b * y + c, d * x + e * y + f


def _rotated(x: Vector, y: Vector, angle: Vector) -> tuple[Vector, Vector]:
    cos, sin = np.cos(angle), np.sin(angle)
    return cos * x - sin * y, sin * x + cos * y


def _unit(way: Vector) -> Vector:
    return np.asarray(way / max(float(np.hypot(*way)), 1e-9))
