"""Finds who is asked for what: an endpoint and a body in one call, or side by side in data."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from photoplay.lint.edits import Layer
from photoplay.lint.nodes import (
    Call,
    Items,
    Mapping,
    Member,
    Node,
    Opaque,
    Plain,
    Style,
    Text,
    Use,
    below,
)

# What callers and clients call the body, the likeliest first: of fal's clients, of HTTP libraries,
# of workflow files.
_BODY_NAMES = (
    "arguments", "input", "inputs", "json", "jsonBody", "bodyParameters", "body", "payload",
    "data", "content", "parameters", "params", "with", "args",
)  # fmt: skip
# Found beside a body, never in one: such a mapping holds options, not fields.
_OPTION_NAMES = frozenset({"method", "headers", "logs", "onQueueUpdate", "mode", "pollInterval"})
_PACKERS = frozenset({"dumps", "stringify"})  # json.dumps(body), JSON.stringify(body)
_DEEPEST = 3  # wrappings of a body: an option of a client, a text, a list of pairs

# A text of data that becomes another before it is used: n8n's, Jinja's and shells' ways to say so.
_COMPUTED = re.compile(r"^=|\{\{|\$\{|\$\(")
_PAIRS = Style(quotes='"', grows=False)


class Unparsable(Exception):
    """The text is not of its language. `line` is where that shows."""

    def __init__(self, what: str, line: int) -> None:
        super().__init__(what, line)
        self.what = what
        self.line = line


@dataclass(frozen=True, slots=True)
class Named:
    """What a name stands for. `loads`: how often it is used; `touched`: also member by member."""

    node: Node
    loads: int = 1
    touched: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What a reader found: calls and mappings in which an endpoint may be named, and texts.

    `named` gives what a name stands for where it is used, `inner` reads a text as JSON.
    """

    calls: tuple[Call, ...] = ()
    mappings: tuple[Mapping, ...] = ()
    texts: tuple[Text, ...] = ()
    named: Callable[[Opaque], Named | None] = lambda _: None
    inner: Callable[[Text], tuple[Mapping, Layer] | None] = lambda _: None


IsEndpoint = Callable[[Text], bool]


def uses_of(found: Found, is_endpoint: IsEndpoint) -> list[Use]:
    """All uses of endpoints, in the order of the source."""
    pairing = _Pairing(found, is_endpoint)
    asked = [use for call in found.calls for use in pairing.of_call(call)]
    asked += [use for mapping in found.mappings for use in pairing.of_mapping(mapping)]
    asked = pairing.with_doubts(asked)
    seen = {use.endpoint.start for use in asked}
    named = [Use(text) for text in found.texts if text.start not in seen and is_endpoint(text)]
    unique = {(u.endpoint.start, u.body.start if u.body else -1): u for u in asked + named}
    return sorted(unique.values(), key=lambda use: use.endpoint.start)


