"""Kling's platform in its current design: the model in the path, an API key, `GET /tasks`."""

from __future__ import annotations

import time
from typing import Any

from tests.rigs.providers.base import Json, Request, Step, Task
from tests.rigs.providers.kling import (
    CHARGED,
    Check,
    Fields,
    KlingServer,
    Refused,
    body_of,
    check,
    check_key,
    flag,
    image,
    must,
    one_of,
    text,
    told,
    url,
    watermark,
)

_STATUSES = {"queued": "submitted", "running": "processing", "done": "succeeded"}
_SIZES = one_of("720p", "1080p")
_SIZES_4K = one_of("720p", "1080p", "4k")
_ASPECTS = one_of("16:9", "9:16", "1:1")
_LENGTHS = one_of(*range(3, 16))
_SHORT = one_of(5, 10)
_AUDIO = one_of("native", "off")

_OPTIONS: Fields = {
    "callback_url": url,
    "external_task_id": text(200, 1),
    "watermark_info": watermark,
}
_SETTINGS: dict[str, Fields] = {
    "kling-3.0": {
        "multi_shot": flag,
        "audio": _AUDIO,
        "resolution": _SIZES_4K,
        "duration": _LENGTHS,
    },
    "kling-3.0-turbo": {"resolution": _SIZES, "duration": _LENGTHS},
    "kling-2.6": {"audio": _AUDIO, "resolution": _SIZES, "duration": _SHORT},
    "kling-2.5-turbo": {"resolution": _SIZES, "duration": _SHORT},
    "kling-3.0-omni": {
        "multi_shot": flag,
        "audio": one_of("native", "original", "off"),
        "resolution": _SIZES_4K,
        "duration": _LENGTHS,
        "aspect_ratio": _ASPECTS,
    },
}
_MOTION: Fields = {
    "character_orientation": one_of("image", "video"),
    "audio": one_of("original", "off"),
    "resolution": _SIZES,
}
_PARTS: dict[str, Fields] = {
    "prompt": {"text": text(3072, 1)},
    "first_frame": {"url": image},
    "last_frame": {"url": image},
    "image": {"url": image},
    "video": {"url": url},
    "refer_image": {"url": image, "id": text(40, 1)},
    "feature_video": {"url": url, "id": text(40, 1)},
    "base_video": {"url": url, "id": text(40, 1)},
}
_FRAMES = {"prompt", "first_frame", "last_frame"}
_OMNI_PARTS = _FRAMES | {"refer_image", "feature_video", "base_video"}
_MODELS = {
    "text-to-video": {"kling-3.0", "kling-3.0-turbo", "kling-2.6"},
    "image-to-video": {"kling-3.0", "kling-3.0-turbo", "kling-2.6", "kling-2.5-turbo"},
    "motion-control": {"kling-3.0", "kling-2.6"},
    "omni-video": {"kling-3.0-omni"},
}


class KlingNewServer(KlingServer):
    """Kling's current API."""

    def step(self, request: Request) -> Step:
        if request.method == "POST":
            return "submit"
        return "find" if "external_task_ids" in request.query else "status"

    def check_caller(self, authorization: str) -> None:
        check_key(authorization)

    def reply(self, request: Request) -> Any:
        if request.path == "/tasks":
            if request.method != "GET":
                raise Refused(1202, "method not supported")
            return self._listed(request)
        kind, _, model = request.path.strip("/").partition("/")
        if model not in _MODELS.get(kind, ()):
            raise Refused(1203, "the requested resource does not exist")
        if request.method != "POST":
            raise Refused(1202, "method not supported")
        body = body_of(request)
        _check_body(kind, model, body)
        task = self.take(request, body.get("options", {}).get("external_task_id"), body)
        return _item(task, "submitted")

    def _listed(self, request: Request) -> list[Json]:
        must(len(request.query) == 1, "either task_ids or external_task_ids is required")
        ((name, given),) = request.query.items()
        must(name in ("task_ids", "external_task_ids"), f"{name} is not supported")
        by_id = name == "task_ids"
        found = [self.tasks.get(each) if by_id else self.by_key(each) for each in given.split(",")]
        return [self._told(task, request) for task in found if task is not None]

    def _told(self, task: Task, request: Request) -> Json:
        self.doom(task, request)
        state = task.look()
        item = _item(task, _STATUSES.get(state, "failed"))
        item |= {"message": told(state), "outputs": [], "billing": []}
        if state == "done":
            clip = {"type": "video", "id": f"video-{task.provider_id}", "duration": "3.0"}
            item["outputs"] = [{**clip, "url": self.download_url(task), "watermark_url": ""}]
            item["billing"] = [
                {
                    "charge_type": "cash",
                    "cash_type": "balance",
                    "amount": CHARGED,
                    "currency": "USD",
                    "list_price": CHARGED,
                }
            ]
        return item


