"""What the test servers of all providers share: HTTP, orders and their fates, faults, downloads.

    class Acme(ProviderServer):
        def step(self, request): ...    # which step of a purchase a request is
        def answer(self, request): ...  # the provider's reply, in its own words

    with Acme() as server:
        server.faults = lambda step: Fault("drop-after") if step == "submit" else None

`server.accepted` is what was bought: the tests of "never pay twice" count it. `server.took` is told
of an order before its reply goes out.
"""

from __future__ import annotations

import json
import math
import re
import socket
import tempfile
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from email.parser import BytesParser
from email.policy import HTTP
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import parse_qsl, urlsplit

import numpy as np

from photoplay.clip import FPS
from photoplay.frames import Frames, Raster
from photoplay.media import Encoding, encode

Json = dict[str, Any]
Step = Literal["upload", "submit", "status", "result", "download", "cancel", "find"]
Fate = Literal["done", "moderated", "failed", "never", "cancelled"]
State = Literal["queued", "running", "done", "moderated", "failed", "cancelled"]
FaultKind = Literal[
    "slow",  # answers after `seconds`
    "drop-before",  # hangs up before anything is done
    "drop-after",  # does it, then hangs up without an answer
    "429",
    "429-retry-after",
    "500",  # in the provider's own form
    "503-html",  # from something in front of the provider
    "truncate",  # a download breaks off half way
    "expired",  # the URL of a download is gone; a fresh look at the status gives a new one
    "moderated",  # the task ends refused
    "failed",  # the task ends without a clip
    "never",  # the task does not end
]


@dataclass(frozen=True)
class Fault:
    """What goes wrong with a request. The last three decide the fate of its task."""

    kind: FaultKind
    seconds: float = 0.3  # of "slow", and of "429-retry-after" rounded up


@dataclass(frozen=True)
class Accepted:
    """An order that was taken, and costs money. `key` is ours, where the wire carries one."""

    key: str | None
    body: Any
    provider_id: str
    at: float


@dataclass(frozen=True)
class Part:
    """A part of a multipart body."""

    name: str
    content: bytes
    file_name: str | None = None
    content_type: str = "text/plain"

    @property
    def text(self) -> str:
        return self.content.decode()


