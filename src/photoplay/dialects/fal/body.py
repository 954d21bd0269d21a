"""Reads a request body in whatever schema generation it is spelt, into its endpoint's own.

Every rewrite leaves a note. In strict mode nothing is rewritten: the endpoint's schema decides.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from photoplay.catalogue import MOST_ITEMS, Endpoint, Field, Lifecycle, Role, echo, seconds
from photoplay.dialects.fal.request import departures
from photoplay.direction.refusals import split_negative_tail
from photoplay.given import MAX_PROMPT_CHARS

Json = dict[str, Any]

AVOID = "AVOID:"  # begins the line that says what to avoid where there is no field for it
_MOST_NAMES = 5  # of ignored fields that a note lists
_NAME_CHARS = 40  # of each


@dataclass(frozen=True, slots=True)
class Read:
    """A body as its endpoint understands it.

    `values` have the endpoint's own spelling, with defaults. `rewrites` say what was spelt
    otherwise, `departures` what a clip made here does not follow; sentences without a full stop.
    """

    values: Json
    rewrites: tuple[str, ...] = ()
    departures: tuple[str, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """All that the caller should hear of."""
        return self.rewrites + self.departures


def read_body(endpoint: Endpoint, body: object, *, strict: bool = False) -> Read:
    """`body`, any JSON value, checked against `endpoint`'s schema. Raises BodyInvalid."""
    notes: list[str] = []
    if endpoint.lifecycle is Lifecycle.DEPRECATED:
        instead = f"; use {endpoint.replacement}" if endpoint.replacement else ""
        notes.append(f"{endpoint.id} is deprecated{instead}")
    if isinstance(body, Mapping) and not strict:
        body = _in_own_spelling(endpoint, body, notes)
    values = endpoint.validate(body)
    assert isinstance(body, Mapping)  # nothing else is valid
    _note_ignored(endpoint, body, notes)
    return Read(values, tuple(notes), departures(endpoint, values))


def _in_own_spelling(endpoint: Endpoint, body: Mapping[str, Any], notes: list[str]) -> Json:
    own = _renamed(endpoint.fields, dict(body), notes)
    own = _respelt(endpoint.fields, own, notes)
    own = _with_negative(endpoint, own, notes)
    return _with_length_of_shots(endpoint, own, notes)


def _renamed(fields: Sequence[Field], body: Json, notes: list[str]) -> Json:
    """Names that other generations give to a field, if its own is not there."""
    known = {field.name for field in fields}
    for field in fields:
        if body.get(field.name) is not None:
            continue
        for alias in field.aliases:
            if alias not in known and body.get(alias) is not None:
                body[field.name] = body.pop(alias)
                notes.append(f"{alias} was read as {field.name}")
                break
    return body


def _respelt(fields: Sequence[Field], body: Json, notes: list[str], where: str = "") -> Json:
    """Values of a choice in another type or unit: 8 for "8", "8" for 8 or "8s"."""
    for field in fields:
        value = body.get(field.name)
        path = where + field.name
        if field.enum:
            same = same_choice(field, value)
            if same is not None:
                body[field.name] = same
                notes.append(f"{path} {json.dumps(value)} was read as {json.dumps(same)}")
        elif field.members and isinstance(value, list) and len(value) <= MOST_ITEMS:
            body[field.name] = [
                _respelt(field.members, dict(item), notes, f"{path}.{index}.")
                if isinstance(item, Mapping)
                else item
                for index, item in enumerate(value)
            ]
    return body


def same_choice(field: Field, value: object) -> str | int | None:
    """The member of the choice that `value` means; None if it is one, or means none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    if any(type(value) is type(member) and value == member for member in field.enum):
        return None
    length = seconds(value)
    for member in field.enum:
        if length is not None and seconds(member) == length:
            return member
    return None


def _with_negative(endpoint: Endpoint, body: Json, notes: list[str]) -> Json:
    """What is not wanted goes where this generation has it: in a field, or at the prompt's end."""
    prompt_field = endpoint.find(Role.PROMPT)
    prompt = None if prompt_field is None else body.get(prompt_field.name)
    if prompt_field is None or not isinstance(prompt, str) or len(prompt) > MAX_PROMPT_CHARS:
        return body
    field = endpoint.find(Role.NEGATIVE_PROMPT)
    if field is not None:
        return _negative_out_of(prompt_field.name, prompt, field.name, body, notes)
    negative = body.get("negative_prompt")
    if not endpoint.negative_in_prompt or not isinstance(negative, str) or not negative.strip():
        return body
    longer = f"{prompt}\n{AVOID} {' '.join(negative.split())}"
    if len(longer) > (prompt_field.max_length or MAX_PROMPT_CHARS):
        return body  # it is ignored, as any unknown field, and said to be
    del body["negative_prompt"]
    notes.append(f"negative_prompt was put at the end of {prompt_field.name}, after {AVOID}")
    return body | {prompt_field.name: longer}


def _negative_out_of(name: str, prompt: str, negative: str, body: Json, notes: list[str]) -> Json:
    wanted, avoided = split_negative_tail(prompt)
    given = body.get(negative) or ""
    if not avoided.strip() or not wanted.strip() or not isinstance(given, str):
        return body
    notes.append(f"what {name} says to avoid was moved to {negative}")
    parts = [part for part in (given.strip(), avoided.strip()) if part]
    return body | {name: wanted.strip(), negative: ", ".join(parts)}


def _with_length_of_shots(endpoint: Endpoint, body: Json, notes: list[str]) -> Json:
    """Without a duration, several shots last as long as all of them."""
    shots, length = endpoint.find(Role.SHOTS), endpoint.find(Role.DURATION)
    if shots is None or length is None or length.name in body:
        return body
    given = body.get(shots.name)
    part = next((each for each in shots.members if each.role is Role.DURATION), None)
    if not isinstance(given, list) or part is None:
        return body
    lengths = [
        seconds(shot.get(part.name, part.default)) if isinstance(shot, Mapping) else None
        for shot in given
    ]
    if not lengths or None in lengths:
        return body
    total = sum(each for each in lengths if each is not None)
    whole = next((choice for choice in length.enum if seconds(choice) == total), None)
    if whole is None:
        return body
    if whole != length.default:
        notes.append(f"{length.name} was set to {json.dumps(whole)}, the length of all shots")
    return body | {length.name: whole}


def _note_ignored(endpoint: Endpoint, body: Mapping[str, Any], notes: list[str]) -> None:
    known = {field.name for field in endpoint.fields}
    unknown = [name for name in body if name not in known]
    if not unknown:
        return
    names = [str(echo(name))[:_NAME_CHARS] for name in unknown[:_MOST_NAMES]]
    more = f" and {len(unknown) - _MOST_NAMES} more" if len(unknown) > _MOST_NAMES else ""
    were = "is no field" if len(unknown) == 1 else "are no fields"
    why = ""
    if "aspect_ratio" in unknown and endpoint.find(Role.START_IMAGE) is not None:
        why = ": the clip has the shape of its image"
    notes.append(f"{', '.join(names)}{more} {were} of this endpoint and had no effect{why}")
