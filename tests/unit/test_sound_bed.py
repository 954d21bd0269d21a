"""What holds for every bed, whatever is in it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photoplay.direction.plan import Ambience, Cue, Line, Sound
from photoplay.frames import Audio
from photoplay.sound import bed, describe
from photoplay.sound.ambience import RECIPES
from photoplay.sound.loudness import integrated_lufs

SECOND = 48_000


def plan(*kinds: Ambience) -> Sound:
    return Sound(ambience=tuple(Cue(kind=kind) for kind in kinds))


def level_db(sound: Audio) -> float:
    return float(10 * np.log10(np.mean(sound.astype(np.float64) ** 2) + 1e-20))


def test_every_ambience_has_a_recipe() -> None:
    assert set(RECIPES) == set(Ambience)


@settings(max_examples=25, deadline=None)
@given(
    kinds=st.lists(st.sampled_from(Ambience), max_size=2, unique=True),
    seed=st.integers(0, 2**32 - 1),
    samples=st.integers(SECOND // 5, 4 * SECOND),
)
def test_a_bed_is_finite_bounded_centred_and_closed_at_both_ends(
    kinds: list[Ambience], seed: int, samples: int
) -> None:
    sound = bed(plan(*kinds), samples=samples, seed=seed)
    assert sound.shape == (samples, 2)
    assert sound.dtype == np.float32
    assert sound.flags.c_contiguous
    assert np.isfinite(sound).all()
    assert np.abs(sound).max() <= 0.85
    assert np.abs(sound.mean(axis=0)).max() < 1e-3
    assert np.abs(sound[[0, 1, -2, -1]]).max() < 1e-3
    assert np.abs(sound).max() > 1e-3


@pytest.mark.parametrize("kind", [Ambience.THUNDER, Ambience.CROWD, Ambience.CRICKETS])
def test_a_minute_keeps_the_same_promises(kind: Ambience) -> None:
    """Clips last 15 s at most; a minute shows that nothing runs away or runs out."""
    sound = bed(plan(kind), samples=60 * SECOND, seed=4)
    assert np.isfinite(sound).all()
    assert np.abs(sound).max() <= 0.85
    assert level_db(sound[45 * SECOND :]) > level_db(sound) - 12


@pytest.mark.parametrize("kind", Ambience)
def test_a_seed_fixes_the_bytes_and_another_seed_changes_them(kind: Ambience) -> None:
    once, again, other = (bed(plan(kind), samples=SECOND, seed=seed) for seed in (7, 7, 8))
    assert once.tobytes() == again.tobytes()
    assert not np.allclose(once, other, atol=1e-3)


@pytest.mark.parametrize("kind", Ambience)
def test_an_ambience_comes_out_at_minus_23_lufs(kind: Ambience) -> None:
    """The ceiling, which is applied last, may cost the snappy ones a little."""
    for seed in (1, 2):
        sound = bed(plan(kind), samples=5 * SECOND, seed=seed)
        assert integrated_lufs(sound) == pytest.approx(-23, abs=0.5)


@pytest.mark.parametrize("kind", Ambience)
def test_stereo_is_wide_but_survives_mono(kind: Ambience) -> None:
    """Unrelated channels lose 3 dB in mono; more would be cancellation."""
    sound = bed(plan(kind), samples=4 * SECOND, seed=5)
    left, right = sound.T
    assert np.mean(left * right) < 0.97 * np.sqrt(np.mean(left**2) * np.mean(right**2))
    assert level_db(sound.mean(axis=1)) > level_db(sound) - 3.3


def test_amount_says_how_loud_an_ambience_is_beside_another() -> None:
    """Crickets sing above 2 kHz and engines hum below: their levels can be told apart."""

    def highs_db(amount: float) -> float:
        cues = (Cue(kind=Ambience.ENGINE), Cue(kind=Ambience.CRICKETS, amount=amount))
        sound = bed(Sound(ambience=cues), samples=3 * SECOND, seed=3)
        spectrum = np.abs(np.fft.rfft(sound.mean(axis=1))) ** 2
        hz = np.fft.rfftfreq(len(sound), 1 / SECOND)
        return float(10 * np.log10(spectrum[hz > 2500].sum() / spectrum[hz < 1000].sum()))

    # 20·log10(1.6 / 0.4) = 12 dB
    assert highs_db(1.6) - highs_db(0.4) == pytest.approx(12, abs=1)


def test_ambience_is_heard_only_in_its_span() -> None:
    cues = (Cue(kind=Ambience.RAIN, start=0.5),)
    sound = bed(Sound(ambience=cues), samples=6 * SECOND, seed=1)
    before, after = sound[SECOND : 2 * SECOND], sound[4 * SECOND : 5 * SECOND]
    assert level_db(after) - level_db(before) > 15
    assert level_db(before) > -70  # the room, not digital silence


def test_cues_of_one_kind_that_follow_each_other_run_on() -> None:
    halves = (Cue(kind=Ambience.WIND, end=0.5), Cue(kind=Ambience.WIND, start=0.5))
    whole = (Cue(kind=Ambience.WIND),)
    split, single = (
        bed(Sound(ambience=cues), samples=4 * SECOND, seed=2) for cues in (halves, whole)
    )
    for second in range(4):
        part = slice(second * SECOND, (second + 1) * SECOND)
        assert level_db(split[part]) == pytest.approx(level_db(single[part]), abs=2)


def test_a_plan_without_ambience_gives_a_quiet_room() -> None:
    sound = bed(Sound(), samples=4 * SECOND, seed=0)
    assert integrated_lufs(sound) == pytest.approx(-38, abs=0.5)


def test_a_silent_plan_gives_zeros() -> None:
    sound = bed(Sound(ambience=plan(Ambience.RAIN).ambience, silent=True), samples=999, seed=0)
    assert sound.shape == (999, 2)
    assert not sound.any()


def test_wishes_the_bed_does_not_hold_are_said_one_by_one() -> None:
    sound = Sound(
        ambience=plan(Ambience.RAIN).ambience,
        effects=("a door slams",),
        music="slow piano",
        dialogue=(Line(text="Hello."), Line(text="Once", speaker="the man", voice_over=True)),
    )
    later = "is kept in the plan; the built-in engine does not voice it yet."
    assert describe(sound) == (
        f"The sound effect “a door slams” {later}",
        f"The music “slow piano” {later}",
        f"The line “Hello.” {later}",
        f"The voice-over of the man “Once” {later}",
    )


@pytest.mark.parametrize(
    ("sound", "sentences"),
    [
        (Sound(), 0),
        (plan(Ambience.RAIN), 0),  # all of it is in the bed
        (Sound(silent=True), 0),
        (Sound(silent=True, music="slow piano", effects=("a bell",)), 1),
    ],
)
def test_nothing_is_said_of_what_is_heard(sound: Sound, sentences: int) -> None:
    assert len(describe(sound)) == sentences
