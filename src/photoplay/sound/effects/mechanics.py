"""Small mechanisms and devices: click, typing, shutter, ticking, beep."""

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
    edged,
    length_of,
    scaled,
    struck,
    time_of,
)
from photoplay.sound.effects.recipe import Make, Recipe, variant
from photoplay.sound.signals import Colour, Mono, Rng

SNAP: Colour = ((200, -24), (1200, -4), (3500, 0), (8000, -4), (16000, -16), (20000, -26))
THOCK: Colour = ((60, -14), (220, 0), (600, -6), (2000, -20), (20000, -60))
FABRIC: Colour = ((300, -30), (1500, -6), (5000, 0), (11000, -6), (20000, -22))

# Thin plastic and spring steel: short and high.
SWITCH: Modes = ((1750, 0.004, 0.8), (3150, 0.003, 1.0), (5400, 0.0022, 0.6))
MOUSE: Modes = ((2600, 0.0022, 0.7), (4300, 0.0018, 1.0), (7100, 0.0012, 0.7))
KEYCAP: Modes = ((1250, 0.005, 0.7), (2450, 0.004, 1.0), (4100, 0.003, 0.5))
DESK: Modes = ((210, 0.014, 1.0), (380, 0.01, 0.6))
TYPEBAR: Modes = ((980, 0.012, 0.8), (2150, 0.014, 1.0), (3700, 0.01, 0.8), (5900, 0.006, 0.5))
PLATEN: Modes = ((145, 0.025, 1.0), (310, 0.02, 0.8), (620, 0.012, 0.5))
MIRROR: Modes = ((290, 0.014, 1.0), (610, 0.011, 0.8), (1350, 0.007, 0.5))
BLADES: Modes = ((2300, 0.005, 0.8), (3900, 0.004, 1.0), (6800, 0.003, 0.7))
ESCAPEMENT: Modes = ((2150, 0.006, 1.0), (3480, 0.005, 0.8), (6100, 0.003, 0.5))
CASE: Modes = ((430, 0.02, 0.6), (760, 0.016, 0.5))
FREE_BAR: Modes = ((1.0, 1.0, 1.0), (2.756, 0.4, 0.45), (5.404, 0.15, 0.2))


def click(body: Modes, back_s: tuple[float, float], length_s: float, rng: Rng) -> Mono:
    """A switch or a button: it snaps in, and `back_s` later out again, a little higher."""
    parts: list[Part] = [
        (0.0, 1.0, struck(body, 0.03, rng)),
        (0.0, 0.3, burst(SNAP, 0.001, 0.01, rng)),
        (rng.uniform(*back_s), 0.55, struck(scaled(body, 1.18, 1.0), 0.03, rng)),
    ]
    return closed(added(parts, length_s))


def key(length_s: float, rng: Rng) -> Mono:
    """One key of a keyboard: down on its plate, and up again, softer, 60 to 100 ms later.

    One key in seven is the space bar or another large one, which sounds lower and fuller.
    """
    is_large = rng.random() < 1 / 7
    cap = scaled(KEYCAP, 0.68 if is_large else rng.uniform(0.92, 1.1), 1.0)
    parts: list[Part] = [
        (0.0, 1.0, struck(cap, 0.04, rng)),
        (0.001, 0.95 if is_large else 0.6, struck(DESK, 0.08, rng)),
        (0.0, 0.3, burst(THOCK, 0.006, 0.05, rng)),
        (rng.uniform(0.06, 0.1), 0.3, struck(cap, 0.04, rng)),
    ]
    return closed(added(parts, length_s))


def typebar(length_s: float, rng: Rng) -> Mono:
    """One key of a typewriter: the type strikes paper on a rubber roll, the carriage moves on."""
    parts: list[Part] = [
        (0.0, 1.0, struck(TYPEBAR, 0.09, rng, spread=0.04)),
        (0.0, 0.9, struck(PLATEN, 0.12, rng)),
        (0.0, 0.35, burst(SNAP, 0.003, 0.03, rng)),
        (rng.uniform(0.045, 0.06), 0.35, struck(scaled(TYPEBAR, 1.3, 0.5), 0.05, rng)),
    ]
    return closed(added(parts, length_s))


def shutter(length_s: float, rng: Rng) -> Mono:
    """A single-lens reflex camera: mirror up, first curtain, second curtain, mirror down.

    A mirror on its two leaf springs takes some 45 ms each way and bounces on its foam; curtains
    cross in 4 ms and stop dead. Between their stops lies the exposure, here a sixtieth of a second.
    """
    opens_s = rng.uniform(0.042, 0.05)
    shuts_s = opens_s + rng.uniform(0.014, 0.02)
    down_s = shuts_s + rng.uniform(0.045, 0.06)
    parts: list[Part] = [
        (0.0, 0.75, struck(MIRROR, 0.08, rng)),
        (0.0, 0.25, burst(SNAP, 0.002, 0.02, rng)),
        (opens_s - 0.004, 0.08, burst(FABRIC, 0.004, 0.03, rng)),
        (opens_s, 0.9, struck(BLADES, 0.04, rng)),
        (shuts_s, 0.75, struck(BLADES, 0.04, rng)),
        (down_s, 1.0, struck(MIRROR, 0.09, rng)),
        (down_s, 0.3, burst(SNAP, 0.008, 0.06, rng)),
        (down_s + 0.017, 0.25, struck(MIRROR, 0.06, rng, spread=0.08)),
    ]
    return closed(added(parts, length_s))


