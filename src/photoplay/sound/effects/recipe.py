"""What a recipe is, and which of an effect's recipes a cue's words ask for."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from photoplay.sound.signals import Mono, Rng

Make: TypeAlias = Callable[[float, Rng], Mono]  # (length in s, generator) → one sound, peak 1

# Rhythm that the words ask for: a factor on the time from strike to strike. Walkers take 1.9 steps
# a second (Cavagna and Franzetti, J. Physiol. 373, 1986), runners 2.8.
_PACES = (
    (
        re.compile(r"\b(?:run(?:s|ning)?\b|sprint|fast(?:er)?\b|quick|rapid|hurr|rac(?:es|ing)\b)"),
        0.66,
    ),
    (re.compile(r"\bslow"), 1.5),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How a sound is made, and how it usually comes.

    A sound either `lasts` and is made as long as is asked for, or is struck: `count` times (0:
    until its cue ends), every `gap_s`. `unsteadiness` is the standard deviation of a gap and of a
    blow's strength, as a share of either; 0 is a machine.
    """

    make: Make
    length_s: float  # of one sound
    lasts: bool = False
    leads_up: bool = False  # to something: when no time is said, it ends with the clip
    count: int = 1
    gap_s: float = 1.0  # from strike to strike
    unsteadiness: float = 0.0
    answer: Make | None = None  # every second strike, where two alternate: tick and tock
    variants: tuple[Variant, ...] = ()

    def voice(self, strike: int) -> Make:
        """What makes the sound of that strike of a row, counted from 0."""
        return self.answer if self.answer is not None and strike % 2 else self.make

    def worded(self, words: str) -> Recipe:
        """The first variant that `words` name, else this recipe; at the pace that they name."""
        said = words.lower()
        named = (other.recipe for other in self.variants if other.pattern.search(said))
        chosen = next(named, self)
        pace = next((factor for pattern, factor in _PACES if pattern.search(said)), 1.0)
        return replace(chosen, gap_s=pace * chosen.gap_s)


@dataclass(frozen=True, slots=True)
class Variant:
    """Another recipe for an effect, and what the words say when it is meant."""

    pattern: re.Pattern[str]
    recipe: Recipe


def variant(stems: str, recipe: Recipe) -> Variant:
    """For words that begin with one of the `stems`, a regular expression's alternatives."""
    return Variant(re.compile(rf"\b(?:{stems})"), recipe)
