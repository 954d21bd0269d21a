"""What came of a job, between the two steps of its workflow, and as its caller gets it."""

from __future__ import annotations

from photoplay.dialects import fal
from photoplay.errors import PhotoplayError, RenderFailed
from photoplay.jobs.job import Cancelled, Done, Failed, Json, Outcome


def to_json(outcome: Outcome) -> Json:
    """The outcome as a JSON object that is not empty."""
    match outcome:
        case Done(result):
            return {"done": result}
        case Failed(status, body, error_type):
            return {"failed": [status, dict(body), error_type]}
        case Cancelled():
            return {"cancelled": True}


def from_json(value: Json) -> Outcome:
    """The outcome that `to_json` was given."""
    match value:
        case {"done": dict(result)}:
            return Done(result)
        case {"failed": [int(status), dict(body), error_type]}:
            return Failed(status, body, error_type)
        case {"cancelled": True}:
            return Cancelled()
    raise ValueError(f"{value!r} is no outcome")


def failed(error: PhotoplayError, loc: tuple[str | int, ...] = ("body",)) -> Failed:
    """A failure of the model, in the form of the original's; `loc` leads to the field at fault."""
    return Failed(error.http_status, fal.error_body(error, loc=loc))


def our_fault(given: str) -> RenderFailed:
    """An error whose cause is for the log of this process, not for the caller."""
    return RenderFailed(
        given,
        rule="a request that was accepted is rendered",
        fix="Submit it again, and tell whoever runs this server if that does not help",
    )
