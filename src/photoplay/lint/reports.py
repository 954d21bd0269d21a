"""What was found, as lines for people and as one JSON document for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from photoplay.catalogue import printable
from photoplay.lint.edits import Edit
from photoplay.lint.findings import Finding, edits_of
from photoplay.lint.places import Lines
from photoplay.lint.sources import Unreadable

Json = dict[str, object]


@dataclass(frozen=True)
class FileReport:
    """What was found in one file. `text` is its text as it is now, `fixed` how much was put right.

    `unread` says why it could not be read, if it could not.
    """

    path: Path
    text: str = ""
    findings: tuple[Finding, ...] = ()
    fixed: int = 0
    unread: Unreadable | None = None

    @cached_property
    def places(self) -> Lines:
        """Lines and columns of its text."""
        return Lines(self.text)

    @cached_property
    def moves(self) -> dict[int | None, list[Finding]]:
        """Its findings by the move that they are part of."""
        found: dict[int | None, list[Finding]] = {}
        for each in self.findings:
            found.setdefault(each.move, []).append(each)
        return found


def lines(report: FileReport) -> Iterator[str]:
    """`path:line:column: rule message; fix`, one for each finding."""
    for finding in report.findings:
        line, column = report.places.place(finding.span[0])
        where = f"{report.path}:{line}:{column}"
        fix = f"{finding.fix[:1].lower()}{finding.fix[1:]}"
        yield printable(f"{where}: {finding.rule} {finding.message}; {fix}")


def summary(reports: Iterable[FileReport], *, fix: bool) -> str:
    """How much was found and put right, in one line."""
    found = [each for report in reports for each in report.findings]
    certain = sum(bool(each.changes) for each in found)
    said = _count(len(found), "finding")
    if fix:
        fixed = sum(report.fixed for report in reports)
        return f"{_count(fixed, 'finding')} put right, {said.partition(' ')[0]} left"
    return f"{said}, {certain} of them put right by --fix" if certain else said


def document(reports: Iterable[FileReport], target: str) -> Json:
    """Everything as one document; `target` is the generation that was linted for."""
    several = list(reports)
    return {
        "generation": target,
        "files": len(several),
        "fixed": sum(report.fixed for report in several),
        "findings": [each for report in several for each in _findings(report)],
        "unread": [
            {"path": str(report.path), "message": str(report.unread)}
            for report in several
            if report.unread is not None
        ],
    }


def edits_for(report: FileReport, finding: Finding) -> list[Edit]:
    """The edits that put the finding right: with all of its move, if it is part of one."""
    if not finding.changes:
        return []
    parts = [finding]
    if finding.move is not None:
        parts = report.moves[finding.move]
    try:
        return edits_of(report.text, parts)
    except ValueError:
        return []


def region(places: Lines, start: int, end: int) -> Json:
    """A range of characters by lines and columns, both from 1; the end is exclusive."""
    (line, column), (end_line, end_column) = places.place(start), places.place(end)
    return {"line": line, "column": column, "end_line": end_line, "end_column": end_column}


def _findings(report: FileReport) -> Iterator[Json]:
    places = report.places
    for finding in report.findings:
        yield {
            "path": str(report.path),
            **region(places, *finding.span),
            "rule": finding.rule,
            "level": finding.kind.level,
            "message": finding.message,
            "fix": finding.fix,
            "edits": [
                {**region(places, edit.start, edit.end), "text": edit.text}
                for edit in edits_for(report, finding)
            ],
        }


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
