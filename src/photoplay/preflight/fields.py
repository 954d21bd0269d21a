"""The body against its endpoint's schema, and against what other generations call things.

An endpoint refuses what its schema refuses, and ignores in silence what it does not know.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from photoplay.catalogue import Endpoint, Field, Role, echo, words
from photoplay.dialects.fal.body import AVOID, read_body
from photoplay.direction.refusals import split_negative_tail
from photoplay.errors import BodyInvalid, FieldError
from photoplay.preflight.body import Json, name_of, prompt_fields, prompts, put
from photoplay.preflight.findings import Finding, Severity
from photoplay.preflight.shortening import shortened

_SHOWN_CHARS = 60  # of a value
_MOST_NAMES = 20  # of unknown fields that are reported
NEGATIVE_PROMPT = "negative_prompt"  # its usual name, where an endpoint has no such field

# What to do about a complaint of the schema, by its kind.
_FIXES = {
    "missing": "Add it",
    "literal_error": "Use one of these",
    "string_too_long": "Shorten it",
    "sequence_too_long": "Leave some out",
    "sequence_too_short": "Add some, or leave the field out",
    "less_than_equal": "Use a smaller number",
    "greater_than_equal": "Use a larger number",
}


def field_findings(endpoint: Endpoint, body: Json) -> Iterator[Finding]:
    """What the schema refuses, what it ignores, and what is spelt as in other generations."""
    short = _within_caps(endpoint, body)  # so that a long prompt does not hide the rest
    own, lenient = _read(endpoint, short)
    strict = _complaints(endpoint, short)
    for each in strict:
        yield _refused(endpoint, body, each, own)
    seen = {(each.loc, each.msg) for each in strict}
    for each in lenient:
        if (each.loc, each.msg) not in seen:
            yield _refused(endpoint, body, each, own)
    for complaint in _untold(endpoint, short, (*strict, *lenient)):
        yield _contradiction("", complaint, repairable=False)
    refused = {each.loc[1] for each in strict if len(each.loc) > 1}
    yield from _renamed(endpoint, body, refused, repairable=own is not None)
    for found in (*unknown_findings(endpoint, endpoint.fields, body), *_avoided(endpoint, body)):
        yield replace(found, repairable=own is not None)


def _within_caps(endpoint: Endpoint, body: Json) -> Json:
    """`body` with its long prompts shortened, those that can be: the others stay too long."""
    for place in prompts(endpoint, body):
        cap = place.field.max_length
        shorter = None if cap is None or len(place.text) <= cap else shortened(place.text, cap)
        if shorter is not None:
            body = put(body, place.path, shorter.text)
    return body


def _read(endpoint: Endpoint, body: Json) -> tuple[Json | None, Sequence[FieldError]]:
    """`body` in the endpoint's own spelling, or what is wrong with it in any spelling."""
    try:
        return read_body(endpoint, body).values, ()
    except BodyInvalid as error:
        return None, _but_lengths(endpoint, error.errors)


def _complaints(endpoint: Endpoint, body: Json) -> Sequence[FieldError]:
    try:
        endpoint.validate(body)
    except BodyInvalid as error:
        return _but_lengths(endpoint, error.errors)
    return ()


def _but_lengths(endpoint: Endpoint, errors: Sequence[FieldError]) -> Sequence[FieldError]:
    """All but the lengths of prompts, which are looked at with the prompts."""
    names = {each.name for each in prompt_fields(endpoint)}
    return [each for each in errors if each.type != "string_too_long" or each.loc[-1] not in names]


def _untold(endpoint: Endpoint, body: Json, told: Sequence[FieldError]) -> Iterator[str]:
    """What rules say that the schema did not come to, as some field was wrong before."""
    if any(each.type == "value_error" for each in told):
        return
    for rule in endpoint.rules if told else ():
        complaint = rule.complaint(body)
        if complaint is not None:
            yield complaint


def _refused(endpoint: Endpoint, body: Json, error: FieldError, own: Json | None) -> Finding:
    path = ".".join(map(str, error.loc[1:]))
    if error.type == "value_error":
        return _contradiction(path, error.msg, repairable=own is not None)
    field = _field_at(endpoint.fields, error.loc[1:])
    given = f"{path} is {_shown(error.input)}"
    rule = f"it takes {words.values(field)}" if field is not None else _lower(error.msg)
    fix = _FIXES.get(error.type, "Correct it")
    if error.type == "missing":
        given, rule, fix = _missing(endpoint, field, body, path)
    elif own is not None:
        fix = f"Write it as {_shown(_value_at(own, error.loc[1:]))}"
    return Finding(
        severity=Severity.ERROR,
        field=path,
        given=given,
        rule=rule,
        fix=fix,
        repairable=own is not None,
    )


