"""Who does it, whether it is refused, and how clauses follow each other: scope in one place.

A clause is a run of tokens between pauses and conjunctions. It knows how it joins the clause
before it, which label it stands under ("Camera: …"), and from which token on it is negated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from photoplay.direction.lexicon import Joint, Meaning
from photoplay.direction.phrases import Hit
from photoplay.direction.text import VERBS, Token
from photoplay.direction.words import (
    AMOUNTS,
    ARTICLES,
    BE,
    CAMERA_NOUNS,
    CAUSES,
    DENIALS,
    EXCESS,
    NEGATORS,
    NO_PLURALS,
    PERSON_NOUNS,
    PERSON_PRONOUNS,
    PLURALS,
    POSSESSIVES,
    SUBJECT_PRONOUNS,
    word_set,
)

MAX_REFUSED_ITEMS = 6  # of a list that a negation may run through
MAX_CARRIED = 6  # clauses that a subject or "make" may reach over
MAX_AGENT_WORDS = 60  # from a subject to its verb; keeps the work linear
MAX_CAUSED_WORDS = 12  # from "make" to the verb
HARD_PAUSES = frozenset(".[>")
# Refuse everything up to the end of the sentence: "avoid rain, snow and camera shake".
_SWEEPING = frozenset({"avoid", "avoiding", "exclude", "excluding"})
_LABELS = {
    "camera": "camera", "movement": "camera", "motion": "camera", "cam": "camera",
    "shot": "camera", "sound": "sound", "audio": "sound", "sfx": "sound", "ambience": "sound",
    "foley": "sound", "effect": "sound", "soundscape": "sound", "noise": "sound",
    "music": "music", "soundtrack": "music", "score": "music", "bgm": "music",
}  # fmt: skip


class Agent(Enum):
    """Who moves."""

    CAMERA = auto()
    OTHER = auto()
    NOBODY = auto()  # an order, or a tag: nobody is named


@dataclass(frozen=True, slots=True)
class Clause:
    """Tokens [first, last)."""

    index: int  # in the script
    first: int
    last: int
    joint: Joint
    sentence: int  # which sentence, counted from 0
    label: str = ""  # "camera", "sound", "music" or ""
    refused_from: int | None = None  # the first token that is negated

    def refuses(self, token: int) -> bool:
        """Whether the token stands under a negation."""
        return self.refused_from is not None and token >= self.refused_from


@dataclass(frozen=True, slots=True)
class Script:
    """A prompt taken apart. Every reader works on this."""

    text: str
    tokens: tuple[Token, ...]
    hits: tuple[Hit[Meaning], ...]
    clauses: tuple[Clause, ...]
    _by_clause: tuple[tuple[Hit[Meaning], ...], ...]

    @classmethod
    def of(cls, text: str, tokens: tuple[Token, ...], hits: Sequence[Hit[Meaning]]) -> Script:
        """Take `tokens` of `text` apart, in which `hits` were found."""
        parts = clauses(tokens, hits)
        at = {i: part.index for part in parts for i in range(part.first, part.last)}
        by_clause: list[list[Hit[Meaning]]] = [[] for _ in parts]
        for hit in hits:
            if not isinstance(hit.meaning, Joint) and hit.first in at:
                by_clause[at[hit.first]].append(hit)
        return cls(text, tokens, tuple(hits), parts, tuple(tuple(part) for part in by_clause))

    def words(self, first: int, last: int) -> str:
        """The prompt's own words from token `first` to before token `last`."""
        return " ".join(self.text[self.tokens[first].start : self.tokens[last - 1].end].split())

    def hits_in(self, clause: Clause) -> tuple[Hit[Meaning], ...]:
        """Hits that begin in `clause`, without conjunctions."""
        return self._by_clause[clause.index]

    def agent(self, at: int, clause: Clause) -> Agent:
        """Who does what begins at token `at`: the nearest subject before it in its clause."""
        seen = Agent.NOBODY
        participle = self.tokens[at].word.endswith("ing")  # "the camera follows a man walking"
        for i in range(at - 1, max(clause.first, at - MAX_AGENT_WORDS) - 1, -1):
            token = self.tokens[i]
            if token.lemma in CAMERA_NOUNS and self.tokens[i + 1].word != "of":
                return Agent.CAMERA
            if token.word in SUBJECT_PRONOUNS or (participle and _is_person(token)):
                return Agent.OTHER
            if seen is Agent.OTHER and token.lemma in CAUSES:
                return Agent.OTHER  # "we see a man [walk] away"
            if seen is Agent.NOBODY and _may_be_subject(token):
                seen = Agent.OTHER
        return seen

    def subject(self, at: int, clause: Clause) -> int | None:
        """The word right before token `at`, adverbs aside; None where `at` opens its clause."""
        i = at - 1
        while i >= clause.first and is_adverb(self.tokens[i]):
            i -= 1
        return i if i >= clause.first else None

    def person_does(self, at: int, clause: Clause) -> bool:
        """Whether token `at` is a verb whose subject is a person: "she smiles and [waves]"."""
        verb = self.tokens[at]
        i = self.subject(at, clause)
        if i is None:
            return verb.word != verb.lemma and self.goes_on(clause)
        who = self.tokens[i]
        if who.word in SUBJECT_PRONOUNS:
            return True
        if who.word in BE:
            return verb.word.endswith("ing") and any(map(_is_person, self.tokens[clause.first : i]))
        if not _is_person(who):
            return False
        return verb.word != verb.lemma or is_plural(who) or self.cause(at, clause) is not None

    def goes_on(self, clause: Clause) -> bool:
        """Whether a verb that opens `clause` goes on with a person: "she turns and [smiles]".

        After a mere comma a word in -s may be a noun ("waves, birdsong"), unless an object or
        another verb of the person follows.
        """
        if clause.joint is Joint.START:
            after = self.tokens[clause.first + 1] if clause.last - clause.first > 1 else None
            ahead = self.clauses[clause.index + 1 : clause.index + 2]
            listed = any(
                one.joint is Joint.WITH and _is_third_person(self.tokens[one.first])
                for one in ahead
            )
            taking = after is not None and after.word in ARTICLES | POSSESSIVES | {"to", "at"}
            if not listed and not taking:
                return False
        return self._carries_person(clause)

    def _carries_person(self, clause: Clause) -> bool:
        """Whether the clauses before `clause` have a person as their subject."""
        for before in reversed(self.clauses[max(0, clause.index - MAX_CARRIED) : clause.index]):
            part = self.tokens[before.first : before.last]
            if before.sentence != clause.sentence:
                return False
            who = next((i for i, token in enumerate(part) if _is_person(token)), None)
            if who is not None:
                return part[who].word in SUBJECT_PRONOUNS or any(map(_is_finite, part[who + 1 :]))
            if not _is_finite(part[0]) and not is_adverb(part[0]):
                return False
        return False

    def cause(self, at: int, clause: Clause) -> int | None:
        """The word that orders or sees a bare verb at token `at`: "[make] the dog jump".

        It reaches over "and" to a clause that opens with an article: "… and the mouth smile".
        """
        first = max(0, clause.index - MAX_CARRIED)
        for before in reversed(self.clauses[first : clause.index + 1]):
            reaches = before is clause or self.tokens[clause.first].word in ARTICLES
            if before.sentence != clause.sentence or not reaches:
                return None
            last = min(before.last, at)
            for i in range(max(before.first, last - MAX_CAUSED_WORDS), last):
                if self.tokens[i].lemma in CAUSES:
                    return i
        return None


