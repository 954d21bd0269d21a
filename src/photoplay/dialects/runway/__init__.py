"""Runway's own interface: tasks that are made, looked at every few seconds, and deleted.

https://docs.dev.runwayml.com, version 2024-11-06, as its SDK runwayml 5.24.0 speaks it. Knows
nothing about who sends the calls, nor what a clip may cost.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NoReturn

from photoplay.catalogue import Endpoint
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
from photoplay.dialects.runway.request import PROVIDER, request_of
from photoplay.dialects.sifting import amount_of, as_segment, id_of, member, text_of, url_of
from photoplay.errors import (
    Cancelled,
    ContentRefused,
    FeatureNotSupported,
    OutcomeUnclear,
    PhotoplayError,
    ProviderBusy,
    ProviderFailed,
    ProviderKeyRefused,
    ProviderRefused,
    ProviderUnavailable,
    SettingInvalid,
)

DEFAULT_URL = "https://api.dev.runwayml.com"
SECRET = "RUNWAYML_API_SECRET"
VERSION = {"X-Runway-Version": "2024-11-06"}
CREDIT_USD = Decimal("0.01")
# Of a data URI: base64 makes a file a third longer, and the head takes some characters.
LARGEST_INLINE_BYTES = (5_000_000 - 100) // 4 * 3
FIRST_GAP_S, LONGEST_GAP_S = 5.0, 10.0  # of looks: more often than every 5 s is no use there
_GROWTH = 1.15
_GONE_AFTER = 3  # looks in a row that find nothing: the first ones may only be too early

_WAITING = {"PENDING": "queued", "THROTTLED": "waiting for a free place", "RUNNING": "rendering"}


class RunwayDialect:
    """Runway's wire language. `model` makes every clip, empty: the one that the endpoint names."""

    provider = "runway"
    secrets: tuple[tuple[str, ...], ...] = ((SECRET,),)

    def __init__(self, url: str = DEFAULT_URL, model: str = "") -> None:
        if model and model not in MODELS:
            raise SettingInvalid(
                f"the model of {self.provider} is {shortened(model, 60)!r}",
                rule="it is one of " + ", ".join(MODELS),
                fix="Choose one of these, or leave it empty for the one that an endpoint names",
            )
        self._url = (url or DEFAULT_URL).rstrip("/")
        self._model = MODELS.get(model)

    def check(self, endpoint: Endpoint, values: Mapping[str, Any]) -> None:
        """Raise FeatureNotSupported for what Runway has no words for."""
        request_of(self._model_for(endpoint), Order(key="", endpoint=endpoint, values={**values}))

    def authorize(self, credentials: Credentials, now_s: float) -> Mapping[str, str]:  # noqa: ARG002
        """The secret as it is."""
        secret = credentials.get(SECRET)
        if not secret:
            raise ProviderKeyRefused(
                f"there is no {SECRET}",
                rule=f"{PROVIDER} lets in who has one",
                fix="Make one at https://dev.runwayml.com and set the variable",
            )
        return {"Authorization": f"Bearer {secret}"}

    def upload(self, file: MediaFile) -> Flow[str | Inline]:
        """Small images go inside the request; the rest to the place that Runway names."""
        if file.limits.kind == "image" and file.bytes <= LARGEST_INLINE_BYTES:
            return Inline(path=file.path, content_type=file.content_type)
        began = yield self._call(
            "POST", "uploads", json={"filename": file.path.name, "type": "ephemeral"}
        )
        uri = text_of(member(began.json, "runwayUri"))
        place, fields = url_of(member(began.json, "uploadUrl")), member(began.json, "fields")
        if not began.is_ok or not uri.startswith("runway://") or not place or not _is_form(fields):
            raise _nothing_bought(began)
        done = yield Call(
            method="POST", url=place, form=fields, files={"file": file.path}, authorized=False
        )
        if not done.is_ok:
            raise _nothing_bought(done)
        return uri

    def submit(self, order: Order) -> Call:
        """The task that makes the clip."""
        path, body = request_of(self._model_for(order.endpoint), order)
        return self._call("POST", path, json=body)

    def accepted(self, reply: Reply) -> Ticket:
        """The id of the task; a task that waits for a free place is accepted, too."""
        provider_id = id_of(member(reply.json, "id"))
        if reply.is_ok and provider_id is not None:
            return Ticket(provider_id=provider_id)
        raise _refusal(reply) or OutcomeUnclear(
            f"{PROVIDER} answered {message_of(reply)}",
            rule="only a task's id, or an error in its own form, says what became of a request",
            fix="Look for the task at https://dev.runwayml.com before sending it again",
        )

    def find(self, key: str) -> None:  # noqa: ARG002
        """Runway takes no key of ours, and lists no tasks."""
        return

    def watch(self, ticket: Ticket) -> Flow[Output]:
        """Look at the task every few seconds until it ends."""
        gap_s, misses = FIRST_GAP_S, 0
        while True:
            reply = yield self._call("GET", f"tasks/{as_segment(ticket.provider_id)}")
            misses = misses + 1 if reply.status == 404 and _is_error(reply) else 0
            if misses >= _GONE_AFTER:  # a stopped or deleted task cannot be fetched any more
                raise Cancelled
            if not misses:
                output = _output(reply)
                if output is not None:
                    return output
            state = text_of(member(reply.json, "status"))
            progress = amount_of(member(reply.json, "progress"))
            yield Wait(
                seconds=gap_s,
                fraction=None if progress is None else min(progress, 1.0),
                message=_WAITING.get(state, "waiting"),
            )
            gap_s = min(gap_s * _GROWTH, LONGEST_GAP_S)

    def cancel(self, ticket: Ticket) -> Call:
        """Delete the task. What runs already is charged all the same."""
        return self._call("DELETE", f"tasks/{as_segment(ticket.provider_id)}")

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
            raise FeatureNotSupported(
                f"{endpoint.id} was asked for",
                rule=f"{PROVIDER} does not offer its model",
                fix="Have the clip made by fal, or name a model of Runway's in the settings",
            )
        return model


