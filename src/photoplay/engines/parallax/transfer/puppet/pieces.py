"""The pieces of a cut-out character: trunk with head, arms, and legs where they stand apart.

Each is a layer of its own and is drawn over what lies behind it, so that an arm may cross the trunk.
Neighbours share a disc at their joint: turned against each other they leave no gap.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from photoplay.engines.parallax.layer import Layer
from photoplay.engines.parallax.scene import Scene
from photoplay.engines.parallax.transfer.puppet import body
from photoplay.engines.parallax.transfer.puppet.body import Joint, Joints, Shape, Vector
from photoplay.frames import Field

_COARSE_PX = 4  # between points at which distances are measured; they are smooth
_SOFT_PX = 1.5  # at 1080p: half the width of the edge where a piece was cut from its neighbour
_SPIKE, _NEAR = 0.7, 3.5  # what is narrower is a spike, and where it is one; radii of the limb
_SLEEVE = 0.6  # by how much more of a joint's surroundings goes with the limb, radii of it
_DISC = 1.12  # radius of what neighbours share, in radii of the limb


@dataclass(frozen=True, slots=True)
class Limbs:
    """Which limbs move apart from the trunk: (left, right)."""

    arms: tuple[bool, bool]
    legs: tuple[bool, bool]

    @property
    def any(self) -> bool:
        """Whether one of them does."""
        return any((*self.arms, *self.legs))


TRUNK = "trunk"
ARM_NAMES, LEG_NAMES = ("left arm", "right arm"), ("left leg", "right leg")
SHOULDERS = (Joint.LEFT_SHOULDER, Joint.RIGHT_SHOULDER)
HIPS = (Joint.LEFT_HIP, Joint.RIGHT_HIP)


def cut_pieces(scene: Scene, shape: Shape, rest: Vector, limbs: Limbs) -> tuple[Layer, ...]:
    """Layers from back to front: background, legs, trunk, arms. The puppet is in px of the frame."""
    back, subject = scene.layers
    shares = piece_shares(scene, shape, rest, limbs)
    return (back, *(_part(subject, name, share) for name, share in shares.items()))


def piece_shares(scene: Scene, shape: Shape, rest: Vector, limbs: Limbs) -> dict[str, Field]:
    """How much of the subject's layer is in each piece, (H, W) at its size, 0–1; back to front."""
    joints, radii = body.joints_of(shape, rest), body.radii_of(shape)
    apart = _distances(scene, joints, radii)
    height, width = scene.layers[1].luma.shape[:2]
    times = scene.layers[1].oversampling
    soft = _SOFT_PX * scene.canvas.raster.unit_px

    def at_size(field: Field) -> Field:
        rows, columns = (-(-side // (_COARSE_PX * times)) for side in (height, width))
        size = (columns * _COARSE_PX * times, rows * _COARSE_PX * times)
        larger = cv2.resize(field, size, interpolation=cv2.INTER_LINEAR)
        return np.asarray(larger[:height, :width])

    def ramp(field: Field) -> Field:
        return np.asarray((0.5 + at_size(field) / (2 * soft)).clip(0, 1), np.float32)

    limbs_of = zip(
        (*LEG_NAMES, *ARM_NAMES),
        (*body.LEGS, *body.ARMS),
        (*HIPS, *SHOULDERS),
        (*limbs.legs, *limbs.arms),
        strict=True,
    )
    trunk = np.full(apart.shape[1:], np.inf, np.float32)
    fields: dict[str, Field] = {}
    for name, capsules, joint, moves in limbs_of:
        if not moves:
            continue
        limb = apart[capsules].min(axis=0)
        radius = float(radii[capsules][0, 0])
        away = _from(scene, joints[joint])
        others = np.delete(apart, capsules, axis=0).min(axis=0)
        others = others + _SLEEVE * radius * (1 - away / (_NEAR * radius)).clip(0, 1)
        disc = _DISC * radius - away
        left = _without_spikes(np.maximum(limb - others, disc), away, radius)
        trunk = np.minimum(trunk, left)
        fields[name] = np.maximum(np.maximum(others - limb, disc), -left)
    shares = {name: ramp(fields[name]) for name in LEG_NAMES if name in fields}
    shares[TRUNK] = ramp(np.minimum(trunk, 1e3))
    return shares | {name: ramp(fields[name]) for name in ARM_NAMES if name in fields}


def _without_spikes(field: Field, away: Field, radius_px: float) -> Field:
    """What is left beside a limb, without the wedge in its armpit: that belongs to the sleeve."""
    reach = 2 * round(_SPIKE * radius_px / _COARSE_PX) + 1
    opened = cv2.morphologyEx(
        field, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    )
    return np.where(away < _NEAR * radius_px, opened, field)


def _points(scene: Scene) -> tuple[Vector, tuple[int, int]]:
    raster = scene.canvas.raster
    rows, columns = -(-raster.height_px // _COARSE_PX), -(-raster.width_px // _COARSE_PX)
    y, x = (np.mgrid[0:rows, 0:columns] + 0.5) * _COARSE_PX
    return np.column_stack([x.ravel(), y.ravel()]), (rows, columns)


def _distances(scene: Scene, joints: Joints, radii: Vector) -> Field:
    at, size = _points(scene)
    apart = body.capsule_distances(joints, radii, at)
    return np.asarray(apart.reshape(-1, *size), np.float32)


def _from(scene: Scene, joint: Vector) -> Field:
    at, size = _points(scene)
    return np.asarray(np.hypot(*(at - joint).T).reshape(size), np.float32)


def _part(layer: Layer, name: str, share: Field) -> Layer:
    return layer.part(name, share)
