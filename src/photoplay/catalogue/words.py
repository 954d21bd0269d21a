"""Rows in words: what a field takes, what an endpoint costs and needs. Plain text, one line."""

from __future__ import annotations

import json
from collections.abc import Iterator

from photoplay.catalogue.rows import Endpoint, Field, FileLimits, Lifecycle, Price
from photoplay.catalogue.rules import AtMost, ExactlyOne, NeedsOneOf, NeedsValue, Rule


def status(endpoint: Endpoint) -> str:
    """Whether it takes requests, and what to use instead if it does not or will not."""
    said = str(endpoint.lifecycle)
    if endpoint.lifecycle is Lifecycle.RETIRED and endpoint.retired is not None:
        said += f" since {endpoint.retired}"
    return f"{said}; use {endpoint.replacement}" if endpoint.replacement else said


def needed(endpoint: Endpoint) -> str:
    """What an engine must be able to do for any request of it."""
    return ", ".join(sorted(endpoint.always_needs)) or "a still and a sentence"


def price(one: Price) -> str:
    """Such as "$0.168 per second (generate_audio true)"."""
    said = f"${one.usd} per {one.per}"
    if not one.when:
        return said
    return f"{said} ({', '.join(f'{name} {_plain(value)}' for name, value in one.when.items())})"


def values(field: Field) -> str:
    """Which values a field takes."""
    if field.enum:
        return " ".join(json.dumps(value) for value in field.enum)
    said = ", ".join((_kind(field), *_bounds(field)))
    one = field.items or field
    if one.media is not None:
        said += f" of {_article(one.media.kind)}" if field.items is None else ""
        said = ", ".join((said, *_limits(one.media)))
    return f"{said}, or null" if field.nullable else said


def default(field: Field) -> str:
    """What is taken where it is left out: "required", a value, or nothing."""
    if field.required:
        return "required"
    return "" if field.default is None else json.dumps(field.default)


def rule(one: Rule) -> str:
    """What must hold between fields."""
    match one:
        case ExactlyOne(exactly_one=names, or_none=or_none):
            return f"{'at most' if or_none else 'exactly'} one of {', '.join(names)}"
        case NeedsOneOf(given=name, needs_one_of=others):
            return f"{name} only beside {' or '.join(others)}"
        case NeedsValue(given=name, needs_field=other, needs_value=value):
            return f"{name} only while {other} is {value}"
        case AtMost(at_most=most, of=names, given=given):
            beside = f" beside {given}" if given else ""
            return f"at most {most} of {' and '.join(names)}{beside}"
        case _:
            return f"all {one.of} add up to {one.sums_to}"


def _kind(field: Field) -> str:
    if field.items is not None:
        what = field.items.object.name if field.items.object else f"{_kind(field.items)}s"
        return f"list of {what}"
    if field.object is not None:
        return field.object.name
    if field.media is not None:
        return "URL"
    return {"string": "text", "integer": "whole number", "boolean": "true or false"}.get(
        field.type, field.type
    )


def _limits(limits: FileLimits) -> Iterator[str]:
    if limits.max_bytes is not None:
        yield f"at most {limits.max_bytes / 1024**2:g} MB"
    ranges = (
        (limits.min_side_px, limits.max_side_px, "px a side"),
        (limits.min_aspect, limits.max_aspect, "wide to high"),
        (limits.min_s, limits.max_s, "s"),
        (limits.min_fps, limits.max_fps, "frames a second"),
    )
    for least, most, unit in ranges:
        if least is not None and most is not None:
            yield f"{least:g} to {most:g} {unit}"
        elif least is not None or most is not None:
            yield f"at {'most' if least is None else 'least'} {most or least:g} {unit}"
    if limits.formats:
        yield "/".join(limits.formats)


def _bounds(field: Field) -> Iterator[str]:
    if field.minimum is not None and field.maximum is not None:
        yield f"{field.minimum:g} to {field.maximum:.10g}"
    unit = "" if field.type == "array" else " characters"
    match field.min_length, field.max_length:
        case None | 0, int(most):
            yield f"at most {most:,}{unit}"
        case int(least), None:
            yield f"at least {least:,}{unit}"
        case int(least), int(most):
            yield f"{least:,} to {most:,}{unit}"


def _article(kind: str) -> str:
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
