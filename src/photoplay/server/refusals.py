"""Errors as answers, in the two forms that the clients know."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.responses import JSONResponse, Response

from photoplay.catalogue import echo
from photoplay.dialects import fal
from photoplay.dialects.fal.replies import ERROR_TYPE, failure_headers
from photoplay.errors import BodyInvalid, FieldError, InvalidRequest, PhotoplayError

_NOBODY_THERE = 499  # what is logged for a caller who has hung up; nobody reads it


def placed(error: InvalidRequest, loc: fal.Loc, given: object = None) -> BodyInvalid:
    """The same complaint about the field that `loc` leads to, where `given` was found."""
    if isinstance(error, BodyInvalid):
        return error
    field = FieldError(loc, str(error), error.fal_type, error.limits, echo(given))
    return BodyInvalid.of([field])


def refusal(error: PhotoplayError) -> Response:
    """The answer to what raised `error`: in the model's form about input, else the platform's."""
    if isinstance(error, InvalidRequest) and error.http_status == InvalidRequest.http_status:
        headers = failure_headers(error.http_status, None)
        return JSONResponse(fal.error_body(error), error.http_status, headers)
    body, headers = fal.platform_error(error)
    return JSONResponse(body, error.http_status, headers)


def fault() -> Response:
    """The answer when something of ours broke. What it was, only the log says."""
    body = {
        "detail": "The server failed; its log says why, under the request id of this answer.",
        "error_type": "internal_error",
    }
    return JSONResponse(body, 500, {ERROR_TYPE: "internal_error"})


def wrong_method(allowed: Iterable[str]) -> Response:
    """The answer to a path that knows other methods only."""
    methods = ", ".join(sorted(allowed))
    body = {"detail": f"This address takes {methods}.", "error_type": "bad_request"}
    return JSONResponse(body, 405, {"Allow": methods, ERROR_TYPE: "bad_request"})


def nobody_there() -> Response:
    """The answer to a caller who has hung up."""
    return Response(status_code=_NOBODY_THERE)
