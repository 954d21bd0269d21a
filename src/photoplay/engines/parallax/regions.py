"""Where things inside the picture may move: leaves, water, sky, hair. Node fields 0–1."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from photoplay.engines.parallax.grid import NodeGrid
from photoplay.engines.parallax.subject import Mask, Subject
from photoplay.frames import RGB, Field


@dataclass(frozen=True, slots=True)
class Regions:
    """Node fields 0–1. A field that is zero everywhere means that there is no such thing."""

    foliage: Field
    water: Field
    sky: Field
    hair: Field
    cloth: Field
    subject: Field


def find_regions(work: RGB, sky: Mask, subject: Subject, grid: NodeGrid) -> Regions:
    """Regions of the working picture, sampled at the nodes."""
    cut = subject.mask if subject.is_cut else np.zeros_like(sky)
    foliage = _foliage(work)
    return Regions(
        foliage=grid.sample(foliage),
        water=grid.sample(_water(work, sky, cut, foliage)),
        sky=grid.sample(_well_inside(sky)),
        hair=grid.sample(_hair(subject)),
        cloth=grid.sample(_cloth(subject)),
        subject=grid.sample(cut.astype(np.float32)),
    )


def _foliage(work: RGB) -> Field:
    """Green and textured all over: an outline has texture, too, but no breadth."""
    hue, saturation, _ = cv2.split(cv2.cvtColor(work, cv2.COLOR_RGB2HSV))
    green = (hue > 24) & (hue < 85) & (saturation > 45) & (_texture(work) > 7)
    clean = cv2.morphologyEx(green.astype(np.uint8), cv2.MORPH_OPEN, np.ones((17, 17), np.uint8))
    soft = cv2.GaussianBlur(clean.astype(np.float32), (0, 0), 6)
    return np.asarray((soft * 1.3).clip(0, 1))


def _water(work: RGB, sky: Mask, cut: Mask, foliage: Field) -> Field:
    """Broad, below the horizon, rippled across rather than along, and not warmer than grey.

    Without ripples in the still there is nothing that could be seen to move: a road stays a road.
    """
    height, width = work.shape[:2]
    grey = cv2.cvtColor(work, cv2.COLOR_RGB2GRAY).astype(np.float32)
    across = cv2.GaussianBlur(np.abs(cv2.Sobel(grey, cv2.CV_32F, 1, 0)), (0, 0), 6)
    down = cv2.GaussianBlur(np.abs(cv2.Sobel(grey, cv2.CV_32F, 0, 1)), (0, 0), 6)
    red, green, blue = (cv2.GaussianBlur(c, (0, 0), 3).astype(np.int16) for c in cv2.split(work))
    horizon_px = np.median(sky.sum(axis=0)) if sky.any() else 0.45 * height
    rows = np.arange(height)[:, None]
    may_be = (rows > horizon_px + 2) & (down > 1.1 * across) & (down > 2.5) & (blue > green - 14)
    may_be &= (blue > red - 8) & (foliage < 0.3) & ~sky & ~cut & (_texture(work) < 30)
    wide = cv2.morphologyEx(may_be.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((7, 15), np.uint8))
    wide = cv2.morphologyEx(wide, cv2.MORPH_OPEN, np.ones((5, 15), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(wide)
    large = [
        label
        for label in range(1, count)
        if stats[label, cv2.CC_STAT_AREA] > 0.03 * work.shape[0] * width
        and stats[label, cv2.CC_STAT_WIDTH] > 0.3 * width
    ]
    return np.asarray(cv2.GaussianBlur(np.isin(labels, large).astype(np.float32), (0, 0), 4))


def _texture(work: RGB) -> Field:
    """Standard deviation of luma in a 9 px window."""
    grey = cv2.cvtColor(work, cv2.COLOR_RGB2GRAY).astype(np.float32)
    mean, square = cv2.blur(grey, (9, 9)), cv2.blur(grey * grey, (9, 9))
    return np.asarray(np.sqrt(np.maximum(square - mean * mean, 0)))


def _well_inside(mask: Mask) -> Field:
    """1 well inside, falling to 0 at the outline, which therefore stays where it is."""
    reach = 0.04 * max(mask.shape)
    depth = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 5)
    return np.asarray((depth / reach).clip(0, 1))


def _hair(subject: Subject) -> Field:
    """A ring around and above each face, within the subject."""
    height, width = mask_shape = subject.mask.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    field = np.zeros(mask_shape, np.float32)
    for face in subject.faces:
        cx, cy = face.centre_px
        u, v = (x - cx) / face.width_px, (y - cy) / face.height_px
        ring = np.exp(-(((np.hypot(u, 0.85 * v) - 0.85) / 0.22) ** 2))
        field = np.maximum(field, ring * (v < 0.9))
    return field * subject.mask if subject.is_cut else 0.4 * field


def _cloth(subject: Subject) -> Field:
    """The subject below its faces, or its lower half, away from the lower border."""
    mask = subject.mask.astype(np.float32) if subject.is_cut else np.zeros_like(subject.mask, float)
    height = mask.shape[0]
    if not mask.any():
        return np.asarray(mask, np.float32)
    rows = np.flatnonzero(mask.any(axis=1))
    top = max((f.y_px + 1.3 * f.height_px for f in subject.faces), default=float(rows.mean()))
    y = np.arange(height, dtype=np.float32)[:, None]
    return np.asarray(mask * ((y - top) / (0.15 * height)).clip(0, 1), np.float32)
