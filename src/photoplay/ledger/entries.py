"""Writes the ledger: what is set aside for a clip, what it cost, what a bill corrected.

All of it happens on the caller's connection, so that one transaction covers the submission's row,
too. On PostgreSQL these functions lock the submission's reservation first, then budgets in the
order of their ids: call them for one submission in a transaction, and after locking rows of yours.

Everything about a submission counts on the day of its reservation.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import BindParameter, Row, bindparam, case, func, insert, select

from photoplay.database import Connection
from photoplay.database.tables import ledger_entry
from photoplay.errors import InvalidRequest, NotFound
from photoplay.ledger import use
from photoplay.ledger.refusals import budget_exceeded, budget_missing
from photoplay.ledger.scope import day_of, subjects_of
from photoplay.quotes import whole_millionths

MOST_USD = Decimal(1_000_000)  # of one clip; more is a slip


class Kind(StrEnum):
    """What an entry says of its amount."""

    RESERVE = "reserve"  # set aside before the clip is asked for
    RELEASE = "release"  # minus what was set aside: the submission is closed
    CHARGE = "charge"  # what it cost
    ADJUST = "adjust"  # how far a provider's bill was off that


@dataclass(frozen=True, slots=True, kw_only=True)
class Spend:
    """What one clip is about to cost, and whom. `key_id` None: the person at this machine."""

    submission_id: str
    key_id: str | None
    project: str | None
    provider: str
    endpoint: str
    usd: Decimal

    @property
    def subjects(self) -> list[str]:
        """The subjects of the budgets that it counts against."""
        return subjects_of(key_id=self.key_id, project=self.project, provider=self.provider)


_SUBMISSION: BindParameter[str] = bindparam("submission")
_OF_SUBMISSION = ledger_entry.c.submission_id == _SUBMISSION
_RESERVATION = (
    select(ledger_entry)
    .where(_OF_SUBMISSION, ledger_entry.c.kind == Kind.RESERVE)
    .with_for_update()
)
_STANDING = select(
    func.sum(ledger_entry.c.usd).label("usd"),
    func.count(case((ledger_entry.c.kind == Kind.RELEASE, 1))).label("releases"),
).where(_OF_SUBMISSION)


def reserve(connection: Connection, spend: Spend, *, now: float) -> None:
    """Set `spend.usd` aside, rounded up to a whole millionth.

    What is free needs no budget, but has its entry: should the provider charge for it after all,
    that has a place. Raises BudgetMissing if no budget is for it, BudgetExceeded with the tightest
    of those that have no room. Then nothing has changed.
    """
    usd, day = _amount(spend.usd), day_of(now)
    if usd:
        _hold(connection, spend, usd, day)
    row = {
        "submission_id": spend.submission_id,
        "key_id": spend.key_id,
        "project": spend.project,
        "provider": spend.provider,
        "endpoint": spend.endpoint,
        "day": day.isoformat(),
    }
    connection.execute(
        insert(ledger_entry), row | {"kind": Kind.RESERVE, "usd": usd, "note": "", "at": now}
    )


def settle(
    connection: Connection, submission_id: str, usd: Decimal, *, note: str, now: float
) -> bool:
    """Put what was charged in the place of what was set aside; whether it was still open.

    It may be more: then budgets may be passed, which is a fact and no wish. What is closed stays
    as it is. Raises NotFound for a submission that nothing was set aside for.
    """
    reservation, standing = _reservation(connection, submission_id)
    if standing.releases:
        return False
    _close(connection, reservation, _amount(usd), note, now)
    return True


def release(connection: Connection, submission_id: str, *, note: str, now: float) -> bool:
    """Give back what was set aside, as nothing was charged; whether it was still open.

    What is closed stays as it is. Raises NotFound for a submission that nothing was set aside for.
    """
    reservation, standing = _reservation(connection, submission_id)
    if standing.releases:
        return False
    _close(connection, reservation, None, note, now)
    return True


def adjust(
    connection: Connection, submission_id: str, usd: Decimal, *, note: str, now: float
) -> Decimal:
    """Bring what a submission cost to `usd`, as its provider billed it; the signed correction.

    A second time there is nothing to correct. What is still open is settled: a bill is the
    provider's last word. Raises NotFound for a submission that nothing was set aside for.
    """
    reservation, standing = _reservation(connection, submission_id)
    billed = _amount(usd)
    correction: Decimal = billed - standing.usd
    if not standing.releases:
        _close(connection, reservation, billed, note, now)
    elif correction:
        _count(connection, reservation, correction)
        _write(connection, reservation, now, (Kind.ADJUST, correction, note))
    return correction


def _hold(connection: Connection, spend: Spend, usd: Decimal, day: date) -> None:
    caps = use.locked(connection, spend.subjects)
    if not caps:
        raise budget_missing(spend.provider, usd)
    if use.take(connection, caps, usd, day):
        return
    used = use.opened(connection, caps, day)
    tightest = min(caps, key=lambda cap: (cap.usd - used[cap.id], cap.subject, cap.period))
    if used[tightest.id] + usd > tightest.usd:
        raise budget_exceeded(spend.provider, usd, tightest, used[tightest.id], day)
    took = use.take(connection, caps, usd, day)
    assert took, "locked budgets with room have it"


def _reservation(connection: Connection, submission_id: str) -> tuple[Row[Any], Row[Any]]:
    """The reservation, locked, and then how its submission stands."""
    of_submission = {"submission": submission_id}
    reservation = connection.execute(_RESERVATION, of_submission).one_or_none()
    if reservation is None:
        raise NotFound(
            f"nothing is set aside for the submission {submission_id[:40]}",
            rule="what is settled, released or corrected was reserved before",
            fix="See photoplay ledger",
        )
    return reservation, connection.execute(_STANDING, of_submission).one()


def _close(
    connection: Connection, reservation: Row[Any], charged: Decimal | None, note: str, now: float
) -> None:
    _count(connection, reservation, (charged or Decimal(0)) - reservation.usd)
    if charged is None:
        _write(connection, reservation, now, (Kind.RELEASE, -reservation.usd, note))
        return
    released = (Kind.RELEASE, -reservation.usd, "")
    _write(connection, reservation, now, released, (Kind.CHARGE, charged, note))


def _count(connection: Connection, reservation: Row[Any], usd: Decimal) -> None:
    subjects = subjects_of(
        key_id=reservation.key_id, project=reservation.project, provider=reservation.provider
    )
    use.move(connection, subjects, usd, date.fromisoformat(reservation.day))


def _write(
    connection: Connection,
    reservation: Row[Any],
    now: float,
    *entries: tuple[Kind, Decimal, str],
) -> None:
    """Add entries that are like the reservation in all but kind, amount and note."""
    alike = {name: value for name, value in reservation._mapping.items() if name != "id"}
    rows = [
        alike | {"kind": kind, "usd": usd, "note": note, "at": now} for kind, usd, note in entries
    ]
    connection.execute(insert(ledger_entry), rows)


def _amount(usd: Decimal) -> Decimal:
    if not usd.is_finite() or not 0 <= usd <= MOST_USD:
        raise InvalidRequest(
            f"the amount is {str(usd)[:30]} dollars",
            rule=f"a clip costs 0 to {MOST_USD:,} dollars",
            fix="Look at the price, or at what the provider says it charged",
        )
    return whole_millionths(usd)
