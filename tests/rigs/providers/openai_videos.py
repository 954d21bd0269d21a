"""A server of the shape of OpenAI's Videos API: as strict as OpenAI's, or as open as vLLM-Omni's.

https://platform.openai.com/docs/api-reference/videos, and vLLM-Omni's docs/serving/videos_api.md
for the fields that self-hosted engines add.
"""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Callable
from typing import Literal

from tests.rigs.providers.base import Answer, Json, Part, ProviderServer, Request, Step, Task

POLL_AFTER_MS = 10
_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
_IMAGES = ("image/png", "image/jpeg", "image/webp")


def _matches(pattern: str) -> Callable[[str], bool]:
    return lambda text: re.fullmatch(pattern, text) is not None


_NUMBER, _WHOLE = r"\d+(\.\d+)?", r"\d+"
_STRICT = {
    "prompt": _matches(r"(?s).+"),
    "model": _matches(r"sora-2(-pro)?(-\d{4}-\d{2}-\d{2})?"),
    "seconds": _matches("4|8|12"),
    "size": _matches("720x1280|1280x720|1024x1792|1792x1024"),
}
_OPEN = _STRICT | {
    "model": _matches(".+"),
    "seconds": _matches(_WHOLE),
    "size": _matches(r"\d*[02468]x\d*[02468]"),
    "negative_prompt": _matches(r"(?s).+"),
    "seed": _matches(f"-?{_WHOLE}"),
    "num_frames": _matches(_WHOLE),
    "fps": _matches(_WHOLE),
    "num_inference_steps": _matches(_WHOLE),
    "guidance_scale": _matches(_NUMBER),
    "guidance_scale_2": _matches(_NUMBER),
    "flow_shift": _matches(_NUMBER),
    "generate_sound": _matches("true|false"),
}


class OpenAIVideosServer(ProviderServer):
    """Videos at `url` + /v1. `key` None: nobody needs one. `is_open`: takes the added fields."""

    def __init__(self, key: str | None = "sk-of-openai", *, is_open: bool = True) -> None:
        super().__init__()
        self.key = key
        self.images: list[bytes] = []  # first frames as they came
        self._fields = _OPEN if is_open else _STRICT
        self._is_open = is_open
        self._numbers = itertools.count(1)

    @property
    def base_url(self) -> str:
        return f"{self.url}/v1"

    def step(self, request: Request) -> Step:
        if request.path.endswith("/content"):
            return "download"
        return {"POST": "submit", "DELETE": "cancel"}.get(request.method, "status")  # type: ignore[return-value]

    def trouble(self, status: Literal[429, 500]) -> Answer:
        if status == 429:
            return _error(429, "Rate limit reached.", "rate_limit_exceeded", "requests")
        return _error(500, "The server had an error.", None, "server_error")

    def answer(self, request: Request) -> Answer:
        if self.key is not None and request.headers.get("authorization") != f"Bearer {self.key}":
            return _error(401, "Incorrect API key provided.", "invalid_api_key")
        match request.method, request.path.split("/")[1:]:
            case "POST", ["v1", "videos"]:
                return self._create(request)
            case "GET", ["v1", "videos", provider_id] if provider_id in self.tasks:
                head = {"openai-poll-after-ms": str(POLL_AFTER_MS)}
                return Answer(json=self._video(self.tasks[provider_id]), headers=head)
            case "GET", ["v1", "videos", provider_id, "content"] if provider_id in self.tasks:
                return self._content(request, self.tasks[provider_id])
            case "DELETE", ["v1", "videos", provider_id] if provider_id in self.tasks:
                return self._delete(provider_id)
        return _error(404, "Video not found.", "not_found")

    def _create(self, request: Request) -> Answer:
        given: Json = {}
        for part in request.parts():
            complaint = self._complaint(part, given)
            if complaint:
                return _error(400, complaint, "invalid_value")
            if part.name == "input_reference":
                self.images.append(part.content)
            else:
                given[part.name] = part.text
        if "prompt" not in given:
            return _error(
                400, "Missing required parameter: 'prompt'.", "missing_required_parameter"
            )
        if given["prompt"] == "no quota":
            return _error(429, "You exceeded your current quota.", "insufficient_quota")
        if given["prompt"] == "moderated at once":
            return _error(400, "Your request was blocked.", "moderation_blocked")
        task = self.accept(request, f"video_{next(self._numbers)}", None, given)
        return Answer(json=self._described(task, "queued", 0))

    def _complaint(self, part: Part, given: Json) -> str | None:
        if part.name == "input_reference":
            is_image = part.content_type in _IMAGES and part.content.startswith((_PNG, _JPEG))
            return None if is_image and part.file_name else "Invalid value: 'input_reference'."
        if part.name in given or part.name not in self._fields or part.file_name:
            return f"Unknown parameter: '{part.name}'."
        return None if self._fields[part.name](part.text) else f"Invalid value: '{part.name}'."

    def _video(self, task: Task) -> Json:
        match task.look():
            case "queued":
                return self._described(task, "queued", 0)
            case "running":
                return self._described(task, "in_progress", 40)
            case "done":
                ended = {"completed_at": int(time.time())}
                return self._described(task, "completed", 100) | ended
            case "moderated":
                error = {"code": "moderation_blocked", "message": "The prompt was blocked."}
            case _:
                error = {"code": "video_generation_failed", "message": "It did not work out."}
        return self._described(task, "failed", 40) | {"error": error}

    def _described(self, task: Task, status: str, progress: int) -> Json:
        return {
            "id": task.provider_id,
            "object": "video",
            "model": task.body.get("model", "sora-2"),
            "status": status,
            "progress": progress,
            "created_at": int(time.time()),
            "seconds": task.body.get("seconds", "4"),
            "size": task.body.get("size", "720x1280"),
            "prompt": task.body["prompt"],
            "error": None,
        }

    def _content(self, request: Request, task: Task) -> Answer:
        if task.fate != "done" or task.looks < 3:
            return _error(404, "The video is not ready.", "not_found")
        is_cut = request.fault is not None and request.fault.kind == "truncate"
        return Answer(content=self.clip, headers={"Content-Type": "video/mp4"}, is_cut=is_cut)

    def _delete(self, provider_id: str) -> Answer:
        """OpenAI deletes what has ended; self-hosted servers stop the job, too."""
        has_ended = self.tasks[provider_id].looks > 2
        if not has_ended and not self._is_open:
            return _error(400, "The video is still in progress.", "invalid_state")
        del self.tasks[provider_id]
        return Answer(json={"id": provider_id, "deleted": True, "object": "video.deleted"})


def _error(
    status: int, words: str, code: str | None, kind: str = "invalid_request_error"
) -> Answer:
    return Answer(
        status, json={"error": {"message": words, "type": kind, "param": None, "code": code}}
    )
