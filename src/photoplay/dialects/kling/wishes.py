"""What an endpoint's values ask of Kling, in words that both designs of its API share."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from photoplay.catalogue import Endpoint, Field, Role, seconds
from photoplay.clip import Tier
from photoplay.dialects.provider import Inline
from photoplay.errors import FeatureNotSupported

Kind = Literal["image", "text", "motion", "omni"]
Source = str | Inline

FAMILY = "Kling"
_KINDS: Mapping[str, Kind] = {
    "image-to-video": "image",
    "text-to-video": "text",
    "motion-control": "motion",
}
_OMNI_KINDS = {"image-to-video", "text-to-video", "reference-to-video", "video-to-video"}
_GENERATIONS = {"v3", "v3-turbo", "v2.6", "v2.5"}
_AUTO = "auto"  # an aspect that is left to the source
# Fields without a role that have words here.
_NAMED = {"keep_original_sound", "keep_audio", "character_orientation"}
_ROLES = {
    Role.PROMPT,
    Role.SHOTS,
    Role.SHOT_TYPE,
    Role.NEGATIVE_PROMPT,
    Role.START_IMAGE,
    Role.END_IMAGE,
    Role.REFERENCES,
    Role.MOTION_VIDEO,
    Role.SOURCE_VIDEO,
    Role.VOICE,
    Role.DURATION,
    Role.AUDIO,
    Role.GUIDANCE,
    Role.ASPECT,
}
_TOKEN = re.compile(r"@(Image|Video)(\d)\b")


@dataclass(frozen=True, slots=True)
class Take:
    """One shot of several."""

    prompt: str
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One clip. None and empty: not asked for, or no such field.

    `negative` is what is not wanted, `is_own_negative` whether the caller said so themselves;
    `guidance` is given where it is not the usual one.
    """

    endpoint: Endpoint
    kind: Kind
    generation: str
    tier: Tier
    prompt: str
    takes: tuple[Take, ...]
    is_cut_by_model: bool
    negative: str
    is_own_negative: bool
    guidance: float | None
    length_s: int | None
    aspect: str | None
    audio: bool | None
    start: Source | None
    end: Source | None
    references: tuple[Source, ...]
    motion: Source | None
    video: Source | None  # which the clip is made from
    is_edit: bool  # `video` is changed, not only taken after
    orientation: str | None
    keeps_sound: bool
    voices: tuple[str, ...]

    def refused(self, asked: str, rule: str, fix: str = "Leave it out") -> FeatureNotSupported:
        """The error for a wish that this API has no words for; fal has them all."""
        return _refused(self.endpoint, asked, rule, fix)

    def named(self, token: str, text: str) -> str:
        """`text` with "@Image1" and "@Video1" spelt as `token`, which takes a kind and a number."""
        if not (self.references or self.video):
            return text
        return _TOKEN.sub(lambda m: token.format(kind=m[1].lower(), number=m[2]), text)


def read_wish(endpoint: Endpoint, values: Mapping[str, Any]) -> Wish:
    """The wish in `values` of `endpoint`. Raises FeatureNotSupported."""
    kind = _kind(endpoint)
    _check_sayable(endpoint, values)
    said = _Said(endpoint, values)
    negative, usual = said(Role.NEGATIVE_PROMPT) or "", endpoint.find(Role.NEGATIVE_PROMPT)
    guidance, scale = said(Role.GUIDANCE), endpoint.find(Role.GUIDANCE)
    length = seconds(said(Role.DURATION))
    aspect = said(Role.ASPECT)
    wish = Wish(
        endpoint=endpoint,
        kind=kind,
        generation=endpoint.generation,
        tier=endpoint.tier or Tier.STANDARD,
        prompt=said(Role.PROMPT) or "",
        takes=tuple(_takes(endpoint, said(Role.SHOTS))),
        is_cut_by_model=_is_cut_by_model(endpoint, said(Role.SHOT_TYPE)),
        negative=negative.strip(),
        is_own_negative=usual is not None and negative != usual.default,
        guidance=guidance if scale is not None and guidance != scale.default else None,
        length_s=None if length is None else int(length),
        aspect=None if aspect == _AUTO else aspect,
        audio=said(Role.AUDIO),
        start=said(Role.START_IMAGE),
        end=said(Role.END_IMAGE),
        references=tuple(said(Role.REFERENCES) or ()),
        motion=said(Role.MOTION_VIDEO),
        video=said(Role.SOURCE_VIDEO),
        is_edit=endpoint.find(Role.DURATION) is None,
        orientation=said.named("character_orientation"),
        keeps_sound=bool(said.named("keep_original_sound") or said.named("keep_audio")),
        voices=tuple(said(Role.VOICE) or ()),
    )
    _check_whole(wish)
    return wish


