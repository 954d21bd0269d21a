"""How two pictures show the same thing: a homography, and what remains of movement after it.

All is at the size of `Views`, with positions in its px (pixel centres at +0.5).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from photoplay.engines.parallax.transition.powers import Matrix, has_powers
from photoplay.frames import RGB, Field, Plane

Positions = NDArray[np.float32]  # (H, W, 2): x, y of every pixel, or a flow

WORK_PX = 800  # long side
_FEATURES, _LEAST_CONTRAST = 2500, 0.015  # soft pictures have features, too
_RATIO = 0.75  # of the nearest to the second nearest descriptor (Lowe 2004, section 7.1)
_NEAR_PX = 3.0
_LEAST_INLIERS, _LEAST_SHARE = 20, 0.25
_LEAST_AREA, _MOST_AREA = 0.1, 10.0
_SIMILARITY_KEEPS = 0.85  # of the inliers: then the simpler camera is the truer one
_CONSISTENT_PX = 1.5  # there and back again
_CAMERA_BONUS = 0.05
_HALF = 0.5  # trusted rather than not
_ISLAND_PX = 25  # what is trusted on less, amid doubt, is chance
_SHRUNK, _WHOLE = 0.5, 0.9  # of its area, that a doubted place keeps in the other picture
_DOUBT_PX = 0.5  # of flow: up to it none is believed, from twice as much all of it
_DETAIL_LEVELS = 4.0  # of luma, deviation: what has less shows no movement, right or wrong
LEAST_CONSISTENT, LEAST_ALIKE, LEAST_OVERLAP = 0.6, 0.35, 0.15


@dataclass(frozen=True, slots=True)
class Views:
    """Two pictures of one size, small, as luma: plain, and with the light taken out."""

    first: Plane
    second: Plane
    first_flat: Plane
    second_flat: Plane

    @classmethod
    def of(cls, first: RGB, second: RGB) -> Views:
        """Both pictures at the working size."""
        one, other = _small_luma(first), _small_luma(second)
        return cls(one, other, _without_light(one), _without_light(other))


@dataclass(frozen=True, slots=True)
class Match:
    """Where each point of one picture is in the other: H(x + residual(x)).

    `trust` is 0–1 for every point: 1 where going there and coming back leads to the same place.
    `alone` is 1 for points that only this picture shows: the other ends before them, or they shrink
    to nothing there, as the side of a box does that turns away.
    `back`, `back_trust` and `back_alone` are the same from the second picture, with the inverse of
    `homography`.
    """

    homography: Matrix
    residual: Positions
    back: Positions
    trust: Field
    back_trust: Field
    alone: Field
    back_alone: Field
    is_camera: bool
    consistent: float  # share of the overlap's detail that comes back to its place
    alike: float  # correlation of the detail, -1 to 1
    overlap: float  # share of a picture that is seen in the other, the larger of both

    @property
    def is_safe(self) -> bool:
        """Whether both pictures show the same thing, so that one can be led into the other."""
        return (
            self.consistent >= LEAST_CONSISTENT
            and self.alike >= LEAST_ALIKE
            and self.overlap > LEAST_OVERLAP
        )

    @property
    def score(self) -> float:
        """For choosing between two matches of one pair."""
        return 0.5 * self.consistent + self.alike + _CAMERA_BONUS * self.is_camera


def find_match(views: Views, check_cancelled: Callable[[], None] = lambda: None) -> Match:
    """The best of what the camera and what free movement explain. It may not be safe."""
    homography = find_homography(views, check_cancelled)
    found = [] if homography is None else [_measured(views, homography, True, check_cancelled)]
    if not found or not found[0].is_safe or found[0].consistent < 0.9:
        found.append(_measured(views, np.eye(3), False, check_cancelled))
    return max(found, key=lambda match: (match.is_safe, match.score))


def find_homography(
    views: Views, check_cancelled: Callable[[], None] = lambda: None
) -> Matrix | None:
    """From the first picture's positions to the second's; None if there is none to rely on."""
    features = cv2.SIFT.create(nfeatures=_FEATURES, contrastThreshold=_LEAST_CONTRAST)
    points, descriptors = [], []
    for picture in (views.first, views.second):
        at, what = features.detectAndCompute(picture, None)
        if what is None or len(at) < _LEAST_INLIERS:
            return None
        points.append(np.array([point.pt for point in at], np.float64) + 0.5)
        descriptors.append(what)
        check_cancelled()
    pairs = cv2.BFMatcher().knnMatch(descriptors[0], descriptors[1], k=2)
    good = [pair[0] for pair in pairs if len(pair) == 2 and _is_clear(*pair)]
    check_cancelled()
    if len(good) < _LEAST_INLIERS:
        return None
    here = points[0][[match.queryIdx for match in good]]
    there = points[1][[match.trainIdx for match in good]]
    return _fitted(here, there, (views.first.shape[1], views.first.shape[0]))


def mapped(matrix: Matrix, positions: Positions) -> Positions:
    """Positions after a homography."""
    x, y = positions[..., 0], positions[..., 1]
    rows = matrix.astype(np.float32)
    depth = rows[2, 0] * x + rows[2, 1] * y + rows[2, 2]
    depth = np.where(depth > 1e-4, depth, np.float32(1e-4))  # behind the camera: far outside
    across = (rows[0, 0] * x + rows[0, 1] * y + rows[0, 2]) / depth
    down = (rows[1, 0] * x + rows[1, 1] * y + rows[1, 2]) / depth
    return np.stack([across, down], axis=-1)


def looked_up(field: Field | Positions, positions: Positions) -> NDArray[np.float32]:
    """Values of a field of the working size at other positions; its border goes on outside."""
    return np.asarray(
        cv2.remap(field, positions - 0.5, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    )


def all_positions(shape: tuple[int, ...]) -> Positions:
    """The centre of every pixel."""
    rows, columns = shape[:2]
    x, y = np.meshgrid(np.arange(columns) + 0.5, np.arange(rows) + 0.5)
    return np.stack([x, y], axis=-1).astype(np.float32)


def is_inside(positions: Positions, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Which positions lie in a picture of that shape."""
    x, y = positions[..., 0], positions[..., 1]
    return np.asarray((x >= 0) & (x <= shape[1]) & (y >= 0) & (y <= shape[0]))


