"""A clip's spoken lines from the plan to sound: cast, spoken, fitted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from photoplay.direction.plan import Line
from photoplay.sound.speech.casting import cast, delivery
from photoplay.sound.speech.espeak import EspeakEngine
from photoplay.sound.speech.piper import PiperEngine
from photoplay.sound.speech.schedule import Schedule, fit
from photoplay.sound.speech.voice import SpeechEngine, Utterance


def open_engine(asked: str | None = None) -> SpeechEngine:
    """The engine that has the voice `asked` for: Piper for the path of a voice, else eSpeak NG."""
    if asked is not None and asked.split("#")[0].endswith(".onnx"):
        return PiperEngine(Path(asked.split("#")[0]))
    return EspeakEngine()


def perform(
    lines: Sequence[Line],
    duration_s: float,
    engine: SpeechEngine,
    *,
    seed: int,
    asked: str | None = None,
    language: str | None = None,
) -> Schedule:
    """Cast, speak and place the lines of a clip. `asked` is --voice, `language` is --lang.

    The same lines, length and seed (0 to 2^32 − 1) give the same bytes.
    """
    voices = cast(lines, engine.voices(), asked, language) if lines else ()

    def speak(index: int, hurry: float) -> Utterance:
        usual = delivery(lines[index].manner)
        hurried = replace(usual, pace=usual.pace * hurry)
        rng = np.random.default_rng([seed, index])
        return engine.speak(lines[index].text, voices[index], hurried, rng)

    return fit(lines, duration_s, speak)
