"""How a request at fal ended, read from the answer of its result route: a clip, or an error."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from photoplay.dialects.addresses import web_url
from photoplay.dialects.provider import Call, Output, Reply
from photoplay.dialects.replies import message_of, retry_after_s, shortened
from photoplay.dialects.verdicts import Verdicts, sounds_moderated
from photoplay.errors import Cancelled, PhotoplayError

Json = Mapping[str, Any]

VIDEO = "video"  # where every endpoint's output has its clip
SEED = "seed"
CANCELLED = "client_cancelled"
POLICY = "content_policy_violation"
_UNDECIDED = frozenset({401, 403, 408, 409, 425, 429})  # of this call, not of the request
_RUNNING = "still in progress"
_MOST_READ = 50  # complaints of an answer of any size
_MOST_COMPLAINTS = 3  # that a message repeats


def output_of(body: Json, verdicts: Verdicts) -> Output:
    """The clip in an endpoint's output. Raises ProviderFailed if there is none."""
    video = body.get(VIDEO)
    url = web_url(video.get("url")) if isinstance(video, Mapping) else None
    if url is None:
        raise verdicts.failed("its output has no clip in it")
    assert isinstance(video, Mapping)
    size = _whole(video.get("file_size"))
    return Output(
        download=Call(method="GET", url=url, authorized=False),
        bytes=size if size and size > 0 else None,
        seed=_whole(body.get(SEED)),
    )


def failure_of(reply: Reply, status: Json, verdicts: Verdicts) -> PhotoplayError:
    """Why the result route gave no output; `status` is what the status route said before.

    The status of the model's own error is the route's, so a 503 may be the end of the request, or
    only of this answer: it is the end if the body is a model's, or the status route has said so.
    """
    kind = error_type(reply, status)
    if kind == CANCELLED:
        return Cancelled()
    words, listed = _words(reply), bool(_complaints(reply.json))
    if is_of_policy(reply):
        return verdicts.moderated(words)
    if is_unknown(reply) and not listed:
        return verdicts.gone()
    if not (listed or _has_ended(reply, status)):
        return verdicts.of_look(reply)
    if sounds_moderated(words):
        return verdicts.moderated(words)
    if kind:
        words = f"{words} ({shortened(kind, 60)})"
    # What fails with its own fault is not billed: https://docs.fal.ai, "Pricing".
    return verdicts.failed(words, Decimal(0) if reply.status >= 500 else None)


def refusal_of(reply: Reply, verdicts: Verdicts) -> PhotoplayError:
    """Why a request was turned down at once, by a 4xx that proves that it was."""
    words = _words(reply)
    if is_of_policy(reply):
        return verdicts.moderated(words)
    return verdicts.of_status(reply.status, words, retry_after_s(reply))


def is_of_policy(reply: Reply) -> bool:
    """Whether fal's checker of contents is what refused."""
    kinds = [each.get("type") for each in _complaints(reply.json)]
    return POLICY in kinds or error_type(reply, {}) == POLICY


def error_type(reply: Reply, status: Json) -> str:
    """The platform's word for what went wrong; empty if it has none."""
    body = reply.json if isinstance(reply.json, Mapping) else {}
    said = (body.get("error_type"), reply.headers.get("x-fal-error-type"), status.get("error_type"))
    return next((word for word in said if isinstance(word, str) and word), "")


def is_running(reply: Reply) -> bool:
    """Whether the result route says that there is no result yet."""
    detail = reply.json.get("detail") if isinstance(reply.json, Mapping) else None
    return reply.status == 400 and isinstance(detail, str) and _RUNNING in detail.lower()


def is_unknown(reply: Reply) -> bool:
    """Whether fal itself, and not something in front of it, says that there is no such request."""
    return reply.status == 404 and isinstance(reply.json, Mapping)


def _has_ended(reply: Reply, status: Json) -> bool:
    if status.get("error") or status.get("error_type"):
        return True
    if reply.status in _UNDECIDED or not isinstance(reply.json, Mapping):
        return False
    marks = ("x-fal-retryable", "x-fal-needs-retry")  # beside a model's own errors only
    return any(mark in reply.headers for mark in marks) or (
        400 <= reply.status < 500 and "detail" in reply.json
    )


def _words(reply: Reply) -> str:
    listed = _complaints(reply.json)[:_MOST_COMPLAINTS]
    return "; ".join(map(_sentence, listed)) or message_of(reply)


def _complaints(body: Any) -> list[Json]:
    """What a model's error lists, each with `msg`, `type` and `loc`."""
    detail = body.get("detail") if isinstance(body, Mapping) else None
    if not isinstance(detail, list):
        return []
    return [each for each in detail[:_MOST_READ] if isinstance(each, Mapping)]


def _sentence(complaint: Json) -> str:
    """Such as "Input should be a valid string (prompt)"."""
    words = shortened(str(complaint.get("msg") or complaint.get("type") or "no reason given"))
    loc = complaint.get("loc")
    parts = [str(part) for part in loc[:10] if part != "body"] if isinstance(loc, list) else []
    place = f" ({shortened('.'.join(parts), 80)})" if parts else ""
    return words.rstrip(".") + place


def _whole(said: object) -> int | None:
    """`said` if it is a whole number that a database takes."""
    if not isinstance(said, int) or isinstance(said, bool) or abs(said) >= 2**63:
        return None
    return said
