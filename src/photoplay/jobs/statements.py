"""The statements of the job store, built once. Parameters are the names in `bindparam`.

They hold for both databases; what SQLite lacks (row locks) it leaves out, as a writer is alone.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BindParameter,
    Select,
    bindparam,
    func,
    insert,
    literal,
    or_,
    select,
    tuple_,
    update,
)

from photoplay.database.tables import HAS_UNKEPT_BODY, api_key, delivery, job, job_log
from photoplay.jobs.job import Job, JobState

QUEUED = (JobState.WAITING, JobState.ADMITTED)  # what the wire calls in the queue
ACTIVE = (JobState.ADMITTED, JobState.RUNNING)  # what counts against a key's limit

CHANGED_AT_ONCE = 500  # rows of a sweep: the write lock is held for milliseconds

_JOB_ID: BindParameter[str] = bindparam("job_id")
_OF_KEY: BindParameter[str] = bindparam("of_key")
_NOW: BindParameter[float] = bindparam("now")
# The partial indexes of live jobs serve only statements that say so.
_IS_LIVE = job.c.ended_at.is_(None)
_NEXT_FIRST = (job.c.priority, job.c.created_at, job.c.id)

# One job

FIND = select(job).where(job.c.id == _JOB_ID)
KEY_OF = select(job.c.key_id).where(job.c.id == _JOB_ID)
STATE_OF = select(job.c.state).where(job.c.id == _JOB_ID)
IS_WANTED = (
    select(job.c.id).where(job.c.id == _JOB_ID, _IS_LIVE).where(job.c.cancel_requested_at.is_(None))
)
LOGS = (
    select(job_log.c.id, job_log.c.at, job_log.c.level, job_log.c.message)
    .where(job_log.c.job_id == _JOB_ID, job_log.c.id > bindparam("after_id"))
    .order_by(job_log.c.id)
)
# From the job's row, so that a job that has been deleted says nothing.
LOG = insert(job_log).from_select(
    ["job_id", "at", "level", "message"],
    select(
        job.c.id,
        bindparam("at", type_=job_log.c.at.type),
        bindparam("level", type_=job_log.c.level.type),
        bindparam("message", type_=job_log.c.message.type),
    ).where(job.c.id == _JOB_ID),
)

# A key's jobs

# The row of the key is locked against everyone but those who merely refer to it.
LOCK_KEY = (
    select(api_key.c.concurrency).where(api_key.c.id == _OF_KEY).with_for_update(key_share=True)
)
_OF_THIS_KEY = (job.c.key_id == _OF_KEY) & _IS_LIVE
ROOM = select(
    select(func.count())
    .where(_OF_THIS_KEY, job.c.state.in_(ACTIVE))
    .scalar_subquery()
    .label("active"),
    select(literal(1))
    .where(_OF_THIS_KEY, job.c.state == JobState.WAITING)
    .limit(1)
    .scalar_subquery()
    .label("others_wait"),
)
ADMIT = (
    update(job)
    .where(
        job.c.id.in_(
            select(job.c.id)
            .where(_OF_THIS_KEY, job.c.state == JobState.WAITING)
            .order_by(*_NEXT_FIRST)
            .limit(bindparam("room"))
            .scalar_subquery()
        )
    )
    .values(state=JobState.ADMITTED, admitted_at=_NOW)
    .returning(*job.c)
)
IDEMPOTENT = select(job).where(
    job.c.key_id == _OF_KEY, job.c.idempotency_key == bindparam("idempotency_key")
)
ADOPTABLE = (
    select(job)
    .where(
        job.c.key_id == _OF_KEY,
        job.c.fingerprint == bindparam("fingerprint"),
        job.c.created_at >= bindparam("since"),
        job.c.answered_at.is_(None),
        job.c.idempotency_key.is_(None),
        job.c.cancel_requested_at.is_(None),
        job.c.state != JobState.CANCELLED,
    )
    .order_by(job.c.created_at.desc())
    .limit(1)
)
LATELY = select(func.count().label("jobs"), func.min(job.c.created_at).label("oldest_at")).where(
    job.c.key_id == _OF_KEY, job.c.created_at > bindparam("since")
)

# Changes of state

INSERT = insert(job).returning(*job.c)
ANSWERED = (
    update(job).where(job.c.id == _JOB_ID, job.c.answered_at.is_(None)).values(answered_at=_NOW)
)
NOT_ANSWERED = update(job).where(job.c.id == _JOB_ID).values(answered_at=None)
START = (
    update(job)
    .where(
        job.c.id == _JOB_ID,
        job.c.state.in_(ACTIVE),
        job.c.cancel_requested_at.is_(None),
        or_(
            job.c.started_at.is_not(None),  # in time, by the worker that died
            job.c.start_by.is_(None),
            job.c.start_by >= _NOW,
        ),
    )
    .values(
        state=JobState.RUNNING,
        worker_id=bindparam("worker"),
        attempt=job.c.attempt + 1,
        started_at=func.coalesce(job.c.started_at, _NOW),
        progress=0.0,
        progress_text="",
    )
    .returning(*job.c)
)
REPORT = (
    update(job)
    .where(job.c.id == _JOB_ID, job.c.state == JobState.RUNNING)
    .values(progress=bindparam("fraction"), progress_text=bindparam("doing"))
    .returning(job.c.cancel_requested_at)
)
REQUEST_CANCEL = (
    update(job)
    .where(
        job.c.id == _JOB_ID,
        job.c.state == JobState.RUNNING,
        job.c.cancel_requested_at.is_(None),
    )
    .values(cancel_requested_at=_NOW)
    .returning(job.c.state)
)
IS_TO_BE_CANCELLED = (job.c.state == JobState.RUNNING) & job.c.cancel_requested_at.is_not(None)

# The queue as a whole

_IN_ENGINE_QUEUE = select(func.count()).where(
    job.c.engine == bindparam("engine"), job.c.state == JobState.ADMITTED, _IS_LIVE
)
_AHEAD_IN_ENGINE_QUEUE = _IN_ENGINE_QUEUE.where(
    tuple_(job.c.priority, job.c.admitted_at, job.c.id)
    < tuple_(bindparam("priority"), bindparam("admitted_at"), bindparam("id")),
)
_AHEAD_IN_KEY = select(func.count()).where(
    _OF_THIS_KEY,
    job.c.state == JobState.WAITING,
    tuple_(*_NEXT_FIRST) < tuple_(bindparam("priority"), bindparam("created_at"), bindparam("id")),
)
_NOT_OUTRANKED = _IN_ENGINE_QUEUE.where(job.c.priority <= bindparam("priority"))
_AHEAD = {
    # Its key's waiting ones come first, and what is in the engine's queue by then.
    JobState.WAITING: select(_AHEAD_IN_KEY.scalar_subquery() + _NOT_OUTRANKED.scalar_subquery()),
    JobState.ADMITTED: _AHEAD_IN_ENGINE_QUEUE,
}


def ahead_of(one: Job) -> tuple[Select[int], dict[str, Any]] | None:
    """How to count what runs before a job; None if it has started."""
    statement = _AHEAD.get(one.state)
    if statement is None:
        return None
    return statement, {
        "of_key": one.key_id,
        "engine": one.engine,
        "priority": one.priority,
        "created_at": one.created_at,
        "admitted_at": one.admitted_at,
        "id": one.id,
    }


WAITING = select(func.count()).where(job.c.state.in_(QUEUED), _IS_LIVE)
WAITING_FOR_ENGINE = WAITING.where(job.c.engine == bindparam("engine"))
STILL_ADMITTED = (
    select(job)
    .where(job.c.state == JobState.ADMITTED, _IS_LIVE, job.c.admitted_at < bindparam("before"))
    .order_by(job.c.priority, job.c.admitted_at, job.c.id)
)
PAST_DEADLINE = select(job).where(
    job.c.state.in_(QUEUED),
    _IS_LIVE,
    job.c.start_by.is_not(None),
    job.c.start_by < _NOW,
)
ENDED_BEFORE = select(job.c.id).where(job.c.ended_at < bindparam("before")).limit(CHANGED_AT_ONCE)
_DELIVERY_IS_DUE = (
    select(delivery.c.id)
    .where(delivery.c.job_id == job.c.id, delivery.c.next_at.is_not(None))
    .exists()
)
TO_FORGET = ENDED_BEFORE.where(HAS_UNKEPT_BODY, ~_DELIVERY_IS_DUE)
