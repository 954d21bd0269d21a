"""Where blocking work runs: the event loop never waits for a database, a disk or a parser."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ParamSpec, TypeVar

from anyio import CapacityLimiter, to_thread

P = ParamSpec("P")
T = TypeVar("T")


class Threads:
    """Three pools, so that writers who wait for one another never hold up a status poll."""

    def __init__(self) -> None:
        self._readers = CapacityLimiter(8)
        self._writers = CapacityLimiter(8)
        self._disk = CapacityLimiter(16)

    async def read(self, function: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
        """Run what only reads the database."""
        return await to_thread.run_sync(partial(function, *args, **named), limiter=self._readers)

    async def write(self, function: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
        """Run what changes the database."""
        return await to_thread.run_sync(partial(function, *args, **named), limiter=self._writers)

    async def disk(self, function: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
        """Run what moves the bytes of media."""
        return await to_thread.run_sync(partial(function, *args, **named), limiter=self._disk)
