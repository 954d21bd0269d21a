"""Rain: how hard it falls, and which of two rains counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from typing import TypeVar

from photoplay.direction.plan import Ambience, Cue

Kind = TypeVar("Kind", bound=StrEnum)

LIGHT, HEAVY = 0.75, 1.35  # strengths up to which rain drizzles, and from which it pours


def heaviest(cues: Sequence[Cue[Kind]]) -> Cue[Kind]:
    """Of all that a prompt says of one rain the heaviest, for as long as any of them falls."""
    chosen = max(cues, key=lambda cue: cue.amount)
    first, last = min(cue.start for cue in cues), max(cue.end for cue in cues)
    return replace(chosen, start=first, end=last)


def heard(rain: Cue[Ambience]) -> Cue[Ambience]:
    """A rain as the bed that it sounds like: heavy rain sounds different, not only louder."""
    heavy = rain.amount >= HEAVY
    light = rain.amount <= LIGHT
    kind = Ambience.HEAVY_RAIN if heavy else Ambience.LIGHT_RAIN if light else Ambience.RAIN
    amount = 1.2 if heavy else 0.8 if light else rain.amount
    return Cue(kind=kind, amount=amount, start=rain.start, end=rain.end, words=rain.words)


def one_rain(cues: Sequence[Cue[Ambience]]) -> tuple[Cue[Ambience], ...]:
    """All beds with no more than one rain among them, as heavy as the heaviest that is named."""
    rains = [cue for cue in cues if cue.kind is Ambience.RAIN]
    if not rains:
        return tuple(cues)
    at = next(i for i, cue in enumerate(cues) if cue.kind is Ambience.RAIN)
    rest = [cue for cue in cues if cue.kind is not Ambience.RAIN]
    rest.insert(at, heard(heaviest(rains)))
    return tuple(rest)
