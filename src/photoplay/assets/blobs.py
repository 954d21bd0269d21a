"""Where bytes are kept: the little that a folder and a bucket have in common."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from photoplay.errors import NotFound

READ_BYTES = 256 * 1024  # in one piece of a stream


@dataclass(frozen=True, slots=True)
class Blob:
    """Bytes under a key, and how many."""

    key: str
    bytes: int


class Blobs(Protocol):
    """A keeper of bytes under keys such as "ab/abcd-1234.mp4", which are made by us.

    All methods raise OutputUnwritable or MediaStoreUnavailable when the place does not work.
    """

    @property
    def incoming(self) -> Path:
        """The local folder in which files are staged for `put`."""

    def put(self, staged: Path, key: str) -> None:
        """Take the finished file `staged`. It appears whole or not at all, and may be moved."""

    def open(self, key: str, start: int, stop: int) -> Iterator[bytes]:
        """Bytes `start` to `stop`, lazily. NotFound, also halfway, if they are no longer there."""

    def copy_out(self, key: str, path: Path) -> None:
        """Make `path` a file with these bytes, to be read only. Raises NotFound."""

    def list(self, prefix: str) -> list[Blob]:
        """All that are directly in the folder `prefix`."""

    def delete(self, key: str) -> None:
        """Remove it, if it is there."""

    def delete_all(self, prefix: str) -> None:
        """Remove the folder `prefix` with all in it, if there is any."""


def gone(key: str) -> NotFound:
    """The error of a blob that should be there."""
    return NotFound(
        f"the bytes of {key} are gone",
        rule="media is kept until it expires",
        fix="Send the request or the upload again",
    )
