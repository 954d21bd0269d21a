"""The master reaches its loudness under its ceiling, whatever comes in."""

import numpy as np
import pyloudnorm
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photoplay.frames import Audio
from photoplay.sound.loudness import gated_lufs, integrated_lufs, momentary_lufs, step_powers
from photoplay.sound.mastering import CEILING_DBTP, apply, hop_peaks, master
from photoplay.sound.signals import HOP, noise

SECOND = 48_000


def tone(hz: float, seconds: float, amplitude: float, phase: float = 0.0) -> Audio:
    time_s = np.arange(round(seconds * SECOND)) / SECOND
    wave = amplitude * np.sin(2 * np.pi * hz * time_s + phase)
    return np.stack([wave, wave], axis=1).astype(np.float32)


def clicks(seconds: float, rate_hz: float, seed: int = 0) -> Audio:
    """Impulses over a faint floor: the hardest thing to make loud."""
    rng = np.random.default_rng(seed)
    sound = rng.normal(0, 1e-3, (round(seconds * SECOND), 2)).astype(np.float32)
    at = rng.integers(0, len(sound), round(seconds * rate_hz))
    sound[at] += rng.uniform(0.2, 1, (len(at), 1)).astype(np.float32)
    return sound


def true_peak_db(sound: Audio) -> float:
    """By eight times the rate, the whole sound at once."""
    spectrum = np.fft.rfft(sound.T.astype(np.float64))
    fine = np.fft.irfft(np.pad(spectrum, ((0, 0), (0, 7 * spectrum.shape[1]))), 8 * len(sound)) * 8
    return float(20 * np.log10(np.abs(fine).max()))


@pytest.mark.parametrize("target_lufs", [-14.0, -23.0])
@pytest.mark.parametrize("amplitude", [1e-3, 0.1, 3.0])
def test_noise_of_any_level_is_brought_to_the_loudness(
    target_lufs: float, amplitude: float
) -> None:
    sound = noise(4 * SECOND, np.random.default_rng(1), ((20, 0), (1000, -6), (20_000, -30)))
    found = master(amplitude * sound, target_lufs)
    made = apply(found.gain, amplitude * sound)
    meter = pyloudnorm.Meter(SECOND)
    assert found.is_reached
    assert meter.integrated_loudness(made.astype(np.float64)) == pytest.approx(target_lufs, abs=0.3)
    assert found.loudness_lufs == pytest.approx(integrated_lufs(made), abs=0.1)


@settings(max_examples=15, deadline=None)
@given(
    rate_hz=st.floats(0.5, 300),
    seed=st.integers(0, 2**32 - 1),
    seconds=st.floats(0.3, 4),
    target_lufs=st.sampled_from([-14.0, -23.0, -9.0]),
)
def test_no_peak_passes_the_ceiling(
    rate_hz: float, seed: int, seconds: float, target_lufs: float
) -> None:
    """Within 0.6 dB: by so much four times the rate under-reads a true peak (BS.1770)."""
    sound = clicks(seconds, rate_hz, seed)
    made = apply(master(sound, target_lufs).gain, sound)
    assert true_peak_db(made) <= CEILING_DBTP + 0.6
    assert np.isfinite(made).all()


def test_a_peak_between_two_samples_is_found() -> None:
    """A sine at a quarter of the rate, sampled 45° beside its peaks, reads 3 dB too low."""
    sound = tone(SECOND / 4, 0.5, 1.0, phase=np.pi / 4)
    assert np.abs(sound).max() == pytest.approx(np.sqrt(0.5), abs=1e-3)
    assert float(np.median(hop_peaks(sound))) == pytest.approx(1, abs=0.02)


def test_single_sounds_are_not_crushed_but_named() -> None:
    found = master(clicks(5, 1), -14)
    assert not found.is_reached
    assert found.loudness_lufs < -15
    assert 20 * np.log10(found.gain.max() / found.gain.min()) < 15


def test_the_gain_moves_slowly_enough_not_to_click() -> None:
    """From one hop to the next, 1.3 ms, by less than a third."""
    gain = master(clicks(3, 20), -14).gain
    assert np.abs(np.diff(np.log(gain))).max() < np.log(1.33)


def test_silence_stays_silence() -> None:
    sound = np.zeros((SECOND, 2), np.float32)
    found = master(sound, -14)
    assert not apply(found.gain, sound).any()
    assert not found.is_reached


@pytest.mark.parametrize("samples", [1, HOP - 1, HOP, HOP + 1, 5 * SECOND + 7])
def test_any_length_is_mastered(samples: int) -> None:
    sound = tone(440, 6, 0.1)[:samples]
    assert apply(master(sound, -14).gain, sound).shape == (samples, 2)


@pytest.mark.parametrize("seconds", [0.45, 1.0, 3.33])
@pytest.mark.parametrize("hz", [30.0, 100.0, 1000.0, 9000.0])
def test_steps_measure_what_the_standard_measures(seconds: float, hz: float) -> None:
    sound = tone(hz, seconds, 0.3)
    assert gated_lufs(step_powers(sound)) == pytest.approx(integrated_lufs(sound), abs=0.25)


def test_the_momentary_loudness_is_that_of_the_loudest_part() -> None:
    sound = np.concatenate([tone(1000, 1, 0.01), tone(1000, 1, 0.5), tone(1000, 1, 0.01)])
    loudest = gated_lufs(step_powers(tone(1000, 1, 0.5)))
    assert momentary_lufs(step_powers(sound)) == pytest.approx(loudest, abs=0.1)
