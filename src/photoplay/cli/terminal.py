"""What the user sees: progress and notes on standard error, results on standard output."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from photoplay.errors import PhotoplayError

if TYPE_CHECKING:
    from rich.progress import Progress


class Stopped(BaseException):
    """A signal asked this process to end. Like KeyboardInterrupt, it passes every `except`."""

    def __init__(self, signal_number: int) -> None:
        super().__init__(signal_number)
        self.exit_code = 128 + signal_number  # as shells count


def say(text: str) -> None:
    """One line on standard error."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201


def answer(text: str) -> None:
    """A result on standard output."""
    print(text, flush=True)  # noqa: T201


def answer_json(document: object) -> None:
    """A result as one JSON document on standard output."""
    answer(json.dumps(document, indent=2))


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
    """Turn the first Ctrl-C or SIGTERM into Stopped, so that everything cleans up after itself.

    Later ones are ignored: a second Ctrl-C must not interrupt the cleaning up.
    """
    caught = [signal.SIGINT, signal.SIGTERM]

    def stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        for each in caught:
            signal.signal(each, signal.SIG_IGN)
        raise Stopped(number)

    for each in caught:
        signal.signal(each, stop)


class Bar:
    """A progress bar. `update` may be called from any thread, a hundred times a second."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("starting", total=1.0)

    def update(self, fraction: float, message: str) -> None:
        """Show how far the render is (0–1) and what it is doing."""
        self._progress.update(self._task, completed=fraction, description=message)


@contextmanager
def progress_bar(title: str) -> Iterator[Bar | None]:
    """A bar on standard error while the block runs; where that is no terminal, one plain line."""
    if not sys.stderr.isatty():
        say(title)
        yield None
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
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        yield Bar(progress)
