"""Makes a picture what its field takes: upright, opaque, of an allowed shape, size and format."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from photoplay.errors import ImageTooLarge, InvalidRequest
from photoplay.frames import RGB
from photoplay.images import FORMATS, Picture, Still, blurred_cover, encoded, resized
from photoplay.preflight.layout import Layout, layout
from photoplay.preflight.pictures import Source, endings

Colour = tuple[int, int, int]  # sRGB, 0 to 255

FINEST, COARSEST = 95, 40  # JPEG quality: above 95 files grow for nothing, below 40 blocks show
_SHRINK = 0.8  # of a side, where no quality is small enough
_LOSSLESS = {"PNG", "TIFF", "BMP"}
_NAMED = {"white": (255, 255, 255), "black": (0, 0, 0), "grey": (128, 128, 128)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Retouching:
    """Choices of a repair. `border` None is the picture itself, out of focus."""

    crop: bool = False  # instead of a border
    border: Colour | None = None
    background: Colour = (255, 255, 255)  # behind transparent parts


@dataclass(frozen=True, slots=True)
class Retouched:
    """A picture file, and what was done, each a clause."""

    content: bytes
    suffix: str
    changes: tuple[str, ...]


def retouched(source: Source, picture: Picture, choices: Retouching) -> Retouched | None:
    """The picture as its field takes it; None if it already does.

    Raises ImageTooLarge if it cannot be made small enough.
    """
    plan = layout(picture.size_px, source.limits, crop=choices.crop)
    changes = [*_in_place(picture, choices), *_of_shape(picture, plan, choices)]
    if not changes and _is_taken(source, picture):
        if not _is_misnamed(source, picture):
            return None
        suffix = f".{endings(picture)[0]}"
        return Retouched(source.file.read_bytes(), suffix, (f"named {suffix}",))
    rgb = _laid_out(_opaque(picture.still, choices.background), plan, choices.border)
    content, suffix, how = _encode(rgb, source, lossless=picture.format in _LOSSLESS)
    return Retouched(content, suffix, (*changes, how))


def parse_colour(text: str) -> Colour:
    """A colour as "#ffcc00", "white", "black" or "grey". Raises InvalidRequest."""
    word = text.strip().lower()
    if word in _NAMED:
        return _NAMED[word]
    match = re.fullmatch(r"#?([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})", word)
    if match is None:
        raise InvalidRequest(
            f"the colour is {text[:30]!r}",
            rule="a colour is six hexadecimal digits, or one of " + ", ".join(_NAMED),
            fix="Write it like #ffcc00",
        )
    return int(match[1], 16), int(match[2], 16), int(match[3], 16)


def _in_place(picture: Picture, choices: Retouching) -> Iterator[str]:
    if picture.pictures > 1:
        yield f"the first of {picture.pictures} pictures taken"
    if picture.orientation != 1:
        yield "turned upright"
    if picture.still.alpha is not None:
        yield f"laid on {_colour_name(choices.background)}"
    if picture.mode == "CMYK" or picture.is_deep:
        yield "turned into RGB of 8 bits"


def _of_shape(picture: Picture, plan: Layout, choices: Retouching) -> Iterator[str]:
    width, height = plan.part_size
    if plan.part_size != picture.size_px:
        yield "cropped from {}×{} to {}×{} px".format(*picture.size_px, width, height)
    if plan.has_border:
        filled = "blurred" if choices.border is None else _colour_name(choices.border)
        yield f"given a border ({filled}), {plan.canvas[0]}×{plan.canvas[1]} px in all"
    if plan.content[0] > width:
        yield "enlarged to {}×{} px, which adds no detail".format(*plan.content)
    elif plan.content != plan.part_size:
        yield "made smaller, {}×{} px".format(*plan.content)


def _is_taken(source: Source, picture: Picture) -> bool:
    """Whether its format and its bytes are taken as they are."""
    formats = source.formats or ("jpg", "png", "webp")
    fits = source.limits.max_bytes is None or picture.file_bytes <= source.limits.max_bytes
    return fits and bool(set(formats) & set(endings(picture)))


def _is_misnamed(source: Source, picture: Picture) -> bool:
    suffix = source.file.suffix.lower()
    return source.named and bool(suffix) and suffix not in FORMATS.get(picture.format, ())


def _opaque(still: Still, background: Colour) -> RGB:
    if still.alpha is None:
        return still.rgb
    alpha = still.alpha[..., None]
    behind = np.array(background, np.float32)
    laid = behind + (still.rgb - behind) * alpha
    return np.asarray(np.rint(laid).astype(np.uint8))


def _laid_out(rgb: RGB, plan: Layout, border: Colour | None) -> RGB:
    left, top, right, bottom = plan.part
    part = rgb[top:bottom, left:right]
    content = part if plan.content == plan.part_size else resized(part, *plan.content)
    if not plan.has_border:
        return np.ascontiguousarray(content)
    width, height = plan.canvas
    if border is None:
        canvas = blurred_cover(content, width, height).copy()
    else:
        canvas = np.full((height, width, 3), border, np.uint8)
    x, y = (width - plan.content[0]) // 2, (height - plan.content[1]) // 2
    canvas[y : y + plan.content[1], x : x + plan.content[0]] = content
    return canvas


def _encode(rgb: RGB, source: Source, *, lossless: bool) -> tuple[bytes, str, str]:
    """The file, its ending, and how it was made: PNG where nothing was lost before, or JPEG."""
    most = source.limits.max_bytes or 0
    if lossless:
        content = encoded(rgb)
        if not most or len(content) <= most:
            return content, ".png", "saved as PNG"
    return _encode_jpeg(rgb, source, most)


def _encode_jpeg(rgb: RGB, source: Source, most: int) -> tuple[bytes, str, str]:
    """The finest JPEG of at most so many bytes, smaller in pixels only if it must be."""
    smaller = ""
    while True:
        content, quality = _finest(rgb, most)
        if not most or len(content) <= most:
            return content, ".jpg", f"saved as JPEG of quality {quality}{smaller}"
        height, width = (int(side * _SHRINK) for side in rgb.shape[:2])
        if min(width, height) < (source.limits.min_side_px or 1):
            raise ImageTooLarge(
                f"{source.name} cannot be had with {most:,} bytes",
                rule="no coarser JPEG than of quality 40 is made",
                fix="Use a smaller picture",
            )
        rgb = resized(rgb, width, height)
        smaller = f", {width}×{height} px"


def _finest(rgb: RGB, most: int) -> tuple[bytes, int]:
    """The finest quality within `most` bytes, or the coarsest of all."""
    content = encoded(rgb, FINEST)
    if not most or len(content) <= most:
        return content, FINEST
    best, low, high = encoded(rgb, COARSEST), COARSEST, FINEST
    while high - low > 1:
        middle = (low + high) // 2
        content = encoded(rgb, middle)
        if len(content) <= most:
            best, low = content, middle
        else:
            high = middle
    return best, low


def _colour_name(colour: Colour) -> str:
    known = {value: name for name, value in _NAMED.items()}
    return known.get(colour, "#{:02x}{:02x}{:02x}".format(*colour))
