"""Fit the puppet to a silhouette: damped least squares between two distance fields.

The signed distance to the puppet's outline is compared with that to the silhouette's, at points of
a coarse grid around it: what is covered too much and what is covered too little both pull. Limbs
are started from several angles, because what lies on the other side of a gap does not pull at all.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from photoplay.engines.parallax.subject import Mask
from photoplay.engines.parallax.transfer.puppet import body
from photoplay.engines.parallax.transfer.puppet.body import (
    LEFT_ARM,
    POSE_SIZE,
    RIGHT_ARM,
    SHAPE_SIZE,
    Angle,
    Shape,
    Vector,
)

_ACROSS = 36  # points of the grid over the height of a silhouette
_SEEN = 0.12  # of the height: distances beyond it hardly differ
_OFF = 0.02  # of the height: the error of an outline that is usual
_VOICES = 60.0  # as many independent points the silhouette counts as
_STEP = 1e-4
_ROUNDS = 12
_ENOUGH = 1e-3  # relative gain under which a fit is done
_BEYOND = 0.05  # rad beyond a limit that costs as much as one voice

Free = NDArray[np.bool_]

# How far joints go, rad, in the order of `Angle`; lengths are logarithms.
LIMITS = np.array(
    [
        (-np.inf, np.inf),
        (-np.inf, np.inf),
        (-0.9, 0.9),
        (-0.5, 0.5),
        (-0.7, 3.3),
        (-2.6, 2.6),
        (-0.7, 3.3),
        (-2.6, 2.6),
        (-0.35, 1.4),
        (-1.9, 0.8),
        (-0.35, 1.4),
        (-1.9, 0.8),
        (-0.8, 0.08),
        (-1.6, 0.1),
        (-1.6, 0.1),
    ]
)


@dataclass(frozen=True, slots=True)
class Silhouette:
    """A mask as distances at points: `at` (n, 2) px, `off` (n,) px, negative inside."""

    at: Vector
    off: Vector
    inside: NDArray[np.bool_]
    box: tuple[float, float, float, float]  # left, top, right, bottom, px

    @classmethod
    def of(cls, mask: Mask, height_px: float | None = None) -> Silhouette:
        """From a mask that is not empty. `height_px` is the figure's; else the mask's."""
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        top, bottom = float(rows[0]), float(rows[-1] + 1)
        left, right = float(columns[0]), float(columns[-1] + 1)
        tall = height_px or bottom - top
        step = max(1.0, tall / _ACROSS)
        margin = round(0.1 * tall)
        around = cv2.copyMakeBorder(
            mask.astype(np.uint8), margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=0
        )
        inside = cv2.distanceTransform(around, cv2.DIST_L2, 5)
        outside = cv2.distanceTransform(1 - around, cv2.DIST_L2, 5)
        x, y = np.meshgrid(
            np.arange(left - margin + step / 2, right + margin, step),
            np.arange(top - margin + step / 2, bottom + margin, step),
        )
        at = np.column_stack([x.ravel(), y.ravel()])
        column, row = (np.floor(at) + margin).astype(np.int64).T
        known = (column >= 0) & (row >= 0)
        known &= (column < around.shape[1]) & (row < around.shape[0])
        at, column, row = at[known], column[known], row[known]
        off = (outside - inside)[row, column].astype(np.float64)
        return cls(at, off, around[row, column] > 0, (left, top, right, bottom))

    def cover(self, shape: Shape, pose: Vector) -> float:
        """Intersection over union with the puppet, 0–1."""
        joints = body.joints_of(shape, pose)
        covered = body.distance(joints, body.radii_of(shape), self.at) < 0
        both = (covered & self.inside).sum()
        return float(both / max((covered | self.inside).sum(), 1))


@dataclass(frozen=True, slots=True)
class Prior:
    """What a pose is expected to be, and how far it usually is from there (infinite: anywhere)."""

    pose: Vector
    spread: Vector


@dataclass(frozen=True, slots=True)
class Fit:
    """A puppet that was fitted. `cost` is a mean of squared errors with what the priors add."""

    shape: Shape
    pose: Vector
    cost: float


def fit(
    silhouette: Silhouette,
    shape: Shape,
    pose: Vector,
    prior: Prior,
    *,
    free: Free | None = None,
    shape_spread: Vector | None = None,
    rounds: int = _ROUNDS,
) -> Fit:
    """The pose near `pose`, and with `shape_spread` the shape, that fit best (Levenberg–Marquardt).

    `free` tells which entries of the pose may change.
    """
    moves = np.ones(POSE_SIZE, np.bool_) if free is None else free
    with_shape = shape_spread is not None
    spread = np.full(SHAPE_SIZE, np.inf) if shape_spread is None else shape_spread
    open_ = np.concatenate([moves, np.full(SHAPE_SIZE, with_shape)])
    state = np.concatenate([pose, np.zeros(SHAPE_SIZE)])
    steps = np.full(len(state), _STEP)
    steps[:2] *= shape.height_px

    def residuals(at: Vector) -> Vector:
        now = shape.scaled(at[POSE_SIZE:]) if with_shape else shape
        known = _errors(silhouette, now, at[:POSE_SIZE], prior)
        return np.concatenate([known, at[POSE_SIZE:] / spread]) if with_shape else known

    def slopes(at: Vector, errors: Vector) -> Vector:
        moved = at + np.diag(steps)
        bent = _bent(silhouette, shape.scaled(at[POSE_SIZE:]), at, moved[:, :POSE_SIZE], prior)
        columns = []
        for index in np.flatnonzero(open_):
            if index < POSE_SIZE:
                now = np.concatenate([bent[index], at[POSE_SIZE:] / spread][: 1 + with_shape])
            else:
                now = residuals(moved[index])
            columns.append((now - errors) / steps[index])
        return np.stack(columns, axis=1)

    errors, damping = residuals(state), 1e-3
    for _ in range(rounds):
        slope = slopes(state, errors)
        # Sums this small are slower where several threads share them out, as `@` does.
        normal = np.einsum("na,nb->ab", slope, slope)
        pull = np.einsum("na,n->a", slope, errors)
        before = errors @ errors
        for _ in range(5):
            change = np.linalg.solve(normal + damping * np.diag(np.diag(normal) + 1e-9), -pull)
            trial = state.copy()
            trial[open_] += change
            found = residuals(trial)
            if found @ found < before:
                state, errors, damping = trial, found, damping / 5
                break
            damping *= 8
        if before - errors @ errors < _ENOUGH * before:
            break
    fitted = shape.scaled(state[POSE_SIZE:]) if with_shape else shape
    return Fit(fitted, state[:POSE_SIZE], float(errors @ errors))


def _bent(
    silhouette: Silhouette, shape: Shape, state: Vector, moved: Vector, prior: Prior
) -> list[Vector]:
    """Errors of poses that differ from `state` in one angle each, in the order of `Angle`.

    Only the capsules are measured anew that hang on the angle.
    """
    joints, radii = body.joints_of(shape, moved[:POSE_SIZE]), body.radii_of(shape)
    here = body.joints_of(shape, state[:POSE_SIZE])
    apart = body.capsule_distances(here, radii, silhouette.at)
    found = []
    for angle, at, pose in zip(Angle, joints, moved, strict=False):
        hang = body.HANGS[angle]
        off = body.capsule_distances(at, radii, silhouette.at, hang).min(axis=0)
        if hang.start > 0:
            off = np.minimum(off, apart[: hang.start].min(axis=0))
        if hang.stop < len(apart):
            off = np.minimum(off, apart[hang.stop :].min(axis=0))
        found.append(_errors_at(silhouette, shape, off, pose, prior))
    return found


def with_best_arms(silhouette: Silhouette, shape: Shape, pose: Vector, prior: Prior) -> Vector:
    """The pose with each arm at whichever of several angles costs least."""
    best = pose
    joints, radii = body.joints_of(shape, pose), body.radii_of(shape)
    apart = body.capsule_distances(joints, radii, silhouette.at)
    for arm, capsules in ((LEFT_ARM, body.ARMS[0]), (RIGHT_ARM, body.ARMS[1])):
        rest = np.delete(apart, capsules, axis=0).min(axis=0)
        least = np.inf
        chosen = best
        for trial in _arm_trials(best, arm):
            now = body.joints_of(shape, trial)
            limb = body.capsule_distances(now, radii, silhouette.at, capsules).min(axis=0)
            errors = _errors_at(silhouette, shape, np.minimum(rest, limb), trial, prior)
            cost = float(errors @ errors)
            if cost < least:
                least, chosen = cost, trial
        best = chosen
        apart = body.capsule_distances(body.joints_of(shape, best), radii, silhouette.at)
    return best


def _arm_trials(pose: Vector, arm: tuple[Angle, Angle]) -> list[Vector]:
    trials = [pose]
    for first in (0.1, 0.45, 0.9, 1.4, 1.9, 2.4, 2.9):
        for second in (-1.8, -0.9, 0.0, 0.9, 1.8):
            trial = pose.copy()
            trial[list(arm)] = first, second
            trials.append(trial)
    return trials


def _errors(silhouette: Silhouette, shape: Shape, pose: Vector, prior: Prior) -> Vector:
    off = body.distance(body.joints_of(shape, pose), body.radii_of(shape), silhouette.at)
    return _errors_at(silhouette, shape, off, pose, prior)


def _errors_at(
    silhouette: Silhouette, shape: Shape, off: Vector, pose: Vector, prior: Prior
) -> Vector:
    """Errors of the outline, of the expected pose, and of joints beyond their limits."""
    seen = _SEEN * shape.height_px
    apart = seen * (np.tanh(off / seen) - np.tanh(silhouette.off / seen))
    scale = _OFF * shape.height_px * np.sqrt(len(off) / _VOICES)
    beyond = np.maximum(pose - LIMITS[:, 1], 0) + np.maximum(LIMITS[:, 0] - pose, 0)
    return np.concatenate([apart / scale, (pose - prior.pose) / prior.spread, beyond / _BEYOND])
