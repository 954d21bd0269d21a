"""Words set on a card: broken into lines, as large as they fit, never clipped.

The fonts are those that OpenCV 5 carries: Rubik, and WenQuanYi Micro Hei for what Rubik lacks.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from photoplay.engines.parallax.bidi import as_seen
from photoplay.errors import FeatureNotSupported
from photoplay.frames import Field, Raster

_LEADING = 1.28  # distance of lines, in sizes
_CJK = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL")
_NOT_FIRST = "、。，．！？：；）」』】〉》…ー"
# Scripts whose letters join or stack: set letter by letter they cannot be read.
_JOINED = (
    "ARABIC",
    "SYRIAC",
    "DEVANAGARI",
    "BENGALI",
    "TAMIL",
    "TELUGU",
    "THAI",
    "KHMER",
    "MYANMAR",
    "TIBETAN",
)


@dataclass(frozen=True, slots=True)
class Face:
    """A font at one weight."""

    name: str = "sans"
    weight: int = 400

    def width_px(self, text: str, size_px: int) -> int:
        """How wide a line is."""
        if not text:
            return 0
        _, _, width, _ = cv2.getTextSize(
            (1, 1), text, (0, 0), _font(self.name), size_px, self.weight
        )
        return int(width)

    def draw(self, matte: Field, text: str, x_px: int, base_px: int, size_px: int) -> None:
        """Draw a line into a matte (H, W), 0–1, with its base there."""
        canvas = np.zeros((*matte.shape, 3), np.uint8)
        white = (255, 255, 255)
        cv2.putText(
            canvas, text, (x_px, base_px), white, _font(self.name), size_px, weight=self.weight
        )
        np.maximum(matte, canvas[..., 0].astype(np.float32) / 255, out=matte)


def _font(name: str) -> cv2.FontFace:
    if not hasattr(cv2, "FontFace"):
        raise FeatureNotSupported(
            f"words were to be set with OpenCV {cv2.__version__}",
            rule="cards are set in the fonts that OpenCV 5 carries",
            fix="Install opencv-contrib-python-headless 5 or later",
        )
    return cv2.FontFace(name)


def readable(text: str) -> tuple[str, str]:
    """The text as it can be set, and what had to be left out of it.

    Scripts whose letters join, and pictographs, are left out.
    """
    kept, lost = [], []
    for char in " ".join(unicodedata.normalize("NFC", text).split()):
        name = unicodedata.name(char, "")
        category = unicodedata.category(char)
        is_plain = category[0] in "LNPZ" or char in "+<=>|~^`$€£¥°×→←"
        if is_plain and not name.startswith(_JOINED) and ord(char) < 0x10000:
            kept.append(char)
        elif category[0] != "M" and char not in "\u200d\u200e\u200f":
            lost.append(char)
    return " ".join("".join(kept).split()), "".join(lost)


def is_right_to_left(text: str) -> bool:
    """Whether it is read from the right."""
    letters = [char for char in text if char.isalpha()]
    hebrew = sum(unicodedata.bidirectional(char) == "R" for char in letters)
    return 2 * hebrew > len(letters)


def lines_of(text: str, face: Face, size_px: int, width_px: int) -> list[str]:
    """The text in lines no wider than that; a word that is wider alone is broken."""
    lines, line = [], ""
    for piece in _pieces(text):
        if line and face.width_px((line + piece).rstrip(), size_px) > width_px:
            lines.append(line.rstrip())
            line = ""
        while face.width_px(piece.rstrip(), size_px) > width_px and len(piece) > 1:
            fits = len(piece) - 1
            while fits > 1 and face.width_px(piece[:fits], size_px) > width_px:
                fits = fits * 3 // 4
            lines.append(piece[:fits])
            piece = piece[fits:]
        line += piece
    return [*lines, line.rstrip()] if line.strip() else lines


def _pieces(text: str) -> Iterator[str]:
    """Parts between which a line may be broken: words, and single characters of CJK."""
    word = ""
    for char, following in zip(text, text[1:] + " ", strict=False):
        if following in _NOT_FIRST:  # no line begins with what ends a sentence
            word += char
        elif unicodedata.name(char, "").startswith(_CJK):
            yield word + char
            word = ""
        else:
            word += char
            if char == " ":
                yield word
                word = ""
    if word:
        yield word


def fitted(
    text: str, face: Face, raster: Raster, *, width_px: int, height_px: int
) -> tuple[list[str], int]:
    """The lines, and the largest size at which all of them fit."""
    size = round(min(0.078 * raster.height_px, 0.07 * raster.width_px))
    while True:
        lines = lines_of(text, face, size, width_px)
        if (
            size <= 8
            or len(lines) * size * _LEADING <= min(height_px, 5.5 * size * _LEADING + 0.001)
            or (size < 0.036 * raster.height_px and len(lines) * size * _LEADING <= height_px)
        ):
            return lines, size
        size = max(8, round(size * 0.94) - 1)


def set_block(
    matte: Field,
    lines: list[str],
    face: Face,
    size_px: int,
    *,
    left_px: int,
    right_px: int,
    base_px: int,
) -> None:
    """Draw lines that end with their last base there, from the side where they are read from."""
    from_right = is_right_to_left("".join(lines))
    for up, line in enumerate(reversed(lines)):
        seen = as_seen(line, from_right=from_right)
        x = left_px
        if from_right:
            x = right_px - face.width_px(seen, size_px)
        face.draw(matte, seen, x, base_px - round(up * size_px * _LEADING), size_px)
