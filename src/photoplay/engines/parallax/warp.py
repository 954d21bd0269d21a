"""Warp and composite the layers of a scene into the planes of a frame.

For every frame the inverse map (which place of the still does an output pixel show?) is computed at
the nodes and interpolated to pixels. The background is drawn all over, the subject blended within
its box. (Leaving out what the subject covers, tile by tile, saved no time: see docs/log.md.)
"""

from __future__ import annotations

import threading

import cv2
import numpy as np

from photoplay.engines.parallax.camera import Pose
from photoplay.engines.parallax.grid import CELL, NodeGrid
from photoplay.engines.parallax.layer import Layer, Planes
from photoplay.engines.parallax.scene import Scene
from photoplay.frames import I420, RGB, Field, Plane, split_planes

Box = tuple[slice, slice]  # rows and columns of the frame
_ALL: Box = (slice(None), slice(None))
Offset = tuple[Field, Field]  # displacement (dx, dy) at the nodes, px


class Warper:
    """Renders frames of one scene. Immutable after construction; threads may share it."""

    def __init__(self, scene: Scene) -> None:
        self._grid = scene.grid
        self._oversampling = scene.oversampling
        front = scene.layers[-1].alpha
        self._reach = None if front is None else _reach(front, scene)
        self._room = threading.local()  # map arrays, kept: fresh pages cost as much as the maps

    def render(
        self, layers: tuple[Layer, ...], pose: Pose, offsets: dict[str, Offset], out: I420
    ) -> None:
        """Fill `out` with the scene seen from `pose`, its layers displaced by `offsets`.

        `layers` are the scene's, or their defocused twins.
        """
        planes = split_planes(out)
        maps = [
            source_map(layer.depth, self._grid, pose, offsets.get(layer.name)) for layer in layers
        ]
        height, width = self._grid.raster.height_px, self._grid.raster.width_px
        _copy(layers[0], self._pixel_maps(maps[0], (slice(0, height), slice(0, width))), planes)
        if self._reach is not None:
            box = self.box(maps[1])
            if not is_empty(box):
                _blend(layers[1], self._pixel_maps(maps[1], box), planes, box)

    def _pixel_maps(self, nodes: Offset, box: Box) -> tuple[Offset, Offset]:
        """Source indices for the pixels of luma and of chroma, filled in for `box` only.

        Indices, not positions: centres lie at +0.5, and chroma on its sites (see `frames`). The
        arrays are this thread's own and overwritten by its next call.
        """
        x, y = nodes
        times = self._oversampling
        room = self._room
        if not hasattr(room, "maps"):
            room.maps = [np.empty(self._grid.padded(step), np.float32) for step in (1, 1, 2, 2)]
        fine_x, fine_y, coarse_x, coarse_y = room.maps
        spread = self._grid.spread
        fine = (
            spread(x * times - 0.5, out=fine_x, box=box),
            spread(y * times - 0.5, out=fine_y, box=box),
        )
        coarse = (
            spread((x - 0.5) * (times / 2) - 0.25, 2, out=coarse_x, box=box),
            spread(y * (times / 2) - 0.5, 2, out=coarse_y, box=box),
        )
        return fine, coarse

    def box(self, nodes: Offset) -> Box:
        """Even rows and columns of the frame outside which the subject cannot be seen."""
        u, v = nodes[0] * (1 / CELL) + 0.5, nodes[1] * (1 / CELL) + 0.5
        seen = cv2.remap(self._reach, u, v, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE)
        x, y, width, height = cv2.boundingRect(seen)
        # A node stands for the pixels around it: node c lies at (c - 0.5) cells.
        rows = slice(max(y - 1, 0) * CELL, min((y + height) * CELL, self._grid.raster.height_px))
        columns = slice(max(x - 1, 0) * CELL, min((x + width) * CELL, self._grid.raster.width_px))
        return rows, columns


