"""Speech by eSpeak NG (GPL-3.0-or-later), in a process of its own: see helper.py.

It comes with the optional package espeakng-loader, which this process looks for but never imports.
It reads over a hundred languages and needs no network, no model and 1 % of a core.
"""

from __future__ import annotations

import importlib.util
import math
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from photoplay.errors import FeatureNotSupported, InvalidPrompt, NotFound, SpeechUnavailable
from photoplay.sound.signals import Mono, Rng
from photoplay.sound.speech.process import Helper, Spoken
from photoplay.sound.speech.roles import PLAIN, ROLES, Role
from photoplay.sound.speech.say import Piece, speakable
from photoplay.sound.speech.soften import soften
from photoplay.sound.speech.voice import MAX_TEXT_CHARS, SILENCE, Delivery, Utterance, Voice
from photoplay.sound.speech.whisper import whisper
from photoplay.sound.speech.wording import script, timed

PACKAGE = "espeakng_loader"
LIBRARIES = {"win32": "espeak-ng.dll", "darwin": "libespeak-ng.dylib"}
LIBRARY = "libespeak-ng.so"
TIMEOUT_S = 20.0  # a line takes 5 to 50 ms
RATE_WPM = 160.0  # a calm reading; eSpeak's own is 175
RATES_WPM = (80, 450)  # espeakRATE: outside, the library does not follow
PITCH, PITCHES = 50.0, (0, 99)  # espeakPITCH
PITCH_STEP = 0.01065  # logarithm of the pitch ratio between two settings, measured over 0–99
MELODY, MELODIES = 50.0, (0, 99)  # espeakRANGE
TAIL_S = 0.08  # of the silence after the last word that is kept
HEARD = 1e-3  # of full scale, −60 dB
CHINESE_CHARACTER = re.compile("[\u4e00-\u9fff\u3400-\u4dbf]")
CONSTRUCTED = "art"  # folder of languages that no clip needs: Klingon and others
FIRST = (  # of several accents, or languages of one code, the one that is meant by the short code
    "en-us",
    "es",
    "fr-fr",
    "pt-br",
    "cmn",
)


@dataclass(eq=False)
class EspeakEngine:
    """Built-in speech. Lines are independent: the same line and generator give the same bytes."""

    name: str = "eSpeak NG"
    timeout_s: float = TIMEOUT_S
    _helper: Helper | None = field(default=None, repr=False)

    def voices(self) -> tuple[Voice, ...]:
        """Every role in every language that is installed, the usual accent of a language first."""
        return tuple(
            Voice(name=f"{language}/{name}", language=language, sex=role.sex, age=role.age)
            for language in self._languages
            for name, role in ROLES.items()
        )

    def speak(self, text: str, voice: Voice, delivery: Delivery, rng: Rng) -> Utterance:
        """See SpeechEngine. Raises FeatureNotSupported for Japanese in Chinese characters."""
        _check(text, voice)
        pieces = speakable(text, voice.language)
        said = script(pieces)
        if not any(char.isalnum() for char in said):
            return SILENCE
        role = self._role(voice)
        spoken = self._ask(said, voice, role, delivery)
        return _utterance(pieces, spoken, role, delivery, rng)

    def phonemes(self, text: str, voice: Voice) -> str:
        """How `text` is read, in the International Phonetic Alphabet."""
        _check(text, voice)
        self._role(voice)
        said = script(speakable(text, voice.language))
        request = {"text": said, "voice": self._languages[voice.language], "phonemes": True}
        return self._process.ask(request).phonemes

    def close(self) -> None:
        """End the helper."""
        if self._helper is not None:
            self._helper.close()

    def _ask(self, said: str, voice: Voice, role: Role, delivery: Delivery) -> Spoken:
        return self._process.ask(
            {
                "text": said,
                "voice": f"{self._languages[voice.language]}+{role.variant}",
                "rate": _within(RATES_WPM, RATE_WPM * delivery.pace / role.size),
                "pitch": _within(
                    PITCHES, PITCH + math.log(delivery.pitch * role.pitch) / PITCH_STEP
                ),
                "range": _within(MELODIES, MELODY * delivery.melody),
            }
        )

    def _role(self, voice: Voice) -> Role:
        """What the voice is made of: a role, or a variant as it is."""
        known = voice.language in self._languages
        sign, name = voice.name[len(voice.language) :][:1], voice.name[len(voice.language) + 1 :]
        if known and sign == "/" and name in ROLES:
            return ROLES[name]
        if known and sign == "+" and name in self._variants:
            return Role(name, None, voice.age, 1.0, 1.0, PLAIN)
        raise NotFound(
            f"{self.name} has no voice {voice.name!r}",
            rule="a voice is LANGUAGE/ROLE, or LANGUAGE+VARIANT of the library's own",
            fix="Use one of: " + ", ".join(f"{voice.language}/{role}" for role in ROLES),
        )

    @cached_property
    def _folder(self) -> Path:
        """Where the package lies; found without importing it."""
        spec = importlib.util.find_spec(PACKAGE)
        if spec is None or spec.origin is None:
            raise SpeechUnavailable(
                "there is no voice to speak the line: eSpeak NG is not installed",
                rule="speech needs the optional package espeakng-loader",
                fix="Run pip install 'photoplay[speech]', or give a Piper voice by --voice",
            )
        return Path(spec.origin).parent

    @cached_property
    def _process(self) -> Helper:
        library = self._folder / LIBRARIES.get(sys.platform, LIBRARY)
        data = self._folder / "espeak-ng-data"
        limit_s = str(math.ceil(self.timeout_s))
        self._helper = Helper(
            name=self.name,
            arguments=("espeak", str(library), str(data), limit_s),
            switches=("-I", "-S"),
            timeout_s=self.timeout_s,
        )
        return self._helper

    @cached_property
    def _languages(self) -> dict[str, str]:
        """Codes in lower case, those of FIRST first, and what the library calls their voices."""
        data = self._folder / "espeak-ng-data"
        files = [file for file in sorted((data / "lang").glob("**/*")) if file.is_file()]
        names = {
            _language(file, data): file.name for file in files if CONSTRUCTED not in file.parts
        }
        return {code: names[code] for code in (*FIRST, *sorted(names)) if code and code in names}

    @cached_property
    def _variants(self) -> frozenset[str]:
        folder = self._folder / "espeak-ng-data" / "voices" / "!v"
        return frozenset(file.name for file in folder.iterdir())


