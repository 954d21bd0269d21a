"""Many threads and processes change one key's jobs, and every look finds the rules kept."""

from __future__ import annotations

import multiprocessing
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import case, func, select

from photoplay.config import read_settings
from photoplay.database import Database
from photoplay.database.tables import job, job_log
from photoplay.jobs.job import (
    ENDED,
    LOW_PRIORITY,
    NORMAL_PRIORITY,
    Cancelled,
    Job,
    JobState,
)
from photoplay.jobs.store import Jobs
from photoplay.keys import Keys
from tests.job_stores import CLIP, TIMED_OUT, Store, opened, together, webhook_body

WAITING, ADMITTED, RUNNING = JobState.WAITING, JobState.ADMITTED, JobState.RUNNING
DONE, FAILED, CANCELLED = JobState.DONE, JobState.FAILED, JobState.CANCELLED


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """An empty store whose key may run two jobs at the same time."""
    with opened(url, read_settings(concurrency=2)) as store:
        yield store


@pytest.mark.parametrize("round_", range(15))
def test_racing_ends_end_a_job_once(store: Store, round_: int) -> None:  # noqa: ARG001
    job = store.started(webhook_url="https://example.com/hook")
    waiting = store.submit_several(2)[-1]
    answers = together(
        [
            lambda: store.jobs.finish(job.id, CLIP),
            lambda: store.jobs.finish(job.id, TIMED_OUT),
            lambda: list(store.jobs.cancel(job.id).admitted),
            lambda: [store.jobs.start(job.id, "there:1")][:0],
            lambda: [store.jobs.start(job.id, "there:2")][:0],
            lambda: store.jobs.finish(job.id, Cancelled()),
        ]
    )
    ended = store.now(job)
    assert ended.state in ENDED
    assert sum(line.startswith(("Done", "Failed", "Cancelled")) for line in store.said(job)) == 1
    (sent,) = store.deliveries(job)
    assert sent.body == webhook_body(ended)
    assert store.state(waiting) is ADMITTED
    # Handed to the queue once, or found by the sweeper if the takeover ended it.
    assert [each.id for admitted in answers for each in admitted] in ([waiting.id], [])


LIMIT = 3
OPERATIONS = 60  # by each thread


def churn(database: Database, key_id: str, seed: int) -> None:
    """Submit, start, end and cancel one key's jobs at random, as servers and workers do."""
    chance = random.Random(seed)
    jobs = Jobs(database, read_settings(concurrency=LIMIT), webhook_body)
    store = Store(database, jobs, key_id)
    for _ in range(OPERATIONS):
        with database.read() as connection:
            live = connection.scalars(select(job.c.id).where(job.c.ended_at.is_(None))).all()
        if not live or chance.random() < 0.4:
            store.submit(priority=chance.choice([NORMAL_PRIORITY, LOW_PRIORITY]))
            continue
        one = chance.choice(live)
        match chance.randrange(4):
            case 0:
                jobs.cancel(one)
            case 1:
                jobs.finish(one, TIMED_OUT)
            case _:
                if jobs.start(one, "here:0"):
                    jobs.finish(one, CLIP)


def churn_in_process(url: str, key_id: str, seed: int) -> None:
    database = Database.open(url)
    try:
        together([partial(churn, database, key_id, seed + n) for n in range(3)])
    finally:
        database.close()


