"""Stills in, contact sheets out: the only importer of Pillow.

A still comes from anywhere, so it is untrusted: its kind is read from its content, its size from
its header before a pixel is decoded, and whatever a decoder stumbles over is a named error.
"""

from __future__ import annotations

import io
import math
import secrets
import stat
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    Image,
    ImageCms,
    ImageDraw,
    ImageFilter,
    ImageFont,
    ImageOps,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

from photoplay.errors import (
    ImageAspectUnsupported,
    ImageFormatUnsupported,
    ImageTooLarge,
    ImageTooSmall,
    ImageUnreadable,
    OutputUnwritable,
)
from photoplay.frames import RGB, Field

MAX_FILE_BYTES = 50_000_000
MAX_PIXELS = 80_000_000  # 240 MB decoded
MIN_SIDE_PX = 64  # below this there is nothing to find depth in
HOSTED_MIN_SIDE_PX = 300  # the smallest still that hosted engines accept
MAX_ASPECT = 4  # long side / short side

# Formats by Pillow's name, with the file endings people give them.
FORMATS = {
    JpegImagePlugin.JpegImageFile.format: (".jpg", ".jpeg", ".jpe", ".jfif"),
    PngImagePlugin.PngImageFile.format: (".png", ".apng"),
    WebPImagePlugin.WebPImageFile.format: (".webp",),
    TiffImagePlugin.TiffImageFile.format: (".tif", ".tiff"),
    BmpImagePlugin.BmpImageFile.format: (".bmp", ".dib"),
    AvifImagePlugin.AvifImageFile.format: (".avif", ".avifs"),
}
ACCEPTED = "a still is a JPEG, PNG, WebP, TIFF, BMP or AVIF picture"
_SUPPORTED = {
    "supported_formats": sorted(ending[1:] for ends in FORMATS.values() for ending in ends)
}

# What accepted pictures begin with: one of these that does not open is damaged.
_MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n", b"RIFF", b"II*\0", b"MM\0*", b"BM")

# What other files begin with, to say what was given: (offset, bytes, name).
_OTHER_KINDS = (
    (0, b"GIF8", "a GIF"),
    (0, b"%PDF", "a PDF document"),
    (0, b"8BPS", "a Photoshop file"),
    (0, b"\x00\x00\x00\x0cjP  ", "a JPEG 2000 picture"),
    (0, b"<svg", "an SVG drawing"),
    (0, b"\x1aE\xdf\xa3", "a Matroska or WebM film"),
    (4, b"ftyphei", "a HEIF picture"),
    (4, b"ftypmif1", "a HEIF picture"),
    (4, b"ftypqt", "a QuickTime film"),
    (4, b"ftyp", "an MP4 film"),
)


