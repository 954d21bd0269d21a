"""The sockets of a server, bound before anything else is started, so that a taken port is cheap."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_address

from photoplay.errors import SettingInvalid

_EVERYWHERE = ("", "0.0.0.0", "::")
_LONGEST_NAME = 63  # of one part of a name; a machine may be called longer than that
_AS_LOCALHOST = (*_EVERYWHERE, "127.0.0.1", "localhost")


@dataclass(frozen=True, slots=True)
class Listener:
    """Sockets that are bound to every address of `host`, and to one port."""

    host: str
    port: int
    sockets: tuple[socket.socket, ...]

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach it."""
        return all(ip_address(each.getsockname()[0]).is_loopback for each in self.sockets)

    @property
    def name(self) -> str:
        """What programs on this machine call it, as it stands in a URL."""
        if self.host in _AS_LOCALHOST:
            return "localhost"
        return f"[{self.host}]" if ":" in self.host else self.host

    @property
    def names(self) -> list[str]:
        """All that it may be called: for its certificate."""
        if self.host not in _EVERYWHERE:
            return [self.host]
        own = socket.gethostname()
        return [*([own] if 0 < len(own) <= _LONGEST_NAME else []), *_own_addresses()]


@contextmanager
def bound(host: str, port: int) -> Iterator[Listener]:
    """Sockets on `host`, a name or an address; port 0 is a free one. Raises SettingInvalid."""
    try:
        found = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
    except (OSError, UnicodeError) as error:
        raise SettingInvalid(
            f"the host {host!r} has no address: {getattr(error, 'strerror', None) or error}",
            rule="a server listens on an address of this machine, or a name of one",
            fix="Use --host 127.0.0.1, or 0.0.0.0 for all addresses",
        ) from error
    has_ipv4 = any(family == socket.AF_INET for family, *_ in found)
    sockets: list[socket.socket] = []
    try:
        for family, kind, protocol, _, address in dict.fromkeys(found):
            bound_port = sockets[0].getsockname()[1] if sockets else port
            each = socket.socket(family, kind, protocol)
            sockets.append(each)
            if family == socket.AF_INET6:  # one for both, unless IPv4 has a socket of its own
                each.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, has_ipv4)
            _bind(each, (str(address[0]), bound_port), host)
        yield Listener(host, int(sockets[0].getsockname()[1]), tuple(sockets))
    finally:
        for each in sockets:
            each.close()


def _bind(each: socket.socket, address: tuple[str, int], host: str) -> None:
    if os.name == "posix":  # elsewhere it would let several programs have one port
        each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        each.bind(address)
    except OSError as error:
        raise _refused(address, host, error) from error


def _refused(address: tuple[str, int], host: str, error: OSError) -> SettingInvalid:
    port = address[1]
    if error.errno == errno.EADDRINUSE:
        return SettingInvalid(
            f"port {port} of {address[0]} is taken by another program",
            rule="a port has one listener",
            fix=f"Stop that program, or use another port: photoplay serve --port {port + 1}",
        )
    if error.errno in {errno.EACCES, errno.EPERM}:
        return SettingInvalid(
            f"port {port} may not be used: {error.strerror}",
            rule="ports below 1024 need special rights",
            fix="Use another port: photoplay serve --port 8420",
        )
    return SettingInvalid(
        f"{host or address[0]} cannot be listened on: {error.strerror or error}",
        rule="a server listens on an address of this machine",
        fix="Use --host 127.0.0.1, or 0.0.0.0 for all addresses",
    )


def _own_addresses() -> list[str]:
    """The addresses by which this machine reaches others. No packet is sent."""
    found = []
    for family, somewhere in [(socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")]:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect((somewhere, 9))
            except OSError:  # no such network
                continue
            found.append(str(probe.getsockname()[0]))
    return found
