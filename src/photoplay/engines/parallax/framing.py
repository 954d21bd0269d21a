"""Which part of a still each shot shows.

Sizes follow what is in the picture, as a camera operator's do: a close-up is so many heads high.
Where no face is found they follow the subject, and where that is none either, they are shares of
the picture around what stands out. No part is so small that it would show pixels.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import cv2
import numpy as np

from photoplay.clip import Framing
from photoplay.engines.parallax import cues
from photoplay.engines.parallax.canvas import Window, shrink
from photoplay.engines.parallax.subject import Mask, Subject, find_subject
from photoplay.frames import RGB, Field, Raster

# What a part shows at least and at most, as shares of the widest view: neighbours must differ.
_SPANS = {
    Framing.MEDIUM: (0.55, 0.80),
    Framing.OVER_SHOULDER: (0.45, 0.72),
    Framing.CLOSE_UP: (0.36, 0.62),
    Framing.DETAIL: (0.22, 0.42),
}
_USUAL = {
    Framing.MEDIUM: 0.70,
    Framing.OVER_SHOULDER: 0.60,
    Framing.CLOSE_UP: 0.48,
    Framing.DETAIL: 0.32,
}
# Heights in faces (the box of a face is about two thirds of a head), and where the face then is.
_FACES = {
    Framing.MEDIUM: (4.6, 0.34),
    Framing.OVER_SHOULDER: (3.6, 0.38),
    Framing.CLOSE_UP: (2.3, 0.46),
    Framing.DETAIL: (1.2, 0.50),
}
_SUBJECTS = {  # heights in subjects
    Framing.MEDIUM: 1.30,
    Framing.OVER_SHOULDER: 1.10,
    Framing.CLOSE_UP: 0.75,
    Framing.DETAIL: 0.42,
}
_OF_FACES = re.compile(
    r"\b(?:face|eyes?|head|smile|lips|mouth|portrait|him|her|man|woman|girl|boy|child|person|"
    r"people|actor|actress|singer|speaker)\b",
    re.IGNORECASE,
)
_WORTH = 0.3  # of the greatest interest: what is less does not stand out
_LARGER = 1.4  # times: the size of a part that has nowhere else to go
_FEWEST = 0.5  # pixels of the picture for one of the frame, along a side
_BY_TURNS = (Framing.WIDE, Framing.CLOSE_UP, Framing.MEDIUM, Framing.DETAIL)
_THIRD = 0.64  # of the frame's width: where the face is that a camera looks at past a shoulder


@dataclass(frozen=True, slots=True)
class Sight:
    """What there is to look at in a picture; places and sizes are shares of its width and height.

    `faces` are (x, y, height), the largest first; `subject` is (left, top, right, bottom).
    `interest` (its working size) is where the eye goes, `mask` where the subject surely is.
    """

    faces: tuple[tuple[float, float, float], ...]
    subject: tuple[float, float, float, float] | None
    interest: Field
    mask: Mask | None = None


@dataclass(frozen=True, slots=True)
class View:
    """A part of a picture, and what is to be said about it."""

    window: Window
    notes: tuple[str, ...] = ()


def chosen(asked: Sequence[Framing | None]) -> tuple[Framing, ...]:
    """A framing for every shot: as asked, and where nothing is, another than its neighbours'."""
    framings: list[Framing] = []
    for index, framing in enumerate(asked):
        if framing is None:
            after = asked[index + 1] if index + 1 < len(asked) else None
            before = framings[-1] if framings else None
            order = _BY_TURNS[index % len(_BY_TURNS) :] + _BY_TURNS[: index % len(_BY_TURNS)]
            framing = next(each for each in order if each not in (before, after))
        framings.append(framing)
    return tuple(framings)


