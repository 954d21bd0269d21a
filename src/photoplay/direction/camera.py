"""Finds the camera work of a prompt, clause by clause. When it happens is `timeline.py`'s."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest

from photoplay.direction import extent, manner
from photoplay.direction.lexicon import Joint, Meaning, headings
from photoplay.direction.lexicon_camera import (
    BACKGROUND_WORDS,
    FOREGROUND_WORDS,
    MOVES,
    OBVIOUS,
    Exact,
    Heading,
    Movement,
    Shake,
    Still,
    Turn,
    Use,
    Way,
)
from photoplay.direction.manner import Manner
from photoplay.direction.phrases import Hit, is_filler
from photoplay.direction.plan import Move
from photoplay.direction.scope import Agent, Clause, Script
from photoplay.direction.text import Token
from photoplay.direction.words import (
    AMOUNTS,
    ARTICLES,
    CAMERA_NOUNS,
    LINKING,
    PERSON_NOUNS,
    POSSESSIVES,
    SUBJECT_PRONOUNS,
    word_set,
)

# A phrase that ends in one of these is a name of camera work, whoever stands before it.
_SHOT_NOUNS = word_set(
    """
    shot move movement motion effect zoom pan tilt orbit camera cam style feel look footage
    focus frame view tripod static talk drone
    """
)
# Weak verbs that open a prompt about the camera without naming it: "Gliding through a forest".
_FREE = word_set(
    """
    move glide fly drift travel creep sweep rise descend circle follow track soar swoop ascend
    """
)
# Lone words that are things on the street as well: a pace before them proves nothing.
_THINGS = word_set("truck crane boom jib")
_LATERAL = (Heading.LEFT, Heading.RIGHT)


@dataclass(frozen=True, slots=True)
class Found:
    """Camera work that the prompt names: moves, or a hold when there are none."""

    clause: int  # index in the script
    way: Way | None
    moves: tuple[tuple[Move, float], ...]
    manner: Manner
    sudden: bool
    words: str


@dataclass(slots=True)
class Shooting:
    """All camera work of a prompt, before it has times."""

    found: list[Found] = field(default_factory=list)
    shake: float | None = None
    shake_words: str = ""
    refused: set[Way | str] = field(default_factory=set)  # ways, "movement", "hand-held", "static"
    used: set[int] = field(default_factory=set)  # tokens that something came from
    notes: list[str] = field(default_factory=list)
    pace: Manner = field(default_factory=Manner)  # of camera work that is not named
    unmeasured: list[str] = field(default_factory=list)  # numbers that measure no named move


def read_camera(script: Script) -> Shooting:
    """What the prompt asks of the camera."""
    shooting = Shooting(pace=manner.of_default(script))
    inherited, sentence = Agent.NOBODY, 0
    for index, clause in enumerate(script.clauses):
        if clause.sentence != sentence and inherited is Agent.OTHER:
            inherited = Agent.NOBODY
        sentence = clause.sentence
        if clause.label == "camera":
            inherited = Agent.CAMERA
        if clause.label == "camera" and clause.refused_from == clause.first:
            shooting.refused.update({"movement"} if _is_none(script, clause) else ())
        if clause.label not in {"sound", "music"}:
            _ClauseReader(script, clause, index, inherited, shooting).read()
        inherited = _subject(script.tokens, clause) or inherited
    return shooting


def _is_none(script: Script, clause: Clause) -> bool:
    return script.words(clause.first, clause.last).lower() in {"none", "off"}


def _subject(tokens: Sequence[Token], clause: Clause) -> Agent | None:
    """Whom the next clause is about if it names nobody."""
    for i in range(clause.first, clause.last):
        token = tokens[i]
        of = i + 1 < len(tokens) and tokens[i + 1].word == "of"
        if token.lemma in CAMERA_NOUNS and not of:
            return Agent.CAMERA
        if token.word in SUBJECT_PRONOUNS or token.lemma in PERSON_NOUNS:
            return Agent.OTHER
    return None


@dataclass(slots=True)
class _ClauseReader:
    script: Script
    clause: Clause
    index: int
    inherited: Agent
    shooting: Shooting

    def read(self) -> None:
        hits = [
            hit
            for hit in self.script.hits_in(self.clause)
            if _is_camera(hit) and self._is_meant(hit, self.clause.last)
        ]
        hits = [
            hit for at, hit in enumerate(hits) if at == 0 or not self._is_of_object(hit, hits[0])
        ]
        if not hits:
            self._ellipsis()
        for hit, following in zip_longest(hits, hits[1:]):
            end = following.first if following is not None else self.clause.last
            self._read_hit(hit, max(end, hit.last))

    def _read_hit(self, hit: Hit[Meaning], end: int) -> None:
        meaning = hit.meaning
        self.shooting.used.update(range(hit.first, self._last_word(hit, end)))
        if self.clause.refuses(hit.first):
            self.shooting.refused.add(_refusal(meaning))
            return
        if isinstance(meaning, Shake):
            self._shake(hit, meaning.amount, end)
        elif isinstance(meaning, Turn):
            self._turn(hit, meaning, end)
        elif isinstance(meaning, Exact):
            self._add(hit, None, meaning.moves, end, sudden=False)
        elif isinstance(meaning, Still):
            self._add(hit, None, (), end, sudden=False)

    def _shake(self, hit: Hit[Meaning], amount: float, end: int) -> None:
        strength = manner.of_move(self.script, self.clause, hit, end).amount(amount)
        if self.shooting.shake is None or strength > self.shooting.shake:
            self.shooting.shake = min(strength, 1.5)
            self.shooting.shake_words = self.script.words(hit.first, hit.last)

    def _turn(self, hit: Hit[Meaning], turn: Turn, end: int) -> None:
        heading = turn.heading if turn.fixed else self._heading(hit, turn, end)
        if turn.way is Way.RACK_FOCUS:
            heading = self._focus(hit.first, end)
        by_heading = MOVES[turn.way]
        if heading is None or heading not in by_heading:
            heading = turn.heading if turn.heading in by_heading else next(iter(by_heading))
            self._note_default(hit, turn, by_heading[heading])
        move = by_heading[heading]
        self._add(hit, turn.way, ((move, turn.amount),), end, sudden=turn.sudden)

    def _note_default(self, hit: Hit[Meaning], turn: Turn, move: Move) -> None:
        if turn.way in OBVIOUS or turn.heading in {Heading.IN, Heading.OUT}:
            return
        words = self.script.words(hit.first, hit.last)
        self.shooting.notes.append(f'"{words}" names no direction, so it became {move.value}.')

    def _add(
        self,
        hit: Hit[Meaning],
        way: Way | None,
        moves: tuple[tuple[Move, float], ...],
        end: int,
        *,
        sudden: bool,
    ) -> None:
        how = manner.of_move(self.script, self.clause, hit, end)
        first = min([hit.first, *manner.before(self.script.tokens, self.clause.first, hit.first)])
        words = self.script.words(first, self._last_word(hit, end))
        far = self._extent(hit, way, end, words)
        if far is not None:  # a number leaves nothing for adverbs to scale
            moves = tuple((move, far) for move, _ in moves)
            how = replace(how, factor=1.0)
        found = Found(self.index, way, moves, how, sudden or how.sudden, words)
        self.shooting.found.append(found)

    def _extent(self, hit: Hit[Meaning], way: Way | None, end: int, words: str) -> float | None:
        """The amount that a number beside the hit asks for."""
        opens = all(found.clause != self.index for found in self.shooting.found)
        first = self.clause.first if opens else hit.first
        amount = None
        for number in extent.numbers(self.script.tokens, first, max(end, hit.last)):
            here = None if way is None else number.amount(way)
            if here is None or amount is not None:
                self.shooting.unmeasured.append(self.script.words(number.first, number.last))
            else:
                amount = here
        if amount is not None and amount > manner.MAX_AMOUNT:
            self.shooting.notes.append(
                f'"{words}" is farther than a still can carry, so it goes as far as it can.'
            )
        return amount

    def _last_word(self, hit: Hit[Meaning], end: int) -> int:
        """The quoted words end with the heading or adverb that belongs to the move."""
        last = hit.last
        tokens = self.script.tokens
        while last < end:
            number = extent.at(tokens, last, end)
            if number is not None and number.is_way:
                last = number.last
            elif tokens[last].word in AMOUNTS or headings().match(tokens, last):
                last += 1
            else:
                break
        return last

    def _ellipsis(self) -> None:
        """Read a heading without its move: "zoom in and out", "pan left, then right"."""
        before = self.shooting.found[-1] if self.shooting.found else None
        if before is None or before.way is None or before.clause != self.index - 1:
            return
        part = self.script.tokens[self.clause.first : self.clause.last]
        found = headings().scan(part)
        covered = {i for hit in found for i in range(hit.first, hit.last)}
        rest = [t for i, t in enumerate(part) if i not in covered and not is_filler(t)]
        if not found or any(token.word not in AMOUNTS for token in rest):
            return
        move = MOVES[before.way].get(found[0].meaning)
        if move is None or self.clause.refuses(self.clause.first):
            return
        words = self.script.words(self.clause.first, self.clause.last)
        moves = ((move, before.moves[0][1]),)
        self.shooting.used.update(range(self.clause.first, self.clause.last))
        self.shooting.found.append(
            Found(self.index, before.way, moves, before.manner, before.sudden, words)
        )

    def _heading(self, hit: Hit[Meaning], turn: Turn, end: int) -> Heading | None:
        """The first heading after the hit that this way can take, or one right before it."""
        tokens = self.script.tokens
        parts = [tokens[hit.first : end], tokens[max(hit.first - 2, self.clause.first) : hit.first]]
        ahead = self._clause_ahead(turn.way)
        if end == self.clause.last and ahead is not None:
            parts.append(tokens[ahead.first : ahead.last])
        behind = self._clause_behind(turn.way)
        if behind is not None:  # its place in `parts` must be after the first two
            parts.append(tokens[behind.first : behind.last])
        can = MOVES[turn.way]
        for at, part in enumerate(parts):
            for found in headings().scan(part):
                heading = found.meaning
                if heading not in can:  # "crane down to the street" is down, not along it
                    single = headings().match(part[found.first : found.first + 1], 0)
                    heading = single.meaning if single is not None else heading
                if heading in can and (at < 2 or heading in _LATERAL):
                    return heading
        return None

    def _clause_behind(self, way: Way) -> Clause | None:
        """A clause that says where the subject goes which this one follows."""
        if way is not Way.TRACK or self.index == 0 or self.clause.joint is not Joint.WITH:
            return None
        behind = self.script.clauses[self.index - 1]
        shot = any(found.clause == behind.index for found in self.shooting.found)
        return None if shot or behind.sentence != self.clause.sentence else behind

    def _clause_ahead(self, way: Way) -> Clause | None:
        """A clause without camera work whose direction may belong to this one."""
        if self.index + 1 >= len(self.script.clauses):
            return None
        ahead = self.script.clauses[self.index + 1]
        if ahead.sentence != self.clause.sentence or ahead.joint is Joint.THEN:
            return None
        if way is Way.TRACK:
            return ahead  # where the followed subject goes
        if any(_is_camera(hit) for hit in self.script.hits_in(ahead)):
            return None
        return ahead if headings().match(self.script.tokens, ahead.first) else None

    def _focus(self, first: int, end: int) -> Heading:
        """Rack focus from X to Y: in to what is near, out to what is far."""
        words = [token.lemma for token in self.script.tokens[first:end]]
        split = next((i for i, word in enumerate(words) if word in {"to", "onto", "on"}), None)
        source = set(words[:split]) if split is not None else set()
        target = set(words[split:]) if split is not None else set(words)
        if target & FOREGROUND_WORDS or source & BACKGROUND_WORDS:
            return Heading.IN
        if target & BACKGROUND_WORDS or source & FOREGROUND_WORDS:
            return Heading.OUT
        return Heading.IN

    def _is_meant(self, hit: Hit[Meaning], end: int) -> bool:
        """Whether the hit is about the camera at all."""
        meaning = hit.meaning
        if isinstance(meaning, (Shake, Exact, Movement)):
            return True
        agent = self.script.agent(hit.first, self.clause)
        use = meaning.use if isinstance(meaning, (Turn, Still)) else Use.TERM
        if isinstance(meaning, Still) and agent is Agent.NOBODY and self._is_pause(hit):
            return True
        if agent is Agent.CAMERA or self._names_camera(hit):
            return True
        if use is Use.WEAK:
            return agent is Agent.NOBODY and self._is_weak_meant(hit, end)
        if use is Use.LONE:
            return agent is Agent.NOBODY and self._is_lone_meant(hit, end)
        return self._is_term_meant(hit, agent)

    def _is_pause(self, hit: Hit[Meaning]) -> bool:
        """Whether an order to hold stands alone among camera work: "pan left, hold, tilt up".

        After "then" the clause is a step of its own without that; and so it is if nothing else is
        said.
        """
        token = self.script.tokens[hit.first]
        alone = token.word == token.lemma and self._is_whole_clause(hit)
        if len(self.script.clauses) == 1:
            return alone
        return alone and self.clause.joint is not Joint.THEN and self._is_camera_sentence()

    def _is_of_object(self, hit: Hit[Meaning], first: Hit[Meaning]) -> bool:
        """Whether what the camera sees does it: "push in on a dog [running left]"."""
        if not isinstance(hit.meaning, Turn) or hit.meaning.use is not Use.WEAK:
            return False
        if isinstance(first.meaning, Turn) and first.meaning.way is hit.meaning.way is Way.TRACK:
            return False  # "tracking shot [following] a woman"
        return self.script.tokens[hit.first].word.endswith("ing")

    def _names_camera(self, hit: Hit[Meaning]) -> bool:
        tokens = self.script.tokens[hit.first : hit.last]
        return len(tokens) > 1 and (
            tokens[-1].lemma in _SHOT_NOUNS or any(token.lemma == "camera" for token in tokens)
        )

    def _is_term_meant(self, hit: Hit[Meaning], agent: Agent) -> bool:
        token = self.script.tokens[hit.first]
        inflected = token.word != token.lemma
        if isinstance(hit.meaning, Still) and len(hit) == 1:
            return self._is_whole_clause(hit)
        if agent is Agent.OTHER:
            before = self.script.tokens[hit.first - 1]
            plural = before.word != before.lemma and before.word.endswith("s")
            return not (inflected or plural or before.word in SUBJECT_PRONOUNS)
        finite = inflected and not token.word.endswith("ing")
        taken = self.clause.joint in {Joint.WITH, Joint.THEN} and self.inherited is Agent.OTHER
        return not (finite and taken) or self._is_camera_sentence()

    def _is_camera_sentence(self) -> bool:
        """Whether the camera has moved in this sentence before."""
        found = self.shooting.found
        return bool(found) and self.script.clauses[found[-1].clause].sentence == (
            self.clause.sentence
        )

    def _is_lone_meant(self, hit: Hit[Meaning], end: int) -> bool:
        tokens = self.script.tokens
        token = tokens[hit.first]
        if self._is_whole_clause(hit) and token.word == token.lemma:
            return True
        if token.word.endswith("ing"):
            return True
        if token.word != token.lemma:
            return self.inherited is Agent.CAMERA
        modifiers = manner.before(tokens, self.clause.first, hit.first)
        if modifiers:
            return token.lemma not in _THINGS
        if hit.first > self.clause.first:
            before = tokens[hit.first - 1].word
            if before in ARTICLES or before in POSSESSIVES:
                return False
        assert isinstance(hit.meaning, Turn)
        return token.lemma not in _THINGS and self._heading(hit, hit.meaning, end) is not None

    def _is_weak_meant(self, hit: Hit[Meaning], end: int) -> bool:
        if self.inherited is not Agent.NOBODY:
            return self.inherited is Agent.CAMERA
        tokens = self.script.tokens
        token = tokens[hit.first]
        if token.lemma not in _FREE or not isinstance(hit.meaning, Turn):
            return False
        if token.word != token.lemma and not token.word.endswith("ing"):
            return False
        if any(t.lemma not in LINKING for t in tokens[self.clause.first : hit.first]
               if t.word not in AMOUNTS and not t.word.endswith("ly")):  # fmt: skip
            return False
        if hit.meaning.way in {Way.TRACK, Way.ORBIT} and hit.last < len(tokens):
            following = tokens[hit.last].word
            return following in ARTICLES | POSSESSIVES | {"him", "them", "behind"} or len(hit) > 1
        return self._heading(hit, hit.meaning, end) is not None or len(hit) > 1

    def _is_whole_clause(self, hit: Hit[Meaning]) -> bool:
        tokens = self.script.tokens
        outside = [*range(self.clause.first, hit.first), *range(hit.last, self.clause.last)]
        return all(tokens[i].lemma in LINKING or tokens[i].word in AMOUNTS for i in outside)


def _is_camera(hit: Hit[Meaning]) -> bool:
    return isinstance(hit.meaning, (Turn, Still, Shake, Exact, Movement))


def _refusal(meaning: Meaning) -> Way | str:
    if isinstance(meaning, Turn):
        plain = meaning.way is Way.TRAVEL and meaning.use is Use.WEAK and meaning.heading is None
        return "movement" if plain else meaning.way
    if isinstance(meaning, Shake):
        return "hand-held"
    return "static" if isinstance(meaning, Still) else "movement"
