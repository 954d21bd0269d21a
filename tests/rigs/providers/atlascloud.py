"""AtlasCloud's model API, as documented: errors come with HTTP 200, in the envelope."""

from __future__ import annotations

import uuid
from typing import Literal

from tests.rigs.providers.base import Answer, Json, ProviderServer, Request, Step, Task
from tests.rigs.providers.kwaivgi import ATLASCLOUD, fault_in

KEY = "atlas-secret"
BASE = "/api/v1/model"


class AtlasCloudServer(ProviderServer):
    def __init__(self) -> None:
        super().__init__()
        self.files: dict[str, bytes] = {}
        self.errors_by_http = False  # one deployment answers so, another with HTTP 200

    def step(self, request: Request) -> Step:
        if request.path == f"{BASE}/uploadMedia":
            return "upload"
        return "status" if request.path.startswith(f"{BASE}/prediction/") else "submit"

    def trouble(self, status: Literal[429, 500]) -> Answer:
        words = "rate limit exceeded" if status == 429 else "internal error"
        return Answer(status, {"code": status, "msg": words})

    def answer(self, request: Request) -> Answer:
        if request.headers.get("authorization") != f"Bearer {KEY}":
            return self._error(401, "invalid api key")
        match request.method, request.path.removeprefix(BASE).split("/"):
            case "POST", ["", "uploadMedia"]:
                return self._upload(request)
            case "POST", ["", "generateVideo"]:
                return self._submit(request)
            case "GET", ["", "prediction", provider_id]:
                return self._prediction(request, provider_id)
        return self._error(404, "not found")

    def _upload(self, request: Request) -> Answer:
        parts = request.parts()
        if [part.name for part in parts] != ["file"] or not parts[0].file_name:
            return self._error(400, "file is required")
        url = f"{self.url}/media/{uuid.uuid4().hex}"
        self.files[url] = parts[0].content
        return _ok({"type": "image", "download_url": url, "size": len(parts[0].content)})

    def _submit(self, request: Request) -> Answer:
        try:
            body = request.json()
            inputs = {name: value for name, value in body.items() if name != "model"}
        except (ValueError, AttributeError):
            return self._error(400, "invalid JSON")
        wrong = fault_in(ATLASCLOUD, str(body.get("model")), inputs)
        if wrong is not None:
            return self._error(*wrong)
        task = self.accept(request, uuid.uuid4().hex, None, body)
        return _ok(self._state(task, "starting"))

    def _prediction(self, request: Request, provider_id: str) -> Answer:
        task = self.tasks.get(provider_id)
        if task is None:
            return self._error(404, "prediction not found")
        self.doom(task, request)
        state = task.look()
        words = {"queued": "starting", "running": "processing", "done": "completed"}
        found = self._state(task, words.get(state, "failed"))
        lost = [body for body in (task.body.get("image"), task.body.get("end_image")) if body]
        if state == "done" and not set(lost) <= set(self.files):
            found |= {"status": "failed", "error": "cannot download image"}
        elif state == "done":
            found["outputs"] = [self.download_url(task)]
        elif state == "moderated":
            found["error"] = "Content policy violation: the prompt was flagged"
        elif state == "failed":
            found["logs"] = "the model gave no frames"
        return _ok(found)

    def _state(self, task: Task, status: str) -> Json:
        return {
            "id": task.provider_id,
            "model": task.body["model"],
            "status": status,
            "outputs": None,
            "urls": {"get": f"{self.url}{BASE}/prediction/{task.provider_id}"},
            "error": "",
        }

    def _error(self, status: int, words: str) -> Answer:
        http = status if self.errors_by_http else 200
        return Answer(http, {"code": status, "msg": words, "data": None})


def _ok(data: Json) -> Answer:
    return Answer(json={"code": 200, "message": "success", "data": data})
