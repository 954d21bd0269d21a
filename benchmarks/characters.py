"""Characters for motion transfer, from a full figure to an empty scene."""

from __future__ import annotations

import cv2
import numpy as np

from benchmarks import actors, stills
from benchmarks.actors import Build, Stance
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


def all_limbs() -> dict[str, RGB]:
    """The same kinds after figures whose limbs can be told, drawn and with a photographed head."""
    child = Build(
        head=0.21, torso=0.27, thigh=0.215, shin=0.215, thickness=1.15, shirt=(200, 170, 60), seed=4
    )
    spread = Stance(left_arm=(1.3, 0.1), right_arm=(1.3, 0.1))
    down = Stance(left_arm=(0.06, 0.0), right_arm=(0.06, 0.0))
    crossed = Stance(left_arm=(0.35, -1.9), right_arm=(0.35, -1.9))
    on_hip = Stance(left_arm=(0.55, 0.1), right_arm=(0.75, -1.6))
    size = (900, 1200)
    return {
        "arms apart": actors.cut_out(Build(shirt=(90, 130, 80), seed=7), with_limbs(), size, 1000),
        "photographed head": _with_photographed_head(),
        "child, arms out": actors.cut_out(child, spread, size, 900),
        "hand on hip": actors.cut_out(Build(shirt=(150, 60, 90), seed=8), on_hip, size, 1000),
        "arms down": actors.cut_out(Build(seed=3), down, size, 1000),
        "arms crossed": actors.cut_out(Build(seed=3), crossed, size, 1000),
        **{name: made for name, made in characters().items() if name != "crossed arms"},
    }


def unseen_limbs() -> dict[str, RGB]:
    """Cut-outs, (H, W, 4), that were drawn after the gates of limbs were chosen."""
    size = (900, 1200)
    plain = Build(pattern="noise", shirt=(120, 80, 140), seed=12)
    tilted = Stance(torso=0.2, left_arm=(0.9, 0.3), right_arm=(0.5, -0.1), right_leg=(0.3, 0.0))
    return {
        "dress": _with_dress(actors.cut_out(plain, with_limbs(), size, 1000)),
        "with a stick": _with_stick(actors.cut_out(plain, with_limbs(), size, 1000)),
        "leaning": actors.cut_out(plain, tilted, size, 1000),
        "thick": actors.cut_out(Build(thickness=1.35, head=0.2, seed=13), with_limbs(), size, 900),
        "star": _shape(_star(), (240, 200, 60)),
        "mug": _mug(),
        "dog": _dog(),
        "tree": _tree(),
    }


def _with_dress(picture: RGB) -> RGB:
    skirt = np.array([(395, 560), (505, 560), (600, 960), (300, 960)])
    cv2.fillPoly(picture, [skirt], (120, 80, 140, 255), cv2.LINE_AA)
    return picture


def _with_stick(picture: RGB) -> RGB:
    cv2.line(picture, (620, 300), (760, 900), (110, 80, 50, 255), 18, cv2.LINE_AA)
    return picture


def _shape(outline: Field, colour: tuple[int, int, int]) -> RGB:
    picture = np.zeros((1200, 900, 4), np.uint8)
    cv2.fillPoly(picture, [np.round(outline).astype(np.int32)], (*colour, 255), cv2.LINE_AA)
    return picture


def _star() -> Field:
    angles = np.pi * np.arange(10) / 5 - np.pi / 2
    radii = np.where(np.arange(10) % 2, 160, 400)[:, None]
    return np.asarray(
        (450, 600) + radii * np.stack([np.cos(angles), np.sin(angles)], axis=1), np.float32
    )


def _mug() -> RGB:
    picture = _shape(np.array([(250, 350), (600, 350), (580, 900), (270, 900)]), (190, 60, 50))
    cv2.ellipse(picture, (600, 600), (130, 150), 0, -95, 95, (190, 60, 50, 255), 45, cv2.LINE_AA)
    return picture


def _dog() -> RGB:
    brown = (150, 105, 60, 255)
    picture = np.zeros((1200, 900, 4), np.uint8)
    cv2.ellipse(picture, (430, 620), (230, 110), 0, 0, 360, brown, -1, cv2.LINE_AA)
    cv2.circle(picture, (690, 470), 90, brown, -1, cv2.LINE_AA)
    cv2.line(picture, (600, 570), (690, 480), brown, 90, cv2.LINE_AA)
    cv2.line(picture, (215, 580), (120, 430), brown, 34, cv2.LINE_AA)
    for column in (270, 340, 540, 600):
        cv2.line(picture, (column, 650), (column, 900), brown, 48, cv2.LINE_AA)
    return picture


def _tree() -> RGB:
    picture = np.zeros((1200, 900, 4), np.uint8)
    cv2.line(picture, (450, 500), (450, 1050), (90, 65, 45, 255), 90, cv2.LINE_AA)
    for x, y, radius in ((450, 330, 200), (300, 460, 130), (610, 470, 140)):
        cv2.circle(picture, (x, y), radius, (60, 120, 50, 255), -1, cv2.LINE_AA)
    return picture


def with_limbs() -> Stance:
    """Arms and legs apart, as characters are drawn to be moved."""
    return Stance(
        left_arm=(0.6, 0.1), right_arm=(0.6, 0.1), left_leg=(0.12, 0.0), right_leg=(0.12, 0.0)
    )


def _with_photographed_head() -> RGB:
    """A figure before a wall, (H, W, 3), whose head is a photograph: a face can be found."""
    size, tall = (900, 1200), 1000
    build = Build(head=0.17, shirt=(60, 100, 120), seed=6)
    drawn = actors.cut_out(build, with_limbs(), size, tall)
    at = actors.joints(build, with_limbs(), np.array([size[0] / 2, size[1] / 2 + tall / 2]), tall)
    wall = np.linspace(225, 190, size[1])[:, None, None] * np.array([1.0, 0.98, 0.94])
    share = drawn[..., 3:] / 255
    picture = (wall * (1 - share) + drawn[..., :3] * share).astype(np.uint8)
    head, oval = _photographed_head()
    scale = 0.25 * tall / head.shape[0]
    head = cv2.resize(head, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    oval = cv2.resize(oval, head.shape[1::-1], interpolation=cv2.INTER_AREA)[..., None]
    top = round(at["neck"][1] - 0.86 * head.shape[0])
    left = round(at["neck"][0] - 0.5 * head.shape[1])
    part = picture[top : top + head.shape[0], left : left + head.shape[1]]
    part[:] = (part * (1 - oval) + head * oval).astype(np.uint8)
    return np.asarray(picture)


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
