"""Which language a text is in, and who speaks it."""

from __future__ import annotations

import pytest

from photoplay.direction.plan import Age, Line, Manner, Sex
from photoplay.errors import (
    FeatureNotSupported,
    NotFound,
)
from photoplay.sound.speech.casting import cast, choose_voice, language_of
from photoplay.sound.speech.espeak import EspeakEngine
from photoplay.sound.speech.language import detect
from photoplay.sound.speech.voice import Voice
from tests.unit.speech.ears import (
    NEUTRAL,
    OTHERS,
    rng,
)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The sea is calm today.", "en"),
        ("Guten Morgen, wie geht es dir?", "de"),
        ("Bonjour tout le monde", "fr"),
        ("Hola, ¿qué tal?", "es"),
        ("Ciao, come stai?", "it"),
        ("Olá, tudo bem?", "pt"),
        ("Goedemorgen, hoe gaat het?", "nl"),
        ("Dzień dobry", "pl"),
        ("Merhaba, nasılsın?", "tr"),
        ("Привет, мир", "ru"),
        ("Привіт, світе", "uk"),
        ("你好，世界", "zh"),
        ("Nike は最高", "ja"),
        ("안녕하세요", "ko"),
        ("مرحبا بالعالم", "ar"),
        ("नमस्ते दुनिया", "hi"),
        ("Photoplay!", "en"),
        ("😀", "en"),
    ],
)
def test_text_is_known_by_script_and_stop_words(text: str, language: str) -> None:
    assert detect(text) == language


def test_what_is_said_of_the_language_outweighs_the_text() -> None:
    assert language_of(Line(text="Hola, ¿qué tal?")) == "es"
    assert language_of(Line(text="Hola, ¿qué tal?", language="it")) == "it"
    assert language_of(Line(text="Hola, ¿qué tal?", language="it"), "pt") == "pt"


def test_every_language_that_is_detected_has_a_voice(voices: dict[str, Voice]) -> None:
    for language, accent in (("zh", "cmn"), ("en", "en-us"), ("pt", "pt-br"), ("fr", "fr-fr")):
        voice = choose_voice(Line(text="x"), list(voices.values()), None, language)
        assert voice.language == accent
    for language in OTHERS:
        voice = choose_voice(Line(text="x"), list(voices.values()), None, language)
        assert voice.spoken == language


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        (None, "en-us/female"),
        ("male", "en-us/male"),
        ("en-gb", "en-gb/female"),
        ("en-gb/male-2", "en-gb/male-2"),
        ("old-man", "en-us/old-man"),
        ("f3", "en-us+f3"),
        ("en-gb+whisper", "en-gb+whisper"),
    ],
)
def test_a_voice_can_be_asked_for(voices: dict[str, Voice], asked: str | None, name: str) -> None:
    assert choose_voice(Line(text="x"), list(voices.values()), asked, "en").name == name


def test_speakers_keep_their_voice_and_share_none(voices: dict[str, Voice]) -> None:
    man, child = Manner(sex=Sex.MALE), Manner(age=Age.CHILD)
    lines = [
        Line(text="Hello.", speaker="Ann"),
        Line(text="Hello.", speaker="Bob", manner=man),
        Line(text="Hello.", speaker="Cid", manner=man),
        Line(text="Hello.", speaker="ann"),
        Line(text="Hello.", speaker="Dot", manner=child),
        Line(text="Guten Tag, wie geht es dir?", speaker="Ann"),
    ]
    names = [voice.name for voice in cast(lines, list(voices.values()))]
    assert names == [
        "en-us/female",
        "en-us/male",
        "en-us/male-2",
        "en-us/female",
        "en-us/girl",
        "de/female",
    ]


def test_a_language_without_a_voice_and_an_unknown_voice_are_named(
    engine: EspeakEngine, voices: dict[str, Voice]
) -> None:
    with pytest.raises(FeatureNotSupported, match="'xx'"):
        choose_voice(Line(text="x"), list(voices.values()), None, "xx")
    unknown = choose_voice(Line(text="x"), list(voices.values()), "en+../../etc", "en")
    with pytest.raises(NotFound, match="en-us/female"):
        engine.speak("x", unknown, NEUTRAL, rng())
