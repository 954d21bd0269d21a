"""How connections are made, and what their refusals mean: the part that knows the two databases."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, exc, make_url

from photoplay.errors import DatabaseUnavailable, SettingInvalid

_LOCK_WAIT_S = 30  # for another writer, or a free connection, before giving up
_CONNECT_WAIT_S = 10  # for a PostgreSQL server to answer
# A connection each for the threads of a server and of the worker in it.
_SQLITE_READERS = 32
_POSTGRES_CONNECTIONS = 10  # kept per process; twice as many more under load
_SETTING = "PHOTOPLAY_DATABASE"
_INSUFFICIENT_PRIVILEGE = "42501"  # PostgreSQL's code


@dataclass(frozen=True, slots=True)
class Place:
    """Where the database is. `str()` says so without a password."""

    url: URL

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file."""
        return self.url.get_backend_name() == "sqlite"

    def __str__(self) -> str:
        if self.is_sqlite:
            return str(self.url.database)
        return self.url.set(drivername="postgresql").render_as_string(hide_password=True)


def read_url(text: str) -> Place:
    """The place that a URL names. Raises SettingInvalid, which never repeats the URL's password."""
    try:
        url = make_url(text)
        backend = url.get_backend_name()
    except (exc.ArgumentError, ValueError) as error:
        raise _url_refused("the database URL cannot be read") from error
    if backend in {"postgres", "postgresql"}:
        return Place(url.set(drivername="postgresql+psycopg"))
    if backend != "sqlite":
        raise _url_refused(f"the database URL starts with {backend}:")
    if not url.database or url.database.startswith((":memory:", "file:")):
        raise _url_refused("the database URL names no file")
    return Place(url.set(drivername="sqlite"))


def _url_refused(given: str) -> SettingInvalid:
    return SettingInvalid(
        given,
        rule="it is sqlite:///path/to/file or postgresql://user:password@host/name",
        fix=f"Correct {_SETTING}",
    )


def engines(place: Place) -> tuple[Engine, Engine]:
    """One engine whose transactions write, and one for reading; on PostgreSQL they share a pool."""
    if place.is_sqlite:
        _make_file(place)
        # A pool of one makes the writers of this process queue up. The database's own way to wait
        # is to sleep and try again, which starves some of them.
        writer = _sqlite_engine(place, "BEGIN IMMEDIATE", pool_size=1)
        return writer, _sqlite_engine(place, "BEGIN", pool_size=_SQLITE_READERS)
    engine = create_engine(
        place.url,
        pool_size=_POSTGRES_CONNECTIONS,
        max_overflow=2 * _POSTGRES_CONNECTIONS,
        pool_timeout=_LOCK_WAIT_S,
        pool_pre_ping=True,  # the server may have been restarted
        connect_args={"connect_timeout": _CONNECT_WAIT_S, "application_name": "photoplay"},
    )
    return engine, engine.execution_options(isolation_level="AUTOCOMMIT")


def _make_file(place: Place) -> None:
    """Make the file for its owner alone: it holds the installation's secrets."""
    path = Path(str(place.url.database))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise _file_refused(f"{path} cannot be opened: {error.strerror or error}") from error


def _file_refused(given: str) -> SettingInvalid:
    return SettingInvalid(
        f"the database file {given}",
        rule="it must be a file that can be read and written, in a folder that can be, too",
        fix=f"Set PHOTOPLAY_DATA to a folder of yours, or correct {_SETTING}",
    )


def _sqlite_engine(place: Place, begin: str, *, pool_size: int) -> Engine:
    engine = create_engine(
        place.url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=_LOCK_WAIT_S,
        # The driver begins no transactions by itself: it would do so late, and without the lock.
        connect_args={"timeout": _LOCK_WAIT_S, "isolation_level": None},
    )
    reads_only = begin == "BEGIN"

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, record: object) -> None:  # noqa: ARG001
        _use_write_ahead_log(connection, place)
        # What was answered has happened, also after a power cut.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA query_only = {'ON' if reads_only else 'OFF'}")

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _use_write_ahead_log(connection: sqlite3.Connection, place: Place) -> None:
    """Have readers and the writer not wait for one another; a lasting property of the file."""
    give_up_s = time.monotonic() + _LOCK_WAIT_S
    while True:
        try:
            (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
            break
        except sqlite3.OperationalError as error:
            # Several processes that find a new file do this together, and here SQLite does not wait
            # for the lock by itself.
            if "locked" not in str(error) or time.monotonic() > give_up_s:
                raise
            time.sleep(0.01)
    if mode != "wal":
        raise SettingInvalid(
            f"the database file {place} takes no write-ahead log",
            rule="the file must be on a local disk that allows shared memory",
            fix=f"Set PHOTOPLAY_DATA to a folder on a local disk, or correct {_SETTING}",
        )


@contextmanager
def refusals_explained(place: Place) -> Iterator[None]:
    """Turn what goes wrong while a database is opened into what to do about it."""
    with outages_named(f"the database {place}"):
        try:
            yield
        except exc.DatabaseError as error:
            refused = _refusal(place, error)
            if refused is None:
                raise
            raise refused from error


def _refusal(place: Place, error: exc.DatabaseError) -> SettingInvalid | None:
    """What to set up differently, if the error tells of that."""
    if getattr(error.orig, "sqlstate", None) == _INSUFFICIENT_PRIVILEGE:
        return SettingInvalid(
            f"the database {place} refused to make tables: {_one_line(error.orig)}",
            rule="its user must own the tables and may make new ones",
            fix="Grant that user CREATE on the schema",
        )
    said = str(error.orig)
    if place.is_sqlite and "readonly" in said:  # the folder: the file has been opened for writing
        return _file_refused(f"{place} is in a folder that is read-only")
    if place.is_sqlite and "not a database" in said:
        return SettingInvalid(
            f"the file {place} is not a database",
            rule="the database is a file of SQLite 3",
            fix=f"Move the file away, or correct {_SETTING}",
        )
    return None


@contextmanager
def outages_named(what: str = "the database") -> Iterator[None]:
    """Turn a database that does not answer, is locked or is full into DatabaseUnavailable."""
    try:
        yield
    except (exc.OperationalError, exc.InterfaceError, exc.TimeoutError) as error:
        raise DatabaseUnavailable(
            f"{what} refused: {_one_line(getattr(error, 'orig', None) or error)}",
            rule="it must answer, have room, and not be locked by another program",
            fix="Start it, free some space or end the program that holds it, then try again",
        ) from error


def _one_line(error: object) -> str:
    return " ".join(str(error).split())
