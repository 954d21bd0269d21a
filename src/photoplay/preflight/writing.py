"""Writes repaired files: whole or not at all, and never over what they were made from."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from photoplay.errors import OutputMisplaced, OutputUnwritable


class Folder:
    """A folder for results. It is made when the first of them is written."""

    def __init__(self, path: Path, originals: Iterable[Path]) -> None:
        """`originals` are files that nothing may replace."""
        self.path = path
        self._originals = tuple(originals)

    def write(self, name: str, content: bytes) -> Path:
        """The file of that name, with this content. Raises OutputUnwritable."""
        path = self.path / name
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self._check(path)
            self._replace(path, content)
        except (OSError, ValueError) as error:  # ValueError: a path with a null character
            reason = error if isinstance(error, OSError) else OSError(0, str(error))
            raise OutputUnwritable.because(path, reason) from error
        return path

    def _check(self, path: Path) -> None:
        for original in self._originals:
            with suppress(FileNotFoundError):
                if path.samefile(original):
                    raise OutputMisplaced(
                        f"{path} is one of the files that are to be repaired",
                        rule="a repair leaves its originals as they are",
                        fix="Choose another folder",
                    )

    def _replace(self, path: Path, content: bytes) -> None:
        """A file holds all of `content`, or what it held before."""
        part = path.with_name(f".photoplay-{secrets.token_hex(4)}")
        try:
            part.write_bytes(content)
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
