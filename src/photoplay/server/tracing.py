"""The outermost layer: names every request, measures and logs its answer."""

from __future__ import annotations

import time

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from photoplay.dialects.fal.replies import REQUEST_ID
from photoplay.server import logs
from photoplay.server.metrics import Metrics
from photoplay.server.trace import Trace


class Tracing:
    """ASGI middleware. Every answer gets `x-fal-request-id`, whoever made it."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request. What it measures is the time to the head of the answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        trace = Trace()
        trace.attach(scope)
        began = time.perf_counter()

        async def send_named(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers[REQUEST_ID] = trace.request_id
                headers.update(trace.headers)
                headers.setdefault("Cache-Control", "no-store")
                seconds = time.perf_counter() - began
                self._metrics.answered(trace.route, message["status"], seconds)
                logs.answered(trace, scope["method"], message["status"], seconds)
            await send(message)

        await self._app(scope, receive, send_named)
