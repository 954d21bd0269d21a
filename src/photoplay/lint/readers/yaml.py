"""YAML, from the events of PyYAML's parser: they know their places, and nothing is constructed.

PyYAML's own composer recurses without a limit, in C: a file of brackets would end the process.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from photoplay.lint.nodes import Items, Mapping, Member, Node, Opaque, Plain, Style, Text, Use
from photoplay.lint.uses import (
    Found,
    IsEndpoint,
    Unparsable,
    is_computed,
    mappings_with,
    texts_of,
    uses_of,
)

_BLOCK = Style(comma="", comments=("#",), quotes='"')
_FLOW = Style(trailing=True, comments=("#",), quotes='"')
# libyaml is twenty times as fast, and not in every build.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TRUTHS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_TAG = "tag:yaml.org,2002:"
_ALIAS = re.compile(r"\*([^\s,\[\]{}]+)")
_DEEPEST = 100  # collections in collections
_ENDS = (yaml.SequenceEndEvent, yaml.MappingEndEvent)


def read(text: str, is_endpoint: IsEndpoint) -> list[Use]:
    """What is asked of which endpoint. Raises Unparsable."""
    try:
        roots = _Reader(text).documents()
    except yaml.MarkedYAMLError as error:
        line = _line(error.problem_mark) if error.problem_mark is not None else 1
        raise Unparsable(error.problem or "it is no YAML", line) from None
    except (yaml.YAMLError, ValueError):
        raise Unparsable("it has characters that YAML does not allow", 1) from None
    found = Found(
        mappings=tuple(each for root in roots for each in mappings_with(root, is_endpoint)),
        texts=tuple(each for root in roots for each in texts_of(root)),
    )
    return uses_of(found, is_endpoint)


class _Reader:
    """Reads one file."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._loader = _LOADER(text)
        self._aliased = frozenset(_ALIAS.findall(text))  # anchors that are used, and more
        self._anchors: set[str | None] = set()  # that are defined so far in this document
        self._shared = 0  # such anchors above what is read

    def documents(self) -> list[Node]:
        """All documents of the file."""
        try:
            found = []
            while self._loader.check_event():
                event = self._loader.get_event()
                if isinstance(event, yaml.NodeEvent):
                    self._anchors.clear()
                    found.append(self._node(event, 0))
            return found
        finally:
            self._loader.dispose()

    def _node(self, event: yaml.NodeEvent, depth: int) -> Node:
        """A node of ours."""
        if depth > _DEEPEST:
            raise Unparsable("it is nested too deeply", _line(event.start_mark))
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        self._anchors.add(event.anchor)
        anchored = event.anchor in self._aliased
        self._shared += anchored
        found = self._content(event, depth)
        self._shared -= anchored
        return found

    def _content(self, event: yaml.NodeEvent, depth: int) -> Node:
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(event, depth)
        items = []
        while not isinstance(inside := self._loader.get_event(), _ENDS):
            items.append(self._node(inside, depth + 1))
        flow = isinstance(event, yaml.SequenceStartEvent) and event.flow_style
        end = _place(inside.end_mark) if flow or not items else items[-1].end
        return Items(_place(event.start_mark), end, tuple(items))

    def _alias(self, event: yaml.AliasEvent) -> Opaque:
        """An unknown: what it stands for is read where it stands."""
        if event.anchor not in self._anchors:
            raise Unparsable(f"there is no anchor {event.anchor}", _line(event.start_mark))
        return Opaque(_place(event.start_mark), _place(event.end_mark))

    def _mapping(self, start: yaml.MappingStartEvent, depth: int) -> Mapping:
        members, number = [], 0
        while not isinstance(event := self._loader.get_event(), _ENDS):
            key = self._node(event, depth + 1)
            value = self._node(self._loader.get_event(), depth + 1)
            number += 1
            if isinstance(key, Text) and key.value != "<<":  # which takes in another mapping
                members.append(Member(key.start, max(key.end + 1, value.end), key, value))
        # The end mark of a block is where the next thing starts.
        end = _place(event.end_mark) if start.flow_style or not members else members[-1].end
        style = _FLOW if start.flow_style else _BLOCK
        return Mapping(
            _place(start.start_mark),
            end,
            tuple(members),
            style,
            open=len(members) < number,
            touched=self._shared > 0,
        )

    def _scalar(self, event: yaml.ScalarEvent) -> Node:
        start, value = _place(event.start_mark), event.value
        end = start + len(self._text[start : _place(event.end_mark)].rstrip())
        tag = event.tag or self._loader.resolve(yaml.ScalarNode, value, event.implicit)
        match tag.removeprefix(_TAG):
            case "str":
                return self._as_text(event, start, end)
            case "null":
                return Plain(start, end, None)
            case "bool":
                return Plain(start, end, _TRUTHS[value.lower()])
            case "int" if value.isascii() and value.isdigit() and len(value) < 20:
                return Plain(start, end, int(value))
            case "float":
                return _number(start, end, value)
        return Opaque(start, end)

    def _as_text(self, event: yaml.ScalarEvent, start: int, end: int) -> Text:
        computed = is_computed(event.value)
        return Text(
            start,
            end,
            event.value,
            quote='"' if event.style == '"' else "",
            bare=event.style in {None, "", "'"},
            open_start=computed,
            open_end=computed,
            fixed=self._shared > 0,
        )


def _place(mark: Any) -> int:
    """A mark's place in characters."""
    return int(mark.index)


def _line(mark: Any) -> int:
    return int(mark.line) + 1


def _number(start: int, end: int, value: str) -> Node:
    try:
        return Plain(start, end, float(value))
    except ValueError:  # .inf, 1:30 and the like
        return Opaque(start, end)
