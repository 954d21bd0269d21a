"""The application: which address leads to which handler, and what surrounds them all."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, Router
from starlette.types import Receive, Scope, Send

from photoplay.dialects.fal import paths
from photoplay.dialects.fal.paths import Role
from photoplay.dialects.fal.replies import EXPOSED_HEADERS
from photoplay.errors import NotFound, PhotoplayError
from photoplay.hosted import announcing
from photoplay.jobs.figures import read_figures
from photoplay.server import logs, proxy
from photoplay.server.advice import AdviceRoutes
from photoplay.server.announcements import AnnouncementRoutes
from photoplay.server.documents import DocumentRoutes
from photoplay.server.health import HealthRoutes
from photoplay.server.media import MediaRoutes
from photoplay.server.metrics import Metrics
from photoplay.server.origin import Origins
from photoplay.server.queue import QueueRoutes
from photoplay.server.refusals import fault, nobody_there, refusal, wrong_method
from photoplay.server.runtime import Call, Runtime
from photoplay.server.services import Services
from photoplay.server.stream import StatusStream
from photoplay.server.submit import SubmitRoutes
from photoplay.server.threads import Threads
from photoplay.server.trace import trace_of
from photoplay.server.tracing import Tracing
from photoplay.server.uploads import UploadRoutes
from photoplay.server.watch import Watch

Handler = Callable[[Call], Awaitable[Response]]
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
_PREFLIGHT_S = 24 * 3600  # how long a browser need not ask again


def create_app(services: Services) -> FastAPI:
    """The server's application. It closes nothing of `services`: who opened them does."""
    threads = Threads()
    metrics = Metrics(partial(read_figures, services.database), services.catalogue)
    runtime = Runtime(
        services=services,
        threads=threads,
        watch=Watch(threads),
        metrics=metrics,
        origins=Origins(services.settings),
    )

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await runtime.watch.close()

    return FastAPI(
        title="Photoplay",
        openapi_url=None,  # each endpoint has a document of its own
        routes=_routes(runtime),
        redirect_slashes=False,  # the asynchronous Python client follows no redirects
        lifespan=lifespan,
        middleware=[
            Middleware(Tracing, metrics=metrics),
            Middleware(
                CORSMiddleware,
                allow_origins=["*"],  # a page can do nothing without a key
                allow_methods=_METHODS,
                allow_headers=["*"],
                expose_headers=EXPOSED_HEADERS,
                max_age=_PREFLIGHT_S,
            ),
        ],
    )


def _routes(runtime: Runtime) -> list[BaseRoute]:
    uploads, media = UploadRoutes(runtime), MediaRoutes(runtime)
    health, documents = HealthRoutes(runtime), DocumentRoutes(runtime)
    advice = AdviceRoutes(runtime)
    storage = "/rest/storage/upload"
    parts = "/files/{name}/multipart/{upload_id:uuid}"
    table: list[tuple[str, str, Handler]] = [
        ("GET", "/healthz", health.alive),
        ("GET", "/readyz", health.ready),
        ("GET", "/metrics", health.metrics),
        ("GET", "/api/openapi/queue/openapi.json", documents.openapi),
        ("GET", "/.well-known/jwks.json", documents.jwks),
        ("GET", "/rest/.well-known/jwks.json", documents.jwks),
        ("POST", "/api/check", advice.check),
        ("POST", "/api/quote", advice.quote),
        ("POST", announcing.PATH, AnnouncementRoutes(runtime).take),
        ("GET", "/files/{name}", media.file),
        ("GET", "/cdn/files/{name}", media.file),
        ("POST", "/rest/storage/auth/token", uploads.token),
        ("POST", f"{storage}/initiate", uploads.initiate),
        ("POST", f"{storage}/initiate-multipart", uploads.initiate_multipart),
        ("PUT", f"{storage}/{{upload_id:uuid}}", uploads.put),
        ("PUT", f"{storage}/multipart/{{upload_id:uuid}}/{{number:int}}", uploads.part),
        ("POST", f"{storage}/multipart/{{upload_id:uuid}}/complete", uploads.complete),
        ("POST", "/cdn/files/upload", uploads.whole),
        ("POST", "/cdn/files/upload/multipart", uploads.start),
        ("PUT", f"{parts}/{{number:int}}", uploads.part),
        ("POST", f"{parts}/complete", uploads.complete),
    ]
    fixed = [
        Route(path, _Answering(runtime, handler), methods=[method])
        for method, path, handler in table
    ]
    taken: dict[str, set[str]] = {}
    for method, path, _ in table:
        taken.setdefault(path, set()).add(method)
    others = [
        Route(path, _Answering(runtime, _WrongMethod(methods)), methods=_METHODS)
        for path, methods in taken.items()
    ]
    return [
        *fixed,
        *others,
        Route(proxy.PATH, _Proxied(), methods=_METHODS),
        Route("/{path:path}", _Answering(runtime, _Operations(runtime)), methods=_METHODS),
    ]


