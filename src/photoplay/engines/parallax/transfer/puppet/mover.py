"""Moves the pieces of a character as its joints go."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from photoplay.engines.parallax.camera import Pose
from photoplay.engines.parallax.grid import CELL
from photoplay.engines.parallax.layer import Layer
from photoplay.engines.parallax.scene import Scene
from photoplay.engines.parallax.transfer.puppet import pieces
from photoplay.engines.parallax.transfer.puppet.body import Joint, Joints, Shape, Vector, joints_of
from photoplay.engines.parallax.transfer.puppet.pieces import cut_pieces
from photoplay.engines.parallax.transfer.puppet.skin import Bend, Chain, sources
from photoplay.engines.parallax.warp import Offset, source_map

_ELBOW = 0.9  # half the length of its bend, in radii of the arm
_WAIST = 0.22  # half the length over which a trunk bends, of its own
_MARGIN_PX = 2.5 * CELL
_NECK = 0.35  # the same of the neck, in radii of the head


class Puppet:
    """Displaces the pieces of a scene's subject. Immutable; threads may share it.

    `joints` (frames, joints, 2) are where they are at each frame, px of the frame.
    """

    def __init__(
        self, scene: Scene, shape: Shape, rest: Vector, arms: tuple[bool, bool], joints: Joints
    ) -> None:
        self._scene = scene
        self._rest = joints_of(shape, rest)
        self._joints = joints
        self.layers: tuple[Layer, ...] = cut_pieces(scene, shape, rest, arms)
        chains = _chains(self._rest, shape)
        # What lies far from a piece is nothing, whichever place it comes from: kept near the piece
        # it costs no reading, and never lies beyond the border, where the kernel mirrors.
        self._boxes = {layer.name: _box(layer) for layer in self.layers[1:]}
        self._chains = {layer.name: chains[layer.name] for layer in self.layers[1:]}

    def added(self, frame: int, pose: Pose, offsets: Mapping[str, Offset]) -> dict[str, Offset]:
        """The offsets of a frame with this movement upon those of the subject, for each piece."""
        before = offsets.get("subject")
        depth = self._scene.layers[1].depth
        x, y = source_map(depth, self._scene.grid, pose, before)
        wide, high = x.astype(np.float64), y.astype(np.float64)
        shift_x, shift_y = (0.0, 0.0) if before is None else before
        moved = dict(offsets)
        for name, chain in self._chains.items():
            at_x, at_y = sources(chain, self._rest, self._joints[frame], wide, high)
            left, top, right, bottom = self._boxes[name]
            at_x, at_y = at_x.clip(left, right), at_y.clip(top, bottom)
            moved[name] = (
                np.asarray(at_x - wide + shift_x, np.float32),
                np.asarray(at_y - high + shift_y, np.float32),
            )
        return moved


def _box(layer: Layer) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of a piece with a margin, px of the frame."""
    assert layer.matte is not None
    matte = layer.matte.luma[..., 0]
    rows, columns = np.flatnonzero(matte.any(axis=1)), np.flatnonzero(matte.any(axis=0))
    times = layer.oversampling
    sides = (columns[0], rows[0], columns[-1], rows[-1])
    outwards = (-_MARGIN_PX, -_MARGIN_PX, _MARGIN_PX, _MARGIN_PX)
    most = (matte.shape[1], matte.shape[0]) * 2
    left, top, right, bottom = (
        float(np.clip(side / times + by, 1, limit / times - 1))
        for side, by, limit in zip(sides, outwards, most, strict=True)
    )
    return left, top, right, bottom


def _chains(rest: Joints, shape: Shape) -> dict[str, Chain]:
    high = shape.height_px
    made = {pieces.TRUNK: _trunk(rest, shape)}
    for name, shoulder in zip(pieces.ARM_NAMES, pieces.SHOULDERS, strict=True):
        elbow, wrist = Joint(shoulder + 1), Joint(shoulder + 2)
        bend = Bend((elbow, wrist), 0.0, _ELBOW * high * shape.arm_radius)
        made[name] = Chain((shoulder, elbow), (bend,))
    return made


def _trunk(rest: Joints, shape: Shape) -> Chain:
    """Hips, which keep upright, pass into the trunk over the waist, and it into the head."""
    waist = _WAIST * float(np.hypot(*(rest[Joint.NECK] - rest[Joint.ROOT])))
    neck = _NECK * shape.height_px * shape.head
    return Chain(
        (Joint.ROOT, None),
        (
            Bend((Joint.ROOT, Joint.NECK), waist, waist),
            Bend((Joint.NECK, Joint.CROWN), neck, neck),
        ),
    )