def _contradiction(path: str, complaint: str, *, repairable: bool) -> Finding:
    return Finding(
        severity=Severity.ERROR,
        field=path,
        given=_lower(complaint),
        rule="the schema ties these fields together",
        fix="Make them agree",
        repairable=repairable,
    )


def _missing(
    endpoint: Endpoint, field: Field | None, body: Json, path: str
) -> tuple[str, str, str]:
    given, rule, fix = f"{path} is missing", f"{endpoint.id} needs it", "Add it"
    alias = None if field is None else name_of(field, body)
    if field is not None and alias is not None and alias != field.name and "." not in path:
        return f"{alias} is given, and {given}", "that is its name elsewhere", f"Call it {path}"
    return given, rule, fix


def _renamed(
    endpoint: Endpoint, body: Json, refused: set[str | int], *, repairable: bool
) -> Iterator[Finding]:
    """Optional fields under a name of other generations: ignored, though they were meant."""
    known = {field.name for field in endpoint.fields}
    for field in endpoint.fields:
        alias = name_of(field, body)
        if alias == field.name or alias in known or field.name in refused:
            continue
        yield Finding(
            severity=Severity.ERROR,
            field=alias,
            given=f"{alias} is no field of {endpoint.id}, which ignores it",
            rule=f"it is called {field.name} here",
            fix=f"Call it {field.name}",
            repairable=repairable,
        )


def unknown_findings(
    endpoint: Endpoint, fields: Sequence[Field], body: Mapping[str, Any], where: str = ""
) -> Iterator[Finding]:
    """Fields that have no effect, at most so many of one object."""
    known = {name for field in fields for name in (field.name, *field.aliases)}
    for name in [each for each in body if each not in known][:_MOST_NAMES]:
        shown = str(echo(name))[:_SHOWN_CHARS]
        yield Finding(
            severity=Severity.ADVICE,
            field=f"{where}{shown}",
            given=f"{where}{shown} is no field of {endpoint.id}",
            rule="what it does not know it ignores, and says nothing",
            fix=_instead(endpoint, name),
        )
    for field in fields:
        value = body.get(field.name)
        items = value if isinstance(value, list) else [value]
        for at, item in enumerate(items[:_MOST_NAMES] if field.members else ()):
            if isinstance(item, Mapping):
                path = f"{where}{field.name}." + (f"{at}." if isinstance(value, list) else "")
                yield from unknown_findings(endpoint, field.members, item, path)


def _instead(endpoint: Endpoint, name: str) -> str:
    if name == "aspect_ratio" and endpoint.find(Role.START_IMAGE) is not None:
        return "Leave it out, and crop the image: the clip has its shape"
    if name == NEGATIVE_PROMPT and endpoint.negative_in_prompt:
        return f"Say it at the end of the prompt, after {AVOID}"
    return "Leave it out"


def _avoided(endpoint: Endpoint, body: Json) -> Iterator[Finding]:
    """A prompt that says what to avoid, where there is a field for it."""
    field, negative = endpoint.find(Role.PROMPT), endpoint.find(Role.NEGATIVE_PROMPT)
    text = None if field is None else body.get(field.name)
    if field is None or negative is None or not isinstance(text, str):
        return
    wanted, avoided = split_negative_tail(text[: field.max_length])
    if wanted.strip() and avoided.strip():
        yield Finding(
            severity=Severity.ADVICE,
            field=field.name,
            given=f"{field.name} says what to avoid: {_shown(' '.join(avoided.split()))}",
            rule="what a prompt names tends to appear",
            fix=f"Say it in {negative.name}",
        )


def _field_at(fields: Sequence[Field], loc: Sequence[str | int]) -> Field | None:
    """The field that `loc` leads to; for an item of a list of texts, what the list holds."""
    found: Field | None = None
    for step in loc:
        if isinstance(step, int):
            found = found.items if found is not None else None
        else:
            found = next((each for each in fields if each.name == step), None)
        if found is None:
            return None
        fields = found.members or fields
    return found


def _value_at(values: Any, loc: Sequence[str | int]) -> Any:
    for step in loc:
        values = values[step]
    return values


def _shown(value: object) -> str:
    text = json.dumps(echo(value), ensure_ascii=False)
    return text if len(text) <= _SHOWN_CHARS else f"{text[:_SHOWN_CHARS]}…"


def _lower(sentence: str) -> str:
    return f"{sentence[:1].lower()}{sentence[1:]}".rstrip(".")
