"""Request bodies: read up to a limit, and JSON as strictly as a hostile sender needs it."""

from __future__ import annotations

import asyncio
import json
import math
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any, NoReturn

from starlette.requests import Request

from photoplay.errors import BadRequest, BodyInvalid, FieldError, RequestTooLarge

MAX_DEPTH = 32  # of nested lists and objects; the deepest published input has four
MAX_VALUES = 100_000  # each costs a hundred bytes of memory, and two on the wire
_MAX_INTEGER = 2**63 - 1  # what database columns and other languages hold
_STALL_S = 60  # the longest pause within a body


async def read_body(request: Request, max_bytes: int) -> bytes:
    """The whole body. Raises RequestTooLarge, BadRequest, or starlette's ClientDisconnect."""
    return b"".join([piece async for piece in limited(request, max_bytes)])


async def limited(request: Request, max_bytes: int) -> AsyncIterator[bytes]:
    """The body piece by piece. Raises as `read_body`, the moment it is too long.

    What its sender sends after that is read and dropped by the HTTP layer: most senders look for an
    answer only when they have finished.
    """
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise BadRequest(
            "the body is compressed",
            rule="bodies are read as they are, so that a small one cannot become a large one",
            fix="Send it without Content-Encoding",
        )
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced[:20]) > max_bytes:
        raise _too_large(f"the body has {int(announced[:20]):,} bytes", max_bytes)
    read = 0
    async for piece in _steady(request.stream()):
        read += len(piece)
        if read > max_bytes:
            raise _too_large(f"the body has more than {max_bytes:,} bytes", max_bytes)
        yield piece


async def _steady(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    try:
        while True:
            async with asyncio.timeout(_STALL_S):
                piece = await anext(pieces, None)
            if piece is None:
                return
            yield piece
    except TimeoutError:
        raise BadRequest(
            f"nothing more of the body came for {_STALL_S} s",
            rule="a body is sent without long pauses",
            fix="Send it again over a steadier connection",
        ) from None


def _too_large(given: str, max_bytes: int) -> RequestTooLarge:
    return RequestTooLarge(
        given,
        rule=f"at most {max_bytes:,} are read",
        fix="Upload media first and send its URL, or ask for a higher limit",
        limits={"max_size": max_bytes},
    )


def parse_object(raw: bytes) -> dict[str, Any]:
    """The JSON object that `raw` is; nothing at all stands for an empty one. Raises BodyInvalid.

    Refused are, beyond what is no JSON: names that come twice, numbers that no other language
    would read alike (NaN, infinity, more than 64 bits), text that cannot be stored (lone
    surrogates, U+0000), and more than `MAX_DEPTH` levels or `MAX_VALUES` values.
    """
    if not raw or raw.isspace():
        return {}
    if raw.count(b",") > MAX_VALUES:  # with those inside texts, of which no field takes so many
        raise _invalid(f"More than {MAX_VALUES:,} values")
    try:
        value = json.loads(
            raw.decode(),
            object_pairs_hook=_object,
            parse_constant=_refuse_constant,
            parse_float=_float,
            parse_int=_integer,
        )
    except UnicodeDecodeError as error:
        raise _invalid(f"Byte {error.start + 1} is not UTF-8", at=error.start) from error
    except json.JSONDecodeError as error:
        raise _invalid(f"JSON decode error: {error.msg}", at=error.pos) from error
    except RecursionError:
        raise _invalid(f"More than {MAX_DEPTH} levels deep") from None
    if not isinstance(value, dict):
        raise _invalid("Input should be a JSON object", kind="dict_type")
    _check_inside(value)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        counted = Counter(name for name, _ in pairs)
        twice = next(name for name, times in counted.items() if times > 1)
        raise _invalid(f"The name {twice[:100]!r} comes twice in one object")
    return made


def _refuse_constant(word: str) -> NoReturn:
    raise _invalid(f"{word} is no JSON number")


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise _invalid(f"{text[:40]} is too large a number")
    return value


def _integer(text: str) -> int:
    if len(text) > 20 or abs(int(text)) > _MAX_INTEGER:
        raise _invalid(f"{text[:40]} is too large a number")
    return int(text)


def _check_inside(body: dict[str, Any]) -> None:
    """Refuse what JSON allows and nothing behind it holds. No recursion: depth is hostile."""
    level: list[Any] = [body]
    for _ in range(MAX_DEPTH):
        below: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                below += [*value, *value.values()]
            elif isinstance(value, list):
                below += value
            elif isinstance(value, str):
                _check_text(value)
        if not below:
            return
        level = below
    raise _invalid(f"More than {MAX_DEPTH} levels deep")


def _check_text(text: str) -> None:
    if "\0" in text:
        raise _invalid("U+0000 is not text")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise _invalid(f"U+{ord(text[error.start]):04X} stands alone") from error


def _invalid(message: str, *, at: int | None = None, kind: str = "json_invalid") -> BodyInvalid:
    """A refusal in the words that the original's framework has for it."""
    loc: tuple[str | int, ...] = ("body",) if at is None else ("body", at)
    return BodyInvalid.of([FieldError(loc, message, kind, {}, None)])
