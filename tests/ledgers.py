"""A ledger on a real database, and short words for what tests do with it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, insert, select

from photoplay.database import Database
from photoplay.database.tables import budget, budget_use, ledger_entry, metadata, submission
from photoplay.ledger import (
    ALL,
    Budgets,
    Ledger,
    Period,
    Spend,
    adjust,
    release,
    reserve,
    settle,
)

NOON = 1_795_867_200.0  # 2026-11-28 12:00 UTC
DAY = date(2026, 11, 28)
ONE_DAY_S = 86_400.0


@dataclass(frozen=True)
class Purse:
    """An installation's money. Amounts may be given as texts."""

    database: Database

    @property
    def budgets(self) -> Budgets:
        return Budgets(self.database)

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.database)

    def allow(self, usd: str, period: Period = Period.DAY, subject: str = ALL) -> None:
        self.budgets.set(Decimal(usd), period, subject)

    def spend(self, usd: str | Decimal, **changes: Any) -> Spend:
        given: dict[str, Any] = {
            "submission_id": str(uuid.uuid4()),
            "key_id": None,
            "project": None,
            "provider": "fal",
            "endpoint": "fal-ai/kling-video/v3/pro/image-to-video",
            "usd": Decimal(usd),
        }
        return Spend(**given | changes)

    def reserve(self, usd: str | Decimal, *, now: float = NOON, **changes: Any) -> str:
        """Set aside; the submission's id."""
        spend = self.spend(usd, **changes)
        with self.database.begin() as connection:
            reserve(connection, spend, now=now)
        return spend.submission_id

    def settle(self, one: str, usd: str | Decimal, *, now: float = NOON, note: str = "") -> bool:
        with self.database.begin() as connection:
            return settle(connection, one, Decimal(usd), note=note, now=now)

    def release(self, one: str, *, now: float = NOON, note: str = "") -> bool:
        with self.database.begin() as connection:
            return release(connection, one, note=note, now=now)

    def adjust(self, one: str, usd: str | Decimal, *, now: float = NOON, note: str = "") -> Decimal:
        with self.database.begin() as connection:
            return adjust(connection, one, Decimal(usd), note=note, now=now)

    def bought(
        self, usd: str, provider_id: str | None, *, now: float = NOON, **changes: Any
    ) -> str:
        """A submission with its reservation, accepted if its provider gave it an id."""
        one = self.reserve(usd, now=now, **changes)
        provider = str(changes.get("provider", "fal"))
        row = {
            "id": one,
            "provider": provider,
            "endpoint": "fal-ai/kling-video/v3/pro/image-to-video",
            "fingerprint": "f" * 64,
            "request": {},
            "state": "sent",
            "quoted_usd": Decimal(usd),
            "provider_id": provider_id,
            "created_at": now,
        }
        with self.database.begin() as connection:
            connection.execute(insert(submission), row)
        return one

    def said(self, one: str) -> list[tuple[str, str]]:
        """Kinds and amounts of a submission's entries."""
        found = [each for each in self.ledger.entries() if each.submission_id == one]
        return [(str(each.kind), f"{each.usd:f}") for each in found]

    def used(self, *, now: float = NOON) -> list[str]:
        """What is used of each budget, in the order of the list."""
        return [f"{each.used_usd:f}" for each in self.budgets.list(now=now)]

    def wrong_counters(self) -> list[str]:
        """Counters of budgets that are not the sum of their entries, added up here by hand."""
        with self.database.read() as connection:
            caps = {row.id: row for row in connection.execute(select(budget))}
            counters = connection.execute(select(budget_use)).all()
            entries = connection.execute(select(ledger_entry)).all()
        wrong = []
        for counter in counters:
            subject = caps[counter.budget_id].subject
            total = sum(
                (
                    each.usd
                    for each in entries
                    if _counts(each, subject)
                    and (counter.span == "ever" or each.day.startswith(counter.span))
                ),
                Decimal(0),
            )
            if total != counter.used_usd:
                wrong.append(f"{subject} {counter.span}: {counter.used_usd}, entries say {total}")
        return wrong

    def counters(self) -> int:
        with self.database.read() as connection:
            return len(connection.execute(select(budget_use)).all())


def _counts(entry: Any, subject: str) -> bool:
    kind, _, name = subject.partition(":")
    own = {"key": entry.key_id, "project": entry.project, "provider": entry.provider}
    return kind == ALL or own[kind] == name


@contextmanager
def opened(url: str) -> Iterator[Purse]:
    """The ledger of that database, emptied."""
    database = Database.open(url)
    with database.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(delete(table))
    try:
        yield Purse(database)
    finally:
        database.close()
