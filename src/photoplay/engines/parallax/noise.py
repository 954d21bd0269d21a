"""Smooth random curves and fields: the irregularity of hands, wind and water."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from photoplay.frames import Field


def drift(
    count: int,
    seed: int,
    *,
    fps: float,
    corner_hz: float,
    order: float,
    cut_hz: float,
    loop: bool = False,
) -> NDArray[np.float64]:
    """A random curve of unit deviation: flat up to `corner_hz`, then falling as f^-order.

    Nothing above `cut_hz`, little below 0.08 Hz (it would be a move, not a shake). That of a loop
    has its own length as its period.
    """
    rng = np.random.default_rng(seed)
    length = count if loop else max(2 * count, round(8 * fps))
    hz = np.fft.rfftfreq(length, 1 / fps)
    spectrum = rng.normal(size=hz.shape) + 1j * rng.normal(size=hz.shape)
    spectrum /= (1 + (hz / corner_hz) ** 2) ** (order / 2)
    spectrum[hz > cut_hz] = 0
    spectrum[hz < 0.08] *= 0.3
    spectrum[0] = 0
    curve = np.fft.irfft(spectrum, length)[:count]
    return np.asarray(curve / (curve.std() + 1e-9))


def turbulence(
    shape: tuple[int, int],
    duration_s: float,
    seed: int,
    *,
    scale: float,
    rate_hz: float,
    loop: bool = False,
) -> Callable[[float], Field]:
    """Value noise over nodes and time: `field(time_s)` has about unit deviation.

    Features are `scale` nodes wide and change `rate_hz` times a second. As a loop it comes round
    after `duration_s`. A larger or longer one begins with the same values.
    """
    steps = int(np.ceil(duration_s * rate_hz)) + 3
    if loop:
        steps = max(2, round(duration_s * rate_hz))
        rate_hz = steps / duration_s
    rows, columns = (int(np.ceil(side / scale)) + 3 for side in shape)
    lattice = np.empty((steps, rows, columns), np.float32)
    for step in range(steps):
        for column in range(columns):
            lattice[step, :, column] = np.random.default_rng([seed, step, column]).normal(size=rows)

    def field(time_s: float) -> Field:
        at = time_s * rate_hz
        step = int(at)
        share = at - step
        after = step + 1
        if loop:
            step, after = step % steps, after % steps
        share = share * share * (3 - 2 * share)
        mixed = lattice[step] * (1 - share) + lattice[after] * share
        fine = cv2.resize(mixed, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
        return np.asarray(fine[: shape[0], : shape[1]])

    return field
