"""`photoplay serve`: the server, with a worker in it."""

from __future__ import annotations

import gc
import os
import tempfile
import threading
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from photoplay.cli.env import NEEDS_HTTPS, Client, print_environment
from photoplay.cli.installation import opened, working
from photoplay.cli.listening import Listener, bound
from photoplay.cli.stopping import StopRequest, stop_requests
from photoplay.cli.terminal import Stopped, say
from photoplay.errors import OutputUnwritable, RenderFailed, SettingInvalid

if TYPE_CHECKING:
    from photoplay.cli.web import WebServer
    from photoplay.config import Settings
    from photoplay.server.services import Services


def serve(
    host: Annotated[
        str | None, typer.Option(help="Address to listen on; 127.0.0.1 unless set.")
    ] = None,
    port: Annotated[
        int | None, typer.Option(help="Port; 8420 unless set, 0 for a free one.", min=0, max=65535)
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(help="Folder of everything kept; ~/.local/share/photoplay unless set."),
    ] = None,
    tls: Annotated[
        bool, typer.Option("--tls", help="Serve HTTPS, with certificates of its own making.")
    ] = False,
    no_worker: Annotated[
        bool, typer.Option("--no-worker", help="Render nothing here: see photoplay worker.")
    ] = False,
    debug: Annotated[  # noqa: ARG001  read by `main`, where errors arrive
        bool, typer.Option("--debug", help="On an error, say where it comes from.")
    ] = False,
) -> None:
    """Serve fal's queue on this machine, until Ctrl-C.

    The first start makes a key and prints how programs reach the server.
    photoplay env prints that again. What is not given here comes from the settings.

    Try photoplay serve --tls and, in another shell, eval "$(photoplay env)":
    now fal's own Python client comes here. With --host 0.0.0.0 others may come,
    too, once photoplay keys create has made a key.
    """
    try:
        with stop_requests() as request:
            settings = _settings(host=host, port=port, data=data)
            _serve(settings, request, tls=tls, has_worker=not no_worker)
    except Stopped as stopped:
        say("photoplay: stopped")
        raise typer.Exit(stopped.exit_code) from None


def _settings(**given: object) -> Settings:
    """The settings, with options in the environment, so that all of the process reads the same."""
    for name, value in given.items():
        if value is not None:
            os.environ[f"PHOTOPLAY_{name.upper()}"] = str(value)
    from photoplay.config import settings

    return settings()


def _serve(settings: Settings, request: StopRequest, *, tls: bool, has_worker: bool) -> None:
    if not has_worker and settings.is_sqlite:
        raise SettingInvalid(
            "--no-worker was given with a database on SQLite",
            rule="a worker in another process needs PostgreSQL",
            fix="Leave it out, or set PHOTOPLAY_DATABASE to a PostgreSQL URL",
        )
    _make_folder(settings.data)
    with ExitStack() as stack:
        listener = stack.enter_context(bound(settings.host, settings.port))
        services = stack.enter_context(opened(settings))
        _check_keys(services, listener)
        request.check()
        server = _server(services, listener, tls=tls)
        request.check()
        if has_worker:
            stack.enter_context(working(services))
        request.check()
        # Last, so that it tells of a server that runs, and of a key that is printed.
        client, is_first = _client(services, listener, tls=tls)
        # What was imported stays. Each time the collector looks at all of it, answers wait 0.1 s.
        gc.collect()
        gc.freeze()
        with server.running(listener.sockets) as ended:
            if not ended.is_set():
                _welcome(client, settings.data.resolve(), is_first=is_first)
            _wait(request, ended)


def _make_folder(data: Path) -> None:
    """Make the data folder, and see that it can be written. Raises OutputUnwritable."""
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=data):
            pass
    except OSError as error:
        raise OutputUnwritable.because(data, error) from error


# Who may come, and how


def _check_keys(services: Services, listener: Listener) -> None:
    """Raise SettingInvalid if strangers could reach a server that nobody has a key for."""
    if listener.is_local or any(key.revoked_at is None for key in services.keys.list()):
        return
    raise SettingInvalid(
        f"the server was to listen on {listener.host}, beyond this machine, and there is no key",
        rule="others may reach it only when a key exists",
        fix="Make one with: photoplay keys create NAME; or use --host 127.0.0.1",
    )


def _client(services: Services, listener: Listener, *, tls: bool) -> tuple[Client, bool]:
    """What programs need to know, kept for `photoplay env`, and whether a first key was made."""
    settings = services.settings
    data = settings.data.resolve()
    scheme = "https" if tls else "http"
    url = settings.public_url.rstrip("/") or f"{scheme}://{listener.name}:{listener.port}"
    bundle = str(data / "tls" / "bundle.pem") if tls else ""
    client = replace(Client.read(data), url=url, bundle=bundle)
    is_first = not services.keys.list()
    if is_first:
        client = replace(client, key=services.keys.create("first")[1])
    client.keep(data)
    return client, is_first


def _server(services: Services, listener: Listener, *, tls: bool) -> WebServer:
    from photoplay.cli.web import WebServer
    from photoplay.server.app import create_app

    certificate = partial(_certificate, services, listener) if tls else None
    return WebServer.of(create_app(services), certificate)


def _certificate(services: Services, listener: Listener) -> Path:
    """The server's certificate, made or renewed when due."""
    from photoplay.tls import ensure_certificates

    public = urlsplit(services.settings.public_url).hostname
    names = [*listener.names, *([public] if public else [])]
    return ensure_certificates(services.settings.data.resolve(), names).server


def _wait(request: StopRequest, ended: threading.Event) -> None:
    """Wait for a signal, which raises Stopped. Raises RenderFailed if the server ends before."""
    try:
        request.wait(ended)
    except Stopped:
        say("photoplay: stopping; what is not done goes on at the next start")
        raise
    raise RenderFailed(
        "the server ended by itself",
        rule="it serves until it is stopped",
        fix="See its log above for the reason, and report it",
    )


def _welcome(client: Client, data: Path, *, is_first: bool) -> None:
    say(f"photoplay: serving {client.url}; data in {data}; Ctrl-C ends it")
    if not is_first:
        say("photoplay: photoplay env prints what programs need to reach it")
        return
    say("photoplay: a key has been made. For the shell of a program that uses it:")
    print_environment(client)
    say("photoplay: photoplay env prints that again")
    if not client.is_https:
        say(f"photoplay: {NEEDS_HTTPS}")
