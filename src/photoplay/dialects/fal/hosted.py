"""fal as a provider: its queue and its storage, seen from the caller's side.

Values already are in the words of fal's own schemas, so a body is the values themselves. Another
Photoplay speaks the same: a `url` of one's own replaces fal's hosts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from photoplay.catalogue import Endpoint
from photoplay.dialects.addresses import known_id, same_origin, service_url, web_url
from photoplay.dialects.fal.endings import (
    CANCELLED,
    failure_of,
    is_running,
    is_unknown,
    output_of,
    refusal_of,
)
from photoplay.dialects.fal.paths import OfRequest, Role, read_path, request_path, split_role
from photoplay.dialects.fal.storage import stored
from photoplay.dialects.polling import GONE_AFTER, pauses
from photoplay.dialects.provider import (
    Call,
    Credentials,
    Flow,
    Inline,
    Json,
    MediaFile,
    Order,
    Output,
    Reply,
    Ticket,
    Wait,
)
from photoplay.dialects.replies import message_of, shortened
from photoplay.dialects.verdicts import PROVING, Verdicts
from photoplay.errors import Cancelled

PROVIDER = "fal"
DEFAULT_URL = ""  # fal's own hosts, of which there are two
_QUEUE = "https://queue.fal.run"
_REST = "https://rest.fal.ai"
_VERDICTS = Verdicts(name="fal", provider=PROVIDER, keys="FAL_KEY")
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 1.0, 5.0
_LOG_CHARS = 120  # of a log line that is shown
_LINKS = ("status_url", "response_url", "cancel_url")


class FalHosted:
    """The dialect of fal, and of anything that serves fal's queue below `url`."""

    provider = PROVIDER
    secrets = (("FAL_KEY",), ("FAL_KEY_ID", "FAL_KEY_SECRET"))

    def __init__(self, url: str = DEFAULT_URL, model: str = "") -> None:
        """Raises SettingInvalid."""
        _VERDICTS.check_no_model(model)
        own = service_url(PROVIDER, url) if url else ""
        self._queue = f"{own}/{Role.QUEUE}" if own else _QUEUE
        self._rest = f"{own}/{Role.REST}" if own else _REST

    def check(self, endpoint: Endpoint, values: Mapping[str, Any]) -> None:  # noqa: ARG002
        """Raise FeatureNotSupported for an endpoint out of service, or one that makes no clips."""
        endpoint.check_offered()
        if not endpoint.makes_clips:
            raise _VERDICTS.unspeakable(
                f"{endpoint.id}, which makes no clip",
                rule="what is bought here is a clip",
                fix=f"Call {endpoint.id} with fal's own client",
            )

    def authorize(self, credentials: Credentials, now_s: float) -> Mapping[str, str]:  # noqa: ARG002
        """The key as fal takes it, in one piece or two."""
        key = credentials.get("FAL_KEY", "").strip()
        if not key:
            halves = [credentials.get(name, "").strip() for name in self.secrets[1]]
            key = ":".join(halves) if all(halves) else ""
        if not key:
            raise _VERDICTS.key_refused("no key was given")
        return {"Authorization": f"Key {key}"}

    def upload(self, file: MediaFile) -> Flow[str | Inline]:
        """Bring a file to fal's storage; gives its URL there."""
        return (yield from stored(file, self._rest, _VERDICTS))

    def submit(self, order: Order) -> Call:
        """Put the values into the queue of their endpoint."""
        url = f"{self._queue}/{order.endpoint.id}"
        if order.webhook_url:
            url += f"?fal_webhook={quote(order.webhook_url, safe='')}"
        # Without the header fal renders again, up to ten times, what failed by its own fault.
        return Call(method="POST", url=url, json=order.values, headers={"X-Fal-No-Retry": "1"})

    def accepted(self, reply: Reply) -> Ticket:
        """The ticket of a 2xx with an id; a refusal is one only if it says why, as fal does."""
        body = reply.json if isinstance(reply.json, Mapping) else {}
        words = message_of(reply)
        if reply.is_ok:
            ticket = _ticket(body)
            if ticket is None:
                raise _VERDICTS.unclear(f"status {reply.status} without a request id")
            if self._places(ticket) is None:
                raise _VERDICTS.unclear(
                    f"it took it as {ticket.provider_id}, and named no place to ask for it"
                )
            return ticket
        if reply.status in PROVING and "detail" in body:
            raise refusal_of(reply, _VERDICTS)
        raise _VERDICTS.unclear(words)

    def find(self, key: str) -> None:
        """Nobody can be asked: fal takes no key of the caller's."""

    def watch(self, ticket: Ticket) -> Flow[Output]:
        """Look at the status until it is COMPLETED, which says only that there is a result."""
        places = self._places(ticket)
        if places is None:
            raise _VERDICTS.unavailable("the ticket does not say where it is asked about")
        status_url, result_url, _ = places
        gaps, misses = pauses(_FIRST_PAUSE_S, _LONGEST_PAUSE_S), 0
        while True:
            reply = yield Call(method="GET", url=f"{status_url}?logs=1")
            misses = misses + 1 if is_unknown(reply) else 0
            if 0 < misses < GONE_AFTER:
                yield Wait(seconds=next(gaps), message="fal does not find it")
                continue
            status = _status(reply)
            if status.get("status") == "COMPLETED":
                if status.get("error_type") == CANCELLED:
                    raise Cancelled
                reply = yield Call(method="GET", url=result_url)
                if not is_running(reply):
                    return _ended(reply, status)
            yield Wait(seconds=next(gaps), message=_message(status))

    def cancel(self, ticket: Ticket) -> Call | None:
        """Ask to stop it: what waits is dropped at once, what runs may still be finished."""
        places = self._places(ticket)
        return None if places is None else Call(method="PUT", url=places[2])

    def announced(self, body: Json) -> str | None:
        """The id in fal's webhook."""
        return known_id(body.get("request_id"))

    def ticket(self, provider_id: str, endpoint: Endpoint) -> Ticket:
        """The ticket of a request of `endpoint`, whose app says where to ask for it."""
        base = self._queue + request_path(endpoint.id, provider_id)
        places = (f"{base}/status", base, f"{base}/cancel")
        return Ticket(provider_id=provider_id, data=dict(zip(_LINKS, places, strict=True)))

    def _places(self, ticket: Ticket) -> tuple[str, str, str] | None:
        """Where its status, its result and cancelling are; None if there is no telling.

        The URLs that fal gave are followed only to the queue itself: calls carry the key. Where
        they lead elsewhere, as behind a proxy, their path still says which app the request is of.
        """
        given = [web_url(ticket.data.get(name)) for name in _LINKS]
        own = [url for url in given if url is not None and self._is_own(url)]
        if len(own) == len(_LINKS):
            status, result, cancel = own
            return status, result, cancel
        for url in filter(None, given):
            _, path = split_role(urlsplit(url).path)
            found = read_path(path)
            if isinstance(found, OfRequest) and found.request_id == ticket.provider_id.lower():
                base = self._queue + request_path(found.app, ticket.provider_id)
                return f"{base}/status", base, f"{base}/cancel"
        return None

    def _is_own(self, url: str) -> bool:
        return same_origin(url, self._queue) and not any(mark in url for mark in "?#")


