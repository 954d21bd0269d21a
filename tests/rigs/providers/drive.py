"""Drives a dialect against a server in the simplest way that works: one call after the other.

It keeps none of the rules that keep money safe, and waits next to nothing between looks.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx

from photoplay.dialects.fal import with_media
from photoplay.dialects.provider import (
    Call,
    Credentials,
    Dialect,
    Flow,
    Loc,
    MediaFile,
    Order,
    Reply,
    Ticket,
    Wait,
)
from photoplay.hosted.wire import expanded

LONGEST_WAIT_S = 0.01
MOST_STEPS = 200  # calls and waits of one flow: more is a flow that does not end

T = TypeVar("T")


def drive(
    dialect: Dialect, order: Order, files: Mapping[Loc, MediaFile], credentials: Credentials
) -> bytes:
    """The clip of an order, from the check to the download."""
    with Drive(dialect, credentials) as driver:
        return driver.fetch(driver.buy(replace(order, files=files)))


class Drive:
    """A dialect with its credentials and a connection; the steps of `drive` one by one."""

    def __init__(self, dialect: Dialect, credentials: Credentials) -> None:
        self.dialect = dialect
        self.credentials = credentials
        self.waits: list[Wait] = []
        self._client = httpx.Client(timeout=10, follow_redirects=False, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def buy(self, order: Order) -> Ticket:
        """Check, upload and submit; `order.values` hold URLs where `order.files` lie."""
        self.dialect.check(order.endpoint, order.values)
        urls = {loc: self.run(self.dialect.upload(file)) for loc, file in order.files.items()}
        call = self.dialect.submit(replace(order, values=with_media(order.values, urls)))
        return self.dialect.accepted(self.send(call))

    def fetch(self, ticket: Ticket) -> bytes:
        """Wait for the clip and download it."""
        return self.download(self.run(self.dialect.watch(ticket)).download)

    def download(self, call: Call) -> bytes:
        response = self._respond(call)
        response.raise_for_status()
        return response.content

    def run(self, flow: Flow[T]) -> T:
        """Follow a flow to its result."""
        try:
            step = next(flow)
            for _ in range(MOST_STEPS):
                step = flow.send(self._reply(step))
        except StopIteration as end:
            result: T = end.value
            return result
        raise AssertionError(f"the flow did not end in {MOST_STEPS} steps")

    def send(self, call: Call) -> Reply:
        """The reply to one call."""
        response = self._respond(call)
        try:
            body = response.json()
        except ValueError:
            body = None
        headers = {name.lower(): text for name, text in response.headers.items()}
        return Reply(
            status=response.status_code, headers=headers, json=body, text=response.text[:2000]
        )

    def _reply(self, step: Call | Wait) -> Reply:
        if isinstance(step, Call):
            return self.send(step)
        self.waits.append(step)
        time.sleep(min(step.seconds, LONGEST_WAIT_S))
        return Reply(status=204)

    def _respond(self, call: Call) -> httpx.Response:
        given = (call.json is not None, call.form is not None, call.content is not None)
        assert sum(given) <= 1, f"{call.method} {call.url} has more than one body"
        headers = dict(call.headers)
        if call.authorized:
            headers |= self.dialect.authorize(self.credentials, time.time())
        with ExitStack() as opened:
            body: dict[str, Any] = {}
            if call.json is not None:
                body["json"] = expanded(call.json)
            if call.form is not None:
                body["files"] = {name: (None, text) for name, text in call.form.items()} | {
                    name: (path.name, opened.enter_context(path.open("rb")))
                    for name, path in call.files.items()
                }
            if call.content is not None:
                body["content"] = call.content.read_bytes()[slice(*call.content_range or (None,))]
            return self._client.request(call.method, call.url, headers=headers, **body)
