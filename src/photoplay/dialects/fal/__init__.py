"""fal's wire language: bodies into requests, outputs and errors into bodies; and as a caller."""

from photoplay.dialects.fal.asking import to_values
from photoplay.dialects.fal.body import Read, read_body
from photoplay.dialects.fal.errors import error_body, file_object, platform_error
from photoplay.dialects.fal.hosted import FalHosted
from photoplay.dialects.fal.request import (
    MediaRef,
    check_renderable,
    departures,
    media_of,
    needs,
    output,
    place_of,
    to_request,
    with_media,
)
from photoplay.dialects.provider import Loc

__all__ = [
    "FalHosted",
    "Loc",
    "MediaRef",
    "Read",
    "check_renderable",
    "departures",
    "error_body",
    "file_object",
    "media_of",
    "needs",
    "output",
    "place_of",
    "platform_error",
    "read_body",
    "to_request",
    "to_values",
    "with_media",
]
