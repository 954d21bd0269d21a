"""Loudness as Recommendation ITU-R BS.1770-4 measures it, and gain to a target.

The two K-weighting filters are evaluated on the bins of one transform of the whole programme
instead of being run sample by sample; the result is the same to a few thousandths of an LU, and
no filtering library has to be loaded. `step_powers` does the same on pieces of 100 ms, which is ten
times as fast and within a tenth of an LU: good enough to balance parts with each other.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from photoplay.frames import SAMPLE_RATE_HZ, Audio
from photoplay.sound.signals import Numbers, fft_size, over_bins

# BS.1770-4, tables 1 and 2: (b0, b1, b2), (a1, a2) at 48 kHz.
HEAD = (
    (1.53512485958697, -2.69169618940638, 1.19839281085285),
    (-1.69065929318241, 0.73248077421585),
)
HIGH_PASS = ((1.0, -2.0, 1.0), (-1.99004745483398, 0.99007225036621))
OFFSET_LU = -0.691
BLOCK_S = 0.4
STEP_S = 0.1  # blocks overlap by three quarters
STEP = round(STEP_S * SAMPLE_RATE_HZ)  # samples
OVERLAP = round(BLOCK_S / STEP_S)  # steps in a block
ABSOLUTE_GATE_LUFS = -70.0
RELATIVE_GATE_LU = -10.0
RING_S = 0.1  # the high-pass has died away after this

Powers: TypeAlias = NDArray[np.float64]  # (steps,) or (blocks,): K-weighted mean squares


def integrated_lufs(sound: Audio) -> float:
    """Gated programme loudness of (samples, 2) at 48 kHz; −inf where all is below the gate.

    Sound shorter than one 400 ms block, which the standard leaves open, counts as one block.
    """
    left, right = _k_weighted(sound)
    squares = left**2 + right**2
    if len(squares) < STEP * OVERLAP:
        return _gated_lufs(np.array([np.mean(squares, dtype=np.float64)]))
    steps = squares[: len(squares) // STEP * STEP].reshape(-1, STEP)
    return gated_lufs(steps.mean(axis=1, dtype=np.float64))


def step_powers(sound: Audio) -> Powers:
    """K-weighted mean squares, summed over the channels, of each 100 ms step; at least one.

    Each step is weighted by itself (its spectrum's bins, by Parseval's theorem); what is left of
    the last one counts as a whole step. Memory layout does not matter.
    """
    whole = max(-(-len(sound) // STEP), 1)
    padded = np.zeros((2, whole * STEP), dtype=np.float32)
    padded[:, : len(sound)] = sound.T
    spectra = np.fft.rfft(padded.reshape(2 * whole, STEP), norm="ortho")
    densities = spectra.real**2 + spectra.imag**2
    weights = over_bins(STEP, lambda hz: np.asarray(np.abs(_k_response(hz)) ** 2, np.float32))
    weights = weights * np.float32(2 / STEP)  # both halves of the spectrum
    # Not a matrix product: that would start the library's own threads, beside the renderer's.
    powers = np.einsum("ij,j->i", densities, weights).reshape(2, whole).sum(axis=0)
    rest = len(sound) - (whole - 1) * STEP
    powers[-1] *= STEP / max(rest, 1)
    return np.asarray(powers, dtype=np.float64)


def gated_lufs(powers: Powers) -> float:
    """Gated programme loudness of steps of 100 ms; −inf where all is below the gate."""
    return _gated_lufs(block_powers(powers))


def block_powers(powers: Powers) -> Powers:
    """Mean squares of the 400 ms blocks that steps of 100 ms make up, overlapping by 75 %."""
    overlap = min(OVERLAP, len(powers))
    totals = np.cumsum(np.concatenate([[0.0], powers]))
    return np.asarray((totals[overlap:] - totals[:-overlap]) / overlap)


def momentary_lufs(powers: Powers) -> float:
    """Loudness of the loudest 400 ms block."""
    return float(to_lufs(block_powers(powers).max()))


def _gated_lufs(blocks: Powers) -> float:
    loudness = to_lufs(blocks)
    heard = blocks[loudness > ABSOLUTE_GATE_LUFS]
    if not len(heard):
        return -np.inf
    gate = to_lufs(np.mean(heard)) + RELATIVE_GATE_LU
    return float(to_lufs(np.mean(blocks[loudness > max(float(gate), ABSOLUTE_GATE_LUFS)])))


def _k_weighted(sound: Audio) -> NDArray[np.float32]:
    """Both channels after both filters, (2, samples)."""
    size = fft_size(len(sound) + round(RING_S * SAMPLE_RATE_HZ))
    spectrum = np.fft.rfft(sound.T, size, norm="ortho")
    spectrum *= over_bins(size, _k_response)
    return np.asarray(np.fft.irfft(spectrum, size, norm="ortho")[:, : len(sound)])


def _k_response(hz: Numbers) -> NDArray[np.complex64]:
    delay = np.exp(-2j * np.pi / SAMPLE_RATE_HZ * hz)  # z^-1 on the unit circle
    total = np.ones(len(hz), dtype=np.complex128)
    for (b0, b1, b2), (a1, a2) in (HEAD, HIGH_PASS):
        total *= (b0 + delay * (b1 + delay * b2)) / (1 + delay * (a1 + delay * a2))
    return total.astype(np.complex64)


def to_lufs(power: NDArray[np.float64] | np.floating) -> NDArray[np.float64]:
    """Loudness of K-weighted mean squares."""
    with np.errstate(divide="ignore"):
        return np.asarray(OFFSET_LU + 10 * np.log10(power), dtype=np.float64)
