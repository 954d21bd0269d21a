"""Finds what is to be heard: beds of sound, single effects, music, silence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from photoplay.direction import manner
from photoplay.direction.effects import read_effect
from photoplay.direction.lexicon import Meaning, heard_phrases
from photoplay.direction.lexicon_world import Heard, Music, Seen, Silence, SingleSound, SoundWord
from photoplay.direction.phrases import Hit
from photoplay.direction.plan import Ambience, Cue, SoundEffect
from photoplay.direction.scope import Clause, Script, is_adverb
from photoplay.direction.words import ACTIONS, AMOUNTS, NEGATORS, word_set
from photoplay.direction.world import Span

_MUSIC_ADJECTIVES = 6  # words before "music" that may describe it
_NOT_MUSICAL = word_set(
    """
    with and a an the to some of in on over by as while add no without background soundtrack:
    music sound audio playing plays play is are there only featuring include includes uses using
    set light rain sound sounds hear hears we up from into under beneath this that her his it
    but plus then for at listening listens dancing dances dance sings singing
    """
)
_EDGES = word_set(
    """
    a an the of and with or sound sounds noise effect effects audio sfx some in for is are
    background hear heard hears we you can be only ambient ambience foley soundscape distant hum
    to as on include includes including plus then add
    """
) - {"distant", "hum"}  # fmt: skip
_FAR = word_set("distant quiet muffled faraway low")
_LOUDNESS = word_set("loud distant quiet faint muffled soft heavy sudden deep")
_HOW_OFTEN = word_set("once twice thrice two three four five several many times again repeatedly")
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
            if script.tokens[clause.first].word == "silence" and len(hits) == 1:
                hearing.falls_silent = True
            else:
                hearing.silent = hearing.silent or not clause.refuses(hits[0].first)
            hearing.used.update(range(clause.first, clause.last))
        elif clause.label == "music" or any(isinstance(hit.meaning, Music) for hit in hits):
            _read_music(script, clause, hits, hearing)
            _read_named(script, clause, hits, span(index), hearing)
        elif index in about_sound:
            _read_about_sound(script, clause, hits, span(index), hearing)
        else:
            _read_named(script, clause, hits, span(index), hearing)
    return hearing


def _is_silence(script: Script, clause: Clause) -> bool:
    """Whether silence is an order: alone or of the film, not in "a silent forest"."""
    words = {token.word for token in script.tokens[clause.first : clause.last]}
    return clause.last - clause.first == 1 or bool(
        words & {"video", "clip", "film", "movie", "audio", "sound", "make", "complete"}
    )


def _read_music(
    script: Script, clause: Clause, hits: Iterable[Hit[Meaning]], hearing: Hearing
) -> None:
    tokens = script.tokens
    named = [hit for hit in hits if isinstance(hit.meaning, Music)]
    hit = named[0] if named else None
    whole = hit is None or clause.label == "music"
    first, last = (clause.first, clause.last) if whole or hit is None else (hit.first, hit.last)
    if clause.refuses(first) or tokens[first].word in {"none", "no"}:
        hearing.used.update(range(clause.first, clause.last))
        hearing.refused.add("music")
        return
    if not whole:
        floor = max(clause.first, first - _MUSIC_ADJECTIVES)
        while first > floor and _describes_music(tokens[first - 1].word, tokens[first - 1].lemma):
            first -= 1
    if len(named) > 1 and named[1].first == last:
        last = named[1].last  # "acoustic guitar" + "music"
    first = _with_loose_clauses(script, clause, first)
    hearing.used.update(range(first, max(last, _end_of_music(script, clause, last))))
    words = script.words(first, last)
    if words.lower() not in hearing.music.lower():
        hearing.music = f"{hearing.music}, {words}" if hearing.music else words


def _describes_music(word: str, lemma: str) -> bool:
    return word not in _NOT_MUSICAL and not (lemma in ACTIONS and word.endswith("s"))


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


def _end_of_music(script: Script, clause: Clause, last: int) -> int:
    """Where the words about the music end: "… plays in the background" is no action."""
    while last < clause.last and script.tokens[last].lemma in {
        "play", "in", "the", "background", "swell", "softly", "quietly", "faintly", "gently",
    }:  # fmt: skip
        last += 1
    return last


def _read_named(
    script: Script,
    clause: Clause,
    hits: Iterable[Hit[Meaning]],
    span: tuple[float, float],
    hearing: Hearing,
) -> None:
    """Sounds that can only be heard, in a clause about anything: "birdsong", "a door slams"."""
    for hit in hits:
        if isinstance(hit.meaning, Heard):
            if hit.meaning.alone and not manner.is_tag(script, clause, hit, _FAR):
                continue
            _add_ambience(script, clause, hit, hit.meaning.kind, span, hearing)
        elif isinstance(hit.meaning, SingleSound):
            last = _end_of_effect(script, clause, hit.last)
            hearing.used.update(range(hit.first, last))
            if clause.refuses(hit.first):
                hearing.refused.add("effects")
            else:
                first = min([hit.first, *manner.before(script.tokens, clause.first, hit.first)])
                while first > clause.first and script.tokens[first - 1].word in _LOUDNESS:
                    first -= 1
                hearing.used.update(range(first, hit.first))
                _add_effect(script, first, last, span, hearing)


def _end_of_effect(script: Script, clause: Clause, last: int) -> int:
    """Where the words about the sound end: "dog barks [twice]", "door slams [three times]"."""
    while last < clause.last and (
        script.tokens[last].word in _HOW_OFTEN or is_adverb(script.tokens[last])
    ):
        last += 1
    return last


def _read_about_sound(
    script: Script,
    clause: Clause,
    hits: Sequence[Hit[Meaning]],
    span: tuple[float, float],
    hearing: Hearing,
) -> None:
    """Read "Sound: traffic, a helicopter": known beds, and the rest in its own words."""
    hearing.used.update(range(clause.first, clause.last))
    tokens = script.tokens[clause.first : clause.last]
    beds = [
        Hit(hit.meaning, hit.first + clause.first, hit.last + clause.first)
        for hit in heard_phrases().scan(tokens)
    ]
    refused = clause.refused_from is not None
    if refused and not beds:
        _refuse_sound(script, clause, hits, hearing)
        return
    for bed in beds:
        _add_ambience(script, clause, bed, bed.meaning.kind, span, hearing)
    if not beds and not any(isinstance(hit.meaning, Seen) and hit.meaning.sound for hit in hits):
        _add_rest(script, clause, span, hearing)
    for hit in hits:
        if not beds and isinstance(hit.meaning, Seen) and hit.meaning.sound is not None:
            _add_ambience(script, clause, hit, hit.meaning.sound, span, hearing)


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
    script: Script, first: int, last: int, span: tuple[float, float], hearing: Hearing
) -> None:
    words = script.words(first, last)
    if all(words != other.words for other in hearing.effects):
        hearing.effects.append(read_effect(words, *span))


def _add_ambience(
    script: Script,
    clause: Clause,
    hit: Hit[Meaning] | Hit[Heard],
    kind: Ambience,
    span: tuple[float, float],
    hearing: Hearing,
) -> None:
    hearing.used.update(range(hit.first, hit.last))
    if clause.refuses(hit.first):
        hearing.refused.add(kind)
        return
    tokens = script.tokens
    whole: Hit[Meaning] = Hit(Heard(kind), hit.first, hit.last)
    amount = manner.of_cue(script, clause, whole).amount(1.0)
    nearby = [tokens[i].word for i in range(max(clause.first, hit.first - 2), hit.last)]
    if _FAR & set(nearby):
        amount = round(amount * 0.6, 3)
    if all(cue.kind is not kind for cue in hearing.ambience):
        first = min([hit.first, *manner.before(tokens, clause.first, hit.first)])
        words = script.words(first, hit.last)
        cue = Cue(kind=kind, amount=amount, start=span[0], end=span[1], words=words)
        hearing.ambience.append(cue)
