"""What single sounds are made of: struck bodies, grains laid in time, noise of moving colour."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from photoplay.frames import SAMPLE_RATE_HZ
from photoplay.sound.signals import (
    HOP,
    LOWEST_HZ,
    Colour,
    Control,
    Gains,
    Grains,
    Indices,
    Mono,
    Numbers,
    Rng,
    bursts,
    control_points,
    damped,
    fft_size,
    over_bins,
    response,
)

Mode: TypeAlias = tuple[float, float, float]  # Hz, decay to 1/e in s, amplitude
Modes: TypeAlias = Sequence[Mode]
Part: TypeAlias = tuple[float, float, Mono]  # start in s, amplitude, sound

OPENING_S = 0.0005  # a blow must stay a blow
CLOSING_S = 0.006
RINGING_S = 0.1  # what the filter of `closed` may ring on
FRAME = 1024  # samples of one colour of moving noise
STRIDE = FRAME // 2


def length_of(seconds: float) -> int:
    """Samples of a length; enough of them to open and close."""
    return max(round(seconds * SAMPLE_RATE_HZ), 512)


def time_of(length: int) -> Mono:
    """The time of each sample, in s."""
    return np.arange(length, dtype=np.float32) / np.float32(SAMPLE_RATE_HZ)


def scaled(ratios: Modes, pitch_hz: float, decay_s: float) -> list[Mode]:
    """Modes given as shares of a pitch and of a decay."""
    return [(ratio * pitch_hz, share * decay_s, level) for ratio, share, level in ratios]


def struck(
    modes: Modes, length_s: float, rng: Rng, *, spread: float = 0.02, contact_s: float = 0.0
) -> Mono:
    """A body that rings in its modes after a blow; no two blows excite them alike.

    Modal synthesis (Adrien, in Representations of Musical Signals, 1991). What strikes
    stays in touch for `contact_s`: a push that long excites little above 1/(2·contact_s), and 12 dB
    less with every octave (Chaigne and Doutaut, JASA 101, 1997). Pitches differ from blow to blow
    by up to `spread`, amplitudes by a quarter.
    """
    hz, decay_s, level = np.array(modes, dtype=np.float64).T
    hz = hz * (1 + spread * rng.uniform(-1, 1, len(hz)))
    level = level * rng.uniform(0.75, 1.25, len(hz)) / (1 + (2 * hz * contact_s) ** 2)
    rings = damped(hz, decay_s, length_s)
    return np.asarray(level.astype(np.float32) @ rings)


def burst(colour: Colour, decay_s: float, length_s: float, rng: Rng) -> Mono:
    """One short hiss that starts at once and dies away."""
    one: Mono = bursts(1, rng, np.array([decay_s]), length_s, colour)[0]
    return one


def added(parts: Sequence[Part], length_s: float) -> Mono:
    """Several sounds in one; what would end later is cut off."""
    canvas = np.zeros(length_of(length_s), np.float32)
    for start_s, level, sound in parts:
        first = round(start_s * SAMPLE_RATE_HZ)
        room = canvas[first : first + len(sound)]
        room += np.float32(level) * sound[: len(room)]
    return canvas


def laid(length: int, grains: Grains, at: Indices, gains: Numbers, rng: Rng) -> Mono:
    """Grains from those samples on, each one of `grains` by chance."""
    size = grains.shape[1]
    canvas = np.zeros(length + size, np.float32)
    which = rng.integers(0, len(grains), len(at)).tolist()
    for start, kind, gain in zip(at.tolist(), which, gains.astype(np.float32), strict=True):
        canvas[start : start + size] += gain * grains[kind]
    return canvas[:length]


def thinned(density: Control, samples: int, rng: Rng, rate_hz: float) -> Indices:
    """Samples at which chance events happen, `rate_hz` of them where `density` is 1, in order.

    `density` is 0–1: an inhomogeneous Poisson process by thinning (Lewis and Shedler, Naval
    Research Logistics 26, 1979).
    """
    at = np.sort(rng.integers(0, samples, rng.poisson(rate_hz * samples / SAMPLE_RATE_HZ)))
    kept: Indices = at[rng.random(len(at)) < density[at // HOP]]
    return kept


def closed(sound: Mono) -> Mono:
    """Without what is below hearing, 0 at both ends, peak 1; silence stays silence.

    A Butterworth high-pass of second order at 20 Hz, run forwards only, so that nothing is heard
    before the blow.
    """
    opened = edged(sound.copy(), opening_s=OPENING_S, closing_s=0.0)
    size = fft_size(len(sound) + round(RINGING_S * SAMPLE_RATE_HZ))
    spectrum = np.fft.rfft(opened, size, norm="ortho") * over_bins(size, _highpass)
    high = np.fft.irfft(spectrum, size, norm="ortho")[: len(sound)].astype(np.float32)
    high[0] = 0  # but for rounding, it is
    return normalised(edged(high, opening_s=0.0, closing_s=CLOSING_S))


def edged(sound: Mono, *, opening_s: float, closing_s: float) -> Mono:
    """From 0 at the first sample and back to 0 at the last; `sound` itself is changed."""
    rise, fall = (
        min(round(seconds * SAMPLE_RATE_HZ), len(sound) // 2) for seconds in (opening_s, closing_s)
    )
    sound[:rise] *= np.linspace(0, 1, rise, endpoint=False, dtype=np.float32)
    sound[len(sound) - fall :] *= np.linspace(1, 0, fall, dtype=np.float32)
    return sound


def normalised(sound: Mono) -> Mono:
    """Scaled to a peak of 1; silence stays silence."""
    peak = np.abs(sound).max(initial=0)
    return np.asarray(sound / peak, np.float32) if peak > 0 else sound


def moving_noise(gains: Gains, samples: int, rng: Rng) -> Mono:
    """Noise of rms 1 whose colour moves.

    `gains` is (`rows_for(samples)`, FRAME // 2 + 1): one colour for every STRIDE samples, linear.
    Frames of random phase, overlapped by half under a sine window, whose squares add up to 1.
    """
    turns = rng.random(gains.shape, dtype=np.float32)
    power = 2 / FRAME * np.sum(gains**2, axis=1, keepdims=True, dtype=np.float32)
    bins = gains / np.sqrt(power) * np.exp(np.complex64(2j * np.pi) * turns)
    window = np.sin(np.pi * (np.arange(FRAME) + 0.5) / FRAME).astype(np.float32)
    frames = np.fft.irfft(bins, FRAME, norm="ortho") * window
    canvas = np.zeros((len(gains) + 1) * STRIDE, np.float32)
    for first in (0, 1):  # frames of one parity touch but do not overlap
        run = frames[first::2].ravel()
        canvas[first * STRIDE : first * STRIDE + len(run)] += run
    return canvas[STRIDE : STRIDE + samples]  # so that a row is centred on its own sample


def rows_for(samples: int) -> int:
    """Rows of `gains` that `moving_noise` needs for so many samples."""
    return -(-samples // STRIDE) + 1


def at_rows(control: Control, samples: int) -> Control:
    """A control at the rows of `moving_noise`."""
    at = np.arange(rows_for(samples)) * (STRIDE // HOP)
    return control[np.minimum(at, len(control) - 1)]


def row_hz() -> Numbers:
    """The frequencies of the columns of `moving_noise`'s gains."""
    return np.asarray(np.fft.rfftfreq(FRAME, 1 / SAMPLE_RATE_HZ))


def bands(centre_hz: Numbers, *, below: float, above: float) -> Gains:
    """A band for each centre: (centres, FRAME // 2 + 1).

    Bell curves over log frequency that fall to 1/e within `below` and `above` octaves.
    """
    octaves = np.log2(np.maximum(row_hz(), 1)) - np.log2(centre_hz)[:, None]
    width = np.where(octaves < 0, below, above)
    return np.exp(-((octaves / width) ** 2)).astype(np.float32)


def row_colour(colour: Colour) -> Gains:
    """A colour as one row of `moving_noise`'s gains."""
    return response(FRAME, colour)


def swell(points: int, *, rise: float, fall: float) -> Control:
    """From 0 up to 1 over a share `rise` of the points, and back to 0 over a share `fall`."""
    part = np.linspace(0, 1, points, dtype=np.float32)
    inside = np.minimum(part / rise, (1 - part) / fall).clip(0, 1)
    return np.asarray(np.sin(np.pi / 2 * inside) ** 2, np.float32)


def over(samples: int) -> Control:
    """How much of the sound has passed at each control point, 0–1."""
    return np.linspace(0, 1, control_points(samples), dtype=np.float32)


def _highpass(hz: Numbers) -> Numbers:
    s = 1j * hz / LOWEST_HZ
    return np.asarray(s**2 / (s**2 + np.sqrt(2) * s + 1), np.complex64)
