"""The whole sound of a clip: what is in it, where, how loud, and what is said of the rest."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photoplay.direction.plan import (
    Ambience,
    Cue,
    Effect,
    Genre,
    Line,
    Mood,
    Music,
    Sound,
    SoundEffect,
)
from photoplay.errors import FeatureNotSupported, NotFound, SpeechUnavailable
from photoplay.frames import Audio, Soundtrack
from photoplay.sound import Score, Staging, soundtrack
from photoplay.sound.loudness import integrated_lufs, momentary_lufs, step_powers
from photoplay.sound.mastering import CEILING_DBTP
from photoplay.sound.signals import from_db
from photoplay.sound.soundtrack import NOTHING_ASKED_LUFS, ROOM_TONE_LUFS
from photoplay.sound.speech import espeak

SECOND = 48_000
EVERYTHING = Sound(
    ambience=(Cue(kind=Ambience.RAIN), Cue(kind=Ambience.CAFE, amount=0.5)),
    effects=(
        SoundEffect(kind=Effect.FOOTSTEPS, start=0.2),
        SoundEffect(kind=Effect.DOOR, start=0.7),
    ),
    music=Music(genre=Genre.PIANO, mood=Mood.SAD),
    dialogue=(
        Line(text="I waited for you.", speaker="the woman"),
        Line(text="It had rained all night.", voice_over=True),
    ),
)


def heard(
    sound: Sound,
    seconds: float = 5,
    *,
    log: Callable[[str], None] = lambda _: None,
    staging: Staging | None = None,
    seed: int = 0,
    target_lufs: float = -14.0,
    track: Audio | None = None,
    voice: str | None = None,
    language: str | None = None,
    loop: bool = False,
) -> Soundtrack:
    score = Score(
        sound=sound,
        samples=round(seconds * SECOND),
        seed=seed,
        target_lufs=target_lufs,
        track=track,
        voice=voice,
        language=language,
        loop=loop,
    )
    return soundtrack(score, lambda: staging or Staging(), log)


def ambience(*kinds: Ambience) -> Sound:
    return Sound(ambience=tuple(Cue(kind=kind) for kind in kinds))


def level_db(sound: Audio) -> float:
    return float(10 * np.log10(np.mean(sound.astype(np.float64) ** 2) + 1e-20))


def test_everything_is_heard_and_comes_apart() -> None:
    made = heard(EVERYTHING)
    assert set(made.stems) == {"ambience", "effects", "music", "speech"}
    np.testing.assert_allclose(sum(made.stems.values()), made.mix, atol=1e-5)
    assert all(level_db(stem) > -60 for stem in made.stems.values())
    assert integrated_lufs(made.mix) == pytest.approx(-14, abs=0.5)
    spoken = " ".join(word.text for word in made.words)
    assert spoken == "I waited for you. It had rained all night."


def test_words_are_placed_where_they_are_heard() -> None:
    made = heard(EVERYTHING)
    speech = made.stems["speech"]
    loudest = np.abs(speech).max()
    for word in made.words:
        part = speech[round(word.start_s * SECOND) : round(word.end_s * SECOND)]
        assert np.abs(part).max() > 0.03 * loudest, word
    assert [word.start_s for word in made.words] == sorted(word.start_s for word in made.words)


@settings(max_examples=12, deadline=None)
@given(
    kinds=st.lists(st.sampled_from(Ambience), max_size=2, unique=True),
    effects=st.lists(st.sampled_from(Effect), max_size=2),
    genre=st.none() | st.sampled_from(Genre),
    mood=st.sampled_from(Mood),
    seconds=st.floats(1, 8) | st.just(60.0),
    seed=st.integers(0, 2**32 - 1),
    loop=st.booleans(),
)
def test_any_sound_is_finite_bounded_centred_and_closed_at_its_ends(
    kinds: list[Ambience],
    effects: list[Effect],
    genre: Genre | None,
    mood: Mood,
    seconds: float,
    seed: int,
    loop: bool,
) -> None:
    asked = Sound(
        ambience=tuple(Cue(kind=kind) for kind in kinds),
        effects=tuple(SoundEffect(kind=kind, start=0.3) for kind in effects),
        music=None if genre is None else Music(genre=genre, mood=mood),
    )
    made = heard(asked, seconds, seed=seed, loop=loop)
    mix = made.mix
    assert mix.shape == (round(seconds * SECOND), 2)
    assert mix.dtype == np.float32
    assert mix.flags.c_contiguous
    assert np.isfinite(mix).all()
    assert np.abs(mix).max() <= from_db(CEILING_DBTP + 0.6)
    assert np.abs(mix.mean(axis=0)).max() < 2e-3
    if not loop:
        assert np.abs(mix[[0, 1, -2, -1]]).max() < 1e-3


def test_a_seed_fixes_the_bytes_and_another_seed_changes_them() -> None:
    once, again, other = (heard(EVERYTHING, 3, seed=seed).mix for seed in (7, 7, 8))
    assert once.tobytes() == again.tobytes()
    assert not np.allclose(once, other, atol=1e-3)


@pytest.mark.parametrize("kind", Ambience)
def test_every_ambience_alone_is_as_loud_as_platforms_expect(kind: Ambience) -> None:
    """But for room tone, which is an absence, and for what only crushing would make as loud."""
    said: list[str] = []
    loudness = integrated_lufs(heard(ambience(kind), log=said.append).mix)
    if kind is Ambience.ROOM:
        assert loudness == pytest.approx(ROOM_TONE_LUFS, abs=0.5)
    elif said:
        assert kind in {Ambience.LIGHT_RAIN, Ambience.FIRE}
        assert "would be crushed" in said[0]
        assert loudness > -18
    else:
        assert loudness == pytest.approx(-14, abs=0.5)


def test_a_loudness_for_broadcasting_is_met() -> None:
    assert integrated_lufs(heard(EVERYTHING, target_lufs=-23).mix) == pytest.approx(-23, abs=0.5)


def test_where_nothing_is_asked_for_there_is_a_quiet_room() -> None:
    made = heard(Sound())
    assert integrated_lufs(made.mix) == pytest.approx(NOTHING_ASKED_LUFS, abs=0.5)


def test_silence_is_silence() -> None:
    made = heard(Sound(silent=True, music=Music(genre=Genre.JAZZ, mood=Mood.HAPPY)))
    assert not made.mix.any()
    assert made.mix.shape == (5 * SECOND, 2)


def test_a_lone_click_in_a_quiet_room_is_not_blown_up_and_that_is_said() -> None:
    said: list[str] = []
    made = heard(Sound(effects=(SoundEffect(kind=Effect.CLICK, start=0.5),)), log=said.append)
    assert len(said) == 1
    assert said[0].startswith("The sound is kept at ")
    assert integrated_lufs(made.mix) < -14.5


def test_music_gives_way_to_speech() -> None:
    music = Music(genre=Genre.AMBIENT, mood=Mood.CALM)
    line = Line(text="Made to run.", voice_over=True, start=0.5)
    alone = heard(Sound(music=music), 8).stems["music"]
    both = heard(Sound(music=music, dialogue=(line,)), 8)
    at = round((both.words[0].start_s + 0.2) * SECOND)
    part = slice(at, at + SECOND // 4)
    early = slice(SECOND, 2 * SECOND)
    kept = level_db(both.stems["music"][early]) - level_db(alone[early])
    assert level_db(both.stems["music"][part]) - level_db(alone[part]) < kept - 7


def test_lines_of_the_scene_come_from_the_speaker_and_voice_over_from_the_middle() -> None:
    right = Staging(position=np.array([0.95]), distance=0.1)
    balance = {}
    for over in (True, False):
        sound = Sound(dialogue=(Line(text="Look over there, quickly.", voice_over=over),))
        left, right_ = np.mean(heard(sound, staging=right).stems["speech"] ** 2, axis=0)
        balance[over] = 10 * np.log10(right_ / left)
    assert abs(balance[True]) < 0.1
    assert balance[False] > 4


def test_who_speaks_off_screen_is_said_with_the_engines_that_animate_speakers() -> None:
    said: list[str] = []
    heard(Sound(dialogue=(Line(text="Hello."),)), log=said.append)
    assert any("Kling v3" in note and "Veo 3.1" in note for note in said)
    said.clear()
    heard(Sound(dialogue=(Line(text="Hello.", voice_over=True),)), log=said.append)
    assert said == []


def test_without_a_speech_engine_lines_are_left_out_and_that_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(espeak, "PACKAGE", "not_installed_here")
    said: list[str] = []
    made = heard(EVERYTHING, log=said.append)
    assert "speech" not in made.stems
    assert made.words == ()
    assert any(note.startswith("Spoken lines are left out: ") for note in said)
    with pytest.raises(SpeechUnavailable):
        heard(EVERYTHING, voice="en-gb")


def test_a_voice_without_words_is_said_to_be_idle() -> None:
    said: list[str] = []
    heard(ambience(Ambience.WIND), voice="en-gb/male", log=said.append)
    assert said == ["Nobody speaks: the prompt quotes no line, so the voice has nothing to say."]


def test_a_language_without_words_is_said_to_be_idle() -> None:
    said: list[str] = []
    heard(ambience(Ambience.WIND), language="de", log=said.append)
    assert said == ["Nobody speaks: the prompt quotes no line, so the language is not heard."]


def test_a_voice_that_there_is_not_is_refused_even_where_nobody_speaks() -> None:
    with pytest.raises(NotFound, match="no voice 'en-us\\+nobody'"):
        heard(ambience(Ambience.WIND), voice="nobody")
    with pytest.raises(FeatureNotSupported, match="no voice speaks the language 'xx'"):
        heard(ambience(Ambience.WIND), language="xx")


def test_a_fast_camera_is_heard_and_a_slow_one_is_not() -> None:
    speed = np.zeros(120)
    speed[50:62] = np.hanning(12)
    whip = heard(ambience(Ambience.WIND), staging=Staging(speed=speed))
    slow = heard(ambience(Ambience.WIND), staging=Staging(speed=0.1 * speed))
    assert "effects" not in slow.stems
    passing = whip.stems["effects"]
    middle = slice(round(2.0 * SECOND), round(2.7 * SECOND))
    assert level_db(passing[middle]) > level_db(passing[: round(1.5 * SECOND)]) + 20


def whipping(fastest: float) -> Staging:
    speed = np.zeros(120)
    speed[50:62] = fastest * np.hanning(12)
    return Staging(speed=speed)


def test_a_slower_camera_is_fainter() -> None:
    fast, slower = (
        heard(ambience(Ambience.WIND), staging=whipping(fastest)).stems for fastest in (1.0, 0.5)
    )
    gain_db = level_db(fast["ambience"]) - level_db(slower["ambience"])  # of the master
    loudest = [momentary_lufs(step_powers(stems["effects"])) for stems in (fast, slower)]
    fainter_db = loudest[0] - loudest[1] - gain_db
    assert 7 < fainter_db < 10  # 20 * 1.6 * log10(2), and the master holds the louder one


@pytest.mark.parametrize("sound", [Sound(), ambience(Ambience.ROOM)])
def test_a_whoosh_that_nobody_asked_for_does_not_raise_the_room_and_is_said(sound: Sound) -> None:
    said: list[str] = []
    still, whip = heard(sound), heard(sound, staging=whipping(1.0), log=said.append)
    assert level_db(whip.stems["ambience"]) == pytest.approx(level_db(still.mix), abs=0.5)
    assert any(note.startswith("The camera is fast at 2.3 s") for note in said)
    assert momentary_lufs(step_powers(whip.mix)) < -15


def test_an_effect_without_a_recipe_is_not_heard() -> None:
    made = heard(Sound(effects=(SoundEffect(kind=None, words="a rooster crows"),)))
    assert "effects" not in made.stems


def tone(seconds: float) -> Audio:
    time_s = np.arange(round(seconds * SECOND)) / SECOND
    wave = 0.3 * np.sin(2 * np.pi * 441 * time_s)
    return np.stack([wave, wave], axis=1).astype(np.float32)


def test_ones_own_track_takes_the_place_of_all_but_speech() -> None:
    made = heard(EVERYTHING, track=tone(5))
    assert set(made.stems) == {"track", "speech"}


@pytest.mark.parametrize(
    ("faint_lufs", "raised_db", "said"),
    [
        (-20, 6, ""),  # to -14
        (-26, 12, ""),
        (-30, 12, "is faint (-30 LUFS): it is raised by 12 dB, to -18 LUFS"),
        (-50, 12, "is faint (-50 LUFS)"),
        (-64, 0, "is almost silent (-64 LUFS), and is left as it is"),
    ],
)
def test_a_faint_track_is_raised_by_a_bounded_gain(
    faint_lufs: float, raised_db: float, said: str
) -> None:
    """Room tone at full level is noise."""
    hiss = np.random.default_rng(0).standard_normal((4 * SECOND, 2)).astype(np.float32)
    hiss *= np.float32(from_db(faint_lufs - integrated_lufs(hiss)))
    notes: list[str] = []
    made = heard(Sound(), 4, track=hiss, log=notes.append)
    assert integrated_lufs(made.mix) == pytest.approx(faint_lufs + raised_db, abs=0.6)
    assert said in "".join(notes)
    assert bool(notes) is bool(said)


def test_a_faint_track_under_speech_stays_faint() -> None:
    hiss = np.random.default_rng(0).standard_normal((5 * SECOND, 2)).astype(np.float32)
    hiss *= np.float32(from_db(-50 - integrated_lufs(hiss)))
    made = heard(EVERYTHING, track=hiss)
    assert integrated_lufs(made.mix) == pytest.approx(-14, abs=0.6)
    assert integrated_lufs(made.stems["track"]) < -38


def test_a_silent_track_stays_silent() -> None:
    notes: list[str] = []
    made = heard(Sound(), 2, track=np.zeros((SECOND, 2), np.float32), log=notes.append)
    assert not made.mix.any()


@pytest.mark.parametrize("seconds", [0.01, 0.7, 3.3])
def test_a_short_track_begins_again_without_a_gap_or_a_click(seconds: float) -> None:
    mix = heard(Sound(), 4, track=tone(seconds)).mix[SECOND // 2 : 3 * SECOND]
    steps = np.abs(np.diff(mix[:, 0]))
    assert steps.max() < 4 * np.percentile(steps, 90)
    levels = [level_db(part) for part in np.array_split(mix, 50)]
    assert max(levels) - min(levels) < 7


def test_a_long_track_is_cut_and_faded() -> None:
    made = heard(Sound(), 3, track=tone(60))
    assert len(made.mix) == 3 * SECOND
    assert np.abs(made.mix[-2:]).max() < 1e-3


@pytest.mark.parametrize("kind", [Ambience.OCEAN, Ambience.CITY, Ambience.BIRDS])
def test_the_end_of_a_loop_meets_its_start(kind: Ambience) -> None:
    """The step over the seam is no larger than steps beside it, and the level goes on."""
    sound = Sound(ambience=(Cue(kind=kind),), music=Music(genre=Genre.LOFI, mood=Mood.CALM))
    mix = heard(sound, 6, loop=True).mix
    round_ = np.concatenate([mix[-SECOND // 10 :], mix[: SECOND // 10]])
    steps = np.abs(np.diff(round_, axis=0)).max(axis=1)
    seam = len(steps) // 2
    assert steps[seam] <= steps.max()
    assert steps[seam - 2 : seam + 3].max() < 4 * np.percentile(steps, 95)
    assert abs(level_db(mix[-4800:]) - level_db(mix[:4800])) < 12


def test_a_cut_that_no_beat_can_fall_on_is_said() -> None:
    """At a stated 90 a minute a second is a beat and a half: no nudge brings a beat there."""
    told: list[str] = []
    music = Sound(music=Music(genre=Genre.PIANO, mood=Mood.CALM, tempo_bpm=90))
    cut(music, cuts_s=(1.0,), log=told.append)
    assert len(told) == 1
    assert told[0].startswith("The music has no beat on the cut at 1 s without a change of tempo")
    told.clear()
    cut(music, cuts_s=(2.0,), log=told.append)
    cut(ambience(Ambience.WIND), cuts_s=(1.0,), log=told.append)
    assert told == []


def cut(sound: Sound, *, cuts_s: tuple[float, ...], log: Callable[[str], None]) -> Soundtrack:
    score = Score(sound=sound, samples=4 * SECOND, seed=0, target_lufs=-14.0, cuts_s=cuts_s)
    return soundtrack(score, Staging, log)


def test_nobody_speaks_over_the_seam_of_a_loop_and_no_echo_breaks_off_there() -> None:
    made = heard(EVERYTHING, loop=True)
    assert made.words
    assert made.words[-1].end_s <= 4.5
    for stem in ("speech", "effects"):
        assert np.abs(made.stems[stem][-2:]).max() < 1e-3


def test_what_lies_under_speech_is_as_loud_on_both_sides_of_a_seam() -> None:
    line = replace(EVERYTHING.dialogue[0], start=0.0)
    sound = Sound(ambience=(Cue(kind=Ambience.OCEAN),), dialogue=(line,))
    bed = heard(sound, 5, loop=True).stems["ambience"]
    assert abs(level_db(bed[-2400:]) - level_db(bed[:2400])) < 3


@pytest.mark.parametrize("seconds", [0.7, 60])
def test_a_track_meets_its_beginning_in_a_loop(seconds: float) -> None:
    mix = heard(Sound(), 3, track=tone(seconds), loop=True).mix
    steps = np.abs(np.diff(np.concatenate([mix[-SECOND // 10 :], mix[: SECOND // 10]])[:, 0]))
    assert steps.max() < 4 * np.percentile(steps, 90)
