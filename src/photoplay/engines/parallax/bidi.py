"""The order in which a line is seen whose words run both ways.

The part of the Unicode bidirectional algorithm (UAX #9) that a card needs: no explicit marks, no
isolates, and no Arabic, whose letters are not set.
"""

from __future__ import annotations

import unicodedata
from itertools import groupby

_LEFT, _RIGHT, _NUMBER, _NEUTRAL = "L", "R", "EN", "ON"
_STRONG = {"L": _LEFT, "R": _RIGHT, "AL": _RIGHT, "EN": _NUMBER, "AN": _NUMBER}
_SEPARATORS = {"ES", "CS"}  # between two digits they belong to the number: 3.5, 12:30
_TERMINATORS = {"ET"}  # beside one they do: 50 %, $5
_BRACKETS = {"(": ")", "[": "]", "{": "}"}
_MIRRORED = str.maketrans("()[]{}<>«»‹›", ")(][}{><»«›‹")


def as_seen(line: str, *, from_right: bool) -> str:
    """The characters of `line` from left to right; `from_right` is how its paragraph runs."""
    levels = _levels(_resolved(line, _RIGHT if from_right else _LEFT), from_right=from_right)
    pairs = [
        (level, char.translate(_MIRRORED) if level % 2 else char)  # L4
        for level, char in zip(levels, line, strict=True)
    ]
    for least in range(max(levels, default=0), 0, -1):  # L2: from the innermost runs outwards
        turned: list[tuple[int, str]] = []
        for is_inner, run in groupby(pairs, lambda pair: pair[0] >= least):  # noqa: B023
            inner = list(run)
            turned += inner[::-1] if is_inner else inner
        pairs = turned
    return "".join(char for _, char in pairs)


def _resolved(line: str, base: str) -> list[str]:
    """The direction of each character, with numbers apart (rules W4 to W7, N0 to N2)."""
    kinds = [unicodedata.bidirectional(char) for char in line]
    found = [_STRONG.get(kind, _NEUTRAL) for kind in kinds]
    for at in range(1, len(line) - 1):
        if kinds[at] in _SEPARATORS and found[at - 1] == found[at + 1] == _NUMBER:
            found[at] = _NUMBER
    for order in (range(1, len(line)), range(len(line) - 2, -1, -1)):
        step = -1 if order.step > 0 else 1
        for at in order:
            if kinds[at] in _TERMINATORS and found[at + step] == _NUMBER:
                found[at] = _NUMBER
    strong = base
    for at, kind in enumerate(found):
        strong = kind if kind in {_LEFT, _RIGHT} else strong
        if kind == _NUMBER and strong == _LEFT:
            found[at] = _LEFT
    _bracket(line, found, base)
    return _without_neutrals(found, base)


def _bracket(line: str, found: list[str], base: str) -> None:
    """Give both brackets of a pair one direction: that of what is in them (rule N0)."""
    pairs: list[tuple[int, int]] = []
    opened: list[int] = []
    for at, char in enumerate(line):
        if char in _BRACKETS:
            opened.append(at)
        elif char in _BRACKETS.values() and opened and _BRACKETS[line[opened[-1]]] == char:
            pairs.append((opened.pop(), at))
    for first, last in sorted(pairs):
        inside = {_RIGHT if kind == _NUMBER else kind for kind in found[first + 1 : last]}
        before = next((kind for kind in reversed(found[:first]) if kind != _NEUTRAL), base)
        before = _RIGHT if before == _NUMBER else before
        if inside & {_LEFT, _RIGHT}:
            found[first] = found[last] = base if base in inside else before


def _without_neutrals(found: list[str], base: str) -> list[str]:
    """What has no direction takes that of both sides, where they agree, or the paragraph's."""
    resolved: list[str] = []
    runs = [(kind, len(list(run))) for kind, run in groupby(found)]
    for at, (kind, length) in enumerate(runs):
        if kind == _NEUTRAL:
            before = runs[at - 1][0] if at else base
            after = runs[at + 1][0] if at + 1 < len(runs) else base
            sides = {_RIGHT if side == _NUMBER else side for side in (before, after)}
            kind = sides.pop() if len(sides) == 1 else base
        resolved += [kind] * length
    return resolved


def _levels(found: list[str], *, from_right: bool) -> list[int]:
    """How deep each character is nested: odd levels run from the right (rules I1 and I2)."""
    deep = {_LEFT: 2 if from_right else 0, _RIGHT: 1, _NUMBER: 2}
    return [deep[kind] for kind in found]
