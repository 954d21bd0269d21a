"""The pieces of a cut-out character: trunk with head and legs, and the arms that move.

Each is a layer of its own and is drawn over what lies behind it, so that an arm may cross the
trunk. Neighbours share a disc at their joint: turned against each other they leave no gap.
"""

from __future__ import annotations

import cv2
import numpy as np

from photoplay.engines.parallax.layer import Layer
from photoplay.engines.parallax.scene import Scene
from photoplay.engines.parallax.transfer.puppet import body
from photoplay.engines.parallax.transfer.puppet.body import Joint, Shape, Vector
from photoplay.engines.parallax.transfer.puppet.coarse import (
    COARSE_PX,
    at_size,
    distances,
    points,
)
from photoplay.frames import Field, Plane

_SOFT_PX = 1.5  # at 1080p: half the width of the edge where a piece was cut from its neighbour
_SPIKE, _NEAR = 0.7, 5.0  # what is narrower is a spike, and where it is one; radii of the limb
_SLEEVE = 0.6  # by how much more of a joint's surroundings goes with the limb, radii of it
_DISC = 1.06  # radius of what neighbours share, in those of the shoulder's own roundness
_ROUND = (1.05, 1.8)  # and that one, in radii of the arm
# Where the trunk would be hollow under the arm, it keeps what the arm covers: hollows so narrow, in
# radii of the arm, and so near to the line from shoulder to hip, in those of the shoulder.
_HOLLOW, _CHEST = 1.8, 1.0
_TO_HIP = Joint.LEFT_HIP - Joint.LEFT_SHOULDER


TRUNK = "trunk"
ARM_NAMES = ("left arm", "right arm")
SHOULDERS = (Joint.LEFT_SHOULDER, Joint.RIGHT_SHOULDER)


def cut_pieces(
    scene: Scene, shape: Shape, rest: Vector, arms: tuple[bool, bool]
) -> tuple[Layer, ...]:
    """Layers from back to front: background, trunk, arms. The puppet is in px of the frame."""
    back, subject = scene.layers
    shares = piece_shares(scene, shape, rest, arms)
    return (back, *(subject.part(name, share) for name, share in shares.items()))


def piece_shares(
    scene: Scene, shape: Shape, rest: Vector, arms: tuple[bool, bool]
) -> dict[str, Field]:
    """How much of the subject's layer is in each piece, (H, W) at its size, 0–1; back to front."""
    joints, radii = body.joints_of(shape, rest), body.radii_of(shape)
    raster = scene.canvas.raster
    apart = distances(raster.width_px, raster.height_px, joints, radii).astype(np.float32)
    height, width = scene.layers[1].luma.shape[:2]
    times = scene.layers[1].oversampling
    soft = _SOFT_PX * raster.unit_px

    def ramp(field: Field) -> Field:
        large = at_size(field, (height, width), times)
        return np.asarray((0.5 + large / (2 * soft)).clip(0, 1), np.float32)

    trunk = np.full(apart.shape[1:], np.inf, np.float32)
    fields: dict[str, Field] = {}
    for name, capsules, joint, moves in zip(ARM_NAMES, body.ARMS, SHOULDERS, arms, strict=True):
        if not moves:
            continue
        limb = apart[capsules].min(axis=0)
        radius = float(radii[capsules][0, 0])
        away = _from(scene, joints[joint])
        others = np.delete(apart, capsules, axis=0).min(axis=0)
        others = others + _SLEEVE * radius * (1 - away / (_NEAR * radius)).clip(0, 1)
        shoulder_px = _shoulder_px(scene, joints[joint], radius)
        disc = shoulder_px - away
        left = _without_spikes(np.maximum(limb - others, disc), away, radius)
        side = _off_line(scene, joints[joint], joints[joint + _TO_HIP]) < _CHEST * shoulder_px
        closed = cv2.morphologyEx(left, cv2.MORPH_CLOSE, _disc(_HOLLOW * radius))
        trunk = np.minimum(trunk, np.where(side & (away < _NEAR * radius), closed, left))
        fields[name] = np.maximum(np.maximum(others - limb, disc), -left)
    return {TRUNK: ramp(trunk.clip(max=1e3)), **{name: ramp(each) for name, each in fields.items()}}


def _without_spikes(field: Field, away: Field, radius_px: float) -> Field:
    """What is left beside a limb, without the wedge in its armpit: that belongs to the sleeve."""
    opened = cv2.morphologyEx(field, cv2.MORPH_OPEN, _disc(_SPIKE * radius_px))
    return np.where(away < _NEAR * radius_px, opened, field)


def _shoulder_px(scene: Scene, joint: Vector, radius_px: float) -> float:
    """Radius of the disc about a shoulder that a turning arm shares with the trunk."""
    matte, times = scene.layers[1].matte, scene.layers[1].oversampling
    assert matte is not None
    solid = (np.ascontiguousarray(matte.luma[..., 0]) > 127).astype(np.uint8)
    column, row = (round(float(value) * times) for value in joint)
    inside = 0 <= row < solid.shape[0] and 0 <= column < solid.shape[1]
    own = float(cv2.distanceTransform(solid, cv2.DIST_L2, 5)[row, column]) / times if inside else 0
    return _DISC * float(np.clip(own, _ROUND[0] * radius_px, _ROUND[1] * radius_px))


def _disc(radius_px: float) -> Plane:
    across = 2 * round(radius_px / COARSE_PX) + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (across, across)), np.uint8)


def _off_line(scene: Scene, start: Vector, end: Vector) -> Field:
    at, size = points(scene.canvas.raster.width_px, scene.canvas.raster.height_px)
    way = (end - start) / max(float(np.hypot(*(end - start))), 1e-6)
    off = (at[:, 0] - start[0]) * way[1] - (at[:, 1] - start[1]) * way[0]
    return np.asarray(np.abs(off).reshape(size), np.float32)


def _from(scene: Scene, joint: Vector) -> Field:
    at, size = points(scene.canvas.raster.width_px, scene.canvas.raster.height_px)
    return np.asarray(np.hypot(*(at - joint).T).reshape(size), np.float32)
