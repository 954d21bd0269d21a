"""What Kling's test servers share: envelope and codes, who may come in, checks of fields."""

from __future__ import annotations

import base64
import binascii
import itertools
import time
from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, Literal
from urllib.parse import urlsplit

import jwt

from tests.rigs.providers.base import Answer, Json, ProviderServer, Request, State, Task

API_KEY = "api-key-kling-for-tests"
ACCESS_KEY = "access-key-for-tests"
SECRET_KEY = "a-secret-key-of-thirty-two-chars"
FORBIDDEN = "a forbidden scene"  # a prompt with these words is refused at once
CHARGED = "0.84"  # US dollars of a clip
STATUSES = {
    1000: 401,
    1001: 401,
    1002: 401,
    1003: 401,
    1004: 401,
    1103: 403,
    1200: 400,
    1201: 400,
    1202: 404,
    1203: 404,
    1301: 400,
    1302: 429,
    1303: 429,
    5000: 500,
}
LIVES_S = 1800  # the longest that a token may

Check = Callable[[Any], bool]
Fields = Mapping[str, Check]


class Refused(Exception):
    """An answer with one of Kling's codes."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class KlingServer(ProviderServer):
    """Kling's platform in one of its designs. An account has `at_once` tasks at the same time."""

    def __init__(self) -> None:
        super().__init__()
        self.at_once = 100
        self._numbers = itertools.count(822_953_089_408_827_433)

    def answer(self, request: Request) -> Answer:
        try:
            self.check_caller(request.headers.get("authorization", ""))
            return enveloped(0, "SUCCEED", self.reply(request))
        except Refused as refused:
            return enveloped(refused.code, str(refused))

    def trouble(self, status: Literal[429, 500]) -> Answer:
        if status == 429:
            return enveloped(1303, "parallel task over resource pack limit")
        return enveloped(5000, "internal error")

    @abstractmethod
    def check_caller(self, authorization: str) -> None:
        """Raise Refused for who may not come in."""

    @abstractmethod
    def reply(self, request: Request) -> Any:
        """What is under `data` of the envelope. Raises Refused."""

    def take(self, request: Request, key: str | None, body: Json) -> Task:
        """Accept an order. Raises Refused."""
        if FORBIDDEN in str(body):
            raise Refused(1301, "the request triggered the content security policy")
        if key is not None and self.by_key(key) is not None:
            raise Refused(1201, "external_task_id already exists")
        if sum(task.looks < 3 for task in self.tasks.values()) >= self.at_once:
            raise Refused(1303, "parallel task over resource pack limit")
        return self.accept(request, str(next(self._numbers)), key, body)

    def by_key(self, key: str) -> Task | None:
        return next((task for task in self.tasks.values() if task.key == key), None)


def enveloped(code: int, message: str, data: Any = None) -> Answer:
    body: Json = {"code": code, "message": message, "request_id": f"request-{time.time_ns()}"}
    if code == 0:
        body["data"] = data
    return Answer(STATUSES.get(code, 200), body)


def check_key(authorization: str) -> None:
    if not authorization:
        raise Refused(1001, "Authorization is empty")
    if authorization != f"Bearer {API_KEY}":
        raise Refused(1002, "Authorization is invalid")


def check_token(authorization: str) -> None:
    """As RFC 7519 and the documentation have it: signature, `iss`, `exp`, `nbf`, nothing else."""
    if not authorization:
        raise Refused(1001, "Authorization is empty")
    token = authorization.removeprefix("Bearer ")
    try:
        header = jwt.get_unverified_header(token)
        claims = jwt.decode(
            token, SECRET_KEY, algorithms=["HS256"], options={"require": ["iss", "exp", "nbf"]}
        )
    except jwt.ImmatureSignatureError as error:
        raise Refused(1003, "Authorization is not yet valid") from error
    except jwt.ExpiredSignatureError as error:
        raise Refused(1004, "Authorization has expired") from error
    except jwt.PyJWTError as error:
        raise Refused(1002, "Authorization is invalid") from error
    lives_too_long = claims["exp"] > time.time() + LIVES_S + 1
    if header != {"alg": "HS256", "typ": "JWT"} or set(claims) != {"iss", "exp", "nbf"}:
        raise Refused(1002, "Authorization is invalid")
    if claims["iss"] != ACCESS_KEY or lives_too_long:
        raise Refused(1002, "Authorization is invalid")


def body_of(request: Request) -> Json:
    if request.headers.get("content-type") != "application/json":
        raise Refused(1200, "Content-Type must be application/json")
    try:
        body = request.json()
    except ValueError as error:
        raise Refused(1200, "the body is not JSON") from error
    if not isinstance(body, dict):
        raise Refused(1200, "the body is not an object")
    return body


def check(body: Any, fields: Fields, *, needed: tuple[str, ...] = (), where: str = "") -> None:
    """Raise Refused for a field that is unknown, wrong or missing."""
    if not isinstance(body, dict):
        raise Refused(1201, f"{where or 'body'} is not an object")
    for name in needed:
        if name not in body:
            raise Refused(1201, f"{where}{name} is required")
    for name, value in body.items():
        if name not in fields:
            raise Refused(1201, f"{where}{name} is not supported")
        if not fields[name](value):
            raise Refused(1201, f"{where}{name} is invalid")


def must(holds: bool, rule: str) -> None:
    if not holds:
        raise Refused(1201, rule)


# Checks of single values


def text(most: int, least: int = 0) -> Check:
    return lambda value: isinstance(value, str) and least <= len(value) <= most


def one_of(*values: Any) -> Check:
    return lambda value: any(value == each and type(value) is type(each) for each in values)


def flag(value: Any) -> bool:
    return isinstance(value, bool)


def url(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    parts = urlsplit(value)
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def image(value: Any) -> bool:
    """A URL, or a JPEG or PNG in bare base64: "data:" in front is wrong."""
    if url(value):
        return True
    try:
        content = base64.b64decode(value, validate=True)
    except (TypeError, ValueError, binascii.Error):
        return False
    return content.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"))


def watermark(value: Any) -> bool:
    return isinstance(value, dict) and set(value) == {"enabled"} and flag(value["enabled"])


def told(state: State) -> str:
    """The sentence of a task that ended without a clip."""
    return {
        "moderated": "Failure to pass the risk control system",
        "failed": "Service internal error, please resubmit",
    }.get(state, "")
