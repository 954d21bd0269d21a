"""The wire that resellers of models share: predictions, in an envelope `{code, message, data}`.

A submit gives a prediction with an id, and it is looked at until it has outputs. WaveSpeed and
AtlasCloud differ in where things are, and in how a file is uploaded.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from photoplay.catalogue import Endpoint
from photoplay.dialects.addresses import known_id, service_url, web_url
from photoplay.dialects.kwaivgi import Models
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
from photoplay.dialects.replies import message_of, retry_after_s, shortened
from photoplay.dialects.verdicts import PROVING, Verdicts, sounds_moderated
from photoplay.errors import Cancelled, PhotoplayError

OK = 200  # the code of an envelope that is none of an error
MODERATED = 1200  # https://wavespeed.ai/docs/error-codes
_THEIR_REFUSALS = range(1400, 1500)  # parameters and media
_DONE = frozenset({"completed", "succeeded"})
_CANCELLED = frozenset({"cancelled", "canceled"})
_FAILED = frozenset({"failed", "timeout", "deleted"})  # any other word: it goes on
_NO_REASON = "it gave no reason"


class Predictions(ABC):
    """The part of a dialect that all resellers of this kind share."""

    verdicts: Verdicts
    models: Models
    default_url: str
    pauses_s: tuple[float, float]  # the first between two looks, and the longest

    def __init__(self, url: str = "", model: str = "") -> None:
        """Raises SettingInvalid."""
        self.verdicts.check_no_model(model)
        self._url = service_url(self.verdicts.provider, url or self.default_url)

    @property
    def provider(self) -> str:
        """The word that users pick it by."""
        return self.verdicts.provider

    @property
    def secrets(self) -> tuple[tuple[str, ...], ...]:
        """One key."""
        return ((self.verdicts.keys,),)

    def check(self, endpoint: Endpoint, values: Mapping[str, Any]) -> None:
        """Raise FeatureNotSupported for what it has no model or no word for."""
        self.models.check(endpoint, values)

    def authorize(self, credentials: Credentials, now_s: float) -> Mapping[str, str]:  # noqa: ARG002
        """The key as a bearer token."""
        key = credentials.get(self.verdicts.keys, "").strip()
        if not key:
            raise self.verdicts.key_refused("no key was given")
        return {"Authorization": f"Bearer {key}"}

    @abstractmethod
    def upload(self, file: MediaFile) -> Flow[str | Inline]:
        """Bring a file to where the provider reads it; its URL there."""

    @abstractmethod
    def submit(self, order: Order) -> Call:
        """The call that buys the clip."""

    @abstractmethod
    def place(self, provider_id: str) -> str:
        """The URL at which a prediction is looked at."""

    def accepted(self, reply: Reply) -> Ticket:
        """The ticket of a prediction with an id; a refusal is one only in the provider's form."""
        if reply.is_ok:
            provider_id = known_id(_data(reply).get("id"))
            if provider_id is not None:
                return Ticket(provider_id=provider_id)
        if _is_envelope(reply):
            code = _code(reply)
            if code == MODERATED or code in _THEIR_REFUSALS or code in PROVING:
                raise self._refusal(reply)
        raise self.verdicts.unclear(message_of(reply))

    def find(self, key: str) -> None:  # noqa: B027 (complete as it is)
        """Nobody can be asked: no key of the caller's is taken."""

    def watch(self, ticket: Ticket) -> Flow[Output]:
        """Look at the prediction until it has outputs, or says why it has none."""
        gaps, misses = pauses(*self.pauses_s), 0
        while True:
            reply = yield Call(method="GET", url=self.place(ticket.provider_id))
            misses = misses + 1 if _is_unknown(reply) else 0
            if 0 < misses < GONE_AFTER:
                yield Wait(seconds=next(gaps), message=f"{self.verdicts.name} does not find it")
                continue
            data = self._prediction(reply)
            status = str(data.get("status"))[:40].lower()
            if status in _DONE:
                return self._output(data)
            if status in _CANCELLED:
                raise Cancelled
            if status in _FAILED:
                raise self._failure(data, status)
            yield Wait(seconds=next(gaps), message=f"{shortened(status)} at {self.verdicts.name}")

    def cancel(self, ticket: Ticket) -> Call | None:  # noqa: ARG002
        """Nothing that is documented stops a prediction."""
        return None

    def ticket(self, provider_id: str, endpoint: Endpoint) -> Ticket:  # noqa: ARG002
        """The ticket of a prediction."""
        return Ticket(provider_id=provider_id)

    def announced(self, body: Json) -> str | None:
        """The id of the prediction that a webhook brings, in an envelope or not."""
        inner = body.get("data")
        said = body.get("id") or (inner.get("id") if isinstance(inner, Mapping) else None)
        return known_id(said)

    def free(self, reply: Reply) -> Mapping[str, Any]:
        """The body of a call that costs nothing; raises what one that is no success says."""
        if not isinstance(reply.json, Mapping):
            if reply.is_ok:
                raise self.verdicts.unavailable("its answer cannot be read")
            raise self._refusal(reply)
        if not reply.is_ok or _code(reply) != OK:
            raise self._refusal(reply)
        return reply.json

    def _prediction(self, reply: Reply) -> Mapping[str, Any]:
        """What a look gave; raises what a reply without a prediction says."""
        data = _data(reply)
        if reply.status < 500 and isinstance(data.get("status"), str):
            return data
        if _is_unknown(reply):
            raise self.verdicts.gone()
        if reply.is_ok and _code(reply) == 429:
            raise self.verdicts.busy(message_of(reply), retry_after_s(reply))
        raise self.verdicts.of_look(reply)

    def _output(self, data: Mapping[str, Any]) -> Output:
        for said in _listed(data.get("outputs")):
            url = web_url(said.get("url") if isinstance(said, Mapping) else said)
            if url is not None:
                return Output(download=Call(method="GET", url=url, authorized=False))
        raise self.verdicts.failed("its outputs have no clip in them")

    def _failure(self, data: Mapping[str, Any], status: str) -> PhotoplayError:
        found = next((data[name] for name in ("error", "logs", "message") if data.get(name)), None)
        words = shortened(found) if isinstance(found, str) else ""
        if isinstance(found, Mapping | list):
            words = message_of(Reply(status=OK, json=found))
        if data.get("code") == MODERATED or sounds_moderated(words):
            return self.verdicts.moderated(words or _NO_REASON)
        words = words or _NO_REASON
        return self.verdicts.failed(words if status == "failed" else f"{status}: {words}")

    def _refusal(self, reply: Reply) -> PhotoplayError:
        code, words = _code(reply), message_of(reply)
        if code == MODERATED:
            return self.verdicts.moderated(words)
        status = 400 if code in _THEIR_REFUSALS else code
        return self.verdicts.of_status(status, words, retry_after_s(reply))


def _data(reply: Reply) -> Mapping[str, Any]:
    data = reply.json.get("data") if isinstance(reply.json, Mapping) else None
    return data if isinstance(data, Mapping) else {}


def _code(reply: Reply) -> int:
    """The HTTP status, or what the envelope of a 2xx says instead."""
    code = reply.json.get("code") if isinstance(reply.json, Mapping) else None
    is_number = isinstance(code, int) and not isinstance(code, bool)
    return int(code) if reply.is_ok and is_number else reply.status  # type: ignore[arg-type]


def _is_unknown(reply: Reply) -> bool:
    """Whether the provider itself says that there is no such prediction."""
    is_state = reply.status < 500 and isinstance(_data(reply).get("status"), str)
    return not is_state and isinstance(reply.json, Mapping) and _code(reply) == 404


def _is_envelope(reply: Reply) -> bool:
    body = reply.json
    if not isinstance(body, Mapping):
        return False
    return isinstance(body.get("code"), int) or any(
        isinstance(body.get(name), str) for name in ("message", "msg")
    )


def _listed(outputs: object) -> list[object]:
    return outputs[:10] if isinstance(outputs, list) else [outputs]
