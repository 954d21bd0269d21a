"""How a thing is done: how much, how suddenly, with which easing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from photoplay.direction.lexicon import Meaning, easings
from photoplay.direction.phrases import Hit
from photoplay.direction.plan import Easing
from photoplay.direction.scope import Clause, Script
from photoplay.direction.text import Token
from photoplay.direction.words import (
    ACTIONS,
    AMOUNTS,
    ATMOSPHERIC,
    EXCESS,
    INTENSIFIERS,
    LINKING,
    NEGATORS,
    SUDDEN,
    word_set,
)

MIN_AMOUNT, MAX_AMOUNT = 0.2, 2.0
MAX_EASING_WORDS = 6  # of a clause that says only how the move before it runs
_MOVEMENT = word_set("motion movement move")
# Adverbs without -ly; after a move they count only at the end of the clause.
_LATE = word_set("fast slow little bit touch quick slight")


@dataclass(frozen=True, slots=True)
class Manner:
    """What the words around a phrase say of it."""

    factor: float = 1.0
    easing: Easing | None = None
    sudden: bool = False

    def amount(self, base: float) -> float:
        """`base` made stronger or weaker, within what an engine can take."""
        return round(min(max(base * self.factor, MIN_AMOUNT), MAX_AMOUNT), 3)


def of_move(script: Script, clause: Clause, hit: Hit[Meaning], end: int) -> Manner:
    """How the move at `hit` is done; its words may reach to before token `end`."""
    tokens = script.tokens
    chosen = [*before(tokens, clause.first, hit.first), *range(hit.first, hit.last)]
    chosen += _after(tokens, hit.last, end)
    for loose in _loose_neighbours(script, clause):
        chosen += range(loose.first, loose.last)
    words = [i for i in chosen if tokens[i].word not in ATMOSPHERIC]
    tail = tokens[hit.last : end]
    easing = _easing(script, clause, end)
    factor = _factor(tokens, words) * (1.6 if _is_all_the_way(tail) else 1.0)
    return Manner(factor, easing, any(tokens[i].word in SUDDEN for i in chosen))


def of_cue(script: Script, clause: Clause, hit: Hit[Meaning]) -> Manner:
    """How strong the cue at `hit` is: adjectives before it, adverbs in it and right after it."""
    tokens = script.tokens
    inside = [i for i in range(hit.first, hit.last) if tokens[i].word != "light"]  # a noun there
    chosen = [*before(tokens, clause.first, hit.first), *inside]
    chosen += _after(tokens, hit.last, min(hit.last + 2, clause.last))
    return Manner(_factor(tokens, chosen), sudden=any(tokens[i].word in SUDDEN for i in chosen))


def before(tokens: Sequence[Token], first: int, at: int) -> list[int]:
    """Modifiers in [first, at) that belong to what begins at `at`."""
    found = []
    for i in range(at - 1, first - 1, -1):
        token = tokens[i]
        if token.word in AMOUNTS or token.word in INTENSIFIERS or token.word in NEGATORS:
            found.append(i)
        elif not (token.lemma in LINKING or token.word in LINKING or token.word.endswith("ly")):
            break
    return found[::-1]


def is_loose(tokens: Sequence[Token], clause: Clause) -> bool:
    """Whether the clause holds nothing but manner: "slow and steady"."""
    part = tokens[clause.first : clause.last]
    return any(token.word in AMOUNTS for token in part) and all(
        token.word in AMOUNTS or token.lemma in LINKING or token.word in INTENSIFIERS | NEGATORS
        for token in part
    )


def of_default(script: Script) -> Manner:
    """How camera work is done that the prompt does not name: "subtle movement"."""
    tokens = script.tokens
    for clause in script.clauses:
        part = range(clause.first, clause.last)
        named = any(tokens[i].lemma in _MOVEMENT for i in part)
        if named and clause.refused_from is None and is_loose(tokens, clause):
            return Manner(_factor(tokens, part))
    return Manner()


def is_tag(
    script: Script, clause: Clause, hit: Hit[Meaning], besides: frozenset[str] = frozenset()
) -> bool:
    """Whether the hit is all of its clause, manner and `besides` apart: "…, soft birds"."""
    outside = (
        *script.tokens[clause.first : hit.first],
        *script.tokens[hit.last : clause.last],
    )
    return all(
        token.lemma in LINKING or token.word in AMOUNTS or token.word in besides
        for token in outside
    )


def _after(tokens: Sequence[Token], first: int, end: int) -> Iterable[int]:
    for i in range(first, end):
        word = tokens[i].word
        if word not in AMOUNTS or not (word.endswith("ly") or word in _LATE):
            continue
        if word in _LATE and i != end - 1:
            continue
        near = [tokens[j].lemma for j in (i - 1, i + 1) if first <= j < end]
        if not any(lemma in ACTIONS for lemma in near):
            start = i
            while start > first and tokens[start - 1].word in INTENSIFIERS | NEGATORS | EXCESS:
                start -= 1
            yield from range(start, i + 1)


def _loose_neighbours(script: Script, clause: Clause) -> Iterable[Clause]:
    """Clauses of mere manner that belong to this one: before it, or after it."""
    at = clause.index
    for step in (-1, 1):
        i = at + step
        while 0 <= i < len(script.clauses):
            near = script.clauses[i]
            if near.sentence != clause.sentence or not is_loose(script.tokens, near):
                break
            if step == 1 and _introduces(script, i):
                break
            yield near
            i += step


def _introduces(script: Script, at: int) -> bool:
    """Whether the loose clause at `at` is followed by a phrase that it may belong to instead."""
    following = script.clauses[at + 1] if at + 1 < len(script.clauses) else None
    here = script.clauses[at]
    return (
        following is not None
        and following.sentence == here.sentence
        and bool(script.hits_in(following))
    )


def _factor(tokens: Sequence[Token], chosen: Sequence[int]) -> float:
    factor = 1.0
    seen: set[str] = set()
    for position, i in enumerate(chosen):
        word = tokens[i].word
        value = AMOUNTS.get(word)
        if value is None or word in seen:
            continue
        seen.add(word)
        previous = [tokens[j].word for j in chosen[max(position - 2, 0) : position]]
        if i and tokens[i - 1].word in EXCESS:  # "not [too] fast"
            previous.append(tokens[i - 2].word if i > 1 else "")
        if any(before in NEGATORS for before in previous):
            value = 0.8 if value > 1 else 1.0  # "not too fast", "not subtle"
        elif any(before in INTENSIFIERS for before in previous):
            value **= 1.5
        factor *= value
    return factor


def _easing(script: Script, clause: Clause, end: int) -> Easing | None:
    """Easing words in the clause up to `end`, or in a short clause that follows."""
    following = clause.index + 1
    parts = [script.tokens[clause.first : end]]
    if end == clause.last and following < len(script.clauses):
        ahead = script.clauses[following]
        if ahead.sentence == clause.sentence and ahead.last - ahead.first <= MAX_EASING_WORDS:
            parts.append(script.tokens[ahead.first : ahead.last])
    found = [hit.meaning for part in parts for hit in easings().scan(part)]
    return found[-1] if found else None


def _is_all_the_way(tail: Sequence[Token]) -> bool:
    return [t.word for t in tail if t.word in {"all", "the", "way"}][:3] == ["all", "the", "way"]