@dataclass(frozen=True, slots=True)
class Still:
    """A decoded picture, upright and in sRGB. Its arrays are not to be written to.

    `alpha` is 0 (clear) to 1, and None when the picture is opaque throughout. `notes` are
    sentences about what was done to it on the way.
    """

    rgb: RGB
    alpha: Field | None
    source_format: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture file as it is stored, beside what it looks like.

    `still` is its first picture, upright, of any shape and size up to MAX_PIXELS.
    """

    still: Still
    format: str  # by Pillow's name: JPEG, PNG, WEBP, …
    file_bytes: int
    orientation: int  # 1 to 8, by EXIF; from 2 on, it is stored turned or mirrored
    pictures: int  # frames or pages
    mode: str  # of its pixels, by Pillow's name: RGB, CMYK, P, …
    is_deep: bool  # more than 8 bits per colour

    @property
    def size_px(self) -> tuple[int, int]:
        """(width, height), upright."""
        height, width = self.still.rgb.shape[:2]
        return width, height


def check_file(path: Path) -> None:
    """Raise ImageUnreadable or ImageTooLarge if `path` is no file that could hold a still.

    Its content is not looked at.
    """
    with _open_file(path):
        pass


def check_shape(
    path: Path,
    *,
    min_side_px: int | None = None,
    max_side_px: int | None = None,
    min_aspect: float | None = None,
    max_aspect: float | None = None,
) -> None:
    """Raise InvalidImage if the picture at `path`, upright, is not within an endpoint's limits.

    Aspects are width / height. The picture is decoded only where its turn matters and is not known.
    """
    least, most = min_aspect or 0, max_aspect or math.inf
    with _open_file(path) as file, _open_image(path, file) as image:
        width, height = image.size
        if width * height > MAX_PIXELS:
            raise _too_many_pixels(f"{path} is {width}×{height} px")
        either_way = (least, most) == (0, math.inf) or math.isclose(least * most, 1)
        with _decoding(path):
            if not either_way and _orientation(image) >= 5:
                width, height = height, width
    given = f"{path} is {width}×{height} px"
    if min_side_px is not None and min(width, height) < min_side_px:
        raise ImageTooSmall(
            given,
            rule=f"each side has at least {min_side_px} px here",
            fix="Use a larger picture",
            limits={"min_height": min_side_px, "min_width": min_side_px},
        )
    if max_side_px is not None and max(width, height) > max_side_px:
        raise ImageTooLarge(
            given,
            rule=f"each side has at most {max_side_px} px here",
            fix="Make it smaller",
            limits={"max_height": max_side_px, "max_width": max_side_px},
        )
    if not least <= width / height <= most:
        raise ImageAspectUnsupported(
            given,
            rule=f"width / height should be between {least:g} and {most:g} here",
            fix="Crop it",
            limits={"min_aspect_ratio": min_aspect, "max_aspect_ratio": max_aspect},
        )


def load_still(path: Path, *, enough_px: tuple[int, int] | None = None) -> Still:
    """Decode the picture at `path`.

    With `enough_px` (width, height), a larger JPEG may be decoded at 1/2, 1/4 or 1/8 of its size,
    which is fast and loses nothing the caller would keep: neither side falls below its own of the
    two, so that any crop of that size is still made of whole pixels.

    Raises ImageUnreadable, ImageFormatUnsupported, ImageTooSmall, ImageTooLarge or
    ImageAspectUnsupported.
    """
    notes: list[str] = []
    with _open_file(path) as file, _open_image(path, file) as image:
        source_format = image.format or ""
        with _decoding(path):
            # An MPO is a JPEG with a second view for depth or HDR, as phones make: take the first.
            pictures = 1 if source_format == "MPO" else getattr(image, "n_frames", 1)
        _check_single(path, source_format, pictures)
        _check_size(path, image.size, notes)
        _check_name(path, source_format, notes)
        with _decoding(path):
            if enough_px is not None and isinstance(image, JpegImagePlugin.JpegImageFile):
                _draft(image, enough_px)
            image.load()
            upright = _upright(image, notes)
        rgb, alpha = _pixels(path, upright, notes)
    return Still(rgb, alpha, source_format, tuple(notes))


def read_picture(path: Path) -> Picture:
    """All about the picture at `path`, also one that is no still: animated, tiny, or very wide.

    Raises ImageUnreadable, ImageFormatUnsupported or ImageTooLarge.
    """
    notes: list[str] = []
    with _open_file(path) as file, _open_image(path, file) as image:
        source_format, mode = image.format or "", image.mode
        if image.width * image.height > MAX_PIXELS:
            raise _too_many_pixels(f"{path} is {image.width}×{image.height} px")
        with _decoding(path):
            pictures = 1 if source_format == "MPO" else getattr(image, "n_frames", 1)
            is_deep = any(";16" in str(tile) for tile in getattr(image, "tile", ()))
            orientation = _orientation(image)
            image.load()
            upright = _upright(image, notes)
        rgb, alpha = _pixels(path, upright, notes)
        file_bytes = file.seek(0, io.SEEK_END)
    return Picture(
        still=Still(rgb, alpha, source_format, tuple(notes)),
        format="JPEG" if source_format == "MPO" else source_format,
        file_bytes=file_bytes,
        orientation=orientation if 1 <= orientation <= 8 else 1,
        pictures=pictures,
        mode=mode,
        is_deep=is_deep,
    )


def resized(rgb: RGB, width_px: int, height_px: int) -> RGB:
    """`rgb` at another size, by Lanczos' filter. Enlarging adds no detail."""
    size = (width_px, height_px)
    return np.asarray(Image.fromarray(rgb).resize(size, Image.Resampling.LANCZOS))


