"""fal's queue, storage and CDN, as documented and as observed; strict where fal passes over.

Validation is late, as in the original: whatever is submitted is accepted, and what is wrong with it
shows on the result route. Unlike the original, fields that nobody knows are wrong, too.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import replace
from typing import Any, Literal

from photoplay.catalogue import Catalogue, Endpoint, load
from photoplay.dialects.fal import media_of
from photoplay.errors import BodyInvalid
from tests.rigs.providers.base import Answer, Json, ProviderServer, Request, Step, Task

KEY = "0b5f7ac2:secret"
TOKEN = "cdn-token"
APP_ROUTE = re.compile(r"/queue/([^/]+/[^/]+)/requests/([^/]+)(/status|/cancel|)")
FILE = "/files/"
SEED = 7


class Fal(ProviderServer):
    """Its roles are the first part of a path: `/queue`, `/rest`, `/cdn`."""

    def __init__(self, catalogue: Catalogue | None = None) -> None:
        super().__init__()
        self.catalogue = catalogue or load()
        self.files: dict[str, bytes] = {}  # by id
        self.parts: dict[str, dict[int, bytes]] = {}
        self.endpoints: dict[str, Endpoint] = {}  # by request id
        self.links_at = ""  # where the URLs in answers lead, empty: here
        self.wrong: dict[str, list[Json]] = {}  # complaints by request id

    def step(self, request: Request) -> Step:
        if not request.path.startswith("/queue/"):
            return "upload"
        found = APP_ROUTE.fullmatch(request.path)
        if found is None:
            return "submit"
        steps: dict[str, Step] = {"/status": "status", "/cancel": "cancel", "": "result"}
        return steps[found[3]]

    def trouble(self, status: Literal[429, 500]) -> Answer:
        if status == 429:
            return Answer(429, {"detail": "Too many requests"})
        return Answer(500, {"detail": "Internal Server Error", "error_type": "internal_error"})

    def answer(self, request: Request) -> Answer:
        if request.path.startswith("/rest/storage/upload/to/"):
            return self._put(request)
        if request.path == "/cdn/files/upload":
            return self._cdn_upload(request)
        if request.headers.get("authorization") != f"Key {KEY}":
            detail = "Authentication is required to access this application."
            return Answer(401, {"detail": detail})
        if request.path.startswith("/rest/"):
            return self._rest(request)
        found = APP_ROUTE.fullmatch(request.path)
        if found is None:
            return self._submit(request)
        return self._of_request(request, found[1], found[2], found[3])

    # Storage

    def _rest(self, request: Request) -> Answer:
        way = request.path.removeprefix("/rest/storage/")
        ways = ("upload/initiate", "upload/initiate-multipart", "auth/token")
        if request.method != "POST" or way not in ways:
            return Answer(404, {"detail": "Not Found"})
        if request.query.get("storage_type") != "fal-cdn-v3":
            return _invalid(["query", "storage_type"], "Input should be 'fal-cdn-v3'", "enum")
        if way == "auth/token":
            token = {"token": TOKEN, "token_type": "Bearer", "base_url": f"{self.url}/cdn"}
            return Answer(json={**token, "expires_at": "2999-01-01T00:00:00+00:00"})
        body = request.json()
        if sorted(body) != ["content_type", "file_name"]:
            return _invalid(["body"], "Field required", "missing")
        file_id = uuid.uuid4().hex
        in_parts = way.endswith("multipart")
        if in_parts:
            self.parts[file_id] = {}
        kind = "parts" if in_parts else "whole"
        target = f"{self.url}/rest/storage/upload/to/{kind}/{file_id}"
        return Answer(
            json={"upload_url": f"{target}?signature=abc", "file_url": self._file_url(file_id)}
        )

    def _put(self, request: Request) -> Answer:
        kind, file_id, *rest = request.path.removeprefix("/rest/storage/upload/to/").split("/")
        if "authorization" in request.headers or request.query != {"signature": "abc"}:
            return Answer(403, {"detail": "Signature mismatch"})
        if kind == "whole" and request.method == "PUT" and "content-type" in request.headers:
            self.files[file_id] = request.body
            return Answer(200, {})
        kept = self.parts[file_id]
        if request.method == "PUT":
            number = int(rest[0])
            kept[number] = request.body
            return Answer(json={"partNumber": number, "etag": f'"{number}"'})
        named = [{"partNumber": number, "etag": f'"{number}"'} for number in sorted(kept)]
        if rest != ["complete"] or request.json() != {"parts": named}:
            return _invalid(["body", "parts"], "Parts do not match", "value_error")
        self.files[file_id] = b"".join(kept[number] for number in sorted(kept))
        return Answer(200, {})

    def _cdn_upload(self, request: Request) -> Answer:
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return Answer(401, {"detail": "Invalid token"})
        if "x-fal-file-name" not in request.headers:
            return Answer(400, {"detail": "Missing X-Fal-File-Name"})
        file_id = uuid.uuid4().hex
        self.files[file_id] = request.body
        return Answer(json={"access_url": self._file_url(file_id)})

    def _file_url(self, file_id: str) -> str:
        return f"{self.url}{FILE}{file_id}"

    # Queue

    def _submit(self, request: Request) -> Answer:
        endpoint = self.catalogue.endpoints.get(request.path.removeprefix("/queue/"))
        if endpoint is None:
            return Answer(404, {"detail": "Application not found"})
        if request.method != "POST":
            return Answer(405, {"detail": "Method Not Allowed"})
        try:
            body = request.json()
        except ValueError:
            return _invalid(["body"], "JSON decode error", "json_invalid")
        request_id = str(uuid.uuid4())
        task = self.accept(request, request_id, None, body)
        self.endpoints[request_id] = endpoint
        self.wrong[request_id] = self._complaints(endpoint, body)
        answer = {"status": "IN_QUEUE", **self._links(task), "queue_position": 3}
        return Answer(json={**answer, "gateway_request_id": request_id})

    def _complaints(self, endpoint: Endpoint, body: Any) -> list[Json]:
        try:
            values = endpoint.validate(body)
        except BodyInvalid as error:
            return [_complaint(list(each.loc), each.msg, each.type) for each in error.errors]
        known = {field.name for field in endpoint.fields}
        extra = [
            _complaint(["body", name], "Extra inputs are not permitted", "extra_forbidden")
            for name in body
            if name not in known
        ]
        kept = {self._file_url(file_id) for file_id in self.files}
        lost = [
            _complaint(list(ref.loc), "Failed to download the file", "file_download_error")
            for ref in media_of(endpoint, values)
            if ref.url not in kept
        ]
        return extra + lost

    def _of_request(self, request: Request, app: str, request_id: str, what: str) -> Answer:
        task = self.tasks.get(request_id)
        if task is None or not self.endpoints[request_id].id.startswith(f"{app}/"):
            if what == "/cancel":
                return Answer(404, {"status": "NOT_FOUND"})
            return Answer(404, {"detail": "Request not found"})
        if request.method != ("PUT" if what == "/cancel" else "GET"):
            return Answer(405, {"detail": "Method Not Allowed"})
        answer = self._at(request, task, what)
        return replace(answer, headers={"x-fal-request-id": request_id, **answer.headers})

    def _at(self, request: Request, task: Task, what: str) -> Answer:
        match what:
            case "/status":
                self.doom(task, request)
                return self._status(task, request.query.get("logs") in ("1", "true"))
            case "/cancel":
                return self._cancel(task)
        return self._result(task)

    def _status(self, task: Task, with_logs: bool) -> Answer:
        state = task.look()
        links = self._links(task)
        if state == "queued":
            return Answer(202, {"status": "IN_QUEUE", **links, "queue_position": 3})
        line = {"message": "rendering shot 1", "level": "INFO", "source": "USER"}
        logs = [{**line, "timestamp": "2026-10-04T00:00:00Z"}] if with_logs else None
        if state == "running":
            return Answer(202, {"status": "IN_PROGRESS", **links, "logs": logs})
        body = {"status": "COMPLETED", **links, "logs": logs, "metrics": {"inference_time": 1.5}}
        if state == "cancelled":
            body |= {"error": "Request was cancelled", "error_type": "client_cancelled"}
        return Answer(200, body)

    def _cancel(self, task: Task) -> Answer:
        if task.looks > 2 and task.fate != "never":
            return Answer(400, {"status": "ALREADY_COMPLETED"})
        task.fate = "cancelled"
        return Answer(202, {"status": "CANCELLATION_REQUESTED"})

    def _result(self, task: Task) -> Answer:
        if task.looks <= 2 or task.fate == "never":
            return Answer(400, {"detail": "Request is still in progress"})
        wrong = self.wrong[task.provider_id]
        if wrong:
            return Answer(422, {"detail": wrong}, headers=_model_headers("false"))
        match task.fate:
            case "cancelled":
                return _platform(499, "Request was cancelled", "client_cancelled")
            case "moderated":
                words = "The content could not be processed: flagged by a content checker."
                found = [_complaint(["body", "prompt"], words, "content_policy_violation")]
                return Answer(422, {"detail": found}, headers=_model_headers("false"))
            case "failed":
                found = [_complaint(["body"], "No frames were made", "internal_server_error")]
                return Answer(500, {"detail": found}, headers=_model_headers("true"))
        video: Json = {"url": self.download_url(task), "content_type": "video/mp4"}
        video |= {"file_name": "out.mp4", "file_size": len(self.clip)}
        names = {field.name for field in self.endpoints[task.provider_id].output}
        output = {"video": video} | ({"seed": SEED} if "seed" in names else {})
        return Answer(json=output, headers={"X-Fal-Billable-Units": "5"})

    def _links(self, task: Task) -> Json:
        app = "/".join(self.endpoints[task.provider_id].id.split("/")[:2])
        own = f"{self.links_at or self.url}/queue/{app}/requests/{task.provider_id}"
        return {
            "request_id": task.provider_id,
            "response_url": own,
            "status_url": f"{own}/status",
            "cancel_url": f"{own}/cancel",
        }


def _complaint(loc: list[str | int], msg: str, kind: str) -> Json:
    url = f"https://docs.fal.ai/errors#{kind}"
    return {"loc": loc, "msg": msg, "type": kind, "url": url}


def _invalid(loc: list[str | int], msg: str, kind: str) -> Answer:
    return Answer(422, {"detail": [_complaint(loc, msg, kind)]})


def _platform(status: int, detail: str, kind: str) -> Answer:
    return Answer(
        status, {"detail": detail, "error_type": kind}, headers={"X-Fal-Error-Type": kind}
    )


def _model_headers(again: str) -> dict[str, str]:
    return {"X-Fal-Retryable": again, "X-Fal-Needs-Retry": again}
