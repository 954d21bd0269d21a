"""Servers that speak the shape of OpenAI's Videos API: vLLM-Omni, SGLang Diffusion, LiteLLM.

https://platform.openai.com/docs/api-reference/videos as its SDK openai 3.52.0 speaks it, with the
fields that self-hosted engines add (https://docs.vllm.ai/projects/vllm-omni, serving/videos_api).
OpenAI itself makes no videos any more. Knows nothing about who sends the calls.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from photoplay.catalogue import Endpoint, Role
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
from photoplay.dialects.sifting import amount_of, as_segment, id_of, member, text_of
from photoplay.dialects.wishes import (
    check_words,
    has_sound,
    length_s,
    named_rows_px,
    named_shape,
    rows_px,
    shape_of,
    shots_of,
)
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
)

DEFAULT_URL = "https://api.openai.com/v1"
SECRET = "OPENAI_API_KEY"
SORA_ENDED = "2026-09-24"
FIRST_GAP_S, LONGEST_GAP_S = 2.0, 10.0  # of looks, where the server does not say
_GROWTH = 1.25
_SHORTEST_GAP_S, _LONGEST_TOLD_S = 0.1, 60.0  # of what a server may say
_GONE_AFTER = 3  # looks in a row that find nothing: the first ones may only be too early

_SORA_SECONDS = (4, 8, 12)
_SORA_SIZES = {720: ((1280, 720), (720, 1280)), 1080: ((1792, 1024), (1024, 1792))}
_SORA_PRO = "sora-2-pro"  # the one with the larger sizes
_ALIKE = 0.03  # how far a size may be from the shape that was named

# Words that only self-hosted servers have, by roles and by names of fields without one.
_EXTRA_ROLES = {
    Role.NEGATIVE_PROMPT: "negative_prompt",
    Role.SEED: "seed",
    Role.FRAMES: "num_frames",
    Role.FRAME_RATE: "fps",
}
_EXTRA_NAMES = {
    "num_inference_steps": "num_inference_steps",
    "guidance_scale": "guidance_scale",
    "guidance_scale_2": "guidance_scale_2",
    "shift": "flow_shift",
}
_KNOWN = (
    *(Role.PROMPT, Role.SHOTS, Role.START_IMAGE, Role.DURATION),
    *(Role.ASPECT, Role.RESOLUTION, Role.AUDIO),
)
_REFUSED_CONTENT = ("moderation", "content_policy", "content_filter", "safety")
_EMPTY_ACCOUNT = ("insufficient_quota", "billing")
_STOPPED = {"cancelled", "canceled", "deleted"}


class OpenAIVideosDialect:
    """The wire language of OpenAI's Videos API. `model` is sent as it is; empty: the server's."""

    provider = "openai-videos"
    secrets: tuple[tuple[str, ...], ...] = ((SECRET,), ())

    def __init__(self, url: str = DEFAULT_URL, model: str = "") -> None:
        self._url = (url or DEFAULT_URL).rstrip("/")
        self._model = model
        host = (urlsplit(self._url).hostname or "").lower()
        self._is_openai = host == "openai.com" or host.endswith(".openai.com")
        self._is_sora = self._is_openai or model.lower().startswith("sora")

    def check(self, endpoint: Endpoint, values: Mapping[str, Any]) -> None:
        """Raise FeatureNotSupported for what has no word here, and for OpenAI's own host."""
        if self._is_openai:
            raise FeatureNotSupported(
                f"{endpoint.id} was asked for at {self._url}",
                rule=f"OpenAI has made no videos since {SORA_ENDED}",
                fix="Name a server of your own in the settings (providers, openai-videos, url), or"
                " have the clip made by fal, kling or runway",
            )
        self._form(Order(key="", endpoint=endpoint, values={**values}))

    def authorize(self, credentials: Credentials, now_s: float) -> Mapping[str, str]:  # noqa: ARG002
        """The key as it is; a server of one's own may need none."""
        key = credentials.get(SECRET)
        return {"Authorization": f"Bearer {key}"} if key else {}

    def upload(self, file: MediaFile) -> Flow[str | Inline]:
        """Nothing is sent beforehand: the first frame is a part of the request itself."""
        yield from ()
        return Inline(path=file.path, content_type=file.content_type)

    def submit(self, order: Order) -> Call:
        """The call that starts the job, with the first frame as a file."""
        image = order.endpoint.find(Role.START_IMAGE)
        file = None if image is None else order.files.get(("body", image.name))
        return Call(
            method="POST",
            url=f"{self._url}/videos",
            form=self._form(order),
            files={} if file is None else {"input_reference": file.path},
        )

    def accepted(self, reply: Reply) -> Ticket:
        """The id of the job."""
        provider_id = id_of(member(reply.json, "id"))
        if reply.is_ok and provider_id is not None:
            return Ticket(provider_id=provider_id)
        raise _refusal(reply) or OutcomeUnclear(
            f"the server answered {message_of(reply)}",
            rule="only a job's id, or an error in its own form, says what became of a request",
            fix="Look for the job there (GET /videos) before sending it again",
        )

    def find(self, key: str) -> None:  # noqa: ARG002
        """Jobs carry no key of ours."""
        return

    def watch(self, ticket: Ticket) -> Flow[Output]:
        """Look at the job until it ends, as often as the server says."""
        gap_s, misses = FIRST_GAP_S, 0
        while True:
            reply = yield Call(method="GET", url=self._job(ticket))
            misses = misses + 1 if reply.status == 404 and _is_error(reply) else 0
            if misses >= _GONE_AFTER:  # a deleted job
                raise Cancelled
            if not misses and _is_completed(reply):
                return Output(download=Call(method="GET", url=f"{self._job(ticket)}/content"))
            progress = amount_of(member(reply.json, "progress"))
            yield Wait(
                seconds=_told_gap_s(reply) or gap_s,
                fraction=None if progress is None else min(progress / 100, 1.0),
                message="queued" if member(reply.json, "status") == "queued" else "rendering",
            )
            gap_s = min(gap_s * _GROWTH, LONGEST_GAP_S)

    def cancel(self, ticket: Ticket) -> Call:
        """Delete the job. Some servers finish what they have begun all the same."""
        return Call(method="DELETE", url=self._job(ticket))

    def announced(self, body: Mapping[str, Any]) -> None:  # noqa: ARG002
        """No webhooks are called."""
        return

    def _job(self, ticket: Ticket) -> str:
        return f"{self._url}/videos/{as_segment(ticket.provider_id)}"

    def _form(self, order: Order) -> dict[str, str]:
        """The fields of the request; all of them are text. Raises FeatureNotSupported."""
        endpoint, values = order.endpoint, order.values
        extras = () if self._is_sora else (*_EXTRA_ROLES, *_EXTRA_NAMES)
        check_words(endpoint, values, (*_KNOWN, *extras), self._called)
        form = {"prompt": self._prompt(order)}
        if self._model:
            form["model"] = self._model
        length = self._seconds(order)
        if length is not None:
            form["seconds"] = f"{length:g}"
        width, height = self._sora_size(order) if self._is_sora else _exact_size(order)
        form["size"] = f"{width}x{height}"
        wants_sound = has_sound(endpoint, values)
        if self._is_sora and not wants_sound:
            raise self._no("a silent clip", "always makes sound", "Ask for sound")
        return form if self._is_sora else form | dict(_extras(order))

    def _prompt(self, order: Order) -> str:
        shots = shots_of(order.endpoint, order.values)
        if len(shots) > 1:
            raise self._no(f"a clip of {len(shots)} shots", "makes one take", "Give one prompt")
        prompt = shots[0].prompt if shots else order.endpoint.value(order.values, Role.PROMPT)
        if not (prompt or "").strip():
            raise self._no("a clip without a prompt", "needs one", "Say what happens in the clip")
        return str(prompt)

    def _seconds(self, order: Order) -> float | None:
        length = length_s(order.endpoint, order.values)
        if self._is_sora and length is not None and length not in _SORA_SECONDS:
            offered = ", ".join(map(str, _SORA_SECONDS))
            raise self._no(f"a clip of {length:g} s", f"makes {offered} s", "Ask for one of these")
        return length

    def _sora_size(self, order: Order) -> tuple[int, int]:
        endpoint, values = order.endpoint, order.values
        is_large = rows_px(endpoint, values) > 720 and self._model.lower().startswith(_SORA_PRO)
        named = named_rows_px(endpoint, values)
        rows = 1080 if is_large else 720
        if named is not None and named != rows:
            raise self._no(f"a clip of {named}p", f"makes {rows}p", "Ask for that")
        shape = shape_of(endpoint, values, order.files)
        wide, tall = _SORA_SIZES[rows]
        named_apart = abs(math.log(max(shape, 1 / shape) * 9 / 16))
        if named_shape(endpoint, values) is not None and named_apart > _ALIKE:
            word = endpoint.value(values, Role.ASPECT)
            raise self._no(f"a clip of {word}", "makes 16:9 and 9:16", "Ask for one of these")
        return wide if shape >= 1 else tall

    @property
    def _called(self) -> str:
        return self._model or "this server"

    def _no(self, given: str, rule: str, fix: str) -> FeatureNotSupported:
        return FeatureNotSupported(
            f"{self._called} is to make {given}",
            rule=f"it {rule}",
            fix=f"{fix}, or have the clip made by fal",
        )


