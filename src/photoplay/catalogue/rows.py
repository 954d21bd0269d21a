"""What a row of the catalogue says: an endpoint with its fields, limits, rules and prices.

Frozen values. Knows nothing about where rows are read from, nor about HTTP.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any, Literal

from pydantic import ConfigDict, TypeAdapter

from photoplay.catalogue.rules import Rule
from photoplay.clip import Tier
from photoplay.engine import Feature
from photoplay.errors import FeatureNotSupported

Json = dict[str, Any]
Scalar = str | int | float | bool
EXACT = ConfigDict(extra="forbid")  # a misspelt key in a data file is an error, not a default


class Lifecycle(StrEnum):
    """Whether an endpoint takes requests."""

    ACTIVE = "active"
    ANNOUNCED = "announced"  # named by its maker, its interface not published in full
    DEPRECATED = "deprecated"  # works, but is to go
    RETIRED = "retired"  # the original is gone


class Role(StrEnum):
    """What a field means for a clip, whatever its endpoint calls it.

    A field without a role has no effect here. The same words serve in outputs.
    """

    PROMPT = "prompt"
    SHOTS = "shots"
    SHOT_TYPE = "shot_type"  # who cuts: the caller or the model
    NEGATIVE_PROMPT = "negative_prompt"
    START_IMAGE = "start_image"
    END_IMAGE = "end_image"
    KEYFRAMES = "keyframes"  # images on the way from the first to the last
    ELEMENTS = "elements"
    REFERENCES = "references"  # media that show who or what appears
    MOTION_VIDEO = "motion_video"
    ORIENTATION = "orientation"  # whose pose a transfer of motion keeps to
    KEEP_SOUND = "keep_sound"  # whether the clip has the sound of the motion video
    SOURCE_VIDEO = "source_video"
    SOUND_TRACK = "sound_track"
    VOICE = "voice"
    EFFECT = "effect"
    WEIGHTS = "weights"
    DURATION = "duration"
    FRAMES = "frames"  # the length as a number of frames
    FRAME_RATE = "frame_rate"
    AUDIO = "audio"  # whether there is any sound
    GUIDANCE = "guidance"  # 0 to 1
    ASPECT = "aspect"
    RESOLUTION = "resolution"
    CAMERA = "camera"
    SEED = "seed"
    VIDEO = "video"  # the clip, in an output


# What an engine must be able to do when a field of that role is filled in.
FEATURES = {
    Role.END_IMAGE: Feature.END_IMAGE,
    Role.KEYFRAMES: Feature.END_IMAGE,
    Role.ELEMENTS: Feature.ELEMENTS,
    Role.REFERENCES: Feature.ELEMENTS,
    Role.MOTION_VIDEO: Feature.MOTION,
    Role.SOURCE_VIDEO: Feature.SOURCE_VIDEO,
    Role.SOUND_TRACK: Feature.SOUND_TRACK,
    Role.VOICE: Feature.SPEECH,
    Role.EFFECT: Feature.EFFECT,
    Role.WEIGHTS: Feature.WEIGHTS,
}
# A clip can begin with any of these; without them it is made from text alone.
BEGINNINGS = (Role.START_IMAGE, Role.KEYFRAMES, Role.MOTION_VIDEO, Role.SOURCE_VIDEO)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLimits:
    """What a file must be like for its endpoint. None: no limit is published."""

    __pydantic_config__ = EXACT

    kind: Literal["image", "video", "audio"]
    max_bytes: int | None = None
    min_side_px: int | None = None
    max_side_px: int | None = None
    min_aspect: float | None = None  # width / height
    max_aspect: float | None = None
    min_s: float | None = None
    max_s: float | None = None
    min_fps: float | None = None
    max_fps: float | None = None
    fetch_timeout_s: float | None = None
    formats: tuple[str, ...] = ()  # file endings without the dot; empty: not published


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectType:
    """A named object inside a body or an output, its fields in published order."""

    __pydantic_config__ = EXACT

    name: str
    fields: tuple[Field, ...]
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a body or an output.

    `default` None means that there is none; the field may then be left out, or be null, unless it
    is `required`. `aliases` are names that other schema generations give to it.
    """

    __pydantic_config__ = EXACT

    name: str
    type: Literal["string", "integer", "number", "boolean", "array", "object"]
    role: Role | None = None
    description: str = ""
    required: bool = False
    default: Scalar | None = None
    nullable: bool = False  # null is a value of its own, beside the default
    enum: tuple[str | int, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    min_length: int | None = None  # characters of a string, items of an array
    max_length: int | None = None
    items: Field | None = None  # what an array holds
    object: ObjectType | None = None
    media: FileLimits | None = None  # the field is the URL of such a file
    aliases: tuple[str, ...] = ()

    @property
    def takes_null(self) -> bool:
        """Whether null is accepted."""
        return self.nullable or not (self.required or self.default is not None)

    @property
    def members(self) -> tuple[Field, ...]:
        """The fields of the object that it is, or is a list of."""
        one = self.items or self
        return one.object.fields if one.object is not None else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What the original charges, in US dollars, as it was read on a day.

    `when` names the fields that must have those values; "given" stands for any. The key `voice`
    is no field: a voice of one's own is used.
    """

    __pydantic_config__ = EXACT

    usd: Decimal
    per: Literal["second", "run", "1000 tokens"]
    when: Mapping[str, Scalar] = field(default_factory=dict)
    as_of: date
    source: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Endpoint:
    """One endpoint of the original: what it takes, gives and costs, and whether it still lives.

    A row is itself only: two are never compared by what they hold.
    """

    __pydantic_config__ = EXACT

    id: str
    family: str
    title: str
    kind: str  # image-to-video, text-to-video, motion-control, …
    fields: tuple[Field, ...]  # in published order
    output: tuple[Field, ...]
    source: str  # where the row was read
    as_of: date  # when
    rules: tuple[Rule, ...] = ()
    lifecycle: Lifecycle = Lifecycle.ACTIVE
    replacement: str = ""  # endpoint id to use instead
    since: date | None = None
    retired: date | None = None
    generation: str = ""  # of the request schema: v3, o3, v2.6, …
    negative_in_prompt: bool = False  # its generation says what to avoid at the prompt's end
    tier: Tier | None = None  # where the path names it
    has_audio: bool = False  # whether clips have sound where no field decides
    prices: tuple[Price, ...] = ()
    note: str = ""

    def find(self, role: Role) -> Field | None:
        """The field of that role, if the endpoint has one."""
        return next((each for each in self.fields if each.role is role), None)

    def value(self, values: Mapping[str, Any], role: Role) -> Any:
        """What `values` hold in the field of that role; None without it."""
        found = self.find(role)
        return None if found is None else values.get(found.name)

    def needs(self, values: Mapping[str, Any]) -> frozenset[Feature]:
        """What an engine must be able to do for such a request, beyond one still and a sentence."""
        filled = {each.role for each in self.fields if values.get(each.name) not in (None, [])}
        needed = {feature for role, feature in FEATURES.items() if role in filled}
        if len(self.value(values, Role.SHOTS) or ()) > 1:
            needed.add(Feature.SHOTS)
        if self.makes_clips and filled.isdisjoint(BEGINNINGS):
            needed.add(Feature.NO_IMAGE)
        return frozenset(needed)

    @property
    def always_needs(self) -> frozenset[Feature]:
        """What an engine must be able to do for any request of it at all."""
        needed = {
            FEATURES[each.role] for each in self.fields if each.required and each.role in FEATURES
        }
        if self.makes_clips and not any(self.find(role) for role in BEGINNINGS):
            needed.add(Feature.NO_IMAGE)
        return frozenset(needed)

    @property
    def makes_clips(self) -> bool:
        """Whether its output holds a clip: one endpoint makes voices instead."""
        return any(each.role is Role.VIDEO for each in self.output)

    def check_offered(self) -> None:
        """Raise FeatureNotSupported if nothing can be asked of it any more, or not yet."""
        if self.lifecycle not in (Lifecycle.RETIRED, Lifecycle.ANNOUNCED):
            return
        gone = f"has been retired since {self.retired}" if self.retired else "is retired"
        raise FeatureNotSupported(
            f"{self.id} {gone if self.lifecycle is Lifecycle.RETIRED else 'is only announced'}",
            rule="requests go to endpoints that are in service",
            fix=f"Use {self.replacement} instead",
        )

    def as_json(self) -> Json:
        """The row as plain values, without what is as usual."""
        found: Json = TypeAdapter(Endpoint).dump_python(self, mode="json", exclude_defaults=True)
        return found

    @cached_property
    def _model(self) -> Any:
        from photoplay.catalogue.models import model_of

        return model_of("Body", self.fields, self.rules)

    def validate(self, body: object) -> Json:
        """`body` with defaults filled in and unknown fields left out.

        What this returns is valid itself and stays as it is. Raises BodyInvalid.
        """
        from photoplay.catalogue.models import validated

        return validated(self._model, self.fields, body)

    def openapi(self, server_url: str) -> Json:
        """The queue's OpenAPI document for this endpoint, as the original publishes one.

        `server_url` is the queue's, without a slash at its end.
        """
        from photoplay.catalogue.openapi import document

        return document(self, server_url)
