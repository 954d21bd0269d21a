"""Drums: one grain of each kind, rendered anew every time it is asked for.

Skins are falling sines and a few modes, snares and cymbals coloured noise; frequencies of modes
after Fletcher and Rossing, The Physics of Musical Instruments (1998), ch. 18 and 20. Grains are
float32 (length,), of rms 1 where they are loudest, and end in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias

import numpy as np

from photoplay.frames import SAMPLE_RATE_HZ
from photoplay.sound.music.tones import closing, envelope, levelled, ring, samples_of
from photoplay.sound.signals import Colour, Mono, Numbers, Rng, mono_noise

BLOCK = 512  # samples over which the level of a stroke is taken
DRUM_MODES = np.array([1.0, 1.59, 2.14, 2.30, 2.65, 2.92])  # of an ideal round skin

CLICK: Colour = ((200, -20), (1500, -3), (3500, 0), (8000, -10), (16000, -30))
WIRES: Colour = ((150, -30), (600, -8), (2000, 0), (6000, -1), (11000, -8), (18000, -24))
HISS: Colour = ((1500, -50), (5000, -16), (8000, 0), (14000, -2), (20000, -12))
CYMBAL: Colour = ((250, -30), (900, -14), (3000, -4), (7000, 0), (13000, -4), (20000, -16))
PALMS: Colour = ((250, -40), (700, -10), (1100, 0), (2200, -2), (5000, -12), (14000, -32))
BEADS: Colour = ((1500, -50), (4000, -10), (6500, 0), (10000, -5), (18000, -22))
WIRE_BRUSH: Colour = ((200, -30), (900, -8), (2500, 0), (6000, -4), (14000, -18))
BOOM: Colour = ((30, -10), (80, 0), (250, -6), (900, -24), (4000, -50))

Stroke: TypeAlias = Callable[[Rng], Mono]


class Drum(StrEnum):
    """What a groove is made of."""

    KICK = "kick"
    SOFT_KICK = "soft-kick"
    CLUB_KICK = "club-kick"
    SNARE = "snare"
    SOFT_SNARE = "soft-snare"
    GATED_SNARE = "gated-snare"
    RIM = "rim"
    CLAP = "clap"
    HAT = "hat"
    OPEN_HAT = "open-hat"
    SHAKER = "shaker"
    TOM = "tom"
    LOW_TOM = "low-tom"
    RIDE = "ride"
    CRASH = "crash"
    BRUSH = "brush"
    SWISH = "swish"  # a brush drawn round the skin
    TAIKO = "taiko"
    BASS_DRUM = "bass-drum"  # of an orchestra
    SWELL = "swell"  # a cymbal roll; it is placed by its end
    CRACKLE = "crackle"  # dust on a record


KICKS = (Drum.KICK, Drum.SOFT_KICK, Drum.CLUB_KICK)
# What is struck together with the last chord, or leads up to it.
LAST = (*KICKS, Drum.CRASH, Drum.TAIKO, Drum.BASS_DRUM, Drum.SWELL)


def render(drum: Drum, rng: Rng) -> Mono:
    """One stroke, without the offset that a few falling cycles add up to."""
    stroke = _STROKES[drum](rng)
    pedestal = envelope(len(stroke), 0.005, 0.8 * len(stroke) / SAMPLE_RATE_HZ)
    stroke = stroke - pedestal * (stroke.sum() / pedestal.sum())
    return np.asarray(levelled(stroke[None], BLOCK)[0], dtype=np.float32)


def _kick(rng: Rng) -> Mono:
    return _thump(48, 130, 0.035, 0.16, 0.4) + 0.25 * _hit(rng, CLICK, 0.4, 0.006)


def _soft_kick(rng: Rng) -> Mono:
    return _thump(52, 60, 0.03, 0.1, 0.3) + 0.05 * _hit(rng, CLICK, 0.3, 0.008)


def _club_kick(rng: Rng) -> Mono:
    body = np.tanh(2.2 * _thump(46, 190, 0.03, 0.2, 0.42))
    return np.asarray(body + 0.2 * _hit(rng, CLICK, 0.42, 0.004), dtype=np.float32)


def _snare(rng: Rng) -> Mono:
    shell = _modes(185 * rng.uniform(0.99, 1.01), np.array([1, 0.6, 0.4]), 0.07, 0.35)
    return shell + 0.65 * _hit(rng, WIRES, 0.35, 0.1)


def _soft_snare(rng: Rng) -> Mono:
    shell = _modes(170 * rng.uniform(0.99, 1.01), np.array([1, 0.5]), 0.06, 0.25)
    return shell + 0.35 * _hit(rng, WIRE_BRUSH, 0.25, 0.06)


def _gated_snare(rng: Rng) -> Mono:
    """A bright room that is cut off: the snare of the 1980s."""
    length = samples_of(0.34)
    room = mono_noise(length, rng, WIRES) * closing(length, 0.5) * envelope(length, 0.0005, 0.03)
    shell = _modes(180, np.array([1, 0.5, 0.3]), 0.1, 0.34)
    return np.asarray(shell + 0.8 * room, dtype=np.float32)


def _rim(rng: Rng) -> Mono:
    knock = _ringing(np.array([480, 1150, 1720]), np.array([0.5, 1, 0.7]), 0.018, 0.12)
    return knock + 0.3 * _hit(rng, CLICK, 0.12, 0.004)


def _clap(rng: Rng) -> Mono:
    """Several hands, 8 to 12 ms apart, and the room."""
    length = samples_of(0.32)
    gain = 0.45 * closing(length, 0.075)
    for at_s in np.cumsum(rng.uniform(0.008, 0.012, 3)) - 0.008:
        start = samples_of(at_s)
        gain[start:] += closing(length - start, 0.005)
    gain *= envelope(length, 0.001, 0.08)
    return mono_noise(length, rng, PALMS) * gain


def _hat(rng: Rng) -> Mono:
    return _hit(rng, HISS, 0.12, 0.022 * rng.uniform(0.8, 1.2))


def _open_hat(rng: Rng) -> Mono:
    return _hit(rng, HISS, 0.42, 0.14)


def _shaker(rng: Rng) -> Mono:
    length = samples_of(0.14)
    return mono_noise(length, rng, BEADS) * envelope(length, 0.045, 0.08)


def _tom(rng: Rng) -> Mono:
    return _thump(118, 40, 0.06, 0.2, 0.5) + 0.08 * _hit(rng, CLICK, 0.5, 0.01)


def _low_tom(rng: Rng) -> Mono:
    return _thump(82, 30, 0.07, 0.26, 0.6) + 0.08 * _hit(rng, CLICK, 0.6, 0.01)


def _ride(rng: Rng) -> Mono:
    hz = rng.uniform(2500, 9500, 18)
    ping = _ringing(np.append(hz, 3100), np.append(rng.uniform(0.1, 0.5, 18), 1), 0.35, 0.9)
    return ping + 1.1 * _hit(rng, CYMBAL, 0.9, 0.25)


def _crash(rng: Rng) -> Mono:
    return _hit(rng, CYMBAL, 2.2, 0.6) + 0.6 * _hit(rng, HISS, 2.2, 0.3)


def _brush(rng: Rng) -> Mono:
    length = samples_of(0.22)
    wires = (
        mono_noise(length, rng, WIRE_BRUSH) * closing(length, 0.05) * envelope(length, 4e-3, 0.1)
    )
    return wires + 0.2 * _modes(190, np.array([1, 0.4]), 0.05, 0.22)


def _swish(rng: Rng) -> Mono:
    length = samples_of(0.55)
    return mono_noise(length, rng, WIRE_BRUSH) * envelope(length, 0.22, 0.32)


def _taiko(rng: Rng) -> Mono:
    skin = _modes(62 * rng.uniform(0.98, 1.02), np.array([1, 0.7, 0.45, 0.3, 0.2, 0.15]), 0.3, 1.2)
    stick = 0.5 * _hit(rng, BOOM, 1.2, 0.12) + 0.12 * _hit(rng, CLICK, 1.2, 0.012)
    return np.asarray(skin + stick)


def _bass_drum(rng: Rng) -> Mono:
    return _thump(44, 14, 0.1, 0.5, 1.8) + 0.4 * _hit(rng, BOOM, 1.8, 0.35)


def _swell(rng: Rng) -> Mono:
    length = samples_of(1.6)
    rise = np.linspace(0, 1, length, dtype=np.float32) ** 2.5
    rise *= envelope(length, 0.1, 0.02)
    return np.asarray(mono_noise(length, rng, CYMBAL) * rise)


def _crackle(rng: Rng) -> Mono:
    return _hit(rng, CLICK, 0.02, rng.uniform(0.0003, 0.0015))


def _thump(hz: float, fall_hz: float, fall_s: float, decay_s: float, length_s: float) -> Mono:
    """A sine that falls by `fall_hz` to `hz`: a skin slackens as its stroke dies away."""
    time_s = np.arange(samples_of(length_s)) / SAMPLE_RATE_HZ
    turns = hz * time_s + fall_hz * fall_s * (1 - np.exp(-time_s / fall_s))
    fade = envelope(len(time_s), 0.0008, 0.2 * length_s)
    return np.asarray(np.sin(2 * np.pi * turns) * np.exp(-time_s / decay_s) * fade, np.float32)


def _modes(hz: float, levels: Numbers, decay_s: float, length_s: float) -> Mono:
    """A skin that rings at its own modes, the higher ones shorter."""
    return _ringing(hz * DRUM_MODES[: len(levels)], levels, decay_s, length_s)


def _ringing(hz: Numbers, levels: Numbers, decay_s: float, length_s: float) -> Mono:
    length = samples_of(length_s)
    decays_s = decay_s * (hz[0] / hz) ** 0.5
    return ring(hz, levels, decays_s, length) * envelope(length, 0.0008, 0.3 * length_s)


def _hit(rng: Rng, colour: Colour, length_s: float, decay_s: float) -> Mono:
    """Noise that starts at once and dies away."""
    length = samples_of(length_s)
    fade = closing(length, decay_s) * envelope(length, 0.0004, 0.2 * length_s)
    return np.asarray(mono_noise(length, rng, colour) * fade)


_STROKES: Mapping[Drum, Stroke] = MappingProxyType(
    {
        Drum.KICK: _kick,
        Drum.SOFT_KICK: _soft_kick,
        Drum.CLUB_KICK: _club_kick,
        Drum.SNARE: _snare,
        Drum.SOFT_SNARE: _soft_snare,
        Drum.GATED_SNARE: _gated_snare,
        Drum.RIM: _rim,
        Drum.CLAP: _clap,
        Drum.HAT: _hat,
        Drum.OPEN_HAT: _open_hat,
        Drum.SHAKER: _shaker,
        Drum.TOM: _tom,
        Drum.LOW_TOM: _low_tom,
        Drum.RIDE: _ride,
        Drum.CRASH: _crash,
        Drum.BRUSH: _brush,
        Drum.SWISH: _swish,
        Drum.TAIKO: _taiko,
        Drum.BASS_DRUM: _bass_drum,
        Drum.SWELL: _swell,
        Drum.CRACKLE: _crackle,
    }
)
