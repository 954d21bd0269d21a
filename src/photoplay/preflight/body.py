"""A request body that may be wrong in any way: its texts, its media, and values by their paths.

A path names a field, and inside lists and objects goes on with dots: `multi_prompt.0.prompt`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from photoplay.catalogue import MOST_ITEMS, Endpoint, Field, FileLimits, Role

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """A text of a body: where it stands, its field, and what it says."""

    path: str
    field: Field
    text: str

    @property
    def media(self) -> FileLimits | None:
        """The limits of the file that it is the address of."""
        return self.field.media


def places(fields: Sequence[Field], values: Mapping[str, Any], where: str = "") -> Iterator[Place]:
    """Every text of `values` that stands in a known field, also under a name of other generations.

    Lists longer than any endpoint takes are refused as such, and not gone through.
    """
    for field in fields:
        name = name_of(field, values)
        value = values.get(name)
        one = field.items or field
        if isinstance(value, list):
            items = [(f"{where}{name}.{at}", item) for at, item in enumerate(value[:MOST_ITEMS])]
        else:
            items = [(f"{where}{name}", value)]
        for path, item in items:
            if isinstance(item, str):
                yield Place(path, one, item)
            elif isinstance(item, Mapping) and one.object is not None:
                yield from places(one.object.fields, item, f"{path}.")


def name_of(field: Field, values: Mapping[str, Any]) -> str:
    """The name under which `values` hold that field: its own, or one of other generations."""
    if values.get(field.name) is not None:
        return field.name
    return next((each for each in field.aliases if values.get(each) is not None), field.name)


def prompts(endpoint: Endpoint, values: Mapping[str, Any]) -> list[Place]:
    """The prompt and those of the shots."""
    return [each for each in places(endpoint.fields, values) if each.field.role is Role.PROMPT]


def prompt_fields(endpoint: Endpoint) -> list[Field]:
    """The fields that prompts stand in: the endpoint's own, and that of a shot."""
    members = (member for field in endpoint.fields for member in field.members)
    return [each for each in (*endpoint.fields, *members) if each.role is Role.PROMPT]


def put(values: Mapping[str, Any], path: str, value: Any) -> Json:
    """`values` with another value at `path`; whatever is not there yet is left alone.

    A name at the top is added if need be.
    """
    name, _, rest = path.partition(".")
    return {**values, name: _put(values.get(name), rest, value) if rest else value}


def _put(inside: Any, path: str, value: Any) -> Any:
    name, _, rest = path.partition(".")
    if isinstance(inside, list) and name.isdecimal() and int(name) < len(inside):
        at = int(name)
        return [
            *inside[:at],
            _put(inside[at], rest, value) if rest else value,
            *inside[at + 1 :],
        ]
    if isinstance(inside, Mapping):
        return {**inside, name: _put(inside.get(name), rest, value) if rest else value}
    return inside
