"""When the spoken lines begin, as far as the prompt says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from photoplay.direction.lexicon import Joint
from photoplay.direction.plan import Line
from photoplay.direction.scope import Clause, Script
from photoplay.direction.speech import Spoken
from photoplay.direction.timeline import Mark, Timeline

_CLOSING = re.compile(r"[ ,.!?]*(?:[.;\n]|$)")  # nothing follows that a time could be of


def timed(
    spoken: Spoken, times: Sequence[Mark], script: Script, timeline: Timeline
) -> tuple[Line, ...]:
    """The lines with their starts: of a time before the line, or right after it, or of "then".

    A time is of one line; those after it follow it. "then" counts for the first line only, as
    lines follow each other anyhow.
    """
    lines: list[Line] = []
    taken = -1
    for line, span in zip(spoken.lines, spoken.spans, strict=True):
        at = _time_of(span, times, script.text)
        if at is not None and at > taken:
            taken = at
            line = replace(line, start=round(min(times[at].start, 1.0), 4))
        elif not lines:
            line = replace(line, start=_after_what_happens(span[0], script, timeline))
        lines.append(line)
    return tuple(lines)


def _time_of(span: tuple[int, int], times: Sequence[Mark], text: str) -> int | None:
    """The index of the time that stands right after a line, else of the last one before it."""
    for index, mark in enumerate(times):
        beside = mark.at >= span[1] and not text[span[1] : mark.at].strip(" ,")
        if beside and _CLOSING.match(text, mark.at + mark.length):
            return index
    before = [index for index, mark in enumerate(times) if mark.at <= span[0]]
    return before[-1] if before else None


def _after_what_happens(at: int, script: Script, timeline: Timeline) -> float | None:
    """When a line begins that comes "then": with the step of its clause."""
    clause = _clause_of(at, script)
    if clause is None or clause.joint is not Joint.THEN:
        return None
    return timeline.span(clause.index)[0] or None


def _clause_of(at: int, script: Script) -> Clause | None:
    begun = [one for one in script.clauses if script.tokens[one.first].start <= at]
    return begun[-1] if begun else None
