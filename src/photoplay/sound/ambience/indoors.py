"""Places with people in them: crowd, cafe, office, kitchen, and the tone of an empty room."""

from __future__ import annotations

import numpy as np

from photoplay.frames import SAMPLE_RATE_HZ, Audio
from photoplay.sound.ambience.voices import babble
from photoplay.sound.signals import (
    Colour,
    Control,
    Grains,
    Indices,
    Mono,
    Numbers,
    Rng,
    bursts,
    control_time_s,
    cycle,
    damped,
    drift,
    from_db,
    modulate,
    noise,
    oscillate,
)
from photoplay.sound.space import Place, pan, random_times, reverberate, scatter

# Noise criterion NC-35 (Beranek, 1957): octave levels 60, 52, 45, 40, 36, 34, 33, 32 dB from
# 63 Hz to 8 kHz, less 10·log10 of the bandwidth and 43 dB;
# below 100 Hz less than NC allows, since small speakers only rattle with it.
VENTILATION: Colour = (
    (31, -14),
    (63, -9),
    (125, -11),
    (250, -21),
    (500, -29),
    (1000, -36),
    (2000, -41),
    (4000, -45),
    (8000, -49),
    (20000, -62),
)
AIR: Colour = ((20, 0), (60, -2), (200, -9), (1000, -21), (5000, -34), (20000, -50))
SHUFFLE: Colour = ((20, -12), (80, -5), (250, 0), (700, -5), (2500, -18), (20000, -46))
STEAM: Colour = ((20, -50), (500, -24), (2000, -5), (5000, 0), (9000, -3), (20000, -20))
FRYING: Colour = ((20, -60), (800, -22), (3000, -4), (7000, 0), (12000, -3), (20000, -14))
MAINS_HZ = 50.0
HALL = Place(1.3, 0.8, ((20, -20), (150, -3), (600, 0), (2000, -5), (6000, -18), (20000, -45)))
PARLOUR = Place(0.6, 0.4, ((20, -14), (200, 0), (2000, -2), (8000, -12), (20000, -30)))
TILES = Place(0.45, 0.35, ((20, -14), (200, -2), (2000, 0), (8000, -6), (20000, -22)))
CARPET = Place(0.35, 0.25, ((20, -10), (200, 0), (1500, -3), (6000, -14), (20000, -34)))


def crowd(samples: int, rng: Rng) -> Audio:
    """A hall full of people talking: two dozen voices blurred by the room.

    From 500 Hz up the long-term spectrum falls as that of speech does in all languages (Byrne et
    al., JASA 96, 1994); the more voices, the shallower the beat of the sum.
    """
    talk = babble(samples, rng, voices=24, nearest=1.1)
    shuffle = noise(samples, rng, SHUFFLE, spacing_m=0.5)
    shuffle = modulate(shuffle, from_db(-24) * np.exp(0.2 * drift(samples, rng, 0.2, 2)))
    return reverberate(talk + shuffle, rng, HALL)


def cafe(samples: int, rng: Rng) -> Audio:
    """A café: talk at a few tables, china, the hiss of the steam wand, a cooler's hum.

    Cups and saucers ring inharmonically from about 2 kHz up, for 40–200 ms: stiff, hard, small.
    """
    talk = babble(samples, rng, voices=7, nearest=1.4)
    steam = modulate(noise(samples, rng, STEAM), from_db(-29) * _spells(samples, rng))
    china = _strikes(samples, rng, _china(rng), _clusters(samples, rng, 1.1, 0.13), 0.35)
    room = noise(samples, rng, AIR, spacing_m=0.4)
    room *= np.float32(from_db(-31))
    cooler = from_db(-38) * pan(oscillate(_hum(rng), _mains(samples, rng), samples), 0.8)
    return reverberate(talk + steam + china, rng, PARLOUR) + room + cooler


def office(samples: int, rng: Rng) -> Audio:
    """An office: ventilation, two people typing, a mouse now and then.

    Typing is 5–7 keys a second in bursts; a key sounds twice, going down and, about 90 ms later,
    softer, coming up. The ventilation follows the NC-35 curve.
    """
    vent = noise(samples, rng, VENTILATION, spacing_m=0.9)
    vent = modulate(vent, from_db(-22) * np.exp(0.12 * drift(samples, rng, 0.2, 3)))
    desks = np.zeros((samples, 2), dtype=np.float32, order="F")
    keys = _keys(rng)
    for nearness, position in ((1.0, 0.36), (0.35, 0.82)):
        down = _typing(samples, rng)
        up = down + rng.normal(0.09, 0.012, len(down)) * SAMPLE_RATE_HZ
        at = np.concatenate([down, up.astype(np.intp)])
        level = nearness * np.repeat([0.55, 0.22], len(down))
        desks += scatter(
            samples,
            keys,
            at=at,
            which=rng.integers(0, len(keys), len(at)),
            gains=level * rng.uniform(0.5, 1.1, len(at)),
            positions=np.full(len(at), position),
        )
    return reverberate(desks, rng, CARPET) + vent


