"""Words about music become a `Music`: its genre, its mood, its tempo, how loud it is.

Any text can be read: what is not understood leaves the usual choice, and a note says which.
"""

from __future__ import annotations

import re
from typing import TypeVar

from photoplay.direction.plan import Genre, Mood, Music
from photoplay.direction.text import fold
from photoplay.direction.vocabulary import any_of

Kind = TypeVar("Kind", Genre, Mood)

SLOWEST_BPM, FASTEST_BPM = 40, 220  # what is played; other numbers are brought within

# The first that is found decides: what music is made of before what it is called.
_GENRES = (
    (Genre.SYNTHWAVE, any_of(r"synth ?wave, retro ?wave, outrun, 80s, eighties, synth\w*")),
    (Genre.LOFI, any_of("lo-? ?fi, chill ?hop, study beats?")),
    (Genre.HIP_HOP, any_of("hip-? ?hop, rap, trap, boom bap, r ?(?:&|and) ?b, drill, drum beat")),
    (
        Genre.ELECTRONIC,
        any_of(
            r"""
            electronic\w*, edm, techno, house, trance, dance, dubstep, drum (?:and|&|n) bass, club
            """
        ),
    ),
    (Genre.JAZZ, any_of(r"jazz\w*, swing, saxophone, sax, bossa(?: nova)?, lounge, blues")),
    (Genre.ROCK, any_of("rock, metal, punk, electric guitars?, distorted, grunge")),
    (
        Genre.ORCHESTRAL,
        any_of(
            r"""
            orchestra\w*, symphon\w*, strings?, violins?, cellos?, choir, brass, horns, film score,
            cinematic, score, trailer, epic, hollywood, classical
            """
        ),
    ),
    (Genre.PIANO, any_of("pianos?, keys")),
    (
        Genre.ACOUSTIC,
        any_of("acoustic, guitars?, folk, ukulele, country, singer-? ?songwriter, banjo, harp"),
    ),
    (
        Genre.CORPORATE,
        any_of(
            r"corporate, commercial, advert\w*, ad, jingle, inspir\w+, motivat\w+, pop, tech\w*"
        ),
    ),
    (
        Genre.AMBIENT,
        any_of(
            r"ambient, pads?, drones?, atmospher\w+, meditat\w+, spa, new age, ethereal, soundscape"
        ),
    ),
)
_MOODS = (
    (Mood.EPIC, any_of("epic, heroic, triumphant, grand, majestic, soaring, powerful, trailer")),
    (Mood.TENSE, any_of(r"tens\w+, suspens\w*, thriller, nervous, urgent, anxious, chase")),
    (
        Mood.DARK,
        any_of("dark, ominous, horror, scary, sinister, evil, menacing, brooding, gothic, creepy"),
    ),
    (Mood.MYSTERIOUS, any_of(r"myster\w+, eerie, enigmatic, spy, noir, haunting, strange")),
    (
        Mood.SAD,
        any_of(
            r"""
            sad\w*, melanchol\w+, somber, sombre, sorrow\w*, mournful, tragic, heartbreak\w*,
            nostalgic, bittersweet, emotional
            """
        ),
    ),
    (
        Mood.ROMANTIC,
        any_of("romantic, love, tender, intimate, sensual, sentimental, wedding"),
    ),
    (
        Mood.DREAMY,
        any_of(r"dream\w*, ethereal, floating, magical, whimsical, hypnotic, hazy, otherworldly"),
    ),
    (
        Mood.ENERGETIC,
        any_of(
            """
            energetic, driving, intense, pumping, hard, aggressive, action, fast, workout, pounding,
            dance, club, party
            """
        ),
    ),
    (
        Mood.HAPPY,
        any_of(
            r"""
            happy, upbeat, cheerful, joyful, uplifting, fun, bright, playful, sunny, feel-? ?good,
            optimistic, inspir\w+, motivat\w+, funky, groovy, quirky
            """
        ),
    ),
    (
        Mood.CALM,
        any_of(
            r"""
            calm\w*, soft\w*, gentle, quiet, relax\w*, peaceful, mellow, chill\w*, slow, soothing,
            serene, delicate, subtle, minimal\w*, warm
            """
        ),
    ),
)
_USUAL_MOOD = {
    Genre.AMBIENT: Mood.CALM,
    Genre.PIANO: Mood.CALM,
    Genre.ORCHESTRAL: Mood.EPIC,
    Genre.ACOUSTIC: Mood.HAPPY,
    Genre.CORPORATE: Mood.HAPPY,
    Genre.LOFI: Mood.CALM,
    Genre.HIP_HOP: Mood.ENERGETIC,
    Genre.JAZZ: Mood.HAPPY,
    Genre.ROCK: Mood.ENERGETIC,
    Genre.SYNTHWAVE: Mood.DREAMY,
    Genre.ELECTRONIC: Mood.ENERGETIC,
}
_USUAL_GENRE = {  # where only a mood is said
    Mood.CALM: Genre.AMBIENT,
    Mood.HAPPY: Genre.CORPORATE,
    Mood.SAD: Genre.PIANO,
    Mood.ROMANTIC: Genre.PIANO,
    Mood.DREAMY: Genre.AMBIENT,
    Mood.MYSTERIOUS: Genre.ORCHESTRAL,
    Mood.TENSE: Genre.ORCHESTRAL,
    Mood.DARK: Genre.ORCHESTRAL,
    Mood.EPIC: Genre.ORCHESTRAL,
    Mood.ENERGETIC: Genre.ELECTRONIC,
}
# Styles of their own that the nearest genre stands in for.
_STAND_INS = any_of(
    r"""
    metal, punk, country, blues, bossa(?: nova)?, r ?(?:&|and) ?b, drum (?:and|&|n) bass, dubstep,
    trance, classical, choir, ukulele, banjo, harp, pop, reggae\w*, latin, salsa, opera, k-? ?pop,
    gospel, funk, soul, disco, saxophone, sax, violins?, cellos?
    """
)
_BPM = re.compile(r"\b(\d{2,3})\s?(?:bpm|beats (?:a|per) minute)\b")
_PACES = (
    (any_of("very slow, slowest"), 58.0),
    (any_of(r"slow\w*, downtempo"), 70.0),
    (any_of("very fast, frantic, breakneck"), 165.0),
    (any_of("fast, quick, driving, up-?tempo, racing"), 138.0),
)
_SOFTER = any_of(r"soft\w*, quiet\w*, faint\w*, subtle, low, background, underneath, distant")
_LOUDER = any_of("loud, loudly, blaring, booming, powerful, thunderous")