def check_length(text: str) -> None:
    """Raise InvalidPrompt for text of which no clip could hold a part."""
    if len(text) > MAX_TEXT_CHARS:
        raise InvalidPrompt(
            f"a line to be spoken has {len(text):,} characters",
            rule=f"a line has at most {MAX_TEXT_CHARS:,}",
            fix="Shorten it: a clip of 10 s holds about 150",
            limits={"max_length": MAX_TEXT_CHARS},
        )


def _check(text: str, voice: Voice) -> None:
    check_length(text)
    if voice.spoken == "ja" and CHINESE_CHARACTER.search(text):
        raise FeatureNotSupported(
            f"“{text[:40]}” is written in Chinese characters",
            rule="eSpeak NG reads Japanese in kana only",
            fix="Write the line in hiragana or katakana, or give a Piper voice by --voice",
        )


def _within(limits: tuple[int, int], value: float) -> int:
    low, high = limits
    return min(max(round(value), low), high)


def _language(file: Path, data: Path) -> str:
    """The code that a voice of the library is for; empty where its dictionary is missing."""
    lines = [line.split() for line in file.read_text("utf-8", "replace").split("\n")]
    values = {line[0]: line[1] for line in reversed(lines) if len(line) > 1}
    code = values.get("language", "").lower()
    dictionary = values.get("dictionary", code.partition("-")[0])
    return code if (data / f"{dictionary}_dict").is_file() else ""


def _utterance(
    pieces: Sequence[Piece], spoken: Spoken, role: Role, delivery: Delivery, rng: Rng
) -> Utterance:
    """What came back as it is to be heard: `size` is played faster, and times with it."""
    rate_hz = spoken.rate_hz * role.size
    raw = _without_tail(spoken.samples, round(TAIL_S * rate_hz))
    if delivery.whispered:
        raw = whisper(raw, rng)
    samples = soften(raw, rate_hz, role.timbre, rng)
    marks = [(at, time_s / role.size) for at, time_s in spoken.marks]
    return Utterance(samples, timed(pieces, marks, samples))


def _without_tail(raw: Mono, kept: int) -> Mono:
    """Up to the last sample that can be heard, and `kept` more."""
    heard = np.flatnonzero(np.abs(raw) > HEARD)
    return raw[: int(heard[-1]) + kept] if len(heard) else raw[:0]
