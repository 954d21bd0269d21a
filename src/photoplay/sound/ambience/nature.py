"""Birds, crickets and fire."""

from __future__ import annotations

import numpy as np

from photoplay.frames import SAMPLE_RATE_HZ, Audio
from photoplay.sound.signals import (
    Colour,
    Grains,
    Indices,
    Mono,
    Numbers,
    Rng,
    bursts,
    drift,
    from_db,
    modulate,
    noise,
)
from photoplay.sound.space import Place, random_times, reverberate, scatter

LEAVES: Colour = (
    (20, -8),
    (100, -10),
    (300, -14),
    (1000, -16),
    (3000, -15),
    (8000, -22),
    (20000, -40),
)
NIGHT_AIR: Colour = ((20, -4), (80, -6), (300, -14), (1000, -22), (5000, -34), (20000, -60))
FLAME: Colour = ((20, -6), (60, 0), (150, -2), (400, -10), (1200, -22), (5000, -38), (20000, -62))
SIZZLE: Colour = ((20, -60), (600, -26), (2500, -6), (6000, 0), (11000, -4), (20000, -18))
WOOD = Place(1.1, 0.45, ((20, -40), (400, -14), (1500, -2), (4000, 0), (7000, -8), (20000, -36)))
HEARTH = Place(0.35, 0.25, ((20, -12), (150, -2), (1500, 0), (6000, -8), (20000, -26)))
SYLLABLE_S = 0.24  # the longest


def birds(samples: int, rng: Rng) -> Audio:
    """A few songbirds in a wood by day.

    Song is near-pure whistles, mostly 2–8 kHz, that glide within syllables of 50–200 ms
    (Greenewalt, Bird Song: Acoustics and Physiology, 1968). Each bird keeps to its own syllable,
    pitch and rhythm, pauses, and sings again; far ones are softer and more reverberant.
    """
    air = noise(samples, rng, LEAVES, spacing_m=0.5)
    air = modulate(air, np.exp(0.3 * drift(samples, rng, 0.15, 1.5)))
    song = np.zeros((samples, 2), dtype=np.float32, order="F")
    first_s = 0.15
    for nearness in (1.0, 0.7, 0.5, 0.35, 0.25):
        song += _songster(samples, rng, first_s, nearness)
        first_s = rng.uniform(0.2, 2.0)
    return reverberate(song, rng, WOOD) + from_db(-32) * air


def crickets(samples: int, rng: Rng) -> Audio:
    """A summer night: field crickets close by, tree crickets trilling far off.

    A field cricket (Gryllus) chirps at 4–5 kHz in three or four pulses of 15–20 ms, about 28
    pulses a second. Chirps come faster in the warm: 2.5 a second at 25 °C by Dolbear's law (Am.
    Naturalist 31, 1897). Tree crickets (Oecanthus) trill near 3 kHz at about 45 pulses a
    second without a pause, and swell and fade as they turn.
    """
    night = noise(samples, rng, NIGHT_AIR, spacing_m=0.4)
    night = modulate(night, from_db(-33) * np.exp(0.25 * drift(samples, rng, 0.15, 2)))
    for nearness in (1.0, 0.55, 0.3, 0.22):
        night += _chirper(samples, rng, nearness)
    trills = np.zeros((samples, 2), dtype=np.float32, order="F")
    for _ in range(5):
        trills += _triller(samples, rng)
    trills = modulate(trills, np.exp(0.3 * drift(samples, rng, 0.2, 1.5)))
    return reverberate(night + from_db(-12) * trills, rng, WOOD)


def fire(samples: int, rng: Rng) -> Audio:
    """A wood fire: lapping flames, hiss, and the crackle of bursting cells.

    Flames puff at about 1.5/√D per s (Cetegen and Ahmed, Combust. Flame 93, 1993): 2.7 Hz for a
    hearth 0.3 m wide, hence the flutter of the roar. Crackles come singly and in avalanches, most
    of them small, a few loud (a power law).
    """
    puffs = np.exp(0.42 * drift(samples, rng, 1.8, 4) + 0.3 * drift(samples, rng, 0.2, 1))
    roar = modulate(noise(samples, rng, FLAME, spacing_m=0.3), puffs)
    hiss = noise(samples, rng, SIZZLE)
    hiss = modulate(hiss, np.exp(0.45 * drift(samples, rng, 0.4, 8)))
    seeds = random_times(samples, rng, 15)
    times = np.repeat(seeds, 1 + rng.geometric(0.55, len(seeds)) * (rng.random(len(seeds)) < 0.35))
    times += rng.exponential(0.02 * SAMPLE_RATE_HZ, len(times)).astype(np.intp)
    crackle = scatter(
        samples,
        _crackles(rng),
        at=times,
        which=rng.integers(0, 40, len(times)),
        gains=np.minimum(0.3 * (rng.pareto(1.3, len(times)) + 0.35), 1.1),
        positions=rng.beta(3, 3, len(times)),
    )
    sparks = reverberate(crackle + from_db(-30) * hiss, rng, HEARTH)
    return from_db(-21) * roar + sparks


