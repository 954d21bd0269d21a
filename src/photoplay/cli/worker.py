"""`photoplay worker`: a process that renders for servers elsewhere."""

from __future__ import annotations

import os
import threading
from typing import Annotated

import typer

from photoplay.cli.installation import opened, working
from photoplay.cli.stopping import stop_requests
from photoplay.cli.terminal import Stopped, say
from photoplay.errors import SettingInvalid


def worker(
    slots: Annotated[
        int | None,
        typer.Option(help="Renders at the same time; half the cores unless set.", min=1),
    ] = None,
    drain: Annotated[
        float,
        typer.Option(
            help="Seconds that running renders get to end after SIGTERM; what does not end is "
            "rendered anew, here or elsewhere.",
            min=0,
        ),
    ] = 25,
    debug: Annotated[  # noqa: ARG001  read by `main`, where errors arrive
        bool, typer.Option("--debug", help="On an error, say where it comes from.")
    ] = False,
) -> None:
    """Render for servers on the same PostgreSQL database, until SIGTERM or Ctrl-C.

    Any number may run, on any number of machines. Ctrl-C does not wait for what is being rendered.
    """
    if slots is not None:
        os.environ["PHOTOPLAY_SLOTS"] = str(slots)  # so that all of the process reads the same
    from photoplay.config import settings

    if settings().is_sqlite:
        raise SettingInvalid(
            "a worker was started with a database on SQLite",
            rule="a worker of its own needs PostgreSQL; on SQLite, photoplay serve has one in it",
            fix="Set PHOTOPLAY_DATABASE to the PostgreSQL URL of the servers, or run photoplay "
            "serve",
        )
    try:
        with stop_requests() as request, opened(settings()) as services:
            request.check()
            with working(services, drain_s=drain):
                request.wait(threading.Event())
    except Stopped as stopped:
        say("photoplay: stopped")
        raise typer.Exit(stopped.exit_code) from None
