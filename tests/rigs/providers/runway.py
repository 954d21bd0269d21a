"""Runway as its SDK knows it: the types of runwayml say what a body may hold.

What the types leave to words is in `_RANGES` and `_PROMPT_UNITS`, from the same files' comments and
https://docs.dev.runwayml.com. Uploads go to a bucket of the same server, with a form that it gave.
"""

from __future__ import annotations

import base64
import itertools
import types
import typing
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import typing_extensions
from runwayml._utils import PropertyInfo
from runwayml.types import image_to_video_create_params, text_to_video_create_params

from tests.rigs.providers.base import Answer, Json, ProviderServer, Request, Step, Task

VERSION = "2024-11-06"
CREATED = "2026-11-28T10:00:00.000Z"
CREDITS_PER_SECOND = 5
_PARAMS = {
    "/v1/image_to_video": image_to_video_create_params,
    "/v1/text_to_video": text_to_video_create_params,
}
_RANGES = {"gen": (2, 10), "kling3.0": (3, 15), "klingO3": (3, 15), "seedance2": (4, 15)}
_PROMPT_UNITS = {"gen": 1000, "veo": 1000, "kling": 2500, "seedance": 3500}
_LARGEST_DATA_URI = 5_000_000
_PREFIXES = {"promptImage": "image/", "references": "image/", "referenceAudio": "audio/"}


