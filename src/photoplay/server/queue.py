"""Status, result and cancel of one request. Reads and writes our tables only."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from photoplay.dialects.fal import paths, replies
from photoplay.errors import NotFound
from photoplay.jobs.job import Job, JobState, LogLine
from photoplay.jobs.store import CancelKind
from photoplay.keys import Scope
from photoplay.server.runtime import Call, Runtime

Json = replies.Json

_QUEUED = (JobState.WAITING, JobState.ADMITTED)
_TRUE = frozenset({"1", "true", "yes", "on"})


class QueueRoutes:
    """The routes under `requests/{id}`, except for the stream."""

    def __init__(self, runtime: Runtime) -> None:
        self._services = runtime.services
        self._threads = runtime.threads

    async def status(self, call: Call, operation: paths.Status) -> Response:
        """202 while it is queued or runs, 200 when it has ended."""
        call.trace.route = "status"
        call.trace.quiet = True
        job, body = await self._threads.read(self._status, call, operation)
        return JSONResponse(body, 200 if job.state.has_ended else 202)

    async def result(self, call: Call, operation: paths.Result) -> Response:
        """The output, the error it ended with, or 400 while there is neither."""
        call.trace.route = "result"
        job = await self._threads.read(self.find, call, operation)
        return ending(call, job)

    async def cancel(self, call: Call, operation: paths.Cancel) -> Response:
        """202 if it will be stopped, 400 if it has ended, 404 if it is not there."""
        call.trace.route = "cancel"
        try:
            kind = await self._threads.write(self._cancel, call, operation)
        except NotFound:
            return JSONResponse(replies.NOT_FOUND, 404)
        if kind is CancelKind.ALREADY_ENDED:
            return JSONResponse(replies.ALREADY_COMPLETED, 400)
        return JSONResponse(replies.CANCELLATION_REQUESTED, 202)

    def find(self, call: Call, operation: paths.OfRequest) -> Job:
        """The job asked about, if it is the caller's own and of that app. Raises NotFound."""
        key = self._services.keys.check(call.authorization, Scope.RUN)
        call.trace.key_id = key.id
        is_id = paths.is_request_id(operation.request_id)
        job = self._services.jobs.find(operation.request_id) if is_id else None
        if job is None or job.key_id != key.id or paths.app_of(job.endpoint) != operation.app:
            raise NotFound(
                "no such request",
                rule="a request is known to the key that made it, under the app of its endpoint",
                fix="Compare the request id and the key; ended requests are deleted after a time",
            )
        note_job(call, job)
        return job

    def status_body(self, call: Call, job: Job, lines: list[LogLine] | None) -> Json:
        """What a status says now; `lines` is None if no log is wanted."""
        urls = replies.RequestUrls(call.queue_url, job.endpoint, job.id)
        if job.state in _QUEUED:
            return replies.in_queue(urls, self._services.jobs.position(job))
        logs = None if lines is None else [_entry(line) for line in lines]
        if not job.state.has_ended:
            return replies.in_progress(urls, logs)
        return replies.completed(urls, logs, job.inference_s, _failure(job))

    def _status(self, call: Call, operation: paths.Status) -> tuple[Job, Json]:
        job = self.find(call, operation)
        lines = self._services.jobs.logs(job.id) if wants_logs(call) else None
        return job, self.status_body(call, job, lines)

    def _cancel(self, call: Call, operation: paths.Cancel) -> CancelKind:
        return self._services.cancel(self.find(call, operation).id)


def note_job(call: Call, job: Job) -> None:
    """Name the answer to `call` after its job."""
    call.trace.request_id = job.id
    call.trace.endpoint = job.endpoint
    call.trace.engine = job.engine
    call.trace.headers[replies.ENGINE] = job.engine


def wants_logs(call: Call) -> bool:
    """Whether the query asks for log lines, in the spelling of any client."""
    return call.request.query_params.get("logs", "").lower() in _TRUE


def ending(call: Call, job: Job) -> Response:
    """What came of a job: its output, the error it ended with, or that there is neither yet."""
    if not job.state.has_ended:
        return JSONResponse(replies.STILL_RUNNING, 400)
    if job.state is JobState.DONE:
        if job.result is None:
            return _forgotten()
        return JSONResponse(replies.with_urls(job.result, call.files_url))
    status = job.error_status or 500
    if job.error_body is None:
        return _forgotten()
    headers = replies.failure_headers(status, job.error_type)
    return JSONResponse(job.error_body, status, headers)


def _forgotten() -> Response:
    """Of a request whose caller wished so: see `jobs.store.Jobs.forget_payloads`."""
    body = {"detail": "The result was not kept: X-Fal-Store-IO was 0", "error_type": "not_found"}
    return JSONResponse(body, 404)


def _failure(job: Job) -> replies.PlatformFailure | None:
    if job.error_type is None:
        return None
    detail = (job.error_body or {}).get("detail", "The request failed")
    return replies.PlatformFailure(str(detail), job.error_type)


def _entry(line: LogLine) -> Json:
    return replies.log_entry(line.message, line.level, line.at)
