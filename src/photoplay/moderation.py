"""What an installation refuses to film: a policy of texts, and the built-in one, a word list.

A policy sees the positive texts of a request, before anything is rendered. What a negative prompt
names is to be kept out, so it is not shown to the policy; nor does the word list mind what a
sentence rules out ("no blood or gore").

A word list stops accidents and shows callers the refusal they will meet elsewhere; it is no
defence against someone who wants to get round it. It knows English.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import product
from typing import Any, Protocol

from photoplay.config import Settings
from photoplay.errors import ContentRefused

MAX_WORDS_NAMED = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """What a policy objects to. `rule` and `fix` as in `photoplay.errors`."""

    category: str  # one word, for programs
    title: str  # what it is called in a sentence
    words: tuple[str, ...]  # as they stand in the texts
    rule: str
    fix: str


class Policy(Protocol):
    """Decides what may be filmed. Safe to use from several threads."""

    def check(self, texts: Sequence[str]) -> Finding | None:
        """The objection to these texts, or None. They are what is to be seen and heard."""


class AllowAll:
    """The policy of one's own machine."""

    def check(self, texts: Sequence[str]) -> Finding | None:  # noqa: ARG002
        """None."""
        return None


def open_policy(settings: Settings) -> Policy:
    """The policy that the settings choose."""
    return WordList.built_in() if settings.moderation else AllowAll()


def refuse_content(policy: Policy, texts: Sequence[str]) -> None:
    """Raise ContentRefused if the policy objects, saying to what, by which rule, and what helps."""
    found = policy.check(texts)
    if found is None:
        return
    words = ", ".join(f'"{word}"' for word in found.words)
    raise ContentRefused(
        f"the text names {found.title}: {words}",
        rule=f"by the content policy of this server, {found.rule}",
        fix=found.fix,
        limits={"category": found.category, "words": list(found.words)},
    )


class WordList:
    """Refuses what its terms name; `moderation.toml` says how a term is written."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        """`document` is the file's: a list `innocent`, and a table per category."""
        self._innocent = _Terms(document["innocent"])
        self._categories = {
            name: _Category(table["title"], table["rule"], table["fix"], _Terms(table["terms"]))
            for name, table in document.items()
            if name != "innocent"
        }

    @classmethod
    @cache
    def built_in(cls) -> WordList:
        """The list that comes with the package."""
        return cls(tomllib.loads((files("photoplay") / "moderation.toml").read_text("utf-8")))

    def check(self, texts: Sequence[str]) -> Finding | None:
        """The first category that is named, with all its words."""
        read = [_tokens(text) for text in texts]
        spared = [_ruled_out(tokens) | self._covered(tokens) for tokens in read]
        for name, category in self._categories.items():
            words = dict.fromkeys(
                _as_written(tokens[start:stop])
                for tokens, free in zip(read, spared, strict=True)
                for start, stop in category.terms.spans(tokens)
                if not free.issuperset(range(start, stop))
            )
            if words:
                named = tuple(words)[:MAX_WORDS_NAMED]
                return Finding(name, category.title, named, category.rule, category.fix)
        return None

    def _covered(self, tokens: Sequence[_Token]) -> set[int]:
        return {at for span in self._innocent.spans(tokens) for at in range(*span)}


# Reading a text


@dataclass(frozen=True, slots=True)
class _Token:
    """A word of a text. `forms` are the plain words that it may stand for."""

    text: str
    forms: frozenset[str]
    gap: str  # what stands between it and the word before


