"""How long the driver waits for what; tests wait less."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Seconds of patience with a provider."""

    connect_timeout_s: float = 10.0
    submit_timeout_s: float = 120.0  # a slow accept must not look like none
    download_timeout_s: float = 900.0
    grace_s: float = 30.0  # after a paid call whose reply was lost, until a look finds it for sure
    unclear_s: float = 60.0  # then, for a webhook to say what came of it
    first_gap_s: float = 1.0  # between two tries, doubled up to the next
    last_gap_s: float = 30.0
    cancel_s: float = 20.0  # for a clip to end after it was cancelled
    look_s: float = 0.2  # how often it is looked whether to stop
    fetch_tries: int = 6  # of the download of a finished clip

    def gap_s(self, tries: int, said_s: float | None = None) -> float:
        """How long to wait after failed try number `tries` (from 1)."""
        own = min(self.first_gap_s * 2.0 ** min(tries - 1, 30), self.last_gap_s)
        return own if said_s is None else max(said_s, self.look_s)
