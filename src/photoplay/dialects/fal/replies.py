"""Bodies and headers of fal's queue, as values. Knows nothing about jobs, HTTP or storage."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from photoplay.dialects.fal.paths import request_path

Json = dict[str, Any]

_NOT_PRINTABLE = re.compile(r"[^\x20-\x7e]")
REQUEST_ID = "x-fal-request-id"
ERROR_TYPE = "X-Fal-Error-Type"
ENGINE = "x-photoplay-engine"
STARTUP_TIMEOUT = "startup_timeout"
MAX_WARNING_BYTES = 3000  # of all of an answer's

STILL_RUNNING: Json = {"detail": "Request is still in progress"}
CANCELLATION_REQUESTED: Json = {"status": "CANCELLATION_REQUESTED"}
ALREADY_COMPLETED: Json = {"status": "ALREADY_COMPLETED"}
NOT_FOUND: Json = {"status": "NOT_FOUND"}

# Headers that a script in a browser may read.
EXPOSED_HEADERS = (
    REQUEST_ID,
    ERROR_TYPE,
    ENGINE,
    "X-Fal-Request-Timeout-Type",
    "X-Fal-Needs-Retry",
    "X-Fal-Retryable",
    "X-RateLimit-Limit",
    "X-RateLimit-Remaining",
    "X-RateLimit-Reset",
    "Retry-After",
    "Warning",
    "ETag",
    "Content-Range",
    "Accept-Ranges",
    "Content-Disposition",
)


@dataclass(frozen=True, slots=True)
class RequestUrls:
    """Where a request is asked about. `base` ends without a slash, at the queue."""

    base: str
    endpoint: str
    request_id: str

    def as_json(self) -> Json:
        """The fields every queue answer carries: clients tell queue answers from output by them."""
        own = self.base + request_path(self.endpoint, self.request_id)
        return {
            "request_id": self.request_id,
            "response_url": own,
            "status_url": f"{own}/status",
            "cancel_url": f"{own}/cancel",
        }


@dataclass(frozen=True, slots=True)
class PlatformFailure:
    """Why the platform, not the model, ended a request."""

    error: str
    error_type: str


def submitted(urls: RequestUrls, position: int) -> Json:
    """The answer to a submit. `position` counts the requests ahead."""
    return {
        "status": "IN_QUEUE",
        **urls.as_json(),
        "gateway_request_id": urls.request_id,
        "queue_position": position,
    }


def in_queue(urls: RequestUrls, position: int) -> Json:
    """Status of a request that has not started."""
    return {"status": "IN_QUEUE", **urls.as_json(), "queue_position": position}


def in_progress(urls: RequestUrls, logs: list[Json] | None) -> Json:
    """Status of a running request; `logs` is None when none were asked for."""
    return {"status": "IN_PROGRESS", **urls.as_json(), "logs": logs}


def completed(
    urls: RequestUrls,
    logs: list[Json] | None,
    inference_s: float | None,
    failure: PlatformFailure | None = None,
) -> Json:
    """Status of a request that has ended, well or not: there is no word for failed or cancelled.

    What the model itself refused shows on the result route only, as in the original.
    """
    metrics = {} if inference_s is None else {"inference_time": round(inference_s, 3)}
    body = {"status": "COMPLETED", **urls.as_json(), "logs": logs, "metrics": metrics}
    if failure is not None:
        body |= {"error": failure.error, "error_type": failure.error_type}
    return body


def log_entry(message: str, level: str, at: float) -> Json:
    """One log line; `at` is in seconds since 1970."""
    stamp = datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")
    return {"message": message, "level": level, "source": "USER", "timestamp": stamp}


def with_urls(output: Any, files_url: str) -> Any:  # any JSON value
    """`output` with each `{"asset": name, …}` in it as a file object below `files_url`."""
    if isinstance(output, Mapping):
        rest = {name: with_urls(v, files_url) for name, v in output.items() if name != "asset"}
        if "asset" in output:
            return {"url": f"{files_url}/{output['asset']}", **rest}
        return rest
    if isinstance(output, Sequence) and not isinstance(output, str):
        return [with_urls(item, files_url) for item in output]
    return output


def failure_headers(status: int, error_type: str | None) -> dict[str, str]:
    """What goes beside the body of a failure; `error_type` only if the platform failed it."""
    again = "true" if status >= 500 else "false"
    headers = {"X-Fal-Retryable": again, "X-Fal-Needs-Retry": again}  # the older and newer name
    if error_type is not None:
        headers[ERROR_TYPE] = error_type
    if error_type == STARTUP_TIMEOUT:  # keeps clients from asking again: it was the caller's limit
        headers["X-Fal-Request-Timeout-Type"] = "user"
    return headers


def warnings(notes: Sequence[str]) -> list[str]:
    """`Warning` header values (RFC 7234, code 299), one a note, in ASCII.

    Clients refuse answers with more than a few KB of headers: what does not fit is counted.
    """
    values: list[str] = []
    left = MAX_WARNING_BYTES
    for at, note in enumerate(notes):
        value = f'299 photoplay "{_quotable(note)}"'
        left -= len(value)
        if left < 0:
            return [*values, f'299 photoplay "{len(notes) - at} more: see the log lines"']
        values.append(value)
    return values


def _quotable(note: str) -> str:
    """A note as a quoted string takes it: a caller's own words may be in it."""
    plain = " ".join(note.split()).replace("\\", "/").replace('"', "'")
    return _NOT_PRINTABLE.sub("?", plain)