_WORD = re.compile(r"[@$]?[^\W_](?:(?:[^\W_]|[@$!'’])*[^\W_])?")
_SPELT_OUT = re.compile(r"(?<![^\W_])[^\W_](?:([.\-*_ ])[^\W_](?:\1[^\W_])+)(?![^\W_])")
_BREAK = re.compile(r"[,;:!?()\[\]{}\"“”|/\n]|\.(?:\s|$)")
_TAIL = re.compile(r"\b(?:avoid|negative(?: prompt)?)\s*:.*", re.IGNORECASE | re.DOTALL)
_LEET = {"0": "o", "1": "il", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i"}
_LOOKALIKES = str.maketrans("асеорхуіѕјԁһкмтвαειοκνρτυχ", "aceopxyisjdhkmtbaeioknptux")
_LONGEST_WORD = 40  # characters; what is longer names nothing, and takes long to look at
_MAX_SPELLINGS = 16  # of one word: 2⁴ ambiguous signs are more disguise than any real word has


def _tokens(text: str) -> list[_Token]:
    plain = _TAIL.sub("", _without_disguise(text))
    tokens, end = [], 0
    for word in _WORD.finditer(plain):
        tokens.append(_Token(word[0], _forms(word[0].casefold()), plain[end : word.start()]))
        end = word.end()
    return tokens


def _as_written(tokens: Sequence[_Token]) -> str:
    return tokens[0].text + "".join(token.gap + token.text for token in tokens[1:])


def _without_disguise(text: str) -> str:
    """Compatible forms unified; accents, invisible signs and gaps inside words taken out."""
    unified = unicodedata.normalize("NFKD", text)
    kept = (sign for sign in unified if unicodedata.category(sign) not in {"Mn", "Cf"})
    return _SPELT_OUT.sub(lambda spelt: re.sub(r"[.\-*_ ]", "", spelt[0]), "".join(kept))


def _forms(word: str) -> frozenset[str]:
    """The words that `word` may stand for: look-alikes, digits for letters, letters drawn out."""
    if len(word) > _LONGEST_WORD:
        return frozenset({word})
    whole = word.replace("’", "'")
    spellings = {whole.replace("'", ""), whole.removesuffix("'s").replace("'", "")}
    if re.search("[a-z]", word) and not word.isascii():
        spellings |= {spelling.translate(_LOOKALIKES) for spelling in spellings}
    if re.search("[a-z].*[a-z]", word) and _LEET.keys() & set(word):
        spellings |= {spelt for spelling in spellings for spelt in _undo_leet(spelling)}
    for most in ("", r"\1"):  # goooore: gore; bloooood: blood
        spellings |= {re.sub(r"(\w)\1\1+", rf"\1{most}", spelling) for spelling in spellings}
    return frozenset(spellings)


def _undo_leet(word: str) -> Iterator[str]:
    choices = [_LEET.get(sign, sign) for sign in word]
    for _, letters in zip(range(_MAX_SPELLINGS), product(*choices), strict=False):
        yield "".join(letters)


# What a sentence rules out

_NEGATIONS = frozenset({"no", "not", "without", "never", "avoid", "avoids", "nor", "zero"})
_REACH = 3  # words of one thing that is ruled out


def _ruled_out(tokens: Sequence[_Token]) -> set[int]:
    """Words that a negation rules out: "no blood", "without visible blood, gore or nudity"."""
    found: set[int] = set()
    for at, token in enumerate(tokens[:-1]):
        if token.forms & _NEGATIONS and "only" not in tokens[at + 1].forms:
            found.update(range(at + 1, _end_of_list(tokens, at + 1)))
    return found


def _end_of_list(tokens: Sequence[_Token], start: int) -> int:
    """Where the list ends that starts there. Only an "or" shows that a comma goes on with it."""
    end, length, surely_on = start, 0, True
    for at in range(start, len(tokens)):
        if at > start and _BREAK.search(tokens[at].gap):
            if tokens[at].gap.strip() != ",":
                break
            length, surely_on = 0, False
        if "or" in tokens[at].forms:
            end, length, surely_on = at, 0, True
            continue
        length += 1
        if length > _REACH:
            break
        if surely_on:
            end = at + 1
    return end


# Finding terms


class _Terms:
    """Patterns of words, found by their first word."""

    def __init__(self, written: Iterable[str]) -> None:
        self._by_word: dict[str, list[tuple[_Place, ...]]] = {}
        self._by_prefix: dict[str, list[tuple[_Place, ...]]] = {}
        for term in written:
            for pattern in _spelt_out(term):
                index = self._by_prefix if pattern[0].is_prefix else self._by_word
                for word in pattern[0].words:
                    index.setdefault(word, []).append(pattern)

    def spans(self, tokens: Sequence[_Token]) -> Iterator[tuple[int, int]]:
        """Half-open ranges of tokens that a term covers, from left to right, the longest first."""
        end = 0
        for start, token in enumerate(tokens):
            if start < end:
                continue
            lengths = [
                len(pattern)
                for pattern in self._starting(token)
                if _matches(pattern, tokens[start : start + len(pattern)])
            ]
            if lengths:
                end = start + max(lengths)
                yield start, end

    def _starting(self, token: _Token) -> Iterator[tuple[_Place, ...]]:
        for form in token.forms:
            yield from self._by_word.get(form, ())
            for length in range(1, len(form) + 1):
                yield from self._by_prefix.get(form[:length], ())


@dataclass(frozen=True, slots=True)
class _Category:
    title: str
    rule: str
    fix: str
    terms: _Terms


@dataclass(frozen=True, slots=True)
class _Place:
    """One word of a pattern: any of `words`, or any word that begins so."""

    words: frozenset[str]
    is_prefix: bool = False

    def fits(self, token: _Token) -> bool:
        if not self.is_prefix:
            return not self.words.isdisjoint(token.forms)
        return any(form.startswith(word) for form in token.forms for word in self.words)


def _matches(pattern: Sequence[_Place], tokens: Sequence[_Token]) -> bool:
    return (
        len(pattern) == len(tokens)
        and all(place.fits(token) for place, token in zip(pattern, tokens, strict=True))
        and not any(_BREAK.search(token.gap) for token in tokens[1:])
    )


def _spelt_out(term: str) -> Iterator[tuple[_Place, ...]]:
    """The patterns that a written term stands for: one with and one without each `a?`."""
    places: list[tuple[_Place | None, ...]] = []
    for written in term.split():
        word = written.removesuffix("?")
        prefixes = word.endswith("*")
        place = _Place(frozenset(word.removesuffix("*").split("|")), prefixes)
        places.append((place, None) if written.endswith("?") else (place,))
    for chosen in product(*places):
        yield tuple(place for place in chosen if place is not None)