def kitchen(samples: int, rng: Rng) -> Audio:
    """A kitchen at work: a pan frying, a knife on a board, pots, a refrigerator.

    Frying is steam bursting out of fat, thousands of tiny snaps from 3 kHz up that come and go
    with the bubbles; a board rings for some 30 ms between 250 and 1,200 Hz under the knife.
    """
    frying = noise(samples, rng, FRYING)
    flurry = np.exp(0.3 * drift(samples, rng, 0.3, 3) + 0.3 * drift(samples, rng, 8, 40))
    stove = modulate(frying, from_db(-25) * flurry)
    spatter = random_times(samples, rng, 60)
    snaps = bursts(24, rng, rng.uniform(0.0004, 0.0015, 24), 0.01, FRYING)
    stove += _strikes(samples, rng, snaps, spatter, 0.09, spread=0.12)
    board = _strikes(samples, rng, _board(rng), _chopping(samples, rng), 0.5, spread=0.03)
    pots = _strikes(samples, rng, _metal(rng), _clusters(samples, rng, 0.5, 0.2), 0.22)
    air = noise(samples, rng, AIR)
    air *= np.float32(from_db(-32))
    fridge = from_db(-30) * pan(oscillate(_hum(rng), _mains(samples, rng), samples), 0.25)
    return reverberate(stove + board + pots, rng, TILES) + air + fridge


def room(samples: int, rng: Rng) -> Audio:
    """The tone of a quiet room: air, the building, a trace of the mains and its harmonics.

    Rooms are not silent: their noise falls by about 5 dB an octave, as the NC curves do, and the
    air in them moves.
    """
    air = noise(samples, rng, AIR, spacing_m=0.25)
    air = modulate(air, np.exp(0.16 * drift(samples, rng, 0.15, 1.2)))
    breath = noise(samples, rng, ((20, -40), (150, -12), (500, 0), (1500, -8), (20000, -44)))
    breath = modulate(breath, from_db(-22) * np.exp(0.5 * drift(samples, rng, 0.3, 2)))
    hum = oscillate(_hum(rng), _mains(samples, rng), samples)
    return air + breath + from_db(-20) * pan(hum, 0.45)


def _hum(rng: Rng) -> Mono:
    """A transformer's: the second harmonic of the mains leads."""
    return cycle([0.35, 1.0, 0.2, 0.35, 0.08, 0.14, 0.04, 0.06], rng)


def _mains(samples: int, rng: Rng) -> Control:
    wander = 0.0006 * drift(samples, rng, 0.2, 2)
    return np.asarray(MAINS_HZ * (1 + wander), dtype=np.float32)


def _spells(samples: int, rng: Rng) -> Control:
    """A gain of 0 to 1 that opens for some seconds and closes: a steam wand in use."""
    time_s = control_time_s(samples)
    end_s = samples / SAMPLE_RATE_HZ
    gain = np.zeros_like(time_s)
    start_s = rng.uniform(0.1, 0.5) * min(end_s, 5)
    while start_s < end_s:
        length_s = rng.uniform(1.2, 2.8)
        inside = np.minimum((time_s - start_s) / 0.15, (start_s + length_s - time_s) / 0.25)
        gain = np.maximum(gain, np.clip(inside, 0, 1).astype(np.float32))
        start_s += length_s + rng.uniform(3, 8)
    return np.asarray(gain * np.exp(0.25 * drift(samples, rng, 1, 8)), dtype=np.float32)


def _strikes(
    samples: int, rng: Rng, grains: Grains, at: Indices, level: float, *, spread: float = 0.2
) -> Audio:
    """Grains at those times, at random strength around one spot of the room."""
    spot = rng.uniform(0.25, 0.75)
    return scatter(
        samples,
        grains,
        at=at,
        which=rng.integers(0, len(grains), len(at)),
        gains=level * np.exp(rng.normal(0, 0.45, len(at)).clip(-1.2, 0.9)),
        positions=np.clip(rng.normal(spot, spread, len(at)), 0.03, 0.97),
    )


