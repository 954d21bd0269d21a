"""A place drawn from the words of a prompt: sky, horizon, ground, and something near.

It stands in for a picture that nobody has made yet, so it is plain: flat shapes in the colours of
the time of day, the weather and the mood that the words name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from photoplay.direction.text import NAME
from photoplay.engines.parallax.canvas import Canvas, Cut
from photoplay.frames import Field, Raster

Colour = NDArray[np.float32]  # R, G, B, 0–255
Line = NDArray[np.float32]  # a height for each column, px

_HORIZON = 0.60  # share of the height


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of a time of day. `lamp` is the sun or the moon, at a share of the height."""

    zenith: tuple[int, int, int]
    horizon: tuple[int, int, int]
    near: tuple[int, int, int]
    lamp: tuple[int, int, int]
    lamp_at: float
    glow: float
    stars: bool = False


# By the first whose words a prompt holds.
_TIMES = (
    (
        r"neon|cyberpunk|nightclub",
        Palette((16, 10, 38), (92, 30, 104), (12, 9, 24), (255, 120, 200), 0.42, 0.5),
    ),
    (
        r"night|midnight|moon\w*|stars|starry",
        Palette((9, 14, 34), (38, 56, 92), (8, 11, 22), (226, 232, 246), 0.2, 0.35, stars=True),
    ),
    (
        r"blue hour|twilight|dusk|evening",
        Palette((28, 38, 84), (214, 138, 120), (17, 20, 42), (255, 206, 170), 0.57, 0.5),
    ),
    (
        r"sunset|golden|sundown|sunlit|warm light",
        Palette((62, 70, 122), (250, 172, 96), (38, 26, 34), (255, 232, 178), 0.48, 0.9),
    ),
    (
        r"sunrise|dawn|morning",
        Palette((112, 148, 192), (252, 214, 178), (44, 52, 64), (255, 244, 216), 0.5, 0.8),
    ),
)
_DAY = Palette((72, 128, 190), (206, 226, 238), (34, 52, 54), (255, 252, 240), 0.2, 0.5)
_PLACES = (
    ("interior", r"room|kitchen|office|caf[eé]|bar|studio|bedroom|interior|indoors|shop|hall|desk"),
    ("city", r"city|street|skyline|urban|alley|tokyo|york|london|paris|downtown|neon|car|traffic"),
    ("sea", r"sea|ocean|beach|waves?|surf|horizon|sail\w*|boats?|ships?|yacht"),
    ("water", r"lake|river|harbou?r|shore|water|coast|islands?|pond|fjord"),
    ("forest", r"forest|trees?|woods|jungle|pines?|park|garden"),
    ("dunes", r"desert|dunes?|sand|sahara"),
    ("mountains", r"mountains?|alps|peaks?|summit|cliffs?|canyon|valley"),
    ("hills", r"hills?|meadows?|fields?|grass\w*|countryside|plains?|steppe|prairie|pasture"),
)
UNKNOWN = "hills"  # drawn where no place is named
_AFLOAT = r"sail\w*|boats?|ships?|yacht"
_WET = r"rain\w*|storm\w*|overcast|cloudy|gr[ea]y|fog\w*|mist\w*|drizzle"
_WHITE = r"snow\w*|winter|ice|icy|blizzard|frost\w*"
_DARK = r"dark|ominous|tense|horror|noir|moody|gloomy|sinister|scary"


def _names(words: str, pattern: str) -> bool:
    return re.search(rf"\b(?:{pattern})\b", words) is not None


def _time_of(words: str) -> Palette | None:
    return next((one for pattern, one in _TIMES if _names(words, pattern)), None)


def _words_of(prompt: str) -> str:
    """What is said, without names of elements: @London is no city."""
    return NAME.sub(" ", prompt).casefold()


def place_of(prompt: str) -> str | None:
    """The place that the words name, of those that can be drawn."""
    words = _words_of(prompt)
    return next((name for name, pattern in _PLACES if _names(words, pattern)), None)


def places() -> tuple[str, ...]:
    """All places that can be drawn."""
    return tuple(name for name, _ in _PLACES)


