"""The database: one SQLite file for one server process, or PostgreSQL for any number.

`Database` opens it, brings its tables up to date, and hands out connections; what is in the tables
is the business of those who ask. Writers take turns on SQLite: a transaction holds the write lock
from its first moment, so what it reads stays true until it commits. On PostgreSQL a transaction
sees what was committed before each statement, and locks the rows that its decision hangs on.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, func, select, text
from sqlalchemy.dialects import postgresql, sqlite

from photoplay.database import connect, schema
from photoplay.database.tables import secret

__all__ = ["Connection", "Database"]

_CLOCK = text("SELECT CAST(extract(epoch FROM clock_timestamp()) AS double precision)")


class Database:
    """An open database, to be shared by all threads of a process.

    Its contexts raise DatabaseUnavailable when it does not answer, is locked for long, or is full.
    """

    def __init__(self, writer: Engine, reader: Engine) -> None:
        self._writer = writer
        self._reader = reader
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    @classmethod
    def open(cls, url: str) -> Database:
        """Connect to `sqlite:///path` or `postgresql://…`, making or migrating the tables.

        Raises SettingInvalid if the URL names nothing that can serve, among it a file that is no
        database, is read-only, or was made by a newer version; DatabaseUnavailable if the server
        does not answer.
        """
        place = connect.read_url(url)
        with connect.refusals_explained(place):
            writer, reader = connect.engines(place)
            try:
                schema.migrate(writer, place)
            except BaseException:
                writer.dispose()
                raise
        return cls(writer, reader)

    @property
    def is_sqlite(self) -> bool:
        """Whether it is one file, for one server process."""
        return self._writer.dialect.name == "sqlite"

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction that writes: committed at the end of the block, undone if it raises."""
        with connect.outages_named(), self._writer.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that only reads, and waits for no writer."""
        with connect.outages_named(), self._reader.connect() as connection:
            yield connection

    def now(self, connection: Connection) -> float:
        """Seconds since 1970 by the clock that all processes on this database share."""
        if connection.dialect.name == "sqlite":  # one server process; its own clock is finer
            return time.time()
        return float(connection.execute(_CLOCK).scalar_one())

    @contextmanager
    def try_lock(self, name: str) -> Iterator[bool]:
        """Whether this block has the lock `name` to itself among all processes; never waits."""
        if self.is_sqlite:
            lock = self._locks[name]
            got = lock.acquire(blocking=False)
            try:
                yield got
            finally:
                if got:
                    lock.release()
            return
        with self.begin() as connection:  # its end releases the lock, also if the process dies
            key = func.hashtextextended(f"photoplay:{name}", 0)
            yield bool(connection.scalar(select(func.pg_try_advisory_xact_lock(key))))

    def secret(self, name: str, make: Callable[[], bytes]) -> bytes:
        """The secret `name` of this installation; the first to ask has it made by `make`."""
        find = select(secret.c.value).where(secret.c.name == name)
        with self.read() as connection:
            found = connection.scalar(find)
        if found is not None:
            return bytes(found)
        insert = sqlite.insert if self.is_sqlite else postgresql.insert
        with self.begin() as connection:
            row = {"name": name, "value": make(), "created_at": self.now(connection)}
            connection.execute(insert(secret).values(row).on_conflict_do_nothing())
            return bytes(connection.scalars(find).one())

    def close(self) -> None:
        """Close all connections."""
        self._reader.dispose()
        self._writer.dispose()
