"""Warp and composite the layers of a scene into the planes of a frame.

For every frame the inverse map (which place of the still does an output pixel show?) is computed at
the nodes and interpolated to pixels; the frame is then filled from back to front, each layer only
where it can be seen: tiles that a nearer, opaque layer covers are skipped, which changes no pixel.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from photoplay.engines.parallax.camera import Pose
from photoplay.engines.parallax.grid import CELL, NodeGrid
from photoplay.engines.parallax.scene import Layer, Scene
from photoplay.frames import I420, Field, Plane, split_planes

_TILE_PX = 128  # visibility is decided per tile of this side

HIDDEN, MIXED, OPAQUE = 0, 1, 2  # what of a layer shows in a tile

Offset = tuple[Field, Field]  # displacement (dx, dy) at the nodes, px


@dataclass(frozen=True, slots=True)
class _Reach:
    """Per node: the least and the greatest alpha that its surroundings hold."""

    least: Plane
    greatest: Plane


class Warper:
    """Renders frames of one scene. Immutable after construction; threads may share it."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._grid = scene.grid
        self._reach = [_reach(layer, scene) for layer in scene.layers]
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
        kinds = self._visibility(maps)
        for layer, nodes, kind in zip(layers, maps, kinds, strict=True):
            fine, coarse = self._pixel_maps(nodes)
            for tile_rows, tile_columns, is_opaque in _rectangles(kind):
                rows = _pixels(tile_rows, self._grid.raster.height_px)
                columns = _pixels(tile_columns, self._grid.raster.width_px)
                _paint(layer, fine, coarse, planes, rows, columns, is_opaque=is_opaque)

    def _pixel_maps(self, nodes: Offset) -> tuple[Offset, Offset]:
        """Source indices for every pixel of luma and of chroma.

        Indices, not positions: centres lie at +0.5, and chroma on its sites (see `frames`). The
        arrays are this thread's own and overwritten by its next call.
        """
        x, y = nodes
        times = self._scene.oversampling
        room = self._room
        if not hasattr(room, "maps"):
            room.maps = [np.empty(self._grid.padded(step), np.float32) for step in (1, 1, 2, 2)]
        spread = self._grid.spread
        fine = (
            spread(x * times - 0.5, out=room.maps[0]),
            spread(y * times - 0.5, out=room.maps[1]),
        )
        coarse = (
            spread((x - 0.5) * (times / 2) - 0.25, 2, out=room.maps[2]),
            spread(y * (times / 2) - 0.5, 2, out=room.maps[3]),
        )
        return fine, coarse

    def _visibility(self, maps: list[Offset]) -> list[NDArray[np.int_]]:
        """Per layer and tile: HIDDEN, MIXED or OPAQUE."""
        kinds = []
        for reach, (x, y) in zip(self._reach, maps, strict=True):
            u, v = x * (1 / CELL) + 0.5, y * (1 / CELL) + 0.5
            least, greatest = (
                cv2.remap(alpha, u, v, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE)
                for alpha in (reach.least, reach.greatest)
            )
            seen = self._tiles(greatest).max(axis=(1, 3)) > 0
            whole = self._tiles(least).min(axis=(1, 3)) == 255
            kinds.append(np.where(whole, OPAQUE, np.where(seen, MIXED, HIDDEN)))
        covered = np.zeros(kinds[0].shape, np.bool_)
        for kind in reversed(kinds):
            kind[covered] = HIDDEN
            covered |= kind == OPAQUE
        return kinds

    def _tiles(self, nodes: Plane) -> Plane:
        """Node values grouped by tile: (tiles down, nodes down, tiles across, nodes across)."""
        side = _TILE_PX // CELL
        down = -(-self._grid.raster.height_px // _TILE_PX)
        across = -(-self._grid.raster.width_px // _TILE_PX)
        missing_rows = max(0, down * side + 1 - nodes.shape[0])
        missing_columns = max(0, across * side + 1 - nodes.shape[1])
        padded = np.pad(nodes, ((0, missing_rows), (0, missing_columns)), mode="edge")
        return padded[1 : down * side + 1, 1 : across * side + 1].reshape(down, side, across, side)


def source_map(
    depth: Field, grid: NodeGrid, pose: Pose, offset: Offset | None
) -> tuple[Field, Field]:
    """Position in the still, px, that each node of the frame shows.

    q = p'·(1 - dolly·depth(q)) + truck·depth(q) + offset, with p' the node turned, zoomed and
    panned about the pivot. Depth is known at the source, so q is found by fixed-point iteration;
    depth is smooth and three rounds leave errors below a hundredth of a pixel.
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


def _reach(layer: Layer, scene: Scene) -> _Reach:
    """Least and greatest alpha around every node, two cells far: maps bend less than that."""
    shape = scene.grid.shape
    if layer.alpha is None:
        full = np.full(shape, 255, np.uint8)
        return _Reach(full, full)
    size = CELL * scene.oversampling
    # Whole cells, the border's matte repeated: REFLECT could show either side of it.
    rows, columns = shape[0] * size, shape[1] * size
    padded = cv2.copyMakeBorder(
        layer.alpha,
        size,
        rows - size - layer.alpha.shape[0],
        size,
        columns - size - layer.alpha.shape[1],
        cv2.BORDER_REPLICATE,
    )
    cells = padded.reshape(shape[0], size, shape[1], size)
    kernel = np.ones((5, 5), np.uint8)
    return _Reach(
        least=cv2.erode(cells.min(axis=(1, 3)), kernel),
        greatest=cv2.dilate(cells.max(axis=(1, 3)), kernel),
    )


def _rectangles(kinds: NDArray[np.int_]) -> Iterator[tuple[slice, slice, bool]]:
    """Cover the visible tiles of a layer with few rectangles of one kind: (rows, columns, opaque).

    Runs along a row that are the same in the rows below grow downwards.
    """
    growing: dict[tuple[int, int, int], int] = {}
    for row in range(len(kinds) + 1):
        line = kinds[row] if row < len(kinds) else np.full(kinds.shape[1], HIDDEN)
        edges = [0, *(np.flatnonzero(np.diff(line)) + 1).tolist(), len(line)]
        runs = {
            (start, stop, int(line[start]))
            for start, stop in pairwise(edges)
            if line[start] != HIDDEN
        }
        for run in [run for run in growing if run not in runs]:
            start, stop, kind = run
            yield slice(growing.pop(run), row), slice(start, stop), kind == OPAQUE
        for run in runs:
            growing.setdefault(run, row)


def _pixels(tiles: slice, limit_px: int) -> slice:
    return slice(tiles.start * _TILE_PX, min(tiles.stop * _TILE_PX, limit_px))


def _halved(pixels: slice) -> slice:
    return slice(pixels.start // 2, pixels.stop // 2)


def _read(plane: Plane, at: Offset, out: Plane | None = None) -> Plane:
    return np.asarray(
        cv2.remap(plane, at[0], at[1], cv2.INTER_LINEAR, dst=out, borderMode=cv2.BORDER_REFLECT_101)
    )


def _paint(
    layer: Layer,
    fine: Offset,
    coarse: Offset,
    picture: tuple[Plane, Plane, Plane],
    rows: slice,
    columns: slice,
    *,
    is_opaque: bool,
) -> None:
    """Draw a rectangle of one layer: dst = dst·(1 - alpha) + premultiplied source."""
    small_rows, small_columns = _halved(rows), _halved(columns)
    at_luma = (fine[0][rows, columns], fine[1][rows, columns])
    at_chroma = (coarse[0][small_rows, small_columns], coarse[1][small_rows, small_columns])
    places = (at_luma, at_chroma, at_chroma)
    blocks = [
        picture[0][rows, columns],
        picture[1][small_rows, small_columns],
        picture[2][small_rows, small_columns],
    ]
    if is_opaque or layer.alpha is None or layer.alpha_chroma is None:
        for plane, block, at in zip(layer.planes, blocks, places, strict=True):
            _read(plane, at, out=block)
        return
    through = cv2.bitwise_not(_read(layer.alpha, at_luma))
    through_chroma = cv2.bitwise_not(_read(layer.alpha_chroma, at_chroma))
    shares = (through, through_chroma, through_chroma)
    for plane, block, at, share in zip(layer.planes, blocks, places, shares, strict=True):
        cv2.multiply(block, share, scale=1 / 255, dst=block)
        cv2.add(block, _read(plane, at), dst=block)
