"""Cut the figure out of a frame of a video: by colour, within what is known beforehand."""

from __future__ import annotations

import cv2
import numpy as np

from photoplay.engines.parallax.subject import Mask
from photoplay.engines.parallax.transfer.puppet import body
from photoplay.engines.parallax.transfer.puppet.backdrop import Backdrop
from photoplay.engines.parallax.transfer.puppet.body import Shape, Vector
from photoplay.engines.parallax.transfer.puppet.coarse import at_size, distances
from photoplay.frames import RGB, Plane

_MARGIN_PX = 14  # of backdrop around the figure, whose colours tell it apart
_ITERATIONS = 2
_CORE = 0.5  # of its radius: so deep inside a puppet the figure is certain
_LEAST_PIECE = 0.06  # of the largest
_FAR = 0.07  # of the height: so far outside of it there is none


def first_guess(frame: RGB, backdrop: Backdrop, number: int) -> Mask:
    """The figure in a frame, from the backdrop alone. May be empty."""
    around = backdrop.seen(number, backdrop.around).astype(np.uint8)
    labels = np.full(around.shape, cv2.GC_BGD, np.uint8)
    labels[cv2.dilate(around, np.ones((9, 9), np.uint8)) > 0] = cv2.GC_PR_BGD
    labels[around > 0] = cv2.GC_PR_FGD
    return _cut(frame, _with_known(labels, backdrop, number))


def guided(frame: RGB, backdrop: Backdrop, number: int, shape: Shape, expected: Vector) -> Mask:
    """The figure in a frame near where the puppet is expected. May be empty."""
    around = backdrop.seen(number, backdrop.around)
    radii = body.radii_of(shape)
    height, width = around.shape
    apart = distances(width, height, body.joints_of(shape, expected), radii)
    core = apart + _CORE * radii.mean(axis=1)[:, None, None]
    core[body.ARMS[0]], core[body.ARMS[1]] = np.inf, np.inf  # these may be anywhere by now
    off, inner = (at_size(each.min(axis=0), (height, width)) for each in (apart, core))
    near = off < _FAR * shape.height_px
    labels = np.full(around.shape, cv2.GC_BGD, np.uint8)
    labels[near | around] = cv2.GC_PR_BGD
    labels[(off < 0) | (backdrop.differs[number] & near)] = cv2.GC_PR_FGD
    labels = _with_known(labels, backdrop, number)
    labels[inner < 0] = cv2.GC_FGD
    return _cut(frame, labels)


def _with_known(labels: Plane, backdrop: Backdrop, number: int) -> Plane:
    figure, nothing = backdrop.known(number)
    labels[nothing] = cv2.GC_BGD
    labels[figure] = cv2.GC_FGD
    return labels


def _cut(frame: RGB, labels: Plane) -> Mask:
    """GrabCut (Rother et al. 2004) in the part of the frame where something is open."""
    rows, columns = np.nonzero(labels != cv2.GC_BGD)
    found = np.zeros(labels.shape, np.bool_)
    if not len(rows):
        return found
    part = np.s_[
        max(int(rows.min()) - _MARGIN_PX, 0) : int(rows.max()) + _MARGIN_PX,
        max(int(columns.min()) - _MARGIN_PX, 0) : int(columns.max()) + _MARGIN_PX,
    ]
    open_ = np.ascontiguousarray(labels[part])
    front = np.isin(open_, (cv2.GC_FGD, cv2.GC_PR_FGD))
    if not 0.01 < front.mean() < 0.98:
        return found
    cv2.setRNGSeed(1)  # its colour clusters start at random; this thread's generator
    models = np.zeros((1, 65)), np.zeros((1, 65))
    picture = np.ascontiguousarray(frame[part])
    cv2.grabCut(picture, open_, None, *models, _ITERATIONS, cv2.GC_INIT_WITH_MASK)
    found[part] = np.isin(open_, (cv2.GC_FGD, cv2.GC_PR_FGD))
    kept = cv2.morphologyEx(found.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    return _pieces(kept > 0)


def _pieces(mask: Mask) -> Mask:
    """The larger pieces: a head whose neck was lost is one of its own."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    areas = stats[:, cv2.CC_STAT_AREA].copy()
    areas[0] = 0
    return np.asarray((areas >= _LEAST_PIECE * max(areas.max(), 1))[labels])
