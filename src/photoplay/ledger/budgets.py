"""Budgets: how much may be spent a day, a month or ever, on what."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import delete, insert, select, update

from photoplay.database import Connection, Database
from photoplay.database.tables import api_key, budget
from photoplay.errors import InvalidRequest, NotFound
from photoplay.ledger import use
from photoplay.ledger.entries import Spend
from photoplay.ledger.scope import ALL, Period, as_options, day_of, said
from photoplay.ledger.use import Cap
from photoplay.quotes.money import CENT

LEAST_USD = CENT
MOST_USD = Decimal(1_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """A budget and how it stands. `used_usd` is what is spent and held in its present span."""

    subject: str  # all, key:ID, project:NAME, provider:NAME
    period: Period
    cap_usd: Decimal
    used_usd: Decimal
    renews_on: date | None  # None: never

    @property
    def left_usd(self) -> Decimal:
        """What may still be spent; 0 where more is used than may be by now."""
        return max(self.cap_usd - self.used_usd, Decimal(0))


class Budgets:
    """The budgets of a database; for all threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def set(self, usd: Decimal, period: Period, subject: str = ALL) -> Budget:
        """Make a budget, or change its cap: use so far counts, from the ledger.

        A cap below what is used refuses everything new and changes nothing old. Raises
        InvalidRequest for an amount that is none, NotFound for a key that is not there.
        """
        _check(usd)
        with self._database.begin() as connection:
            use.lock_all(connection)
            _check_key(connection, subject)
            now = self._database.now(connection)
            same = (budget.c.subject == subject) & (budget.c.period == period)
            found = connection.execute(update(budget).where(same).values(cap_usd=usd))
            if not found.rowcount:
                own = {"id": str(uuid.uuid4()), "subject": subject, "period": period}
                connection.execute(insert(budget), own | {"cap_usd": usd, "created_at": now})
            cap = Cap.of(connection.execute(select(budget).where(same)).one())
            return _budgets(connection, [cap], day_of(now))[0]

    def remove(self, period: Period, subject: str = ALL) -> Budget:
        """Take a budget away; as it was. Raises NotFound."""
        with self._database.begin() as connection:
            use.lock_all(connection)
            same = (budget.c.subject == subject) & (budget.c.period == period)
            row = connection.execute(select(budget).where(same)).one_or_none()
            if row is None:
                raise NotFound(
                    f"there is no budget for {said(subject)} with {as_options(ALL, period)}",
                    rule="a budget is named by what it is for and its period",
                    fix="See photoplay budget",
                )
            day = day_of(self._database.now(connection))
            found = _budgets(connection, [Cap.of(row)], day)[0]
            connection.execute(delete(budget).where(same))
            return found

    def list(self, *, now: float | None = None) -> list[Budget]:
        """All budgets as they stand at that time, now unless given: those for all first."""
        with self._database.read() as connection:
            day = day_of(self._database.now(connection) if now is None else now)
            rows = connection.execute(select(budget))
            found = _budgets(connection, [Cap.of(row) for row in rows], day)
        order = list(Period)
        return sorted(
            found, key=lambda one: (one.subject != ALL, one.subject, order.index(one.period))
        )

    def covers(self, spend: Spend) -> bool:
        """Whether there is a budget that such a spend counts against, with room or without."""
        with self._database.read() as connection:
            return bool(use.find(connection, spend.subjects))


def parse_cap(text: str) -> Decimal:
    """An amount of dollars as people write it: 5, 5.00, $1,000. Raises InvalidRequest."""
    match = re.fullmatch(r"\$?((?:\d{1,9}|\d{1,3}(?:,\d{3}){1,2})(?:\.\d{1,9})?)", text, re.ASCII)
    if match is None:
        raise _no_cap(repr(text[:30]))
    usd = Decimal(match[1].replace(",", ""))
    _check(usd)
    return usd


def _check(usd: Decimal) -> None:
    if not usd.is_finite() or not LEAST_USD <= usd <= MOST_USD or usd % CENT:
        raise _no_cap(str(usd)[:30])


def _no_cap(given: str) -> InvalidRequest:
    return InvalidRequest(
        f"the budget is {given}",
        rule=f"a budget is ${LEAST_USD} to ${MOST_USD:,}, with at most two decimals",
        fix="Write it as 5 or 12.50",
    )


def _check_key(connection: Connection, subject: str) -> None:
    """A budget for a key that does not exist would hold nobody to anything."""
    kind, _, key_id = subject.partition(":")
    if kind != "key":
        return
    if connection.scalar(select(api_key.c.id).where(api_key.c.id == key_id)) is None:
        raise NotFound(
            "no key has that id",
            rule="an id is the part of a key before the colon",
            fix="See photoplay keys list",
        )


def _budgets(connection: Connection, caps: list[Cap], day: date) -> list[Budget]:
    used = use.counted(connection, caps, day)
    return [
        Budget(
            subject=cap.subject,
            period=cap.period,
            cap_usd=cap.usd,
            used_usd=used[cap.id] if cap.id in used else use.summed(connection, cap, day),
            renews_on=cap.period.renews_on(day),
        )
        for cap in caps
    ]
