"""Finds what is out of date, or wrong, in source code that asks fal's endpoints for clips.

Reads Python, JavaScript, TypeScript, JSON and YAML. What is right for an endpoint is what its row
in the catalogue says; which generation is current when is in `generations.toml`. Nothing is run,
and nothing is asked of any server.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from photoplay import catalogue
from photoplay.lint import generations, sources, walking
from photoplay.lint.fields import Known
from photoplay.lint.findings import Finding
from photoplay.lint.ids import Ids
from photoplay.lint.languages import SUFFIXES, Reader, reader_for
from photoplay.lint.reports import FileReport
from photoplay.lint.sources import Source, Unfit, Unreadable
from photoplay.lint.text import Linter
from photoplay.lint.uses import Unparsable

__all__ = ["FileReport", "Finding", "Linter", "lint_paths", "linter"]


def linter(to: str | None = None, day: date | None = None) -> Linter:
    """What looks for code that is out of date on that day (today), or not of generation `to`.

    Raises InvalidRequest for a generation to which nothing can be moved, or a day before all.
    """
    known = Known(catalogue.load(), generations.load())
    day = day or date.today()
    if to is not None:
        known.generations.check(to)
    target = to or known.generations.current(day)
    return Linter(known, Ids(known.catalogue.endpoints), target, day)


def lint_paths(paths: Iterable[Path], linter: Linter, *, fix: bool = False) -> Iterator[FileReport]:
    """What is found in these files and below these folders, file by file, in order.

    With `fix`, what is certain is put right in place first. Raises OutputUnwritable.
    """
    failures: list[OSError] = []
    named = list(paths)
    for path in walking.files_of(named, failures.append):
        yield _report(path, linter, fix=fix, named=path in named)
    for error in failures:
        yield FileReport(Path(error.filename or "."), unread=_unlisted(error))


def _report(path: Path, linter: Linter, *, fix: bool, named: bool) -> FileReport:
    try:
        source, reader = sources.read(path), reader_for(path)
        if reader is None:
            raise _of_another_kind(path)
        return _linted(source, reader, linter, fix=fix)
    except Unfit as error:
        return FileReport(path, unread=error if named else None)
    except Unreadable as error:
        return FileReport(path, unread=error)


def _linted(source: Source, reader: Reader, linter: Linter, *, fix: bool) -> FileReport:
    path = source.path
    try:
        found = linter.findings(source.text, reader)
        if not found:  # nor is its text kept
            return FileReport(path)
        if not fix or not any(each.changes for each in found):
            return FileReport(path, source.text, tuple(found))
        text, left, done = linter.fixed(source.text, reader)
    except Unparsable as error:
        raise Unreadable(
            f"{path}:{error.line}: {error.what}",
            rule="a file is read as what its name says",
            fix="Correct the file, or leave it out",
        ) from None
    try:
        sources.write(source, text)
    except UnicodeEncodeError:  # a character that was written as an escape before
        return FileReport(path, source.text, tuple(each.without_changes() for each in found))
    return FileReport(path, text, tuple(left), done)


def _of_another_kind(path: Path) -> Unfit:
    return Unfit(
        f"{path}: is of another kind",
        rule=f"files are read whose names end in {', '.join(sorted(SUFFIXES))}",
        fix="Leave it out",
    )


def _unlisted(error: OSError) -> Unreadable:
    return Unreadable(
        f"{error.filename}: {error.strerror}",
        rule="folders must be there and readable",
        fix="Check the permissions",
    )
