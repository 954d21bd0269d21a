"""What the user sees: progress and notes on standard error, results on standard output."""

from __future__ import annotations

import json
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from photoplay.errors import PhotoplayError

if TYPE_CHECKING:
    from rich.progress import Progress


Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead.")]


class Stopped(BaseException):
    """A signal asked this process to end. Like KeyboardInterrupt, it passes every `except`."""

    def __init__(self, signal_number: int) -> None:
        super().__init__(signal_number)
        self.exit_code = 128 + signal_number  # as shells count


def say(text: str) -> None:
    """One line on standard error, if anyone is left to read it: a closed terminal is no failure."""
    with suppress(OSError):
        print(text, file=sys.stderr, flush=True)  # noqa: T201


def answer(text: str) -> None:
    """A result on standard output."""
    print(text, flush=True)  # noqa: T201


def answer_json(document: object) -> None:
    """A result as one JSON document on standard output."""
    answer(json.dumps(document, indent=2))


def printable(text: str) -> str:
    """What a stranger wrote, on one line, and without what would move the terminal's cursor."""
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text)


def error_document(error: PhotoplayError) -> dict[str, object]:
    """What `--json` prints instead of a result."""
    return {
        "error": {
            "type": error.fal_type,
            "name": type(error).__name__,
            "message": str(error),
            "given": error.given,
            "rule": error.rule,
            "fix": error.fix,
            "exit_code": error.exit_code,
        }
    }


def survive_any_text() -> None:
    """Paths and prompts may hold what the terminal's encoding lacks: escape it, do not crash."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def end_on_signals() -> None:
    """Turn the first Ctrl-C, SIGTERM or SIGHUP into Stopped, so that everything cleans up.

    Later ones are ignored: a second Ctrl-C must not interrupt the cleaning up. So is what the
    caller had ignored: under nohup a render outlives its terminal.
    """
    known = [signal.SIGINT, signal.SIGTERM]
    if hasattr(signal, "SIGHUP"):  # not on Windows
        known.append(signal.SIGHUP)
    caught = [each for each in known if signal.getsignal(each) is not signal.SIG_IGN]

    def stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        for each in caught:
            signal.signal(each, signal.SIG_IGN)
        raise Stopped(number)

    with _held(caught):
        # The first search for the temporary folder tries it with a file, which a Stopped raised
        # in the midst of it would leave there. The answer is kept for all later ones.
        with suppress(OSError):  # said where a folder is needed
            tempfile.gettempdir()
        for each in caught:
            signal.signal(each, stop)


@contextmanager
def _held(signals: list[signal.Signals]) -> Iterator[None]:
    """Signals that come during the block are taken after it, where the system can do so."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


# Which file, if any, each output named before the work.
_before: dict[Path, tuple[int, int] | None] = {}


def expect_output(path: Path) -> bool:
    """Remember what is at `path` before it is written; tells whether anything is."""
    _before[path] = _file_id(path)
    return _before[path] is not None


def outputs_written() -> list[Path]:
    """The expected outputs that name another file by now: each was renamed into its place."""
    return [path for path, before in _before.items() if _file_id(path) not in {before, None}]


def _file_id(path: Path) -> tuple[int, int] | None:
    with suppress(OSError):  # told where it is written
        found = path.stat()
        return found.st_dev, found.st_ino
    return None


class Bar:
    """A progress bar. `update` may be called from any thread, a hundred times a second."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("starting", total=1.0)

    def update(self, fraction: float, message: str) -> None:
        """Show how far the render is (0–1) and what it is doing."""
        self._progress.update(self._task, completed=fraction, description=message)


class Announcement:
    """One line in the place of a bar.

    It comes with the first step that is done: what is refused at once was never begun.
    """

    def __init__(self, title: str) -> None:
        self._title = title
        self._is_said = False

    def update(self, fraction: float, message: str) -> None:  # noqa: ARG002  as of a bar
        """Say the title, once anything is done."""
        if fraction > 0 and not self._is_said:
            self._is_said = True
            say(self._title)


@contextmanager
def progress_bar(title: str, *, at_once: bool = False) -> Iterator[Bar | Announcement]:
    """A bar on standard error while the block runs; where that is no terminal, one plain line.

    The line comes with the first step that is done, or `at_once` where one may be long in coming.
    """
    if not sys.stderr.isatty():
        line = Announcement(title)
        if at_once:
            line.update(1.0, "")
        yield line
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description:<20}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(compact=True, elapsed_when_finished=True),
    )
    progress = Progress(*columns, console=Console(stderr=True), transient=True)
    progress.start()
    try:
        yield Bar(progress)
    finally:
        with suppress(OSError):  # the terminal was closed: that is not what went wrong
            progress.stop()
