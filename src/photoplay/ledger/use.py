"""The counters of budgets: how much of each is used, kept equal to the sum of its entries.

Whoever changes entries holds the budgets that they count against: the write lock on SQLite, their
rows on PostgreSQL, in the order of their ids, so that no two wait for each other. Whoever makes or
removes a budget holds the table. The counter of a span is made on its first use, from the ledger.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BindParameter,
    Integer,
    Row,
    bindparam,
    func,
    insert,
    select,
    text,
    update,
)

from photoplay.database import Connection
from photoplay.database.tables import Usd, budget, budget_use, ledger_entry
from photoplay.ledger.scope import Period, entries_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap:
    """The rule of a budget: at most `usd` for that subject in each period."""

    id: str
    subject: str
    period: Period
    usd: Decimal

    @classmethod
    def of(cls, row: Row[Any]) -> Cap:
        """The cap in a row of the table."""
        return cls(id=row.id, subject=row.subject, period=Period(row.period), usd=row.cap_usd)


_AMOUNT: BindParameter[Decimal] = bindparam("amount", type_=Usd)
_FIND = select(budget).where(budget.c.subject.in_(bindparam("subjects", expanding=True)))
_LOCK = _FIND.order_by(budget.c.id).with_for_update(key_share=True)
_LOCK_TABLE = text("LOCK TABLE budget IN EXCLUSIVE MODE")  # against every _LOCK, not readers

# A budget has spans of its own period only, so the two lists meet in one row for each budget.
_IDS: BindParameter[list[str]] = bindparam("ids", expanding=True)
_SPANS: BindParameter[list[str]] = bindparam("spans", expanding=True)
_OF_SPANS = budget_use.c.budget_id.in_(_IDS) & budget_use.c.span.in_(_SPANS)
_USED = select(budget_use.c.budget_id, budget_use.c.used_usd).where(_OF_SPANS)
_MOVE = update(budget_use).where(_OF_SPANS).values(used_usd=budget_use.c.used_usd + _AMOUNT)

# All or nothing: the counters move only if every one of them has room.
_use = budget_use.alias("each_use")
_WITH_ROOM = (
    select(func.count())
    .select_from(_use.join(budget, budget.c.id == _use.c.budget_id))
    .where(_use.c.budget_id.in_(_IDS), _use.c.span.in_(_SPANS))
    .where(_use.c.used_usd + _AMOUNT <= budget.c.cap_usd)
    .scalar_subquery()
)
_TAKE = _MOVE.where(bindparam("count", type_=Integer) == _WITH_ROOM)


def locked(connection: Connection, subjects: Sequence[str]) -> list[Cap]:
    """The budgets of these subjects; nobody else moves their counters until the end."""
    return [Cap.of(row) for row in connection.execute(_LOCK, {"subjects": subjects})]


def lock_all(connection: Connection) -> None:
    """Wait for all who move counters, and keep others from it, until the end."""
    if connection.dialect.name != "sqlite":  # where beginning to write has taken the lock
        connection.execute(_LOCK_TABLE)


def find(connection: Connection, subjects: Sequence[str]) -> list[Cap]:
    """The budgets of these subjects, only looked at."""
    return [Cap.of(row) for row in connection.execute(_FIND, {"subjects": subjects})]


def take(connection: Connection, caps: Sequence[Cap], usd: Decimal, day: date) -> bool:
    """Count `usd` against all of these locked budgets, if each has room and its counter."""
    given = _parameters(caps, day) | {"amount": usd, "count": len(caps)}
    return connection.execute(_TAKE, given).rowcount == len(caps)


def move(connection: Connection, subjects: Sequence[str], usd: Decimal, day: date) -> None:
    """Count `usd`, which may be negative, with room or without.

    A counter that is not there yet is made later, from the ledger, which has the entry by then.
    """
    if not usd:
        return
    caps = locked(connection, subjects)
    if caps:
        connection.execute(_MOVE, _parameters(caps, day) | {"amount": usd})


def opened(connection: Connection, caps: Sequence[Cap], day: date) -> dict[str, Decimal]:
    """What is used of these locked budgets, by their ids, with a counter for each from now on."""
    used = counted(connection, caps, day)
    for cap in caps:
        if cap.id not in used:
            used[cap.id] = summed(connection, cap, day)
            row = {"budget_id": cap.id, "span": cap.period.span(day), "used_usd": used[cap.id]}
            connection.execute(insert(budget_use), row)
    return used


def counted(connection: Connection, caps: Sequence[Cap], day: date) -> dict[str, Decimal]:
    """What is used of these budgets, by their ids, without those that have no counter yet."""
    rows = connection.execute(_USED, _parameters(caps, day))
    return {row.budget_id: row.used_usd for row in rows}


def summed(connection: Connection, cap: Cap, day: date) -> Decimal:
    """The sum of the entries that count against a budget in the span of `day`."""
    total = func.coalesce(func.sum(ledger_entry.c.usd), Decimal(0))
    found = select(total).where(entries_of(cap.subject), cap.period.holds(day))
    return Decimal(connection.execute(found).scalar_one())


def _parameters(caps: Sequence[Cap], day: date) -> dict[str, Any]:
    spans = sorted({each.period.span(day) for each in caps})
    return {"ids": [each.id for each in caps], "spans": spans}
