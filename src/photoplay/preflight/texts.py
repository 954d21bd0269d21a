"""The prompts: their length, their characters, what they refer to, and what they name."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from photoplay.catalogue import Endpoint, Role
from photoplay.errors import InvalidPrompt
from photoplay.given import MAX_PROMPT_CHARS, check_text
from photoplay.moderation import WordList
from photoplay.preflight.body import Json, Place, prompts
from photoplay.preflight.findings import Finding, Severity
from photoplay.preflight.shortening import MOST_CHARS, shortened

AIM_CHARS = 1500  # beyond which prompts are followed less closely
_MOST_NUMBER = 99  # of a token that anyone would write
_TOKEN = re.compile(r"(?<![\w@])@(Element|Image|Video|Audio)(\d{1,3})(?!\w)", re.IGNORECASE)
_VOICE = re.compile(r"<<<\s{0,3}(voice|element|image|video)_(\d{1,3})\s{0,3}>>>", re.IGNORECASE)
_ADVISED = {"brand"}  # categories that are often let through


def text_findings(endpoint: Endpoint, body: Json) -> Iterator[Finding]:
    """What is wrong with the prompts of `body`."""
    found = prompts(endpoint, body)
    for place in found:
        yield from _length(place)
        yield from _characters(place)
    yield from _tokens(endpoint, body, found)
    yield from _content(found)


def _length(place: Place) -> Iterator[Finding]:
    length, cap = len(place.text), place.field.max_length
    if not place.text.strip():
        yield Finding(
            severity=Severity.ERROR,
            field=place.path,
            given=f"{place.path} is empty",
            rule="a clip is made of what the prompt says",
            fix="Say what happens, or leave the field out where it is optional",
        )
    elif cap is not None and length > cap:
        can_be = shortened(place.text, cap) is not None
        yield Finding(
            severity=Severity.ERROR,
            field=place.path,
            given=f"{place.path} has {length:,} characters",
            rule=f"at most {cap:,} are taken",
            fix="Leave out the least important sentences" if can_be else "Write it shorter",
            repairable=can_be,
        )
    elif length > AIM_CHARS:
        yield Finding(
            severity=Severity.ADVICE,
            field=place.path,
            given=f"{place.path} has {length:,} characters",
            rule=f"models follow about {AIM_CHARS:,} best",
            fix="Leave out what the picture shows anyway",
        )


def _characters(place: Place) -> Iterator[Finding]:
    """Characters that are not text, looked for piece by piece."""
    for start in range(0, min(len(place.text), MOST_CHARS), MAX_PROMPT_CHARS):
        try:
            check_text(place.text[start : start + MAX_PROMPT_CHARS], place.path)
        except InvalidPrompt as error:
            yield Finding.of(error, place.path)
            return


def _tokens(endpoint: Endpoint, body: Json, found: Sequence[Place]) -> Iterator[Finding]:
    given = _given(endpoint, body)
    named: Counter[str] = Counter()
    for place in found:
        text = place.text[:MOST_CHARS]
        written = [*_TOKEN.finditer(text), *_VOICE.finditer(text)]
        for match in {match[0].lower(): match for match in written}.values():
            kind, number = match[1].capitalize(), int(match[2])
            named[kind] += 1
            if not 1 <= number <= min(given[kind], _MOST_NUMBER):
                yield _refers_to_nothing(place, match[0], kind, given[kind])
    for kind in ("Element", "Image"):
        if given[kind] and not named[kind] and _is_called(endpoint, kind):
            yield Finding(
                severity=Severity.ADVICE,
                field=found[0].path if found else "",
                given=f"no prompt names @{kind}1",
                rule=f"what is given is used where a prompt calls it, as @{kind}1",
                fix="Name it where it appears",
            )


def _refers_to_nothing(place: Place, token: str, kind: str, count: int) -> Finding:
    what = kind.lower()
    return Finding(
        severity=Severity.ERROR,
        field=place.path,
        given=f"{place.path} names {token}",
        rule=f"the request has {count or 'no'} {what}{'' if count == 1 else 's'} to be called so",
        fix=f"Add the {what}, or describe it in words",
    )


def _given(endpoint: Endpoint, body: Mapping[str, Any]) -> Counter[str]:
    """How many things of each kind a prompt may call by number."""
    found: Counter[str] = Counter()
    for field in endpoint.fields:
        value = body.get(field.name)
        count = len(value) if isinstance(value, list) else int(isinstance(value, str))
        media = (field.items or field).media
        if isinstance(value, list) != (field.type == "array"):
            continue
        if field.role is Role.ELEMENTS:
            found["Element"] += count
        elif field.role is Role.VOICE:
            found["Voice"] += count
        elif field.role in (Role.REFERENCES, Role.SOURCE_VIDEO) and media is not None:
            found[media.kind.capitalize()] += count
    return found


def _is_called(endpoint: Endpoint, kind: str) -> bool:
    """Whether the endpoint's own words say that prompts call it so."""
    return any(f"@{kind}1" in field.description for field in endpoint.fields)


def _content(found: Sequence[Place]) -> Iterator[Finding]:
    """What content policies object to, by category."""
    for name, words in _word_lists().items():
        for place in found:
            objection = words.check([place.text[:MOST_CHARS]])
            if objection is None:
                continue
            named = ", ".join(f'"{word}"' for word in objection.words)
            yield Finding(
                severity=Severity.ADVICE if name in _ADVISED else Severity.ERROR,
                field=place.path,
                given=f"{place.path} names {objection.title}: {named}",
                rule=f"by the content policies of services, {objection.rule}",
                fix=objection.fix,
            )


@cache
def _word_lists() -> Mapping[str, WordList]:
    """The built-in word list by category: as one, it only tells the first that is named."""
    document = tomllib.loads((files("photoplay") / "moderation.toml").read_text("utf-8"))
    innocent = document.pop("innocent")
    return {name: WordList({"innocent": innocent, name: table}) for name, table in document.items()}
