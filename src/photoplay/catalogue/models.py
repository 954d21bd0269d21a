"""Request models made from rows: pydantic checks a body, and its complaints become ours."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from operator import getitem
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError, create_model, model_validator
from pydantic import Field as Constraint
from pydantic_core import PydanticCustomError

from photoplay.catalogue.rows import Field
from photoplay.catalogue.rules import Rule
from photoplay.errors import BodyInvalid, FieldError

MOST_ITEMS = 100  # of a list whose length nobody has published: longer ones are no request
MOST_ERRORS = 50  # that are reported: a hostile body could make a million
_ECHO_CHARS = 200  # of a text that is sent back with an error
_ECHO_ITEMS = 20  # of an object or a list that is sent back
_TYPES: dict[str, type] = {"string": str, "integer": int, "number": float, "boolean": bool}

# What pydantic says of lists, in the words of https://docs.fal.ai/errors.
_WORDS = {"too_short": "sequence_too_short", "too_long": "sequence_too_long"}


def model_of(name: str, fields: Sequence[Field], rules: Sequence[Rule]) -> type[BaseModel]:
    """The model of an object with these fields. Unknown fields are passed over."""
    # The names are aliases only: as attributes they could hide those of a model.
    definitions: dict[str, Any] = {
        f"field_{index}": (_annotation(each), Constraint(_default(each), alias=each.name))
        for index, each in enumerate(fields)
    }
    return create_model(
        name,
        __config__=ConfigDict(extra="ignore", allow_inf_nan=False),
        __validators__={"rules": _checked_by(rules)} if rules else {},
        **definitions,
    )


def validated(model: type[BaseModel], fields: Sequence[Field], body: object) -> dict[str, Any]:
    """`body` by name of its fields, with defaults. Raises BodyInvalid."""
    try:
        filled = model.model_validate(body)
    except ValidationError as error:
        found = error.errors(include_url=False)[:MOST_ERRORS]
        raise BodyInvalid.of([_field_error(each) for each in found]) from None
    return _without_idle_nulls(fields, filled.model_dump(by_alias=True))


def echo(value: object, depth: int = 3) -> Any:
    """`value` as it may be sent back: JSON that any client can read, and not much of it."""
    if isinstance(value, str):
        text = value.encode("utf-8", "replace").decode()
        return text if len(text) <= _ECHO_CHARS else f"{text[:_ECHO_CHARS]}…"
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2**63:
        return "a very large number"
    if isinstance(value, Mapping | list):
        return _echo_items(value, depth)
    return value


def printable(text: str) -> str:
    """`text` with what would move a cursor or turn a line written as an escape."""
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text)


def _echo_items(value: Mapping[str, Any] | list[Any], depth: int) -> Any:
    if depth == 0 or len(value) > _ECHO_ITEMS:
        return f"{len(value)} {'fields' if isinstance(value, Mapping) else 'items'}"
    if isinstance(value, Mapping):
        return {echo(name): echo(item, depth - 1) for name, item in value.items()}
    return [echo(item, depth - 1) for item in value]


def _default(field: Field) -> Any:
    return ... if field.required else field.default


def _annotation(field: Field) -> Any:
    kind = _constrained(field, _kind(field))
    return kind | None if field.takes_null else kind


def _kind(field: Field) -> Any:
    if field.enum:
        return getitem(Literal, field.enum)
    if field.type == "array":
        assert field.items is not None, field.name
        item = _constrained(field.items, _kind(field.items))  # null is no item, optional or not
        return list[item]  # type: ignore[valid-type]
    if field.type == "object":
        assert field.object is not None, field.name
        return model_of(field.object.name, field.object.fields, field.object.rules)
    return _TYPES[field.type]


def _constrained(field: Field, kind: Any) -> Any:
    least, most = field.min_length, field.max_length
    if field.type == "array" and most is None:
        most = MOST_ITEMS
    if field.type == "string" and not field.enum and least is None:
        least = 0  # only a text with a limit is looked into, and found to be no Unicode
    limits = {
        "ge": field.minimum,
        "le": field.maximum,
        "min_length": least,
        "max_length": most,
    }
    known: dict[str, Any] = {name: limit for name, limit in limits.items() if limit is not None}
    return Annotated[kind, Constraint(**known)] if known else kind


def _checked_by(rules: Iterable[Rule]) -> Any:
    def check(filled: BaseModel) -> BaseModel:
        values = filled.model_dump(by_alias=True)
        for rule in rules:
            complaint = rule.complaint(values)
            if complaint is not None:
                raise PydanticCustomError("value_error", "{complaint}", {"complaint": complaint})
        return filled

    return model_validator(mode="after")(check)


def _field_error(found: Mapping[str, Any]) -> FieldError:
    loc, given = ("body", *found["loc"]), echo(found["input"])
    if found["type"] == "model_type":  # its words name the model, which nobody outside knows
        return FieldError(loc, "Input should be a valid dictionary", "dict_type", {}, given)
    limits = found.get("ctx", {})
    ctx = {name: echo(limit) for name, limit in limits.items() if name != "complaint"}
    return FieldError(loc, found["msg"], _WORDS.get(found["type"], found["type"]), ctx, given)


def _without_idle_nulls(fields: Sequence[Field], filled: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out nulls that say no more than leaving the field out."""
    kept = {}
    for field in fields:
        value = filled[field.name]
        if value is None and not field.nullable:
            continue
        if field.members and isinstance(value, list):
            value = [_without_idle_nulls(field.members, item) for item in value]
        elif field.members and isinstance(value, Mapping):
            value = _without_idle_nulls(field.members, value)
        kept[field.name] = value
    return kept
