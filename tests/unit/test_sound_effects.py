"""Effects come when they are asked for, can be told apart, and show the facts they claim."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from photoplay.direction.plan import Effect, SoundEffect
from photoplay.errors import FeatureNotSupported
from photoplay.sound.effects import RECIPES, Recipe, effect, whoosh
from photoplay.sound.signals import Mono, control_points

Numbers = NDArray[np.float64]

SECOND = 48_000
BANDS_HZ = np.geomspace(40, 16_000, 19)
FRAME = 480  # 10 ms
VARIANTS = [
    pytest.param(other.recipe, id=f"{kind}-{other.pattern.pattern}")
    for kind in Effect
    for other in RECIPES[kind].variants
]
ALL_RECIPES = [pytest.param(RECIPES[kind], id=kind.value) for kind in Effect] + VARIANTS


def cue(kind: Effect, words: str = "", *, start: float = 0, end: float = 1, count: int = 0) -> Mono:
    return made(SoundEffect(kind=kind, words=words, start=start, end=end, count=count))


def made(wanted: SoundEffect, seed: int = 0, *, seconds: float = 4) -> Mono:
    return effect(wanted, samples=round(seconds * SECOND), rng=np.random.default_rng(seed))


def one(recipe: Recipe, seed: int = 0, *, length_s: float | None = None) -> Mono:
    seconds = length_s or min(recipe.length_s, 4.0)
    return recipe.make(seconds, np.random.default_rng(seed))


def named(kind: Effect, words: str) -> Recipe:
    return RECIPES[kind].worded(words)


def envelope(sound: Mono, frame: int = FRAME) -> Numbers:
    """Peak of each frame, 10 ms long unless said otherwise."""
    pieces = np.abs(sound[: len(sound) // frame * frame].reshape(-1, frame))
    return np.asarray(pieces.max(axis=1), np.float64)


def onsets_s(sound: Mono, *, apart_s: float = 0.2, above: float = 0.12) -> Numbers:
    """When the sound exceeds `above` of its peak for the first time in `apart_s`."""
    loud_s = np.flatnonzero(np.abs(sound) > above) / SECOND
    return np.asarray(loud_s[np.diff(loud_s, prepend=-1) > apart_s], np.float64)


def spectrum(sound: Mono) -> tuple[Numbers, Numbers]:
    power = np.asarray(np.abs(np.fft.rfft(sound * np.hanning(len(sound)))) ** 2, np.float64)
    return np.asarray(np.fft.rfftfreq(len(sound), 1 / SECOND)), power


def middle_hz(sound: Mono, low_hz: float = 30, high_hz: float = 20_000) -> float:
    """The middle of the power over log frequency."""
    hz, power = spectrum(sound)
    band = (hz > low_hz) & (hz < high_hz)
    return float(2 ** np.average(np.log2(hz[band]), weights=power[band]))


def peak_hz(sound: Mono, low_hz: float = 30, high_hz: float = 20_000) -> float:
    hz, power = spectrum(sound)
    band = (hz > low_hz) & (hz < high_hz)
    return float(hz[band][power[band].argmax()])


# What holds of every recipe


def test_every_effect_has_a_recipe() -> None:
    assert set(RECIPES) == set(Effect)


@pytest.mark.parametrize("recipe", ALL_RECIPES)
def test_a_recipe_makes_one_sound_of_peak_1_between_zeros_without_dc_or_a_click(
    recipe: Recipe,
) -> None:
    sound = one(recipe)
    assert sound.dtype == np.float32
    assert np.abs(sound).max() == pytest.approx(1)
    assert sound[0] == sound[-1] == 0
    assert np.abs(sound[-24:]).max() < 0.1  # half a millisecond before its end
    assert abs(sound.mean()) < 1e-4


@pytest.mark.parametrize("recipe", ALL_RECIPES)
def test_no_sound_is_mostly_silence(recipe: Recipe) -> None:
    """At least a tenth of its usual length is within 50 dB of the peak."""
    assert (envelope(one(recipe)) > 0.003).mean() > 0.1


@settings(max_examples=40, deadline=None)
@given(
    kind=st.sampled_from(Effect),
    seed=st.integers(0, 2**32 - 1),
    seconds=st.floats(1, 12) | st.just(60.0),
    start=st.floats(0, 1),
    length=st.floats(0, 1),
    count=st.integers(0, 20),
    words=st.sampled_from(
        ["", "running on gravel", "creaks open", "phone rings", "page", "can", "wine", "slow clap"]
    ),
)
def test_any_cue_fits_its_clip_is_finite_and_begins_and_ends_at_zero(
    kind: Effect, seed: int, seconds: float, start: float, length: float, count: int, words: str
) -> None:
    wanted = SoundEffect(
        kind=kind, start=start, end=min(1, start + length), count=count, words=words
    )
    sound = made(wanted, seed, seconds=seconds)
    assert sound.shape == (round(seconds * SECOND),)
    assert sound.dtype == np.float32
    assert np.isfinite(sound).all()
    assert np.abs(sound).max() == pytest.approx(1) or not sound.any()
    assert np.abs(sound[[0, -1]]).max() < 1e-6
    assert abs(sound.mean()) < 2e-3
    assert not sound[: max(int(start * len(sound)) - 1, 0)].any()


@pytest.mark.parametrize("kind", Effect)
def test_a_seed_fixes_the_bytes_and_another_seed_changes_them(kind: Effect) -> None:
    once, again, other = (made(SoundEffect(kind=kind), seed, seconds=2) for seed in (7, 7, 8))
    assert once.tobytes() == again.tobytes()
    assert once.tobytes() != other.tobytes()


@pytest.mark.parametrize("kind", [k for k in Effect if RECIPES[k].lasts])
def test_what_lasts_is_as_long_as_is_asked_for(kind: Effect) -> None:
    for length_s in (0.5, 7.0):
        sound = one(RECIPES[kind], length_s=length_s)
        heard = np.flatnonzero(envelope(sound) > 0.003) * FRAME / SECOND
        assert len(sound) == length_s * SECOND
        assert heard[-1] - heard[0] > 0.75 * length_s


def features(sound: Mono) -> Numbers:
    """What a listener may go by, free of level: colour, how it moves, rhythm, how it dies away."""
    shown = sound[: len(sound) // FRAME * FRAME].reshape(-1, FRAME)
    power = np.abs(np.fft.rfft(shown * np.hanning(FRAME))) ** 2
    edges = np.searchsorted(np.fft.rfftfreq(FRAME, 1 / SECOND), BANDS_HZ)
    bands = np.stack([power[:, a : max(b, a + 1)].sum(axis=1) for a, b in pairwise(edges)], 1)
    colour = 10 * np.log10(bands.mean(axis=0) + 1e-6 * bands.mean())
    heard = bands.sum(axis=1)
    centre = (bands * np.arange(bands.shape[1])).sum(axis=1) / (heard + 1e-9)
    share = heard / heard.sum()
    glide = np.sqrt(np.sum(share * (centre - np.sum(share * centre)) ** 2))
    busy = np.searchsorted(np.sort(share)[::-1].cumsum(), [0.5, 0.9, 0.99]) / len(share)
    rhythm = np.log1p(len(onsets_s(sound, apart_s=0.05)))
    return np.concatenate([colour - colour.mean(), [6 * glide, 12 * rhythm], 60 * busy])


def test_effects_can_be_told_apart_by_spectrum_and_envelope() -> None:
    """Nearest centroid of four seeds, on four others: one in 20 would be chance."""
    kinds = list(Effect)
    known = [
        np.mean([features(made(SoundEffect(kind=kind), s, seconds=3)) for s in range(4)], axis=0)
        for kind in kinds
    ]

    def guess(sound: Mono) -> Effect:
        return kinds[int(np.linalg.norm(np.array(known) - features(sound), axis=1).argmin())]

    hits = [
        guess(made(SoundEffect(kind=kind), seed, seconds=3)) is kind
        for kind in kinds
        for seed in range(100, 104)
    ]
    assert np.mean(hits) >= 0.95


# When sounds come


@pytest.mark.parametrize("kind", [Effect.DOOR, Effect.KNOCK, Effect.SHUTTER, Effect.GLASS])
@pytest.mark.parametrize("start", [0.1, 0.5])
def test_a_sound_begins_when_it_is_asked_for(kind: Effect, start: float) -> None:
    assert onsets_s(cue(kind, "slam", start=start))[0] == pytest.approx(4 * start, abs=0.02)


def test_a_single_sound_for_which_no_time_is_said_is_not_the_first_thing_heard() -> None:
    assert onsets_s(cue(Effect.DOOR, "door slams"))[0] == pytest.approx(0.3 * 4, abs=0.02)


def test_a_row_is_counted() -> None:
    assert len(onsets_s(cue(Effect.KNOCK, count=5, start=0.1), apart_s=0.1)) == 5
    assert len(onsets_s(cue(Effect.KNOCK, start=0.1), apart_s=0.1)) == 3  # as people knock


def test_a_row_that_must_be_over_sooner_is_faster() -> None:
    knocks = onsets_s(cue(Effect.KNOCK, count=4, start=0.25, end=0.4), apart_s=0.08)
    assert len(knocks) == 4
    assert knocks[-1] < 1.6


def test_steps_go_on_until_their_cue_ends_about_two_a_second() -> None:
    wanted = SoundEffect(kind=Effect.FOOTSTEPS, start=0.25, end=0.75)
    heels = onsets_s(made(wanted, seconds=8), above=0.3)
    assert heels[0] == pytest.approx(2, abs=0.02)
    assert heels[-1] < 6
    assert len(heels) >= 7
    assert np.diff(heels).mean() == pytest.approx(0.54, abs=0.05)


def test_who_runs_takes_more_steps() -> None:
    walking, running = (
        len(onsets_s(cue(Effect.FOOTSTEPS, words), above=0.3))
        for words in ("footsteps", "running footsteps")
    )
    assert running > 1.3 * walking


def test_a_crunch_is_not_a_run() -> None:
    assert named(Effect.FOOTSTEPS, "they crunch").gap_s == RECIPES[Effect.FOOTSTEPS].gap_s


def test_a_clock_is_even_and_people_are_not() -> None:
    ticks = np.diff(onsets_s(cue(Effect.TICKING)))
    keys = np.diff(onsets_s(cue(Effect.TYPING), apart_s=0.03, above=0.2))
    steps = np.diff(onsets_s(cue(Effect.FOOTSTEPS), above=0.3))
    assert ticks.std() < 0.002
    assert 0.005 < steps.std() < 0.06
    assert keys.std() > 0.03


def test_a_riser_ends_at_its_loudest_where_its_cue_ends() -> None:
    levels = envelope(cue(Effect.RISER, start=0.1, end=0.5))
    assert levels.argmax() * FRAME / SECOND == pytest.approx(1.9, abs=0.15)
    assert levels[round(2.01 * SECOND / FRAME) :].max() == 0
    assert envelope(made(SoundEffect(kind=Effect.RISER), seconds=9))[:400].max() == 0


def test_what_does_not_fit_is_faded_out_within_the_clip() -> None:
    """A bell of 5 s in 0.6 s: its last quarter second falls steadily to nothing."""
    fade = envelope(cue(Effect.BELL, "church bell", start=0.85))[-25:]
    levels = fade.reshape(5, 5).max(axis=1)
    assert (np.diff(levels) < 0).all()
    assert levels[-1] < 0.25 * levels[0]


def test_a_sound_that_would_come_when_all_is_over_is_left_out() -> None:
    assert not cue(Effect.DOOR, start=1.0).any()


def test_a_sound_without_a_recipe_is_refused_by_its_words() -> None:
    with pytest.raises(FeatureNotSupported, match="a dog barks"):
        made(SoundEffect(kind=None, words="a dog barks"))


# What the recipes claim


def test_a_cup_that_fills_sounds_higher_and_higher() -> None:
    """The column of air sounds at c/4h: 0.1 m and 0.05 m early and late, 860 Hz and 1.7 kHz."""
    part_s = 0.4
    pitches_hz = []
    for at_s in (0.3, 3.0):
        powers = []
        for seed in range(6):
            sound = one(RECIPES[Effect.POUR], seed)
            piece = sound[round(at_s * SECOND) :][: round(part_s * SECOND)]
            hz, power = spectrum(piece)
            powers.append(np.log(power + 1e-9))
        band = (hz > 600) & (hz < 3000)
        smooth = np.convolve(np.mean(powers, axis=0), np.hanning(41), mode="same")
        pitches_hz.append(hz[band][smooth[band].argmax()])
    assert 700 < pitches_hz[0] < 1100
    assert 1500 < pitches_hz[1] < 2300


@pytest.mark.parametrize("seed", range(5))
def test_the_bubble_of_a_drop_rises_in_pitch(seed: int) -> None:
    sound = one(RECIPES[Effect.DRIP], seed)
    early, late = sound[960:1440], sound[1440:2400]  # of the bubble, which is born at 20 ms
    assert 600 < peak_hz(early) < 2500
    assert middle_hz(late, 500, 3000) > 1.02 * middle_hz(early, 500, 3000)


def test_a_church_bell_has_hum_prime_tierce_quint_and_nominal() -> None:
    """1/4, 1/2, 3/5, 3/4 and 1 of the nominal, which lies between 620 and 760 Hz."""
    hz, power = spectrum(one(named(Effect.BELL, "church bell")))
    ratios = np.array([0.25, 0.5, 0.6, 0.75, 1.0])

    def weakest(nominal_hz: float) -> float:
        near = np.abs(hz[:, None] - ratios * nominal_hz) < 0.004 * nominal_hz
        return float(min(power[column].max() for column in near.T))

    best = max(weakest(nominal_hz) for nominal_hz in np.arange(615, 766, 1.0))
    assert best > 1000 * np.median(power[(hz > 100) & (hz < 1500)])


def test_the_hum_of_a_bell_outlives_its_nominal() -> None:
    sound = one(named(Effect.BELL, "church bell"), length_s=5)
    first, last = sound[:SECOND], sound[3 * SECOND : 4 * SECOND]
    assert middle_hz(last) < 0.7 * middle_hz(first)


def test_a_heart_is_low_and_beats_twice_the_second_higher() -> None:
    sound = one(RECIPES[Effect.HEARTBEAT])
    lub, dub = sound[: SECOND // 4], sound[SECOND * 28 // 100 : SECOND // 2]
    assert len(onsets_s(sound, apart_s=0.1)) == 2
    assert 40 < peak_hz(lub) < peak_hz(dub) < 120


def test_a_shutter_is_mirror_curtain_curtain_mirror() -> None:
    """The curtains, within 20 ms of each other, are higher than the mirror before and after."""
    sound = one(RECIPES[Effect.SHUTTER])
    up, curtains, down = sound[:1900], sound[2000:3300], sound[5200:9000]
    assert middle_hz(curtains) > 2 * max(middle_hz(up), middle_hz(down))


def test_a_telephone_strikes_its_gongs_20_times_a_second() -> None:
    """Its envelope is most like itself 50 ms on, but for a gong's own beat."""
    levels = envelope(one(named(Effect.BELL, "the phone rings")), 120)[100:500]
    levels -= levels.mean()
    alike = [float(levels[lag:] @ levels[:-lag]) for lag in range(12, 28)]  # 30 to 70 ms
    assert (np.argmax(alike) + 12) * 120 / SECOND == pytest.approx(0.05, abs=0.003)


