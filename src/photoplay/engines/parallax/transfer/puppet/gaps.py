"""Whether an arm can be told from what is beside it: there is a gap on both sides of it."""

from __future__ import annotations

import numpy as np

from photoplay.engines.parallax.subject import Mask
from photoplay.engines.parallax.transfer.puppet import body
from photoplay.engines.parallax.transfer.puppet.body import Joints, Vector

_BESIDE = (1.45, 1.9)  # radii from an arm's axis at which its gaps are looked for
_PLACES = 12  # along a bone


def clear_share(
    mask: Mask, joints: Joints, radii: Vector, capsules: slice, start: float = 0.0
) -> float:
    """The share of bones, from `start` of the first one on, that has gaps on both sides, 0–1."""
    found = []
    for number in range(capsules.start, capsules.stop):
        begin, end = (joints[joint] for joint in body.CAPSULES[number][:2])
        axis = end - begin
        across = np.array([-axis[1], axis[0]]) / max(float(np.hypot(*axis)), 1e-6)
        shares = np.linspace(start if number == capsules.start else 0.0, 1.0, _PLACES)[:, None]
        at = begin + shares * axis
        wide = radii[number][0] + shares * (radii[number][1] - radii[number][0])
        clear = _holds(mask, at)
        for side in (-1, 1):
            beside = [~_holds(mask, at + side * by * wide * across) for by in _BESIDE]
            clear &= beside[0] | beside[1]
        found.append(clear)
    return float(np.mean(found))


def _holds(mask: Mask, at: Vector) -> Mask:
    """Whether points (n, 2) are in a mask; outside of the picture there is nothing."""
    column, row = np.floor(at).astype(np.int64).T
    inside = (row >= 0) & (row < mask.shape[0]) & (column >= 0) & (column < mask.shape[1])
    return np.asarray(
        inside & mask[row.clip(0, mask.shape[0] - 1), column.clip(0, mask.shape[1] - 1)]
    )
