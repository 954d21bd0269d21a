"""JavaScript and TypeScript, JSX included, read by tree-sitter's grammars.

Only what stands round a mention of an endpoint is looked into: trees of whole files are large.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, cached_property

import tree_sitter_typescript
from tree_sitter import Language, Parser, Query, QueryCursor
from tree_sitter import Node as Tree

from photoplay.lint.nodes import Call, Items, Mapping, Member, Node, Opaque, Plain, Style, Text, Use
from photoplay.lint.places import Bytes, Lines
from photoplay.lint.uses import Found, IsEndpoint, Named, Unparsable, uses_of

_STYLE = Style(trailing=True, comments=("//",))
_TEXTS = frozenset({"string", "template_string"})
_CALLS = frozenset({"call_expression", "new_expression"})
_NAMES = frozenset({"identifier", "shorthand_property_identifier"})
_PATTERN_NAME = "shorthand_property_identifier_pattern"
# What adds nothing to the value inside it.
_COVERS = frozenset(
    {
        "as_expression", "await_expression", "non_null_expression", "parenthesized_expression",
        "satisfies_expression", "type_assertion",
    }
)  # fmt: skip
_BLOCKS = frozenset(
    {
        "program", "statement_block", "class_body", "function_declaration", "function_expression",
        "arrow_function", "method_definition", "generator_function_declaration",
    }
)  # fmt: skip
_PARAMETERS = frozenset(
    {
        "array_pattern", "formal_parameters", "import_clause", "import_specifier",
        "object_assignment_pattern", "optional_parameter", "required_parameter", "rest_pattern",
    }
)  # fmt: skip
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}
_MOST_COVERS = 20  # round one value
_DEEPEST = 1000  # brackets in brackets
_BRACKET = re.compile(  # or a text on one line, which may hold any
    r"""[()\[\]{}]|"(?:[^"\\\r\n]|\\.)*"|'(?:[^'\\\r\n]|\\.)*'"""
)
_STEPS = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}
_PLAIN: dict[str, bool | None] = {"true": True, "false": False, "null": None, "undefined": None}


def read(
    text: str, is_endpoint: IsEndpoint, *, mention: re.Pattern[str], jsx: bool = True
) -> list[Use]:
    """What is asked of which endpoint. `jsx`: as opposed to TypeScript without it.

    Raises Unparsable.
    """
    _check_depth(text)
    data = text.encode("utf-8", "surrogatepass")
    root = Parser(_language(jsx)).parse(data).root_node
    try:
        return uses_of(_Reader(text, data, root, _names(jsx)).found(mention), is_endpoint)
    except RecursionError:
        raise Unparsable("it is nested too deeply", 1) from None


def _check_depth(text: str) -> None:
    """Raise Unparsable for brackets that no one writes: the way up a tree takes their square."""
    depth = 0
    for found in _BRACKET.finditer(text):
        depth += _STEPS.get(found[0], 0)
        if depth > _DEEPEST:
            raise Unparsable("it is nested too deeply", Lines(text).place(found.start())[0])


@cache
def _language(jsx: bool) -> Language:
    made = tree_sitter_typescript
    return Language(made.language_tsx() if jsx else made.language_typescript())


@cache
def _names(jsx: bool) -> Query:
    """Finds all names: many times faster than a walk."""
    kinds = " ".join(f"({kind})" for kind in sorted(_NAMES | {_PATTERN_NAME}))
    return Query(_language(jsx), f"[{kinds}] @name")