def filled(values: Positions | Field, weights: Field) -> NDArray[np.float32]:
    """Values where their weights are 1, and where they are 0 what lies around, ever more smoothly.

    Push and pull over a pyramid (Gortler et al., The Lumigraph, 1996, section 3.4.2).
    """
    if min(weights.shape) <= 2 or (weights > 0.999).all():
        weighted = _times(values, weights).sum(axis=(0, 1)) / max(float(weights.sum()), 1e-6)
        return np.asarray(values * _like(weights, values) + weighted * _like(1 - weights, values))
    size = (-(-weights.shape[1] // 2), -(-weights.shape[0] // 2))
    known = cv2.resize(weights, size, interpolation=cv2.INTER_AREA)
    sums = cv2.resize(_times(values, weights), size, interpolation=cv2.INTER_AREA)
    means = sums / np.maximum(_like(known, sums), 1e-6)
    coarse = filled(means.astype(np.float32), np.minimum(known * 2, 1).astype(np.float32))
    back = cv2.resize(coarse, weights.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray(_times(values, weights) + _times(back, 1 - weights), np.float32)


def _times(values: NDArray[np.float32], weights: Field) -> NDArray[np.float32]:
    return np.asarray(values * _like(weights, values))


def _like(weights: Field, values: NDArray[np.float32]) -> NDArray[np.float32]:
    return weights[..., None] if values.ndim == 3 else weights


def _is_clear(best: cv2.DMatch, second: cv2.DMatch) -> bool:
    return bool(best.distance < _RATIO * second.distance)


def _fitted(
    here: NDArray[np.float64], there: NDArray[np.float64], size: tuple[int, int]
) -> Matrix | None:
    found, kept = cv2.findHomography(
        here, there, cv2.USAC_MAGSAC, _NEAR_PX, maxIters=5000, confidence=0.999
    )
    if found is None:
        return None
    inside = kept.ravel() > 0
    inliers = int(inside.sum())
    if inliers < _LEAST_INLIERS or inliers < _LEAST_SHARE * len(here):
        return None
    simple, kept = cv2.estimateAffinePartial2D(
        here[inside], there[inside], method=cv2.RANSAC, ransacReprojThreshold=_NEAR_PX
    )
    if simple is not None and int(kept.sum()) >= _SIMILARITY_KEEPS * inliers:
        found = np.vstack([simple, [0, 0, 1]])
    return found if _is_plausible(found, size) else None


def _is_plausible(matrix: Matrix, size: tuple[int, int]) -> bool:
    """Whether the frame stays a convex quadrilateral of a sensible size."""
    if not has_powers(matrix):
        return False
    corners = np.array([[0, 0], [size[0], 0], size, [0, size[1]]], np.float64)
    depths = corners @ matrix[2, :2] + matrix[2, 2]
    if depths.min() <= 0.1 * depths.max():
        return False
    quad = (corners @ matrix[:2, :2].T + matrix[:2, 2]) / depths[:, None]
    sides = np.roll(quad, -1, axis=0) - quad
    turns = sides[:, 0] * np.roll(sides[:, 1], -1) - sides[:, 1] * np.roll(sides[:, 0], -1)
    x, y = quad.T
    area = 0.5 * abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1))) / (size[0] * size[1])
    return bool((turns > 0).all() and _LEAST_AREA <= area <= _MOST_AREA)