class _Operations:
    """Addresses that hold an endpoint id, in all their spellings."""

    def __init__(self, runtime: Runtime) -> None:
        self._catalogue = runtime.services.catalogue
        self._queue = QueueRoutes(runtime)
        self._stream = StatusStream(runtime, self._queue)
        self._submit = SubmitRoutes(runtime)

    async def __call__(self, call: Call) -> Response:
        role, rest = paths.split_role(call.request.path_params["path"])
        known = role not in {Role.REST, Role.CDN}
        operation = paths.read_path(rest, role or Role.QUEUE) if known else None
        if operation is None:
            raise NotFound(
                "there is nothing at this address",
                rule="requests go to /queue/{endpoint id}, or to /run/{endpoint id} to wait there",
                fix="See the endpoint ids with photoplay engines --endpoints",
            )
        if call.request.method not in paths.methods(operation):
            if isinstance(operation, paths.Submit | paths.Run | paths.RunStream):
                self._catalogue.find(operation.endpoint)
            return wrong_method(paths.methods(operation))
        return await self._answer(call, operation)

    async def _answer(self, call: Call, operation: paths.Operation) -> Response:
        match operation:
            case paths.Status():
                return await self._queue.status(call, operation)
            case paths.Stream():
                return await self._stream.stream(call, operation)
            case paths.Result():
                return await self._queue.result(call, operation)
            case paths.Cancel():
                return await self._queue.cancel(call, operation)
            case paths.Submit():
                return await self._submit.submit(call, operation)
            case paths.Run():
                return await self._submit.run(call, operation)
            case paths.RunStream():
                return await self._submit.run_stream(call, operation)


class _WrongMethod:
    """The answer where an address is known and the method is not."""

    def __init__(self, allowed: set[str]) -> None:
        self._allowed = allowed | ({"HEAD"} if "GET" in allowed else set())

    async def __call__(self, call: Call) -> Response:  # noqa: ARG002
        return wrong_method(self._allowed)


class _Answering:
    """A handler as an ASGI application: its errors become answers."""

    def __init__(self, runtime: Runtime, handler: Handler) -> None:
        self._origins = runtime.origins
        self._handler = handler

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        async with AsyncExitStack() as exit_:  # left when the answer is out, or cannot be
            response = await self._response(request, exit_)
            await response(scope, receive, send)

    async def _response(self, request: Request, exit_: AsyncExitStack) -> Response:
        try:
            return await self._handler(Call(request, self._origins, exit_))
        except PhotoplayError as error:
            answer = refusal(error)
            if answer.status_code >= 500:
                _log_fault(request)
            return answer
        except ClientDisconnect:
            return nobody_there()
        except Exception:
            _log_fault(request)
            return fault()


def _log_fault(request: Request) -> None:
    trace = trace_of(request.scope)
    logs.note("a request failed", level=logging.ERROR, failed=True, request_id=trace.request_id)


class _Proxied:
    """The proxy's address: whatever arrives there goes through the same routes once more."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            aimed = proxy.aimed_at_target(scope)
        except PhotoplayError as error:
            await refusal(error)(scope, receive, send)
            return
        router: Router = scope["router"]
        await router(aimed, receive, send)
