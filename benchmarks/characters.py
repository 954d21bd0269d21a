"""Characters for motion transfer, from a full figure to an empty scene."""

from __future__ import annotations

import cv2
import numpy as np

from benchmarks import stills
from benchmarks.motions import Motion, wave
from photoplay.frames import RGB, Field

_STANDING = (800, 1300)
_HEAD_TOP_PX = 130


def characters() -> dict[str, RGB]:
    """Kinds of picture that somebody may want to move."""
    photographs = stills.photographs()
    return {
        "full figure": cut_out(),
        "badly cut": standing(),
        "half body": photographs["portrait (astronaut)"],
        "crossed arms": crossed_arms(),
        "animal": photographs["animal (cat)"],
        "product": photographs["product (coffee)"],
        "drawing": stills.figure(),
        "crowd": crowd(photographs["portrait (astronaut)"]),
        "empty scene": photographs["landscape (temple)"],
    }


def standing() -> RGB:
    """A person from head to foot before a studio wall: a drawn body with a photographed head."""
    drawn = Motion(lean=wave(0, 0), size=_STANDING, noise=0.0, backdrop="wall", seconds=1 / 24)
    picture = next(drawn.frames())
    light = np.linspace(1.08, 0.86, _STANDING[1])[:, None, None]
    picture = (picture * light).clip(0, 255).astype(np.uint8)
    head, oval = _photographed_head()
    rows, columns = head.shape[:2]
    top, left = _HEAD_TOP_PX, (_STANDING[0] - columns) // 2
    part = picture[top : top + rows, left : left + columns]
    part[:] = (part * (1 - oval) + head * oval).astype(np.uint8)
    return picture


def cut_out() -> RGB:
    """The same person with a transparent background, (H, W, 4), as characters are often drawn."""
    figure = Motion(lean=wave(0, 0), size=_STANDING, noise=0.0, backdrop="wall", seconds=1 / 24)
    nobody = Motion(size=_STANDING, noise=0.0, backdrop="wall", seconds=1 / 24)
    differs = cv2.absdiff(next(figure.frames()), next(nobody.frames())).max(axis=2)
    matte = (differs.astype(np.float32) / 30).clip(0, 1)
    _, oval = _photographed_head()
    rows, columns = oval.shape[:2]
    top, left = _HEAD_TOP_PX, (_STANDING[0] - columns) // 2
    part = matte[top : top + rows, left : left + columns]
    part[:] = np.maximum(part, oval[..., 0])
    return np.dstack([standing(), (matte * 255).astype(np.uint8)])


def _photographed_head() -> tuple[RGB, Field]:
    """A head, and the oval (H, W, 1) in which it is shown."""
    head = stills.photographs()["portrait (astronaut)"][0:208, 148:300]
    scale = 300 / head.shape[0]
    head = cv2.resize(head, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    rows, columns = head.shape[:2]
    oval = np.zeros((rows, columns), np.float32)
    centre = (columns // 2, rows // 2)
    cv2.ellipse(oval, centre, (round(columns * 0.4), round(rows * 0.46)), 0, 0, 360, 1.0, -1)
    return np.asarray(head), np.asarray(cv2.GaussianBlur(oval, (0, 0), 2)[..., None])


def crossed_arms() -> RGB:
    """A portrait whose arms are crossed: the astronaut with two sleeves over her chest."""
    picture = stills.photographs()["portrait (astronaut)"].copy()
    height, width = picture.shape[:2]
    arms = (((0.16, 0.98), (0.52, 0.80)), ((0.70, 0.98), (0.34, 0.78)))
    for (x0, y0), (x1, y1) in arms:
        start, end = (
            (round(x0 * width), round(y0 * height)),
            (round(x1 * width), round(y1 * height)),
        )
        cv2.line(picture, start, end, (150, 70, 30), width // 9, cv2.LINE_AA)
        cv2.line(picture, start, end, (225, 120, 60), width // 11, cv2.LINE_AA)
        cv2.circle(picture, end, width // 20, (225, 180, 155), -1, cv2.LINE_AA)
    return picture


def crowd(portrait: RGB) -> RGB:
    """Three people side by side."""
    bust = np.ascontiguousarray(portrait[:, 60:400])
    return np.ascontiguousarray(np.hstack([bust, bust[:, ::-1], bust]))
