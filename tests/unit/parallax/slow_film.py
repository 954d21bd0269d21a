"""The kernel's obvious twin: every layer over the whole frame, one plane after the other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from photoplay.engines.parallax.camera import Pose
from photoplay.engines.parallax.grid import CELL, NodeGrid
from photoplay.engines.parallax.layer import Layer
from photoplay.engines.parallax.warp import source_map
from photoplay.frames import I420, Field, split_planes

Numbers = NDArray[np.float64]


def slow_film(layers: tuple[Layer, ...], grid: NodeGrid, pose: Pose, out: I420) -> I420:
    """Fill `out` as `warp.film` does."""
    y, u, v = split_planes(out)
    for layer in layers:
        at_x, at_y = source_map(layer.depth, grid, pose, None)
        times, matte = layer.oversampling, layer.matte
        x, y_ = (_at_pixels(field, grid, 1) * times - 0.5 for field in (at_x, at_y))
        over(y, layer.luma[..., 0], None if matte is None else matte.luma[..., 0], x, y_)
        x = (_at_pixels(at_x, grid, 2) - 0.5) * (times / 2) - 0.25
        y_ = _at_pixels(at_y, grid, 2) * (times / 2) - 0.5
        for channel, plane in ((0, u), (1, v)):
            share = None if matte is None else matte.chroma[..., 0]
            over(plane, layer.chroma[..., channel], share, x, y_)
    return out


def over(
    under: NDArray[np.uint8],
    source: NDArray[np.uint8],
    matte: NDArray[np.uint8] | None,
    x: Numbers,
    y: Numbers,
) -> None:
    """Draw what a source shows at indices (x, y) over a plane, through its matte."""
    shown = bilinear(source, x, y)
    through = 0.0 if matte is None else 1 - bilinear(matte, x, y) / 255
    under[:] = np.clip(np.round(under * through) + shown, 0, 255)


def bilinear(source: NDArray[np.uint8], x: Numbers, y: Numbers) -> Numbers:
    """The source between its pixels, mirrored over its border; rounded to 8 bits."""
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    share_x, share_y = x - left, y - top
    height, width = source.shape

    def pixel(column: NDArray[np.intp], row: NDArray[np.intp]) -> Numbers:
        return source[mirrored(row, height), mirrored(column, width)].astype(float)

    upper = pixel(left, top) * (1 - share_x) + pixel(left + 1, top) * share_x
    lower = pixel(left, top + 1) * (1 - share_x) + pixel(left + 1, top + 1) * share_x
    return np.asarray(np.floor(upper * (1 - share_y) + lower * share_y + 0.5))


def mirrored(index: NDArray[np.intp], n: int) -> NDArray[np.intp]:
    """Indices … 2 1 0 1 2 … as they run over a border."""
    index = np.abs(index) % (2 * n - 2)
    return np.minimum(index, 2 * n - 2 - index)


def _at_pixels(nodes: Field, grid: NodeGrid, step: int) -> Numbers:
    """Node values at the pixels of a plane that has one pixel for `step` × `step` of luma."""
    columns = (np.arange(grid.raster.width_px // step) + 0.5) * step / CELL + 0.5
    rows = (np.arange(grid.raster.height_px // step) + 0.5) * step / CELL + 0.5
    known = np.arange(nodes.shape[1])
    across = np.stack([np.interp(columns, known, row.astype(float)) for row in nodes])
    down = np.arange(nodes.shape[0])
    return np.stack([np.interp(rows, down, column) for column in across.T], axis=1)