def source_map(
    depth: Field, grid: NodeGrid, pose: Pose, offset: Offset | None
) -> tuple[Field, Field]:
    """Position in the still, px, that each node of the frame shows.

    q = p'·(1 - dolly·depth(q)) + truck·depth(q) + offset, with p' the node turned, zoomed and
    panned about the pivot. Depth is known at the source, so q is found by fixed-point iteration;
    depth is smooth and three rounds leave errors below a tenth of a pixel.
    """
    cos, sin = np.cos(pose.roll_rad), np.sin(pose.roll_rad)
    x, y = grid.x_px - pose.pivot_x_px, grid.y_px - pose.pivot_y_px
    turned_x = (cos * x + sin * y) * (1 / pose.zoom) + pose.pan_x_px
    turned_y = (cos * y - sin * x) * (1 / pose.zoom) + pose.pan_y_px
    turned_x, turned_y = turned_x.astype(np.float32), turned_y.astype(np.float32)
    at_x, at_y = turned_x + pose.pivot_x_px, turned_y + pose.pivot_y_px
    for _ in range(3 if pose.has_parallax else 1):
        here = grid.look_up(depth, at_x, at_y)
        scale = 1 - pose.dolly * here
        at_x = turned_x * scale + (pose.truck_x_px * here + pose.pivot_x_px)
        at_y = turned_y * scale + (pose.truck_y_px * here + pose.pivot_y_px)
    if offset is not None:
        at_x = at_x + offset[0]
        at_y = at_y + offset[1]
    return np.asarray(at_x, np.float32), np.asarray(at_y, np.float32)


def _reach(alpha: Plane, scene: Scene) -> Plane:
    """Per node: not 0 where the matte is, two cells far: maps bend less than that."""
    rows, columns = scene.grid.shape
    size = CELL * scene.oversampling
    # Whole cells, the border's matte repeated: beyond the border it is mirrored.
    padded = cv2.copyMakeBorder(
        alpha,
        size,
        (rows - 1) * size - alpha.shape[0],
        size,
        (columns - 1) * size - alpha.shape[1],
        cv2.BORDER_REPLICATE,
    )
    cells = padded.reshape(rows, size, columns, size).max(axis=(1, 3))
    return np.asarray(cv2.dilate(cells, np.ones((5, 5), np.uint8)))


def is_empty(box: Box) -> bool:
    """Whether there is no pixel in a box."""
    return any(axis.start >= axis.stop for axis in box)


def read(source: RGB, maps: Offset, part: Box = _ALL, out: RGB | None = None) -> RGB:
    """What a source of one or four channels shows through a part of a map."""
    at = (maps[0][part], maps[1][part])
    return np.asarray(
        cv2.remap(source, *at, cv2.INTER_LINEAR, dst=out, borderMode=cv2.BORDER_REFLECT_101)
    )


def _copy(layer: Layer, maps: tuple[Offset, Offset], picture: Planes) -> None:
    """Draw an opaque layer all over."""
    read(layer.luma, maps[0], out=picture[0])
    colour = read(layer.chroma, maps[1])
    for channel, plane in enumerate(picture[1:]):
        cv2.extractChannel(colour, channel, dst=plane)


def _blend(layer: Layer, maps: tuple[Offset, Offset], picture: Planes, box: Box) -> None:
    """Draw a layer through its matte: dst·(1 - matte) + premultiplied source."""
    assert layer.luma_matte is not None
    small = halved(box)
    fine, coarse = maps
    light = read(layer.luma_matte, fine, box)
    matte = cv2.extractChannel(light, 1)
    lay_over(picture[0][box], cv2.extractChannel(light, 0), matte)
    colour = read(layer.chroma, coarse, small)
    matte = cv2.extractChannel(colour, 2)
    for channel, plane in enumerate(picture[1:]):
        lay_over(plane[small], cv2.extractChannel(colour, channel), matte)


def lay_over(under: Plane, premultiplied: Plane, matte: Plane) -> None:
    """under·(1 - matte) + premultiplied, in place; any number of channels."""
    cv2.multiply(under, cv2.bitwise_not(matte), scale=1 / 255, dst=under)
    cv2.add(under, premultiplied, dst=under)


def halved(box: Box) -> Box:
    """The same box in chroma pixels."""
    rows, columns = box
    return slice(rows.start // 2, rows.stop // 2), slice(columns.start // 2, columns.stop // 2)
