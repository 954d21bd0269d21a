"""Python source, read by the language's own parser.

A name stands for what is assigned to it once in its scope.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from photoplay.lint.nodes import Call, Items, Mapping, Member, Node, Opaque, Plain, Style, Text, Use
from photoplay.lint.places import Lines
from photoplay.lint.uses import Found, IsEndpoint, Named, Unparsable, uses_of

_STYLE = Style(trailing=True, comments=("#",), truths=("False", "True"))
_CALL_STYLE = replace(_STYLE, joint="=")  # dict(prompt="…")
_ONE_LITERAL = re.compile(
    r"""[uU]?(?P<quote>\"{3}|'{3}|"|')(?:\\.|(?!(?P=quote)).)*(?P=quote)""", re.DOTALL
)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_BINDERS = {
    ast.arg, ast.alias, ast.Global, ast.Nonlocal, ast.ExceptHandler,
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef,
    ast.MatchAs, ast.MatchStar, ast.MatchMapping,
}  # fmt: skip


def read(text: str, is_endpoint: IsEndpoint) -> list[Use]:
    """What is asked of which endpoint. Raises Unparsable."""
    try:
        with warnings.catch_warnings():  # of doubtful escapes: not what is looked for
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
        return _Reader(text).uses(tree, is_endpoint)
    except SyntaxError as error:
        raise Unparsable(error.msg, error.lineno or 1) from None
    except (ValueError, RecursionError, MemoryError):  # null bytes, or nested beyond all reason
        raise Unparsable("it is nested too deeply, or no text", 1) from None


@dataclass(eq=False)
class _Scope:
    """Names of a module, a function or a class. None is assigned where it cannot be seen what."""

    above: _Scope | None
    values: dict[str, list[ast.expr | None]] = field(default_factory=dict)
    loads: dict[str, int] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)

    def owner(self, name: str) -> _Scope | None:
        """The scope whose name that is, from here upwards."""
        scope: _Scope | None = self
        while scope is not None and name not in scope.values:
            scope = scope.above
        return scope


