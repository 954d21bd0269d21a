"""Child processes of tests: a log of what they say, a wait until they serve, a full stop."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]

_FIRST_PORT, _PORTS, _SIDES = 20_000, 1_000, 12
_MARK = "RIG_ID"  # inherited by all that a process starts, also by what leaves its session


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nothing listens on, and that no one is given by chance.

    A server may start on it much later: so it lies below the ports that systems give to whoever
    asks for any, and test processes that run side by side choose from hundreds of their own.
    """
    side = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % _SIDES
    first = _FIRST_PORT + side * _PORTS
    for port in random.SystemRandom().sample(range(first, first + _PORTS), _PORTS):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError(f"no port from {first} on is free")


def wait_until(
    holds: Callable[[], bool], what: str, *, within_s: float = 30, every_s: float = 0.02
) -> None:
    """Return as soon as `holds`. Raises AssertionError naming `what` after `within_s`."""
    deadline_s = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline_s, f"{what}: not within {within_s} s"
        time.sleep(every_s)


class Child:
    """A process in a session of its own, with everything that it starts.

    What it says goes to `log`. `popen` takes more of `subprocess.Popen`'s arguments.
    """

    def __init__(
        self,
        command: Sequence[str | Path],
        log: Path,
        *,
        env: Mapping[str, str] | None = None,
        **popen: Any,
    ) -> None:
        self.command = [str(word) for word in command]
        self.log = log
        self._mark = uuid.uuid4().hex
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                self.command,
                env=dict(os.environ if env is None else env) | {_MARK: self._mark},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **popen,
            )

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.poll() is None

    def said(self) -> str:
        """Everything it and its children have said."""
        return self.log.read_text("utf-8", "replace")

    def wait_until(self, holds: Callable[[], bool], what: str, *, within_s: float = 30) -> None:
        """Return as soon as `holds`. Raises AssertionError with its log if it ends before."""

        def holds_or_ended() -> bool:
            assert self.is_running, f"{self.command} ended before {what}:\n{self.said()}"
            return holds()

        try:
            wait_until(holds_or_ended, what, within_s=within_s)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.said()}") from None

    def family(self) -> list[psutil.Process]:
        """It and all it has started that still runs, in whatever session; zombies are no more."""
        return [process for process in psutil.process_iter() if self._is_ours(process)]

    def _is_ours(self, process: psutil.Process) -> bool:
        try:
            if process.status() == psutil.STATUS_ZOMBIE:
                return False
            return bool(process.environ().get(_MARK) == self._mark)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            return False

    def send(self, number: signal.Signals) -> None:
        """Send it, alone, that signal."""
        self._process.send_signal(number)

    def stop(self, number: signal.Signals = signal.SIGTERM, *, within_s: float = 30) -> int:
        """Ask it to end and return its exit code. Raises AssertionError if it must be killed."""
        if self.is_running:
            self._process.send_signal(number)
        try:
            return self._process.wait(within_s)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(
                f"{self.command} did not end within {within_s} s:\n{self.said()}"
            ) from None

    def kill(self) -> None:
        """End it and all it has started, at once and without asking."""
        for process in self.family():
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue
        self._process.wait()
