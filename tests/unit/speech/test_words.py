"""When each word is heard, and how what is written is read."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photoplay.frames import SAMPLE_RATE_HZ
from photoplay.sound.speech.espeak import EspeakEngine
from photoplay.sound.speech.say import speakable
from photoplay.sound.speech.voice import Delivery, Voice
from photoplay.sound.speech.wording import loudness
from tests.unit.speech.ears import (
    NEUTRAL,
    check_order,
    rng,
    said,
)


@pytest.mark.parametrize("pace", [0.7, 1.0, 1.35])
@pytest.mark.parametrize("role", ["male", "female", "girl"])
def test_words_are_heard_when_they_are_said_to_be(
    engine: EspeakEngine, voices: dict[str, Voice], role: str, pace: float
) -> None:
    """Each of these words begins with a stop: silence before it, a burst after."""
    spoken = engine.speak("Tack, tack, tack.", voices[f"en-us/{role}"], Delivery(pace=pace), rng())
    check_order(spoken)
    assert [word.text for word in spoken.words] == ["Tack,", "tack,", "tack."]
    level = loudness(spoken.samples)
    points = SAMPLE_RATE_HZ / 64
    for word in spoken.words[1:]:
        before = level[round((word.start_s - 0.06) * points) : round(word.start_s * points)]
        after = level[round(word.start_s * points) : round((word.start_s + 0.15) * points)]
        assert before.max() < 0.1 * after.max()


def test_captions_show_what_was_written(engine: EspeakEngine, voices: dict[str, Voice]) -> None:
    text = "Only $1.34 — at 24 fps, in 1984!"
    spoken = engine.speak(text, voices["en-us/female"], NEUTRAL, rng())
    check_order(spoken)
    assert " ".join(word.text for word in spoken.words) == text
    price = spoken.words[1]
    assert price.text.startswith("$1.34")
    assert price.end_s - price.start_s > 1  # "one dollar and thirty-four cents"


def test_every_language_that_is_offered_is_spoken(
    engine: EspeakEngine, voices: dict[str, Voice]
) -> None:
    """The library names some voices by another name than the code they are for."""
    languages = {voice.language for voice in voices.values()}
    assert {"en-us", "en-gb", "fr-fr", "pt-br", "cmn"} < languages
    assert len(languages) > 100
    mute = [
        language
        for language in languages
        if len(engine.speak("1, 2, 3", voices[f"{language}/male"], NEUTRAL, rng()).words) < 3
    ]
    assert set(mute) <= {"chr-us-qaaa-x-west", "cv"}  # Cherokee, Chuvash: they read no figures


def test_words_of_other_scripts_have_their_places(
    engine: EspeakEngine, voices: dict[str, Voice]
) -> None:
    for language, text in (("ru", "Привет, большой мир"), ("de", "Größe übt schöne Maße")):
        spoken = engine.speak(text, voices[f"{language}/female"], NEUTRAL, rng())
        check_order(spoken)
        assert [word.text for word in spoken.words] == text.split()


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("It costs $1.34.", "It costs 1 dollar and 34 cents."),
        ("£20, €1, ¥300 and 5€", "20 pounds, 1 euro, 300 yen and 5 euros"),
        ("$2M or $1.5 million", "2 million dollars or 1.5 million dollars"),
        ("$3.50/day", "3 dollars and 50 cents per day"),
        ("5 kg at 3 km/h, 1 kg", "5 kilograms at 3 kilometres per hour, 1 kilogram"),
        ("24 fps, 1080p and 4K", "24 frames per second, 10 80 p and 4K"),
        ("50mm f/1.8 at 16:9", "50 millimetres f 1.8 at 16 by 9"),
        ("May 3, 2025 at 7:30 pm", "May 3rd, 20 25 at 7 30 PM"),
        ("10:05, 10:00, 10:00am", "10 oh 5, 10 o'clock, 10 AM"),
        ("1905, 1984, 2000, 2007", "19 oh 5, 19 84, 2000, 2007"),
        ("the 1990s and the '80s", "the 19 nineties and the eighties"),
        ("Ms. Vee vs. Dr. No", "Miz Vee versus Doctor No"),
        ("10-20 of 3×4, call 555-1234", "10 to 20 of 3 by 4, call 555-1234"),
        ("STOP IT NOW, NASA USA", "stop it now, nasa USA"),
        ("a NASA crew, an LED", "a NASA crew, an L E D"),
        ("Nike, Porsche and IKEA", "nikey, porsha and IKEA"),
        ("example.com @johndoe #1 #film", "example dot com @johndoe number 1 hashtag film"),
        ("https://www.foo.co.uk/a/b?q=1", "foo dot co dot uk a b"),
        ("wait — no… “yes”", "wait , no… yes"),
        ("😀 hello 👍🏽 world ❤️", "hello world"),
        ("<break time='3s'/>*hi* [[x]]", "hi x"),
        ("-5 °C", "minus 5 degrees Celsius"),
        ("1/2 or 3/4", "one half or 3 quarters"),
    ],
)
def test_signs_are_read_as_people_say_them(written: str, spoken: str) -> None:
    assert said(written) == spoken


def test_dates_follow_the_accent() -> None:
    assert said("12/05/2024", "en-us") == "December 5th, 20 24"
    assert said("12/05/2024", "en-gb") == "the 12th of May, 20 24"
    assert said("2024-05-12", "en-us") == "May 12th, 20 24"


def test_other_languages_have_their_own_words() -> None:
    assert said("5 kg mit 3 km/h", "de") == "5 Kilogramm mit 3 Kilometer pro Stunde"
    assert said("www.photoplay.fr", "fr-fr") == "photoplay point fr"
    assert said("便宜20%", "cmn") == "便宜百分之20"


@given(text=st.text(max_size=80))
@settings(max_examples=200, deadline=None)
def test_reading_keeps_what_was_written(text: str) -> None:
    pieces = speakable(text, "en-us")
    assert all(piece.shown and piece.shown == piece.shown.strip() for piece in pieces)
    assert not any(char in piece.said for piece in pieces for char in "<>[]{}|\n\0")


def test_numbers_and_names_are_read_as_words(
    engine: EspeakEngine, voices: dict[str, Voice]
) -> None:
    read = engine.phonemes("In 1984, 24 fps cost $1.34 at Nike", voices["en-us/female"])
    for sounds in ("nˈaɪntiːn ˈeɪɾi fˈɔːɹ", "fɹˈeɪmz pɜː", "dˈɑːlɚ ænd", "sˈɛnts", "nˈaɪki"):
        assert sounds in read