class RunwayServer(ProviderServer):
    """Runway's API. `first_state` is what a new task is: PENDING, or THROTTLED when it is full."""

    def __init__(self, key: str = "key_of_runway") -> None:
        super().__init__()
        self.key = key
        self.first_state = "PENDING"
        self.failure_code = "INTERNAL.BAD_OUTPUT.CODE01"
        self.uploads: dict[str, bytes] = {}  # by runway:// URI
        self._numbers = itertools.count(1)
        self._begun: dict[str, str] = {}  # the places of uploads: their URI

    def step(self, request: Request) -> Step:
        if request.path == "/v1/uploads" or request.path.startswith("/bucket/"):
            return "upload"
        if request.path.startswith("/v1/tasks/"):
            return "cancel" if request.method == "DELETE" else "status"
        return "submit"

    def trouble(self, status: Literal[429, 500]) -> Answer:
        words = {429: "You have made too many requests.", 500: "An internal error occurred."}
        return _error(status, words[status])

    def answer(self, request: Request) -> Answer:
        if request.path.startswith("/bucket/"):
            return self._keep(request)
        if request.headers.get("authorization") != f"Bearer {self.key}":
            return _error(401, "The API key is not valid.")
        if request.headers.get("x-runway-version") != VERSION:
            return _error(400, f"X-Runway-Version must be {VERSION}.")
        match request.method, request.path.split("/")[2:]:
            case "POST", ["uploads"]:
                return self._begin_upload(request)
            case "POST", [_] if request.path in _PARAMS:
                return self._create(request)
            case "GET", ["tasks", provider_id] if provider_id in self.tasks:
                return Answer(json=self._state(self.tasks[provider_id]))
            case "DELETE", ["tasks", provider_id] if provider_id in self.tasks:
                return self._delete(provider_id)
        return _error(404, "The resource was not found.")

    def _begin_upload(self, request: Request) -> Answer:
        body = _json(request)
        names = {"filename", "type"}
        if not isinstance(body, dict) or body.keys() != names or body["type"] != "ephemeral":
            return _error(400, "Validation of body failed.")
        place = f"file{next(self._numbers)}"
        self._begun[place] = f"runway://{place}"
        fields = {"key": f"uploads/{place}", "policy": "cG9saWN5", "x-amz-signature": "aa11"}
        url = f"{self.url}/bucket/{place}"
        return Answer(json={"runwayUri": f"runway://{place}", "uploadUrl": url, "fields": fields})

    def _keep(self, request: Request) -> Answer:
        """What the bucket does: it knows the form that it was promised, and no keys."""
        place, parts = request.path.rsplit("/", 1)[-1], request.parts()
        names = [part.name for part in parts]
        is_whole = names == ["key", "policy", "x-amz-signature", "file"]  # the file is the last
        uri = self._begun.get(place)
        if "authorization" in request.headers or uri is None or not is_whole:
            page = b"<Error><Code>AccessDenied</Code></Error>"
            return Answer(403, content=page, headers={"Content-Type": "application/xml"})
        self.uploads[uri] = parts[-1].content
        return Answer(204, content=b"")

    def _create(self, request: Request) -> Answer:
        body = _json(request)
        try:
            _check_body(_PARAMS[request.path], body)
            for name, uri in _uris(body):
                self._check_uri(name, uri)
        except ValueError as error:
            return _error(400, f"Validation of body failed: {error}")
        if body.get("promptText") == "no credits":
            return _error(400, "You do not have enough credits to run this task.")
        task = self.accept(request, f"task-{next(self._numbers)}", None, body)
        return Answer(json={"id": task.provider_id, "estimatedCost": {"credits": _credits(task)}})

    def _check_uri(self, name: str, uri: str) -> None:
        if uri.startswith("data:"):
            head, _, content = uri.partition(";base64,")
            if not head.removeprefix("data:").startswith(_PREFIXES.get(name, "video/")):
                raise ValueError(f"{name} is {head}")
            if len(uri) > _LARGEST_DATA_URI:
                raise ValueError(f"{name} is larger than 5MB")
            base64.b64decode(content, validate=True)  # its error is a ValueError
        elif uri.startswith("runway://"):
            if uri not in self.uploads:
                raise ValueError(f"{name} has expired")
        elif not uri.startswith("https://"):
            raise ValueError(f"{name} is no URL")

    def _state(self, task: Task) -> Json:
        state = task.look()
        said: Json = {"id": task.provider_id, "createdAt": CREATED}
        match state:
            case "queued":
                said |= {"status": self.first_state, "estimatedCost": {"credits": _credits(task)}}
            case "running":
                cost = {"credits": _credits(task)}
                said |= {"status": "RUNNING", "progress": 0.5, "estimatedCost": cost}
            case "done":
                urls = [self.download_url(task)]
                said |= {"status": "SUCCEEDED", "output": urls, "cost": {"credits": _credits(task)}}
            case "moderated":
                said |= _failed("The prompt was rejected.", "SAFETY.INPUT.TEXT")
            case "failed":
                said |= _failed("The clip did not work out.", self.failure_code)
            case "cancelled":
                said |= {"status": "CANCELLED", "cost": {"credits": 0}}
        return said

    def _delete(self, provider_id: str) -> Answer:
        """What is under way is stopped, what has ended is forgotten."""
        task = self.tasks[provider_id]
        if task.looks > 2 and task.fate != "never":
            del self.tasks[provider_id]
        task.fate = "cancelled"
        return Answer(204, content=b"")


def _error(status: int, words: str) -> Answer:
    return Answer(status, json={"error": words, "docUrl": "https://docs.dev.runwayml.com"})


def _failed(words: str, code: str) -> Json:
    return {"status": "FAILED", "failure": words, "failureCode": code, "cost": {"credits": 0}}


def _credits(task: Task) -> int:
    length = task.body.get("duration", 5)
    return CREDITS_PER_SECOND * (15 if length == "auto" else int(length))


def _json(request: Request) -> Any:
    if request.headers.get("content-type") != "application/json":
        return None
    try:
        return request.json()
    except ValueError:
        return None


def _uris(body: Json) -> Iterable[tuple[str, str]]:
    for name in ("promptImage", "references", "referenceVideos", "referenceAudio"):
        given = body.get(name, [])
        for item in [{"uri": given}] if isinstance(given, str) else given:
            yield name, item["uri"]


