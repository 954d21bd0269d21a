"""The durable queue between those who submit and those who render. The only importer of DBOS.

An admitted job becomes a workflow of the same id in the queue of its engine. `JobQueue` hands jobs
in, from any process; a `Runner` takes them out, in a worker. DBOS keeps its tables in a file beside
ours on SQLite, in a schema of its own on PostgreSQL. What is used of it beyond its public interface
is said where it is used, and held to by tests/integration/test_dbos_contract.py.
"""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from dbos import DBOS, DBOSClient, DBOSConfig, EnqueueOptions, Queue, WorkflowSerializationFormat
from sqlalchemy import exc, make_url

from photoplay.config import Settings
from photoplay.errors import DatabaseUnavailable
from photoplay.jobs.job import Job, Json

APPLICATION = "photoplay"
WORKFLOW = "job"
# What is enqueued under one version is run by workers of the same version only. A workflow that is
# run anew from its first step is right under any version of ours, so this never changes.
VERSION = "jobs-1"
POLL_S = 0.05  # how often a worker looks for work; on average half of it passes before a start
SPARE_THREADS = 16  # of the library, beside those that wait for renders
CONNECTIONS = 10  # of it, kept open; none is held while a render runs
LISTED_AT_ONCE = 500

_PENDING = "PENDING"  # taken by a worker
_LIVE = [_PENDING, "ENQUEUED", "DELAYED"]
_ENDED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]

log = logging.getLogger(__name__)


def open_queue(settings: Settings) -> JobQueue:
    """The queue of an installation, its tables made or brought up to date.

    Raises DatabaseUnavailable.
    """
    _quiet()
    url = _system_url(settings)
    with _outages_named():
        DBOS.migrate(url)
        client = DBOSClient(
            system_database_url=url, application_name=APPLICATION, retry_connection_errors=False
        )
    return JobQueue(client, url)


class JobQueue:
    """Where admitted jobs wait for a worker. For all threads of any process.

    Its methods raise DatabaseUnavailable.
    """

    def __init__(self, client: DBOSClient, system_url: str) -> None:
        self._client = client
        self.system_url = system_url

    def enqueue(self, job: Job) -> None:
        """Hand in an admitted job. Doing so twice, or again after it ran, is doing so once."""
        options: EnqueueOptions = {
            "workflow_name": WORKFLOW,
            "queue_name": job.engine,
            "workflow_id": job.id,
            "priority": job.priority,
            "app_version": VERSION,
            "serialization_type": WorkflowSerializationFormat.PORTABLE,  # not Python's pickles
        }
        with _outages_named():
            self._client.enqueue(options, job.id)

    def held(self) -> dict[str, list[str]]:
        """Ids of the jobs that workers have taken, by worker id."""
        found: dict[str, list[str]] = {}
        with _outages_named():
            for each in self._client.list_workflows(
                status=_PENDING, load_input=False, load_output=False
            ):
                found.setdefault(each.executor_id or "", []).append(each.workflow_id)
        return found

    def lost(self, job_ids: Iterable[str]) -> tuple[set[str], set[str]]:
        """Those of some jobs that were never handed in, and those whose workflow has ended."""
        wanted = list(job_ids)
        never, ended = set(wanted), set[str]()
        for start in range(0, len(wanted), LISTED_AT_ONCE):
            with _outages_named():
                found = self._client.list_workflows(
                    workflow_ids=wanted[start : start + LISTED_AT_ONCE],
                    load_input=False,
                    load_output=False,
                )
            never.difference_update(each.workflow_id for each in found)
            ended.update(each.workflow_id for each in found if each.status not in _LIVE)
        return never, ended

    def forget(self, job_id: str) -> None:
        """Delete a job's workflow, so that it can be handed in again."""
        with _outages_named():
            self._client.delete_workflow(job_id)

    def forget_ended(self, before: float) -> int:
        """Delete the workflows that ended before that time; how many."""
        moment = datetime.fromtimestamp(before, UTC).isoformat()
        forgotten = 0
        while True:
            with _outages_named():
                found = self._client.list_workflows(
                    status=_ENDED,
                    completed_before=moment,
                    limit=LISTED_AT_ONCE,
                    load_input=False,
                    load_output=False,
                )
                self._client.delete_workflows([each.workflow_id for each in found])
            forgotten += len(found)
            if len(found) < LISTED_AT_ONCE:
                return forgotten

    def close(self) -> None:
        """Close its connections."""
        self._client.destroy()


