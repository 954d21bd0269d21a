"""What notes are made of: rings, bodies, ensembles, envelopes.

**Waves** are float32 (1 or 2, length): one sound in the middle, or one that has width. Knows
nothing about instruments or scores.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from photoplay.frames import SAMPLE_RATE_HZ
from photoplay.sound.signals import (
    Colour,
    Control,
    Mono,
    Numbers,
    Rng,
    control_time_s,
    cycle,
    drift,
    fft_size,
    mono_noise,
    oscillate,
    response,
)

Waves: TypeAlias = NDArray[np.float32]  # (1 or 2, length)

HIGHEST_HZ = 16_000.0  # no partials above: they would only add aliases
FINE = 256  # samples in a row of `ring`
# Multiplications in one matrix product. Larger ones are shared out among threads, and waiting for
# a busy core costs more than the product.
SMALL_PRODUCT = 200_000
FULL_SCALE_BLOCK = 1024  # samples over which the loudness of a tone is taken


@dataclass(frozen=True, slots=True)
class Tone:
    """One note as it is rendered: a MIDI pitch, held so long, struck so hard (0–1)."""

    pitch: int
    hold_s: float
    force: float


Recipe: TypeAlias = Callable[[Tone, Rng], Waves]


def pitch_hz(pitch: float) -> float:
    """The frequency of a MIDI pitch in equal temperament, A4 = 440 Hz."""
    return float(440 * 2 ** ((pitch - 69) / 12))


def harmonics(pitch: float, most: int) -> NDArray[np.float64]:
    """1, 2, 3 … up to `most`, or to the highest that is heard."""
    return np.arange(1, max(min(most, int(HIGHEST_HZ / pitch_hz(pitch))), 1) + 1.0)


def ring(
    partials_hz: Numbers,
    levels: Numbers,
    decays_s: Numbers,
    length: int,
    phases: Numbers | None = None,
) -> Mono:
    """Sines that start together and die away, each with its time to fall by 1/e, (length,).

    A damped sine is z^n with a complex z, and z^(a·L + b) = (z^L)^a · z^b: over all partials the
    sum is one product of two small matrices. That is a few multiplications a sample where the
    sines themselves would cost as many calls, and its phase does not tire over long notes.
    """
    rates = (2j * np.pi * np.asarray(partials_hz) - 1 / np.asarray(decays_s)) / SAMPLE_RATE_HZ
    starts = np.asarray(levels) * np.exp(1j * (0.0 if phases is None else np.asarray(phases)))
    rows = max(SMALL_PRODUCT // (FINE * 2 * len(rates)), 2)
    blocks = -(-length // (FINE * rows))
    fine = starts * np.exp(np.arange(FINE)[:, None] * rates)  # (FINE, partials)
    coarse = np.exp(FINE * np.arange(blocks * rows)[:, None] * rates)
    left = np.concatenate([coarse.real, coarse.imag], axis=1).astype(np.float32)
    right = np.concatenate([fine.imag, fine.real], axis=1).astype(np.float32).T
    return np.asarray((left.reshape(blocks, rows, -1) @ right).ravel()[:length])


def ensemble(
    pitch: float,
    levels: Numbers,
    rng: Rng,
    length: int,
    *,
    players: int,
    spread_cents: float,
    vibrato_cents: float = 0.0,
    onset_s: float = 0.3,
) -> Waves:
    """Players of one note from left to right, (2, length): each a little out, with own vibrato.

    `levels` are the amplitudes of the harmonics. Vibrato of 5 to 6 Hz that sets in after
    `onset_s` is what string players do (Fletcher and Rossing, The Physics of Musical Instruments,
    1998, ch. 10); its phase differs from player to player, so a section shimmers.
    """
    time_s = control_time_s(length)
    waves = np.zeros((2, length), dtype=np.float32)
    places = np.linspace(0.15, 0.85, players) if players > 1 else np.array([0.5])
    for place in rng.permutation(places):
        cents = spread_cents * rng.uniform(-1, 1) + 3 * drift(length, rng, 0.5, 4)
        cents = cents + _vibrato(time_s, rng, vibrato_cents, onset_s)
        tone = oscillate(cycle(levels, rng), pitch_hz(pitch) * 2 ** (cents / 1200), length)
        waves[0] += np.float32(np.sqrt(1 - place)) * tone
        waves[1] += np.float32(np.sqrt(place)) * tone
    return waves


def envelope(length: int, attack_s: float, release_s: float) -> Mono:
    """0 to 1 and back to 0 along raised cosines; short notes rise as far as they get."""
    gain = np.ones(length, dtype=np.float32)
    for slope_s, edge in ((attack_s, gain), (release_s, gain[::-1])):
        slope = min(round(slope_s * SAMPLE_RATE_HZ), length)
        edge[:slope] *= np.sin(np.linspace(0, np.pi / 2, slope, dtype=np.float32)) ** 2
    return gain


def closing(length: int, decay_s: float, floor: float = 0.0) -> Mono:
    """1 falling exponentially towards `floor`, as a filter does that closes after the attack."""
    time_s = np.arange(length, dtype=np.float32) / SAMPLE_RATE_HZ
    return np.asarray(floor + (1 - floor) * np.exp(-time_s / np.float32(decay_s)))


def filtered(waves: Waves, colour: Colour) -> Waves:
    """`waves` through a filter without delay or ring."""
    length = waves.shape[-1]
    size = fft_size(length + SAMPLE_RATE_HZ // 20)
    spectrum = np.fft.rfft(waves, size, norm="ortho") * response(size, colour)
    return np.asarray(np.fft.irfft(spectrum, size, norm="ortho")[..., :length], dtype=np.float32)


def levelled(waves: Waves, block: int = FULL_SCALE_BLOCK) -> Waves:
    """Scaled to an rms of 1 where it is loudest, so that instruments can be balanced by numbers."""
    length = waves.shape[-1]
    mono = np.pad(waves, ((0, 0), (0, -length % block)))
    powers = np.mean(mono.reshape(len(waves), -1, block) ** 2, axis=(0, 2))
    return np.asarray(waves / np.sqrt(powers.max() + np.float32(1e-12)), dtype=np.float32)


def comb(numbers: Numbers, share: float) -> NDArray[np.float64]:
    """How strongly a string struck or plucked at `share` of its length sounds each partial."""
    return np.asarray(np.abs(np.sin(np.pi * share * np.asarray(numbers))), dtype=np.float64)


def bumps(partials_hz: Numbers, formants: Sequence[tuple[float, float, float]]) -> Numbers:
    """Gains of a body with resonances (Hz, width in octaves, dB)."""
    level_db = np.zeros(len(partials_hz))
    for centre_hz, width, gain_db in formants:
        level_db += gain_db * np.exp(-((np.log2(partials_hz / centre_hz) / width) ** 2))
    return np.asarray(10 ** (level_db / 20))


def struck(waves: Waves | Mono, attack_s: float, release_s: float) -> Waves:
    """A note that starts at once and is damped at its end."""
    rows = np.atleast_2d(waves)
    return levelled(rows * envelope(rows.shape[1], attack_s, release_s))


def knock(length: int, rng: Rng, colour: Colour, decay_s: float) -> Mono:
    """A burst of noise at the start of a note: hammer, finger, mallet. Its rms starts at 1."""
    burst = min(length, samples_of(8 * decay_s))
    knock = np.zeros(length, dtype=np.float32)
    knock[:burst] = mono_noise(burst, rng, colour) * closing(burst, decay_s)
    return knock


def samples_of(length_s: float) -> int:
    """Samples of a tone that lasts so long; never none."""
    return max(round(length_s * SAMPLE_RATE_HZ), 64)


def _vibrato(time_s: Control, rng: Rng, cents: float, onset_s: float) -> Control:
    rate_hz, phase = rng.uniform(5.0, 6.2), rng.uniform(0, 2 * np.pi)
    depth = cents * np.clip((time_s - onset_s) / 0.5, 0, 1)
    return np.asarray(depth * np.sin(2 * np.pi * rate_hz * time_s + phase), dtype=np.float32)
