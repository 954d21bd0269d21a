"""City, traffic, train and engine."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from photoplay.frames import SAMPLE_RATE_HZ, Audio
from photoplay.sound.signals import (
    SOUND_SPEED_M_S,
    Colour,
    Control,
    Grains,
    Numbers,
    Rng,
    bursts,
    control_time_s,
    cycle,
    damped,
    drift,
    from_db,
    modulate,
    mono_noise,
    noise,
    oscillate,
    upsample,
)
from photoplay.sound.space import Place, pan, reverberate, scatter

ROAR: Colour = ((20, -14), (60, -3), (120, 0), (300, -9), (1000, -15), (2500, -28), (20000, -66))
TYRES: Colour = ((20, -26), (200, -14), (600, -4), (1000, 0), (1800, -7), (5000, -20), (20000, -46))
SPRAY: Colour = ((200, -40), (1500, -8), (4000, 0), (8000, -6), (20000, -24))
ROLLING: Colour = ((20, -14), (90, -9), (300, -5), (700, 0), (1500, -4), (4000, -16), (20000, -44))
CARRIAGE: Colour = ((20, -10), (45, -2), (90, -4), (200, -14), (800, -34), (20000, -80))
INTAKE: Colour = ((20, -10), (100, -2), (400, -4), (1500, -12), (5000, -26), (20000, -50))
CANYON = Place(1.6, 0.7, ((20, -16), (150, -3), (600, 0), (2000, -7), (6000, -24), (20000, -55)))
CABIN = Place(0.3, 0.25, ((20, -6), (200, 0), (1500, -4), (6000, -16), (20000, -40)))
SALOON = Place(0.5, 0.3, ((20, -10), (200, 0), (2000, -3), (8000, -14), (20000, -36)))


@dataclass(frozen=True, slots=True)
class PassBy:
    """One vehicle on a straight road, seen from beside it; all controls of the clip."""

    level: Control  # 1 at 8 m
    position: Control  # 0 left to 1 right
    pitch: Control  # Doppler factor


def city(samples: int, rng: Rng) -> Audio:
    """A city street from a few floors up or a side street.

    The roar of many distant roads lies below 1 kHz, since air and walls take the rest; single
    vehicles swell and sink within it. Someone walks by below, a horn answers another, and all of
    it rings between the house fronts for more than a second.
    """
    roar = noise(samples, rng, ROAR, spacing_m=0.6)
    roar = modulate(roar, np.exp(0.2 * drift(samples, rng, 0.15, 0.8)))
    swell = np.exp(0.9 * drift(samples, rng, 0.15, 0.5) - 0.4)
    far = modulate(noise(samples, rng, TYRES, spacing_m=0.3), from_db(-15) * swell)
    street = _footsteps(samples, rng) + _horns(samples, rng)
    return from_db(-12) * roar + reverberate(far + street, rng, CANYON)


def traffic(samples: int, rng: Rng) -> Audio:
    """Beside a busy road: cars pass close by, one every two seconds.

    Tyre noise peaks near 1 kHz whatever the tyre and the road (Sandberg, Euronoise, 2003); its
    level falls as 1 / distance. Engine tones drop in pitch as they pass, by the Doppler factor
    1 / (1 + v/c) of the receding speed.
    """
    verge = noise(samples, rng, ROAR, spacing_m=0.5)
    road = modulate(verge, from_db(-13) * np.exp(0.15 * drift(samples, rng, 0.2, 1)))
    tyres = [mono_noise(samples, rng, TYRES) for _ in range(2)]
    spray = mono_noise(samples, rng, SPRAY)
    firing = cycle([0.5, 1, 0.4, 0.6, 0.25, 0.3, 0.12, 0.15, 0.06], rng)
    for number, start_s in enumerate(_arrivals(samples, rng)):
        car = _pass_by(samples, rng, start_s)
        level = upsample(car.level, samples)
        motor = oscillate(firing, np.float32(rng.uniform(55, 95)) * car.pitch, samples)
        whole = tyres[number % 2] + np.float32(0.22) * level * spray + np.float32(0.3) * motor
        whole *= level
        to_right = upsample(car.position, samples)
        road[:, 0] += whole * np.sqrt(1 - to_right)
        road[:, 1] += whole * np.sqrt(to_right)
    return road


def train(samples: int, rng: Rng) -> Audio:
    """In a carriage on jointed rails.

    Each joint is struck by the two axles of a bogie, 2.5 m apart, then by the next carriage's:
    at 22 m/s over rails of 18.3 m (60 ft) a double knock every 0.83 s. Rolling noise, from the
    roughness of wheel and rail, peaks at 500–1,000 Hz (Thompson, Railway Noise and Vibration,
    2009); the body of the carriage rumbles below 100 Hz and sways.
    """
    sway = drift(samples, rng, 0.4, 1.5)
    rumble = modulate(noise(samples, rng, CARRIAGE, spacing_m=0.5), np.exp(0.25 * sway))
    rolling = noise(samples, rng, ROLLING, spacing_m=0.3)
    rolling = modulate(rolling, np.exp(0.16 * sway + 0.12 * drift(samples, rng, 2, 14)))
    knocks, rings, times_s, gains = _joints(samples, rng)
    at = (times_s * SAMPLE_RATE_HZ).astype(np.intp)
    order = rng.integers(0, len(knocks), len(at))
    places = np.where(gains > 0.6, 0.45, 0.62)
    clack = scatter(samples, knocks, at=at, which=order, gains=gains, positions=places)
    clack += scatter(samples, rings, at=at, which=order, gains=gains, positions=1 - places)
    return from_db(-9) * rumble + from_db(-12) * rolling + reverberate(clack, rng, SALOON)


def engine(samples: int, rng: Rng) -> Audio:
    """A four-cylinder, four-stroke engine at a fast idle, heard beside the bonnet.

    A cylinder fires every second turn, so the spectrum is a comb of half orders of the turning
    rate in which every fourth tooth, the firing rate, stands out. The exhaust resonates near 160
    Hz, the block near 620 Hz; the governor hunts slowly and every combustion differs a little.
    Intake and injector noise beats with the firing.
    """
    hunting = 0.045 * drift(samples, rng, 0.2, 1.2) + 0.004 * drift(samples, rng, 5, 30)
    half_orders_hz = rng.uniform(11.0, 13.5) * (1 + hunting)
    tooth = np.arange(1, 400)
    tone_hz = tooth * 12.0
    body = 1 + 1.6 * np.exp(-(((tone_hz - 160) / 70) ** 2))
    body += 1.1 * np.exp(-(((tone_hz - 620) / 180) ** 2))
    fall = (tooth / 4.0) ** -0.75 * np.exp(-((tone_hz / 2500) ** 2))
    uneven = np.where(tooth % 4 == 0, 1.0, rng.uniform(0.12, 0.3, len(tooth)))
    combustion = cycle(np.minimum(tooth / 4, 1) * uneven * body * fall, rng)
    running = 1 + 0.06 * drift(samples, rng, 3, 25)
    tone = oscillate(combustion, half_orders_hz, samples) * upsample(running, samples)
    beat = cycle([0, 0, 0, 1, 0, 0, 0, 0.5], np.random.default_rng(0))
    puffs = np.maximum(1 + 0.55 * oscillate(beat, half_orders_hz, samples), 0)
    intake = noise(samples, rng, INTAKE, spacing_m=0.25) * puffs[:, None]
    return reverberate(pan(tone, 0.5) + from_db(-13) * intake, rng, CABIN)


def _arrivals(samples: int, rng: Rng) -> list[float]:
    """When cars are nearest, in s: one in the first half, then every 1.2 to 3 s."""
    end_s = samples / SAMPLE_RATE_HZ
    now_s = rng.uniform(0.15, 0.5) * min(end_s, 3) - 2.5
    times_s: list[float] = []
    while now_s < end_s + 1.5:
        times_s.append(now_s)
        now_s += rng.uniform(1.2, 3.0)
    return times_s


def _pass_by(samples: int, rng: Rng, nearest_at_s: float) -> PassBy:
    """A vehicle that is nearest at that time, 5–12 m off, at 10–17 m/s in either direction."""
    offset_m, speed_m_s = rng.uniform(5, 12), rng.uniform(10, 17) * rng.choice([-1, 1])
    along_m = speed_m_s * (control_time_s(samples) - np.float32(nearest_at_s))
    distance_m = np.sqrt(offset_m**2 + along_m**2)
    receding_m_s = speed_m_s * along_m / distance_m
    return PassBy(
        level=np.asarray((8 / distance_m) ** 1.25, dtype=np.float32),
        position=np.asarray(0.5 + 0.45 * along_m / distance_m, dtype=np.float32),
        pitch=np.asarray(1 / (1 + receding_m_s / SOUND_SPEED_M_S), dtype=np.float32),
    )


def _horns(samples: int, rng: Rng) -> Audio:
    """Two far horns, each a pair of reeds a third apart near 400 and 500 Hz."""
    time_s = control_time_s(samples)
    end_s = samples / SAMPLE_RATE_HZ
    horns = np.zeros((samples, 2), dtype=np.float32, order="F")
    for loudness, part in ((0.1, rng.uniform(0.2, 0.45)), (0.06, rng.uniform(0.55, 0.8))):
        start_s, length_s = part * end_s, rng.uniform(0.25, 0.7)
        edge = np.minimum((time_s - start_s) / 0.03, (start_s + length_s - time_s) / 0.05)
        gate = upsample(np.clip(edge, 0, 1).astype(np.float32), samples)
        low_hz = rng.uniform(370, 430)
        reed = cycle([1, 0.7, 0.5, 0.35, 0.2, 0.1], rng)
        low, high = (
            oscillate(reed, np.full_like(time_s, pitch_hz), samples)
            for pitch_hz in (low_hz, 1.25 * low_hz)
        )
        horns += pan(np.float32(loudness) * (low + high) * gate, rng.uniform(0.1, 0.9))
    return horns


def _footsteps(samples: int, rng: Rng) -> Audio:
    """Someone walks past: just under two steps a second, heel then sole."""
    every_s, end_s = rng.uniform(0.5, 0.58), samples / SAMPLE_RATE_HZ
    heels_s = np.arange(rng.uniform(0, every_s), end_s, every_s)
    heels_s = heels_s + rng.normal(0, 0.012, len(heels_s))
    times_s = np.concatenate([heels_s, heels_s + 0.07])
    walk = np.clip(times_s / max(end_s, 4), 0, 1)
    to_right = 0.15 + 0.7 * (walk if rng.random() < 0.5 else 1 - walk)
    return scatter(
        samples,
        _soles(rng),
        at=(times_s * SAMPLE_RATE_HZ).astype(np.intp),
        which=rng.integers(0, 8, len(times_s)),
        gains=np.repeat([0.5, 0.2], len(heels_s)) * rng.uniform(0.7, 1.1, len(times_s)),
        positions=to_right,
    )


def _soles(rng: Rng) -> Grains:
    colour: Colour = ((80, -20), (300, -4), (1200, 0), (3500, -4), (9000, -18), (20000, -36))
    scuff = bursts(8, rng, rng.uniform(0.004, 0.01, 8), 0.08, colour)
    thud = damped(rng.uniform(90, 150, 8), np.full(8, 0.015), 0.08)
    return np.asarray(scuff + 0.6 * thud, dtype=np.float32)


def _joints(samples: int, rng: Rng) -> tuple[Grains, Grains, Numbers, Numbers]:
    """Six thumps and six rings of the rail; the time (s) and the gain of every axle's knock."""
    speed_m_s, rail_m = rng.uniform(20, 24), 18.3
    thumps = 1.3 * damped(rng.uniform(62, 85, 6), np.full(6, 0.045), 0.22)
    thumps += 0.5 * damped(rng.uniform(180, 260, 6), np.full(6, 0.02), 0.22)
    rails = bursts(
        6, rng, np.full(6, 0.012), 0.22, ((200, -30), (900, 0), (3000, -6), (20000, -40))
    )
    rails *= np.float32(2.2)
    first_s = rng.uniform(0.05, 0.6) * rail_m / speed_m_s
    joints_s = np.arange(first_s - 1, samples / SAMPLE_RATE_HZ, rail_m / speed_m_s)
    axles_m, axle_gains = np.array([0, 2.5, 7.2, 9.7]), np.array([1, 0.85, 0.34, 0.3])
    times_s = (joints_s[:, None] + axles_m / speed_m_s).ravel()
    gains = np.tile(axle_gains, len(joints_s)) * rng.uniform(0.8, 1.15, len(times_s))
    return 1.6 * thumps, rails, times_s, gains