def _measured(
    views: Views, homography: Matrix, is_camera: bool, check_cancelled: Callable[[], None]
) -> Match:
    """The movement that is left after the homography, both ways, and how far it can be trusted."""
    inverse = np.linalg.inv(homography)
    here = all_positions(views.first.shape)
    residual, seen = _flow(views.first_flat, views.second_flat, homography, here)
    check_cancelled()
    back, back_seen = _flow(views.second_flat, views.first_flat, inverse, here)
    check_cancelled()
    there = mapped(homography, here + residual)
    returned = mapped(inverse, there + looked_up(back, there))
    miss = np.linalg.norm(returned - here, axis=-1)
    seen &= is_inside(there, here.shape)
    origin = mapped(inverse, here + back)
    returned = mapped(homography, origin + looked_up(residual, origin))
    back_miss = np.linalg.norm(returned - here, axis=-1)
    back_seen &= is_inside(origin, here.shape)
    trust, back_trust = _trust(miss, seen), _trust(back_miss, back_seen)
    residual = filled(residual, trust)
    back = filled(back, back_trust)
    overlap = max(float(seen.mean()), float(back_seen.mean()))
    weight = _detail(views.first) * seen
    consistent = float((weight * (miss < _CONSISTENT_PX)).sum() / max(float(weight.sum()), 1.0))
    return Match(
        homography=homography,
        residual=_beyond_doubt(residual, is_camera),
        back=_beyond_doubt(back, is_camera),
        trust=trust,
        back_trust=back_trust,
        alone=_alone(mapped(homography, here + residual), trust, seen),
        back_alone=_alone(mapped(inverse, here + back), back_trust, back_seen),
        is_camera=is_camera,
        consistent=consistent,
        alike=_correlation(views, there, seen),
        overlap=overlap,
    )


