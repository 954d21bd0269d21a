"""What moves the air: whoosh, riser, cloth and paper, applause."""

from __future__ import annotations

import numpy as np

from photoplay.frames import SAMPLE_RATE_HZ
from photoplay.sound.effects.parts import (
    added,
    at_rows,
    bands,
    burst,
    closed,
    edged,
    laid,
    length_of,
    moving_noise,
    over,
    swell,
    thinned,
)
from photoplay.sound.effects.recipe import Recipe, variant
from photoplay.sound.signals import (
    CONTROL_RATE_HZ,
    Colour,
    Control,
    Grains,
    Indices,
    Mono,
    Numbers,
    Rng,
    bursts,
    control_points,
    control_time_s,
    cycle,
    drift,
    mono_noise,
    oscillate,
    upsample,
)

SLOW_HZ, OCTAVES = 180.0, 4.2  # the middle of a whoosh's band at rest, and how far it rises
FULL_RMS = 0.25  # of a whoosh at full speed
EDGE_S = 0.005

RUSTLE_HZ = 1000.0  # the middle of the band of fibres that hardly move
CRACKLE: Colour = ((300, -24), (1500, -4), (4000, 0), (9000, -3), (20000, -16))
FLAP: Colour = ((60, -18), (180, -2), (420, 0), (1200, -10), (5000, -26), (20000, -50))

# The hollow between two hands: cupped, palm on palm, fingers on palm.
HANDS: tuple[Colour, ...] = (
    ((100, -26), (420, -8), (720, 0), (1300, -9), (4000, -22), (20000, -50)),
    ((100, -30), (600, -10), (1150, 0), (2300, -5), (6000, -16), (20000, -44)),
    ((150, -34), (900, -12), (1900, 0), (3600, -3), (8000, -11), (20000, -36)),
)
FAR_HANDS: Colour = ((100, -30), (500, -8), (1100, 0), (2200, -4), (5000, -15), (20000, -52))
HANDS_PER_KIND = 8
CLAPPERS = 32
CLAP_S = 0.06


def whoosh(speed: Control, *, samples: int, rng: Rng) -> Mono:
    """What a moving camera sounds like: float32 (samples,), rms 0.25 at full speed.

    `speed` is 0–1, one value per control point; at 0 there is silence. The vortices behind a body
    in a stream come off at a rate that grows with its speed (Strouhal, Ann. Phys. 241, 1878), and
    sound the louder for it: the band lies about 180·2^(4.2·speed) Hz, its gain is speed^1.6.
    """
    assert speed.shape == (control_points(samples),)
    pace = speed.clip(0, 1)
    air = _rush(SLOW_HZ * 2 ** (OCTAVES * pace), samples, rng)
    gusts = np.exp(0.25 * drift(samples, rng, 3, 25))
    sound = air * upsample(FULL_RMS * pace**1.6 * gusts, samples)
    return edged(sound, opening_s=EDGE_S, closing_s=EDGE_S)


def passing(length_s: float, rng: Rng) -> Mono:
    """Something flies by: a whoosh at the speed with which it crosses the view.

    What passes on a straight line turns about the listener by 1/(1 + (t/τ)²) of its fastest.
    """
    samples = length_of(length_s)
    part = over(samples)
    crossing = 1 / (1 + ((part - rng.uniform(0.42, 0.5)) / 0.17) ** 2)
    speed = crossing * swell(len(part), rise=0.2, fall=0.3)
    return closed(whoosh(speed.astype(np.float32), samples=samples, rng=rng))


