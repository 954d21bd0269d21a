"""Where the camera of a film is at its end, and how it moves: measured from the pictures.

The pose of a frame is found by corners that it has in common with a scene whose depth is known. The
model is the one that frames are rendered by (`warp.source_map`), so what is measured can go on.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from photoplay.engines.parallax.scene import Scene
from photoplay.frames import RGB, Field

Numbers = NDArray[np.float64]

TRACKS = ("truck_x", "truck_y", "dolly", "pan_x", "pan_y", "roll_rad", "log_zoom")
_WORK_PX = 960  # long side of the pictures in which corners are looked for
_CORNERS = 500
_ENOUGH = 24  # corners that a pose is believed for
_NOISE_PX = 0.5  # how far a corner is off, in a picture of 1,000 px
# What is usual in shares of the frame: where depth does not tell a truck from a pan, it is a pan.
_USUAL = np.array([0.05, 0.05, 0.2, 1.0, 1.0, 0.5, 1.0])
# What of a change is seen in the middle distance: across, down, turned, closer. A truck can stand
# for a pan, and a dolly for a zoom.
_SEEN = np.array(
    [
        [0.5, 0, 0, 0],
        [0, 0.5, 0, 0],
        [0, 0, 0, 0.5],
        [1, 0, 0, 0],
        [0, 1, 0, 0],
        [0, 0, 0.5, 0],
        [0, 0, 0, 1],
    ]
)
_ROUNDS = 8
_BENDS = 20.0  # F of a path that is no line; noise has 0 to 5 and snow up to 11, a bend 35 and more


@dataclass(frozen=True, slots=True)
class Start:
    """A pose to begin with and its change from frame to frame: values of `TRACKS`.

    Ways are shares of the frame's width and height. `is_measured`: else it is a guess, at rest.
    """

    at: Numbers
    speed: Numbers
    is_measured: bool = True

    @classmethod
    def at_rest(cls) -> Start:
        """The still itself, and nothing moves."""
        return cls(np.zeros(len(TRACKS)), np.zeros(len(TRACKS)), is_measured=False)


def measure_end(scene: Scene, frames: list[RGB], *, is_still: bool) -> Start:
    """How the camera stands and moves at the end of `frames`, the last of a film.

    `is_still`: the scene is that of the last frame; else it is that of another picture of the same
    place, from which the film was made. What cannot be measured is at rest.
    """
    now = np.zeros(len(TRACKS)) if is_still else pose_of(scene, frames[-1])
    if now is None:
        return Start.at_rest()
    found = [pose_of(scene, frame) for frame in frames[:-1]]
    known = [(number - len(found), pose) for number, pose in enumerate(found) if pose is not None]
    if not known:
        return Start(now, np.zeros(len(TRACKS)))
    times = np.array([time for time, _ in known], np.float64)
    return Start(now, _speed_now(times, np.stack([pose - now for _, pose in known])))


def _speed_now(times: Numbers, ways: Numbers) -> Numbers:
    """The slope at 0, where the way is 0, of a curve through `ways` (n, tracks) at `times`.

    A camera that comes to rest is slower at the end than over the frames before it, so the curve is
    a parabola where that fits far better than a line (an F test); else it would follow the noise.
    """
    terms = np.stack([times, times**2], axis=1)
    fits = [np.linalg.lstsq(terms[:, :count], ways, rcond=None)[0] for count in (1, 2)]
    line, parabola = (
        float((((terms[:, : len(fit)] @ fit - ways) @ _SEEN) ** 2).sum()) for fit in fits
    )
    spare = len(times) - 2
    bends = spare > 0 and (line - parabola) * spare > _BENDS * parabola
    return np.asarray(fits[bends][0])


def pose_of(scene: Scene, frame: RGB) -> Numbers | None:
    """The pose from which `frame` shows the scene; None if too little of it is recognised."""
    raster = scene.canvas.raster
    scale = min(1.0, _WORK_PX / max(raster.width_px, raster.height_px))
    still, seen = (_grey(picture, scale) for picture in (scene.canvas.picture, frame))
    pairs = _pairs(still, seen)
    if pairs is None:
        return None
    size = np.array([raster.width_px, raster.height_px])
    in_frame, in_still = (points / scale / size for points in pairs)
    return _fitted(scene, in_frame, in_still)


def _grey(picture: RGB, scale: float) -> NDArray[np.uint8]:
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    return np.asarray(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))


def _pairs(
    still: NDArray[np.uint8], seen: NDArray[np.uint8]
) -> tuple[NDArray[np.float32], NDArray[np.float32]] | None:
    """Places (n, 2) of the same corners in the frame and in the still."""
    view = rough_view(still, seen)
    if view is None:
        return None
    height, width = seen.shape
    laid = cv2.warpAffine(still, view, (width, height), flags=cv2.INTER_LINEAR)
    corners = cv2.goodFeaturesToTrack(seen, _CORNERS, 0.005, 8)
    if corners is None or len(corners) < _ENOUGH:
        return None
    there, found, _ = cv2.calcOpticalFlowPyrLK(seen, laid, corners, None, maxLevel=3)
    back, found_back, _ = cv2.calcOpticalFlowPyrLK(laid, seen, there, None, maxLevel=3)
    away = np.abs(back - corners).reshape(-1, 2).max(axis=1)
    inside = ((there > 8) & (there < np.array([width - 8, height - 8]))).reshape(-1, 2).all(axis=1)
    good = (found.ravel() > 0) & (found_back.ravel() > 0) & (away < 0.5) & inside
    if good.sum() < _ENOUGH:
        return None
    undo = cv2.invertAffineTransform(view)
    in_still = cv2.transform(there[good], undo).reshape(-1, 2)
    return corners[good].reshape(-1, 2), in_still


def rough_view(still: NDArray[np.uint8], seen: NDArray[np.uint8]) -> Numbers | None:
    """The similarity (2, 3) that lays `still` over `seen`; None if they share too little."""
    corners = cv2.goodFeaturesToTrack(still, _CORNERS, 0.005, 8)
    if corners is None or len(corners) < _ENOUGH:
        return None
    there, found, _ = cv2.calcOpticalFlowPyrLK(still, seen, corners, None, maxLevel=4)
    back, again, _ = cv2.calcOpticalFlowPyrLK(seen, still, there, None, maxLevel=4)
    away = np.abs(back - corners).reshape(-1, 2).max(axis=1)
    good = (found.ravel() > 0) & (again.ravel() > 0) & (away < 1)
    if good.sum() >= max(_ENOUGH, 0.3 * len(corners)):  # little has moved: no need to search
        return _similarity(corners[good].reshape(-1, 2), there[good].reshape(-1, 2))
    finder = cv2.ORB.create(1500)
    (points, marks), (other_points, other_marks) = (
        finder.detectAndCompute(picture, None) for picture in (still, seen)
    )
    if marks is None or other_marks is None:
        return None
    matches = cv2.BFMatcher(cv2.NORM_HAMMING, crossCheck=True).match(marks, other_marks)
    if len(matches) < _ENOUGH:
        return None
    first = np.array([points[match.queryIdx].pt for match in matches], np.float32)
    second = np.array([other_points[match.trainIdx].pt for match in matches], np.float32)
    return _similarity(first, second)


def _similarity(first: NDArray[np.float32], second: NDArray[np.float32]) -> Numbers | None:
    cv2.setRNGSeed(0)
    view, inliers = cv2.estimateAffinePartial2D(
        first, second, method=cv2.RANSAC, ransacReprojThreshold=4.0, maxIters=4000
    )
    if view is None or inliers.sum() < _ENOUGH:
        return None
    return np.asarray(view, np.float64)


def _fitted(scene: Scene, in_frame: Numbers, in_still: Numbers) -> Numbers | None:
    """Gauss–Newton over all tracks, with corners that do not fit weighing less (Huber)."""
    depth = _depth_at(scene, in_still)
    noise = _NOISE_PX / 1000
    tracks = np.zeros(len(TRACKS))
    steps = np.full(len(TRACKS), 1e-5)
    for _ in range(_ROUNDS):
        off = _shown(scene, tracks, in_frame, depth) - in_still
        slopes = np.stack(
            [
                (_shown(scene, tracks + step * axis, in_frame, depth) - in_still - off) / step
                for step, axis in zip(steps, np.eye(len(TRACKS)), strict=True)
            ],
            axis=-1,
        )
        weight = 1 / np.maximum(np.linalg.norm(off, axis=1) / (3 * noise), 1) ** 0.5
        rows = (slopes * weight[:, None, None] / noise).reshape(-1, len(TRACKS))
        wanted = -(off * weight[:, None] / noise).ravel()
        rows = np.concatenate([rows, np.diag(1 / _USUAL)])
        wanted = np.concatenate([wanted, -tracks / _USUAL])
        tracks = tracks + np.linalg.lstsq(rows, wanted, rcond=None)[0]
    off = np.linalg.norm(_shown(scene, tracks, in_frame, depth) - in_still, axis=1)
    return tracks if np.median(off) < 6 * noise else None


def _shown(scene: Scene, tracks: Numbers, points: Numbers, depth: Numbers) -> Numbers:
    """Where in the still points of a frame lie, in shares: `warp.source_map` at single points."""
    truck_x, truck_y, dolly, pan_x, pan_y, roll, log_zoom = tracks
    raster = scene.canvas.raster
    size, pivot = np.array([raster.width_px, raster.height_px]), np.array(scene.pivot)
    x, y = ((points - pivot) * size).T / np.exp(log_zoom)
    cos, sin = np.cos(roll), np.sin(roll)
    turned = np.stack([cos * x + sin * y, cos * y - sin * x], axis=1) / size + [pan_x, pan_y]
    there = turned * (1 - dolly * depth)[:, None] + np.outer(depth, [truck_x, truck_y]) + pivot
    return np.asarray(there)


def _depth_at(scene: Scene, points: Numbers) -> Numbers:
    """Inverse depth of what is seen at points of the still: of the subject where it stands."""
    raster = scene.canvas.raster
    x, y = (points * [raster.width_px, raster.height_px]).T.astype(np.float32)[:, None, :]

    def look_up(nodes: Field) -> Numbers:
        return np.asarray(scene.grid.look_up(nodes, x, y), np.float64).ravel()

    far = look_up(scene.layers[0].depth)
    if not scene.is_layered:
        return far
    near = look_up(scene.layers[-1].depth)
    return np.where(look_up(scene.regions.subject) > 0.5, near, far)
