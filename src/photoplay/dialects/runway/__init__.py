"""Runway's own interface: tasks that are made, looked at every few seconds, and deleted.

https://docs.dev.runwayml.com, version 2024-11-06, as its SDK runwayml 5.24.0 speaks it. Knows
nothing about who sends the calls, nor what a clip may cost.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from photoplay.catalogue import Endpoint
from photoplay.dialects.addresses import known_id, service_url, web_url
from photoplay.dialects.polling import GONE_AFTER, pauses
from photoplay.dialects.provider import (
    Call,
    Credentials,
    Flow,
    Inline,
    MediaFile,
    Order,
    Output,
    Reply,
    Ticket,
    Wait,
)
from photoplay.dialects.replies import message_of, retry_after_s, shortened
from photoplay.dialects.runway.models import MODELS, Model, model_of
from photoplay.dialects.runway.request import VERDICTS, request_of
from photoplay.dialects.sifting import amount_of, member, text_of
from photoplay.dialects.verdicts import PROVING
from photoplay.errors import Cancelled, PhotoplayError, SettingInvalid

DEFAULT_URL = "https://api.dev.runwayml.com"
VERSION = {"X-Runway-Version": "2024-11-06"}
CREDIT_USD = Decimal("0.01")
# Of a data URI: base64 makes a file a third longer, and the head takes some characters.
LARGEST_INLINE_BYTES = (5_000_000 - 100) // 4 * 3
FIRST_GAP_S, LONGEST_GAP_S = 5.0, 10.0  # of looks: more often than every 5 s is no use there

_UNPAID = "not have enough credits"
_WAITING = {"PENDING": "queued", "THROTTLED": "waiting for a free place", "RUNNING": "rendering"}


class RunwayDialect:
    """Runway's wire language. `model` makes every clip, empty: the one that the endpoint names."""

    provider = VERDICTS.provider
    secrets: tuple[tuple[str, ...], ...] = ((VERDICTS.keys,),)

    def __init__(self, url: str = DEFAULT_URL, model: str = "") -> None:
        """Raises SettingInvalid."""
        if model and model not in MODELS:
            raise SettingInvalid(
                f"the model of {self.provider} is {shortened(model, 60)!r}",
                rule="it is one of " + ", ".join(MODELS),
                fix="Choose one of these, or leave it empty for the one that an endpoint names",
            )
        self._url = service_url(self.provider, url or DEFAULT_URL)
        self._model = MODELS.get(model)

    def check(self, endpoint: Endpoint, values: Mapping[str, Any]) -> None:
        """Raise FeatureNotSupported for what Runway has no words for."""
        request_of(self._model_for(endpoint), Order(key="", endpoint=endpoint, values={**values}))

    def authorize(self, credentials: Credentials, now_s: float) -> Mapping[str, str]:  # noqa: ARG002
        """The secret as it is."""
        secret = credentials.get(VERDICTS.keys, "").strip()
        if not secret:
            raise VERDICTS.key_refused("no key was given")
        return {"Authorization": f"Bearer {secret}"}

    def upload(self, file: MediaFile) -> Flow[str | Inline]:
        """Small images go inside the request; the rest to the place that Runway names."""
        if file.limits.kind == "image" and file.bytes <= LARGEST_INLINE_BYTES:
            return Inline(path=file.path, content_type=file.content_type)
        began = yield self._call(
            "POST", "uploads", json={"filename": file.path.name, "type": "ephemeral"}
        )
        if not began.is_ok:
            raise _refusal(began)
        uri = text_of(member(began.json, "runwayUri"))
        place, fields = web_url(member(began.json, "uploadUrl")), member(began.json, "fields")
        if not uri.startswith("runway://") or place is None or not _is_form(fields):
            raise VERDICTS.unavailable("no place for a file")
        done = yield Call(
            method="POST", url=place, form=fields, files={"file": file.path}, authorized=False
        )
        if not done.is_ok:  # its host is not Runway's: no word about the key
            raise VERDICTS.unavailable(message_of(done))
        return uri

    def submit(self, order: Order) -> Call:
        """The task that makes the clip."""
        path, body = request_of(self._model_for(order.endpoint), order)
        return self._call("POST", path, json=body)

    def accepted(self, reply: Reply) -> Ticket:
        """The id of the task; a task that waits for a free place is accepted, too."""
        provider_id = known_id(member(reply.json, "id"))
        if reply.is_ok and provider_id is not None:
            return Ticket(provider_id=provider_id)
        raise _refusal(reply) if _is_error(reply) else VERDICTS.unclear(message_of(reply))

    def find(self, key: str) -> None:  # noqa: ARG002
        """Runway takes no key of ours, and lists no tasks."""
        return

    def watch(self, ticket: Ticket) -> Flow[Output]:
        """Look at the task every few seconds until it ends."""
        gaps, misses = pauses(FIRST_GAP_S, LONGEST_GAP_S), 0
        while True:
            reply = yield self._call("GET", f"tasks/{ticket.provider_id}")
            misses = misses + 1 if reply.status == 404 and _is_error(reply) else 0
            if misses >= GONE_AFTER:  # a stopped or deleted task cannot be fetched any more
                raise Cancelled
            if not misses:
                output = _output(reply)
                if output is not None:
                    return output
            state = text_of(member(reply.json, "status"))
            progress = amount_of(member(reply.json, "progress"))
            yield Wait(
                seconds=next(gaps),
                fraction=None if progress is None else min(progress, 1.0),
                message=_WAITING.get(state, "waiting"),
            )

    def cancel(self, ticket: Ticket) -> Call:
        """Delete the task. What runs already is charged all the same."""
        return self._call("DELETE", f"tasks/{ticket.provider_id}")

    def announced(self, body: Mapping[str, Any]) -> None:  # noqa: ARG002
        """Runway calls no webhooks."""
        return

    def ticket(self, provider_id: str, endpoint: Endpoint) -> Ticket:  # noqa: ARG002
        """The ticket of a task."""
        return Ticket(provider_id=provider_id)

    def _call(self, method: str, path: str, json: Any = None) -> Call:
        return Call(method=method, url=f"{self._url}/v1/{path}", json=json, headers=VERSION)

    def _model_for(self, endpoint: Endpoint) -> Model:
        model = self._model or model_of(endpoint)
        if model is None:
            raise VERDICTS.unspeakable(
                endpoint.id,
                rule="it does not offer that model",
                fix="Have the clip made by fal, or name a model of Runway's in the settings",
            )
        return model


