"""What an endpoint's values ask for, in our own words: media, needs, and the clip itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from photoplay.catalogue import Endpoint, Field, FileLimits, Role, seconds
from photoplay.clip import (
    DEFAULT_NEGATIVE_PROMPT,
    FPS,
    MAX_CLIP_S,
    MAX_IMAGE_TRANSFER_S,
    MAX_TRANSFER_S,
    MIN_CLIP_S,
    STILL_PROMPT,
    USUAL_CLIP_S,
    Clip,
    ClipRequest,
    Element,
    MotionReference,
    Orientation,
    Shot,
    Tier,
    parse_aspect,
)
from photoplay.dialects.provider import Json, Loc
from photoplay.direction.refusals import split_negative_tail
from photoplay.engine import Engine, Feature, check_supported
from photoplay.errors import FeatureNotSupported, InvalidImage, InvalidPrompt, PhotoplayError

DEFAULT_PROMPT = "slow push in"  # where an endpoint needs none and none is given
_SEEDS = 2**32  # ours; larger ones and negative ones are folded into them

_TIERS = {"1440p": Tier.FOUR_K, "2160p": Tier.FOUR_K, "4k": Tier.FOUR_K}
_EXACT_RESOLUTIONS = {"1080p", "true_1080p", "2160p", "4k", "auto"}
_OWN_ASPECT = {"auto", "adaptive"}
_CUT_BY_MODEL = ("intelligent", True)
_NAMES = {Role.ELEMENTS: "Element", Role.REFERENCES: "Image"}
# Camera work by name, as our presets; what is not here stays without effect.
CAMERAS = {
    "dolly_in": "dolly-in",
    "dolly_out": "dolly-out",
    "dolly_left": "truck-left",
    "dolly_right": "truck-right",
    "jib_up": "crane-up",
    "jib_down": "crane-down",
    "static": "static",
}


@dataclass(frozen=True, slots=True)
class MediaRef:
    """A URL among the values, and what lies there."""

    loc: Loc
    url: str
    kind: str  # image, video or audio
    limits: FileLimits


def media_of(endpoint: Endpoint, values: Mapping[str, Any]) -> list[MediaRef]:
    """Every file that the values point at, in the order of the fields."""
    return list(_media_in(endpoint.fields, values, ("body",)))


def with_media(values: Mapping[str, Any], urls: Mapping[Loc, object]) -> Json:
    """The values with other URLs, or what stands for one, at these places."""

    def replaced(value: Any, loc: Loc) -> Any:
        if loc in urls:
            return urls[loc]
        if isinstance(value, Mapping):
            return {name: replaced(item, (*loc, name)) for name, item in value.items()}
        if isinstance(value, list):
            return [replaced(item, (*loc, index)) for index, item in enumerate(value)]
        return value

    return {name: replaced(value, ("body", name)) for name, value in values.items()}


def needs(endpoint: Endpoint, values: Mapping[str, Any]) -> frozenset[Feature]:
    """What an engine must be able to do for these values, beyond one still and a sentence."""
    return endpoint.needs(values)


def check_renderable(endpoint: Endpoint, values: Mapping[str, Any], engine: Engine) -> None:
    """Raise what rendering these values on `engine` would raise, before any file is fetched.

    FeatureNotSupported names an engine or the original endpoint that can; InvalidRequest says
    what is out of our own range.
    """
    check_supported(engine, needs(endpoint, values), elsewhere=endpoint.id)
    files = {ref.loc: Path("file") for ref in media_of(endpoint, values)}
    check_supported(engine, to_request(endpoint, values, files), elsewhere=endpoint.id)


def to_request(
    endpoint: Endpoint, values: Mapping[str, Any], files: Mapping[Loc, Path]
) -> ClipRequest:
    """The clip that the values ask for; `files` are its media, by the places of their URLs.

    Without a first frame it is one from text alone. Raises InvalidRequest for what is out of our
    range, FeatureNotSupported for what no clip of ours can be: one with more than two frames given,
    shorter or longer.
    """
    start, end = _stills(endpoint, values, files)
    shots, negative = _shots(endpoint, values)
    aspect = endpoint.value(values, Role.ASPECT)
    guidance = endpoint.value(values, Role.GUIDANCE)
    audio = endpoint.value(values, Role.AUDIO)
    return ClipRequest(
        start_image=start,
        shots=shots,
        end_image=end,
        elements=tuple(_elements(endpoint, values, files)),
        split_shots=len(shots) == 1 and _leaves_cuts(endpoint, values),
        motion=_motion(endpoint, values, files),
        negative_prompt=negative,
        guidance=0.5 if guidance is None else guidance,
        tier=_tier(endpoint, values),
        aspect=None if aspect is None or aspect in _OWN_ASPECT else parse_aspect(aspect),
        camera=CAMERAS.get(endpoint.value(values, Role.CAMERA) or ""),
        audio=endpoint.has_audio if audio is None else audio,
        seed=(endpoint.value(values, Role.SEED) or 0) % _SEEDS,
    )


def departures(endpoint: Endpoint, values: Mapping[str, Any]) -> tuple[str, ...]:
    """What a clip made of these values does not follow, as sentences without a full stop."""
    return tuple(_departures(endpoint, values))


def output(endpoint: Endpoint, values: Mapping[str, Any], video: Json, clip: Clip) -> Json:
    """The endpoint's output for a finished clip; `video` is its file object."""
    facts: Json = {
        "width": clip.width_px,
        "height": clip.height_px,
        "fps": float(clip.fps),
        "duration": float(clip.duration_s),
        "num_frames": clip.frame_count,
    }
    known: dict[Role | None, Any] = {
        Role.SEED: clip.seed,
        Role.DURATION: float(clip.duration_s),
        Role.PROMPT: endpoint.value(values, Role.PROMPT),
    }
    found: Json = {}
    for field in endpoint.output:
        if field.role is Role.VIDEO:
            names = {member.name for member in field.members}
            found[field.name] = video | {key: fact for key, fact in facts.items() if key in names}
        elif known.get(field.role) is not None:
            found[field.name] = known[field.role]
    return found