@dataclass(frozen=True)
class Request:
    """A request as it came; header names in lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    fault: Fault | None = None

    def json(self) -> Any:
        """The body as JSON; raises ValueError."""
        return json.loads(self.body)

    def parts(self) -> list[Part]:
        """The parts of a multipart/form-data body, of which there are none in any other."""
        kind = self.headers.get("content-type", "")
        if not kind.startswith("multipart/form-data"):
            return []
        head = f"Content-Type: {kind}\r\n\r\n".encode()
        message = BytesParser(policy=HTTP).parsebytes(head + self.body)
        return [
            Part(
                str(part.get_param("name", header="content-disposition")),
                part.get_payload(decode=True),  # type: ignore[arg-type]
                part.get_filename(),
                part.get_content_type(),
            )
            for part in message.iter_parts()
        ]


@dataclass(frozen=True)
class Answer:
    """A reply: JSON, or `content` of some other type; `is_cut` breaks off half way."""

    status: int = 200
    json: Any = None
    content: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    is_cut: bool = False

    def encoded(self) -> tuple[bytes, dict[str, str]]:
        if self.content is not None:
            return self.content, dict(self.headers)
        return json.dumps(self.json).encode(), {"Content-Type": "application/json", **self.headers}


@dataclass
class Task:
    """An accepted order on its way: queued, running, then what its fate says."""

    provider_id: str
    key: str | None
    body: Any
    fate: Fate = "done"
    looks: int = 0  # how often its state was asked for
    edition: int = 1  # of its download URL: older ones are gone

    def look(self) -> State:
        """Its state, which every look brings further."""
        self.looks += 1
        if self.fate == "cancelled":
            return "cancelled"
        if self.looks == 1:
            return "queued"
        return "running" if self.looks == 2 or self.fate == "never" else self.fate


class ProviderServer(ABC):
    """A hosted engine on a port of 127.0.0.1; requests come in threads, `answer` one at a time."""

    def __init__(self) -> None:
        self.url = ""
        self.clip = small_clip()
        self.accepted: list[Accepted] = []
        self.received: list[Request] = []  # everything that came, in order
        self.faults: Callable[[str], Fault | None] = lambda step: None  # noqa: ARG005
        self.took: Callable[[Request, str], None] = lambda request, provider_id: None  # noqa: ARG005
        self.tasks: dict[str, Task] = {}
        self.lock = threading.RLock()
        self.under_way = 0  # requests that came, and are not answered

    # What a provider's own server says

    @abstractmethod
    def step(self, request: Request) -> Step:
        """Which step of a purchase a request is; downloads are not asked about."""

    @abstractmethod
    def answer(self, request: Request) -> Answer:
        """The reply to a request that is no download of `download_url`. The lock is held."""

    @abstractmethod
    def trouble(self, status: Literal[429, 500]) -> Answer:
        """The provider's own form of "too many requests" and of an internal error."""

    # What it may use

    def accept(self, request: Request, provider_id: str, key: str | None, body: Any) -> Task:
        """Take an order. A fault of its request may decide how it ends."""
        task = Task(provider_id, key, body)
        self.tasks[provider_id] = task
        self.accepted.append(Accepted(key, body, provider_id, time.time()))
        self.doom(task, request)
        self.took(request, provider_id)
        return task

    def doom(self, task: Task, request: Request) -> None:
        """Let the fault of `request`, if it is of that kind, decide how `task` ends."""
        if request.fault is not None and request.fault.kind in ("moderated", "failed", "never"):
            task.fate = request.fault.kind

    def download_url(self, task: Task) -> str:
        """Where the clip of a task is, as long as this URL lives."""
        return f"{self.url}/clips/{task.provider_id}/{task.edition}.mp4"

    # HTTP

    def __enter__(self) -> Self:
        owner: ProviderServer = self

        class Handler(_Handler):
            server_of = owner

        self._server = _Quiet(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=[0.01])
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def handle(self, request: Request) -> Answer | None:
        """The reply to a request with its faults; None: hang up."""
        with self.lock:
            self.under_way += 1
        try:
            return self._handle(request)
        finally:
            with self.lock:
                self.under_way -= 1

    def _handle(self, request: Request) -> Answer | None:
        found = _CLIP.fullmatch(request.path)
        step = "download" if found else self.step(request)
        fault = self.faults(step)
        request = replace(request, fault=fault)
        kind = fault.kind if fault else None
        if fault and kind == "slow":
            time.sleep(fault.seconds)
        with self.lock:
            self.received.append(request)
            if kind == "drop-before":
                return None
            early = self._early(fault) if fault else None
            if early is not None:
                return early
            reply = self._download(request, *found.groups()) if found else self.answer(request)
        return None if kind == "drop-after" else reply

    def _early(self, fault: Fault) -> Answer | None:
        match fault.kind:
            case "429":
                return self.trouble(429)
            case "429-retry-after":
                busy = self.trouble(429)
                after = {"Retry-After": str(math.ceil(fault.seconds))}
                return replace(busy, headers={**busy.headers, **after})
            case "500":
                return self.trouble(500)
            case "503-html":
                page = b"<html><head><title>503 Service Unavailable</title></head></html>"
                return Answer(503, content=page, headers={"Content-Type": "text/html"})
        return None

    def _download(self, request: Request, provider_id: str, edition: str) -> Answer:
        task, kind = self.tasks.get(provider_id), request.fault and request.fault.kind
        if task is not None and kind == "expired":
            task.edition += 1
        if request.method != "GET" or task is None or int(edition) != task.edition:
            page = b"<Error><Code>AccessDenied</Code></Error>"
            return Answer(403, content=page, headers={"Content-Type": "application/xml"})
        is_cut = kind == "truncate"
        return Answer(content=self.clip, headers={"Content-Type": "video/mp4"}, is_cut=is_cut)


_CLIP = re.compile(r"/clips/([^/]+)/(\d{1,9})\.mp4")


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *arguments: object) -> None: ...  # a caller that hung up


class _Handler(BaseHTTPRequestHandler):
    server_of: ProviderServer
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet
    disable_nagle_algorithm = True

    def _do(self) -> None:
        place = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = Request(
            self.command,
            place.path,
            dict(parse_qsl(place.query, keep_blank_values=True)),
            {name.lower(): text for name, text in self.headers.items()},
            body,
        )
        answer = self.server_of.handle(request)
        if answer is None:
            self._hang_up()
            return
        content, headers = answer.encoded()
        self.send_response(answer.status)
        for name, text in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(content[: len(content) // 2] if answer.is_cut else content)
        self.wfile.flush()
        if answer.is_cut:
            self._hang_up()

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _do  # noqa: N815

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *arguments: object) -> None: ...


@cache
def small_clip() -> bytes:
    """A film of three seconds without sound, grey and getting brighter."""
    raster, count = Raster(320, 180), 3 * int(FPS)

    def pixels() -> Any:
        frame = np.full((raster.height_px * 3 // 2, raster.width_px), 128, np.uint8)
        for index in range(count):
            frame[: raster.height_px] = 40 + index
            yield frame

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.mp4"
        encode(Frames(raster, FPS, count, pixels()), path, Encoding.for_path(path), metadata={})
        return path.read_bytes()