def look(picture: RGB, pool: Executor, subject: Subject | None = None) -> Sight:
    """What there is to look at in a picture; `subject` is that of a scene made of all of it."""
    work = shrink(picture)
    height, width = work.shape[:2]
    faces = cues.find_faces(work)
    if subject is None or subject.mask.shape != (height, width):
        subject = find_subject(work, cues.find_sky(work), faces, pool)
    box = None
    if subject.is_cut:
        rows = np.flatnonzero(subject.mask.any(axis=1))
        columns = np.flatnonzero(subject.mask.any(axis=0))
        box = (
            float(columns[0] / width),
            float(rows[0] / height),
            float((columns[-1] + 1) / width),
            float((rows[-1] + 1) / height),
        )
    inside = subject.mask if subject.is_cut else np.ones((height, width), np.bool_)
    sharp, _ = cues.sharpness(work)
    interest = (0.65 * cues.saliency(work) + 0.35 * sharp) * inside
    found = tuple(
        (face.centre_px[0] / width, face.centre_px[1] / height, face.height_px / height)
        for face in faces
    )
    mask = subject.mask if subject.is_cut else None
    return Sight(found, box, np.asarray(interest, np.float32), mask)


def masked(sight: Sight, window: Window) -> Mask | None:
    """Where the subject is within a part of the picture, at any size."""
    if sight.mask is None:
        return None
    height, width = sight.mask.shape
    rows = slice(round(window.top * height), round((window.top + window.height) * height))
    columns = slice(round(window.left * width), round((window.left + window.width) * width))
    return sight.mask[rows, columns]


def widest(width_px: int, height_px: int, raster: Raster, centre: tuple[float, float]) -> Window:
    """The largest part of a picture that has the raster's shape, around `centre`."""
    ratio = raster.width_px / raster.height_px
    width = min(1.0, height_px * ratio / width_px)
    height = min(1.0, width_px / ratio / height_px)
    return _placed(centre, width, height)


def view(
    framing: Framing,
    size_px: tuple[int, int],
    sight: Sight,
    full: Window,
    raster: Raster,
    *,
    thing: str | None = None,
    taken: Sequence[Window] = (),
) -> View:
    """The part that a shot of that size shows of a picture of `size_px`, whose widest is `full`.

    `thing` is what it is to be of. No thing is known by its name but a face: another part than
    those that are `taken` is shown in its place.
    """
    is_missed = thing is not None and not (sight.faces and _OF_FACES.search(thing))
    scale = _scale(framing, sight, full)
    least, most = _SPANS[framing]
    fitting = float(np.clip(scale, least, most))
    notes = []
    full_px = full.width * size_px[0]
    sharpest = _FEWEST * min(1.0, raster.width_px / full_px)
    is_widened, wished = fitting < sharpest, fitting
    fitting = max(fitting, sharpest)
    is_soft = fitting * full_px < _FEWEST * raster.width_px
    if is_widened and not is_soft:
        notes.append(
            f"a {framing} would be of {_pixels(wished, full, size_px)}, too few for {raster}, "
            "so more of the picture is shown."
        )
    if is_soft:
        wider = "is wider than usual, and still " if is_widened else ""
        notes.append(
            f"the picture is small, so this {framing} {wider}is soft: "
            f"{_pixels(fitting, full, size_px)} become {raster}."
        )
    if is_missed:
        notes.append(
            f"no “{thing}” is looked for by its name: the {framing} shows {_stead(sight, taken)}. "
            "Give the shot a picture of it to be sure."
        )
    elif framing is Framing.DETAIL and not sight.faces:
        notes.append("it shows what stands out most: things are not looked for by their names.")
    if framing is Framing.OVER_SHOULDER and len(sight.faces) < 2:
        notes.append("nobody's shoulder is looked for: its subject stands to one side instead.")
    aim = _aim(framing, sight, full, fitting)
    window = _placed(aim, full.width * fitting, full.height * fitting)
    if is_missed and any(repeats(window, other) for other in taken):
        window = _another(window, sight, taken)
    return View(window, tuple(notes))


