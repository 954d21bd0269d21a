"""Distances about a puppet on a coarse grid: they are smooth, and made larger afterwards."""

from __future__ import annotations

import cv2
import numpy as np

from photoplay.engines.parallax.transfer.puppet import body
from photoplay.engines.parallax.transfer.puppet.body import Joints, Vector
from photoplay.frames import Field

COARSE_PX = 4  # between the points of the grid


def points(width_px: int, height_px: int) -> tuple[Vector, tuple[int, int]]:
    """Places (n, 2) of the grid over a picture, px, and its rows and columns."""
    rows, columns = -(-height_px // COARSE_PX), -(-width_px // COARSE_PX)
    y, x = (np.mgrid[0:rows, 0:columns] + 0.5) * COARSE_PX
    return np.column_stack([x.ravel(), y.ravel()]), (rows, columns)


def distances(width_px: int, height_px: int, joints: Joints, radii: Vector) -> Vector:
    """How far points are outside of the capsules, (capsules, rows, columns), px."""
    at, size = points(width_px, height_px)
    return body.capsule_distances(joints, radii, at).reshape(-1, *size)


def at_size(coarse: Vector | Field, size: tuple[int, int], times: int = 1) -> Field:
    """Values of the grid for each pixel, (rows, columns) = `size`, `times` of them a px."""
    rows, columns = coarse.shape
    whole = (columns * COARSE_PX * times, rows * COARSE_PX * times)
    larger = cv2.resize(coarse.astype(np.float32), whole, interpolation=cv2.INTER_LINEAR)
    return np.asarray(larger[: size[0], : size[1]])
