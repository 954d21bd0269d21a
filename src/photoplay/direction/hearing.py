"""Finds what is to be heard: beds of sound, single effects, music, silence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from photoplay.direction import manner, reach
from photoplay.direction.effects import read_effect
from photoplay.direction.lexicon import Meaning, sound_phrases
from photoplay.direction.lexicon_sound import Heard, Silence, SingleSound, SoundWord
from photoplay.direction.lexicon_world import Seen
from photoplay.direction.phrases import Hit
from photoplay.direction.plan import Ambience, Cue, Motion, SoundEffect
from photoplay.direction.scope import Clause, Script, is_plural
from photoplay.direction.tune import Tune, find_tune, later_words
from photoplay.direction.words import (
    ACTIONS,
    AMOUNTS,
    ARTICLES,
    NEGATORS,
    POSSESSIVES,
    word_set,
)
from photoplay.direction.world import Span

_EDGES = word_set(
    """
    a an the of and with or sound sounds noise effect effects audio sfx some in for is are
    background hear heard hears we you can be only ambient ambience foley soundscape distant hum
    to as on include includes including plus then add
    """
) - {"distant", "hum"}  # fmt: skip
_FAR = word_set("distant quiet muffled faraway low")
_GENERIC = word_set(
    """
    design natural realistic ambient good quality clear native sync synced
    """
)


@dataclass(slots=True)
class Hearing:
    """What is heard because the prompt says so. `music` keeps the prompt's words."""

    ambience: list[Cue[Ambience]] = field(default_factory=list)
    effects: list[SoundEffect] = field(default_factory=list)
    music: str = ""
    silent: bool = False
    falls_silent: bool = False  # "silence" by itself: of all, or after the other sounds
    refused: set[Ambience | str] = field(default_factory=set)  # ambience, "music", "effects"
    used: set[int] = field(default_factory=set)


def sound_clauses(script: Script) -> frozenset[int]:
    """Clauses that are about sound alone: labelled so, or built around a word for it."""
    return frozenset(
        index
        for index, clause in enumerate(script.clauses)
        if clause.label in {"sound", "music"}
        or any(isinstance(hit.meaning, SoundWord) for hit in script.hits_in(clause))
    )


def read_sound(script: Script, span: Span, about_sound: frozenset[int]) -> Hearing:
    """What the prompt asks to hear, apart from speech."""
    hearing = Hearing()
    for index, clause in enumerate(script.clauses):
        hits = script.hits_in(clause)
        if any(isinstance(hit.meaning, Silence) for hit in hits) and _is_silence(script, clause):
            _fall_silent(script, clause, hits, hearing)
        elif (tune := find_tune(script, clause, hits)) is not None:
            _add_music(script, clause, tune, hearing)
            _read_named(script, clause, hits, span(index), hearing)
        elif index in about_sound:
            _read_about_sound(script, clause, hits, span(index), hearing)
        else:
            _read_named(script, clause, hits, span(index), hearing)
    return hearing


def _is_silence(script: Script, clause: Clause) -> bool:
    """Whether silence is an order: alone or of the film, not in "a silent forest"."""
    words = {token.word for token in script.tokens[clause.first : clause.last]}
    alone = clause.last - clause.first - len(words & AMOUNTS.keys()) == 1
    return alone or bool(
        words & {"video", "clip", "film", "movie", "audio", "sound", "make", "silence"}
    )


def _fall_silent(
    script: Script, clause: Clause, hits: Sequence[Hit[Meaning]], hearing: Hearing
) -> None:
    if script.tokens[clause.first].word == "silence" and len(hits) == 1:
        hearing.falls_silent = True
    else:
        hearing.silent = hearing.silent or not clause.refuses(hits[0].first)
    hearing.used.update(range(clause.first, clause.last))


def _add_music(script: Script, clause: Clause, tune: Tune, hearing: Hearing) -> None:
    if tune.refused:
        hearing.used.update(tune.used)
        hearing.refused.add("music")
        return
    if not tune.deed:
        hearing.used.update(tune.used)
    words = script.words(tune.first, tune.last)
    later = later_words(script, clause)
    if later is not None and clause.label != "music":
        hearing.used.update(range(later.first, later.last))
        words = f"{words}, {script.words(later.first, later.last)}"
    if words.lower() not in hearing.music.lower():
        hearing.music = f"{hearing.music}, {words}" if hearing.music else words


def _read_named(
    script: Script,
    clause: Clause,
    hits: Sequence[Hit[Meaning]],
    span: tuple[float, float],
    hearing: Hearing,
) -> None:
    """Sounds that can only be heard, in a clause about anything: "birdsong", "a door slams"."""
    for hit in hits:
        meaning = hit.meaning
        if isinstance(meaning, Heard):
            if not meaning.alone or manner.is_tag(script, clause, hit, _FAR):
                _add_ambience(script, clause, hit, meaning, span, hearing)
        elif isinstance(meaning, SingleSound):
            if meaning.alone and not manner.is_tag(script, clause, hit, _FAR | {"loud"}):
                continue
            if meaning.deed and not _is_done(script, clause, hit):
                continue
            _read_single(script, clause, hit, span, hearing, deed=meaning.deed)
        elif _rustles(script, hit) and not clause.refuses(hit.first):
            _add_effect(script, hit.first, hit.last, span, hearing)


def _is_done(script: Script, clause: Clause, hit: Hit[Meaning]) -> bool:
    """Whether a deed happens: "opens the door", "doors open", but not "a closed door"."""
    tokens = script.tokens
    first, last = tokens[hit.first], tokens[hit.last - 1]
    if first.lemma in ACTIONS:
        before = tokens[hit.first - 1].word if hit.first > clause.first else ""
        inside = {token.word for token in tokens[hit.first : hit.last]}
        plain = first.word == first.lemma or first.word.endswith("ed")
        named = inside & (ARTICLES | POSSESSIVES)
        return before not in ARTICLES | POSSESSIVES and (not plain or bool(named))
    acts = any(one.word != one.lemma for one in tokens[hit.first + 1 : hit.last])
    return acts or is_plural(first) or last.lemma not in ACTIONS


