"""Raw material of sound: coloured noise, slow controls, oscillators and grains of it.

Knows nothing about ambiences, places or levels. Every random thing comes from the generator that
is handed in, so the same generator state gives the same bytes.

**Audio** here lies channel by channel in memory (Fortran order), because transforms run along
time. **A control** is a curve that changes slowly, float32 (points,), one point every `HOP`
samples (750 Hz); `upsample` brings it to the sample rate. **A colour** is a table of
(frequency in Hz, power density in dB), joined by straight lines over log frequency.

All transforms use norm="ortho": numpy's other norms pass an integer scale to one of the two
directions, and that direction then runs in float64 at a third of the speed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from photoplay.frames import SAMPLE_RATE_HZ, Audio

Number = TypeVar("Number", bound=np.inexact)

Rng: TypeAlias = np.random.Generator
Mono: TypeAlias = NDArray[np.float32]  # (samples,)
Control: TypeAlias = NDArray[np.float32]  # (points,) at CONTROL_RATE_HZ
Grains: TypeAlias = NDArray[np.float32]  # (count, length): short mono sounds
Gains: TypeAlias = NDArray[np.float32]  # (frequencies,): a linear gain for each
Numbers: TypeAlias = NDArray[np.floating[Any]]  # one number per event, point or bin
Indices: TypeAlias = NDArray[np.intp]  # (count,): one whole number per event
Colour: TypeAlias = Sequence[tuple[float, float]]  # (Hz, dB), ascending

HOP = 64  # samples between two control points
CONTROL_RATE_HZ = SAMPLE_RATE_HZ / HOP
SOUND_SPEED_M_S = 343.0
EAR_SPACING_M = 0.17  # between two ears, or the capsules of an ORTF pair
LOWEST_HZ = 20.0  # nothing below: it cannot be heard and eats headroom
TABLE_POINTS = 16_384
FINE_BINS = 1024
BIN_STRIDE = 32


def from_db(level_db: float) -> float:
    """The amplitude factor of a level in dB."""
    return float(10 ** (level_db / 20))


def fft_size(samples: int) -> int:
    """The least transform length of 2^k, 3·2^k or 5·2^k that holds `samples`; even, at least 64."""
    sizes = (odd << max((samples - 1) // odd, 1).bit_length() for odd in (1, 3, 5))
    return max(min(sizes), 64)


def over_bins(size: int, curve: Callable[[Numbers], NDArray[Number]]) -> NDArray[Number]:
    """A smooth function of frequency (Hz) on the bins of a real transform over `size` samples.

    The first 1,024 bins are exact; above them it is evaluated at every 32nd and joined by straight
    lines, which is finer than any filter here bends and spares most of the work.
    """
    bins, bin_hz = size // 2 + 1, SAMPLE_RATE_HZ / size
    fine = curve(np.arange(min(FINE_BINS, bins)) * bin_hz)
    if bins <= FINE_BINS:
        return fine
    knots = curve(np.arange(FINE_BINS, bins + BIN_STRIDE, BIN_STRIDE) * bin_hz)
    return np.concatenate([fine, _join(knots, BIN_STRIDE)])[:bins]


def response(size: int, colour: Colour) -> Gains:
    """Amplitude gains of `colour` on the bins of a transform; −12 dB/octave below LOWEST_HZ."""
    corners_hz, levels_db = np.array(colour, dtype=np.float64).T

    def gains(hz: Numbers) -> Gains:
        level_db = np.interp(np.log(np.maximum(hz, 1)), np.log(corners_hz), levels_db)
        rise = np.minimum(hz / LOWEST_HZ, 1) ** 2
        return np.asarray(10 ** (level_db / 20) * rise, dtype=np.float32)

    return over_bins(size, gains)


def noise(samples: int, rng: Rng, colour: Colour, *, spacing_m: float = EAR_SPACING_M) -> Audio:
    """Stereo noise of that colour, of rms 1 in each channel, from all around the listener.

    The channels cohere as two microphones `spacing_m` apart do in a diffuse field:
    sin(kd)/kd at wavenumber k (Cook et al., JASA 27, 1955), without the negative lobes, so that
    a mono listener loses nothing in the bass and at most 3 dB above. A wider `spacing_m` is a
    wider sound.
    """
    size = fft_size(samples)
    gains = _unit_power(response(size, colour))
    coherence = over_bins(size, lambda hz: _coherence(hz, spacing_m))
    mid, side = _white(rng, 2, len(gains))
    mid *= gains * np.sqrt((1 + coherence) / 2)
    side *= gains * np.sqrt((1 - coherence) / 2)
    return np.stack([_samples(mid + side, samples), _samples(mid - side, samples)]).T


def mono_noise(samples: int, rng: Rng, colour: Colour) -> Mono:
    """Noise of that colour from one point, of rms 1."""
    size = fft_size(samples)
    gains = _unit_power(response(size, colour))
    return _samples(_white(rng, 1, len(gains))[0] * gains, samples)


def drift(samples: int, rng: Rng, low_hz: float, high_hz: float) -> Control:
    """A smooth random curve of mean 0 and rms 1 over the long run, between two rates of change.

    Its power falls as 1/f within the band, as that of most things that come and go by themselves.
    A short clip sees a piece of a long curve, so it may well only rise.
    """
    points = control_points(samples)
    size = fft_size(max(2 * points, int(4 * CONTROL_RATE_HZ / low_hz)))
    first, last = (round(hz * size / CONTROL_RATE_HZ) for hz in (low_hz, high_hz))
    bins = np.arange(first, last + 1, dtype=np.float32)
    spectrum = np.zeros(size // 2 + 1, dtype=np.complex64)
    spectrum[first : last + 1] = _white(rng, 1, len(bins))[0] / np.sqrt(bins)
    expected_power = 4 * np.sum(1 / bins) / size
    curve = np.fft.irfft(spectrum, size, norm="ortho")[:points]
    return np.asarray(curve / np.sqrt(expected_power), dtype=np.float32)


def control_points(samples: int) -> int:
    """Points of a control that spans `samples`, with one more to interpolate towards."""
    return -(-samples // HOP) + 1


def control_time_s(samples: int) -> Control:
    """The time of each control point."""
    return np.arange(control_points(samples), dtype=np.float32) / np.float32(CONTROL_RATE_HZ)


def upsample(control: Numbers, samples: int) -> Mono:
    """The control at the sample rate, by straight lines."""
    return _join(control.astype(np.float32), HOP)[:samples]


def modulate(sound: Audio, control: Numbers) -> Audio:
    """`sound` times a control; the product replaces `sound`."""
    sound *= upsample(control, len(sound))[:, None]
    return sound


def oscillate(table: Mono, pitch_hz: Numbers, samples: int) -> Mono:
    """Read a cycle again and again, `pitch_hz` times a second."""
    advance = pitch_hz[:-1].astype(np.float64) / CONTROL_RATE_HZ  # turns from point to point
    turns = (np.cumsum(advance) - advance) % 1
    ramp = np.arange(HOP, dtype=np.float64) / HOP
    phase = (turns[:, None] + advance[:, None] * ramp).ravel()[:samples]
    at = (phase * TABLE_POINTS).astype(np.int32) & (TABLE_POINTS - 1)
    return np.asarray(table.take(at), dtype=np.float32)


def cycle(amplitudes: Sequence[float] | Numbers, rng: Rng) -> Mono:
    """One cycle of a tone with these harmonics (the first is the fundamental), of rms 1."""
    spectrum = np.zeros(TABLE_POINTS // 2 + 1, dtype=np.complex64)
    turns = rng.random(len(amplitudes))
    spectrum[1 : len(amplitudes) + 1] = np.asarray(amplitudes) * np.exp(2j * np.pi * turns)
    table = np.fft.irfft(spectrum, TABLE_POINTS, norm="ortho")
    return np.asarray(table / np.sqrt(np.mean(table**2)), dtype=np.float32)


def damped(
    pitch_hz: Numbers, decay_s: Numbers, length_s: float, *, rise: float | Numbers = 0.0
) -> Grains:
    """Struck resonances: sines that start at once and die away, peak about 1.

    `decay_s` is the time to fall by 1/e. Pitch rises by the factor 1 + rise·t (t in s), as that of
    a bubble does on its way to the surface.
    """
    time_s = np.arange(round(length_s * SAMPLE_RATE_HZ), dtype=np.float32) / SAMPLE_RATE_HZ
    pitch, decay, slope = (
        np.broadcast_to(np.asarray(of, dtype=np.float32), (len(pitch_hz),))[:, None]
        for of in (pitch_hz, decay_s, rise)
    )
    waves = np.sin(np.float32(2 * np.pi) * pitch * (time_s + slope / 2 * time_s**2))
    return np.asarray(waves * np.exp(-time_s / decay) * _closing(len(time_s)), dtype=np.float32)


def bursts(count: int, rng: Rng, decay_s: Numbers, length_s: float, colour: Colour) -> Grains:
    """Short hisses: noise of that colour under a falling exponential, rms about 1 at the start."""
    length = round(length_s * SAMPLE_RATE_HZ)
    size = fft_size(length)
    gains = _unit_power(response(size, colour))
    waves = np.fft.irfft(_white(rng, count, len(gains)) * gains, size, norm="ortho")[:, :length]
    time_s = np.arange(length, dtype=np.float32) / SAMPLE_RATE_HZ
    fall = np.exp(-time_s / np.asarray(decay_s, dtype=np.float32)[:, None])
    return np.asarray(waves * fall * _closing(length), dtype=np.float32)


def _closing(length: int) -> Mono:
    """1, then a fall to 0 over the last tenth: a grain that is cut off would click."""
    window = np.ones(length, dtype=np.float32)
    fall = max(length // 10, 1)
    window[-fall:] = np.linspace(1, 0, fall, dtype=np.float32)
    return window


def _coherence(hz: Numbers, spacing_m: float) -> Gains:
    wavelengths = hz * spacing_m / SOUND_SPEED_M_S
    return np.asarray(np.maximum(np.sinc(2 * wavelengths), 0), dtype=np.float32)


def _join(knots: NDArray[Number], stride: int) -> NDArray[Number]:
    """Straight lines between knots `stride` apart; the last knot itself is left out."""
    ramp = np.arange(stride, dtype=np.float32) / np.float32(stride)
    lines: NDArray[Number] = knots[:-1, None] + np.diff(knots)[:, None] * ramp
    return lines.ravel()


def _unit_power(gains: Gains) -> Gains:
    """Scaled so that noise whose bins are `_white` comes out at rms 1."""
    return np.asarray(gains / np.sqrt(2 * np.mean(gains**2)), dtype=np.float32)


def _white(rng: Rng, rows: int, bins: int) -> NDArray[np.complex64]:
    """Bins of white noise, real and imaginary part of variance 1.

    They are uniform, not normal, which is four times as fast; a sample is a sum over all bins and
    so is normal all the same.
    """
    parts = rng.random((rows, bins * 2), dtype=np.float32)
    parts -= np.float32(0.5)
    parts *= np.float32(np.sqrt(12))
    return parts.view(np.complex64)


def _samples(spectrum: NDArray[np.complex64], samples: int) -> Mono:
    size = (len(spectrum) - 1) * 2
    return np.asarray(np.fft.irfft(spectrum, size, norm="ortho")[:samples], dtype=np.float32)
