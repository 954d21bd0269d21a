"""HTTP to addresses that strangers choose: files to fetch, webhooks to call.

A name is resolved once for each connection. Every address it has is checked, and the connection
goes to one of those very addresses, so that a name cannot mean one thing to the check and another
to the connection. TLS still verifies the name. There are no redirects, no proxies of the
environment, no connections kept for later, and one limit of time over the whole exchange, name
resolution and a server that drips its answer byte by byte included.

Knows nothing of files or webhooks.
"""

from __future__ import annotations

import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from ipaddress import ip_address

import httpcore
import httpx

from photoplay.assets.addresses import Address, literal, refusal
from photoplay.assets.pinned import PinnedBackend
from photoplay.errors import MediaTooLarge, MediaUnfetchable

MAX_URL_CHARS = 8192
USER_AGENT = f"photoplay/{version('photoplay')}"
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9._-]{0,251}[a-z0-9_.])?|[0-9a-f:.]*:[0-9a-f:.]*")

Resolver = Callable[[str], Sequence[str]]
"""From a host name to all its addresses. Raises OSError if it has none."""


def resolve(host: str) -> Sequence[str]:
    """All addresses of `host`, as the system's resolver knows them."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[4][0]) for address in found))


def check_url(url: str, *, allow_private: bool) -> httpx.URL:
    """`url` read as a link to another server. Raises MediaUnfetchable; resolves nothing.

    It must be http or https, have no user or password, and a host that is a name or a permitted
    address. Any port will do.
    """
    if len(url) > MAX_URL_CHARS:
        raise _bad_url(url, f"has {len(url):,} characters", f"it has at most {MAX_URL_CHARS:,}")
    try:
        parsed = httpx.URL(url)
        _ = parsed.host  # a host that cannot be decoded makes httpx fail later on
    except (httpx.InvalidURL, UnicodeError) as error:
        raise _bad_url(url, "cannot be read", "it is spelled as RFC 3986 says") from error
    if parsed.scheme not in {"http", "https"}:
        raise _bad_url(url, "is not a web address", "it starts with https:// or http://")
    if parsed.userinfo:
        raise _bad_url(url, "carries a user name or password", "files are fetched without one")
    host = _host(parsed)
    if not _HOST.fullmatch(host):
        raise _bad_url(url, "names no host", "its host is a name or an address")
    if parsed.port is not None and not 0 < parsed.port < 65536:
        raise _bad_url(url, f"has port {parsed.port}", "a port is 1 to 65535")
    spelled = literal(host)
    if spelled is not None:
        _check_address(spelled, host, allow_private)
    return parsed


def check_public(
    url: str, *, allow_private: bool, timeout_s: float = 10, resolver: Resolver = resolve
) -> list[str]:
    """The addresses that `url` leads to, all of them checked. Raises MediaUnfetchable.

    What it says may change until a connection is made: `client` checks again by itself.
    """
    parsed = check_url(url, allow_private=allow_private)
    return _addresses(_host(parsed), allow_private, resolver, time.monotonic() + timeout_s)


def client(
    *,
    allow_private: bool,
    timeout_s: float,
    max_bytes: int,
    resolver: Resolver = resolve,
    tls: ssl.SSLContext | None = None,
) -> httpx.Client:
    """A client that connects to checked addresses only; to be closed, shared by threads at will.

    `timeout_s` limits each exchange as a whole, `max_bytes` the body of the answer. Beside httpx's
    errors it raises MediaUnfetchable for an address that is refused, MediaTooLarge for the body.
    """
    return httpx.Client(
        transport=_Transport(allow_private, timeout_s, max_bytes, resolver, tls or _trust()),
        timeout=timeout_s,
        follow_redirects=False,
        trust_env=False,
        headers={"User-Agent": USER_AGENT, "Accept-Encoding": "identity"},
    )


@cache
def _trust() -> ssl.SSLContext:
    """Authorities that come with httpx, and those of this machine (SSL_CERT_FILE among them)."""
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    return context


class _Transport(httpx.BaseTransport):
    """Sends each request over a connection of its own to an address that has been checked."""

    def __init__(
        self,
        allow_private: bool,
        timeout_s: float,
        max_bytes: int,
        resolver: Resolver,
        tls: ssl.SSLContext,
    ) -> None:
        self._allow_private = allow_private
        self._timeout_s = timeout_s
        self._max_bytes = max_bytes
        self._resolver = resolver
        self._tls = tls

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        host = _host(check_url(str(request.url), allow_private=self._allow_private))
        deadline_s = time.monotonic() + self._timeout_s
        addresses = _addresses(host, self._allow_private, self._resolver, deadline_s)
        # One pool for one request: a connection kept for later would be found again by its host
        # name, whatever that name has come to mean.
        pool = httpcore.ConnectionPool(
            ssl_context=self._tls,
            max_connections=1,
            max_keepalive_connections=0,
            network_backend=PinnedBackend(addresses, deadline_s),
        )
        with _as_httpx_errors():
            try:
                answer = pool.handle_request(_for_httpcore(request))
            except BaseException:
                pool.close()
                raise
        body = _Body(answer, pool, self._max_bytes)
        return httpx.Response(
            answer.status, headers=answer.headers, stream=body, extensions=answer.extensions
        )


def _for_httpcore(request: httpx.Request) -> httpcore.Request:
    assert isinstance(request.stream, httpx.SyncByteStream)
    url = httpcore.URL(
        scheme=request.url.raw_scheme,
        host=request.url.raw_host,
        port=request.url.port,
        target=request.url.raw_path,
    )
    return httpcore.Request(
        request.method,
        url,
        headers=request.headers.raw,
        content=request.stream,
        extensions=request.extensions,
    )


class _Body(httpx.SyncByteStream):
    """The bytes of an answer, up to a number of them; closing it closes the connection."""

    def __init__(
        self, answer: httpcore.Response, pool: httpcore.ConnectionPool, max_bytes: int
    ) -> None:
        self._answer = answer
        self._pool = pool
        self._max_bytes = max_bytes

    def __iter__(self) -> Iterator[bytes]:
        lengths = (
            value for name, value in self._answer.headers if name.lower() == b"content-length"
        )
        if int(next(lengths, b"0")) > self._max_bytes:
            raise _too_large(self._max_bytes)
        count = 0
        with _as_httpx_errors():
            for chunk in self._answer.iter_stream():
                count += len(chunk)
                if count > self._max_bytes:
                    raise _too_large(self._max_bytes)
                yield chunk

    def close(self) -> None:
        with _as_httpx_errors(), self._pool:
            self._answer.close()


def _host(url: httpx.URL) -> str:
    """The host as it goes over the wire; `url.host` is decoded, for people."""
    return url.raw_host.decode("ascii")


def _addresses(host: str, allow_private: bool, resolver: Resolver, deadline_s: float) -> list[str]:
    """All addresses of `host`, spelled plainly. Raises MediaUnfetchable if any is refused."""
    spelled = literal(host)
    found = [str(spelled)] if spelled else _resolve_by(resolver, host, deadline_s)
    if not found:
        raise _unreachable(f"{host} has no address")
    addresses = [ip_address(text) for text in found]
    for address in addresses:
        _check_address(address, host, allow_private)
    return [str(address) for address in addresses]


def _check_address(address: Address, host: str, allow_private: bool) -> None:
    wrong = refusal(address, allow_private=allow_private)
    if wrong:
        # The address of a name stays unsaid: who asks may be mapping our network.
        would_do = not allow_private and refusal(address, allow_private=True) is None
        raise _unreachable(f"{host} is {wrong}", is_private=would_do)


def _resolve_by(resolver: Resolver, host: str, deadline_s: float) -> Sequence[str]:
    """The resolver's answer. It cannot be interrupted, so it is left alone when the time is up."""
    outcome: list[Sequence[str] | OSError | UnicodeError] = []

    def ask() -> None:
        try:
            outcome.append(resolver(host))
        except (OSError, UnicodeError) as error:  # no such host; a label that is too long
            outcome.append(error)

    asking = threading.Thread(target=ask, name="resolve", daemon=True)
    asking.start()
    asking.join(max(0.0, deadline_s - time.monotonic()))
    if not outcome:
        raise _unreachable(f"the name {host} was not resolved in time")
    if isinstance(outcome[0], OSError | UnicodeError):
        raise _unreachable(f"there is no host {host}") from outcome[0]
    return outcome[0]


