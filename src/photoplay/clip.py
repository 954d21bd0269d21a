"""What is asked for and what comes back: frozen, engine-neutral values.

Knows nothing about files, engines or wire formats. A `ClipRequest` that exists is within the
rules of this module; what a particular engine can do with it is that engine's `Capabilities`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from pathlib import Path

from photoplay.errors import InvalidPrompt, InvalidRequest
from photoplay.given import check_text, is_match, is_number, shown

FPS = Fraction(24)
MIN_CLIP_S = 3
MAX_CLIP_S = 15
MAX_TRANSFER_S = 30  # where the video leads
MAX_IMAGE_TRANSFER_S = 10  # where its motion is made in the pose of the picture
MAX_SHOTS = 6
USUAL_CLIP_S = 5  # where nothing is said
STILL_PROMPT = "static camera"  # where a video says what happens, and no words do
DEFAULT_NEGATIVE_PROMPT = "blur, distort, and low quality"
WIDEST_ASPECT = 4  # 4:1 to 1:4
DEFAULT_LOUDNESS_LUFS = -14.0  # what video platforms play at
QUIETEST_LUFS, LOUDEST_LUFS = -40.0, -9.0


class Tier(StrEnum):
    """How fine the clip is. The value is the word used on the wire and on the command line."""

    STANDARD = "standard"  # 1080p pixel count
    PRO = "pro"  # 1080p pixel count, rendered and encoded finer
    FOUR_K = "4k"  # 2160p pixel count

    @property
    def pixels(self) -> int:
        """Pixels of one frame; the still's own aspect decides how they are laid out."""
        return 3840 * 2160 if self is Tier.FOUR_K else 1920 * 1080


class Framing(StrEnum):
    """How much of its picture a shot shows."""

    WIDE = "wide"
    MEDIUM = "medium"
    CLOSE_UP = "close-up"
    DETAIL = "detail"
    OVER_SHOULDER = "over-the-shoulder"


class Transition(StrEnum):
    """How a clip gets from its start image to its end image."""

    AUTO = "auto"  # what suits the two pictures
    CAMERA = "camera"  # the camera moves from one to the other
    CUT = "cut"  # a match cut, hidden in movement
    DISSOLVE = "dissolve"


class Orientation(StrEnum):
    """Whose pose a transfer keeps to: that of the character's picture, or of the video."""

    IMAGE = "image"
    VIDEO = "video"


@dataclass(frozen=True, slots=True)
class Shot:
    """One continuous take: what happens, and for how many whole seconds.

    `image` is the picture of this shot where that is not the clip's start image. `framing` None:
    as the prompt says, or all of it.
    """

    prompt: str
    duration_s: int
    image: Path | None = None
    framing: Framing | None = None

    def __post_init__(self) -> None:
        check_text(self.prompt, "prompt")
        if type(self.duration_s) is not int:  # a bool is no length, and 2.5 s are no whole ones
            raise InvalidRequest(
                f"{shown(self.duration_s)} s were asked for",
                rule=f"a clip lasts {MIN_CLIP_S} to {MAX_CLIP_S} whole seconds, a shot at least 1",
                fix="Ask for 5, 8, 10 or 15 s, and for 2 to 5 s a shot",
            )
        if not self.prompt.strip():
            raise InvalidPrompt(
                "the prompt is empty",
                rule="a shot needs a sentence that says what happens",
                fix='Try "slow push in, golden light, birdsong"',
            )


@dataclass(frozen=True, slots=True)
class Element:
    """Somebody or something that prompts speak of as @name, with pictures of it, the best first."""

    name: str
    images: tuple[Path, ...]

    def __post_init__(self) -> None:
        if not is_match(r"[A-Za-z][A-Za-z0-9_]{0,39}", self.name) or not self.images:
            raise InvalidRequest(
                f"an element is called {shown(self.name)} and has {len(self.images)} pictures",
                rule="its name is a word, and it has at least one picture",
                fix="Call it Element1, or by a name such as Anna",
            )


