"""The typed plan that a prompt is read into. Values only; `reader.py` makes them.

Strengths: `amount` 1.0 is what a director would expect when the thing is named without an adverb;
0.5 is "subtle", 1.6 "dramatic". Times are fractions of the shot, half-open [start, end): cues whose
spans overlap run together ("while"), cues that follow each other are a sequence ("then"). A shot's
length is given, so speed is not a field: "slow" is less way in the same time, "fast" more way, and
"sudden" a short span.
`Cue(kind=Look.GRAIN, amount=0.0)` is the one cue of strength 0: grain is refused, also the fine
grain that an engine would lay over the clip unasked.
Every cue keeps the words it came from, so that the plan can be explained.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

Kind = TypeVar("Kind", bound=StrEnum)


class Move(StrEnum):
    """Camera moves. Left, right, up and down are the camera's own, as a film crew says them."""

    STATIC = "static"
    PUSH_IN = "push-in"  # dolly towards the subject
    PULL_OUT = "pull-out"  # dolly away from it
    TRUCK_LEFT = "truck-left"  # the camera slides sideways, looking straight on
    TRUCK_RIGHT = "truck-right"
    PEDESTAL_UP = "pedestal-up"  # the camera rises, looking straight on; cranes and jibs too
    PEDESTAL_DOWN = "pedestal-down"
    PAN_LEFT = "pan-left"  # the camera turns on its foot: no parallax
    PAN_RIGHT = "pan-right"
    TILT_UP = "tilt-up"
    TILT_DOWN = "tilt-down"
    ROLL_LEFT = "roll-left"  # counter-clockwise: the horizon drops on the right
    ROLL_RIGHT = "roll-right"
    ZOOM_IN = "zoom-in"  # focal length only: no parallax
    ZOOM_OUT = "zoom-out"
    DOLLY_ZOOM_IN = "dolly-zoom-in"  # dolly in, zoom out: the background falls away
    DOLLY_ZOOM_OUT = "dolly-zoom-out"
    ORBIT_LEFT = "orbit-left"  # the camera circles the subject towards its own left
    ORBIT_RIGHT = "orbit-right"
    TRACK_LEFT = "track-left"  # follow a subject that moves that way
    TRACK_RIGHT = "track-right"
    TRACK_FORWARD = "track-forward"  # follow from behind, or lead backwards in front
    WALK_AND_TALK = "walk-and-talk"  # lead a walking speaker: push in, hand-held, step bounce
    WHIP_PAN_LEFT = "whip-pan-left"
    WHIP_PAN_RIGHT = "whip-pan-right"
    RACK_FOCUS_IN = "rack-focus-in"  # from the background to the subject
    RACK_FOCUS_OUT = "rack-focus-out"  # from the subject to the background


class Easing(StrEnum):
    """How a move gathers and loses speed within its span."""

    EASE_IN_OUT = "ease-in-out"
    EASE_IN = "ease-in"
    EASE_OUT = "ease-out"
    LINEAR = "linear"


class Motion(StrEnum):
    """What moves inside the picture."""

    BREATHING = "breathing"
    SWAY = "sway"  # a standing person or thing shifts its weight; dancing, too
    HAIR = "hair"
    CLOTH = "cloth"
    FOLIAGE = "foliage"
    WATER = "water"
    CLOUDS = "clouds"
    STEAM = "steam"
    FLICKER = "flicker"  # flames, neon, screens


class Light(StrEnum):
    """What the light does."""

    GOLDEN_HOUR = "golden-hour"
    WINDOW_LIGHT = "window-light"
    RING_LIGHT = "ring-light"
    GOD_RAYS = "god-rays"
    LIGHT_SWEEP = "light-sweep"  # a highlight that travels over the picture
    FIRELIGHT = "firelight"
    NEON = "neon"
    MOONLIGHT = "moonlight"
    FLASH = "flash"  # camera flash or lightning
    SUNSET_TO_NIGHT = "sunset-to-night"
    NIGHT_TO_DAY = "night-to-day"


class Atmosphere(StrEnum):
    """What is in the air."""

    RAIN = "rain"
    SNOW = "snow"
    DUST = "dust"
    FOG = "fog"
    EMBERS = "embers"
    BOKEH = "bokeh"


class Look(StrEnum):
    """What the film stock and the lens add."""

    GRAIN = "grain"
    VIGNETTE = "vignette"


class Ambience(StrEnum):
    """Beds of sound."""

    WIND = "wind"
    LIGHT_RAIN = "light-rain"  # drizzle: single drops
    RAIN = "rain"
    HEAVY_RAIN = "heavy-rain"  # a downpour
    THUNDER = "thunder"
    OCEAN = "ocean"
    STREAM = "stream"
    CITY = "city"
    TRAFFIC = "traffic"
    CROWD = "crowd"
    CAFE = "cafe"
    OFFICE = "office"
    BIRDS = "birds"
    CRICKETS = "crickets"
    FIRE = "fire"
    ROOM = "room"
    TRAIN = "train"
    ENGINE = "engine"
    KITCHEN = "kitchen"