def clauses(tokens: Sequence[Token], hits: Sequence[Hit[Meaning]]) -> tuple[Clause, ...]:
    """Split `tokens` into clauses; conjunctions themselves belong to none."""
    found: list[Clause] = []
    joints = {hit.first: hit for hit in hits if isinstance(hit.meaning, Joint)}
    inside = {i for hit in hits for i in range(hit.first + 1, hit.last)}
    joint, first, sentence, at = Joint.START, 0, 0, 0
    label = ""
    while at < len(tokens):
        pause = tokens[at].pause if at not in inside else ""
        conjunction = joints.get(at)
        if (pause or conjunction) and at > first:
            found.append(Clause(len(found), first, at, joint, sentence, label))
            joint = Joint.START
        if pause == ":" and found and found[-1].last == at:
            label = _label(tokens, found[-1]) or label
            if _is_bare_label(tokens, found[-1]):
                joint = found.pop().joint
        if pause and pause in HARD_PAUSES:
            sentence, label = sentence + 1, ""
            joint = Joint.THEN if pause in "[>" and found else Joint.START
        if pause or conjunction:
            first = at
        if conjunction is not None and isinstance(conjunction.meaning, Joint):
            joint = conjunction.meaning if joint is not Joint.THEN else joint
            at = first = conjunction.last
        else:
            at += 1
    if first < len(tokens):
        found.append(Clause(len(found), first, len(tokens), joint, sentence, label))
    return tuple(_negate(tokens, hits, found))


