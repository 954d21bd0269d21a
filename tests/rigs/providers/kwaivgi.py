"""What resellers of Kling's models check in a request: the published fields, and no others."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

Check = Callable[[Any], bool]
ASPECTS = ("16:9", "9:16", "1:1")


def text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= 2500


def flag(value: Any) -> bool:
    return isinstance(value, bool)


def share(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


def link(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("http")


def one_of(*words: str) -> Check:
    return lambda value: value in words


def length(*seconds: int) -> Check:
    return lambda value: type(value) is int and value in seconds


def shots(value: Any) -> bool:
    return (
        isinstance(value, list)
        and 1 <= len(value) <= 6
        and all(set(each) == {"prompt", "duration"} for each in value)
        and all(text(each["prompt"]) and type(each["duration"]) is int for each in value)
    )


LONG, SHORT = length(*range(3, 16)), length(5, 10)
TAKE = {"prompt": text, "duration": LONG, "sound": flag}
TUNED = TAKE | {"negative_prompt": text, "cfg_scale": share}
CUT = {"shot_type": one_of("customize", "intelligent"), "multi_prompt": shots}
FRAMES = {"image": link, "end_image": link}
SHAPE = {"aspect_ratio": one_of(*ASPECTS)}
MOTION = {
    "image": link,
    "video": link,
    "character_orientation": one_of("image", "video"),
    "prompt": text,
    "negative_prompt": text,
    "keep_original_sound": flag,
}
TURBO = {"prompt": text, "multi_prompt": shots, "duration": LONG}
Fields = Mapping[str, Check]

WAVESPEED: Mapping[str, tuple[Fields, tuple[str, ...]]] = {
    r"v3\.0-(std|pro|4k)/image-to-video": (TUNED | CUT | FRAMES, ("image",)),
    r"v3\.0-(std|pro|4k)/text-to-video": (TUNED | CUT | SHAPE, ()),
    r"v(3\.0|2\.6)-(std|pro)/motion-control": (MOTION, ("image", "video")),
    r"v3-turbo-(std|pro)/image-to-video": (TURBO | {"image": link}, ("image",)),
    r"v3-turbo-(std|pro)/text-to-video": (TURBO | SHAPE, ()),
    r"video-o3-(std|pro|4k)/image-to-video": (TAKE | CUT | FRAMES, ("image",)),
    r"video-o3-(std|pro|4k)/text-to-video": (TAKE | CUT | SHAPE, ()),
    r"v2\.6-pro/image-to-video": (TUNED | FRAMES | {"duration": SHORT}, ("image", "prompt")),
    r"v2\.6-pro/text-to-video": (TUNED | SHAPE | {"duration": SHORT}, ("prompt",)),
    r"v2\.5-turbo-pro/image-to-video": (
        {"prompt": text, "image": link, "last_image": link, "negative_prompt": text}
        | {"guidance_scale": share, "duration": SHORT},
        ("image", "prompt"),
    ),
}
ATLASCLOUD: Mapping[str, tuple[Fields, tuple[str, ...]]] = {
    r"v3\.0-(std|pro|4k)/image-to-video": (TUNED | FRAMES, ("image", "prompt")),
    r"v3\.0-(std|pro|4k)/text-to-video": (TUNED | SHAPE, ("prompt",)),
    r"video-o3-(std|pro|4k)/image-to-video": (TAKE | FRAMES, ("image", "prompt")),
}


def fault_in(
    models: Mapping[str, tuple[Fields, tuple[str, ...]]], model: str, body: Any
) -> tuple[int, str] | None:
    """Status and message of what is wrong with a request; None if nothing is."""
    found = [
        fields
        for pattern, fields in models.items()
        if re.fullmatch(f"kwaivgi/kling-{pattern}", model)
    ]
    if not found:
        return 404, f"model {model} not found"
    ((fields, required),) = found
    if not isinstance(body, dict):
        return 400, "body must be an object"
    for name, value in body.items():
        if name not in fields:
            return 400, f"unknown parameter: {name}"
        if not fields[name](value):
            return 400, f"invalid value for {name}"
    missing = [name for name in required if name not in body]
    if missing:
        return 400, f"missing parameter: {missing[0]}"
    if "prompt" in body and "multi_prompt" in body:
        return 400, "prompt and multi_prompt are mutually exclusive"
    if "end_image" in body and "multi_prompt" in body:
        return 400, "end_image cannot be used with multi_prompt"
    return None
