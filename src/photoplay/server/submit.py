"""Submitting to the queue, and the synchronous call, which is submitting and waiting."""

from __future__ import annotations

import asyncio
from functools import partial

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from photoplay.dialects.fal import paths, replies
from photoplay.errors import FeatureNotSupported, NotFound
from photoplay.jobs.job import Job
from photoplay.server.locks import NamedLocks
from photoplay.server.queue import ending, note_job
from photoplay.server.refusals import nobody_there
from photoplay.server.runtime import Call, Runtime
from photoplay.server.submissions import Asked, Submissions


class SubmitRoutes:
    """`POST` of an endpoint on the queue and on the synchronous host."""

    def __init__(self, runtime: Runtime) -> None:
        self._services = runtime.services
        self._threads = runtime.threads
        self._watch = runtime.watch
        self._submissions = Submissions(runtime)
        self._alike = NamedLocks()

    async def submit(self, call: Call, operation: paths.Submit) -> Response:
        """The id of a queued request, or of the same one that was queued before.

        An identical submit of the same key waits until this one's answer is out or its caller has
        gone: in the second case it takes over what was made for nobody (decision 0008).
        """
        call.trace.route = "submit"
        asked = await self._submissions.read(call, operation.endpoint)
        await call.exit.enter_async_context(self._alike.hold(asked.likeness))
        if await call.request.is_disconnected():
            return nobody_there()
        job = await self._threads.write(self._submissions.accept, asked, adopting=True)
        _note(call, asked, job)
        if await call.request.is_disconnected():
            return nobody_there()
        position = await self._threads.write(self._about_to_answer, job)
        if await call.request.is_disconnected():  # while that was written
            await self._threads.write(self._services.jobs.mark_unanswered, job.id)
            return nobody_there()
        urls = replies.RequestUrls(call.queue_url, job.endpoint, job.id)
        return self._told(JSONResponse(replies.submitted(urls, position)), job)

    async def run(self, call: Call, operation: paths.Run) -> Response:
        """The output itself, however long that takes; a caller who hangs up cancels it."""
        call.trace.route = "run"
        asked = await self._submissions.read(call, operation.endpoint)
        job = await self._threads.write(self._submissions.accept, asked, adopting=False)
        _note(call, asked, job)
        ended = await self._until_ended(call.request, job)
        if ended is None:
            if asked.options.idempotency_key is None:  # with one, its caller may come back for it
                await self._threads.write(self._services.cancel, job.id)
            return nobody_there()
        return self._told(ending(call, ended), job)

    async def run_stream(self, call: Call, operation: paths.RunStream) -> Response:
        """Refused: a clip is one file, there is nothing to stream before it is whole."""
        call.trace.route = "run_stream"
        endpoint = self._services.catalogue.find(operation.endpoint)
        raise FeatureNotSupported(
            f"{endpoint.id} was asked to stream its output",
            rule="a clip is sent when it is whole",
            fix=f"Submit to {endpoint.id}, and stream its status instead",
        )

    def _told(self, response: Response, job: Job) -> Response:
        """With how the caller's request was read, who makes the clip, and for how much."""
        for warning in replies.warnings(job.notes):
            response.headers.append("Warning", warning)
        response.headers["X-Photoplay-Route"] = self._services.route_line(job)
        return response

    def _about_to_answer(self, job: Job) -> int:
        """Note that the caller gets the id now; the number of requests ahead."""
        self._services.jobs.mark_answered(job.id)
        return self._services.jobs.position(job)

    async def _until_ended(self, request: Request, job: Job) -> Job | None:
        """The job as it ended; None if the caller hung up before."""
        result = asyncio.ensure_future(self._watch.next(partial(self._ended, job.id)))
        leaving = asyncio.ensure_future(_hung_up(request))
        try:
            await asyncio.wait({result, leaving}, return_when=asyncio.FIRST_COMPLETED)
            return result.result() if result.done() else None
        finally:
            result.cancel()
            leaving.cancel()

    def _ended(self, job_id: str) -> Job | None:
        job = self._services.jobs.find(job_id)
        if job is None:
            raise NotFound(
                "the request was deleted while its caller waited",
                rule="ended requests are deleted after a time",
                fix="Submit it again",
            )
        return job if job.state.has_ended else None


def _note(call: Call, asked: Asked, job: Job) -> None:
    note_job(call, job)
    call.trace.headers |= asked.allowance.headers(taken=1)


async def _hung_up(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