def _crackles(rng: Rng) -> Grains:
    """Snaps of 1–6 ms, each around a pitch of its own."""
    length_s, count = 0.02, 40
    decay_s = np.exp(rng.uniform(np.log(0.0004), np.log(0.003), count))
    snap: Colour = ((200, -14), (900, -4), (2500, 0), (6000, -3), (12000, -10), (20000, -20))
    grains = bursts(count, rng, decay_s, length_s, snap)
    time_s = np.arange(grains.shape[1], dtype=np.float32) / SAMPLE_RATE_HZ
    pitch_hz = np.exp(rng.uniform(np.log(700), np.log(5000), count)).astype(np.float32)
    tone = np.cos(np.float32(2 * np.pi) * pitch_hz[:, None] * time_s)
    return np.asarray(grains * (np.float32(0.5) + tone), dtype=np.float32)


def _songster(samples: int, rng: Rng, first_s: float, nearness: float) -> Audio:
    """One bird: phrases of its syllable with pauses between them."""
    each_s, gap_s = rng.uniform(0.07, 0.2), rng.uniform(0.03, 0.12)
    syllables = _syllables(rng, each_s)
    starts_s, end_s = [], samples / SAMPLE_RATE_HZ
    now_s = first_s
    while now_s < end_s:
        count = rng.integers(2, 8)
        starts_s += [now_s + k * (each_s + gap_s) for k in range(count)]
        now_s = starts_s[-1] + each_s + rng.exponential(1.1) + 0.5
    at = (np.array(starts_s) * SAMPLE_RATE_HZ).astype(np.intp)
    return scatter(
        samples,
        syllables,
        at=at,
        which=rng.integers(0, len(syllables), len(at)),
        gains=nearness * rng.uniform(0.75, 1, len(at)),
        positions=np.full(len(at), rng.uniform(0.08, 0.92)),
    )


def _syllables(rng: Rng, length_s: float) -> Grains:
    """Four renderings of one bird's syllable of that length, each no two quite the same."""
    part = np.linspace(0, 1, round(SYLLABLE_S * SAMPLE_RATE_HZ), dtype=np.float32)
    centre_hz, span = np.exp(rng.uniform(np.log(2300), np.log(5800))), rng.uniform(0.12, 0.35)
    gesture = rng.integers(0, 4)
    rows = []
    for _ in range(4):
        within = np.clip(part * np.float32(SYLLABLE_S / length_s * rng.uniform(0.93, 1.07)), 0, 1)
        glide = _glide(within, int(gesture), rng)
        pitch_hz = centre_hz * rng.uniform(0.985, 1.015) * (1 + span * glide)
        phase = 2 * np.pi * np.cumsum(pitch_hz) / SAMPLE_RATE_HZ
        loudness = np.abs(np.sin(np.pi * within)) ** 1.3
        rows.append(loudness * (np.sin(phase) + 0.1 * np.sin(2 * phase)))
    return np.asarray(rows, dtype=np.float32)


def _glide(within: Mono, gesture: int, rng: Rng) -> Numbers:
    """How the pitch moves over a syllable, about −0.7 to 1, for each of four gestures."""
    if gesture == 0:  # slur down
        return 0.6 - 1.2 * within
    if gesture == 1:  # arch
        return np.asarray(np.sin(np.pi * within))
    if gesture == 2:  # trill
        beats = np.sin(2 * np.pi * rng.uniform(4, 7) * within)
        return np.asarray(0.4 * beats + 0.3 - 0.6 * within)
    step = 1 / (1 + np.exp((within - 0.5) / np.float32(0.03)))  # two notes, the second lower
    return np.asarray(1.2 * step - 0.5)


def _pulse(rng: Rng, pitch_hz: float, length_s: float) -> Grains:
    """One closing of the wings: a tone that swells and sinks a little."""
    part = np.linspace(0, 1, round(length_s * SAMPLE_RATE_HZ))
    pitch = pitch_hz * (1.012 - 0.024 * part)
    phase = 2 * np.pi * (np.cumsum(pitch) / SAMPLE_RATE_HZ + rng.random())
    return np.asarray([np.abs(np.sin(np.pi * part)) ** 0.8 * np.sin(phase)], dtype=np.float32)


def _pulses_at(samples: int, pulse: Grains, rng: Rng, at: Indices, level: float) -> Audio:
    count = len(at)
    return scatter(
        samples,
        pulse,
        at=at,
        which=np.zeros(count, dtype=np.intp),
        gains=level * rng.uniform(0.85, 1, count),
        positions=np.full(count, rng.uniform(0.08, 0.92)),
    )


def _chirper(samples: int, rng: Rng, nearness: float) -> Audio:
    """One field cricket."""
    end_s, every_s = samples / SAMPLE_RATE_HZ, rng.uniform(0.36, 0.46)
    starts_s = np.arange(-rng.random() * every_s, end_s, every_s)
    starts_s = starts_s + rng.normal(0, 0.012, len(starts_s))
    pulses_s = starts_s[:, None] + np.arange(rng.integers(3, 5)) / rng.uniform(26, 31)
    at = (pulses_s.ravel() * SAMPLE_RATE_HZ).astype(np.intp)
    return _pulses_at(samples, _pulse(rng, rng.uniform(4200, 5000), 0.019), rng, at, nearness)


def _triller(samples: int, rng: Rng) -> Audio:
    """One tree cricket."""
    every_s = 1 / rng.uniform(40, 50)
    starts_s = np.arange(-every_s, samples / SAMPLE_RATE_HZ, every_s)
    at = ((starts_s + rng.random() * every_s) * SAMPLE_RATE_HZ).astype(np.intp)
    pulse = _pulse(rng, rng.uniform(2750, 3350), 0.017)
    return _pulses_at(samples, pulse, rng, at, rng.uniform(0.1, 0.35))
