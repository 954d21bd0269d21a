"""Submissions: paid calls to providers, each written down before it is made.

    INTENT ──→ SENT ──→ ACCEPTED ──→ DONE
      ↑         │ ↓        ↑   └───→ FAILED, CANCELLED
      └─────────┘ UNKNOWN ─┘

A submission begins as INTENT, in the transaction that reserves its price. Only whoever moves it on
to SENT, by compare and set, may send the paid call, once. It goes back to INTENT only if something
proves that this very call, named by its `sent_at`, was not accepted. What nobody knows the outcome
of is UNKNOWN: a webhook of the provider or a person settles it; until then its money stays held.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, and_, exists, func, insert, select, text, update

from photoplay.database import Connection, Database
from photoplay.database.tables import job, submission
from photoplay.error_values import to_value
from photoplay.errors import InvalidRequest, NotFound, PaidAlready, PhotoplayError
from photoplay.ledger.entries import Spend, release, reserve, settle

Json = dict[str, Any]
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")


class State(StrEnum):
    """How far a submission is."""

    INTENT = "intent"  # its price is reserved; nothing was sent
    SENT = "sent"  # the paid call is being made, or was when its process died
    ACCEPTED = "accepted"  # the provider works on it
    UNKNOWN = "unknown"  # sent, and nobody knows whether it was accepted
    DONE = "done"  # the clip is here
    FAILED = "failed"  # there will be none
    CANCELLED = "cancelled"

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self in (State.DONE, State.FAILED, State.CANCELLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A row; see `database.tables.submission` for what each field means."""

    id: str
    job_id: str | None
    key_id: str | None
    project: str | None
    provider: str
    endpoint: str
    fingerprint: str
    request: Json | None
    state: State
    quoted_usd: Decimal
    charged_usd: Decimal | None
    provider_id: str | None
    ticket: Json | None
    created_at: float
    sent_at: float | None
    account: str | None
    accepted_at: float | None
    ended_at: float | None
    asset_name: str | None
    sha256: str | None
    seed: int | None
    error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSubmission:
    """A purchase as it is begun."""

    id: str
    provider: str
    endpoint: str
    fingerprint: str
    request: Json
    quoted_usd: Decimal
    job_id: str | None = None
    key_id: str | None = None
    project: str | None = None

    @property
    def spend(self) -> Spend:
        """What is to be reserved."""
        return Spend(
            submission_id=self.id,
            key_id=self.key_id,
            project=self.project,
            provider=self.provider,
            endpoint=self.endpoint,
            usd=self.quoted_usd,
        )


