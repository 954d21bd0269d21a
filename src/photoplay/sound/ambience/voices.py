"""Babble: many people talking, no word understood.

Syllables are made by source and filter (Fant, Acoustic Theory of Speech Production, 1960): a
train of glottal pulses, or a breath of noise, through three formants that move from one vowel to
another. A voice draws syllables near its own pitch, four or five a second, the rate at which the
envelope of speech beats in all languages (Houtgast and Steeneken, JASA 77, 1985).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from photoplay.frames import SAMPLE_RATE_HZ, Audio
from photoplay.sound.signals import Colour, Grains, Indices, Mono, Numbers, Rng, bursts, fft_size
from photoplay.sound.space import scatter

# Peterson and Barney, JASA 24, 1952: mean formants F1, F2, F3 of men, in Hz.
VOWELS_HZ = np.array(
    [
        (270, 2290, 3010),  # heed
        (390, 1990, 2550),  # hid
        (530, 1840, 2480),  # head
        (660, 1720, 2410),  # had
        (730, 1090, 2440),  # hod
        (570, 840, 2410),  # hawed
        (440, 1020, 2240),  # hood
        (300, 870, 2240),  # who'd
        (640, 1190, 2390),  # hud
        (490, 1350, 1690),  # heard
    ]
)
BANDWIDTHS_HZ = (80.0, 110.0, 170.0)
SYLLABLE_S = 0.25
CONSONANT_S = 0.042
POOL = 32
REPERTOIRE = 9  # syllables of the pool near enough in pitch to be one voice


def babble(samples: int, rng: Rng, *, voices: int, nearest: float = 1.0) -> Audio:
    """`voices` people who talk at once, spread from left to right.

    `nearest` is how much louder the nearest is than the middle one.
    """
    pool = _syllables(rng)
    at = [_rhythm(samples, rng) for _ in range(voices)]
    counts = [len(onsets) for onsets in at]
    syllables = sum(counts)
    lowest = np.repeat(rng.integers(0, POOL - REPERTOIRE, voices), counts)
    levels = np.concatenate([[nearest], rng.uniform(0.25, 1, voices - 1)])
    return scatter(
        samples,
        pool,
        at=np.concatenate(at),
        which=lowest + rng.integers(0, REPERTOIRE, syllables),
        gains=np.repeat(levels, counts) * rng.uniform(0.5, 1, syllables),
        positions=np.repeat(rng.uniform(0.05, 0.95, voices), counts),
    )


def _rhythm(samples: int, rng: Rng) -> Indices:
    """Onsets of one voice: phrases of 3–12 syllables, a pause after each."""
    end_s, now_s = samples / SAMPLE_RATE_HZ, -rng.uniform(0, 3)
    onsets_s: list[float] = []
    while now_s < end_s:
        gaps_s = rng.uniform(0.15, 0.29, rng.integers(3, 13))
        onsets_s += (now_s + np.cumsum(gaps_s)).tolist()
        now_s = onsets_s[-1] + rng.uniform(0.35, 1.5)
    return (np.array(onsets_s) * SAMPLE_RATE_HZ).astype(np.intp)


def _syllables(rng: Rng) -> Grains:
    """POOL syllables in order of rising pitch, from a low man's to a high woman's voice."""
    length = round(SYLLABLE_S * SAMPLE_RATE_HZ)
    size = fft_size(length)
    part = np.arange(length, dtype=np.float32) / np.float32(length)
    pitch_hz = np.geomspace(92, 245, POOL)
    source = np.fft.rfft(_glottis(part, pitch_hz, rng), size, norm="ortho")
    tract = 1 + 0.17 * np.linspace(0, 1, POOL)  # women's formants lie about 17 % higher
    onset, coda = (
        np.fft.irfft(source * _formants(size, tract, rng), size, norm="ortho")[:, :length]
        for _ in range(2)
    )
    onset += (coda - onset) * np.clip(part * 2 - np.float32(0.5), 0, 1)
    onset /= np.sqrt(np.mean(onset**2, axis=1, keepdims=True))
    spoken = onset * _envelopes(part, rng)
    hisses = _consonants(rng)
    spoken[:, : hisses.shape[1]] += hisses
    return np.asarray(spoken * np.float32(0.25), dtype=np.float32)


def _envelopes(part: Mono, rng: Rng) -> Grains:
    """How each syllable opens and closes."""
    attack, release = rng.uniform([[0.12], [0.3]], [[0.3], [0.6]], (2, POOL)).astype(np.float32)
    open_part = np.minimum(part / attack[:, None], (1 - part) / release[:, None])
    open_part = np.clip(open_part, 0, 1, out=open_part)
    return np.asarray(np.sin(np.float32(np.pi / 2) * open_part) ** 2, dtype=np.float32)


def _glottis(part: Mono, pitch_hz: Numbers, rng: Rng) -> Grains:
    """One impulse a period; the pitch glides over the syllable, mostly down."""
    slope, bend = rng.uniform([[-0.35], [0.0]], [[0.18], [0.2]], (2, POOL)).astype(np.float32)
    glided = part + slope[:, None] / 2 * part**2 + bend[:, None] / 3 * part**3  # ∫ of the pitch
    turns = (pitch_hz * SYLLABLE_S).astype(np.float32)[:, None] * glided
    begun = np.diff(turns.astype(np.int16), axis=1, prepend=np.int16(0))
    return np.asarray(begun, dtype=np.float32)


def _formants(size: int, tract: Numbers, rng: Rng) -> NDArray[np.complex64]:
    """A random vowel's three resonances in cascade, (POOL, bins).

    The glottis and the lips together fall by 6 dB/octave from 160 Hz; the formants left out above
    the third would lift the spectrum again, here from 1.2 kHz.
    """
    hz = (np.arange(size // 2 + 1) * (SAMPLE_RATE_HZ / size)).astype(np.float32)
    centres_hz = VOWELS_HZ[rng.integers(0, len(VOWELS_HZ), POOL)] * tract[:, None]
    tilt = (1 + 1j * hz / 160) / (1 + 1j * hz / 1200) * (1 + 60 / np.maximum(hz, 1))
    total = np.broadcast_to(tilt.astype(np.complex64), (POOL, len(hz))).copy()
    resonance = np.empty_like(total)
    for formant, width_hz in enumerate(BANDWIDTHS_HZ):
        ratio = hz / centres_hz[:, formant, None].astype(np.float32)
        np.subtract(1, ratio**2, out=resonance.real)
        np.multiply(ratio, (width_hz / centres_hz[:, formant, None]), out=resonance.imag)
        total *= resonance
    return np.asarray(1 / total, dtype=np.complex64)


def _consonants(rng: Rng) -> Grains:
    """For every third syllable or so, a hiss around 2.5 to 7 kHz to put before the vowel."""
    colour: Colour = ((300, -40), (1500, -10), (3000, 0), (6000, 0), (9000, -10), (20000, -40))
    hiss = bursts(POOL, rng, np.full(POOL, 1.0), CONSONANT_S, colour)
    swell = np.sin(np.linspace(0, np.pi, hiss.shape[1])) ** 2
    levels = rng.uniform(0.1, 0.35, (POOL, 1)) * (rng.random((POOL, 1)) < 1 / 3)
    return np.asarray(hiss * swell * levels, dtype=np.float32)
