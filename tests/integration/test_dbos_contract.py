"""What is used of DBOS, public and not, does what our queue needs, on SQLite and on PostgreSQL.

Its version is pinned; this is what a newer one must pass first.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from photoplay.config import read_settings
from photoplay.errors import DatabaseUnavailable
from photoplay.jobs.job import Job, JobState, Json
from photoplay.jobs.queue import Abandoned, JobQueue, Runner, open_queue
from tests.rigs.postgres import Postgres
from tests.rigs.processes import wait_until


@dataclass
class Recorder:
    """Tasks that note what is done, and wait or fail as told."""

    produced: list[str] = field(default_factory=list)
    finished: list[tuple[str, Json]] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)
    on_produce: Callable[[str], None] = lambda job_id: None  # noqa: ARG005
    on_finish: Callable[[str], None] = lambda job_id: None  # noqa: ARG005

    def in_hand(self) -> AbstractContextManager[None]:
        return nullcontext()

    def produce(self, job_id: str) -> Json:
        self.produced.append(job_id)
        self.on_produce(job_id)
        self.gate.wait(20)
        return {"made": f"“{job_id}”"}

    def finish(self, job_id: str, made: Json) -> None:
        self.on_finish(job_id)
        self.finished.append((job_id, made))


OpenQueue = Callable[..., JobQueue]


@pytest.fixture(params=["sqlite", "postgresql"])
def open_installation(
    request: pytest.FixtureRequest, tmp_path: Path, postgres: Postgres
) -> Iterator[Callable[..., tuple[JobQueue, Callable[..., Runner]]]]:
    """Opens a queue, and builds its runners, which are stopped at the end."""
    manager = nullcontext("") if request.param == "sqlite" else postgres.database()
    with manager as url:
        stopped: list[Callable[[], None]] = []

        def build(**given: Any) -> tuple[JobQueue, Callable[..., Runner]]:
            settings = read_settings(data=tmp_path, database=url, **given)
            queue = open_queue(settings)
            stopped.append(queue.close)

            def start(tasks: Recorder, worker_id: str = "here:0") -> Runner:
                runner = Runner(
                    queue, settings, worker_id, dict.fromkeys(["fast", "slow"], settings.slots)
                )
                runner.start(tasks)
                stopped.append(runner.stop)
                return runner

            return queue, start

        yield build
        for each in reversed(stopped):
            each()


Open = Callable[..., tuple[JobQueue, Callable[..., Runner]]]


def admitted(engine: str = "fast", priority: int = 10) -> Job:
    nothing: dict[str, Any] = dict.fromkeys(Job.__dataclass_fields__)
    kept = {"id": str(uuid.uuid4()), "engine": engine, "priority": priority}
    return Job(**(nothing | {"state": JobState.ADMITTED} | kept))


def abandon(job_id: str) -> None:  # noqa: ARG001
    raise Abandoned


def test_the_version_is_the_one_that_was_studied() -> None:
    assert version("dbos") == "3.4.0"


def test_a_job_is_done_once_however_often_it_is_handed_in(open_installation: Open) -> None:
    queue, start = open_installation(slots=2)
    job, tasks = admitted(), Recorder()
    tasks.gate.set()
    queue.enqueue(job)
    queue.enqueue(job)
    start(tasks)
    wait_until(lambda: bool(tasks.finished), "it is done")
    queue.enqueue(job)
    time.sleep(0.3)
    assert tasks.finished == [(job.id, {"made": f"“{job.id}”"})]
    assert queue.lost([job.id, "never"]) == ({"never"}, {job.id})


def test_each_process_has_its_own_number_of_slots(open_installation: Open) -> None:
    queue, start = open_installation(slots=2)
    tasks = Recorder()
    runner = start(tasks)
    for _ in range(4):
        queue.enqueue(admitted())
    wait_until(lambda: len(tasks.produced) == 2, "two are taken")
    time.sleep(0.3)
    assert len(tasks.produced) == 2
    (held,) = queue.held().items()
    assert (held[0], sorted(held[1])) == ("here:0", sorted(tasks.produced))
    runner.pause()
    tasks.gate.set()
    wait_until(lambda: len(tasks.finished) == 2, "both are done")
    time.sleep(0.3)
    assert len(tasks.produced) == 2
    runner.resume()
    wait_until(lambda: len(tasks.finished) == 4, "the others are, too")


def test_an_engine_has_a_limit_of_its_own(open_installation: Open) -> None:
    queue, start = open_installation(slots=3, engine_limits={"slow": 1})
    tasks = Recorder()
    start(tasks)
    for engine in ("slow", "slow", "fast", "fast"):
        queue.enqueue(admitted(engine))
    wait_until(lambda: len(tasks.produced) == 3, "three are taken")
    time.sleep(0.3)
    assert len(tasks.produced) == 3
    tasks.gate.set()
    wait_until(lambda: len(tasks.finished) == 4, "all are done")


def test_the_queue_goes_by_priority_then_age(open_installation: Open) -> None:
    queue, start = open_installation(slots=1)
    jobs = [admitted(priority=priority) for priority in (20, 10, 20, 10)]
    for job in jobs:
        queue.enqueue(job)
    tasks = Recorder()
    tasks.gate.set()
    start(tasks)
    wait_until(lambda: len(tasks.finished) == 4, "all are done")
    assert tasks.produced == [jobs[at].id for at in (1, 3, 0, 2)]


def test_an_abandoned_job_stays_with_its_worker_and_is_taken_up_by_it(
    open_installation: Open,
) -> None:
    queue, start = open_installation(slots=1)
    job, tasks = admitted(), Recorder()
    tasks.on_produce = abandon
    runner = start(tasks)
    queue.enqueue(job)
    wait_until(lambda: bool(tasks.produced), "it is taken")
    time.sleep(0.2)
    assert queue.held() == {"here:0": [job.id]}
    assert queue.lost([job.id]) == (set(), set())
    runner.stop()
    again = Recorder()
    again.gate.set()
    start(again)
    wait_until(lambda: bool(again.finished), "it is done after all")
    wait_until(lambda: queue.held() == {}, "its end is written down a moment later")


def test_what_the_first_step_made_is_kept(open_installation: Open) -> None:
    queue, start = open_installation(slots=1)
    job, tasks = admitted(), Recorder()
    tasks.gate.set()
    tasks.on_finish = abandon
    runner = start(tasks)
    queue.enqueue(job)
    wait_until(lambda: bool(tasks.produced), "the first step is done")
    time.sleep(0.2)
    runner.stop()
    again = Recorder()
    start(again)
    wait_until(lambda: bool(again.finished), "it is done after all")
    assert (again.produced, again.finished) == ([], [(job.id, {"made": f"“{job.id}”"})])


def test_the_jobs_of_a_dead_worker_are_recovered_and_those_of_others_are_not(
    open_installation: Open,
) -> None:
    queue, start = open_installation(slots=1)
    job, tasks = admitted(), Recorder()
    tasks.on_produce = abandon
    runner = start(tasks, "dead:0")
    queue.enqueue(job)
    wait_until(lambda: bool(tasks.produced), "it is taken")
    runner.stop()
    again = Recorder()
    again.gate.set()
    other = start(again, "here:0")
    other.recover(["elsewhere:0"])
    time.sleep(0.3)
    assert queue.held() == {"dead:0": [job.id]}
    other.recover(["dead:0"])
    other.recover(["dead:0"])
    wait_until(lambda: bool(again.finished), "it is done")
    time.sleep(0.2)
    assert again.produced == [job.id]


def test_any_number_of_recoveries_is_allowed(open_installation: Open) -> None:
    """Ours counts them. Put aside by the library, the job would seem to run for ever."""
    queue, start = open_installation(slots=1)
    job, tasks = admitted(), Recorder()

    def abandon_some(job_id: str) -> None:  # noqa: ARG001
        if len(tasks.produced) < 8:
            raise Abandoned

    tasks.on_produce = abandon_some
    tasks.gate.set()
    runner = start(tasks)
    queue.enqueue(job)
    for times in range(1, 8):
        wait_until(lambda times=times: len(tasks.produced) == times, f"taken {times} times")  # type: ignore[misc]
        time.sleep(0.05)
        runner.recover(["here:0"])
    wait_until(lambda: bool(tasks.finished), "it is done")


def test_ended_workflows_are_forgotten_and_may_be_handed_in_again(open_installation: Open) -> None:
    queue, start = open_installation(slots=1)
    job, waiting, tasks = admitted(), admitted("unknown"), Recorder()
    tasks.gate.set()
    start(tasks)
    queue.enqueue(job)
    queue.enqueue(waiting)
    wait_until(lambda: bool(tasks.finished), "it is done")
    wait_until(lambda: queue.lost([job.id])[1] == {job.id}, "its workflow has ended")
    assert queue.forget_ended(time.time() - 60) == 0
    assert queue.forget_ended(time.time() + 60) == 1
    assert queue.lost([job.id, waiting.id]) == ({job.id}, set())
    queue.enqueue(job)
    wait_until(lambda: len(tasks.finished) == 2, "it is done again")
    queue.forget(job.id)
    assert queue.lost([job.id]) == ({job.id}, set())


def test_a_database_that_is_away_is_named_at_once(postgres: Postgres, tmp_path: Path) -> None:
    with postgres.database() as url:
        queue = open_queue(read_settings(data=tmp_path, database=url))
    try:
        began_s = time.monotonic()
        with pytest.raises(DatabaseUnavailable):
            queue.enqueue(admitted())
        assert time.monotonic() - began_s < 5
    finally:
        queue.close()
