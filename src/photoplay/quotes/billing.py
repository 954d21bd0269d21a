"""What of a request bears on its price: length, sound, voice, resolution and size."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from photoplay.catalogue import Endpoint, Field, Price, Role, echo, seconds
from photoplay.clip import parse_aspect
from photoplay.errors import InvalidRequest

Json = dict[str, Any]

USUAL_S = Decimal(5)  # where the model chooses the length
LONGEST_S = Decimal(3600)  # that anyone would ask for; longer is a slip of the finger
LARGEST_PX = 100_000  # of a side
# Rows of a frame by the words for resolutions; a frame of another shape has as many pixels.
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
_WIDE = Decimal(16) / 9  # the shape for which resolutions are named
_FROM_VIDEO = (Role.MOTION_VIDEO, Role.SOURCE_VIDEO)  # a clip may be as long as one of these
_BILLED = {
    *(Role.DURATION, Role.FRAMES, Role.FRAME_RATE),
    *(Role.AUDIO, Role.RESOLUTION, Role.ASPECT),
}
GIVEN = "given"  # in a price: the field holds anything
VOICE = "voice"  # in a price: a voice of one's own is used


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a clip is to be, whatever an endpoint calls it. None: as the request or endpoint has it.

    `image_px` is (width, height) of the first frame; raises InvalidRequest for what is no length
    or no size, and for a voice without sound.
    """

    seconds: Decimal | None = None
    audio: bool | None = None
    voice: bool | None = None
    resolution: str | None = None
    image_px: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        if self.seconds is not None and not _is_length(self.seconds):
            raise InvalidRequest(
                f"the length is {str(self.seconds)[:20]} s",
                rule=f"a clip lasts more than 0 and at most {LONGEST_S} s",
                fix="Ask for 5, 8, 10 or 15 s",
            )
        if self.image_px is not None and not all(0 < side <= LARGEST_PX for side in self.image_px):
            raise InvalidRequest(
                "the image has {}×{} px".format(*self.image_px),
                rule=f"sides have 1 to {LARGEST_PX:,} px",
                fix="Give the picture's width and height, such as 1920×1080",
            )
        if self.voice and self.audio is False:
            raise InvalidRequest(
                "a voice was asked for, and no sound",
                rule="a voice is heard",
                fix="Leave one of the two out",
            )


def own_values(endpoint: Endpoint, values: Mapping[str, Any], wish: Wish) -> Json:
    """`values` with the endpoint's defaults and the wishes, spelt as it spells them.

    Raises InvalidRequest for a wish that it cannot fulfil, and a value that it has no price for
    because it is none of its choices.
    """
    own: Json = {}
    for field in endpoint.fields:
        value = values.get(field.name)
        own[field.name] = field.default if value is None else _choice(endpoint, field, value)
    for field, value in _wished(endpoint, wish):
        own[field.name] = _choice(endpoint, field, value)
    return own


def has_voice(endpoint: Endpoint, own: Mapping[str, Any], wish: Wish) -> bool:
    """Whether a voice of one's own is heard: asked for, or named by the values."""
    if endpoint.value(own, Role.AUDIO) is False:
        return False
    if wish.voice is not None:
        return wish.voice
    elements = endpoint.value(own, Role.ELEMENTS) or ()
    named = any(isinstance(each, Mapping) and each.get("voice_id") for each in elements)
    return named or bool(endpoint.makes_clips and endpoint.value(own, Role.VOICE))


def price_for(prices: Iterable[Price], own: Mapping[str, Any], *, voice: bool) -> Price | None:
    """The price whose conditions all hold, the one with the most of them; None if there is none."""
    known = {**own, VOICE: voice}
    fitting = [each for each in prices if _holds(each, known)]
    return max(fitting, key=lambda each: len(each.when), default=None)


def length_s(
    endpoint: Endpoint, values: Mapping[str, Any], own: Mapping[str, Any], wish: Wish
) -> tuple[Decimal, bool]:
    """Seconds that are charged, and whether they are only assumed as the model chooses them.

    Raises InvalidRequest where a video decides on the length and nobody has said how long it is.
    """
    length = endpoint.find(Role.DURATION)
    if length is None or length.name not in values:
        total = _length_of_shots(endpoint, own)
        if total is not None and wish.seconds is None:
            return total, False
    asked = seconds(endpoint.value(own, Role.DURATION))
    frames, rate = endpoint.value(own, Role.FRAMES), endpoint.value(own, Role.FRAME_RATE)
    if asked is not None and asked > 0:
        return _decimal(asked), False
    if _is_positive(frames) and _is_positive(rate):
        return _decimal(frames) / _decimal(rate), False
    if wish.seconds is not None:
        return wish.seconds, False
    if any(endpoint.find(role) for role in _FROM_VIDEO):
        raise InvalidRequest(
            f"the length of a clip of {endpoint.id} is not given",
            rule="it is as long as its video",
            fix="Say how many seconds the video has: --seconds 8",
        )
    return USUAL_S, True


