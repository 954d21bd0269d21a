"""What a given picture differs by fades, and never in one step."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from photoplay.engines.parallax.settling import Fading, Settling
from photoplay.frames import I420

HEIGHT, WIDTH = 120, 64
ROWS = HEIGHT * 3 // 2


class Even:
    """Renders frames of one level."""

    def empty_frame(self) -> I420:
        return np.empty((ROWS, WIDTH), np.uint8)

    def frame(self, number: int, out: I420) -> I420:  # noqa: ARG002  all are alike
        out[:] = 100
        return out


@pytest.mark.parametrize("apart", [1, -1, 3, 90, -255])
@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 1.0])
def test_a_share_of_a_difference_is_laid_on_even_where_it_is_less_than_a_step(
    apart: int, share: float
) -> None:
    level = 0 if apart > 0 else 255
    picture = np.full((ROWS, WIDTH), level, np.uint8)
    Fading(np.full(picture.shape, apart, np.int16)).lay_over(picture, share)
    laid = picture.astype(int) - level
    assert float(laid.mean()) == pytest.approx(share * apart, abs=0.01 * abs(apart) + 0.03)
    assert np.ptp(laid) <= 1


def test_the_first_frame_is_the_one_given_and_the_rest_is_led_from_it() -> None:
    rng = np.random.default_rng(1)
    broad = np.linspace(-20, 20, WIDTH, dtype=np.float32) + np.zeros((ROWS, 1), np.float32)
    last = (100 + broad + rng.integers(-8, 9, broad.shape)).astype(np.uint8)
    settling = Settling(Even(), last)
    frames = [settling.frame(number, settling.empty_frame()).astype(int) for number in range(60)]
    np.testing.assert_array_equal(frames[0], last)
    np.testing.assert_array_equal(frames[-1], 100)
    steps = [float(np.abs(a - b).mean()) for a, b in pairwise(frames)]
    whole = float(np.abs(frames[0] - frames[-1]).mean())
    assert max(steps) < whole / 4
    assert steps[0] < whole / 20, "nothing goes at once"
    detail = np.array([np.abs(np.diff(frame[:HEIGHT], axis=1)).mean() for frame in frames])
    assert detail[8] < detail[0] / 4, "detail is soon gone"
    light = np.array([np.abs(frame[:HEIGHT].mean(axis=0) - 100).mean() for frame in frames])
    assert light[24] > light[0] / 3, "light is not"
