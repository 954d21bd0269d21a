"""Checks values as they stand in source against the catalogue's fields."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from photoplay.catalogue import Endpoint, Field, Role, echo, seconds, words
from photoplay.catalogue.rules import AtMost, ExactlyOne, NeedsOneOf, NeedsValue, Rule, SumsTo
from photoplay.dialects.fal.body import same_choice
from photoplay.lint.edits import Edit, quoted
from photoplay.lint.findings import Finding
from photoplay.lint.nodes import Items, Mapping, Node, Opaque, Plain, Text

_PROMPTS = {Role.PROMPT, Role.NEGATIVE_PROMPT}
_TRUTHS = {"true", "false"}  # which are taken as texts too


class _Unknown:
    """What a value will be is not seen in the source."""


UNKNOWN = _Unknown()


def value_findings(field: Field, node: Node, quote: str) -> Iterator[Finding]:
    """What is wrong with a value of that field. `quote` is what new texts stand in."""
    match node:
        case Text() if node.whole:
            yield from _of_text(field, node, quote)
        case Plain():
            yield from _of_plain(field, node, quote)
        case Items():
            yield from _of_items(field, node, quote)
        case Mapping():
            yield from _of_mapping(field, node, quote)


def literal(node: Node, field: Field | None = None) -> Any:
    """The value as Python's, with defaults of `field` inside lists; UNKNOWN if it is not seen."""
    match node:
        case Text():
            return node.value if node.whole else UNKNOWN
        case Plain():
            return node.value
        case Items():
            found = [literal(each, field.items if field else None) for each in node.items]
            return UNKNOWN if node.open or UNKNOWN in found else found
        case Mapping():
            known = {m.key.value: literal(m.value) for m in node.members}
            if node.open or UNKNOWN in known.values():
                return UNKNOWN
            members = field.members if field else ()
            return {each.name: each.default for each in members} | known
        case Opaque():
            return UNKNOWN


def complaint(rule: Rule, values: dict[str, Any], whole: bool) -> str | None:
    """What the rule says of these values, if they are all seen; `whole`: there are no others."""
    names = {path.partition(".")[0] for path in _paths(rule)}
    if any(values.get(name) is UNKNOWN for name in names):
        return None
    if not whole and not _stays(rule, values):
        return None
    return rule.complaint(values)


def _stays(rule: Rule, values: dict[str, Any]) -> bool:
    """Whether a complaint would stay whatever else is given."""
    match rule:
        case ExactlyOne():
            return sum(values.get(path) is not None for path in rule.exactly_one) > 1
        case NeedsValue():
            return values.get(rule.needs_field) is not None
        case AtMost() | SumsTo():
            return True
        case NeedsOneOf():
            return False


def _paths(rule: Rule) -> tuple[str, ...]:
    match rule:
        case ExactlyOne():
            return rule.exactly_one
        case NeedsOneOf():
            return (rule.given, *rule.needs_one_of)
        case NeedsValue():
            return (rule.given, rule.needs_field)
        case AtMost():
            return (*rule.of, *((rule.given,) if rule.given else ()))
        case SumsTo():
            return (rule.sums_to, rule.of)


def _of_text(field: Field, node: Text, quote: str) -> Iterator[Finding]:
    said = node.value
    if field.enum:
        yield from _of_choice(field, node, said, quote)
    elif field.type == "boolean":
        if said.lower() not in _TRUTHS:
            yield _wrong_type(field, node, "a text")
    elif field.type in {"integer", "number"}:
        yield from _of_number_as_text(field, node)
    elif field.type != "string":
        yield _wrong_type(field, node, "a text")
    elif field.max_length is not None and len(said) > field.max_length:
        yield _too_long(field, node)
    elif len(said) < (field.min_length or 0):
        yield _not_offered(field, node, said)


def _of_number_as_text(field: Field, node: Text) -> Iterator[Finding]:
    length = seconds(node.value) if field.role is Role.DURATION else None
    if length is not None and length.is_integer():
        text = str(int(length))
        if node.value != text:  # "8s" where 8 is meant
            changes = () if node.fixed else (Edit(node.start, node.end, text),)
            yield _respelt(field, node, node.value, int(length), changes)
        return
    try:
        number = float(node.value)
    except ValueError:
        yield _wrong_type(field, node, "a text")
        return
    if not _in_range(field, number):
        yield _not_offered(field, node, node.value)


