"""Which workers live: each says so every two seconds, by the clock of the database.

A worker that could not say so for seven seconds takes itself for lost and drops what it does. Only
four seconds later do others take it for dead: so no job is worked on in two places.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from photoplay.database import Database
from photoplay.database.tables import worker
from photoplay.errors import DatabaseUnavailable

BEAT_S = 2.0
QUIET_BEAT_S = 5.0  # on SQLite, where nothing hangs on it and every beat is a write
LOST_AFTER_S = 7.0
DEAD_AFTER_S = 11.0  # later by what it takes to stop a render that resists

log = logging.getLogger(__name__)


class Heart:
    """A worker's sign of life.

    When it could not be given for too long, `drop` is called before the next one, and `take_up`
    after it. Both run on the heart's own thread.
    """

    def __init__(
        self,
        database: Database,
        worker_id: str,
        slots: int,
        *,
        drop: Callable[[], None],
        take_up: Callable[[], None],
    ) -> None:
        self._database = database
        self._worker_id = worker_id
        self._slots = slots
        self._drop = drop
        self._take_up = take_up
        self._beaten_s = time.monotonic()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._beat_on, name="heart", daemon=True)

    def start(self) -> None:
        """Begin to beat; the first one is done when this returns. Raises DatabaseUnavailable."""
        self._beat(first=True)
        self._thread.start()

    @property
    def is_lost(self) -> bool:
        """Whether others may soon take this worker for dead. Never on SQLite: it is alone there."""
        if self._database.is_sqlite:
            return False
        return time.monotonic() - self._beaten_s > LOST_AFTER_S

    def stop(self) -> None:
        """Stop beating, and tell the others that they need not wait."""
        self._stopping.set()
        self._thread.join()
        try:
            with self._database.begin() as connection:
                connection.execute(delete(worker).where(worker.c.id == self._worker_id))
        except DatabaseUnavailable as error:
            log.warning("the end of worker %s could not be noted: %s", self._worker_id, error)

    def _beat_on(self) -> None:
        every_s = QUIET_BEAT_S if self._database.is_sqlite else BEAT_S
        while not self._stopping.wait(every_s):
            try:
                self._beat_once()
            except DatabaseUnavailable as error:
                log.warning("worker %s could not say that it lives: %s", self._worker_id, error)
            except Exception:
                log.exception("worker %s could not say that it lives", self._worker_id)

    def _beat_once(self) -> None:
        was_lost = self.is_lost
        if was_lost:
            self._drop()
        self._beat()
        if was_lost:
            log.warning("worker %s was lost, and goes on", self._worker_id)
            self._take_up()

    def _beat(self, *, first: bool = False) -> None:
        # Counted from before the question: the answer may take long.
        now_s = time.monotonic()
        with self._database.begin() as connection:
            now = self._database.now(connection)
            values = {"beat_at": now, "slots": self._slots}
            if first:
                values["started_at"] = now
            own = update(worker).where(worker.c.id == self._worker_id)
            if not connection.execute(own.values(values)).rowcount:
                insert = sqlite.insert if self._database.is_sqlite else postgresql.insert
                row = {"id": self._worker_id, "started_at": now, **values}
                connection.execute(insert(worker).values(row).on_conflict_do_nothing())
        self._beaten_s = now_s


def living(database: Database) -> set[str]:
    """Ids of the workers that live."""
    within_s = 2 * QUIET_BEAT_S if database.is_sqlite else DEAD_AFTER_S
    with database.read() as connection:
        since = database.now(connection) - within_s
        return set(connection.scalars(select(worker.c.id).where(worker.c.beat_at > since)))


def forget_dead(database: Database, before: float) -> None:
    """Delete what is known of workers that have not beaten since that time."""
    with database.begin() as connection:
        connection.execute(delete(worker).where(worker.c.beat_at < before))
