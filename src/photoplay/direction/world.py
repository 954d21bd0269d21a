"""Finds what moves, shines and falls in the picture, and the look of the film."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from photoplay.direction import manner
from photoplay.direction.lexicon import Meaning
from photoplay.direction.lexicon_world import SETS, WIND, Looping, Rest, Seen, SeenKind
from photoplay.direction.phrases import Hit
from photoplay.direction.plan import Ambience, Atmosphere, Cue, Motion
from photoplay.direction.rain import heaviest
from photoplay.direction.scope import Clause, Script
from photoplay.direction.text import Token
from photoplay.direction.words import PERSON_NOUNS, PERSON_PRONOUNS, word_set

BREATHING_AMOUNT = 0.5  # of a person whom the prompt only mentions
WIND_AMOUNT = 0.8  # of what a wind moves that is named alone
SUDDEN_SPAN = (0.45, 0.55)
_MOVED_BY_WIND = frozenset({Motion.HAIR, Motion.CLOTH, Motion.FOLIAGE})
_PERSONAL = frozenset({Motion.BREATHING, Motion.SWAY})  # what people do
_OF_SUBJECT = (Motion.BREATHING, Motion.SWAY, Motion.HAIR, Motion.CLOTH)
# Without weight that could be shifted: "shadows dance" is no sway of the subject.
_WEIGHTLESS = word_set("shadow light sunlight reflection glow ray beam color star silhouette")
_UNSEEN = frozenset({"voice", "narrator"})  # people who are heard only
_NAMES = frozenset({"rain", "misty", "ember", "dusty", "haze"})  # also given names

Span = Callable[[int], tuple[float, float]]  # of a clause, by its index


@dataclass(slots=True)
class Seeing:
    """What is seen, and what of it would be heard."""

    cues: list[Cue[SeenKind]] = field(default_factory=list)
    sounds: list[Cue[Ambience]] = field(default_factory=list)
    refused: dict[SeenKind | Ambience, str] = field(default_factory=dict)  # with their words
    used: set[int] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    loop: str = ""  # the words that ask for one


def read_world(script: Script, span: Span, deaf: frozenset[int]) -> Seeing:
    """All cues of the picture. `deaf` are clauses that are about sound alone."""
    seeing = Seeing()
    for index, clause in enumerate(script.clauses):
        if index in deaf:
            continue
        for hit in script.hits_in(clause):
            if isinstance(hit.meaning, Rest):
                words = script.words(hit.first, hit.last)
                seeing.used.update(range(hit.first, hit.last))
                seeing.refused.update(dict.fromkeys(_OF_SUBJECT, words))
            elif isinstance(hit.meaning, Looping):
                _loop(script, clause, hit, seeing)
            elif isinstance(hit.meaning, Seen) and _is_meant(script, clause, hit):
                seeing.used.update(range(hit.first, hit.last))
                _see(script, clause, hit, hit.meaning, span(index), seeing)
    _let_the_wind_blow(script, seeing)
    _let_people_breathe(script, seeing)
    return seeing


def _loop(script: Script, clause: Clause, hit: Hit[Meaning], seeing: Seeing) -> None:
    """The clip is to be a loop, unless somebody in it loops something, or it is refused."""
    if script.person_does(hit.first, clause):
        return
    seeing.used.update(range(hit.first, hit.last))
    if not clause.refuses(hit.first):
        seeing.loop = seeing.loop or script.words(hit.first, hit.last)


def _is_meant(script: Script, clause: Clause, hit: Hit[Meaning]) -> bool:
    assert isinstance(hit.meaning, Seen)
    if hit.meaning.alone:
        return manner.is_tag(script, clause, hit)
    if _is_persons_deed(script, clause, hit) or _is_weightless(script, clause, hit):
        return False
    return not _is_name(script, hit)


def _is_persons_deed(script: Script, clause: Clause, hit: Hit[Meaning]) -> bool:
    """Whether a word for a thing is a verb here: "she smiles and [waves]", "he [smokes]"."""
    assert isinstance(hit.meaning, Seen)
    if len(hit) > 1 or not _PERSONAL.isdisjoint(hit.meaning.kinds):
        return False
    return script.person_does(hit.first, clause)


def _is_weightless(script: Script, clause: Clause, hit: Hit[Meaning]) -> bool:
    """Whether what sways here has no body to do it with."""
    assert isinstance(hit.meaning, Seen)
    subject = script.subject(hit.first, clause)
    sways = len(hit) == 1 and Motion.SWAY in hit.meaning.kinds
    return sways and subject is not None and script.tokens[subject].lemma in _WEIGHTLESS


def _is_name(script: Script, hit: Hit[Meaning]) -> bool:
    """Whether "Rain" is a person: a capital inside a sentence, or it does what people do."""
    tokens = script.tokens
    token = tokens[hit.first]
    if len(hit) > 1 or not token.capital or token.word not in _NAMES:
        return False
    opens = hit.first == 0 or token.pause in {".", "[", ">", ":"}
    following = tokens[hit.last : hit.last + 5]
    if not opens:
        small = sum(not near.capital for near in tokens[max(0, hit.first - 3) : hit.first])
        return small > 0 and token.pause == ""
    if following and following[0].pause == ",":
        return following[0].word in {"a", "an", "the", "our"} and any(
            near.lemma in PERSON_NOUNS for near in following
        )
    return bool(following) and _is_verb_of_person(following[0])


def _is_verb_of_person(token: Token) -> bool:
    return token.pause == "" and token.word in _PERSONS_DO


_PERSONS_DO = word_set(
    """
    smiles walks looks sits stands laughs dances turns waves talks speaks says nods runs holds
    wears sings plays blinks winks cries sighs leans jumps reads whispers stares gazes is was
    smiling walking sitting standing looking dancing laughing wearing holding and
    """
) - {"and", "was"}  # fmt: skip


def _see(
    script: Script,
    clause: Clause,
    hit: Hit[Meaning],
    seen: Seen,
    span: tuple[float, float],
    seeing: Seeing,
) -> None:
    if clause.refuses(hit.first):
        kinds = seen.kinds if seen.sound is None else (*seen.kinds, seen.sound)
        assert clause.refused_from is not None
        words = script.words(clause.refused_from, hit.last)
        seeing.refused.update(dict.fromkeys(kinds, words))
        return
    how = manner.of_cue(script, clause, hit)
    amount = how.amount(seen.amount)
    start, end = span
    if how.sudden:
        start, end = (start + (end - start) * share for share in SUDDEN_SPAN)
    first = min([hit.first, *manner.before(script.tokens, clause.first, hit.first)])
    words = script.words(first, hit.last)
    for kind in seen.kinds:
        cue: Cue[SeenKind] = Cue(kind=kind, amount=amount, start=start, end=end, words=words)
        _add(cue, seeing)
    if seen.sound is not None and all(other.kind is not seen.sound for other in seeing.sounds):
        sound = Cue(kind=seen.sound, amount=amount, start=start, end=end, words=words)
        seeing.sounds.append(sound)


def _add(cue: Cue[SeenKind], seeing: Seeing) -> None:
    """The first mention counts ("snow … the snow falls" is one snow); of rain the heaviest."""
    at = next((i for i, other in enumerate(seeing.cues) if other.kind is cue.kind), None)
    if at is None:
        seeing.cues.append(cue)
    elif cue.kind is Atmosphere.RAIN:
        first = seeing.cues[at]
        seeing.cues[at] = heaviest((first, cue))
        if min(first.amount, cue.amount) not in {1.0, max(first.amount, cue.amount)}:
            note = f'"{first.words}" and "{cue.words}" are taken as one rain, the heavier.'
            seeing.notes.append(note)


def _let_the_wind_blow(script: Script, seeing: Seeing) -> None:
    """A wind that is named alone moves what the still can show of it."""
    wind = next((cue for cue in seeing.sounds if cue.kind is WIND.sound), None)
    if wind is None or any(cue.kind in _MOVED_BY_WIND for cue in seeing.cues):
        return
    kind = _moved_by_wind(script)
    if kind in seeing.refused:
        return
    amount = round(wind.amount * WIND_AMOUNT, 3)
    cue: Cue[SeenKind] = Cue(
        kind=kind, amount=amount, start=wind.start, end=wind.end, words=wind.words
    )
    seeing.cues.append(cue)
    seeing.notes.append(f'"{wind.words}" names nothing that moves, so it moves {kind.value}.')


def _moved_by_wind(script: Script) -> Motion:
    """What the prompt names that a wind would move; the hair of a person even unnamed."""
    named = {token.lemma for token in script.tokens}
    if not named.isdisjoint(SETS["hair"].split()) or _person(script) is not None:
        return Motion.HAIR
    return Motion.FOLIAGE if named.isdisjoint(SETS["cloth"].split()) else Motion.CLOTH


def _let_people_breathe(script: Script, seeing: Seeing) -> None:
    person = _person(script)
    if person is None or Motion.BREATHING in seeing.refused:
        return
    if any(cue.kind is Motion.BREATHING for cue in seeing.cues):
        return
    words = script.words(person, person + 1)
    seeing.cues.append(Cue(kind=Motion.BREATHING, amount=BREATHING_AMOUNT, words=words))
    seeing.notes.append(f"A person is mentioned (“{words}”), so they breathe gently.")


def _person(script: Script) -> int | None:
    """The first token that names a person who is there."""
    traps = {i for hit in script.hits if len(hit) > 1 for i in range(hit.first, hit.last)}
    for clause in script.clauses:
        for i in range(clause.first, clause.last):
            token = script.tokens[i]
            named = token.lemma in PERSON_NOUNS - _UNSEEN and i not in traps
            if (named or token.word in PERSON_PRONOUNS) and not clause.refuses(i):
                return i
    return None
