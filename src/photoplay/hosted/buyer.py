"""Buys a clip once, whatever breaks meanwhile.

The submission's row is the memory: `Buyer` looks where it stands, does the next thing, and looks
again. So it goes on where a process that died has stopped, and several that work on the same
submission do no harm: only one of them is let through to the paid call.
"""

from __future__ import annotations

import json
from pathlib import Path

from photoplay.dialects.provider import Dialect
from photoplay.error_values import from_value
from photoplay.errors import (
    Cancelled,
    ContentRefused,
    PhotoplayError,
    ProviderError,
    ProviderFailed,
)
from photoplay.hosted.collecting import Collector
from photoplay.hosted.deal import Deal, Shelf
from photoplay.hosted.flows import Errand
from photoplay.hosted.purchase import Purchase
from photoplay.hosted.sending import Sender, unclear
from photoplay.hosted.timing import Timing
from photoplay.hosted.wire import Wire
from photoplay.ledger.submissions import State, Submission, Submissions
from photoplay.quotes import dollars


class Buyer:
    """Buys from one provider. For all threads."""

    def __init__(
        self,
        dialect: Dialect,
        wire: Wire,
        books: Submissions,
        shelf: Shelf,
        *,
        timeout_s: float,
        timing: Timing = Timing(),  # noqa: B008 (frozen)
    ) -> None:
        self._dialect = dialect
        self._wire = wire
        self._books = books
        self._shelf = shelf
        self._timeout_s = timeout_s
        self._timing = timing

    def buy(self, purchase: Purchase, errand: Errand, into: Path) -> Submission:
        """The submission whose clip it is: bought now, or before. `into` is a folder for files.

        Raises ProviderError or RenderTimedOut if there will be no clip, or none yet; SpendRefused
        if it may not be bought; ContentRefused, Cancelled, DatabaseUnavailable. Whatever it raises,
        the books say how things stand.
        """
        while True:
            row = errand.persist(
                lambda: self._books.begin(
                    purchase.beginning, again=purchase.again, is_kept=self._shelf.is_kept
                )
            )
            is_own = row.id == purchase.id
            errand.log(f"{row.provider} / {_shown(row)}." if is_own else _shared(row))
            try:
                return self._see_through(row, purchase, self._deal(errand, into, is_own=is_own))
            except (ProviderError, ContentRefused, Cancelled):
                errand.check_cancelled()
                if is_own or not self._books.get(row.id).state.has_ended:
                    raise
                # That of another ended without a clip: this one is bought for itself.

    def advance(self, row: Submission, errand: Errand, into: Path) -> Submission:
        """Take a submission further without its request, whoever began it. Raises as `buy` does.

        What was accepted is fetched; of what was sent it is found out whether it was accepted; what
        was never sent is given up.
        """
        deal = self._deal(errand, into, is_own=False)
        match row.state:
            case State.INTENT:
                deal.withdraw(row, _never_sent(row))
            case State.SENT:
                Sender(deal).find_out(row, hears=False)
            case State.ACCEPTED:
                Collector(deal).collect(row)
        return deal.look(row.id)

    def _see_through(self, row: Submission, purchase: Purchase, deal: Deal) -> Submission:
        while True:
            match row.state:
                case State.INTENT:
                    Sender(deal).send(row, purchase)
                case State.SENT:
                    Sender(deal).find_out(row, hears=purchase.webhook_url is not None)
                case State.UNKNOWN:
                    raise unclear(row)
                case State.ACCEPTED:
                    Collector(deal).collect(row)
                case State.DONE:
                    return row
                case State.FAILED | State.CANCELLED:
                    raise why_ended(row)
            row = deal.look(row.id)

    def _deal(self, errand: Errand, into: Path, *, is_own: bool) -> Deal:
        return Deal(
            dialect=self._dialect,
            wire=self._wire,
            books=self._books,
            shelf=self._shelf,
            errand=errand,
            into=into,
            timing=self._timing,
            timeout_s=self._timeout_s,
            is_own=is_own,
        )


def _never_sent(row: Submission) -> ProviderFailed:
    return ProviderFailed(
        f"submission {row.id} was never sent to {row.provider}",
        rule="a purchase whose process ended before it was sent costs nothing",
        fix="Send the request again",
    )


def why_ended(row: Submission) -> PhotoplayError:
    """The error that a submission ended with."""
    return from_value(json.loads(row.error or "{}"))


def _shown(row: Submission) -> str:
    return dollars(row.quoted_usd) if row.quoted_usd else "free"


def _shared(row: Submission) -> str:
    if row.state is State.DONE:
        return f"{row.provider} / free: the same was bought before, as {row.id[:8]}."
    return f"{row.provider} / free: the same is being bought already, as {row.id[:8]}."
