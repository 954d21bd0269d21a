"""Which operation a URL path of fal's queue and synchronous hosts names. Pure text to values.

The clients submit to the full endpoint id and ask for everything else under its app only
(`owner/alias`); documents and samples use the full id throughout. Both spellings, a trailing or
doubled slash, and `…/response` for the result name the same thing here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

NAMESPACES = frozenset({"workflows", "comfy"})  # a first part that is not the owner
_LEGACY_ID = re.compile(r"([0-9]+)-([a-zA-Z0-9-]+)")  # "110602490-lora" for 110602490/lora
_REQUEST_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Role(StrEnum):
    """What the host of a URL is for; the value is the path prefix that stands for it here."""

    QUEUE = "queue"
    RUN = "run"
    REST = "rest"
    CDN = "cdn"


_ROLES = {role.value: role for role in Role}

# The hosts whose roles a server takes over.
HOSTS = {
    "queue.fal.run": Role.QUEUE,
    "queue.falrun.com": Role.QUEUE,
    "fal.run": Role.RUN,
    "falrun.com": Role.RUN,
    "rest.fal.ai": Role.REST,
    "rest.alpha.fal.ai": Role.REST,
    "v3.fal.media": Role.CDN,
    "v3b.fal.media": Role.CDN,
    "fal.media": Role.CDN,
}


@dataclass(frozen=True, slots=True)
class Submit:
    """Put a request for `endpoint` into the queue."""

    endpoint: str


@dataclass(frozen=True, slots=True)
class Run:
    """Answer with the output itself."""

    endpoint: str


@dataclass(frozen=True, slots=True)
class RunStream:
    """Answer with the output piece by piece, as it is made."""

    endpoint: str


@dataclass(frozen=True, slots=True)
class OfRequest:
    """Something about one request, which is looked up under `app`: `[namespace/]owner/alias`."""

    app: str
    request_id: str


class Status(OfRequest):
    """Where the request is."""

    __slots__ = ()


class Stream(OfRequest):
    """Where the request is, as events until it ends."""

    __slots__ = ()


class Result(OfRequest):
    """What came of the request."""

    __slots__ = ()


class Cancel(OfRequest):
    """Stop the request."""

    __slots__ = ()


Operation = Submit | Run | RunStream | Status | Stream | Result | Cancel

# What follows `requests/{id}`.
_TAILS: dict[tuple[str, ...], type[Status | Stream | Result | Cancel]] = {
    (): Result,
    ("response",): Result,
    ("status",): Status,
    ("status", "stream"): Stream,
    ("cancel",): Cancel,
}
_METHODS: dict[type[Operation], frozenset[str]] = {
    Submit: frozenset({"POST"}),
    Run: frozenset({"POST"}),
    RunStream: frozenset({"POST"}),
    Status: frozenset({"GET", "HEAD"}),
    Stream: frozenset({"GET"}),
    Result: frozenset({"GET", "HEAD"}),
    Cancel: frozenset({"PUT"}),
}


def read_path(path: str, role: Role = Role.QUEUE) -> Operation | None:
    """The operation that `path` names on the host of `role`; None if it can be no endpoint id.

    `path` is percent-decoded and without the role's prefix. Any HTTP method: see `methods`.
    """
    parts = _segments(path)
    for at in range(len(parts) - 2, 1, -1):
        operation = _TAILS.get(tuple(parts[at + 2 :])) if parts[at] == "requests" else None
        app = app_of("/".join(parts[:at])) if operation else None
        if operation and app:
            return operation(app, parts[at + 1].lower())
    if role is Role.RUN and len(parts) > 1 and parts[-1] == "stream":
        endpoint = _endpoint(parts[:-1])
        return RunStream(endpoint) if endpoint else None
    endpoint = _endpoint(parts)
    if not endpoint:
        return None
    return Run(endpoint) if role is Role.RUN else Submit(endpoint)


def split_role(path: str) -> tuple[Role | None, str]:
    """The role that the first part of `path` stands for, and the rest; None without such a part."""
    parts = _segments(path)
    role = _ROLES.get(parts[0]) if parts else None
    return (role, "/" + "/".join(parts[1:])) if role else (None, path)


def methods(operation: Operation) -> frozenset[str]:
    """The HTTP methods by which an operation is asked for."""
    return _METHODS[type(operation)]


def app_of(endpoint: str) -> str | None:
    """`[namespace/]owner/alias` of an endpoint id; None if it is no such id."""
    normal = _endpoint(_segments(endpoint))
    if normal is None:
        return None
    parts = normal.split("/")
    return "/".join(parts[: 3 if parts[0] in NAMESPACES else 2])


def is_request_id(text: str) -> bool:
    """Whether `text` has the form of a request id of ours: a lower-case UUID."""
    return _REQUEST_ID.fullmatch(text) is not None


def request_path(endpoint: str, request_id: str) -> str:
    """The path of a request under the app of its endpoint, as both clients build it."""
    return f"/{app_of(endpoint)}/requests/{request_id}"


def _segments(path: str) -> list[str]:
    """The parts of a path; empty ones are slips of joining, such as `host/queue//fal-ai`."""
    return [part for part in path.split("/") if part]


def _endpoint(parts: list[str]) -> str | None:
    if len(parts) == 1:
        match = _LEGACY_ID.fullmatch(parts[0])
        return f"{match[1]}/{match[2]}" if match else None
    least = 3 if parts and parts[0] in NAMESPACES else 2
    return "/".join(parts) if len(parts) >= least else None