@dataclass(frozen=True, slots=True)
class MotionReference:
    """A video whose movement the start image is to make: camera, body, timing.

    With `keep_sound` the clip has the video's sound.
    """

    video: Path
    orientation: Orientation = Orientation.VIDEO
    keep_sound: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundOptions:
    """What is to be heard beyond what the prompt says.

    `track` is a sound file that takes the place of all but speech; `music` describes the music in
    words and replaces the prompt's; `voice` is the name of a voice, or the path of a voice file;
    `language` is the code (ISO 639-1) of the language that is spoken, None to tell it from the
    words. `loudness_lufs` is the loudness of the clip: -14 for platforms, -23 for broadcasting
    (EBU R 128).
    """

    track: Path | None = None
    music: str | None = None
    voice: str | None = None
    language: str | None = None
    loudness_lufs: float = DEFAULT_LOUDNESS_LUFS

    def __post_init__(self) -> None:
        if self.music is not None:
            check_text(self.music, "description of the music")
            if not self.music.strip():
                raise InvalidPrompt(
                    "the description of the music is empty",
                    rule="it says in words what plays",
                    fix='Say it ("sad piano"), or leave it out; "no music" in the prompt is none',
                )
        loudness = self.loudness_lufs
        if not is_number(loudness) or not QUIETEST_LUFS <= loudness <= LOUDEST_LUFS:
            raise InvalidRequest(
                f"the loudness is {shown(loudness)} LUFS",
                rule=f"a clip can have {QUIETEST_LUFS:g} to {LOUDEST_LUFS:g} LUFS",
                fix="Leave it at -14 for platforms, or use -23 for broadcasting",
            )
        if self.voice is not None:
            check_text(self.voice, "name of the voice")
        if self.language is not None and not is_match(r"[a-z]{2,3}", self.language):
            raise InvalidRequest(
                f"the language is {shown(self.language)}",
                rule="a language is named by its code of ISO 639-1",
                fix='Use "en", "de", "es", "fr", "ja", …',
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipRequest:
    """One clip to render.

    Without `start_image` it is made from text alone. `end_image` is its last frame, and
    `transition` how it gets there. With `split_shots` the engine makes shots of the one that is
    given. `motion` is what the start image is to do. With `loop` the last frame leads back to the
    first, and so does the sound.

    With `motion` the clip is as long as the whole seconds of the video, and its shot says how long
    it may be at most.

    `guidance` (0–1) is how strongly the prompt is followed. `aspect` is width / height, None for
    the still's own. `camera` names a preset that replaces the prompt's camera work. Without `audio`
    there is no sound, and `sound` means nothing. The same request, engine version and seed give
    the same frames.
    """

    start_image: Path | None
    shots: tuple[Shot, ...]
    end_image: Path | None = None
    transition: Transition = Transition.AUTO
    elements: tuple[Element, ...] = ()
    motion: MotionReference | None = None
    split_shots: bool = False
    loop: bool = False
    negative_prompt: str = DEFAULT_NEGATIVE_PROMPT
    guidance: float = 0.5
    tier: Tier = Tier.STANDARD
    aspect: Fraction | None = None
    camera: str | None = None
    audio: bool = True
    sound: SoundOptions = SoundOptions()
    seed: int = 0

    def __post_init__(self) -> None:
        check_text(self.negative_prompt, "negative prompt")
        _check_shots(self)
        _check_together(self)
        if self.camera is not None:
            check_text(self.camera, "camera preset")
        if not is_number(self.guidance) or not 0 <= self.guidance <= 1:
            raise InvalidRequest(
                f"guidance is {shown(self.guidance)}",
                rule="it ranges from 0 (a hint of motion) to 1 (all the prompt asks for)",
                fix="Leave it at 0.5 unless motion is too weak or too strong",
            )
        if self.aspect is not None and not _is_aspect(self.aspect):
            raise _bad_aspect(self.aspect)
        if type(self.seed) is not int or not 0 <= self.seed < 2**32:
            raise InvalidRequest(
                f"the seed is {shown(self.seed)}",
                rule="a seed is a whole number from 0 to 4294967295",
                fix="Use 0, or any number you can remember",
            )

    @property
    def pictures(self) -> tuple[Path, ...]:
        """All picture files that it needs, each once, the start image first."""
        named = (
            self.start_image,
            self.end_image,
            *(shot.image for shot in self.shots),
            *(image for element in self.elements for image in element.images),
        )
        return tuple(dict.fromkeys(path for path in named if path is not None))

    @property
    def duration_s(self) -> int:
        """Whole seconds of the clip."""
        return sum(shot.duration_s for shot in self.shots)

    @property
    def frame_count(self) -> int:
        """Frames of the clip: exactly seconds × 24."""
        return int(self.duration_s * FPS)


@dataclass(frozen=True, slots=True)
class Word:
    """A word that is spoken, and when: seconds from the start of the clip, or of its utterance."""

    text: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """A finished film file and its facts, measured from the file itself after it was written.

    `words` are those that are spoken in it, as the engine placed them. `notes` is what there was to
    say: choices made, wishes not fulfilled.
    """

    path: Path
    width_px: int
    height_px: int
    fps: Fraction
    frame_count: int
    duration_s: Fraction
    video_codec: str
    audio_codec: str | None
    audio_duration_s: Fraction | None
    loudness_lufs: float | None
    bytes: int
    engine: str
    seed: int
    words: tuple[Word, ...] = ()
    notes: tuple[str, ...] = ()


def _check_shots(request: ClipRequest) -> None:
    if not 1 <= len(request.shots) <= MAX_SHOTS:
        raise InvalidRequest(
            f"{len(request.shots)} shots were asked for",
            rule=f"a clip has 1 to {MAX_SHOTS} shots",
            fix="Make several clips of it",
        )
    longest_s = MAX_CLIP_S
    if request.motion is not None:
        keeps_pose = request.motion.orientation is Orientation.IMAGE
        longest_s = MAX_IMAGE_TRANSFER_S if keeps_pose else MAX_TRANSFER_S
    lengths_s = [shot.duration_s for shot in request.shots]
    if not MIN_CLIP_S <= request.duration_s <= longest_s:
        raise InvalidRequest(
            f"{request.duration_s} s were asked for",
            rule=f"a clip lasts {MIN_CLIP_S} to {longest_s} whole seconds",
            fix="Ask for 5, 8, 10 or 15 s",
        )
    if min(lengths_s) < 1:
        raise InvalidRequest(
            f"a shot of {min(lengths_s)} s was asked for",
            rule="a shot lasts at least 1 s",
            fix="Give it 2 to 5 s",
        )


def _check_together(request: ClipRequest) -> None:
    """Raise InvalidRequest for wishes that cannot both be fulfilled."""
    if request.split_shots and len(request.shots) > 1:
        raise InvalidRequest(
            f"{len(request.shots)} shots are to be split",
            rule="one prompt is split into shots",
            fix="Give a prompt, or shots of your own",
        )
    has = {
        "an end image": request.end_image is not None,
        "several shots": len(request.shots) > 1 or request.split_shots,
        "the motion of a video": request.motion is not None,
        "a loop": request.loop,
    }
    wanted = [name for name, is_wanted in has.items() if is_wanted]
    if len(wanted) > 1:
        raise InvalidRequest(
            f"{' and '.join(wanted)} were asked for together",
            rule="a clip is one of these",
            fix="Make a clip of each, and join them",
        )
    if request.start_image is None and has["an end image"] | has["the motion of a video"]:
        raise InvalidRequest(
            f"{wanted[0]} was asked for without a start image",
            rule="both need a picture to begin with",
            fix="Give one",
        )
    if request.transition is not Transition.AUTO and not has["an end image"]:
        raise InvalidRequest(
            f"the transition {request.transition} was asked for without an end image",
            rule="a transition leads from the start image to another",
            fix="Give an end image, or leave the transition out",
        )


def parse_tier(word: str) -> Tier:
    """The tier of that name. Raises InvalidRequest."""
    try:
        return Tier(word)
    except ValueError:
        raise InvalidRequest(
            f"there is no tier called {word!r}",
            rule="a tier is one of " + ", ".join(Tier),
            fix="Leave it out for standard",
        ) from None


def parse_transition(word: str) -> Transition:
    """The transition of that name. Raises InvalidRequest."""
    try:
        return Transition(word)
    except ValueError:
        raise InvalidRequest(
            f"there is no transition called {word!r}",
            rule="a transition is one of " + ", ".join(Transition),
            fix="Leave it out for what suits the two pictures",
        ) from None


def parse_orientation(word: str) -> Orientation:
    """The orientation of that name. Raises InvalidRequest."""
    try:
        return Orientation(word)
    except ValueError:
        raise InvalidRequest(
            f"there is no orientation called {word!r}",
            rule="an orientation is image or video",
            fix="Leave it out for video",
        ) from None


def parse_aspect(text: str) -> Fraction:
    """Width / height from "16:9" or "2.39:1". Raises InvalidRequest."""
    match = re.fullmatch(r"(\d{1,5}(?:\.\d{1,4})?):(\d{1,5}(?:\.\d{1,4})?)", text.strip())
    width, height = map(Fraction, match.groups()) if match else (Fraction(0), Fraction(0))
    if not height or not _is_aspect(width / height):
        raise _bad_aspect(text)
    return width / height


def parse_shot(text: str) -> Shot:
    """The shot of "3s: wide shot of the harbour". Raises InvalidRequest."""
    pattern = r"\s*(\d{1,2})\s*s(?:ec(?:onds?)?)?\s*:\s*(.*)"
    match = re.fullmatch(pattern, text, re.DOTALL) if isinstance(text, str) else None
    if match is None:
        raise InvalidRequest(
            f"a shot is {shown(text)}",
            rule="a shot is its whole seconds, a colon, and what happens",
            fix='Write "3s: wide shot of the harbour"',
        )
    return Shot(match[2].strip(), int(match[1]))


def parse_element(text: str) -> tuple[str, Path]:
    """Name and picture of "Anna=anna.jpg". Raises InvalidRequest."""
    name, _, path = text.partition("=")
    if not path:
        raise InvalidRequest(
            f"an element is {text[:60]!r}",
            rule="an element is its name, an equals sign, and its picture",
            fix="Write Anna=anna.jpg",
        )
    return name.strip().removeprefix("@"), Path(path)


def make_shots(
    prompt: str | None, shots: Sequence[Shot | str], seconds: int | None
) -> tuple[Shot, ...]:
    """One shot of a prompt, or several of their own. Raises InvalidRequest if both are given.

    `seconds` is the length of the clip; shots bring their own, and must agree with it.
    """
    if isinstance(shots, str | Shot) or not isinstance(shots, Sequence):
        raise InvalidRequest(
            f"the shots are {shown(shots)}",
            rule="shots are a list, even if there is one",
            fix='Write ["3s: wide shot of the harbour", "4s: close-up"]',
        )
    if not shots:
        if prompt is None:
            raise InvalidPrompt(
                "there is neither a prompt nor a shot",
                rule="a clip needs a sentence that says what happens",
                fix='Try "slow push in, golden light, birdsong"',
            )
        return (Shot(prompt, USUAL_CLIP_S if seconds is None else seconds),)
    if prompt is not None:
        raise InvalidRequest(
            f"a prompt and {len(shots)} shots were given",
            rule="shots have prompts of their own",
            fix="Leave the prompt out, and say in each shot what holds for all",
        )
    made = tuple(shot if isinstance(shot, Shot) else parse_shot(shot) for shot in shots)
    length_s = sum(shot.duration_s for shot in made)
    if seconds not in (None, length_s):
        raise InvalidRequest(
            f"{seconds} s were asked for, and shots of {length_s} s",
            rule="a clip is as long as its shots together",
            fix="Leave the seconds out",
        )
    return made


def make_elements(pictures: Iterable[tuple[str, Path]]) -> tuple[Element, ...]:
    """Elements of names and their pictures; a name that comes again has several."""
    grouped: dict[str, list[Path]] = {}
    for name, path in pictures:
        grouped.setdefault(name, []).append(path)
    return tuple(Element(name, tuple(paths)) for name, paths in grouped.items())


def _is_aspect(ratio: object) -> bool:
    """Whether `ratio` is exact (a float would not come back from the recipe) and in bounds."""
    return isinstance(ratio, Fraction | int) and 1 <= WIDEST_ASPECT * ratio <= WIDEST_ASPECT**2


def _bad_aspect(given: object) -> InvalidRequest:
    return InvalidRequest(
        f"the aspect is {given!r}",
        rule=f"an aspect is width:height, between 1:{WIDEST_ASPECT} and {WIDEST_ASPECT}:1",
        fix="Use 16:9, 9:16 or 1:1, or leave it out for the still's own",
    )
