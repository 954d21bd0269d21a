"""Bytes on their way in: counted, hashed and looked at while they are written to a hidden file.

Nothing staged is to be seen by anyone; what is not taken from here vanishes with its block.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
import uuid
from collections.abc import AsyncIterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from photoplay.assets.sniff import HEAD_BYTES, FileType, sniff
from photoplay.errors import InvalidMedia, MediaTooLarge, OutputUnwritable

CHUNK_BYTES = 1024 * 1024
_ABANDONED_AFTER_S = 24 * 3600.0  # a process that died left it; no upload takes as long


class Staged:
    """A file being written. Not for several threads at the same time."""

    def __init__(self, path: Path, file: BinaryIO, max_bytes: float) -> None:
        self.path = path
        self.bytes = 0
        self._file = file
        self._max_bytes = max_bytes
        self._hash = hashlib.sha256()
        self._head = b""

    def write(self, chunk: bytes | bytearray) -> None:
        """Add to its end. Raises MediaTooLarge, OutputUnwritable."""
        self.bytes += len(chunk)
        if self.bytes > self._max_bytes:
            raise too_large(self._max_bytes)
        if len(self._head) < HEAD_BYTES:
            self._head += chunk[: HEAD_BYTES - len(self._head)]
        self._hash.update(chunk)
        with writing(self.path):
            self._file.write(chunk)

    def write_file(self, path: Path) -> None:
        """Add the content of the file at `path`."""
        with path.open("rb", buffering=0) as source:
            while chunk := source.read(CHUNK_BYTES):
                self.write(chunk)

    async def write_async(self, chunks: AsyncIterable[bytes]) -> None:
        """Add what `chunks` bring, in threads and in pieces that are worth one."""
        waiting = bytearray()
        async for chunk in chunks:
            waiting += chunk
            if len(waiting) >= CHUNK_BYTES:
                await asyncio.to_thread(self.write, waiting)
                waiting = bytearray()
        await asyncio.to_thread(self.write, waiting)

    def close(self, *, durable: bool = True) -> None:
        """End it, on the disk for good if `durable`. Raises InvalidMedia if it is empty."""
        if not self.bytes:
            raise InvalidMedia(
                "the file is empty",
                rule="a file has at least one byte",
                fix="Send its content",
            )
        with writing(self.path):
            self._file.flush()
            if durable:
                os.fsync(self._file.fileno())
            self._file.close()

    @property
    def digest(self) -> bytes:
        """SHA-256 of all that was written."""
        return self._hash.digest()

    @property
    def file_type(self) -> FileType:
        """What its first bytes say it is."""
        return sniff(self._head)


@contextmanager
def staging(folder: Path, max_bytes: float) -> Iterator[Staged]:
    """A new file in `folder` for up to `max_bytes`; gone at the end unless it was moved away."""
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    path = folder / uuid.uuid4().hex
    with writing(path):
        # Its owner alone may read it, and it is a new file, not a link that someone put there.
        file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
    try:
        with file:
            yield Staged(path, file, max_bytes)
    finally:
        path.unlink(missing_ok=True)


def delete_abandoned(folder: Path) -> None:
    """Remove what processes that were killed have left in `folder`."""
    before = time.time() - _ABANDONED_AFTER_S
    for path in folder.glob("*"):
        try:
            if path.stat().st_mtime < before:
                path.unlink()
        except FileNotFoundError:  # finished, or removed by another process
            continue


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn the system's refusal to write at `path` into OutputUnwritable."""
    try:
        yield
    except OSError as error:
        raise OutputUnwritable.because(path, error) from error


def too_large(max_bytes: float) -> MediaTooLarge:
    """The error of a file with more bytes than `max_bytes`."""
    return MediaTooLarge(
        f"the file has more than {max_bytes:,} bytes",
        rule=f"at most {max_bytes:,} are taken",
        fix="Give a smaller file",
        limits={"max_size": max_bytes},
    )
