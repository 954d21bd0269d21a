"""Workers that are killed, stopped or frozen: every job ends exactly once, with the right clip."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest
from sqlalchemy import func, select

from photoplay.config import read_settings
from photoplay.database import tables
from photoplay.jobs.job import Job, JobState
from tests.rigs.postgres import Postgres
from tests.rigs.processes import Child, wait_until
from tests.rigs.workshop import Workshop, environment, most_at_once

pytestmark = pytest.mark.alone

TAKEOVER_S = 15.0


@contextmanager
def worker_process(home: Path, name: str, **settings: object) -> Iterator[Child]:
    """A worker in a process of its own, taking jobs."""
    command = [sys.executable, "-m", "tests.rigs.workshop"]
    env = environment(home, **settings)
    child = Child(command, home / f"{name}.log", env=env)
    try:
        child.wait_until(lambda: ":" in child.said(), "it takes jobs")
        yield child
    finally:
        child.kill()


def check_ends(workshop: Workshop, prompts: dict[str, str]) -> list[Job]:
    """Assert that jobs have ended once each, with the clips they asked for; prompts by id."""
    ended = [workshop.wait(job_id, within_s=60) for job_id in prompts]
    for job in ended:
        workshop.check_clip(job, prompts[job.id])
        last_words = [line for line in workshop.said(job.id) if line.startswith("Done")]
        assert len(last_words) == 1
    with workshop.database.read() as connection:
        delivered = connection.execute(
            select(tables.delivery.c.job_id, func.count().label("times")).group_by(
                tables.delivery.c.job_id
            )
        )
        assert {each.job_id: each.times for each in delivered} == dict.fromkeys(prompts, 1)
    return ended


def submit_all(workshop: Workshop, prompts: Sequence[str]) -> dict[str, str]:
    key_id, still = workshop.key(), workshop.still()
    hook = "https://127.0.0.1:1/hook"  # refused; that it is to be told once is what counts
    jobs = [workshop.submit(key_id, prompt, still, webhook_url=hook) for prompt in prompts]
    return {job.id: prompt for job, prompt in zip(jobs, prompts, strict=True)}


def test_a_process_that_is_killed_again_and_again_loses_and_doubles_nothing(
    tmp_path: Path,
) -> None:
    settings = read_settings(data=tmp_path / "data", slots=2, concurrency=50)
    dice = random.Random(1)
    with Workshop.opened(settings) as workshop:
        prompts = submit_all(workshop, [f"sleep=0.3 take {index}" for index in range(16)])
        for kill in range(4):
            with worker_process(tmp_path, f"{kill}", slots=2, concurrency=50) as process:
                time.sleep(dice.uniform(0.3, 1.2))
                process.send(signal.SIGKILL)
                wait_until(lambda: not process.family(), "its renders end, too", within_s=2)
        assert any(workshop.find(job_id).state is JobState.RUNNING for job_id in prompts)
        with worker_process(tmp_path, "last", slots=2, concurrency=50):
            ended = check_ends(workshop, prompts)
        assert max(job.attempt for job in ended) > 1


def test_a_stopped_process_leaves_its_jobs_to_the_next(tmp_path: Path) -> None:
    with Workshop.opened(read_settings(data=tmp_path / "data", slots=2)) as workshop:
        prompts = submit_all(workshop, ["sleep=1 first", "sleep=1 second", "third"])
        with worker_process(tmp_path, "first", slots=2) as process:
            workshop.wait(next(iter(prompts)), JobState.RUNNING)
            assert process.stop(within_s=5) == 0
        with worker_process(tmp_path, "second", slots=2):
            check_ends(workshop, prompts)


def test_other_workers_take_over_from_one_that_died_and_one_that_froze(
    tmp_path: Path, postgres: Postgres
) -> None:
    """The frozen one wakes up later, and must not end a second time what others have ended."""
    with ExitStack() as stack:
        url = stack.enter_context(postgres.database())
        given = {"database": url, "slots": 1}
        settings = read_settings(data=tmp_path / "data", **given)
        workshop = stack.enter_context(Workshop.opened(settings))
        killed, frozen = (
            stack.enter_context(worker_process(tmp_path, name, **given)) for name in ("a", "b")
        )
        prompts = submit_all(workshop, ["sleep=2 one", "sleep=2 two"])
        for job_id in prompts:
            workshop.wait(job_id, JobState.RUNNING)
        psutil.Process(frozen.pid).suspend()
        killed.send(signal.SIGKILL)
        began_s = time.monotonic()
        stack.enter_context(worker_process(tmp_path, "c", **given | {"slots": 2}))
        for job_id in prompts:
            wait_until(
                lambda job_id=job_id: workshop.find(job_id).attempt == 2,  # type: ignore[misc]
                "it goes on elsewhere",
                within_s=TAKEOVER_S - (time.monotonic() - began_s),
            )
            workshop.wait(job_id)
        psutil.Process(frozen.pid).resume()
        frozen.wait_until(lambda: "was lost, and goes on" in frozen.said(), "it wakes up")
        check_ends(workshop, prompts)
        check_ends(workshop, again := submit_all(workshop, ["three"] * 2) | prompts)
        assert {workshop.find(job_id).attempt for job_id in again.keys() - prompts.keys()} == {1}


def test_limits_hold_over_two_worker_processes(tmp_path: Path, postgres: Postgres) -> None:
    with ExitStack() as stack:
        url = stack.enter_context(postgres.database())
        given = {"database": url, "slots": 3, "concurrency": 4, "engine_limits": '{"fast": 5}'}
        settings = read_settings(
            data=tmp_path / "data", database=url, concurrency=4, engine_limits={"fast": 5}
        )
        workshop = stack.enter_context(Workshop.opened(settings))
        for name in ("a", "b"):
            stack.enter_context(worker_process(tmp_path, name, **given))
        keys = [submit_all(workshop, ["sleep=0.4"] * 8) for _ in range(2)]
        ended = [[workshop.wait(job_id) for job_id in jobs] for jobs in keys]
    assert most_at_once(ended[0] + ended[1]) == 5
    assert max(map(most_at_once, ended)) == 4
    assert len({job.worker_id for jobs in ended for job in jobs}) == 2


def test_a_service_manager_that_stops_all_processes_at_once_fails_no_job(
    tmp_path: Path,
) -> None:
    """It tells renders and the process they are forked from in the same breath."""
    with Workshop.opened(read_settings(data=tmp_path / "data", slots=2)) as workshop:
        prompts = submit_all(workshop, ["sleep=1 one", "sleep=1 two"])
        with worker_process(tmp_path, "first", slots=2) as process:
            for job_id in prompts:
                workshop.wait(job_id, JobState.RUNNING)
            time.sleep(0.3)
            for each in process.family():
                each.terminate()
            wait_until(lambda: not process.is_running, "it ends")
        with worker_process(tmp_path, "second", slots=2):
            check_ends(workshop, prompts)


def test_the_command_needs_postgresql(tmp_path: Path) -> None:
    env = environment(tmp_path, database="")
    done = subprocess.run(
        [sys.executable, "-m", "photoplay", "worker"],
        env=os.environ | env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "needs PostgreSQL" in done.stderr
