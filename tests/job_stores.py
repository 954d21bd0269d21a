"""A job store on a real database, with one key and short words for what tests do with it."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select, update

from photoplay.config import Settings
from photoplay.database import Database
from photoplay.database.tables import delivery, job, metadata
from photoplay.jobs.job import Done, Failed, Job, JobState, NewJob
from photoplay.jobs.store import Jobs
from photoplay.keys import Keys

CLIP = Done({"video": {"asset": "clip.mp4"}})
TIMED_OUT = Failed(504, {"detail": "too slow"}, "startup_timeout")


@dataclass(frozen=True)
class Store:
    """A job store with one key, and short words for what the tests do with them."""

    database: Database
    jobs: Jobs
    key_id: str

    def new(self, **changes: Any) -> NewJob:
        given: dict[str, Any] = {
            "id": str(uuid.uuid4()),
            "key_id": self.key_id,
            "endpoint": "fal-ai/kling-video/v3/pro/image-to-video",
            "engine": "parallax",
            "body": {"prompt": "slow push in"},
            "base_url": "http://127.0.0.1:8420/queue",
            "fingerprint": "f" * 64,
        }
        return NewJob(**given | changes)

    def submit(self, **changes: Any) -> Job:
        return self.jobs.submit(self.new(**changes))

    def submit_several(self, count: int, **changes: Any) -> list[Job]:
        return [self.submit(**changes) for _ in range(count)]

    def started(self, **changes: Any) -> Job:
        started = self.jobs.start(self.submit(**changes).id, "here:0")
        assert started is not None
        return started

    def state(self, one: Job) -> JobState:
        return self.now(one).state

    def now(self, one: Job) -> Job:
        found = self.jobs.find(one.id)
        assert found is not None
        return found

    def age(self, one: Job, seconds: float, *columns: str) -> None:
        """Have those times of a job lie further back."""
        values = {name: job.c[name] - seconds for name in columns}
        with self.database.begin() as connection:
            connection.execute(update(job).where(job.c.id == one.id).values(values))

    def deliveries(self, *jobs: Job) -> list[Any]:
        ids = [each.id for each in jobs]
        with self.database.read() as connection:
            return list(connection.execute(select(delivery).where(delivery.c.job_id.in_(ids))))

    def said(self, one: Job) -> list[str]:
        return [line.message for line in self.jobs.logs(one.id)]


def webhook_body(ended: Job) -> bytes:
    return f"{ended.id} {ended.state}".encode()


@contextmanager
def opened(url: str, settings: Settings, *, concurrency: int | None = None) -> Iterator[Store]:
    """A store on that database, emptied, with a key of that concurrency."""
    database = Database.open(url)
    with database.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(delete(table))
    key, _ = Keys(database).create("a", concurrency=concurrency)
    try:
        yield Store(database, Jobs(database, settings, webhook_body), key.id)
    finally:
        database.close()


def together(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run the calls in threads that start at the same moment."""
    start = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        start.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [each.result() for each in [pool.submit(run, call) for call in calls]]