class _Reader:
    """Reads one file."""

    def __init__(self, text: str, data: bytes, root: Tree, names: Query) -> None:
        self._text = text
        self._data = data
        self._root = root
        self._names = names
        self._bytes = Bytes(text)
        self._declared: dict[str, dict[int, Tree | None]] = {}  # by name, then by block
        self._known: dict[int, Named | None] = {}  # by declaration

    def found(self, mention: re.Pattern[str]) -> Found:
        """Calls, objects and texts round every mention, and round the names given to them."""
        texts = self._mentions(mention)
        starts = [*texts, *(use for text in texts for use in self._uses_of_name(text))]
        around = {each.id: each for start in starts if (each := _around(start)) is not None}
        return Found(
            calls=tuple(self._call(each) for each in around.values() if each.type in _CALLS),
            mappings=tuple(self._mapping(o) for o in around.values() if o.type == "object"),
            texts=tuple(node for t in texts if isinstance(node := self._node(t), Text)),
            named=self._named,
        )

    def _mentions(self, mention: re.Pattern[str]) -> list[Tree]:
        found: dict[int, Tree] = {}
        for match in re.finditer(mention.pattern.encode(), self._data):
            node = self._root.descendant_for_byte_range(match.start(), match.end())
            while node is not None and node.type not in _TEXTS:
                node = node.parent if node.type in {"string_fragment", "escape_sequence"} else None
            if node is not None:
                found[node.id] = node
        return list(found.values())

    # Names

    @cached_property
    def _identifiers(self) -> dict[str, list[Tree]]:
        """All uses and declarations of names, by name."""
        found: dict[str, list[Tree]] = {}
        captured = QueryCursor(self._names).captures(self._root)
        for node in sorted(captured.get("name", ()), key=lambda each: each.start_byte):
            found.setdefault(_said(node), []).append(node)
        return found

    def _uses_of_name(self, text: Tree) -> Iterator[Tree]:
        """Where the name that is given to a text is used."""
        declared = _covered(text).parent
        name = declared.child_by_field_name("name") if declared is not None else None
        if declared is None or declared.type != "variable_declarator" or name is None:
            return
        for each in self._identifiers.get(_said(name), ()):
            if each.id != name.id and self._declaration(each) == declared:
                yield each

    def _declaration(self, use: Tree) -> Tree | None:
        """What declares the name that is used there; None if that is not beyond doubt."""
        name = _said(use)
        if name not in self._declared:
            self._declared[name] = _declarations(self._identifiers.get(name, []))
        block = _block(use)
        while block is not None:
            if block.id in self._declared[name]:
                return self._declared[name][block.id]
            block = _block(block)
        return None

    def _named(self, node: Opaque) -> Named | None:
        start, end = self._bytes.byte(node.start), self._bytes.byte(node.end)
        use = self._root.descendant_for_byte_range(start, end)
        declared = self._declaration(use) if use is not None else None
        if declared is None or declared.type != "variable_declarator":
            return None
        if declared.id not in self._known:
            self._known[declared.id] = self._meaning(node.name, declared)
        return self._known[declared.id]

    def _meaning(self, name: str, declared: Tree) -> Named | None:
        value = declared.child_by_field_name("value")
        if value is None:
            return None
        uses = [
            each
            for each in self._identifiers[name]
            if not _declares(each) and self._declaration(each) == declared
        ]
        return Named(self._node(value), len(uses), any(map(_is_object_of_member, uses)))

    # Translating

    def _span(self, node: Tree) -> tuple[int, int]:
        return self._bytes.character(node.start_byte), self._bytes.character(node.end_byte)

    def _node(self, node: Tree) -> Node:
        start, end = self._span(node)
        match node.type:
            case "string":
                return Text(start, end, _cooked(node.named_children), quote=self._text[start])
            case "template_string":
                return self._template(node)
            case "object":
                return self._mapping(node)
            case "array":
                found = [each for each in node.named_children if each.type != "comment"]
                spread = any(each.type == "spread_element" for each in found)
                return Items(start, end, tuple(map(self._node, found)), open=spread)
            case "number" | "unary_expression":
                return _number(start, end, _said(node))
            case "true" | "false" | "null" | "undefined":
                return Plain(start, end, _PLAIN[node.type])
            case "call_expression" | "new_expression":
                return Opaque(start, end, call=self._call(node))
            case "identifier" | "shorthand_property_identifier":
                return Opaque(start, end, name=_said(node))
        if node.type in _COVERS and node.named_children:
            return self._node(node.named_children[-1 if node.type == "type_assertion" else 0])
        return Opaque(start, end)

    def _template(self, node: Tree) -> Text:
        """What is known of a template: its longest piece."""
        pieces: list[list[Tree]] = [[]]
        for child in node.named_children:
            if child.type == "template_substitution":
                pieces.append([])
            else:
                pieces[-1].append(child)
        told = [_cooked(piece) for piece in pieces]
        at = max(range(len(told)), key=lambda each: len(told[each]))
        return Text(
            *self._span(node),
            told[at],
            quote="`" if len(told) == 1 else "",
            open_start=at > 0,
            open_end=at < len(told) - 1,
            pattern="*".join(told),
        )

    def _mapping(self, node: Tree) -> Mapping:
        inside = [each for each in node.named_children if each.type != "comment"]
        members = tuple(found for each in inside if (found := self._member(each)) is not None)
        return Mapping(*self._span(node), members, _STYLE, open=len(members) < len(inside))

    def _member(self, node: Tree) -> Member | None:
        if node.type == "shorthand_property_identifier":
            start, end = self._span(node)
            key = Text(start, end, _said(node))
            return Member(start, end, key, self._node(node), shorthand=True)
        key_node, value = node.child_by_field_name("key"), node.child_by_field_name("value")
        if node.type != "pair" or key_node is None or value is None:
            return None
        if key_node.type not in {"property_identifier", "string"}:
            return None
        name = self._node(key_node)
        if not isinstance(name, Text):
            name = Text(*self._span(key_node), _said(key_node))
        return Member(*self._span(node), name, self._node(value))

    def _call(self, node: Tree) -> Call:
        called = node.child_by_field_name("function") or node.child_by_field_name("constructor")
        listed = node.child_by_field_name("arguments")
        arguments = [] if listed is None else listed.named_children
        name = _said(called).rpartition(".")[2] if called is not None else ""
        return Call(name, tuple(self._node(a) for a in arguments if a.type != "comment"))