def _is_form(fields: Any) -> bool:
    return isinstance(fields, dict) and all(isinstance(each, str) for each in fields.values())


def _is_error(reply: Reply) -> bool:
    """Whether a reply is an error in Runway's own form, and not of something in front of it."""
    return 400 <= reply.status < 500 and bool(text_of(member(reply.json, "error")).strip())


def _output(reply: Reply) -> Output | None:
    """The clip of a task that is done, None while it is not. Raises what else came of it."""
    if not reply.is_ok or not isinstance(reply.json, dict):
        raise _says_nothing(reply)
    spent = amount_of(member(reply.json, "cost", "credits"))
    charged = None if spent is None else Decimal(str(spent)) * CREDIT_USD
    match reply.json.get("status"):
        case "SUCCEEDED":
            urls = reply.json.get("output")
            url = url_of(urls[0]) if isinstance(urls, list) and urls else None
            if url is None:
                raise _says_nothing(reply)
            download = Call(method="GET", url=url, authorized=False)
            return Output(download=download, charged_usd=charged)
        case "FAILED":
            _raise_failure(reply.json, charged)
        case "CANCELLED":
            raise Cancelled
    return None


def _raise_failure(task: Mapping[str, Any], charged: Decimal | None) -> NoReturn:
    code = shortened(text_of(task.get("failureCode")), 80)
    words = shortened(text_of(task.get("failure"))) or "no reason"
    given = f"{PROVIDER} gave up: {words}" + (f" ({code})" if code else "")
    if "SAFETY" in code.split("."):
        raise ContentRefused(
            given,
            rule="its moderation looks at the prompt, the files and the clip",
            fix="Change what it objects to: the same would be refused again",
        )
    raise ProviderFailed(
        given,
        rule="a task ends with a clip or with a reason",
        fix="Try other images if it objects to them, else send it again",
        charged_usd=charged,
    )


def _refusal(reply: Reply) -> PhotoplayError | None:
    """What an error in Runway's own form proves; None if the reply is none."""
    if not _is_error(reply) or reply.status == 408:
        return None
    words = f"{PROVIDER} answered {message_of(reply)}"
    if reply.status == 429:
        return ProviderBusy(
            words,
            rule="it takes so many requests a minute and clips a day, by what an account has paid",
            fix="Wait, or raise the account's tier",
            retry_after_s=retry_after_s(reply),
        )
    if reply.status in (401, 402, 403) or "enough credits" in words:
        return ProviderKeyRefused(
            words,
            rule="it works for a valid key with credits for the model",
            fix=f"Check {SECRET} and the credits at https://dev.runwayml.com",
        )
    return ProviderRefused(
        words, rule="it takes what its model is made for", fix="Correct what it names"
    )


def _nothing_bought(reply: Reply) -> PhotoplayError:
    """The error of an upload that did not work."""
    return _refusal(reply) or _says_nothing(reply)


def _says_nothing(reply: Reply) -> PhotoplayError:
    """The error of a reply that leaves open what became of a task or an upload."""
    refusal = _refusal(reply)
    if isinstance(refusal, ProviderBusy):
        return refusal
    return ProviderUnavailable(
        f"{PROVIDER} answered {message_of(reply)}",
        rule="its answer says nothing about the clip",
        fix="It is asked again; see https://status.runwayml.com if it goes on",
    )
