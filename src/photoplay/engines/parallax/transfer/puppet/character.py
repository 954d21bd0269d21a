"""The puppet of a still: where the joints of a cut-out person are, and which arms can move.

An arm can move where the picture shows a gap on both sides of it; what hangs before the trunk would
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
from photoplay.engines.parallax.transfer.puppet.body import Angle, Joint, Shape, Vector
from photoplay.engines.parallax.transfer.puppet.fit import Silhouette
from photoplay.engines.parallax.transfer.puppet.following import fit_person
from photoplay.engines.parallax.transfer.puppet.gaps import clear_share

LEAST_COVER = 0.83  # of figure and puppet together, that both must share
_ONE_PIECE = 0.97  # of the mask is in its largest piece
_BORDER = 0.012  # of a side: nearer to it the figure may go on beyond
_LEAST_HEIGHT = 0.3  # of the picture's
_MOST_TURNED_RAD = 0.3  # trunk and head of somebody who stands
_HEADS = (0.045, 0.14)  # radius of a head, of the height
_GAP = 0.6  # share of an arm that has gaps on both sides


@dataclass(frozen=True, slots=True)
class Doll:
    """A character's puppet, px of the frame.

    `arms` says which can move, and `cover` how well the puppet fits, 0–1.
    """

    shape: Shape
    rest: Vector
    arms: tuple[bool, bool]
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
            "the figure in the picture does not stand like a whole person "
            f"(fit {cover:.2f}), so its limbs do not move"
        )
    joints, radii = body.joints_of(found.shape, found.pose), body.radii_of(found.shape)
    left, right = (clear_share(mask, joints, radii, each, 0.5) >= _GAP for each in body.ARMS)
    if not (left or right):
        return NoDoll("the arms in the picture lie against the body, so they do not move")
    scale = scene.canvas.raster.height_px / mask.shape[0]
    rest = found.pose.copy()
    rest[: Angle.ROOT_Y + 1] *= scale
    return Doll(found.shape.zoomed(scale), rest, (left, right), cover)


def _refused(scene: Scene, mask: Mask) -> str | None:
    """Why a figure is not even tried."""
    if len(scene.subject.faces) > 1:
        return (
            f"there are {len(scene.subject.faces)} people in the picture, and the video moves one"
        )
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
