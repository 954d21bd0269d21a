"""Warp luma by blocks of two by two pixels: one gather where `warp.Warper` makes four.

The source is stored as its 2×2 neighbourhoods, four bytes a pixel. Reading four interleaved bytes
through a map costs hardly more than reading one (2.7 against 2.5 ns), and the map is needed at half
size only. Within a block the map is taken as a plain zoom by the layer's mean scale; the
neighbourhoods are sampled for that scale, in steps of 2 %. A pixel's place is then off by half its
block's deviation from that zoom: under 0.03 px for camera moves. Against `Warper` frames agree to
51 dB or better on photographs.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from photoplay.engines.parallax.camera import Pose
from photoplay.engines.parallax.grid import CELL, NodeGrid
from photoplay.engines.parallax.scene import Scene
from photoplay.engines.parallax.warp import (
    Box,
    Offset,
    Warper,
    halved,
    is_empty,
    lay_over,
    source_map,
)
from photoplay.frames import I420, RGB, Plane, split_planes

_SCALE_STEP = 0.02
_KEPT = 4  # neighbourhoods of so many (layer, scale) pairs are kept: threads straddle a step
NOTHING: Box = (slice(0, 0), slice(0, 0))
_MARGIN = 0.05  # of a side: how far the mirrored border is stored


class QuadWarper:
    """Renders frames of one scene. Threads may share it; what it keeps is a function of the scene.

    Layers at their own size only; defocused or oversampled ones are `Warper`'s.
    """

    def __init__(self, scene: Scene, exact: Warper) -> None:
        self._grid: NodeGrid = scene.grid
        self._exact = exact
        self._layers = scene.layers
        front = scene.layers[-1].alpha
        self._opaque = NOTHING if front is None else _opaque_part(front)
        raster = scene.canvas.raster
        self._margin = 2 * round(_MARGIN * max(raster.width_px, raster.height_px) / 2)
        self._kept: OrderedDict[tuple[int, int], list[RGB]] = OrderedDict()
        self._lock = threading.Lock()
        self._room = threading.local()

    def render(self, pose: Pose, offsets: dict[str, Offset], out: I420) -> None:
        """Fill `out` with the scene seen from `pose`, its layers displaced by `offsets`."""
        luma, *chroma = split_planes(out)
        maps = [
            source_map(layer.depth, self._grid, pose, offsets.get(layer.name))
            for layer in self._layers
        ]
        target = _Target(self._buffer(), chroma)
        height, width = luma.shape
        whole = (slice(0, height), slice(0, width))
        core = self.core(maps[-1])
        self._source(0, maps[0], whole).copy(around(whole, core), target)
        if len(maps) > 1:
            box = self._exact.box(maps[1])
            front = self._source(1, maps[1], box)
            front.copy([core], target)
            front.blend(around(box, core), target)
        _unpack(target.block, luma)

    def core(self, nodes: Offset) -> Box:
        """Rows and columns, within the box, in which the subject is opaque; may be empty.

        Where the largest opaque rectangle of the matte is seen; nothing if a turn makes that
        anything but upright.
        """
        (rows, columns), (x, y) = self._opaque, nodes
        inside = (x >= columns.start) & (x < columns.stop) & (y >= rows.start) & (y < rows.stop)
        left, top, width, height = cv2.boundingRect(inside.astype(np.uint8))
        inner = np.s_[top + 1 : top + height - 1, left + 1 : left + width - 1]
        if min(width, height) < 5 or not inside[inner].all():
            return NOTHING
        # Between the outermost nodes that are surely inside.
        return (
            slice((top + 1) * CELL, (top + height - 3) * CELL),
            slice((left + 1) * CELL, (left + width - 3) * CELL),
        )

    def _source(self, at: int, nodes: Offset, box: Box) -> _Source:
        return _Source(
            self._quads(at, nodes), self._layers[at].chroma, *self._block_maps(nodes, box)
        )

    def _block_maps(self, nodes: Offset, box: Box | None = None) -> tuple[Offset, Offset]:
        """Source indices per block, of the neighbourhoods and of chroma, filled in for `box`.

        A block's middle is the corner between its pixels: index i + 1 of positions. Its chroma
        sample is half that index. The arrays are this thread's own.
        """
        room = self._room
        if not hasattr(room, "maps"):
            room.maps = [np.empty(self._grid.padded(2), np.float32) for _ in range(4)]
        spread = self._grid.spread
        x, y = nodes
        shift = self._margin - 1
        luma_x, luma_y, chroma_x, chroma_y = (
            spread(index, 2, out=array, box=box)
            for index, array in zip(
                (x + shift, y + shift, (x - 1) * 0.5, (y - 1) * 0.5), room.maps, strict=True
            )
        )
        return (luma_x, luma_y), (chroma_x, chroma_y)

    def _buffer(self) -> RGB:
        raster = self._grid.raster
        if not hasattr(self._room, "block"):
            shape = (raster.height_px // 2, raster.width_px // 2, 4)
            self._room.block = np.empty(shape, np.uint8)
        block: RGB = self._room.block
        return block

    def _quads(self, at: int, nodes: Offset) -> list[RGB]:
        """Neighbourhoods of a layer's luma, and of its matte if it has one, for a map's scale."""
        x, y = nodes
        across = float((x[:, -1] - x[:, 0]).mean()) / (CELL * (x.shape[1] - 1))
        down = float((y[-1] - y[0]).mean()) / (CELL * (y.shape[0] - 1))
        step = round((across + down) / 2 / _SCALE_STEP)
        with self._lock:
            if (at, step) not in self._kept:
                layer = self._layers[at]
                planes = [layer.luma] if layer.alpha is None else [layer.luma, layer.alpha]
                scale = step * _SCALE_STEP
                self._kept[at, step] = [neighbourhoods(p, scale, self._margin) for p in planes]
            self._kept.move_to_end((at, step))
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
            return self._kept[at, step]


@dataclass(frozen=True, slots=True)
class _Target:
    """Luma as blocks (H/2, W/2, 4), and the planes U and V."""

    block: RGB
    chroma: list[Plane]


@dataclass(frozen=True, slots=True)
class _Source:
    """A layer with its maps for one frame: neighbourhoods of luma, and of the matte if any."""

    quads: list[RGB]
    chroma: RGB
    luma_maps: Offset
    chroma_maps: Offset

    def copy(self, boxes: list[Box], target: _Target) -> None:
        """Draw where the layer is opaque."""
        for part in (halved(box) for box in boxes if not is_empty(box)):
            _read(self.quads[0], self.luma_maps, part, out=target.block[part])
            colour = _read(self.chroma, self.chroma_maps, part)
            for channel, plane in enumerate(target.chroma):
                cv2.extractChannel(colour, channel, dst=plane[part])

    def blend(self, boxes: list[Box], target: _Target) -> None:
        """Draw through the matte."""
        for part in map(halved, boxes):
            light, matte = (_read(quads, self.luma_maps, part) for quads in self.quads)
            lay_over(target.block[part], light, matte)
            colour = _read(self.chroma, self.chroma_maps, part)
            matte = cv2.extractChannel(colour, 2)
            for channel, plane in enumerate(target.chroma):
                lay_over(plane[part], cv2.extractChannel(colour, channel), matte)


def _opaque_part(alpha: Plane) -> Box:
    """Rows and columns of the still, px: the largest rectangle of whole cells that are opaque."""
    size = 2 * CELL
    rows, columns = alpha.shape[0] // size, alpha.shape[1] // size
    tiles = alpha[: rows * size, : columns * size].reshape(rows, size, columns, size)
    found = largest_rectangle(tiles.min(axis=(1, 3)) == 255)
    return (
        slice(found[0].start * size, found[0].stop * size),
        slice(found[1].start * size, found[1].stop * size),
    )


def largest_rectangle(mask: NDArray[np.bool_]) -> Box:
    """Rows and columns of the largest rectangle of True in a small mask, empty if there is none.

    Row by row, with the heights of the columns that end there; every height in turn is the lowest.
    """
    best, best_area = NOTHING, 0
    heights = np.zeros(mask.shape[1], np.int64)
    for row, line in enumerate(mask):
        heights = np.where(line, heights + 1, 0)
        for height in np.unique(heights[heights > 0]).tolist():
            edges = np.flatnonzero(np.diff(heights >= height, prepend=False, append=False))
            left, right = max(edges.reshape(-1, 2).tolist(), key=lambda run: run[1] - run[0])
            if (area := height * (right - left)) > best_area:
                best, best_area = (slice(row + 1 - height, row + 1), slice(left, right)), area
    return best


def around(outer: Box, inner: Box) -> list[Box]:
    """What is left of `outer` without `inner`, which lies in it: above, below, left and right."""
    (rows, columns), (inner_rows, inner_columns) = outer, inner
    if is_empty(outer):
        return []
    if is_empty(inner):
        return [outer]
    parts = [
        (slice(rows.start, inner_rows.start), columns),
        (slice(inner_rows.stop, rows.stop), columns),
        (inner_rows, slice(columns.start, inner_columns.start)),
        (inner_rows, slice(inner_columns.stop, columns.stop)),
    ]
    return [part for part in parts if not is_empty(part)]


def neighbourhoods(plane: Plane, scale: float, margin: int) -> RGB:
    """The 2×2 samples, `scale` px apart, around every corner between pixels: (H, W, 4).

    Entry (y, x) belongs to the corner at position (x + 1, y + 1) of the plane with a mirrored
    border of `margin` px; its channels are upper left, upper right, lower left, lower right.
    """
    padded = cv2.copyMakeBorder(
        np.ascontiguousarray(plane), margin, margin + 1, margin, margin + 1, cv2.BORDER_REFLECT_101
    )
    inset = (1 - scale) / 2  # by so much the samples lie inside the pixel centres
    left, right = _pair(padded[:, :-1], padded[:, 1:], inset)
    upper_left, lower_left = _pair(left[:-1], left[1:], inset)
    upper_right, lower_right = _pair(right[:-1], right[1:], inset)
    return np.asarray(cv2.merge([upper_left, upper_right, lower_left, lower_right]))


def _pair(first: Plane, second: Plane, inset: float) -> tuple[Plane, Plane]:
    """Linear samples between two neighbours, `inset` from each."""
    if inset == 0:
        return first, second
    return (
        cv2.addWeighted(first, 1 - inset, second, inset, 0),
        cv2.addWeighted(first, inset, second, 1 - inset, 0),
    )


def _unpack(block: RGB, luma: Plane) -> None:
    """Blocks (H/2, W/2, 4) to the rows of a plane: each pair of bytes moves as one number."""
    pairs, rows = block.view(np.uint16), luma.view(np.uint16)
    for half in (0, 1):
        cv2.extractChannel(pairs, half, dst=rows[half::2])


def _read(source: RGB, maps: Offset, part: Box, out: RGB | None = None) -> RGB:
    at = (maps[0][part], maps[1][part])
    return np.asarray(
        cv2.remap(source, *at, cv2.INTER_LINEAR, dst=out, borderMode=cv2.BORDER_REFLECT_101)
    )
