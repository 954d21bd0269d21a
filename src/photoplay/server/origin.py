"""How a caller reaches this server, as seen from one request."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

from photoplay.config import Settings
from photoplay.errors import BadRequest, SettingInvalid

# A host name or address with an optional port. Anything else would end up inside the URLs we give.
_HOST = re.compile(r"(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")
_PREFIX = re.compile(r"(?:/[A-Za-z0-9._~-]+)*/?")
_LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")

Network = IPv4Network | IPv6Network


class Origins:
    """Knows the public URL of each request: the setting's, else the one the caller used.

    `X-Forwarded-Proto`, `-Host`, `-Prefix` and `-For` count only if a trusted proxy sent them.
    """

    def __init__(self, settings: Settings) -> None:
        self._fixed = settings.public_url.rstrip("/")
        self._proxies = _networks(settings.trusted_proxies)
        if self._fixed and urlsplit(self._fixed).scheme not in {"http", "https"}:
            raise SettingInvalid(
                f"the setting public_url is {settings.public_url!r}",
                rule="it is the URL by which callers reach this server",
                fix="Set PHOTOPLAY_PUBLIC_URL to something like https://films.example.com",
            )

    def of(self, scope: Scope) -> str:
        """Scheme, host and prefix by which this request came, without a slash at the end.

        Raises BadRequest for a `Host` that is none.
        """
        return self._fixed or self._as_called(scope)

    def own(self, scope: Scope) -> list[str]:
        """All URLs by which this request's caller may mean this server. Raises BadRequest.

        A file may have been uploaded under one name, and be pointed at under another.
        """
        found = [self.of(scope), self._as_called(scope)]
        host, port = scope.get("server") or ("", None)
        if port is not None:  # not a Unix socket; what listens on it is this server
            names = dict.fromkeys([host, *_LOCAL_NAMES])
            found += [f"{scope['scheme']}://{_in_url(name)}:{port}" for name in names]
        return found

    def _as_called(self, scope: Scope) -> str:
        headers = Headers(scope=scope)
        scheme, host, prefix = scope["scheme"], headers.get("host", ""), scope.get("root_path", "")
        if self._is_proxy(_peer(scope)):
            scheme = _first(headers.get("x-forwarded-proto")) or scheme
            host = _first(headers.get("x-forwarded-host")) or host
            prefix = _first(headers.get("x-forwarded-prefix")) or prefix
        if scheme not in {"http", "https"} or not _HOST.fullmatch(host):
            raise BadRequest(
                f"the Host header is {host[:100]!r}",
                rule="it names the server, as in films.example.com:8420",
                fix="Use a client that speaks HTTP/1.1",
            )
        return f"{scheme}://{host}{prefix.rstrip('/') if _PREFIX.fullmatch(prefix) else ''}"

    def is_local(self, scope: Scope) -> bool:
        """Whether the caller is a program on this machine: not a proxy, and not a page.

        A proxy may be silent about itself; then it asks for another host. So does a page whose name
        was made to lead here.
        """
        headers = Headers(scope=scope)
        if any(name in headers for name in ("x-forwarded-for", "forwarded", "origin")):
            return False
        if not _names_loopback(headers.get("host", "")):
            return False
        peer = _peer(scope)
        return not peer or _is_loopback(peer)  # no peer: a Unix socket

    def _is_proxy(self, peer: str) -> bool:
        if not self._proxies or not peer:
            return False
        try:
            address = ip_address(peer)
        except ValueError:
            return False
        return any(address in network for network in self._proxies)


def _in_url(name: str) -> str:
    return f"[{name}]" if ":" in name else name


def _peer(scope: Scope) -> str:
    client = scope.get("client")
    return client[0] if client else ""


def _is_loopback(peer: str) -> bool:
    try:
        return ip_address(peer).is_loopback
    except ValueError:
        return False


def _names_loopback(host: str) -> bool:
    name = urlsplit(f"//{host}").hostname or ""
    return name in {"", "localhost"} or _is_loopback(name)


def _first(value: str | None) -> str:
    """The first of a list by commas: what the proxy nearest to the caller saw."""
    return (value or "").split(",")[0].strip()


def _networks(setting: str) -> tuple[Network, ...]:
    return tuple(_network(word) for word in _words(setting))


def _words(setting: str) -> Iterable[str]:
    return filter(None, (word.strip() for word in setting.split(",")))


def _network(word: str) -> Network:
    try:
        return ip_network(word, strict=False)
    except ValueError as error:
        raise SettingInvalid(
            f"the setting trusted_proxies names {word!r}",
            rule="it is a list of addresses or networks, by commas",
            fix="Set PHOTOPLAY_TRUSTED_PROXIES to something like 127.0.0.1,10.0.0.0/8",
        ) from error
