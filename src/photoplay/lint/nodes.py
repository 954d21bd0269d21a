"""What source code says, whatever its language: literals with their places, and who is asked.

Places are half-open ranges of characters. Knows nothing about endpoints, nor about any language.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from photoplay.lint.edits import Layer


@dataclass(frozen=True, slots=True)
class Text:
    """A text.

    `quote` ends it in the source, so that more can be put before that; "" where nothing can.
    `bare` stands for YAML's texts without quotes. `open_start`, `open_end`: something computed
    stands before or after what is known of it; `pattern` has all that is known, with a * for each
    unknown. `fixed`: it stands elsewhere, under a name that others use too.
    """

    start: int
    end: int
    value: str
    quote: str = ""
    bare: bool = False
    open_start: bool = False
    open_end: bool = False
    pattern: str = ""
    fixed: bool = False

    @property
    def whole(self) -> bool:
        """Whether nothing of it is computed."""
        return not (self.open_start or self.open_end)


@dataclass(frozen=True, slots=True)
class Plain:
    """A number, a truth value or null. `fixed` as of a text."""

    start: int
    end: int
    value: int | float | bool | None
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Opaque:
    """An expression that is not looked into; `name` if it is one, `call` if it is a call."""

    start: int
    end: int
    name: str = ""
    call: Call | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """A named value of a mapping. `start` to `end` holds both, without a comma.

    `shorthand` is JavaScript's `{prompt}`, where one name is both.
    """

    start: int
    end: int
    key: Text
    value: Node
    shorthand: bool = False


@dataclass(frozen=True, slots=True)
class Style:
    """How mappings are written there.

    `comma` parts members, "" where lines do; `trailing` allows one after the last. `comments` start
    a comment that goes to the end of its line. `truths` are the words for false and true. `quotes`
    are those whose texts are escaped with backslashes.
    `grows`: members can be added.
    """

    comma: str = ","
    trailing: bool = False
    comments: tuple[str, ...] = ()
    truths: tuple[str, str] = ("false", "true")
    joint: str = ": "
    quotes: str = "\"'"
    grows: bool = True


@dataclass(frozen=True, slots=True)
class Mapping:
    """Named values, in the order of the source.

    `open`: it has, or may get, more than can be seen here. `touched`: other code reads or changes
    members by name, so that none may be renamed.
    """

    start: int
    end: int
    members: tuple[Member, ...]
    style: Style
    open: bool = False
    touched: bool = False

    def find(self, name: str) -> Member | None:
        """The last member of that name: it wins."""
        return next((each for each in reversed(self.members) if each.key.value == name), None)


@dataclass(frozen=True, slots=True)
class Items:
    """A list. `open`: it has more than can be seen here."""

    start: int
    end: int
    items: tuple[Node, ...]
    open: bool = False


Node = Text | Plain | Opaque | Mapping | Items


@dataclass(frozen=True, slots=True)
class Call:
    """A call: the last name of what is called, and with what."""

    function: str
    arguments: tuple[Node, ...]
    keywords: tuple[tuple[str, Node], ...] = ()


@dataclass(frozen=True, slots=True)
class Use:
    """A text that may name an endpoint, and the body that goes there, if it can be seen.

    `loose` bodies hold other things beside the fields. `shared`: the endpoint's text is also used
    where no body can be seen. `layer` is set where the body is source inside a text.
    """

    endpoint: Text
    body: Mapping | None = None
    loose: bool = False
    shared: bool = False
    layer: Layer | None = field(default=None, compare=False)


def below(node: Node) -> Iterator[Node]:
    """The node itself and everything in it, outermost first."""
    waiting: list[Node] = [node]
    while waiting:
        one = waiting.pop()
        yield one
        if isinstance(one, Mapping):
            waiting.extend(member.value for member in reversed(one.members))
        elif isinstance(one, Items):
            waiting.extend(reversed(one.items))
        elif isinstance(one, Opaque) and one.call is not None:
            waiting.extend(value for _, value in reversed(one.call.keywords))
            waiting.extend(reversed(one.call.arguments))
