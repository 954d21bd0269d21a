"""Pictures that tests draw themselves: small, seeded, and of known content."""

from __future__ import annotations

import cv2
import numpy as np

from photoplay.frames import RGB


def portrait(width: int = 640, height: int = 480, seed: int = 0) -> RGB:
    """A bust (no features) before a softly graded wall."""
    rng = np.random.default_rng(seed)
    picture = _graded(width, height, (150, 170, 190), (90, 110, 140))
    centre = (width // 2, height // 2)
    shoulders = (width // 2, round(height * 1.02))
    cv2.ellipse(
        picture, shoulders, (width // 4, round(height * 0.36)), 0, 0, 360, (40, 60, 150), -1
    )
    cv2.ellipse(picture, centre, (width // 11, height // 6), 0, 0, 360, (215, 160, 130), -1)
    noise = rng.normal(0, 3, picture.shape)
    return np.asarray((picture + noise).clip(0, 255), np.uint8)


def ball(width: int = 640, height: int = 480) -> RGB:
    """A red ball on a grey sweep: the easiest subject there is."""
    picture = _graded(width, height, (200, 200, 205), (150, 150, 155))
    cv2.circle(picture, (width // 2, height // 2), height // 4, (190, 40, 30), -1, cv2.LINE_AA)
    cv2.circle(picture, (int(width * 0.46), int(height * 0.42)), height // 16, (240, 170, 160), -1)
    return picture


def texture(width: int = 640, height: int = 480, seed: int = 0) -> RGB:
    """Grass-like noise without any subject."""
    rng = np.random.default_rng(seed)
    noise = cv2.GaussianBlur(rng.normal(0, 1, (height, width, 3)).astype(np.float32), (0, 0), 1.5)
    return np.asarray((110 + 160 * noise).clip(0, 255), np.uint8)


def landscape(width: int = 960, height: int = 540, seed: int = 0) -> RGB:
    """Blue sky, a ridge, and textured green ground."""
    rng = np.random.default_rng(seed)
    picture = _graded(width, height, (90, 140, 220), (190, 215, 240))
    x = np.arange(width)
    ridge = height * (0.45 + 0.06 * np.sin(x / width * 7) + 0.02 * np.sin(x / width * 23))
    ground = np.arange(height)[:, None] > ridge[None]
    green = np.array([60, 110, 40]) + rng.normal(0, 18, (height, width, 1))
    picture[ground] = green.clip(0, 255).astype(np.uint8)[ground]
    return picture


def meadow(width: int = 640, height: int = 480) -> RGB:
    """Textured green all over."""
    rng = np.random.default_rng(1)
    green = np.array([70, 130, 40]) + rng.normal(0, 28, (height, width, 1))
    return np.asarray(green.clip(0, 255), np.uint8)


def lake(width: int = 640, height: int = 480) -> RGB:
    """Sky over water with ripples that run across."""
    picture = _graded(width, height, (150, 190, 235), (205, 225, 245))
    y = np.arange(height // 2, height)[:, None]
    ripples = 14 * np.sin(y / 3.0 + 0.4 * np.sin(np.arange(width) / 60)[None])
    picture[height // 2 :] = (np.array([70, 110, 140]) + ripples[..., None]).astype(np.uint8)
    return picture


def cloudy(width: int = 640, height: int = 480) -> RGB:
    """Soft clouds in a blue sky over a dark plain."""
    rng = np.random.default_rng(2)
    picture = _graded(width, height, (80, 130, 215), (170, 200, 235)).astype(np.float32)
    noise = cv2.GaussianBlur(rng.normal(0, 1, (height, width)).astype(np.float32), (0, 0), 22)
    picture += 55 * (noise / noise.std()).clip(0, 2)[..., None]
    picture[round(height * 0.6) :] = (50, 60, 45)
    return np.asarray(picture.clip(0, 255), np.uint8)


def lamp(width: int = 640, height: int = 480) -> RGB:
    """A bright lamp in a dark room."""
    picture = _graded(width, height, (30, 26, 30), (44, 38, 36))
    cv2.circle(picture, (width // 2, height // 3), height // 8, (255, 240, 190), -1, cv2.LINE_AA)
    return picture


def _graded(width: int, height: int, top: tuple[int, ...], bottom: tuple[int, ...]) -> RGB:
    share = np.linspace(0, 1, height)[:, None, None]
    rows = np.array(top) * (1 - share) + np.array(bottom) * share
    return np.ascontiguousarray(np.broadcast_to(rows, (height, width, 3)).astype(np.uint8))