class Effect(StrEnum):
    """Single sounds, placed in time."""

    WHOOSH = "whoosh"  # something passes, or the camera whips round
    IMPACT = "impact"  # a deep hit, as under a title
    RISER = "riser"  # tension that rises to its end
    FOOTSTEPS = "footsteps"
    DOOR = "door"  # it opens or falls shut
    KNOCK = "knock"
    POUR = "pour"
    SPLASH = "splash"
    DRIP = "drip"
    FIZZ = "fizz"  # a drink, or fat in a pan
    CLICK = "click"  # a switch, a button, a pen
    TYPING = "typing"
    SHUTTER = "shutter"  # of a camera
    TICKING = "ticking"  # of a clock
    CLOTH = "cloth"  # rustle of clothes, paper, pages
    GLASS = "glass"  # a clink
    BELL = "bell"
    BEEP = "beep"
    HEARTBEAT = "heartbeat"
    APPLAUSE = "applause"


class Mood(StrEnum):
    """What music feels like."""

    CALM = "calm"
    HAPPY = "happy"
    SAD = "sad"
    ROMANTIC = "romantic"
    DREAMY = "dreamy"
    MYSTERIOUS = "mysterious"
    TENSE = "tense"
    DARK = "dark"
    EPIC = "epic"
    ENERGETIC = "energetic"


class Genre(StrEnum):
    """What music is made of: its instruments and its beat."""

    AMBIENT = "ambient"  # pads, no beat
    PIANO = "piano"
    ORCHESTRAL = "orchestral"  # strings, low drums: film score
    ACOUSTIC = "acoustic"  # plucked guitar
    CORPORATE = "corporate"  # bright plucks and claps of advertisements
    LOFI = "lofi"
    HIP_HOP = "hip-hop"
    JAZZ = "jazz"
    ROCK = "rock"
    SYNTHWAVE = "synthwave"
    ELECTRONIC = "electronic"  # house, techno, EDM: four on the floor


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraMove:
    """One move of the camera over a span of the shot."""

    move: Move
    amount: float = 1.0  # extent: how far the camera gets, however fast
    easing: Easing = Easing.EASE_IN_OUT
    start: float = 0.0
    end: float = 1.0
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """All camera work of a shot. No moves and no hand-held shake is a locked-off camera."""

    moves: tuple[CameraMove, ...] = ()
    handheld: float = 0.0  # 0 tripod, 0.3 a steady hand, 1 documentary, 1.5 very shaky
    words: str = ""  # where `handheld` came from


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue(Generic[Kind]):
    """One thing of a family (`Motion`, `Light`, …) that happens over a span of the shot."""

    kind: Kind
    amount: float = 1.0
    start: float = 0.0
    end: float = 1.0
    words: str = ""


class Sex(StrEnum):
    """Of a voice."""

    FEMALE = "female"
    MALE = "male"


class Age(StrEnum):
    """Of a voice."""

    CHILD = "child"
    ADULT = "adult"
    OLD = "old"


class Emotion(StrEnum):
    """How a line is spoken."""

    NEUTRAL = "neutral"
    HAPPY = "happy"
    EXCITED = "excited"
    SAD = "sad"
    CALM = "calm"
    ANGRY = "angry"
    AFRAID = "afraid"
    WHISPERED = "whispered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """Who speaks and how, as far as the prompt says. `pace` is a factor on the usual speed."""

    sex: Sex | None = None
    age: Age = Age.ADULT
    emotion: Emotion = Emotion.NEUTRAL
    pace: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Words that are spoken. `speaker` is as written ("the woman"), empty when not said.

    `start` is the share of the shot at which it begins, None where the prompt does not say:
    lines without one follow each other. `language` is a two-letter code (ISO 639-1), empty where
    the prompt does not name it.
    """

    text: str
    speaker: str = ""
    voice_over: bool = False
    manner: Manner = Manner()
    language: str = ""
    start: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundEffect:
    """A single sound, or a row of `count` of them (0: as many as are usual for it).

    It begins at `start`; a row, or a sound that lasts, goes on until `end`. `kind` is None for a
    sound that there is no recipe for: it is kept in the prompt's own `words`, and reported.
    """

    kind: Effect | None
    amount: float = 1.0
    start: float = 0.0
    end: float = 1.0
    count: int = 0
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Music:
    """Music under the whole clip. `tempo_bpm` is None where the prompt does not say."""

    genre: Genre
    mood: Mood
    tempo_bpm: float | None = None
    amount: float = 1.0
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """What is heard."""

    ambience: tuple[Cue[Ambience], ...] = ()
    effects: tuple[SoundEffect, ...] = ()
    music: Music | None = None
    dialogue: tuple[Line, ...] = ()
    silent: bool = False  # "no sound", "silent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a prompt asks for, and what of it was not understood.

    `not_understood` holds words of the prompt that no cue came from and that are not plain
    description of what the still already shows. `loop`: the clip's end is to meet its beginning.
    `notes` are choices made for the user, each a
    sentence: a default taken, a contradiction resolved, a wish the negative prompt removed.
    """

    camera: Camera = Camera()
    motion: tuple[Cue[Motion], ...] = ()
    light: tuple[Cue[Light], ...] = ()
    atmosphere: tuple[Cue[Atmosphere], ...] = ()
    look: tuple[Cue[Look], ...] = ()
    sound: Sound = Sound()
    loop: bool = False
    not_understood: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
