"""Fractions of a homography: half of it, done twice, is the whole.

The power H^t = exp(t · log H) leads a camera from one view of a plane to another without a detour:
of a shift it is a straight line, of a zoom even growth, of a turn with a shift an arc.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.floating]  # (3, 3), of homogeneous positions (x, y, 1)

_NEAR = 0.1  # from the identity: there the series of the logarithm is exact after a few terms
_TERMS = 14
_MOST_TURN_RAD = 2.2  # beyond it, it is not known which way round a camera turned


def logarithm(matrix: Matrix) -> Matrix:
    """The matrix whose exponential is `matrix`, up to its scale.

    Square roots until it is near the identity, then the series (Higham, Functions of Matrices,
    2008, ch. 11.5). A shift has no full set of eigenvectors, so those are of no use here.
    """
    root = matrix / np.cbrt(np.linalg.det(matrix))
    halvings = 0
    while np.abs(root - np.eye(3)).max() > _NEAR and halvings < 30:
        root = _square_root(root)
        halvings += 1
    off = root - np.eye(3)
    total, power = np.zeros((3, 3)), np.eye(3)
    for term in range(1, _TERMS):
        power = power @ off
        total += power * ((-1) ** (term + 1) / term)
    return np.asarray(total * 2**halvings)


def exponential(matrix: Matrix) -> Matrix:
    """exp(matrix) by its series, after halving until that converges at once."""
    doublings = max(0, int(np.ceil(np.log2(max(np.abs(matrix).max(), 1e-12) / _NEAR))))
    small = matrix / 2**doublings
    total, power = np.eye(3), np.eye(3)
    for term in range(1, _TERMS):
        power = power @ small / term
        total = total + power
    for _ in range(doublings):
        total = total @ total
    return np.asarray(total)


def has_powers(matrix: Matrix) -> bool:
    """Whether it is a view from the front that is turned by less than it takes to lose count."""
    if not np.isfinite(matrix).all() or np.linalg.det(matrix) <= 1e-9:
        return False
    turns = np.angle(np.linalg.eigvals(matrix / np.cbrt(np.linalg.det(matrix))))
    return bool(np.abs(turns).max() < _MOST_TURN_RAD)


def _square_root(matrix: Matrix) -> Matrix:
    """The principal square root (Denman and Beavers, 1976)."""
    root, inverse = matrix, np.eye(3)
    for _ in range(30):
        nearer = 0.5 * (root + np.linalg.inv(inverse))
        inverse = 0.5 * (inverse + np.linalg.inv(root))
        if np.abs(nearer - root).max() < 1e-14:
            break
        root = nearer
    return np.asarray(root)
