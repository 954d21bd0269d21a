"""Stems add up to the mix, give way to speech, and come from where they are seen."""

import numpy as np
import pytest

from photoplay.clip import Word
from photoplay.direction.plan import Ambience
from photoplay.frames import Audio
from photoplay.sound.mixing import LOOK_AHEAD_S, Stem, mixed
from photoplay.sound.signals import Mono, mono_noise, noise
from photoplay.sound.staging import Staging, centred, room_of, stage

SECOND = 48_000
PINK = ((20.0, 0.0), (20_000.0, -30.0))


def steady(seconds: float, level: float, seed: int = 0) -> Audio:
    sound = noise(round(seconds * SECOND), np.random.default_rng(seed), PINK)
    return np.ascontiguousarray(level * sound)


def spoken_between(start_s: float, end_s: float, seconds: float) -> Audio:
    sound = np.zeros((round(seconds * SECOND), 2), np.float32)
    part = slice(round(start_s * SECOND), round(end_s * SECOND))
    sound[part] = steady(end_s - start_s, 0.1, seed=1)
    return sound


def level_db(sound: Audio) -> float:
    return float(10 * np.log10(np.mean(sound.astype(np.float64) ** 2) + 1e-20))


def test_stems_add_up_to_the_mix() -> None:
    stems = {
        Stem.AMBIENCE: steady(4, 0.02),
        Stem.MUSIC: steady(4, 0.05, seed=2),
        Stem.SPEECH: spoken_between(1, 2, 4),
    }
    heard, _ = mixed(stems, target_lufs=-14)
    np.testing.assert_allclose(sum(heard.stems.values()), heard.mix, atol=2e-6)
    assert list(heard.stems) == ["ambience", "music", "speech"]


def test_music_gives_way_before_a_word_and_comes_back_after_it() -> None:
    stems = {Stem.MUSIC: steady(6, 0.05), Stem.SPEECH: spoken_between(2, 4, 6)}
    heard, _ = mixed(stems, target_lufs=-20)
    music = heard.stems["music"]

    def at(second: float) -> float:
        return level_db(music[round(second * SECOND) : round((second + 0.2) * SECOND)])

    before, just_before, during, after = at(0.8), at(2 - LOOK_AHEAD_S + 0.05), at(3), at(5.2)
    assert before - during == pytest.approx(10, abs=1)
    assert after - during == pytest.approx(10, abs=1)
    assert before - just_before > 4


def test_without_speech_nothing_gives_way() -> None:
    heard, _ = mixed({Stem.MUSIC: steady(4, 0.05)}, target_lufs=-20)
    seconds = [level_db(heard.mix[k * SECOND : (k + 1) * SECOND]) for k in (1, 2)]
    assert seconds[0] == pytest.approx(seconds[1], abs=0.7)


def test_a_clip_begins_and_ends_without_a_click_and_a_loop_is_not_faded() -> None:
    ends = [0, 1, -2, -1]
    for loop in (False, True):
        heard, _ = mixed({Stem.AMBIENCE: steady(3, 0.05)}, target_lufs=-20, loop=loop)
        assert (np.abs(heard.mix[ends]).max() < 1e-4) is not loop


def test_words_pass_through() -> None:
    words = (Word("Hello", 0.1, 0.4),)
    heard, _ = mixed({Stem.AMBIENCE: steady(1, 0.1)}, target_lufs=-14, words=words)
    assert heard.words == words


def hiss() -> Mono:
    return 0.2 * mono_noise(2 * SECOND, np.random.default_rng(9), PINK)


def balance_db(sound: Audio) -> float:
    """How much louder the right channel is."""
    left, right = np.mean(sound.astype(np.float64) ** 2, axis=0)
    return float(10 * np.log10(right / left))


@pytest.mark.parametrize(("position", "louder"), [(0.1, -1), (0.5, 0), (0.9, 1)])
def test_a_sound_comes_from_where_its_subject_is(position: float, louder: int) -> None:
    seen = Staging(position=np.array([position]))
    placed = stage(hiss(), seen, room_of([Ambience.ROOM]), np.random.default_rng(0))
    assert np.sign(round(balance_db(placed))) == louder


def test_a_sound_moves_with_its_subject() -> None:
    seen = Staging(position=np.linspace(0, 1, 48))
    placed = stage(hiss(), seen, room_of([Ambience.WIND]), np.random.default_rng(0))
    assert balance_db(placed[: SECOND // 4]) < -4
    assert balance_db(placed[-SECOND // 4 :]) > 4


def tail_db(distance: float, kinds: list[Ambience]) -> float:
    """The level of the echo of a burst of 50 ms against the burst."""
    burst = hiss()
    burst[SECOND // 20 :] = 0
    seen = Staging(distance=distance)
    placed = stage(burst, seen, room_of(kinds), np.random.default_rng(0))
    return level_db(placed[SECOND // 10 : SECOND // 2]) - level_db(placed[: SECOND // 20])


def test_far_sounds_are_wetter_than_near_ones_and_rooms_than_fields() -> None:
    assert tail_db(1, [Ambience.ROOM]) > tail_db(0, [Ambience.ROOM]) + 6
    assert tail_db(0.5, [Ambience.ROOM]) > tail_db(0.5, [Ambience.BIRDS]) + 6
    assert tail_db(0.5, []) == tail_db(0.5, [Ambience.ROOM])  # nothing said: a room


def test_an_echo_does_not_sound_before_its_sound() -> None:
    late = hiss()
    late[:SECOND] = 0
    placed = stage(late, Staging(), room_of([Ambience.CROWD]), np.random.default_rng(0))
    assert level_db(placed[: SECOND // 2]) < -100
    assert placed.shape == (len(late), 2)


def test_the_middle_is_as_loud_by_either_way() -> None:
    dry = centred(hiss())
    seen = stage(hiss(), Staging(distance=0), room_of([Ambience.WIND]), np.random.default_rng(0))
    assert level_db(seen) == pytest.approx(level_db(dry), abs=0.3)