def _flow(
    here: Plane, there: Plane, homography: Matrix, positions: Positions
) -> tuple[Positions, NDArray[np.bool_]]:
    """Movement from `here` to `there` as the homography shows it, and where that is known."""
    at = mapped(homography, positions)
    shown = cv2.remap(there, at - 0.5, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    flow = search.calc(here, np.asarray(shown), None)
    return np.asarray(flow, np.float32), is_inside(at, here.shape)


def _trust(miss_px: NDArray[np.float32], seen: NDArray[np.bool_]) -> Field:
    sure = np.exp(-((miss_px / (2 * _CONSISTENT_PX)) ** 2)) * seen
    found, labels = cv2.connectedComponents((sure > _HALF).astype(np.uint8), connectivity=4)
    depth = cv2.distanceTransform((sure > _HALF).astype(np.uint8), cv2.DIST_L2, 3)
    deepest = np.zeros(found, np.float32)
    np.maximum.at(deepest, labels.ravel(), depth.ravel())
    return _soft(sure * (deepest[labels] > _ISLAND_PX / 2))


def _alone(there: Positions, trust: Field, seen: NDArray[np.bool_]) -> Field:
    """What the other picture does not show, 0–1; `there` is where each point would be in it."""
    smooth = cv2.GaussianBlur(there, (0, 0), 3)
    down, across = np.gradient(smooth, axis=(0, 1))
    area = across[..., 0] * down[..., 1] - across[..., 1] * down[..., 0]
    shrunk = ((_WHOLE - area) / (_WHOLE - _SHRUNK)).clip(0, 1) * (1 - trust)
    return _soft(np.where(seen, shrunk, 1))


def _beyond_doubt(flow: Positions, is_camera: bool) -> Positions:
    """What remains after a camera's homography, without what may be the search's own error.

    A plane that is filmed stays a plane: flow that wavers by half a pixel would make it swim.
    """
    if not is_camera:
        return flow
    length = np.linalg.norm(flow, axis=-1, keepdims=True)
    return np.asarray(flow * ((length - _DOUBT_PX) / _DOUBT_PX).clip(0, 1), np.float32)


def _soft(shares: NDArray[np.bool_] | NDArray[np.float32]) -> Field:
    return np.asarray(cv2.GaussianBlur(shares.astype(np.float32), (0, 0), 1.0))


def _detail(luma: Plane) -> Field:
    """How much there is to see, 0–1."""
    values = luma.astype(np.float32)
    rough = values - cv2.GaussianBlur(values, (0, 0), 6)
    spread = np.sqrt(cv2.GaussianBlur(rough * rough, (0, 0), 4))
    return np.asarray((spread / _DETAIL_LEVELS).clip(0, 1))


def _correlation(views: Views, there: Positions, seen: NDArray[np.bool_]) -> float:
    """Of the detail of one picture with that of the other, where it is said to be."""
    if seen.sum() < 64:
        return 0.0
    detail = []
    shown = cv2.remap(views.second, there - 0.5, None, cv2.INTER_LINEAR)
    for picture in (views.first, np.asarray(shown)):
        values = picture.astype(np.float32)
        detail.append((values - cv2.GaussianBlur(values, (0, 0), 6))[seen])
    one, other = detail
    power = float(np.sqrt((one @ one) * (other @ other)))
    return float(one @ other) / power if power > 1e-6 else 0.0


def _small_luma(picture: RGB) -> Plane:
    scale = WORK_PX / max(picture.shape[:2])
    size = tuple(max(16, round(side * scale)) for side in picture.shape[1::-1])
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(
        cv2.resize(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), size, interpolation=how)
    )


def _without_light(luma: Plane) -> Plane:
    """Detail in units of its own surroundings: the same by day and by night."""
    values = luma.astype(np.float32)
    detail = values - cv2.GaussianBlur(values, (0, 0), 12)
    spread = np.sqrt(cv2.GaussianBlur(detail * detail, (0, 0), 16))
    return np.asarray((128 + 42 * detail / (spread + 4)).clip(0, 255).astype(np.uint8))
