"""Water and drinks: pour, splash, drip, fizz.

What is heard of a liquid is the air in it. A bubble of radius r (m) rings at 3/r Hz (Minnaert,
Phil. Mag. 16, 1933), decays by 0.13/r + 0.0072·r^−1.5 a second, and rises in pitch as it nears
the surface (van den Doel, ACM Trans. Applied Perception 2(4), 2005).
"""

from __future__ import annotations

import numpy as np

from photoplay.frames import SAMPLE_RATE_HZ
from photoplay.sound.effects.parts import (
    Mode,
    Part,
    added,
    at_rows,
    burst,
    closed,
    laid,
    length_of,
    moving_noise,
    over,
    row_colour,
    row_hz,
    struck,
    swell,
    thinned,
)
from photoplay.sound.effects.recipe import Recipe, variant
from photoplay.sound.signals import (
    CONTROL_RATE_HZ,
    HOP,
    SOUND_SPEED_M_S,
    Colour,
    Control,
    Gains,
    Grains,
    Mono,
    Numbers,
    Rng,
    bursts,
    control_time_s,
    damped,
    drift,
    mono_noise,
    upsample,
)

RUSH: Colour = ((60, -34), (300, -14), (900, -2), (2500, 0), (7000, -10), (20000, -34))
SPRAY: Colour = ((200, -40), (1200, -12), (4000, 0), (9000, -1), (16000, -8), (20000, -16))
SLAP: Colour = ((40, -6), (150, 0), (600, -4), (2500, -14), (9000, -30), (20000, -50))
HISS: Colour = ((400, -50), (2000, -18), (6000, -3), (11000, 0), (16000, -2), (20000, -10))
FAT: Colour = ((100, -34), (600, -12), (2200, -2), (5500, 0), (11000, -5), (20000, -18))

BUBBLES = 48
TALLEST_M, FILLED_M = 0.11, 0.035  # air above the drink in a mug, empty and full
COLUMN_Q = 9.0  # sharpness of its resonance
GLUG_HZ = 4.6  # gulps of air a second into the neck of a bottle
TAB: tuple[Mode, ...] = ((1900, 0.007, 1.0), (3300, 0.006, 0.8), (5200, 0.004, 0.6))


def pour(length_s: float, rng: Rng) -> Mono:
    """A drink is poured into a mug: bubbles, and a rush that the air above them colours.

    A column of air of height h, open above, rings at c/4h and three times that: 780 Hz in an empty
    mug, 2.4 kHz in a full one. So we hear how full it is (Cabe and Pittenger, J. Exp. Psychol. HPP
    26, 2000).
    """
    samples = length_of(length_s)
    flow = _flow(samples, rng)
    return closed(_filling(samples, flow, rng))


def glug(length_s: float, rng: Rng) -> Mono:
    """A bottle is emptied: liquid goes out and air comes in by turns.

    The air inside is a spring that the liquid in the neck rides on, some times a second (Clanet and
    Searby, J. Fluid Mech. 510, 2004), and slower as there is more of it; each gulp is one bubble.
    """
    samples = length_of(length_s)
    part = over(samples)
    turns = np.cumsum(GLUG_HZ * (1.1 - 0.25 * part)) / CONTROL_RATE_HZ
    gulps = (0.35 + 0.65 * np.sin(np.pi * turns) ** 2).astype(np.float32)
    at = np.flatnonzero(np.diff(np.floor(turns))) * HOP
    throats = _bubbles(rng.uniform(0.007, 0.011, 12), 0.25, rise=0.1)
    throat = laid(samples, throats, at, rng.uniform(0.6, 1, len(at)), rng)
    return closed(0.8 * _filling(samples, _flow(samples, rng) * gulps, rng) + throat)


