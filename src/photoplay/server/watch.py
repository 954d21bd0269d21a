"""Waiting for something to change in the database, for many callers at the price of one loop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, TypeVar

from photoplay.server.threads import Threads

_INTERVAL_S = 0.1  # between two looks
_REST = 4  # looking takes at most one part in five of a thread, however many wait

T = TypeVar("T")
Look = Callable[[], Any]  # None: nothing yet


class Watch:
    """Looks for everyone who waits in one turn of one thread."""

    def __init__(self, threads: Threads) -> None:
        self._threads = threads
        self._waiting: dict[asyncio.Future[Any], Look] = {}
        self._turning: asyncio.Task[None] | None = None

    async def next(self, look: Callable[[], T | None]) -> T:
        """What `look` finds, once it finds something. It runs in a thread; its errors rise."""
        found = await self._threads.read(look)
        if found is not None:
            return found
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting[future] = look
        if self._turning is None or self._turning.done():
            self._turning = asyncio.create_task(self._turn())
        try:
            return await future
        finally:
            self._waiting.pop(future, None)

    async def close(self) -> None:
        """Stop looking. Who still waits is cancelled."""
        for future in list(self._waiting):
            future.cancel()
        if self._turning is not None:
            self._turning.cancel()
            with suppress(asyncio.CancelledError):
                await self._turning

    async def _turn(self) -> None:
        while self._waiting:
            began = time.monotonic()
            waiting = list(self._waiting.items())
            looked = await self._threads.read(_look_all, [look for _, look in waiting])
            for (future, _), found in zip(waiting, looked, strict=True):
                if found is None or future.done():  # or gone since
                    continue
                if isinstance(found, Exception):
                    future.set_exception(found)
                else:
                    future.set_result(found)
            await asyncio.sleep(max(_INTERVAL_S, _REST * (time.monotonic() - began)))


def _look_all(looks: Iterable[Look]) -> list[Any]:
    return [_look(look) for look in looks]


def _look(look: Look) -> Any:  # what it finds, or its error
    try:
        return look()
    except Exception as error:
        return error
