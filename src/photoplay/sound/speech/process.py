"""The other end of `helper.py`: a process that is asked, answers, is timed and ended."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import numpy as np

from photoplay.errors import RenderFailed, RenderTimedOut
from photoplay.sound.signals import Mono

HELPER = Path(__file__).with_name("helper.py")
FORKS = hasattr(os, "fork")
LAST_CHARS = 200  # of what a helper wrote on stderr, for the error
END_S = 1.0  # how long it may take to end by itself


@dataclass(frozen=True, slots=True, eq=False)
class Spoken:
    """A helper's answer: float32 mono at `rate_hz`, ±1, and (character, time in s) of words."""

    rate_hz: int
    samples: Mono
    marks: tuple[tuple[int, float], ...]
    phonemes: str = ""


@dataclass(slots=True, eq=False)
class Helper:
    """One helper process: started when it is first asked, and again after it has died.

    Threads may share it; they are answered one after the other.
    """

    name: str  # of the library, for messages
    arguments: Sequence[str]
    switches: Sequence[str]  # of the interpreter
    timeout_s: float
    _process: subprocess.Popen[bytes] | None = None
    _log: IO[bytes] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, request: Mapping[str, object]) -> Spoken:
        """The answer to `request`.

        Raises RenderTimedOut after `timeout_s`, RenderFailed where the helper dies or refuses.
        Neither leaves a process behind.
        """
        with self._lock:
            process = self._process or self._start()
            slow = threading.Event()
            timer = threading.Timer(self.timeout_s, _kill, (process, slow))
            timer.start()
            try:
                answer = _exchange(process, request)
            except (OSError, ValueError) as error:
                raise self._death(process, slow) from error
            finally:
                timer.cancel()
                if not FORKS:
                    self._end()
        return self._spoken(*answer)

    def close(self) -> None:
        """End the process, if there is one."""
        with self._lock:
            self._end()

    def _start(self) -> subprocess.Popen[bytes]:
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the process)
        self._process = subprocess.Popen(
            [sys.executable, *self.switches, str(HELPER), *self.arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
        )
        return self._process

    def _end(self) -> None:
        process, log = self._process, self._log
        self._process = self._log = None
        if process is not None:
            _stop(process)
        if log is not None:
            log.close()

    def _death(self, process: subprocess.Popen[bytes], slow: threading.Event) -> RenderFailed:
        """What to raise now that the process does not answer; it is ended."""
        process.kill()
        code = process.wait()
        said = _tail(self._log)
        self._end()
        if slow.is_set():
            return RenderTimedOut(
                f"{self.name} had not spoken a line after {self.timeout_s:g} s",
                rule="a line of speech is made in that time",
                fix="Shorten the line, or choose another voice",
            )
        return RenderFailed(
            f"the process of {self.name} ended with exit code {code}{said}",
            rule="it must live until it has spoken every line",
            fix="Reword the line, or choose another voice",
        )

    def _spoken(self, header: Mapping[str, Any], pcm: bytes) -> Spoken:
        if "error" in header:
            raise RenderFailed(
                f"{self.name} did not speak the line: {header['error']}",
                rule="every line must be spoken",
                fix="Reword the line, or choose another voice",
            )
        samples = np.frombuffer(pcm, dtype="<i2").astype(np.float32) / np.float32(32768)
        marks = tuple((int(at), time_ms / 1000) for at, time_ms in header["marks"])
        return Spoken(header["rate_hz"], samples, marks, header["phonemes"])


def _exchange(
    process: subprocess.Popen[bytes], request: Mapping[str, object]
) -> tuple[Mapping[str, Any], bytes]:
    """Send a request, take header and sound. Raises OSError or ValueError where they break off."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(request).encode() + b"\n")
    process.stdin.flush()
    header = json.loads(process.stdout.readline())
    size = 2 * header.get("samples", 0)
    pcm = process.stdout.read(size)
    if len(pcm) < size:
        raise OSError("the sound breaks off")
    return header, pcm


def _kill(process: subprocess.Popen[bytes], slow: threading.Event) -> None:
    slow.set()
    process.kill()


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the process by the end of its input, or by force, and let go of its pipes."""
    for pipe in (process.stdin, process.stdout):
        with contextlib.suppress(OSError):  # unsent bytes of a dead process
            if pipe is not None:
                pipe.close()
    try:
        process.wait(END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _tail(log: IO[bytes] | None) -> str:
    """The last line that was written to `log`, as the end of a sentence."""
    if log is None:
        return ""
    log.seek(0)
    lines = log.read().decode("utf-8", "replace").split("\n")
    said = next((line.strip() for line in reversed(lines) if line.strip()), "")
    return f" ({said[-LAST_CHARS:]})" if said else ""
