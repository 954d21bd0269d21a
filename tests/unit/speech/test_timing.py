"""All lines fit into their clip, or are named."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photoplay.clip import Word
from photoplay.direction.plan import Line
from photoplay.frames import SAMPLE_RATE_HZ
from photoplay.sound.speech.espeak import EspeakEngine
from photoplay.sound.speech.performing import perform
from photoplay.sound.speech.schedule import MAX_HURRY, Schedule, fit
from photoplay.sound.speech.voice import Utterance
from tests.unit.speech.ears import (
    HARBOUR,
    NEUTRAL,
    rng,
)


def spoken_at(lines: list[Line]) -> tuple[list[tuple[int, float]], object]:
    """A speaker of five words in two seconds, who notes what was asked of it."""
    asked: list[tuple[int, float]] = []

    def speak(index: int, hurry: float) -> Utterance:
        asked.append((index, hurry))
        count = len(lines[index].text.split())
        length = round(0.4 * count / hurry * SAMPLE_RATE_HZ)
        words = tuple(Word("w", 0.4 * i / hurry, 0.4 * (i + 1) / hurry) for i in range(count))
        return Utterance(np.ones(length, dtype=np.float32), words)

    return asked, speak


def fitted(lines: list[Line], duration_s: float) -> Schedule:
    return fit(lines, duration_s, spoken_at(lines)[1])  # type: ignore[arg-type]


def words(count: int, **more: object) -> Line:
    return Line(text=" ".join(["word"] * count), **more)  # type: ignore[arg-type]


def check_fit(schedule: Schedule, duration_s: float) -> None:
    clock_s = 0.0
    for each in schedule.placed:
        assert each.start_s >= clock_s
        assert 1 <= each.hurry <= MAX_HURRY
        clock_s = each.end_s
    assert clock_s <= duration_s


def test_lines_that_fit_are_spoken_at_ease_with_pauses() -> None:
    lines = [words(5, speaker="a"), words(5, speaker="a"), words(5, speaker="b")]
    schedule = fitted(lines, 10)
    assert [each.start_s for each in schedule.placed] == pytest.approx([0.25, 2.75, 5.0])
    assert not schedule.notes
    assert schedule.needs_s == pytest.approx(7.25)


def test_too_many_words_are_spoken_faster_and_the_need_is_said() -> None:
    schedule = fitted([words(13)], 4.5)  # 5.2 s of words
    check_fit(schedule, 4.5)
    assert len(schedule.placed) == 1
    assert 1.15 < schedule.placed[0].hurry < 1.25
    assert "need 5.7 s and the clip lasts 4.5 s" in schedule.notes[0]


def test_a_line_that_does_not_fit_is_left_out_whole_and_named() -> None:
    lines = [words(30), Line(text="short one")]
    schedule = fitted(lines, 5)
    check_fit(schedule, 5)
    assert schedule.left_out == (lines[0],)
    assert [each.line for each in schedule.placed] == [lines[1]]
    assert schedule.placed[0].hurry == 1
    assert "is left out: it lasts 12.0 s" in schedule.notes[-1]
    assert "a clip of 14 s holds it, or leave out about 16 of its 30 words" in schedule.notes[-1]


def test_a_line_begins_where_the_prompt_puts_it() -> None:
    schedule = fitted([words(3, start=0.5), words(2), words(3, start=0.0)], 10)
    check_fit(schedule, 10)
    assert [each.index for each in schedule.placed] == [2, 0, 1]
    assert schedule.placed[1].start_s == 5


def test_a_line_that_is_in_the_way_is_hurried_then_waited_for() -> None:
    schedule = fitted([words(11, start=0.0), words(3, start=0.4)], 10)  # 4.4 s before 4 s
    check_fit(schedule, 10)
    assert schedule.placed[0].hurry > 1
    assert schedule.placed[1].start_s == pytest.approx(4.0)


@given(
    counts=st.lists(st.integers(1, 40), max_size=6),
    starts=st.lists(st.none() | st.floats(0, 1), min_size=6, max_size=6),
    duration_s=st.floats(1, 60),
)
@settings(max_examples=100, deadline=None)
def test_any_lines_fit_or_are_named(
    counts: list[int], starts: list[float | None], duration_s: float
) -> None:
    lines = [words(count, start=start) for count, start in zip(counts, starts, strict=False)]
    schedule = fitted(lines, duration_s)
    check_fit(schedule, duration_s)
    assert len(schedule.placed) + len(schedule.left_out) == len(lines)
    assert len(schedule.left_out) == sum("left out" in note for note in schedule.notes)


def test_a_performance_fits_its_clip_and_repeats_itself(engine: EspeakEngine) -> None:
    lines = [Line(text=HARBOUR, speaker="Ann"), Line(text="Really?", voice_over=True)]
    first, again = (perform(lines, 5, engine, seed=3) for _ in range(2))
    check_fit(first, 5)
    said = [[each.utterance.samples.tobytes() for each in of.placed] for of in (first, again)]
    assert said[0] == said[1]


def test_nothing_to_say_is_silence_with_a_note(engine: EspeakEngine) -> None:
    schedule = perform([Line(text="😀 …")], 3, engine, seed=0)
    assert not schedule.placed
    assert "no word that can be spoken" in schedule.notes[0]


def test_a_sentence_takes_a_quarter_of_a_second_with_the_helper_s_start() -> None:
    """Twice the budget of an idle machine, so that a busy one does not fail it."""
    fresh = EspeakEngine()
    voice = fresh.voices()[0]
    before_s = time.perf_counter()
    spoken = fresh.speak(HARBOUR, voice, NEUTRAL, rng())
    taken_s = time.perf_counter() - before_s
    fresh.close()
    assert 4.5 < spoken.duration_s < 6
    assert taken_s < 0.5