class Watch:
    """Looks at one key's jobs again and again until the block ends; each look is one snapshot."""

    def __init__(self, store: Store) -> None:
        self.looks: list[tuple[int, int]] = []  # active, waiting
        self._store = store
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        active = func.count(case((job.c.state.in_([ADMITTED, RUNNING]), 1)))
        waiting = func.count(case((job.c.state == WAITING, 1)))
        while not self._over.is_set():
            with self._store.database.read() as connection:
                look = connection.execute(select(active, waiting)).one()
            self.looks.append((look[0], look[1]))
            time.sleep(0.001)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_threads_never_exceed_a_keys_limit_nor_leave_room_unused(url: str) -> None:
    with opened(url, read_settings(concurrency=LIMIT)) as store:
        with Watch(store) as watch:
            together([partial(churn, store.database, store.key_id, n) for n in range(6)])
        assert_kept(store, watch)


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_processes_never_exceed_a_keys_limit_nor_leave_room_unused(url: str) -> None:
    spawn = multiprocessing.get_context("spawn")
    with opened(url, read_settings(concurrency=LIMIT)) as store:
        with Watch(store) as watch, ProcessPoolExecutor(2, mp_context=spawn) as pool:
            work = [pool.submit(churn_in_process, url, store.key_id, seed) for seed in (10, 20)]
            for each in work:
                each.result()
        assert_kept(store, watch)


def assert_kept(store: Store, watch: Watch) -> None:
    """Every snapshot shows the limit kept and used; every job that ended, ended once."""
    assert len(watch.looks) > 50
    assert max(active for active, _ in watch.looks) == LIMIT
    assert [look for look in watch.looks if look[1] and look[0] < LIMIT] == []
    is_end = job_log.c.message.regexp_match("^(Done|Failed|Cancelled)")
    with store.database.read() as connection:
        states = {row.id: row.state for row in connection.execute(select(job.c.id, job.c.state))}
        ends = Counter(connection.scalars(select(job_log.c.job_id).where(is_end)))
    assert len(states) > OPERATIONS
    assert ends == Counter(job_id for job_id, state in states.items() if state in ENDED)


# The slow twin


@dataclass
class Twin:
    """What one job should be."""

    number: int
    priority: int
    state: JobState = WAITING
    to_be_cancelled: bool = False

    @property
    def rank(self) -> tuple[int, int]:
        return self.priority, self.number


@dataclass
class Twins:
    """The rules of admission in their plainest form: one key, `limit` jobs at the same time."""

    limit: int
    jobs: list[Twin] = field(default_factory=list)

    def submit(self, priority: int) -> None:
        self.jobs.append(Twin(len(self.jobs), priority))
        self._admit()

    def start(self, one: Twin) -> None:
        if one.state is RUNNING and one.to_be_cancelled:
            self._end(one, CANCELLED)
        elif one.state is ADMITTED:
            one.state = RUNNING

    def finish(self, one: Twin) -> None:
        if one.state not in ENDED:
            self._end(one, DONE)

    def cancel(self, one: Twin) -> None:
        if one.state is RUNNING:
            one.to_be_cancelled = True
        elif one.state not in ENDED:
            self._end(one, CANCELLED)

    def _end(self, one: Twin, state: JobState) -> None:
        one.state = state
        self._admit()

    def _admit(self) -> None:
        while sum(one.state in {ADMITTED, RUNNING} for one in self.jobs) < self.limit:
            waiting = [one for one in self.jobs if one.state is WAITING]
            if not waiting:
                return
            min(waiting, key=lambda one: one.rank).state = ADMITTED


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["submit", "submit", "start", "finish", "cancel"]), st.integers(0, 30)
    ),
    max_size=30,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_the_store_does_what_its_slow_twin_does(store: Store, steps: list[tuple[str, int]]) -> None:
    key, _ = Keys(store.database).create("fresh")
    twins, jobs = Twins(limit=2), list[Job]()
    for verb, number in steps:
        if verb == "submit":
            priority = [NORMAL_PRIORITY, LOW_PRIORITY][number % 2]
            twins.submit(priority)
            jobs.append(store.submit(key_id=key.id, priority=priority))
        elif jobs:
            at = number % len(jobs)
            getattr(twins, verb)(twins.jobs[at])
            {
                "start": lambda one: store.jobs.start(one, "here:0"),
                "finish": lambda one: store.jobs.finish(one, CLIP),
                "cancel": store.jobs.cancel,
            }[verb](jobs[at].id)
        assert [store.state(one) for one in jobs] == [twin.state for twin in twins.jobs]
    for one in jobs:
        store.jobs.finish(one.id, CLIP)
