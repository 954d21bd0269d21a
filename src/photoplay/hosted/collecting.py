"""From an accepted submission to its clip: watched, downloaded, looked into, kept."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from photoplay.dialects.provider import Call, Flow, Output, Ticket
from photoplay.errors import (
    Cancelled,
    ContentRefused,
    InvalidRequest,
    PhotoplayError,
    ProviderBusy,
    ProviderFailed,
    ProviderUnavailable,
    RenderTimedOut,
)
from photoplay.hosted.deal import Deal
from photoplay.hosted.flows import Errand, Follower, T
from photoplay.hosted.wire import Downloaded
from photoplay.ledger.submissions import State, Submission
from photoplay.media import probe


class Collector:
    """Takes one submission from ACCEPTED to its end."""

    def __init__(self, deal: Deal) -> None:
        self._deal = deal

    def collect(self, row: Submission) -> None:
        """Wait for the clip, bring it, and close the books on it.

        Raises ContentRefused or ProviderFailed if there will be none: the submission has failed
        then. It stays ACCEPTED, and can be collected later, when this raises RenderTimedOut,
        ProviderUnavailable, or Cancelled before the provider has said what came of that.
        """
        ticket = Ticket(provider_id=row.provider_id or "", data=row.ticket or {})
        try:
            self._finish(row, ticket, self._deal.follower())
        except Cancelled:
            if self._deal.is_own and not self._has_ended(row):
                self._call_off(row, ticket)
            raise

    def _finish(self, row: Submission, ticket: Ticket, follower: Follower) -> None:
        tries = 0
        while True:
            output = self._watch(row, ticket, follower)
            self._deal.errand.progress(1.0, "fetching the clip")
            try:
                clip = self._fetch(output)
                break
            except ProviderUnavailable as error:
                tries += 1
                if tries >= self._deal.timing.fetch_tries or follower.is_late:
                    raise _not_fetched(row, error) from error
                # A fresh look may give a fresh address: they expire.
                follower.rest(self._deal.timing.gap_s(tries))
        asset_name = self._deal.errand.persist(lambda: self._deal.shelf.keep(clip))
        self._deal.keep(
            lambda books: books.done(
                row.id,
                asset_name=asset_name,
                sha256=clip.sha256,
                charged_usd=output.charged_usd,
                seed=output.seed,
            )
        )

    def _watch(self, row: Submission, ticket: Ticket, follower: Follower) -> Output:
        try:
            return follower.follow_patiently(lambda: self._deal.dialect.watch(ticket))
        except (ProviderBusy, ProviderUnavailable) as error:
            raise _too_late(row, self._deal.timeout_s) from error
        except (ContentRefused, ProviderFailed) as error:
            self._deal.fail(row, error)
            raise
        except Cancelled as error:
            if not self._is_cancelled_here():
                self._deal.fail(row, error)  # it was stopped at the provider
            raise

    def _fetch(self, output: Output) -> Downloaded:
        clip = self._deal.wire.download(output.download, self._deal.into, said_bytes=output.bytes)
        try:
            probe(clip.path)
        except InvalidRequest as error:
            raise ProviderUnavailable(
                f"what {self._deal.dialect.provider} sent is no film: {error.given}",
                rule="a clip is looked into before it counts as here",
                fix="Nothing is paid again for another try",
            ) from error
        return clip

    def _call_off(self, row: Submission, ticket: Ticket) -> None:
        """Ask the provider to stop, and wait a little for what comes of it.

        A clip that was made all the same is kept: it is paid, and serves the next who asks for it.
        """
        deal = self._deal
        stubborn = Collector(replace(deal, errand=_Deaf(deal.errand)))
        deadline_s = time.monotonic() + deal.timing.cancel_s
        follower = Follower(deal.wire, _Deaf(deal.errand), deal.timing, deadline_s)
        call = deal.dialect.cancel(ticket)
        try:
            if call is not None:
                follower.follow(_only(call))
                stubborn._finish(row, ticket, follower)
        except PhotoplayError:
            if not self._has_ended(row):
                deal.errand.log(
                    f"{deal.dialect.provider} has not said that it stopped: if it makes the clip "
                    "it is charged, and fetched later."
                )
        if self._deal.look(row.id).state is State.DONE:
            deal.errand.log(
                f"{deal.dialect.provider} had made the clip before it could be stopped; it is "
                "kept, and the same request will cost nothing."
            )

    def _is_cancelled_here(self) -> bool:
        try:
            self._deal.errand.check_cancelled()
        except Cancelled:
            return True
        return False

    def _has_ended(self, row: Submission) -> bool:
        return self._deal.look(row.id).state.has_ended


class _Deaf:
    """An errand that does not hear that it was cancelled."""

    def __init__(self, errand: Errand) -> None:
        self.scratch = errand.scratch
        self.progress = errand.progress
        self.log = errand.log
        self._errand = errand

    def persist(self, call: Callable[[], T], /) -> T:
        return self._errand.persist(call)

    def check_cancelled(self) -> None:
        with suppress(Cancelled):
            self._errand.check_cancelled()


def _only(call: Call) -> Flow[None]:
    yield call


def _too_late(row: Submission, timeout_s: float) -> RenderTimedOut:
    return RenderTimedOut(
        f"{row.provider} was not done with submission {row.id} after {timeout_s:g} s",
        rule="a clip is waited for as long as the setting provider_timeout_s says",
        fix=f"Nothing is lost: photoplay submissions fetch {row.id[:8]} gets it once it is done",
    )


def _not_fetched(row: Submission, error: ProviderUnavailable) -> ProviderUnavailable:
    return ProviderUnavailable(
        f"the clip of submission {row.id} is made and could not be fetched: {error.given}",
        rule="it stays in the books until it is here",
        fix=f"Try photoplay submissions fetch {row.id[:8]}",
    )
