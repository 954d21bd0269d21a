"""The server on a real database and a real port, without a worker: tests play its part."""

from __future__ import annotations

import base64
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from PIL import Image

from photoplay.config import read_settings
from photoplay.jobs.job import Done, Job
from photoplay.keys import Scope
from photoplay.server.app import create_app
from photoplay.server.services import Services, open_services

ENDPOINT = "fal-ai/kling-video/v3/pro/image-to-video"
APP = "fal-ai/kling-video"
NOWHERE = "00000000-0000-4000-8000-000000000000"  # the id of no request


def png(shade: int = 128) -> bytes:
    """A small picture; another for each shade."""
    made = BytesIO()
    Image.new("RGB", (320, 320), (shade, 40, 90)).save(made, "PNG")
    return made.getvalue()


def data_uri(content: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(content).decode()


def asked(prompt: str = "slow push in", **changes: Any) -> dict[str, Any]:
    """The body of a valid request."""
    return {"prompt": prompt, "start_image_url": data_uri(png())} | changes


@dataclass
class Serving:
    """A running server with one key, and a client that has it."""

    services: Services
    url: str
    key: str
    client: httpx.Client
    _exit: ExitStack = field(repr=False)

    def caller(self, key: str | None) -> httpx.Client:
        """Another client, with another key or none."""
        headers = {} if key is None else {"Authorization": f"Key {key}"}
        client = httpx.Client(base_url=self.url, headers=headers, timeout=20)
        return self._exit.enter_context(client)

    def another_key(self, *scopes: Scope, concurrency: int | None = None) -> str:
        scopes = scopes or (Scope.RUN, Scope.UPLOAD)
        return self.services.keys.create("another", scopes, concurrency)[1]

    def submit(self, body: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
        answer = self.client.post(f"/queue/{ENDPOINT}", json=body or asked(), **more)
        assert answer.status_code == 200, answer.text
        taken: dict[str, Any] = answer.json()
        return taken

    def job(self, request_id: str) -> Job:
        found = self.services.jobs.find(request_id)
        assert found is not None
        return found

    def start(self, request_id: str) -> Job:
        started = self.services.jobs.start(request_id, "test:0")
        assert started is not None
        return started

    def finish(self, request_id: str, outcome: Any = None) -> None:
        """End a job as a worker does, with the clip of `keep_clip` unless told otherwise."""
        self.services.jobs.finish(request_id, outcome or Done({"video": self.keep_clip()}))

    @contextmanager
    def unheard(self, path: str, content: bytes) -> Iterator[None]:
        """A caller who has posted, and hangs up at the end of the block without an answer."""
        host, _, port = self.url.removeprefix("http://").partition(":")
        head = [
            f"POST {path} HTTP/1.1",
            f"Host: {host}:{port}",
            f"Authorization: Key {self.key}",
            f"Content-Length: {len(content)}",
        ]
        with socket.create_connection((host, int(port))) as caller:
            caller.sendall("\r\n".join([*head, "", ""]).encode() + content)
            yield

    def keep_clip(self) -> dict[str, Any]:
        kept = self.services.store.put_stream([png()], file_name="out.png")
        return {
            "asset": kept.name,
            "content_type": kept.content_type,
            "file_name": kept.file_name,
            "file_size": kept.bytes,
        }


@contextmanager
def serving(data: Path, **settings: Any) -> Iterator[Serving]:
    """A server with these settings on a free port of this machine."""
    with ExitStack() as stack:
        services = open_services(read_settings(data=data, **settings))
        stack.callback(services.close)
        _, key = services.keys.create("tests")
        url = stack.enter_context(listening(services))
        client = httpx.Client(base_url=url, headers={"Authorization": f"Key {key}"}, timeout=20)
        stack.enter_context(client)
        yield Serving(services, url, key, client, stack)


@contextmanager
def listening(services: Services) -> Iterator[str]:
    """The application on a free port; gives its URL."""
    config = uvicorn.Config(
        create_app(services),
        port=0,
        log_config=None,
        access_log=False,
        proxy_headers=False,
        ws="none",
        timeout_graceful_shutdown=2,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_until(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)


def wait_until(holds: Callable[[], object], within_s: float = 10) -> None:
    deadline_s = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline_s, "it did not come about in time"
        time.sleep(0.01)
