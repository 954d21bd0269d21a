"""What a server stands on: the parts below it, opened once for a process."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass

from photoplay import webhooks
from photoplay.assets.store import AssetStore, open_store
from photoplay.catalogue import Catalogue
from photoplay.catalogue import load as load_catalogue
from photoplay.config import Settings
from photoplay.database import Database
from photoplay.engine import DEFAULT_ENGINE, Engine, engine_names, load_engine
from photoplay.errors import DatabaseUnavailable, SettingInvalid
from photoplay.hosted import engine as hosted_engine
from photoplay.hosted.office import Office
from photoplay.jobs.job import Job, JobState
from photoplay.jobs.queue import JobQueue, open_queue
from photoplay.jobs.store import CancelKind, Jobs
from photoplay.keys import Keys
from photoplay.moderation import Policy, open_policy
from photoplay.quotes import built_in, route_line
from photoplay.server import logs


@dataclass(frozen=True, kw_only=True)
class Services:
    """The parts a server asks. For all threads; `close` them when the last answer is out."""

    settings: Settings
    database: Database
    keys: Keys
    jobs: Jobs
    queue: JobQueue
    store: AssetStore
    catalogue: Catalogue
    moderation: Policy
    signer: webhooks.Signer
    engines: Mapping[str, Engine]  # those that requests may be routed to
    office: Office

    def route_line(self, job: Job) -> str:
        """Who makes the clip of a job and for how much: "built-in / free", "fal / $1.34"."""
        if job.engine not in hosted_engine.NAMES:
            return route_line(built_in())
        endpoint = self.catalogue.find(job.endpoint)
        return route_line(self.office.quote(job.engine, endpoint, job.body or {}))

    def hand_over(self, jobs: Iterable[Job]) -> None:
        """Put those of some jobs that are admitted into the queue of their engine.

        What cannot be handed over now stays admitted: the sweeper does it a moment later.
        """
        for job in jobs:
            if job.state is not JobState.ADMITTED:
                continue
            try:
                self.queue.enqueue(job)
            except DatabaseUnavailable:
                logs.note("a job could not be queued yet", failed=True, request_id=job.id)

    def cancel(self, job_id: str) -> CancelKind:
        """Stop a job, or ask for it, and let in what that makes room for."""
        answer = self.jobs.cancel(job_id)
        self.hand_over(answer.admitted)
        return answer.kind

    def close(self) -> None:
        """Close the queue, the lines to providers and the database."""
        self.queue.close()
        self.office.close()
        self.database.close()


def open_services(settings: Settings) -> Services:
    """Open all of them. Raises SettingInvalid, DatabaseUnavailable."""
    with ExitStack() as undo:
        database = Database.open(settings.database_url)
        undo.callback(database.close)
        queue = open_queue(settings)
        undo.callback(queue.close)
        store = open_store(settings, database)
        office = Office(settings, database, store)
        undo.callback(office.close)
        services = Services(
            settings=settings,
            database=database,
            keys=Keys(database),
            jobs=Jobs(database, settings, webhooks.body),
            queue=queue,
            store=store,
            catalogue=load_catalogue(),
            moderation=open_policy(settings),
            signer=webhooks.Signer(database),
            engines=_engines(settings),
            office=office,
        )
        undo.pop_all()
    return services


def _engines(settings: Settings) -> dict[str, Engine]:
    """Loaded now: to find one among the installed packages takes longer than an answer may."""
    installed = engine_names()
    for pattern, name in settings.routes.items():
        if name not in installed:
            raise SettingInvalid(
                f"{pattern} is routed to {name!r}, which is not installed",
                rule=f"an engine is one of {', '.join(installed)}",
                fix="Correct PHOTOPLAY_ROUTES, or install the package that brings it",
            )
    return {name: load_engine(name) for name in {DEFAULT_ENGINE, *settings.routes.values()}}