def splash(length_s: float, rng: Rng) -> Mono:
    """Something falls into water: a slap, spray, the cavity that closes, and bubbles after it.

    The cavity behind the body pinches off some 0.1 s later and rings low, as a large bubble
    (Franz, JASA 31, 1959); the spray falls back within a second.
    """
    samples = length_of(length_s)
    density = np.exp(-control_time_s(samples) / (0.28 * length_s))
    at = thinned(density, samples, rng, 320)
    radii_m = _radii_m(0.0007, 0.005, rng)
    gains = density[at // HOP] * rng.pareto(2.2, len(at)).clip(0.1, 3)
    plunge = _bubbles(rng.uniform(0.014, 0.02, 1), 0.5, rise=0.1)[0]
    parts: list[Part] = [
        (0.0, 1.0, burst(SLAP, 0.025, 0.2, rng)),
        (0.0, 0.22, burst(SPRAY, 0.17 * length_s, 0.9 * length_s, rng)),
        (rng.uniform(0.05, 0.09), 0.65, plunge),
        (0.03, 0.6, laid(samples, _bubbles(radii_m, 0.1, rise=0.05), at, gains, rng)),
    ]
    return closed(added(parts, length_s))


def drip(length_s: float, rng: Rng) -> Mono:
    """A drop falls into water: a tick, the bubble it leaves 20 ms later, and a droplet after it.

    The drop itself is all but silent; the plink is the bubble's (Phillips, Agarwal and Jordan,
    Scientific Reports 8:9515, 2018). The jet that follows throws a smaller drop.
    """
    first_m = rng.uniform(0.0021, 0.0034)
    after_m = first_m * rng.uniform(0.5, 0.75)
    plink, plonk = _bubbles(np.array([first_m, after_m]), 0.15, rise=0.1)
    after_s = rng.uniform(0.09, 0.16)
    parts: list[Part] = [
        (0.0, 0.1, burst(SPRAY, 0.0006, 0.01, rng)),
        (0.02, 1.0, plink),
        (after_s, rng.uniform(0.1, 0.35), plonk),
    ]
    return closed(added(parts, length_s))


def fizz(length_s: float, rng: Rng) -> Mono:
    """A sparkling drink: bubbles burst at its surface by hundreds, and fewer as it settles.

    A bubble of 0.2 to 0.5 mm rings from 6 to 15 kHz; foam collapses by avalanches, whose
    sizes follow a power law (Vandewalle et al., Phys. Rev. Lett. 86, 2001).
    """
    samples = length_of(length_s)
    settling = 0.35 + 0.65 * np.exp(-3 * over(samples))
    bed = swell(len(settling), rise=min(0.15 / length_s, 0.2), fall=min(0.8 / length_s, 0.3))
    bed *= settling * np.exp(0.18 * drift(samples, rng, 1, 25))
    radii_m = _radii_m(0.0002, 0.0005, rng)
    at = thinned(bed.clip(0, 1), samples, rng, 700)
    pool = _bubbles(radii_m, 0.006, rise=0.0)
    pops = laid(samples, pool, at, rng.pareto(2.2, len(at)).clip(0.1, 4), rng)
    return closed(0.12 * mono_noise(samples, rng, HISS) * upsample(bed, samples) + 0.35 * pops)


def can(length_s: float, rng: Rng) -> Mono:
    """A can is opened: the tab snaps, gas rushes out, and the drink fizzes."""
    parts: list[Part] = [
        (0.0, 0.9, struck(TAB, 0.06, rng)),
        (0.015, 0.3, burst(HISS, 0.1, min(0.6, length_s), rng)),
        (0.16, 0.5, struck(TAB, 0.06, rng, spread=0.1)),
        (0.16, 0.45, fizz(max(length_s - 0.16, 0.3), rng)),
    ]
    return closed(added(parts, length_s))


def sizzle(length_s: float, rng: Rng) -> Mono:
    """Something goes into hot fat: water turns to steam and bursts out, loud snaps among small.

    The first cold contact is the loudest; after a second or two the pan is hot again.
    """
    samples = length_of(length_s)
    contact = 0.5 + 0.5 * np.exp(-control_time_s(samples) / 0.7)
    bed = contact * swell(
        len(contact), rise=min(0.08 / length_s, 0.2), fall=min(0.5 / length_s, 0.3)
    )
    bed *= np.exp(0.3 * drift(samples, rng, 2, 40))
    at = thinned(bed.clip(0, 1), samples, rng, 160)
    pool = bursts(BUBBLES, rng, rng.uniform(0.0006, 0.004, BUBBLES), 0.02, FAT)
    snaps = laid(samples, pool, at, rng.pareto(1.5, len(at)).clip(0.05, 3), rng)
    return closed(0.3 * mono_noise(samples, rng, FAT) * upsample(bed, samples) + 0.4 * snaps)


def _flow(samples: int, rng: Rng) -> Control:
    """How much is being poured, 0–1: a hand is not steady."""
    seconds = samples / SAMPLE_RATE_HZ
    hand = swell(len(over(samples)), rise=min(0.25 / seconds, 0.3), fall=min(0.5 / seconds, 0.3))
    return np.asarray((0.85 * hand * np.exp(0.15 * drift(samples, rng, 1, 10))).clip(0, 1))


def _filling(samples: int, flow: Control, rng: Rng) -> Mono:
    """The sound of a mug that fills: rush and bubbles, both by the flow."""
    rush = moving_noise(_column(at_rows(over(samples), samples)), samples, rng)
    at = thinned(flow, samples, rng, 170)
    gains = rng.pareto(1.9, len(at)).clip(0.1, 3)
    bubbles = laid(samples, _bubbles(_radii_m(0.0008, 0.0042, rng), 0.1, rise=0.08), at, gains, rng)
    return np.asarray(0.14 * rush * upsample(flow**1.3, samples) + 0.35 * bubbles, np.float32)


def _column(full: Numbers) -> Gains:
    """The rush under a column of air, for each share of the mug that is `full`: (rows, bins)."""
    ring_hz = SOUND_SPEED_M_S / (4 * (TALLEST_M + (FILLED_M - TALLEST_M) * full))
    gains = np.ones((len(full), len(row_hz())), np.float32)
    for overtone, strength in ((1, 9.0), (3, 3.0)):
        ratio = np.maximum(row_hz(), 1) / (overtone * ring_hz[:, None])
        gains += strength / (1 + (COLUMN_Q * (ratio - 1 / ratio)) ** 2)
    return np.asarray(gains * row_colour(RUSH), np.float32)


def _radii_m(least: float, most: float, rng: Rng) -> Numbers:
    return np.asarray(np.exp(rng.uniform(np.log(least), np.log(most), BUBBLES)))


def _bubbles(radii_m: Numbers, length_s: float, *, rise: float) -> Grains:
    """One bubble of each radius, the larger the louder; `rise` is van den Doel's ξ, up to 0.1."""
    loss_hz = 0.13 / radii_m + 0.0072 * radii_m**-1.5
    rings = damped(3 / radii_m, 1 / loss_hz, length_s, rise=rise * loss_hz)
    loudness = (radii_m / radii_m.max())[:, None]
    return np.asarray(rings * loudness, np.float32)


POUR = Recipe(
    make=pour,
    length_s=4.0,
    lasts=True,
    variants=(variant("glug|wine|bottle|whisk", Recipe(make=glug, length_s=3.5, lasts=True)),),
)
SPLASH = Recipe(make=splash, length_s=1.6, gap_s=1.2, unsteadiness=0.15)
DRIP = Recipe(make=drip, length_s=0.35, count=0, gap_s=1.1, unsteadiness=0.15)
FIZZ = Recipe(
    make=fizz,
    length_s=60.0,
    lasts=True,
    variants=(
        variant(
            "sizzl|fry|fries|frying|pan|steak|bacon|grill|oil|fat|onion|butter|cook",
            Recipe(make=sizzle, length_s=60.0, lasts=True),
        ),
        variant("cans?|crack|opens?|opening|tab", Recipe(make=can, length_s=4.0, lasts=True)),
    ),
)
