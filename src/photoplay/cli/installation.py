"""What `photoplay serve` and `photoplay worker` both open: the services, and a worker on them."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from photoplay.cli.terminal import Stopped

if TYPE_CHECKING:
    from photoplay.config import Settings
    from photoplay.server.services import Services


@contextmanager
def opened(settings: Settings) -> Iterator[Services]:
    """The parts of an installation during the block, with logs as the settings say."""
    from photoplay.server import logs
    from photoplay.server.services import open_services

    logs.configure(settings)
    with closing(open_services(settings)) as services:
        yield services


@contextmanager
def working(services: Services, *, drain_s: float = 0) -> Iterator[None]:
    """A worker during the block.

    At its end running renders get `drain_s` to end, but after Ctrl-C nothing. What does not end is
    rendered anew, by the next start or by another worker.
    """
    from photoplay.jobs.worker import Worker
    from photoplay.webhooks import Deliveries

    with closing(Deliveries(services.database, services.settings)) as deliveries:
        worker = Worker(
            services.settings,
            services.database,
            jobs=services.jobs,
            queue=services.queue,
            store=services.store,
            catalogue=services.catalogue,
            deliveries=deliveries,
            office=services.office,
        )
        worker.start()
        try:
            yield
        except Stopped as stopped:
            if stopped.exit_code == 128 + signal.SIGINT:
                drain_s = 0
            raise
        finally:
            worker.stop(drain_s)
