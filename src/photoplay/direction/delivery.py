"""How a line is spoken and by whom, from the words around it."""

from __future__ import annotations

import re

from photoplay.direction.plan import Age, Emotion, Manner, Sex
from photoplay.direction.vocabulary import any_of

_FEMALE = any_of(
    """
    she, her, woman, women, girls?, lady, ladies, female, mother, mum, mom, mama, daughter, sister,
    wife, bride, queen, princess, actress, grandmother, grandma, granny, aunt, witch, waitress,
    businesswoman, policewoman, saleswoman, spokeswoman, heroine, nun, hostess, ballerina, madam,
    empress, feminine, goddess
    """
)
_MALE = any_of(
    """
    he, his, him, man, men, boys?, guys?, gentleman, gentlemen, male, father, dad, papa, son,
    brother, husband, groom, king, prince, actor, grandfather, grandpa, grandad, uncle, wizard,
    waiter, businessman, policeman, salesman, spokesman, fireman, fisherman, postman, craftsman,
    cowboy, lad, sir, lord, emperor, monk, priest, masculine
    """
)
# Of a speaker whose name or trade does not say it; "him" and "her" may be somebody else.
_SEX_ASIDE = re.compile(
    r"\b(?:(female|feminine|her (?:\w+ )?(?:voice|breath|eyes|tone|throat))|"
    r"male|masculine|his (?:\w+ )?(?:voice|breath|eyes|tone|throat))\b"
)
_AGES = (
    (
        Age.CHILD,
        any_of(
            r"""
            boys?, girls?, child\w*, kids?, toddler, son, daughter,
            (?:\d|1[0-2])[ -]years?[ -]old
            """
        ),
    ),
    (
        Age.OLD,
        any_of("old, older, elderly, aged, grand(?:mother|father|ma|pa|ad), granny, wizened"),
    ),
)
_NOT_OLD = re.compile(r"\b(?:1[3-9]|[2-5]\d|\w+teen|twenty|thirty|forty|fifty)[ -]years?[ -]old\b")
# Said outright, by adjectives and adverbs; the first that is found decides.
_STATED = (
    (
        Emotion.WHISPERED,
        any_of(r"whisper\w*, hushed, under (?:his|her) breath, breath(?:y|less|lessly), murmur\w*"),
    ),
    (
        Emotion.ANGRY,
        any_of(r"ang(?:er|ry|rily), furious\w*, rag(?:e|ing), harsh\w*, mad, bitterly"),
    ),
    (
        Emotion.AFRAID,
        any_of(
            r"""
            afraid, scared, terrified, terror, fear\w*, frightened, trembl\w+, panick?\w*,
            nervous\w*, anxious\w*, worried, horrified
            """
        ),
    ),
    (
        Emotion.SAD,
        any_of(
            r"""
            sad\w*, crying, cries(?! out), tears?, tearful\w*, sob\w*, sorrow\w*, mournful\w*,
            melanchol\w+, broken, weep\w*, grie\w+, heartbroken, disappointed\w*, regret\w*
            """
        ),
    ),
    (
        Emotion.EXCITED,
        any_of(r"excite\w*, enthusias\w+, energetic\w*, thrilled, hyped?, triumphant\w*, proud\w*"),
    ),
    (
        Emotion.HAPPY,
        any_of(
            r"""
            happ(?:y|ily), joy\w*, cheer(?:ful|fully|ily|y), laugh\w*, smil\w+, bright\w*,
            playful\w*, warm\w*, friendly, giggl\w*, chuckl\w*, grin\w*
            """
        ),
    ),
    (
        Emotion.CALM,
        any_of(
            r"""
            calm\w*, soft\w*, gentl[ey], quiet\w*, sooth\w+, relaxed, tender\w*, deep, measured,
            serene\w*, low voice, confident\w*
            """
        ),
    ),
)
# What the verb alone tells: loud, but of no one feeling; anger is the loudest that is said.
_LOUD = (
    (
        Emotion.ANGRY,
        any_of(
            r"yell\w*, shout\w*, scream\w*, barks? orders?, (?:barks?|snaps?|snarls?)(?=[ :,]*$)"
        ),
    ),
    (Emotion.EXCITED, any_of(r"exclaim\w*, cheers?, cheering, cr(?:y|ies|ied) out, calls? out")),
    (Emotion.SAD, any_of("cry, cried")),
)
_PACES = (
    (any_of("very slow(?:ly)?"), 0.75),
    (any_of("slow(?:ly)?"), 0.85),
    (any_of("quick(?:ly)?, fast(?:-talking)?, rapid(?:ly)?, hurried(?:ly)?, rushed"), 1.2),
)
_LANGUAGES = {
    "english": "en", "german": "de", "french": "fr", "spanish": "es", "italian": "it",
    "portuguese": "pt", "brazilian": "pt", "dutch": "nl", "swedish": "sv", "norwegian": "no",
    "danish": "da", "finnish": "fi", "polish": "pl", "czech": "cs", "russian": "ru",
    "ukrainian": "uk", "turkish": "tr", "greek": "el", "arabic": "ar", "hebrew": "he",
    "hindi": "hi", "chinese": "zh", "mandarin": "zh", "japanese": "ja", "korean": "ko",
    "vietnamese": "vi", "indonesian": "id", "hungarian": "hu", "romanian": "ro", "latin": "la",
}  # fmt: skip
_NAMED = "|".join(_LANGUAGES)
_NO_ACCENT = r"(?! accent)"
_LANGUAGE = re.compile(
    rf"\b(?:in|speaks?|speaking)\s(?:fluent\s|perfect\s)?({_NAMED})\b{_NO_ACCENT}|"
    rf"\b({_NAMED})\s(?:voice-?\s?over|voice|narrat\w+|dialogue|speech|line)\b|"
    rf"[(\[]({_NAMED})[)\]]"
)
_ENGLISH = "british|american|australian|scottish|irish|canadian|southern|texan|cockney|english"
_ACCENT = re.compile(rf"\b(?:(?:{_ENGLISH})|\w{{4,15}})(?: \w{{4,10}})? accents?\b")
_OF_ENGLISH = re.compile(rf"\b(?:{_ENGLISH})\b")


