"""Drawn people with limbs: textured clothes, known joints, any proportions.

They play in reference videos, and stand as characters. A limb may point towards the camera: then
it is drawn shorter.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from photoplay.frames import RGB, Field

Point = NDArray[np.float64]  # x right, y down, px
Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Build:
    """Proportions as shares of the height, and clothes."""

    torso: float = 0.29
    shoulders: float = 0.105  # half of their width
    hips: float = 0.055
    upper_arm: float = 0.165
    forearm: float = 0.17
    thigh: float = 0.245
    shin: float = 0.245
    head: float = 0.155  # from chin to crown
    thickness: float = 1.0
    shirt: Colour = (60, 90, 170)
    trousers: Colour = (60, 55, 65)
    sleeves: Colour | None = None  # of the forearm; None: as the shirt
    skin: Colour = (225, 180, 150)
    hair: Colour = (50, 35, 30)
    pattern: str = "checks"
    seed: int = 0


@dataclass(frozen=True)
class Stance:
    """Angles, rad. Limbs: 0 hangs down, positive is outwards; the second is added to the first.

    `torso` and `head` are clockwise. `towards` is how far arms and legs (left, right) point to the
    camera. `jump` and `shift` move the whole figure, shares of its height.
    """

    torso: float = 0.0
    head: float = 0.0
    left_arm: tuple[float, float] = (0.3, 0.05)
    right_arm: tuple[float, float] = (0.3, 0.05)
    left_leg: tuple[float, float] = (0.07, -0.02)
    right_leg: tuple[float, float] = (0.07, -0.02)
    towards: dict[str, float] = field(default_factory=dict)
    jump: float = 0.0
    shift: float = 0.0


def joints(build: Build, stance: Stance, foot: Point, height_px: float) -> dict[str, Point]:
    """Where the joints are. The lower foot stands on `foot`, unless the figure jumps."""

    def along(angle: float, side: int, length: float, turn: float, towards: float) -> Point:
        x, y = side * np.sin(angle), np.cos(angle)
        cos, sin = np.cos(turn), np.sin(turn)
        shown = height_px * length * np.cos(towards)
        return np.asarray(np.array([cos * x - sin * y, sin * x + cos * y]) * shown)

    def towards(limb: str) -> float:
        return stance.towards.get(limb, 0.0)

    at: dict[str, Point] = {"hips": np.zeros(2)}
    up = np.array([np.sin(stance.torso), -np.cos(stance.torso)])
    across = np.array([np.cos(stance.torso), np.sin(stance.torso)])
    at["neck"] = at["hips"] + up * build.torso * height_px * np.cos(towards("torso"))
    turned = stance.torso + stance.head
    at["crown"] = at["neck"] + build.head * 1.22 * height_px * np.array(
        [np.sin(turned), -np.cos(turned)]
    )
    legs = (("left", -1, stance.left_leg), ("right", 1, stance.right_leg))
    for name, side, (first, second) in legs:
        hip = at["hips"] + side * build.hips * height_px * across
        knee = hip + along(first, side, build.thigh, 0, towards(f"{name} thigh"))
        bent = along(first + second, side, build.shin, 0, towards(f"{name} shin"))
        at |= {f"{name} hip": hip, f"{name} knee": knee, f"{name} ankle": knee + bent}
    arms = (("left", -1, stance.left_arm), ("right", 1, stance.right_arm))
    for name, side, (first, second) in arms:
        shoulder = at["neck"] + height_px * (side * build.shoulders * across - 0.03 * up)
        elbow = shoulder + along(
            first, side, build.upper_arm, stance.torso, towards(f"{name} upper arm")
        )
        lower = along(first + second, side, build.forearm, stance.torso, towards(f"{name} forearm"))
        at |= {f"{name} shoulder": shoulder, f"{name} elbow": elbow, f"{name} wrist": elbow + lower}
    low = max(at["left ankle"][1], at["right ankle"][1])
    home = foot - (0, low + stance.jump * height_px) + (stance.shift * height_px, 0)
    return {name: place + home for name, place in at.items()}


def draw(
    picture: RGB, build: Build, stance: Stance, foot: Point, height_px: float
) -> dict[str, Point]:
    """Draw the figure into the picture, and say where its joints are."""
    at = joints(build, stance, foot, height_px)
    size = height_px * build.thickness
    cloth = _cloth(build.pattern, build.seed)
    for name in ("left", "right"):
        hip, knee, ankle = (at[f"{name} {joint}"] for joint in ("hip", "knee", "ankle"))
        toe = ankle + np.array([(-1 if name == "left" else 1) * 0.03, 0.012]) * height_px
        _limb(picture, ankle, toe, 0.026 * size, 0.022 * size, (40, 36, 40), cloth)
        _limb(picture, knee, ankle, 0.040 * size, 0.026 * size, build.trousers, cloth)
        _limb(picture, hip, knee, 0.054 * size, 0.040 * size, build.trousers, cloth)
    _trunk(picture, at, build, size, cloth)
    _face(picture, at, build, height_px)
    for name in ("left", "right"):
        shoulder, elbow, wrist = (at[f"{name} {joint}"] for joint in ("shoulder", "elbow", "wrist"))
        sleeve = build.sleeves or build.shirt
        hand = wrist + 0.02 * (wrist - elbow) / (np.linalg.norm(wrist - elbow) + 1e-6) * size
        _limb(picture, wrist, hand, 0.026 * size, 0.024 * size, build.skin, None)
        _limb(picture, elbow, wrist, 0.028 * size, 0.021 * size, sleeve, cloth)
        _limb(picture, shoulder, elbow, 0.038 * size, 0.029 * size, build.shirt, cloth)
    return at


def cut_out(build: Build, stance: Stance, size: tuple[int, int], height_px: float) -> RGB:
    """The figure alone, (H, W, 4), as characters are often drawn."""
    width, height = size
    foot = np.array([width / 2, height / 2 + 0.5 * height_px])
    dark, light = (np.full((height, width, 3), value, np.uint8) for value in (0, 255))
    for picture in (dark, light):
        draw(picture, build, stance, foot, height_px)
    matte = 1 - (light.astype(np.float32) - dark).mean(axis=2) / 255
    colours = dark / np.maximum(matte, 1 / 255)[..., None]
    both = np.dstack([colours.clip(0, 255), 255 * matte.clip(0, 1)])
    return np.asarray(both + 0.5, np.uint8)


def _trunk(
    picture: RGB, at: dict[str, Point], build: Build, size: float, cloth: Field | None
) -> None:
    hips, neck = at["hips"], at["neck"]
    left, right = at["left shoulder"], at["right shoulder"]
    _limb(picture, neck, (neck + at["crown"]) / 2, 0.024 * size, 0.02 * size, build.skin, None)
    for place in (at["left hip"], at["right hip"]):
        _limb(picture, hips, place, 0.055 * size, 0.053 * size, build.trousers, cloth)
    for share in (0.0, 0.35, 0.7, 1.0):
        top = left + share * (right - left)
        low = at["left hip"] + share * (at["right hip"] - at["left hip"])
        _limb(picture, top, low, 0.042 * size, 0.05 * size, build.shirt, cloth)
    _limb(picture, left, right, 0.04 * size, 0.04 * size, build.shirt, cloth)


def _limb(
    picture: RGB,
    start: Point,
    end: Point,
    from_px: float,
    to_px: float,
    colour: Colour,
    cloth: Field | None,
) -> None:
    """A tapered capsule; its cloth is fixed to it."""
    reach = max(from_px, to_px) + 3
    low = np.floor(np.minimum(start, end) - reach).astype(int).clip(0)
    high = np.ceil(np.maximum(start, end) + reach).astype(int)
    part = picture[low[1] : high[1], low[0] : high[0]]
    if not part.size:
        return
    y, x = np.mgrid[low[1] : low[1] + part.shape[0], low[0] : low[0] + part.shape[1]] + 0.5
    axis = end - start
    length = float(np.linalg.norm(axis)) + 1e-6
    u = ((x - start[0]) * axis[0] + (y - start[1]) * axis[1]) / length
    v = ((y - start[1]) * axis[0] - (x - start[0]) * axis[1]) / length
    share = (u / length).clip(0, 1)
    off = np.hypot(u - share * length, v)
    cover = (from_px + share * (to_px - from_px) - off + 0.5).clip(0, 1)[..., None]
    shade = 1 - 0.25 * (v / reach) ** 2
    if cloth is not None:
        scale = cloth.shape[0] / (from_px * 8)
        shade = shade * cv2.remap(
            cloth,
            ((u * scale) % (cloth.shape[1] - 1)).astype(np.float32),
            ((v * scale + cloth.shape[0] / 2) % (cloth.shape[0] - 1)).astype(np.float32),
            cv2.INTER_LINEAR,
        )
    paint = np.array(colour) * shade[..., None]
    part[:] = (part * (1 - cover) + paint.clip(0, 255) * cover + 0.5).astype(np.uint8)


def _cloth(pattern: str, seed: int) -> Field | None:
    """Brightness of a cloth, around 1."""
    if pattern == "plain":
        return None
    rng = np.random.default_rng(seed)
    soft = cv2.GaussianBlur(rng.normal(0, 1, (128, 128)).astype(np.float32), (0, 0), 4)
    cloth = 1 + 0.8 * soft
    y, x = np.mgrid[0:128, 0:128]
    if pattern == "checks":
        cloth = cloth + 0.18 * np.sign(np.sin(x / 5.1)) + 0.14 * np.sign(np.sin(y / 6.3))
    elif pattern == "stripes":
        cloth = cloth + 0.25 * np.sign(np.sin(x / 4.3))
    return np.asarray(cloth.clip(0.4, 1.5), np.float32)


def _face(picture: RGB, at: dict[str, Point], build: Build, height_px: float) -> None:
    up = at["crown"] - at["neck"]
    up = up / (np.linalg.norm(up) + 1e-6)
    size = build.head * height_px
    across = np.array([-up[1], up[0]])
    centre = at["crown"] - up * 0.5 * size

    def place(x: float, y: float) -> tuple[int, int]:
        spot = centre + size * (x * across + y * up)
        return round(float(spot[0]) * 16), round(float(spot[1]) * 16)

    angle = float(np.degrees(np.arctan2(across[1], across[0])))
    axes = (round(size * 0.38 * 16), round(size * 0.5 * 16))
    cv2.ellipse(picture, place(0, 0), axes, angle, 0, 360, build.skin, -1, cv2.LINE_AA, 4)
    cap = (round(size * 0.39 * 16), round(size * 0.36 * 16))
    cv2.ellipse(picture, place(0, 0.16), cap, angle, 180, 360, build.hair, -1, cv2.LINE_AA, 4)
    for side in (-1, 1):
        eye = place(0.15 * side, 0.05)
        cv2.circle(picture, eye, round(0.05 * size * 16), (30, 30, 30), -1, cv2.LINE_AA, 4)
    width = max(1, round(0.035 * size))
    cv2.line(picture, place(-0.12, -0.25), place(0.12, -0.25), (150, 60, 60), width, cv2.LINE_AA, 4)
