"""Synthesisers and overdriven guitars.

Each is a pure function (tone, generator) → waves of rms 1 where it is loudest, faded out at its
end. Timbre follows force, as it does when one plays harder.
"""

from __future__ import annotations

import numpy as np

from photoplay.frames import SAMPLE_RATE_HZ
from photoplay.sound.music.tones import (
    Tone,
    Waves,
    closing,
    comb,
    ensemble,
    envelope,
    filtered,
    harmonics,
    levelled,
    pitch_hz,
    ring,
    samples_of,
    struck,
)
from photoplay.sound.signals import Colour, Mono, Rng

CABINET: Colour = (
    (40, -30),
    (90, -4),
    (130, 1),
    (400, -3),
    (1000, -1),
    (2600, 4),
    (4500, -3),
    (6000, -24),
    (12000, -70),
)


def stab(tone: Tone, rng: Rng) -> Waves:
    """A short chord of many saws, its filter closing at once."""
    return _saws(tone, rng, 7, 18, cutoff_hz=1800 + 3500 * tone.force, decay_s=0.25)


def synth_pluck(tone: Tone, rng: Rng) -> Waves:
    """Two saws through a filter that snaps shut: sequences and arpeggios."""
    return _saws(tone, rng, 2, 6, cutoff_hz=900 + 3200 * tone.force, decay_s=0.16)


def synth_bass(tone: Tone, _rng: Rng) -> Waves:
    """A saw and its sub-octave, the filter closing after the attack."""
    length = samples_of(tone.hold_s + 0.05)
    number = harmonics(tone.pitch, 40)
    hz = number * pitch_hz(tone.pitch)
    open_hz = 300 + 1500 * tone.force
    decays_s = 0.05 + 0.5 * (120 / np.maximum(hz, 120))
    body = ring(hz, np.exp(-hz / open_hz) / number, decays_s, length)
    sub = ring(hz[:2], np.array([0.5, 0.15]), np.array([3.0, 1.0]), length)
    return struck(np.tanh(1.4 * (body + sub)), 0.004, 0.05)


def sub_bass(tone: Tone, _rng: Rng) -> Waves:
    """A sine, driven until small loudspeakers can tell its pitch; it falls into the note."""
    length = samples_of(tone.hold_s + 0.12)
    time_s = np.arange(length) / SAMPLE_RATE_HZ
    gained_s = 0.007 * (1 - np.exp(-time_s / 0.03))  # by starting higher
    wave = np.sin(2 * np.pi * pitch_hz(tone.pitch) * (time_s + gained_s))
    drive = 1.2 + 2.2 * tone.force
    return struck((np.tanh(drive * wave) * closing(length, 1.1)).astype(np.float32), 0.006, 0.1)


def saw_lead(tone: Tone, rng: Rng) -> Waves:
    """Three saws through an open filter, with late vibrato."""
    length = samples_of(tone.hold_s + 0.15)
    number = harmonics(tone.pitch, 36)
    hz = number * pitch_hz(tone.pitch)
    levels = np.exp(-hz / (1600 + 3200 * tone.force)) / number
    saws = ensemble(
        tone.pitch, levels, rng, length, players=3, spread_cents=8, vibrato_cents=16, onset_s=0.25
    )
    return levelled(saws * closing(length, 0.6, 0.6) * envelope(length, 0.012, 0.14))


def power_chord(tone: Tone, rng: Rng) -> Waves:
    """Root, fifth and octave through an overdriven amplifier, played twice: left and right."""
    takes = [_distorted(tone, rng, (0, 7, 12), drive=9) for _ in range(2)]
    return struck(np.stack(takes), 0.004, 0.06)


def lead_guitar(tone: Tone, rng: Rng) -> Waves:
    """One string through the same amplifier, sustained."""
    return struck(_distorted(tone, rng, (0,), drive=14), 0.008, 0.09)


def _saws(
    tone: Tone, rng: Rng, count: int, cents: float, *, cutoff_hz: float, decay_s: float
) -> Waves:
    """Saws a side whose partials die the sooner the higher they are."""
    length = samples_of(min(tone.hold_s + 0.2, 6 * decay_s))
    number = harmonics(tone.pitch, 28)
    hz = number * pitch_hz(tone.pitch)
    levels = np.exp(-hz / cutoff_hz) / number
    decays_s = decay_s * (0.25 + 1.5 / (1 + hz / 700))
    sides = []
    for _ in range(2):
        detune = 2 ** ((np.linspace(-cents, cents, count) + rng.uniform(-1, 1, count)) / 1200)
        partials_hz = (detune[:, None] * hz).ravel()
        phases = rng.uniform(0, 2 * np.pi, len(partials_hz))
        sides.append(
            ring(partials_hz, np.tile(levels, count), np.tile(decays_s, count), length, phases)
        )
    return struck(np.stack(sides), 0.004, min(0.18, 0.5 * length / SAMPLE_RATE_HZ))


def _distorted(tone: Tone, rng: Rng, intervals: tuple[int, ...], drive: float) -> Mono:
    """Plucked strings, clipped together, so that they grow difference tones, then the cabinet."""
    length = samples_of(tone.hold_s + 0.08)
    wave = np.zeros(length, dtype=np.float32)
    sustain_s = 2.5 if tone.hold_s > 0.25 else 0.16  # short chords are palm-muted
    for interval in intervals:
        cents = rng.uniform(-4, 4)
        number = harmonics(tone.pitch + interval, 24)
        hz = number * pitch_hz(tone.pitch + interval + cents / 100)
        levels = comb(number, 0.14) / number * np.exp(-hz / 3500)
        wave += ring(hz, levels, sustain_s / (1 + hz / 1500), length)
    driven = np.tanh(drive * (0.5 + tone.force) * wave / np.abs(wave).max())
    return np.asarray(filtered(driven[None].astype(np.float32), CABINET)[0])
