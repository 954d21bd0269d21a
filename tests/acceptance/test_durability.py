"""`kill -9` at any moment: every job ends once, with its own clip; another worker takes over."""

from __future__ import annotations

import asyncio
from pathlib import Path
from random import Random

import pytest
from fal_client import encode_file

from tests.rigs.kills import Killer, Victim, Work, takeover_s
from tests.rigs.photoplay import Installation
from tests.rigs.postgres import Postgres
from tests.rigs.processes import wait_until
from tests.rigs.receiver import receiving

pytestmark = pytest.mark.alone

JOBS = 24
KILLS = 6
GAP_S = (0.3, 4.5)  # between two: also while a process is starting
TAKEN_OVER_S = 15


def test_every_job_ends_once_while_the_one_process_on_sqlite_is_killed(
    tmp_path: Path, still: Path
) -> None:
    installation = Installation.make(
        tmp_path / "home", slots=2, private_webhooks=True, submits_per_minute=10_000
    )
    victims = [Victim(installation, ("serve",))]
    assert_all_end_once(installation, victims, still, tmp_path)


def test_every_job_ends_once_while_servers_and_workers_on_postgresql_are_killed(
    tmp_path: Path, still: Path, postgres: Postgres
) -> None:
    with postgres.database() as url:
        installation = Installation.make(
            tmp_path / "home",
            database=url,
            slots=2,
            private_webhooks=True,
            submits_per_minute=10_000,
        )
        victims = [
            Victim(installation, ("serve", "--no-worker")),
            Victim(installation, ("worker",)),
            Victim(installation, ("worker",)),
        ]
        assert_all_end_once(installation, victims, still, tmp_path)


def assert_all_end_once(
    installation: Installation, victims: list[Victim], still: Path, scratch: Path
) -> None:
    killer = Killer(victims, KILLS, GAP_S, Random(0))
    with receiving() as receiver, killer.at_work():
        work = Work(
            f"http://127.0.0.1:{installation.port}",
            installation.new_key(),
            encode_file(still),
            sleep_s=0.5,
            hook=receiver.url,
            jobs=JOBS,
            is_over=killer.is_over,
        )
        jobs = asyncio.run(work.done())
        ids = {job.answer.request_id for job in jobs}
        wait_until(lambda: {call.request_id for call in receiver.calls} >= ids, "webhooks came")
    assert killer.done == KILLS
    assert len(ids) == len(jobs) >= JOBS
    assert {call.request_id for call in receiver.calls} == ids
    for job in jobs:
        job.check(scratch)


def test_a_living_worker_takes_over_from_a_dead_one(
    tmp_path: Path, still: Path, postgres: Postgres
) -> None:
    """The dead one does not come back."""
    with postgres.database() as url:
        installation = Installation.make(tmp_path / "home", database=url, slots=1)
        assert takeover_s(installation, encode_file(still), tmp_path / "marks") < TAKEN_OVER_S
