"""The application under uvicorn, on a thread of its own, so that the main one waits for signals.

Not imported before a server is to run: it loads uvicorn.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from socket import socket
from typing import Any

import uvicorn

from photoplay.errors import PhotoplayError

STOP_S = 2.0  # for answers that are being sent when the server is stopped
_LAST_RESORT_S = 5  # after that, handlers that go on without a caller are cancelled
_KEEP_ALIVE_S = 75  # clients keep a connection for less, and must not find it closed
_RENEWED_EVERY_S = 3600

log = logging.getLogger(__name__)


class WebServer(uvicorn.Server):
    """Hangs up on callers who still wait `STOP_S` after it was stopped.

    They see a broken connection, which clients try again elsewhere or later, and their handlers
    see that nobody is there; uvicorn would cancel those, and answer with a bare 500.
    """

    @classmethod
    def of(cls, app: Callable[..., Any], certificate: Callable[[], Path] | None) -> WebServer:
        """A server of this ASGI application.

        `certificate` makes or renews the file with the certificate and its key, for HTTPS; it is
        asked every hour.
        """
        config = uvicorn.Config(
            app,
            ssl_certfile=certificate() if certificate else None,
            log_config=None,
            log_level="warning",  # the command itself says what users want to know
            access_log=False,
            proxy_headers=False,  # the application has its own rules for them
            server_header=False,
            ws="none",
            timeout_keep_alive=_KEEP_ALIVE_S,
            timeout_graceful_shutdown=_LAST_RESORT_S,
        )
        if certificate:
            config.callback_notify = partial(_renew, config, certificate)
            config.timeout_notify = _RENEWED_EVERY_S
        return cls(config)

    @contextmanager
    def running(self, sockets: Sequence[socket]) -> Iterator[threading.Event]:
        """Accept callers during the block, which gets the event of the server's end."""
        ended = threading.Event()

        def run() -> None:
            try:
                self.run(sockets=list(sockets))
            finally:
                ended.set()

        thread = threading.Thread(target=run, name="http")
        thread.start()
        try:
            while not self.started and not ended.wait(0.01):
                pass
            yield ended
        finally:
            self.should_exit = True
            thread.join()

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        """End as uvicorn does, within limits."""
        asyncio.get_running_loop().call_later(STOP_S, self._hang_up)
        await super().shutdown(sockets)

    def _hang_up(self) -> None:
        for connection in list(self.server_state.connections):
            connection.transport.close()


async def _renew(config: uvicorn.Config, certificate: Callable[[], Path]) -> None:
    """Have new connections get the certificate as it is now."""
    assert config.ssl is not None
    try:
        config.ssl.load_cert_chain(certificate())
    except PhotoplayError as error:
        log.warning("the certificate was not renewed: %s", error)
