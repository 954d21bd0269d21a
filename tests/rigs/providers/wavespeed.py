"""WaveSpeed's API v3, as documented and as its own client speaks it."""

from __future__ import annotations

import re
import uuid
from typing import Literal

from tests.rigs.providers.base import Answer, Json, ProviderServer, Request, Step, Task
from tests.rigs.providers.kwaivgi import WAVESPEED, fault_in

KEY = "wsk-secret"
_RESULT = re.compile(r"/api/v3/predictions/([^/]+)/result")
_PUT = re.compile(r"/storage/([^/]+)")
_MOST_BYTES = 200 * 2**20


class WaveSpeedServer(ProviderServer):
    def __init__(self) -> None:
        super().__init__()
        self.files: dict[str, bytes | None] = {}  # None: initiated only
        self.sizes: dict[str, int] = {}
        self.webhooks: list[str] = []

    def step(self, request: Request) -> Step:
        if request.path == "/api/v3/media/uploads" or _PUT.fullmatch(request.path):
            return "upload"
        return "status" if _RESULT.fullmatch(request.path) else "submit"

    def trouble(self, status: Literal[429, 500]) -> Answer:
        words = "too many requests" if status == 429 else "internal server error"
        return _error(status, words)

    def answer(self, request: Request) -> Answer:
        put = _PUT.fullmatch(request.path)
        if put:
            return self._put(request, put[1])
        if request.headers.get("authorization") != f"Bearer {KEY}":
            return _error(401, "Unauthorized: invalid API key")
        result = _RESULT.fullmatch(request.path)
        if result:
            return self._result(request, result[1])
        if request.method != "POST":
            return _error(405, "method not allowed")
        if request.path == "/api/v3/media/uploads":
            return self._initiate(request)
        return self._submit(request)

    def _initiate(self, request: Request) -> Answer:
        body = request.json()
        if set(body) - {"content_type"} != {"filename", "size"} or type(body["size"]) is not int:
            return _error(400, "filename and size are required")
        if body["size"] > _MOST_BYTES:
            return _error(400, "file is too large")
        file_id = uuid.uuid4().hex
        self.files[file_id] = None
        self.sizes[file_id] = body["size"]
        headers = {"Content-Type": body.get("content_type", "application/octet-stream")}
        headers["x-amz-meta-owner"] = "u-1"
        told = {"method": "PUT", "url": f"{self.url}/storage/{file_id}", "headers": headers}
        return _ok({"upload": told, "download_url": self._file_url(file_id)})

    def _put(self, request: Request, file_id: str) -> Answer:
        is_signed = request.headers.get("x-amz-meta-owner") == "u-1"
        if request.method != "PUT" or "authorization" in request.headers or not is_signed:
            return Answer(403, content=b"<Error><Code>SignatureDoesNotMatch</Code></Error>")
        if len(request.body) != self.sizes[file_id]:
            return Answer(400, content=b"<Error><Code>BadSize</Code></Error>")
        self.files[file_id] = request.body
        return Answer(200, content=b"")

    def _file_url(self, file_id: str) -> str:
        return f"{self.url}/media/{file_id}"

    def _submit(self, request: Request) -> Answer:
        try:
            body = request.json()
        except ValueError:
            return _error(400, "invalid JSON")
        model = request.path.removeprefix("/api/v3/")
        wrong = fault_in(WAVESPEED, model, body)
        if wrong is not None:
            return _error(*wrong)
        task = self.accept(request, uuid.uuid4().hex, None, {"model": model, **body})
        if request.query.get("webhook"):
            self.webhooks.append(request.query["webhook"])
        return _ok(self._prediction(task, "created"))

    def _result(self, request: Request, provider_id: str) -> Answer:
        task = self.tasks.get(provider_id)
        if request.method != "GET" or task is None:
            return _error(404, "prediction not found")
        self.doom(task, request)
        state = task.look()
        words = {"queued": "created", "running": "processing", "done": "completed"}
        prediction = self._prediction(task, words.get(state, "failed"))
        lost = self._lost(task)
        if state == "done" and lost:
            prediction |= {"status": "failed", "outputs": [], "code": 1402, "error": lost}
        elif state == "done":
            prediction["outputs"] = [self.download_url(task)]
        elif state == "moderated":
            prediction |= {"code": 1200, "error": "The content contains sensitive information."}
        elif state == "failed":
            prediction |= {"code": 1405, "error": "The task execution failed."}
        elif state == "cancelled":
            prediction |= {"status": "cancelled", "error": "cancelled by the user"}
        return _ok(prediction)

    def _lost(self, task: Task) -> str:
        kept = {self._file_url(file_id) for file_id, content in self.files.items() if content}
        for name in ("image", "end_image", "last_image", "video"):
            if name in task.body and task.body[name] not in kept:
                return f"Failed to download {name} from the provided URL."
        return ""

    def _prediction(self, task: Task, status: str) -> Json:
        return {
            "id": task.provider_id,
            "model": task.body["model"],
            "status": status,
            "outputs": [],
            "urls": {"get": f"{self.url}/api/v3/predictions/{task.provider_id}/result"},
            "has_nsfw_contents": [],
            "created_at": "2026-10-04T00:00:00Z",
            "error": "",
            "code": 0,
        }


def _ok(data: Json) -> Answer:
    return Answer(json={"code": 200, "message": "success", "data": data})


def _error(status: int, message: str) -> Answer:
    return Answer(status, {"code": status, "message": message})