class Submissions:
    """The submissions of an installation, for all threads of any number of processes.

    All methods raise DatabaseUnavailable; those that take an id, NotFound.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    # Beginning

    def begin(
        self, new: NewSubmission, *, again: bool = False, is_kept: Callable[[str], bool]
    ) -> Submission:
        """The submission for this purchase: its own one, begun now or before; or one like it.

        One like it has the same provider and canonical request: a clip that was paid for and is
        still kept (`is_kept` of its asset's name), or one that is being bought. With `again`, only
        one that was begun for this very purchase or its job counts. Raises PaidAlready if nobody
        knows whether one like it was accepted, and what `reserve` raises.
        """
        with self._database.begin() as connection:
            if not self._database.is_sqlite:  # there, whoever writes is alone anyway
                connection.execute(_LOCK, {"name": f"photoplay:buy:{new.fingerprint}"})
            found = self._earlier(connection, new, again=again, is_kept=is_kept)
            if found is not None:
                return found
            now = self._database.now(connection)
            row = {each.name: getattr(new, each.name) for each in fields(new)}
            row |= {"state": State.INTENT, "created_at": now}
            added = insert(submission).values(row).returning(*submission.c)
            made = _submission(connection.execute(added).one())
            reserve(connection, new.spend, now=now)
            return made

    def _earlier(
        self,
        connection: Connection,
        new: NewSubmission,
        *,
        again: bool,
        is_kept: Callable[[str], bool],
    ) -> Submission | None:
        is_own = submission.c.id == new.id
        if new.job_id is not None:
            is_own |= submission.c.job_id == new.job_id
        own = connection.execute(select(submission).where(is_own)).one_or_none()
        if own is not None:
            return _submission(own)
        if again:
            return None
        alike = select(submission).where(submission.c.fingerprint == new.fingerprint)
        for row in connection.execute(alike.order_by(submission.c.created_at.desc())):
            found = _submission(row)
            if found.state is State.UNKNOWN:
                raise _unsettled(found)
            if not found.state.has_ended:
                return found
            if found.asset_name is not None and is_kept(found.asset_name):
                return found
        return None

    # Going on. Each tells whether it was so: not if the state had moved on meanwhile.

    def claim(self, submission_id: str, account: str) -> Submission | None:
        """INTENT to SENT: whoever is given the row sends the paid call, and nobody else does.

        `account` is the one that it is sent from.

        Its `sent_at` is the name of this one call: see `unclaim`.
        """
        with self._database.begin() as connection:
            now = self._database.now(connection)
            mine = and_(submission.c.id == submission_id, submission.c.state == State.INTENT)
            sent = (
                update(submission)
                .where(mine)
                .values(state=State.SENT, sent_at=now, account=account)
            )
            row = connection.execute(sent.returning(*submission.c)).one_or_none()
        return None if row is None else _submission(row)

    def unclaim(self, row: Submission) -> bool:
        """SENT or UNKNOWN back to INTENT: it is proved that nothing came of the call of `row`.

        Of a later call, which somebody else may be making by now, nothing is proved.
        """
        with self._database.begin() as connection:
            was_sent = and_(
                submission.c.id == row.id,
                submission.c.state.in_([State.SENT, State.UNKNOWN]),
                submission.c.sent_at == row.sent_at,
            )
            back = update(submission).where(was_sent).values(state=State.INTENT, sent_at=None)
            return bool(connection.execute(back).rowcount)

    def accept(self, submission_id: str, provider_id: str, ticket: Mapping[str, Any]) -> bool:
        """SENT or UNKNOWN to ACCEPTED: the provider has it, under that id."""
        with self._database.begin() as connection:
            was_sent = submission.c.state.in_([State.SENT, State.UNKNOWN])
            accepted = update(submission).where(submission.c.id == submission_id, was_sent)
            values = {
                "state": State.ACCEPTED,
                "accepted_at": self._database.now(connection),
                "provider_id": provider_id,
                "ticket": dict(ticket),
            }
            return bool(connection.execute(accepted.values(values)).rowcount)

    def park(self, submission_id: str, why: PhotoplayError) -> bool:
        """SENT to UNKNOWN: nobody knows. The money stays held."""
        with self._database.begin() as connection:
            is_sent = submission.c.state == State.SENT
            parked = update(submission).where(submission.c.id == submission_id, is_sent)
            values = {"state": State.UNKNOWN, "error": _kept(why)}
            return bool(connection.execute(parked.values(values)).rowcount)

    def done(
        self,
        submission_id: str,
        *,
        asset_name: str,
        sha256: str,
        charged_usd: Decimal | None,
        seed: int | None,
    ) -> bool:
        """ACCEPTED to DONE: the clip is kept. Without `charged_usd` it cost what was quoted."""
        return self._end(
            submission_id,
            [State.ACCEPTED],
            State.DONE,
            charged_usd=charged_usd,
            asset_name=asset_name,
            sha256=sha256,
            seed=seed,
            error=None,
        )

    def fail(
        self,
        submission_id: str,
        error: PhotoplayError,
        *,
        charged_usd: Decimal | None = None,
        cancelled: bool = False,
        unsent: bool = False,
    ) -> bool:
        """End it without a clip, from any state that has not ended; `unsent`: from INTENT only.

        What was held is let go, but for `charged_usd`.
        """
        return self._end(
            submission_id,
            [State.INTENT] if unsent else [state for state in State if not state.has_ended],
            State.CANCELLED if cancelled else State.FAILED,
            charged_usd=charged_usd or Decimal(0),
            error=_kept(error),
        )

    def _end(
        self,
        submission_id: str,
        allowed: Iterable[State],
        state: State,
        *,
        charged_usd: Decimal | None,
        **values: object,
    ) -> bool:
        with self._database.begin() as connection:
            now = self._database.now(connection)
            mine = and_(submission.c.id == submission_id, submission.c.state.in_(list(allowed)))
            charged = submission.c.quoted_usd if charged_usd is None else charged_usd
            ended = update(submission).where(mine).returning(submission.c.charged_usd)
            ended = ended.values(
                {"state": state, "ended_at": now, **values, "charged_usd": charged}
            )
            row = connection.execute(ended).one_or_none()
            if row is None:
                return False
            if row.charged_usd:
                settle(connection, submission_id, row.charged_usd, note=state, now=now)
            else:
                release(connection, submission_id, note=state, now=now)
            return True

    # Looking

    def get(self, submission_id: str) -> Submission:
        """The submission of that id."""
        with self._database.read() as connection:
            chosen = select(submission).where(submission.c.id == submission_id)
            row = connection.execute(chosen).one_or_none()
        if row is None:
            raise NotFound(
                f"there is no submission {submission_id[:40]!r}",
                rule="a submission is named by its whole id",
                fix="See photoplay submissions --all",
            )
        return _submission(row)

    def listed(self, *, everything: bool = False, most: int = 1000) -> list[Submission]:
        """Those that have not ended, or the latest of all; the newest first."""
        chosen = select(submission).order_by(submission.c.created_at.desc()).limit(most)
        if not everything:
            chosen = chosen.where(submission.c.ended_at.is_(None))
        with self._database.read() as connection:
            return [_submission(row) for row in connection.execute(chosen)]

    def orphans(self, idle_s: float) -> list[Submission]:
        """Those that have not ended and that nobody works on: their last step is `idle_s` ago.

        None that wait for a person, nor those of a job that still runs.
        """
        last_step = func.coalesce(
            submission.c.accepted_at, submission.c.sent_at, submission.c.created_at
        )
        is_worked_on = exists().where(job.c.id == submission.c.job_id, job.c.ended_at.is_(None))
        with self._database.read() as connection:
            before = self._database.now(connection) - idle_s
            chosen = select(submission).where(
                submission.c.ended_at.is_(None),
                submission.c.state != State.UNKNOWN,
                last_step < before,
                ~is_worked_on,
            )
            return [_submission(row) for row in connection.execute(chosen)]

    def forget_requests(self, before: float) -> int:
        """Forget what was asked for in submissions that ended before that time; how many.

        What they cost, and by which fingerprint the same is known, stays.
        """
        with self._database.begin() as connection:
            old = update(submission).where(submission.c.ended_at < before)
            kept = old.where(submission.c.request.is_not(None)).values(request=None)
            return connection.execute(kept).rowcount

    def resolve_id(self, start: str) -> str:
        """The whole id that begins so. Raises InvalidRequest if several do."""
        is_like = func.substr(submission.c.id, 1, len(start)) == start
        with self._database.read() as connection:
            found = list(connection.scalars(select(submission.c.id).where(is_like).limit(2)))
        if len(found) > 1:
            raise InvalidRequest(
                f"several submissions begin with {start!r}",
                rule="the beginning of an id must name one",
                fix="Type more of it",
            )
        return found[0] if found else start


def _submission(row: Row[Any]) -> Submission:
    return Submission(**{**row._mapping, "state": State(row.state)})


def _kept(error: PhotoplayError) -> str:
    return json.dumps(to_value(error))


def _unsettled(found: Submission) -> PaidAlready:
    return PaidAlready(
        f"the same was sent to {found.provider} before, as submission {found.id}, and nobody knows "
        "whether it was accepted",
        rule="what may have been paid is not paid again",
        fix=f"Look at {found.provider}'s own list of requests, then use photoplay submissions "
        f"settle {found.id[:8]}, or buy another with --again",
    )
