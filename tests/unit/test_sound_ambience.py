"""Ambiences can be told apart, and show the facts their recipes claim."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from photoplay.direction.plan import Ambience
from photoplay.frames import Audio
from photoplay.sound.ambience import RECIPES
from photoplay.sound.signals import noise

SECOND = 48_000
BANDS_HZ = np.geomspace(40, 16_000, 19)
FRAME = 960  # 20 ms


def render(kind: Ambience, seed: int, seconds: int = 3) -> Audio:
    return RECIPES[kind](seconds * SECOND, np.random.default_rng(seed))


def band_powers(sound: Audio) -> NDArray[np.float64]:
    """(frames, bands) in dB, of the mono sum."""
    mono = sound.mean(axis=1)
    frames = mono[: len(mono) // FRAME * FRAME].reshape(-1, FRAME) * np.hanning(FRAME)
    power = np.abs(np.fft.rfft(frames)) ** 2
    edges = np.searchsorted(np.fft.rfftfreq(FRAME, 1 / SECOND), BANDS_HZ)
    bands = [power[:, a : max(b, a + 1)].sum(axis=1) for a, b in pairwise(edges)]
    return np.asarray(10 * np.log10(np.stack(bands, axis=1) + 1e-12))


def features(sound: Audio) -> NDArray[np.float64]:
    """The mean spectrum, how much each band varies, and how far it peaks; free of level."""
    levels = band_powers(sound)
    mean = levels.mean(axis=0)
    peaks = np.percentile(levels, 98, axis=0) - mean
    return np.concatenate([mean - mean.mean(), 2 * levels.std(axis=0), peaks])


def test_ambiences_can_be_told_apart_by_spectrum_and_envelope() -> None:
    """Nearest centroid of three seeds, on three others: one in 17 would be chance."""
    kinds = list(Ambience)
    known = {kind: [features(render(kind, seed)) for seed in range(3)] for kind in kinds}
    spread = np.std([f - np.mean(fs, axis=0) for fs in known.values() for f in fs], axis=0)
    centroids = np.array([np.mean(known[kind], axis=0) for kind in kinds]) / spread
    hits = [
        kinds[
            int(
                np.argmin(np.linalg.norm(centroids - features(render(kind, seed)) / spread, axis=1))
            )
        ]
        == kind
        for kind in kinds
        for seed in range(100, 103)
    ]
    assert np.mean(hits) >= 0.95


def restlessness(sound: Audio) -> NDArray[np.float64]:
    """Standard deviation in dB of each band's level over windows of 0.2 s."""
    powers = 10 ** (band_powers(sound) / 10)
    windows = powers.reshape(-1, 10, powers.shape[1]).mean(axis=1)
    return np.asarray((10 * np.log10(windows)).std(axis=0))


def test_no_ambience_stands_still() -> None:
    """In some band each varies at least three times as much as steady noise does by chance."""
    steady = noise(8 * SECOND, np.random.default_rng(0), ((20, 0), (20_000, 0)))
    chance = restlessness(steady)
    for kind in Ambience:
        most = (restlessness(render(kind, 9, seconds=8)) / chance).max()
        assert most > 3, f"{kind}: {most:.2f}"


def test_thunder_arrives_at_once_and_rolls_on() -> None:
    envelope = np.sqrt(np.mean(render(Ambience.THUNDER, 1)[:, 0].reshape(-1, 4800) ** 2, axis=1))
    loudest = int(envelope.argmax())
    assert loudest > 2
    assert envelope[loudest] > 8 * envelope[:2].max()
    assert envelope[loudest + 15] > 2 * envelope[:2].max()  # still rolling 1.5 s later


def test_field_crickets_chirp_between_4_and_5_khz() -> None:
    sound = render(Ambience.CRICKETS, 2).mean(axis=1)
    power = np.abs(np.fft.rfft(sound)) ** 2
    hz = np.fft.rfftfreq(len(sound), 1 / SECOND)
    assert 4000 < hz[power.argmax()] < 5200


def test_speech_beats_four_or_five_times_a_second() -> None:
    """Modulation of a café's talk band is stronger at 2–8 Hz than at 12–24 Hz."""
    levels = band_powers(render(Ambience.CAFE, 3, seconds=8))
    band = (BANDS_HZ[:-1] > 300) & (BANDS_HZ[:-1] < 2500)
    envelope = (10 ** (levels[:, band] / 20)).sum(axis=1)
    power = np.abs(np.fft.rfft(envelope - envelope.mean())) ** 2
    hz = np.fft.rfftfreq(len(envelope), FRAME / SECOND)
    slow, fast = (power[(hz > a) & (hz < b)].mean() for a, b in ((2, 8), (12, 24)))
    assert slow > 4 * fast


def test_an_engine_is_a_comb_whose_fourth_tooth_stands_out() -> None:
    sound = render(Ambience.ENGINE, 4).mean(axis=1)
    power = np.abs(np.fft.rfft(sound * np.hanning(len(sound)))) ** 2
    hz = np.fft.rfftfreq(len(sound), 1 / SECOND)
    firing_hz = float(hz[power.argmax()])
    firing, between = (
        power[(hz > low * firing_hz) & (hz < high * firing_hz)].sum()
        for low, high in ((0.875, 1.125), (1.125, 1.375))  # a half order wide: 4 ± 0.5, 5 ± 0.5
    )
    assert 40 < firing_hz < 60
    assert firing > 5 * between
