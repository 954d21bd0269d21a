"""Work under random `kill -9`: processes that are killed and started again, and what is checked.

Used small in the acceptance tests and large in `benchmarks/kill.py`.
"""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random

from photoplay.media import probe
from tests.rigs.callers import Answer, Caller, Json
from tests.rigs.photoplay import Installation
from tests.rigs.processes import Child, wait_until

CALLERS = 5
PATIENCE_S = 60  # a caller's, with a server that is being started again
ORPHANS_END_S = 5  # how long what a killed process has started may outlive it
DURATIONS_S = range(3, 8)  # a job's own: a clip of another job would show


@dataclass
class Victim:
    """A command that is killed without warning, and started again."""

    installation: Installation
    command: tuple[str, ...]
    child: Child | None = None

    def start(self) -> None:
        """Start it, without waiting until it is ready."""
        self.child = self.installation.start(*self.command, log="-".join(self.command))

    def kill(self) -> None:
        """SIGKILL for the process itself. What it has started must end without being told."""
        assert self.child is not None
        assert self.child.is_running, self.child.said()
        self.child.send(signal.SIGKILL)
        wait_until(
            lambda: not self.child.family(),  # type: ignore[union-attr]
            f"orphans of {self.command} end",
            within_s=ORPHANS_END_S,
        )
        self.child.kill()  # nothing is left to kill; its end is taken note of

    def stop(self) -> None:
        """End it and all it has started."""
        if self.child is not None:
            self.child.kill()


@dataclass
class Killer:
    """Kills a random one of its victims after random times, `kills` times in all."""

    victims: list[Victim]
    kills: int
    gap_s: tuple[float, float]
    random: Random
    done: int = 0
    failure: BaseException | None = None
    _stopping: threading.Event = field(default_factory=threading.Event)

    def is_over(self) -> bool:
        """Whether it will kill no more."""
        return self.done == self.kills or self.failure is not None

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Starts all victims, kills beside the block, and ends all after it."""
        for victim in self.victims:
            victim.start()
        thread = threading.Thread(target=self._go)
        thread.start()
        try:
            yield
        finally:
            self._stopping.set()
            thread.join()
            for victim in self.victims:
                victim.stop()
        if self.failure is not None:
            raise self.failure

    def _go(self) -> None:
        try:
            while self.done < self.kills:
                if self._stopping.wait(self.random.uniform(*self.gap_s)):
                    return
                victim = self.random.choice(self.victims)
                victim.kill()
                victim.start()
                self.done += 1
        except BaseException as error:
            self.failure = error


@dataclass(frozen=True)
class Done:
    """A job that has ended, as its caller sees it."""

    number: int
    answer: Answer
    last_words: int  # how often it said that it is done
    clip: bytes

    def check(self, scratch: Path) -> None:
        """It ended once, and with its own clip."""
        assert self.answer.status == 200, f"job {self.number}: {self.answer}"
        assert self.last_words == 1, f"job {self.number} was done {self.last_words} times"
        path = scratch / f"{self.number}.mp4"
        path.write_bytes(self.clip)
        assert probe(path).duration_s == duration_s(self.number)
        path.unlink()


def duration_s(number: int) -> int:
    """How long the clip of that job is."""
    return DURATIONS_S[number % len(DURATIONS_S)]


@dataclass(frozen=True)
class Work:
    """Jobs that some callers submit, each one after the other, whatever happens to the server.

    There are at least `jobs`, and so many more that the last is submitted after `is_over`.
    """

    url: str
    key: str
    still: str
    sleep_s: float
    hook: str
    jobs: int
    is_over: Callable[[], bool]
    _numbers: Iterator[int] = field(default_factory=count)

    async def done(self) -> list[Done]:
        """What became of all of them."""
        async with asyncio.TaskGroup() as group:
            callers = [group.create_task(self._caller()) for _ in range(CALLERS)]
        return [done for caller in callers for done in caller.result()]

    async def _caller(self) -> list[Done]:
        done = []
        async with Caller(self.url, self.key, patience_s=PATIENCE_S) as caller:
            while (number := next(self._numbers)) < self.jobs or not self.is_over():
                done.append(await self._job(caller, number))
        return done

    async def _job(self, caller: Caller, number: int) -> Done:
        body = {"prompt": f"sleep={self.sleep_s}", "start_image_url": self.still}
        body["duration"] = str(duration_s(number))
        name = f"job-{number}"
        request_id = await caller.submit(body, hook=self.hook, idempotency_key=name)
        answer = await caller.ended(request_id, every_s=0.3)
        logs = (await caller.status(request_id, logs=True))["logs"]
        last_words = sum(line["message"].startswith("Done after") for line in logs)
        clip = await caller.file(answer.body["video"]["url"]) if answer.status == 200 else b""
        return Done(number, answer, last_words, clip)


def takeover_s(installation: Installation, still: str, marks: Path) -> float:
    """Seconds from the death of a worker to when another one renders its job."""
    body = {"prompt": f"mark={marks}:job sleep=4 mark={marks}:job", "duration": "3"}
    body["start_image_url"] = still

    def lines() -> int:
        return len(marks.read_text().splitlines())

    def renders(worker: Child) -> bool:
        pid = int(marks.read_text().split()[2])
        return pid in {process.pid for process in worker.family()}

    with ExitStack() as running:
        server = running.enter_context(installation.serving("--no-worker"))
        workers = [installation.start("worker", log=f"worker-{number}") for number in range(2)]
        for worker in workers:
            running.callback(worker.kill)
        key = installation.new_key()
        request_id = asyncio.run(_submit(server.url, key, body))
        wait_until(marks.exists, "a worker renders")
        doomed, other = sorted(workers, key=lambda worker: not renders(worker))
        wait_until(lambda: "takes jobs" in other.said(), "the other worker takes jobs")
        assert lines() == 1
        doomed.send(signal.SIGKILL)
        killed_s = time.monotonic()
        wait_until(lambda: lines() > 1, "the other worker renders")
        taken_s = time.monotonic()
        assert asyncio.run(_end(server.url, key, request_id)).status == 200
    assert lines() == 3  # the first has not come to its second
    return taken_s - killed_s


async def _submit(url: str, key: str, body: Json) -> str:
    async with Caller(url, key) as caller:
        return await caller.submit(body)


async def _end(url: str, key: str, request_id: str) -> Answer:
    async with Caller(url, key) as caller:
        return await caller.ended(request_id)