def riser(length_s: float, rng: Rng) -> Mono:
    """Tension that grows to its end and breaks off: noise and a chord that climb together.

    What gets louder and higher seems to come nearer, and is watched (Neuhoff, Nature 395, 1998);
    a pulse that quickens adds haste.
    """
    samples = length_of(length_s)
    part = over(samples)
    air = _rush(260 * 2 ** (4.8 * part**1.3), samples, rng)
    chord = _glide(rng.uniform(85, 110) * 2 ** (2 * part**1.5), samples, rng)
    turns = np.cumsum(2 + 12 * part**2) / CONTROL_RATE_HZ
    pulse = 1 - 0.35 * part * (1 + np.cos(2 * np.pi * turns))
    loudness = 10 ** (-2 * (1 - part)) * pulse  # from −40 dB
    sound = (0.3 * air + 0.25 * chord) * upsample(loudness, samples)
    # It breaks off, but not as a click does.
    return closed(edged(sound, opening_s=0.05, closing_s=0.03))


def rustle(length_s: float, rng: Rng) -> Mono:
    """Clothes that move: fibres catch and slip, faster and so higher the faster the cloth goes.

    The noise of fabric on fabric is broad, from some hundred Hz to beyond 10 kHz (Yi and Cho,
    Textile Res. J. 70, 2000).
    """
    samples = length_of(length_s)
    speed = _strokes(samples, rng)
    fibres = _rush(RUSTLE_HZ * 2 ** (1.7 * speed), samples, rng, below=1.5, above=1.3)
    catches = np.exp(0.5 * drift(samples, rng, 20, 200))
    return closed(fibres * upsample(speed**1.3 * catches, samples))


def crumple(length_s: float, rng: Rng) -> Mono:
    """Paper that is handled: its facets snap from one fold to another.

    The energies of the snaps follow a power law over many decades (Houle and Sethna, Phys. Rev. E
    54, 1996).
    """
    samples = length_of(length_s)
    speed = _strokes(samples, rng)
    return closed(_sheet(speed, samples, rng, snaps_hz=260))


def page(length_s: float, rng: Rng) -> Mono:
    """A page turns: it slides, sweeps through the air, and falls flat."""
    samples = length_of(length_s)
    lift = swell(control_points(samples), rise=0.5, fall=0.42)
    flat_s = 0.7 * length_s
    sheet = _sheet(lift, samples, rng, snaps_hz=110)
    fall = burst(FLAP, 0.03, 0.2, rng)
    settling = burst(CRACKLE, 0.012, 0.1, rng)
    parts = [(0.0, 1.0, sheet), (flat_s, 0.9, fall), (flat_s + 0.012, 0.35, settling)]
    return closed(added(parts, length_s))


def applause(length_s: float, rng: Rng) -> Mono:
    """An audience claps: 32 pairs of hands, each at its own pace, and a hall of them farther off.

    People clap about 4 times a second, and no two pairs of hands sound alike (Repp, JASA 81,
    1987); a clap is a short noise that the hollow of the hands colours between
    0.7 and 2 kHz (Peltola et al., IEEE TASLP 15, 2007). They fall in and leave off one by one.
    """
    samples = length_of(length_s)
    heard = np.zeros(samples, np.float32)
    for kind, colour in enumerate(HANDS):
        hands = bursts(HANDS_PER_KIND, rng, rng.uniform(0.002, 0.008, 8), CLAP_S, colour)
        for _ in range(kind, CLAPPERS, len(HANDS)):
            at = _claps(length_s, rng)
            near = rng.uniform(0.25, 1) * rng.uniform(0.8, 1.2, len(at))
            pair = hands[rng.integers(HANDS_PER_KIND)][None]
            heard += laid(samples, pair, at, near, rng)
    edge = min(0.6 / length_s, 0.3)
    hall = swell(control_points(samples), rise=edge, fall=2 * edge)
    hall *= np.exp(0.15 * drift(samples, rng, 1, 12))
    return closed(heard + 0.25 * mono_noise(samples, rng, FAR_HANDS) * upsample(hall, samples))


def clap(length_s: float, rng: Rng) -> Mono:
    """One pair of hands."""
    colour = HANDS[rng.integers(len(HANDS))]
    return closed(added([(0.0, 1.0, burst(colour, 0.006, CLAP_S, rng))], length_s))


