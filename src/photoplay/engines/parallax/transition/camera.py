"""The camera goes from one still to the other: both are led to where they agree, and mixed.

At time t a point x of the first still is at H^t(x + t·residual(x)), and one of the second, z, at
H^(t-1)(z + (1-t)·back(z)). A frame asks the other way round, so x and z are found by fixed-point
iteration; movement is smooth where it can be trusted, and where it cannot the other still is seen.
The maps are made at nodes `_CELL` px apart, the pixels strip by strip, in the processor's cache.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from photoplay.direction.plan import Camera
from photoplay.engines.parallax.camera import Border, Pose, Stage
from photoplay.engines.parallax.canvas import Canvas
from photoplay.engines.parallax.film import motion_blur
from photoplay.engines.parallax.transition import tone
from photoplay.engines.parallax.transition.match import (
    Match,
    Positions,
    all_positions,
    looked_up,
    mapped,
)
from photoplay.engines.parallax.transition.powers import Matrix, exponential, logarithm
from photoplay.engines.parallax.transition.way import Timing, detour
from photoplay.frames import I420, Field, Plane, Raster, split_planes
from photoplay.sound.staging import Staging

_CELL = 4  # px of the frame between nodes; divides its sides
_STRIP = 16  # rows of nodes that are drawn at a time
_ROUNDS = 3  # of fixed-point iteration
_DOUBTED = 0.03  # weight of a still where its movement cannot be trusted
_UNSEEN = 1e-4  # and where it has nothing to show
_EDGE_PX = 20.0  # at the working size: over it a still's border fades
_BLACK = 16  # luma of black
_DISTANCE = 0.5  # inverse depth of a picture that is taken as a plane
_WHIP_SHARE_S = 0.5  # shares of the width a second at which a camera whips


@dataclass(frozen=True, slots=True)
class _Source:
    """One still, and what is known at the working size of each of its points."""

    luma: Plane  # above black
    chroma: NDArray[np.uint8]  # (H/2, W/2, 2)
    moves: Positions  # residual, working px
    known: NDArray[np.float32]  # (h, w, 4): trust, log gain and two chroma shifts to the second


@dataclass(frozen=True, slots=True)
class _Nodes:
    """One frame's maps at the nodes, with a node of margin on every side.

    `first` and `second` are positions in the stills, px; `share` is the second's, `gains` (h, w, 2)
    the weights of their luma, `shift` (h, w, 2) what is added to chroma.
    """

    first: Positions
    second: Positions
    share: Field
    gains: Positions
    shift: Positions


class CameraWay:
    """Frames between two stills that show the same thing."""

    def __init__(
        self,
        first: Canvas,
        second: Canvas,
        match: Match,
        camera: Camera,
        timing: Timing,
        *,
        fine: bool,
    ) -> None:
        self._raster = first.raster
        self.notes: tuple[str, ...] = ()
        self._timing = timing
        self._eased = timing.eased
        self._interpolation = cv2.INTER_CUBIC if fine else cv2.INTER_LINEAR
        rows, columns = match.trust.shape
        self._scale = np.array(
            [self._raster.width_px / columns, self._raster.height_px / rows], np.float32
        )
        self._way = logarithm(match.homography)
        tones = tone.between(first.frame, second.frame, match)
        self._sources = (
            _source(first.frame, match.residual, match.trust + match.alone, tones.first),
            _source(second.frame, match.back, match.back_trust + match.back_alone, tones.second),
        )
        self._at = self._node_positions()
        self._detour = detour(camera, _plane(self._raster), timing)
        self._centres = self._followed()

    @property
    def staging(self) -> Staging:
        """The camera's speed, from how far what is seen in the middle moves."""
        moved = np.linalg.norm(np.diff(self._centres, axis=0, prepend=self._centres[:1]), axis=1)
        share_s = moved / self._raster.width_px * self._timing.fps
        return Staging(speed=(share_s / _WHIP_SHARE_S).clip(0, 1))

    def share(self, number: int) -> float:
        """How far the frame is the second still's, 0–1."""
        return float(self._eased[number])

    def draw(self, number: int, out: I420) -> Pose:
        """Fill `out` with frame `number`; returns the detour that its camera makes."""
        nodes = self._nodes(number)
        luma, u, v = split_planes(out)
        rows = self._raster.height_px // _CELL
        for top in range(0, rows, _STRIP):
            part = slice(top, min(top + _STRIP, rows))
            self._draw_luma(nodes, part, luma)
            self._draw_chroma(nodes, part, u, v)
        pose = self._detour[number]
        across, down = 0.5 * np.abs(self._centres[number] - self._centres[max(number - 1, 0)])
        if max(across, down) > 4:
            motion_blur(Pose(blur_x_px=across * (across > 4), blur_y_px=down * (down > 4)), out)
        return pose

    def _views(self, number: int) -> tuple[Matrix, Matrix]:
        """From positions in the frame to those in both stills, at the working size."""
        t = float(self._eased[number])
        scale = np.diag([*self._scale.astype(np.float64), 1.0])
        aside = np.linalg.inv(scale) @ _flat(self._detour[number]) @ scale
        return exponential(-t * self._way) @ aside, exponential((1 - t) * self._way) @ aside

    def _nodes(self, number: int) -> _Nodes:
        t = np.float32(self._eased[number])
        to_first, to_second = self._views(number)
        first, second = self._sources
        x = _found(mapped(to_first, self._at), first.moves, t)
        z = _found(mapped(to_second, self._at), second.moves, 1 - t)
        here, there = looked_up(first.known, x), looked_up(second.known, z)
        mine = (1 - t) * _weight(x, here[..., 0], first.moves.shape)
        theirs = t * _weight(z, there[..., 0], second.moves.shape)
        share = cv2.GaussianBlur(theirs / (mine + theirs), (0, 0), 1.2)
        gains = np.stack(
            [(1 - share) * np.exp(t * here[..., 1]), share * np.exp((t - 1) * there[..., 1])], -1
        )
        shift = here[..., 2:] * ((1 - share) * t)[..., None]
        shift = shift + there[..., 2:] * (share * (t - 1))[..., None]
        return _Nodes(
            x * self._scale,
            z * self._scale,
            share,
            np.ascontiguousarray(gains, np.float32),
            np.ascontiguousarray(shift, np.float32),
        )

    def _draw_luma(self, nodes: _Nodes, part: slice, out: Plane) -> None:
        gains = self._spread(nodes.gains, part, 1)
        lit = []
        for at, (source, map_) in enumerate(
            zip(self._sources, (nodes.first, nodes.second), strict=True)
        ):
            places = self._spread(map_ - np.float32(0.5), part, 1)
            shown = self._read(source.luma, places)
            lit.append(cv2.multiply(shown, cv2.extractChannel(gains, at), dtype=cv2.CV_32F))
        strip = out[part.start * _CELL : part.stop * _CELL]
        cv2.add(lit[0], lit[1], dst=strip, dtype=cv2.CV_8U)
        cv2.add(strip, _BLACK, dst=strip)

    def _draw_chroma(self, nodes: _Nodes, part: slice, u: Plane, v: Plane) -> None:
        """Chroma lies half a pixel beside its nodes in frame and still alike: see `frames`."""
        shown = [
            self._read(
                source.chroma, self._spread(map_ * np.float32(0.5) - np.float32(0.5), part, 2)
            )
            for source, map_ in zip(self._sources, (nodes.first, nodes.second), strict=True)
        ]
        share = self._spread(nodes.share, part, 2)
        mixed = cv2.blendLinear(shown[0], shown[1], 1 - share, share)
        shifted = cv2.add(mixed, self._spread(nodes.shift, part, 2), dtype=cv2.CV_8U)
        rows = slice(part.start * _CELL // 2, part.stop * _CELL // 2)
        u[rows], v[rows] = cv2.split(shifted)

    def _read(self, pixels: NDArray[np.uint8], places: Positions) -> NDArray[np.uint8]:
        return np.asarray(
            cv2.remap(pixels, places, None, self._interpolation, borderMode=cv2.BORDER_REFLECT_101)
        )

    def _spread(self, nodes: NDArray[np.float32], part: slice, step: int) -> NDArray[np.float32]:
        """Node values at every pixel of a strip, linearly; `step` 2 for those of chroma."""
        cell = _CELL // step
        some = nodes[part.start : part.stop + 2]
        size = (some.shape[1] * cell, some.shape[0] * cell)
        pixels = cv2.resize(some, size, interpolation=cv2.INTER_LINEAR)
        width = self._raster.width_px // step
        rows = slice(cell, cell * (part.stop - part.start + 1))
        return np.ascontiguousarray(pixels[rows, cell : cell + width])

    def _node_positions(self) -> Positions:
        """Of the nodes in the frame, at the working size. Node (r, c) is at ((c, r) - 0.5)·CELL."""
        rows = self._raster.height_px // _CELL + 2
        columns = self._raster.width_px // _CELL + 2
        return np.asarray((all_positions((rows, columns)) - 1) * _CELL / self._scale, np.float32)

    def _followed(self) -> NDArray[np.float64]:
        """Where in each frame that is seen which half-way is in the middle, px: (frames, 2)."""
        half = self._views(self._timing.frames // 2)[0]
        middle = np.array([self._raster.width_px / 2, self._raster.height_px / 2, 1.0])
        scale = np.diag([*self._scale.astype(np.float64), 1.0])
        point = half @ np.linalg.inv(scale) @ middle
        seen = [
            scale @ np.linalg.inv(self._views(number)[0]) @ point
            for number in range(self._timing.frames)
        ]
        return np.array([place[:2] / place[2] for place in seen])


def _source(frame: I420, moves: Positions, trust: Field, tones: tone.Tones) -> _Source:
    luma, u, v = split_planes(frame)
    return _Source(
        cv2.subtract(luma, _BLACK),
        cv2.merge([u, v]),
        np.ascontiguousarray(moves, np.float32),
        np.ascontiguousarray(np.dstack([trust.clip(0, 1), tones]), np.float32),
    )


def _found(seen: Positions, moves: Positions, time: np.float32) -> Positions:
    """The point x with x + time·moves(x) = seen."""
    if time < 1e-6:
        return seen
    at = seen
    for _ in range(_ROUNDS):
        at = seen - time * looked_up(moves, at)
    return at


def _weight(at: Positions, trust: Field, shape: tuple[int, ...]) -> Field:
    """How much a still has to say: where it is seen at all, and its movement can be trusted."""
    x, y = at[..., 0], at[..., 1]
    edge = np.minimum(np.minimum(x, shape[1] - x), np.minimum(y, shape[0] - y))
    seen = (edge / _EDGE_PX).clip(0, 1)
    return np.asarray(_UNSEEN + seen * (_DOUBTED + trust), np.float32)


def _flat(pose: Pose) -> Matrix:
    """What `warp.source_map` does, for a picture that is one plane."""
    cos, sin = np.cos(pose.roll_rad), np.sin(pose.roll_rad)
    scale = 1 - pose.dolly * _DISTANCE
    turn = np.array([[cos, sin, 0], [-sin, cos, 0], [0, 0, pose.zoom]]) / pose.zoom
    turn[:2, 2] = pose.pan_x_px, pose.pan_y_px
    turn[:2] *= scale
    turn[0, 2] += pose.truck_x_px * _DISTANCE + pose.pivot_x_px
    turn[1, 2] += pose.truck_y_px * _DISTANCE + pose.pivot_y_px
    to_pivot = np.eye(3)
    to_pivot[:2, 2] = -pose.pivot_x_px, -pose.pivot_y_px
    return np.asarray(turn @ to_pivot)


def _plane(raster: Raster) -> Stage:
    """A stage for the prompt's camera without layers: the picture is one plane."""
    corners = np.array([[0, 0], [1, 0], [0, 1], [1, 1]], np.float64)
    return Stage(
        raster=raster,
        border=Border(
            x_px=corners[:, 0] * raster.width_px,
            y_px=corners[:, 1] * raster.height_px,
            depth=np.full(4, _DISTANCE),
        ),
        focus=_DISTANCE,
        farthest=_DISTANCE,
        pivot=(0.5, 0.5),
        beyond=0.0,
        is_layered=False,
    )
