"""The status of a request as a stream of events that ends with it."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator

from starlette.responses import Response, StreamingResponse

from photoplay.dialects.fal import paths
from photoplay.errors import PhotoplayError
from photoplay.jobs.job import Job
from photoplay.server import logs
from photoplay.server.queue import QueueRoutes, wants_logs
from photoplay.server.runtime import Call, Runtime

PING_S = 10.0  # of silence; the JavaScript client gives up after 15
_PING = ": ping\n\n"


class StatusStream:
    """`text/event-stream` of statuses: one whenever something has changed."""

    def __init__(self, runtime: Runtime, queue: QueueRoutes) -> None:
        self._runtime = runtime
        self._queue = queue

    async def stream(self, call: Call, operation: paths.Stream) -> Response:
        """Events until the request has ended or the caller hangs up."""
        call.trace.route = "stream"
        job = await self._runtime.threads.read(self._queue.find, call, operation)
        return StreamingResponse(
            self._events(_Look(self._runtime, self._queue, call, job)),
            media_type="text/event-stream",
            # Proxies that buffer would hold back what is meant for now.
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )

    async def _events(self, look: _Look) -> AsyncIterator[str]:
        while not look.is_over:
            try:
                yield await self._runtime.watch.next(look)
            except PhotoplayError:  # the head is out: all that is left is to end
                logs.note("a status stream broke off", failed=True, request_id=look.job_id)
                return


class _Look:
    """Looks at one job for one stream; what it has told, it does not tell again."""

    def __init__(self, runtime: Runtime, queue: QueueRoutes, call: Call, job: Job) -> None:
        self.job_id = job.id
        self.is_over = False
        self._jobs = runtime.services.jobs
        self._queue = queue
        self._call = call
        self._wants_logs = wants_logs(call)
        self._last_line = 0
        self._told: object = None
        self._told_at_s = time.monotonic()

    def __call__(self) -> str | None:
        """The next event, if there is one."""
        job = self._jobs.find(self.job_id)
        if job is None:  # deleted
            self.is_over = True
            return _PING
        lines = self._jobs.logs(job.id, self._last_line) if self._wants_logs else None
        body = self._queue.status_body(self._call, job, lines)
        state = (body["status"], body.get("queue_position"))
        # Lines cannot be told while it waits: they are kept for later.
        new_lines = bool(body.get("logs"))
        if state == self._told and not new_lines:
            return self._ping()
        if new_lines and lines:
            self._last_line = lines[-1].id
        self._told, self._told_at_s = state, time.monotonic()
        self.is_over = job.state.has_ended
        return f"data: {json.dumps(body, ensure_ascii=False)}\n\n"

    def _ping(self) -> str | None:
        if time.monotonic() - self._told_at_s < PING_S:
            return None
        self._told_at_s = time.monotonic()
        return _PING
