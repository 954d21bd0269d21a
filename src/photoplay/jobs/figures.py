"""Figures of all jobs, for those who watch an installation. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import bindparam, func, select

from photoplay.database import Database
from photoplay.database.tables import job
from photoplay.jobs.heart import living
from photoplay.jobs.job import JobState, Json

_RECENT_S = 3600.0
_MOST_RENDERS = 1000  # of them, so that a look stays cheap

_COUNTS = select(job.c.engine, job.c.state, func.count()).group_by(job.c.engine, job.c.state)
_RENDERS = (
    select(job.c.engine, job.c.endpoint, job.c.body, job.c.started_at, job.c.ended_at)
    .where(job.c.ended_at >= bindparam("since"), job.c.state == JobState.DONE)
    .where(job.c.started_at.is_not(None))
    .order_by(job.c.ended_at.desc())
    .limit(_MOST_RENDERS)
)


@dataclass(frozen=True, slots=True)
class Render:
    """One render that succeeded; `body` is None if the caller wished it forgotten."""

    engine: str
    endpoint: str
    body: Json | None
    ran_s: float


@dataclass(frozen=True, slots=True)
class Figures:
    """How many jobs there are by engine and state, and the renders of the last hour."""

    counts: Mapping[tuple[str, JobState], int]
    renders: list[Render]
    workers: int  # that live


def read_figures(database: Database) -> Figures:
    """The figures as they are now. Raises DatabaseUnavailable."""
    with database.read() as connection:
        now = database.now(connection)
        counts = {
            (engine, JobState(state)): number
            for engine, state, number in connection.execute(_COUNTS)
        }
        renders = [
            Render(engine, endpoint, body, ended_at - started_at)
            for engine, endpoint, body, started_at, ended_at in connection.execute(
                _RENDERS, {"since": now - _RECENT_S}
            )
        ]
    return Figures(counts, renders, len(living(database)))
