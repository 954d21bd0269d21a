"""What a clip is to show and say, in parts: the brief that a prompt is composed from.

Tier 1 is in every prompt (character, action, audio, and what is spoken); tier 2 when there is room
(product, camera, lighting); tier 3 after that (realism, continuity, avoidance). Frozen values. A
`Brief` that exists is within the rules of this module; it knows nothing about endpoints.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

from photoplay.compose.sentences import one_line, sentences
from photoplay.errors import InvalidPrompt, InvalidRequest
from photoplay.given import MAX_PROMPT_CHARS, check_text

# The tier of every item of a prompt. `people` is the guard for hands and arms.
TIERS: Mapping[str, int] = MappingProxyType(
    {
        "references": 1,
        "character": 1,
        "action": 1,
        "dialogue": 1,
        "audio": 1,
        "product": 2,
        "camera": 2,
        "lighting": 2,
        "people": 3,
        "realism": 3,
        "continuity": 3,
        "avoidance": 3,
    }
)
_TEXTS = ("character", "action", "audio", "product", "camera", "lighting", "realism", "continuity")
MOST_SHOTS = 20  # more than any endpoint takes
MOST_LINES = 50  # of dialogue, in a brief or a shot
MOST_REFERENCES = 20
MOST_AVOIDED = 100  # things to avoid
MOST_CHARS = 20_000  # of one text: the longest prompt that any endpoint takes
MOST_LABEL_CHARS = 120  # of a speaker, a manner, or what a reference shows
MOST_SECONDS = 600  # of a clip or a shot


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenLine:
    """What somebody says. `manner` is how ("softly"); a `voice_over` is not seen speaking."""

    line: str
    speaker: str = ""
    manner: str = ""
    voice_over: bool = False

    def __post_init__(self) -> None:
        _check_prose(self.line, "line of the dialogue")
        _check_needed(self.line, "line of the dialogue", "Write what is said, or remove it")
        _check_label(self.speaker, "speaker")
        _check_label(self.manner, "manner")
        _check_flag(self.voice_over, "voice_over")
        if not self.voice_over:
            fix = "Name who says it, or set voice_over = true"
            _check_needed(self.speaker, "speaker of the dialogue", fix)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A picture of who or what appears: its URL, and which it is ("the woman in the raincoat")."""

    image: str
    shows: str

    def __post_init__(self) -> None:
        if not isinstance(self.image, str) or not self.image.strip():
            raise _wrong("a reference has no image", "it is a URL", "Give the URL of a picture")
        _check_label(self.shows, "shows of a reference")
        _check_needed(self.shows, "shows of a reference", 'Say who or what it is: "the woman"')


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefShot:
    """One shot of several. What it leaves empty, the brief says for the whole clip.

    Without `duration_s` it lasts its share of what is left of the clip.
    """

    action: str
    audio: str = ""
    camera: str = ""
    lighting: str = ""
    dialogue: tuple[SpokenLine, ...] = ()
    duration_s: int | None = None

    def __post_init__(self) -> None:
        for name in ("action", "audio", "camera", "lighting"):
            _check_prose(getattr(self, name), f"{name} of a shot")
        _check_needed(self.action, "action of a shot", "Say what happens in each of the shots")
        _check_list(self.dialogue, SpokenLine, "dialogue of a shot", MOST_LINES)
        _check_seconds(self.duration_s, "duration of a shot")


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """All that is wanted of one clip; every text may have several sentences.

    `silent` asks for no sound at all; `people` says whether people are in view (None: to be told
    from the words). `duration_s` None leaves the length to the shots, or to the endpoint. With
    `shots`, dialogue belongs to them, and `action` sets the scene before the first.
    """

    character: str
    action: str = ""
    audio: str = ""
    product: str = ""
    camera: str = ""
    lighting: str = ""
    realism: str = ""
    continuity: str = ""
    avoidance: tuple[str, ...] = ()
    dialogue: tuple[SpokenLine, ...] = ()
    shots: tuple[BriefShot, ...] = ()
    references: tuple[Reference, ...] = ()
    duration_s: int | None = None
    silent: bool = False
    people: bool | None = None

    def __post_init__(self) -> None:
        for name in _TEXTS:
            _check_prose(getattr(self, name), name)
        _check_list(self.avoidance, str, "avoidance", MOST_AVOIDED)
        for one in self.avoidance:
            _check_prose(one, "avoidance")
        check_text(one_line(", ".join(self.avoidance)), "avoidance")
        _check_list(self.dialogue, SpokenLine, "dialogue", MOST_LINES)
        _check_list(self.shots, BriefShot, "shots", MOST_SHOTS)
        _check_list(self.references, Reference, "references", MOST_REFERENCES)
        _check_seconds(self.duration_s, "duration")
        _check_flag(self.silent, "silent")
        if self.people is not None:
            _check_flag(self.people, "people")
        self._check_tier_1()

    def texts(self) -> Iterator[tuple[str, str]]:
        """Every text of it that may get into a prompt, with where it is: ("shots.2.camera", …)."""
        for name in _TEXTS:
            yield name, getattr(self, name)
        for one in self.avoidance:
            yield "avoidance", one
        yield from (("references", one.shows) for one in self.references)
        yield from _of_lines(self.dialogue, "dialogue")
        for number, shot in enumerate(self.shots, 1):
            for name in ("action", "audio", "camera", "lighting"):
                yield f"shots.{number}.{name}", getattr(shot, name)
            yield from _of_lines(shot.dialogue, f"shots.{number}.dialogue")

    def _check_tier_1(self) -> None:
        _check_needed(self.character, "character", "Say who or what the clip is about")
        if not self.shots:
            _check_needed(self.action, "action", "Say what happens")
        if self.shots and self.dialogue:
            raise _wrong(
                "the brief has both shots and a dialogue of the whole",
                "with shots, a line is spoken in one of them",
                "Write [[shots.dialogue]] below the shot instead of [[dialogue]]",
            )
        heard = any(sentences(one) for one in (self.audio, *(shot.audio for shot in self.shots)))
        heard = heard or any((self.dialogue, *(shot.dialogue for shot in self.shots)))
        if self.silent and heard:
            raise _wrong(
                "the brief is silent and says what is heard",
                "silent = true means no sound at all",
                "Remove silent, or remove audio and dialogue",
            )
        if not self.silent and not heard:
            raise _wrong(
                "the brief has no audio",
                "a prompt always says what is heard",
                'Write audio = "rain on the roof", or silent = true',
            )