def read_manner(around: str, speaker: str) -> Manner:
    """How a line is spoken: `around` are the folded words of its sentence, without the line."""
    who = speaker.lower()
    pace = next((factor for pattern, factor in _PACES if pattern.search(around)), 1.0)
    found = (emotion for emotion, said in (*_STATED, *_LOUD) if said.search(around.rstrip()))
    aged = _NOT_OLD.sub(" ", who or around)
    return Manner(
        sex=(_sex(who) or _sex_aside(around)) if who else _sex(around),
        age=next((age for age, pattern in _AGES if pattern.search(aged)), Age.ADULT),
        emotion=next(found, Emotion.NEUTRAL),
        pace=pace,
    )


def read_language(around: str) -> str:
    """The language named in the words around a line, by its code; empty if none is.

    An accent of English is English; another accent names no language.
    """
    match = _LANGUAGE.search(around)
    if match:
        return _LANGUAGES[match[1] or match[2] or match[3]]
    return "en" if _OF_ENGLISH.search(read_accent(around)) else ""


def read_accent(around: str) -> str:
    """The accent named in the words around a line ("british accent"); empty if none is."""
    match = _ACCENT.search(around)
    return match[0] if match else ""


def _sex(words: str) -> Sex | None:
    """The sex that is named first; None if there is none."""
    female, male = _FEMALE.search(words), _MALE.search(words)
    if female is None or male is None:
        return Sex.FEMALE if female else Sex.MALE if male else None
    return Sex.FEMALE if female.start() < male.start() else Sex.MALE


def _sex_aside(around: str) -> Sex | None:
    match = _SEX_ASIDE.search(around)
    if match is None:
        return None
    return Sex.FEMALE if match[1] else Sex.MALE