def _exact_size(order: Order) -> tuple[int, int]:
    """Even sides in the clip's shape, the short one with the rows of its tier or resolution."""
    rows = rows_px(order.endpoint, order.values)
    shape = shape_of(order.endpoint, order.values, order.files)
    long = 2 * round(rows * max(shape, 1 / shape) / 2)
    return (long, rows) if shape >= 1 else (rows, long)


def _extras(order: Order) -> Iterator[tuple[str, str]]:
    """Fields beyond OpenAI's; sound is spelt out, as servers leave it out by themselves."""
    endpoint, values = order.endpoint, order.values
    for field in endpoint.fields:
        word = _EXTRA_ROLES.get(field.role) if field.role else _EXTRA_NAMES.get(field.name)
        value = values.get(field.name)
        if word and value not in (None, ""):
            yield word, str(value)
    yield "generate_sound", "true" if has_sound(endpoint, values) else "false"


def _told_gap_s(reply: Reply) -> float | None:
    """The pause that the server asks for."""
    said = reply.headers.get("openai-poll-after-ms", "")
    if not (said.isascii() and said.isdecimal() and len(said) < 9):
        return None
    return min(max(int(said) / 1000, _SHORTEST_GAP_S), _LONGEST_TOLD_S)


def _is_error(reply: Reply) -> bool:
    """Whether a reply is an error in a form that these servers use: OpenAI's, or FastAPI's."""
    body = reply.json
    words = member(body, "error", "message") or member(body, "error") or member(body, "detail")
    return 400 <= reply.status < 500 and isinstance(words, str | list) and bool(words)


