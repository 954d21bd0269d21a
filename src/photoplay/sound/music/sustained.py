"""Instruments that hold their notes: strings, horns, pads.

Each is a pure function (tone, generator) → waves of rms 1 where it is loudest, faded out at its
end. Timbre follows force, as it does when one plays harder.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from photoplay.sound.music.tones import (
    Tone,
    Waves,
    bumps,
    closing,
    ensemble,
    envelope,
    harmonics,
    levelled,
    pitch_hz,
    ring,
    samples_of,
)
from photoplay.sound.signals import Mono, Numbers, Rng

VIOLINS = ((460, 0.4, 4.0), (1100, 0.5, 3.0), (2600, 0.6, 5.0))  # body, wood and bridge
HORN = ((450, 0.7, 6.0), (900, 0.6, 3.0))


def strings(tone: Tone, rng: Rng) -> Waves:
    """A section of six that swells in and lets go softly.

    A bowed string moves as a sawtooth (Helmholtz; Fletcher and Rossing, ch. 10); the body's
    resonances shape it.
    """
    length = samples_of(tone.hold_s + 0.5)
    levels = _bowed(tone.pitch, 1200 + 2600 * tone.force)
    section = ensemble(tone.pitch, levels, rng, length, players=6, spread_cents=9, vibrato_cents=14)
    attack_s = min(0.32 - 0.16 * tone.force, 0.5 * tone.hold_s)
    return levelled(section * envelope(length, attack_s, 0.5))


def spiccato(tone: Tone, rng: Rng) -> Waves:
    """The same section with short bows that bounce."""
    length = samples_of(0.32)
    levels = _bowed(tone.pitch, 1800 + 3200 * tone.force)
    section = ensemble(tone.pitch, levels, rng, length, players=4, spread_cents=8)
    return levelled(section * closing(length, 0.09) * envelope(length, 0.018, 0.1))


def horns(tone: Tone, rng: Rng) -> Waves:
    """Horns: the louder, the brighter, also within a note.

    That a brass tone is known by this is due to Risset and Mathews (Physics Today 22, 1969).
    """
    length = samples_of(tone.hold_s + 0.3)
    number = harmonics(tone.pitch, 20)
    hz = number * pitch_hz(tone.pitch)
    levels = np.exp(-hz / (500 + 900 * tone.force)) * bumps(hz, HORN)
    swell = envelope(length, min(0.16, 0.4 * tone.hold_s), 0.28)
    dark, bright = (
        _horns(tone, rng, part, length) for part in (levels * (number <= 3), levels * (number > 3))
    )
    return levelled(dark * swell + bright * swell**3 * (0.5 + tone.force))


def _horns(tone: Tone, rng: Rng, levels: Numbers, length: int) -> Waves:
    """Three players; harmonics of no level give silence."""
    power = np.sum(levels**2)
    if not power:
        return np.zeros((2, length), dtype=np.float32)
    section = ensemble(tone.pitch, levels, rng, length, players=3, spread_cents=7, vibrato_cents=4)
    return np.asarray(section * np.float32(np.sqrt(power)), dtype=np.float32)


def warm_pad(tone: Tone, rng: Rng) -> Waves:
    """Detuned saws under a low filter that opens slowly: wide, without an attack."""
    return _pad(tone, rng, cutoff_hz=350 + 900 * tone.force, attack_s=0.7, release_s=0.9)


def saw_pad(tone: Tone, rng: Rng) -> Waves:
    """The bright pad of the 1980s."""
    return _pad(tone, rng, cutoff_hz=900 + 2600 * tone.force, attack_s=0.12, release_s=0.5)


def glass_pad(tone: Tone, rng: Rng) -> Waves:
    """Octaves and twelfths of near-sines, as rubbed glasses: all air."""
    length = samples_of(tone.hold_s + 1.2)
    hz = pitch_hz(tone.pitch) * np.array([1, 2, 3, 4, 6])
    levels = np.array([1, 0.5, 0.22, 0.12, 0.05])
    attack_s = min(0.9, 0.5 * tone.hold_s + 0.1)
    sides = [
        ring(
            np.concatenate([hz * 2 ** (rng.uniform(-5, 5, 5) / 1200), hz]),
            np.concatenate([levels, levels]),
            np.full(10, 1e3),
            length,
            rng.uniform(0, 2 * np.pi, 10),
        )
        for _ in range(2)
    ]
    return levelled(np.stack(sides) * envelope(length, attack_s, 1.2))


def soft_bass(tone: Tone, rng: Rng) -> Waves:
    """A low sine that swells: what carries ambient music."""
    length = samples_of(tone.hold_s + 0.6)
    hz = pitch_hz(tone.pitch) * np.array([1, 2, 3])
    wave = ring(hz, np.array([1, 0.35, 0.12]), np.full(3, 1e3), length, rng.uniform(0, 6.28, 3))
    return levelled(wave[None] * envelope(length, min(0.25, 0.4 * tone.hold_s), 0.5))


def _bowed(pitch: int, cutoff_hz: float) -> NDArray[np.float64]:
    number = harmonics(pitch, 30)
    hz = number * pitch_hz(pitch)
    return np.asarray(bumps(hz, VIOLINS) / number / np.sqrt(1 + (hz / cutoff_hz) ** 3))


def _pad(tone: Tone, rng: Rng, *, cutoff_hz: float, attack_s: float, release_s: float) -> Waves:
    """Three saws a side. The partials above the fourth come in later: the filter opens."""
    length = samples_of(tone.hold_s + release_s)
    number = harmonics(tone.pitch, 24)
    hz = number * pitch_hz(tone.pitch)
    levels = 1 / number / np.sqrt(1 + (hz / cutoff_hz) ** 4)
    attack_s = min(attack_s, 0.5 * tone.hold_s + 0.02)
    late = envelope(length, min(2.2 * attack_s, tone.hold_s), release_s)
    early = envelope(length, attack_s, release_s)
    sides = []
    for _ in range(2):
        low, high = (
            _choir(hz[part], levels[part], rng, length) for part in (slice(None, 4), slice(4, None))
        )
        sides.append(low * early + high * late)
    return levelled(np.stack(sides))


def _choir(hz: NDArray[np.float64], levels: NDArray[np.float64], rng: Rng, length: int) -> Mono:
    """Three copies of the same partials, 7 cents either side."""
    cents = np.array([-7, 0, 7])[:, None] + rng.uniform(-2, 2, (3, 1))
    partials_hz = (hz * 2 ** (cents / 1200)).ravel()
    phases = rng.uniform(0, 2 * np.pi, len(partials_hz))
    if not len(partials_hz):
        return np.zeros(length, dtype=np.float32)
    return ring(partials_hz, np.tile(levels, 3), np.full(len(partials_hz), 1e3), length, phases)
