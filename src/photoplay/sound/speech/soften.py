"""From a synthesiser's output to a voice that sits in a film: rate, steadiness, colour, level.

Knows nothing about words; every step keeps times, to within a thousandth of a second.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from photoplay.frames import SAMPLE_RATE_HZ
from photoplay.sound.signals import (
    Colour,
    Control,
    Mono,
    Rng,
    control_points,
    drift,
    fft_size,
    from_db,
    mono_noise,
    response,
    upsample,
)
from photoplay.sound.speech.wording import loudness

FLAT: Colour = ((20, 0), (20_000, 0))
# The air that a synthesiser of 22 kHz leaves out: above 10 kHz in full, below only a trace. At 5 %
# of the voice from 2.5 kHz up, a recogniser took half as many words again for others.
AIR: Colour = (
    (20, -80),
    (3000, -50),
    (5000, -24),
    (9000, -12),
    (10_500, 0),
    (13_000, 0),
    (16_000, -12),
    (20_000, -40),
)
AIR_LEVEL = 0.25  # of the envelope of the voice's slope, which is mostly that of its consonants
WANDER_S = 0.0005  # rms by which sound comes early or late: ±0.4 % of pitch at 1.3 Hz
ENVELOPE_POINTS = 15  # 20 ms, two periods of a low voice
COMPRESSION = -0.35  # exponent of the gain over the mean level: 10 dB more become 6.5 dB
ACTIVE_DB = -30.0  # below the loudest moment: not speech, not counted in its level
LEVEL_DB = -20.0  # rms of active speech, re full scale
PEAK = from_db(-1.0)
EDGE_S = 0.004
PAD_S = 0.05


@dataclass(frozen=True, slots=True)
class Timbre:
    """What is done to a voice. `colour` is added to it, in dB."""

    colour: Colour = FLAT
    unsteady: float = 1.0  # 1 an adult, 3 a trembling voice
    breath: float = 1.0


def soften(raw: Mono, rate_hz: float, timbre: Timbre, rng: Rng) -> Mono:
    """`raw` at 48 kHz as if a person had said it: float32 mono, active level −20 dBFS.

    `rate_hz` is the rate at which `raw` is to be heard: more than it was made at makes a smaller
    speaker, formants and pitch up alike.
    """
    voice = wander(resample(raw, rate_hz, timbre.colour), timbre.unsteady, rng)
    if len(voice) == 0:
        return voice
    slope = envelope(np.diff(voice, prepend=np.float32(0)))
    air = mono_noise(len(voice), rng, AIR)
    air *= upsample(np.float32(AIR_LEVEL * timbre.breath) * slope, len(voice))
    return levelled((voice + air) * upsample(compression(envelope(voice)), len(voice)))


def resample(raw: Mono, rate_hz: float, colour: Colour = FLAT) -> Mono:
    """`raw` at 48 kHz through the filter `colour`, by one transform; of its exact length in time.

    The spectrum is cut or filled up with nothing, which is an ideal interpolation of a sound that
    is silent beyond its ends; the filter has zero phase, and so moves nothing in time.
    """
    count = round(len(raw) * SAMPLE_RATE_HZ / rate_hz)
    size = fft_size(count + round(PAD_S * SAMPLE_RATE_HZ))
    source = round(size * rate_hz / SAMPLE_RATE_HZ)
    spectrum = np.fft.rfft(raw, source, norm="ortho")
    bins = min(len(spectrum), size // 2 + 1)
    gains = response(size, colour)[:bins] * np.float32(np.sqrt(size / source))
    wave = np.fft.irfft(spectrum[:bins] * gains, size, norm="ortho")
    return np.asarray(wave[:count], dtype=np.float32)


def wander(voice: Mono, amount: float, rng: Rng) -> Mono:
    """Time that runs a little fast and slow, so that no pitch stands still.

    Human pitch drifts by some cents within a held vowel (Titze, Principles of Voice Production,
    1994, ch. 10). Samples between samples are read by cubics (Catmull and Rom, 1974).
    """
    if len(voice) < 4:
        return voice
    late_s = amount * WANDER_S * drift(len(voice), rng, 0.7, 3)
    at = np.arange(len(voice), dtype=np.float32)
    shift = upsample(late_s * np.float32(SAMPLE_RATE_HZ), len(voice))
    whole = np.floor(shift)
    part = shift - whole
    index = np.clip((at + whole).astype(np.intp), 1, len(voice) - 3)
    before, left, right, after = (voice[index + step] for step in (-1, 0, 1, 2))
    cubic = (3 * (left - right) + after - before) * part
    cubic = (cubic + 2 * before - 5 * left + 4 * right - after) * part
    cubic = (cubic + right - before) * part
    return np.asarray(left + cubic / 2, dtype=np.float32)


def envelope(voice: Mono) -> Control:
    """The rms over 20 ms, at every control point."""
    power = np.zeros(control_points(len(voice)) + ENVELOPE_POINTS, dtype=np.float64)
    blocks = loudness(voice).astype(np.float64) ** 2
    power[: len(blocks)] = blocks
    total = np.concatenate([[0.0], np.cumsum(power)])
    points = np.arange(control_points(len(voice)))
    first = np.maximum(points - ENVELOPE_POINTS // 2, 0)
    last = points + ENVELOPE_POINTS // 2 + 1
    mean = (total[last] - total[first]) / ENVELOPE_POINTS
    return np.asarray(np.sqrt(np.maximum(mean, 0)), dtype=np.float32)


def compression(level: Control) -> Control:
    """The gain that brings loud moments nearer to the mean."""
    mean = np.sqrt(np.mean(level**2)) + np.float32(1e-9)
    return np.asarray(np.maximum(level / mean, 1) ** COMPRESSION, dtype=np.float32)


def levelled(voice: Mono) -> Mono:
    """At LEVEL_DB while it speaks, its peaks bent under PEAK, its ends at 0 and its mean at 0."""
    if len(voice) == 0:
        return voice
    power = loudness(voice) ** 2
    active = power[power > power.max() * from_db(2 * ACTIVE_DB)]
    if len(active) == 0:
        return voice
    voice = voice * np.float32(from_db(LEVEL_DB) / np.sqrt(np.mean(active)))
    voice = np.float32(PEAK) * np.tanh(voice / np.float32(PEAK))
    edges = _edges(len(voice))
    offset = float(np.mean(voice, dtype=np.float64))
    return np.asarray((voice - np.float32(offset)) * edges, dtype=np.float32)


def _edges(samples: int) -> Mono:
    """1 with a short rise and fall: a sound that begins at once would click."""
    gain = np.ones(samples, dtype=np.float32)
    length = min(round(EDGE_S * SAMPLE_RATE_HZ), samples // 2)
    gain[:length] = np.linspace(0, 1, length, dtype=np.float32)
    gain[samples - length :] = np.linspace(1, 0, length, dtype=np.float32)
    return gain
