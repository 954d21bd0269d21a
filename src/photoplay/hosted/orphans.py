"""Purchases that nobody works on any more: their process died, or their caller gave up.

What was accepted is paid, so its clip is fetched all the same: the next who asks for it has it for
nothing. What was sent and never answered is looked for or parked; what was never sent lets its
money go.
"""

from __future__ import annotations

import logging
import threading

from photoplay.errors import PhotoplayError
from photoplay.hosted.local import LocalErrand
from photoplay.hosted.office import Office
from photoplay.render import local_run

IDLE_S = 300.0  # since its last step; a living process takes the next one sooner
PATIENCE_S = 20.0  # with one of them, each time

log = logging.getLogger(__name__)


class Orphans:
    """Looks after them, on a thread of its own."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._thread: threading.Thread | None = None

    def look_after(self) -> None:
        """Begin to look after all there are now, unless that is still being done."""
        if self._thread is not None and self._thread.is_alive():
            return
        if not self._office.books.orphans(IDLE_S):
            return
        self._thread = threading.Thread(target=self.look_after_now, name="orphans", daemon=True)
        self._thread.start()

    def look_after_now(self) -> None:
        """Take each of them one step further. Expected failures are logged."""
        for row in self._office.books.orphans(IDLE_S):
            try:
                with local_run() as run:
                    done = self._office.advance(
                        row, LocalErrand(run), run.scratch, timeout_s=PATIENCE_S
                    )
            except PhotoplayError as error:
                log.info("submission %s waits: %s", row.id, error)
            else:
                log.info("submission %s is %s", row.id, done.state)
