"""What holds for every bed of ambience, whatever is in it, and what is said of what is left out."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photoplay.direction.plan import Ambience, Cue, Effect, Genre, Mood, Music, Sound, SoundEffect
from photoplay.frames import Audio
from photoplay.sound import describe
from photoplay.sound.ambience import RECIPES
from photoplay.sound.bed import CREST_LU, bed
from photoplay.sound.loudness import integrated_lufs
from photoplay.sound.signals import from_db

SECOND = 48_000
LUFS = -28.0


def cues(*kinds: Ambience) -> tuple[Cue[Ambience], ...]:
    return tuple(Cue(kind=kind) for kind in kinds)


def made(
    wanted: tuple[Cue[Ambience], ...], seconds: float, seed: int = 0, *, loop: bool = False
) -> Audio:
    return bed(wanted, samples=round(seconds * SECOND), seed=seed, lufs=LUFS, loop=loop)


def level_db(sound: Audio) -> float:
    return float(10 * np.log10(np.mean(sound.astype(np.float64) ** 2) + 1e-20))


def test_every_ambience_has_a_recipe() -> None:
    assert set(RECIPES) == set(Ambience)


@settings(max_examples=25, deadline=None)
@given(
    kinds=st.lists(st.sampled_from(Ambience), max_size=2, unique=True),
    seed=st.integers(0, 2**32 - 1),
    samples=st.integers(SECOND // 5, 4 * SECOND),
    loop=st.booleans(),
)
def test_a_bed_is_finite_bounded_and_centred(
    kinds: list[Ambience], seed: int, samples: int, loop: bool
) -> None:
    sound = bed(cues(*kinds), samples=samples, seed=seed, lufs=LUFS, loop=loop)
    assert sound.shape == (samples, 2)
    assert sound.dtype == np.float32
    assert np.isfinite(sound).all()
    assert np.abs(sound).max() <= from_db(LUFS + CREST_LU) + 1e-6
    assert np.abs(sound.mean(axis=0)).max() < 1e-3
    assert np.abs(sound).max() > 1e-3


@pytest.mark.parametrize("kind", [Ambience.THUNDER, Ambience.CROWD, Ambience.CRICKETS])
def test_a_minute_keeps_the_same_promises(kind: Ambience) -> None:
    """Clips last 15 s at most; a minute shows that nothing runs away or runs out."""
    sound = made(cues(kind), 60, seed=4)
    assert np.isfinite(sound).all()
    assert level_db(sound[45 * SECOND :]) > level_db(sound) - 12


@pytest.mark.parametrize("kind", Ambience)
def test_a_seed_fixes_the_bytes_and_another_seed_changes_them(kind: Ambience) -> None:
    once, again, other = (made(cues(kind), 1, seed) for seed in (7, 7, 8))
    assert once.tobytes() == again.tobytes()
    assert not np.allclose(once, other, atol=1e-3)


@pytest.mark.parametrize("kind", Ambience)
def test_an_ambience_comes_out_at_the_loudness_asked_for(kind: Ambience) -> None:
    """Bending peaks, which is done last, may cost the snappy ones a little."""
    for seed in (1, 2):
        assert integrated_lufs(made(cues(kind), 5, seed)) == pytest.approx(LUFS, abs=1.0)


@pytest.mark.parametrize("kind", Ambience)
def test_stereo_is_wide_but_survives_mono(kind: Ambience) -> None:
    """Unrelated channels lose 3 dB in mono; more would be cancellation."""
    sound = made(cues(kind), 4, seed=5)
    left, right = sound.T
    assert np.mean(left * right) < 0.97 * np.sqrt(np.mean(left**2) * np.mean(right**2))
    assert level_db(sound.mean(axis=1)) > level_db(sound) - 3.3


def test_amount_says_how_loud_an_ambience_is_beside_another() -> None:
    """Crickets sing above 2 kHz and engines hum below: their levels can be told apart."""

    def highs_db(amount: float) -> float:
        wanted = (Cue(kind=Ambience.ENGINE), Cue(kind=Ambience.CRICKETS, amount=amount))
        spectrum = np.abs(np.fft.rfft(made(wanted, 3, seed=3).mean(axis=1))) ** 2
        hz = np.fft.rfftfreq(3 * SECOND, 1 / SECOND)
        return float(10 * np.log10(spectrum[hz > 2500].sum() / spectrum[hz < 1000].sum()))

    # 20·log10(1.6 / 0.4) = 12 dB
    assert highs_db(1.6) - highs_db(0.4) == pytest.approx(12, abs=1)


def test_ambience_is_heard_only_in_its_span() -> None:
    sound = made((Cue(kind=Ambience.RAIN, start=0.5),), 6, seed=1)
    before, after = sound[SECOND : 2 * SECOND], sound[4 * SECOND : 5 * SECOND]
    assert level_db(after) - level_db(before) > 15
    assert level_db(before) > -75  # the room, not digital silence


def test_cues_of_one_kind_that_follow_each_other_run_on() -> None:
    halves = (Cue(kind=Ambience.WIND, end=0.5), Cue(kind=Ambience.WIND, start=0.5))
    split, single = (made(wanted, 4, seed=2) for wanted in (halves, cues(Ambience.WIND)))
    for second in range(4):
        part = slice(second * SECOND, (second + 1) * SECOND)
        assert level_db(split[part]) == pytest.approx(level_db(single[part]), abs=2)


def test_without_ambience_there_is_a_room() -> None:
    room = made((), 4)
    assert integrated_lufs(room) == pytest.approx(LUFS, abs=0.5)
    spectrum = np.abs(np.fft.rfft(room.mean(axis=1))) ** 2
    hz = np.fft.rfftfreq(4 * SECOND, 1 / SECOND)
    assert spectrum[hz < 500].sum() > 10 * spectrum[hz > 2000].sum()


@pytest.mark.parametrize("kind", [Ambience.STREAM, Ambience.TRAFFIC, Ambience.CAFE])
def test_a_loop_passes_from_its_end_into_its_start(kind: Ambience) -> None:
    """Cut and joined the other way round it is as even at the seam as anywhere."""
    sound = made(cues(kind), 5, seed=3, loop=True)
    joined = np.concatenate([sound[-SECOND:], sound[:SECOND]])
    steps = np.abs(np.diff(joined, axis=0)).max(axis=1)
    assert steps[SECOND - 1] < 6 * np.percentile(steps, 90)
    plain = made(cues(kind), 5, seed=3)
    assert not np.allclose(plain[:SECOND], sound[:SECOND])


def test_a_cue_that_ends_with_a_loop_does_not_break_off_at_the_seam() -> None:
    sound = made((Cue(kind=Ambience.RAIN, start=0.5),), 6, seed=1, loop=True)
    assert level_db(sound[-SECOND // 50 :]) < level_db(sound[4 * SECOND : 5 * SECOND]) - 10


def test_an_effect_without_a_recipe_is_named_with_engines_that_make_it() -> None:
    effects = (
        SoundEffect(kind=Effect.DOOR, words="a door slams"),
        SoundEffect(kind=None, words="a rooster crows"),
    )
    assert describe(Sound(effects=effects)) == (
        "The sound effect “a rooster crows” has no recipe in the built-in engine and is left out; "
        "Kling v3 and Veo 3.1 make any sound.",
    )


@pytest.mark.parametrize(
    ("sound", "sentences"),
    [
        (Sound(), 0),
        (Sound(ambience=cues(Ambience.RAIN)), 0),
        (Sound(music=Music(genre=Genre.PIANO, mood=Mood.SAD)), 0),
        (Sound(silent=True), 0),
        (Sound(silent=True, music=Music(genre=Genre.PIANO, mood=Mood.SAD)), 1),
    ],
)
def test_nothing_is_said_of_what_is_heard(sound: Sound, sentences: int) -> None:
    assert len(describe(sound)) == sentences
