"""Media over HTTP: whole or in ranges, and not at all where the caller has it already."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from starlette.responses import Response, StreamingResponse

from photoplay.assets.store import Asset
from photoplay.errors import NotFound
from photoplay.server.runtime import Call, Runtime

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_LONGEST_CACHED_S = 365 * 24 * 3600


class MediaRoutes:
    """`/files/{name}`. Names are unguessable, so whoever has one may read."""

    def __init__(self, runtime: Runtime) -> None:
        self._store = runtime.services.store
        self._threads = runtime.threads

    async def file(self, call: Call) -> Response:
        """The file, a part of it, or word that it has not changed."""
        call.trace.route = "media"
        call.trace.quiet = True
        request = call.request
        found = await self._threads.read(self._store.find, request.path_params["name"])
        if found is None:
            raise NotFound(
                "there is no such file",
                rule="files are kept until they expire",
                fix="Upload or render it again",
            )
        headers = _headers(found)
        if _is_known(found, request.headers.get("if-none-match")):
            return Response(status_code=304, headers=headers)
        part = _part(found, request.headers.get("range"), request.headers.get("if-range"))
        if part is None:
            unsatisfied = {"Content-Range": f"bytes */{found.bytes}"}
            return Response(status_code=416, headers=headers | unsatisfied)
        start, stop = part
        headers["Content-Length"] = str(stop - start)
        status = 200
        if stop - start < found.bytes:
            status = 206
            headers["Content-Range"] = f"bytes {start}-{stop - 1}/{found.bytes}"
        if request.method == "HEAD":
            return Response(status_code=status, headers=headers)
        pieces = await self._threads.disk(self._store.open, found.name, start, stop)
        # Here a file that has just gone is still a 404; once the head is out it is a broken answer.
        first = await self._threads.disk(next, pieces, b"")
        return StreamingResponse(self._in_turn(first, pieces), status, headers)

    async def _in_turn(self, piece: bytes, rest: Iterator[bytes]) -> AsyncIterator[bytes]:
        while piece:
            yield piece
            piece = await self._threads.disk(next, rest, b"")


def _headers(found: Asset) -> dict[str, str]:
    """What is true of the file however much of it is sent."""
    made = datetime.fromtimestamp(found.created_at, UTC)
    return {
        "Content-Type": found.content_type,
        "Content-Disposition": found.content_disposition,
        "ETag": found.etag,
        "Last-Modified": format_datetime(made, usegmt=True),
        "Accept-Ranges": "bytes",
        # Its name stands for its content, which cannot change.
        "Cache-Control": f"private, max-age={_LONGEST_CACHED_S}, immutable",
        # The type is what its first bytes say; a browser is not to look for another.
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }


def _is_known(found: Asset, if_none_match: str | None) -> bool:
    if if_none_match is None:
        return False
    tags = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
    return "*" in tags or found.etag in tags


def _part(found: Asset, range_: str | None, if_range: str | None) -> tuple[int, int] | None:
    """First byte and the one after the last to send; None if there is nothing in that range.

    What is no single range of bytes is ignored, as RFC 9110 section 14.2 allows.
    """
    match = _RANGE.fullmatch(range_.strip()) if range_ is not None else None
    if match is None or not (match[1] or match[2]) or not _is_current(found, if_range):
        return 0, found.bytes
    if not match[1]:  # the last so many bytes
        count = min(int(match[2]), found.bytes)
        return (found.bytes - count, found.bytes) if count else None
    start = int(match[1])
    stop = min(int(match[2]) + 1, found.bytes) if match[2] else found.bytes
    if match[2] and int(match[2]) < start:
        return 0, found.bytes  # no range
    return (start, stop) if start < found.bytes else None


def _is_current(found: Asset, if_range: str | None) -> bool:
    """Whether the caller's other parts are of this very file."""
    if if_range is None:
        return True
    if if_range.startswith('"'):
        return if_range.strip() == found.etag
    try:
        return parsedate_to_datetime(if_range).timestamp() >= int(found.created_at)
    except (ValueError, OverflowError):  # a weak tag, or no date
        return False
