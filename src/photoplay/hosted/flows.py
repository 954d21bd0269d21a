"""Follows the flows of a dialect: sends their calls, waits as they ask, and tries again."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol, TypeVar

from photoplay.dialects.provider import Call, Flow, Wait
from photoplay.engine import Run
from photoplay.errors import ProviderBusy, ProviderUnavailable
from photoplay.hosted.timing import Timing
from photoplay.hosted.wire import Wire

T = TypeVar("T")


class Errand(Run, Protocol):
    """The surroundings of a purchase: those of a render, and a database that may be away."""

    def persist(self, call: Callable[[], T], /) -> T:
        """Have the database or the store do something, even if it is away for a while."""


class Follower:
    """Follows flows until `deadline_s` of the monotonic clock."""

    def __init__(self, wire: Wire, errand: Errand, timing: Timing, deadline_s: float) -> None:
        self._wire = wire
        self._errand = errand
        self._timing = timing
        self._deadline_s = deadline_s

    @property
    def is_late(self) -> bool:
        """Whether the time is up."""
        return time.monotonic() > self._deadline_s

    def follow(self, flow: Flow[T]) -> T:
        """What one flow comes to. Raises what the dialect and the wire raise."""
        try:
            step = next(flow)
            while True:
                if isinstance(step, Call):
                    step = flow.send(self._wire.send(step))
                else:
                    self._pause(step)
                    step = next(flow)
        except StopIteration as end:
            result: T = end.value
            return result

    def follow_patiently(self, make: Callable[[], Flow[T]]) -> T:
        """What a flow comes to, begun anew while the provider is busy or away.

        Raises what else the dialect raises, and these two once the time is up.
        """
        tries = 0
        while True:
            began_s = time.monotonic()
            try:
                return self.follow(make())
            except (ProviderBusy, ProviderUnavailable) as error:
                if self.is_late:
                    raise
                if time.monotonic() - began_s > self._timing.last_gap_s:
                    tries = 0  # it went well for a while
                tries += 1
                self.rest(self._timing.gap_s(tries, getattr(error, "retry_after_s", None)))

    def rest(self, seconds: float) -> None:
        """Wait, but not beyond the deadline. Raises Cancelled, as the errand does."""
        until_s = min(time.monotonic() + seconds, self._deadline_s)
        while True:
            self._errand.check_cancelled()
            left_s = until_s - time.monotonic()
            if left_s <= 0:
                return
            time.sleep(min(left_s, self._timing.look_s))

    def _pause(self, wait: Wait) -> None:
        if self.is_late:
            raise ProviderUnavailable(
                "the clip was not finished in time",
                rule="a clip is waited for as long as provider_timeout_s says",
                fix="Nothing is lost: see photoplay submissions",
            )
        self._errand.progress(wait.fraction or 0.0, wait.message)
        self.rest(wait.seconds)
