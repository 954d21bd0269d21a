"""Finds the words of a prompt that are about music, and how far they reach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from photoplay.direction import manner
from photoplay.direction.lexicon import Meaning
from photoplay.direction.lexicon_sound import Music
from photoplay.direction.music import is_musical
from photoplay.direction.phrases import Hit
from photoplay.direction.scope import Clause, Script
from photoplay.direction.words import ACTIONS, AMOUNTS, LINKING, word_set

_ADJECTIVES = 6  # words before "music" that may describe it
_LATER_WORDS = 4  # of a clause after the music that says no more than how it is
_NOT_MUSICAL = word_set(
    """
    with and a an the to some of in on over by as while add no without background soundtrack:
    music sound audio playing plays play is are there only featuring include includes uses using
    set light rain sound sounds hear hears we up from into under beneath this that her his it
    but plus then for at listening listens dancing dances dance sings singing he she they person
    woman man
    """
)

_SOFTLY = word_set("softly quietly faintly gently loudly")


@dataclass(frozen=True, slots=True)
class Tune:
    """Music in a clause: its words are tokens [first, last), `used` is all that is about it.

    `refused` music is not wanted; a `deed` is also seen, and not shown by being heard.
    """

    first: int
    last: int
    used: range
    refused: bool = False
    deed: bool = False


def find_tune(script: Script, clause: Clause, hits: Sequence[Hit[Meaning]]) -> Tune | None:
    """What the clause says of music, None if it says nothing of it."""
    named = [hit for hit in hits if _is_meant(script, clause, hit)]
    if clause.label != "music" and not named:
        return None
    tokens = script.tokens
    whole = clause.label == "music"
    first, last = clause.first, clause.last
    if not whole:
        first, last = named[0].first, named[0].last
    if clause.refuses(first) or tokens[first].word in {"none", "no"}:
        return Tune(first, last, range(clause.first, clause.last), refused=True)
    if not whole:
        first = _first_adjective(script, clause, first)
        if len(named) > 1 and named[1].first == last:
            last = named[1].last  # "acoustic guitar" + "music"
        first = _with_loose_clauses(script, clause, first)
        while last < clause.last and tokens[last].word in _SOFTLY:
            last += 1
    end = max(last, _end(script, clause, last))
    deed = not whole and all(_is_deed(hit) for hit in named)
    return Tune(first, last, range(first, end), deed=deed)


def later_words(script: Script, clause: Clause) -> Clause | None:
    """The next clause where it only says how the music is: "trap beat, [aggressive]"."""
    near = next(iter(script.clauses[clause.index + 1 : clause.index + 2]), None)
    if near is None or near.sentence != clause.sentence or near.label or script.hits_in(near):
        return None
    tokens = script.tokens[near.first : near.last]
    if len(tokens) > _LATER_WORDS or near.refused_from is not None:
        return None
    if manner.is_loose(script.tokens, near) and _goes_on(script, near):
        return None  # "music, slow, gentle push in"
    musical = all(is_musical(token.word) or token.word in LINKING for token in tokens)
    return near if musical else None


def _goes_on(script: Script, clause: Clause) -> bool:
    following = script.clauses[clause.index + 1 : clause.index + 2]
    return any(one.sentence == clause.sentence for one in following)


def _is_deed(hit: Hit[Meaning]) -> bool:
    return isinstance(hit.meaning, Music) and hit.meaning.deed


def _is_meant(script: Script, clause: Clause, hit: Hit[Meaning]) -> bool:
    if not isinstance(hit.meaning, Music):
        return False
    outside = (*script.tokens[clause.first : hit.first], *script.tokens[hit.last : clause.last])
    return not hit.meaning.alone or all(
        is_musical(token.word) or token.word in AMOUNTS or token.word in LINKING
        for token in outside
    )


def _first_adjective(script: Script, clause: Clause, first: int) -> int:
    floor = max(clause.first, first - _ADJECTIVES)
    while first > floor and _describes(script, first - 1):
        first -= 1
    return first


def _describes(script: Script, at: int) -> bool:
    token = script.tokens[at]
    return token.word not in _NOT_MUSICAL and not (
        token.lemma in ACTIONS and token.word.endswith("s")
    )


def _with_loose_clauses(script: Script, clause: Clause, first: int) -> int:
    """Take adjectives before a comma along: "soft, slow piano music"."""
    at = clause.index - 1
    if first != clause.first:
        return first
    while at >= 0 and manner.is_loose(script.tokens, script.clauses[at]):
        if script.clauses[at].sentence != clause.sentence:
            break
        first = script.clauses[at].first
        at -= 1
    return first


def _end(script: Script, clause: Clause, last: int) -> int:
    """Where the words about the music end: "… plays in the background" is no action."""
    while last < clause.last and script.tokens[last].lemma in {
        "play", "in", "the", "background", "swell", "softly", "quietly", "faintly", "gently",
        "build", "loudly", "distance",
    }:  # fmt: skip
        last += 1
    return last
