"""Pairs of pictures for films from one to the other, and what lies half-way: known motions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage import data
from sklearn.datasets import load_sample_image

from photoplay.frames import RGB

SIZE = (1280, 720)


@dataclass(frozen=True)
class Pair:
    """`middle` is the true picture half-way, where there is one."""

    name: str
    first: RGB
    second: RGB
    is_related: bool
    middle: RGB | None = None


def photograph(name: str, width: int = 0) -> RGB:
    """A real photograph that comes inside a library, enlarged to a width if one is given."""
    found = (
        load_sample_image(f"{name}.jpg") if name in ("china", "flower") else getattr(data, name)()
    )
    picture = found if found.ndim == 3 else np.dstack([found] * 3)
    if not width:
        return np.ascontiguousarray(picture)
    scale = width / picture.shape[1]
    return np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC))


def framed(picture: RGB, size: tuple[int, int] = SIZE) -> RGB:
    """The middle of a picture that fills a frame."""
    width, height = size
    scale = max(width / picture.shape[1], height / picture.shape[0])
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    whole = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=how)
    top, left = (whole.shape[0] - height) // 2, (whole.shape[1] - width) // 2
    return np.ascontiguousarray(whole[top : top + height, left : left + width])


def view(
    picture: RGB,
    x: float = 0,
    y: float = 0,
    *,
    zoom: float = 1.0,
    turn_deg: float = 0.0,
    size: tuple[int, int] = SIZE,
) -> RGB:
    """What a camera sees that looks at a point beside the middle of a flat picture."""
    centre = (picture.shape[1] / 2 + x, picture.shape[0] / 2 + y)
    matrix = cv2.getRotationMatrix2D(centre, turn_deg, zoom)
    matrix[:, 2] += size[0] / 2 - centre[0], size[1] / 2 - centre[1]
    return np.asarray(cv2.warpAffine(picture, matrix, size))


def panned(picture: RGB, angle_rad: float) -> RGB:
    """What a camera sees that turns on its foot before a picture: a true homography."""
    lens = np.array([[1000, 0, SIZE[0] / 2], [0, 1000, SIZE[1] / 2], [0, 0, 1]])
    cos, sin = np.cos(angle_rad), np.sin(angle_rad)
    turn = np.array([[cos, 0, sin], [0, 1, 0], [-sin, 0, cos]])
    whole = view(picture, size=(1600, 1000))
    centred = np.array([[1, 0, -160], [0, 1, -140], [0, 0, 1]])
    matrix = lens @ turn @ np.linalg.inv(lens) @ centred
    return np.asarray(cv2.warpPerspective(whole, matrix, SIZE))


def lit(picture: RGB, gain: float) -> RGB:
    """The same in other light."""
    return (picture * gain).clip(0, 255).astype(np.uint8)


def dusk(picture: RGB) -> RGB:
    """The same in the evening: darker, bluer, with more contrast."""
    tint = np.array([0.6, 0.9, 1.15]) * 0.65
    return ((picture / 255.0) ** 1.9 * tint * 255).clip(0, 255).astype(np.uint8)


Corner = tuple[float, float, float]


class Stage:
    """Upright pictures in space before a camera, the farthest drawn first."""

    def __init__(self, x: float = 0, z: float = 0) -> None:
        self.seen: RGB = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
        self._at = np.array([x, 0, z])

    def put(self, picture: RGB, corners: list[Corner]) -> None:
        """Draw one, its corners clockwise from the upper left."""
        away = np.array(corners) - self._at
        places = away[:, :2] / away[:, 2:] * 900 + np.array(SIZE) / 2
        height, width = picture.shape[:2]
        own = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
        matrix = cv2.getPerspectiveTransform(own, places.astype(np.float32))
        there = cv2.warpPerspective(np.full((height, width), 255, np.uint8), matrix, SIZE)
        share = (there / 255.0)[..., None]
        drawn = cv2.warpPerspective(picture, matrix, SIZE, flags=cv2.INTER_AREA)
        self.seen = (drawn * share + self.seen * (1 - share)).astype(np.uint8)


def dollied(forward: float, *, aside: float = 0.0) -> RGB:
    """Two photographs before a third, from a camera that has gone forward, or aside."""
    stage = Stage(aside, forward)
    stage.put(photograph("china", 2400), [(-8, -4.6, 9), (8, -4.6, 9), (8, 4.6, 9), (-8, 4.6, 9)])
    for name, x, z in (("flower", -1.3, 5.0), ("coffee", 1.2, 4.0)):
        left, right, top, bottom = x - 0.8, x + 0.8, 0.0, 1.1
        stage.put(
            photograph(name),
            [(left, top, z), (right, top, z), (right, bottom, z), (left, bottom, z)],
        )
    return stage.seen


def turned_box(angle_rad: float, wall: RGB) -> RGB:
    """A box with a photograph on every side, turned before a wall."""
    stage = Stage()
    stage.put(wall, [(-8, -4.6, 8), (8, -4.6, 8), (8, 4.6, 8), (-8, 4.6, 8)])
    cos, sin = np.cos(angle_rad), np.sin(angle_rad)
    posts = [
        (-cos + sin, -sin - cos),
        (cos + sin, sin - cos),
        (cos - sin, sin + cos),
        (-cos - sin, cos - sin),
    ]
    sides = ("astronaut", "chelsea", "coffee", "rocket")
    for at in range(4):
        (x1, z1), (x2, z2) = posts[at], posts[(at + 1) % 4]
        z1, z2 = z1 + 4.2, z2 + 4.2
        faces_us = (z2 - z1) * (x1 + x2) / 2 - (x2 - x1) * (z1 + z2) / 2 < 0
        if faces_us:
            corners = [(x1, -1.0, z1), (x2, -1.0, z2), (x2, 1.0, z2), (x1, 1.0, z1)]
            stage.put(photograph(sides[at]), corners)
    return stage.seen


def related() -> list[Pair]:
    """Pairs that show the same thing."""
    china, flower = photograph("china", 2000), photograph("flower", 2000)
    coffee, rocket = photograph("coffee", 2000), photograph("rocket", 2000)
    astronaut = photograph("astronaut", 1600)
    left, right, _ = data.stereo_motorcycle()  # type: ignore[no-untyped-call]
    wall = cv2.GaussianBlur(china, (0, 0), 40)

    def moved(name: str, at: Callable[[float], RGB]) -> Pair:
        return Pair(name, at(-1), at(1), True, at(0))

    deg = np.deg2rad
    return [
        moved("shift", lambda t: view(china, 200 * t, 20 * t)),
        moved("zoom", lambda t: view(flower, zoom=float(1.8 ** ((t + 1) / 2)))),
        moved("turn", lambda t: view(flower, zoom=1.2, turn_deg=7.5 * (t + 1))),
        moved("pan", lambda t: panned(coffee, 0.087 * t)),
        moved("shift and light", lambda t: lit(view(china, 100 * t), float(0.7 ** ((t + 1) / 2)))),
        moved("dolly", lambda t: dollied(0.6 + 0.6 * t)),
        moved("truck", lambda t: dollied(0.0, aside=0.1 * t)),
        moved("box", lambda t: turned_box(float(deg(28 + 8 * t)), wall)),
        Pair("dusk", view(china), dusk(view(china)), True),
        Pair("close-up", view(astronaut, zoom=0.9), view(astronaut, 60, -200, zoom=2), True),
        Pair("closer and lighter", view(rocket), lit(view(rocket, 80, 100, zoom=1.5), 1.5), True),
        Pair("two eyes", framed(left), framed(right), True),
    ]


def unrelated() -> list[Pair]:
    """Pairs that show different things."""
    names = [
        ("astronaut", "chelsea"),
        ("china", "flower"),
        ("coffee", "retina"),
        ("rocket", "camera"),
        ("flower", "hubble_deep_field"),
        ("immunohistochemistry", "hubble_deep_field"),
        ("brick", "grass"),
    ]
    pairs: list[Pair] = []
    for first, second in names:
        pictures = [framed(photograph(name)) for name in (first, second)]
        pairs.append(Pair(f"{first} and {second}", pictures[0], pictures[1], False))
    astronaut = framed(photograph("astronaut"))
    blank = np.full((*SIZE[::-1], 3), 128, np.uint8)
    pairs.append(Pair("mirrored", astronaut, np.ascontiguousarray(astronaut[:, ::-1]), False))
    pairs.append(Pair("nothing", blank, astronaut, False))
    pairs.append(Pair("nothing twice", blank, _gradient(), False))
    return pairs


def psnr_db(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Of two pictures or planes of one size."""
    error = (one.astype(np.float64) - other) ** 2
    return float(10 * np.log10(255**2 / max(float(error.mean()), 1e-6)))


def _gradient() -> RGB:
    row = np.linspace(0, 255, SIZE[0]).astype(np.uint8)
    return np.ascontiguousarray(np.broadcast_to(row[None, :, None], (*SIZE[::-1], 3)))
