"""The older design of Kling's API: `model_name` and all else at one level of the body."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from photoplay.clip import Tier
from photoplay.dialects.kling.credentials import ACCESS_KEY, API_KEY, SECRET_KEY, bearer
from photoplay.dialects.kling.errors import data_of, is_elsewhere, is_unknown, says_nothing
from photoplay.dialects.kling.platform import Platform, checked_image, quoted
from photoplay.dialects.kling.tasks import Task, old_task
from photoplay.dialects.kling.wishes import Wish
from photoplay.dialects.provider import Credentials, Flow, Inline, Json, MediaFile, Order, Ticket

LONGEST_PROMPT = 2500  # characters
LONGEST_SHOT = 512
_ROUTES = {
    "image": "image2video",
    "text": "text2video",
    "motion": "motion-control",
    "omni": "omni-video",
}
_MODELS = {
    "v3": "kling-v3",
    "o3": "kling-v3-omni",
    "v2.6": "kling-v2-6",
    "v2.5": "kling-v2-5-turbo",
}
_MODES = {Tier.STANDARD: "std", Tier.PRO: "pro", Tier.FOUR_K: "4k"}
_ROUTE = "route"  # in a ticket's data: where the task is, once that is known


class KlingOld(Platform):
    """The older design of Kling's API, let in by a pair of keys or an API key."""

    @property
    def secrets(self) -> tuple[tuple[str, ...], ...]:
        """Sets of names of environment variables, any one of which lets in."""
        return ((ACCESS_KEY, SECRET_KEY), (API_KEY,))

    def authorize(self, credentials: Credentials, now_s: float) -> Mapping[str, str]:
        """The headers of authorized calls."""
        return bearer(credentials, now_s, pair_first=True)

    def find(self, key: str) -> Flow[Ticket | None]:
        """Look for the order with our key: it is nowhere if no route knows it."""
        for route in _ROUTES.values():
            reply = yield self._get(f"/v1/videos/{route}/{quoted(key)}")
            if is_unknown(reply):
                continue
            task = self._task(data_of(reply))
            if task is None or task.key != key:
                raise says_nothing("Kling told of another task than the one that was asked for")
            return Ticket(provider_id=task.id, data={_ROUTE: route})
        return None

    def _look(self, ticket: Ticket) -> Flow[tuple[Task, Ticket]]:
        """A task is asked for where it was made, which neither replies nor webhooks say."""
        known = ticket.data.get(_ROUTE)
        for route in (known,) if known in _ROUTES.values() else _ROUTES.values():
            reply = yield self._get(f"/v1/videos/{route}/{quoted(ticket.provider_id)}")
            if is_elsewhere(reply):
                continue
            task = self._task(data_of(reply))
            if task is None or task.id != ticket.provider_id:
                raise says_nothing("Kling told of another task than the one that was asked for")
            return task, Ticket(provider_id=task.id, data={_ROUTE: route})
        raise says_nothing("Kling does not know the task")

    def _task(self, item: Any) -> Task | None:
        return old_task(item, is_usd=self._is_usd)

    def _image(self, file: MediaFile) -> str | Inline:
        checked_image(file)
        return Inline(path=file.path, content_type=file.content_type, form="base64")

    def _add_options(self, body: Json, order: Order) -> None:
        body["external_task_id"] = order.key
        body["watermark_info"] = {"enabled": False}
        if order.webhook_url is not None:
            body["callback_url"] = order.webhook_url

    def _request(self, wish: Wish) -> tuple[str, Json]:
        model = self._model or _MODELS.get(wish.generation)
        if model is None:
            raise wish.refused(
                f"a clip of {wish.generation}",
                "Kling's older API does not have that model",
                "Take Kling's current API",
            )
        body: Json = {"model_name": model, "mode": _MODES[wish.tier]}
        parts = _motion if wish.kind == "motion" else _omni if wish.kind == "omni" else _film
        body.update(parts(wish))
        return f"/v1/videos/{_ROUTES[wish.kind]}", body


def _film(wish: Wish) -> Iterator[tuple[str, Any]]:
    """Of text2video and image2video."""
    yield from _story(wish)
    if wish.start is not None:
        yield "image", wish.start
    if wish.end is not None:
        yield "image_tail", wish.end
    if wish.negative:
        yield "negative_prompt", wish.negative
    if wish.guidance is not None:  # its default is the same
        yield "cfg_scale", wish.guidance
    if wish.voices:
        yield "voice_list", [{"voice_id": each} for each in wish.voices]
    if wish.audio is not None:
        yield "sound", "on" if wish.audio else "off"
    if wish.aspect is not None:
        yield "aspect_ratio", wish.aspect


def _omni(wish: Wish) -> Iterator[tuple[str, Any]]:
    yield from _story(wish)
    images: list[Json] = [{"image_url": each} for each in wish.references]  # these are numbered
    if wish.start is not None:
        images.append({"image_url": wish.start, "type": "first_frame"})
    if wish.end is not None:
        images.append({"image_url": wish.end, "type": "end_frame"})
    if images:
        yield "image_list", images
    if wish.video is not None:
        yield "video_list", [_source(wish)]
    yield "sound", "on" if wish.audio and wish.video is None else "off"
    if wish.aspect is not None and wish.start is None:
        yield "aspect_ratio", wish.aspect


def _source(wish: Wish) -> Json:
    return {
        "video_url": wish.video,
        "refer_type": "base" if wish.is_edit else "feature",
        "keep_original_sound": _yes(wish.keeps_sound),
    }


def _motion(wish: Wish) -> Iterator[tuple[str, Any]]:
    if wish.prompt:
        yield "prompt", wish.prompt
    yield "image_url", wish.start
    yield "video_url", wish.motion
    yield "character_orientation", wish.orientation
    yield "keep_original_sound", _yes(wish.keeps_sound)


def _story(wish: Wish) -> Iterator[tuple[str, Any]]:
    """The prompt or the shots, and how long."""
    if wish.takes:
        yield "multi_shot", True
        yield "shot_type", "customize"
        yield "multi_prompt", [_shot(wish, number) for number in range(1, len(wish.takes) + 1)]
    else:
        yield "prompt", _spelt(wish, wish.prompt, LONGEST_PROMPT)
        if wish.is_cut_by_model:
            yield "multi_shot", True
            yield "shot_type", "intelligence"
    if wish.length_s is not None:
        yield "duration", str(wish.length_s)


def _shot(wish: Wish, number: int) -> Json:
    take = wish.takes[number - 1]
    prompt = _spelt(wish, take.prompt, LONGEST_SHOT)
    return {"index": number, "prompt": prompt, "duration": str(take.seconds)}


def _spelt(wish: Wish, text: str, most: int) -> str:
    text = wish.named("<<<{kind}_{number}>>>", text)
    if len(text) > most:
        raise wish.refused(
            f"{len(text)} characters of prompt, its references written out",
            f"Kling's older API takes {most}",
            "Shorten it",
        )
    return text


def _yes(value: bool) -> str:
    return "yes" if value else "no"
