"""The rhythm of a figure: how it leans, bobs and tilts its head, told from the points on it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from photoplay.engines.parallax.shares import ramp
from photoplay.engines.parallax.transfer.tracking import Points, Tracks

Series = NDArray[np.float64]  # one value per frame

_LEAST_MOTION = 0.006  # of the unit: what moves less rests
_LEAST_POINTS = 8
_HEADS = (0.12, 0.15, 0.19, 0.24, 0.30, 0.38)  # upper share of a figure that may be its head
_HEAD_POINTS = 7
_TURNS = 0.45  # share of the head's own movement that is turning, from which on it is a tilt
_NECK = 0.75  # height of the neck, as a share of the figure's
_ROUNDS = 8
_OWN_WAY, _OWN_WAY_PX = 0.25, 0.8  # error of a point that half belongs: of its way, and in px
_BIN_PX = 24  # cells in which neighbours are joined to one figure
_PARALLAX = 0.75  # share of a point's movement that goes with the camera's: it is depth


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How a figure moves, (frames,) each, about its usual pose.

    `lean` is the way of the neck to the right and `bob` upwards, as shares of its height above the
    figure's foot; `tilt_rad` is the head's, clockwise, None where no head turns. `explained` is the
    share of the figure's points whose movement this is, `points` how many there are, and `seen` the
    share of the frames in which enough of them were followed.
    """

    lean: Series
    bob: Series
    tilt_rad: Series | None
    explained: float
    points: int
    seen: float
    box: tuple[float, float, float, float]  # left, top, right, bottom in the world, px

    @property
    def confidence(self) -> float:
        """How surely this is the rhythm of a figure, 0–1."""
        votes = (
            ramp(self.points, 5, 14),
            ramp(self.explained, 0.35, 0.55),
            ramp(self.seen, 0.5, 0.9),
        )
        return float(np.prod(votes) ** 0.5)


def find_rhythm(tracks: Tracks) -> Rhythm | None:
    """The rhythm of what moves by itself; None where nothing, or nothing of one piece, does."""
    if len(tracks.homes) < _LEAST_POINTS:
        return None
    off = _own_movement(tracks)
    figure = _figure(tracks, off)
    if figure.sum() < _LEAST_POINTS:
        return None
    return _fit(tracks, tracks.homes[figure], off[figure])


def moving_points(tracks: Tracks) -> Points:
    """Homes of the points that move by themselves, of one piece; may be none."""
    if len(tracks.homes) < _LEAST_POINTS:
        return tracks.homes[:0]
    return tracks.homes[_figure(tracks, _own_movement(tracks))]


