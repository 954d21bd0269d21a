"""`photoplay lint`: what in source code is out of date, and put right as far as that is certain."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from photoplay.cli.terminal import answer, answer_json, say

if TYPE_CHECKING:
    from photoplay.lint import FileReport

EXAMPLES = """[bold]Examples[/bold]

photoplay lint src

photoplay lint src --fix

photoplay lint . --check --format sarif > lint.sarif

photoplay lint pipeline.yaml --to o3

[bold]In the code[/bold]

# photoplay: ignore

// photoplay: ignore\\[stale-generation]
"""


class Format(StrEnum):
    """How findings are printed."""

    HUMAN = "human"
    JSON = "json"
    SARIF = "sarif"


def lint(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH", help="Files, and folders with all that is below them."),
    ],
    fix: Annotated[
        bool, typer.Option("--fix", help="Put right in place what is certain; report the rest.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Exit with 1 if anything is found, for CI.")
    ] = False,
    to: Annotated[
        str | None,
        typer.Option(
            metavar="v3|o3", help="Generation to move to; left out: the one that is current."
        ),
    ] = None,
    date: Annotated[
        datetime | None,
        typer.Option(
            metavar="YYYY-MM-DD",
            formats=["%Y-%m-%d"],
            help="Day for which the code is to be right; left out: today.",
        ),
    ] = None,
    format: Annotated[  # noqa: A002 (its name on the command line)
        Format, typer.Option("--format", help="human, json or sarif (2.1.0).")
    ] = Format.HUMAN,
) -> None:
    """Find calls to video endpoints that are out of date in Python, JavaScript, JSON and YAML.

    They are compared with the catalogue: generations (V3, O3, V3 again), models
    that are gone, names and types of fields, lengths of prompts.

    Exits with 0; with 1 if --check is given and anything is found; with 2 if
    something could not be read. What .gitignore names is passed over.
    """
    from photoplay.lint import lint_paths, linter

    by = linter(to, date.date() if date is not None else None)
    reports = []
    for report in lint_paths(paths, by, fix=fix):
        reports.append(report)
        _say_unread(report)
        if format is Format.HUMAN:
            _answer_lines(report)
    _answer_whole(reports, by.target, format, fix=fix)
    raise typer.Exit(_exit_code(reports, check=check))


def _say_unread(report: FileReport) -> None:
    from photoplay.catalogue import printable

    if report.unread is not None:
        say(f"photoplay: {printable(str(report.unread))}")


def _answer_lines(report: FileReport) -> None:
    from photoplay.lint.reports import lines

    for line in lines(report):
        answer(line)


def _answer_whole(reports: list[FileReport], target: str, format: Format, *, fix: bool) -> None:  # noqa: A002
    from photoplay.lint import reports as documents
    from photoplay.lint import sarif

    match format:
        case Format.HUMAN:
            say(f"photoplay: {documents.summary(reports, fix=fix)}")
        case Format.JSON:
            answer_json(documents.document(reports, target))
        case Format.SARIF:
            answer_json(sarif.document(reports))


def _exit_code(reports: list[FileReport], *, check: bool) -> int:
    if any(report.unread is not None for report in reports):
        return 2
    return int(check and any(report.findings for report in reports))