class _Reader:
    """Reads one module."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lines = Lines(text)
        self._calls: list[ast.Call] = []
        self._dicts: list[ast.Dict] = []
        self._texts: list[ast.Constant | ast.JoinedStr] = []
        self._names: list[tuple[ast.Name, _Scope, bool]] = []  # with whether a member is meant
        self._scope_of: dict[tuple[int, int], _Scope] = {}  # by place of the name

    def uses(self, tree: ast.Module, is_endpoint: IsEndpoint) -> list[Use]:
        self._walk(tree, _Scope(None))
        self._count()
        maybe = (self._call(each) for each in self._calls if _may_ask(each.args, each.keywords))
        found = Found(
            calls=tuple(maybe),
            mappings=tuple(self._mapping(d) for d in self._dicts if _may_ask(d.values, ())),
            texts=tuple(node for t in self._texts if isinstance(node := self._node(t), Text)),
            named=self._named,
        )
        return uses_of(found, is_endpoint)

    # Gathering

    def _walk(self, node: ast.AST, scope: _Scope) -> None:
        for child in ast.iter_child_nodes(node):
            kind = type(child)
            if kind is ast.Name:
                self._name(child, node, scope)  # type: ignore[arg-type]
                continue
            if kind is ast.Constant:
                if isinstance(child.value, str) and "/" in child.value:  # type: ignore[attr-defined]
                    self._texts.append(child)  # type: ignore[arg-type]
                continue
            if kind is ast.JoinedStr:
                self._texts.append(child)  # type: ignore[arg-type]
            elif kind is ast.Call:
                self._calls.append(child)  # type: ignore[arg-type]
            elif kind is ast.Dict:
                self._dicts.append(child)  # type: ignore[arg-type]
            elif kind in _BINDERS:
                _bind(child, scope)
            inner = _Scope(scope) if isinstance(child, _SCOPES) else scope
            self._walk(child, inner)

    def _name(self, name: ast.Name, parent: ast.AST, scope: _Scope) -> None:
        if isinstance(name.ctx, ast.Store):
            scope.values.setdefault(name.id, []).append(_assigned(parent))
            return
        member = isinstance(parent, ast.Subscript | ast.Attribute) and parent.value is name
        self._names.append((name, scope, member))

    def _count(self) -> None:
        """Give every use of a name to the scope whose name it is."""
        for name, scope, member in self._names:
            owner = scope.owner(name.id)
            if owner is None:
                continue
            owner.loads[name.id] = owner.loads.get(name.id, 0) + 1
            if member:
                owner.touched.add(name.id)
            self._scope_of[self._span(name)] = owner

    def _named(self, node: Opaque) -> Named | None:
        owner = self._scope_of.get((node.start, node.end))
        values = owner.values[node.name] if owner is not None else []
        if owner is None or len(values) != 1 or values[0] is None:
            return None
        found = self._node(values[0])
        return Named(found, owner.loads[node.name], node.name in owner.touched)

    # Translating

    def _span(self, node: ast.expr | ast.keyword) -> tuple[int, int]:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        start = self._lines.of_byte(node.lineno, node.col_offset)
        return start, self._lines.of_byte(node.end_lineno, node.end_col_offset)

    def _node(self, node: ast.expr) -> Node:
        match node:
            case ast.Constant():
                return self._constant(node)
            case ast.JoinedStr():
                return self._template(node)
            case ast.Dict():
                return self._mapping(node)
            case ast.List() | ast.Tuple():
                items = [each for each in node.elts if not isinstance(each, ast.Starred)]
                found = tuple(self._node(each) for each in items)
                return Items(*self._span(node), found, open=len(items) < len(node.elts))
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
                return Plain(*self._span(node), -value)
            case ast.Call(func=ast.Name(id="dict")) if node.keywords and not node.args:
                return self._dict_call(node)
            case ast.Call():
                return Opaque(*self._span(node), call=self._call(node))
            case ast.Name():
                return Opaque(*self._span(node), name=node.id)
            case ast.Await():
                return self._node(node.value)
        return Opaque(*self._span(node))

    def _constant(self, node: ast.Constant) -> Node:
        start, end = self._span(node)
        if isinstance(node.value, str):
            literal = _ONE_LITERAL.fullmatch(self._text, start, end)
            return Text(start, end, node.value, quote=literal["quote"] if literal else "")
        if node.value is None or isinstance(node.value, bool | int | float):
            return Plain(start, end, node.value)
        return Opaque(start, end)

    def _template(self, node: ast.JoinedStr) -> Node:
        """What is known of an f-string: its longest piece."""
        told = [
            piece.value if isinstance(piece, ast.Constant) and isinstance(piece.value, str) else ""
            for piece in node.values
        ]
        at = max(range(len(told)), key=lambda each: len(told[each]), default=0)
        return Text(
            *self._span(node),
            told[at] if told else "",
            open_start=at > 0,
            open_end=at < len(told) - 1,
            pattern="".join(each or "*" for each in told),
        )

    def _mapping(self, node: ast.Dict) -> Mapping:
        members = []
        for key, value in zip(node.keys, node.values, strict=True):
            name = self._node(key) if key is not None else None
            if isinstance(name, Text) and name.whole:
                told = self._node(value)
                members.append(Member(name.start, told.end, name, told))
        known = len(members) == len(node.keys)
        return Mapping(*self._span(node), tuple(members), _STYLE, open=not known)

    def _dict_call(self, node: ast.Call) -> Mapping:
        members = []
        for keyword in node.keywords:
            if keyword.arg is not None:
                start, end = self._span(keyword)
                key = Text(start, start + len(keyword.arg), keyword.arg)
                members.append(Member(start, end, key, self._node(keyword.value)))
        known = len(members) == len(node.keywords)
        return Mapping(*self._span(node), tuple(members), _CALL_STYLE, open=not known)

    def _call(self, node: ast.Call) -> Call:
        called = node.func
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        keywords = ((each.arg or "", self._node(each.value)) for each in node.keywords)
        return Call(name, tuple(self._node(each) for each in node.args), tuple(keywords))


def _bind(node: ast.AST, scope: _Scope) -> None:
    """Names that get a value which is no expression of this file, or get one from elsewhere."""
    match node:
        case ast.Global() | ast.Nonlocal():
            while scope.above is not None:
                for name in node.names:
                    scope.values.setdefault(name, []).append(None)
                scope = scope.above
            names: list[str | None] = [*node.names]
        case ast.arg():
            names = [node.arg]
        case ast.alias():
            names = [node.asname or node.name.partition(".")[0]]
        case ast.MatchMapping():
            names = [node.rest]
        case _:
            names = [getattr(node, "name", None)]
    for name in filter(None, names):
        scope.values.setdefault(name, []).append(None)


def _assigned(statement: ast.AST) -> ast.expr | None:
    """What the statement gives to its one name; None where that is not beyond doubt."""
    match statement:
        case ast.Assign(targets=[ast.Name()]) | ast.AnnAssign():
            return statement.value
    return None


def _may_ask(values: list[ast.expr], keywords: list[ast.keyword] | tuple[()]) -> bool:
    """Whether any of these can be an endpoint: quicker than translating all."""
    return any(
        isinstance(each, ast.Name | ast.JoinedStr)
        or (isinstance(each, ast.Constant) and isinstance(each.value, str) and "/" in each.value)
        for each in _all(values, keywords)
    )


def _all(values: list[ast.expr], keywords: list[ast.keyword] | tuple[()]) -> Iterator[ast.expr]:
    yield from values
    yield from (each.value for each in keywords)
