"""Paint what is behind the subject, once per clip so that nothing shimmers."""

from __future__ import annotations

import cv2
import numpy as np

from photoplay.engines.parallax.matte import grow
from photoplay.frames import RGB, Field

_LINES_PX = 480  # long side at which lines are continued at most
_RIM_PX_AT_1080P = 90  # depth of the rim where edges are continued; deeper in, smooth colour


def fill_behind(canvas: RGB, alpha: Field, seed: int, unit: float) -> RGB:
    """The canvas with the subject painted out. `unit` is `Raster.unit_px`.

    Near the rim the lines of the background are continued (Telea, "An Image Inpainting Technique
    Based on the Fast Marching Method", 2004) at a quarter of the size; deeper in the colours run
    together. Noise as strong as the surroundings' keeps the fill from looking waxy.
    """
    reach = round(13 * unit) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    hole = cv2.dilate((alpha > 0.02).astype(np.uint8), kernel)
    if hole.all():  # nothing of the background is known
        return canvas
    smooth = grow(canvas, 1 - hole)
    lines, rim = _continue_lines(canvas, smooth, hole, _RIM_PX_AT_1080P * unit)
    rows, columns = _box(hole, margin=round(8 * unit))
    paint = _blend(lines[rows, columns], smooth[rows, columns], rim[rows, columns])
    paint = _grained(paint, canvas, hole, (rows, columns), seed)
    edge = cv2.GaussianBlur(hole[rows, columns].astype(np.float32), (0, 0), 2 * unit)[..., None]
    filled = canvas.copy()
    part = canvas[rows, columns]
    filled[rows, columns] = (part + (paint - part) * edge).clip(0, 255)
    return filled


def _continue_lines(canvas: RGB, smooth: RGB, hole: RGB, rim_px: float) -> tuple[RGB, Field]:
    """Telea's fill between the picture and the smooth middle, and how much of it to use.

    The weight is 1 at the rim and 0 from about `rim_px` inwards.
    """
    height, width = hole.shape
    times = max(4.0, max(height, width) / _LINES_PX)  # smaller
    size = (max(2, round(width / times)), max(2, round(height / times)))
    begun = cv2.copyTo(smooth, hole, canvas.copy())
    small = cv2.resize(begun, size, interpolation=cv2.INTER_AREA)
    covered = cv2.resize(hole.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    small_hole = (covered > 0).astype(np.uint8)
    deep = cv2.distanceTransform(small_hole, cv2.DIST_L2, 3) * times
    rim = small_hole * (deep < 1.4 * rim_px)
    painted = cv2.inpaint(small, rim, 4, cv2.INPAINT_TELEA)
    weight = (1.3 - deep / rim_px).clip(0, 1)
    size = (width, height)
    return cv2.resize(painted, size), np.asarray(cv2.resize(weight, size))


def _blend(near: RGB, deep: RGB, weight: Field) -> Field:
    k = weight[..., None]
    return np.asarray(near * k + deep * (1 - k), np.float32)


def _grained(paint: Field, canvas: RGB, hole: RGB, box: tuple[slice, slice], seed: int) -> Field:
    """Add luma noise with the deviation of the finest detail around the hole."""
    part, inside = canvas[box], hole[box]
    fine = part[..., 1].astype(np.float32) - cv2.GaussianBlur(part[..., 1], (0, 0), 1.2)
    ring = (cv2.dilate(inside, np.ones((31, 31), np.uint8)) - inside) > 0
    deviation = float(np.median(np.abs(fine[ring]))) * 1.48 if ring.any() else 0.0
    noise = np.random.default_rng(seed).standard_normal(inside.shape, np.float32)
    noise = cv2.GaussianBlur(noise, (0, 0), 0.7)
    return np.asarray(paint + noise[..., None] * min(1.3 * deviation, 6.0))


def _box(mask: RGB, margin: int) -> tuple[slice, slice]:
    x, y, w, h = cv2.boundingRect(mask)
    rows = slice(max(0, y - margin), min(mask.shape[0], y + h + margin))
    return rows, slice(max(0, x - margin), min(mask.shape[1], x + w + margin))
