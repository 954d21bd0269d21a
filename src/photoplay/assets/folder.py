"""Media in a local folder."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from photoplay.assets.blobs import READ_BYTES, Blob, gone
from photoplay.assets.staging import writing


class Folder:
    """Keeps each blob as a file below `root`; see `Blobs`."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @property
    def incoming(self) -> Path:
        """Below the root, so that a finished file is moved, not copied."""
        return self._root / ".incoming"

    def put(self, staged: Path, key: str) -> None:
        """Move it into its place, for good: the folder's entry is on the disk, too."""
        path = self._root / key
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            staged.replace(path)
            _sync(path.parent)

    def open(self, key: str, start: int, stop: int) -> Iterator[bytes]:
        """Its bytes, in pieces."""
        with _finding(key), (self._root / key).open("rb", buffering=0) as file:
            file.seek(start)
            while start < stop:
                piece = file.read(min(READ_BYTES, stop - start))
                if not piece:
                    return
                start += len(piece)
                yield piece

    def copy_out(self, key: str, path: Path) -> None:
        """A second name for the same file where the disk allows it: it then outlives a delete."""
        source = self._root / key
        with writing(path), _finding(key):
            try:
                path.hardlink_to(source)
            except OSError:  # another disk, or one without such links
                shutil.copyfile(source, path)

    def list(self, prefix: str) -> list[Blob]:
        """Its files, in no order."""
        folder = self._root / prefix
        files = folder.iterdir() if folder.is_dir() else ()
        return [Blob(f"{prefix}/{file.name}", file.stat().st_size) for file in files]

    def delete(self, key: str) -> None:
        """Remove the file. Its folder stays, as another file may be about to move in."""
        path = self._root / key
        with writing(path):
            path.unlink(missing_ok=True)

    def delete_all(self, prefix: str) -> None:
        """Remove the folder and its files."""
        shutil.rmtree(self._root / prefix, ignore_errors=True)


@contextmanager
def _finding(key: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise gone(key) from error


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
