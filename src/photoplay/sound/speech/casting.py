"""Who speaks a line, and how: from what the prompt says to a voice and a delivery."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

from photoplay.direction.plan import Age, Emotion, Line, Manner, Sex
from photoplay.errors import FeatureNotSupported
from photoplay.sound.speech.language import detect
from photoplay.sound.speech.voice import Delivery, Voice

# ISO 639-1 and other habits: what the voices call it.
ALIASES = {"zh": "cmn", "no": "nb", "iw": "he", "in": "id", "tl": "fil"}

# Murray and Arnott (JASA 93, 1993, table I): speech in an emotion beside neutral speech. "Slightly"
# is taken as 5 %, "much" as 15 % or more; the range of pitch is the melody.
EMOTIONS: Mapping[Emotion, Delivery] = MappingProxyType(
    {
        Emotion.NEUTRAL: Delivery(),
        Emotion.HAPPY: Delivery(pace=1.06, pitch=1.12, melody=1.5),
        Emotion.EXCITED: Delivery(pace=1.15, pitch=1.2, melody=1.8),
        Emotion.SAD: Delivery(pace=0.85, pitch=0.93, melody=0.6),
        Emotion.CALM: Delivery(pace=0.92, pitch=0.97, melody=0.8),
        Emotion.ANGRY: Delivery(pace=1.08, pitch=1.1, melody=1.6),
        Emotion.AFRAID: Delivery(pace=1.2, pitch=1.22, melody=1.3),
        Emotion.WHISPERED: Delivery(pace=0.88, melody=0.8, whispered=True),
    }
)
AGE_PACES = {Age.CHILD: 0.95, Age.ADULT: 1.0, Age.OLD: 0.88}
PACES = (0.6, 1.6)  # beyond, a voice is hard to follow


def delivery(manner: Manner) -> Delivery:
    """How a line of that manner is spoken."""
    usual = EMOTIONS[manner.emotion]
    low, high = PACES
    return Delivery(
        pace=min(max(usual.pace * AGE_PACES[manner.age] * manner.pace, low), high),
        pitch=usual.pitch,
        melody=usual.melody,
        whispered=usual.whispered,
    )


def language_of(line: Line, asked: str | None = None) -> str:
    """`asked` (--lang), else what the prompt says, else what the text looks like."""
    return asked or line.language or detect(line.text)


def cast(
    lines: Sequence[Line],
    voices: Sequence[Voice],
    asked: str | None = None,
    language: str | None = None,
) -> tuple[Voice, ...]:
    """A voice for each line.

    A speaker keeps a voice, and no two share one while a language has others. `asked` is the first
    speaker's; to others it gives the accent only.
    """
    chosen: dict[tuple[object, ...], Voice] = {}
    cast_voices = []
    for line in lines:
        spoken = language_of(line, language)
        who = (line.speaker.casefold(), line.manner.sex, line.manner.age, spoken)
        if who not in chosen:
            taken = {voice.name for voice in chosen.values()}
            chosen[who] = choose_voice(line, voices, asked, spoken, taken)
        cast_voices.append(chosen[who])
    return tuple(cast_voices)


def choose_voice(
    line: Line,
    voices: Sequence[Voice],
    asked: str | None,
    language: str,
    taken: Collection[str] = (),
) -> Voice:
    """The first of `voices` that suits the speaker and is not `taken`.

    `asked` is the name of a voice ("en-gb/female", a voice file), of a role ("female", "old-man"),
    of an accent ("en-gb"), or of a variant of eSpeak NG's ("f3", "en-gb+f3"). It outweighs what the
    prompt says. Raises FeatureNotSupported where nobody speaks the language.
    """
    accent, role = _wish(asked or "", voices)
    exact = next((voice for voice in voices if voice.name == asked), None)
    if exact is not None and (exact.name not in taken or len(voices) == 1):
        return exact
    able = _speakers(voices, accent or language)
    if role and not taken:
        named = [voice for voice in able if voice.name == f"{voice.language}/{role}"]
        return named[0] if named else _variant(able[0], role, line.manner)
    free = [voice for voice in able if voice.name not in taken] or able
    return next(iter(_suited(free, line.manner) or _suited(able, line.manner) or free))


def _wish(asked: str, voices: Sequence[Voice]) -> tuple[str, str]:
    """Accent and role or variant that `asked` names; either may be empty."""
    accent, sign, role = re.match(r"([^/+]*)([/+]?)(.*)", asked, re.DOTALL).groups()  # type: ignore[union-attr]
    if sign:
        return accent.lower(), role
    spoken = {voice.language for voice in voices} | {voice.spoken for voice in voices}
    is_accent = ALIASES.get(accent.lower(), accent.lower()) in spoken
    return (accent.lower(), "") if is_accent else ("", accent)


def _speakers(voices: Sequence[Voice], language: str) -> list[Voice]:
    """Those who speak the language, all in one accent: the one named, or the usual one."""
    code = language.lower().replace("_", "-")
    main, _, region = code.partition("-")
    main = ALIASES.get(main, main)
    exact = [voice for voice in voices if region and voice.language == f"{main}-{region}"]
    able = exact or [voice for voice in voices if voice.spoken == main]
    if not able:
        known = sorted({voice.spoken for voice in voices})
        raise FeatureNotSupported(
            f"no voice speaks the language {language!r}",
            rule=f"a line is spoken in a language of an installed voice: {', '.join(known)}",
            fix="Name one of them by --lang, or give a Piper voice by --voice",
        )
    return [voice for voice in able if voice.language == able[0].language]


def _suited(voices: Sequence[Voice], manner: Manner) -> list[Voice]:
    return [
        voice
        for voice in voices
        if voice.age is manner.age and (manner.sex is None or voice.sex in {None, manner.sex})
    ]


def _variant(like: Voice, variant: str, manner: Manner) -> Voice:
    """A variant of eSpeak NG's that is no role; the engine knows whether there is one."""
    sex = manner.sex or (Sex.FEMALE if re.match(r"f\d", variant) else Sex.MALE)
    return Voice(name=f"{like.language}+{variant}", language=like.language, sex=sex)
