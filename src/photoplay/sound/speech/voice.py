"""What speech is made of: voices, how a line is to be spoken, and the words that come out.

An engine turns text into an `Utterance`. It knows nothing about lines, clips or who speaks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from photoplay.clip import Word
from photoplay.direction.plan import Age, Sex
from photoplay.frames import SAMPLE_RATE_HZ
from photoplay.given import MAX_PROMPT_CHARS
from photoplay.sound.signals import Mono, Rng

MAX_TEXT_CHARS = MAX_PROMPT_CHARS  # a line is part of a prompt


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """One who can speak. `name` is what --voice takes: "en-gb+f5", or the path of a voice file.

    `language` is an ISO 639 code, with a region where there is one, in lower case ("en-gb").
    """

    name: str
    language: str
    sex: Sex | None = None
    age: Age = Age.ADULT

    @property
    def spoken(self) -> str:
        """The language without its region."""
        return self.language.partition("-")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How a text is to be spoken, as factors on what is usual for the voice."""

    pace: float = 1.0  # 0.5–2: words per second
    pitch: float = 1.0  # 0.6–1.7: Hz
    melody: float = 1.0  # 0–2: how far the pitch goes up and down
    whispered: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Utterance:
    """A text that was spoken: float32 mono (samples,), 48 kHz, ±1, and its words in order.

    Words are as they were written; their times count from the utterance's start.
    """

    samples: Mono
    words: tuple[Word, ...] = ()

    @property
    def duration_s(self) -> float:
        """How long it lasts."""
        return len(self.samples) / SAMPLE_RATE_HZ


SILENCE = Utterance(np.zeros(0, dtype=np.float32))


class SpeechEngine(Protocol):
    """A way to make speech. Close it when done: it may hold a process."""

    @property
    def name(self) -> str:
        """What messages call it."""
        ...

    def voices(self) -> tuple[Voice, ...]:
        """Who can speak, the best of each language first; raises SpeechUnavailable."""
        ...

    def speak(self, text: str, voice: Voice, delivery: Delivery, rng: Rng) -> Utterance:
        """Say `text`, which is data: nothing in it is markup or a command.

        Text without a word in it gives an empty utterance. Raises InvalidPrompt for text that is
        too long, RenderFailed or RenderTimedOut where the engine breaks down.
        """
        ...

    def close(self) -> None:
        """End what was started. A closed engine may be used again."""
        ...
