"""Where sound is: panning, grains placed in time and width, the reverberation of a place.

Knows nothing about what the sounds are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from photoplay.frames import SAMPLE_RATE_HZ, Audio
from photoplay.sound.signals import (
    Colour,
    Grains,
    Indices,
    Mono,
    Numbers,
    Rng,
    fft_size,
    response,
)


@dataclass(frozen=True, slots=True)
class Place:
    """How a place answers. `wet` is its level against the direct sound, both as amplitudes."""

    decay_s: float  # to −60 dB
    wet: float
    colour: Colour  # of the reverberant field
    delay_s: float = 0.012  # until the first reflections


def pan(mono: Mono, position: float) -> Audio:
    """Place a sound between left (0) and right (1) at constant power."""
    left, right = np.float32(np.sqrt(1 - position)), np.float32(np.sqrt(position))
    return np.stack([mono * left, mono * right]).T


def scatter(
    samples: int,
    grains: Grains,
    *,
    at: Indices,
    which: Indices,
    gains: Numbers,
    positions: Numbers,
) -> Audio:
    """Add up many grains: grain `which[i]` from sample `at[i]` on, panned as by `pan`.

    Grains may begin before the first sample or end after the last; what lies outside is lost.
    """
    length = grains.shape[1]
    canvas = np.zeros((2, samples + 2 * length), dtype=np.float32)
    inside = np.flatnonzero((at > -length) & (at < samples))
    widths = np.stack([np.sqrt(1 - positions), np.sqrt(positions)], axis=1)
    sides = (widths * gains[:, None]).astype(np.float32)[:, :, None]  # (count, 2, 1)
    starts = (at + length).tolist()
    for i in inside.tolist():
        canvas[:, starts[i] : starts[i] + length] += sides[i] * grains[which[i]]
    return canvas[:, length : length + samples].T


def random_times(samples: int, rng: Rng, rate_hz: float, *, lead: int = 0) -> Indices:
    """Sample indices of events that know nothing of each other (a Poisson process), in order.

    They begin `lead` samples before the clip.
    """
    count = rng.poisson(rate_hz * (samples + lead) / SAMPLE_RATE_HZ)
    return np.sort(rng.integers(-lead, max(samples, 1), count)).astype(np.intp)


def reverberate(dry: Audio, rng: Rng, place: Place) -> Audio:
    """The sound in a place: `dry` plus its diffuse, decaying echo.

    The echo is noise that falls exponentially (Moorer, Computer Music Journal 3(2), 1979), new in
    each channel. Time is a circle: what rings past the end is heard at the start, as if the place
    had been sounding before the clip began.
    """
    size = fft_size(len(dry))
    echo = _echo(min(round(place.decay_s * SAMPLE_RATE_HZ), size), rng, place)
    colour = response(size, place.colour) * np.sqrt(np.float32(size))
    field = _spectrum(echo, size) * colour
    field *= _spectrum(dry.T, size)
    wet = np.fft.irfft(field, size, norm="ortho")[:, : len(dry)].T
    return np.asarray(dry + np.float32(place.wet) * wet, dtype=np.float32)


def _echo(length: int, rng: Rng, place: Place) -> NDArray[np.float32]:
    """The impulse response, (2, length), of energy 1."""
    time_s = np.arange(length, dtype=np.float32) / SAMPLE_RATE_HZ
    fall = np.exp(np.float32(-np.log(1000) / place.decay_s) * time_s)
    fall[: round(place.delay_s * SAMPLE_RATE_HZ)] = 0
    fall /= np.sqrt(np.sum(fall**2)) + np.float32(1e-9)
    return np.asarray(rng.standard_normal((2, length), dtype=np.float32) * fall)


def _spectrum(rows: NDArray[np.float32], size: int) -> NDArray[np.complex64]:
    return np.asarray(np.fft.rfft(rows, size, norm="ortho"), dtype=np.complex64)
