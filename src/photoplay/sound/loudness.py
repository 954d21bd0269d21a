"""Loudness as Recommendation ITU-R BS.1770-4 measures it, and gain to a target.

The two K-weighting filters are evaluated on the bins of one transform of the whole programme
instead of being run sample by sample; the result is the same to a few thousandths of an LU, and
no filtering library has to be loaded.
"""

from __future__ import annotations

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
ABSOLUTE_GATE_LUFS = -70.0
RELATIVE_GATE_LU = -10.0
RING_S = 0.1  # the high-pass has died away after this


def integrated_lufs(sound: Audio) -> float:
    """Gated programme loudness of (samples, 2) at 48 kHz; −inf where all is below the gate.

    Sound shorter than one 400 ms block, which the standard leaves open, counts as one block.
    """
    powers = _block_powers(sound)
    loudness = _lufs(powers)
    heard = powers[loudness > ABSOLUTE_GATE_LUFS]
    if not len(heard):
        return -np.inf
    gate = _lufs(np.mean(heard)) + RELATIVE_GATE_LU
    return float(_lufs(np.mean(powers[loudness > max(float(gate), ABSOLUTE_GATE_LUFS)])))


def _block_powers(sound: Audio) -> NDArray[np.float64]:
    """K-weighted mean squares, summed over the channels, of each 400 ms block."""
    left, right = _k_weighted(sound)
    squares = left**2 + right**2
    step, block = round(STEP_S * SAMPLE_RATE_HZ), round(BLOCK_S * SAMPLE_RATE_HZ)
    if len(squares) < block:
        return np.array([np.mean(squares, dtype=np.float64)])
    steps = squares[: len(squares) // step * step].reshape(-1, step)
    totals = np.cumsum(np.concatenate([[0.0], steps.sum(axis=1, dtype=np.float64)]))
    overlap = block // step
    powers: NDArray[np.float64] = (totals[overlap:] - totals[:-overlap]) / block
    return powers


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


def _lufs(power: NDArray[np.float64] | np.floating) -> NDArray[np.float64]:
    with np.errstate(divide="ignore"):
        return np.asarray(OFFSET_LU + 10 * np.log10(power), dtype=np.float64)
