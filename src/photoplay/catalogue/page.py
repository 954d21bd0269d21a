"""The catalogue as a page for people: `python -m photoplay.catalogue.page > docs/endpoints.md`.

A test keeps the two the same.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from itertools import groupby

from photoplay.catalogue import Catalogue, load, words
from photoplay.catalogue.rows import Endpoint, Field, ObjectType

HEAD = """\
# Endpoints

Every endpoint that the server takes requests for, as it is published, with prices as they were read
on their day. An engine renders an endpoint if it can do what stands under *needs*; the built-in one
renders what `photoplay engines` says it can do, and refuses a request that needs more than that.
`photoplay engines --endpoint ID` shows one of them, `--json` all of its limits.

This page is made from the data in `src/photoplay/catalogue/data/`, by
`python -m photoplay.catalogue.page`; a new endpoint is a new row there.
"""


def page(catalogue: Catalogue) -> str:
    """The page in Markdown."""
    families = groupby(catalogue.endpoints.values(), lambda endpoint: endpoint.family)
    parts = [HEAD, *(part for name, rows in families for part in _family(name, list(rows)))]
    return "\n".join(parts)


def _family(name: str, endpoints: Sequence[Endpoint]) -> Iterator[str]:
    yield f"## {name}\n"
    yield _table(
        ("endpoint", "status", "needs", "price"),
        [
            (f"`{each.id}`", words.status(each), words.needed(each), _prices(each))
            for each in endpoints
        ],
    )
    described: set[str] = set()
    for alike in _alike(endpoints):
        yield from _schema(alike, described)


def _prices(endpoint: Endpoint) -> str:
    days = sorted({one.as_of for one in endpoint.prices})
    said = ", ".join(words.price(one) for one in endpoint.prices)
    return f"{said}; {days[-1]}" if days else "not published"


def _alike(endpoints: Sequence[Endpoint]) -> list[list[Endpoint]]:
    """Endpoints with the same body, in the order of the first of each."""
    found: list[list[Endpoint]] = []
    for endpoint in endpoints:
        for alike in found:
            if (alike[0].fields, alike[0].rules) == (endpoint.fields, endpoint.rules):
                alike.append(endpoint)
                break
        else:
            found.append([endpoint])
    return found


def _schema(alike: Sequence[Endpoint], described: set[str]) -> Iterator[str]:
    first = alike[0]
    yield f"### {first.title}\n"
    if len(alike) > 1:
        yield "Also " + ", ".join(f"`{each.id}`" for each in alike[1:]) + ".\n"
    yield _fields(first.fields)
    if first.rules:
        yield f"Rules: {'; '.join(map(words.rule, first.rules))}.\n"
    if first.note:
        yield f"{first.note}\n"
    for kind in _objects(first.fields):
        if kind.name not in described:
            described.add(kind.name)
            yield f"`{kind.name}`:\n"
            yield _fields(kind.fields)


def _objects(fields: Sequence[Field]) -> Iterator[ObjectType]:
    for field in fields:
        kind = (field.items or field).object
        if kind is not None:
            yield kind
            yield from _objects(kind.fields)


def _fields(fields: Sequence[Field]) -> str:
    return _table(
        ("field", "values", "default", "meaning"),
        [
            (f"`{field.name}`", words.values(field), words.default(field), field.description)
            for field in fields
        ],
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return (
        "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines) + "\n"
    )


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


if __name__ == "__main__":
    sys.stdout.write(page(load()))
