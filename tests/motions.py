"""Small films of known movement: a figure of paint before a textured wall, and a camera."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

from photoplay.clip import Tier
from photoplay.frames import I420, RGB, SAMPLE_RATE_HZ, Frames, Raster, Soundtrack
from photoplay.media import Encoding, encode
from tests import pictures

WIDTH, HEIGHT = 480, 272
FPS = Fraction(24)
Place = Callable[[float], tuple[float, float]]  # by time: right and down, px


def rest(time_s: float) -> tuple[float, float]:  # noqa: ARG001
    return 0.0, 0.0


def film(
    path: Path,
    *,
    seconds: float = 3.0,
    camera: Place = rest,
    head: Place | None = None,
    fps: Fraction = FPS,
    tone_hz: float | None = None,
    cut_every_s: float = 99.0,
) -> Path:
    """Write a film. `head` is where a figure's neck is beside its rest; None: nobody is there."""
    count = round(seconds * fps)
    walls = [pictures.texture(2 * WIDTH, 2 * HEIGHT, seed=seed) for seed in range(4)]

    def frame(number: int) -> I420:
        time_s = float(number / fps)
        world = walls[int(time_s / cut_every_s) % len(walls)].copy()
        if head is not None:
            _figure(world, *head(time_s))
        right, down = camera(time_s)
        shift = np.array([[1, 0, WIDTH / 2 + right], [0, 1, HEIGHT / 2 + down]])
        how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        seen = cv2.warpAffine(world, shift, (WIDTH, HEIGHT), flags=how)
        return np.asarray(cv2.cvtColor(seen, cv2.COLOR_RGB2YUV_I420), np.uint8)

    heard = None if tone_hz is None else _tone(seconds, tone_hz)
    frames = Frames(
        raster=Raster(WIDTH, HEIGHT),
        fps=fps,
        count=count,
        pixels=(frame(number) for number in range(count)),
        audio=None if heard is None else lambda: heard,
    )
    encode(frames, path, Encoding.for_path(path), tier=Tier.PRO, metadata={})
    return path


def sway(time_s: float) -> tuple[float, float]:
    """To and fro twice in three seconds, and up and down twice as fast."""
    turn = 2 * np.pi * time_s / 1.5
    return 9 * float(np.sin(turn)), 4 * float(np.sin(2 * turn))


def _figure(world: RGB, right: float, down: float) -> None:
    """A checked coat and a head; its foot stands still and its neck goes (right, down)."""
    foot, neck = np.array([WIDTH, HEIGHT * 1.42]), np.array([WIDTH + right, HEIGHT * 0.8 + down])
    rng = np.random.default_rng(5)
    for row in range(12):
        for column in range(5):
            corners = [
                foot + (neck - foot) * (row + a) / 12 + np.array([(column + b - 2.5) * 14, 0])
                for a, b in ((0, 0), (0, 1), (1, 1), (1, 0))
            ]
            colour = tuple(int(value) for value in rng.integers(20, 235, 3))
            cv2.fillPoly(world, [(np.array(corners) * 16).astype(np.int32)], colour, 16, 4)
    centre = tuple(int(value * 16) for value in neck - (0, 14))
    cv2.circle(world, centre, 17 * 16, (230, 190, 160), -1, 16, 4)
    for side in (-7, 7):
        eye = tuple(int(value * 16) for value in (neck[0] + side, neck[1] - 18))
        cv2.circle(world, eye, 3 * 16, (20, 20, 30), -1, 16, 4)


def _tone(seconds: float, hertz: float) -> Soundtrack:
    time_s = np.arange(round(seconds * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    wave = (0.2 * np.sin(2 * np.pi * hertz * time_s)).astype(np.float32)
    return Soundtrack(np.stack([wave, wave], axis=1))
