"""Several shots: how each is framed, whose picture it shows, and what is the same in all of them.

Pure text and plans. What a shot of a picture shows the next one of that picture goes on showing:
light, weather and look carry over a cut unless the next shot names its own.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, repeat

from photoplay.clip import ClipRequest, Framing, Shot
from photoplay.direction.plan import Camera, CameraMove, Cue, Kind, Move, Plan
from photoplay.direction.reader import UNNAMED_CAMERA, read
from photoplay.direction.splitting import split, why_fewer
from photoplay.direction.text import NAME

_OPENING = re.compile(rf"\s*{NAME.pattern}\s*[,:–—-]?\s*")  # "@Anna: detail"
LONG_AGO = -1000.0  # the start of what was over before its shot began, in lengths of the shot

# What follows a word that is the size of a shot: a pause, or whom or what it shows.
_PAUSE = r"(?=\s*(?:[,.;:–—]|$)|\s+-\s)"
_SHOWS = r"(?= of\b| ?(?:on )?@)"
_SIZES = (
    (
        Framing.DETAIL,
        r"(?:extreme|very|ultra)[- ]close[- ]?ups?|e\.?c\.?u\b|x\.?c\.?u\b|macro\b"
        rf"|details?(?= shots?\b| on\b|:)|details?{_SHOWS}|insert shot|insert(?= ?@)"
        rf"|(?<!.)(?:an? )?details?(?:{_PAUSE}|(?= (?:the|his|her|their|its|my|our)\b))",
    ),
    (Framing.OVER_SHOULDER, r"over[- ](?:the|his|her|their)[- ]shoulder|\bots\b"),
    (
        Framing.MEDIUM,
        r"medium[- ](?:long[- ]|wide[- ])?shot|mid[- ]?shot|waist[- ](?:up|shot)|cowboy shot"
        rf"|half[- ]body|two[- ]shot|american shot|(?<!.)medium{_PAUSE}|medium(?= (?:on )?@)",
    ),
    (
        Framing.CLOSE_UP,
        r"(?:medium[- ])?close[- ]?ups?|(?:close|tight)(?= (?:on|shot)\b| ?@)|m?cu\b|head ?shot",
    ),
    (
        Framing.WIDE,
        rf"(?:extreme )?wide(?:[- ]angle)?(?:(?= (?:shot|view|angle)\b|:)|{_SHOWS})"
        rf"|(?<!.)wide{_PAUSE}"
        r"|establishing|(?:full|long|master) shot|full[- ]body|panorama|vista|aerial",
    ),
)
# A size that the camera is to reach, or that is refused, is not the one that the shot begins with.
_NOT_BEFORE = re.compile(r"(?:\bto|\binto|\bno|\bnot|\bwithout|\bnever)(?: an?| the)? $")
_FRAMING = re.compile(
    "|".join(rf"(?P<{framing.name}>\b(?:{words}))" for framing, words in _SIZES), re.IGNORECASE
)
# What follows the size of a shot, up to the next word that says where or how it is.
_THING = re.compile(
    r"\b(?:close[- ]?ups?|close|details?|macro|tight|insert|medium|mid)(?:[- ]?shots?)?"
    r" (?:shot )?(?:of|on) (?:(?:the|an?|his|her|their|its|my|our) )?"
    r"(?P<thing>[^\W\d_][\w'’-]*(?: (?!(?:in|on|at|as|and|with|while|by|from|under|over|is|are)\b)"
    r"[^\W\d_][\w'’-]*){0,2})",
    re.IGNORECASE,
)
_GENTLE = (
    (Move.PUSH_IN, "pushes in gently"),
    (Move.TRUCK_RIGHT, "slides gently to the right"),
    (Move.PUSH_IN, "pushes in gently"),
    (Move.TRUCK_LEFT, "slides gently to the left"),
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A shot with its plan; `start_s` is when it begins in the clip.

    `place` is the same for shots of one picture. `lines` and sounds are in the plan's own time.
    """

    shot: Shot
    plan: Plan
    start_s: int
    place: Hashable = None


def shots_of(request: ClipRequest) -> tuple[Shot, ...]:
    """The shots of a clip: as given, or what its one prompt is split into."""
    if not request.split_shots:
        return request.shots
    whole = request.shots[0]
    return tuple(
        replace(whole, prompt=prompt, duration_s=length_s)
        for prompt, length_s in split(whole.prompt, whole.duration_s)
    )


