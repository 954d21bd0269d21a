"""Every error Photoplay raises on purpose.

    PhotoplayError
    ├── InvalidRequest            what was asked for cannot be read or is out of range
    │   ├── InvalidPrompt
    │   ├── InvalidImage
    │   │   ├── ImageUnreadable       missing, no permission, empty, truncated, not an image
    │   │   ├── ImageFormatUnsupported
    │   │   ├── ImageTooSmall
    │   │   ├── ImageTooLarge         pixels, or bytes of the file
    │   │   └── ImageAspectUnsupported
    │   └── FeatureNotSupported   well formed, but not on this engine
    ├── OutputUnwritable          the clip cannot be put where it was asked for
    ├── RenderFailed              an engine broke its promise; our fault, not the caller's
    └── Cancelled                 the caller changed their mind

Each message says what was given, the rule, and the fix. `http_status` and `fal_type` are what the
same error looks like on the wire (https://docs.fal.ai/errors).
"""

from __future__ import annotations

import errno
from pathlib import Path
from typing import ClassVar


class PhotoplayError(Exception):
    """Base of the tree.

    `given` is what was found, `rule` what holds, `fix` the next thing to do; each one clause
    without a full stop. `str(error)` is all three on one line.
    """

    http_status: ClassVar[int] = 500
    fal_type: ClassVar[str] = "internal_server_error"
    exit_code: ClassVar[int] = 1

    def __init__(self, given: str, *, rule: str, fix: str) -> None:
        super().__init__(given, rule, fix)
        self.given = given
        self.rule = rule
        self.fix = fix

    def __str__(self) -> str:
        return f"{self.given}; {self.rule}. {self.fix}."


class InvalidRequest(PhotoplayError):
    """Something in the request is unreadable or out of range."""

    http_status = 422
    fal_type = "value_error"
    exit_code = 2


class InvalidPrompt(InvalidRequest):
    """The prompt or the negative prompt is empty, too long, or not text."""


class InvalidImage(InvalidRequest):
    """The still cannot be used."""

    fal_type = "image_load_error"


class ImageUnreadable(InvalidImage):
    """Missing, forbidden, empty, truncated, or not an image at all."""


class ImageFormatUnsupported(InvalidImage):
    """An image, but of a kind that is not accepted."""

    fal_type = "unsupported_image_format"


class ImageTooSmall(InvalidImage):
    """Fewer pixels on a side than can be animated."""

    fal_type = "image_too_small"


class ImageTooLarge(InvalidImage):
    """More pixels or bytes than are decoded from an untrusted file."""

    fal_type = "image_too_large"


class ImageAspectUnsupported(InvalidImage):
    """Too wide or too tall for a film canvas."""

    fal_type = "image_aspect_ratio_error"


class FeatureNotSupported(InvalidRequest):
    """A well-formed request that this engine cannot render; the fix names one that can."""

    fal_type = "feature_not_supported"


class OutputUnwritable(PhotoplayError):
    """No permission, no space, or no such folder for the result."""

    fal_type = "internal_server_error"
    exit_code = 3

    @classmethod
    def because(cls, path: Path, error: OSError) -> OutputUnwritable:
        """What the operating system's refusal to write `path` means to the caller."""
        full = error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
        return cls(
            f"{path} cannot be written: {error.strerror or error}",
            rule="the folder of a result must exist, be writable and have room for it",
            fix="Free some space, or choose another disk" if full else "Choose another place",
        )


class RenderFailed(PhotoplayError):
    """An engine delivered something other than what it promised."""


class Cancelled(PhotoplayError):
    """The caller cancelled the render. Nothing half-written is left behind."""

    http_status = 499
    fal_type = "cancelled"
    exit_code = 130

    def __init__(self) -> None:
        super().__init__(
            "the render was cancelled",
            rule="a cancelled render leaves no file",
            fix="Start it again when you are ready",
        )
