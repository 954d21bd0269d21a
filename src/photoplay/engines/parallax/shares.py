"""Shares, 0–1, of what lies between two values."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Real = TypeVar("Real", np.float32, np.float64)


def ramp(value: float, low: float, high: float) -> float:
    """0 up to `low`, 1 from `high` on, straight between."""
    return float(np.clip((value - low) / (high - low), 0, 1))


def eased(shares: NDArray[Real]) -> NDArray[Real]:
    """Smoothstep of shares clipped to 0–1: at rest at both ends."""
    shares = shares.clip(0, 1)
    return np.asarray(shares * shares * (3 - 2 * shares))