@contextmanager
def _as_httpx_errors() -> Iterator[None]:
    """The two libraries call the same errors by the same names."""
    try:
        yield
    except (
        httpcore.TimeoutException,
        httpcore.NetworkError,
        httpcore.ProtocolError,
        httpcore.UnsupportedProtocol,
    ) as error:
        raise getattr(httpx, type(error).__name__)(str(error)) from error


def shown(url: str) -> str:
    """`url` for a message: without what may be a secret (password, query), and not too long."""
    open_part = re.sub(r"//[^/]*@", "//", re.split(r"[?#]", url)[0])
    plain = "".join(char if char.isprintable() else "?" for char in open_part)
    return plain if len(plain) <= 120 else plain[:119] + "…"


def _bad_url(url: str, given: str, rule: str) -> MediaUnfetchable:
    return MediaUnfetchable(
        f"the URL {shown(url)!r} {given}",
        rule=rule,
        fix="Give an https:// link to the file itself, or upload it",
    )


def _unreachable(given: str, *, is_private: bool = False) -> MediaUnfetchable:
    on_private = "Upload the file, or set PHOTOPLAY_PRIVATE_MEDIA_URLS where that may be called"
    return MediaUnfetchable(
        given,
        rule="only hosts whose every address is public are called",
        fix=on_private if is_private else "Check the link",
    )


def _too_large(max_bytes: int) -> MediaTooLarge:
    return MediaTooLarge(
        f"the answer has more than {max_bytes:,} bytes",
        rule=f"at most {max_bytes:,} are taken",
        fix="Give a smaller file",
        limits={"max_size": max_bytes},
    )
