"""Whose spending a budget is for, and over which days. Days are those of UTC."""

from __future__ import annotations

import shlex
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, true

from photoplay.database.tables import ledger_entry
from photoplay.errors import InvalidRequest
from photoplay.quotes import PROVIDERS

ALL = "all"  # the subject of a budget for everything
_MOST_NAME = 200  # characters of a project's name


class Period(StrEnum):
    """How often a budget begins anew."""

    DAY = "day"
    MONTH = "month"
    EVER = "ever"  # never

    def span(self, day: date) -> str:
        """The name of the span that `day` lies in: 2026-11-28, 2026-11, ever."""
        match self:
            case Period.DAY:
                return day.isoformat()
            case Period.MONTH:
                return day.isoformat()[:7]
        return str(self)

    def renews_on(self, day: date) -> date | None:
        """The first day of the next span; None if there is none."""
        match self:
            case Period.DAY:
                return day + timedelta(days=1)
            case Period.MONTH:
                return (day.replace(day=1) + timedelta(days=31)).replace(day=1)
        return None

    def holds(self, day: date) -> ColumnElement[bool]:
        """Which entries are of the span that `day` lies in."""
        span = self.span(day)
        match self:
            case Period.DAY:
                return ledger_entry.c.day == span
            case Period.MONTH:
                return ledger_entry.c.day.between(f"{span}-01", f"{span}-31")
        return true()


def day_of(now: float) -> date:
    """The day of a time in seconds since 1970."""
    return datetime.fromtimestamp(now, UTC).date()


def subjects_of(*, key_id: str | None, project: str | None, provider: str) -> list[str]:
    """The subjects of all budgets that such a spend counts against."""
    named = {"key": key_id, "project": project, "provider": provider}
    return [ALL, *(f"{kind}:{name}" for kind, name in named.items() if name is not None)]


def subject_for(
    *, key: str | None = None, project: str | None = None, provider: str | None = None
) -> str:
    """The subject of a budget for one of these, or for everything. Raises InvalidRequest."""
    named = {"key": key, "project": project, "provider": provider}
    given = [(kind, name) for kind, name in named.items() if name is not None]
    if len(given) > 1:
        raise InvalidRequest(
            f"a budget for {' and '.join(f'a {kind}' for kind, _ in given)} was asked for",
            rule="a budget is for one key, one project, one provider, or for everything",
            fix="Set one for each: a purchase must fit them all",
        )
    if provider is not None:
        check_provider(provider)
    if project is not None and not (0 < len(project) <= _MOST_NAME and project.isprintable()):
        raise InvalidRequest(
            f"the project is {project[:50]!r}",
            rule=f"its name has 1–{_MOST_NAME} printable characters",
            fix="Name it as the requests do",
        )
    return f"{given[0][0]}:{given[0][1]}" if given else ALL


def check_provider(name: str) -> None:
    """Raise InvalidRequest for no provider: a budget for it would hold nobody to anything."""
    if name not in PROVIDERS:
        raise InvalidRequest(
            f"the provider is {name[:50]!r}",
            rule=f"providers are {', '.join(PROVIDERS)}",
            fix="Name one of them",
        )


def entries_of(subject: str) -> ColumnElement[bool]:
    """Which entries count against budgets of that subject."""
    kind, _, name = subject.partition(":")
    match kind:
        case "key":
            return ledger_entry.c.key_id == name
        case "project":
            return ledger_entry.c.project == name
        case "provider":
            return ledger_entry.c.provider == name
    return true()


def said(subject: str) -> str:
    """A subject in words: "all purchases", "the key 1234", "the project film"."""
    kind, _, name = subject.partition(":")
    return f"the {kind} {name}" if name else "all purchases"


def as_options(subject: str, period: Period) -> str:
    """A subject and a period as the command line takes them."""
    kind, _, name = subject.partition(":")
    return f"--per {period}" + (f" --{kind} {shlex.quote(name)}" if name else "")
