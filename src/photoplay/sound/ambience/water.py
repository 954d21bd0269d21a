"""Ocean and stream."""

from __future__ import annotations

import numpy as np

from photoplay.frames import SAMPLE_RATE_HZ, Audio
from photoplay.sound.signals import (
    CONTROL_RATE_HZ,
    Colour,
    Control,
    Numbers,
    Rng,
    control_time_s,
    damped,
    drift,
    from_db,
    modulate,
    noise,
    upsample,
)
from photoplay.sound.space import random_times, scatter

SWELL: Colour = ((20, -2), (60, 0), (200, -5), (800, -16), (3000, -30), (20000, -60))
CRASH: Colour = ((20, -8), (100, -1), (300, 0), (800, -4), (2500, -13), (8000, -25), (20000, -42))
WASH: Colour = ((20, -50), (300, -22), (1000, -6), (2500, 0), (7000, -2), (13000, -9), (20000, -20))
BROOK: Colour = ((20, -30), (100, -16), (300, -5), (700, 0), (1500, -4), (4000, -14), (20000, -40))
WAVE_PERIOD_S = 7.0


def ocean(samples: int, rng: Rng) -> Audio:
    """Waves that break on a beach and run back.

    Swell arrives every 5 to 9 s. A breaker swells, crashes (100–500 Hz, the plume of large
    bubbles) and leaves a wash of small ones (1–7 kHz): the two broad peaks that Melville et al.
    found under water near the shore (131st ASA meeting, 1pAO10, 1996). It breaks along
    the shore, so one side hears it up to 0.4 s later.
    """
    crash_left, wash_left, crash_right, wash_right = _breakers(samples, rng)
    swell = modulate(noise(samples, rng, SWELL), 1 + 0.2 * drift(samples, rng, 0.1, 0.6))
    fizz = 1 + 0.16 * drift(samples, rng, 3, 30)
    crash, wash = noise(samples, rng, CRASH, spacing_m=0.4), noise(samples, rng, WASH)
    surf = from_db(-15) * swell
    for side, crashes, washes in ((0, crash_left, wash_left), (1, crash_right, wash_right)):
        surf[:, side] += crash[:, side] * upsample(crashes, samples)
        surf[:, side] += wash[:, side] * upsample(from_db(-9) * washes * fizz, samples)
    return surf


def stream(samples: int, rng: Rng) -> Audio:
    """A brook over stones: thousands of bubbles over a soft rush.

    van den Doel (ACM Trans. Applied Perception 2(4), 2005): a bubble of radius r (m) rings at
    3/r Hz (Minnaert, 1933), dies away at 0.13/r + 0.0072·r^-1.5 per s, and rises in pitch as it
    nears the surface. Small ones are many; they come in spurts, as eddies swallow air.
    """
    rush = noise(samples, rng, BROOK, spacing_m=0.3)
    rush = modulate(rush, 1 + 0.14 * drift(samples, rng, 0.4, 6))
    radius_m = _power_law(64, rng, 0.00035, 0.0045, exponent=1.4)
    decay_rate = 0.13 / radius_m + 0.0072 * radius_m**-1.5
    pool = damped(3 / radius_m, 1 / decay_rate, 0.06, rise=0.1 * decay_rate * rng.random(64))
    times = random_times(samples, rng, 420, lead=2000)
    spurts = upsample(np.exp(0.6 * drift(samples, rng, 1, 9)), samples)
    which = rng.integers(0, len(pool), len(times))
    bubbles = scatter(
        samples,
        pool,
        at=times,
        which=which,
        gains=0.9
        * (radius_m[which] / 0.002) ** 0.3
        * np.minimum(rng.pareto(1.8, len(times)) + 0.15, 3)
        * spurts[np.clip(times, 0, samples - 1)],
        positions=np.clip(rng.normal(0.5, 0.24, len(times)), 0.02, 0.98),
    )
    return from_db(-3) * rush + bubbles


def _breakers(samples: int, rng: Rng) -> tuple[Control, Control, Control, Control]:
    """Gains of crash and wash on the left, then on the right."""
    lag = round(0.4 * CONTROL_RATE_HZ)
    time_s = control_time_s(samples)
    crash, wash = np.full_like(time_s, 0.12), np.full_like(time_s, 0.25)
    delayed_crash, delayed_wash = crash.copy(), wash.copy()
    end_s = samples / SAMPLE_RATE_HZ
    break_s = rng.uniform(0.25, 0.45) * min(end_s, WAVE_PERIOD_S) - 2 * WAVE_PERIOD_S
    while break_s < end_s + 2:
        height = rng.uniform(0.65, 1.15)
        rise_s, fall_s, fizz_s = rng.uniform([1.1, 0.8, 1.3], [1.9, 1.3, 2.3])
        late_s = rng.uniform(-1, 1) * lag / CONTROL_RATE_HZ
        for side_s, of_crash, of_wash in (
            (break_s + max(late_s, 0), crash, wash),
            (break_s + max(-late_s, 0), delayed_crash, delayed_wash),
        ):
            after_s = time_s - np.float32(side_s)
            up = np.clip(1 + after_s / rise_s, 0, 1) ** 2.4
            of_crash += height * up * np.exp(-np.maximum(after_s, 0) / fall_s)
            spread = np.clip((after_s + 0.25) / 0.7, 0, 1)
            of_wash += height * spread * np.exp(-np.maximum(after_s - 0.3, 0) / fizz_s)
        break_s += max(rng.normal(WAVE_PERIOD_S, 1.0), 4.5)
    return crash, wash, delayed_crash, delayed_wash


def _power_law(count: int, rng: Rng, least: float, most: float, *, exponent: float) -> Numbers:
    """Random sizes between two limits, of which the number above x falls as x^-exponent."""
    rarest = (least / most) ** exponent
    return np.asarray(least * (1 - rng.random(count) * (1 - rarest)) ** (-1 / exponent))
