"""The puppet of a still: where the joints of a cut-out person are, and which limbs can move.

A limb can move where the picture shows a gap on both sides of it; what hangs before the trunk would
leave a hole in the coat. In doubt there is no puppet.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from photoplay.engines.parallax.scene import Scene
from photoplay.engines.parallax.subject import Mask
from photoplay.engines.parallax.transfer.gesture import is_clean, is_given
from photoplay.engines.parallax.transfer.puppet import body
from photoplay.engines.parallax.transfer.puppet.body import Angle, Joint, Joints, Shape, Vector
from photoplay.engines.parallax.transfer.puppet.fit import Silhouette
from photoplay.engines.parallax.transfer.puppet.following import fit_person
from photoplay.engines.parallax.transfer.puppet.pieces import Limbs

LEAST_COVER = 0.83  # of figure and puppet together, that both must share
_ONE_PIECE = 0.97  # of the mask is in its largest piece
_BORDER = 0.012  # of a side: nearer to it the figure may go on beyond
_LEAST_HEIGHT = 0.3  # of the picture's
_MOST_TURNED_RAD = 0.3  # trunk and head of somebody who stands
_HEADS = (0.045, 0.14)  # radius of a head, of the height
_BESIDE = (1.45, 1.9)  # radii from a limb's axis at which its gap is looked for
_GAP = 0.6  # share of a limb that has gaps on both sides


@dataclass(frozen=True, slots=True)
class Doll:
    """A character's puppet, px of the frame. `cover` is how well it fits, 0–1."""

    shape: Shape
    rest: Vector
    limbs: Limbs
    cover: float


@dataclass(frozen=True, slots=True)
class NoDoll:
    """Why a picture has no puppet, as a sentence."""

    reason: str


def find_doll(scene: Scene) -> Doll | NoDoll:
    """The puppet of a scene's subject, or why there is none."""
    if not scene.is_layered:
        return NoDoll("no figure could be cut out of the picture safely, so its limbs do not move")
    mask = scene.subject.mask
    refused = _refused(scene, mask)
    if refused:
        return NoDoll(refused)
    silhouette = Silhouette.of(mask)
    found = fit_person(silhouette)
    cover = silhouette.cover(found.shape, found.pose)
    is_person = _stands(found.shape, found.pose) and _has_face(scene, found.shape, found.pose)
    if cover < LEAST_COVER or not is_person:
        return NoDoll(
            f"the figure in the picture does not stand like a whole person (fit {cover:.2f}), so its "
            "limbs do not move"
        )
    joints, radii = body.joints_of(found.shape, found.pose), body.radii_of(found.shape)
    arms = tuple(_is_free(mask, joints, radii, each, 0.5) for each in body.ARMS)
    legs = all(_is_free(mask, joints, radii, each, 0.6) for each in body.LEGS)
    limbs = Limbs((arms[0], arms[1]), (legs, legs))
    if not limbs.any:
        return NoDoll("arms and legs in the picture lie against the body, so they do not move")
    scale = scene.canvas.raster.height_px / mask.shape[0]
    rest = found.pose.copy()
    rest[: Angle.ROOT_Y + 1] *= scale
    return Doll(found.shape.zoomed(scale), rest, limbs, cover)


def _refused(scene: Scene, mask: Mask) -> str | None:
    """Why a figure is not even tried."""
    if len(scene.subject.faces) > 1:
        return f"there are {len(scene.subject.faces)} people in the picture, and the video moves one"
    if not (scene.subject.faces or is_given(scene)):
        return "no face was found on what the picture shows, so its limbs do not move"
    height, width = mask.shape
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    edge = _BORDER * max(height, width)
    inside = rows[0] >= edge and rows[-1] < height - edge
    inside = inside and columns[0] >= edge and columns[-1] < width - edge
    if not inside:
        return "the figure is cut off by the border of the picture, so its limbs do not move"
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    if stats[1:, cv2.CC_STAT_AREA].max() < _ONE_PIECE * mask.sum():
        return "the figure is not of one piece, so its limbs do not move"
    if rows[-1] - rows[0] < _LEAST_HEIGHT * height:
        return "the figure is too small in the picture for its limbs to move"
    if not is_clean(scene):
        return "the figure's outline is not certain enough to move its limbs"
    return None


def _stands(shape: Shape, pose: Vector) -> bool:
    """Whether it is a person who stands upright."""
    turned = max(abs(float(pose[Angle.TRUNK])), abs(float(pose[Angle.HEAD])))
    return turned < _MOST_TURNED_RAD and _HEADS[0] < shape.head < _HEADS[1]


def _has_face(scene: Scene, shape: Shape, pose: Vector) -> bool:
    """Whether a face that was found is where the puppet has its head."""
    if not scene.subject.faces:
        return True
    joints = body.joints_of(shape, pose)
    middle = (joints[Joint.CHIN] + joints[Joint.CROWN]) / 2
    off = np.hypot(*(np.array(scene.subject.faces[0].centre_px) - middle))
    return bool(off < 1.1 * shape.head * shape.height_px)


def _is_free(mask: Mask, joints: Joints, radii: Vector, limb: slice, start: float) -> bool:
    """Whether a limb has gaps on both sides from `start` of its first bone on."""
    free = []
    for capsule in range(limb.start, limb.stop):
        begin, end = (joints[joint] for joint in body.CAPSULES[capsule][:2])
        axis = end - begin
        across = np.array([-axis[1], axis[0]]) / max(float(np.hypot(*axis)), 1e-6)
        first = start if capsule == limb.start else 0.0
        for share in np.linspace(first, 1.0, 12):
            radius = radii[capsule][0] + share * (radii[capsule][1] - radii[capsule][0])
            at = begin + share * axis
            free.append(
                all(
                    any(not _holds(mask, at + side * by * radius * across) for by in _BESIDE)
                    for side in (-1, 1)
                )
            )
    return float(np.mean(free)) >= _GAP


def _holds(mask: Mask, at: Vector) -> bool:
    column, row = (int(value) for value in at)
    inside = 0 <= row < mask.shape[0] and 0 <= column < mask.shape[1]
    return inside and bool(mask[row, column])


