"""Photoplay turns a still image and a sentence into a film clip with sound.

>>> import photoplay
>>> clip = photoplay.animate("photo.jpg", "slow push in, golden light, birdsong")  # doctest: +SKIP

Importing this package is cheap: what renders is loaded by the first call that renders.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from photoplay.clip import (
    Clip,
    ClipRequest,
    MotionReference,
    Shot,
    SoundOptions,
    Tier,
    Word,
)
from photoplay.errors import (
    AudioFormatUnsupported,
    Cancelled,
    FeatureNotSupported,
    ImageAspectUnsupported,
    ImageFormatUnsupported,
    ImageTooLarge,
    ImageTooSmall,
    ImageUnreadable,
    InstallationBroken,
    InvalidImage,
    InvalidPrompt,
    InvalidRequest,
    OutputMisplaced,
    OutputUnwritable,
    PhotoplayError,
    RenderFailed,
    SpeechUnavailable,
)
from photoplay.interface import animate, explain, extend, request, transfer

__all__ = [
    "AudioFormatUnsupported",
    "Cancelled",
    "Clip",
    "ClipRequest",
    "FeatureNotSupported",
    "ImageAspectUnsupported",
    "ImageFormatUnsupported",
    "ImageTooLarge",
    "ImageTooSmall",
    "ImageUnreadable",
    "InstallationBroken",
    "InvalidImage",
    "InvalidPrompt",
    "InvalidRequest",
    "MotionReference",
    "OutputMisplaced",
    "OutputUnwritable",
    "PhotoplayError",
    "RenderFailed",
    "Shot",
    "SoundOptions",
    "SpeechUnavailable",
    "Tier",
    "Word",
    "__version__",
    "animate",
    "explain",
    "extend",
    "request",
    "transfer",
]


def __getattr__(name: str) -> str:
    if name == "__version__":
        from importlib.metadata import version

        return version("photoplay")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


if TYPE_CHECKING:
    __version__: str
