"""Locks by name, for tasks of one event loop; a name that nobody holds costs nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary


class NamedLocks:
    """One lock per name. Who waits first gets it first."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[Hashable, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def hold(self, name: Hashable) -> AsyncIterator[None]:
        """Have the lock of that name during the block."""
        lock = self._locks.setdefault(name, asyncio.Lock())
        async with lock:
            yield