class Tasks(Protocol):
    """What a worker does with a job, in two steps; what the first returns is kept.

    After a crash between the two, the second is done with what was kept. If one raises an
    Exception, the workflow has ended; anything else, such as Abandoned, leaves it to recovery.
    """

    def in_hand(self) -> AbstractContextManager[None]:
        """Surrounds both."""

    def produce(self, job_id: str) -> Json:
        """The first."""

    def finish(self, job_id: str, made: Json) -> None:
        """The second."""


class Abandoned(BaseException):
    """A job is left as it is by this process, for itself later or for another to take up."""


class Runner:
    """Takes jobs out of the queues of some engines, and does `tasks` with each on a thread.

    There is one in a process at most: DBOS is a singleton.
    """

    def __init__(
        self, queue: JobQueue, settings: Settings, worker_id: str, at_once: Mapping[str, int]
    ) -> None:
        """`at_once`: how many jobs of each engine are taken at the same time."""
        self._queue = queue
        self._settings = settings
        self._worker_id = worker_id
        self._at_once = dict(at_once)
        self._queues: list[Queue] = []

    def start(self, tasks: Tasks) -> None:
        """Take up what this worker id held before, and begin to take jobs.

        Not to be called on the thread of an event loop. Raises DatabaseUnavailable.
        """
        config: DBOSConfig = {
            "name": APPLICATION,
            "system_database_url": self._queue.system_url,
            "application_version": VERSION,
            "executor_id": self._worker_id,
            "max_executor_threads": sum(self._at_once.values()) + SPARE_THREADS,
            "sys_db_pool_size": CONNECTIONS,
            "log_level": "WARNING",
            "scheduler_polling_interval_sec": 3600.0,  # nothing is scheduled
            "notification_listener_polling_interval_sec": 0.2,  # its end is waited for
        }
        try:
            with _outages_named():
                self._launch(DBOS(config=config), tasks)
        except BaseException:
            self.stop()
            raise

    def _launch(self, dbos: DBOS, tasks: Tasks) -> None:
        # Ours counts the attempts, and says in the job what became of it.
        @DBOS.workflow(name=WORKFLOW, max_recovery_attempts=None)
        def run_job(job_id: str) -> None:
            with tasks.in_hand():
                made = DBOS.run_step({"name": "produce"}, tasks.produce, job_id)
                tasks.finish(job_id, made)

        # Queues of the public kind have their limits in the database, one for all workers, and are
        # read from there at each look. These, as the library makes them for itself, are known to
        # this process only, with its own number of slots.
        self._queues = [
            dbos._registry._register_internal_queue(
                engine,
                worker_concurrency=at_once,
                global_concurrency=self._settings.engine_limits.get(engine),
                polling_interval_sec=POLL_S,
            )
            for engine, at_once in self._at_once.items()
        ]
        DBOS.launch()

    def pause(self) -> None:
        """Take no more jobs."""
        for queue in self._queues:
            queue._worker_concurrency = 0

    def resume(self) -> None:
        """Take jobs again."""
        for queue, at_once in zip(self._queues, self._at_once.values(), strict=True):
            queue._worker_concurrency = at_once

    def recover(self, worker_ids: list[str]) -> None:
        """Put back into their queues what workers hold that no longer live.

        A job that another one has taken up meanwhile stays there.
        """
        DBOS._recover_pending_workflows(worker_ids)

    def stop(self) -> None:
        """End all of the library's threads in this process. What runs is left as it is."""
        DBOS.destroy(destroy_registry=True)


def _system_url(settings: Settings) -> str:
    if not settings.is_sqlite:
        return settings.database_url
    ours = Path(str(make_url(settings.database_url).database))
    path = ours.with_name(f"{ours.stem}-queue{ours.suffix}")
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    os.close(descriptor)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")  # kept in the file
    return f"sqlite:///{path}"


@contextmanager
def _outages_named() -> Iterator[None]:
    try:
        yield
    except (exc.OperationalError, exc.InterfaceError, exc.TimeoutError, sqlite3.Error) as error:
        reason = " ".join(str(getattr(error, "orig", None) or error).split())
        raise DatabaseUnavailable(
            f"the database of the queue refused: {reason}",
            rule="it must answer, have room, and not be locked by another program",
            fix="Start it, free some space or end the program that holds it, then try again",
        ) from error


def _quiet() -> None:
    """Have the library speak through our logging, and only when something is wrong.

    It makes a console handler of its own unless there is one.
    """
    logger: Any = logging.getLogger("dbos")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    logger.setLevel(logging.WARNING)
    logger.propagate = True
