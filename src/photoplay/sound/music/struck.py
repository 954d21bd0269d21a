"""Instruments that are struck or plucked: pianos, guitars, basses, bars.

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
    harmonics,
    knock,
    levelled,
    pitch_hz,
    ring,
    samples_of,
    struck,
)
from photoplay.sound.signals import Colour, Rng

HAMMER: Colour = ((40, -20), (90, 0), (250, 0), (700, -14), (2500, -40), (12000, -80))
FINGER: Colour = ((60, -14), (200, -2), (900, 0), (2500, -8), (6000, -24), (16000, -60))
MARIMBA = (1.0, 3.98, 10.2)  # bars undercut to 1:4:10 (Fletcher and Rossing, ch. 19)
FREE_BAR = (1.0, 2.756, 5.404, 8.933)  # a plain bar, ibid.: glockenspiel
VIBRAPHONE = (1.0, 4.0, 9.8)
HIGHEST_BAR_HZ = 14_000.0
DULLNESS = 2.0


def felt_piano(tone: Tone, rng: Rng) -> Waves:
    """A piano whose hammers strike through felt.

    Stiff strings stretch their partials: f_k = k·f·sqrt(1 + B·k²), with B about 3·10^-4 at middle
    C and doubling every 7.5 semitones (Fletcher and Rossing, The Physics of Musical Instruments,
    1998, ch. 12). The strings of a note exchange energy, so it decays fast, then slowly (Weinreich,
    JASA 62, 1977). The hammer hits at about an eighth of the string.
    """
    length = samples_of(tone.hold_s + 0.25)
    number = harmonics(tone.pitch, 22)
    stiffness = 3.1e-4 * 2 ** ((tone.pitch - 60) / 7.5)
    partials_hz = number * pitch_hz(tone.pitch) * np.sqrt(1 + stiffness * number**2)
    felt_hz = 500 + 1700 * tone.force**1.5
    levels = comb(number, 1 / 8.2) * np.exp(-partials_hz / felt_hz)
    slow_s = 3.2 * (262 / pitch_hz(tone.pitch)) ** 0.6 / (1 + 0.12 * number)
    detune = 2 ** (rng.uniform(0.3, 0.9) / 1200)
    strings = ring(
        np.concatenate([partials_hz, partials_hz * detune]),
        np.concatenate([levels, 0.3 * levels]),
        np.concatenate([slow_s / 3.5, slow_s]),
        length,
    )
    tap = knock(length, rng, HAMMER, 0.03)
    return struck(strings + 0.05 * np.abs(strings).max() * tap, 0.003, 0.22)


def electric_piano(tone: Tone, rng: Rng) -> Waves:
    """Frequency modulation whose index falls with the note (Chowning, J. Audio Eng. Soc. 21, 1973).

    Ratio 1:1 for the reed, a short 14:1 for the tine; the two sides swell in turn, as a stage
    piano's tremolo does.
    """
    length = samples_of(tone.hold_s + 0.2)
    time_s = np.arange(length) / SAMPLE_RATE_HZ
    turns = 2 * np.pi * ((time_s * pitch_hz(tone.pitch) * 2 ** (rng.uniform(-2, 2) / 1200)) % 1)
    index = (0.35 + 1.5 * tone.force) * closing(length, 0.55, 0.15)
    body = np.sin(turns + index * np.sin(turns)) * closing(length, 1.5)
    tine = 0.12 * tone.force * np.sin(14 * turns) * closing(length, 0.07)
    tine *= min(1.0, 5000 / (14 * pitch_hz(tone.pitch)))
    sway = 0.22 * np.sin(2 * np.pi * 4.6 * time_s)
    sides = np.stack([(body + tine) * (1 + sway), (body + tine) * (1 - sway)])
    return struck(sides.astype(np.float32), 0.003, 0.18)


def guitar(tone: Tone, rng: Rng) -> Waves:
    """A steel-strung guitar, let ring."""
    return _plucked(tone, rng, sustain_s=1.6, share=0.21, cutoff_hz=1500 + 3500 * tone.force)


def nylon(tone: Tone, rng: Rng) -> Waves:
    """A classical guitar, plucked with the flesh of the finger."""
    return _plucked(tone, rng, sustain_s=0.9, share=0.3, cutoff_hz=700 + 1500 * tone.force)


def muted_guitar(tone: Tone, rng: Rng) -> Waves:
    """Short clean notes, the palm on the bridge."""
    return _plucked(tone, rng, sustain_s=0.14, share=0.12, cutoff_hz=1800 + 2500 * tone.force)


def upright_bass(tone: Tone, rng: Rng) -> Waves:
    """A double bass, plucked: a soft attack, a bloom, a growl while it lasts."""
    return _plucked(tone, rng, sustain_s=0.55, share=0.33, cutoff_hz=260 + 420 * tone.force)


def electric_bass(tone: Tone, rng: Rng) -> Waves:
    """A bass guitar with a plectrum."""
    return _plucked(tone, rng, sustain_s=0.8, share=0.13, cutoff_hz=450 + 1100 * tone.force)


def marimba(tone: Tone, rng: Rng) -> Waves:
    """Wooden bars: short and round."""
    return _bar(tone, rng, MARIMBA, 0.35)


def glockenspiel(tone: Tone, rng: Rng) -> Waves:
    """Steel bars: bright and long."""
    return _bar(tone, rng, FREE_BAR, 1.4)


def vibraphone(tone: Tone, rng: Rng) -> Waves:
    """Aluminium bars over resonators whose lids turn."""
    waves = _bar(tone, rng, VIBRAPHONE, 1.8)
    time_s = np.arange(waves.shape[1]) / SAMPLE_RATE_HZ
    return levelled(waves * (1 + 0.25 * np.sin(2 * np.pi * 5.2 * time_s)).astype(np.float32))


def _plucked(tone: Tone, rng: Rng, *, sustain_s: float, share: float, cutoff_hz: float) -> Waves:
    """A plucked string by its partials, with the knock of finger and body.

    They decay as those of the string of Karplus and Strong, whose loop averages two neighbouring
    samples: by cos(π·f/rate) a period, beside a loss common to all (Jaffe and Smith, Computer
    Music Journal 7(2), 1983). At 48 kHz that is too bright; here it counts DULLNESS times. A string
    pulled at `share` of its length starts with the partials sin(kπ·share)/k (Fletcher and
    Rossing, ch. 2).
    """
    length = samples_of(tone.hold_s + 0.12)
    number = harmonics(tone.pitch, 32)
    pitch = pitch_hz(tone.pitch)
    hz = number * pitch * np.sqrt(1 + 6e-5 * number**2)
    loop = -np.log(np.cos(np.pi * np.minimum(hz / SAMPLE_RATE_HZ, 0.45)))
    decays_s = 1 / (1 / sustain_s * (pitch / 220) ** 0.5 + DULLNESS * pitch * loop)
    levels = comb(number, share) / number * np.exp(-hz / cutoff_hz)
    string = ring(hz, levels, decays_s, length)
    tap = knock(length, rng, FINGER, 0.012)
    return struck(string + 0.06 * np.abs(string).max() * tap, 0.002, 0.1)


def _bar(tone: Tone, rng: Rng, ratios: tuple[float, ...], decay_s: float) -> Waves:
    """A struck bar; its higher modes are the hardness of the mallet, and die first."""
    length = samples_of(min(tone.hold_s + 0.5 * decay_s, 3 * decay_s))
    hz = pitch_hz(tone.pitch) * np.array(ratios)
    hz = hz[hz < HIGHEST_BAR_HZ]
    number = np.arange(len(hz))
    levels = (0.12 + 0.5 * tone.force) ** number
    bar = ring(hz, levels, decay_s / (1 + 2.5 * number), length)
    tap = knock(length, rng, FINGER, 0.006)
    return struck(bar + 0.04 * tap, 0.0015, min(0.3, 0.5 * length / SAMPLE_RATE_HZ))