def test_one_listener_claps_about_four_times_a_second() -> None:
    """The hands of an audience are not together: no gap of a tenth of a second in it."""
    crowd = envelope(one(RECIPES[Effect.APPLAUSE]))[100:250]
    assert (crowd.reshape(-1, 10).max(axis=1) > 0.1).all()
    alone = onsets_s(cue(Effect.APPLAUSE, "slow clap", count=6), apart_s=0.1)
    assert len(alone) == 6


def test_an_impact_is_deep_and_a_door_that_is_slammed_deeper_than_a_knock() -> None:
    assert peak_hz(one(RECIPES[Effect.IMPACT])) < 60
    slam, knock = one(named(Effect.DOOR, "slams")), one(RECIPES[Effect.KNOCK])
    assert middle_hz(slam) < 0.6 * middle_hz(knock)


def test_words_choose_the_ground() -> None:
    boards, snow, gravel = (
        np.median([middle_hz(one(named(Effect.FOOTSTEPS, words), seed)) for seed in range(5)])
        for words in ("steps on wooden boards", "footsteps in the snow", "footsteps on gravel")
    )
    assert boards < 400 < snow < 1600 < gravel


def test_heels_click_on_whatever_they_walk() -> None:
    for floor in ("", " on the wooden floor"):
        heels, shoes = (
            one(named(Effect.FOOTSTEPS, words + floor)) for words in ("heels", "footsteps")
        )
        assert middle_hz(heels) > 1.25 * middle_hz(shoes)


