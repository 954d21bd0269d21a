"""From a picture that is given to what is rendered: their difference fades, frame by frame."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from photoplay.engines.parallax.reel import Renderer
from photoplay.frames import I420, split_planes

SETTLE_FRAMES = 8  # fine detail stays where it was while the camera moves on: not for longer
_BROAD_FRAMES = 48  # light and colour show no such ghost: two seconds hide their change
_BROAD_SHARE = 0.03  # of the frame's width: the size of what is light, and no detail
_STEPS = 64  # of a share: a difference times this still fits into 16 bits


def difference(wanted: I420, rendered: I420) -> NDArray[np.int16]:
    """What is to be added to what was rendered."""
    apart = wanted.astype(np.int16)
    apart -= rendered
    return apart


class Fading:
    """A difference of two frames, laid over others by a share that falls from 1 to 0.

    A step of 8 bits is the least that can be laid on, so half of a difference of one is one at half
    of the pixels, always the same ones: rounded alike, all of them would change in one frame.
    """

    def __init__(self, apart: NDArray[np.int16]) -> None:
        self._apart = apart
        draw = np.random.default_rng(0).integers(0, _STEPS, (256, apart.shape[1]), np.uint8)
        self._above = np.resize(draw, apart.shape)  # rows repeat: nobody sees it, and it is quick

    def lay_over(self, picture: I420, share: float) -> None:
        """Add `share` of the difference to `picture`."""
        fading = self._apart * np.int16(round(share * _STEPS))
        fading += self._above
        fading >>= _STEPS.bit_length() - 1
        cv2.add(picture, fading, dst=picture, dtype=cv2.CV_8U)


class Settling:
    """A renderer whose frame 0 is `last`, and whose later frames are less and less led by it.

    What frame 0 differs by is laid over the frames and fades: its detail soon, and its light and
    colour slowly. So two renderings of one place, of other sharpness or grade, are joined.
    """

    def __init__(self, renderer: Renderer, last: I420) -> None:
        self._renderer, self._last = renderer, last
        apart = difference(last, renderer.frame(0, renderer.empty_frame()))
        broad = _broad(apart)
        self._parts = ((Fading(apart - broad), SETTLE_FRAMES), (Fading(broad), _BROAD_FRAMES))

    def empty_frame(self) -> I420:
        """A buffer to render into."""
        return self._renderer.empty_frame()

    def frame(self, number: int, out: I420) -> I420:
        """Frame `number`, rendered into `out`."""
        if number == 0:
            out[:] = self._last
            return out
        picture = self._renderer.frame(number, out)
        for part, frames in self._parts:
            if number < frames:
                part.lay_over(picture, (1 + np.cos(np.pi * number / frames)) / 2)
        return picture


def _broad(apart: NDArray[np.int16]) -> NDArray[np.int16]:
    """What is broad of a difference of two frames, plane by plane."""
    broad = np.empty_like(apart)
    for plane, smooth in zip(split_planes(apart), split_planes(broad), strict=True):
        sigma_px = _BROAD_SHARE * plane.shape[1]
        scale = min(1.0, 4 / sigma_px)  # what is so broad is found in a small picture
        small = cv2.resize(plane, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        small = cv2.GaussianBlur(small.astype(np.float32), (0, 0), sigma_px * scale)
        size = (plane.shape[1], plane.shape[0])
        smooth[:] = np.round(cv2.resize(small, size, interpolation=cv2.INTER_LINEAR))
    return broad
