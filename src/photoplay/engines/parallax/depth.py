"""Inverse depth of background and subject, from the geometry of ordinary pictures.

Without weights depth is a guess, so it is a smooth one: a ground plane that rises to the horizon, a
corridor around a vanishing point, a subject that stands where its foot touches the ground. Where
there is no evidence for any of them the field is nearly flat, and camera moves stay nearly 2D.
"""

from __future__ import annotations

import cv2
import numpy as np

from photoplay.engines.parallax import cues
from photoplay.engines.parallax.subject import Mask, Subject
from photoplay.frames import RGB, Field

NEAR, FAR = 1.0, 0.25  # range of inverse depth that is used: the background always moves a little


def background_depth(work: RGB, sky: Mask, subject: Subject) -> Field:
    """Inverse depth of everything but the subject, FAR–NEAR, at working size."""
    height, width = work.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    lines = cues.line_segments(work)
    vanishing = cues.find_vanishing_point(lines, width, height)
    upright = cues.uprightness(lines, height)
    if vanishing and vanishing.support > 0.45:
        depth = _stood_up(_corridor(x, y, vanishing), 0.6 * upright)
    elif sky.mean() > 0.04:
        horizon_px = float(np.clip(np.median(sky.sum(axis=0)), 0.2 * height, 0.68 * height))
        depth = 0.14 + 0.50 * _below(y, horizon_px) ** 1.1
        depth = _stood_up(depth, upright)
    elif subject.is_cut and cues.sharpness(work)[1] > 0.5:
        depth = np.full_like(y, 0.08)  # a blurred backdrop is far and flat
    else:
        depth = _stood_up(0.32 + 0.18 * _below(y, 0.25 * height), upright)
    if sky.any():
        # Distortion belongs into the smooth sky, so what stands before it keeps its own depth.
        reach = round(0.06 * width) | 1
        far = cv2.erode(sky.astype(np.uint8), np.ones((reach, reach), np.uint8)) > 0
        depth[far] = 0.0
    # A page or a flat drawing is a plane: its lines stay straight.
    depth = depth + (float(np.median(depth)) - depth) * 0.9 * cues.flatness(work)
    smooth = cv2.GaussianBlur(depth, (0, 0), 0.03 * max(height, width))
    return np.asarray(FAR + (NEAR - FAR) * smooth.clip(0, 1), np.float32)


def subject_depth(subject: Subject, background: Field) -> Field:
    """Inverse depth of the subject, defined over the whole frame so that its rim is smooth.

    It stands where its foot meets the ground, never behind it, and bulges towards the camera: rim
    to middle by 0.12, a face by 0.06 more.
    """
    mask = subject.mask
    height, width = mask.shape
    foot = int(np.flatnonzero(mask.any(axis=1)).max())
    contact = float(np.percentile(background[max(0, foot - 3) : foot + 1], 70))
    base = max(0.62, contact)
    # The frame's lower border is no rim: a bust goes on below it.
    padded = cv2.copyMakeBorder(mask.astype(np.uint8), 1, 0, 0, 0, cv2.BORDER_CONSTANT, value=0)
    rim_distance = cv2.GaussianBlur(cv2.distanceTransform(padded, cv2.DIST_L2, 5)[1:], (0, 0), 6)
    depth = base + 0.12 * np.sqrt(rim_distance / (rim_distance.max() + 1e-6))
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    for face in subject.faces:
        cx, cy = face.centre_px
        away = ((x - cx) / (0.8 * face.width_px)) ** 2 + ((y - cy) / (0.9 * face.height_px)) ** 2
        depth += 0.06 * np.exp(-away)
    return np.asarray(_extend(depth, mask).clip(FAR, NEAR), np.float32)


def grounded(background: Field, subject: Subject, front: Field) -> Field:
    """The background's depth with the ground brought up to the subject's foot.

    What stands on the ground does not slide over it, and what lies beside the lower part of a bust
    (a table, a lap, a neighbour's arm) is as near as the bust: no gap may open there.
    """
    rows = np.flatnonzero(subject.mask.any(axis=1))
    top, foot = float(rows.min()), float(rows.max() + 1)
    goes_on = foot > 0.97 * len(background)
    start, end = (0.40, 0.85) if goes_on else (0.60, 1.0)
    y = np.arange(len(background), dtype=np.float32)[:, None]
    share = ((y - top) / (foot - top) - start) / (end - start)
    share = share.clip(0, 1) ** 2 * (3 - 2 * share.clip(0, 1))
    at_foot = float(np.median(front[int(rows.max())][subject.mask[int(rows.max())]]))
    return np.asarray(np.maximum(background, background + (at_foot - background) * share))


def _extend(depth: Field, mask: Mask) -> Field:
    """Carry the depth of the rim outwards, so that the matte's edge moves with the subject."""
    weight = mask.astype(np.float32)
    sigma = 0.03 * max(mask.shape)
    near = cv2.GaussianBlur(depth * weight, (0, 0), sigma)
    share = cv2.GaussianBlur(weight, (0, 0), sigma)
    mean = float(depth[mask].mean())
    around = (near + 1e-3 * mean) / (share + 1e-3)
    return np.asarray(np.where(mask, 0.5 * depth + 0.5 * around, around))


def _corridor(x: Field, y: Field, at: cues.VanishingPoint) -> Field:
    """Depth of a street or a room: nearer with the distance from the vanishing point.

    max(dy, 0.35·dx), both as shares of the way to the border, follows true street depth best of
    the simple forms that were tried (rank correlation 0.90).
    """
    height, width = x.shape
    dx = np.abs(x - at.x_px) / (0.5 * width)
    below = (y - at.y_px) / max(height - at.y_px, 1)
    above = (at.y_px - y) / max(at.y_px, 1) * 0.8
    away = np.maximum(np.maximum(below, above), 0.35 * dx).clip(0, 1)
    return np.asarray(0.05 + 0.75 * away**0.9)


def _stood_up(depth: Field, upright: float) -> Field:
    """Flatten a ground plane by how much stands upright in the picture (0–1).

    A tower on a ground plane would lean: its foot is as near as the ground, its top as far as the
    horizon.
    """
    return np.asarray(depth + (float(depth.mean()) - depth) * upright)


def _below(y: Field, horizon_px: float) -> Field:
    """0 at and above the horizon, 1 at the lower border."""
    return np.asarray(((y - horizon_px) / (y.shape[0] - horizon_px)).clip(0, 1))
