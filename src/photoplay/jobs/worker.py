"""A worker process, or the worker inside a server process: it takes jobs and renders them.

`Worker` is its life from start to stop and what it does when the database goes away. What becomes
of one job is `production`; what goes on beside the jobs is `sweeper`.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TypeVar

from photoplay.assets.store import AssetStore
from photoplay.catalogue import Catalogue
from photoplay.config import Settings
from photoplay.database import Database
from photoplay.engine import engine_names
from photoplay.errors import DatabaseUnavailable, MediaStoreUnavailable
from photoplay.hosted import engine as hosted_engine
from photoplay.hosted.office import Office
from photoplay.hosted.providers import options_of
from photoplay.jobs import child
from photoplay.jobs.heart import Heart
from photoplay.jobs.job import Failed, Json
from photoplay.jobs.lock import lock_installation, take_worker_id
from photoplay.jobs.outcomes import failed, from_json, our_fault, to_json
from photoplay.jobs.production import Production
from photoplay.jobs.queue import Abandoned, JobQueue, Runner
from photoplay.jobs.store import Jobs
from photoplay.jobs.sweeper import Sweeper
from photoplay.jobs.watch import Watch
from photoplay.webhooks import Deliveries

# A job that takes down its worker must come to an end. One that only happens to run whenever its
# worker is killed must not fail: of 40 kills within a minute, some jobs had met six in a row.
MAX_ATTEMPTS = 20
DRAIN_S = 25.0  # service managers wait 30 s before they kill
LEAVE_S = 5.0  # how long a job may take to be left, its render being killed
LOOK_S = 0.1
RETRY_S = 1.0  # between two tries to reach the database or the store
PATIENCE_S = 60.0  # with the store; without the database nothing can be said anyway
TOLD_WITHIN_S = 2.0  # between the signals of a service manager to a render and to this process

T = TypeVar("T")
log = logging.getLogger(__name__)


class Worker:
    """Renders jobs on every installed engine, `settings.slots` at the same time."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        *,
        jobs: Jobs,
        queue: JobQueue,
        store: AssetStore,
        catalogue: Catalogue,
        deliveries: Deliveries,
        office: Office,
    ) -> None:
        self._settings = settings
        self._database = database
        self._jobs = jobs
        self._queue = queue
        self._store = store
        self._catalogue = catalogue
        self._deliveries = deliveries
        self._office = office
        self._hosted = hosted_engine.NAMES
        self._slots = threading.BoundedSemaphore(settings.slots)
        self._active = 0  # jobs in hand
        self._changed = threading.Condition()
        self._draining = threading.Event()
        self._leaving = threading.Event()

    def start(self) -> None:
        """Take up what this worker did before, if anything, and begin to take jobs.

        Not to be called on the thread of an event loop. Raises SettingInvalid if another process
        serves this SQLite file or a setting cannot work, OutputUnwritable, DatabaseUnavailable.
        """
        with ExitStack() as undo:
            self._take_locks(undo)
            self._open()
            child.warm_up()
            self._production.clear()
            self._heart.start()  # first: who holds jobs without a sign of life is taken for dead
            undo.callback(self._heart.stop)
            self._watch.start()
            undo.callback(self._watch.stop)
            self._runner.start(self)
            undo.callback(self._runner.stop)
            self._sweeper.start()
            undo.callback(self._sweeper.stop)
            self._undo = undo.pop_all()
        log.info("worker %s takes jobs, %d at a time", self.id, self._settings.slots)

    def _take_locks(self, undo: ExitStack) -> None:
        installation = lock_installation(self._settings)
        if installation is not None:
            undo.callback(installation.release)
        self.id, own = take_worker_id(self._settings)
        undo.callback(own.release)

    def _open(self) -> None:
        settings = self._settings
        scratch = settings.data / "scratch" / self.id.replace(":", "-")
        self._production = Production(
            settings, self._store, self._catalogue, self._office, scratch, self
        )
        self._watch = Watch(self._jobs)
        self._runner = Runner(self._queue, settings, self.id, self._at_once())
        self._heart = Heart(
            self._database, self.id, settings.slots, drop=self._drop, take_up=self._take_up
        )
        self._sweeper = Sweeper(
            settings,
            self._database,
            worker_id=self.id,
            jobs=self._jobs,
            queue=self._queue,
            runner=self._runner,
            store=self._store,
            deliveries=self._deliveries,
            office=self._office,
        )

    def _at_once(self) -> dict[str, int]:
        """How many jobs of each engine this worker takes at a time.

        Of the hosted engines only those that requests are routed to: every queue that is looked
        into costs.
        """
        routed = set(self._settings.routes.values())
        rendering = dict.fromkeys(engine_names(), self._settings.slots)
        return {
            name: options_of(self._settings, name).at_once if name in self._hosted else slots
            for name, slots in rendering.items()
            if name not in self._hosted or name in routed
        }

    def stop(self, drain_s: float = DRAIN_S) -> None:
        """Take no more jobs, let those that run end within `drain_s`, and leave the rest.

        What is left is taken up by the next worker with this id, or by another one.
        """
        self._draining.set()
        self._runner.pause()
        if not self._wait_until_idle(drain_s):
            log.warning("worker %s leaves %d jobs for later", self.id, self._active)
        self._leaving.set()
        self._wait_until_idle(LEAVE_S)
        self._undo.close()

    # What the queue asks of it, for one job

    @contextmanager
    def in_hand(self) -> Iterator[None]:
        """Count a job as one that is waited for before this worker ends."""
        with self._changed:
            self._active += 1
        try:
            yield
        finally:
            with self._changed:
                self._active -= 1
                self._changed.notify_all()

    def produce(self, job_id: str) -> Json:
        """Start a job and see it through: what came of it, empty if there was nothing to do."""
        with self._slot_of(job_id):
            job = self.persist(lambda: self._jobs.start(job_id, self.id))
            if job is None:
                return {}
            if job.attempt > MAX_ATTEMPTS:
                return to_json(failed(our_fault(f"its worker ended {MAX_ATTEMPTS} times")))
            with self._watch.over(job_id) as watched:
                outcome = self._production.run(job, watched)
                self.persist(lambda: watched.write_lines(self._jobs))
            return to_json(outcome)

    def finish(self, job_id: str, made: Json) -> None:
        """End a job with what came of it, and hand in the jobs that this makes room for."""
        if not made:
            return
        outcome = from_json(made)
        if isinstance(outcome, Failed):
            log.warning("job %s failed with status %d", job_id, outcome.status)
        for admitted in self.persist(lambda: self._jobs.finish(job_id, outcome)):
            self.persist(partial(self._queue.enqueue, admitted))

    @contextmanager
    def _slot_of(self, job_id: str) -> Iterator[None]:
        """Room for a job: a slot if it is rendered here, none if it is only waited for."""
        job = self.persist(lambda: self._jobs.find(job_id))
        if job is None or job.engine not in self._hosted:
            with self._slot():
                yield
            return
        if self._draining.is_set():
            raise Abandoned
        yield

    @contextmanager
    def _slot(self) -> Iterator[None]:
        """One of the renders at a time, waited for: each engine has a queue of its own."""
        while not self._slots.acquire(timeout=LOOK_S):
            if self._draining.is_set() or self.must_drop():
                raise Abandoned
        try:
            if self._draining.is_set():
                raise Abandoned
            yield
        finally:
            self._slots.release()

    # What a job may ask of its worker

    def persist(self, call: Callable[[], T], /) -> T:
        """Have the database or the store do something, even if it is away for a while.

        Raises Abandoned, or MediaStoreUnavailable after a minute.
        """
        give_up_s = time.monotonic() + PATIENCE_S
        while True:
            if self.must_drop():
                raise Abandoned
            try:
                return call()
            except (DatabaseUnavailable, MediaStoreUnavailable) as error:
                if isinstance(error, MediaStoreUnavailable) and time.monotonic() > give_up_s:
                    raise
                log.warning("worker %s waits: %s", self.id, error)
                self._leaving.wait(RETRY_S)

    def is_told_to_end(self) -> bool:
        """Whether this process was told to end, too; waits a moment for it to hear of it."""
        return self._draining.wait(TOLD_WITHIN_S)

    def must_drop(self) -> bool:
        """Whether the jobs in hand are to be left at once, as they are."""
        return self._leaving.is_set() or self._heart.is_lost

    # The worker as a whole

    def _drop(self) -> None:
        """Be rid of all jobs, as others may take them any moment."""
        self._runner.pause()
        self._wait_until_idle(LEAVE_S)

    def _take_up(self) -> None:
        """Begin again with what was dropped, unless others have it by now."""
        self._runner.recover([self.id])
        if not self._draining.is_set():
            self._runner.resume()

    def _wait_until_idle(self, timeout_s: float) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: not self._active, timeout_s)
