"""Kling's platform in its older design: `model_name` in the body, signed tokens, `/v1`."""

from __future__ import annotations

import re
import time
from typing import Any

from tests.rigs.providers.base import Json, Request, Step, Task
from tests.rigs.providers.kling import (
    API_KEY,
    CHARGED,
    Fields,
    KlingServer,
    Refused,
    body_of,
    check,
    check_token,
    flag,
    image,
    must,
    one_of,
    text,
    told,
    url,
    watermark,
)

_STATUSES = {"queued": "submitted", "running": "processing", "done": "succeed"}
_PATH = re.compile(r"/v1/videos/(text2video|image2video|motion-control|omni-video)(?:/([^/]+))?")
_LENGTHS = one_of(*map(str, range(3, 16)))
_MODES = one_of("std", "pro", "4k")


def _shots(value: Any) -> bool:
    fields: Fields = {"index": _index, "prompt": text(512, 1), "duration": _seconds}
    if not isinstance(value, list) or not 1 <= len(value) <= 6:
        return False
    for shot in value:
        check(shot, fields, needed=("index", "prompt", "duration"), where="multi_prompt.")
    return [shot["index"] for shot in value] == list(range(1, len(value) + 1))


def _index(value: Any) -> bool:
    return type(value) is int and 1 <= value <= 6


def _seconds(value: Any) -> bool:
    return isinstance(value, str) and value.isdecimal() and int(value) >= 1


def _voices(value: Any) -> bool:
    is_list = isinstance(value, list) and 1 <= len(value) <= 2
    return is_list and all(isinstance(v, dict) and set(v) == {"voice_id"} for v in value)


def _scale(value: Any) -> bool:
    return type(value) in (int, float) and 0 <= value <= 1


def _images(value: Any) -> bool:
    fields: Fields = {"image_url": image, "type": one_of("first_frame", "end_frame")}
    for each in value:
        check(each, fields, needed=("image_url",), where="image_list.")
    kinds = [each.get("type") for each in value]
    return 1 <= len(value) <= 7 and ("end_frame" not in kinds or "first_frame" in kinds)


def _videos(value: Any) -> bool:
    fields: Fields = {
        "video_url": url,
        "refer_type": one_of("base", "feature"),
        "keep_original_sound": one_of("yes", "no"),
    }
    for each in value:
        check(each, fields, needed=("video_url",), where="video_list.")
    return len(value) == 1


_COMMON: Fields = {
    "model_name": one_of("kling-v2-5-turbo", "kling-v2-6", "kling-v3"),
    "mode": _MODES,
    "prompt": text(2500),
    "callback_url": url,
    "external_task_id": text(200, 1),
    "watermark_info": watermark,
}
_STORY: Fields = {
    **_COMMON,
    "multi_shot": flag,
    "shot_type": one_of("customize", "intelligence"),
    "multi_prompt": _shots,
    "sound": one_of("on", "off"),
    "duration": _LENGTHS,
}
_FILM: Fields = {
    **_STORY,
    "negative_prompt": text(2500),
    "cfg_scale": _scale,
    "voice_list": _voices,
}
_ASPECT: Fields = {"aspect_ratio": one_of("16:9", "9:16", "1:1")}
_FIELDS: dict[str, Fields] = {
    "text2video": {**_FILM, **_ASPECT},
    "image2video": {**_FILM, "image": image, "image_tail": image},
    "omni-video": {
        **_STORY,
        **_ASPECT,
        "model_name": one_of("kling-video-o1", "kling-v3-omni"),
        "image_list": _images,
        "video_list": _videos,
    },
    "motion-control": {
        **_COMMON,
        "image_url": image,
        "video_url": url,
        "character_orientation": one_of("image", "video"),
        "keep_original_sound": one_of("yes", "no"),
    },
}


class KlingOldServer(KlingServer):
    """Kling's older API."""

    def step(self, request: Request) -> Step:
        if request.method == "POST":
            return "submit"
        return "find" if self.by_key(request.path.rpartition("/")[2]) else "status"

    def check_caller(self, authorization: str) -> None:
        if authorization != f"Bearer {API_KEY}":
            check_token(authorization)

    def reply(self, request: Request) -> Any:
        found = _PATH.fullmatch(request.path)
        if found is None:
            raise Refused(1203, "the requested resource does not exist")
        route, name = found.groups()
        if request.method == "POST" and name is None:
            body = body_of(request)
            _check_body(route, body)
            task = self.take(request, body.get("external_task_id"), {"route": route, **body})
            return _item(task, "submitted")
        if request.method != "GET" or name is None:
            raise Refused(1202, "method not supported")
        known = self.tasks.get(name) or self.by_key(name)
        if known is None or known.body["route"] != route:
            raise Refused(1203, "the requested task does not exist")
        return self._told(known, request)

    def _told(self, task: Task, request: Request) -> Json:
        self.doom(task, request)
        state = task.look()
        item = _item(task, _STATUSES.get(state, "failed"))
        item |= {"task_status_msg": told(state), "task_result": {}}
        item |= {"final_unit_deduction": "0", "final_balance_deduction": {"quota": "0"}}
        if state == "done":
            clip = {"id": f"video-{task.provider_id}", "duration": "3.0", "watermark_url": ""}
            item["task_result"] = {"videos": [{**clip, "url": self.download_url(task)}]}
            item["final_balance_deduction"] = {"quota": CHARGED, "list_price": CHARGED}
        return item


def _item(task: Task, status: str) -> Json:
    now_ms = int(time.time() * 1000)
    return {
        "task_id": task.provider_id,
        "task_status": status,
        "task_info": {"external_task_id": task.key or ""},
        "created_at": now_ms,
        "updated_at": now_ms,
    }


def _check_body(route: str, body: Json) -> None:
    needed: tuple[str, ...] = ()
    if route == "motion-control":
        needed = ("image_url", "video_url", "character_orientation", "mode")
    check(body, _FIELDS[route], needed=needed)
    if route == "image2video":
        must("image" in body or "image_tail" in body, "image is required")
    if route != "motion-control":
        _check_story(body)
    if "voice_list" in body:
        must(body.get("sound") == "on", "voice_list needs sound")
    if "video_list" in body:
        must(body.get("sound", "off") == "off", "sound must be off beside a video")


def _check_story(body: Json) -> None:
    if body.get("multi_shot"):
        must("shot_type" in body, "shot_type is required")
        if body["shot_type"] == "customize":
            shots = body.get("multi_prompt", [])
            total = sum(int(shot["duration"]) for shot in shots)
            must(total == int(body.get("duration", "5")), "the shots do not add up")
            return
    else:
        must("shot_type" not in body and "multi_prompt" not in body, "multi_shot is off")
    must(bool(body.get("prompt")), "prompt is required")
