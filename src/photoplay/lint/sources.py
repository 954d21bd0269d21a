"""Reads and writes source files: encoding, byte order mark and line ends stay as they are."""

from __future__ import annotations

import codecs
import os
import re
import stat
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from photoplay.errors import InvalidRequest, OutputUnwritable

MOST_BYTES = 2 * 1024 * 1024  # of a file: larger ones are data, or made by programs
_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")  # PEP 263
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True)
class Source:
    """A file's text, and how it is stored."""

    path: Path
    text: str
    encoding: str
    mark: bytes

    def stored(self, text: str) -> bytes:
        """Another text, stored as this one is. Raises UnicodeEncodeError."""
        return self.mark + text.encode(self.encoding)


class Unreadable(InvalidRequest):
    """A file that cannot be linted."""


class Unfit(Unreadable):
    """A file that is not source code: no matter, unless it was named."""


def read(path: Path) -> Source:
    """The file's text. Raises Unreadable, and Unfit for a binary or very large file."""
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise _unreadable(path, "is no file", "files and folders are read")
        if found.st_size > MOST_BYTES:
            raise Unfit(
                f"{path}: has {found.st_size:,} bytes",
                rule=f"files of at most {MOST_BYTES:,} bytes are read",
                fix="Leave it out",
            )
        data = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise _unreadable(path, reason, "files must be there and readable") from error
    except ValueError as error:  # a null character in the path
        raise _unreadable(path, "is no path", "files must be there and readable") from error
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _decoded(path, data[len(mark) :], encoding, mark)
    if b"\0" in data:
        raise _binary(path)
    return _decoded(path, data, _encoding(data), b"")


def _decoded(path: Path, data: bytes, encoding: str, mark: bytes) -> Source:
    try:
        text = data.decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise _binary(path) from error
    if "\0" in text:
        raise _binary(path)
    return Source(path, text, encoding, mark)


def _binary(path: Path) -> Unfit:
    return Unfit(f"{path}: is no text", rule="source code is text", fix="Leave it out")


def _encoding(data: bytes) -> str:
    """What a comment in the first lines says (PEP 263); else UTF-8 if it is that, or Latin-1."""
    for line in data.split(b"\n", 2)[:2]:
        found = _COOKIE.match(line)
        if found:
            with suppress(LookupError):
                name = codecs.lookup(found[1].decode("ascii")).name
                if name in {"utf-8", "iso8859-1", "cp1252", "ascii", "iso8859-15"}:
                    return name
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8"


def write(source: Source, text: str) -> None:
    """Put `text` into the source's file, whole or not at all; its mode stays.

    A link stays one: what it leads to is written. Raises OutputUnwritable, and UnicodeEncodeError
    for characters that the file's encoding cannot have.
    """
    path = source.path.resolve()
    data = source.stored(text)
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise OutputUnwritable.because(path, error) from error
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.chmod(stat.S_IMODE(path.stat().st_mode))
        beside.replace(path)
    except OSError as error:
        raise OutputUnwritable.because(path, error) from error
    finally:
        beside.unlink(missing_ok=True)


def _unreadable(path: Path, given: str, rule: str) -> Unreadable:
    return Unreadable(f"{path}: {given}", rule=rule, fix="Check the path and its permissions")