class _Said:
    """Values with the defaults of their fields."""

    def __init__(self, endpoint: Endpoint, values: Mapping[str, Any]) -> None:
        self._fields = {each.name: each for each in endpoint.fields}
        self._endpoint = endpoint
        self._values = values

    def __call__(self, role: Role) -> Any:
        found = self._endpoint.find(role)
        return None if found is None else self.named(found.name)

    def named(self, name: str) -> Any:
        field = self._fields.get(name)
        if field is None:
            return None
        value = self._values.get(name)
        return field.default if value is None else value


def _kind(endpoint: Endpoint) -> Kind:
    if endpoint.family == FAMILY:
        if endpoint.generation == "o3" and endpoint.kind in _OMNI_KINDS:
            return "omni"
        if endpoint.generation in _GENERATIONS and endpoint.kind in _KINDS:
            return _KINDS[endpoint.kind]
    raise _refused(
        endpoint,
        "a clip that Kling's own API does not make",
        "it makes the clips of Kling v3, v3 turbo, O3, v2.6 and v2.5",
        "Ask one of their endpoints",
    )


def _check_sayable(endpoint: Endpoint, values: Mapping[str, Any]) -> None:
    """A field that nothing here reads may not be filled in: no wish is dropped in silence."""
    for field in endpoint.fields:
        if field.role in _ROLES or field.name in _NAMED or not _is_filled(field, values):
            continue
        if field.role is Role.ELEMENTS:
            rule = "Kling's own API takes elements that were made there before, by their id"
        else:
            rule = "Kling's own API has no such field"
        raise _refused(endpoint, field.name, rule)


def _is_filled(field: Field, values: Mapping[str, Any]) -> bool:
    return values.get(field.name) not in (None, [], field.default)


def _takes(endpoint: Endpoint, shots: Any) -> list[Take]:
    field = endpoint.find(Role.SHOTS)
    if field is None or not shots:
        return []
    names = {member.role: member for member in field.members}
    prompt, length = names[Role.PROMPT], names[Role.DURATION]
    return [
        Take(shot[prompt.name], int(seconds(shot.get(length.name, length.default)) or 0))
        for shot in shots
    ]


def _is_cut_by_model(endpoint: Endpoint, word: Any) -> bool:
    if word not in (None, "customize", "intelligent", "intelligence"):
        raise _refused(endpoint, "shots of another type", "they are customize or intelligent")
    return word in ("intelligent", "intelligence")


def _check_whole(wish: Wish) -> None:
    """What neither design can put together."""
    if wish.takes and wish.is_cut_by_model:
        raise wish.refused(
            "shots and cuts by the model at once",
            "Kling's own API takes shots, or a prompt that the model cuts",
            "Leave out shot_type, or give one prompt",
        )
    if wish.voices and not wish.audio:
        raise wish.refused(
            "voices in a silent clip",
            "Kling's own API takes voices beside sound",
            "Set generate_audio to true",
        )
    field = wish.endpoint.find(Role.ASPECT)
    usual = (None, field.default if field is not None else None)
    if wish.start is not None and wish.aspect not in usual:
        raise wish.refused(
            f"a first frame and aspect ratio {wish.aspect} at once",
            "a clip of Kling's own API has the shape of its first frame",
            "Leave out the aspect ratio",
        )
    if wish.video is not None and not wish.is_edit and None in (wish.length_s, wish.aspect):
        raise wish.refused(
            "a clip as long and as wide as its source",
            "Kling's own API must be told both where a video is only a reference",
            "Give duration and aspect_ratio",
        )


def _refused(
    endpoint: Endpoint, asked: str, rule: str, fix: str = "Leave it out"
) -> FeatureNotSupported:
    return FeatureNotSupported(
        f"{endpoint.id} was asked for {asked}",
        rule=rule,
        fix=f"{fix}, or take provider fal, which can",
    )
