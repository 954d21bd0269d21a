"""Where providers call when a clip that was bought from them is done."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from photoplay.server.bodies import parse_object, read_body
from photoplay.server.runtime import Call, Runtime

MOST_BYTES = 1024**2


class AnnouncementRoutes:
    """Webhooks of providers. Their addresses are proof enough that we made them."""

    def __init__(self, runtime: Runtime) -> None:
        self._announcements = runtime.services.office.announcements
        self._threads = runtime.threads

    async def take(self, call: Call) -> Response:
        """200 for every call to an address of ours, also the second: a provider need not repeat."""
        call.trace.route = "provider"
        where = call.request.path_params
        body = parse_object(await read_body(call.request, MOST_BYTES))
        news = await self._threads.write(
            self._announcements.take,
            where["provider"],
            where["submission_id"],
            where["proof"],
            body,
        )
        return JSONResponse({"status": "taken" if news else "known"})
