"""What a request would cost and whether it would be refused, before it is submitted."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from photoplay import preflight, quotes
from photoplay.catalogue import Endpoint
from photoplay.dialects import fal
from photoplay.dialects.fal.body import Json
from photoplay.engine import DEFAULT_ENGINE
from photoplay.errors import BodyInvalid, FieldError
from photoplay.hosted import engine as hosted_engine
from photoplay.keys import Scope
from photoplay.server.bodies import parse_object, read_body
from photoplay.server.runtime import Call, Runtime


class AdviceRoutes:
    """`POST /api/check` and `/api/quote`: the body is a request's, `endpoint_id` names whose."""

    def __init__(self, runtime: Runtime) -> None:
        self._services = runtime.services
        self._threads = runtime.threads

    async def check(self, call: Call) -> Response:
        """What would be refused, or paid for nothing. Data URIs are looked into, links are not."""
        call.trace.route = "check"
        endpoint, body = await self._read(call)
        findings = await self._threads.read(preflight.check, endpoint, body)
        return JSONResponse(preflight.report(endpoint, findings))

    async def quote(self, call: Call) -> Response:
        """What it would cost on the engine that the routes choose, or on `engine`."""
        call.trace.route = "quote"
        endpoint, body = await self._read(call)
        named = call.request.query_params.get("engine")
        engine = named or self._services.catalogue.route(endpoint, self._services.settings.routes)
        return JSONResponse(self._quoted(engine, endpoint, body).as_json())

    def _quoted(self, engine: str, endpoint: Endpoint, body: Json) -> quotes.Quote:
        values = fal.read_body(endpoint, body).values
        if engine in hosted_engine.NAMES:
            return self._services.office.quote(engine, endpoint, values)
        if engine != DEFAULT_ENGINE:
            raise _unknown("engine", engine, [DEFAULT_ENGINE, *sorted(hosted_engine.NAMES)])
        return quotes.built_in(quotes.quote(endpoint, values).seconds)

    async def _read(self, call: Call) -> tuple[Endpoint, Json]:
        await self._threads.read(self._services.keys.check, call.authorization, Scope.RUN)
        wanted = call.request.query_params.get("endpoint_id")
        if wanted is None:
            loc = ("query", "endpoint_id")
            raise BodyInvalid.of([FieldError(loc, "Field required", "missing", {}, None)])
        endpoint = self._services.catalogue.find(wanted)
        raw = await read_body(call.request, self._services.settings.max_body_bytes)
        return endpoint, parse_object(raw)


def _unknown(name: str, given: str, known: list[str]) -> BodyInvalid:
    message = f"Input should be one of {', '.join(known)}"
    return BodyInvalid.of([FieldError(("query", name), message, "enum", {}, given[:100])])
