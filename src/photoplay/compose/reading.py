"""Reads a brief from TOML: every key is known, every value has its type."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from photoplay.catalogue import echo
from photoplay.compose.brief import Brief, BriefShot, Reference, SpokenLine, kind_of
from photoplay.errors import InvalidRequest

Made = TypeVar("Made")

MOST_BYTES = 262_144  # of a brief: more is some other file
_NEAR = 0.6  # how alike a key must be to be offered
_LONGEST_KEY = 60  # characters of an unknown one that are looked at and shown
_TEXTS = ("character", "action", "audio", "product", "camera", "lighting", "realism", "continuity")
_KEYS = (*_TEXTS, "avoidance", "dialogue", "shots", "references", "duration", "silent", "people")
_SHOT_KEYS = ("action", "audio", "camera", "lighting", "dialogue", "duration")
_LINE_KEYS = ("line", "speaker", "manner", "voice_over")
_REFERENCE_KEYS = ("image", "shows")
# Other words for the keys, which are not like them in their letters.
_MEANT = {
    "subject": "character",
    "person": "character",
    "seconds": "duration",
    "length": "duration",
    "sound": "audio",
    "music": "audio",
    "light": "lighting",
    "negative": "avoidance",
    "negative_prompt": "avoidance",
    "avoid": "avoidance",
    "style": "realism",
    "lines": "dialogue",
    "text": "line",
    "scenes": "shots",
    "images": "references",
}


def read_brief(content: bytes) -> Brief:
    """The brief in a TOML document. Raises InvalidRequest or InvalidPrompt."""
    table = _known(_document(content), _KEYS, "the brief")
    values = {name: table[name] for name in _TEXTS if name in table}
    values |= {name: table[name] for name in ("silent", "people") if name in table}
    return Brief(
        **{"character": "", **values},
        duration_s=table.get("duration"),
        avoidance=_avoidance(table.get("avoidance", ())),
        dialogue=_lines(table, ""),
        shots=_each(table, "shots", _shot),
        references=_each(table, "references", _reference),
    )


def _document(content: bytes) -> dict[str, Any]:
    if len(content) > MOST_BYTES:
        raise _wrong(
            f"the brief has more than {MOST_BYTES:,} bytes",
            "a brief is a page of text at most",
            "Give the file that holds the brief; photoplay compose --template prints one",
        )
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise _wrong(
            "the brief is not UTF-8 text", "TOML is written in UTF-8", "Save the brief as UTF-8"
        ) from None
    except (ValueError, RecursionError) as error:
        said = " ".join(str(error).split())
        reason = said if isinstance(error, ValueError) else "it is nested too deeply"
        raise _wrong(
            f"the brief is not TOML: {reason[:200]}",
            'a line is a key and a value: camera = "slow push in"',
            "Correct that place; photoplay compose --template prints a brief to start from",
        ) from None


def _known(table: Mapping[str, Any], keys: tuple[str, ...], where: str) -> Mapping[str, Any]:
    """`table`, if all its keys are among `keys`."""
    for key in table:
        if key not in keys:
            short = key[:_LONGEST_KEY].lower()
            near = difflib.get_close_matches(short, keys, n=1, cutoff=_NEAR)
            meant = _MEANT.get(short, near[0] if near else "")
            raise _wrong(
                f"{where} has a key {echo(key[:_LONGEST_KEY])!r}",
                f"its keys are {', '.join(keys)}",
                f"Write {meant} instead" if meant in keys else "Remove it, or use one of these",
            )
    return table


def _each(
    table: Mapping[str, Any], key: str, read: Callable[[Mapping[str, Any], str], Made]
) -> tuple[Made, ...]:
    """What `read` makes of every table of a list of tables."""
    found = table.get(key, [])
    if not isinstance(found, list) or not all(isinstance(one, Mapping) for one in found):
        raise _wrong(
            f"{key} is {kind_of(found)}"
            if not isinstance(found, list)
            else f"{key} holds no tables",
            f"{key} are tables",
            f"Write [[{key}]] above the keys of each",
        )
    return tuple(read(one, f"{key} {number}") for number, one in enumerate(found, 1))


def _shot(table: Mapping[str, Any], where: str) -> BriefShot:
    _known(table, _SHOT_KEYS, where)
    texts = {name: table[name] for name in ("audio", "camera", "lighting") if name in table}
    return BriefShot(
        action=table.get("action", ""),
        **texts,
        dialogue=_lines(table, f"{where}: "),
        duration_s=table.get("duration"),
    )


def _lines(table: Mapping[str, Any], where: str) -> tuple[SpokenLine, ...]:
    def line(one: Mapping[str, Any], at: str) -> SpokenLine:
        return SpokenLine(**{"line": "", **_known(one, _LINE_KEYS, where + at)})

    return _each(table, "dialogue", line)


def _reference(table: Mapping[str, Any], where: str) -> Reference:
    return Reference(**{"image": "", "shows": "", **_known(table, _REFERENCE_KEYS, where)})


def _avoidance(found: object) -> tuple[str, ...]:
    """Things to avoid: one text with commas, or a list of texts."""
    if isinstance(found, str):
        return (found,)
    if isinstance(found, list | tuple) and all(isinstance(one, str) for one in found):
        return tuple(found)
    raise _wrong(
        f"avoidance is {kind_of(found)}", "it is text, or a list of texts", 'Write "rain, text"'
    )


def _wrong(given: str, rule: str, fix: str) -> InvalidRequest:
    return InvalidRequest(given, rule=rule, fix=fix)
