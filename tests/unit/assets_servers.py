"""A server of raw sockets that says exactly what a test wants said, well-formed or not."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Script = Callable[[socket.socket, str], None]
"""What the server does with a connection, given the head of the request."""


@dataclass
class Served:
    """A server of this machine, and what it was asked."""

    host: str
    port: int
    accepted: int = 0
    heads: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"


@contextmanager
def serving(
    script: Script, *, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None
) -> Iterator[Served]:
    """Serve connections one after the other; the counters are true when the block ends."""
    with socket.create_server((host, 0)) as listener:
        served = Served(host, listener.getsockname()[1])
        over = threading.Event()

        def serve() -> None:
            while True:
                connection, _ = listener.accept()
                with connection:
                    if over.is_set():
                        return
                    served.accepted += 1
                    # The other side may hang up at any moment: that is what most tests are about.
                    with suppress(OSError):
                        _serve_one(connection, script, served, tls)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield served
        finally:
            over.set()
            socket.create_connection((host, served.port)).close()
            thread.join()


def _serve_one(
    connection: socket.socket, script: Script, served: Served, tls: ssl.SSLContext | None
) -> None:
    connection.settimeout(10)
    wrapped = tls.wrap_socket(connection, server_side=True) if tls else connection
    with wrapped:
        head = b""
        while b"\r\n\r\n" not in head:
            chunk = wrapped.recv(4096)
            if not chunk:
                return
            head += chunk
        served.heads.append(head.decode("latin-1"))
        script(wrapped, served.heads[-1])


def answer(body: bytes, *, status: str = "200 OK", **headers: str) -> Script:
    """A plain answer; keywords are headers, with _ for -. Content-Length is right unless given."""
    lines = {"Content-Length": str(len(body))}
    lines |= {name.replace("_", "-").title(): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    raw = f"HTTP/1.1 {status}\r\n{head}\r\n".encode("latin-1") + body
    return lambda connection, _: connection.sendall(raw)


def redirect(location: str, status: str = "302 Found") -> Script:
    return answer(b"", status=status, location=location)


def drip(raw: bytes, every_s: float) -> Script:
    """`raw`, one byte at a time."""

    def script(connection: socket.socket, _: str) -> None:
        for at in range(len(raw)):
            connection.sendall(raw[at : at + 1])
            time.sleep(every_s)

    return script


def endless(head: bytes, chunk: bytes) -> Script:
    """`head`, then `chunk` until the other side has had enough."""

    def script(connection: socket.socket, _: str) -> None:
        connection.sendall(head)
        while True:
            connection.sendall(chunk)

    return script


def in_turn(*scripts: Script) -> Script:
    """Each connection gets the next one, the last one again and again."""
    left = list(scripts)

    def script(connection: socket.socket, head: str) -> None:
        (left.pop(0) if len(left) > 1 else left[0])(connection, head)

    return script