def split_notes(request: ClipRequest) -> tuple[str, ...]:
    """What there is to say of how the one prompt is split."""
    if not request.split_shots:
        return ()
    note = why_fewer(request.shots[0].prompt, request.shots[0].duration_s)
    return () if note is None else (note,)


def thing_in(prompt: str) -> str | None:
    """The thing that a closer shot is to be of ("close-up of the red hat": "red hat"), if any."""
    found = _THING.search(prompt)
    return None if found is None else found["thing"].strip().lower()


def framing_of(prompt: str) -> Framing | None:
    """The size of shot that the words ask for, if they name one."""
    opening = _OPENING.match(prompt)
    prompt = prompt if opening is None else prompt[opening.end() :]
    for found in _FRAMING.finditer(prompt):
        if not _NOT_BEFORE.search(prompt[: found.start()].lower()):
            return Framing[str(found.lastgroup)]
    return None


def elements_in(prompt: str) -> tuple[str, ...]:
    """The names of elements that the words speak of (@Anna), each once, in order."""
    return tuple(dict.fromkeys(NAME.findall(prompt)))


def read_shots(request: ClipRequest, shots: Sequence[Shot]) -> tuple[Plan, ...]:
    """What each shot asks for. Where none names camera work, gentle moves take turns."""
    plans = (
        read(
            shot.prompt,
            negative_prompt=request.negative_prompt,
            camera=request.camera,
            duration_s=shot.duration_s,
        )
        for shot in shots
    )
    return tuple(_varied(plan, index) for index, plan in enumerate(plans))


def read_film(
    request: ClipRequest, shots: Sequence[Shot], places: Iterable[Hashable] | None = None
) -> tuple[Reading, ...]:
    """What each shot of a film asks for, and when it begins; see `carried`.

    `places` are those of the shots, in order; None: all are in one.
    """
    plans = read_shots(request, shots)
    starts_s = accumulate((shot.duration_s for shot in shots), initial=0)
    where = repeat(None) if places is None else places
    return carried([Reading(*each) for each in zip(shots, plans, starts_s, where, strict=False)])


def cuts_s(readings: Sequence[Reading]) -> tuple[float, ...]:
    """When one shot follows another."""
    return tuple(float(reading.start_s) for reading in readings[1:])


def carried(readings: Sequence[Reading]) -> tuple[Reading, ...]:
    """The readings with light, weather and look carried over cuts within one place."""
    told: list[Reading] = []
    latest: dict[Hashable, Reading] = {}
    for reading in readings:
        before = latest.get(reading.place)
        kept = reading if before is None else _continued(before, reading)
        latest[reading.place] = kept
        told.append(kept)
    return tuple(told)


def _continued(before: Reading, after: Reading) -> Reading:
    plan, earlier = after.plan, before.plan
    light = plan.light or _still_there(earlier.light)
    air = plan.atmosphere or _still_there(earlier.atmosphere)
    look = plan.look or _still_there(earlier.look)
    kept = [
        *(cue.kind.value for cue in light if not plan.light),
        *(cue.kind.value for cue in air if not plan.atmosphere),
        *(cue.kind.value for cue in look if not plan.look),
    ]
    notes = tuple(f"{name} goes on from the shot before." for name in kept)
    changed = replace(plan, light=light, atmosphere=air, look=look, notes=plan.notes + notes)
    return replace(after, plan=changed)


def _still_there(cues: Sequence[Cue[Kind]]) -> tuple[Cue[Kind], ...]:
    """Those that last to the end of their shot, as they are after it."""
    return tuple(replace(cue, start=LONG_AGO) for cue in cues if cue.end >= 1 and cue.amount > 0)


def _varied(plan: Plan, index: int) -> Plan:
    move, words = _GENTLE[index % len(_GENTLE)]
    if move is Move.PUSH_IN or UNNAMED_CAMERA not in plan.notes:
        return plan
    notes = tuple(_renamed(plan.notes, f"No camera work is named, so the camera {words}."))
    amount = plan.camera.moves[0].amount
    moves = (CameraMove(move=move, amount=amount),)
    return replace(plan, camera=Camera(moves=moves, handheld=plan.camera.handheld), notes=notes)


def _renamed(notes: Sequence[str], sentence: str) -> Iterator[str]:
    for note in notes:
        yield sentence if note == UNNAMED_CAMERA else note
