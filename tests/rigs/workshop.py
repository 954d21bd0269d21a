"""The parts of an installation below its server, in this process: jobs go in, workers render them.

    python -m tests.rigs.workshop

is a worker alone, for tests that kill it: settings come from the environment, and it runs until it
is told to end.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from photoplay import catalogue, webhooks
from photoplay.assets.store import AssetStore, open_store
from photoplay.config import Settings, read_settings
from photoplay.database import Database
from photoplay.hosted.office import Office
from photoplay.jobs.job import Job, JobState, NewJob
from photoplay.jobs.queue import JobQueue, open_queue
from photoplay.jobs.store import Jobs
from photoplay.jobs.worker import Worker
from photoplay.keys import Keys, Scope
from photoplay.media import probe
from tests.rigs import fast_engine
from tests.rigs.processes import wait_until

ENDPOINT = "fal-ai/kling-video/v3/standard/image-to-video"


@dataclass(frozen=True)
class Workshop:
    """An open installation. What is submitted is rendered by the fast engine unless said."""

    settings: Settings
    database: Database
    jobs: Jobs
    queue: JobQueue
    store: AssetStore
    deliveries: webhooks.Deliveries
    office: Office

    @classmethod
    @contextmanager
    def opened(cls, settings: Settings) -> Iterator[Workshop]:
        """The installation of these settings, closed at the end of the block."""
        with ExitStack() as stack:
            database = Database.open(settings.database_url)
            stack.callback(database.close)
            queue = open_queue(settings)
            stack.callback(queue.close)
            deliveries = webhooks.Deliveries(database, settings)
            stack.callback(deliveries.close)
            jobs = Jobs(database, settings, webhooks.body)
            store = open_store(settings, database)
            office = Office(settings, database, store)
            stack.callback(office.close)
            yield cls(settings, database, jobs, queue, store, deliveries, office)

    def worker(self) -> Worker:
        """A worker that has not started. One may run in a process."""
        return Worker(
            self.settings,
            self.database,
            jobs=self.jobs,
            queue=self.queue,
            store=self.store,
            catalogue=catalogue.load(),
            deliveries=self.deliveries,
            office=self.office,
        )

    @contextmanager
    def working(self) -> Iterator[Worker]:
        """A worker during the block, stopped without waiting for its jobs."""
        worker = self.worker()
        worker.start()
        try:
            yield worker
        finally:
            worker.stop(drain_s=0)

    def key(self) -> str:
        """The id of a new key."""
        key, _ = Keys(self.database).create("test", [Scope.RUN], None)
        return key.id

    def still(self, width_px: int = 480, height_px: int = 300) -> str:
        """A picture of the caller's, as a reference to an asset."""
        path = self.settings.data / f"still-{uuid.uuid4()}.png"
        Image.fromarray(np.full((height_px, width_px, 3), 90, np.uint8)).save(path)
        return f"asset:{self.store.put_file(path, file_name='still.png').name}"

    def submit(self, key_id: str, prompt: str, still: str, **changes: Any) -> Job:
        """A new job, handed to the queue if its key has room."""
        job = self.jobs.submit(self.new_job(key_id, prompt, still, **changes))
        if job.state is JobState.ADMITTED:
            self.queue.enqueue(job)
        return job

    def new_job(self, key_id: str, prompt: str, still: str, **changes: Any) -> NewJob:
        """A job of three seconds."""
        body = {"prompt": prompt, "start_image_url": still, "duration": "3"}
        values = catalogue.load().find(ENDPOINT).validate(body)
        new: dict[str, Any] = {
            "id": str(uuid.uuid4()),
            "key_id": key_id,
            "endpoint": ENDPOINT,
            "engine": fast_engine.NAME,
            "body": values,
            "base_url": "http://127.0.0.1",
            "fingerprint": "0" * 64,
        }
        return NewJob(**(new | changes))

    def find(self, job_id: str) -> Job:
        """The job as it is now."""
        job = self.jobs.find(job_id)
        assert job is not None
        return job

    def wait(self, job_id: str, state: JobState | None = None, *, within_s: float = 30) -> Job:
        """The job once it has ended, or is in that state."""

        def is_there() -> bool:
            now = self.find(job_id).state
            return now.has_ended if state is None else now is state

        wait_until(is_there, f"job {job_id} is {state or 'over'}", within_s=within_s)
        return self.find(job_id)

    def said(self, job_id: str) -> list[str]:
        """The job's log."""
        return [line.message for line in self.jobs.logs(job_id)]

    def check_clip(self, job: Job, prompt: str) -> None:
        """Assert that the job is done, and that its clip is the one that was asked for."""
        assert job.state is JobState.DONE, (job.error_body, self.said(job.id))
        assert job.result is not None
        file = self.store.local_path(job.result["video"]["asset"], self.settings.data)
        found = probe(file)
        file.unlink()
        assert (found.frame_count, found.metadata["prompt"]) == (72, prompt)


def most_at_once(jobs: list[Job]) -> int:
    """How many of some jobs that have ended ran at the same time."""
    events = [(job.started_at or 0, 1) for job in jobs] + [(job.ended_at or 0, -1) for job in jobs]
    running = most = 0
    for _, change in sorted(events):
        running += change
        most = max(most, running)
    return most


def environment(home: Path, **settings: Any) -> dict[str, str]:
    """What a process needs in its environment to be a worker of an installation in `home`."""
    found = fast_engine.install(home / "packages") | {"PHOTOPLAY_DATA": str(home / "data")}
    return found | {f"PHOTOPLAY_{name.upper()}": str(value) for name, value in settings.items()}


def main() -> None:
    """A worker until SIGTERM."""
    with Workshop.opened(read_settings()) as workshop, workshop.working() as worker:
        told = threading.Event()
        signal.signal(signal.SIGTERM, lambda *_: told.set())
        print(worker.id, flush=True)  # noqa: T201
        told.wait()
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
