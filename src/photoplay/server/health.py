"""Whether the server lives, whether it can work, and its figures: for those who run it."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from photoplay.jobs.figures import read_figures
from photoplay.keys import Scope
from photoplay.server.metrics import CONTENT_TYPE
from photoplay.server.runtime import Call, Runtime


class HealthRoutes:
    """`/healthz`, `/readyz` and `/metrics`."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._services = runtime.services

    async def alive(self, call: Call) -> Response:
        """200: this process answers."""
        call.trace.route = "healthz"
        call.trace.quiet = True
        return JSONResponse({"status": "ok"})

    async def ready(self, call: Call) -> Response:
        """200 if requests can be taken; the error of the database, with 503, if not.

        Workers are told, not asked for: without one, requests wait.
        """
        call.trace.route = "readyz"
        call.trace.quiet = True
        figures = await self._runtime.threads.read(read_figures, self._services.database)
        return JSONResponse({"status": "ready", "workers": figures.workers})

    async def metrics(self, call: Call) -> Response:
        """Prometheus' text; from elsewhere than this machine with an admin's key only."""
        call.trace.route = "metrics"
        call.trace.quiet = True
        if not self._runtime.origins.is_local(call.request.scope):
            keys = self._services.keys
            await self._runtime.threads.read(keys.check, call.authorization, Scope.ADMIN)
        text = await self._runtime.threads.read(self._runtime.metrics.render)
        return Response(text, media_type=CONTENT_TYPE)
