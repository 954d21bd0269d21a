"""The paid call: sent by one, once; and what to do when its reply is lost."""

from __future__ import annotations

import time
from functools import partial

from photoplay.dialects.fal import with_media
from photoplay.dialects.provider import Call, Flow, Inline, Loc, MediaFile, Order, Ticket
from photoplay.errors import (
    Cancelled,
    InvalidRequest,
    OutcomeUnclear,
    ProviderBusy,
    ProviderError,
    ProviderUnavailable,
    ProviderUnreachable,
)
from photoplay.hosted.deal import Deal
from photoplay.hosted.purchase import Purchase
from photoplay.ledger.submissions import State, Submission


class Sender:
    """Takes one submission from INTENT to ACCEPTED, or to where it is known that it will not be."""

    def __init__(self, deal: Deal) -> None:
        self._deal = deal
        self._follower = deal.follower()

    def send(self, row: Submission, purchase: Purchase) -> None:
        """Upload what it needs and make the paid call, if no one else does.

        Raises what proves that nothing was accepted; the submission has failed then.
        """
        try:
            call = self._deal.dialect.submit(self._order(row, purchase))
            made = self._make(row, call)
        except Cancelled as error:
            if self._deal.is_own:
                self._deal.withdraw(row, error)
            raise
        except (ProviderError, InvalidRequest) as error:
            if self._deal.withdraw(row, error):
                raise
            return  # someone else has sent it meanwhile: what comes of that is what counts
        if made is None:
            return
        sent, ticket = made
        if ticket is None:
            self._settle(sent, time.time(), hears=purchase.webhook_url is not None)
        else:
            self._accept(sent, ticket)

    def find_out(self, row: Submission, *, hears: bool) -> None:
        """Learn what became of a call that another process has sent, or is sending now.

        `hears`: a webhook may bring word.
        """
        over_at = (row.sent_at or time.time()) + self._deal.timing.submit_timeout_s
        self._settle(row, over_at, hears=hears)

    def _order(self, row: Submission, purchase: Purchase) -> Order:
        handles: dict[Loc, str | Inline] = {}
        for loc, file in purchase.files.items():
            self._deal.errand.progress(0.0, f"sending {'.'.join(map(str, loc[1:]))}")
            handles[loc] = self._follower.follow_patiently(partial(self._upload, file))
        return Order(
            key=row.id,
            endpoint=purchase.endpoint,
            values=with_media(purchase.values, handles),
            files=purchase.files,
            webhook_url=purchase.webhook_url,
        )

    def _upload(self, file: MediaFile) -> Flow[str | Inline]:
        return self._deal.dialect.upload(file)

    def _rest(self, tries: int, error: ProviderError) -> None:
        deal = self._deal
        deal.errand.progress(0.0, f"{deal.dialect.provider} takes no more for now; waiting")
        self._follower.rest(deal.timing.gap_s(tries, getattr(error, "retry_after_s", None)))

    def _accept(self, row: Submission, ticket: Ticket) -> None:
        self._deal.keep(lambda books: books.accept(row.id, ticket.provider_id, ticket.data))

    def _make(self, row: Submission, call: Call) -> tuple[Submission, Ticket | None] | None:
        """Make the paid call: the row as it was sent, and the ticket if the reply gives one.

        None: someone else has made it, or ended the submission. Raises what proves that nothing
        was accepted; by the books nothing is sent then.
        """
        deal, tries = self._deal, 0
        while True:
            deal.errand.check_cancelled()
            sent = deal.keep(lambda books: books.claim(row.id, deal.wire.account))
            if sent is None:
                return None
            try:
                return sent, deal.dialect.accepted(deal.wire.send(call, paid=True))
            except (ProviderUnreachable, ProviderBusy) as error:
                self._take_back(sent)
                if self._follower.is_late:
                    raise
                tries += 1
                self._rest(tries, error)
            except (OutcomeUnclear, ProviderUnavailable):
                return sent, None
            except (ProviderError, InvalidRequest):
                self._take_back(sent)
                raise

    def _take_back(self, sent: Submission) -> None:
        self._deal.keep(lambda books: books.unclaim(sent))

    # Where the reply is not known

    def _settle(self, row: Submission, over_at: float, *, hears: bool) -> None:
        """Learn whether it was accepted, or park it.

        `over_at` is when the call is over for sure, by the clock of this machine: until then
        another process may still be making it. `hears`: a webhook may bring word.
        """
        timing = self._deal.timing
        # Another account does not see the order, which would look as if it had not been accepted.
        is_mine = row.account == self._deal.wire.account
        can_ask = is_mine and self._deal.dialect.find(row.id) is not None
        until = over_at + (timing.grace_s if can_ask else timing.unclear_s if hears else 0.0)
        self._follower = self._deal.follower(least_s=until - time.time())
        try:
            if can_ask:
                self._look_for(row, until)
            else:
                self._wait_for_word(row, until)
        except Cancelled:
            if self._deal.is_own:  # others may still learn what came of it
                self._park(row)
            raise

    def _look_for(self, row: Submission, sure_at: float) -> None:
        """Ask the provider for our key. What is not there from `sure_at` on was not accepted."""
        tries = 0
        while self._is_open(row):
            is_sure = time.time() >= sure_at
            flow = self._deal.dialect.find(row.id)
            assert flow is not None
            try:
                ticket = self._follower.follow(flow)
            except (ProviderBusy, ProviderUnavailable):
                if self._follower.is_late:
                    self._park(row)
            except ProviderError:  # it refuses to say
                self._park(row)
            else:
                if ticket is not None:
                    self._accept(row, ticket)
                elif is_sure:
                    self._take_back(row)
            tries += 1
            self._follower.rest(self._deal.timing.gap_s(tries))

    def _wait_for_word(self, row: Submission, until: float) -> None:
        """Wait for a webhook, or for the process that makes the call; then leave it to a person."""
        provider = self._deal.dialect.provider
        self._deal.errand.progress(0.0, f"{provider} did not say whether it accepted; waiting")
        while self._is_open(row):
            left_s = until - time.time()
            if left_s <= 0:
                self._park(row)
            else:
                self._follower.rest(min(self._deal.timing.look_s, left_s))

    def _is_open(self, row: Submission) -> bool:
        """Whether the call of `row` is still the one that nobody knows the outcome of."""
        now = self._deal.look(row.id)
        return now.state is State.SENT and now.sent_at == row.sent_at

    def _park(self, row: Submission) -> None:
        self._deal.keep(lambda books: books.park(row.id, unclear(row)))


def unclear(row: Submission) -> OutcomeUnclear:
    """What a parked submission is about."""
    return OutcomeUnclear(
        f"{row.provider} did not say whether it accepted submission {row.id}",
        rule="a paid request whose outcome is not known is not sent again, and its money stays "
        "reserved",
        fix=f"Look at {row.provider}'s own list of requests, then use photoplay submissions "
        f"settle {row.id[:8]}",
    )
