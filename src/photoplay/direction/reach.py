"""How far the words for a single sound reach: how it is made, what makes it, and where.

"three loud [knocks] on the door", "the microwave [beeps] twice", "[footsteps] on wet gravel".
"""

from __future__ import annotations

from photoplay.direction import manner
from photoplay.direction.lexicon import Joint
from photoplay.direction.scope import Clause, Script, is_adverb
from photoplay.direction.words import (
    ACTIONS,
    ARTICLES,
    BE,
    POSSESSIVES,
    SUBJECT_PRONOUNS,
    word_set,
)

_SOURCE_WORDS = 3  # before a sound that may name what makes it
_PLACE_WORDS = 6  # after it that may say where
_LOUDNESS = word_set("loud distant quiet faint muffled soft heavy sudden deep")
_NUMBERS = word_set("one two three four five six seven eight nine ten double single")
_HOW_OFTEN = word_set(
    """
    once twice thrice two three four five six seven eight nine ten eleven twelve midnight several
    many times time again repeatedly louder
    """
)
_PLACES = word_set(
    """
    on in into onto at against from through across over under off outside inside down along
    """
)
_NO_SOURCE = word_set(
    """
    and or with of to by for as while then in on at into from the there no without some hear hears
    heard hearing sound sounds camera sfx plus is are it its
    """
) | ARTICLES | POSSESSIVES | BE | SUBJECT_PRONOUNS | _PLACES  # fmt: skip
_DANGLING = ARTICLES | POSSESSIVES | _PLACES | {"of", "with", "and"}


def start_of_manner(script: Script, clause: Clause, first: int) -> int:
    """Where the adjectives and the number before a sound begin: "[three loud] knocks"."""
    first = min([first, *manner.before(script.tokens, clause.first, first)])
    while first > clause.first and (
        script.tokens[first - 1].word in _LOUDNESS | _NUMBERS
        or script.tokens[first - 1].word.isdigit()
    ):
        first -= 1
    return first


def end_of_manner(script: Script, clause: Clause, last: int) -> int:
    """Where the words on how a sound is made end: "dog barks [twice]", "slams [three times]"."""
    while last < clause.last and (
        script.tokens[last].word in _HOW_OFTEN
        or script.tokens[last].word.isdigit()
        or is_adverb(script.tokens[last])
    ):
        last += 1
    return last


def start_of_source(script: Script, clause: Clause, first: int) -> int:
    """Where the words begin that name what makes the sound: "the [heart monitor] beeps"."""
    tokens = script.tokens
    covered = _covered(script, clause)
    at = first
    while at > clause.first and first - at < _SOURCE_WORDS:
        before = tokens[at - 1]
        acts = before.lemma in ACTIONS and before.word != before.lemma
        if before.word in _NO_SOURCE or at - 1 in covered or acts or is_adverb(before):
            break
        at -= 1
    bounded = at == clause.first or tokens[at - 1].word in _NO_SOURCE
    return at if bounded else first


def end_of_place(script: Script, clause: Clause, last: int) -> int:
    """Where the words end that say where it sounds: "footsteps [on wet gravel]"."""
    tokens = script.tokens
    opens = last - 1 if tokens[last - 1].word in _PLACES else last  # "footsteps on" is one phrase
    if last >= clause.last or tokens[opens].word not in _PLACES:
        return last
    covered = _covered(script, clause)
    end = last
    while end < min(clause.last, last + _PLACE_WORDS) and end not in covered:
        if tokens[end].lemma in ACTIONS and tokens[end].word != tokens[end].lemma:
            return last
        end += 1
    while end > last and tokens[end - 1].word in _DANGLING:
        end -= 1
    return end


def _covered(script: Script, clause: Clause) -> frozenset[int]:
    hits = (hit for hit in script.hits_in(clause) if not isinstance(hit.meaning, Joint))
    return frozenset(i for hit in hits for i in range(hit.first, hit.last))
