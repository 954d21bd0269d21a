"""A coarse grid of nodes over the frame: warps are computed there and interpolated to pixels.

Node (r, c) lies at x = (c - 0.5)·CELL, y = (r - 0.5)·CELL, so that `cv2.resize` by CELL, which
centres sample c on (c + 0.5)·CELL, followed by a crop of one cell, is exact linear interpolation.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from photoplay.frames import Field, Raster

CELL = 16  # pixels between nodes; divides every strip, and half of it every chroma strip


@dataclass(frozen=True)
class NodeGrid:
    """Nodes over a raster, with one cell of margin on every side."""

    raster: Raster

    @cached_property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of nodes."""
        return -(-self.raster.height_px // CELL) + 2, -(-self.raster.width_px // CELL) + 2

    @cached_property
    def x_px(self) -> Field:
        """Position of every node, (rows, columns)."""
        rows, columns = self.shape
        return np.tile((np.arange(columns, dtype=np.float32) - 0.5) * CELL, (rows, 1))

    @cached_property
    def y_px(self) -> Field:
        """Position of every node, (rows, columns)."""
        rows, columns = self.shape
        line = (np.arange(rows, dtype=np.float32) - 0.5) * CELL
        return np.ascontiguousarray(np.tile(line[:, None], (1, columns)))

    def sample(self, picture: Field) -> Field:
        """Values of a field at the nodes; the field covers the frame at any size.

        It is smoothed to the spacing of the nodes first.
        """
        scale_x = picture.shape[1] / self.raster.width_px
        scale_y = picture.shape[0] / self.raster.height_px
        smooth = cv2.GaussianBlur(picture.astype(np.float32), (0, 0), 0.5 * CELL * scale_x + 0.3)
        at = (self.x_px * scale_x - 0.5, self.y_px * scale_y - 0.5)
        return np.asarray(cv2.remap(smooth, *at, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))

    def look_up(self, nodes: Field, x_px: Field, y_px: Field) -> Field:
        """Values of a node field at other positions, linearly between nodes."""
        u, v = x_px * (1 / CELL) + 0.5, y_px * (1 / CELL) + 0.5
        return np.asarray(cv2.remap(nodes, u, v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))

    def spread(self, nodes: Field, step: int = 1) -> Field:
        """Interpolate node values (float32 or uint8) to every pixel of the frame.

        `step` 2 gives every second pixel of both axes, centred between two (chroma size).
        """
        cell = CELL // step
        rows, columns = self.shape
        spread = cv2.resize(nodes, (columns * cell, rows * cell), interpolation=cv2.INTER_LINEAR)
        width, height = self.raster.width_px // step, self.raster.height_px // step
        return np.asarray(spread[cell : cell + height, cell : cell + width])