def beat(pitch: float, size: float, length_s: float, rng: Rng) -> Mono:
    """One beat of a clock: the pallet drops on a tooth of the escape wheel, the case answers.

    A beat is three knocks within some 15 ms, as a timing machine shows: unlocking, impulse, and the
    drop on to the next tooth, which is the loudest.
    """
    tooth = struck(scaled(ESCAPEMENT, pitch, size), 0.04, rng, spread=0.01)
    parts: list[Part] = [
        (0.0, 0.3, tooth),
        (0.006 * size, 0.45, tooth),
        (0.014 * size, 1.0, tooth),
        (0.014 * size, 0.5, struck(scaled(CASE, pitch, size), 0.15, rng, spread=0.01)),
    ]
    return closed(added(parts, length_s))


def tone(pitch_hz: float, on_s: float, length_s: float, rng: Rng) -> Mono:
    """The tone of a piezo disc: nearly a sine, with a little of its third harmonic."""
    time_s = time_of(length_of(min(on_s, length_s)))
    turns = np.float32(pitch_hz * rng.uniform(0.99, 1.01)) * time_s % 1
    wave = np.sin(2 * np.pi * turns) + np.float32(0.12) * np.sin(6 * np.pi * turns)
    return closed(added([(0.0, 1.0, edged(wave, opening_s=0.004, closing_s=0.008))], length_s))


def buzz(length_s: float, rng: Rng) -> Mono:
    """A refusal: a rough low tone, odd harmonics falling as 1/n, as those of a square wave do."""
    time_s = time_of(length_of(0.8 * length_s))
    hz = rng.uniform(150, 165)
    waves = [np.sin(2 * np.pi * (n * hz * time_s % 1)) / n for n in range(1, 16, 2)]
    wave = edged(np.sum(waves, axis=0, dtype=np.float32), opening_s=0.006, closing_s=0.02)
    return closed(added([(0.0, 1.0, wave)], length_s))


def ding(length_s: float, rng: Rng) -> Mono:
    """A small bar, free at both ends, struck once: 1 : 2.76 : 5.40.

    Fletcher and Rossing, The Physics of Musical Instruments, 1998, ch. 2.
    """
    pitch_hz = rng.uniform(1150, 1350)
    return closed(struck(scaled(FREE_BAR, pitch_hz, 0.3), length_s, rng, spread=0.002))


def _clock(pitch: float, size: float, length_s: float, gap_s: float) -> Recipe:
    """A clock whose tick and tock differ, as the two pallets are not struck alike."""
    tick: Make = partial(beat, pitch, size)
    tock: Make = partial(beat, 0.86 * pitch, size)
    return Recipe(make=tick, answer=tock, length_s=length_s, count=0, gap_s=gap_s)


_SWITCH = Recipe(make=partial(click, SWITCH, (0.05, 0.075)), length_s=0.15, gap_s=0.4)
CLICK = replace(
    _SWITCH,
    unsteadiness=0.15,
    variants=(
        variant(
            "mouse|trackpad|laptop",
            Recipe(
                make=partial(click, MOUSE, (0.07, 0.11)),
                length_s=0.15,
                gap_s=0.18,
                unsteadiness=0.15,
            ),
        ),
    ),
)
TYPING = Recipe(
    make=key,
    length_s=0.2,
    count=0,
    gap_s=0.16,
    unsteadiness=0.4,
    variants=(
        variant(
            "typewriter",
            Recipe(make=typebar, length_s=0.25, count=0, gap_s=0.2, unsteadiness=0.35),
        ),
    ),
)
SHUTTER = Recipe(make=shutter, length_s=0.3, gap_s=0.7, unsteadiness=0.2)
TICKING = replace(
    _clock(1.0, 1.0, 0.2, 0.5),
    variants=(
        # 18,000 beats an hour, as most mechanical watches had.
        variant("watch|stopwatch|wristwatch", _clock(1.7, 0.5, 0.12, 0.2)),
        variant("grandfather|pendulum|longcase|metronome", _clock(0.45, 2.2, 0.35, 1.0)),
    ),
)

_BEEP = Recipe(make=partial(tone, 1000.0, 0.14), length_s=0.2, count=2, gap_s=0.34)
BEEP = replace(
    _BEEP,
    variants=(
        variant("ding|chime|notification|message", Recipe(make=ding, length_s=1.4, gap_s=0.6)),
        variant("buzzer|error|wrong|denied", Recipe(make=buzz, length_s=0.6, gap_s=0.8)),
        variant(
            "heart|monitor|hospital|ecg|ekg",
            replace(_BEEP, make=partial(tone, 960.0, 0.11), count=0, gap_s=0.86),
        ),
        variant(
            "alarm|countdown|timer|microwave|oven|revers",
            replace(_BEEP, make=partial(tone, 2050.0, 0.3), length_s=0.4, count=4, gap_s=0.6),
        ),
    ),
)