def _of_plain(field: Field, node: Plain, quote: str) -> Iterator[Finding]:
    value = node.value
    if value is None:
        if not field.takes_null:
            yield _wrong_type(field, node, "null")
    elif field.enum:
        yield from _of_choice(field, node, value, quote)
    elif field.type == "boolean":
        if not isinstance(value, bool) and value not in (0, 1):
            yield _wrong_type(field, node, json.dumps(value))
    elif field.type in {"integer", "number"}:
        if isinstance(value, bool):
            yield _wrong_type(field, node, json.dumps(value))
        elif not _in_range(field, value):
            yield _not_offered(field, node, value)
    else:
        yield _wrong_type(field, node, json.dumps(value))


def _of_choice(field: Field, node: Text | Plain, value: Any, quote: str) -> Iterator[Finding]:
    if any(type(value) is type(one) and value == one for one in field.enum):
        return
    same = same_choice(field, value)
    if same is None:
        yield _not_offered(field, node, value)
        return
    text = quoted(same, quote) if isinstance(same, str) else str(same)
    changes = () if node.fixed else (Edit(node.start, node.end, text),)
    yield _respelt(field, node, value, same, changes)


def _of_items(field: Field, node: Items, quote: str) -> Iterator[Finding]:
    if field.type != "array" or field.items is None:
        yield _wrong_type(field, node, "a list")
        return
    number = len(node.items)
    too_many = field.max_length is not None and number > field.max_length
    too_few = not node.open and number < (field.min_length or 0)
    if too_many or too_few:
        yield _not_offered(field, node, f"{number} items", plain=True)
    for item in node.items:
        if isinstance(item, Mapping) and field.items.object is not None:
            yield from _of_mapping(field.items, item, quote)
        else:
            yield from value_findings(field.items, item, quote)


def _of_mapping(field: Field, node: Mapping, quote: str) -> Iterator[Finding]:
    if field.object is None:
        yield _wrong_type(field, node, "an object")
        return
    known = {each.name: each for each in field.members}
    for member in node.members:
        name = member.key.value
        if name in known:
            yield from value_findings(known[name], member.value, quote)
        else:
            yield Finding(
                "unknown-field",
                member.key.start,
                member.key.end,
                f"{echo(name)} is no field of an item of {field.object.name}, and is ignored",
                f"Give {', '.join(known)}",
                blocks=True,
            )
    values = {m.key.value: literal(m.value) for m in node.members}
    for each in field.members:
        if each.required and each.name not in values and not node.open:
            yield _missing(each, node.start, node.end)
    for rule in field.object.rules:
        said = complaint(rule, values, not node.open)
        if said is not None:
            yield Finding(
                "field-conflict", node.start, node.end, said.rstrip("."), words.rule(rule)
            )


def _missing(field: Field, start: int, end: int) -> Finding:
    return Finding(
        "missing-field",
        start,
        min(end, start + 1),
        f"{field.name} is not given",
        f"Add {field.name}: {words.values(field)}",
        blocks=True,
    )


def missing(endpoint: Endpoint, field: Field, at: Mapping) -> Finding:
    """A field that the endpoint needs is not among these."""
    found = _missing(field, at.start, at.end)
    return Finding(
        found.rule,
        found.start,
        found.end,
        f"{field.name} is not given, and {endpoint.id} needs it",
        found.fix,
        blocks=True,
    )


def _in_range(field: Field, value: float) -> bool:
    least = -float("inf") if field.minimum is None else field.minimum
    most = float("inf") if field.maximum is None else field.maximum
    return least <= value <= most


def _wrong_type(field: Field, node: Node, given: str) -> Finding:
    return Finding(
        "wrong-type",
        node.start,
        node.end,
        f"{field.name} is {given}",
        f"Give {words.values(field)}",
    )


def _respelt(
    field: Field, node: Node, given: object, same: object, changes: Sequence[Edit]
) -> Finding:
    return Finding(
        "wrong-type",
        node.start,
        node.end,
        f"{field.name} is {json.dumps(given)}",
        f"Write {json.dumps(same)}",
        tuple(changes),
    )


def _not_offered(field: Field, node: Node, given: object, *, plain: bool = False) -> Finding:
    return Finding(
        "value-not-offered",
        node.start,
        node.end,
        f"{field.name} is {given if plain else json.dumps(echo(given))}",
        f"It takes {words.values(field)}",
    )


def _too_long(field: Field, node: Text) -> Finding:
    return Finding(
        "prompt-too-long" if field.role in _PROMPTS else "value-not-offered",
        node.start,
        node.end,
        f"{field.name} has {len(node.value):,} characters; at most {field.max_length:,} are taken",
        f"Shorten it by {len(node.value) - (field.max_length or 0):,} characters",
    )
