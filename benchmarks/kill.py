"""What `kill -9` costs: 300 jobs or more while processes are killed and started again, 100 times.

Half of it on SQLite, where the one process is killed; half on PostgreSQL, where the server and two
workers are. Each job must end once, with its own clip and its webhook; a killed process may leave
nothing running behind it. Then one of two workers dies for good: how long until the other one
renders its job.

    python -m benchmarks.kill [--jobs N] [--kills N] [--seed N]
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import os
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from random import Random

from tests.rigs.kills import Killer, Victim, Work, takeover_s
from tests.rigs.malformed import picture
from tests.rigs.photoplay import Installation
from tests.rigs.postgres import Postgres, running_postgres
from tests.rigs.processes import wait_until
from tests.rigs.receiver import receiving

STILL = f"data:image/png;base64,{base64.b64encode(picture()).decode()}"
RENDER_S = 0.8
GAP_S = (0.3, 6.0)  # between kills: also while a process is starting, which takes some 2 s
TAKEOVERS = 3

Figures = dict[str, float | str]


def main() -> None:
    """Print every figure as it comes, and all of them as one JSON document at the end."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--jobs", type=int, default=300)
    options.add_argument("--kills", type=int, default=100)
    options.add_argument("--seed", type=int, default=0)
    chosen = options.parse_args()
    figures: Figures = {"cores": os.cpu_count() or 0}
    jobs, kills = chosen.jobs // 2, chosen.kills // 2
    with running_postgres(fsync=True) as postgres, postgres.database() as url:
        one = (("serve",),)
        many = (("serve", "--no-worker"), ("worker",), ("worker",))
        for name, database, commands in (("sqlite", "", one), ("postgresql", url, many)):
            run(figures, name, database, commands, jobs, kills, Random(chosen.seed))
        _say(figures, "takeover_s", max(takeover(postgres) for _ in range(TAKEOVERS)))
    print(json.dumps(figures))


def _say(figures: Figures, name: str, value: float) -> None:
    figures[name] = round(value, 2)
    print(f"{name:32} {value:9.2f}", flush=True)


def run(
    figures: Figures,
    name: str,
    database: str,
    commands: tuple[tuple[str, ...], ...],
    jobs: int,
    kills: int,
    random: Random,
) -> None:
    """Jobs under kills, on one installation. Raises AssertionError for a job that went wrong."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        home = Path(folder) / "home"
        installation = Installation.make(
            home, database=database, slots=2, private_webhooks=True, submits_per_minute=10_000
        )
        victims = [Victim(installation, command) for command in commands]
        killer = Killer(victims, kills, GAP_S, random)
        receiver = stack.enter_context(receiving())
        stack.enter_context(killer.at_work())
        work = Work(
            f"http://127.0.0.1:{installation.port}",
            installation.new_key(),
            STILL,
            sleep_s=RENDER_S,
            hook=receiver.url,
            jobs=jobs,
            is_over=killer.is_over,
        )
        start_s = time.monotonic()
        done = asyncio.run(work.done())
        _say(figures, f"{name}_s", time.monotonic() - start_s)
        ids = {each.answer.request_id for each in done}
        wait_until(lambda: {call.request_id for call in receiver.calls} >= ids, "webhooks came")
        for each in done:
            each.check(Path(folder))
    assert len(ids) == len(done)
    calls = Counter(call.request_id for call in receiver.calls)
    assert calls.keys() == ids
    _say(figures, f"{name}_jobs_ended_once", len(ids))
    _say(figures, f"{name}_kills", killer.done)
    _say(figures, f"{name}_webhooks_twice", sum(times > 1 for times in calls.values()))


def takeover(postgres: Postgres) -> float:
    """Seconds, on an installation of its own."""
    with tempfile.TemporaryDirectory() as folder, postgres.database() as url:
        installation = Installation.make(Path(folder) / "home", database=url, slots=1)
        return takeover_s(installation, STILL, Path(folder) / "marks")


if __name__ == "__main__":
    main()
