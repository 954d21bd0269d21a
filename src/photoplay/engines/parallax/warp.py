"""Warp and composite the layers of a scene into the planes of a frame.

For every frame the inverse map (which place of the still does an output pixel show?) is computed at
the nodes; the kernel interpolates it to pixels, reads bilinearly and blends, in one pass.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable

import numpy as np

from photoplay.engines.parallax import kernel
from photoplay.engines.parallax.camera import Pose
from photoplay.engines.parallax.grid import NodeGrid
from photoplay.engines.parallax.layer import BLOCK, Layer
from photoplay.frames import I420, Field, split_planes

Offset = tuple[Field, Field]  # displacement (dx, dy) at the nodes, px


def film(
    layers: tuple[Layer, ...], grid: NodeGrid, pose: Pose, offsets: dict[str, Offset], out: I420
) -> I420:
    """Fill `out` with the layers seen from `pose`, displaced by `offsets`, and return it.

    `layers` go from back to front, all of one size; the first is opaque. Threads may call it side
    by side: it runs without Python's lock.
    """
    assert len(layers) <= kernel.MOST_LAYERS
    assert grid.shape[1] <= kernel.MOST_COLUMNS
    maps = [source_map(layer.depth, grid, pose, offsets.get(layer.name)) for layer in layers]
    nodes = [_indices(map_, layer.oversampling) for map_, layer in zip(maps, layers, strict=True)]
    packed = (kernel.Layer * len(layers))(
        *[_packed(layer, of) for layer, of in zip(layers, nodes, strict=True)]
    )
    planes = [plane.ctypes.data for plane in split_planes(out)]
    refused = kernel.library().photoplay_film(
        packed, ctypes.byref(_geometry(layers, grid)), *planes
    )
    assert not refused
    return out


def _indices(map_: Offset, times: int) -> tuple[Field, Field, Field, Field]:
    """Indices into luma, then into chroma, at the nodes: x, y, x, y.

    Indices, not positions: centres lie at +0.5, and chroma on its sites (see `frames`).
    """
    x, y = map_
    fields = (
        x * times - 0.5,
        y * times - 0.5,
        (x - 0.5) * (times / 2) - 0.25,
        y * (times / 2) - 0.5,
    )
    return tuple(np.ascontiguousarray(field, np.float32) for field in fields)  # type: ignore[return-value]  # four of them


def _packed(layer: Layer, nodes: Iterable[Field]) -> kernel.Layer:
    matte = layer.matte
    of_matte = (matte.luma, matte.chroma, matte.cover) if matte else (None,) * 3
    arrays = (layer.luma, layer.chroma, *of_matte, *nodes)
    return kernel.Layer(*[None if array is None else array.ctypes.data for array in arrays])


def _geometry(layers: tuple[Layer, ...], grid: NodeGrid) -> kernel.Geometry:
    height_px, width_px = layers[0].luma.shape[:2]
    block_px = BLOCK * layers[0].oversampling
    return kernel.Geometry(
        frame_width=grid.raster.width_px,
        frame_height=grid.raster.height_px,
        source_width=width_px,
        source_height=height_px,
        columns=grid.shape[1],
        cover_columns=-(-width_px // block_px),
        cover_shift=block_px.bit_length() - 1,
        layers=len(layers),
    )


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
