"""How fast the camera of a film is at its end."""

from __future__ import annotations

import numpy as np
import pytest

from photoplay.engines.parallax.momentum import TRACKS, _speed_now

TIMES = np.arange(-6.0, 0.0)
NOISE = 2e-5  # of a pose that is measured from an encoded frame


def ways(speed: float, slowing: float, seed: int = 0) -> np.ndarray:
    """Six poses before the last one of a camera that pans, with what is off of them."""
    off = np.random.default_rng(seed).normal(0, NOISE, (len(TIMES), len(TRACKS)))
    off[:, TRACKS.index("pan_x")] += speed * TIMES - slowing * TIMES**2
    return off


@pytest.mark.parametrize("slowing", [0.0, 1e-4, 4e-4])
def test_a_camera_that_comes_to_rest_is_measured_where_it_is_and_not_on_the_way(
    slowing: float,
) -> None:
    found = [
        _speed_now(TIMES, ways(0.002, slowing, seed))[TRACKS.index("pan_x")] for seed in range(20)
    ]
    np.testing.assert_allclose(found, 0.002, atol=1e-4)


def test_noise_is_no_bend() -> None:
    """A parabola through noise is off by three times as much as a line."""
    speeds = np.array([_speed_now(TIMES, ways(0.0, 0.0, seed)) for seed in range(200)])
    assert speeds.std() < 0.4 * NOISE
    assert np.abs(speeds).max() < 2 * NOISE


@pytest.mark.parametrize("count", [1, 2])
def test_of_two_or_three_frames_the_speed_is_that_of_a_line(count: int) -> None:
    poses = ways(0.002, 0.0)[-count:]
    speed = _speed_now(TIMES[-count:], poses)[TRACKS.index("pan_x")]
    assert speed == pytest.approx(0.002, abs=5 * NOISE)
