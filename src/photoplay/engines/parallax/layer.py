"""One layer of a scene, packed the way the kernel reads it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from photoplay.engines.parallax.color import halve_chroma
from photoplay.engines.parallax.grid import CELL
from photoplay.frames import Field, Plane

Planes = tuple[Plane, Plane, Plane]  # Y (H, W), U and V (H/2, W/2)
Pixels: TypeAlias = NDArray[np.uint8]

HIDDEN, MIXED, SOLID = 0, 1, 255  # values of a cover; the kernel's own
BLOCK = CELL // 2  # pixels that one of them stands for


@dataclass(frozen=True, slots=True)
class Matte:
    """How much of a layer is there, 0–255: `luma` (H, W, 2), `chroma` (H/2, W/2, 2), in row pairs.

    `cover` sums it up, a value for each block of `block_px`: HIDDEN where the matte is 0 in the
    block and around it (two blocks to the left and right, one above and below), SOLID where it is
    255 in all of these, else MIXED.
    """

    luma: Pixels
    chroma: Pixels
    cover: Plane

    @classmethod
    def of(cls, luma: Plane, block_px: int) -> Matte:
        """The matte with its halved twin and its cover."""
        return cls(row_pairs(luma), row_pairs(halve_chroma(luma)), _cover(luma, block_px))

    def blurred(self, deviation_px: float, block_px: int) -> Matte:
        """The matte out of focus."""
        return Matte.of(_soft(self.luma[..., 0], deviation_px), block_px)

    def mixed(self, other: Matte, share: float) -> Matte:
        """A mixture with a `share` (0–1) of another matte of the same shape."""
        cover = np.where(self.cover == other.cover, self.cover, np.uint8(MIXED))
        luma, chroma = (
            _mix(a, b, share) for a, b in ((self.luma, other.luma), (self.chroma, other.chroma))
        )
        return Matte(luma, chroma, cover)


@dataclass(frozen=True, slots=True)
class Layer:
    """Pixels to warp, at `oversampling` times the size of the frame.

    `luma` is (H, W, 2): Y and the Y below it. `chroma` is (H/2, W/2, 4): U, V, and those below
    them. `matte` is None for an opaque layer; where there is one, all colour is premultiplied by
    it. `depth` is inverse depth at the nodes of the grid. All arrays are contiguous.
    """

    name: str
    depth: Field
    luma: Pixels
    chroma: Pixels
    matte: Matte | None = None
    oversampling: int = 1

    @classmethod
    def opaque(cls, name: str, planes: Planes, depth: Field, oversampling: int = 1) -> Layer:
        """A layer that covers all behind it."""
        return cls(name, depth, *_packed(planes), oversampling=oversampling)

    @classmethod
    def cut_out(
        cls, name: str, planes: Planes, matte: Field, depth: Field, oversampling: int = 1
    ) -> Layer:
        """A layer that is seen where its matte (H, W), 0–1, is not 0."""
        alpha = (matte.clip(0, 1) * 255 + 0.5).astype(np.uint8)
        made = Matte.of(alpha, BLOCK * oversampling)
        shares = (alpha, *[made.chroma[..., 0]] * 2)
        luma, u, v = (
            cv2.multiply(plane, np.ascontiguousarray(share), scale=1 / 255)
            for plane, share in zip(planes, shares, strict=True)
        )
        return cls(name, depth, *_packed((luma, u, v)), made, oversampling)

    def part(self, name: str, share: Field) -> Layer:
        """What `share` (H, W), 0–1, holds of a layer that has a matte."""
        assert self.matte is not None
        whole = self.matte
        kept = (share * 255 + 0.5).astype(np.uint8)
        alpha = cv2.multiply(np.ascontiguousarray(whole.luma[..., 0]), kept, scale=1 / 255)
        made = Matte.of(alpha, BLOCK * self.oversampling)
        # Of the chroma just as much as of its matte: a difference would be a green rim.
        of_chroma = made.chroma[..., 0] / np.maximum(whole.chroma[..., 0], 1).astype(np.float32)
        chroma = self.chroma[..., :2] * of_chroma.clip(0, 1)[..., None] + np.float32(0.5)
        luma = cv2.multiply(np.ascontiguousarray(self.luma[..., 0]), kept, scale=1 / 255)
        return replace(
            self,
            name=name,
            luma=row_pairs(luma),
            chroma=row_pairs(chroma.astype(np.uint8)),
            matte=made,
        )

    def blurred(self, deviation_px: float) -> Layer:
        """The layer out of focus; its outline softens with it."""
        matte = self.matte
        return replace(
            self,
            luma=row_pairs(_soft(self.luma[..., 0], deviation_px)),
            chroma=row_pairs(_soft(self.chroma[..., :2], deviation_px / 2)),
            matte=None if matte is None else matte.blurred(deviation_px, BLOCK * self.oversampling),
        )

    def mixed(self, other: Layer, share: float) -> Layer:
        """A mixture with a `share` (0–1) of another layer of the same shape."""
        matte = None
        if self.matte is not None and other.matte is not None:
            matte = self.matte.mixed(other.matte, share)
        return replace(
            self,
            luma=_mix(self.luma, other.luma, share),
            chroma=_mix(self.chroma, other.chroma, share),
            matte=matte,
        )


def row_pairs(pixels: Pixels) -> Pixels:
    """Each pixel followed by the one below it: (H, W) or (H, W, n) to (H, W, 2n).

    Below the last row lies the one above it, as over a mirrored border.
    """
    pixels = pixels if pixels.ndim == 3 else pixels[..., None]
    below = np.concatenate([pixels[1:], pixels[-2:-1]])
    return np.concatenate([pixels, below], axis=2)


def _packed(planes: Planes) -> tuple[Pixels, Pixels]:
    luma, u, v = planes
    return row_pairs(luma), row_pairs(np.stack([u, v], axis=2))


def _soft(pixels: Pixels, deviation_px: float) -> Pixels:
    return np.asarray(cv2.GaussianBlur(np.ascontiguousarray(pixels), (0, 0), deviation_px))


def _mix(a: Pixels, b: Pixels, share: float) -> Pixels:
    return np.asarray(cv2.addWeighted(a, 1 - share, b, share, 0))


def _cover(matte: Plane, block_px: int) -> Plane:
    """See `Matte`. Blocks beyond the border repeat it: beyond the border the matte is mirrored."""
    bottom, right = (-side % block_px for side in matte.shape)
    whole = cv2.copyMakeBorder(matte, 0, bottom, 0, right, cv2.BORDER_REFLECT_101)
    rows, columns = (side // block_px for side in whole.shape)
    blocks = whole.reshape(rows, block_px, columns, block_px)
    around = np.ones((3, 5), np.uint8)
    most = cv2.dilate(blocks.max(axis=(1, 3)), around)
    least = cv2.erode(blocks.min(axis=(1, 3)), around)
    return np.where(most == 0, HIDDEN, np.where(least == 255, SOLID, MIXED)).astype(np.uint8)
