"""When the sounds of a cue begin, how long they are, and how hard they are struck."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from photoplay.direction.plan import SoundEffect
from photoplay.sound.effects.recipe import Recipe
from photoplay.sound.signals import Numbers, Rng

UNTIMED_AT = 0.3  # of the clip: where a sound comes for which no time is said
SHORTEST_S = 0.05  # a sound with less room than this before the end is left out
TAIL_S = 1.0  # as long as a struck sound should be heard; what rings on may be faded out
LASTS_AT_LEAST_S = 0.3
TIGHTEST = 0.5  # of the usual gap: rows are not played faster to get done before their end


class Strike(NamedTuple):
    """One sound of a cue."""

    start_s: float
    length_s: float
    strength: float  # 1 on average


def strikes(cue: SoundEffect, recipe: Recipe, duration_s: float, rng: Rng) -> list[Strike]:
    """The sounds of a cue in a clip of that length, in order; all begin before it ends.

    A cue over the whole clip says nothing of time. A sound that is over sooner then comes at
    UNTIMED_AT, or earlier if it would not fit.
    """
    start_s, end_s = cue.start * duration_s, min(cue.end, 1.0) * duration_s
    is_timed = cue.start > 0 or cue.end < 1
    count = cue.count or recipe.count
    if recipe.lasts:
        rows = _lasting(cue.count, recipe, start_s, end_s, is_timed=is_timed)
    else:
        rows = _struck(count, recipe, start_s, end_s, rng)
    if not is_timed and (recipe.lasts or count):
        rows = _moved(rows, recipe, duration_s)
    last_s = min(duration_s, end_s) - SHORTEST_S
    return [row for row in rows if row.start_s <= last_s]


def _lasting(
    count: int, recipe: Recipe, start_s: float, end_s: float, *, is_timed: bool
) -> list[Strike]:
    """One sound until the end, or `count` of them that share the time."""
    gap_s = (end_s - start_s) / max(count, 1)
    length_s = gap_s if is_timed and count <= 1 else min(gap_s, recipe.length_s)
    length_s = max(length_s, LASTS_AT_LEAST_S)
    return [Strike(start_s + n * gap_s, length_s, 1.0) for n in range(max(count, 1))]


def _struck(count: int, recipe: Recipe, start_s: float, end_s: float, rng: Rng) -> list[Strike]:
    """A row of `count` strikes, played faster if it must be over sooner; 0: until the end."""
    room_s = end_s - start_s
    number = count or int(room_s / recipe.gap_s) + 1
    gaps_s = recipe.gap_s * _uneven(number - 1, recipe, rng)
    if count > 1:
        gaps_s *= np.clip((room_s - 2 * SHORTEST_S) / gaps_s.sum(), TIGHTEST, 1)
    starts_s = start_s + np.concatenate([[0.0], np.cumsum(gaps_s)])
    strengths = _uneven(number, recipe, rng).clip(0.3, 1.5)
    pairs = zip(starts_s.tolist(), strengths.tolist(), strict=True)
    return [Strike(at_s, recipe.length_s, strength) for at_s, strength in pairs]


def _uneven(number: int, recipe: Recipe, rng: Rng) -> Numbers:
    """Factors of mean 1 and that standard deviation; never negative, as gaps are not."""
    if recipe.unsteadiness == 0:
        return np.ones(number)
    shape = recipe.unsteadiness**-2
    return np.asarray(rng.gamma(shape, 1 / shape, number))


def _moved(rows: list[Strike], recipe: Recipe, duration_s: float) -> list[Strike]:
    """The same row later in the clip, though no later than it fits."""
    heard_s = rows[-1].length_s if recipe.lasts else min(recipe.length_s, TAIL_S)
    spare_s = max(duration_s - rows[-1].start_s - heard_s, 0.0)
    delay_s = spare_s if recipe.leads_up else min(UNTIMED_AT * duration_s, spare_s)
    return [row._replace(start_s=row.start_s + delay_s) for row in rows]