def _is_completed(reply: Reply) -> bool:
    """Whether the job is done. Raises what else came of it."""
    status = text_of(member(reply.json, "status"))
    if not reply.is_ok or not status:
        raise _says_nothing(reply)
    if status == "failed":
        raise _failure(reply)
    if status in _STOPPED:
        raise Cancelled
    return status == "completed"


def _failure(reply: Reply) -> PhotoplayError:
    words = text_of(member(reply.json, "error", "message")) or text_of(member(reply.json, "error"))
    given = f"the server gave up: {shortened(words) or 'no reason'}"
    if _says(member(reply.json, "error"), _REFUSED_CONTENT):
        return _content_refused(given)
    return ProviderFailed(
        given, rule="a job ends with a clip or with a reason", fix="See the log of the server"
    )


def _refusal(reply: Reply) -> PhotoplayError | None:
    """What an error in the server's own form proves; None if the reply is none."""
    if not _is_error(reply) or reply.status == 408:
        return None
    given, error = f"the server answered {message_of(reply)}", member(reply.json, "error")
    if reply.status in (401, 402, 403) or _says(error, _EMPTY_ACCOUNT):
        return ProviderKeyRefused(
            given,
            rule="it works for keys that it knows, and accounts that can pay",
            fix=f"Check {SECRET}",
        )
    if reply.status == 429:
        return ProviderBusy(
            given,
            rule="it takes so many requests at a time",
            fix="Wait, or let it take more",
            retry_after_s=retry_after_s(reply),
        )
    if _says(error, _REFUSED_CONTENT):
        return _content_refused(given)
    return ProviderRefused(
        given, rule="it takes what its model is made for", fix="Correct what it names"
    )


def _says(error: Any, words: tuple[str, ...]) -> bool:
    """Whether the code or the type of an error has one of these words."""
    kinds = (text_of(member(error, "code")), text_of(member(error, "type")))
    return any(word in kind for word in words for kind in kinds)


def _content_refused(given: str) -> ContentRefused:
    return ContentRefused(
        given,
        rule="its moderation looks at the prompt, the image and the clip",
        fix="Change what it objects to: the same would be refused again",
    )


def _says_nothing(reply: Reply) -> PhotoplayError:
    """The error of a reply that leaves open what became of a job."""
    refusal = _refusal(reply)
    if isinstance(refusal, ProviderBusy):
        return refusal
    return ProviderUnavailable(
        f"the server answered {message_of(reply)}",
        rule="its answer says nothing about the clip",
        fix="It is asked again; see the log of the server if it goes on",
    )
