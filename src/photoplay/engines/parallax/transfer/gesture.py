"""A rhythm on the figure of a still: it leans and bobs above its foot, and tilts its head.

The foot stays where it is, the body bends above it, and the head moves as one piece: nothing in a
face is ever bent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np

from photoplay.engines.parallax.camera import Pose
from photoplay.engines.parallax.layer import Layer
from photoplay.engines.parallax.scene import Scene
from photoplay.engines.parallax.shares import eased
from photoplay.engines.parallax.subject import Mask
from photoplay.engines.parallax.transfer.rhythm import Rhythm, Series
from photoplay.engines.parallax.warp import Offset, film, source_map
from photoplay.frames import Field, split_planes

LEAN, BOB, TILT_RAD = 0.12, 0.05, 0.10  # what looks natural at most
_REACH = 0.032  # of the unit: how far a neck may go before the filled background shows
_RISE = 12  # frames in which the movement comes up from the still
_NECK_BELOW = 0.18  # below the chin, as a share of the face's height
_ROUNDS = 2
_NECK_FROM, _NECK_TO = 0.08, 0.42  # heights below the crown, as shares, at which a neck may be
_WIDER_HEAD, _WIDER_SHOULDERS = 1.15, 1.4  # than the neck between them: a bottle has no head
_OFF = 8  # 8-bit steps by which the layers differ from the still where the cut is wrong
_PLAIN = 16  # steps between the darkest and the lightest: no edge is there
_NEAR_PX = 14  # at 1080p
_MOST_OFF = 0.002  # of the figure (clean cuts: up to 0.0004, those with ghosts: from 0.008)


@dataclass(frozen=True, slots=True)
class Figure:
    """Where a still's figure bends, px of the frame."""

    foot_px: float
    neck_px: float
    neck_x_px: float
    head_width_px: float | None  # None: no head was found, so none is tilted

    @property
    def height_px(self) -> float:
        """From foot to neck."""
        return self.foot_px - self.neck_px


def find_figure(scene: Scene) -> Figure | None:
    """The figure of a scene; None where nothing that can lean was cut out."""
    if not scene.is_layered:
        return None
    mask = scene.subject.mask
    scale = scene.canvas.raster.height_px / mask.shape[0]
    rows = np.flatnonzero(mask.any(axis=1))
    top, foot = float(rows[0]), float(rows[-1] + 1)
    if foot > 0.97 * mask.shape[0]:
        foot = float(mask.shape[0])
    faces = scene.subject.faces
    if len(faces) > 1 or not is_clean(scene):
        return None
    if not faces:
        neck_at = _neck(mask[int(top) : int(foot)]) if is_given(scene) else None
        if neck_at is None:
            return None
        row, column = neck_at
        return Figure(foot * scale, (top + row) * scale, column * scale, None)
    face = faces[0]
    neck = face.y_px + (1 + _NECK_BELOW) * face.height_px
    if foot - neck < 0.5 * face.height_px or neck < top:
        return None
    return Figure(foot * scale, neck * scale, face.centre_px[0] * scale, face.width_px * scale)


def is_given(scene: Scene) -> bool:
    """Whether somebody cut the figure out before: then it is one thing, and meant to move."""
    return scene.canvas.cut is not None and "transparency" in scene.subject.reasons


def _neck(mask: Mask) -> tuple[float, float] | None:
    """Row and middle of the narrow place between a head and shoulders; None where there is none."""
    widths = mask.sum(axis=1).astype(np.float64)
    rows = len(widths)
    start, end = round(_NECK_FROM * rows), round(_NECK_TO * rows)
    if end - start < 3:
        return None
    row = start + int(widths[start:end].argmin())
    head, shoulders = widths[:row].max(), widths[row : row + (end - start)].max()
    if head < _WIDER_HEAD * widths[row] or shoulders < _WIDER_SHOULDERS * widths[row]:
        return None
    return float(row), float(np.flatnonzero(mask[row]).mean())


