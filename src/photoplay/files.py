"""Files that are written whole or not at all, and files that somebody names."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from photoplay.errors import InvalidRequest, NotFound, OutputUnwritable

_SHOWN_CHARS = 80  # of a path
_STANDARD_INPUT = "-"


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A name beside `path` to write to; at the end of the block the file takes the place of `path`.

    If the block raises, `path` holds what it held before. A link stays one: what it leads to is
    replaced. Raises OutputUnwritable for what the system refuses, in the block, too.
    """
    target = path.resolve()
    part = target.with_name(f".photoplay-{secrets.token_hex(4)}{path.suffix}")
    try:
        try:
            yield part
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise OutputUnwritable.because(path, error) from error


def read_file(path: Path, most_bytes: int, *, fix: str = "Check the path") -> bytes:
    """The bytes of a file, or of standard input for "-"; one more than `most_bytes` at most.

    Raises NotFound, whose fix is `fix`, and InvalidRequest for what cannot be read.
    """
    try:
        if str(path) == _STANDARD_INPUT:
            if sys.stdin is None:  # closed by the caller
                raise OSError(0, "it is closed")
            return sys.stdin.buffer.read(most_bytes + 1)
        with path.open("rb") as file:
            return file.read(most_bytes + 1)
    except FileNotFoundError:
        raise NotFound(
            f"there is no file {_shown(path)}", rule="a file is named by its path", fix=fix
        ) from None
    except (OSError, ValueError) as error:  # ValueError: a path with a null character
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise InvalidRequest(
            f"{_shown(path)} cannot be read: {reason}",
            rule="it must be a readable file",
            fix="Check the path and its permissions",
        ) from error


def _shown(path: Path) -> str:
    """A path as messages show it: of a long one the end, where its name is."""
    text = str(path)
    return text if len(text) <= _SHOWN_CHARS else f"…{text[1 - _SHOWN_CHARS :]}"
