"""Varied stills to look at: photographs from inside scikit-image and scikit-learn, and drawings.

`HELD_OUT` were not looked at while the engine was tuned; they are shown beside the others and their
verdicts are as found.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import skimage
import sklearn

from photoplay.frames import RGB
from photoplay.images import load_still


def photographs() -> dict[str, RGB]:
    """Real photographs, RGB."""
    return {
        "portrait (astronaut)": _photo("astronaut.png"),
        "animal (cat)": _photo("chelsea.png"),
        "product (coffee)": _photo("coffee.png"),
        "night (rocket)": _photo("rocket.jpg"),
        "interior (motorcycle)": _photo("motorcycle_left.png"),
        "greyscale (cameraman)": _photo("camera.png"),
        "landscape (temple)": _photo("china.jpg"),
        "close-up (flower)": _photo("flower.jpg"),
    }


def shapes() -> dict[str, RGB]:
    """The same kinds of picture in extreme shapes."""
    temple = _photo("china.jpg")
    rocket = _photo("rocket.jpg")
    portrait = _photo("astronaut.png")
    return {
        "wide 2.5:1 (temple)": np.ascontiguousarray(temple[100:356]),
        "tall 9:16 (rocket)": np.ascontiguousarray(rocket[:, 190:430]),
        "tiny 96 px (portrait)": cv2.resize(portrait, (96, 96), interpolation=cv2.INTER_AREA),
    }


def drawings() -> dict[str, RGB]:
    """Drawn pictures: flat colours, hard edges, no noise."""
    return {
        "drawing (street)": street(),
        "drawing (figure)": figure(),
        "drawing (product)": bottle(),
    }


HELD_OUT: dict[str, Callable[[], RGB]] = {
    "held out: coins": lambda: _photo("coins.png"),
    "held out: stars": lambda: _photo("hubble_deep_field.jpg"),
    "held out: page": lambda: _photo("page.png"),
    "held out: retina": lambda: _photo("retina.jpg"),
    "held out: brick": lambda: _photo("brick.png"),
    "held out: horse": lambda: _photo("horse.png"),
    "held out: still life": lambda: still_life(),
    "held out: skyline": lambda: skyline(),
}


def _photo(name: str) -> RGB:
    """A picture from inside one of the two packages."""
    folders = (
        Path(skimage.__file__).parent / "data",
        Path(sklearn.__file__).parent / "datasets" / "images",
    )
    return next(load_still(folder / name).rgb for folder in folders if (folder / name).exists())


def _sweep(height: int, width: int, top: tuple[int, ...], bottom: tuple[int, ...]) -> RGB:
    share = np.linspace(0, 1, height)[:, None, None]
    rows = np.array(top) * (1 - share) + np.array(bottom) * share
    return np.ascontiguousarray(np.broadcast_to(rows, (height, width, 3)).astype(np.uint8))


def street(width: int = 1200, height: int = 800) -> RGB:
    """A street in one-point perspective with lit windows."""
    picture = _sweep(height, width, (70, 90, 150), (230, 170, 130))
    middle, horizon = width // 2, round(height * 0.52)
    road = np.array([[0, height], [width, height], [middle + 30, horizon], [middle - 30, horizon]])
    cv2.fillPoly(picture, [road.astype(np.int32)], (70, 68, 72))
    for side in (-1, 1):
        edge = middle + side * middle
        wall = [[edge, 0], [middle + side * 60, horizon - 70], [middle + side * 40, horizon]]
        wall.append([edge, height])
        colour = (120, 84, 70) if side < 0 else (92, 92, 112)
        cv2.fillPoly(picture, [np.array(wall, np.int32)], colour, cv2.LINE_AA)
        for depth in np.geomspace(1.0, 0.18, 7):
            x = middle + side * (60 + (middle - 60) * depth)
            for level in (0.25, 0.5, 0.75):
                y = horizon - (horizon * 0.95) * depth * level
                size = (18 * depth, 36 * depth)
                corner = (round(x - size[0]), round(y - size[1]))
                far = (round(x + size[0]), round(y + size[1]))
                cv2.rectangle(picture, corner, far, (250, 214, 130), -1, cv2.LINE_AA)
    for mark in np.geomspace(1.0, 0.05, 9):
        y = horizon + (height - horizon) * mark
        length = (height - horizon) * mark * 0.18
        cv2.line(
            picture,
            (middle, round(y)),
            (middle, round(y - length)),
            (220, 220, 210),
            max(1, round(12 * mark)),
            cv2.LINE_AA,
        )
    return picture


def figure(width: int = 900, height: int = 1200) -> RGB:
    """A cartoon figure before hills, in flat colours."""
    picture = _sweep(height, width, (170, 215, 245), (235, 245, 250))
    x = np.arange(width)
    for base, colour in ((0.62, (150, 190, 140)), (0.74, (110, 165, 105))):
        crest = height * (base + 0.05 * np.sin(x / width * 6 + base * 9))
        hill = np.arange(height)[:, None] > crest[None]
        picture[hill] = colour
    cx = width // 2
    cv2.rectangle(picture, (cx - 75, 800), (cx - 20, 1080), (60, 70, 120), -1)
    cv2.rectangle(picture, (cx + 20, 800), (cx + 75, 1080), (60, 70, 120), -1)
    cv2.ellipse(picture, (cx, 690), (120, 170), 0, 0, 360, (225, 90, 70), -1, cv2.LINE_AA)
    for side in (-1, 1):
        arm = ((cx + side * 100, 600), (cx + side * 190, 790))
        cv2.line(picture, *arm, (245, 200, 170), 42, cv2.LINE_AA)
    cv2.circle(picture, (cx, 430), 125, (245, 200, 170), -1, cv2.LINE_AA)
    cv2.ellipse(picture, (cx, 370), (132, 90), 0, 180, 360, (70, 45, 35), -1, cv2.LINE_AA)
    for side in (-1, 1):
        cv2.circle(picture, (cx + side * 45, 430), 13, (40, 40, 40), -1, cv2.LINE_AA)
    cv2.ellipse(picture, (cx, 480), (42, 22), 0, 0, 180, (150, 50, 50), 6, cv2.LINE_AA)
    return picture


def bottle(width: int = 1000, height: int = 1000) -> RGB:
    """A green bottle on a studio sweep with a soft shadow."""
    picture = _sweep(height, width, (228, 226, 222), (196, 192, 188)).astype(np.float32)
    shadow = np.zeros((height, width), np.float32)
    cv2.ellipse(shadow, (560, 860), (230, 40), 0, 0, 360, 1.0, -1)
    picture *= 1 - 0.35 * cv2.GaussianBlur(shadow, (0, 0), 25)[..., None]
    mask = np.zeros((height, width), np.uint8)
    cv2.rectangle(mask, (400, 420), (600, 850), 255, -1)
    cv2.ellipse(mask, (500, 420), (100, 110), 0, 180, 360, 255, -1)
    cv2.rectangle(mask, (462, 160), (538, 340), 255, -1)
    cv2.ellipse(mask, (500, 850), (100, 26), 0, 0, 180, 255, -1)
    share = cv2.GaussianBlur(mask, (0, 0), 1.0)[..., None] / np.float32(255)
    across = np.abs(np.linspace(-5, 5, width))[None, :, None].clip(0, 1)
    glass = np.array([30, 110, 60]) * (1.25 - 0.7 * across) + 40 * (1 - across) ** 4
    picture = picture * (1 - share) + np.broadcast_to(glass, picture.shape) * share
    picture = picture.clip(0, 255).astype(np.uint8)
    picture[560:720, 405:595] = (240, 232, 210)
    cv2.putText(
        picture, "OLIO", (420, 665), cv2.FONT_HERSHEY_DUPLEX, 1.9, (60, 60, 40), 4, cv2.LINE_AA
    )
    return np.asarray(picture)


def still_life(width: int = 1200, height: int = 900) -> RGB:
    """Three fruits on a wooden table before a dark wall."""
    rng = np.random.default_rng(4)
    picture = _sweep(height, width, (52, 44, 46), (74, 60, 56)).astype(np.float32)
    noise = rng.normal(0, 1, (height, width)).astype(np.float32)
    grain = cv2.GaussianBlur(noise, (0, 0), sigmaX=40, sigmaY=1.2) * 6
    picture[560:] = np.array([150, 100, 60]) + 12 * grain[560:, :, None]
    for cx, cy, radius, colour in (
        (430, 520, 130, (200, 40, 35)),
        (680, 545, 110, (235, 150, 40)),
        (880, 570, 85, (120, 170, 50)),
    ):
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        inside = (radius - np.hypot(x - cx, y - cy)).clip(0, 1)[..., None]
        light = np.exp(
            -(((x - cx + radius * 0.35) ** 2 + (y - cy + radius * 0.4) ** 2) / (0.9 * radius) ** 2)
        )
        fruit = np.array(colour) * (0.45 + 0.75 * light[..., None])
        picture = picture * (1 - inside) + fruit * inside
    return np.asarray((picture + rng.normal(0, 2, picture.shape)).clip(0, 255), np.uint8)


def skyline(width: int = 1600, height: int = 900) -> RGB:
    """Dark towers before an evening sky, and their reflection."""
    rng = np.random.default_rng(9)
    picture = _sweep(height, width, (40, 50, 110), (250, 160, 110))
    at = 0
    while at < width:
        wide, tall = int(rng.integers(50, 140)), int(rng.integers(140, 470))
        cv2.rectangle(picture, (at, 640 - tall), (at + wide, 640), (24, 26, 40), -1)
        for x in range(at + 10, at + wide - 10, 18):
            for y in range(650 - tall, 625, 24):
                if rng.random() < 0.4:
                    cv2.rectangle(picture, (x, y), (x + 6, y + 10), (245, 205, 120), -1)
        at += wide + int(rng.integers(0, 24))
    picture[640:] = (picture[380:640][::-1] * 0.55 + np.array([30, 34, 60]) * 0.3).astype(np.uint8)
    return picture