def draw_place(prompt: str, raster: Raster, seed: int, *, before: str = "") -> Canvas:
    """The place as a still whose near part is cut out, so that it moves against the rest.

    `before` is what was said earlier in the film, the latest first: a prompt that names no time of
    day keeps that one.
    """
    words = _words_of(prompt)
    palette = _time_of(words) or _time_of(_words_of(before)) or _DAY
    place = place_of(prompt) or UNKNOWN
    sketch = _Sketch(words, palette, place, raster, seed)
    backdrop = sketch.interior() if place == "interior" else sketch.outdoors(place)
    matte, front = sketch.near(place)
    mixed = backdrop * (1 - matte[..., None]) + front * matte[..., None]
    back, colours, picture = (
        np.asarray((one + 0.5).clip(0, 255), np.uint8) for one in (backdrop, front, mixed)
    )
    return Canvas(raster, picture, Cut(colours, matte, back))


class _Sketch:
    """Draws the parts of one place. Everything random comes from the seed."""

    def __init__(self, words: str, palette: Palette, place: str, raster: Raster, seed: int) -> None:
        self._w, self._h = raster.width_px, raster.height_px
        self._rng = np.random.default_rng([seed, 90])
        self._palette = palette
        self._is_wet, self._is_white = _names(words, _WET), _names(words, _WHITE)
        self._veil = 0.35 if self._is_wet or self._is_white else 1.0  # of the lamp, what is left
        self._has_boat = _names(words, _AFLOAT)
        self._is_lit = sum(palette.horizon) < 400  # lamps are on
        self._dim = 0.72 if _names(words, _DARK) else 1.0
        self._zenith, self._horizon = (
            self._toned(one) for one in (palette.zenith, palette.horizon)
        )
        self._near = self._toned(palette.near, dull=0.3)
        sand = np.array([196, 150, 98], np.float32) * (self._horizon.mean() / 255)
        self._sand = 0.4 * self._near + 0.6 * sand
        if place == "dunes":
            self._near = self._sand
        self._x = np.arange(self._w, dtype=np.float32)
        self._y = np.arange(self._h, dtype=np.float32)[:, None]

    def _toned(self, colour: tuple[int, int, int], dull: float = 0.55) -> Colour:
        tone = np.array(colour, np.float32)
        if self._is_wet or self._is_white:
            tone += dull * (tone.mean() * np.array([0.94, 1.0, 1.06], np.float32) - tone)
        return tone * np.float32(self._dim)

    def outdoors(self, place: str) -> Colour:
        """Sky with its lamp, ridges that pale with distance, ground or water; no ridge at sea."""
        picture = self._sky()
        horizon = _HORIZON * self._h
        if place == "city":
            for far, height in ((0.75, 0.34), (0.55, 0.24)):
                self._blocks(picture, far, height)
        elif place != "sea":
            for far, height in ((0.82, 0.16), (0.62, 0.09)):
                rough = {"mountains": 1.7, "dunes": 0.35, "water": 0.45}.get(place, 0.7)
                top = horizon - rough * height * self._h * self._ridge(2.2 + 2 * far)
                self._fill(picture, top, self._air(far))
        if place in {"sea", "water"}:
            self._water(picture, horizon)
            if self._has_boat:
                self._boat(picture)
        else:
            share = ((self._y - horizon) / (self._h - horizon)).clip(0, 1)[..., None]
            ground = self._ground(0.5) * (1 - share) + self._ground(0.15) * share
            below = (self._y > horizon)[..., None]
            picture = np.where(below, ground, picture)
        return np.asarray(picture, np.float32)

    def interior(self) -> Colour:
        """A wall, a floor, and the light of a window on both."""
        share = (self._y / self._h)[..., None]
        wall = self._air(0.35) * (1.15 - 0.5 * share) + np.zeros((1, self._w, 1), np.float32)
        floor = self._air(0.12) * (0.7 + 0.6 * share)
        picture = np.where((self._y > 0.74 * self._h)[..., None], floor, wall).astype(np.float32)
        left, top, right, bottom = (
            round(at * side)
            for at, side in zip((0.56, 0.1, 0.88, 0.58), (self._w, self._h) * 2, strict=True)
        )
        frame = max(4, self._h // 120)
        sky = self._sky()
        cv2.rectangle(
            picture,
            (left - frame, top - frame),
            (right + frame, bottom + frame),
            self._at(0.05),
            -1,
        )
        picture[top:bottom, left:right] = sky[
            top + self._h // 8 : bottom + self._h // 8, left:right
        ]
        for at in (1, 2):
            x = left + at * (right - left) // 3
            cv2.line(picture, (x, top), (x, bottom), self._at(0.05), frame)
        pool = np.zeros((self._h, self._w), np.float32)
        corners = np.array([[0.3, 0.8], [0.62, 0.8], [0.5, 0.98], [0.1, 0.98]]) * [self._w, self._h]
        cv2.fillConvexPoly(pool, corners.round().astype(np.int32), 1.0, cv2.LINE_AA)
        pool = cv2.GaussianBlur(pool, (0, 0), self._h / 60)
        return np.asarray(picture + 0.35 * pool[..., None] * self._horizon, np.float32)

    def near(self, place: str) -> tuple[Field, Colour]:
        """What stands nearest, as a silhouette: its matte and its colours."""
        matte = np.zeros((self._h, self._w), np.float32)
        base = 0.86 * self._h
        match place:
            case "interior":
                table = (round(0.06 * self._w), round(0.86 * self._h))
                cv2.rectangle(matte, table, (round(0.7 * self._w), self._h), 1.0, -1)
                for x, wide, high in ((0.2, 0.03, 0.1), (0.27, 0.018, 0.16), (0.5, 0.035, 0.07)):
                    corner = (round((x - wide) * self._w), round((0.86 - high) * self._h))
                    end = (round((x + wide) * self._w), round(0.87 * self._h))
                    cv2.rectangle(matte, corner, end, 1.0, -1)
            case "forest":
                self._below(matte, base - 0.04 * self._h * self._ridge(3))
                for at in np.sort(self._rng.random(16)):
                    side = at if self._rng.random() < 0.5 else 1 - 0.3 * at
                    self._conifer(matte, side, 0.25 + 0.42 * self._rng.random())
            case "city":
                for _ in range(3):
                    x, wide = (
                        self._rng.random() * self._w,
                        (0.08 + 0.07 * self._rng.random()) * self._w,
                    )
                    top = round((0.42 + 0.3 * self._rng.random()) * self._h)
                    cv2.rectangle(matte, (round(x), top), (round(x + wide), self._h), 1.0, -1)
                self._below(matte, np.full(self._w, 0.9 * self._h, np.float32))
            case _:
                rough = {"mountains": 0.1, "sea": 0.03}.get(place, 0.06)
                self._below(matte, base - rough * self._h * self._ridge(2.0))
        soft = cv2.GaussianBlur(matte, (0, 0), max(0.6, self._h / 1500))
        shade = 0.85 + 0.3 * (self._y / self._h)[..., None]
        tone = self._sand if place == "sea" else self._near
        if self._is_white and place not in {"city", "interior"}:
            tone = self._ground(0.0)
        return soft, np.broadcast_to(tone * shade, (self._h, self._w, 3)).astype(np.float32)

    def _sky(self) -> Colour:
        share = (self._y / (_HORIZON * self._h)).clip(0, 1)[..., None] ** 1.15
        sky = self._zenith * (1 - share) + self._horizon * share
        sky = np.repeat(sky.astype(np.float32), self._w, axis=1)
        palette = self._palette
        x, y = 0.7 * self._w, palette.lamp_at * self._h
        away = np.hypot(self._x - x, self._y - y) / self._h
        lamp = np.array(palette.lamp, np.float32) * np.float32(self._dim)
        glow = palette.glow * self._veil * np.exp(-((away / 0.34) ** 1.2))[..., None]
        sky += glow * (lamp - sky).clip(0, None)
        if palette.stars and self._veil == 1:
            count = round(260 * self._w / self._h)
            places = self._rng.random((count, 2)) * [self._w, 0.55 * self._h]
            for (px, py), light in zip(places, self._rng.random(count) ** 3, strict=True):
                sky[int(py), int(px)] += 190 * np.float32(light)
        if self._veil == 1:
            disc = ((0.045 - away) * self._h / 2).clip(0, 1)[..., None]
            sky = sky * (1 - disc) + lamp * disc
        return np.asarray(sky, np.float32)

    def _air(self, far: float) -> Colour:
        """The tone of what is so far away: 0 is here, 1 the horizon."""
        return np.asarray(self._near + far * (self._horizon - self._near), np.float32)

    def _at(self, far: float) -> tuple[float, float, float]:
        red, green, blue = (float(value) for value in self._air(far))
        return red, green, blue

    def _ground(self, far: float) -> Colour:
        white = np.array([214, 222, 232], np.float32) * (self._horizon.mean() / 255 + 0.15)
        tone = self._air(far)
        return np.asarray(tone + 0.75 * (white - tone) if self._is_white else tone, np.float32)

    def _ridge(self, waves: float) -> Line:
        """A random outline, 0–1, with more and more of less and less."""
        line = np.zeros(self._w, np.float32)
        for octave in range(5):
            phase = self._rng.random() * 2 * np.pi
            line += 0.5**octave * np.sin(
                2 * np.pi * waves * 2**octave * self._x / self._w * 0.5 + phase
            )
        return np.asarray((line - line.min()) / (np.ptp(line) + 1e-6), np.float32)

    def _fill(self, picture: Colour, top: Line, tone: Colour) -> None:
        cover = (self._y - top[None] + 0.5).clip(0, 1)[..., None]
        picture += cover * (tone - picture)

    def _below(self, matte: Field, top: Line) -> None:
        np.maximum(matte, (self._y - top[None] + 0.5).clip(0, 1), out=matte)

    def _blocks(self, picture: Colour, far: float, height: float) -> None:
        """A row of houses, some windows lit where it is dark."""
        x = -0.02 * self._w
        while x < self._w:
            wide = (0.03 + 0.05 * self._rng.random()) * self._w * (1.4 - far)
            top = (_HORIZON + 0.02 - height * (0.25 + 0.75 * self._rng.random() ** 1.5)) * self._h
            corners = (round(x), round(top)), (round(x + wide), round(0.66 * self._h))
            cv2.rectangle(picture, *corners, self._at(far), -1)
            if self._is_lit:
                self._windows(picture, x, top, wide)
            x += wide * (0.95 + 0.25 * self._rng.random())

    def _windows(self, picture: Colour, x: float, top: float, wide: float) -> None:
        step = max(6, self._h // 64)
        for row in np.arange(top + step, 0.64 * self._h, step):
            for column in np.arange(x + step, x + wide - step, step):
                if self._rng.random() < 0.22:
                    corner = (round(column), round(row))
                    end = (corner[0] + step // 3, corner[1] + step // 2)
                    cv2.rectangle(picture, corner, end, (236.0, 196.0, 122.0), -1)

    def _water(self, picture: Colour, horizon: float) -> None:
        """The sky upside down, duller, with a broken path of light."""
        top = round(horizon)
        rows = self._h - top
        mirrored = cv2.resize(picture[top - rows // 2 : top][::-1].copy(), (self._w, rows))
        depth = np.linspace(0, 1, rows, dtype=np.float32)[:, None, None]
        picture[top:] = mirrored * (0.82 - 0.35 * depth) + self._near * (0.1 + 0.2 * depth)
        aside = (self._x / self._w - 0.7)[None, :, None]
        path = np.exp(-((aside / (0.025 + 0.07 * depth)) ** 2))
        ripples = 46 * np.log1p(4 * depth) + 1.3 * np.sin(110 * aside + 30 * depth)
        broken = np.sin(ripples).clip(0, 1)
        lamp = np.array(self._palette.lamp, np.float32)
        light = (0.35 * self._veil * self._palette.glow * path * broken).astype(np.float32)
        picture[top:] += light * (lamp - picture[top:]).clip(0, None)

    def _boat(self, picture: Colour) -> None:
        """A sailing boat on the horizon, before the light."""
        x, y, size = 0.36 * self._w, (_HORIZON + 0.02) * self._h, 0.1 * self._h
        hull = [(-0.5, 0.0), (0.55, -0.03), (0.4, 0.13), (-0.38, 0.13)]
        sails = (
            [(0.0, -1.0), (0.42, -0.1), (0.0, -0.1)],
            [(-0.04, -0.86), (-0.04, -0.1), (-0.4, -0.1)],
        )
        for shape, far in ((hull, 0.05), *((sail, 0.3) for sail in sails)):
            corners = (np.array(shape) * size + (x, y)).round().astype(np.int32)
            cv2.fillConvexPoly(picture, corners, self._at(far), cv2.LINE_AA)

    def _conifer(self, matte: Field, at: float, height: float) -> None:
        x, foot = at * self._w, 0.9 * self._h
        high = height * self._h
        for tier in range(5):
            top = foot - high * (1 - 0.16 * tier)
            half = high * (0.05 + 0.028 * tier)
            corners = [[x, top], [x - half, top + 0.3 * high], [x + half, top + 0.3 * high]]
            cv2.fillConvexPoly(matte, np.array(corners).round().astype(np.int32), 1.0, cv2.LINE_AA)
        cv2.rectangle(
            matte,
            (round(x - 0.012 * high), round(foot - 0.2 * high)),
            (round(x + 0.012 * high), self._h),
            1.0,
            -1,
        )
