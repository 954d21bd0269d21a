"""HTTP with a provider: sends a dialect's calls, and brings the clip.

A call that is authorized goes to the provider itself, as its dialect or this installation's
settings name it. Any other goes where the provider said, which is treated as a stranger's address:
`assets.guard` keeps it out of private networks.
"""

from __future__ import annotations

import base64
import json
import ssl
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import httpx

from photoplay.assets import guard
from photoplay.assets.staging import CHUNK_BYTES, staging
from photoplay.dialects.provider import Call, Dialect, Inline, Reply
from photoplay.errors import (
    MediaTooLarge,
    MediaUnfetchable,
    ProviderUnavailable,
    ProviderUnreachable,
)
from photoplay.hosted.credentials import account
from photoplay.hosted.timing import Timing

MOST_REPLY_BYTES = 8 * 1024**2
MOST_CLIP_BYTES = 4 * 1024**3
MOST_REDIRECTS = 3
_TEXT_CHARS = 2000
_PIECE_BYTES = 64 * 1024  # of a body that are sent at a time
_SHORTEST_SECRET = 6  # characters; a shorter one is a word by chance
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
# What httpx raises before a byte of the request has left.
_BEFORE_SENDING = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
    httpx.InvalidURL,
)


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A file that has arrived whole."""

    path: Path
    bytes: int
    sha256: str
    content_type: str


class Wire:
    """The line to one provider. For all threads; close it at the end."""

    def __init__(
        self,
        dialect: Dialect,
        credentials: Mapping[str, str],
        *,
        timing: Timing,
        own_url: str = "",
        allow_private: bool = False,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._dialect = dialect
        self._credentials = credentials
        self.account = account(credentials, own_url)
        self._timing = timing
        self._own_origin = _origin(own_url) if own_url else None
        self._allow_private = allow_private
        # No connection is kept for the next call: one that the server has closed meanwhile would
        # leave open whether a paid call on it was read.
        self._client = httpx.Client(
            timeout=httpx.Timeout(timing.submit_timeout_s, connect=timing.connect_timeout_s),
            limits=httpx.Limits(max_keepalive_connections=0),
            follow_redirects=False,
            verify=tls or True,
            headers={"User-Agent": guard.USER_AGENT, "Accept": "application/json"},
        )

    def close(self) -> None:
        """Hang up."""
        self._client.close()

    def send(self, call: Call, *, paid: bool = False) -> Reply:
        """The reply to a call, whatever it says.

        Raises ProviderUnreachable if the provider was not reached, ProviderUnavailable if it was,
        or may have been, and no whole reply came. No part of a `paid` call is sent after
        `submit_timeout_s`: whoever waits for what comes of it counts on that.
        """
        try:
            timeout_s = self._timing.submit_timeout_s
            with self._open(call, timeout_s, MOST_REPLY_BYTES, punctual=paid) as answer:
                return _reply(answer, self._credentials.values())
        except _BEFORE_SENDING as error:
            raise self._unavailable(error, ProviderUnreachable) from error
        except (httpx.HTTPError, MediaTooLarge) as error:
            raise self._unavailable(error, ProviderUnavailable) from error
        except MediaUnfetchable as error:
            raise self._unavailable(error, ProviderUnreachable) from error

    def download(self, call: Call, into: Path, *, said_bytes: int | None) -> Downloaded:
        """Bring a finished clip into the folder `into`.

        Raises ProviderUnavailable unless all of it came: as many bytes as the server announces,
        and as the provider said.
        """
        with staging(into, MOST_CLIP_BYTES) as staged:
            try:
                self._bring(call, staged.write)
            except (httpx.HTTPError, httpx.InvalidURL, MediaUnfetchable) as error:
                raise self._unavailable(error, ProviderUnavailable) from error
            if said_bytes is not None and staged.bytes != said_bytes:
                raise self._short(f"sent {staged.bytes:,} bytes of a clip of {said_bytes:,}")
            if not staged.bytes:
                raise self._short("sent an empty clip")
            staged.close(durable=False)
            kind = staged.file_type
            path = staged.path.rename(into / f"clip{kind.suffix}")
            return Downloaded(path, staged.bytes, staged.digest.hex(), kind.content_type)

    def _bring(self, call: Call, write: Any) -> None:
        for _ in range(MOST_REDIRECTS + 1):
            with self._open(call, self._timing.download_timeout_s, MOST_CLIP_BYTES) as answer:
                if answer.status_code in _REDIRECTS and "location" in answer.headers:
                    moved_to = str(answer.url.join(answer.headers["location"]))
                    call = Call(method="GET", url=moved_to, authorized=False)
                    continue
                if answer.status_code != httpx.codes.OK:
                    raise self._short(f"answered the download with status {answer.status_code}")
                for chunk in answer.iter_raw():
                    write(chunk)
                return
        raise self._short(f"moved the clip more than {MOST_REDIRECTS} times")

    @contextmanager
    def _open(
        self, call: Call, timeout_s: float, max_bytes: int, *, punctual: bool = False
    ) -> Iterator[httpx.Response]:
        headers = dict(call.headers)
        if call.content is not None:
            start, stop = _span(call, call.content)
            headers["Content-Length"] = str(stop - start)
        if call.authorized:
            headers |= self._dialect.authorize(self._credentials, time.time())
        with ExitStack() as stack:
            client = self._client
            if not call.authorized and _origin(call.url) != self._own_origin:
                client = stack.enter_context(
                    guard.client(
                        allow_private=self._allow_private,
                        timeout_s=timeout_s,
                        max_bytes=max_bytes,
                    )
                )
            request = client.build_request(
                call.method, call.url, headers=headers, timeout=timeout_s, **_body(call, stack)
            )
            if punctual:
                assert isinstance(request.stream, httpx.SyncByteStream)
                request.stream = _Punctual(request.stream, time.monotonic() + timeout_s)
            yield stack.enter_context(closing(client.send(request, stream=True)))

    def _unavailable(
        self, error: Exception, kind: type[ProviderUnavailable]
    ) -> ProviderUnavailable:
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        return kind(
            f"{self._dialect.provider} does not answer: {reason}",
            rule="a hosted engine must be reached over the network",
            fix="Look at the connection and at the provider's status page, and try again",
        )

    def _short(self, given: str) -> ProviderUnavailable:
        return ProviderUnavailable(
            f"{self._dialect.provider} {given}",
            rule="a clip counts as here when all of it is",
            fix="Nothing is paid again for another try",
        )


class _Punctual(httpx.SyncByteStream):
    """A body none of which is sent after a time; httpx only limits how long it stands still."""

    def __init__(self, body: httpx.SyncByteStream, deadline_s: float) -> None:
        self._body = body
        self._deadline_s = deadline_s

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._body:
            for start in range(0, len(chunk), _PIECE_BYTES):
                if time.monotonic() > self._deadline_s:
                    raise httpx.WriteTimeout("the request was not sent in time")
                yield chunk[start : start + _PIECE_BYTES]


def expanded(value: Any) -> Any:
    """JSON with the content of its `Inline` files in their places."""
    if isinstance(value, Inline):
        text = base64.b64encode(value.path.read_bytes()).decode()
        return text if value.form == "base64" else f"data:{value.content_type};base64,{text}"
    if isinstance(value, Mapping):
        return {name: expanded(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [expanded(item) for item in value]
    return value


def _body(call: Call, stack: ExitStack) -> dict[str, Any]:
    """The body of a call as httpx takes it; its files are open as long as `stack` is."""
    if call.json is not None:
        return {"json": expanded(call.json)}
    if call.content is not None:
        file = stack.enter_context(call.content.open("rb"))
        return {"content": _between(file, *_span(call, call.content))}
    if call.form is not None:
        texts = {name: (None, text) for name, text in call.form.items()}
        files = {
            name: (path.name, stack.enter_context(path.open("rb")))
            for name, path in call.files.items()
        }
        return {"files": texts | files}
    return {}


def _span(call: Call, content: Path) -> tuple[int, int]:
    """Which bytes of the file are sent."""
    return call.content_range or (0, content.stat().st_size)


def _between(file: BinaryIO, start: int, stop: int) -> Iterator[bytes]:
    file.seek(start)
    while start < stop and (chunk := file.read(min(CHUNK_BYTES, stop - start))):
        start += len(chunk)
        yield chunk


def _reply(answer: httpx.Response, secrets: Collection[str]) -> Reply:
    """The reply without our keys, should the provider repeat one in its words."""
    body = bytearray()
    for chunk in answer.iter_bytes():
        body += chunk
        if len(body) > MOST_REPLY_BYTES:
            raise httpx.ReadError(f"its reply has more than {MOST_REPLY_BYTES:,} bytes")
    text = body.decode("utf-8", "replace")
    for secret in secrets:
        if len(secret) >= _SHORTEST_SECRET:
            text = text.replace(secret, "[key]")
    return Reply(
        status=answer.status_code,
        headers={name.lower(): value for name, value in answer.headers.items()},
        json=_json(text),
        text=text[:_TEXT_CHARS],
    )


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _origin(url: str) -> tuple[str, str, int | None] | None:
    try:
        parsed = httpx.URL(url)
        return parsed.scheme, parsed.host, parsed.port
    except (httpx.InvalidURL, UnicodeError):
        return None