def _label(tokens: Sequence[Token], clause: Clause) -> str:
    if clause.last - clause.first > 3:
        return ""
    names = [_LABELS.get(token.lemma, "") for token in tokens[clause.first : clause.last]]
    return next((name for name in names if name), "")


def _is_bare_label(tokens: Sequence[Token], clause: Clause) -> bool:
    return all(token.lemma in _LABELS for token in tokens[clause.first : clause.last])


def _negate(
    tokens: Sequence[Token], hits: Sequence[Hit[Meaning]], found: list[Clause]
) -> list[Clause]:
    """Mark where each clause is refused, and carry refusals along lists."""
    covered = {i for hit in hits for i in range(hit.first, hit.last)}
    result: list[Clause] = []
    sweeping = -1  # the sentence that is refused to its end
    for index, clause in enumerate(found):
        at = next(
            (
                i
                for i in range(clause.first, clause.last)
                if (tokens[i].word in NEGATORS and i not in covered and not _of_manner(tokens, i))
                or _instead(tokens, i)
            ),
            None,
        )
        if at is not None and tokens[at].word in _SWEEPING:
            sweeping = clause.sentence
        elif sweeping == clause.sentence or (
            at is None and _in_refused_list(tokens, result, found[index:])
        ):
            at = clause.first
        if at is None and clause.label and _is_none(tokens, clause):
            at = clause.first
        result.append(replace(clause, refused_from=at))
    return result


def _of_manner(tokens: Sequence[Token], i: int) -> bool:
    """Whether the negator at `i` denies only how a thing is done: "not too fast"."""
    if tokens[i].word not in DENIALS:
        return False
    after = i + 1
    while after < len(tokens) and not tokens[after].pause and tokens[after].word in EXCESS:
        after += 1
    return after < len(tokens) and not tokens[after].pause and tokens[after].word in AMOUNTS


def _instead(tokens: Sequence[Token], i: int) -> bool:
    pair = (tokens[i].word, tokens[i + 1].word if i + 1 < len(tokens) else "")
    return pair in {("instead", "of"), ("rather", "than"), ("free", "of"), ("other", "than")}


def _is_none(tokens: Sequence[Token], clause: Clause) -> bool:
    """Whether the clause refuses its label: "Music: none"."""
    return clause.last - clause.first == 1 and tokens[clause.first].word in {"none", "off"}


def _in_refused_list(
    tokens: Sequence[Token], before: Sequence[Clause], ahead: Sequence[Clause]
) -> bool:
    """Whether the first clause `ahead` is an item of "no zoom, pan or tilt".

    Short items between a negated clause and an "or" are refused as well.
    """
    sentence = ahead[0].sentence
    if not before or before[-1].sentence != sentence or before[-1].refused_from is None:
        return False
    for clause in ahead[:MAX_REFUSED_ITEMS]:
        words = [token.word for token in tokens[clause.first : clause.last]]
        if clause.sentence != sentence or len(words) > 4:
            return False
        if "or" in words or "nor" in words:
            return True
    return False


def is_adverb(token: Token) -> bool:
    """Whether `token` may stand between a subject and its verb."""
    return token.word in _ADVERBS or (token.word.endswith("ly") and len(token.word) > 4)


def is_plural(token: Token) -> bool:
    """Whether `token` has the form of a plural; a verb of the third person has it, too."""
    if token.word in PLURALS:
        return True
    return token.word.endswith("s") and token.word != token.lemma and token.word not in NO_PLURALS


def _is_finite(token: Token) -> bool:
    return token.word in BE or (token.word != token.lemma and token.lemma in VERBS)


def _is_third_person(token: Token) -> bool:
    return token.word.endswith("s") and token.word != token.lemma and token.lemma in VERBS


def _is_person(token: Token) -> bool:
    return token.lemma in PERSON_NOUNS or token.word in PERSON_PRONOUNS


def _may_be_subject(token: Token) -> bool:
    return token.lemma in PERSON_NOUNS or not (
        token.word.endswith("ly") or token.lemma in _NOT_SUBJECTS
    )


_ADVERBS = word_set("then also both all just now again suddenly never always still each")
_NOT_SUBJECTS = word_set(
    """
    the a an slow smooth gentle subtle cinematic continuous steady quick fast dramatic rapid
    begin start to it is are be will should can then first finally next very ever so just single
    long epic professional simple beautiful fluid seamless with using use in at or also always
    extreme sudden slight soft small big strong quick swift leisurely creep and not no never
    without don't doesn't do does please make add apply have let don aerial hand held handheld
    elegant graceful natural organic full half wide tight low high camera
    """
)