def place_of(endpoint: Endpoint, error: PhotoplayError) -> Loc:
    """Where in the body the cause of `error` most likely is."""
    role = None
    if isinstance(error, InvalidPrompt):
        role = Role.NEGATIVE_PROMPT if "negative" in error.given else Role.PROMPT
    elif isinstance(error, InvalidImage):
        role = Role.START_IMAGE
    field = None if role is None else endpoint.find(role)
    return ("body",) if field is None else ("body", field.name)


def _media_in(fields: tuple[Field, ...], values: Mapping[str, Any], loc: Loc) -> Iterator[MediaRef]:
    for field in fields:
        value = values.get(field.name)
        if value is None:
            continue
        items = list(enumerate(value)) if isinstance(value, list) else [(None, value)]
        one = field.items or field
        for index, item in items:
            at = (*loc, field.name) if index is None else (*loc, field.name, index)
            if one.media is not None:
                yield MediaRef(at, item, one.media.kind, one.media)
            elif one.object is not None:
                yield from _media_in(one.object.fields, item, at)


def _stills(
    endpoint: Endpoint, values: Mapping[str, Any], files: Mapping[Loc, Path]
) -> tuple[Path | None, Path | None]:
    """The pictures that the clip begins and ends with, if it does with any."""
    start, between, end = (
        "" if field is None else field.name
        for field in map(endpoint.find, (Role.START_IMAGE, Role.KEYFRAMES, Role.END_IMAGE))
    )
    frames: list[Loc] = [
        ("body", between, at) for at in range(len(values.get(between) or ())) if between
    ]
    if not frames:
        return files.get(("body", start)), files.get(("body", end))
    places: list[Loc] = [("body", start), *frames, ("body", end)]
    stills = [files[place] for place in places if place in files]
    if len(stills) > 2:
        raise FeatureNotSupported(
            f"{endpoint.id} was asked for a way through {len(stills)} images",
            rule="a clip made here goes from one image to another",
            fix=f"Leave those between out, or send it to {endpoint.id} on fal, which can",
        )
    first, *rest = stills
    return first, rest[0] if rest else None


def _shots(endpoint: Endpoint, values: Mapping[str, Any]) -> tuple[tuple[Shot, ...], str]:
    """The shots, and what is not wanted in them."""
    negative = endpoint.value(values, Role.NEGATIVE_PROMPT) or ""
    given = endpoint.value(values, Role.SHOTS)
    if given:
        parts = [Shot(shot["prompt"], int(seconds(shot["duration"]) or 0)) for shot in given]
        _check_length(endpoint, sum(shot.duration_s for shot in parts))
        return tuple(parts), negative or _default_negative(endpoint)
    prompt = endpoint.value(values, Role.PROMPT)
    prompt = _usual_prompt(endpoint) if prompt is None else prompt
    wanted, avoided = split_negative_tail(prompt)
    if avoided.strip() and wanted.strip():
        prompt = wanted.strip()
        negative = ", ".join(part for part in (negative.strip(), avoided.strip()) if part)
    if endpoint.find(Role.MOTION_VIDEO) is not None:
        # As long as the video, which nobody has opened yet; so long at most.
        keeps_pose = _orientation(endpoint, values) is Orientation.IMAGE
        length_s = MAX_IMAGE_TRANSFER_S if keeps_pose else MAX_TRANSFER_S
    else:
        length_s = _check_length(endpoint, _length_s(endpoint, values))
    return (Shot(prompt, length_s),), negative or _default_negative(endpoint)


def _leaves_cuts(endpoint: Endpoint, values: Mapping[str, Any]) -> bool:
    """Whether the caller leaves the cuts to whoever makes the clip; a default asks for none."""
    field = endpoint.find(Role.SHOT_TYPE)
    given = None if field is None else values.get(field.name)
    return field is not None and given in _CUT_BY_MODEL and given != field.default