def _ticket(body: Mapping[str, Any]) -> Ticket | None:
    request_id = known_id(body.get("request_id"))
    if request_id is None:
        return None
    links = {name: body[name] for name in _LINKS if web_url(body.get(name)) is not None}
    return Ticket(provider_id=request_id, data=links)


def _status(reply: Reply) -> Mapping[str, Any]:
    """The body of a status; raises what a reply without one says."""
    if is_unknown(reply):
        raise _VERDICTS.gone()
    if not reply.is_ok:
        raise _VERDICTS.of_look(reply)
    if not isinstance(reply.json, Mapping):
        raise _VERDICTS.unavailable("its status is none")
    return reply.json


def _ended(reply: Reply, status: Mapping[str, Any]) -> Output:
    if not reply.is_ok:
        raise failure_of(reply, status, _VERDICTS)
    if not isinstance(reply.json, Mapping):
        raise _VERDICTS.unavailable("its result cannot be read")
    return output_of(reply.json, _VERDICTS)


def _message(status: Mapping[str, Any]) -> str:
    """What is happening: the place in the queue, or the last line of the log."""
    ahead = status.get("queue_position")
    if status.get("status") == "IN_QUEUE":
        is_known = isinstance(ahead, int) and not isinstance(ahead, bool) and 0 <= ahead < 10**6
        return f"in fal's queue, {ahead} ahead" if is_known else "in fal's queue"
    lines = status.get("logs")
    last = lines[-1] if isinstance(lines, list) and lines else None
    words = last.get("message") if isinstance(last, Mapping) else None
    shown = shortened(words, _LOG_CHARS) if isinstance(words, str) else ""
    return shown or "fal is rendering"
