"""Orders for the tests of dialects: values as an endpoint reads them, media as files on disk."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from photoplay import catalogue
from photoplay.catalogue import Endpoint, FileLimits
from photoplay.dialects import fal
from photoplay.dialects.provider import MediaFile, Order
from tests.rigs.providers.base import Fault, FaultKind, Step

IMAGE = "https://example.com/still.png"
VIDEO = "https://example.com/motion.mp4"
KEY = "photoplay-0001"
KLING = "fal-ai/kling-video/"
_KINDS = {"image": (".png", "image/png"), "video": (".mp4", "video/mp4")}


def row(name: str) -> Endpoint:
    """The endpoint of the catalogue with that id, from which Kling's beginning may be left out."""
    found = catalogue.load()
    return found.endpoints.get(KLING + name) or found.find(name)


def order_of(endpoint: Endpoint, folder: Path | None = None, **body: Any) -> Order:
    """An order for this body; with a folder, the files that it points at lie there."""
    values = fal.read_body(endpoint, body, strict=True).values
    files = {}
    if folder is not None:
        for number, ref in enumerate(fal.media_of(endpoint, values)):
            files[ref.loc] = media_file(folder, ref.kind, name=f"file{number}")
    return Order(key=KEY, endpoint=endpoint, values=values, files=files)


def media_file(folder: Path, kind: str = "image", name: str = "still") -> MediaFile:
    """A file of that kind, small and real if it is an image."""
    suffix, content_type = _KINDS[kind]
    path = folder / f"{name}{suffix}"
    path.write_bytes(png() if kind == "image" else b"not looked into")
    return MediaFile(
        loc=("body", "file"),
        path=path,
        content_type=content_type,
        bytes=path.stat().st_size,
        limits=FileLimits(kind="image" if kind == "image" else "video"),
    )


def fault_at(step: Step, kind: FaultKind) -> Callable[[str], Fault | None]:
    """What a server's `faults` may be: the same fault at every request of that step."""
    return lambda at: Fault(kind) if at == step else None


def png() -> bytes:
    made = BytesIO()
    Image.new("RGB", (320, 320), (90, 40, 90)).save(made, "PNG")
    return made.getvalue()
