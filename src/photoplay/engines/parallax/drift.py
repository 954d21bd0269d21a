"""What a film has lost or gained since its first frame: brightness, colour, sharpness.

Two frames are compared where they show the same: the first is laid over the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from photoplay.engines.parallax.momentum import Numbers, rough_view
from photoplay.frames import I420, RGB, split_planes

_WORK_PX = 960
_MOST = 4.0  # steps of 8 bits that are corrected: more is no drift
_LEAST_SHARED = 0.15  # of the frame: less in common says little about all of it

Lab = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Drift:
    """How a frame differs from the first: CIELAB, and the share of its fine detail, in per cent.

    `is_registered`: they were compared where they show the same; else as wholes.
    """

    lightness: float
    a: float
    b: float
    sharpness_percent: float
    planes: tuple[float, float, float]  # the same in 8-bit steps of Y, U and V
    is_registered: bool

    @property
    def delta_e(self) -> float:
        """Colour difference, CIE 1976."""
        return float(np.sqrt(self.lightness**2 + self.a**2 + self.b**2))


def measure_drift(first: RGB, now: RGB) -> Drift:
    """How `now` differs from the first frame of its film, both of one size."""
    scale = min(1.0, _WORK_PX / max(first.shape[:2]))
    small = [
        cv2.resize(frame, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        for frame in (first, now)
    ]
    greys = [cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in small]
    height, width = greys[0].shape
    view = rough_view(greys[0], greys[1])
    shared = np.ones((height, width), np.bool_)
    laid = small[0]
    if view is not None:
        laid = cv2.resize(_laid(first, view, scale), (width, height), interpolation=cv2.INTER_AREA)
        cover = cv2.warpAffine(np.ones((height, width), np.float32), view, (width, height))
        shared = cv2.erode(cover, np.ones((9, 9), np.uint8)) > 0.999
    is_registered = view is not None and float(shared.mean()) >= _LEAST_SHARED
    if not is_registered:
        laid, shared = small[0], np.ones((height, width), np.bool_)
    lightness, a, b = _apart(_lab(laid)[shared], _lab(small[1])[shared], is_registered)
    y, u, v = _apart(_yuv(laid)[shared], _yuv(small[1])[shared], is_registered)
    sharp = _detail(small[1], shared) / max(_detail(laid, shared), 1e-6)
    return Drift(lightness, a, b, 100 * sharp, (y, u, v), is_registered)


def _laid(first: RGB, view: Numbers, scale: float) -> RGB:
    """The first frame seen as the other is, at full size: what is made smaller later loses less."""
    whole = view.copy()
    whole[:, 2] /= scale
    height, width = first.shape[:2]
    return np.asarray(cv2.warpAffine(first, whole, (width, height), flags=cv2.INTER_CUBIC))


def _apart(before: Lab, after: Lab, is_registered: bool) -> tuple[float, float, float]:
    """The difference at most places; of what shows different things, only that of the wholes."""
    apart = np.median(after - before, axis=0) if is_registered else after.mean(0) - before.mean(0)
    return float(apart[0]), float(apart[1]), float(apart[2])


def _yuv(picture: RGB) -> Lab:
    smooth = cv2.GaussianBlur(picture, (0, 0), 2).astype(np.float32)
    red, green, blue = np.moveaxis(smooth, 2, 0)
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    shares = (luma * 219, (blue - luma) / 1.8556 * 224, (red - luma) / 1.5748 * 224)
    return np.asarray(np.stack(shares, axis=2) / 255, np.float32)


def _lab(picture: RGB) -> Lab:
    smooth = cv2.GaussianBlur(picture, (0, 0), 2).astype(np.float32) / 255
    return np.asarray(cv2.cvtColor(smooth, cv2.COLOR_RGB2LAB))


def _detail(picture: RGB, where: NDArray[np.bool_]) -> float:
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32)
    return float(np.abs(cv2.Laplacian(grey, cv2.CV_32F))[where].mean())


def corrected(pixels: Iterator[I420], drift: Drift, count: int) -> Iterator[I420]:
    """The frames of the next part, led back to the first frame's brightness and colour by its end.

    Slowly: at most a step of 8 bits at a time, which nobody sees, and no more than `_MOST` in all.
    """
    if not drift.is_registered:
        yield from pixels
        return
    try:
        for number, frame in enumerate(pixels, 1):
            for plane, apart in zip(split_planes(frame), drift.planes, strict=True):
                step = round(min(max(apart, -_MOST), _MOST) * number / count)
                if step > 0:
                    cv2.subtract(plane, step, dst=plane)
                elif step < 0:
                    cv2.add(plane, -step, dst=plane)
            yield frame
    finally:
        close = getattr(pixels, "close", None)
        if close is not None:
            close()
