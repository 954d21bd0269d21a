"""Blows on large bodies: the deep hit under a title, doors, knocks."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from photoplay.frames import SAMPLE_RATE_HZ
from photoplay.sound.effects.parts import (
    Modes,
    Part,
    added,
    burst,
    closed,
    laid,
    length_of,
    over,
    struck,
    swell,
    time_of,
)
from photoplay.sound.effects.recipe import Recipe, variant
from photoplay.sound.signals import (
    HOP,
    Colour,
    Mono,
    Rng,
    control_points,
    drift,
    mono_noise,
    upsample,
)

THUD: Colour = ((20, 0), (90, 0), (250, -9), (900, -24), (4000, -48), (20000, -80))
SNAP: Colour = ((100, -30), (600, -8), (1800, 0), (5000, -4), (12000, -16), (20000, -34))
ROLL: Colour = ((20, -3), (45, 0), (110, -8), (400, -26), (2000, -52), (20000, -90))
DRAUGHT: Colour = ((20, -12), (120, 0), (400, -6), (1500, -18), (20000, -50))

# A panel door of pine, 2 × 0.8 m, held along its edges (as a plate: Fletcher and Rossing,
# The Physics of Musical Instruments, 1998, ch. 3), and its frame.
LEAF: Modes = (
    *((58, 0.13, 1.0), (97, 0.1, 0.85), (143, 0.08, 0.7), (212, 0.06, 0.55)),
    *((330, 0.04, 0.4), (505, 0.028, 0.3), (860, 0.016, 0.2)),
)
LATCH: Modes = ((1150, 0.012, 0.6), (2350, 0.009, 1.0), (3900, 0.006, 0.6))
HINGE: Modes = ((410, 0.012, 0.7), (880, 0.01, 1.0), (1640, 0.007, 0.7), (2900, 0.005, 0.5))
# A car's is heavy and damped: two low tones, over before 0.15 s.
CAR: Modes = ((68, 0.05, 1.0), (112, 0.04, 0.8), (205, 0.022, 0.35), (390, 0.012, 0.15))

# What knuckles strike, its lowest modes.
PANEL: Modes = ((185, 0.045, 1.0), (318, 0.036, 0.8), (522, 0.027, 0.6), (890, 0.016, 0.4))
PANE: Modes = ((310, 0.03, 0.6), (640, 0.05, 0.8), (1270, 0.04, 1.0), (2350, 0.03, 0.7))
SHEET: Modes = ((140, 0.2, 0.8), (265, 0.25, 1.0), (431, 0.22, 0.8), (720, 0.16, 0.6))
KNUCKLE_S = 0.0006  # bone under skin stays in touch


def impact(length_s: float, rng: Rng) -> Mono:
    """The deep hit of a trailer: a drum as large as a room, a crack, and a long low roll.

    The pitch of a big drum falls after the blow, as the tension of its skin does (Fletcher and
    Rossing, ch. 18); here from 2.4 times its pitch. Overload adds the harmonics by which small
    loudspeakers let a pitch be heard that they cannot play (Schouten's residue, 1940).
    """
    length = length_of(length_s)
    time_s = time_of(length)
    low_hz = rng.uniform(38, 48)
    hz = low_hz * (1 + 1.4 * np.exp(-time_s / 0.05))
    drum = np.sin(2 * np.pi * np.cumsum(hz, dtype=np.float64) / SAMPLE_RATE_HZ)
    drum *= np.exp(-time_s / (0.16 * length_s))
    waver = np.exp(0.4 * drift(length, rng, 1.5, 9))
    roll = mono_noise(length, rng, ROLL) * np.exp(-time_s / (0.25 * length_s))
    parts: list[Part] = [
        (0.0, 1.8, drum.astype(np.float32)),
        (0.0, 0.22, roll * upsample(waver, length)),
        (0.0, 0.6, burst(THUD, 0.08, 0.5, rng)),
        (0.0, 0.4, burst(SNAP, 0.018, 0.15, rng)),
    ]
    return closed(np.tanh(added(parts, length_s)))


def shutting(length_s: float, rng: Rng) -> Mono:
    """A door falls shut: leaf on frame, and the latch snaps in."""
    parts: list[Part] = [
        (0.0, 0.12, struck(LATCH, 0.08, rng)),
        (0.018, 0.8, struck(LEAF, 0.6, rng, contact_s=0.0012)),
        (0.018, 0.12, burst(THUD, 0.04, 0.3, rng)),
        (0.03, 0.55, struck(LATCH, 0.1, rng)),
        (0.055, 0.25, struck(LATCH, 0.1, rng)),
    ]
    return closed(added(parts, length_s))


def slamming(length_s: float, rng: Rng) -> Mono:
    """A door is slammed: a harder and so brighter blow, the room's air, a frame that rattles."""
    rattles = [
        (at_s, level, struck(LEAF[2:], 0.2, rng, spread=0.1))
        for at_s, level in zip((0.045, 0.085, 0.14), (0.35, 0.2, 0.1), strict=True)
    ]
    parts: list[Part] = [
        (0.0, 1.0, struck(LEAF, 0.8, rng)),
        (0.0, 0.5, burst(THUD, 0.07, 0.5, rng)),
        (0.0, 0.35, burst(SNAP, 0.02, 0.15, rng)),
        (0.008, 0.4, struck(LATCH, 0.1, rng)),
        *rattles,
    ]
    return closed(added(parts, length_s))


def opening(length_s: float, rng: Rng) -> Mono:
    """A door opens: handle, bolt, and a draught as the leaf moves, its hinge all but silent."""
    air_s = length_s - 0.25
    air = mono_noise(length_of(air_s), rng, DRAUGHT)
    air *= upsample(swell(control_points(len(air)), rise=0.35, fall=0.6), len(air))
    handle_s = rng.uniform(0.1, 0.14)
    parts: list[Part] = [
        (0.0, 0.5, struck(LATCH, 0.08, rng)),
        (handle_s, 0.9, struck(LATCH, 0.1, rng, spread=0.08)),
        (handle_s, 0.3, struck(LEAF, 0.3, rng, contact_s=0.002)),
        (handle_s + 0.05, 0.09, air),
        (handle_s + 0.1, 0.1, creaking(max(0.7 * air_s, 0.2), rng)),
    ]
    return closed(added(parts, length_s))


def creaking(length_s: float, rng: Rng) -> Mono:
    """A dry hinge sticks and slips: each slip strikes the door, now slower, now faster.

    Serafin, The Sound of Friction, 2004: the slower the movement, the longer the hinge
    sticks, until single ticks are heard.
    """
    length = length_of(length_s)
    part = over(length)
    bends = rng.uniform((12, 60, 25, 10), (30, 170, 90, 30))  # slips a second
    rate_hz = np.interp(part, (0, rng.uniform(0.25, 0.4), rng.uniform(0.55, 0.75), 1), bends)
    rate_hz *= np.exp(0.12 * drift(length, rng, 4, 40))
    turns = np.cumsum(upsample(rate_hz, length), dtype=np.float64) / SAMPLE_RATE_HZ
    slips = np.flatnonzero(np.diff(np.floor(turns)))
    # A hinge that has stuck for longer slips harder.
    force = swell(len(part), rise=0.12, fall=0.3) * (40 / rate_hz) ** 0.5
    pool = np.stack([struck(HINGE, 0.06, rng, spread=0.03) for _ in range(6)])
    gains = force[slips // HOP] * rng.uniform(0.6, 1.2, len(slips))
    return closed(laid(length, pool, slips, gains, rng))


def car_door(length_s: float, rng: Rng) -> Mono:
    """The door of a car: a padded thud, and a lock that snaps twice."""
    parts: list[Part] = [
        (0.0, 1.0, struck(CAR, 0.35, rng)),
        (0.0, 0.3, burst(THUD, 0.035, 0.25, rng)),
        (0.006, 0.25, struck(LATCH, 0.06, rng, spread=0.06)),
        (0.038, 0.16, struck(LATCH, 0.06, rng, spread=0.06)),
    ]
    return closed(added(parts, length_s))


def knuckles(body: Modes, length_s: float, rng: Rng) -> Mono:
    """Knuckles on a body: its modes, without the highest, which bone under skin is too soft for."""
    parts: list[Part] = [
        (0.0, 1.0, struck(body, length_s, rng, spread=0.015, contact_s=KNUCKLE_S)),
        (0.0, 0.18, burst(SNAP, 0.003, 0.02, rng)),
    ]
    return closed(added(parts, length_s))


IMPACT = Recipe(make=impact, length_s=3.0, gap_s=1.0)

_SHUT = Recipe(make=shutting, length_s=0.8, gap_s=1.2)
DOOR = replace(
    _SHUT,
    variants=(
        variant("creak|squeak|rusty", replace(_SHUT, make=creaking, length_s=1.5, gap_s=2.0)),
        variant("cars?|taxi|van|truck", replace(_SHUT, make=car_door, length_s=0.5, gap_s=0.9)),
        variant("slam|bang", replace(_SHUT, make=slamming, length_s=1.0)),
        variant("open", replace(_SHUT, make=opening, length_s=1.2)),
    ),
)

_KNOCK = Recipe(make=partial(knuckles, PANEL), length_s=0.3, count=3, gap_s=0.26, unsteadiness=0.08)
KNOCK = replace(
    _KNOCK,
    variants=(
        variant("glass|window|pane", replace(_KNOCK, make=partial(knuckles, PANE))),
        variant(
            "metal|steel|iron|gate|container",
            replace(_KNOCK, make=partial(knuckles, SHEET), length_s=0.8),
        ),
    ),
)
