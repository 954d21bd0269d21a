"""From a clip of ours to an endpoint's values: the other way round than `to_request`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from photoplay.catalogue import Endpoint, Field, Role, seconds
from photoplay.clip import (
    DEFAULT_NEGATIVE_PROMPT,
    ClipRequest,
    Shot,
    SoundOptions,
    Tier,
    Transition,
    parse_aspect,
)
from photoplay.dialects.fal.body import AVOID
from photoplay.dialects.fal.request import CAMERAS
from photoplay.dialects.provider import Json
from photoplay.errors import FeatureNotSupported, InvalidRequest

_RESOLUTIONS = {
    Tier.FOUR_K: ("4k", "2160p"),
    Tier.PRO: ("1080p",),
    Tier.STANDARD: ("1080p", "720p"),
}
_USUAL_GUIDANCE = 0.5


@dataclass(frozen=True, slots=True)
class Asked:
    """Values of an endpoint's schema; `notes` say what it has no words for, where that is small."""

    values: Json
    notes: tuple[str, ...]


def to_values(
    endpoint: Endpoint,
    request: ClipRequest,
    image_url: str,
    end_url: str | None = None,
    motion_url: str | None = None,
) -> Asked:
    """What to send to `endpoint` for this clip, whose images are at `image_url` and `end_url`.

    `motion_url` is where the video lies whose movement it is to make.

    Raises FeatureNotSupported for a wish that the endpoint has no field for, and a length or shape
    that is none of its choices.
    """
    _check_wishes(endpoint, request)
    values = {
        **_of(endpoint, Role.START_IMAGE, image_url),
        **_of(endpoint, Role.END_IMAGE, end_url),
        **_motion(endpoint, request, motion_url),
        **_shots(endpoint, request),
        **_negative(endpoint, request),
        **_of(endpoint, Role.DURATION, _length(endpoint, request.duration_s)),
        **_of(endpoint, Role.AUDIO, request.audio),
        **_of(endpoint, Role.GUIDANCE, request.guidance),
        **_of(endpoint, Role.SEED, request.seed or None),
        **_of(endpoint, Role.ASPECT, _aspect(endpoint, request.aspect)),
        **_of(endpoint, Role.RESOLUTION, _resolution(endpoint, request.tier)),
        **_of(endpoint, Role.CAMERA, _camera(endpoint, request.camera)),
    }
    return Asked(
        endpoint.validate(_with_avoided(endpoint, request, values)),
        tuple(_notes(endpoint, request)),
    )


def _check_wishes(endpoint: Endpoint, request: ClipRequest) -> None:
    if endpoint.find(Role.START_IMAGE) is None:
        raise _refused(endpoint, "a still", "it makes clips of something else")
    if request.end_image is not None and endpoint.find(Role.END_IMAGE) is None:
        raise _refused(endpoint, "an end image", "how its clips end is its own")
    if request.audio and request.sound != SoundOptions():
        raise _refused(
            endpoint, "a track, music, voice or loudness of one's own", "its sound is its own"
        )
    if endpoint.tier not in (None, request.tier):
        raise _refused(endpoint, f"the {request.tier} tier", f"it makes the {endpoint.tier} one")
    if request.guidance != _USUAL_GUIDANCE and endpoint.find(Role.GUIDANCE) is None:
        raise _refused(endpoint, f"guidance {request.guidance:g}", "it takes none")


def _motion(endpoint: Endpoint, request: ClipRequest, url: str | None) -> Json:
    motion = request.motion
    if motion is None:
        return {}
    if url is None or endpoint.find(Role.MOTION_VIDEO) is None:
        raise _refused(endpoint, "the motion of a video", "it takes none")
    return {
        **_of(endpoint, Role.MOTION_VIDEO, url),
        **_of(endpoint, Role.ORIENTATION, motion.orientation.value),
        **_of(endpoint, Role.KEEP_SOUND, motion.keep_sound and request.audio),
    }


def _of(endpoint: Endpoint, role: Role, value: object) -> Json:
    field = endpoint.find(role)
    return {} if field is None or value is None else {field.name: value}


def _shots(endpoint: Endpoint, request: ClipRequest) -> Json:
    if request.split_shots:
        return _of(endpoint, Role.PROMPT, request.shots[0].prompt) | _cuts(endpoint)
    if len(request.shots) == 1:
        return _of(endpoint, Role.PROMPT, request.shots[0].prompt)
    field = endpoint.find(Role.SHOTS)
    if field is None:
        raise _refused(endpoint, f"{len(request.shots)} shots", "it makes one take")
    return {field.name: [_shot(field, shot) for shot in request.shots]}