def _of_lines(lines: tuple[SpokenLine, ...], where: str) -> Iterator[tuple[str, str]]:
    for one in lines:
        yield from ((where, text) for text in (one.line, one.speaker, one.manner))


def _check_prose(text: object, name: str) -> None:
    """Raise InvalidRequest or InvalidPrompt unless `text` is text that can be written in prompts.

    Its length is looked at sentence by sentence: sentences are what can be left out.
    """
    _check_string(text, name)
    assert isinstance(text, str)
    if len(text) > MOST_CHARS:
        raise InvalidPrompt(
            f"the {name} has {len(text):,} characters",
            rule=f"a part of a brief has at most {MOST_CHARS:,}",
            fix=f"Shorten it by {len(text) - MOST_CHARS:,}; no prompt has room for it",
        )
    parts = sentences(text)
    for number, sentence in enumerate(parts, 1):
        where = f"{name}, sentence {number}" if len(parts) > 1 else name
        # A sentence of any length is taken here: whether it fits, the endpoint decides.
        for begin, end in pairwise([*range(0, len(sentence), MAX_PROMPT_CHARS), len(sentence)]):
            check_text(sentence[begin:end], where)


def _check_label(text: object, name: str) -> None:
    _check_prose(text, name)
    assert isinstance(text, str)
    if len(one_line(text)) > MOST_LABEL_CHARS:
        raise _wrong(
            f"the {name} has {len(text):,} characters",
            f"it is a name or a few words, at most {MOST_LABEL_CHARS} characters",
            "Shorten it",
        )


def _check_string(text: object, name: str) -> None:
    if not isinstance(text, str):
        raise _wrong(
            f"the {name} is {kind_of(text)}",
            "it is text",
            f'Write it as text: {name.split()[0]} = "…"',
        )


def _check_needed(text: str, name: str, fix: str) -> None:
    if not sentences(text):
        raise _wrong(f"the {name} is missing or empty", "a prompt always says it", fix)


def _check_list(found: object, kind: type, name: str, most: int) -> None:
    if not isinstance(found, tuple) or not all(isinstance(one, kind) for one in found):
        what = kind_of(found) if not isinstance(found, Sequence) else "a list of other things"
        raise _wrong(
            f"the {name} is {what}", f"it is a tuple of {kind.__name__}", "See Brief for its types"
        )
    if len(found) > most:
        raise _wrong(f"the {name} has {len(found):,} items", f"at most {most}", "Make it shorter")


def _check_seconds(seconds: object, name: str) -> None:
    if seconds is None:
        return
    if (
        isinstance(seconds, bool)
        or not isinstance(seconds, int)
        or not 1 <= seconds <= MOST_SECONDS
    ):
        is_number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
        given = str(seconds)[:20] if is_number else kind_of(seconds)
        raise _wrong(
            f"the {name} is {given}",
            f"it is a whole number of seconds, 1 to {MOST_SECONDS}",
            "Write it without quotes or a unit: duration = 8",
        )


def _check_flag(flag: object, name: str) -> None:
    if not isinstance(flag, bool):
        raise _wrong(
            f"{name} is {kind_of(flag)}",
            "it is true or false",
            f"Write {name} = true, without quotes",
        )


def kind_of(value: object) -> str:
    """What `value` is, in the words of TOML."""
    if isinstance(value, bool):
        return "true or false"
    names: tuple[tuple[type | tuple[type, ...], str], ...] = (
        (str, "text"),
        ((int, float), "a number"),
        (Mapping, "a table"),
        (Sequence, "a list"),
    )
    return next((name for kind, name in names if isinstance(value, kind)), type(value).__name__)


def _wrong(given: str, rule: str, fix: str) -> InvalidRequest:
    return InvalidRequest(given, rule=rule, fix=fix)
