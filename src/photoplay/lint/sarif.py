"""What was found as SARIF 2.1.0, the form that code hosts and editors show.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote

from photoplay.lint.findings import Finding
from photoplay.lint.places import Lines
from photoplay.lint.reports import FileReport, Json, edits_for
from photoplay.lint.rules import RULES, Rule

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_INDEX = {name: at for at, name in enumerate(RULES)}


def document(reports: Iterable[FileReport]) -> Json:
    """One run with all findings; files that could not be read are notifications."""
    several = list(reports)
    unread = [each for each in several if each.unread is not None]
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": _driver()},
                "columnKind": "unicodeCodePoints",
                "invocations": [
                    {
                        "executionSuccessful": not unread,
                        "toolExecutionNotifications": [_notification(each) for each in unread],
                    }
                ],
                "results": [
                    _result(report, finding) for report in several for finding in report.findings
                ],
            }
        ],
    }


def _driver() -> Json:
    return {
        "name": "photoplay lint",
        "version": version("photoplay"),
        "rules": [_rule(each) for each in RULES.values()],
    }


def _rule(rule: Rule) -> Json:
    return {
        "id": rule.id,
        "shortDescription": {"text": f"{rule.summary}."},
        "fullDescription": {"text": f"{rule.summary}. {rule.help}"},
        "help": {"text": rule.help},
        "defaultConfiguration": {"level": rule.level},
    }


def _result(report: FileReport, finding: Finding) -> Json:
    places = report.places
    found: Json = {
        "ruleId": finding.rule,
        "ruleIndex": _INDEX[finding.rule],
        "level": finding.kind.level,
        "message": {"text": f"{finding.message}. {finding.fix}."},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": _uri(report.path)},
                    "region": _region(places, *finding.span),
                }
            }
        ],
    }
    edits = edits_for(report, finding)
    if edits:
        found["fixes"] = [
            {
                "description": {"text": f"{finding.fix}."},
                "artifactChanges": [
                    {
                        "artifactLocation": {"uri": _uri(report.path)},
                        "replacements": [
                            {
                                "deletedRegion": _region(places, edit.start, edit.end),
                                "insertedContent": {"text": edit.text},
                            }
                            for edit in sorted(edits)
                        ],
                    }
                ],
            }
        ]
    return found


def _region(places: Lines, start: int, end: int) -> Json:
    (line, column), (end_line, end_column) = places.place(start), places.place(end)
    return {
        "startLine": line,
        "startColumn": column,
        "endLine": end_line,
        "endColumn": end_column,
    }


def _notification(report: FileReport) -> Json:
    return {
        "level": "error",
        "message": {"text": str(report.unread)},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": _uri(report.path)}}}],
    }


def _uri(path: Path) -> str:
    """A path as SARIF has it: relative ones stay so, whatever their characters."""
    if path.is_absolute():
        return path.as_uri()
    return quote(path.as_posix(), errors="surrogateescape")
