"""Callers of the queue, many at a time: plain HTTP, patient with a server that restarts."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx

Json = dict[str, Any]

ENDPOINT = "fal-ai/kling-video/v3/pro/image-to-video"
APP = "fal-ai/kling-video"


@dataclass(frozen=True)
class Answer:
    """What came of a job: the HTTP status and body of its result route."""

    request_id: str
    status: int
    body: Json


class Caller:
    """One client with its own connection and key. Use it as an async context.

    With `patience_s`, what fails for want of a server is tried again for that long.
    """

    def __init__(self, url: str, key: str, *, patience_s: float = 0) -> None:
        headers = {"authorization": f"Key {key}"}
        self._client = httpx.AsyncClient(base_url=url, headers=headers, timeout=30)
        self._patience_s = patience_s

    async def __aenter__(self) -> Caller:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def upload(self, content: bytes, content_type: str) -> str:
        """Store a file and return its URL."""
        wish = {"content_type": content_type, "file_name": "file"}
        urls = (await self._client.post("/rest/storage/upload/initiate", json=wish)).json()
        sent = await self._client.put(urls["upload_url"], content=content)
        assert sent.is_success, sent.text
        return str(urls["file_url"])

    async def submit(self, body: Json, *, hook: str = "", idempotency_key: str = "") -> str:
        """Submit a job and return its id. `hook` is the URL of its webhook."""
        headers = {"idempotency-key": idempotency_key} if idempotency_key else {}
        asked = {"fal_webhook": hook} if hook else {}
        url = f"/queue/{ENDPOINT}"
        sent = await self._patiently(
            lambda: self._client.post(url, json=body, headers=headers, params=asked)
        )
        assert sent.status_code == 200, sent.text
        return str(sent.json()["request_id"])

    async def status(self, request_id: str, *, logs: bool = False) -> Json:
        """Its status as it is now."""
        url = f"/queue/{APP}/requests/{request_id}/status"
        got = await self._patiently(lambda: self._client.get(url, params={"logs": int(logs)}))
        assert got.status_code in {200, 202}, got.text
        status: Json = got.json()
        return status

    async def ended(self, request_id: str, *, every_s: float = 0.2) -> Answer:
        """Poll until it has ended, and fetch its result."""
        while (await self.status(request_id))["status"] != "COMPLETED":
            await asyncio.sleep(every_s)
        return await self.result(request_id)

    async def result(self, request_id: str) -> Answer:
        """What its result route answers."""
        url = f"/queue/{APP}/requests/{request_id}"
        got = await self._patiently(lambda: self._client.get(url))
        return Answer(request_id, got.status_code, got.json())

    async def file(self, url: str) -> bytes:
        """The content of a media URL."""
        got = await self._patiently(lambda: self._client.get(url))
        assert got.status_code == 200, f"{url}: {got.status_code}"
        return got.content

    async def _patiently(self, send: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
        deadline_s = asyncio.get_running_loop().time() + self._patience_s
        while True:
            try:
                got = await send()
                if got.status_code != 503:
                    return got
                failure: Exception = AssertionError(got.text)
            except httpx.TransportError as error:
                failure = error
            if asyncio.get_running_loop().time() > deadline_s:
                raise failure
            await asyncio.sleep(0.1)
