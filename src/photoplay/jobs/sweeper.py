"""What goes on beside the jobs, in one worker at a time: nothing that was submitted is forgotten.

Jobs of dead workers go back to their queues, admitted jobs that a crash kept from their queue are
handed in, late ones fail, old things are deleted, webhooks are delivered.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select

from photoplay.assets.store import AssetStore
from photoplay.config import Settings
from photoplay.database import Database
from photoplay.database.tables import job as job_table
from photoplay.dialects.fal.replies import STARTUP_TIMEOUT
from photoplay.errors import DatabaseUnavailable
from photoplay.hosted.office import Office
from photoplay.hosted.orphans import Orphans
from photoplay.jobs import heart
from photoplay.jobs.job import Failed, JobState
from photoplay.jobs.queue import JobQueue, Runner
from photoplay.jobs.store import Jobs
from photoplay.webhooks import Deliveries

ROUND_S = 1.0
HAND_IN_AFTER_S = 5.0  # how long a submit may take from its commit to the queue
ORPHANS_EVERY_S = 60.0
RETENTION_EVERY_S = 600.0
PAYLOAD_KEPT_S = 3600.0  # of callers who want nothing kept
WORKFLOW_KEPT_S = 3600.0  # the job's own row says more

log = logging.getLogger(__name__)


@dataclass
class Task:
    """Something that is done every so often."""

    name: str
    every_s: float
    run: Callable[[], object]
    next_s: float = 0.0


class Sweeper:
    """The periodic tasks of a worker."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        *,
        worker_id: str,
        jobs: Jobs,
        queue: JobQueue,
        runner: Runner,
        store: AssetStore,
        deliveries: Deliveries,
        office: Office,
    ) -> None:
        self._settings = settings
        self._database = database
        self._worker_id = worker_id
        self._jobs = jobs
        self._queue = queue
        self._runner = runner
        self._store = store
        self._deliveries = deliveries
        self._office = office
        self._orphans = Orphans(office)
        self._tasks = [
            Task("taking over", 0.0, self.take_over),
            Task("failing late starts", 0.0, self.fail_late_starts),
            Task("handing in", HAND_IN_AFTER_S, self.hand_in),
            Task("fetching what nobody waits for", ORPHANS_EVERY_S, self._orphans.look_after),
            Task("deleting", RETENTION_EVERY_S, self.delete_old),
        ]
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._go_round, name="sweeper", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the task that is being done."""
        self._stopping.set()
        self._thread.join()

    def _go_round(self) -> None:
        while not self._stopping.wait(ROUND_S):
            try:
                self._deliveries.deliver_due()  # shares the work with other processes by itself
                with self._database.try_lock("sweeper") as is_mine:
                    if is_mine:
                        self._do_what_is_due()
            except DatabaseUnavailable as error:
                log.warning("the sweeper waits: %s", error)
            except Exception:
                log.exception("the sweeper stumbled")

    def _do_what_is_due(self) -> None:
        for task in self._tasks:
            if self._stopping.is_set() or time.monotonic() < task.next_s:
                continue
            try:
                task.run()
            except DatabaseUnavailable:
                raise
            except Exception:  # one task must not keep the others from being done
                log.exception("%s went wrong", task.name)
            task.next_s = time.monotonic() + task.every_s

    def take_over(self) -> None:
        """Put what dead workers hold back into the queues."""
        held = self._queue.held()
        held.pop(self._worker_id, None)
        if not held:
            return
        dead = sorted(held.keys() - heart.living(self._database))
        for worker_id in dead:
            log.warning("worker %s is gone; %d jobs go on", worker_id, len(held[worker_id]))
        if dead:
            self._runner.recover(dead)

    def fail_late_starts(self) -> None:
        """End the jobs that have not started in the time that their callers gave them."""
        for late in self._jobs.past_start_deadline():
            outcome = Failed(504, _LATE, STARTUP_TIMEOUT)
            for admitted in self._jobs.finish(late.id, outcome):
                self._queue.enqueue(admitted)

    def hand_in(self) -> None:
        """Give the queue the jobs that it should have: a crash, or a lost file, kept them from it.

        One whose workflow has ended without an outcome runs again, which counts as an attempt.
        """
        open_ids = [each.id for each in self._jobs.admitted(HAND_IN_AFTER_S)] + self._running()
        never, ended = self._queue.lost(open_ids)
        for job_id in never | ended:
            found = self._jobs.find(job_id)
            if found is None or found.state.has_ended:  # meanwhile
                continue
            log.warning("job %s was not in the queue", job_id)
            if job_id in ended:
                self._queue.forget(job_id)
            self._queue.enqueue(found)

    def _running(self) -> list[str]:
        running = select(job_table.c.id).where(
            job_table.c.state == JobState.RUNNING, job_table.c.ended_at.is_(None)
        )
        with self._database.read() as connection:
            return list(connection.scalars(running))

    def delete_old(self) -> None:
        """Delete what is older than this installation keeps it."""
        with self._database.read() as connection:
            now = self._database.now(connection)
        self._jobs.forget_payloads(now - PAYLOAD_KEPT_S)
        self._jobs.delete_ended(now - self._settings.retention_days * 86_400)
        self._office.books.forget_requests(now - self._settings.retention_days * 86_400)
        self._store.delete_expired(now)
        self._queue.forget_ended(now - WORKFLOW_KEPT_S)
        heart.forget_dead(self._database, now - 86_400)


_LATE = {
    "detail": "The request did not start within the time that X-Fal-Request-Timeout gives it.",
    "error_type": STARTUP_TIMEOUT,
}
