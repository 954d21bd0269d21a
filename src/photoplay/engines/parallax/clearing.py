"""Weather taken out of a frame that it was drawn into, where it is known to the last particle."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from photoplay.frames import I420, split_planes

_DARK, _LIGHT = 0, 96  # two even planes to draw on: what is added to both is light
_LEAST_SHARE = 0.75  # of a pixel's own value that must be left: less magnifies the codec's noise
_BRIGHTEST = 235  # what is brighter may have been brighter still
_TOUCHED = 2.0  # steps of 8 bits: what weather changed less is left as it is
_AROUND_PX = 3


def cleared(frame: I420, draw: Callable[[I420], None]) -> I420:
    """`frame` without the weather that `draw` draws into a picture.

    Drawing is a share of what was there and something added, pixel by pixel, so it can be undone.
    Where too little is left of a pixel, or it is burnt out, it is filled from around it (Telea, An
    image inpainting technique based on the fast marching method, 2004).
    """
    drawn = [np.full_like(frame, level) for level in (_DARK, _LIGHT)]
    for plane in drawn:
        draw(plane)
    added = drawn[0].astype(np.float32)
    share = (drawn[1] - added) / (_LIGHT - _DARK)
    clear = np.round((frame - added) / np.maximum(share, _LEAST_SHARE)).clip(0, 255)
    is_touched = (added > _TOUCHED) | (share < 1 - _TOUCHED / _LIGHT)
    whole = np.where(is_touched, clear, frame).astype(np.uint8)
    is_lost = is_touched & ((share < _LEAST_SHARE) | (frame >= _BRIGHTEST))
    lost = is_lost.astype(np.uint8)
    for plane, holes in zip(split_planes(whole), split_planes(lost), strict=True):
        if holes.any():
            plane[:] = cv2.inpaint(plane.copy(), holes, _AROUND_PX, cv2.INPAINT_TELEA)
    return whole