def _figure(tracks: Tracks, off: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which points make up the largest piece that moves by itself."""
    moving = _extent(off) > _LEAST_MOTION * tracks.unit_px
    return _largest_piece(tracks.homes, moving) if moving.sum() >= _LEAST_POINTS else moving


def _own_movement(tracks: Tracks) -> NDArray[np.float64]:
    """Where points are in the world beside their homes, (points, frames, 2), px.

    What goes with the camera's movement is taken out: a near thing shifts as the camera passes.
    """
    paths = tracks.paths.astype(np.float64)
    inverse = np.stack([cv2.invertAffineTransform(each) for each in tracks.cameras])
    world = np.einsum("fij,pfj->pfi", inverse[:, :, :2], paths) + inverse[:, :, 2]
    off = world - tracks.homes.astype(np.float64)[:, None]
    with np.errstate(all="ignore"):
        off = np.asarray(off - np.nanmedian(off, axis=1, keepdims=True))
    camera = camera_movement(tracks)
    if np.ptp(camera, axis=0).max() < 0.015:
        return off
    basis = np.concatenate([camera, np.ones((len(camera), 1))], axis=1)
    for point in off:
        lived = np.isfinite(point[:, 0])
        if np.ptp(camera[lived], axis=0).max() < 0.01:
            continue
        weights, *_ = np.linalg.lstsq(basis[lived], point[lived], rcond=1e-6)
        rest = point[lived] - basis[lived] @ weights
        if 1 - (rest**2).sum() / max((point[lived] ** 2).sum(), 1e-9) > _PARALLAX:
            point[lived] = rest
    return off


def camera_movement(tracks: Tracks) -> NDArray[np.float64]:
    """The camera of each frame: pan right, pan down (shares of the unit), ln zoom and roll."""
    middle = np.array([tracks.width_px / 2, tracks.height_px / 2])
    linear = tracks.cameras[:, :, :2]
    zoom = np.sqrt(np.abs(np.linalg.det(linear)))
    roll = np.unwrap(np.arctan2(linear[:, 1, 0], linear[:, 0, 0]))
    seen = np.linalg.solve(linear, (middle - tracks.cameras[:, :, 2])[..., None])[..., 0]
    pan = (seen - middle) / tracks.unit_px
    return np.asarray(np.column_stack([pan, np.log(zoom), roll]))


def _extent(off: NDArray[np.float64]) -> Series:
    """How far each point moves, px: between its tenth and ninetieth percentile."""
    with np.errstate(all="ignore"):
        low, high = np.nanpercentile(off, [10, 90], axis=1)
    return np.asarray(np.hypot(*(high - low).T))


def _largest_piece(homes: NDArray[np.float32], moving: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The moving points of the largest piece that they make up."""
    cells = (homes - homes.min(axis=0)) // _BIN_PX
    column, row = cells.astype(np.int64).T
    marked = np.zeros((int(row.max()) + 1, int(column.max()) + 1), np.uint8)
    marked[row[moving], column[moving]] = 1
    _, labels = cv2.connectedComponents(cv2.dilate(marked, np.ones((3, 3), np.uint8)))
    label = labels[row, column]
    weights = np.bincount(label[moving])
    weights[0] = 0
    return np.asarray(moving & (label == int(weights.argmax())))


def _fit(tracks: Tracks, homes: NDArray[np.float32], off: NDArray[np.float64]) -> Rhythm | None:
    left, top = np.percentile(homes, 2, axis=0)
    right, bottom = np.percentile(homes, 98, axis=0)
    # Points are few on plain clothes, and shoes hardly move: a figure that is cut off goes on.
    foot = tracks.height_px if bottom > 0.6 * tracks.height_px else bottom
    height = max(foot - top, 1.0)
    up = (foot - homes[:, 1]) / height
    body, offsets = _height_model(up, off)
    neck = body[:, :2] * _NECK + body[:, 2:]
    fitted = up[:, None, None] * body[None, :, :2] + body[None, :, 2:]
    loyal = _loyalty(off + offsets - fitted, fitted) > 0.3
    tilt = _find_tilt(homes[loyal], up[loyal], (off + offsets)[loyal])
    explained = _explained(off + offsets, fitted)
    enough = np.isfinite(off[..., 0]).sum(axis=0) >= 5
    return Rhythm(
        lean=_about_rest(neck[:, 0] / (_NECK * height)),
        bob=_about_rest(-neck[:, 1] / (_NECK * height)),
        tilt_rad=_about_rest(tilt) if tilt is not None else None,
        explained=explained,
        points=len(homes),
        seen=float(enough.mean()),
        box=(float(left), float(top), float(right), float(foot)),
    )


def _height_model(
    up: Series, off: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Per frame, movement as a linear function of the height: (frames, slope xy + base xy), px.

    Points that were found later began their paths in the midst of the movement: each has an offset
    of its own, (points, 1, 2), which is found in turns with the movement.
    """
    lived = np.isfinite(off)
    known = np.where(lived, off, 0.0)
    weight = lived[..., 0].astype(np.float64)
    offsets = np.zeros((len(up), 1, 2))
    body = np.zeros((off.shape[1], 4))
    basis = np.column_stack([up, np.ones_like(up)])
    calm = np.diag([0.05, 0.5])  # a frame with few points keeps to the plainest movement
    for _ in range(_ROUNDS):
        normal = np.einsum("pf,pi,pj->fij", weight, basis, basis) + calm
        target = np.einsum("pf,pi,pfc->fic", weight, basis, known + offsets)
        body = np.linalg.solve(normal, target).reshape(-1, 4)
        fitted = up[:, None, None] * body[None, :, :2] + body[None, :, 2:]
        error = np.where(lived, fitted - known, np.nan)
        with np.errstate(all="ignore"):
            offsets = np.nanmedian(error, axis=1, keepdims=True)
        loyal = _loyalty(np.where(lived, known + offsets - fitted, np.nan), fitted)
        weight = lived[..., 0] * loyal[:, None]
    return body, offsets


def _loyalty(rest: NDArray[np.float64], fitted: NDArray[np.float64]) -> Series:
    """How well each point keeps to the body, 0–1.

    An arm goes its own way, and a corner between figure and background follows neither.
    """
    with np.errstate(all="ignore"):
        error = np.sqrt(np.nanmean((rest**2).sum(axis=2), axis=1))
    way = np.sqrt(np.mean((fitted - fitted.mean(axis=1, keepdims=True)) ** 2 * 2, axis=(1, 2)))
    return np.asarray(1 / (1 + (error / (_OWN_WAY * way + _OWN_WAY_PX)) ** 4))


def _find_tilt(homes: NDArray[np.float32], up: Series, off: NDArray[np.float64]) -> Series | None:
    """The turning of the head: of the upper part of the figure that turns most like one thing."""
    best, tilt = _TURNS, None
    for share in _HEADS:
        head = up > 1 - share
        if head.sum() >= _HEAD_POINTS:
            angles, turning = _turning(homes[head].astype(np.float64), off[head])
            if turning > best:
                best, tilt = turning, angles
    return tilt


def _turning(homes: NDArray[np.float64], off: NDArray[np.float64]) -> tuple[Series, float]:
    """Angle of a group of points over the frames, clockwise, and its share of their movement.

    What all of them share, they do without turning. An angle is kept where there are too few.
    """
    lived = np.isfinite(off[..., :1])
    count = lived.sum(axis=0)
    known = np.where(lived, off, 0.0)
    rest = np.where(lived, homes[:, None] - _mean(np.where(lived, homes[:, None], 0.0), count), 0.0)
    own = np.where(lived, known - _mean(known, count), 0.0)
    cross = rest[..., 0] * own[..., 1] - rest[..., 1] * own[..., 0]
    angles = cross.sum(axis=0) / np.maximum((rest**2).sum(axis=(0, 2)), 1e-6)
    enough = count[:, 0] >= _HEAD_POINTS
    if not enough.any():
        return angles, 0.0
    frames = np.arange(len(angles))
    angles = np.interp(frames, frames[enough], angles[enough])
    angles -= np.median(angles)
    turned = np.stack([-rest[..., 1] * angles, rest[..., 0] * angles], axis=2)
    own -= np.where(lived, _mean_over_time(own, lived), 0.0)
    turned -= np.where(lived, _mean_over_time(turned, lived), 0.0)
    whole = (own[:, enough] ** 2).sum()
    left = ((own - turned)[:, enough] ** 2).sum()
    return angles, float(1 - left / max(whole, 1e-9))


def _mean(values: NDArray[np.float64], count: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.asarray(values.sum(axis=0) / np.maximum(count, 1))


def _mean_over_time(values: NDArray[np.float64], lived: NDArray[np.bool_]) -> NDArray[np.float64]:
    return np.asarray(
        values.sum(axis=1, keepdims=True) / np.maximum(lived.sum(axis=1, keepdims=True), 1)
    )


def _explained(off: NDArray[np.float64], fitted: NDArray[np.float64]) -> float:
    """Share of the points most of whose movement is the fitted one."""
    with np.errstate(all="ignore"):
        rest = np.nansum((off - fitted) ** 2, axis=(1, 2))
        whole = np.nansum((off - np.nanmean(off, axis=1, keepdims=True)) ** 2, axis=(1, 2))
    return float((rest < 0.5 * whole).mean())


def _about_rest(values: Series) -> Series:
    """About the usual pose, without the trembling of single points."""
    smooth = cv2.GaussianBlur(values[None], (0, 0), 1.0, borderType=cv2.BORDER_REPLICATE)[0]
    return np.asarray(smooth - np.median(smooth))
