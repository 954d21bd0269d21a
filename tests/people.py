"""Drawn people from head to foot, whose arms go where they are told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from photoplay.clip import Tier
from photoplay.frames import I420, RGB, Frames, Raster
from photoplay.media import Encoding, encode
from tests import pictures

FPS = Fraction(24)
SIZE = (480, 272)
PLACE = ((240.0, 590.0), 512.0)  # foot and height of the cut-out
SKIN, COAT, TROUSERS = (230, 190, 160), (190, 60, 50), (40, 45, 70)


@dataclass(frozen=True)
class Arms:
    """Angles of upper arms, rad: 0 hangs down, positive is outwards; and what elbows add.

    `lean` is how far the crown is beside the feet, shares of the height.
    """

    left: float = 0.6
    right: float = 0.6
    elbows: float = 0.05
    lean: float = 0.0


def wrists(arms: Arms, foot: tuple[float, float], tall: float) -> NDArray[np.float64]:
    """Where the wrists are, (left and right, 2)."""
    return np.array([_arm(side, arms, foot, tall)[2] for side in (-1, 1)])


def draw(picture: RGB, arms: Arms, foot: tuple[float, float], tall: float) -> None:
    """Draw a person who stands on `foot` into a picture, (H, W, 3) or (H, W, 4)."""

    def line(start: object, end: object, wide: float, colour: tuple[int, int, int]) -> None:
        first, last = ([int(v * 16) for v in np.asarray(place)] for place in (start, end))
        px = max(1, round(wide * tall))
        paint = (*colour, 255)[: picture.shape[2]]
        cv2.line(picture, first, last, paint, px, cv2.LINE_AA, 4)

    def place(right: float, up: float) -> NDArray[np.float64]:
        return np.array([foot[0] + (right + arms.lean * up) * tall, foot[1] - up * tall])

    for side in (-1, 1):
        line(place(0.055 * side, 0.48), place(0.10 * side, 0.03), 0.085, TROUSERS)
    line(place(0, 0.8), place(0, 0.86), 0.06, SKIN)
    for share in np.linspace(-1, 1, 7):
        line(place(0.085 * share, 0.76), place(0.065 * share, 0.5), 0.08, COAT)
    line(place(0, 0.90), place(0, 0.93), 0.13, SKIN)
    for side in (-1, 1):
        shoulder, elbow, wrist = _arm(side, arms, foot, tall)
        line(elbow, wrist, 0.052, SKIN)
        line(shoulder, elbow, 0.07, COAT)


def _arm(
    side: int, arms: Arms, foot: tuple[float, float], tall: float
) -> tuple[NDArray[np.float64], ...]:
    angle = arms.left if side < 0 else arms.right
    shoulder = np.array([foot[0] + (0.1 * side + 0.77 * arms.lean) * tall, foot[1] - 0.77 * tall])
    ways = [
        0.17 * tall * np.array([side * np.sin(each), np.cos(each)])
        for each in (angle, angle + arms.elbows)
    ]
    return shoulder, shoulder + ways[0], shoulder + ways[0] + ways[1]


def cut_out(arms: Arms) -> RGB:
    """A person with a transparent background, (640, 480, 4), at `PLACE`."""
    picture = np.zeros((640, 480, 4), np.uint8)
    draw(picture, arms, *PLACE)
    return picture


def wave(time_s: float) -> Arms:
    """The right arm goes up and down, the left one rests, and the body sways."""
    turn = 2 * np.pi * time_s / 2.0
    return Arms(
        left=0.35,
        right=1.3 - 0.9 * float(np.cos(turn)),
        lean=0.05 * float(np.sin(2 * turn)),
    )


def film(path: Path, arms: Callable[[float], Arms], *, seconds: float = 3.2) -> Path:
    """Write a film of a person before a mottled wall."""
    count = round(seconds * FPS)
    wall = cv2.GaussianBlur(pictures.texture(*SIZE, seed=3), (0, 0), 3)

    def frame(number: int) -> I420:
        picture = wall.copy()
        draw(picture, arms(float(number / FPS)), (SIZE[0] / 2, 0.95 * SIZE[1]), 0.82 * SIZE[1])
        return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2YUV_I420), np.uint8)

    frames = Frames(
        raster=Raster(*SIZE),
        fps=FPS,
        count=count,
        pixels=(frame(number) for number in range(count)),
        audio=None,
    )
    encode(frames, path, Encoding.for_path(path), tier=Tier.PRO, metadata={})
    return path