def _is_form(fields: Any) -> bool:
    return isinstance(fields, dict) and all(isinstance(each, str) for each in fields.values())


def _is_error(reply: Reply) -> bool:
    """Whether a reply is an error in Runway's own form, and not of something in front of it."""
    return reply.status in PROVING and bool(text_of(member(reply.json, "error")).strip())


def _refusal(reply: Reply) -> PhotoplayError:
    words = message_of(reply)
    if _UNPAID in words:
        return VERDICTS.key_refused(words)
    return VERDICTS.of_status(reply.status, words, retry_after_s(reply))


def _output(reply: Reply) -> Output | None:
    """The clip of a task that is done, None while it is not. Raises what else came of it."""
    if not reply.is_ok or not isinstance(reply.json, dict):
        raise VERDICTS.of_look(reply)
    spent = amount_of(member(reply.json, "cost", "credits"))
    charged = None if spent is None else Decimal(str(spent)) * CREDIT_USD
    match reply.json.get("status"):
        case "SUCCEEDED":
            urls = reply.json.get("output")
            url = web_url(urls[0]) if isinstance(urls, list) and urls else None
            if url is None:
                raise VERDICTS.unavailable("a clip that is nowhere")
            download = Call(method="GET", url=url, authorized=False)
            return Output(download=download, charged_usd=charged)
        case "FAILED":
            raise _failure(reply.json, charged)
        case "CANCELLED":
            raise Cancelled
    return None


def _failure(task: Mapping[str, Any], charged: Decimal | None) -> PhotoplayError:
    code = shortened(text_of(task.get("failureCode")), 80)
    words = shortened(text_of(task.get("failure"))) or "it gave no reason"
    if "SAFETY" in code.split("."):
        return VERDICTS.moderated(f"{words} ({code})")
    return VERDICTS.failed(f"{words} ({code})" if code else words, charged)
