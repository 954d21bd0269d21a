"""From a small hard mask to a matte at full size, and foreground colours without a halo."""

from __future__ import annotations

import cv2
import numpy as np

from photoplay.engines.parallax.subject import Mask
from photoplay.frames import RGB, Field

_GROW_PX = 960  # long side at which colours are grown at most
_EPSILON = 25.0  # guided filter: colour variance (8-bit units squared) below which it smooths


def soft_matte(canvas: RGB, mask: Mask, band_px: float) -> Field:
    """Matte (H, W) 0–1 at the size of the canvas from a mask of any size.

    Guided filter (He et al. 2010) at half size in a band of `band_px` around the outline; exactly
    1 and 0 beyond it.
    """
    height, width = canvas.shape[:2]
    half = (width // 2, height // 2)
    guide = cv2.resize(canvas, half, interpolation=cv2.INTER_AREA)
    soft = cv2.resize(mask.astype(np.float32), half, interpolation=cv2.INTER_LINEAR)
    hard = (cv2.GaussianBlur(soft, (0, 0), 1.0) > 0.5).astype(np.uint8)
    band = band_px / 2
    inside = cv2.distanceTransform(hard, cv2.DIST_L2, 5)
    outside = cv2.distanceTransform(1 - hard, cv2.DIST_L2, 5)
    alpha = _guided(guide, hard, max(2, round(band)))
    alpha = ((alpha - 0.12) / 0.76).clip(0, 1)
    alpha = np.maximum(alpha, ((inside - 0.5 * band) / (0.5 * band)).clip(0, 1))
    alpha = np.minimum(alpha, ((1.1 * band - outside) / (0.6 * band)).clip(0, 1))
    return np.asarray(cv2.resize(alpha, (width, height), interpolation=cv2.INTER_LINEAR))


def _guided(guide: RGB, hard: RGB, radius: int) -> Field:
    """Guided filter over the subject's surroundings only."""
    x, y, w, h = cv2.boundingRect(hard)
    margin = 4 * radius
    rows = slice(max(0, y - margin), y + h + margin)
    columns = slice(max(0, x - margin), x + w + margin)
    alpha = hard.astype(np.float32)
    part = np.ascontiguousarray(alpha[rows, columns])
    around = np.ascontiguousarray(guide[rows, columns])
    alpha[rows, columns] = cv2.ximgproc.guidedFilter(around, part, radius, _EPSILON)
    return alpha


def clean_colours(canvas: RGB, alpha: Field) -> RGB:
    """The subject's own colours under the soft rim, grown outwards from where it is opaque.

    Where the matte is soft the still shows a mixture with the old background; over a new one that
    mixture would be a halo.
    """
    opaque = (alpha > 0.97).astype(np.uint8)
    rim = ((alpha > 0.004) & (opaque == 0)).astype(np.uint8)
    x, y, width, height = cv2.boundingRect(rim)
    part = np.s_[y : y + height, x : x + width]
    clean = canvas.copy()
    cv2.copyTo(grow(canvas[part], opaque[part]), rim[part], clean[part])
    return clean


def grow(picture: RGB, known: RGB) -> RGB:
    """Fill what is not `known` from the nearest scale at which something is (push-pull).

    Gortler et al., "The Lumigraph", 1996, section 3.4: weighted averages down a pyramid, and back
    up where weight is missing. What is grown is smooth: half the size is enough, or `_GROW_PX`.
    """
    height, width = picture.shape[:2]
    scale = min(0.5, _GROW_PX / max(height, width))
    small = (max(1, round(width * scale)), max(1, round(height * scale)))
    weight = cv2.resize(known.astype(np.float32), small, interpolation=cv2.INTER_AREA)
    part = cv2.bitwise_and(picture, picture, mask=known)
    colour = cv2.resize(part, small, interpolation=cv2.INTER_AREA).astype(np.float32)
    levels = [(colour, weight)]
    while max(levels[-1][1].shape) > 1:
        colour, weight = levels[-1]
        size = (max(1, weight.shape[1] // 2), max(1, weight.shape[0] // 2))
        levels.append(
            (
                cv2.resize(colour, size, interpolation=cv2.INTER_AREA),
                cv2.resize(weight, size, interpolation=cv2.INTER_AREA),
            )
        )
    colour, weight = levels[-1]
    filled = colour / (weight[..., None] + 1e-6)
    for colour, weight in reversed(levels[:-1]):
        size = (weight.shape[1], weight.shape[0])
        coarse = cv2.resize(filled, size, interpolation=cv2.INTER_LINEAR)
        filled = colour + coarse * (1 - weight)[..., None]
    rounded = (filled + 0.5).clip(0, 255).astype(np.uint8)
    return np.asarray(cv2.resize(rounded, (width, height), interpolation=cv2.INTER_LINEAR))
