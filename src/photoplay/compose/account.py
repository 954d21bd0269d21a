"""What composing gives, and the account of what became of a brief."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from photoplay.compose.parts import Part

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A prompt that was composed. `length` and `most` are in `units`; `seconds` of its shot."""

    text: str
    length: int
    most: int
    units: str
    seconds: int | None = None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something of the brief that is in no prompt and no field, and why. `where` leads to it."""

    where: str
    text: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """`arguments` are the endpoint's, in its own order and spelling.

    `used` are the parts that the prompts and the negative prompt hold, `left_out` those that
    nothing holds; together they are the brief. `notes` are sentences without a full stop.
    """

    endpoint: str
    arguments: Json
    prompts: tuple[Prompt, ...]
    used: tuple[Part, ...]
    left_out: tuple[LeftOut, ...]
    notes: tuple[str, ...]

    def as_json(self) -> Json:
        """What `photoplay compose --json` prints."""
        return {
            "endpoint": self.endpoint,
            "arguments": self.arguments,
            "left_out": [
                {"item": one.where, "text": one.text, "reason": one.reason} for one in self.left_out
            ],
            "notes": list(self.notes),
        }


@dataclass(slots=True)
class Account:
    """The account of a composition under way."""

    used: list[Part] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def leave(self, parts: Iterable[Part], reason: str) -> None:
        """Some parts are in no prompt."""
        self.left_out += [LeftOut(part.where, part.text, reason) for part in parts]

    def leave_one(self, where: str, text: str, reason: str) -> None:
        """A text of the brief is in no prompt and no field."""
        self.left_out.append(LeftOut(where, text, reason))