def _item(task: Task, status: str) -> Json:
    now_ms = int(time.time() * 1000)
    return {
        "id": task.provider_id,
        "status": status,
        "create_time": now_ms,
        "update_time": now_ms,
        "external_id": task.key or "",
    }


def _check_body(kind: str, model: str, body: Json) -> None:
    anything: Check = lambda value: True  # noqa: ARG005, E731
    settings: Fields = _MOTION if kind == "motion-control" else _SETTINGS[model]
    if kind == "text-to-video":
        settings = {**settings, "aspect_ratio": _ASPECTS}
        fields: Fields = {"prompt": text(3072, 1), "settings": anything, "options": anything}
        check(body, fields, needed=("prompt",))
        texts = [body["prompt"]]
    else:
        fields = {"contents": anything, "settings": anything, "options": anything}
        check(body, fields, needed=("contents",))
        texts = _check_contents(kind, body["contents"])
    needed = ("character_orientation",) if kind == "motion-control" else ()
    given = body.get("settings", {})
    check(given, settings, needed=needed, where="settings.")
    check(body.get("options", {}), _OPTIONS, where="options.")
    if "multi_shot" in settings and given.get("multi_shot", True):
        _check_shots("".join(texts), given.get("duration", 5))


def _check_contents(kind: str, contents: Any) -> list[str]:
    """The prompts among the contents."""
    must(isinstance(contents, list), "contents is invalid")
    allowed = {"motion-control": {"prompt", "image", "video"}, "omni-video": _OMNI_PARTS}
    kinds = []
    for part in contents:
        name = part.get("type", "") if isinstance(part, dict) else ""
        must(name in allowed.get(kind, _FRAMES), "contents.type is invalid")
        rest = {key: value for key, value in part.items() if key != "type"}
        check(rest, _PARTS[name], needed=tuple(_PARTS[name]), where="contents.")
        kinds.append(name)
    for name in set(kinds) - {"refer_image"}:
        must(kinds.count(name) == 1, f"contents has more than one {name}")
    if kind == "image-to-video":
        must("first_frame" in kinds, "first_frame is required")
    if kind == "motion-control":
        must({"image", "video"} <= set(kinds), "image and video are required")
    must("last_frame" not in kinds or "first_frame" in kinds, "last_frame needs first_frame")
    most = 4 if {"feature_video", "base_video"} & set(kinds) else 7
    must(kinds.count("refer_image") <= most, f"at most {most} images")
    return [part["text"] for part in contents if part["type"] == "prompt"]


def _check_shots(prompt: str, length_s: int) -> None:
    """`shot n, seconds, words;` up to six times; a prompt without is cut by the model."""
    if not prompt.startswith("shot 1,"):
        return
    shots = [part.strip() for part in prompt.split(";") if part.strip()]
    total = 0
    for number, shot in enumerate(shots, 1):
        head, seconds, words = (part.strip() for part in shot.split(",", 2))
        must(head == f"shot {number}" and seconds.isdecimal(), "the shots are malformed")
        must(int(seconds) >= 1 and len(words) <= 512, "a shot is out of range")
        total += int(seconds)
    must(len(shots) <= 6 and total == length_s, "the shots do not add up to the duration")