def _check_body(module: types.ModuleType, body: Any) -> None:
    """Raise ValueError unless the body is of the type of its model, and within the ranges."""
    if not isinstance(body, dict) or body.get("model") not in _types_of(module):
        raise ValueError("the model is not one of this endpoint's")
    _check_value(_types_of(module)[body["model"]], body, "body")
    model, length = body["model"], body.get("duration")
    for start, (least, most) in _RANGES.items():
        if model.startswith(start) and isinstance(length, int) and not least <= length <= most:
            raise ValueError(f"duration is {length}")
    if not 0 <= body.get("cfgScale", 0.5) <= 1:
        raise ValueError("cfgScale is out of range")
    prompt = body.get("promptText")
    most = next(units for start, units in _PROMPT_UNITS.items() if model.startswith(start))
    if prompt is not None and not 0 < len(prompt.encode("utf-16-le")) // 2 <= most:
        raise ValueError("promptText is empty or too long")
    shots = body.get("providerSettings", {}).get("multiPrompt", [])
    if shots and not 3 <= sum(shot["duration"] for shot in shots) <= 15:
        raise ValueError("the shots are too long or too short")
    frames = body.get("promptImage", [])
    positions = [each.get("position") for each in frames if isinstance(each, dict)]
    if positions not in ([], ["first"], ["first", "last"]):
        raise ValueError(f"promptImage has {positions}")


@cache
def _types_of(module: types.ModuleType) -> Mapping[str, Any]:
    """The types of bodies by the names of their models."""
    union = next(value for name, value in vars(module).items() if name.endswith("CreateParams"))
    found = {}
    for each in get_args(union):
        (name,) = get_args(_bare(_hints(each)["model"])[0])
        found[name] = each
    return found


@cache
def _hints(type_: Any) -> Mapping[str, Any]:
    namespace = vars(__import__(type_.__module__, fromlist=["_"]))
    return typing_extensions.get_type_hints(type_, namespace, include_extras=True)


def _bare(hint: Any) -> tuple[Any, str | None, bool]:
    """A field's type without its wrappings, its name on the wire, whether it must be there."""
    alias, is_required = None, False
    while get_origin(hint) in (Annotated, typing_extensions.Required, typing.Required):
        if get_origin(hint) is Annotated:
            hint, *notes = get_args(hint)
            alias = next((note.alias for note in notes if isinstance(note, PropertyInfo)), alias)
        else:
            is_required, (hint,) = True, get_args(hint)
    return hint, alias, is_required


def _check_value(hint: Any, value: Any, name: str) -> None:
    """Raise ValueError unless `value` is of the type."""
    origin = get_origin(hint)
    if typing_extensions.is_typeddict(hint):
        _check_object(hint, value, name)
    elif origin is Literal:
        if value not in get_args(hint) or isinstance(value, bool):
            raise ValueError(f"{name} is {value!r}")
    elif origin is Union:
        _check_any(get_args(hint), value, name)
    elif origin is not None and issubclass(origin, Iterable):
        if not isinstance(value, list) or not value:
            raise ValueError(f"{name} is no list")
        for item in value:
            _check_value(get_args(hint)[0], item, name)
    else:
        wanted = (int, float) if hint is float else hint
        is_wrong_bool = isinstance(value, bool) and hint is not bool
        if hint is not object and (not isinstance(value, wanted) or is_wrong_bool):
            raise ValueError(f"{name} is {value!r}")


def _check_any(hints: Iterable[Any], value: Any, name: str) -> None:
    for hint in hints:
        try:
            return _check_value(hint, value, name)
        except ValueError as error:
            last = error
    raise last


def _check_object(hint: Any, value: Any, name: str) -> None:
    if not isinstance(value, dict):
        raise ValueError(f"{name} is no object")
    known = {}
    for key, each in _hints(hint).items():
        bare, alias, is_required = _bare(each)
        known[alias or key] = bare
        if is_required and (alias or key) not in value:
            raise ValueError(f"{alias or key} is missing")
    for key, item in value.items():
        if key not in known:
            raise ValueError(f"{key} is unknown")
        _check_value(known[key], item, key)
