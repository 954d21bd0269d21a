"""Servers that speak the shape of OpenAI's Videos API: vLLM-Omni, SGLang Diffusion, LiteLLM.

https://platform.openai.com/docs/api-reference/videos as its SDK openai 3.52.0 speaks it, with the
fields that self-hosted engines add (https://docs.vllm.ai/projects/vllm-omni, serving/videos_api).
OpenAI itself makes no videos any more. Knows nothing about who sends the calls.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from photoplay.catalogue import Endpoint, Role
from photoplay.dialects.addresses import service_url
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
from photoplay.dialects.sifting import amount_of, member, text_of
from photoplay.dialects.verdicts import PROVING, Verdicts
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
from photoplay.errors import Cancelled, FeatureNotSupported, PhotoplayError

DEFAULT_URL = "https://api.openai.com/v1"
SECRET = "OPENAI_API_KEY"
SORA_ENDED = "2026-09-24"
FIRST_GAP_S, LONGEST_GAP_S = 2.0, 10.0  # of looks, where the server does not say
_SHORTEST_GAP_S, _LONGEST_TOLD_S = 0.1, 60.0  # of what a server may say

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
_LONGEST_ID = 1000  # characters; gateways pack a whole address into theirs


class OpenAIVideosDialect:
    """The wire language of OpenAI's Videos API. `model` is sent as it is; empty: the server's."""

    provider = "openai-videos"
    secrets: tuple[tuple[str, ...], ...] = ((SECRET,), ())

    def __init__(self, url: str = DEFAULT_URL, model: str = "") -> None:
        """Raises SettingInvalid."""
        self._url = service_url(self.provider, url or DEFAULT_URL)
        self._model = model
        place = urlsplit(self._url)
        self._verdicts = Verdicts(place.netloc, self.provider, SECRET)
        self._is_openai = f".{place.hostname}".endswith(".openai.com")
        self._is_sora = self._is_openai or model.lower().startswith("sora")

    def check(self, endpoint: Endpoint, values: Mapping[str, Any]) -> None:
        """Raise FeatureNotSupported for what has no word here, and for OpenAI's own host."""
        if self._is_openai:
            raise self._verdicts.unspeakable(
                f"a clip by {self._verdicts.name}",
                rule=f"OpenAI has made no videos since {SORA_ENDED}",
                fix="Name a server of your own in the setting providers.openai-videos.url, or have"
                " the clip made by fal, kling or runway",
            )
        self._form(Order(key="", endpoint=endpoint, values={**values}))

    def authorize(self, credentials: Credentials, now_s: float) -> Mapping[str, str]:  # noqa: ARG002
        """The key as it is; a server of one's own may need none."""
        key = credentials.get(SECRET, "").strip()
        return {"Authorization": f"Bearer {key}"} if key else {}

    def upload(self, file: MediaFile) -> Flow[str | Inline]:
        """Nothing is sent beforehand: the first frame is a part of the request itself."""
        yield from ()
        return Inline(path=file.path, content_type=file.content_type)

    def submit(self, order: Order) -> Call:
        """The call that starts the job, with the first frame as a file."""
        image = order.endpoint.find(Role.START_IMAGE)
        files = {}
        if image is not None and order.values.get(image.name):
            files["input_reference"] = order.files["body", image.name].path
        return Call(method="POST", url=f"{self._url}/videos", form=self._form(order), files=files)

    def accepted(self, reply: Reply) -> Ticket:
        """The id of the job."""
        provider_id = _id_of(member(reply.json, "id"))
        if reply.is_ok and provider_id is not None:
            return Ticket(provider_id=provider_id)
        raise (
            self._refusal(reply) if _is_error(reply) else self._verdicts.unclear(message_of(reply))
        )

    def find(self, key: str) -> None:  # noqa: ARG002
        """Jobs carry no key of ours."""
        return

    def watch(self, ticket: Ticket) -> Flow[Output]:
        """Look at the job until it ends, as often as the server says."""
        gaps, misses = pauses(FIRST_GAP_S, LONGEST_GAP_S), 0
        while True:
            reply = yield Call(method="GET", url=self._job(ticket))
            misses = misses + 1 if reply.status == 404 and _is_error(reply) else 0
            if misses >= GONE_AFTER:  # a deleted job
                raise Cancelled
            if not misses and self._is_completed(reply):
                return Output(download=Call(method="GET", url=f"{self._job(ticket)}/content"))
            progress = amount_of(member(reply.json, "progress"))
            yield Wait(
                seconds=_told_gap_s(reply) or next(gaps),
                fraction=None if progress is None else min(progress / 100, 1.0),
                message="queued" if member(reply.json, "status") == "queued" else "rendering",
            )

    def cancel(self, ticket: Ticket) -> Call:
        """Delete the job. Some servers finish what they have begun all the same."""
        return Call(method="DELETE", url=self._job(ticket))

    def announced(self, body: Mapping[str, Any]) -> None:  # noqa: ARG002
        """No webhooks are called."""
        return

    def ticket(self, provider_id: str, endpoint: Endpoint) -> Ticket:  # noqa: ARG002
        """The ticket of a job."""
        return Ticket(provider_id=provider_id)

    def _job(self, ticket: Ticket) -> str:
        return f"{self._url}/videos/{quote(ticket.provider_id, safe='')}"

    def _form(self, order: Order) -> dict[str, str]:
        """The fields of the request; all of them are text. Raises FeatureNotSupported."""
        endpoint, values = order.endpoint, order.values
        extras = () if self._is_sora else (*_EXTRA_ROLES, *_EXTRA_NAMES)
        check_words(endpoint, values, (*_KNOWN, *extras), self._verdicts, self._called)
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
            raise self._no(f"a clip of {length:g} s", f"makes {offered} s", "Choose one of these")
        return length

    def _sora_size(self, order: Order) -> tuple[int, int]:
        endpoint, values = order.endpoint, order.values
        is_large = rows_px(endpoint, values) > 720 and self._model.lower().startswith(_SORA_PRO)
        named = named_rows_px(endpoint, values)
        rows = 1080 if is_large else 720
        if named is not None and named != rows:
            word = endpoint.value(values, Role.RESOLUTION)
            raise self._no(f"a clip in {word}", f"makes {rows}p", "Choose that")
        shape = shape_of(endpoint, values, order.files)
        wide, tall = _SORA_SIZES[rows]
        named_apart = abs(math.log(max(shape, 1 / shape) * 9 / 16))
        if named_shape(endpoint, values) is not None and named_apart > _ALIKE:
            word = endpoint.value(values, Role.ASPECT)
            raise self._no(f"a clip of {word}", "makes 16:9 and 9:16", "Choose one of these")
        return wide if shape >= 1 else tall

    @property
    def _called(self) -> str:
        return self._model or self._verdicts.name

    def _no(self, asked: str, rule: str, fix: str) -> FeatureNotSupported:
        return self._verdicts.unspeakable(
            asked, rule=f"{self._called} {rule}", fix=f"{fix}, or have the clip made by fal"
        )

    def _is_completed(self, reply: Reply) -> bool:
        """Whether the job is done. Raises what else came of it."""
        status = text_of(member(reply.json, "status"))
        if not reply.is_ok or not status:
            raise self._verdicts.of_look(reply)
        if status == "failed":
            raise self._failure(member(reply.json, "error"))
        if status in _STOPPED:
            raise Cancelled
        return status == "completed"

    def _failure(self, error: Any) -> PhotoplayError:
        words = shortened(text_of(member(error, "message")) or text_of(error))
        words = words or "it gave no reason"
        if _says(error, _REFUSED_CONTENT):
            return self._verdicts.moderated(words)
        return self._verdicts.failed(words)

    def _refusal(self, reply: Reply) -> PhotoplayError:
        """What an error in the server's own form proves."""
        words, error = message_of(reply), member(reply.json, "error")
        if _says(error, _EMPTY_ACCOUNT):
            return self._verdicts.key_refused(words)
        if _says(error, _REFUSED_CONTENT):
            return self._verdicts.moderated(words)
        return self._verdicts.of_status(reply.status, words, retry_after_s(reply))


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


def _id_of(said: Any) -> str | None:
    """`said` if it is an id; it is quoted wherever it becomes a part of a URL."""
    text = text_of(said)
    fits = len(text) <= _LONGEST_ID and text.isascii() and text.isprintable()
    return text if fits and text.strip(". ") else None


def _is_error(reply: Reply) -> bool:
    """Whether a reply is an error in a form that these servers use: OpenAI's, or FastAPI's."""
    body = reply.json
    words = member(body, "error", "message") or member(body, "error") or member(body, "detail")
    return reply.status in PROVING and isinstance(words, str | list) and bool(words)


def _says(error: Any, words: tuple[str, ...]) -> bool:
    """Whether the code or the type of an error has one of these words."""
    kinds = (text_of(member(error, "code")), text_of(member(error, "type")))
    return any(word in kind for word in words for kind in kinds)
