"""What the values of a request wish for, in words that the dialects of all providers share.

A field says something only where it is filled in with more than its endpoint's default: nobody
can tell a default that was asked for from one that was filled in.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from photoplay.catalogue import Endpoint, Field, Role, seconds
from photoplay.clip import Tier, parse_aspect
from photoplay.dialects.provider import Loc, MediaFile
from photoplay.dialects.verdicts import Verdicts

# Rows of a 16:9 frame by the words for resolutions.
ROWS_PX = {
    "480p": 480,
    "580p": 580,
    "720p": 720,
    "1080p": 1080,
    "true_1080p": 1080,
    "1440p": 1440,
    "2160p": 2160,
    "4k": 2160,
}
_TIER_ROWS_PX = {Tier.STANDARD: 720, Tier.PRO: 1080, Tier.FOUR_K: 2160}
USUAL_ROWS_PX = 720
_OWN_SHAPE = {"auto", "adaptive"}  # the clip is shaped like its first frame


@dataclass(frozen=True, slots=True)
class ShotWish:
    """One shot of several: its prompt, and its whole seconds."""

    prompt: str
    seconds: int


def check_words(
    endpoint: Endpoint,
    values: Mapping[str, Any],
    known: Collection[Role | str],
    verdicts: Verdicts,
    model: str,
) -> None:
    """Raise FeatureNotSupported for a field that says something `model` has no word for.

    `known` are the roles and the names of the fields that it has a word for.
    """
    for field in endpoint.fields:
        if field.role in known or field.name in known:
            continue
        if _says_something(field, values.get(field.name)):
            raise verdicts.unspeakable(
                field.name,
                rule=f"{model} has no word for it",
                fix="Leave it out, or have the clip made by fal, which takes every field",
            )


def shots_of(endpoint: Endpoint, values: Mapping[str, Any]) -> list[ShotWish]:
    """The shots that are told apart; empty where there is one prompt."""
    field = endpoint.find(Role.SHOTS)
    if field is None:
        return []
    names = {member.role: member.name for member in field.members}
    return [
        ShotWish(shot[names[Role.PROMPT]], int(seconds(shot[names[Role.DURATION]]) or 0))
        for shot in values.get(field.name) or ()
    ]


def length_s(endpoint: Endpoint, values: Mapping[str, Any]) -> float | None:
    """Seconds of the clip; None where the model chooses."""
    asked = seconds(endpoint.value(values, Role.DURATION))
    if asked is None:
        asked = sum(shot.seconds for shot in shots_of(endpoint, values)) or None
    return asked


def has_sound(endpoint: Endpoint, values: Mapping[str, Any]) -> bool:
    """Whether the clip is to have sound."""
    asked = endpoint.value(values, Role.AUDIO)
    return endpoint.has_audio if asked is None else bool(asked)


def named_shape(endpoint: Endpoint, values: Mapping[str, Any]) -> Fraction | None:
    """Width / height as the request names it; None if it is left to the first frame."""
    named = endpoint.value(values, Role.ASPECT)
    return None if named is None or named in _OWN_SHAPE else parse_aspect(named)


def shape_of(
    endpoint: Endpoint, values: Mapping[str, Any], files: Mapping[Loc, MediaFile]
) -> Fraction:
    """Width / height of the clip: as named, else that of its first frame, else 16:9."""
    named = named_shape(endpoint, values)
    image = endpoint.find(Role.START_IMAGE)
    file = None if image is None else files.get(("body", image.name))
    if named is not None:
        return named
    return Fraction(16, 9) if file is None or file.size_px is None else Fraction(*file.size_px)


def named_rows_px(endpoint: Endpoint, values: Mapping[str, Any]) -> int | None:
    """Rows of a 16:9 frame as the request names them; None if it names no resolution."""
    return ROWS_PX.get(str(endpoint.value(values, Role.RESOLUTION)))


def rows_px(endpoint: Endpoint, values: Mapping[str, Any]) -> int:
    """Rows of a 16:9 frame: as named, else those of the endpoint's tier, else 720."""
    tier = USUAL_ROWS_PX if endpoint.tier is None else _TIER_ROWS_PX[endpoint.tier]
    return named_rows_px(endpoint, values) or tier


def _says_something(field: Field, value: Any) -> bool:
    return value not in (None, "", []) and value != field.default
