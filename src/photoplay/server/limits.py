"""How often a key may submit: so many times in any minute, counted over all server processes."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from weakref import WeakValueDictionary

from photoplay.errors import TooManyRequests
from photoplay.jobs.store import Jobs

WINDOW_S = 60.0


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left to a key in this minute; `frees_in_s` until there is more."""

    limit: int
    used: int
    frees_in_s: float

    def headers(self, *, taken: int = 0) -> dict[str, str]:
        """What tells the caller; `taken` submits have been made since it was read."""
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(max(0, self.limit - self.used - taken)),
            "X-RateLimit-Reset": str(math.ceil(self.frees_in_s)),
        }

    def check(self) -> None:
        """Raise TooManyRequests if nothing is left."""
        if self.used >= self.limit:
            raise TooManyRequests(
                f"{self.used} requests were submitted within a minute",
                rule=f"a key may submit {self.limit} a minute",
                fix=f"Wait {math.ceil(self.frees_in_s)} s",
                retry_after_s=self.frees_in_s,
            )


class SubmitLimit:
    """Reads the allowance of keys; `turn` keeps it exact within this process."""

    def __init__(self, jobs: Jobs, per_minute: int) -> None:
        self._jobs = jobs
        self._per_minute = per_minute
        self._guard = threading.Lock()
        self._turns: WeakValueDictionary[str, threading.Lock] = WeakValueDictionary()

    def read(self, key_id: str) -> Allowance:
        """The allowance of a key as it is now."""
        used, oldest_at = self._jobs.submits_lately(key_id, WINDOW_S)
        frees_in_s = min(max(oldest_at + WINDOW_S - time.time(), 1.0), WINDOW_S)
        return Allowance(self._per_minute, used, frees_in_s)

    @contextmanager
    def turn(self, key_id: str) -> Iterator[Allowance]:
        """Have the key's allowance for oneself while a job is made. Raises TooManyRequests."""
        with self._guard:
            lock = self._turns.setdefault(key_id, threading.Lock())
        with lock:
            allowance = self.read(key_id)
            allowance.check()
            yield allowance
