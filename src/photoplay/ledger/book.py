"""Reads the ledger: entries as they were written, and what they add up to.

Entries come page by page, each by a short look of its own: a million of them never sit in memory,
and a slow reader holds up no writer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Row, case, func, literal, select

from photoplay.database import Database
from photoplay.database.tables import ledger_entry
from photoplay.ledger.entries import Kind
from photoplay.quotes.money import shortest

_PAGE = 1000  # entries of one look
# What a spreadsheet would take for a formula, if a cell began with it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class By(StrEnum):
    """What entries are added up by."""

    PROVIDER = "provider"
    ENDPOINT = "endpoint"
    KEY = "key"
    PROJECT = "project"
    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which entries: those of days from `since` to `until`, both included, and of these alone."""

    since: date | None = None
    until: date | None = None
    provider: str | None = None
    key_id: str | None = None
    project: str | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """The filters as a query has them."""
        column = ledger_entry.c
        asked = {
            column.provider: self.provider,
            column.key_id: self.key_id,
            column.project: self.project,
        }
        found = [each == value for each, value in asked.items() if value is not None]
        if self.since is not None:
            found.append(column.day >= self.since.isoformat())
        if self.until is not None:
            found.append(column.day <= self.until.isoformat())
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the ledger. `day` is that of the reservation, `at` when it was written."""

    CELLS: ClassVar[tuple[str, ...]] = (
        *("at", "day", "kind", "usd", "submission"),
        *("key", "project", "provider", "endpoint", "note"),
    )

    id: int
    at: float  # seconds since 1970
    day: date
    kind: Kind
    usd: Decimal
    submission_id: str | None
    key_id: str | None
    project: str | None
    provider: str
    endpoint: str
    note: str

    @classmethod
    def of(cls, row: Row[Any]) -> Entry:
        """The entry in a row of the table."""
        kind, day = Kind(row.kind), date.fromisoformat(row.day)
        return cls(**{**row._mapping, "kind": kind, "day": day})

    def as_json(self) -> dict[str, object]:
        """The entry for programs; amounts are texts, so that no reader makes floats of them."""
        return {
            "at": datetime.fromtimestamp(self.at, UTC).isoformat(timespec="seconds"),
            "day": self.day.isoformat(),
            "kind": str(self.kind),
            "usd": f"{shortest(self.usd):f}",
            "submission": self.submission_id,
            "key": self.key_id,
            "project": self.project,
            "provider": self.provider,
            "endpoint": self.endpoint,
            "note": self.note,
        }

    def as_cells(self) -> dict[str, str]:
        """The entry for a spreadsheet, which computes nothing from what strangers wrote."""
        cells = {name: as_cell(str(value or "")) for name, value in self.as_json().items()}
        return cells | {"usd": str(self.as_json()["usd"])}


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """What entries add up to. `name` is what they have in common, None if that is nothing."""

    CELLS: ClassVar[tuple[str, ...]] = ("name", "submissions", "held_usd", "spent_usd")

    name: str | None
    submissions: int
    held_usd: Decimal  # set aside for clips that are not paid or given up yet
    spent_usd: Decimal

    def as_json(self) -> dict[str, object]:
        """The total for programs."""
        return {
            "name": self.name,
            "submissions": self.submissions,
            "held_usd": f"{shortest(self.held_usd):f}",
            "spent_usd": f"{shortest(self.spent_usd):f}",
        }

    def as_cells(self) -> dict[str, str]:
        """The total for a spreadsheet."""
        amounts = {name: str(value) for name, value in self.as_json().items()}
        return amounts | {"name": as_cell(self.name or "")}


def as_cell(text: str) -> str:
    """`text` for a spreadsheet that would else compute what it seems to say."""
    return f"'{text}" if text.startswith(_FORMULA) else text


_GROUPS: dict[By, ColumnElement[Any]] = {
    By.PROVIDER: ledger_entry.c.provider,
    By.ENDPOINT: ledger_entry.c.endpoint,
    By.KEY: ledger_entry.c.key_id,
    By.PROJECT: ledger_entry.c.project,
    By.DAY: ledger_entry.c.day,
    By.MONTH: func.substr(ledger_entry.c.day, 1, 7),
}


def _sum(*kinds: Kind) -> ColumnElement[Decimal]:
    each = case((ledger_entry.c.kind.in_(kinds), ledger_entry.c.usd), else_=Decimal(0))
    return func.coalesce(func.sum(each), Decimal(0))


_SUMS = (
    func.count(case((ledger_entry.c.kind == Kind.RESERVE, 1))).label("submissions"),
    _sum(Kind.RESERVE, Kind.RELEASE).label("held_usd"),
    _sum(Kind.CHARGE, Kind.ADJUST).label("spent_usd"),
)


class Ledger:
    """The ledger of a database, to be read; for all threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def entries(self, filters: Filters = Filters()) -> Iterator[Entry]:
        """The entries, the oldest first, as they are read on."""
        page = select(ledger_entry).where(*filters.conditions()).order_by(ledger_entry.c.id)
        after = 0
        while True:
            with self._database.read() as connection:
                rows = connection.execute(page.where(ledger_entry.c.id > after).limit(_PAGE)).all()
            yield from map(Entry.of, rows)
            if len(rows) < _PAGE:
                return
            after = rows[-1].id

    def totals(self, by: By, filters: Filters = Filters()) -> list[Total]:
        """What the entries add up to, by name: days and months in order, others by cost.

        What has none, no key or no project, comes last.
        """
        name = _GROUPS[by].label("name")
        query = select(name, *_SUMS).where(*filters.conditions()).group_by(_GROUPS[by])
        with self._database.read() as connection:
            found = [Total(**row._mapping) for row in connection.execute(query)]
        if by in (By.DAY, By.MONTH):
            return sorted(found, key=lambda one: one.name or "")
        return sorted(found, key=lambda one: (one.name is None, -one.spent_usd, one.name or ""))

    def total(self, filters: Filters = Filters()) -> Total:
        """What all of these entries add up to."""
        query = select(literal(None).label("name"), *_SUMS).where(*filters.conditions())
        with self._database.read() as connection:
            return Total(**connection.execute(query).one()._mapping)