def _rush(
    centre_hz: Numbers, samples: int, rng: Rng, *, below: float = 0.7, above: float = 1.0
) -> Mono:
    """A band of noise of rms 1 about a moving centre; a stream has more above it than below."""
    colours = bands(at_rows(np.asarray(centre_hz, np.float32), samples), below=below, above=above)
    return moving_noise(colours, samples, rng)


def _glide(pitch_hz: Control, samples: int, rng: Rng) -> Mono:
    """A chord of a tone and its next three harmonics, a little out of tune, all on the move."""
    sine = cycle([1.0], rng)
    tones = [oscillate(sine, n * pitch_hz, samples) / n for n in (1, 2.01, 2.99, 4.03)]
    return np.asarray(np.sum(tones, axis=0), np.float32)


def _strokes(samples: int, rng: Rng) -> Control:
    """The speed of cloth in someone's hands, 0–1: strokes of 0.2 to 0.5 s, one after the other."""
    time_s = control_time_s(samples)
    end_s = samples / SAMPLE_RATE_HZ
    speed = np.zeros_like(time_s)
    start_s = 0.0
    while start_s < end_s - 0.1:
        length_s = min(rng.uniform(0.2, 0.5), end_s - start_s)
        inside = ((time_s - start_s) / length_s).clip(0, 1)
        speed = np.maximum(speed, rng.uniform(0.45, 1) * np.sin(np.pi * inside**0.8) ** 2)
        start_s += length_s * rng.uniform(0.6, 1.1)
    return speed.astype(np.float32)


def _sheet(speed: Control, samples: int, rng: Rng, *, snaps_hz: float) -> Mono:
    """A sheet of paper that slides at that speed, `snaps_hz` snaps a second at full speed."""
    at = thinned(speed, samples, rng, snaps_hz)
    energies = rng.pareto(1.6, len(at)).clip(0.05, 4)
    slide = _rush(2100 * 2 ** (0.8 * speed), samples, rng)
    snapping = laid(samples, _snaps(rng), at, energies, rng)
    return np.asarray(0.35 * slide * upsample(speed, samples) + 0.5 * snapping, np.float32)


def _snaps(rng: Rng) -> Grains:
    return bursts(16, rng, rng.uniform(0.0004, 0.0025, 16), 0.012, CRACKLE)


def _claps(length_s: float, rng: Rng) -> Indices:
    """When one listener's claps begin."""
    gap_s = 1 / float(np.clip(rng.normal(4.0, 0.45), 2.9, 5.0))
    enters_s = min(rng.exponential(0.25), 0.3 * length_s) + rng.uniform(0, gap_s)
    leaves_s = length_s - CLAP_S - rng.uniform(0, min(1.2, 0.4 * length_s))
    number = max(int((leaves_s - enters_s) / gap_s), 0)
    at_s: Numbers = enters_s + np.cumsum(rng.normal(gap_s, 0.03 * gap_s, number)) - gap_s
    return (at_s.clip(0, length_s - CLAP_S) * SAMPLE_RATE_HZ).astype(np.intp)


WHOOSH = Recipe(make=passing, length_s=0.9, gap_s=0.9, unsteadiness=0.1)
RISER = Recipe(make=riser, length_s=4.0, lasts=True, leads_up=True)
CLOTH = Recipe(
    make=rustle,
    length_s=1.4,
    lasts=True,
    variants=(
        variant("pages?|books?|leaf(?:s|ing)? through", Recipe(make=page, length_s=0.8, gap_s=1.1)),
        variant("paper|newspaper|letter|map|wrapp", Recipe(make=crumple, length_s=1.4, lasts=True)),
    ),
)
APPLAUSE = Recipe(
    make=applause,
    length_s=60.0,
    lasts=True,
    variants=(
        variant(
            r"(?:slow|single|hand) ?clap|claps? (?:his|her|their|once|twice)|one clap",
            Recipe(make=clap, length_s=0.1, count=4, gap_s=0.33, unsteadiness=0.06),
        ),
    ),
)
