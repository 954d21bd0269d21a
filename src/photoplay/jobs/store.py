"""Jobs in the database: every change of a job's state is one transaction here.

A job enters as WAITING, is ADMITTED as soon as its key has room, runs, and ends once. What changes
how much room a key has takes that key's turn first: the write lock on SQLite, the key's row on
PostgreSQL. So no key ever has more jobs ADMITTED or RUNNING than it may, and none is left WAITING
beside free room. It knows no queue: whoever is handed newly admitted jobs hands them to one, and
`admitted` finds those that a crash left out.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Executable, Row, delete, insert, update

from photoplay.config import Settings
from photoplay.database import Connection, Database
from photoplay.database.tables import delivery, job, job_log, submission
from photoplay.errors import TooManyRequests
from photoplay.jobs import statements
from photoplay.jobs.job import (
    LIVE,
    Cancelled,
    Done,
    Failed,
    Job,
    JobState,
    LogLine,
    NewJob,
    Outcome,
)

# As the wire reports a job that its caller cancelled.
_CANCELLED_STATUS = 499
_CANCELLED_TYPE = "client_cancelled"
_RETRY_FULL_QUEUE_S = 10.0
_LONGEST_TEXT = 4000  # characters of a log line


class CancelKind(StrEnum):
    """What came of a wish to cancel."""

    ENDED_AT_ONCE = "ended at once"  # it did not run yet
    REQUESTED = "requested"  # it runs; its worker will stop it
    ALREADY_ENDED = "already ended"
    UNKNOWN = "unknown"  # no such job


@dataclass(frozen=True, slots=True)
class CancelAnswer:
    """The answer to a wish to cancel, and the jobs that its end admitted."""

    kind: CancelKind
    admitted: tuple[Job, ...] = ()


class Jobs:
    """The jobs of a database; for all threads.

    `webhook_body` makes the body of the webhook of a job that has ended. It runs inside the
    transaction that ends the job, so it must be quick, do no I/O, and not fail.
    """

    def __init__(
        self, database: Database, settings: Settings, webhook_body: Callable[[Job], bytes]
    ) -> None:
        self._database = database
        self._settings = settings
        self._webhook_body = webhook_body

    # Submitting

    def submit(
        self,
        new: NewJob,
        *,
        max_queue_length: int | None = None,
        answered: bool = False,
        failing: Failed | None = None,
    ) -> Job:
        """Keep a new job, ADMITTED if its key has room, else WAITING; its notes become log lines.

        With `answered` no other submit can adopt it. With `failing` it ends so at once, unseen by
        any worker.

        If the key has used `new.idempotency_key` before, that earlier job is returned and nothing
        is kept: compare `id`, and `fingerprint` to see whether it was the same request.
        `max_queue_length` is the caller's own wish: how many may wait for the engine.
        Raises TooManyRequests if more wait than may.
        """
        with self._database.begin() as connection:
            limit = self._take_turn(connection, new.key_id)
            if new.idempotency_key is not None:
                earlier = _idempotent(connection, new.key_id, new.idempotency_key)
                if earlier is not None:
                    return earlier
            self._check_queue(connection, new.engine, max_queue_length)
            now = self._database.now(connection)
            counted = connection.execute(statements.ROOM, {"of_key": new.key_id}).one()
            has_room = counted.active < limit and not counted.others_wait
            row = _new_row(new, now, admit=has_room and failing is None, answered=answered)
            kept = connection.execute(statements.INSERT, row).one()
            for note in new.notes:
                _log(connection, new.id, now, "WARN", note)
            if failing is None:
                return _job(kept)
            self._end(connection, new.id, failing, job.c.ended_at.is_(None))
            return _job(connection.execute(statements.FIND, {"job_id": new.id}).one())

    def _take_turn(self, connection: Connection, key_id: str) -> int:
        """Keep others from changing what of this key runs; how many may run at the same time."""
        own = connection.execute(statements.LOCK_KEY, {"of_key": key_id}).scalar_one()
        return self._settings.concurrency if own is None else int(own)

    def _check_queue(self, connection: Connection, engine: str, wished: int | None) -> None:
        _refuse_beyond(self._settings.max_queue_length - 1, _waiting(connection))
        if wished is not None:
            _refuse_beyond(wished, _waiting(connection, engine))

    def idempotent(self, key_id: str, idempotency_key: str) -> Job | None:
        """The job that a key made under an idempotency key."""
        with self._database.read() as connection:
            return _idempotent(connection, key_id, idempotency_key)

    def adoptable(self, key_id: str, fingerprint: str, within_s: float = 60) -> Job | None:
        """The latest such job of the last `within_s` whose id its caller never got.

        Not one with an idempotency key, which alone decides then, nor one that was cancelled.
        """
        with self._database.read() as connection:
            since = self._database.now(connection) - within_s
            alike = {"of_key": key_id, "fingerprint": fingerprint, "since": since}
            return _one(connection, statements.ADOPTABLE, alike)

    def mark_answered(self, job_id: str) -> None:
        """Note that the caller is about to get the job's id."""
        with self._database.begin() as connection:
            now = self._database.now(connection)
            connection.execute(statements.ANSWERED, {"job_id": job_id, "now": now})

    def mark_unanswered(self, job_id: str) -> None:
        """Note that the caller has gone without the job's id after all."""
        with self._database.begin() as connection:
            connection.execute(statements.NOT_ANSWERED, {"job_id": job_id})

    def submits_lately(self, key_id: str, window_s: float = 60) -> tuple[int, float]:
        """How many jobs a key has made in the last `window_s`, and when the oldest of them.

        The time is by the database's clock; it is now if there is none.
        """
        with self._database.read() as connection:
            now = self._database.now(connection)
            window = {"of_key": key_id, "since": now - window_s}
            found = connection.execute(statements.LATELY, window).one()
            return found.jobs, now if found.oldest_at is None else found.oldest_at

    # Looking

    def find(self, job_id: str) -> Job | None:
        """The job of that id; any text may be asked for."""
        if "\0" in job_id:  # which PostgreSQL would not even look for
            return None
        with self._database.read() as connection:
            return _one(connection, statements.FIND, {"job_id": job_id})

    def position(self, job: Job) -> int:
        """How many jobs run before it, as far as can be told now; 0 if it has started."""
        count = statements.ahead_of(job)
        if count is None:
            return 0
        with self._database.read() as connection:
            return int(connection.execute(*count).scalar_one())

    def waiting(self, engine: str | None = None) -> int:
        """How many jobs are in the queue and do not run yet, for one engine or for all."""
        with self._database.read() as connection:
            return _waiting(connection, engine)

    def logs(self, job_id: str, after_id: int = 0) -> list[LogLine]:
        """What a job has said after the line `after_id`, in order."""
        with self._database.read() as connection:
            rows = connection.execute(statements.LOGS, {"job_id": job_id, "after_id": after_id})
            return [LogLine(*row) for row in rows]

    def log(self, job_id: str, message: str, level: str = "INFO") -> None:
        """Have a job say a line: INFO, WARN or ERROR. A job that is gone says nothing."""
        with self._database.begin() as connection:
            _log(connection, job_id, self._database.now(connection), level, message)

    # Running

    def start(self, job_id: str, worker_id: str) -> Job | None:
        """Turn an ADMITTED job into a RUNNING one, or take over one whose worker died.

        None if there is nothing to run: it has ended, its start deadline has passed, or its
        cancellation was requested before its worker died. The last ends here; what its end admits,
        `admitted` finds.
        """
        with self._database.begin() as connection:
            now = self._database.now(connection)
            by = {"job_id": job_id, "worker": worker_id, "now": now}
            started = _one(connection, statements.START, by)
            if started is not None:
                again = f" again, attempt {started.attempt}" if started.attempt > 1 else ""
                _log(connection, job_id, now, "INFO", f"Started{again}.")
                return started
        # In a transaction of its own: PostgreSQL may have locked the job's row above, and everyone
        # else who takes both locks takes the key's first.
        with self._database.begin() as connection:
            self._end(connection, job_id, Cancelled(), statements.IS_TO_BE_CANCELLED)
        return None

    def report(self, job_id: str, progress: float, text: str) -> bool:
        """Keep how far a running job is, from 0 to 1, and what it does.

        Tells whether to stop: cancellation was requested, or the job has ended.
        """
        seen = {"job_id": job_id, "fraction": progress, "doing": _storable(text)}
        with self._database.begin() as connection:
            row = connection.execute(statements.REPORT, seen).one_or_none()
            return row is None or row.cancel_requested_at is not None

    def cancel_requested(self, job_id: str) -> bool:
        """Whether to stop a running job: cancellation was requested, or the job has ended."""
        with self._database.read() as connection:
            return connection.scalar(statements.IS_WANTED, {"job_id": job_id}) is None

    def finish(self, job_id: str, outcome: Outcome) -> list[Job]:
        """End a job, once: whoever comes second changes nothing.

        Writes its last log line and its webhook in the same transaction, and admits what its end
        makes room for. Returns the jobs it admitted, which the caller hands to the queue.
        """
        with self._database.begin() as connection:
            return self._end(connection, job_id, outcome, job.c.state.in_(LIVE)) or []

    def cancel(self, job_id: str) -> CancelAnswer:
        """End a job that does not run yet, or ask the worker of a running one to stop it."""
        if "\0" in job_id:
            return CancelAnswer(CancelKind.UNKNOWN)
        is_queued = job.c.state.in_(statements.QUEUED)
        with self._database.begin() as connection:
            admitted = self._end(connection, job_id, Cancelled(), is_queued)
            if admitted is not None:
                return CancelAnswer(CancelKind.ENDED_AT_ONCE, tuple(admitted))
            now = self._database.now(connection)
            if connection.scalar(statements.REQUEST_CANCEL, {"job_id": job_id, "now": now}):
                _log(connection, job_id, now, "INFO", "Cancellation was requested.")
            state = connection.scalar(statements.STATE_OF, {"job_id": job_id})
        if state is None:
            return CancelAnswer(CancelKind.UNKNOWN)
        has_ended = JobState(state).has_ended
        return CancelAnswer(CancelKind.ALREADY_ENDED if has_ended else CancelKind.REQUESTED)

    def _end(
        self, connection: Connection, job_id: str, outcome: Outcome, condition: ColumnElement[bool]
    ) -> list[Job] | None:
        """End a job if `condition` holds; the jobs that admits, or None if it does not hold."""
        key_id = connection.scalar(statements.KEY_OF, {"job_id": job_id})
        if key_id is None:
            return None
        limit = self._take_turn(connection, key_id)
        now = self._database.now(connection)
        end = update(job).where(job.c.id == job_id, condition).returning(*job.c)
        ended = _one(connection, end.values(ended_at=now, **_ending(outcome)))
        if ended is None:
            return None
        _log(connection, job_id, now, *_last_words(ended, outcome))
        if ended.webhook_url is not None:
            connection.execute(insert(delivery), self._delivery(ended, ended.webhook_url, now))
        return self._admit(connection, key_id, limit, now)

    def _delivery(self, ended: Job, url: str, now: float) -> dict[str, Any]:
        return {
            "id": str(uuid.uuid4()),
            "job_id": ended.id,
            "key_id": ended.key_id,
            "url": url,
            "body": self._webhook_body(ended),
            "attempts": 0,
            "next_at": now,
            "created_at": now,
        }

    def _admit(self, connection: Connection, key_id: str, limit: int, now: float) -> list[Job]:
        """Admit what there is room for, by priority, then age. The key's turn is ours."""
        counted = connection.execute(statements.ROOM, {"of_key": key_id}).one()
        if counted.active >= limit or not counted.others_wait:
            return []
        room = {"of_key": key_id, "room": limit - counted.active, "now": now}
        admitted = _all(connection, statements.ADMIT, room)
        return sorted(admitted, key=lambda each: (each.priority, each.created_at, each.id))

    # Sweeping

    def admitted(self, older_than_s: float) -> list[Job]:
        """Jobs that were admitted more than `older_than_s` ago and have not started."""
        with self._database.read() as connection:
            before = self._database.now(connection) - older_than_s
            return _all(connection, statements.STILL_ADMITTED, {"before": before})

    def past_start_deadline(self) -> list[Job]:
        """Jobs that have not started in the time that their caller gave them."""
        with self._database.read() as connection:
            now = self._database.now(connection)
            return _all(connection, statements.PAST_DEADLINE, {"now": now})

    def delete_ended(self, before: float) -> int:
        """Delete all jobs that ended before that time, with their logs and webhooks; how many."""
        deleted = 0
        while True:
            with self._database.begin() as connection:
                ids = connection.scalars(statements.ENDED_BEFORE, {"before": before}).all()
                connection.execute(delete(delivery).where(delivery.c.job_id.in_(ids)))
                connection.execute(delete(job).where(job.c.id.in_(ids)))
            deleted += len(ids)
            if len(ids) < statements.CHANGED_AT_ONCE:
                return deleted

    def forget_payloads(self, before: float) -> int:
        """Forget what was said in jobs whose callers wished so (`store_io`); how many jobs.

        Of those that ended before that time and whose webhooks have been delivered or given up:
        input, result, error body, log and webhook. State and times stay.
        """
        blank: dict[str, Any] = {
            "body": None,
            "result": None,
            "error_body": None,
            "notes": [],
            "progress_text": "",
        }
        forgotten = 0
        while True:
            with self._database.begin() as connection:
                ids = connection.scalars(statements.TO_FORGET, {"before": before}).all()
                connection.execute(delete(delivery).where(delivery.c.job_id.in_(ids)))
                connection.execute(delete(job_log).where(job_log.c.job_id.in_(ids)))
                connection.execute(update(job).where(job.c.id.in_(ids)).values(blank))
                bought = update(submission).where(submission.c.job_id.in_(ids))
                connection.execute(bought.values(request=None))
            forgotten += len(ids)
            if len(ids) < statements.CHANGED_AT_ONCE:
                return forgotten


