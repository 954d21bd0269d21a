"""Words about music become a `Music`: its genre, its mood, its tempo, how loud it is.

Any text can be read: what is not understood leaves the usual choice, and a note says which.
"""

from __future__ import annotations

import re

from photoplay.direction.music_tables import (
    GENRES,
    MOODS,
    SCENES,
    STAND_INS,
    TEMPOS_BPM,
    USUAL_GENRE,
    USUAL_MOOD,
    Kind,
    Table,
)
from photoplay.direction.plan import Genre, Mood, Music
from photoplay.direction.text import fold
from photoplay.direction.vocabulary import any_of

SLOWEST_BPM, FASTEST_BPM = 40, 220  # what is played; other numbers are brought within

_BPM = re.compile(r"\b(\d{2,3})\s?(?:bpm|beats (?:a|per) minute)\b")
_SOFTER = any_of(r"soft\w*, quiet\w*, faint\w*, subtle, low, background, underneath, distant")
_LOUDER = any_of("loud, loudly, blaring, booming, powerful, thunderous")
# After the music: "piano music [plays softly in the background]".
_BEHIND = re.compile(
    r"\W{0,2}(?:is |are )?(?:play(?:s|ing)? )?(?:softly|quietly|faintly|gently|"
    r"in the (?:background|distance))\b"
)


def read_music(words: str, prompt: str = "") -> tuple[Music, tuple[str, ...]]:
    """What the words ask for, and notes on what was chosen for the user.

    The rest of the `prompt` (folded) may say what they do not: beats a minute, that the music is
    in the background, and what the scene feels like.
    """
    said = fold(words)
    named, felt = _first(GENRES, said), _first(MOODS, said)
    other = next((one for one in STAND_INS if one[0].search(said)), None)
    scene = None if named or felt or other else _scene(prompt)
    genre = named or (other[1] if other else None)
    mood = felt or scene or (other[2] if other and not named else None)
    mood = mood or (USUAL_MOOD[genre] if genre else Mood.CALM)
    made = Music(
        genre=genre or USUAL_GENRE[mood],
        mood=mood,
        tempo_bpm=_tempo_bpm(said, prompt),
        amount=_amount(said, prompt),
        words=words,
    )
    if other is not None:
        return made, (_stands_in(other[0], said, made.genre),)
    return made, () if named or felt else (_chosen(made, scene, prompt),)


def is_musical(word: str) -> bool:
    """Whether a word by itself says what music is like."""
    return bool(
        _first(MOODS, word)
        or _first(GENRES, word)
        or any(pattern.search(word) for pattern, _ in TEMPOS_BPM)
    )


def _first(table: Table[Kind], said: str) -> Kind | None:
    return next((kind for kind, pattern in table if pattern.search(said)), None)


def _scene(prompt: str) -> Mood | None:
    return _first(SCENES, prompt)


def _tempo_bpm(said: str, prompt: str) -> float | None:
    stated = _BPM.search(said) or _BPM.search(prompt)
    if stated is not None:
        return float(min(max(int(stated[1]), SLOWEST_BPM), FASTEST_BPM))
    return next((bpm for pattern, bpm in TEMPOS_BPM if pattern.search(said)), None)


def _amount(said: str, prompt: str) -> float:
    if _LOUDER.search(said):
        return 1.5
    at = prompt.find(said) + len(said) if said and said in prompt else len(prompt)
    return 0.6 if _SOFTER.search(said) or _BEHIND.match(prompt, at) else 1.0


def _stands_in(pattern: re.Pattern[str], said: str, genre: Genre) -> str:
    match = pattern.search(said)
    assert match is not None
    return f'"{match[0]}" is played as {genre.value}, the nearest there is.'


def _chosen(made: Music, scene: Mood | None, prompt: str) -> str:
    style = f"{made.mood.value} {made.genre.value} music"
    if scene is None:
        return f'The music "{made.words}" names no style, so it is {style}.'
    match = next(pattern for mood, pattern in SCENES if mood is scene).search(prompt)
    assert match is not None
    return f'The music "{made.words}" names no style, so it fits "{match[0]}": {style}.'
