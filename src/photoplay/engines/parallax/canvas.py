"""Lay the still on the canvas of the clip: size, crop, transparency."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from photoplay.clip import Tier
from photoplay.engines.parallax import cues
from photoplay.engines.parallax.color import to_i420
from photoplay.frames import I420, RGB, Field, Raster

Pixels = TypeVar("Pixels", RGB, Field)
_FAINT = 0.02  # what covers less is not seen
_FARTHEST_BACKDROP = 0.15  # share of a side: beyond it even a sweep of light is seen to turn round


@dataclass(frozen=True, slots=True)
class Cut:
    """A transparent still before it was composited: its own colours, its matte, its backdrop."""

    colours: RGB
    matte: Field
    backdrop: RGB


@dataclass(frozen=True, slots=True)
class Window:
    """Part of a picture, in shares of its width and height."""

    left: float
    top: float
    width: float
    height: float


WHOLE = Window(0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True)
class Canvas:
    """The still at the size of the clip; its first frame.

    `cut` is the still's own transparency, if it had any: a perfect cut-out. Where the canvas shows
    a part of a still only, `window` is that part and `whole` all of it, small: light falls on the
    whole of it.
    """

    raster: Raster
    picture: RGB
    cut: Cut | None
    window: Window = WHOLE
    whole: RGB | None = None

    @cached_property
    def frame(self) -> I420:
        """The picture as the first frame of the clip. Not to be written to."""
        return to_i420(self.picture)

    @cached_property
    def backdrop_beyond(self) -> tuple[float, float]:
        """Shares of width and height by which a backdrop goes on beyond the border, mirrored.

        No farther than the cut-out is from it, which would be seen a second time.
        """
        if self.cut is None:
            return 0.0, 0.0
        matte = self.cut.matte
        return _margin(matte.max(axis=0) < _FAINT), _margin(matte.max(axis=1) < _FAINT)


def _margin(is_free: NDArray[np.bool_]) -> float:
    """The lesser of two margins, as a share of the whole, at most `_FARTHEST_BACKDROP`."""
    taken = np.flatnonzero(~is_free)
    if not len(taken):
        return _FARTHEST_BACKDROP
    least = min(taken[0], len(is_free) - 1 - taken[-1]) / len(is_free)
    return float(min(least, _FARTHEST_BACKDROP))


def fit_raster(width_px: int, height_px: int, tier: Tier, aspect: Fraction | None) -> Raster:
    """The size with the tier's pixel count and the still's (or the given) aspect.

    Sides are multiples of 4: then the chroma planes of a frame have whole rows in one buffer.
    """
    ratio = float(aspect) if aspect else width_px / height_px
    height = (tier.pixels / ratio) ** 0.5
    return Raster(4 * max(4, round(height * ratio / 4)), 4 * max(4, round(height / 4)))


def crop_centre(picture: RGB, raster: Raster | None = None) -> tuple[float, float]:
    """Where a crop should look, as shares of width and height: faces, else what stands out.

    With the shape of a raster it looks between the largest faces, as many as fit whole.
    """
    work = shrink(picture)
    height, width = work.shape[:2]
    faces = cues.find_faces(work)
    if faces:
        x, y = faces[0].centre_px if raster is None else _between(faces, width, height, raster)
        return x / width, y / height
    stands_out = cues.saliency(work).astype(np.float64) ** 2 + 1e-3
    total = stands_out.sum()
    x = float((stands_out.sum(axis=0) * np.arange(width)).sum() / total)
    y = float((stands_out.sum(axis=1) * np.arange(height)).sum() / total)
    return x / width, y / height


def _between(
    faces: Sequence[cues.Face], width_px: int, height_px: int, raster: Raster
) -> tuple[float, float]:
    """The middle of the box around the largest faces that a crop can hold; at least of one."""
    rows, columns = _crop(width_px, height_px, raster, (0.5, 0.5))
    room = np.array([columns.stop - columns.start, rows.stop - rows.start])
    least, most = np.array([np.inf, np.inf]), np.array([-np.inf, -np.inf])
    for number, face in enumerate(faces):
        corner = np.array([face.x_px, face.y_px])
        low = np.minimum(least, corner)
        high = np.maximum(most, corner + np.array([face.width_px, face.height_px]))
        if number == 0 or bool((high - low <= room).all()):
            least, most = low, high
    middle = (least + most) / 2
    return float(middle[0]), float(middle[1])


def shrink(picture: RGB) -> RGB:
    """The working picture for analysis: long side `cues.WORK_PX`."""
    scale = cues.WORK_PX / max(picture.shape[:2])
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=how))


def lay_canvas(
    picture: RGB, matte: Field | None, raster: Raster, centre: tuple[float, float]
) -> Canvas:
    """Crop the still to the raster's aspect around `centre` (shares of its size), and resize.

    Shrinking averages areas; enlarging is bicubic, which rings less than wider kernels, in one
    step. A transparent still is not cropped but stands, whole, before a studio backdrop.
    """
    if matte is None:
        rows, columns = _crop(picture.shape[1], picture.shape[0], raster, centre)
        return Canvas(raster, _resize(np.ascontiguousarray(picture[rows, columns]), raster), None)
    # Colours of transparent pixels mean nothing: they may not bleed into the rim when resized.
    seen = picture * matte[..., None]
    alpha = _resize(_padded(matte, raster), raster).clip(0, 1)
    light = _resize(_padded(seen.astype(np.float32), raster), raster)
    colours = (light / np.maximum(alpha, 1 / 255)[..., None] + 0.5).clip(0, 255).astype(np.uint8)
    backdrop = _backdrop(picture, matte, raster)
    mixed = light + backdrop * (1 - alpha[..., None]) + 0.5
    cut = Cut(colours, alpha, backdrop)
    return Canvas(raster, np.asarray(mixed.clip(0, 255), np.uint8), cut)


def lay_part(picture: RGB, cut: Cut | None, window: Window, raster: Raster) -> Canvas:
    """The canvas of a part of a picture; its transparency and backdrop go with it."""
    height, width = picture.shape[:2]
    left, top = round(window.left * width), round(window.top * height)
    right = max(round((window.left + window.width) * width), left + 1)
    bottom = max(round((window.top + window.height) * height), top + 1)

    def part(of: Pixels) -> RGB:
        seen: Pixels = np.ascontiguousarray(of[top:bottom, left:right])
        return _resize(seen, raster)

    if cut is not None:
        matte = np.asarray(part(cut.matte), np.float32).clip(0, 1)
        cut = Cut(part(cut.colours), matte, part(cut.backdrop))
    whole = None if window == WHOLE else shrink(picture)
    return Canvas(raster, part(picture), cut, window, whole)


def _padded(picture: Field, raster: Raster) -> Field:
    """Transparent margins, so that the whole picture has the raster's aspect."""
    height, width = picture.shape[:2]
    ratio = raster.width_px / raster.height_px
    across = max(0, round(height * ratio) - width)
    down = max(0, round(width / ratio) - height)
    edges = (down // 2, down - down // 2, across // 2, across - across // 2)
    return np.asarray(cv2.copyMakeBorder(picture, *edges, cv2.BORDER_CONSTANT, value=0))


def _crop(
    width_px: int, height_px: int, raster: Raster, centre: tuple[float, float]
) -> tuple[slice, slice]:
    ratio = raster.width_px / raster.height_px
    width = min(width_px, round(height_px * ratio))
    height = min(height_px, round(width_px / ratio))
    left = round(np.clip(centre[0] * width_px - width / 2, 0, width_px - width))
    top = round(np.clip(centre[1] * height_px - height / 2, 0, height_px - height))
    return slice(top, top + height), slice(left, left + width)


def _resize(picture: RGB | Field, raster: Raster) -> RGB:
    size = (raster.width_px, raster.height_px)
    shrinks = picture.shape[1] > raster.width_px
    how = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, size, interpolation=how))


def _backdrop(picture: RGB, matte: Field, raster: Raster) -> RGB:
    """A plain studio sweep: light, or dark behind a very light subject."""
    light = float((picture.mean(axis=2) * matte).sum()) / (float(matte.sum()) + 1e-6)
    top, bottom = (58.0, 34.0) if light > 200 else (236.0, 204.0)
    sweep = np.linspace(top, bottom, raster.height_px, dtype=np.float32)[:, None, None]
    shape = (raster.height_px, raster.width_px, 3)
    return np.ascontiguousarray(np.broadcast_to(sweep + 0.5, shape).astype(np.uint8))
