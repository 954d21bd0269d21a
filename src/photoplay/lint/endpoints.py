"""Checks the endpoint of a use: whether it is there, in service, and of the current generation."""

from __future__ import annotations

import difflib
from datetime import date
from fnmatch import fnmatchcase

from photoplay.catalogue import Endpoint, Lifecycle, Role, words
from photoplay.lint.fields import Known
from photoplay.lint.findings import Finding
from photoplay.lint.nodes import Mapping, Text, Use

_MOST_PRICES = 2  # that are said where the terms differ
_NEAR = 0.8  # how alike an id must be to be offered


def out_of_service(endpoint: Endpoint, use: Use, day: date) -> Finding | None:
    """Says that nothing can be asked of it, and what its replacement takes instead."""
    if endpoint.lifecycle is Lifecycle.ACTIVE:
        return None
    retired = endpoint.lifecycle is Lifecycle.RETIRED
    if retired and endpoint.retired is not None and day < endpoint.retired:
        return None
    instead = f"Use {endpoint.replacement}" if endpoint.replacement else "Use another endpoint"
    return Finding(
        "retired-endpoint" if retired else "endpoint-not-in-service",
        use.endpoint.start,
        use.endpoint.end,
        f"{endpoint.id} is {words.status(endpoint).partition(';')[0]}",
        instead,
    )


def translation(endpoint: Endpoint, other: Endpoint, body: Mapping) -> str:
    """How the fields of a body are called on an endpoint of another family, in words."""
    said = []
    for member in body.members:
        name = member.key.value
        field = next((each for each in endpoint.fields if each.name == name), None)
        if field is None:
            continue
        same = other.find(field.role) if field.role is not None else None
        if same is None:
            said.append(f"without {name}")
        elif same.name != name:
            said.append(f"{name} is {same.name}")
        elif same.type != field.type and same.role is Role.DURATION:
            said.append(f"{name} is a {'text' if same.type == 'string' else 'number'}")
    return ", ".join(said)


def unknown(name: str, use: Use, known: Known) -> Finding | None:
    """Says that a generation has no such endpoint; None for what is outside of all."""
    if not known.generations.of(name):
        return None
    near = difflib.get_close_matches(name, known.catalogue.endpoints, n=1, cutoff=_NEAR)
    return Finding(
        "unknown-endpoint",
        use.endpoint.start,
        use.endpoint.end,
        f"{name} is no endpoint that is known",
        f"Did you mean {near[0]}" if near else "See photoplay engines --endpoints",
    )


def computed(text: Text, target: str, known: Known) -> Finding | None:
    """Says that what is known of a computed id is of another generation, without a fix."""
    said = text.pattern.partition("?")[0]
    starts = [said.find(path) for path in known.generations.paths.values()]
    shape = said[max(starts) :] if max(starts) >= 0 else ""
    fits = [each for each in known.catalogue.endpoints.values() if fnmatchcase(each.id, shape)]
    moved = [known.generations.counterpart(each, target, known.catalogue) for each in fits]
    if not fits or not all(moved):
        return None
    path = known.generations.paths[target]
    return Finding(
        "stale-generation",
        text.start,
        text.end,
        f"the endpoint is put together as {shape}, of generation {known.generations.of(shape)}",
        f"Begin it with {path}, and rewrite its body by hand",
    )


def stale(endpoint: Endpoint, target: Endpoint, use: Use, known: Known, why: str) -> Finding:
    """Says that the endpoint has moved. `why` it is not rewritten, if it is not."""
    generations = known.generations
    fix = f"Use {target.id}{_price(endpoint, target)}"
    return Finding(
        "stale-generation",
        use.endpoint.start,
        use.endpoint.end,
        f"{endpoint.id} is of generation {generations.of(endpoint.id)}, "
        f"not {generations.of(target.id)}",
        f"{fix}; not rewritten, because {why}" if why else fix,
    )


def _price(endpoint: Endpoint, target: Endpoint) -> str:
    """What the move changes in the price, if it does: the first of all differences."""
    before = {(tuple(each.when.items()), each.per): each for each in endpoint.prices}
    pairs = [(before.get((tuple(each.when.items()), each.per)), each) for each in target.prices]
    for was, each in pairs:
        if was is not None and was.usd != each.usd:
            return f", at {words.price(each)} instead of ${was.usd}"
    if not pairs or not before or any(was is not None for was, _ in pairs):
        return ""
    now = " or ".join(words.price(each) for _, each in pairs[:_MOST_PRICES])
    return f", at {now} instead of {words.price(endpoint.prices[0])}"
