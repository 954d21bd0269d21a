"""What rings: glass, bells; and the heart."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from photoplay.sound.effects.parts import (
    Modes,
    Part,
    added,
    burst,
    closed,
    scaled,
    struck,
)
from photoplay.sound.effects.recipe import Recipe, variant
from photoplay.sound.signals import Colour, Mono, Rng, damped

EDGE: Colour = ((500, -30), (2500, -6), (6000, 0), (12000, -4), (20000, -14))
FLESH: Colour = ((20, -6), (45, 0), (90, -6), (180, -20), (500, -46), (20000, -90))

# Shares of the nominal's pitch and decay: hum, prime, tierce, quint, nominal, and the partials
# above (Rossing, Science of Percussion Instruments, 2000).
BELL_PARTIALS: Modes = (
    *((0.25, 4.0, 0.45), (0.5, 2.2, 0.7), (0.6, 1.6, 0.9), (0.75, 1.1, 0.35), (1.0, 1.0, 1.0)),
    *((1.25, 0.6, 0.3), (1.33, 0.6, 0.4), (1.5, 0.5, 0.5), (2.0, 0.38, 0.55), (2.66, 0.25, 0.35)),
    *((3.36, 0.18, 0.22), (4.1, 0.12, 0.15)),
)
# A bar free at both ends (Fletcher and Rossing, The Physics of Musical Instruments, 1998, ch. 2).
BAR: Modes = ((1.0, 1.0, 1.0), (2.756, 0.4, 0.5), (5.404, 0.15, 0.25))
# The rim of a wine glass: 2, 3, 4 … waves around it, about as n² (French, Am. J. Phys. 51, 1983).
RIM: Modes = ((1.0, 1.0, 0.8), (2.32, 0.6, 1.0), (4.25, 0.35, 0.8), (6.63, 0.2, 0.5))
# Of a cup: thick and short, so that the higher modes die at once.
CHINA: Modes = ((1.0, 1.0, 1.0), (1.52, 0.7, 0.8), (2.18, 0.45, 0.7), (3.1, 0.25, 0.5))
# Of a gong of pressed steel, 8 cm wide, from a telephone or a school's wall.
GONG: Modes = (
    (1.0, 1.0, 0.6),
    (1.77, 0.7, 1.0),
    (2.68, 0.5, 0.9),
    (3.9, 0.3, 0.6),
    (5.3, 0.2, 0.4),
)
JINGLE: Modes = ((1.0, 1.0, 0.7), (1.31, 0.8, 1.0), (1.68, 0.7, 0.9), (2.2, 0.5, 0.7))
WARBLE = 1.0012  # a bell or a glass is never quite round: each mode is two, that beat

CLAPPER_HZ = 20.0  # strokes of an electric bell, half of them on either gong
DOORBELL_HZ = (659.3, 523.3)  # E5, C5: a falling third
MARIMBA: Modes = ((1.0, 1.0, 1.0), (3.98, 0.3, 0.35), (10.2, 0.1, 0.1))
RINGTONE_HZ = (659.3, 784.0, 1046.5, 784.0, 1318.5, 1046.5)
RINGTONE_S = 0.14  # from note to note


def clink(
    rim: Modes, pitch_hz: tuple[float, float], decay_s: float, length_s: float, rng: Rng
) -> Mono:
    """Two glasses, or cups, touch: both ring, each at its own pitch, each mode a beating pair."""
    parts: list[Part] = [(0.0, 0.2, burst(EDGE, 0.0015, 0.02, rng))]
    for lowest_hz in rng.uniform(*pitch_hz) * np.array([1.0, rng.uniform(1.12, 1.35)]):
        for split, level in ((1.0, 1.0), (WARBLE, 0.6)):
            modes = scaled(rim, split * lowest_hz, decay_s)
            parts.append((0.0, level, struck(modes, length_s, rng, spread=0.001)))
    return closed(added(parts, length_s))


def tolling(nominal_hz: tuple[float, float], decay_s: float, length_s: float, rng: Rng) -> Mono:
    """A bell whose tierce is a minor third above its prime, struck once by its clapper.

    The ear takes an octave below the nominal for its pitch; the hum outlives all the rest.
    """
    pitch_hz = rng.uniform(*nominal_hz)
    clapper = burst(EDGE, 0.004, 0.05, rng)
    parts: list[Part] = [(0.0, 0.25, clapper)]
    for split, level in ((1.0, 1.0), (WARBLE, 0.5)):
        modes = scaled(BELL_PARTIALS, split * pitch_hz, decay_s)
        parts.append((0.0, level, struck(modes, length_s, rng, spread=0.0004)))
    return closed(added(parts, length_s))


def doorbell(length_s: float, rng: Rng) -> Mono:
    """Two bars behind a door, ding and dong."""
    notes = [struck(scaled(BAR, hz, 0.6), length_s, rng, spread=0.003) for hz in DOORBELL_HZ]
    return closed(added([(0.0, 1.0, notes[0]), (0.5, 1.0, notes[1])], length_s))


def ringing(length_s: float, rng: Rng) -> Mono:
    """A telephone or a school bell: a clapper strikes two gongs by turns, twenty times a second."""
    pitch_hz = rng.uniform(1150, 1300)
    gongs = [
        struck(scaled(GONG, ratio * pitch_hz, 0.35), 0.9, rng, spread=0.004)
        for ratio in (1.0, 1.19)
    ]
    strokes = max(int((length_s - 0.7) * CLAPPER_HZ), 2)
    parts: list[Part] = [
        (stroke / CLAPPER_HZ, rng.uniform(0.8, 1.1), gongs[stroke % 2]) for stroke in range(strokes)
    ]
    return closed(added(parts, length_s))


def ringtone(length_s: float, rng: Rng) -> Mono:
    """A mobile telephone: a figure on a marimba, whose bars are tuned to 1 : 4 : 10."""
    transposed = 2 ** (rng.integers(-2, 3) / 12)
    parts: list[Part] = [
        (n * RINGTONE_S, 1.0, struck(scaled(MARIMBA, transposed * hz, 0.16), 0.7, rng, spread=0.0))
        for n, hz in enumerate(RINGTONE_HZ)
    ]
    return closed(added(parts, length_s))


def jingling(length_s: float, rng: Rng) -> Mono:
    """Sleigh bells, shaken once: two dozen small shells within 60 ms, from 3 kHz up."""
    parts: list[Part] = []
    for at_s in rng.normal(0.03, 0.018, 24).clip(0, 0.08):
        shell = scaled(JINGLE, rng.uniform(3100, 4700), rng.uniform(0.03, 0.09))
        parts.append((float(at_s), rng.uniform(0.3, 1), struck(shell, 0.3, rng)))
    return closed(added(parts, length_s))


def heartbeat(length_s: float, rng: Rng) -> Mono:
    """Lub and dub: the valves close, first the large ones, low and long, then the small.

    The first lasts 0.14 s; the second, 0.3 s later at 70 beats a minute, 0.11 s, and is higher
    (Guyton and Hall, Textbook of Medical Physiology, ch. 23). Both lie between 30 and 70 Hz; here
    they are an octave higher, or no loudspeaker would play them.
    """
    lub = damped(rng.uniform(62, 74, 2), np.array([0.05, 0.034]), 0.3, rise=-1.2).sum(axis=0)
    dub = damped(rng.uniform(88, 102, 2), np.array([0.034, 0.024]), 0.2, rise=-1.5).sum(axis=0)
    parts: list[Part] = [
        (0.0, 1.0, lub),
        (0.0, 0.3, burst(FLESH, 0.04, 0.25, rng)),
        (rng.uniform(0.29, 0.32), 0.7, dub),
    ]
    return closed(added(parts, length_s))


_GLASSES = Recipe(
    make=partial(clink, RIM, (1700.0, 2200.0), 0.45),
    length_s=1.8,
    gap_s=0.5,
    unsteadiness=0.2,
)
GLASS = replace(
    _GLASSES,
    variants=(
        variant(
            "cups?|china|plates?|saucer|porcelain|mug",
            replace(_GLASSES, make=partial(clink, CHINA, (1900.0, 2900.0), 0.07), length_s=0.5),
        ),
        variant(
            "cutlery|spoon|fork|kni[fv]|silverware",
            replace(_GLASSES, make=partial(clink, BAR, (1700.0, 2600.0), 0.12), length_s=0.7),
        ),
    ),
)

_HAND_BELL = Recipe(
    make=partial(tolling, (2300.0, 2900.0), 0.3), length_s=2.4, gap_s=0.9, unsteadiness=0.05
)
BELL = replace(
    _HAND_BELL,
    variants=(
        variant("door ?bell", Recipe(make=doorbell, length_s=2.4, gap_s=2.6)),
        variant(
            "mobile|cell ?phone|smart ?phone|ringtone",
            Recipe(make=ringtone, length_s=1.6, count=2, gap_s=1.7),
        ),
        variant(
            "phone|telephone|school|alarm|recess",
            Recipe(make=ringing, length_s=1.9, count=2, gap_s=2.6),
        ),
        variant(
            "church|tower|cathedral|toll|temple|monaster|town",
            Recipe(make=partial(tolling, (620.0, 760.0), 1.1), length_s=5.0, count=3, gap_s=2.3),
        ),
        variant(
            "sleigh|jingl|christmas|tambourine",
            Recipe(make=jingling, length_s=0.5, count=8, gap_s=0.36, unsteadiness=0.05),
        ),
    ),
)
HEARTBEAT = Recipe(make=heartbeat, length_s=0.7, count=0, gap_s=0.86, unsteadiness=0.03)
