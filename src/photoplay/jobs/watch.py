"""What is said by the renders of a worker, and to them: progress, log lines, and when to stop.

One thread does it for all of them, so that a database that is slow or away never holds up a render,
nor the stop of one.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from photoplay.errors import DatabaseUnavailable
from photoplay.jobs.store import Jobs

LOOK_S = 0.1  # how often it is looked whether a job was cancelled
REPORT_GAP_S = 0.25  # at most four writes a second and job

log = logging.getLogger(__name__)


class Watched:
    """A running job: what it says is kept until it is written."""

    def __init__(self, job_id: str) -> None:
        self.job_id = job_id
        self.is_cancelled = threading.Event()
        self._progress: tuple[float, str] | None = None
        self._lines: deque[tuple[str, str]] = deque()
        self._reported_s = float("-inf")
        self._tenths = 0
        self._writing = threading.Lock()

    def progress(self, fraction: float, text: str) -> None:
        """How far it is now, from 0 to 1, and what it does.

        Each tenth is also a line of the log: that is all the progress that the wire can show.
        """
        self._progress = (fraction, text)
        tenths = int(fraction * 10)
        if self._tenths < tenths < 10:
            self._tenths = tenths
            self.log(f"{tenths * 10} %: {text}")

    def log(self, message: str, level: str = "INFO") -> None:
        """A line for its log."""
        self._lines.append((message, level))

    def look(self, jobs: Jobs) -> None:
        """Write what it said, and see whether it is still wanted. Raises DatabaseUnavailable."""
        with self._writing:
            self._write_lines(jobs)
            progress, now_s = self._progress, time.monotonic()
            if progress is None or now_s - self._reported_s < REPORT_GAP_S:
                is_unwanted = jobs.cancel_requested(self.job_id)
            else:
                is_unwanted = jobs.report(self.job_id, *progress)
                self._reported_s = now_s
                if self._progress is progress:
                    self._progress = None
        if is_unwanted:
            self.is_cancelled.set()

    def write_lines(self, jobs: Jobs) -> None:
        """Write what it said and has not been written. Raises DatabaseUnavailable."""
        with self._writing:
            self._write_lines(jobs)

    def _write_lines(self, jobs: Jobs) -> None:
        while self._lines:
            jobs.log(self.job_id, *self._lines[0])
            self._lines.popleft()


class Watch:
    """Looks after the running jobs of a worker."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs
        self._watched: set[Watched] = set()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._look_on, name="watch", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._stopping.set()
        self._thread.join()

    @contextmanager
    def over(self, job_id: str) -> Iterator[Watched]:
        """Look after a job during the block."""
        watched = Watched(job_id)
        self._watched.add(watched)
        try:
            yield watched
        finally:
            self._watched.discard(watched)

    def _look_on(self) -> None:
        while not self._stopping.wait(LOOK_S):
            for each in list(self._watched):
                try:
                    each.look(self._jobs)
                except DatabaseUnavailable:
                    log.warning("job %s could not be looked after for now", each.job_id)
                except Exception:
                    log.exception("job %s could not be looked after for now", each.job_id)