def read_music(words: str, prompt: str = "") -> tuple[Music, tuple[str, ...]]:
    """What the words ask for, and notes on what was chosen for the user.

    A number of beats a minute may also stand elsewhere in the `prompt` (folded).
    """
    said = fold(words)
    genre, mood = _first(_GENRES, said), _first(_MOODS, said)
    felt = mood or (Mood.CALM if genre is None else _USUAL_MOOD[genre])
    made = Music(
        genre=genre or _USUAL_GENRE[felt],
        mood=felt,
        tempo_bpm=_tempo_bpm(said, prompt),
        amount=_amount(said),
        words=words,
    )
    return made, _notes(said, made, is_named=genre is not None or mood is not None)


def _first(table: tuple[tuple[Kind, re.Pattern[str]], ...], said: str) -> Kind | None:
    return next((kind for kind, pattern in table if pattern.search(said)), None)


def _tempo_bpm(said: str, prompt: str) -> float | None:
    stated = _BPM.search(said) or _BPM.search(prompt)
    if stated is not None:
        return float(min(max(int(stated[1]), SLOWEST_BPM), FASTEST_BPM))
    return next((bpm for pattern, bpm in _PACES if pattern.search(said)), None)


def _amount(said: str) -> float:
    if _LOUDER.search(said):
        return 1.5
    return 0.6 if _SOFTER.search(said) else 1.0


def _notes(said: str, made: Music, *, is_named: bool) -> tuple[str, ...]:
    other = _STAND_INS.search(said)
    if other is not None:
        return (f'"{other[0]}" is played as {made.genre.value}, the nearest there is.',)
    if not is_named:
        style = f"{made.mood.value} {made.genre.value} music"
        return (f'The music "{made.words}" names no style, so it is {style}.',)
    return ()