def _elements(
    endpoint: Endpoint, values: Mapping[str, Any], files: Mapping[Loc, Path]
) -> Iterator[Element]:
    """Who and what prompts call @Element1 and @Image1, as far as there are pictures of it."""
    images = {ref.loc for ref in media_of(endpoint, values) if ref.kind == "image"}
    for field in endpoint.fields:
        if field.role not in _NAMES or not isinstance(values.get(field.name), list):
            continue
        for index in range(len(values[field.name])):
            at = ("body", field.name, index)
            found = [files[loc] for loc in files if loc[:3] == at and loc in images]
            if found:
                yield Element(f"{_NAMES[field.role]}{index + 1}", tuple(found))


def _usual_prompt(endpoint: Endpoint) -> str:
    return STILL_PROMPT if endpoint.find(Role.MOTION_VIDEO) else DEFAULT_PROMPT


def _motion(
    endpoint: Endpoint, values: Mapping[str, Any], files: Mapping[Loc, Path]
) -> MotionReference | None:
    field = endpoint.find(Role.MOTION_VIDEO)
    video = None if field is None else files.get(("body", field.name))
    if video is None:
        return None
    keep_sound = endpoint.value(values, Role.KEEP_SOUND)
    return MotionReference(video, _orientation(endpoint, values), keep_sound is not False)


def _orientation(endpoint: Endpoint, values: Mapping[str, Any]) -> Orientation:
    return Orientation(endpoint.value(values, Role.ORIENTATION) or Orientation.VIDEO)


def _default_negative(endpoint: Endpoint) -> str:
    """Of an endpoint without the field. Where it has one, empty means that nothing is refused."""
    return DEFAULT_NEGATIVE_PROMPT if endpoint.find(Role.NEGATIVE_PROMPT) is None else ""


def _length_s(endpoint: Endpoint, values: Mapping[str, Any]) -> int:
    """Whole seconds of the clip: as asked, or of so many frames, or the usual ones."""
    asked = seconds(endpoint.value(values, Role.DURATION))
    frames = endpoint.value(values, Role.FRAMES)
    rate = endpoint.value(values, Role.FRAME_RATE)
    if asked is None and frames and rate:
        asked = frames / rate
    return USUAL_CLIP_S if asked is None else int(asked + 0.5)


def _check_length(endpoint: Endpoint, length_s: int) -> int:
    if MIN_CLIP_S <= length_s <= MAX_CLIP_S:
        return length_s
    raise FeatureNotSupported(
        f"{length_s} s were asked for",
        rule=f"a clip made here lasts {MIN_CLIP_S} to {MAX_CLIP_S} s",
        fix=f"Ask for a length between, or send it to {endpoint.id} on fal",
    )


def _tier(endpoint: Endpoint, values: Mapping[str, Any]) -> Tier:
    if endpoint.tier is not None:
        return endpoint.tier
    return _TIERS.get(endpoint.value(values, Role.RESOLUTION) or "", Tier.STANDARD)


def _departures(endpoint: Endpoint, values: Mapping[str, Any]) -> Iterator[str]:
    if not (endpoint.value(values, Role.PROMPT) or endpoint.value(values, Role.SHOTS)):
        yield f"no prompt was given, so it is {_usual_prompt(endpoint)!r}"
    resolution = endpoint.value(values, Role.RESOLUTION)
    if resolution is not None and resolution not in _EXACT_RESOLUTIONS:
        size = "2160p" if resolution in _TIERS else "1080p"
        yield f"resolution {resolution} is rendered at the pixel count of {size}"
    if endpoint.find(Role.DURATION) and seconds(endpoint.value(values, Role.DURATION)) is None:
        yield f"the length is left to the model, which takes {USUAL_CLIP_S} s"
    if len(endpoint.value(values, Role.SHOTS) or ()) < 2:
        if _leaves_cuts(endpoint, values):
            yield "the cuts are left to the model: here the prompt's own structure decides"
        elif endpoint.value(values, Role.SHOT_TYPE) in _CUT_BY_MODEL:
            yield "the cuts are left to the model, which makes one take"
    camera = endpoint.value(values, Role.CAMERA)
    if camera not in (None, "none", *CAMERAS):
        yield f"camera work {camera} is not known here and has no effect"
    yield from _without_effect(endpoint, values)


def _without_effect(endpoint: Endpoint, values: Mapping[str, Any]) -> Iterator[str]:
    """Fields that mean nothing to a clip made here, where they differ from their default."""
    for field in endpoint.fields:
        if field.name not in values or values[field.name] == field.default:
            continue
        if field.role is None:
            yield f"{field.name} has no effect here"
        elif field.role in _NAMES:
            yield from _not_shown(field, values[field.name])
        elif field.role is Role.FRAME_RATE:
            yield f"{field.name} {values[field.name]} becomes {FPS} frames a second"


def _not_shown(field: Field, given: Any) -> Iterator[str]:
    """What is no picture among the elements and references: nothing else can be shown."""
    for index, item in enumerate(given if isinstance(given, list) else [given]):
        media = (field.items or field).media
        has_picture = isinstance(item, Mapping) and item.get("frontal_image_url") is not None
        if not has_picture and (media is None or media.kind != "image"):
            yield f"{field.name} {index + 1} is no picture and has no effect here"
