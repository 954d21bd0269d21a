"""How each family of engines likes to be told: rows of `styles.toml`.

Knows nothing about briefs or endpoints.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from photoplay.catalogue import echo
from photoplay.errors import NotFound

DEFAULT = "default"  # the style of a family that has none, and what the others start from
UTF_16 = "UTF-16 units"
_PLACE = re.compile(r"\{(\w*)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShotWords:
    """How shots are written inside a prompt.

    `each` has the places {} for the shot's words, {n}, {seconds}, {start} and {end} in seconds,
    {start_clock} and {end_clock} as "00:03".
    """

    each: str
    most: int = 20
    each_chars: int | None = None
    reserved: str = ""  # the mark that ends a shot, which its words must not hold


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a prompt is worded. Its fields are explained in `styles.toml`."""

    name: str
    order: tuple[str, ...]
    separator: str
    aim_chars: int
    most_chars: int | None = None
    units: str = "characters"
    wording: Mapping[str, str] = field(default_factory=dict)
    shots: ShotWords | None = None

    def worded(self, item: str, text: str) -> str:
        """`text` as this style writes that item, such as after the label "Camera:".

        A text that begins with the label's own word needs no label.
        """
        wording = self.wording.get(item, "{}")
        label = wording.partition("{")[0].rstrip(": ").lower()
        if label and text.lower().startswith(label):
            return text
        return filled(wording, {"": text})

    def length(self, text: str) -> int:
        """How long `text` is in what this style's engines count."""
        return len(text.encode("utf-16-le")) // 2 if self.units == UTF_16 else len(text)


def filled(wording: str, values: Mapping[str, str]) -> str:
    """`wording` with its places {name} filled in, once: what is filled in has none."""
    return _PLACE.sub(lambda place: values.get(place[1], place[0]), wording)


def style_of(family: str) -> Style:
    """The style of a family of the catalogue; the default one where it has none of its own."""
    return _styles().get(family, _styles()[DEFAULT])


def find_style(name: str) -> Style:
    """The style of that name, in capitals or not. Raises NotFound with near matches."""
    known = {each.lower(): style for each, style in _styles().items()}
    found = known.get(name.lower())
    if found is not None:
        return found
    near = difflib.get_close_matches(name[:60].lower(), known, n=1)
    raise NotFound(
        f"there is no style {echo(name)!r}",
        rule=f"a style is one of {', '.join(_styles())}",
        fix=f"Try {known[near[0]].name!r}" if near else "Leave it out: the endpoint has its own",
    )


@cache
def _styles() -> Mapping[str, Style]:
    content = files("photoplay.compose").joinpath("styles.toml").read_text("utf-8")
    tables = tomllib.loads(content)
    return {name: _style(name, tables) for name in tables}


def _style(name: str, tables: Mapping[str, Mapping[str, Any]]) -> Style:
    table: dict[str, Any] = {}
    for each in (DEFAULT, tables[name].get("like", DEFAULT), name):
        wording = {**table.get("wording", {}), **tables[each].get("wording", {})}
        table = {**table, **tables[each], "wording": wording}
    table.pop("like", None)
    shots = table.pop("shots", None)
    return Style(
        **{**table, "name": name, "order": tuple(table["order"])},
        shots=None if shots is None else ShotWords(**shots),
    )