@pytest.mark.parametrize(
    ("kind", "words", "others"),
    [
        (Effect.DOOR, "a door creaks open", "a car door slams"),
        (Effect.DOOR, "the door opens", "the door slams"),
        (Effect.BELL, "doorbell", "church bell"),
        (Effect.BELL, "her mobile phone rings", "the old telephone rings"),
        (Effect.FIZZ, "the steak sizzles in the pan", "a can cracks open"),
        (Effect.CLOTH, "a page turns", "a newspaper rustles"),
        (Effect.GLASS, "cups clink", "cutlery clinks"),
        (Effect.POUR, "wine glugs into the glass", "coffee pours"),
        (Effect.TICKING, "a wristwatch ticks", "the grandfather clock ticks"),
        (Effect.BEEP, "ding", "an error buzzer"),
    ],
)
def test_words_choose_the_recipe(kind: Effect, words: str, others: str) -> None:
    assert named(kind, words).make is not named(kind, others).make


def test_a_word_within_a_word_chooses_nothing() -> None:
    assert named(Effect.FIZZ, "significant fizz") == RECIPES[Effect.FIZZ]
    assert named(Effect.FOOTSTEPS, "a thousand footsteps") == RECIPES[Effect.FOOTSTEPS]


# The camera's own


def flight(*speeds: float) -> Mono:
    """A camera at each speed for a second, with a stop of 50 ms between."""
    samples = len(speeds) * SECOND
    speed = np.zeros(control_points(samples), np.float32)
    per_second = SECOND // 64
    for number, at in enumerate(speeds):
        speed[number * per_second : (number + 1) * per_second - 38] = at
    return whoosh(speed, samples=samples, rng=np.random.default_rng(0))


def test_a_whoosh_is_as_high_and_as_loud_as_the_camera_is_fast() -> None:
    """About 180·2^(4.2·speed) Hz; twice the speed is 2^1.6 of the level."""
    sound = flight(0.4, 0.8)
    slow, fast = sound[4800 : SECOND - 4800], sound[SECOND + 4800 : -4800]
    for part, speed in ((slow, 0.4), (fast, 0.8)):
        assert middle_hz(part) == pytest.approx(180 * 2 ** (4.2 * speed), rel=0.25)
    level = float(np.sqrt(np.mean(fast**2) / np.mean(slow**2)))
    assert level == pytest.approx(2**1.6, rel=0.15)


def test_a_camera_at_rest_is_silent_and_starts_without_a_click() -> None:
    assert not flight(0, 0).any()
    sound = flight(0, 1, 0)
    assert not sound[: SECOND - 64].any()
    assert not sound[2 * SECOND :].any()
    assert np.abs(flight(1)[[0, -1]]).max() == 0