def _cuts(endpoint: Endpoint) -> Json:
    """That the cuts are left to the model."""
    field = endpoint.find(Role.SHOT_TYPE)
    if field is not None and field.type == "boolean":
        return {field.name: True}
    if field is None or (field.enum and "intelligent" not in field.enum):
        raise _refused(
            endpoint, "a prompt that is cut into shots", "it leaves no cuts to its model"
        )
    return {field.name: "intelligent"}


def _shot(field: Field, shot: Shot) -> Json:
    found: Json = {}
    for member in field.members:
        if member.role is Role.PROMPT:
            found[member.name] = shot.prompt
        elif member.role is Role.DURATION:
            found[member.name] = _choice(member, shot.duration_s)
    return found


def _negative(endpoint: Endpoint, request: ClipRequest) -> Json:
    return _of(endpoint, Role.NEGATIVE_PROMPT, request.negative_prompt)


def _with_avoided(endpoint: Endpoint, request: ClipRequest, values: Json) -> Json:
    """What is not wanted at the prompt's end, where there is no field for it."""
    prompt, negative = endpoint.find(Role.PROMPT), request.negative_prompt.strip()
    if endpoint.find(Role.NEGATIVE_PROMPT) or negative in ("", DEFAULT_NEGATIVE_PROMPT):
        return values
    if prompt is None or prompt.name not in values:
        raise _refused(endpoint, "a negative prompt", "it has no field for one")
    return values | {prompt.name: f"{values[prompt.name]}\n{AVOID} {' '.join(negative.split())}"}


def _length(endpoint: Endpoint, length_s: int) -> str | int | None:
    field = endpoint.find(Role.DURATION)
    if field is None:
        return None
    found = _choice(field, length_s)
    if found is None:
        choices = ", ".join(str(each) for each in field.enum)
        raise _refused(endpoint, f"{length_s} s", f"its clips last {choices}")
    return found


def _choice(field: Field, length_s: int) -> str | int | None:
    """The length as the field spells it; None if it is none of its choices."""
    if not field.enum:
        return str(length_s) if field.type == "string" else length_s
    return next((each for each in field.enum if seconds(each) == length_s), None)


def _aspect(endpoint: Endpoint, aspect: Fraction | None) -> str | None:
    field = endpoint.find(Role.ASPECT)
    if aspect is None:
        return None
    named = [] if field is None else [str(each) for each in field.enum if ":" in str(each)]
    for each in named:
        if parse_aspect(each) == aspect:
            return each
    rule = f"it makes {', '.join(named)}" if named else "the clip has the shape of its image"
    raise _refused(endpoint, f"aspect {aspect.numerator}:{aspect.denominator}", rule)


def _resolution(endpoint: Endpoint, tier: Tier) -> str | None:
    field = endpoint.find(Role.RESOLUTION)
    if field is None:
        return None
    found = next((each for each in _RESOLUTIONS[tier] if each in field.enum), None)
    if found is None:
        raise _refused(endpoint, f"the {tier} tier", f"it makes {', '.join(map(str, field.enum))}")
    return found


def _camera(endpoint: Endpoint, preset: str | None) -> str | None:
    if preset is None:
        return None
    field = endpoint.find(Role.CAMERA)
    names = {ours: theirs for theirs, ours in CAMERAS.items()}
    if field is None or names.get(preset) not in field.enum:
        raise _refused(endpoint, f"camera work {preset}", "it reads the camera from the prompt")
    return names[preset]


def _notes(endpoint: Endpoint, request: ClipRequest) -> Iterator[str]:
    if request.transition is not Transition.AUTO:
        yield f"{endpoint.id} takes no transition: how it gets to the end image is its own"
    if request.seed and endpoint.find(Role.SEED) is None:
        yield f"{endpoint.id} takes no seed: every clip is another"
    if any(shot.framing is not None for shot in request.shots):
        yield f"{endpoint.id} frames shots as their prompts say"
    keeps = request.motion is not None and endpoint.find(Role.KEEP_SOUND) is not None
    if not keeps and endpoint.find(Role.AUDIO) is None and request.audio is not endpoint.has_audio:
        yield f"clips of {endpoint.id} {'always' if endpoint.has_audio else 'never'} have sound"


def _refused(endpoint: Endpoint, asked: str, rule: str) -> InvalidRequest:
    return FeatureNotSupported(
        f"{endpoint.id} was asked for {asked}",
        rule=rule,
        fix="Change it, leave it out, choose another --endpoint, or use --engine parallax",
    )