def _stead(sight: Sight, taken: Sequence[Window]) -> str:
    """What is shown for a thing that is not found."""
    if taken:
        return "what stands out next"
    return "the face" if sight.faces else "what stands out most"


def _another(window: Window, sight: Sight, taken: Sequence[Window]) -> Window:
    """A part as large where the most is left when those taken are left out; else a larger one.

    Leaving out what was chosen before choosing again is non-maximum suppression.
    """
    rows, columns = sight.interest.shape
    left = sight.interest.copy()
    for other in taken:
        across = slice(int(other.left * columns), round((other.left + other.width) * columns))
        down = slice(int(other.top * rows), round((other.top + other.height) * rows))
        left[down, across] = 0
    if left.max() > _WORTH * sight.interest.max():
        moved = _placed(_best(left, window.width, window.height), window.width, window.height)
        if not any(repeats(moved, other) for other in taken):
            return moved
    size = min(_LARGER, 1 / max(window.width, window.height))
    middle = (window.left + window.width / 2, window.top + window.height / 2)
    return _placed(middle, window.width * size, window.height * size)


def repeats(a: Window, b: Window) -> bool:
    """Whether two parts of one picture show nearly the same."""
    across = min(a.left + a.width, b.left + b.width) - max(a.left, b.left)
    down = min(a.top + a.height, b.top + b.height) - max(a.top, b.top)
    shared = max(across, 0.0) * max(down, 0.0)
    return shared / (a.width * a.height + b.width * b.height - shared) > 0.75


def _pixels(scale: float, full: Window, size_px: tuple[int, int]) -> str:
    width, height = full.width * size_px[0] * scale, full.height * size_px[1] * scale
    return f"{round(width)}×{round(height)} pixels"


def _scale(framing: Framing, sight: Sight, full: Window) -> float:
    """The height of the part as a share of the widest view, before any limit."""
    if sight.faces:
        heads, _ = _FACES[framing]
        return heads * sight.faces[0][2] / full.height
    if sight.subject is not None:
        left, top, right, bottom = sight.subject
        side = max((right - left) / full.width, (bottom - top) / full.height)
        return _SUBJECTS[framing] * side
    return _USUAL[framing]


def _aim(framing: Framing, sight: Sight, full: Window, scale: float) -> tuple[float, float]:
    """The middle of the part, shares of the picture."""
    width, height = full.width * scale, full.height * scale
    if sight.faces:
        x, y, _ = sight.faces[0]
        if framing is Framing.OVER_SHOULDER:
            x += (0.5 - _THIRD if x >= full.left + full.width / 2 else _THIRD - 0.5) * width
        return x, y + (0.5 - _FACES[framing][1]) * height
    x, y = _best(sight.interest, width, height)
    if framing is Framing.OVER_SHOULDER:
        x += (0.5 - _THIRD) * width
    if framing is Framing.MEDIUM and sight.subject is not None:
        left, top, right, bottom = sight.subject
        return (left + right) / 2, (top + bottom) / 2
    return x, y


def _best(interest: Field, width: float, height: float) -> tuple[float, float]:
    """The middle of the window of that size that holds the most of interest."""
    rows, columns = interest.shape
    size = (max(1, round(0.6 * width * columns)), max(1, round(0.6 * height * rows)))
    held = cv2.boxFilter(interest**2, cv2.CV_32F, size, borderType=cv2.BORDER_CONSTANT)
    y, x = np.unravel_index(int(held.argmax()), held.shape)
    return float((x + 0.5) / columns), float((y + 0.5) / rows)


def _placed(centre: tuple[float, float], width: float, height: float) -> Window:
    """A window around `centre`, within the picture."""
    left = float(np.clip(centre[0] - width / 2, 0, 1 - width))
    return Window(left, float(np.clip(centre[1] - height / 2, 0, 1 - height)), width, height)
