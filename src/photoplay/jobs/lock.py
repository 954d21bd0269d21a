"""Locks that one process of this machine holds, and loses only by ending."""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import socket
from contextlib import suppress
from itertools import count
from pathlib import Path

from photoplay.config import Settings
from photoplay.errors import SettingInvalid


class FileLock:
    """A file that this process holds until `release` or its end, however it ends."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @classmethod
    def take(cls, path: Path) -> FileLock | None:
        """The lock, or None if another process has it. Raises SettingInvalid if it cannot be."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # Not passed on to children, which could outlive this process and hold it.
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise _unwritable(path, error) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        except OSError as error:
            os.close(descriptor)
            raise _unwritable(path, error) from error
        return cls(descriptor)

    def release(self) -> None:
        """Let others have it."""
        os.close(self._descriptor)


def lock_installation(settings: Settings) -> FileLock | None:
    """Make sure that this is the only server process of an installation on SQLite.

    None on PostgreSQL, where any number may run. Raises SettingInvalid.
    """
    if not settings.is_sqlite:
        return None
    path = Path(f"{_sqlite_file(settings)}.lock")
    lock = FileLock.take(path)
    if lock is None:
        raise SettingInvalid(
            f"another Photoplay process serves {_sqlite_file(settings)}",
            rule="an installation on SQLite has one server process, with its worker in it",
            fix="Stop that process, or set PHOTOPLAY_DATABASE to a PostgreSQL URL for all of them",
        )
    return lock


def _sqlite_file(settings: Settings) -> Path:
    return Path(settings.database_url.removeprefix("sqlite:///"))


def take_worker_id(settings: Settings) -> tuple[str, FileLock]:
    """An id for this worker process, and the lock that makes it the only one with it.

    It is `host:slot`. A process that starts after another one has ended gets its id again, and
    with it what that one was doing. Raises SettingInvalid.
    """
    folder = settings.data / "workers"
    for slot in count():
        lock = FileLock.take(folder / f"{slot}.lock")
        if lock is not None:
            return f"{_host(folder)}:{slot}", lock
    raise AssertionError("there is always a next slot")


def _host(folder: Path) -> str:
    """The machine's name. Machines that are called alike differ in what is kept in `folder`."""
    path = folder / "machine"
    if not path.exists():
        mine = folder / f".machine-{os.getpid()}"
        mine.write_text(secrets.token_hex(4))
        with suppress(FileExistsError):  # another process was faster
            path.hardlink_to(mine)
        mine.unlink()
    name = re.sub(r"[^A-Za-z0-9.-]", "-", socket.gethostname())[:100]
    return f"{name}-{path.read_text()}"


def _unwritable(path: Path, error: OSError) -> SettingInvalid:
    return SettingInvalid(
        f"the lock file {path} cannot be had: {error.strerror or error}",
        rule="locks are kept in the data folder, which must be writable and able to lock files",
        fix="Set PHOTOPLAY_DATA to a folder of yours on a local disk",
    )
