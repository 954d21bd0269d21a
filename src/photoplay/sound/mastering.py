"""The last step: a mix is brought to its loudness, and no peak above the ceiling.

One gain curve does both, so that it can be laid on every stem alike: mastered stems still add up
to the mastered mix.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from photoplay.frames import Audio
from photoplay.sound.loudness import gated_lufs, step_powers
from photoplay.sound.signals import HOP, Control, control_points, from_db, upsample

CEILING_DBTP = -2.5  # AAC moves peaks by up to 1.1 dB, and platforms ask for -1 after it
MOST_LIMITING_DB = 12.0  # single sounds are not pressed farther, lest they turn to mush
LOOK_AROUND = 4  # hops (5 ms) over which the limiter comes and goes
PASSES = 5
CLOSE_LU = 0.1
PHASES = 4  # true peaks are looked for at four times the rate: BS.1770-4, Annex 2
TAPS = 16
NEAR_PEAK = 0.5  # a peak between two samples exceeds its neighbours by less than a factor of 2


@dataclass(frozen=True, slots=True)
class Master:
    """A gain curve, and the loudness of what it makes. `is_reached`: it is the wanted one."""

    gain: Control
    loudness_lufs: float
    is_reached: bool


def master(mix: Audio, target_lufs: float) -> Master:
    """The gain curve that brings a mix to its loudness under CEILING_DBTP.

    The limiter looks ahead and behind: each hop's gain is the least that any hop around it needs,
    smoothed over as many, so it never overshoots and never clicks (Giannoulis et al., JAES 60(6),
    2012, sect. 2, on smoothing; the look-ahead is a sliding minimum). What is too faint to have a
    loudness, or would have to be limited by more than MOST_LIMITING_DB, stays quieter.
    """
    loudness = gated_lufs(step_powers(mix))
    loudest = float(np.abs(mix).max(initial=0))
    if not np.isfinite(loudness) or not loudest:
        return Master(np.ones(control_points(len(mix)), np.float32), -np.inf, is_reached=False)
    most = from_db(CEILING_DBTP + MOST_LIMITING_DB) / loudest
    makeup = from_db(target_lufs - loudness)
    peaks = hop_peaks(mix, above=NEAR_PEAK * from_db(CEILING_DBTP) / min(most, 2 * makeup))
    for _ in range(PASSES):
        makeup = min(makeup, most)
        gain = (makeup * limiter(peaks * makeup)).astype(np.float32)
        loudness = gated_lufs(step_powers(mix * upsample(gain, len(mix))[:, None]))
        if abs(loudness - target_lufs) < CLOSE_LU:
            break
        makeup *= from_db(target_lufs - loudness)
    return Master(gain, loudness, is_reached=abs(loudness - target_lufs) < 0.3)


def apply(gain: Control, sound: Audio) -> Audio:
    """`sound` under a gain curve, (samples, 2), contiguous."""
    return np.ascontiguousarray(sound * upsample(gain, len(sound))[:, None])


def hop_peaks(sound: Audio, above: float = 0) -> Control:
    """The true peak of either channel in each hop, (points,): the last repeats the one before.

    Between samples it is only looked for where one of them is `above` that.
    """
    hops = control_points(len(sound)) - 1
    padded = np.zeros((2, hops * HOP), np.float32)
    padded[:, : len(sound)] = np.abs(sound.T)
    peaks = padded.reshape(2, hops, HOP).max(axis=2).max(axis=0)
    loud = np.flatnonzero(peaks > above)
    if len(loud):
        peaks[loud] = np.maximum(peaks[loud], _between_samples(sound, loud))
    return np.append(peaks, peaks[-1:]) if hops else np.zeros(1, np.float32)


def _between_samples(sound: Audio, hops: NDArray[np.intp]) -> Control:
    """The greatest value between the samples of some hops, at three places of each gap."""
    half = TAPS // 2
    length = control_points(len(sound)) * HOP
    padded = np.zeros((2, length + TAPS), np.float32)
    padded[:, half : half + len(sound)] = sound.T
    pieces = sliding_window_view(padded, HOP + TAPS, axis=1)[:, hops * HOP]  # (2, hops, HOP + TAPS)
    windows = sliding_window_view(pieces, TAPS, axis=2)[:, :, :HOP]  # (2, hops, HOP, TAPS)
    between = np.einsum("chnt,tp->chnp", windows, _interpolators())  # (2, hops, HOP, 3)
    return np.asarray(np.abs(between).max(axis=(0, 2, 3)), np.float32)


@cache
def _interpolators() -> NDArray[np.float32]:
    """Sinc interpolation to the places between two samples, Kaiser-windowed, (TAPS, 3).

    Sample n of a window of TAPS has TAPS/2 before it, itself included in those after.
    """
    places = np.arange(1, PHASES) / PHASES
    offsets = np.arange(TAPS)[:, None] - TAPS // 2 - places
    window = np.i0(6 * np.sqrt(np.clip(1 - (offsets / (TAPS / 2 + 1)) ** 2, 0, 1))) / np.i0(6.0)
    taps = np.sinc(offsets) * window
    return np.asarray(taps / taps.sum(axis=0), np.float32)


def limiter(peaks: Control) -> Control:
    """The gain (≤ 1) that keeps peaks of that height under the ceiling."""
    needed = np.minimum(1, from_db(CEILING_DBTP) / np.maximum(peaks, 1e-9))
    width = 2 * LOOK_AROUND + 1
    around = np.pad(needed, 2 * LOOK_AROUND, mode="edge")
    least = sliding_window_view(around, width).min(axis=1)
    window = np.hanning(width + 2)[1:-1]
    return np.asarray(np.convolve(least, window / window.sum(), mode="valid"))
