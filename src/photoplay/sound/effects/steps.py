"""Footsteps, on what ground and in what shoes."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from photoplay.frames import SAMPLE_RATE_HZ
from photoplay.sound.effects.liquids import splash
from photoplay.sound.effects.parts import Modes, Part, added, burst, closed, laid, length_of, struck
from photoplay.sound.effects.recipe import Make, Recipe, variant
from photoplay.sound.signals import Colour, Mono, Numbers, Rng, bursts

SCUFF: Colour = ((100, -30), (600, -8), (1800, 0), (5000, -4), (12000, -16), (20000, -34))
PAD: Colour = ((50, -6), (120, 0), (350, -6), (1200, -18), (5000, -34), (20000, -60))
STONES: Colour = ((200, -30), (1200, -8), (3200, 0), (7000, -2), (14000, -12), (20000, -28))
LEAVES: Colour = ((300, -30), (1500, -10), (5000, 0), (10000, -1), (20000, -14))
SNOW: Colour = ((60, -24), (250, -4), (700, 0), (1500, -5), (4000, -18), (20000, -46))

# Stone hardly rings: what is heard is the sole. Boards on joists ring low and longer.
STONE: Modes = ((118, 0.014, 0.5), (236, 0.011, 0.4))
BOARDS: Modes = ((92, 0.05, 0.6), (168, 0.04, 0.7), (291, 0.03, 0.6), (520, 0.018, 0.4))
RUBBER: Modes = ((390, 0.009, 0.9), (740, 0.007, 0.8), (1320, 0.004, 0.5))
LEATHER: Modes = ((560, 0.008, 0.7), (1180, 0.006, 0.8), (2300, 0.004, 0.45))
STILETTO: Modes = ((1450, 0.007, 2.0), (2650, 0.005, 2.6), (4300, 0.0035, 1.4))

TOE_S = (0.1, 0.15)  # after the heel, at a walk
SNOW_LOADS_S = ((0.045, 0.025), (0.15, 0.035))  # when heel and toe press hardest, and for how long
STONE_LOADS_S = ((0.035, 0.018), (0.14, 0.028))


def on_hard_ground(floor: Modes, sole: Modes, length_s: float, rng: Rng) -> Mono:
    """One step on a floor that gives way little.

    The force of a foot has two peaks, heel and toe, with the roll of the sole between (Ekimov and
    Sabatier, JASA 120, 2006: the heel's blow is below 500 Hz, the friction from 1 kHz up). The heel
    is the harder; the toe follows by 0.1 to 0.15 s.
    """
    toe_s = rng.uniform(*TOE_S)
    parts: list[Part] = [
        (0.0, 1.0, struck(floor, 0.2, rng, spread=0.05)),
        (0.0, 0.9, struck(sole, 0.08, rng, spread=0.06)),
        (0.002, 0.14, burst(SCUFF, 0.012, 0.08, rng)),
        (0.5 * toe_s, 0.05, burst(SCUFF, 0.03, 0.09, rng)),
        (toe_s, 0.3, struck(floor, 0.2, rng, spread=0.08)),
        (toe_s, rng.uniform(0.25, 0.45), struck(sole, 0.08, rng, spread=0.1)),
        (toe_s, 0.1, burst(SCUFF, 0.02, 0.1, rng)),
    ]
    return closed(added(parts, length_s))


def on_soft_ground(length_s: float, rng: Rng) -> Mono:
    """One step on grass, earth or a carpet, or of a bare foot: a thud without a click."""
    toe_s = rng.uniform(*TOE_S)
    parts: list[Part] = [
        (0.0, 1.0, burst(PAD, 0.03, 0.2, rng)),
        (toe_s, 0.4, burst(PAD, 0.025, 0.15, rng)),
        (toe_s, 0.08, burst(SCUFF, 0.03, 0.12, rng)),
    ]
    return closed(added(parts, length_s))


def on_grains(
    colour: Colour,
    decay_s: float,
    grains: int,
    loads_s: tuple[tuple[float, float], ...],
    length_s: float,
    rng: Rng,
) -> Mono:
    """One step on gravel, leaves or snow: grains that slip or break, as many as the foot loads.

    Cook, Modeling Bill's Gait, AES 22nd Conf., 2002: each grain is a short burst of its own
    strength, a few are strong, and they come as densely as the foot presses.
    """
    length = length_of(length_s)
    pool = bursts(16, rng, rng.uniform(0.5, 2, 16) * decay_s, 12 * decay_s, colour)
    shares = zip(loads_s, (0.6, 0.4), strict=True)
    at_s: Numbers = np.concatenate(
        [rng.normal(*load, round(share * grains)) for load, share in shares]
    )
    at = (at_s.clip(0.001, length_s - 0.05) * SAMPLE_RATE_HZ).astype(np.intp)
    foot = 0.5 * burst(PAD, 0.025, min(0.2, length_s), rng)
    crunch = laid(length, pool, at, rng.pareto(2, len(at)).clip(0.1, 3), rng)
    return closed(added([(0.0, 1.0, crunch), (loads_s[0][0], 1.0, foot)], length_s))


def in_puddles(length_s: float, rng: Rng) -> Mono:
    """One step into shallow water."""
    parts: list[Part] = [
        (0.0, 1.0, on_soft_ground(length_s, rng)),
        (0.01, 0.7, splash(length_s, rng)),
        (rng.uniform(*TOE_S), 0.35, splash(length_s, rng)),
    ]
    return closed(added(parts, length_s))


ON_GRAVEL: Make = partial(on_grains, STONES, 0.0012, 80, STONE_LOADS_S)
ON_LEAVES: Make = partial(on_grains, LEAVES, 0.0006, 120, STONE_LOADS_S)
ON_SNOW: Make = partial(on_grains, SNOW, 0.004, 130, SNOW_LOADS_S)

_WALK = Recipe(
    make=partial(on_hard_ground, STONE, RUBBER),
    length_s=0.4,
    count=0,
    gap_s=0.54,
    unsteadiness=0.04,
)
_HEELS_ON_BOARDS: Make = partial(on_hard_ground, BOARDS, STILETTO)

FOOTSTEPS = replace(
    _WALK,
    variants=(
        variant("gravel|pebble|shingle|rubble", replace(_WALK, make=ON_GRAVEL)),
        variant("snow", replace(_WALK, make=ON_SNOW)),
        variant("leaves|twigs|straw|forest|hay", replace(_WALK, make=ON_LEAVES)),
        variant("puddle|wet|water|mud", replace(_WALK, make=in_puddles)),
        variant(
            r"(?:heel|stiletto).*\b(?:wood|board|parquet|stage|stair)|"
            r"(?:wood|board|parquet|stage|stair).*\b(?:heel|stiletto)",
            replace(_WALK, make=_HEELS_ON_BOARDS),
        ),
        variant(
            "heel|stiletto",
            replace(_WALK, make=partial(on_hard_ground, STONE, STILETTO)),
        ),
        variant(
            "wood|floor ?board|board|parquet|stage|stair|deck|porch",
            replace(_WALK, make=partial(on_hard_ground, BOARDS, LEATHER)),
        ),
        variant(
            "grass|lawn|earth|dirt|sand|beach|carpet|rug|bare ?f|barefoot|moss|soil",
            replace(_WALK, make=on_soft_ground),
        ),
        variant("crunch", replace(_WALK, make=ON_GRAVEL)),
    ),
)
