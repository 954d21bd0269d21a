"""Noise has its colour and width, controls their band, tones their pitch, echoes their decay."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from photoplay.sound.signals import (
    CONTROL_RATE_HZ,
    HOP,
    control_points,
    cycle,
    damped,
    drift,
    fft_size,
    noise,
    oscillate,
    over_bins,
    upsample,
)
from photoplay.sound.space import Place, pan, reverberate, scatter

SECOND = 48_000


@given(st.integers(1, 10_000_000))
def test_transform_lengths_hold_the_samples_and_waste_at_most_a_quarter(samples: int) -> None:
    size = fft_size(samples)
    assert size % 2 == 0
    assert samples <= size <= max(64, 1.34 * samples)


def test_noise_falls_as_its_colour_does_and_has_rms_1() -> None:
    sound = noise(4 * SECOND, np.random.default_rng(1), ((100, 0), (10_000, -40)))
    assert np.sqrt(np.mean(sound**2, axis=0)) == pytest.approx(1, abs=0.1)
    power = np.abs(np.fft.rfft(sound[:, 0])) ** 2
    hz = np.fft.rfftfreq(len(sound), 1 / SECOND)
    low, high = (power[(hz > f / 1.1) & (hz < f * 1.1)].mean() for f in (300, 3000))
    assert 10 * np.log10(low / high) == pytest.approx(20, abs=1)  # 20 dB a decade


def test_noise_coheres_in_the_bass_and_not_in_the_treble() -> None:
    """sinc(2·f·d/c) at d = 0.17 m: 0.98 at 100 Hz, 0 from its first zero at 1,009 Hz on."""
    sound = noise(8 * SECOND, np.random.default_rng(2), ((20, 0), (20_000, 0)))
    left, right = np.fft.rfft(sound.T)
    hz = np.fft.rfftfreq(len(sound), 1 / SECOND)

    def coherence(low_hz: float, high_hz: float) -> float:
        band = (hz > low_hz) & (hz < high_hz)
        cross = np.abs(np.sum(left[band] * right[band].conj()))
        return float(cross / np.sqrt(np.sum(abs(left[band]) ** 2) * np.sum(abs(right[band]) ** 2)))

    assert coherence(80, 120) > 0.95
    assert coherence(3000, 6000) < 0.05


def test_a_drift_stays_in_its_band_with_rms_1() -> None:
    curve = drift(200 * SECOND, np.random.default_rng(3), 0.5, 4)
    power = np.abs(np.fft.rfft(curve * np.hanning(len(curve)))) ** 2
    hz = np.fft.rfftfreq(len(curve), 1 / CONTROL_RATE_HZ)
    assert power[(hz > 0.45) & (hz < 4.1)].sum() > 0.99 * power.sum()
    assert curve.std() == pytest.approx(1, abs=0.1)


@given(st.integers(1, 5000))
def test_upsampling_joins_control_points_by_straight_lines(samples: int) -> None:
    control = np.arange(control_points(samples), dtype=np.float32) ** 2
    expected = np.interp(np.arange(samples) / HOP, np.arange(len(control)), control)
    np.testing.assert_allclose(upsample(control, samples), expected, rtol=1e-5)


def test_an_oscillator_plays_the_pitch_it_is_given() -> None:
    sine = cycle([1.0], np.random.default_rng(4))
    tone = oscillate(sine, np.full(control_points(SECOND), 441.0), SECOND)
    spectrum = np.abs(np.fft.rfft(tone))
    assert spectrum.argmax() == 441  # bins of 1 Hz
    assert spectrum[441] ** 2 > 0.9999 * np.sum(spectrum**2)


def test_a_struck_resonance_dies_away_at_its_rate() -> None:
    ring = damped(np.array([1000.0]), np.array([0.02]), 0.2)[0]
    early, late = (np.abs(ring[at : at + 480]).max() for at in (960, 1920))
    assert early / late == pytest.approx(np.e, rel=0.02)  # 20 ms apart


def test_smooth_curves_over_bins_are_what_direct_evaluation_gives() -> None:
    def curve(
        hz: np.ndarray[tuple[int, ...], np.dtype[np.floating]],
    ) -> np.ndarray[tuple[int, ...], np.dtype[np.floating]]:
        return 1 / (1 + (hz / 1000) ** 2)

    size = fft_size(3 * SECOND)
    direct = curve(np.arange(size // 2 + 1) * SECOND / size)
    np.testing.assert_allclose(over_bins(size, curve), direct, atol=1e-4)


def test_panning_keeps_the_power() -> None:
    for position in (0.0, 0.3, 0.5, 1.0):
        sides = pan(np.ones(1, dtype=np.float32), position)[0]
        assert np.sum(sides**2) == pytest.approx(1)


def test_grains_over_either_edge_keep_only_what_is_inside() -> None:
    grain = np.arange(1, 5, dtype=np.float32)[None]
    at = np.array([-2, 2, 9, -4, 10], dtype=np.intp)  # the last two lie wholly outside
    sound = scatter(
        10,
        grain,
        at=at,
        which=np.zeros(5, dtype=np.intp),
        gains=np.ones(5),
        positions=np.zeros(5),
    )
    assert sound[:, 0].tolist() == [3, 4, 1, 2, 3, 4, 0, 0, 0, 1]
    assert not sound[:, 1].any()


def test_an_echo_decays_by_60_db_in_its_time() -> None:
    click = np.zeros((4 * SECOND, 2), dtype=np.float32)
    click[0] = 1
    place = Place(1.0, 1.0, ((20, 0), (20_000, 0)))
    echo = reverberate(click, np.random.default_rng(5), place)[1:]
    early, late = (np.mean(echo[at : at + 2400] ** 2) for at in (4800, 4800 + SECOND // 2))
    assert 10 * np.log10(early / late) == pytest.approx(30, abs=1.5)  # half the time
