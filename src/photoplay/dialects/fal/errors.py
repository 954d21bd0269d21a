"""Errors as fal's clients read them: bodies of the model, and bodies of the platform.

https://docs.fal.ai/errors: a model's error is a list of complaints with places in the body; the
platform's is a sentence with a word for programs, which is also in a header.
"""

from __future__ import annotations

import math
from typing import Any

from photoplay.catalogue import echo
from photoplay.dialects.fal.replies import ERROR_TYPE
from photoplay.errors import BodyInvalid, Cancelled, PhotoplayError, TooManyRequests

Json = dict[str, Any]

PAGE = "https://docs.fal.ai/errors"
# The platform's words for what is not the model's.
_PLATFORM_WORDS = {
    "internal_server_error": "internal_error",
    Cancelled.fal_type: "client_cancelled",
}


def error_body(
    error: PhotoplayError,
    *,
    loc: tuple[str | int, ...] = ("body",),
    input: object = None,  # noqa: A002
) -> Json:
    """The body of a model's error. A BodyInvalid knows its own places; others take `loc`."""
    if isinstance(error, BodyInvalid) and error.errors:
        found = [
            _complaint(each.loc, each.msg, each.type, dict(each.ctx), each.input)
            for each in error.errors
        ]
        return {"detail": found}
    return {"detail": [_complaint(loc, str(error), error.fal_type, error.limits, echo(input))]}


def platform_error(error: PhotoplayError) -> tuple[Json, dict[str, str]]:
    """Body and headers of an error that is not the model's: keys, limits, unknown ids, faults."""
    word = _PLATFORM_WORDS.get(error.fal_type, error.fal_type)
    headers = {ERROR_TYPE: word}
    if isinstance(error, TooManyRequests):
        headers["Retry-After"] = str(max(1, math.ceil(error.retry_after_s)))
    return {"detail": str(error), "error_type": word}, headers


def file_object(url: str, content_type: str, file_name: str, file_size: int) -> Json:
    """A file in an output; `file_size` in bytes."""
    return {
        "url": url,
        "content_type": content_type,
        "file_name": file_name,
        "file_size": file_size,
    }


def _complaint(loc: tuple[str | int, ...], msg: str, kind: str, ctx: Json, given: object) -> Json:
    complaint: Json = {"loc": list(loc), "msg": msg, "type": kind, "url": f"{PAGE}#{kind}"}
    if ctx:
        complaint["ctx"] = ctx
    if given is not None:
        complaint["input"] = given
    return complaint
