"""Fills the fields beside the prompt: lengths, sound, pictures, and what is not wanted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from photoplay.catalogue import Field, Lifecycle, Role, words
from photoplay.compose.account import Account, Json, Prompt
from photoplay.compose.avoidance import DEFAULT_AVOIDED, Asked, avoided_items
from photoplay.compose.brief import Brief
from photoplay.compose.parts import Part
from photoplay.compose.target import Target
from photoplay.compose.timing import spelt
from photoplay.compose.writing import avoidance
from photoplay.given import MAX_PROMPT_CHARS

_SHOWN_CHARS = 60  # of a text that a note quotes


def to_avoid(
    brief: Brief, target: Target, parts: Sequence[Part], account: Account
) -> tuple[str, ...]:
    """What is to be avoided, the brief's own things first, without what its `parts` ask for."""
    own = avoided_items(brief.avoidance)
    field = target.endpoint.find(Role.NEGATIVE_PROMPT)
    if field is None and not target.avoid_wording:
        for one in own:
            account.leave_one("avoidance", one, f"{target.endpoint.id} has no negative prompt")
        return ()
    usual: tuple[str, ...] = ()
    if field is not None or target.endpoint.negative_in_prompt:
        usual = (*DEFAULT_AVOIDED, str(field.default or "") if field is not None else "")
    # What is said is not what is seen: a line may name what the picture avoids. And the guard
    # for limbs asks for nothing.
    idle = ("dialogue", "people")
    asked = Asked((part.where, part.text) for part in parts if part.item not in idle)
    kept = []
    for one in avoided_items([*own, *usual]):
        clash = asked.clash(one)
        if clash is None:
            kept.append(one)
            continue
        reason = f"{clash.item} asks for it: {_shown(clash.text)}"
        account.notes.append(f'"{one}" is not avoided, as {reason}')
        if one in own:
            account.leave_one("avoidance", one, reason)
    return tuple(kept)


def negative(target: Target, avoided: Sequence[str], account: Account) -> Json:
    """The negative prompt, where the endpoint has a field for it. What is last has no room."""
    field = target.endpoint.find(Role.NEGATIVE_PROMPT)
    if field is None:
        return {}
    kept, most = list(avoided), field.max_length or MAX_PROMPT_CHARS
    excess = len(", ".join(kept)) - most
    while excess > 0:
        gone = kept.pop()
        excess -= len(gone) + len(", ")
        account.leave_one("avoidance", gone, f"no room: {field.name} takes {most:,} characters")
    account.used += [avoidance(one) for one in kept]
    return {field.name: ", ".join(kept)}


def prompts(target: Target, written: Sequence[Prompt]) -> Json:
    """The prompt, or the shots with their own."""
    if written[0].seconds is None:
        return {target.prompt.name: written[0].text}
    field = target.shots
    return {field.name: [_shot(field, number, one) for number, one in enumerate(written, 1)]}


def lengths(brief: Brief, target: Target, seconds: tuple[int, ...], account: Account) -> Json:
    """How long the clip is, and who cuts it. Raises InvalidRequest for a length it cannot have."""
    filled: Json = {}
    cuts = target.endpoint.find(Role.SHOT_TYPE)
    if cuts is not None and len(brief.shots) > 1:
        filled[cuts.name] = True if cuts.type == "boolean" else cuts.default
    field = target.endpoint.find(Role.DURATION)
    total = sum(seconds) or brief.duration_s
    if field is not None and total is not None:
        filled[field.name] = spelt(field, total, "the clip")
    elif total is not None:
        account.leave_one("duration", f"{total} s", f"{target.endpoint.id} takes no duration")
    return filled


def sound(brief: Brief, target: Target, account: Account) -> Json:
    """Whether there is sound, said in so many words: its default differs between generations."""
    field = target.endpoint.find(Role.AUDIO)
    if field is not None:
        return {field.name: not brief.silent}
    if brief.silent and target.endpoint.has_audio:
        account.notes.append(f"clips of {target.endpoint.id} always have sound")
    return {}


def start_image(target: Target, url: str | None, account: Account) -> Json:
    """The first frame, where the endpoint takes one."""
    field = target.endpoint.find(Role.START_IMAGE)
    if url is None:
        return {}
    if field is None:
        reason = f"{target.endpoint.id} takes no start image"
        account.leave_one("image", _shown(url), reason)
        return {}
    return {field.name: url}


def with_references_taken(brief: Brief, target: Target, account: Account) -> Brief:
    """`brief` with as many references as the endpoint takes."""
    field = _image_list(target)
    most = 0 if field is None else field.max_length or len(brief.references)
    takes = f"at most {most}" if most else "no"
    for one in brief.references[most:]:
        reason = f"{target.endpoint.id} takes {takes} references"
        account.leave_one("references", f"{one.shows}: {_shown(one.image)}", reason)
    return replace(brief, references=brief.references[:most])


def references(brief: Brief, target: Target) -> Json:
    """The pictures of who and what appears, by their URLs."""
    field = _image_list(target)
    if field is None or not brief.references:
        return {}
    return {field.name: [one.image.strip() for one in brief.references]}


def lifecycle(target: Target) -> list[str]:
    """What to know of an endpoint that is not simply in service."""
    if target.endpoint.lifecycle is Lifecycle.ACTIVE:
        return []
    return [f"{target.endpoint.id} is {words.status(target.endpoint)}"]


def _image_list(target: Target) -> Field | None:
    """The field for a list of reference images."""
    for field in target.endpoint.fields:
        if field.role is Role.REFERENCES and field.items is not None:
            media = field.items.media
            if media is not None and media.kind == "image":
                return field
    return None


def _shot(field: Field, number: int, prompt: Prompt) -> Json:
    names = {one.role: one for one in field.members}
    shot: Json = {names[Role.PROMPT].name: prompt.text}
    length = names.get(Role.DURATION)
    if length is not None and prompt.seconds is not None:
        shot[length.name] = spelt(length, prompt.seconds, f"shot {number}")
    return shot


def _shown(text: str) -> str:
    short = text if len(text) <= _SHOWN_CHARS else f"{text[:_SHOWN_CHARS]}…"
    return f'"{short}"'
