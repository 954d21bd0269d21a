"""Photoplay as it is installed: its commands as child processes, on data of their own."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx

from tests.rigs import fast_engine
from tests.rigs.processes import Child, free_port, wait_until

PHOTOPLAY = Path(sys.executable).with_name("photoplay")
_TESTERS_OWN = ("PHOTOPLAY_", "FAL_", "XDG_DATA_HOME")  # variables that must not count here


@dataclass(frozen=True)
class Installation:
    """One installation: its data, settings and keys, and the commands that run on them.

    `home` is a folder of its own. Settings are those of `photoplay.config`; every process of the
    installation has them in its environment.
    """

    home: Path
    port: int
    env: dict[str, str]

    @classmethod
    def make(
        cls, home: Path, *, routes: Mapping[str, str] | None = None, **given: Any
    ) -> Installation:
        """A new installation in `home` with these settings, on a free port.

        The fast engine of the tests is installed beside the built-in one, and gets everything that
        `routes` does not send elsewhere.
        """
        home.mkdir(parents=True)
        # Folders of tests have long names, and a socket's path must be short.
        scratch = Path(tempfile.mkdtemp(prefix="photoplay-"))
        atexit.register(shutil.rmtree, scratch, ignore_errors=True)
        env = {name: text for name, text in os.environ.items() if not name.startswith(_TESTERS_OWN)}
        env |= {"TMPDIR": str(scratch), **fast_engine.install(home / "packages")}
        port = free_port()
        given = {"data": home / "data", "port": port, "log_format": "json"} | given
        given["routes"] = {**(routes or {}), "*": fast_engine.NAME}
        env |= {f"PHOTOPLAY_{name.upper()}": _spelled(value) for name, value in given.items()}
        return cls(home, port, env)

    def new_key(self, name: str = "test", *, concurrency: int | None = None) -> str:
        """A new key as callers send it, with the rights to run and to upload."""
        limit = [] if concurrency is None else ["--concurrency", str(concurrency)]
        return str(json.loads(self.run("keys", "create", name, *limit, "--json"))["key"])

    def run(self, *arguments: str) -> str:
        """Run one command to its end and return what it prints."""
        done = subprocess.run(
            [PHOTOPLAY, *arguments],
            env=self.env,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, f"photoplay {arguments}: {done.stdout}\n{done.stderr}"
        return done.stdout

    def start(self, *arguments: str, log: str = "log") -> Child:
        """Start one command that does not end by itself."""
        return Child([PHOTOPLAY, *arguments], self.home / log, env=self.env, cwd=self.home)

    @contextmanager
    def serving(self, *options: str) -> Iterator[Server]:
        """`photoplay serve` with these options while it is ready for callers."""
        url = f"{'https' if '--tls' in options else 'http'}://127.0.0.1:{self.port}"
        with self._running("serve", *options) as child:
            server = Server(self, child, url)
            child.wait_until(server.is_ready, "the server is ready")
            yield server

    @contextmanager
    def working(self, name: str = "worker") -> Iterator[Child]:
        """`photoplay worker` while it takes jobs. `name` tells several apart."""
        with self._running("worker", log=name) as child:
            child.wait_until(lambda: "takes jobs" in child.said(), "the worker takes jobs")
            yield child

    @contextmanager
    def _running(self, *arguments: str, log: str = "log") -> Iterator[Child]:
        """It is asked to stop at the end; then nothing of it may be left."""
        child = self.start(*arguments, log=log)
        try:
            yield child
            child.stop()
            wait_until(lambda: not child.family(), f"all of {arguments} has ended", within_s=5)
        finally:
            child.kill()

    def left_behind(self) -> list[Path]:
        """Temporary files and folders that are still there."""
        return list(Path(self.env["TMPDIR"]).iterdir())


@dataclass(frozen=True)
class Server:
    """A running `photoplay serve`."""

    installation: Installation
    child: Child
    url: str

    @cached_property
    def key(self) -> str:
        """A key for callers; not the one that the first start makes."""
        return self.installation.new_key()

    def troubles(self) -> str:
        """What it has logged beyond the ordinary."""
        lines = self.child.said().splitlines()
        return "\n".join(line for line in lines if '"level": "info"' not in line)

    def is_ready(self) -> bool:
        """Whether it says that it is ready."""
        try:
            return httpx.get(f"{self.url}/readyz", verify=False).status_code == 200
        except httpx.TransportError:
            return False


def _spelled(value: object) -> str:
    return json.dumps(value) if isinstance(value, dict | bool) else str(value)
