"""All tables as one set of phrases, so that the longest phrase of any family wins."""

from __future__ import annotations

from enum import Enum, auto
from functools import cache

from photoplay.direction import lexicon_camera as camera
from photoplay.direction import lexicon_sound as sound
from photoplay.direction import lexicon_world as world
from photoplay.direction.phrases import Phrases
from photoplay.direction.plan import Easing


class Joint(Enum):
    """How a clause joins the one before it."""

    START = auto()  # by punctuation only
    WITH = auto()  # at the same time
    THEN = auto()  # later
    AFTER = auto()  # earlier: "pan left after pushing in"


Meaning = camera.CameraSense | world.WorldSense | sound.SoundSense | Joint

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


_SINGLE = (
    (sound.SingleSound(), sound.EFFECTS),
    (sound.SingleSound(deed=True), sound.DEEDS),
    (sound.SingleSound(alone=True), sound.EFFECTS_ALONE),
)


@cache
def phrases() -> Phrases[Meaning]:
    """The lexicon, built on first use."""
    rows: list[tuple[Meaning, str]] = [*_JOINTS, (world.Plain(), _PLAIN_JOINTS)]
    traps = (camera.CAMERA_TRAPS, world.WORLD_TRAPS, sound.MUSIC_TRAPS, sound.SOUND_TRAPS)
    rows += [(world.Plain(), text) for text in traps]
    rows += [(world.Plain(idiom=True), world.IDIOMS), *camera.CAMERA, *world.SEEN]
    rows += [(world.WIND, world.WIND_PATTERNS)]
    rows += [(heard, text) for heard, text in sound.HEARD if not heard.bare]
    rows += [
        *_SINGLE,
        (sound.Music(), sound.MUSIC),
        (sound.Music(alone=True), sound.MUSIC_ALONE),
        (sound.Music(deed=True), sound.MUSIC_DEEDS),
        (sound.Silence(), sound.SILENCE),
        (sound.SoundWord(), sound.SOUND_WORDS),
        (world.Rest(), world.REST),
        (world.Unable(), world.UNABLE),
        (world.Looping(), world.LOOPING),
    ]
    return Phrases(rows, world.SETS | sound.SOUND_SETS)


@cache
def sound_phrases() -> Phrases[sound.Heard | sound.SingleSound]:
    """What a clause about sound may name: "Sound: traffic, birds, a door"."""
    rows: list[tuple[sound.Heard | sound.SingleSound, str]] = [*_SINGLE, *sound.HEARD]
    return Phrases(rows, world.SETS | sound.SOUND_SETS)


@cache
def headings() -> Phrases[camera.Heading]:
    """Words that say where a move goes."""
    return Phrases(camera.HEADINGS)


@cache
def easings() -> Phrases[Easing]:
    """Words that say how a move gathers and loses speed."""
    return Phrases(camera.EASINGS)
