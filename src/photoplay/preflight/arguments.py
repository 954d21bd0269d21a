"""Reads the arguments of a request from a JSON file, whoever wrote it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from photoplay.errors import InvalidRequest
from photoplay.files import read_file

MOST_BYTES = 200_000_000  # pictures may be inside, as data URIs
_MOST_LEVELS = 50  # of lists and objects inside each other: no request has more than five


def read_arguments(path: Path) -> dict[str, Any]:
    """The arguments in the file, or on standard input where `path` is "-".

    What `photoplay compose -o` writes is taken as well: an object with `endpoint` and `arguments`.
    Raises NotFound and InvalidRequest.
    """
    return parse_arguments(read_file(path, MOST_BYTES))


def parse_arguments(content: bytes) -> dict[str, Any]:
    """The arguments of that JSON document. Raises InvalidRequest."""
    if len(content) > MOST_BYTES:
        raise _unreadable(f"they have more than {MOST_BYTES / 1e6:.0f} MB")
    try:
        found = json.loads(content.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except RecursionError:
        raise _unreadable("they are nested without end") from None
    except ValueError as error:  # not UTF-8, not JSON, or a number of thousands of digits
        raise _unreadable(" ".join(str(error).split())[:120]) from error
    if isinstance(found, dict) and found.keys() >= {"endpoint", "arguments"}:
        found = found["arguments"]
    if not isinstance(found, dict):
        raise _unreadable("they are no object")
    if _is_deeper(found, _MOST_LEVELS):
        raise _unreadable(f"they are nested more than {_MOST_LEVELS} times")
    return found


def _is_deeper(value: object, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    items = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_is_deeper(item, levels - 1) for item in items)


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON")


def _unreadable(reason: str) -> InvalidRequest:
    return InvalidRequest(
        f"the arguments cannot be read: {reason}",
        rule="they are one JSON object in UTF-8, by name of the endpoint's fields",
        fix="Save them as JSON, such as json.dump writes it",
    )
