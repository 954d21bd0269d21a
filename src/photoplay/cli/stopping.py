"""Signals as a request that is looked for, for commands with threads and libraries at work.

`end_on_signals` raises `Stopped` wherever the main thread happens to be. That suits a render; in
the start of a server, code that is no one's business may swallow it, and the server would run on.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from photoplay.cli.terminal import Stopped

_LOOK_S = 0.1


class StopRequest:
    """Whether Ctrl-C, SIGTERM or SIGHUP has come."""

    def __init__(self) -> None:
        self._number: int | None = None

    def check(self) -> None:
        """Raise Stopped if one has."""
        if self._number is not None:
            raise Stopped(self._number)

    def wait(self, ended: threading.Event) -> None:
        """Wait for `ended`. Raises Stopped as soon as one has come."""
        while not ended.wait(_LOOK_S):
            self.check()
        self.check()

    def note(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        """Take a signal; another Ctrl-C does not wait for anything."""
        if self._number is not None and number == signal.SIGINT:
            os._exit(128 + number)
        # Nothing but this: an Event has a lock, which the interrupted code may hold.
        self._number = self._number or number


@contextmanager
def stop_requests() -> Iterator[StopRequest]:
    """Note signals during the block, but for those that the caller has ignored."""
    known = [signal.SIGINT, signal.SIGTERM]
    if hasattr(signal, "SIGHUP"):  # not on Windows
        known.append(signal.SIGHUP)
    request = StopRequest()
    caught = [each for each in known if signal.getsignal(each) is not signal.SIG_IGN]
    before = {each: signal.signal(each, request.note) for each in caught}
    try:
        yield request
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
