"""Rules over several fields of one object, as data.

A field is named by its path: `elements.video_url` means that field of every item of `elements`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ConfigDict

_EXACT = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExactlyOne:
    """One of the fields is given, and no other of them; or none, if that is allowed."""

    __pydantic_config__ = _EXACT

    exactly_one: tuple[str, ...]
    or_none: bool = False

    def complaint(self, values: Mapping[str, Any]) -> str | None:
        """What is wrong with `values`, as one sentence; None if nothing is."""
        given = [path for path in self.exactly_one if count(values, path)]
        if len(given) == 1 or (self.or_none and not given):
            return None
        found = " and ".join(given) or "none"
        return f"Give exactly one of {', '.join(self.exactly_one)}, not {found}."


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedsOneOf:
    """A field makes sense only beside another one."""

    __pydantic_config__ = _EXACT

    given: str
    needs_one_of: tuple[str, ...]

    def complaint(self, values: Mapping[str, Any]) -> str | None:
        """What is wrong with `values`, as one sentence; None if nothing is."""
        if not count(values, self.given) or any(count(values, path) for path in self.needs_one_of):
            return None
        return f"{self.given} is only allowed together with {' or '.join(self.needs_one_of)}."


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedsValue:
    """A field makes sense only while another one has a certain value."""

    __pydantic_config__ = _EXACT

    given: str
    needs_field: str
    needs_value: str

    def complaint(self, values: Mapping[str, Any]) -> str | None:
        """What is wrong with `values`, as one sentence; None if nothing is."""
        if not count(values, self.given) or values.get(self.needs_field) == self.needs_value:
            return None
        return f"{self.given} is only allowed while {self.needs_field} is {self.needs_value}."


@dataclass(frozen=True, slots=True, kw_only=True)
class AtMost:
    """So many values in all; with `given`, only where that field is filled in."""

    __pydantic_config__ = _EXACT

    at_most: int
    of: tuple[str, ...]
    given: str = ""

    def complaint(self, values: Mapping[str, Any]) -> str | None:
        """What is wrong with `values`, as one sentence; None if nothing is."""
        found = sum(count(values, path) for path in self.of)
        if found <= self.at_most or (self.given and not count(values, self.given)):
            return None
        where = f" beside {self.given}" if self.given else ""
        return f"At most {self.at_most} of {' and '.join(self.of)} are taken{where}, not {found}."


@dataclass(frozen=True, slots=True, kw_only=True)
class SumsTo:
    """The seconds of the parts are the seconds of the whole."""

    __pydantic_config__ = _EXACT

    sums_to: str
    of: str

    def complaint(self, values: Mapping[str, Any]) -> str | None:
        """What is wrong with `values`, as one sentence; None if nothing is."""
        parts = [seconds(value) for value in at(values, self.of)]
        whole = seconds(values.get(self.sums_to))
        if not parts or None in parts or whole is None:
            return None
        found = sum(part for part in parts if part is not None)
        if found == whole:
            return None
        return f"All {self.of} add up to {found:g} s, but {self.sums_to} is {whole:g} s."


Rule = ExactlyOne | NeedsOneOf | NeedsValue | AtMost | SumsTo


def at(values: Mapping[str, Any], path: str) -> Iterator[Any]:
    """Everything that is given at `path`, item by item."""
    name, _, rest = path.partition(".")
    found = values.get(name)
    items = found if isinstance(found, Sequence) and not isinstance(found, str) else [found]
    for item in items:
        if rest and isinstance(item, Mapping):
            yield from at(item, rest)
        elif item is not None:
            yield item


def count(values: Mapping[str, Any], path: str) -> int:
    """How much is given at `path`: 1 for a single value, items for a list."""
    return sum(1 for _ in at(values, path))


def seconds(value: object) -> float | None:
    """The length that `value` spells: 8, 8.0, "8" and "8s" alike; None for "auto" and others."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        digits = value.strip().removesuffix("s")
        return (
            float(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 9 else None
        )
    return float(value) if isinstance(value, int | float) and abs(value) < 1e9 else None
