"""What all that happens to one purchase needs."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from photoplay.dialects.provider import Dialect
from photoplay.errors import Cancelled, PhotoplayError, ProviderFailed
from photoplay.hosted.flows import Errand, Follower
from photoplay.hosted.timing import Timing
from photoplay.hosted.wire import Downloaded, Wire
from photoplay.ledger.submissions import Submission, Submissions

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Where bought clips are kept."""

    keep: Callable[[Downloaded], str]  # gives the name of the asset
    is_kept: Callable[[str], bool]  # whether the asset of that name is still there


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """One purchase under way, with one provider, in one process.

    `is_own`: it was begun for this very purchase, so that cancelling means to cancel it. `into` is
    a folder for files.
    """

    dialect: Dialect
    wire: Wire
    books: Submissions
    shelf: Shelf
    errand: Errand
    into: Path
    timing: Timing
    timeout_s: float
    is_own: bool

    def follower(self, *, least_s: float = 0.0) -> Follower:
        """What follows the dialect's flows, until the time of this deal is up."""
        deadline_s = time.monotonic() + max(self.timeout_s, least_s)
        return Follower(self.wire, self.errand, self.timing, deadline_s)

    def keep(self, change: Callable[[Submissions], T]) -> T:
        """Change the books, or look at them, even if the database is away for a while."""
        return self.errand.persist(lambda: change(self.books))

    def look(self, submission_id: str) -> Submission:
        """How a submission stands now."""
        return self.keep(lambda books: books.get(submission_id))

    def fail(self, row: Submission, error: PhotoplayError) -> None:
        """End the submission without a clip. What was held is let go, but for what was charged."""
        charged_usd = error.charged_usd if isinstance(error, ProviderFailed) else None
        self.keep(
            lambda books: books.fail(
                row.id, error, charged_usd=charged_usd, cancelled=isinstance(error, Cancelled)
            )
        )

    def withdraw(self, row: Submission, error: PhotoplayError) -> bool:
        """End it unless it was sent: somebody else may have done that, and then it goes on."""
        is_cancelled = isinstance(error, Cancelled)
        return self.keep(
            lambda books: books.fail(row.id, error, cancelled=is_cancelled, unsent=True)
        )
