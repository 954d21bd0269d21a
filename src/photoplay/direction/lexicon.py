"""All tables as one set of phrases, so that the longest phrase of any family wins."""

from __future__ import annotations

from enum import Enum, auto
from functools import cache

from photoplay.direction import lexicon_camera as camera
from photoplay.direction import lexicon_world as world
from photoplay.direction.phrases import Phrases
from photoplay.direction.plan import Easing


class Joint(Enum):
    """How a clause joins the one before it."""

    START = auto()  # by punctuation only
    WITH = auto()  # at the same time
    THEN = auto()  # later
    AFTER = auto()  # earlier: "pan left after pushing in"


Meaning = camera.CameraSense | world.WorldSense | Joint

_JOINTS = (
    (
        Joint.THEN,
        """
        then, and then, after that, after which, afterward, follow by, next, finally, and finally,
        lastly, later, before, subsequently, eventually, end with|on|in, end by,
        transition to|into, lead into, moment later, second later, but then, until then, and next
        """,
    ),
    (Joint.AFTER, "after"),
    (
        Joint.WITH,
        """
        while, as, and, but, when, where, who, which, that, because, until, meanwhile, plus,
        at same time, and at same time, simultaneously, and simultaneously, all while, whilst
        """,
    ),
)
_PLAIN_JOINTS = """
next to, as if, as though, such as, as well, not only, same as, look as, known as, never stop,
no longer than, follow by camera, even as, after all, before us, that is
"""


@cache
def phrases() -> Phrases[Meaning]:
    """The lexicon, built on first use."""
    rows: list[tuple[Meaning, str]] = [*_JOINTS, (world.Plain(), _PLAIN_JOINTS)]
    rows += [(world.Plain(), text) for text in (camera.CAMERA_TRAPS, world.WORLD_TRAPS)]
    rows += [
        (world.Plain(idiom=True), world.IDIOMS),
        (world.Plain(), world.MUSIC_TRAPS),
        *camera.CAMERA,
        *world.SEEN,
    ]
    rows += [(world.WIND, world.WIND_PATTERNS)]
    rows += [(heard, text) for heard, text in world.HEARD if not heard.bare]
    rows += [
        (world.SingleSound(), world.EFFECTS),
        (world.Music(), world.MUSIC),
        (world.Silence(), world.SILENCE),
        (world.SoundWord(), world.SOUND_WORDS),
        (world.Rest(), world.REST),
        (world.Unable(), world.UNABLE),
    ]
    return Phrases(rows, world.SETS)


@cache
def heard_phrases() -> Phrases[world.Heard]:
    """What a clause about sound may name: "Sound: traffic, birds"."""
    return Phrases(world.HEARD)


@cache
def headings() -> Phrases[camera.Heading]:
    """Words that say where a move goes."""
    return Phrases(camera.HEADINGS)


@cache
def easings() -> Phrases[Easing]:
    """Words that say how a move gathers and loses speed."""
    return Phrases(camera.EASINGS)
