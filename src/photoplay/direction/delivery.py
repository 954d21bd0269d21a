"""How a line is spoken and by whom, from the words around it."""

from __future__ import annotations

import re

from photoplay.direction.plan import Age, Emotion, Manner, Sex
from photoplay.direction.vocabulary import any_of

_FEMALE = any_of(
    """
    she, her, woman, women, girl, lady, female, mother, mum, mom, daughter, sister, wife,
    bride, queen, princess, actress, grandmother, grandma, aunt, witch, waitress,
    businesswoman, feminine, goddess
    """
)
_MALE = any_of(
    """
    he, his, him, man, men, boy, guy, gentleman, male, father, dad, son, brother, husband,
    groom, king, prince, actor, grandfather, grandpa, uncle, wizard, waiter, businessman,
    monk, priest, masculine
    """
)
_AGES = (
    (Age.CHILD, any_of(r"boys?, girls?, child\w*, kids?, toddler, son, daughter")),
    (Age.OLD, any_of("old, elderly, aged, grand(?:mother|father|ma|pa), wizened")),
)
_EMOTIONS = (
    (
        Emotion.WHISPERED,
        any_of(r"whisper\w*, hushed, under (?:his|her) breath, breath(?:y|less|lessly), murmur\w*"),
    ),
    (
        Emotion.ANGRY,
        any_of(
            r"""
            ang(?:ry|rily), furious\w*, yell\w*, shout\w*, scream\w*, rag(?:e|ing), harsh\w*,
            barks?, snaps?
            """
        ),
    ),
    (
        Emotion.AFRAID,
        any_of(r"afraid, scared, terrified, fear\w*, frightened, trembling, panick\w*, nervous\w*"),
    ),
    (
        Emotion.SAD,
        any_of(
            r"""
            sad\w*, cry(?:ing)?, cries, tear\w*, sob\w*, sorrow\w*, mournful\w*, melancholi\w+,
            broken
            """
        ),
    ),
    (
        Emotion.EXCITED,
        any_of(r"excite\w*, enthusias\w+, energetic\w*, thrilled, exclaim\w*, cheer\w*, hyped?"),
    ),
    (
        Emotion.HAPPY,
        any_of(
            r"""
            happ(?:y|ily), joy\w*, laugh\w*, smil\w+, bright\w*, playful\w*, warm\w*, friendly,
            giggl\w*
            """
        ),
    ),
    (
        Emotion.CALM,
        any_of(
            r"""
            calm\w*, soft\w*, gentl[ey], quiet\w*, sooth\w+, relaxed, tender\w*, deep, measured,
            serene\w*
            """
        ),
    ),
)
_PACES = (
    (any_of("very slow(?:ly)?"), 0.75),
    (any_of("slow(?:ly)?"), 0.85),
    (any_of("quick(?:ly)?, fast, rapid(?:ly)?, hurried(?:ly)?, rushed"), 1.2),
)
_LANGUAGES = {
    "english": "en", "german": "de", "french": "fr", "spanish": "es", "italian": "it",
    "portuguese": "pt", "brazilian": "pt", "dutch": "nl", "swedish": "sv", "norwegian": "no",
    "danish": "da", "finnish": "fi", "polish": "pl", "czech": "cs", "russian": "ru",
    "ukrainian": "uk", "turkish": "tr", "greek": "el", "arabic": "ar", "hebrew": "he",
    "hindi": "hi", "chinese": "zh", "mandarin": "zh", "japanese": "ja", "korean": "ko",
    "vietnamese": "vi", "indonesian": "id", "hungarian": "hu", "romanian": "ro", "latin": "la",
}  # fmt: skip
_LANGUAGE = re.compile(rf"\b(?:in|speaks?|speaking)\s(?:fluent\s)?({'|'.join(_LANGUAGES)})\b")


def read_manner(around: str, speaker: str) -> Manner:
    """How a line is spoken: `around` are the folded words of its sentence, without the line."""
    who = speaker.lower() or around
    pace = 1.0
    for pattern, factor in _PACES:
        if pattern.search(around):
            pace = factor
            break
    found = (emotion for emotion, pattern in _EMOTIONS if pattern.search(around))
    return Manner(
        sex=_sex(who) or _sex(around),
        age=next((age for age, pattern in _AGES if pattern.search(who)), Age.ADULT),
        emotion=next(found, Emotion.NEUTRAL),
        pace=pace,
    )


def read_language(around: str) -> str:
    """The language named in the words around a line, by its code; empty if none is."""
    match = _LANGUAGE.search(around)
    return _LANGUAGES[match[1]] if match else ""


def _sex(words: str) -> Sex | None:
    """The sex that is named first; None if there is none."""
    female, male = _FEMALE.search(words), _MALE.search(words)
    if female is None or male is None:
        return Sex.FEMALE if female else Sex.MALE if male else None
    return Sex.FEMALE if female.start() < male.start() else Sex.MALE
