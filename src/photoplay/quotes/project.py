"""The clips of a project, read from a TOML file: a table `[[clip]]` is one, or `count` alike."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from photoplay.catalogue import Catalogue, Endpoint, echo
from photoplay.errors import InvalidRequest, NotFound
from photoplay.quotes.billing import Wish
from photoplay.quotes.quoting import BUILT_IN, Quote, built_in, quote

MOST_BYTES = 1_000_000  # of a file
MOST_CLIPS = 1000  # tables of one file
MOST_ALIKE = 100_000
_TYPES: dict[str, tuple[type, ...]] = {
    "endpoint": (str,),
    "name": (str,),
    "seconds": (int, float),
    "audio": (bool,),
    "voice": (bool,),
    "resolution": (str,),
    "image": (str,),
    "arguments": (dict,),
    "count": (int,),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectClip:
    """One clip of a project, `count` times. `endpoint` None is the built-in engine."""

    name: str
    endpoint: Endpoint | None
    values: Mapping[str, Any] = field(default_factory=dict)
    wish: Wish = field(default_factory=Wish)
    count: int = 1


def read_project(content: bytes, known: Catalogue) -> tuple[ProjectClip, ...]:
    """The clips of a project file. Raises InvalidRequest, and NotFound for an endpoint."""
    tables = _document(content).get("clip")
    if not isinstance(tables, list) or not tables or len(tables) > MOST_CLIPS:
        raise _wrong(
            "the project has no clips" if not tables else "the project's clips are no list of them",
            f"a project has 1 to {MOST_CLIPS} tables [[clip]]",
        )
    return tuple(_clip(number, table, known) for number, table in enumerate(tables, 1))


def quote_clip(clip: ProjectClip, *, today: date | None = None) -> Quote:
    """What one of these clips costs. Raises as `quote` does, and says of which clip."""
    if clip.endpoint is None:
        return built_in(clip.wish.seconds)
    with _named(clip.name):
        return quote(clip.endpoint, clip.values, clip.wish, today=today)


def parse_size(text: str) -> tuple[int, int]:
    """(width, height) from "1920x1080" or "1920×1080". Raises InvalidRequest."""
    match = re.fullmatch(r"(\d{1,6})\s?[x×X*]\s?(\d{1,6})", text.strip(), re.ASCII)
    if match is None:
        raise InvalidRequest(
            f"the size is {echo(text)[:40]!r}",
            rule="a size is width×height in pixels",
            fix="Write it as 1920x1080",
        )
    return int(match[1]), int(match[2])


def _document(content: bytes) -> Mapping[str, Any]:
    if len(content) > MOST_BYTES:
        raise _wrong("the project is too large", f"a project has at most {MOST_BYTES:,} bytes")
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:  # not UTF-8, not TOML, or nested without end
        reason = " ".join(str(error).split())[:120]
        raise _wrong(f"the project cannot be read: {reason}", "it is a TOML file") from error


def _clip(number: int, table: object, known: Catalogue) -> ProjectClip:
    where = f"clip {number}"
    if not isinstance(table, dict):
        raise _wrong(f"{where} is no table", "every clip is a table [[clip]]")
    _check_types(where, table)
    if "endpoint" not in table:
        raise _wrong(f"{where} has no endpoint", f'an endpoint is an id, or "{BUILT_IN}"')
    count = table.get("count", 1)
    if not 1 <= count <= MOST_ALIKE:
        raise _wrong(f"{where} is made {echo(count)} times", f"a count is 1 to {MOST_ALIKE:,}")
    name = table["endpoint"]
    with _named(where):
        return ProjectClip(
            name=str(echo(table.get("name", where))),
            endpoint=None if name == BUILT_IN else known.find(name),
            values=table.get("arguments", {}),
            wish=_wish(table),
            count=count,
        )


@contextmanager
def _named(name: str) -> Iterator[None]:
    """Errors inside say which clip they are about."""
    try:
        yield
    except (InvalidRequest, NotFound) as error:
        raise type(error)(f"{name}: {error.given}", rule=error.rule, fix=error.fix) from error


def _wish(table: Mapping[str, Any]) -> Wish:
    return Wish(
        seconds=_value(table, "seconds", lambda length: Decimal(str(length))),
        audio=table.get("audio"),
        voice=table.get("voice"),
        resolution=table.get("resolution"),
        image_px=_value(table, "image", parse_size),
    )


def _value(table: Mapping[str, Any], key: str, read: Callable[[Any], Any]) -> Any:
    return read(table[key]) if key in table else None


def _check_types(where: str, table: Mapping[str, Any]) -> None:
    for key, value in table.items():
        if key not in _TYPES:
            raise _wrong(
                f"{where} has a key {echo(key)!r}", "a clip has the keys " + ", ".join(_TYPES)
            )
        kinds = _TYPES[key]
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            raise _wrong(
                f"{key} of {where} is {echo(value)!r}",
                f"it is a {' or a '.join(kind.__name__ for kind in kinds)}",
            )


def _wrong(given: str, rule: str) -> InvalidRequest:
    return InvalidRequest(given, rule=rule, fix="Correct the file; see docs/how-to/check.md")
