"""Files that are there whole or not at all."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from photoplay.errors import OutputUnwritable


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
