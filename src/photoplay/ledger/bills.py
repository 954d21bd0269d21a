"""Compares what the ledger says was spent with what a provider has billed, and corrects it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, case, func, select

from photoplay.database import Database
from photoplay.database.tables import ledger_entry, submission
from photoplay.errors import InvalidRequest
from photoplay.ledger.bill_files import BillLine
from photoplay.ledger.entries import MOST_USD, Kind, adjust
from photoplay.quotes.money import MILLIONTH, exact_dollars, half_up, shortest

_PAGE = 1000  # submissions of one look


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A clip of ours and what its provider billed for it. `theirs_usd` None: it is not billed."""

    submission_id: str
    provider_id: str | None  # None: nobody knows whether the provider took it
    day: date  # of the reservation
    endpoint: str
    ours_usd: Decimal
    theirs_usd: Decimal | None
    held: bool  # ours is only set aside so far

    @property
    def drift_usd(self) -> Decimal:
        """How much more they say than we do."""
        return (self.theirs_usd or Decimal(0)) - self.ours_usd

    def as_json(self) -> dict[str, object]:
        """The match for programs."""
        theirs = self.theirs_usd
        return {
            "submission": self.submission_id,
            "provider_id": self.provider_id,
            "day": self.day.isoformat(),
            "endpoint": self.endpoint,
            "ours_usd": f"{shortest(self.ours_usd):f}",
            "theirs_usd": None if theirs is None else f"{shortest(theirs):f}",
            "drift_usd": f"{shortest(self.drift_usd):f}",
            "held": self.held,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """A bill beside the ledger.

    `billed_only` are ids that no submission of ours has: bought elsewhere, or lost by us.
    `ours_only` are clips of the days of the bill that are not on it, among them what is held as
    nobody knows whether it was accepted: a line of `billed_only` may be that. `other_usd` is what
    the bill charges without naming a clip.
    """

    provider: str
    same: tuple[Match, ...]
    differing: tuple[Match, ...]
    billed_only: tuple[BillLine, ...]
    ours_only: tuple[Match, ...]
    other_usd: Decimal

    @property
    def drift_usd(self) -> Decimal:
        """How much more they say than we do, for clips that both know."""
        return sum((each.drift_usd for each in self.differing), Decimal(0))


def reconcile(database: Database, provider: str, bill: Iterable[BillLine]) -> Reconciliation:
    """Compare a provider's bill with what was bought there.

    Lines with the same id are added up, so that a refund counts. The bill is taken to cover the
    days of its dates; without any, those from the first to the last clip that is on it. Raises
    InvalidRequest for an id whose lines add up to no price of a clip.
    """
    lines = list(bill)
    billed = _by_id(lines)
    ours = [_match(row, billed) for row in _submissions(database, provider)]
    found = [each for each in ours if each.theirs_usd is not None]
    known = {each.provider_id for each in found}
    days = [line.day for line in lines if line.day is not None] or [each.day for each in found]
    return Reconciliation(
        provider=provider,
        same=tuple(each for each in found if not each.drift_usd and not each.held),
        differing=tuple(each for each in found if each.drift_usd or each.held),
        billed_only=tuple(line for name, line in billed.items() if name not in known),
        ours_only=tuple(
            each
            for each in ours
            if each.theirs_usd is None
            and each.ours_usd
            and days
            and min(days) <= each.day <= max(days)
        ),
        other_usd=sum((line.usd for line in lines if not line.id), Decimal(0)),
    )


def write_corrections(database: Database, found: Reconciliation) -> int:
    """Bring the ledger to what was billed for the clips that differ; how many were corrected.

    Each is a transaction of its own, and there is nothing to correct a second time: what a failure
    left undone, the same bill does later.
    """
    corrected = 0
    for each in found.differing:
        assert each.theirs_usd is not None, "what differs is billed"
        with database.begin() as connection:
            note = f"billed by {found.provider} for {each.provider_id}"
            now = database.now(connection)
            adjusted = adjust(connection, each.submission_id, each.theirs_usd, note=note, now=now)
        corrected += bool(adjusted) or each.held
    return corrected


def _by_id(lines: Iterable[BillLine]) -> dict[str, BillLine]:
    """What was billed for each id, as if it were one line, in whole millionths."""
    sums: dict[str, BillLine] = {}
    for line in lines:
        if not line.id:
            continue
        first = sums.get(line.id, line)
        usd = line.usd if first is line else first.usd + line.usd
        sums[line.id] = BillLine(number=first.number, id=line.id, usd=usd, day=first.day)
    return {name: _rounded(line) for name, line in sums.items()}


def _rounded(line: BillLine) -> BillLine:
    return BillLine(number=line.number, id=line.id, usd=half_up(line.usd, MILLIONTH), day=line.day)


def _match(row: Row[Any], billed: dict[str, BillLine]) -> Match:
    line = None if row.provider_id is None else billed.get(row.provider_id)
    if line is not None and not 0 <= line.usd <= MOST_USD:
        raise InvalidRequest(
            f"the bill charges {exact_dollars(line.usd)} for {line.id[:40]} of line {line.number}",
            rule=f"all lines of a clip add up to 0 to {MOST_USD:,} dollars",
            fix="Give the bill with the charge that the refund is for, too",
        )
    return Match(
        submission_id=row.id,
        provider_id=row.provider_id,
        day=date.fromisoformat(row.day),
        endpoint=row.endpoint,
        ours_usd=row.usd,
        theirs_usd=None if line is None else line.usd,
        held=not row.releases,
    )


def _submissions(database: Database, provider: str) -> Iterator[Row[Any]]:
    """Submissions to the provider, with what stands in the ledger for each."""
    query = (
        select(
            submission.c.id,
            submission.c.provider_id,
            submission.c.endpoint,
            func.min(ledger_entry.c.day).label("day"),
            func.sum(ledger_entry.c.usd).label("usd"),
            func.count(case((ledger_entry.c.kind == Kind.RELEASE, 1))).label("releases"),
        )
        .join_from(submission, ledger_entry, ledger_entry.c.submission_id == submission.c.id)
        .where(submission.c.provider == provider)
        .group_by(submission.c.id)
        .order_by(submission.c.id)
        .limit(_PAGE)
    )
    after = ""
    while True:
        with database.read() as connection:
            rows = connection.execute(query.where(submission.c.id > after)).all()
        yield from rows
        if len(rows) < _PAGE:
            return
        after = rows[-1].id
