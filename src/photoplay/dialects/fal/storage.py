"""Brings a file to fal's storage, as its JavaScript client does: whole, or in parts if large."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from photoplay.dialects.addresses import web_url
from photoplay.dialects.provider import Call, Flow, MediaFile, Reply
from photoplay.dialects.replies import message_of, retry_after_s
from photoplay.dialects.verdicts import Verdicts

WHOLE_BYTES = 90 * 2**20  # larger files go in parts
PART_BYTES = 10 * 2**20
_LONGEST_TAG = 1000  # characters


def stored(file: MediaFile, rest_url: str, verdicts: Verdicts) -> Flow[str]:
    """Upload `file` by the host at `rest_url`; gives the URL that a request names it by."""
    in_parts = file.bytes > WHOLE_BYTES
    way = "initiate-multipart" if in_parts else "initiate"
    reply = yield Call(
        method="POST",
        url=f"{rest_url}/storage/upload/{way}?storage_type=fal-cdn-v3",
        json={"content_type": file.content_type, "file_name": f"upload{file.path.suffix}"},
    )
    body = _object(reply, verdicts)
    target, url = web_url(body.get("upload_url")), web_url(body.get("file_url"))
    if target is None or url is None:
        raise verdicts.unavailable("it named no place for an upload")
    yield from _in_parts(file, target, verdicts) if in_parts else _whole(file, target, verdicts)
    return url


def _whole(file: MediaFile, target: str, verdicts: Verdicts) -> Flow[None]:
    reply = yield Call(
        method="PUT",
        url=target,
        content=file.path,
        headers={"Content-Type": file.content_type},
        authorized=False,  # the URL itself is the permission
    )
    _check(reply, verdicts)


def _in_parts(file: MediaFile, target: str, verdicts: Verdicts) -> Flow[None]:
    parts: list[dict[str, Any]] = []
    for start in range(0, file.bytes, PART_BYTES):
        number = len(parts) + 1
        reply = yield Call(
            method="PUT",
            url=_below(target, str(number)),
            content=file.path,
            content_range=(start, min(start + PART_BYTES, file.bytes)),
            authorized=False,
        )
        parts.append({"partNumber": number, "etag": _tag(reply, verdicts)})
    url = _below(target, "complete")
    reply = yield Call(method="POST", url=url, json={"parts": parts}, authorized=False)
    _check(reply, verdicts)


def _below(url: str, name: str) -> str:
    """`url` with another part of its path, before its query."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, f"{parts.path}/{name}", parts.query, ""))


def _tag(reply: Reply, verdicts: Verdicts) -> str:
    """What names a part that has arrived: in the body, or in a header as other stores do."""
    _check(reply, verdicts)
    body = reply.json if isinstance(reply.json, Mapping) else {}
    tag = body.get("etag") or reply.headers.get("etag")
    if not isinstance(tag, str) or len(tag) > _LONGEST_TAG:
        raise verdicts.unavailable("it did not name a part of an upload")
    return tag


def _object(reply: Reply, verdicts: Verdicts) -> Mapping[str, Any]:
    _check(reply, verdicts)
    if not isinstance(reply.json, Mapping):
        raise verdicts.unavailable(message_of(reply))
    return reply.json


def _check(reply: Reply, verdicts: Verdicts) -> None:
    """Raise what a reply other than 2xx says."""
    if not reply.is_ok:
        raise verdicts.of_status(reply.status, message_of(reply), retry_after_s(reply))
