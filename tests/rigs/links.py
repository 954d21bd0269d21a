"""Two ends of a network that no library offers: a link that breaks, and a listener that counts."""

from __future__ import annotations

import re
import select
import socket
import struct
import threading
from contextlib import suppress
from typing import Self

_RESET = struct.pack("ii", 1, 0)  # closing a connection resets it instead of ending it politely


class Listener:
    """Accepts connections at a port of 127.0.0.1, each handled in a thread, until it is closed."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._socket.getsockname()[1])

    def handle(self, connection: socket.socket) -> None:
        """What happens to a connection; it is closed afterwards."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop listening, break what is open, and wait until nothing is handled any more."""
        self._socket.shutdown(socket.SHUT_RDWR)
        self._threads[0].join()
        self._socket.close()
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads[1:]:
            thread.join()

    def watch(self, connection: socket.socket) -> None:
        """Have `close` break that connection, too."""
        self._open.append(connection)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:  # closed
                return
            self.watch(connection)
            self._threads.append(threading.Thread(target=self._handle, args=(connection,)))
            self._threads[-1].start()

    def _handle(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            self.handle(connection)


class Canary(Listener):
    """Counts who connects. Nothing ever should."""

    def __init__(self) -> None:
        self.visits = 0
        super().__init__()

    def handle(self, connection: socket.socket) -> None:  # noqa: ARG002
        """Count it, and hang up."""
        self.visits += 1


class Link(Listener):
    """A way to the server at `port` that breaks its first `breaks` connections.

    It breaks them at the worst moment: the server has had the whole request for `after_s`, and the
    client has not got a byte of the answer. An answer that is faster is let through.
    """

    def __init__(self, port: int, *, breaks: int, after_s: float = 0) -> None:
        self._server_port = port
        self.breaks_left = breaks
        self._after_s = after_s
        super().__init__()

    def handle(self, connection: socket.socket) -> None:
        """Pass one connection on, whole or broken."""
        with socket.create_connection(("127.0.0.1", self._server_port)) as server:
            self.watch(server)
            if self.breaks_left:
                server.sendall(_request(connection))  # which a reset would take back
                answers, _, _ = select.select([server], [], [], self._after_s)
                if not answers:
                    self.breaks_left -= 1
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                    return
            back = threading.Thread(target=_pump, args=(server, connection))
            back.start()
            _pump(connection, server)
            back.join()


def _request(connection: socket.socket) -> bytes:
    """The bytes of the one request that comes in."""
    got = b""
    while b"\r\n\r\n" not in got:
        got += _some(connection)
    head, _, body = got.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)^content-length: *(\d+)", head, re.MULTILINE)
    missing = (int(length[1]) if length else 0) - len(body)
    while missing > 0:
        more = _some(connection)
        got += more
        missing -= len(more)
    return got


def _some(connection: socket.socket) -> bytes:
    data = connection.recv(1 << 16)
    if not data:
        raise ConnectionResetError("the client hung up first")
    return data


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(1 << 16):
            sink.sendall(data)
    for end in (source, sink):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
