"""How far a move goes when the prompt gives a number: "orbit 45 degrees left", "push in 20%"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from photoplay.direction.lexicon_camera import Way
from photoplay.direction.text import Token
from photoplay.direction.words import word_set

# What amount 1 of a way is, by unit. A still shows no more of an angle than this times two.
_AT_ONE: dict[tuple[Way, str], float] = {
    (Way.ORBIT, "degree"): 15.0,
    (Way.TRAVEL, "degree"): 15.0,  # "move around her by 45 degrees"
    (Way.PAN, "degree"): 4.0,
    (Way.TILT, "degree"): 4.0,
    (Way.ROLL, "degree"): 4.0,
    (Way.WHIP_PAN, "degree"): 4.0,
    (Way.TRAVEL, "percent"): 20.0,
    (Way.ZOOM, "percent"): 20.0,
    (Way.DOLLY_ZOOM, "percent"): 20.0,
}
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)(|°|%|x)")
_UNITS = {"°": "degree", "%": "percent", "degree": "degree", "deg": "degree", "percent": "percent"}
_POSITIONS = word_set("at from")  # before an angle that the camera has, not one that it travels
_VIEWS = word_set("angle view lens fov camera speed")  # after a number that measures no way


@dataclass(frozen=True, slots=True)
class Extent:
    """A number with its unit, tokens [first, last)."""

    value: float
    unit: str  # "degree" or "percent"
    first: int
    last: int
    is_way: bool  # else it says where the camera stands or what it sees

    def amount(self, way: Way) -> float | None:
        """The strength that goes so far, not limited; None where it does not measure `way`."""
        at_one = _AT_ONE.get((way, self.unit))
        return None if at_one is None or not self.is_way else self.value / at_one


def numbers(tokens: Sequence[Token], first: int, end: int) -> Iterator[Extent]:
    """All numbers with a unit in [first, end)."""
    for i in range(first, end):
        extent = at(tokens, i, end)
        if extent is not None:
            yield extent


def at(tokens: Sequence[Token], i: int, end: int) -> Extent | None:
    """The number with a unit that begins at token `i`."""
    match = _NUMBER.fullmatch(tokens[i].word)
    if match is None:
        return None
    value, mark, last = float(match[1]), match[2], i + 1
    after = tokens[last] if last < end else None
    if mark == "x":  # "zoom in 2x" ends twice as large; "16x9" is a shape
        value, unit = (value - 1) * 100, "percent"
        if value <= 0 or (after is not None and after.start == tokens[i].end):
            return None
    elif mark:
        unit = _UNITS[mark]
    elif after is not None and after.lemma in _UNITS:
        unit, last = _UNITS[after.lemma], i + 2
    else:
        return None
    before = tokens[i - 1].word if i else ""
    if unit == "percent" and value > 100 and before == "to":
        value -= 100  # "zoom to 150%" ends half as large again
    seen = last < end and tokens[last].lemma in _VIEWS
    return Extent(value, unit, i, last, before not in _POSITIONS and not seen)
