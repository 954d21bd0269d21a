"""The spoken lines of a clip, placed in its time, with the words that were heard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace

import numpy as np

from photoplay.clip import Word
from photoplay.direction.plan import Line
from photoplay.errors import SpeechUnavailable
from photoplay.frames import SAMPLE_RATE_HZ
from photoplay.sound.signals import Mono
from photoplay.sound.speech import Placed, open_engine, perform
from photoplay.sound.speech.casting import cast

OFF_SCREEN = (
    "Lines are spoken off-screen: nobody's mouth moves. Engines that animate the speaker are "
    "Kling v3 and o3, Veo 3.1 and Seedance 2.0."
)

_WORD_S = 5.0  # in which a voice that is tried says one word


@dataclass(frozen=True, slots=True, eq=False)
class Narration:
    """Spoken lines, float32 (samples,) each: who tells the story, and who is in the picture."""

    voice_over: Mono
    in_scene: Mono
    words: tuple[Word, ...]

    def followed_by(self, samples: int) -> Narration:
        """The same with so much silence after it."""
        rest = (0, samples)
        return replace(
            self, voice_over=np.pad(self.voice_over, rest), in_scene=np.pad(self.in_scene, rest)
        )


def narrate(
    lines: Sequence[Line],
    *,
    samples: int,
    seed: int,
    voice: str | None,
    language: str | None,
    log: Callable[[str], None],
) -> Narration | None:
    """The lines in a clip of that length; None if none of them is heard.

    `log` is told what is not spoken as written. Without a speech engine the lines are left out and
    that is said; but where a `voice` is asked for, SpeechUnavailable is raised.
    """
    if not lines:
        if voice is not None or language is not None:
            log(_idle(voice, language))
        return None
    duration_s = samples / SAMPLE_RATE_HZ
    try:
        with closing(open_engine(voice)) as engine:
            schedule = perform(lines, duration_s, engine, seed=seed, asked=voice, language=language)
    except SpeechUnavailable as error:
        if voice is not None:
            raise
        log(f"Spoken lines are left out: {error}")
        return None
    for note in schedule.notes:
        log(note)
    if not schedule.placed:
        return None
    if not all(each.line.voice_over for each in schedule.placed):
        log(OFF_SCREEN)
    told, seen = (
        _laid([each for each in schedule.placed if each.line.voice_over is over], samples)
        for over in (True, False)
    )
    return Narration(told, seen, tuple(_words(schedule.placed)))


def _idle(voice: str | None, language: str | None) -> str:
    """What to say of a voice that speaks nothing. Raises FeatureNotSupported if there is none."""
    word = (Line(text="word"),)
    with suppress(SpeechUnavailable), closing(open_engine(voice)) as engine:  # it is not needed
        cast(word, engine.voices(), voice, language)
        if voice is not None:  # only the engine knows all variants
            perform(word, _WORD_S, engine, seed=0, asked=voice)
    idle = "the voice has nothing to say" if voice is not None else "the language is not heard"
    return f"Nobody speaks: the prompt quotes no line, so {idle}."


def _laid(placed: Sequence[Placed], samples: int) -> Mono:
    canvas = np.zeros(samples, np.float32)
    for each in placed:
        first = round(each.start_s * SAMPLE_RATE_HZ)
        part = canvas[first : first + len(each.utterance.samples)]
        part += each.utterance.samples[: len(part)]
    return canvas


def _words(placed: Sequence[Placed]) -> list[Word]:
    return [
        Word(word.text, round(at + word.start_s, 3), round(at + word.end_s, 3))
        for at, each in ((each.start_s, each) for each in placed)
        for word in each.utterance.words
    ]
