"""Wind, rain and thunder."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from photoplay.frames import SAMPLE_RATE_HZ, Audio
from photoplay.sound.signals import (
    SOUND_SPEED_M_S,
    Colour,
    Grains,
    Indices,
    Mono,
    Numbers,
    Rng,
    bursts,
    cycle,
    damped,
    drift,
    fft_size,
    from_db,
    modulate,
    noise,
    oscillate,
    over_bins,
    response,
    upsample,
)
from photoplay.sound.space import Place, pan, random_times, reverberate, scatter

GUST_BODY: Colour = ((20, 0), (60, -2), (200, -9), (600, -17), (2000, -28), (20000, -62))
GUST_LEAVES: Colour = ((100, -40), (400, -14), (1200, -3), (3000, 0), (7000, -5), (18000, -26))
RAIN_HISS: Colour = (
    (20, -24),
    (150, -17),
    (600, -10),
    (2000, -3),
    (5000, 0),
    (10000, -3),
    (20000, -14),
)
RAIN_FAR: Colour = (
    (20, -12),
    (100, -8),
    (400, -5),
    (1500, -2),
    (4000, -6),
    (12000, -22),
    (20000, -36),
)
RAIN_ROAR: Colour = (
    (20, -26),
    (100, -14),
    (300, -5),
    (900, 0),
    (2500, -2),
    (6000, -5),
    (12000, -12),
    (20000, -24),
)
CLAP: Colour = (
    (20, -10),
    (70, -2),
    (200, 0),
    (500, -6),
    (1500, -16),
    (4000, -32),
    (9000, -55),
    (20000, -90),
)
RUMBLE: Colour = ((20, -3), (45, 0), (100, -3), (250, -14), (800, -32), (3000, -55), (20000, -90))
VALLEY = Place(2.6, 0.8, ((20, 0), (150, 0), (500, -10), (2000, -28), (20000, -70)), delay_s=0.15)
ROLL_S = 4.5
LONGEST = 12 * SAMPLE_RATE_HZ  # samples of one roll
FADE = SAMPLE_RATE_HZ // 2
ECHO_ROOM = SAMPLE_RATE_HZ // 4  # silence for the echo to run out in, lest it precede its stroke


def wind(samples: int, rng: Rng) -> Audio:
    """Gusts over open ground and through leaves.

    The body falls at about 16.7 dB a decade, as the power of turbulence does in Kolmogorov's
    inertial range (f^-5/3). Leaves and edges answer to a higher power of the wind's speed, so a
    gust is brighter as well as louder. Edges sing at the Strouhal frequency 0.2·v/d (Farnell,
    Designing Sound, 2010, ch. 41): 8 m/s on twigs of 4 and 2.6 mm is 400 and 615 Hz.
    """
    gust = 0.8 * drift(samples, rng, 0.12, 0.6) + 0.35 * drift(samples, rng, 0.6, 4)
    body = modulate(noise(samples, rng, GUST_BODY, spacing_m=0.6), np.exp(0.45 * gust))
    leaves = modulate(noise(samples, rng, GUST_LEAVES, spacing_m=0.4), np.exp(1.05 * gust))
    wind_bed = body + from_db(-11) * leaves
    sine = cycle([1.0], rng)
    for twig_m, position in ((0.004, 0.35), (0.0026, 0.7)):
        speed_m_s = 8 * np.exp(0.13 * gust + 0.02 * drift(samples, rng, 4, 15))
        tone = oscillate(sine, 0.2 * speed_m_s / twig_m, samples)
        swell = np.maximum(gust + 0.1, 0) * np.exp(0.4 * drift(samples, rng, 2, 20))
        wind_bed += pan(tone * upsample(from_db(-27) * swell, samples), position)
    return wind_bed


def light_rain(samples: int, rng: Rng) -> Audio:
    """A drizzle of 2 mm/h: single drops on leaves and sills, a faint hiss behind.

    As `rain`; few drops and small ones, so that each is heard, and now and then a fat one that
    has gathered on a leaf (Marshall and Palmer's law does not hold for those).
    """
    hiss = modulate(noise(samples, rng, RAIN_HISS), np.exp(0.2 * drift(samples, rng, 0.2, 2)))
    drops = _falling(samples, rng, rate_mm_h=2, drops_hz=38)
    times = random_times(samples, rng, 2.2)
    gathered = scatter(
        samples,
        damped(rng.uniform(700, 1700, 12), rng.uniform(0.004, 0.009, 12), 0.05, rise=3.0),
        at=times,
        which=rng.integers(0, 12, len(times)),
        gains=rng.uniform(0.3, 0.9, len(times)),
        positions=rng.random(len(times)),
    )
    return from_db(-17) * hiss + from_db(5) * drops + gathered


def rain(samples: int, rng: Rng) -> Audio:
    """Steady rain of 15 mm/h on ground and leaves, single drops close by.

    Diameters D follow Marshall and Palmer (J. Meteor. 5, 1948): their number falls as exp(−ΛD)
    with Λ = 4.1·R^-0.21 per mm at R mm/h; the level of a drop rises as its momentum, about D^3.5,
    and as 1 / distance. Each is a tick and the ring of the bubble it leaves.
    """
    fall = modulate(noise(samples, rng, RAIN_HISS), np.exp(0.14 * drift(samples, rng, 0.3, 4)))
    return fall + from_db(5) * _falling(samples, rng, rate_mm_h=15, drops_hz=320)


def heavy_rain(samples: int, rng: Rng) -> Audio:
    """A downpour of 60 mm/h: sheets of water that come and go with the wind, and splashing.

    Drops over 2 mm trap large bubbles, which ring low: with the rate of rain the spectrum gains
    most between 1 and 5 kHz and below (Nystuen, JASA 79, 1986; Nystuen and Medwin, JASA 97, 1995).
    """
    sheets = np.exp(0.3 * drift(samples, rng, 0.25, 1.5) + 0.1 * drift(samples, rng, 2, 8))
    roar = modulate(noise(samples, rng, RAIN_ROAR, spacing_m=0.4), sheets)
    hiss = modulate(noise(samples, rng, RAIN_HISS), sheets)
    drops = _falling(samples, rng, rate_mm_h=60, drops_hz=420)
    return np.asarray(roar + from_db(-5) * hiss + from_db(-4) * drops, dtype=np.float32)


def _falling(samples: int, rng: Rng, *, rate_mm_h: float, drops_hz: float) -> Audio:
    """Single drops, `drops_hz` of them a second, of the sizes that rain of that rate has."""
    times = random_times(samples, rng, drops_hz)
    diameter_mm = rng.exponential(rate_mm_h**0.21 / 4.1, len(times)) + 0.35
    nearness = np.minimum(1 / np.sqrt(rng.random(len(times)) + 0.02), 5)
    return scatter(
        samples,
        _drops(rng),
        at=times,
        which=rng.integers(0, 48, len(times)),
        gains=np.minimum(0.5 * diameter_mm**3.5 * nearness, 7),
        positions=rng.random(len(times)),
    )


def thunder(samples: int, rng: Rng) -> Audio:
    """A stroke near the start, its claps and its roll, over far rain.

    Ribner and Roy (JASA 72, 1982): every piece of the crooked channel sends an N-shaped pulse.
    Pieces at nearly one distance arrive together as a clap, the rest string out as the roll; the
    air takes the high frequencies of what comes from farther. Spectra peak below 100 Hz (Few,
    JGR 74, 1969). Long clips hear more strokes, farther away.
    """
    weather = noise(samples, rng, RAIN_FAR, spacing_m=0.5)
    weather = modulate(weather, from_db(-22) * (1 + 0.1 * drift(samples, rng, 0.3, 2)))
    end_s = samples / SAMPLE_RATE_HZ
    strokes = np.zeros_like(weather)
    onset_s = min(rng.uniform(0.25, 0.5), 0.1 * end_s)
    distance_m, level = rng.uniform(450, 900), 1.0
    while onset_s < end_s:
        first = round(onset_s * SAMPLE_RATE_HZ)
        stroke = _stroke(min(samples - first, LONGEST), rng, distance_m)
        strokes[first : first + len(stroke)] += np.float32(level) * stroke
        onset_s += rng.uniform(5.5, 10)
        distance_m, level = rng.uniform(900, 2000), rng.uniform(0.4, 0.8)
    loud = 3 * np.tanh(strokes / 3)  # the nearest claps overload any microphone
    return np.asarray(weather + loud, dtype=np.float32)


def _drops(rng: Rng) -> Grains:
    pitch_hz = np.exp(rng.uniform(np.log(1400), np.log(8000), 48))
    ring = damped(pitch_hz, rng.uniform(0.0012, 0.006, 48), 0.016, rise=rng.uniform(0, 8, 48))
    tick_colour: Colour = ((500, -20), (3000, 0), (12000, 0), (20000, -10))
    tick = bursts(48, rng, rng.uniform(0.0002, 0.0006, 48), 0.016, tick_colour)
    return np.asarray(0.35 * ring + 0.5 * tick, dtype=np.float32)


def _stroke(samples: int, rng: Rng, distance_m: float) -> Audio:
    """One lightning channel from the moment its nearest piece is heard, faded out after LONGEST.

    Its rms would be 1 if it lasted ROLL_S.
    """
    pieces_m = _channel(rng, distance_m)
    reach_m = np.linalg.norm(pieces_m, axis=1)
    arrival_s = (reach_m - reach_m.min()) / SOUND_SPEED_M_S
    strength = reach_m.min() / reach_m * rng.exponential(1.0, len(reach_m))
    at = (arrival_s * SAMPLE_RATE_HZ).astype(np.intp)
    width = 0.5 + 0.45 * pieces_m[:, 0] / reach_m
    brightness = np.exp(-arrival_s / 0.5)  # farther pieces lose their highs to the air
    rolling = np.zeros((samples + ECHO_ROOM, 2), dtype=np.float32, order="F")
    for side, side_gain in enumerate((np.sqrt(1 - width), np.sqrt(width))):
        near, far = (
            _train(at, strength * side_gain * share, len(rolling))
            for share in (brightness, 1 - 0.7 * brightness)
        )
        rolling[:, side] = _pulses(near, CLAP, far, RUMBLE)
    rolling = reverberate(rolling, rng, VALLEY)[:samples]
    if samples == LONGEST:
        rolling[-FADE:] *= np.linspace(1, 0, FADE, dtype=np.float32)[:, None]
    energy = np.sum(rolling**2) / (2 * ROLL_S * SAMPLE_RATE_HZ)
    return np.asarray(rolling / np.sqrt(energy + 1e-9), dtype=np.float32)


def _channel(rng: Rng, distance_m: float) -> NDArray[np.float64]:
    """Middles of the pieces of a crooked channel, (count, 3): up 3 km, then along the cloud."""
    steps_m = rng.normal(0, 1, (1500, 3)) * 6
    steps_m[:800] += np.array([0, 0, 3.75])
    along = rng.uniform(0, 2 * np.pi)
    steps_m[800:] += 3.5 * np.array([np.cos(along), np.sin(along), 0])
    bearing = rng.uniform(-0.6, 0.6)
    foot_m = distance_m * np.array([np.sin(bearing), np.cos(bearing), 0])
    return np.asarray(foot_m + np.cumsum(steps_m, axis=0))


def _train(at: Indices, strength: Numbers, length: int) -> Mono:
    """Impulses of that strength at those samples; what comes after the end is lost."""
    inside = at < length
    return np.asarray(np.bincount(at[inside], strength[inside], minlength=length), dtype=np.float32)


def _pulses(near: Mono, near_colour: Colour, far: Mono, far_colour: Colour) -> Mono:
    """Two trains of impulses, each impulse as a pulse of its train's colour.

    The phase of a first-order roll-off at 150 Hz makes the pulses begin sharply and ring after.
    """
    size = fft_size(len(near))
    phase = over_bins(size, lambda hz: np.exp(-1j * np.arctan(hz / 150)).astype(np.complex64))
    spectrum = np.zeros(size // 2 + 1, dtype=np.complex64)
    for train, colour in ((near, near_colour), (far, far_colour)):
        impulses = np.fft.rfft(train, size, norm="ortho")
        spectrum += impulses * response(size, colour)
    pulses = np.fft.irfft(spectrum * phase, size, norm="ortho")[: len(near)]
    return np.asarray(pulses, dtype=np.float32)