def blurred_cover(rgb: RGB, width_px: int, height_px: int) -> RGB:
    """The middle of `rgb`, large enough to cover that size and out of focus: a border's filling."""
    thumb = ImageOps.fit(Image.fromarray(rgb), _thumb(width_px, height_px))
    soft = thumb.filter(ImageFilter.GaussianBlur(max(thumb.size) / 20))
    return np.asarray(soft.resize((width_px, height_px), Image.Resampling.BICUBIC))


def encoded(rgb: RGB, quality: int | None = None) -> bytes:
    """`rgb` as a file: a JPEG of that quality (1 to 95) with full colour, or a PNG without one."""
    file = io.BytesIO()
    if quality is None:
        Image.fromarray(rgb).save(file, "PNG")
    else:
        Image.fromarray(rgb).save(file, "JPEG", quality=quality, subsampling=0)
    return file.getvalue()


def save_sheet(
    frames: Sequence[RGB],
    captions: Sequence[str],
    path: Path,
    columns: int,
    *,
    cell_width_px: int = 480,
) -> None:
    """Write a PNG contact sheet: `frames` in rows of `columns`, each over its caption.

    All frames have the shape of the first. Raises OutputUnwritable.
    """
    height, width = frames[0].shape[:2]
    cell = (cell_width_px, round(height * cell_width_px / width))
    gap, text = 8, 22  # px
    rows = -(-len(frames) // columns)
    size = (columns * (cell[0] + gap) + gap, rows * (cell[1] + text + gap) + gap)
    sheet = Image.new("RGB", size, (24, 24, 26))
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(15)
    for index, (frame, caption) in enumerate(zip(frames, captions, strict=True)):
        x = gap + index % columns * (cell[0] + gap)
        y = gap + index // columns * (cell[1] + text + gap)
        sheet.paste(Image.fromarray(frame).resize(cell, Image.Resampling.LANCZOS), (x, y))
        draw.text((x, y + cell[1] + 2), caption, (214, 214, 210), font)
    png = io.BytesIO()
    sheet.save(png, "PNG")
    _replace_file(path, png.getvalue())


def _thumb(width_px: int, height_px: int) -> tuple[int, int]:
    """A size of that shape whose longer side is small enough to be blurred at once."""
    scale = min(1.0, 256 / max(width_px, height_px))
    return max(1, round(width_px * scale)), max(1, round(height_px * scale))


def _replace_file(path: Path, content: bytes) -> None:
    """Write `path` so that it holds all of `content` or what it held before; a link stays one."""
    target = path.resolve()
    part = target.with_name(f".photoplay-{secrets.token_hex(4)}{path.suffix}")
    try:
        try:
            part.write_bytes(content)
            part.replace(target)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise OutputUnwritable.because(path, error) from error


@contextmanager
def _open_file(path: Path) -> Iterator[BinaryIO]:
    try:
        found = path.stat()
        # Opening a pipe or a device could wait for ever.
        if not stat.S_ISREG(found.st_mode):
            kind = "a folder" if stat.S_ISDIR(found.st_mode) else "not an ordinary file"
            raise ImageUnreadable(
                f"{path} is {kind}", rule=ACCEPTED, fix="Give the path of one picture"
            )
        file = path.open("rb")
    except (OSError, ValueError) as error:  # ValueError: a path with a null character
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise ImageUnreadable(
            f"{path} cannot be read: {reason}",
            rule="the still must be a readable file",
            fix="Check the path and its permissions",
        ) from error
    with file:
        if found.st_size == 0:
            raise ImageUnreadable(f"{path} is empty", rule=ACCEPTED, fix="Save the picture again")
        if found.st_size > MAX_FILE_BYTES:
            raise ImageTooLarge(
                f"{path} has {found.st_size / 1e6:,.0f} MB",
                rule=f"a still has at most {MAX_FILE_BYTES / 1e6:.0f} MB",
                fix="Save it as JPEG, or smaller; 4,000 px on the longer side are plenty",
                limits={"max_size": MAX_FILE_BYTES},
            )
        yield file


@contextmanager
def _open_image(path: Path, file: BinaryIO) -> Iterator[Image.Image]:
    """The picture with its header read and no pixel decoded."""
    try:
        with warnings.catch_warnings():
            # Pillow only warns below twice its own limit, which is about ours.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(file, formats=list(FORMATS))
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise _too_many_pixels(f"{path} has far more pixels") from error
    except UnidentifiedImageError as error:
        raise _not_accepted(path, file) from error
    except Exception as error:  # whatever a header parser stumbles over
        raise _broken(path, error) from error
    with image:
        yield image


@contextmanager
def _decoding(path: Path) -> Iterator[None]:
    """Decoders meet hostile bytes with many kinds of exceptions; all mean the same here."""
    try:
        yield
    except Exception as error:
        raise _broken(path, error) from error


def _broken(path: Path, error: Exception) -> ImageUnreadable:
    return ImageUnreadable(
        f"{path} is damaged: {' '.join(str(error).split()) or type(error).__name__}",
        rule="the whole picture must be readable",
        fix="Copy or download it again, or save it anew from a picture program",
    )


def _not_accepted(path: Path, file: BinaryIO) -> ImageUnreadable | ImageFormatUnsupported:
    file.seek(0)
    head = file.read(32)
    if head.startswith(_MAGIC):
        return _broken(path, ValueError("its header cannot be read"))
    for offset, magic, name in _OTHER_KINDS:
        if head[offset:].startswith(magic):
            return ImageFormatUnsupported(
                f"{path} is {name}",
                rule=ACCEPTED,
                fix="Save the picture as PNG or JPEG",
                limits=_SUPPORTED,
            )
    return ImageUnreadable(f"{path} is not a picture", rule=ACCEPTED, fix="Give a picture")


def _too_many_pixels(given: str) -> ImageTooLarge:
    return ImageTooLarge(
        given,
        rule=f"a still has at most {MAX_PIXELS / 1e6:.0f} million pixels",
        fix="Scale it down; 4,000 px on the longer side are plenty",
        limits={"max_resolution": MAX_PIXELS},
    )


def _check_single(path: Path, source_format: str, pictures: int) -> None:
    if pictures > 1:
        pages = source_format == "TIFF"
        raise ImageFormatUnsupported(
            f"{path} {'has several pages' if pages else 'is animated'}",
            rule="a still is one picture",
            fix=f"Save one {'page' if pages else 'frame'} as PNG",
            limits=_SUPPORTED,
        )


def _check_size(path: Path, size: tuple[int, int], notes: list[str]) -> None:
    width, height = size
    given = f"{path} is {width}×{height} px"
    if width * height > MAX_PIXELS:
        raise _too_many_pixels(given)
    if min(size) < MIN_SIDE_PX:
        raise ImageTooSmall(
            given,
            rule=f"each side of a still has at least {MIN_SIDE_PX} px",
            fix="Use a larger picture; 1,920 px on the longer side give a sharp clip",
            limits={"min_width": MIN_SIDE_PX, "min_height": MIN_SIDE_PX},
        )
    if max(size) > MAX_ASPECT * min(size):
        raise ImageAspectUnsupported(
            given,
            rule=f"a still lies between 1:{MAX_ASPECT} and {MAX_ASPECT}:1",
            fix="Crop it",
            limits={"min_aspect_ratio": 1 / MAX_ASPECT, "max_aspect_ratio": MAX_ASPECT},
        )
    if min(size) < HOSTED_MIN_SIDE_PX:
        notes.append(
            f"The still is only {width}×{height} px; "
            f"hosted engines refuse less than {HOSTED_MIN_SIDE_PX} px on a side."
        )


def _check_name(path: Path, source_format: str, notes: list[str]) -> None:
    endings = FORMATS.get("JPEG" if source_format == "MPO" else source_format, ())
    if path.suffix and path.suffix.lower() not in endings:
        notes.append(f"The still is named {path.suffix} but is a {source_format} picture.")


def _draft(image: JpegImagePlugin.JpegImageFile, enough_px: tuple[int, int]) -> None:
    """Have the decoder skip the frequencies that only a larger picture needs."""
    width, height = enough_px
    lies_on_its_side = _orientation(image) >= 5
    # The decoder never goes below the size that is named, on either side.
    image.draft(None, (height, width) if lies_on_its_side else (width, height))


def _orientation(image: Image.Image) -> int:
    """1 to 8, by EXIF 2.32, tag 274; from 5 on, stored rows are the picture's columns."""
    return int(image.getexif().get(0x0112, 1))


def _upright(image: Image.Image, notes: list[str]) -> Image.Image:
    if _orientation(image) == 1:
        return image
    notes.append("The still was turned upright as its EXIF orientation says.")
    return ImageOps.exif_transpose(image)


def _pixels(path: Path, image: Image.Image, notes: list[str]) -> tuple[RGB, Field | None]:
    """Colour and opacity of a decoded picture of any mode."""
    if image.mode.startswith("I;16"):
        notes.append("The still's 16 bits were reduced to 8.")
        wide = np.asarray(image).astype(np.uint32)
        image = Image.fromarray(((wide + 128) // 257).astype(np.uint8))
    elif image.mode in {"I", "F", "LAB", "HSV"}:
        raise ImageFormatUnsupported(
            f"{path} stores its pixels as {image.mode}",
            rule="a still has 8 or 16 bits per colour",
            fix="Save it as an 8-bit PNG",
            limits=_SUPPORTED,
        )
    with _decoding(path):
        alpha = _alpha(image)
        image = _to_srgb(image, notes)
        return np.asarray(image), alpha


def _alpha(image: Image.Image) -> Field | None:
    if not image.has_transparency_data:
        return None
    opacity = np.asarray(image.convert("RGBA").getchannel("A"))
    if opacity.min() == 255:
        return None
    return np.asarray(opacity / np.float32(255))


def _to_srgb(image: Image.Image, notes: list[str]) -> Image.Image:
    """An RGB picture with the colours that the embedded profile, if any, gives them."""
    if image.mode == "CMYK":
        notes.append("The still was converted from CMYK; colours may differ from print.")
    profile = image.info.get("icc_profile")
    flat = image if image.mode in {"CMYK", "L", "RGB"} else image.convert("RGB")
    if profile:
        flat = _apply_profile(flat, profile, notes)
    return flat if flat.mode == "RGB" else flat.convert("RGB")


def _apply_profile(image: Image.Image, profile: bytes, notes: list[str]) -> Image.Image:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        name = ImageCms.getProfileDescription(source).strip()
        if "srgb" in name.lower() and image.mode == "RGB":
            return image  # most photographs: nothing to do, and 100 ms saved
        converted = ImageCms.profileToProfile(
            image, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    except (ImageCms.PyCMSError, OSError):
        notes.append("The still's colour profile does not fit it and was ignored.")
        return image
    assert converted is not None  # only None when converting in place
    notes.append(f"Colours were converted from {name} to sRGB.")
    return converted