def is_clean(scene: Scene) -> bool:
    """Whether the figure was cut out where things end in the picture.

    On a right outline the layers differ from the still only where it has an edge. Where they differ
    in the midst of plain ground, something was left behind or taken along: bent, it is a ghost.
    """
    still = scene.canvas.frame
    laid = film(scene.layers, scene.grid, Pose(), {}, np.empty_like(still))
    before, now = (split_planes(each)[0] for each in (still, laid))
    reach = 2 * round(_NEAR_PX * scene.canvas.raster.unit_px / 2) + 1
    around = np.ones((reach, reach), np.uint8)
    smooth = cv2.GaussianBlur(before, (0, 0), 1)
    plain = cv2.morphologyEx(smooth, cv2.MORPH_GRADIENT, around) < _PLAIN
    wrong = (cv2.absdiff(before, now) > _OFF) & plain
    return float(wrong.mean()) <= _MOST_OFF * float(scene.subject.mask.mean())


class Gesture:
    """Displaces the subject of a scene as a rhythm says. Immutable; threads may share it.

    `share` is how much of the video's swing there is in it, 0–1.
    """

    def __init__(self, scene: Scene, figure: Figure, rhythm: Rhythm) -> None:
        self._scene = scene
        self._figure = figure
        raster = scene.canvas.raster
        unit = (raster.width_px * raster.height_px) ** 0.5
        rise = eased(np.arange(len(rhythm.lean)) / _RISE)
        farthest = _REACH * unit / figure.height_px
        self._lean = rise * _within(rhythm.lean, min(LEAN, farthest))
        self._bob = rise * _within(rhythm.bob, min(BOB, farthest))
        tilt = np.zeros_like(rise) if rhythm.tilt_rad is None else rhythm.tilt_rad
        self._tilt = rise * _within(tilt, TILT_RAD)
        asked = max(_peak(rhythm.lean), _peak(rhythm.bob)) / min(LEAN, farthest)
        self.share = 1 / max(asked, 1.0)

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The scene's own."""
        return self._scene.layers

    def added(self, frame: int, pose: Pose, offsets: Mapping[str, Offset]) -> dict[str, Offset]:
        """The offsets of a frame with this movement upon those of the subject."""
        layer = next(each for each in self._scene.layers if each.name == "subject")
        before = offsets.get("subject")
        x, y = source_map(layer.depth, self._scene.grid, pose, before)
        at_x, at_y = x, y
        for _ in range(_ROUNDS):  # what is seen here came from where it was before it moved
            dx, dy = self._moved(frame, at_x, at_y)
            at_x, at_y = x - dx, y - dy
        shift_x, shift_y = (0.0, 0.0) if before is None else before
        moved = (np.asarray(at_x - x + shift_x, np.float32), np.asarray(at_y - y + shift_y))
        return {**offsets, "subject": (moved[0], np.asarray(moved[1], np.float32))}

    def _moved(self, frame: int, x: Field, y: Field) -> tuple[Field, Field]:
        """Where to the figure moves what lies at (x, y) of the still, px."""
        figure = self._figure
        above = ((figure.foot_px - y) / figure.height_px).clip(0, 1)
        bent = above**1.4
        dx = self._lean[frame] * figure.height_px * bent
        dy = -self._bob[frame] * figure.height_px * above
        if figure.head_width_px is not None:
            share = self._of_head(x, y)
            from_x, from_y = x - figure.neck_x_px, y - figure.neck_px
            cos, sin = np.cos(self._tilt[frame]) - 1, np.sin(self._tilt[frame])
            dx = dx + share * (cos * from_x - sin * from_y)
            dy = dy + share * (sin * from_x + cos * from_y)
        return dx, dy

    def _of_head(self, x: Field, y: Field) -> Field:
        """1 on the head, 0 from the shoulders on and far beside it, smooth between."""
        figure = self._figure
        assert figure.head_width_px is not None
        size = figure.head_width_px
        over = ((figure.neck_px + 0.15 * size - y) / (0.4 * size)).clip(0, 1)
        beside = np.abs(x - figure.neck_x_px) / size
        near = (1.6 - 0.8 * beside).clip(0, 1)
        return eased(over * near)


def _within(values: Series, most: float) -> Series:
    """Made smaller as a whole where it goes too far: it keeps its shape."""
    return values * min(1.0, most / max(_peak(values), 1e-9))


def _peak(values: Series) -> float:
    return float(np.abs(values).max())
