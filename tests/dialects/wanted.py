"""Orders of endpoints of the catalogue, and their files, for tests of dialects."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PIL import Image

from photoplay import catalogue
from photoplay.catalogue import FileLimits
from photoplay.dialects.provider import Loc, MediaFile, Order

KLING = "fal-ai/kling-video/v3/{tier}/{kind}"
KLING_IMAGE = KLING.format(tier="pro", kind="image-to-video")
KLING_TEXT = KLING.format(tier="standard", kind="text-to-video")
IMAGE_URL = "https://example.com/still.png"


def order(endpoint_id: str, *files: MediaFile, **values: Any) -> Order:
    """An order as it comes out of the endpoint's schema, its defaults filled in."""
    endpoint = catalogue.load().find(endpoint_id)
    return Order(
        key="a-key-of-ours",
        endpoint=endpoint,
        values=endpoint.validate(values),
        files={file.loc: file for file in files},
    )


def image_file(
    folder: Path, *loc: str | int, size_px: tuple[int, int] = (640, 360), suffix: str = ".png"
) -> MediaFile:
    """A grey picture, on disk."""
    path = folder / f"{'-'.join(map(str, loc))}{suffix}"
    Image.new("RGB", size_px, (90, 110, 130)).save(path)
    return media_file(path, *loc, kind="image", size_px=size_px)


def media_file(
    path: Path, *loc: str | int, kind: Any, size_px: tuple[int, int] | None = None
) -> MediaFile:
    """A file on disk as one of a request."""
    endings = {".png": "image/png", ".jpg": "image/jpeg", ".mp4": "video/mp4", ".mp3": "audio/mpeg"}
    place: Loc = ("body", *loc)
    return MediaFile(
        loc=place,
        path=path,
        content_type=endings[path.suffix],
        bytes=path.stat().st_size,
        limits=FileLimits(kind=kind),
        size_px=size_px,
    )
