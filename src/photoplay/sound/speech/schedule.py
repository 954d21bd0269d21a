"""When each line is spoken, so that all of them fit into the clip.

Lines follow each other with the pauses people make, or begin where the prompt puts them. What is
too long is spoken faster, up to a limit; a line that even then does not fit is left out whole and
named, never cut. Knows nothing of engines: whoever calls says how a line is spoken.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import TypeAlias

from photoplay.direction.plan import Line
from photoplay.sound.speech.voice import Utterance

Speak: TypeAlias = Callable[[int, float], Utterance]  # (index of the line, hurry) → what is heard

MAX_HURRY = 1.35  # on the natural pace; beyond 1.4 listeners miss words (Foulke & Sticht, 1969)
LEAD_S = 0.25  # before the first word
TAIL_S = 0.25  # after the last
SAME_SPEAKER_S = 0.5  # between sentences of one (Campione and Véronis 2002: medium pauses)
TURN_S = 0.25  # between speakers (Stivers et al., PNAS 106, 2009: 0.2 s in ten languages)
TIGHT = 0.4  # pauses shrink to this share of themselves when there is no time
NARROW_S = 0.05  # lead and tail then
TRIES = 3  # to find a hurry: an engine does not follow it to the last millisecond
SLACK = 1.01
NOTICED = 1.05


@dataclass(frozen=True, slots=True)
class Placed:
    """A line that is heard from `start_s` on; `index` is its place among the lines."""

    index: int
    line: Line
    utterance: Utterance
    start_s: float
    hurry: float = 1.0

    @property
    def end_s(self) -> float:
        """When it has been spoken."""
        return self.start_s + self.utterance.duration_s


@dataclass(frozen=True, slots=True)
class Schedule:
    """Lines in the order of time, none overlapping another; those left out; what was decided.

    `needs_s` is how long a clip must be to hold all lines at their natural pace.
    """

    placed: tuple[Placed, ...] = ()
    left_out: tuple[Line, ...] = ()
    needs_s: float = 0.0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Run:
    """Lines that follow each other, from a fixed time on unless that is None."""

    start_s: float | None
    indices: tuple[int, ...]

    @property
    def at_s(self) -> float:
        return 0.0 if self.start_s is None else self.start_s


def fit(lines: Sequence[Line], duration_s: float, speak: Speak) -> Schedule:
    """Place all `lines` in a clip of `duration_s`.

    `speak` makes them, at 1 × their natural pace first, and again, faster, where they do not fit.
    """
    natural = {index: speak(index, 1.0) for index in range(len(lines))}
    voiced = [index for index in natural if natural[index].duration_s > 0]
    fitting = _Fitting(lines, natural, speak, duration_s)
    placed: list[Placed] = []
    runs = _runs(lines, voiced, duration_s)
    for run, following in zip_longest(runs, runs[1:]):
        until_s = duration_s if following is None else following.at_s
        placed += fitting.place(run, placed[-1:], until_s)
    heard = {each.index for each in placed}
    left_out = [index for index in voiced if index not in heard]
    needs_s = fitting.needs_s(voiced)
    notes = [
        *(_unspeakable(line) for index, line in enumerate(lines) if index not in voiced),
        *_haste(placed, needs_s, duration_s),
        *(fitting.missing(index, placed) for index in left_out),
    ]
    dropped = tuple(lines[index] for index in left_out)
    return Schedule(tuple(placed), dropped, needs_s, tuple(notes))


def _runs(lines: Sequence[Line], voiced: Iterable[int], duration_s: float) -> list[_Run]:
    """Lines without a time of their own follow the one before them."""
    runs: list[_Run] = []
    for index in voiced:
        start = lines[index].start
        if start is None and runs:
            runs[-1] = _Run(runs[-1].start_s, (*runs[-1].indices, index))
        else:
            runs.append(_Run(None if start is None else start * duration_s, (index,)))
    return sorted(runs, key=lambda run: run.at_s)


@dataclass(frozen=True, slots=True)
class _Fitting:
    lines: Sequence[Line]
    natural: Mapping[int, Utterance]
    speak: Speak
    duration_s: float

    def place(self, run: _Run, before: Sequence[Placed], until_s: float) -> list[Placed]:
        """A run after what is placed before it, done by `until_s` or at least within the clip."""
        roomy = self._laid(run, before, self.natural, hurry=1.0, pauses=1.0)
        if roomy[-1].end_s <= until_s - TAIL_S:
            return roomy
        tight = self._hurried(run, before, until_s)
        kept = self._kept(tight)
        if len(kept) == len(tight):
            return tight
        return self.place(_Run(run.start_s, kept), before, until_s) if kept else []

    def needs_s(self, indices: Sequence[int]) -> float:
        """How long a clip must be for these lines one after the other at their natural pace."""
        if not indices:
            return 0.0
        laid = self._laid(_Run(None, tuple(indices)), (), self.natural, hurry=1.0, pauses=1.0)
        return laid[-1].end_s + TAIL_S

    def missing(self, index: int, placed: Sequence[Placed]) -> str:
        """What to say of a line that is left out."""
        said = self.natural[index]
        free_s = self.duration_s - sum(each.utterance.duration_s for each in placed)
        free_s = max(free_s, 0.0)
        surplus = len(said.words) - int(len(said.words) * free_s * MAX_HURRY / said.duration_s)
        needs_s = math.ceil(self.needs_s(sorted({each.index for each in placed} | {index})))
        advice = f"a clip of {needs_s} s holds it"
        if 0 < surplus < len(said.words):
            advice += f", or leave out about {surplus} of its {len(said.words)} words"
        return (
            f"The line “{self.lines[index].text}” is left out: it lasts {said.duration_s:.1f} s, "
            f"and {free_s:.1f} s of {self.duration_s:g} are free; {advice}."
        )

    def _hurried(self, run: _Run, before: Sequence[Placed], until_s: float) -> list[Placed]:
        """The run with short pauses, as fast as it needs and at most MAX_HURRY."""
        hurry, said = 1.0, self.natural
        for _ in range(TRIES):
            laid = self._laid(run, before, said, hurry=hurry, pauses=TIGHT)
            room_s = max(until_s - NARROW_S - laid[0].start_s, 0.1)
            wanted = hurry * SLACK * (laid[-1].end_s - laid[0].start_s) / room_s
            if wanted <= hurry * SLACK or hurry == MAX_HURRY:
                break
            hurry = min(wanted, MAX_HURRY)
            said = {index: self.speak(index, hurry) for index in run.indices}
        return self._laid(run, before, said, hurry=hurry, pauses=TIGHT)

    def _laid(
        self,
        run: _Run,
        before: Sequence[Placed],
        said: Mapping[int, Utterance],
        *,
        hurry: float,
        pauses: float,
    ) -> list[Placed]:
        """The run's lines one after the other, with that share of the usual pauses."""
        earliest_s = NARROW_S if run.start_s is not None or pauses < 1 else LEAD_S
        start_s, previous = max(run.at_s, earliest_s), before[-1] if before else None
        laid: list[Placed] = []
        for index in run.indices:
            if previous is not None:
                pause_s = pauses * _pause_s(previous.line, self.lines[index])
                is_fixed = run.start_s is not None and not laid
                start_s = max(start_s, previous.end_s + (NARROW_S if is_fixed else pause_s))
            previous = Placed(index, self.lines[index], said[index], start_s, hurry)
            laid.append(previous)
        return laid

    def _kept(self, tight: Sequence[Placed]) -> tuple[int, ...]:
        """Those that fit into the clip, taken in order; one that does not makes room for others."""
        kept: list[int] = []
        saved_s = 0.0
        for each in tight:
            if each.end_s - saved_s <= self.duration_s - NARROW_S:
                kept.append(each.index)
            else:
                saved_s += each.utterance.duration_s
        return tuple(kept)


def _pause_s(before: Line, after: Line) -> float:
    return SAME_SPEAKER_S if before.speaker == after.speaker else TURN_S


def _unspeakable(line: Line) -> str:
    return f"The line “{line.text}” has no word that can be spoken."


def _haste(placed: Sequence[Placed], needs_s: float, duration_s: float) -> Iterable[str]:
    """One sentence where lines are spoken noticeably faster than is natural."""
    hurry = max((each.hurry for each in placed), default=1.0)
    if hurry > NOTICED:
        yield (
            f"The words need {needs_s:.1f} s and the clip lasts {duration_s:g} s: "
            f"they are spoken up to {hurry:.2f} times as fast as is natural."
        )
