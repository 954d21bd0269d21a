"""Kling's models as they are resold: which one an endpoint means, and its fields in their words.

WaveSpeed and AtlasCloud sell them under the same names, `kwaivgi/kling-v3.0-pro/image-to-video`,
with the same fields. Each has some of the models, and some of the fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from photoplay.catalogue import Endpoint, Field, Role, seconds
from photoplay.clip import Tier
from photoplay.dialects.provider import Json
from photoplay.dialects.verdicts import Verdicts

FAMILY = "Kling"
_TIERS = {Tier.STANDARD: "std", Tier.PRO: "pro", Tier.FOUR_K: "4k"}
_ELSEWHERE = "Leave it out, or use the provider fal, which can"

# What fields are called, by their role, or by their name where they have none.
Words = Mapping[str, str]
TAKE: Words = {
    Role.PROMPT: "prompt",
    Role.DURATION: "duration",
    Role.AUDIO: "sound",
}
SHOTS: Words = {Role.SHOTS: "multi_prompt"}
CUTS: Words = {**SHOTS, Role.SHOT_TYPE: "shot_type"}
TUNING: Words = {Role.NEGATIVE_PROMPT: "negative_prompt", Role.GUIDANCE: "cfg_scale"}
FRAMES: Words = {Role.START_IMAGE: "image", Role.END_IMAGE: "end_image"}
SHAPE: Words = {Role.ASPECT: "aspect_ratio"}
MOTION: Words = {
    Role.PROMPT: "prompt",
    Role.START_IMAGE: "image",
    Role.MOTION_VIDEO: "video",
    Role.ORIENTATION: "character_orientation",
    Role.KEEP_SOUND: "keep_original_sound",
}


@dataclass(frozen=True, slots=True)
class Model:
    """A model of one reseller. `id` has `{tier}` where it names one."""

    id: str
    words: Words


@dataclass(frozen=True, slots=True)
class Models:
    """What one reseller has, by generation and kind of the endpoint."""

    verdicts: Verdicts
    table: Mapping[tuple[str, str], Model]

    def check(self, endpoint: Endpoint, values: Mapping[str, Any]) -> None:
        """Raise FeatureNotSupported for a model that it does not have, or a wish without a word."""
        endpoint.check_offered()
        model = self._model(endpoint)
        filled = [field for field in endpoint.fields if _is_filled(values.get(field.name))]
        for field in filled:
            if _key(field) in model.words or values[field.name] == field.default:
                continue
            raise self.verdicts.unspeakable(
                _wish(field, values[field.name]), f"it has no word for {field.name}", _ELSEWHERE
            )
        if {Role.SHOTS, Role.END_IMAGE} <= {field.role for field in filled}:
            raise self.verdicts.unspeakable(
                "several shots and an end image",
                rule="it takes one or the other",
                fix="Leave one of them out, or use the provider fal, which takes both",
            )

    def model_id(self, endpoint: Endpoint) -> str:
        """The name of the model that this endpoint means."""
        assert endpoint.tier is not None, endpoint.id
        return self._model(endpoint).id.format(tier=_TIERS[endpoint.tier])

    def inputs(self, endpoint: Endpoint, values: Mapping[str, Any]) -> Json:
        """The values in its words. What is as the endpoint has it by default is spelt out, too."""
        words = self._model(endpoint).words
        said: Json = {}
        for field in endpoint.fields:
            word, value = words.get(_key(field)), values.get(field.name)
            if word is not None and _is_filled(value):
                said[word] = _in_their_form(field, value)
        return said

    def _model(self, endpoint: Endpoint) -> Model:
        found = self.table.get((endpoint.generation, endpoint.kind))
        if found is None or endpoint.family != FAMILY or endpoint.tier is None:
            raise self.verdicts.unspeakable(
                endpoint.id,
                rule=f"{self.verdicts.name} is known here for {', '.join(self._known())}",
                fix="Use the provider fal, which has every endpoint",
            )
        return found

    def _known(self) -> list[str]:
        """Such as "v3 image-to-video", for messages."""
        return [f"Kling {generation} {kind}" for generation, kind in self.table]


def _key(field: Field) -> str:
    return field.role or field.name


def _is_filled(value: object) -> bool:
    return value is not None and value != []


def _in_their_form(field: Field, value: Any) -> Any:
    """A length as a number, and a shot with its own two fields; the rest is as it is."""
    if field.role is Role.DURATION:
        return _whole_seconds(value)
    if field.role is Role.SHOTS:
        names = {member.role: member.name for member in field.members}
        return [
            {
                "prompt": shot[names[Role.PROMPT]],
                "duration": _whole_seconds(shot[names[Role.DURATION]]),
            }
            for shot in value
        ]
    return value


def _whole_seconds(value: str | int) -> int:
    length = seconds(value)
    assert length is not None, value
    return int(length)


def _wish(field: Field, value: Any) -> str:
    is_word = isinstance(value, str | int | float) and field.media is None
    return f"{field.name} {value}"[:60] if is_word else field.name
