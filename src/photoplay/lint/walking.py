"""Finds the files to read below folders, without what git ignores and what tools put there."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from pathspec import GitIgnoreSpec

from photoplay.lint.languages import SUFFIXES

_SKIPPED = frozenset({".git", ".hg", ".svn", "node_modules", "__pycache__", "site-packages"})
_Spec = tuple[Path, GitIgnoreSpec]


def files_of(paths: Iterable[Path], failed: Callable[[OSError], None]) -> Iterator[Path]:
    """The files, and those below the folders, in order, each once.

    A path that is named is read whatever ignores it. Links to folders are not followed; folders
    that cannot be listed go to `failed`.
    """
    seen: set[str] = set()
    for path in paths:
        below = _walk(path, failed) if path.is_dir() else [path]
        for file in below:
            real = os.path.realpath(file)
            if real not in seen:
                seen.add(real)
                yield file


def _walk(folder: Path, failed: Callable[[OSError], None]) -> Iterator[Path]:
    specs: dict[Path, list[_Spec]] = {folder: _specs_above(folder)}
    for name, folders, files in os.walk(folder, onerror=failed):
        here = Path(name)
        known = specs.pop(here, [])
        if ".gitignore" in files:
            known = [*known, *_spec_of(here)]
        folders[:] = sorted(each for each in folders if _is_entered(here / each, known))
        specs.update({here / each: known for each in folders})
        for each in sorted(files):
            path = here / each
            if path.suffix.lower() not in SUFFIXES or _is_ignored(path, known, folder=False):
                continue
            if path.is_file():
                yield path


def _is_entered(folder: Path, specs: list[_Spec]) -> bool:
    if folder.name in _SKIPPED or (folder / "pyvenv.cfg").exists():
        return False
    return not _is_ignored(folder, specs, folder=True)


def _is_ignored(path: Path, specs: list[_Spec], *, folder: bool) -> bool:
    """What the innermost .gitignore that speaks of the path says."""
    for root, spec in reversed(specs):
        name = f"{os.path.relpath(path, root)}{'/' if folder else ''}"
        verdict = spec.check_file(name).include
        if verdict is not None:
            return verdict
    return False


def _specs_above(folder: Path) -> list[_Spec]:
    """Those of the folders above, up to the one that holds the repository."""
    found: list[_Spec] = []
    for above in folder.absolute().parents if not (folder / ".git").exists() else ():
        found = _spec_of(above) + found
        if (above / ".git").exists():
            return found
    return []


def _spec_of(folder: Path) -> list[_Spec]:
    try:
        lines = (folder / ".gitignore").read_text("utf-8", "replace").splitlines()
        return [(folder, GitIgnoreSpec.from_lines(lines))]
    except (OSError, ValueError):  # none, or patterns that mean nothing
        return []
