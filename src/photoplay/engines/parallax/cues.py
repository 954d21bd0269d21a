"""Cues about a still that need no trained weights: faces, saliency, sky, vanishing point, texture.

Every function takes the small working picture (RGB uint8, long side `WORK_PX`) and returns values
or masks of the same size. None of them decides anything: `subject.py` and `depth.py` do.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from photoplay.frames import RGB, Field

WORK_PX = 512  # long side of the picture that is analysed
_FACE_PX = 360
_SALIENCY_PX = 192
_SKY_PX = 256


@dataclass(frozen=True, slots=True)
class Face:
    """Box of a face in working pixels."""

    x_px: float
    y_px: float
    width_px: float
    height_px: float

    @property
    def centre_px(self) -> tuple[float, float]:
        """Middle of the box."""
        return self.x_px + self.width_px / 2, self.y_px + self.height_px / 2


@dataclass(frozen=True, slots=True)
class VanishingPoint:
    """Where straight lines meet, and the share of line length that meets there (0–1)."""

    x_px: float
    y_px: float
    support: float


def find_faces(work: RGB) -> list[Face]:
    """Faces, frontal ones and profiles of both sides, largest first (Viola–Jones cascades).

    A box that two detectors share is returned once. Faces narrower than about 6 % of the long side
    are not looked for: they are not what the picture is about.
    """
    scale = _FACE_PX / max(work.shape[:2])
    small = cv2.resize(work, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    grey = cv2.equalizeHist(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY))
    least = max(22, round(min(grey.shape) * 0.07))
    width = grey.shape[1]
    boxes = list(_detect("frontalface_alt2", grey, least, 5))
    boxes += _detect("profileface", grey, least, 7)
    mirrored = np.ascontiguousarray(grey[:, ::-1])
    boxes += [(width - x - w, y, w, h) for x, y, w, h in _detect("profileface", mirrored, least, 7)]
    found: list[Face] = []
    for x, y, w, h in boxes:
        face = Face(x / scale, y / scale, w / scale, h / scale)
        if all(_overlap(face, other) < 0.3 for other in found):
            found.append(face)
    return sorted(found, key=lambda face: -face.width_px)


def _detect(cascade: str, grey: RGB, least_px: int, neighbours: int) -> list[tuple[int, ...]]:
    boxes = _cascade(cascade).detectMultiScale(
        grey, scaleFactor=1.12, minNeighbors=neighbours, minSize=(least_px, least_px)
    )
    return [tuple(int(v) for v in box) for box in boxes]


@cache
def _cascade(name: str) -> cv2.CascadeClassifier:
    path = Path(__file__).parent / "cascades" / f"haarcascade_{name}.xml"
    return cv2.CascadeClassifier(str(path))


def _overlap(a: Face, b: Face) -> float:
    """Shared area as a share of the smaller box."""
    w = min(a.x_px + a.width_px, b.x_px + b.width_px) - max(a.x_px, b.x_px)
    h = min(a.y_px + a.height_px, b.y_px + b.height_px) - max(a.y_px, b.y_px)
    if w <= 0 or h <= 0:
        return 0.0
    return w * h / min(a.width_px * a.height_px, b.width_px * b.height_px)


def saliency(work: RGB) -> Field:
    """How hard it is to reach each pixel from the border without crossing a colour edge, 0–1.

    Minimum barrier distance in CIELAB by raster sweeps: Zhang et al., "Minimum Barrier Salient
    Object Detection at 80 FPS", ICCV 2015, section 3.2. The sweeps run over whole rows and columns
    instead of single pixels, alternately from all four sides.
    """
    height, width = work.shape[:2]
    scale = _SALIENCY_PX / max(height, width)
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    lab = cv2.cvtColor(cv2.resize(work, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2LAB)
    image = cv2.GaussianBlur(lab, (0, 0), 0.8).astype(np.float32)
    distance = np.full(image.shape[:2], 1e6, np.float32)
    distance[[0, -1]] = 0
    distance[:, [0, -1]] = 0
    high, low = image.copy(), image.copy()
    for _ in range(2):
        for turn in range(4):  # the same sweep on turned views: down, right, up, left
            turned = [np.rot90(a, turn) for a in (image, distance, high, low)]
            _sweep_down(*turned)
    spread = cv2.resize(_stretch(cv2.medianBlur(distance, 5)), (width, height))
    return np.asarray(cv2.ximgproc.guidedFilter(work, spread, 8, 40.0)).clip(0, 1)


def _sweep_down(image: Field, distance: Field, high: Field, low: Field) -> None:
    for y in range(1, image.shape[0]):
        upper = np.maximum(high[y - 1], image[y])
        lower = np.minimum(low[y - 1], image[y])
        cost = (upper - lower).max(axis=1)
        closer = cost < distance[y]
        distance[y][closer] = cost[closer]
        high[y][closer] = upper[closer]
        low[y][closer] = lower[closer]


def backdrop_distance(work: RGB) -> Field:
    """Colour distance from the nearest of the top, left and right borders, 0–1.

    Mahalanobis distance in CIELAB from the colours of each border strip; what stands on the ground
    touches the lower border, which is therefore left out.
    """
    lab = cv2.cvtColor(work, cv2.COLOR_RGB2LAB).astype(np.float32)
    strip = max(4, round(0.06 * min(work.shape[:2])))
    borders = (lab[:strip], lab[:, :strip], lab[:, -strip:])
    distances = [_mahalanobis(lab, border.reshape(-1, 3), 25.0) for border in borders]
    return _stretch(np.minimum.reduce(distances))


def find_sky(work: RGB) -> NDArray[np.bool_]:
    """Mask of the sky, all False when there is none to be sure of.

    Border search per column over gradient thresholds, the energy of Shen and Wang, "Sky Region
    Detection in a Single Image for Autonomous Ground Robot Navigation", 2013, section 3. Accepted
    only if it is broad, smooth, and bright or blue: a dark wall is not a sky.
    """
    height, width = work.shape[:2]
    scale = _SKY_PX / max(height, width)
    size = (max(16, round(width * scale)), max(16, round(height * scale)))
    small = cv2.resize(work, size, interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB).astype(np.float32)
    edges = gradient(small)
    best = _sky_border(lab, edges)
    if best is None:
        return np.zeros((height, width), np.bool_)
    border_px, mask = best
    light, _, blue = np.median(lab[mask], axis=0)
    broad = float((border_px > 0.06 * size[1]).mean()) > 0.5
    smooth = float(np.median(edges[mask])) < 0.05 and float(np.percentile(edges[mask], 90)) < 0.20
    overcast = light > 165 and float(mask.mean()) > 0.15  # less is a page's margin
    if not (broad and smooth and ((blue < 124 and light > 60) or overcast)):
        return np.zeros((height, width), np.bool_)
    alike = _mahalanobis(lab, lab[mask], 6.0) < 3.5
    rows = np.arange(size[1])[:, None]
    reach = alike & (rows < np.percentile(border_px, 90) + 3) & (edges < 0.12)
    _, labels = cv2.connectedComponents((mask | reach).astype(np.uint8), connectivity=4)
    whole = np.isin(labels, np.unique(labels[0][mask[0]])) & (mask | reach)
    return np.asarray(cv2.resize(whole.astype(np.float32), (width, height)) > 0.5)


def _sky_border(lab: Field, edges: Field) -> tuple[NDArray[np.intp], NDArray[np.bool_]] | None:
    """Best (first ground row per column, mask above it) over gradient thresholds."""
    rows = np.arange(lab.shape[0])[:, None]
    best: tuple[float, NDArray[np.intp], NDArray[np.bool_]] | None = None
    for threshold in np.linspace(0.03, 0.30, 14):
        ground = edges > threshold
        ground[-1] = True
        border_px = ground.argmax(axis=0)
        mask = rows < border_px
        if not 0.04 < mask.mean() < 0.93:
            continue
        energy = 1 / (2 * _spread(lab[mask]) + _spread(lab[~mask]))
        if best is None or energy > best[0]:
            best = (energy, border_px, mask)
    return None if best is None else best[1:]


def _spread(colours: Field) -> float:
    """Size of a cloud of colours: cube root of the determinant of its covariance."""
    return float(np.cbrt(np.linalg.det(np.cov(colours.T) + 2 * np.eye(3))))


def line_segments(work: RGB) -> Field:
    """Straight edges as (n, 4): x, y of one end and of the other, px (LSD)."""
    grey = cv2.cvtColor(work, cv2.COLOR_RGB2GRAY)
    segments = cv2.createLineSegmentDetector().detect(grey)[0]
    found = np.zeros((0, 4)) if segments is None else segments
    return np.asarray(found, np.float32).reshape(-1, 4)


def find_vanishing_point(ends: Field, width: int, height: int) -> VanishingPoint | None:
    """Point where the long oblique lines of a picture meet, None if too few do.

    The point with most line length among intersections of 300 random pairs of `ends` (see
    `line_segments`; fixed seed: the answer is a function of the picture).
    """
    along = ends[:, 2:] - ends[:, :2]
    length = np.hypot(along[:, 0], along[:, 1])
    slope = np.abs(np.degrees(np.arctan2(along[:, 1], along[:, 0]))) % 180
    oblique = (np.abs(slope - 90) > 12) & (np.minimum(slope, 180 - slope) > 4)
    keep = (length > 0.035 * width) & oblique
    if keep.sum() < 12:
        return None
    ends, along, length = ends[keep], along[keep], length[keep]
    normal = np.stack([-along[:, 1], along[:, 0]], axis=1) / length[:, None]
    offset = (normal * ends[:, :2]).sum(axis=1)
    points = _intersections(normal, offset)
    inside = (np.abs(points[:, 0] / width - 0.5) < 0.6) & (
        np.abs(points[:, 1] / height - 0.45) < 0.4
    )
    points = points[inside]
    if not len(points):
        return None
    middle = (ends[:, :2] + ends[:, 2:]) / 2
    towards = points[:, None] - middle[None]
    towards /= np.linalg.norm(towards, axis=2, keepdims=True) + 1e-6
    meets = np.abs((towards * normal[None]).sum(axis=2)) < 0.035  # (points, segments)
    weight = meets @ length
    at = int(weight.argmax())
    x_px, y_px = points[at]
    left = int((middle[meets[at], 0] < x_px).sum())
    if min(left, int(meets[at].sum()) - left) < 4:  # lines from one side only: an object's edge
        return None
    return VanishingPoint(float(x_px), float(y_px), float(weight[at] / length.sum()))


def _intersections(normal: Field, offset: Field) -> Field:
    """Points (n, 2) where random pairs of lines normal·p = offset cross at a fair angle."""
    pairs = np.random.default_rng(0).integers(0, len(offset), (300, 2))
    a, b = normal[pairs[:, 0]], normal[pairs[:, 1]]
    determinant = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
    fair = np.abs(determinant) > 0.15
    a, b, determinant, pairs = a[fair], b[fair], determinant[fair], pairs[fair]
    c, d = offset[pairs[:, 0]], offset[pairs[:, 1]]
    x = (c * b[:, 1] - d * a[:, 1]) / determinant
    y = (a[:, 0] * d - b[:, 0] * c) / determinant
    return np.stack([x, y], axis=1)


def sharpness(work: RGB) -> tuple[Field, float]:
    """Local sharpness 0–1, and how clearly the picture parts into sharp and blurred areas (0–1)."""
    grey = cv2.cvtColor(work, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    detail = np.abs(cv2.Laplacian(cv2.GaussianBlur(grey, (0, 0), 0.8), cv2.CV_32F))
    local = cv2.boxFilter(detail, -1, (25, 25))
    low, high = np.percentile(local, [15, 95])
    parted = float(np.clip((high / (low + 1e-4) - 4) / 12, 0, 1))
    return _stretch(local), parted


def gradient(picture: RGB) -> Field:
    """Length of the luma gradient per pixel, luma 0–1."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    smooth = cv2.GaussianBlur(grey, (0, 0), 1.0)
    dx, dy = cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1)
    return np.asarray(cv2.magnitude(dx, dy))