def _clusters(samples: int, rng: Rng, rate_hz: float, gap_s: float) -> Indices:
    """Handling noises: one to three knocks in a row, the first within the first 1.5 s."""
    first = rng.integers(0, max(min(samples, round(1.5 * SAMPLE_RATE_HZ)) // 2, 1), 1)
    starts = np.concatenate([first, random_times(samples, rng, rate_hz)])
    starts = np.repeat(starts, rng.integers(1, 4, len(starts)))
    return starts + rng.exponential(gap_s * SAMPLE_RATE_HZ, len(starts)).astype(np.intp)


def _typing(samples: int, rng: Rng) -> Indices:
    """When one typist's keys go down: words, and pauses to think."""
    end_s, now_s = samples / SAMPLE_RATE_HZ, rng.uniform(0, 0.3)
    times_s: list[float] = []
    while now_s < end_s:
        gaps_s = rng.gamma(9, 0.165 / 9, rng.integers(5, 15))
        times_s += (now_s + np.cumsum(gaps_s)).tolist()
        now_s = times_s[-1] + rng.uniform(0.3, 1.4)
    return (np.array(times_s) * SAMPLE_RATE_HZ).astype(np.intp)


def _chopping(samples: int, rng: Rng) -> Indices:
    """When the knife lands: runs of even strokes, about three a second."""
    end_s, now_s = samples / SAMPLE_RATE_HZ, rng.uniform(0.1, 0.5)
    times_s: list[float] = []
    while now_s < end_s:
        gaps_s = rng.normal(rng.uniform(0.26, 0.36), 0.015, rng.integers(5, 11))
        times_s += (now_s + np.cumsum(gaps_s)).tolist()
        now_s = times_s[-1] + rng.uniform(0.6, 1.6)
    return (np.array(times_s) * SAMPLE_RATE_HZ).astype(np.intp)


def _modes(
    count: int,
    rng: Rng,
    ratios: Numbers,
    base_hz: tuple[float, float],
    decay_s: tuple[float, float],
) -> Grains:
    """Struck bodies: modes at `ratios` of a random base pitch; the higher, the shorter-lived."""
    bases_hz = np.exp(rng.uniform(np.log(base_hz[0]), np.log(base_hz[1]), count))
    pitches_hz = bases_hz[:, None] * ratios * rng.uniform(0.97, 1.03, (count, len(ratios)))
    decays_s = rng.uniform(*decay_s, (count, 1)) / ratios**0.7
    levels = rng.uniform(0.3, 1, pitches_hz.shape) / ratios**0.8
    levels[pitches_hz > 18_000] = 0
    rings = damped(pitches_hz.ravel(), decays_s.ravel(), 3.5 * decay_s[1])
    rings *= levels.ravel()[:, None].astype(np.float32)
    return np.asarray(rings.reshape(count, len(ratios), -1).sum(axis=1), dtype=np.float32)


def _china(rng: Rng) -> Grains:
    return _modes(10, rng, np.array([1, 1.52, 2.18, 3.1]), (1900, 3600), (0.03, 0.1))


def _metal(rng: Rng) -> Grains:
    return _modes(8, rng, np.array([1, 1.83, 2.71, 4.3, 6.2]), (700, 1800), (0.05, 0.16))


def _board(rng: Rng) -> Grains:
    """A knife on wood: a knock with a little of the blade in it."""
    knock = _modes(8, rng, np.array([1, 1.9, 3.2]), (260, 380), (0.018, 0.03))
    blade = bursts(8, rng, np.full(8, 0.003), 0.105, ((300, -20), (3000, 0), (20000, -12)))
    return np.asarray(knock + 0.3 * blade[:, : knock.shape[1]], dtype=np.float32)


def _keys(rng: Rng) -> Grains:
    """Sixteen keys: a plastic tap of 2–5 ms and the thud of the board beneath it."""
    tap_colour: Colour = ((200, -24), (900, -6), (2200, 0), (5000, -3), (12000, -16), (20000, -30))
    tap = bursts(16, rng, rng.uniform(0.002, 0.005, 16), 0.05, tap_colour)
    thud = damped(rng.uniform(170, 330, 16), np.full(16, 0.008), 0.05)
    return np.asarray(tap + 0.4 * thud, dtype=np.float32)
