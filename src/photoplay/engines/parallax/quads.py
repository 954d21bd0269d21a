"""Warp by blocks of two by two samples: one gather where `warp.Warper` makes four.

A plane is stored as its 2×2 neighbourhoods, four bytes a sample. Reading four interleaved bytes
through a map costs hardly more than reading one (2.7 against 2.5 ns), and the map is needed at half
size only. Within a block the map is taken as a plain zoom by the layer's mean scale; the
neighbourhoods are sampled for that scale, in steps of 3 %. A sample's place is then off by half its
block's deviation from that zoom: under 0.03 px for camera moves. Against `Warper` frames agree to
51 dB or better on photographs.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

import cv2
import numpy as np

from photoplay.engines.parallax.camera import Pose
from photoplay.engines.parallax.grid import CELL, NodeGrid
from photoplay.engines.parallax.layer import Layer
from photoplay.engines.parallax.scene import Scene
from photoplay.engines.parallax.warp import (
    Box,
    Offset,
    Warper,
    halved,
    is_empty,
    lay_over,
    read,
    source_map,
)
from photoplay.frames import I420, RGB, Plane, split_planes

_SCALE_STEP = 0.03
_KEPT = 4  # neighbourhoods of so many (layer, scale) pairs are kept: threads straddle a step
_MARGIN = 0.05  # of a side: how far the mirrored border is stored


class QuadWarper:
    """Renders frames of one scene. Threads may share it; what it keeps is a function of the scene.

    Frames with sides in multiples of 4, and layers at their own size; defocused or oversampled ones
    are `Warper`'s.
    """

    def __init__(self, scene: Scene, exact: Warper) -> None:
        self._grid: NodeGrid = scene.grid
        self._exact = exact
        self._layers = scene.layers
        raster = scene.canvas.raster
        self._margin = 4 * round(_MARGIN * max(raster.width_px, raster.height_px) / 4)
        self._kept: OrderedDict[tuple[int, int], _Quads] = OrderedDict()
        self._lock = threading.Lock()
        self._room = threading.local()

    def render(self, pose: Pose, offsets: dict[str, Offset], out: I420) -> None:
        """Fill `out` with the scene seen from `pose`, its layers displaced by `offsets`."""
        planes = split_planes(out)
        maps = [
            source_map(layer.depth, self._grid, pose, offsets.get(layer.name))
            for layer in self._layers
        ]
        height, width = planes[0].shape
        whole = (slice(0, height), slice(0, width))
        blocks, spare = self._buffers()
        self._source(0, maps[0], whole).copy(whole, blocks)
        for at in range(1, len(maps)):
            box = self._exact.box(maps[at])
            if not is_empty(box):
                self._source(at, maps[at], box).blend(box, blocks, spare)
        for block, plane in zip(blocks, planes, strict=True):
            _unpack(block, plane)

    def _source(self, at: int, nodes: Offset, box: Box) -> _Source:
        return _Source(self._quads(at, nodes), *self._block_maps(nodes, box))

    def _block_maps(self, nodes: Offset, box: Box) -> tuple[Offset, Offset]:
        """Indices of neighbourhoods for the blocks of luma and of chroma, filled in for `box`.

        A block's middle is the corner between its samples, at index + 1 of positions. The arrays
        are this thread's own and overwritten by its next call.
        """
        room = self._room
        if not hasattr(room, "maps"):
            room.maps = [np.empty(self._grid.padded(step), np.float32) for step in (2, 2, 4, 4)]
        spread = self._grid.spread
        x, y = nodes
        fine, coarse = self._margin - 1, self._margin // 2 - 1
        luma_x, luma_y, chroma_x, chroma_y = room.maps
        return (
            (spread(x + fine, 2, luma_x, box), spread(y + fine, 2, luma_y, box)),
            (
                spread(x * 0.5 + coarse, 4, chroma_x, box),
                spread(y * 0.5 + coarse, 4, chroma_y, box),
            ),
        )

    def _buffers(self) -> tuple[list[RGB], list[RGB]]:
        """Blocks of Y, U and V, and spare ones: this thread's own."""
        raster = self._grid.raster
        if not hasattr(self._room, "blocks"):
            self._room.blocks = [
                np.empty((raster.height_px // side, raster.width_px // side, 4), np.uint8)
                for side in (2, 4, 4, 2, 4, 2, 4)
            ]
        blocks: list[RGB] = self._room.blocks
        return blocks[:3], blocks[3:]

    def _quads(self, at: int, nodes: Offset) -> _Quads:
        """The neighbourhoods of a layer for the scale of a map."""
        x, y = nodes
        across = float((x[:, -1] - x[:, 0]).mean()) / (CELL * (x.shape[1] - 1))
        down = float((y[-1] - y[0]).mean()) / (CELL * (y.shape[0] - 1))
        step = round(((across + down) / 2 - 1) / _SCALE_STEP)  # 0 is the still as it is
        with self._lock:
            if (at, step) not in self._kept:
                made = _Quads.of(self._layers[at], 1 + step * _SCALE_STEP, self._margin)
                self._kept[at, step] = made
            self._kept.move_to_end((at, step))
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
            return self._kept[at, step]


@dataclass(frozen=True, slots=True)
class _Quads:
    """Neighbourhoods of Y, U and V, and of the matte at luma and at chroma size if there is one."""

    planes: tuple[RGB, RGB, RGB]
    mattes: tuple[RGB, RGB] | None

    @classmethod
    def of(cls, layer: Layer, scale: float, margin: int) -> _Quads:
        """Those of a layer, sampled for a scale."""

        def coarse(channel: int) -> RGB:
            return neighbourhoods(layer.chroma[..., channel], scale, margin // 2)

        planes = (neighbourhoods(layer.luma, scale, margin), coarse(0), coarse(1))
        if layer.alpha is None:
            return cls(planes, None)
        return cls(planes, (neighbourhoods(layer.alpha, scale, margin), coarse(2)))


@dataclass(frozen=True, slots=True)
class _Source:
    """A layer with its maps for one frame."""

    quads: _Quads
    luma_maps: Offset
    chroma_maps: Offset

    def copy(self, box: Box, blocks: list[RGB]) -> None:
        """Draw an opaque layer."""
        for quads, block, (maps, part) in zip(
            self.quads.planes, blocks, self._places(box), strict=True
        ):
            read(quads, maps, part, out=block[part])

    def blend(self, box: Box, blocks: list[RGB], spare: list[RGB]) -> None:
        """Draw through the matte; `spare` are two arrays each of luma and chroma to work in."""
        assert self.quads.mattes is not None
        fine_matte, coarse_matte = self.quads.mattes
        fine, coarse, fine_light, coarse_light = spare
        lights = (fine_light, coarse_light, coarse_light)
        places = self._places(box)
        read_matte = (
            read(fine_matte, *places[0], out=fine[places[0][1]]),
            read(coarse_matte, *places[1], out=coarse[places[1][1]]),
        )
        for quads, block, (maps, part), light, matte in zip(
            self.quads.planes, blocks, places, lights, (*read_matte, read_matte[1]), strict=True
        ):
            lay_over(block[part], read(quads, maps, part, out=light[part]), matte)

    def _places(self, box: Box) -> list[tuple[Offset, Box]]:
        """Maps and blocks of Y, U and V for a box of the frame."""
        fine = halved(box)
        coarse = halved(fine)
        return [(self.luma_maps, fine), (self.chroma_maps, coarse), (self.chroma_maps, coarse)]


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


def _unpack(block: RGB, plane: Plane) -> None:
    """Blocks (H/2, W/2, 4) to the rows of a plane: each pair of bytes moves as one number."""
    pairs, rows = block.view(np.uint16), plane.view(np.uint16)
    for half in (0, 1):
        cv2.extractChannel(pairs, half, dst=rows[half::2])
