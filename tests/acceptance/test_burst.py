"""Many callers at once, on PostgreSQL with two workers: nothing lost, doubled or over a limit."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import pytest
from fal_client import encode_file

from tests.rigs.callers import Answer, Caller
from tests.rigs.photoplay import Installation

pytestmark = pytest.mark.alone

JOBS = 1000
CALLERS = 50
SLOTS = 4  # of each of two workers
ENGINE_LIMIT = 7  # fewer than both together have
CONCURRENCIES = (2, 3, 4, 5, 6)  # one key each: fewer than all slots, and more in sum


@dataclass(frozen=True)
class Render:
    """One render as the engine saw it, in seconds of the machine's monotonic clock."""

    key: int
    job: str
    worker: str
    start_s: float
    end_s: float


def test_1000_jobs_of_50_callers_are_rendered_once_each_within_every_limit(
    tmp_path: Path, postgres_url: str, still: Path
) -> None:
    installation = Installation.make(
        tmp_path / "home",
        database=postgres_url,
        slots=SLOTS,
        engine_limits={"fast": ENGINE_LIMIT},
        submits_per_minute=JOBS,
    )
    keys = [installation.new_key(concurrency=limit) for limit in CONCURRENCIES]
    marks = tmp_path / "marks"
    with ExitStack() as running:
        server = running.enter_context(installation.serving("--no-worker"))
        for name in ("one", "other"):
            running.enter_context(installation.working(name))
        answers = asyncio.run(burst(server.url, keys, encode_file(still), marks))

    assert len({answer.request_id for answer in answers}) == JOBS
    assert {answer.status for answer in answers} == {200}
    renders = read(marks)
    assert Counter(render.job for render in renders) == dict.fromkeys(names(), 1)
    assert 4 < most_at_once(renders) <= ENGINE_LIMIT
    for key, limit in enumerate(CONCURRENCIES):
        assert most_at_once([each for each in renders if each.key == key]) <= limit
    workers = {render.worker for render in renders}
    assert len(workers) == 2
    for worker in workers:
        assert 2 < most_at_once([each for each in renders if each.worker == worker]) <= SLOTS
    assert installation.left_behind() == []


def names() -> list[str]:
    """Of all jobs: the number of the key, and a number."""
    return [f"{number % len(CONCURRENCIES)}-{number}" for number in range(JOBS)]


async def burst(url: str, keys: list[str], still: str, marks: Path) -> list[Answer]:
    """Submit all, each caller its share as fast as it can, and wait for each."""
    async with AsyncExitStack() as connected:
        callers = [
            await connected.enter_async_context(Caller(url, keys[number % len(keys)]))
            for number in range(CALLERS)
        ]
        shares = [names()[number::CALLERS] for number in range(CALLERS)]
        work = [
            share_done(caller, share, still, marks)
            for caller, share in zip(callers, shares, strict=True)
        ]
        return [answer for answers in await asyncio.gather(*work) for answer in answers]


async def share_done(caller: Caller, share: list[str], still: str, marks: Path) -> list[Answer]:
    prompts = [f"mark={marks}:{name} sleep=0.05 mark={marks}:{name}" for name in share]
    bodies = [
        {"prompt": text, "start_image_url": still, "duration": "3", "generate_audio": False}
        for text in prompts
    ]
    submitted = [await caller.submit(body) for body in bodies]
    return [await caller.ended(request_id, every_s=2) for request_id in submitted]


def read(marks: Path) -> list[Render]:
    """The renders, from the two lines that each has written."""
    written: dict[tuple[str, str], list[float]] = defaultdict(list)
    for line in marks.read_text().splitlines():
        name, at, worker = line.split()
        written[name, worker].append(float(at))
    return [
        Render(int(name.partition("-")[0]), name, worker, start, end)
        for (name, worker), times in written.items()
        for start, end in zip(times[::2], times[1::2], strict=True)
    ]


def most_at_once(renders: list[Render]) -> int:
    """The greatest number of renders at any moment; an end and a start at once do not overlap."""
    moments = [(each.start_s, 1) for each in renders] + [(each.end_s, -1) for each in renders]
    return max(accumulate(step for _, step in sorted(moments)))