def size_px(endpoint: Endpoint, own: Mapping[str, Any], wish: Wish) -> tuple[int, int] | None:
    """(width, height) of a frame, even numbers; None where no resolution is named.

    A resolution names the rows of a 16:9 frame; other shapes have about as many pixels.
    """
    rows = ROWS_PX.get(str(endpoint.value(own, Role.RESOLUTION)))
    if rows is None:
        return None
    shape = _shape(endpoint.value(own, Role.ASPECT), wish.image_px)
    height = (rows * rows * _WIDE / shape).sqrt()
    return _even(height * shape), _even(height)


def _is_length(length: Decimal) -> bool:
    return length.is_finite() and 0 < length <= LONGEST_S


def _is_positive(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e9


def _decimal(number: float) -> Decimal:
    return Decimal(str(number)).normalize()


def _holds(price: Price, known: Mapping[str, Any]) -> bool:
    return all(
        known.get(name) not in (None, "", []) if value == GIVEN else known.get(name) == value
        for name, value in price.when.items()
    )


def _wished(endpoint: Endpoint, wish: Wish) -> Iterator[tuple[Field, Any]]:
    """Fields with the values that the wishes give them."""
    resolution = endpoint.find(Role.RESOLUTION)
    if wish.resolution is not None and resolution is None:
        tier = f"it is {endpoint.tier} throughout" if endpoint.tier else "it decides on that itself"
        raise InvalidRequest(
            f"{endpoint.id} was asked for {echo(wish.resolution)}",
            rule=f"it has no field for a resolution: {tier}",
            fix="Leave the resolution out, or choose an endpoint of another tier",
        )
    if wish.resolution is not None and resolution is not None:
        yield resolution, wish.resolution
    audio = endpoint.find(Role.AUDIO)
    if wish.audio is not None and audio is not None:
        yield audio, wish.audio
    yield from _wished_length(endpoint, wish.seconds)


def _wished_length(endpoint: Endpoint, length: Decimal | None) -> Iterator[tuple[Field, Any]]:
    if length is None:
        return
    duration, frames = endpoint.find(Role.DURATION), endpoint.find(Role.FRAMES)
    rate = endpoint.find(Role.FRAME_RATE)
    if duration is not None:
        whole = length == length.to_integral_value()
        yield duration, int(length) if whole else float(length)
    elif frames is not None and rate is not None and isinstance(rate.default, int | float):
        yield frames, int(length * _decimal(rate.default))


def _choice(endpoint: Endpoint, field: Field, value: Any) -> Any:
    """`value` as the endpoint spells it. Only what can bear on a price is looked at."""
    if field.role not in _BILLED:
        return value
    if field.enum:
        same = [each for each in field.enum if type(each) is type(value) and each == value]
        same += [each for each in field.enum if _same_length(each, value)]
        if not same:
            raise _no_choice(endpoint, field, value, " ".join(map(str, field.enum)))
        return same[0]
    if field.role is Role.AUDIO and not isinstance(value, bool):
        raise _no_choice(endpoint, field, value, "true or false")
    if field.role in (Role.DURATION, Role.FRAMES, Role.FRAME_RATE):
        least, most = field.minimum or 0, field.maximum or float(LONGEST_S)
        number = seconds(value)
        whole = field.type != "integer" or number is None or number == int(number)
        if number is None or number <= 0 or not least <= number <= most or not whole:
            raise _no_choice(endpoint, field, value, f"{least:g} to {most:g}")
    return value


def _same_length(one: object, other: object) -> bool:
    return seconds(one) is not None and seconds(one) == seconds(other)


def _no_choice(endpoint: Endpoint, field: Field, value: object, choices: str) -> InvalidRequest:
    given = json.dumps(echo(value), ensure_ascii=False)[:80]
    return InvalidRequest(
        f"{field.name} of {endpoint.id} is {given}",
        rule=f"it takes {choices}",
        fix="Use one of these, or another endpoint",
    )


def _length_of_shots(endpoint: Endpoint, own: Mapping[str, Any]) -> Decimal | None:
    shots, given = endpoint.find(Role.SHOTS), endpoint.value(own, Role.SHOTS)
    part = next((m for m in shots.members if m.role is Role.DURATION), None) if shots else None
    if part is None or not isinstance(given, list) or not given:
        return None
    lengths = [
        seconds(each.get(part.name, part.default)) if isinstance(each, Mapping) else None
        for each in given
    ]
    if not all(lengths):
        return None
    return sum((_decimal(each or 0) for each in lengths), Decimal(0))


def _shape(aspect: object, image_px: tuple[int, int] | None) -> Decimal:
    """Width / height of the clip: as named, or of its first frame, or 16:9."""
    if isinstance(aspect, str) and ":" in aspect:
        ratio = parse_aspect(aspect)
        return Decimal(ratio.numerator) / ratio.denominator
    if image_px is not None:
        return Decimal(image_px[0]) / image_px[1]
    return _WIDE


def _even(number: Decimal) -> int:
    return max(2, int(number / 2 + Decimal("0.5")) * 2)
