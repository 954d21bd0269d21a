"""Connections to given addresses, and an end to them at a given time. Checks nothing itself."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import httpcore


class PinnedBackend(httpcore.NetworkBackend):
    """Connects to `addresses`, whatever host it is asked for, and to nothing after `deadline_s`.

    The deadline is one of `time.monotonic`, and holds for all that is read and written later on,
    too; the timeouts of each step are not needed beside it.
    """

    def __init__(self, addresses: Sequence[str], deadline_s: float) -> None:
        assert addresses
        self._addresses = addresses
        self._deadline_s = deadline_s

    def connect_tcp(
        self,
        host: str,  # noqa: ARG002
        port: int,
        timeout: float | None = None,  # noqa: ARG002
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        """A connection to the first address that takes one. Raises httpcore's connect errors."""
        for untried in range(len(self._addresses), 0, -1):
            try:
                with _errors_as(httpcore.ConnectTimeout, httpcore.ConnectError):
                    # An address that does not answer leaves time for those after it.
                    wait_s = _left_s(self._deadline_s) / untried
                    connection = socket.create_connection((self._addresses[-untried], port), wait_s)
                    break
            except (httpcore.ConnectTimeout, httpcore.ConnectError):
                if untried == 1:
                    raise
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return _Stream(connection, self._deadline_s)


class _Stream(httpcore.NetworkStream):
    """A connection whose every step ends at one deadline, however little each step brings."""

    def __init__(self, connection: socket.socket, deadline_s: float) -> None:
        self._socket = connection
        self._deadline_s = deadline_s

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        with _errors_as(httpcore.ReadTimeout, httpcore.ReadError):
            self._socket.settimeout(_left_s(self._deadline_s))
            return self._socket.recv(max_bytes)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        view = memoryview(buffer)
        with _errors_as(httpcore.WriteTimeout, httpcore.WriteError):
            while view:
                self._socket.settimeout(_left_s(self._deadline_s))
                view = view[self._socket.send(view) :]

    def close(self) -> None:
        self._socket.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        try:
            with _errors_as(httpcore.ConnectTimeout, httpcore.ConnectError):
                self._socket.settimeout(_left_s(self._deadline_s))
                wrapped = ssl_context.wrap_socket(self._socket, server_hostname=server_hostname)
        except BaseException:
            self.close()
            raise
        return _Stream(wrapped, self._deadline_s)


def _left_s(deadline_s: float) -> float:
    """Time until the deadline. Raises TimeoutError if there is none."""
    left_s = deadline_s - time.monotonic()
    if left_s <= 0:
        raise TimeoutError("the time is up")
    return left_s


@contextmanager
def _errors_as(timeout: type[Exception], failure: type[Exception]) -> Iterator[None]:
    """Turn what the system says into what httpcore's callers expect."""
    try:
        yield
    except TimeoutError as error:
        raise timeout(str(error)) from error
    except OSError as error:  # failures of TLS among them
        raise failure(str(error)) from error
