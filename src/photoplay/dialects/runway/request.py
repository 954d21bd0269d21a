"""A request in Runway's words: from the values of any endpoint to the path and body of a task."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from photoplay.catalogue import Role, seconds
from photoplay.dialects.provider import Order
from photoplay.dialects.replies import shortened
from photoplay.dialects.runway.models import Model
from photoplay.dialects.verdicts import Verdicts
from photoplay.dialects.wishes import (
    ROWS_PX,
    check_words,
    has_sound,
    length_s,
    named_rows_px,
    named_shape,
    rows_px,
    shape_of,
    shots_of,
)
from photoplay.errors import FeatureNotSupported

Json = dict[str, Any]

VERDICTS = Verdicts("Runway", "runway", "RUNWAYML_API_SECRET")
USUAL_S = 5  # where an endpoint names no length, and the model does not choose
_WORDS = {
    Role.NEGATIVE_PROMPT: "negativePrompt",
    Role.SEED: "seed",
    Role.GUIDANCE: "cfgScale",
}
_REFERENCES = {"image": "references", "video": "referenceVideos", "audio": "referenceAudio"}
# Every model's words, and what is refused below with a reason of its own.
_KNOWN = (
    *(Role.PROMPT, Role.START_IMAGE, Role.DURATION, Role.ASPECT, Role.RESOLUTION),
    *(Role.SHOTS, Role.AUDIO, Role.END_IMAGE, Role.REFERENCES),
)
_ALIKE = 0.03  # a ratio in whole pixels may be that far from the shape it is meant for
_WIDE = 16 / 9  # the shape for which resolutions are named


def request_of(model: Model, order: Order) -> tuple[str, Json]:
    """The last part of the path, and the body. Raises FeatureNotSupported."""
    endpoint, values = order.endpoint, order.values
    check_words(endpoint, values, {*_KNOWN, *model.roles}, VERDICTS, model.name)
    with_image = bool(endpoint.value(values, Role.START_IMAGE))
    body: Json = {
        "model": model.name,
        **_images(model, order),
        **_prompts(model, order, with_image=with_image),
        **_references(model, order, with_image=with_image),
        **_ratio(model, order, with_image=with_image),
        "duration": _duration(model, order),
        **_sound(model, order),
    }
    for role, word in _WORDS.items():
        value = endpoint.value(values, role)
        if role in model.roles and value not in (None, ""):
            body[word] = value
    return ("image_to_video" if with_image else "text_to_video"), body


def _images(model: Model, order: Order) -> Json:
    start = order.endpoint.value(order.values, Role.START_IMAGE)
    end = order.endpoint.value(order.values, Role.END_IMAGE)
    if end and Role.END_IMAGE not in model.roles:
        raise _no(model, "a clip with a last frame", "takes a first frame only", "Leave it out")
    if end and not start:
        raise _no(model, "a clip of a last frame alone", "needs the first one, too", "Add it")
    if not start:
        return {}
    frames = [{"uri": start, "position": "first"}]
    return {"promptImage": frames + ([{"uri": end, "position": "last"}] if end else [])}


def _prompts(model: Model, order: Order, *, with_image: bool) -> Json:
    """The prompt, or the shots with one each."""
    endpoint, values = order.endpoint, order.values
    shots = shots_of(endpoint, values)
    prompt = endpoint.value(values, Role.PROMPT) or ""
    decides = _cuts_by_itself(model, order)
    if Role.SHOTS not in model.roles and len(shots) == 1:
        prompt, shots = shots[0].prompt, []
    if shots and Role.SHOTS not in model.roles:
        raise _no(model, f"a clip of {len(shots)} shots", "makes one take", "Give one prompt")
    if shots and decides:
        raise _no(
            model,
            "shots of its own choice, and a prompt for each",
            "wants one prompt where it decides on the shots",
            "Give one prompt, or set shot_type to customize",
        )
    for each in [prompt, *(shot.prompt for shot in shots)]:
        _check_length(model, each)
    if shots:
        parts = [{"prompt": shot.prompt, "duration": shot.seconds} for shot in shots]
        return {"providerSettings": {"multiPrompt": parts, "shotType": "customize"}}
    if not prompt.strip():
        if model.needs_prompt or not with_image:
            raise _no(model, "a clip without a prompt", "needs one", "Say what happens in the clip")
        return {}
    # Only who has a word for the shots gets here with this wish: see check_words.
    return {
        "promptText": prompt,
        **({"providerSettings": {"shotType": "intelligence"}} if decides else {}),
    }


def _cuts_by_itself(model: Model, order: Order) -> bool:
    """Whether the shots are left to the model."""
    word = order.endpoint.value(order.values, Role.SHOT_TYPE)
    if word in (None, "", "customize"):
        return False
    if word not in ("intelligent", "intelligence"):  # fal's word, and everybody else's
        fix = "Set shot_type to customize or intelligent"
        raise _no(model, f"shots that are {shortened(word, 40)!r}", "has no such word", fix)
    return True


def _check_length(model: Model, prompt: str) -> None:
    units = len(prompt.encode("utf-16-le", "surrogatepass")) // 2
    if units > model.prompt_units:
        raise _no(
            model,
            f"a prompt of {units} characters",
            f"takes {model.prompt_units} at most, counted in UTF-16",
            "Say it shorter",
        )


def _references(model: Model, order: Order, *, with_image: bool) -> Json:
    """Files that show who or what appears."""
    given = dict(_files(order))
    if not given:
        return {}
    refused = {*given} - {_REFERENCES[kind] for kind in model.references}
    if refused:
        taken = " and ".join(f"{kind}s" for kind in model.references) or "no files"
        raise _no(model, f"a clip after {min(refused)}", f"takes {taken}", "Leave them out")
    if with_image != model.beside_image:
        place = "beside a first frame" if model.beside_image else "where no frame is given"
        fix = "Add a first frame" if model.beside_image else "Leave the frames out"
        raise _no(model, "a clip after reference files", f"takes them {place}", fix)
    return given


def _files(order: Order) -> Iterator[tuple[str, list[Json]]]:
    for field in order.endpoint.fields:
        media = field.items.media if field.items else None
        files = order.values.get(field.name)
        if field.role is Role.REFERENCES and media is not None and files:
            kind = {} if media.kind == "image" else {"type": media.kind}
            yield _REFERENCES[media.kind], [{**kind, "uri": file} for file in files]


def _ratio(model: Model, order: Order, *, with_image: bool) -> Json:
    """The size on offer that is nearest to the shape, among those of the resolution."""
    endpoint, values = order.endpoint, order.values
    offered = model.ratios if with_image else model.text_ratios
    if not offered and with_image:
        return {}
    if not offered:
        raise _no(model, "a clip from text alone", "begins with an image", "Add a first frame")
    named, rows = named_rows_px(endpoint, values), rows_px(endpoint, values)
    fitting = [each for each in offered if named in (None, _rows(each))]
    if not fitting:
        word = endpoint.value(values, Role.RESOLUTION)
        on_offer = ", ".join(f"{each}p" for each in sorted({*map(_rows, offered)}))
        raise _no(model, f"a clip in {word}", f"makes {on_offer}", "Choose one of these")
    shape, is_named = shape_of(endpoint, values, order.files), bool(named_shape(endpoint, values))

    def distance(ratio: str) -> tuple[bool, float, float]:
        """A shape that was named comes before the size, and the size before another shape."""
        apart = _apart(ratio, float(shape))
        return is_named and apart > _ALIKE, abs(_rows(ratio) - rows), apart

    chosen = min(fitting, key=distance)
    is_another, *_ = distance(chosen)
    if is_another:
        word, sizes = endpoint.value(values, Role.ASPECT), ", ".join(fitting)
        raise _no(model, f"a clip of {word}", f"makes {sizes}", "Choose one of these shapes")
    return {"ratio": chosen}


def _rows(ratio: str) -> int:
    """The rows of a 16:9 frame with about as many pixels."""
    width, height = map(int, ratio.split(":"))
    rows = math.sqrt(width * height / _WIDE)
    return min(ROWS_PX.values(), key=lambda each: abs(math.log(each / rows)))


def _apart(ratio: str, shape: float) -> float:
    width, height = map(int, ratio.split(":"))
    return abs(math.log(width / height / shape))


def _duration(model: Model, order: Order) -> int | str:
    asked = length_s(order.endpoint, order.values)
    if asked is None and model.chooses_length:
        return "auto"
    wanted = order.endpoint.value(order.values, Role.DURATION)
    field = order.endpoint.find(Role.DURATION)
    left_open = wanted is not None and seconds(wanted) is None
    if left_open and field is not None and wanted != field.default:
        raise _no(model, f"a clip as long as {wanted!r}", "is told the seconds", "Ask for 5 s")
    if asked is None:
        return min(model.seconds, key=lambda each: abs(each - USUAL_S))
    if asked not in model.seconds:
        on_offer = ", ".join(map(str, model.seconds))
        raise _no(model, f"a clip of {asked:g} s", f"makes {on_offer} s", "Choose one of these")
    return int(asked)


def _sound(model: Model, order: Order) -> Json:
    wanted = has_sound(order.endpoint, order.values)
    if Role.AUDIO in model.roles:
        return {"audio": wanted}
    if wanted:
        raise _no(model, "a clip with sound", "makes silent clips", "Ask for a clip without sound")
    return {}


def _no(model: Model, asked: str, rule: str, fix: str) -> FeatureNotSupported:
    return VERDICTS.unspeakable(
        asked, rule=f"its {model.name} {rule}", fix=f"{fix}, or have the clip made by fal"
    )
