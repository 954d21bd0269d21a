"""How long callers wait for the queue itself, beside the render: what a server adds to every clip.

The engine renders next to nothing, so that what is measured is ours: from the POST until the job
runs, a status while 200 are asked for each second (twenty callers that poll every 0.1 s, as fal's
Python client does), and a burst of jobs from fifty callers. Everything is real and in processes of
its own: `photoplay serve`, SQLite with a worker in the server, then PostgreSQL with two workers.

    python -m benchmarks.serve [--quick]

`--quick` takes a tenth of the samples.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from tests.rigs.callers import APP, Caller, Json
from tests.rigs.malformed import picture
from tests.rigs.photoplay import Installation, Server
from tests.rigs.postgres import running_postgres

SUBMITS = 200  # one at a time
POLLERS, POLLS, POLL_EVERY_S = 20, 100, 0.1
CALLERS, JOBS = 50, 1000
SETTINGS: Json = {"slots": 4, "concurrency": 50, "submits_per_minute": 1_000_000}

Figures = dict[str, float | str]


def main() -> None:
    """Print every figure as it comes, and all of them as one JSON document at the end."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true")
    share = 10 if options.parse_args().quick else 1
    figures: Figures = {"cores": os.cpu_count() or 0}
    for name, place in (("sqlite", on_sqlite), ("postgresql", on_postgresql)):
        with tempfile.TemporaryDirectory() as folder, place(Path(folder) / "home") as server:
            asyncio.run(measure(server, name, figures, share))
    print(json.dumps(figures))


@contextmanager
def on_sqlite(home: Path) -> Iterator[Server]:
    """One process."""
    with Installation.make(home, **SETTINGS).serving() as server:
        yield server


@contextmanager
def on_postgresql(home: Path) -> Iterator[Server]:
    """A server and two workers, on a database that is as safe as by default."""
    with running_postgres(fsync=True) as postgres, postgres.database() as url, ExitStack() as stack:
        installation = Installation.make(home, database=url, **SETTINGS)
        server = stack.enter_context(installation.serving("--no-worker"))
        for name in ("one", "other"):
            stack.enter_context(installation.working(name))
        yield server


async def measure(server: Server, name: str, figures: Figures, share: int) -> None:
    """All figures of one installation."""
    async with Caller(server.url, server.key) as caller:
        job = _job(await caller.upload(picture(), "image/png"))
        await caller.ended(await caller.submit(job))  # the first imports what the others have
        idle = [await start_ms(caller, job) for _ in range(SUBMITS // share)]
        lasting = await caller.submit(job | {"prompt": "sleep=300"})
        while (await caller.status(lasting))["status"] != "IN_PROGRESS":
            await asyncio.sleep(POLL_EVERY_S)
        polled = await polls_ms(server, lasting, POLLS // share)
    _say(
        figures,
        f"{name}_submit_to_running_p50_ms",
        _percentile(50, [each.running for each in idle]),
    )
    _say(
        figures,
        f"{name}_submit_to_running_p95_ms",
        _percentile(95, [each.running for each in idle]),
    )
    _say(
        figures, f"{name}_submit_answered_p95_ms", _percentile(95, [each.answered for each in idle])
    )
    _say(figures, f"{name}_submit_to_clip_p95_ms", _percentile(95, [each.ended for each in idle]))
    _say(figures, f"{name}_status_at_200_a_second_p50_ms", _percentile(50, polled))
    _say(figures, f"{name}_status_at_200_a_second_p95_ms", _percentile(95, polled))
    submitted_s, ended_s = await burst(server, job, JOBS // share)
    _say(figures, f"{name}_burst_submits_a_second", JOBS / share / submitted_s)
    _say(figures, f"{name}_burst_jobs_a_second", JOBS / share / ended_s)


def _say(figures: Figures, name: str, value: float) -> None:
    figures[name] = round(value, 2)
    print(f"{name:44} {value:9.2f}", flush=True)


def _percentile(percent: int, values: list[float]) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def _job(still: str) -> Json:
    return {"prompt": "nothing", "start_image_url": still, "duration": "3"}


@dataclass(frozen=True)
class Start:
    """Milliseconds from when a submit was sent."""

    answered: float
    running: float
    ended: float


async def start_ms(caller: Caller, job: Json) -> Start:
    """One job on an idle server. When it ran is what its own log says, by the same clock."""
    sent = time.time()
    request_id = await caller.submit(job)
    answered = time.time()
    await caller.ended(request_id, every_s=0.05)
    logs = (await caller.status(request_id, logs=True))["logs"]
    running, ended = (_said_at(logs, words) for words in ("Started", "Done"))
    await asyncio.sleep(0.05)  # idle again, and at another phase of whatever polls
    return Start(*(1000 * (at - sent) for at in (answered, running, ended)))


def _said_at(logs: list[Json], words: str) -> float:
    [line] = [each for each in logs if each["message"].startswith(words)]
    return datetime.fromisoformat(line["timestamp"]).timestamp()


async def polls_ms(server: Server, request_id: str, polls: int) -> list[float]:
    """How long each status took, while all callers poll at their own phase."""

    async def poller(number: int) -> list[float]:
        await asyncio.sleep(POLL_EVERY_S * number / POLLERS)
        async with Poller(server, request_id) as poller:
            taken = []
            for _ in range(polls):
                taken.append(await poller.poll_ms())
                await asyncio.sleep(max(0, POLL_EVERY_S - taken[-1] / 1000))
            return taken

    return [each for taken in await asyncio.gather(*map(poller, range(POLLERS))) for each in taken]


class Poller:
    """A caller that adds next to nothing to what it measures: one connection, bytes in and out."""

    def __init__(self, server: Server, request_id: str) -> None:
        self._port = urlsplit(server.url).port
        lines = [
            f"GET /queue/{APP}/requests/{request_id}/status?logs=0 HTTP/1.1",
            f"Host: 127.0.0.1:{self._port}",
            f"Authorization: Key {server.key}",
        ]
        self._request = "\r\n".join([*lines, "", ""]).encode()

    async def __aenter__(self) -> Poller:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()
        await self._writer.wait_closed()

    async def poll_ms(self) -> float:
        """Ask once."""
        start_s = time.perf_counter()
        self._writer.write(self._request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 202 "), head
        length = re.search(rb"(?i)content-length: (\d+)", head)
        assert length is not None
        await self._reader.readexactly(int(length[1]))
        return 1000 * (time.perf_counter() - start_s)


async def burst(server: Server, job: Json, jobs: int) -> tuple[float, float]:
    """Seconds until all are submitted, and until all have ended."""
    start_s = time.perf_counter()
    async with AsyncExitStack() as connected:
        callers = [
            await connected.enter_async_context(Caller(server.url, server.key))
            for _ in range(CALLERS)
        ]

        async def submit(caller: Caller, numbers: range) -> list[str]:
            # Each its own prompt: identical requests of one key wait for each other's answer.
            bodies = [job | {"prompt": f"number {number}"} for number in numbers]
            return [await caller.submit(body) for body in bodies]

        async def end(caller: Caller, request_ids: list[str]) -> None:
            for request_id in request_ids:
                assert (await caller.ended(request_id, every_s=2)).status == 200

        shares = [range(first, jobs, CALLERS) for first in range(CALLERS)]
        submitted = await asyncio.gather(*map(submit, callers, shares))
        submitted_s = time.perf_counter() - start_s
        await asyncio.gather(*map(end, callers, submitted))
    return submitted_s, time.perf_counter() - start_s


if __name__ == "__main__":
    main()
