"""JSON with the place of everything in it.

Comments and commas before a closing bracket are passed over, as many tools allow them; so are the
`{{ … }}` expressions of templates and workflow editors.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from photoplay.lint.edits import Layer, escaped
from photoplay.lint.nodes import Items, Mapping, Member, Node, Opaque, Plain, Style, Text, Use
from photoplay.lint.places import Lines
from photoplay.lint.uses import (
    Found,
    IsEndpoint,
    Unparsable,
    is_computed,
    mappings_with,
    texts_of,
    uses_of,
)

_STYLE = Style(comments=("//",), quotes='"')
_DEEPEST = 200  # brackets in brackets
_MOST_DIGITS = 4000
_TOKEN = re.compile(
    r"""(?P<blank>(?:[ \t\r\n]+|//[^\r\n]*|/\*.*?\*/)+)
    |(?P<text>"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")
    |(?P<computed>\{\{.*?\}\})
    |(?P<number>-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)
    |(?P<word>true|false|null)
    |(?P<mark>[\[\]{},:])""",
    re.VERBOSE | re.DOTALL,
)
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_ESCAPE = re.compile(  # a character of a text; two escapes make one beyond the first plane
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|.", re.DOTALL
)


def read(text: str, is_endpoint: IsEndpoint) -> list[Use]:
    """What is asked of which endpoint. Raises Unparsable."""
    root = parsed(text)
    found = Found(
        mappings=mappings_with(root, is_endpoint),
        texts=tuple(texts_of(root)),
        inner=lambda node: inner(text, node),
    )
    return uses_of(found, is_endpoint)


def parsed(text: str) -> Node:
    """The document. Raises Unparsable."""
    return _Parser(text).document()


def inner(source: str, node: Text) -> tuple[Mapping, Layer] | None:
    """The body that is written as JSON inside a JSON text; None if it is none."""
    if not source.startswith('"', node.start):
        return None
    places = []
    at = node.start + 1
    for unit in _ESCAPE.finditer(source, node.start + 1, node.end - 1):
        places += [unit.start()]
        at = unit.end()
    places.append(at)
    if len(places) != len(node.value) + 1:  # a pair of escapes for one character
        return None
    skipped = len(node.value) - len(node.value.removeprefix("="))
    layer = Layer(node.value[skipped:], places[skipped:], lambda more: escaped(more, '"'))
    try:
        body = parsed(layer.text)
    except Unparsable:
        return None
    return (body, layer) if isinstance(body, Mapping) else None


class _Parser:
    """Reads one document, token by token."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = self._scan()
        self._now: re.Match[str] | None = None

    def document(self) -> Node:
        self._step()
        found = self._value(0)
        if self._now is not None:
            raise self._wrong("something follows the end")
        return found

    def _scan(self) -> Iterator[re.Match[str]]:
        at = 0
        while at < len(self._text):
            token = _TOKEN.match(self._text, at)
            if token is None:
                raise Unparsable("it is no JSON", Lines(self._text).place(at)[0])
            at = token.end()
            if token.lastgroup != "blank":
                yield token

    def _step(self) -> re.Match[str]:
        token, self._now = self._now, next(self._tokens, None)
        return token  # type: ignore[return-value]

    def _wrong(self, what: str) -> Unparsable:
        at = self._now.start() if self._now is not None else len(self._text)
        return Unparsable(what, Lines(self._text).place(at)[0])

    def _is(self, mark: str) -> bool:
        return self._now is not None and self._now[0] == mark

    def _expect(self, mark: str) -> re.Match[str]:
        if not self._is(mark):
            raise self._wrong(f"there is no {mark} where one must be")
        return self._step()

    def _value(self, depth: int) -> Node:
        if self._now is None:
            raise self._wrong("it breaks off")
        if depth > _DEEPEST:
            raise self._wrong("it is nested too deeply")
        start, end = self._now.span()
        match self._now.lastgroup:
            case "text":
                return _text(self._step())
            case "number":
                return Plain(start, end, _number(self._step()[0]))
            case "word":
                return Plain(start, end, _WORDS[self._step()[0]])
            case "computed":
                self._step()
                return Opaque(start, end)
        if self._is("{"):
            return self._mapping(depth)
        if self._is("["):
            return self._items(depth)
        raise self._wrong("there is no value where one must be")

    def _mapping(self, depth: int) -> Mapping:
        start = self._expect("{").start()
        members = []
        while not self._is("}"):
            if self._now is None or self._now.lastgroup != "text":
                raise self._wrong("there is no name where one must be")
            key = _text(self._step())
            self._expect(":")
            value = self._value(depth + 1)
            members.append(Member(key.start, value.end, key, value))
            if not self._is("}"):
                self._expect(",")
        return Mapping(start, self._step().end(), tuple(members), _STYLE)

    def _items(self, depth: int) -> Items:
        start = self._expect("[").start()
        items = []
        while not self._is("]"):
            items.append(self._value(depth + 1))
            if not self._is("]"):
                self._expect(",")
        return Items(start, self._step().end(), tuple(items))


def _text(token: re.Match[str]) -> Text:
    value = json.loads(token[0]) if "\\" in token[0] else token[0][1:-1]
    computed = is_computed(value)
    return Text(
        token.start(), token.end(), value, quote='"', open_start=computed, open_end=computed
    )


def _number(token: str) -> int | float:
    """The number; a whole one of more digits than Python reads at once is as good as infinite."""
    return float(token) if len(token) > _MOST_DIGITS else json.loads(token)