def _rustles(script: Script, hit: Hit[Meaning]) -> bool:
    """Whether cloth that is seen to move is heard as well."""
    moves = isinstance(hit.meaning, Seen) and hit.meaning.kinds == (Motion.CLOTH,)
    return moves and any(token.lemma == "rustle" for token in script.tokens[hit.first : hit.last])


def _read_single(
    script: Script,
    clause: Clause,
    hit: Hit[Meaning] | Hit[Heard | SingleSound],
    span: tuple[float, float],
    hearing: Hearing,
    *,
    deed: bool,
) -> None:
    last = reach.end_of_manner(script, clause, hit.last)
    if clause.refuses(hit.first):
        hearing.used.update(range(hit.first, last))
        hearing.refused.add("effects")
        return
    first = reach.start_of_manner(script, clause, hit.first)
    if not deed:
        hearing.used.update(range(first, last))
    first = reach.start_of_source(script, clause, first)
    last = reach.end_of_place(script, clause, last)
    _add_effect(script, first, last, span, hearing, script.words(hit.first, hit.last))


def _read_about_sound(
    script: Script,
    clause: Clause,
    hits: Sequence[Hit[Meaning]],
    span: tuple[float, float],
    hearing: Hearing,
) -> None:
    """Read "Sound: traffic, a helicopter": known sounds, and the rest in its own words."""
    hearing.used.update(range(clause.first, clause.last))
    found = [
        Hit(hit.meaning, hit.first + clause.first, hit.last + clause.first)
        for hit in sound_phrases().scan(script.tokens[clause.first : clause.last])
    ]
    if clause.refused_from is not None and not found:
        _refuse_sound(script, clause, hits, hearing)
        return
    beds = [hit for hit in found if isinstance(hit.meaning, Heard)]
    for hit in found:
        if isinstance(hit.meaning, Heard):
            _add_ambience(script, clause, hit, hit.meaning, span, hearing)
        elif beds or len(found) > 1 or clause.refused_from is not None or not clause.label:
            _read_single(script, clause, hit, span, hearing, deed=False)
        else:
            _add_rest(script, clause, span, hearing)
    if not found:
        _add_seen_or_rest(script, clause, hits, span, hearing)


def _add_seen_or_rest(
    script: Script,
    clause: Clause,
    hits: Sequence[Hit[Meaning]],
    span: tuple[float, float],
    hearing: Hearing,
) -> None:
    """What is called by its sight ("Sound: waves crash"), or else keeps its own words."""
    seen = [hit for hit in hits if isinstance(hit.meaning, Seen) and hit.meaning.sound is not None]
    for hit in seen:
        assert isinstance(hit.meaning, Seen)
        assert hit.meaning.sound is not None
        meaning = Heard(hit.meaning.sound, amount=hit.meaning.amount)
        _add_ambience(script, clause, hit, meaning, span, hearing)
    if not seen:
        _add_rest(script, clause, span, hearing)


def _refuse_sound(
    script: Script, clause: Clause, hits: Sequence[Hit[Meaning]], hearing: Hearing
) -> None:
    words = {token.lemma for token in script.tokens[clause.first : clause.last]}
    if words & {"effect", "sfx", "foley"}:
        hearing.refused.add("effects")
    elif any(isinstance(hit.meaning, SoundWord) for hit in hits) and len(words) <= 4:
        hearing.silent = not words & {"background", "ambient", "ambience"}
        hearing.refused.add("effects")


def _add_rest(script: Script, clause: Clause, span: tuple[float, float], hearing: Hearing) -> None:
    first, last = clause.first, clause.last
    while first < last and script.tokens[first].word in _EDGES | NEGATORS:
        first += 1
    while last > first and script.tokens[last - 1].word in _EDGES:
        last -= 1
    part = script.tokens[first:last]
    if any(token.word not in _GENERIC and token.word not in AMOUNTS for token in part):
        _add_effect(script, first, last, span, hearing)


def _add_effect(
    script: Script,
    first: int,
    last: int,
    span: tuple[float, float],
    hearing: Hearing,
    named: str = "",
) -> None:
    effect = read_effect(script.words(first, last), *span, named=named)
    if effect not in hearing.effects:
        hearing.effects.append(effect)


def _add_ambience(
    script: Script,
    clause: Clause,
    hit: Hit[Meaning] | Hit[Heard | SingleSound],
    heard: Heard,
    span: tuple[float, float],
    hearing: Hearing,
) -> None:
    hearing.used.update(range(hit.first, hit.last))
    if clause.refuses(hit.first):
        hearing.refused.add(heard.kind)
        return
    tokens = script.tokens
    whole: Hit[Meaning] = Hit(heard, hit.first, hit.last)
    amount = manner.of_cue(script, clause, whole).amount(heard.amount)
    nearby = [tokens[i].word for i in range(max(clause.first, hit.first - 2), hit.last)]
    if _FAR & set(nearby):
        amount = round(amount * 0.6, 3)
    known = any(cue.kind is heard.kind for cue in hearing.ambience)
    if not known or heard.kind is Ambience.RAIN:
        first = min([hit.first, *manner.before(tokens, clause.first, hit.first)])
        words = script.words(first, hit.last)
        cue = Cue(kind=heard.kind, amount=amount, start=span[0], end=span[1], words=words)
        hearing.ambience.append(cue)
