"""How the light differs between two stills: matched on the way, and untouched at both ends."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from photoplay.engines.parallax.transition.match import (
    Match,
    all_positions,
    filled,
    looked_up,
    mapped,
)
from photoplay.frames import I420, Field, Plane, split_planes

_BLACK, _FLOOR = 16, 8.0  # luma of black; added to it, so that ratios of shadows mean something
_MOST_LOG_GAIN = 1.4
_SMOOTH_PX = 14.0  # at the working size: what is finer is detail, not light

Tones = NDArray[np.float32]  # (h, w, 3): log gain of luma, shifts of U and V


@dataclass(frozen=True, slots=True)
class Difference:
    """What makes the first still as light as the second, at the points of either."""

    first: Tones
    second: Tones


def between(first: I420, second: I420, match: Match) -> Difference:
    """The difference in light, smooth, from where both stills show the same."""
    shape = match.trust.shape
    here, there = _levels(first, shape), _levels(second, shape)
    positions = all_positions(shape)
    inverse = np.linalg.inv(match.homography)
    to_second = mapped(match.homography, positions + match.residual)
    to_first = mapped(inverse, positions + match.back)
    return Difference(
        _difference(here, looked_up(there, to_second), match.trust),
        _difference(looked_up(here, to_first), there, match.back_trust),
    )


def _levels(frame: I420, shape: tuple[int, ...]) -> Tones:
    return np.dstack(
        [
            cv2.resize(plane, (shape[1], shape[0]), interpolation=cv2.INTER_AREA).astype(np.float32)
            for plane in split_planes(frame)
        ]
    )


def _difference(one: Tones, other: Tones, trust: Field) -> Tones:
    """Means over where it can be trusted, there and around; beyond it goes on as it is."""
    weight = cv2.GaussianBlur(trust, (0, 0), _SMOOTH_PX)
    means = [
        cv2.GaussianBlur(tones * trust[..., None], (0, 0), _SMOOTH_PX)
        / np.maximum(weight, 1e-4)[..., None]
        for tones in (one, other)
    ]
    luma = [np.maximum(mean[..., 0] - _BLACK, 0) + _FLOOR for mean in means]
    gain = np.log(luma[1] / luma[0]).clip(-_MOST_LOG_GAIN, _MOST_LOG_GAIN)
    shift = means[1][..., 1:] - means[0][..., 1:]
    known = (weight * 4).clip(0, 1)
    return filled(np.dstack([gain, shift]).astype(np.float32), known)


def mean_log_gain(one: Plane, other: Plane) -> float:
    """How much lighter the second luma is as a whole."""
    means = [max(float(plane.mean()) - _BLACK, 0) + _FLOOR for plane in (one, other)]
    return float(np.clip(np.log(means[1] / means[0]), -_MOST_LOG_GAIN, _MOST_LOG_GAIN))