def _one(
    connection: Connection, statement: Executable, values: dict[str, Any] | None = None
) -> Job | None:
    row = connection.execute(statement, values).one_or_none()
    return None if row is None else _job(row)


def _all(connection: Connection, statement: Executable, values: dict[str, Any]) -> list[Job]:
    return [_job(row) for row in connection.execute(statement, values)]


def _job(row: Row[Any]) -> Job:
    return Job(**{**row._mapping, "state": JobState(row.state)})


def _idempotent(connection: Connection, key_id: str, idempotency_key: str) -> Job | None:
    asked = {"of_key": key_id, "idempotency_key": idempotency_key}
    return _one(connection, statements.IDEMPOTENT, asked)


def _waiting(connection: Connection, engine: str | None = None) -> int:
    if engine is None:
        return connection.execute(statements.WAITING).scalar_one()
    return connection.execute(statements.WAITING_FOR_ENGINE, {"engine": engine}).scalar_one()


def _refuse_beyond(most: int, waiting: int) -> None:
    if waiting > most:
        raise TooManyRequests(
            f"{waiting} requests wait in the queue",
            rule=f"another one is taken while no more than {most} wait",
            fix="Submit it again later",
            retry_after_s=_RETRY_FULL_QUEUE_S,
        )


def _new_row(new: NewJob, now: float, *, admit: bool, answered: bool) -> dict[str, Any]:
    return {
        **{each.name: getattr(new, each.name) for each in fields(new)},
        "notes": list(new.notes),
        "state": JobState.ADMITTED if admit else JobState.WAITING,
        "created_at": now,
        "answered_at": now if answered else None,
        "admitted_at": now if admit else None,
        "attempt": 0,
        "progress": 0.0,
        "progress_text": "",
    }


