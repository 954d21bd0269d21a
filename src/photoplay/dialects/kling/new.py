"""The current design of Kling's API: the model in the path, contents and settings in the body.

https://kling.ai/document-api: pages 3-0-omni, 3-0-turbo, 2-6 and motion-control.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from photoplay.clip import Tier
from photoplay.dialects.kling.credentials import API_KEY, bearer
from photoplay.dialects.kling.errors import data_of, says_nothing
from photoplay.dialects.kling.platform import Platform, checked_image, quoted
from photoplay.dialects.kling.tasks import Task, new_task
from photoplay.dialects.kling.wishes import Wish
from photoplay.dialects.provider import Credentials, Flow, Inline, Json, MediaFile, Order, Ticket
from photoplay.errors import FeatureNotSupported

LONGEST_PROMPT = 3072  # characters; 2500 are advised
LONGEST_SHOT = 512
_ROUTES = {
    "image": "image-to-video",
    "text": "text-to-video",
    "motion": "motion-control",
    "omni": "omni-video",
}
_MODELS = {
    "v3": "kling-3.0",
    "v3-turbo": "kling-3.0-turbo",
    "o3": "kling-3.0-omni",
    "v2.6": "kling-2.6",
    "v2.5": "kling-2.5-turbo",
}
_CUTS = {"v3", "o3"}  # have a switch for several shots
_RESOLUTIONS = {Tier.STANDARD: "720p", Tier.PRO: "1080p", Tier.FOUR_K: "4k"}


class KlingNew(Platform):
    """The current design of Kling's API, let in by an API key."""

    @property
    def secrets(self) -> tuple[tuple[str, ...], ...]:
        """Names of environment variables that let in."""
        return ((API_KEY,),)

    def authorize(self, credentials: Credentials, now_s: float) -> Mapping[str, str]:
        """The headers of authorized calls."""
        return bearer(credentials, now_s, pair_first=False)

    def find(self, key: str) -> Flow[Ticket | None]:
        """Look for the order with our key; an empty list proves that there is none."""
        reply = yield self._get(f"/tasks?external_task_ids={quoted(key)}")
        found = data_of(reply)
        if found == []:
            return None
        for task in self._all(found):
            if task.key == key:
                return Ticket(provider_id=task.id)
        raise says_nothing("Kling listed other tasks than the one that was asked for")

    def _look(self, ticket: Ticket) -> Flow[tuple[Task, Ticket]]:
        reply = yield self._get(f"/tasks?task_ids={quoted(ticket.provider_id)}")
        for task in self._all(data_of(reply)):
            if task.id == ticket.provider_id:
                return task, ticket
        raise says_nothing("Kling does not list the task")

    def _all(self, data: Any) -> Iterator[Task]:
        for item in data if isinstance(data, list) else [data]:
            task = self._task(item)
            if task is not None:
                yield task

    def _task(self, item: Any) -> Task | None:
        return new_task(item)

    def _image(self, file: MediaFile) -> str | Inline:
        """Its own URL if it has one: base64 is seen in use there, and not documented."""
        checked_image(file)
        if file.url is not None:
            return file.url
        return Inline(path=file.path, content_type=file.content_type, form="base64")

    def _add_options(self, body: Json, order: Order) -> None:
        options: Json = {"external_task_id": order.key, "watermark_info": {"enabled": False}}
        if order.webhook_url is not None:
            options["callback_url"] = order.webhook_url
        body["options"] = options

    def _request(self, wish: Wish) -> tuple[str, Json]:
        _check_sayable(wish)
        path = f"/{_ROUTES[wish.kind]}/{self._model or _MODELS[wish.generation]}"
        prompt = _prompt(wish)
        settings = dict(_settings(wish))
        if wish.kind == "text":
            return path, {"prompt": prompt, "settings": settings}
        return path, {"contents": list(_contents(wish, prompt)), "settings": settings}


def _check_sayable(wish: Wish) -> None:
    if wish.guidance is not None:
        raise wish.refused(
            f"a guidance of {wish.guidance:g}",
            "Kling's current API has no scale for it",
            "Leave it out, take Kling's older API",
        )
    if wish.voices:
        raise wish.refused(
            "voices of one's own",
            "the documentation of Kling's current API has none",
            "Leave them out, take Kling's older API",
        )
    if wish.takes and wish.generation not in _CUTS:
        raise wish.refused(
            "several shots",
            "Kling's current API has no switch for them with this model",
            "Give one prompt",
        )


def _settings(wish: Wish) -> Iterator[tuple[str, Any]]:
    """Everything whose default is not ours, and all that was asked for."""
    yield "resolution", _RESOLUTIONS[wish.tier]
    if wish.kind == "motion":
        yield "character_orientation", wish.orientation
        yield "audio", "original" if wish.keeps_sound else "off"
        return
    if wish.generation in _CUTS:
        yield "multi_shot", bool(wish.takes) or wish.is_cut_by_model
    if wish.video is not None:
        yield "audio", "original" if wish.keeps_sound else "off"
    elif wish.audio is not None:
        yield "audio", "native" if wish.audio else "off"
    if wish.length_s is not None:
        yield "duration", wish.length_s
    if wish.aspect is not None and wish.start is None:
        yield "aspect_ratio", wish.aspect


def _contents(wish: Wish, prompt: str) -> Iterator[Json]:
    if prompt:
        yield {"type": "prompt", "text": prompt}
    if wish.kind == "motion":
        yield {"type": "image", "url": wish.start}
        yield {"type": "video", "url": wish.motion}
        return
    if wish.start is not None:
        yield {"type": "first_frame", "url": wish.start}
    if wish.end is not None:
        yield {"type": "last_frame", "url": wish.end}
    for number, url in enumerate(wish.references, 1):
        yield {"type": "refer_image", "url": url, "id": f"image_{number}"}
    if wish.video is not None:
        kind = "base_video" if wish.is_edit else "feature_video"
        yield {"type": kind, "url": wish.video, "id": "video_1"}


def _prompt(wish: Wish) -> str:
    """The whole text: what is not wanted and the shots are written into it."""
    avoid = f"AVOID: {wish.negative}" if wish.negative and wish.is_own_negative else ""
    if not wish.takes:
        text = "\n".join(part for part in (_named(wish, wish.prompt), avoid) if part)
    else:
        words = [_shot(wish, take.prompt, avoid) for take in wish.takes]
        text = " ".join(
            f"shot {number}, {take.seconds}, {said};"
            for number, (take, said) in enumerate(zip(wish.takes, words, strict=True), 1)
        )
    if len(text) > LONGEST_PROMPT:
        raise _too_long(wish, f"{len(text)} characters of prompt", LONGEST_PROMPT)
    return text


def _shot(wish: Wish, prompt: str, avoid: str) -> str:
    """The words of one shot. A semicolon would end it; what is not wanted holds in each."""
    parts = (_named(wish, prompt).strip(), avoid)
    words = " ".join(part for part in parts if part).replace(";", ",")
    if len(words) > LONGEST_SHOT:
        raise _too_long(wish, f"{len(words)} characters in a shot", LONGEST_SHOT)
    return words


def _named(wish: Wish, text: str) -> str:
    return wish.named("@{kind}_{number}", text)


def _too_long(wish: Wish, asked: str, most: int) -> FeatureNotSupported:
    return wish.refused(
        asked,
        f"Kling's current API takes {most}, with what is not wanted among them",
        "Shorten it, take Kling's older API",
    )