class _Pairing:
    """Brings endpoints and bodies of one file together."""

    def __init__(self, found: Found, is_endpoint: IsEndpoint) -> None:
        self._found = found
        self._is_endpoint = is_endpoint
        self._loads: dict[int, int] = {}  # of names, by where what they stand for starts

    def of_call(self, call: Call) -> Iterator[Use]:
        given = [*((("", node)) for node in call.arguments), *call.keywords]
        endpoint = self._endpoint(node for _, node in given)
        if endpoint is None:
            return
        named = dict(call.keywords)
        bodies = [named[name] for name in _BODY_NAMES if name in named]
        bodies += [node for node in call.arguments if not self._stands_for(node, endpoint)]
        yield self._use(endpoint, bodies)

    def of_mapping(self, mapping: Mapping) -> Iterator[Use]:
        endpoint = self._endpoint(member.value for member in mapping.members)
        if endpoint is None:
            return
        bodies = [m.value for name in _BODY_NAMES if (m := mapping.find(name)) is not None]
        if bodies:
            yield self._use(endpoint, bodies)
        else:
            yield Use(endpoint, self._filled_in(mapping), loose=True)

    def with_doubts(self, uses: list[Use]) -> list[Use]:
        """Tell what is also used where it cannot be seen for what."""
        endpoints = Counter(use.endpoint.start for use in uses if use.body is not None)
        bodies = Counter(use.body.start for use in uses if use.body is not None)
        return [self._with_doubts(use, endpoints, bodies) for use in uses]

    def _with_doubts(self, use: Use, endpoints: Counter[int], bodies: Counter[int]) -> Use:
        start = use.endpoint.start
        used = self._loads.get(start, 0)
        shared = used > endpoints[start] or (use.endpoint.fixed and not used)
        body = use.body
        if body is not None and self._loads.get(body.start, 0) > bodies[body.start]:
            body = replace(body, touched=True)
        return replace(use, body=body, shared=shared)

    def _use(self, endpoint: Text, bodies: Iterable[Node]) -> Use:
        for node in bodies:
            body, layer = self._body(node, _DEEPEST)
            if body is not None:
                return Use(endpoint, self._filled_in(body), layer=layer)
        return Use(endpoint)

    def _endpoint(self, nodes: Iterable[Node]) -> Text | None:
        for node in nodes:
            found = self._resolved(node)
            if isinstance(found, Text) and self._is_endpoint(found):
                return found
        return None

    def _stands_for(self, node: Node, text: Text) -> bool:
        found = self._resolved(node)
        return isinstance(found, Text) and found.start == text.start

    def _resolved(self, node: Node) -> Node:
        """What the node stands for, if it is a name."""
        if not isinstance(node, Opaque) or not node.name:
            return node
        named = self._found.named(node)
        if named is None:
            return node
        self._loads[named.node.start] = named.loads
        found = named.node
        if isinstance(found, Mapping):
            return replace(found, open=found.open or named.touched, touched=named.touched)
        if isinstance(found, Text):
            return replace(found, fixed=named.loads > 1)
        return replace(found, fixed=True) if isinstance(found, Plain) else found

    def _body(self, node: Node, depth: int) -> tuple[Mapping | None, Layer | None]:
        """The mapping that is the body, out of what it is wrapped in."""
        node = self._unpacked(self._resolved(node))
        if isinstance(node, Text):
            inside = self._found.inner(node) if depth else None
            return inside or (None, None)
        if isinstance(node, Items):
            return _of_pairs(node), None
        if not isinstance(node, Mapping) or depth == 0:
            return None, None
        wrapped = [m.value for name in _BODY_NAMES if (m := node.find(name)) is not None]
        if wrapped:
            return self._body(wrapped[0], depth - 1)
        if any(node.find(name) is not None for name in _OPTION_NAMES):
            return None, None
        return node, None

    def _unpacked(self, node: Node) -> Node:
        call = node.call if isinstance(node, Opaque) else None
        if call is None or call.function not in _PACKERS or not call.arguments:
            return node
        return self._resolved(call.arguments[0])

    def _filled_in(self, mapping: Mapping) -> Mapping:
        """With what names of members' values stand for."""
        members = tuple(replace(m, value=self._resolved(m.value)) for m in mapping.members)
        return replace(mapping, members=members)


def _of_pairs(items: Items) -> Mapping | None:
    """A list of {"name": …, "value": …}, as form-like editors of workflows write a body."""
    members = []
    for item in items.items:
        name, value = (
            (item.find("name"), item.find("value")) if isinstance(item, Mapping) else (None, None)
        )
        if name is None or value is None or not isinstance(name.value, Text):
            return None
        members.append(Member(item.start, item.end, name.value, value.value))
    if not members:
        return None
    return Mapping(items.start, items.end, tuple(members), _PAIRS, open=items.open)


def is_computed(value: str) -> bool:
    """Whether a text of a data file is a template."""
    return _COMPUTED.search(value) is not None


def mappings_with(root: Node, is_endpoint: IsEndpoint) -> tuple[Mapping, ...]:
    """The mappings of a tree in which an endpoint is named."""
    return tuple(
        node
        for node in below(root)
        if isinstance(node, Mapping)
        and any(isinstance(m.value, Text) and is_endpoint(m.value) for m in node.members)
    )


def texts_of(root: Node) -> Iterator[Text]:
    """All texts of a tree, names of members included."""
    for node in below(root):
        if isinstance(node, Text):
            yield node
        elif isinstance(node, Mapping):
            yield from (member.key for member in node.members)