def _ending(outcome: Outcome) -> dict[str, Any]:
    """The columns in which an outcome is kept."""
    match outcome:
        case Done(result):
            return {"state": JobState.DONE, "result": result, "progress": 1.0}
        case Failed(status, body, error_type):
            return {
                "state": JobState.FAILED,
                "error_status": status,
                "error_body": dict(body),
                "error_type": error_type,
            }
        case Cancelled(body):
            return {
                "state": JobState.CANCELLED,
                "error_status": _CANCELLED_STATUS,
                "error_body": dict(body),
                "error_type": _CANCELLED_TYPE,
            }


def _last_words(ended: Job, outcome: Outcome) -> tuple[str, str]:
    """Level and message of the line that a job ends with."""
    match outcome:
        case Done():
            return "INFO", f"Done after {ended.inference_s or 0:.1f} s."
        case Failed(status):
            return "ERROR", f"Failed with status {status}."
        case Cancelled():
            return "INFO", "Cancelled."


def _log(connection: Connection, job_id: str, at: float, level: str, message: str) -> None:
    line = {"job_id": job_id, "at": at, "level": level, "message": _storable(message)}
    connection.execute(statements.LOG, line)


def _storable(text: str) -> str:
    """Text as both databases take it: no NUL, no half of a surrogate pair, not endless."""
    return text[:_LONGEST_TEXT].replace("\0", "�").encode("utf-8", "replace").decode()
