"""Loudness agrees with the reference implementation, and with the standard where that is exact."""

import numpy as np
import pyloudnorm
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photoplay.frames import Audio
from photoplay.sound.loudness import integrated_lufs
from photoplay.sound.signals import Colour, noise

SECOND = 48_000
COLOURS: dict[str, Colour] = {
    "white": ((20, 0), (20000, 0)),
    "red": ((20, 0), (20000, -60)),
    "bright": ((20, -60), (3000, 0), (20000, 0)),
}


def reference_lufs(sound: Audio) -> float:
    return float(pyloudnorm.Meter(SECOND).integrated_loudness(sound.astype(np.float64)))


@settings(max_examples=15, deadline=None)
@given(
    colour=st.sampled_from(sorted(COLOURS)),
    seed=st.integers(0, 1000),
    steps=st.integers(10, 40),
    level_db=st.floats(-50, 0),
    quiet_part=st.floats(0, 0.7),
)
def test_loudness_is_that_of_the_reference(
    colour: str, seed: int, steps: int, level_db: float, quiet_part: float
) -> None:
    """The reference has its own formula for the standard's filters, hence the 0.1 LU.

    Lengths are whole steps of 100 ms: it measures an incomplete last block, the standard does not.
    """
    samples = steps * SECOND // 10
    sound = noise(samples, np.random.default_rng(seed), COLOURS[colour]) * np.float32(0.1)
    sound *= np.float32(10 ** (level_db / 20))
    sound[: int(quiet_part * samples)] *= np.float32(0.01)  # exercises both gates
    assert integrated_lufs(sound) == pytest.approx(reference_lufs(sound), abs=0.1)


@pytest.mark.parametrize(
    ("pitch_hz", "lufs"),
    [
        (997, -23.0),  # EBU Tech 3341, case 1: a stereo sine of −23 dBFS is −23 LUFS
        (10_000, -23.0 + 4.0 - 0.69),  # the head lifts it by 4 dB, 0.69 of which 997 Hz has too
        (38.135, -23.0 - 6.0 - 0.69),  # the corner of the high-pass, whose Q is 0.5: −6 dB
    ],
)
def test_sines_have_the_loudness_the_standard_gives_them(pitch_hz: float, lufs: float) -> None:
    sine = np.sin(2 * np.pi * pitch_hz / SECOND * np.arange(10 * SECOND)) * 10 ** (-23 / 20)
    sound = np.stack([sine, sine], axis=1).astype(np.float32)
    assert integrated_lufs(sound) == pytest.approx(lufs, abs=0.1)


def test_silence_has_no_loudness() -> None:
    assert integrated_lufs(np.zeros((SECOND, 2), dtype=np.float32)) == -np.inf


def test_sound_shorter_than_a_block_is_one_block() -> None:
    sine = np.sin(2 * np.pi * 997 / SECOND * np.arange(SECOND // 4)) * 10 ** (-23 / 20)
    sound = np.stack([sine, sine], axis=1).astype(np.float32)
    assert integrated_lufs(sound) == pytest.approx(-23, abs=0.3)