def _said(node: Tree) -> str:
    return (node.text or b"").decode("utf-8", "surrogatepass")


def _covered(node: Tree) -> Tree:
    """The node with what adds nothing to its value."""
    for _ in range(_MOST_COVERS):
        parent = node.parent
        if parent is None or parent.type not in _COVERS:
            break
        node = parent
    return node


def _around(node: Tree) -> Tree | None:
    """The call whose argument the node is, or the object of which it is a value."""
    parent = _covered(node).parent
    if parent is not None and parent.type in {"arguments", "pair"}:
        return parent.parent
    return parent if parent is not None and parent.type == "object" else None


def _block(node: Tree) -> Tree | None:
    """The block in which the node stands; a parameter's is its function."""
    found = node.parent
    while found is not None and found.type not in _BLOCKS:
        found = found.parent
    return found


def _declarations(same: list[Tree]) -> dict[int, Tree | None]:
    """What declares a name, by block; None where two do, or where it gets another value."""
    found: dict[int, Tree | None] = {}
    for each in filter(_declares, same):
        block = _block(each)
        if block is not None:
            found[block.id] = None if block.id in found else each.parent
    for each in filter(_assigns, same):
        changed = _block(each)
        while changed is not None and changed.id not in found:
            changed = _block(changed)
        if changed is not None:
            found[changed.id] = None
    return found


def _declares(node: Tree) -> bool:
    parent = node.parent
    if parent is None:
        return False
    if parent.type == "variable_declarator":
        return parent.child_by_field_name("name") == node
    if node.type == _PATTERN_NAME:
        return True
    if parent.type == "arrow_function":
        return parent.child_by_field_name("parameter") == node
    return parent.type in _PARAMETERS


def _assigns(node: Tree) -> bool:
    parent = node.parent
    if parent is None or parent.type not in {
        "assignment_expression", "augmented_assignment_expression",
    }:  # fmt: skip
        return False
    return parent.child_by_field_name("left") == node


def _is_object_of_member(node: Tree) -> bool:
    parent = node.parent
    if parent is None or parent.type not in {"member_expression", "subscript_expression"}:
        return False
    return parent.child_by_field_name("object") == node


def _cooked(pieces: list[Tree]) -> str:
    return "".join(
        _unescaped(_said(each)) if each.type == "escape_sequence" else _said(each)
        for each in pieces
    )


def _unescaped(escape: str) -> str:
    body = escape[1:]
    if body[:1] in {"u", "x"}:
        try:
            return chr(int(body[1:].strip("{}"), 16))
        except (ValueError, OverflowError):
            return escape
    return "" if body[:1] in {"\n", "\r", "\u2028", "\u2029"} else _ESCAPES.get(body, body)


def _number(start: int, end: int, said: str) -> Node:
    try:
        value = float(said.replace("_", ""))
    except ValueError:  # hexadecimal, big, or another operator
        return Opaque(start, end)
    whole = value.is_integer() and abs(value) < 1e15 and "." not in said
    return Plain(start, end, int(value) if whole else value)
