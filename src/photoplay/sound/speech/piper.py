"""Speech by a Piper voice that the user has: a file VOICE.onnx with VOICE.onnx.json beside it.

Its optional package, piper-tts (GPL-3.0-or-later from version 1.3 on, with eSpeak NG inside), runs
in a process of its own: see helper.py. Voices have their own licences.
"""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import Any

from photoplay.errors import NotFound, SettingInvalid, SpeechUnavailable
from photoplay.frames import SAMPLE_RATE_HZ
from photoplay.sound.signals import Mono, Rng
from photoplay.sound.speech.espeak import check_length
from photoplay.sound.speech.process import Helper, Spoken
from photoplay.sound.speech.say import Piece, speakable
from photoplay.sound.speech.soften import levelled, resample
from photoplay.sound.speech.voice import SILENCE, Delivery, Utterance, Voice
from photoplay.sound.speech.whisper import whisper
from photoplay.sound.speech.wording import script, spread, timed

PACKAGE = "piper"
TIMEOUT_S = 120.0  # a large voice takes seconds to load
SEED = "20260101"  # of the voice's own noise
SENTENCE_END = re.compile(r"[.!?…。！？]['\")]*$")


@dataclass(eq=False)
class PiperEngine:
    """The voice, or voices, of one file.

    Piper draws noise as it goes, so the same calls in the same order give the same bytes.
    """

    model: Path
    name: str = "Piper"
    timeout_s: float = TIMEOUT_S
    _helper: Helper | None = field(default=None, repr=False)

    def voices(self) -> tuple[Voice, ...]:
        """One for each speaker in the file; a file does not say of which sex they are."""
        _package()
        names = [str(self.model), *(f"{self.model}#{name}" for name in self._speakers)]
        return tuple(Voice(name=name, language=self._language) for name in names)

    def speak(self, text: str, voice: Voice, delivery: Delivery, rng: Rng) -> Utterance:
        """See SpeechEngine. A voice has its own pitch and melody: those wishes pass unheard."""
        check_length(text)
        pieces = speakable(text, voice.language)
        if not any(char.isalnum() for char in script(pieces)):
            return SILENCE
        sentences = _sentences(pieces)
        request = {
            "sentences": [[at, script(said)] for at, said in sentences],
            "length": 1 / delivery.pace,
            "speaker": self._speakers.get(voice.name.partition("#")[2]),
        }
        spoken = self._process.ask(request)
        samples = resample(spoken.samples, spoken.rate_hz)
        samples = levelled(whisper(samples, rng) if delivery.whispered else samples)
        return Utterance(samples, timed(pieces, _marks(sentences, spoken, samples), samples))

    def close(self) -> None:
        """End the helper."""
        if self._helper is not None:
            self._helper.close()

    @cached_property
    def _process(self) -> Helper:
        self._helper = Helper(
            name=f"{self.name} ({self.model.name})",
            arguments=("piper", str(self.model.resolve()), SEED, str(_package().parent)),
            switches=("-I",),
            timeout_s=self.timeout_s,
        )
        return self._helper

    @property
    def _speakers(self) -> dict[str, int]:
        speakers = self._config.get("speaker_id_map") or {}
        return {str(name): int(number) for name, number in speakers.items()}

    @property
    def _language(self) -> str:
        """From the file's "language" block, or the voice it borrows its reading from."""
        code = self._config.get("language", {}).get("code") or self._config["espeak"]["voice"]
        return str(code).lower().replace("_", "-")

    @cached_property
    def _config(self) -> dict[str, Any]:
        config = Path(f"{self.model}.json")
        for file in (self.model, config):
            if not file.is_file():
                raise NotFound(
                    f"there is no file {file}",
                    rule="a Piper voice is a file VOICE.onnx with VOICE.onnx.json beside it",
                    fix="Download both, or choose a built-in voice such as --voice female",
                )
        try:
            read = json.loads(config.read_text("utf-8"))
            return dict(read) if read["espeak"]["voice"] else {}
        except (ValueError, KeyError, TypeError) as error:
            raise SettingInvalid(
                f"{config} does not describe a Piper voice: {error!r}",
                rule="it is the JSON file that came with the voice",
                fix="Download it again",
            ) from error


def _package() -> Path:
    """Where the package lies; found without importing it."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise SpeechUnavailable(
            "the Piper voice cannot speak: Piper is not installed",
            rule="a Piper voice needs the optional package piper-tts",
            fix="Run pip install piper-tts, or choose a built-in voice such as --voice female",
        )
    return Path(spec.origin).parent


def _sentences(pieces: Sequence[Piece]) -> list[tuple[int, list[Piece]]]:
    """(where in the script it begins, its pieces) of each sentence."""
    groups: list[list[Piece]] = [[]]
    for piece in pieces:
        groups[-1].append(piece)
        if SENTENCE_END.search(piece.said):
            groups.append([])
    filled = [group for group in groups if script(group)]
    starts = accumulate((len(script(group)) + 1 for group in filled), initial=0)
    return list(zip(starts, filled, strict=False))


def _marks(
    sentences: Sequence[tuple[int, list[Piece]]], spoken: Spoken, samples: Mono
) -> list[tuple[int, float]]:
    """Times of words, which Piper does not give: each sentence's time shared out by letters."""
    begins = [time_s for _, time_s in spoken.marks]
    ends = [*begins[1:], len(samples) / SAMPLE_RATE_HZ]
    return [
        (start + at, time_s)
        for (start, pieces), begin_s, end_s in zip(sentences, begins, ends, strict=True)
        for at, time_s in spread(pieces, begin_s, end_s)
    ]
