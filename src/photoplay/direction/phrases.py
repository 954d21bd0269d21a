"""Tables of phrases, and where their phrases occur in a run of tokens.

A pattern is words with blanks between them; `a|b` is either word, `{name}` any word of a named
set, `word?` may be missing. Words are compared by lemma. Between two words of a phrase up to
three fillers may stand ("push [ever so slowly] in"), but no punctuation. The longest phrase
wins, so a trap ("zoom call") is nothing but a longer phrase with a harmless meaning.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from photoplay.direction.text import Token, lemma
from photoplay.direction.words import FILLERS

Meaning = TypeVar("Meaning")

MAX_FILLERS = 3
_NUMBER = re.compile(r"\d+(?:\.\d+)?[°%]?")
_UNITS = frozenset({"degree", "percent"})


@dataclass(frozen=True, slots=True)
class Hit(Generic[Meaning]):
    """A phrase found: tokens [first, last), and what it means."""

    meaning: Meaning
    first: int
    last: int

    def __len__(self) -> int:
        return self.last - self.first


class _Node(Generic[Meaning]):
    __slots__ = ("children", "meaning")

    def __init__(self) -> None:
        self.children: dict[str, _Node[Meaning]] = {}
        self.meaning: Meaning | None = None


class Phrases(Generic[Meaning]):
    """A set of patterns as one tree of words.

    When two rows give the same phrase, the first row keeps it: tables are in order of precedence.
    """

    def __init__(
        self,
        rows: Iterable[tuple[Meaning, str]],
        sets: Mapping[str, str] | None = None,
    ) -> None:
        """`rows` pairs a meaning with patterns separated by commas or line breaks."""
        self._root: _Node[Meaning] = _Node()
        for meaning, patterns in rows:
            for pattern in patterns.replace("\n", ",").split(","):
                if pattern.strip():
                    self._add(meaning, pattern.split(), sets or {})

    def scan(self, tokens: Sequence[Token]) -> list[Hit[Meaning]]:
        """All hits from left to right, longest first, not overlapping."""
        hits = []
        at = 0
        while at < len(tokens):
            hit = self.match(tokens, at)
            if hit is not None:
                hits.append(hit)
            at = hit.last if hit is not None else at + 1
        return hits

    def match(self, tokens: Sequence[Token], first: int) -> Hit[Meaning] | None:
        """The longest phrase that begins at token `first`."""
        best: tuple[int, int, Meaning] | None = None  # words matched, -end, meaning
        stack = [(self._root, first, 0, 0)]  # node, next token, words matched, fillers skipped
        while stack:
            node, at, matched, skipped = stack.pop()
            if node.meaning is not None and skipped == 0:
                found = (matched, -at, node.meaning)
                if best is None or found[:2] > best[:2]:
                    best = found
            if at == len(tokens) or (at > first and tokens[at].pause):
                continue
            if matched and skipped < MAX_FILLERS and is_filler(tokens[at]):
                stack.append((node, at + 1, matched, skipped + 1))
            child = node.children.get(tokens[at].lemma)
            if child is not None:
                stack.append((child, at + 1, matched + 1, 0))
        return None if best is None else Hit(best[2], first, -best[1])

    def _add(self, meaning: Meaning, pattern: list[str], sets: Mapping[str, str]) -> None:
        ends = [self._root]
        for element in pattern:
            reached = [] if not element.endswith("?") else list(ends)
            for word in _alternatives(element.removesuffix("?"), sets):
                reached += [node.children.setdefault(lemma(word), _Node()) for node in ends]
            ends = reached
        for node in ends:
            if node.meaning is None and node is not self._root:
                node.meaning = meaning


def is_filler(token: Token) -> bool:
    """Whether `token` may stand inside a phrase without belonging to it."""
    return (
        token.word in FILLERS
        or token.lemma in _UNITS
        or _NUMBER.fullmatch(token.word) is not None  # "roll [10 degrees] left"
        or token.lemma in FILLERS
        or (token.word.endswith("ly") and len(token.word) > 4)
    )


def _alternatives(element: str, sets: Mapping[str, str]) -> list[str]:
    words: list[str] = []
    for part in element.split("|"):
        words += sets[part[1:-1]].split() if part.startswith("{") else [part]
    return words
