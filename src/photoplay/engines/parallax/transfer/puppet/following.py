"""Follow a person through a video: proportions once, then the pose of each frame.

A few frames are cut out without knowing of people, and a puppet is fitted to each. Where these fits
are good and agree, it is a person; from the best of them the puppet is led through all frames, and
tells in each where to cut.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from photoplay.engines.parallax.subject import Mask
from photoplay.engines.parallax.transfer.puppet import body
from photoplay.engines.parallax.transfer.puppet.backdrop import Backdrop
from photoplay.engines.parallax.transfer.puppet.body import POSE_SIZE, Angle, Shape, Vector
from photoplay.engines.parallax.transfer.puppet.fit import (
    Fit,
    Prior,
    Silhouette,
    fit,
    with_best_arms,
)
from photoplay.engines.parallax.transfer.puppet.gaps import clear_share
from photoplay.engines.parallax.transfer.puppet.silhouettes import first_guess, guided
from photoplay.frames import RGB

Poses: TypeAlias = NDArray[np.float64]  # (frames, POSE_SIZE)

_TRIALS = 13  # frames that are cut out without a puppet
_AGREEING = 5  # of them, the best ones make the proportions
_LEAST_AREA = 0.004  # of the frame: less is nobody
_ELBOW = 0.25  # of a forearm: what is nearer to it may hang before the trunk

# How far a pose usually is from an upright one, and from that of a twelfth of a second before.
_ANYWHERE = np.array(
    [np.inf, np.inf, 0.25, 0.15, 1.5, 1.0, 1.5, 1.0, 0.3, 0.4, 0.3, 0.4, 0.15, 0.12, 0.12]
)
_A_MOMENT = np.array(
    [np.inf, np.inf, 0.12, 0.1, 0.5, 0.5, 0.5, 0.5, 0.15, 0.25, 0.15, 0.25, 0.08, 0.15, 0.15]
)
# By how much of the way a pose is drawn back to an upright one between two looks: where a head is
# not told from the background, it would turn on and on.
_BACK = np.zeros(POSE_SIZE)
_BACK[[Angle.HEAD, Angle.TRUNK_LENGTH, Angle.LEFT_LEG_LENGTH, Angle.RIGHT_LEG_LENGTH]] = 0.3
# How far proportions are from the usual ones, logarithms in the order of `Shape`.
SHAPE_SPREAD = np.array([0.15, 0.12, 0.15, 0.2, 0.12, 0.12, 0.2, 0.25, 0.25, 0.2])


@dataclass(frozen=True, slots=True)
class Followed:
    """A person in a video: proportions, the pose of each frame (px of the frame), how sure.

    `first_cover` is the median intersection over union of puppet and figure before the puppet was
    known, and `cover` that of each frame; `clear` (frames, 2) is the share of the left and the
    right forearm that can be told from what is beside it. `explained` is the share of what surely
    moves that the puppet covers, `beside` the share of the puppet that surely lies on backdrop, and
    `cut_off` the share of frames in which the figure goes on beyond the top or a side.
    """

    shape: Shape
    poses: Poses
    first_cover: float
    cover: NDArray[np.float64]
    clear: NDArray[np.float64]
    explained: float
    beside: float
    cut_off: float


@dataclass(frozen=True, slots=True)
class _Trial:
    number: int
    cover: float
    area: float
    is_cut_off: bool
    fit: Fit


def upright(silhouette: Silhouette) -> tuple[Shape, Vector]:
    """A person of usual proportions who fills the box of a silhouette from top to bottom."""
    left, top, right, bottom = silhouette.box
    pose = np.zeros(POSE_SIZE)
    pose[Angle.ROOT_X], pose[Angle.ROOT_Y] = (left + right) / 2, top + 0.52 * (bottom - top)
    pose[[Angle.LEFT_ARM, Angle.RIGHT_ARM]] = 0.4
    pose[[Angle.LEFT_THIGH, Angle.RIGHT_THIGH]] = 0.08
    return Shape(bottom - top), pose


def fit_person(silhouette: Silhouette) -> Fit:
    """Proportions and pose of whoever has this silhouette."""
    shape, pose = upright(silhouette)
    prior = Prior(pose.copy(), _ANYWHERE)
    found = fit(silhouette, shape, pose, prior, rounds=3)
    for _ in range(2):
        pose = with_best_arms(silhouette, found.shape, found.pose, prior)
        found = fit(silhouette, found.shape, pose, prior, shape_spread=SHAPE_SPREAD)
    return found


def follow_person(
    frames: Sequence[RGB], backdrop: Backdrop, check_cancelled: Callable[[], None]
) -> Followed | None:
    """Follow whoever moves before the backdrop; None where no person was found."""
    zooms = np.sqrt(np.abs(np.linalg.det(backdrop.views[:, :, :2])))
    trials = []
    for number in np.unique(np.linspace(0, len(frames) - 1, _TRIALS).astype(int)).tolist():
        check_cancelled()
        mask = first_guess(frames[number], backdrop, number)
        if mask.mean() < _LEAST_AREA:
            continue
        silhouette = Silhouette.of(mask)
        found = fit_person(silhouette)
        cover, edges = silhouette.cover(found.shape, found.pose), (mask[0], mask[:, 0], mask[:, -1])
        cut = any(bool(edge.any()) for edge in edges)
        trials.append(_Trial(number, cover, float(mask.mean()), cut, found))
    if len(trials) < _AGREEING:
        return None
    whole = float(np.percentile([trial.area for trial in trials], 80))
    trials.sort(key=lambda trial: -trial.cover * min(trial.area / whole, 1.0))
    shape = _agreed(
        [trial.fit.shape.zoomed(1 / zooms[trial.number]) for trial in trials[:_AGREEING]]
    )
    start = trials[0].number
    poses = np.zeros((len(frames), POSE_SIZE))
    covers, clear = np.zeros(len(frames)), np.zeros((len(frames), 2))
    tally = np.zeros(4)
    for way in (range(start, len(frames)), range(start - 1, -1, -1)):
        pose = trials[0].fit.pose if way.step > 0 else poses[start]
        for number in way:
            check_cancelled()
            sized = shape.zoomed(zooms[number])
            mask = guided(frames[number], backdrop, number, sized, pose)
            if mask.mean() >= _LEAST_AREA:
                pose, covers[number] = _next(mask, sized, pose)
                clear[number] = _clear(mask, sized, pose)
            poses[number] = pose
            tally += _tally(backdrop, number, sized, pose)
    explained = float(tally[0] / max(tally[1], 1))
    beside = float(tally[2] / max(tally[3], 1))
    cut_off = float(np.mean([trial.is_cut_off for trial in trials]))
    first = float(np.median([trial.cover for trial in trials]))
    return Followed(shape, poses, first, covers, clear, explained, beside, cut_off)


def _agreed(shapes: list[Shape]) -> Shape:
    values = {
        each.name: float(np.median([getattr(shape, each.name) for shape in shapes]))
        for each in fields(Shape)
    }
    return Shape(**values)


def _next(mask: Mask, shape: Shape, before: Vector) -> tuple[Vector, float]:
    """The pose of a figure, and how well the puppet covers it."""
    silhouette = Silhouette.of(mask, shape.height_px)
    prior = Prior(before * (1 - _BACK), _A_MOMENT)
    pose = with_best_arms(silhouette, shape, before, prior)
    found = fit(silhouette, shape, pose, prior, rounds=6)
    return found.pose, silhouette.cover(shape, found.pose)


def _clear(mask: Mask, shape: Shape, pose: Vector) -> list[float]:
    """How much of the forearms can be told from what is beside them."""
    joints, radii = body.joints_of(shape, pose), body.radii_of(shape)
    forearms = (slice(arm.stop - 1, arm.stop) for arm in body.ARMS)
    return [clear_share(mask, joints, radii, each, _ELBOW) for each in forearms]


def _tally(backdrop: Backdrop, number: int, shape: Shape, pose: Vector) -> Vector:
    """Pixels that surely move under the puppet, and in all; its own on backdrop, and in all."""
    figure, nothing = backdrop.known(number)
    covered = drawn(shape, pose, figure.shape)
    return np.array(
        [(figure & covered).sum(), figure.sum(), (nothing & covered).sum(), covered.sum()],
        np.float64,
    )


def drawn(shape: Shape, pose: Vector, size: tuple[int, int]) -> Mask:
    """The puppet as a mask."""
    picture = np.zeros(size, np.uint8)
    joints, radii = body.joints_of(shape, pose), body.radii_of(shape)
    for (start, end, *_), (from_px, to_px) in zip(body.CAPSULES, radii, strict=True):
        a, b = joints[start], joints[end]
        for share in np.linspace(0, 1, 7):
            at = a + share * (b - a)
            radius = from_px + share * (to_px - from_px)
            centre = (round(float(at[0]) * 16 - 8), round(float(at[1]) * 16 - 8))
            cv2.circle(picture, centre, max(round(float(radius) * 16), 0), 1, -1, cv2.LINE_8, 4)
    return picture > 0