def uprightness(ends: Field, height: int) -> float:
    """How much of a picture is made of long upright lines (towers, columns, trunks), 0–1.

    Length of all line segments within 5° of the vertical and longer than 6 % of the height, over
    three times the height.
    """
    across, down = np.abs(ends[:, 2] - ends[:, 0]), np.abs(ends[:, 3] - ends[:, 1])
    upright = (down > 0.06 * height) & (across < down * np.tan(np.radians(5)))
    return float(np.clip(down[upright].sum() / (3 * height), 0, 1))


def flatness(work: RGB) -> float:
    """How much a picture is a graphic (page, logo, flat drawing) and not a photograph, 0–1.

    Graphics have areas of exactly one colour, or of one gradient; photographs have noise.
    """
    grey = cv2.cvtColor(work, cv2.COLOR_RGB2GRAY).astype(np.float32)
    plain = float((np.abs(cv2.Laplacian(grey, cv2.CV_32F)) < 1.0).mean())
    return float(np.clip((plain - 0.50) / 0.12, 0, 1))


def border_detail(work: RGB) -> float:
    """How much there is to see along the border: the upper end (97 %) of the gradient near it."""
    strip = max(4, round(0.04 * min(work.shape[:2])))
    edges = gradient(work)
    near = np.concatenate(
        [
            part.ravel()
            for part in (edges[:strip], edges[-strip:], edges[:, :strip], edges[:, -strip:])
        ]
    )
    return float(np.percentile(near, 97))


def _mahalanobis(lab: Field, sample: Field, floor: float) -> Field:
    """Distance of every pixel from the colours in `sample` (n, 3), in their standard deviations."""
    inverse = np.linalg.inv(np.cov(sample.T) + floor * np.eye(3)).astype(np.float32)
    away = lab - sample.mean(axis=0)
    return np.asarray(np.sqrt(((away @ inverse) * away).sum(axis=2)))


def _stretch(field: Field) -> Field:
    """Spread the 1st to 99th percentile over 0–1."""
    low, high = np.percentile(field, [1, 99])
    return np.asarray(((field - low) / (high - low + 1e-6)).clip(0, 1), np.float32)
