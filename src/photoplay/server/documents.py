"""What the server publishes about itself: schemas of endpoints, and the key of its webhooks."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from photoplay.errors import BodyInvalid, FieldError
from photoplay.server.runtime import Call, Runtime


class DocumentRoutes:
    """Open to everyone, as with the original."""

    def __init__(self, runtime: Runtime) -> None:
        self._services = runtime.services

    async def openapi(self, call: Call) -> Response:
        """The queue's OpenAPI document of the endpoint that the query names."""
        call.trace.route = "openapi"
        wanted = call.request.query_params.get("endpoint_id")
        if wanted is None:
            loc = ("query", "endpoint_id")
            raise BodyInvalid.of([FieldError(loc, "Field required", "missing", {}, None)])
        return JSONResponse(self._services.catalogue.find(wanted).openapi(f"{call.origin}/queue"))

    async def jwks(self, call: Call) -> Response:
        """The public key that verifies our webhooks; receivers may keep it for a day."""
        call.trace.route = "jwks"
        headers = {"Cache-Control": "public, max-age=86400"}
        return JSONResponse(self._services.signer.jwks(), headers=headers)
