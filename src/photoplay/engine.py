"""What an engine is, and how one is found.

An engine says beforehand what it can do (`Capabilities`). A `Renderer` makes the clip on this
machine; during the render it talks to its surroundings through `Run` only. A hosted engine stands
for a provider from whom the clip is bought: see `photoplay.hosted`. Engines are found by the
entry-point group `photoplay.engines`, so that a package installed beside this one adds its own.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import entry_points
from pathlib import Path
from typing import Protocol, cast, runtime_checkable

from photoplay.clip import ClipRequest, SoundOptions, Tier
from photoplay.errors import FeatureNotSupported, InvalidRequest
from photoplay.frames import Frames

GROUP = "photoplay.engines"
DEFAULT_ENGINE = "parallax"


class Feature(StrEnum):
    """What a request may need beyond one still, one sentence and a length. Values name it."""

    NO_IMAGE = "a clip from text alone"
    END_IMAGE = "an end image"
    ELEMENTS = "elements (reference images)"
    MOTION = "the motion of a reference video"
    SOURCE_VIDEO = "a source video to change"
    SHOTS = "several shots"
    SPEECH = "a voice of one's own"
    SOUND_TRACK = "a sound track of one's own"
    EFFECT = "a named effect"
    WEIGHTS = "extra weights (LoRA)"
    LOOP = "a seamless loop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What an engine can render. Limits of the request type itself are not repeated here."""

    summary: str  # one line for people who choose
    tiers: frozenset[Tier]
    max_shots: int = 1
    audio: bool = False
    sound_options: bool = False  # a track, music, voice or loudness of one's own
    features: frozenset[Feature] = frozenset()
    hosted: bool = False  # a provider makes the clip, usually for money
    replays: bool = False  # makes none, but gives back those that others made


class Run(Protocol):
    """What a render may ask of its surroundings."""

    @property
    def scratch(self) -> Path:
        """A folder of its own that vanishes when the render ends."""

    def progress(self, fraction: float, message: str) -> None:
        """Report how far the render is (0–1) and what it is doing."""

    def log(self, message: str) -> None:
        """Say something the user should read: a choice made, a wish not fulfilled."""

    def check_cancelled(self) -> None:
        """Raise `Cancelled` if the caller has changed their mind. Call it at least every 0.2 s."""


class Engine(Protocol):
    """What clips come from. One instance serves many, also at the same time."""

    @property
    def name(self) -> str:
        """The word users pick it by; also its entry-point name."""

    @property
    def capabilities(self) -> Capabilities:
        """What it can render."""


class Renderer(Engine, Protocol):
    """An engine that renders here."""

    def render(self, request: ClipRequest, run: Run) -> Frames:
        """Start the render. Frames are made lazily as the iterator is consumed."""


@runtime_checkable
class Foreseeing(Renderer, Protocol):
    """An engine that can say beforehand what it would make of a request."""

    def look(self, request: ClipRequest, run: Run) -> None:
        """Log all that a render would log, and render nothing."""


def engine_names() -> list[str]:
    """Names of all installed engines, sorted."""
    return sorted({entry.name for entry in entry_points(group=GROUP)})


def load_renderer(name: str = DEFAULT_ENGINE) -> Renderer:
    """The engine of that name that renders here. Raises InvalidRequest when there is none."""
    engine = load_engine(name)
    if engine.capabilities.hosted:
        raise InvalidRequest(
            f"{name} is a hosted engine",
            rule="here a clip is rendered on this machine",
            fix=f"Use {DEFAULT_ENGINE}, or photoplay animate --engine {name}",
        )
    return cast("Renderer", engine)


def load_engine(name: str = DEFAULT_ENGINE) -> Engine:
    """The engine of that name. Raises InvalidRequest when none is installed."""
    for entry in entry_points(group=GROUP):
        if entry.name == name:
            engine: Engine = entry.load()()
            return engine
    raise InvalidRequest(
        f"there is no engine called {name!r}",
        rule="an engine is one of " + ", ".join(engine_names()),
        fix=f"Use --engine {DEFAULT_ENGINE}, or install the package that brings it",
    )


def check_supported(
    engine: Engine, asked: ClipRequest | Collection[Feature], *, elsewhere: str | None = None
) -> None:
    """Raise FeatureNotSupported if `engine` cannot render what is `asked`, naming one that can.

    `elsewhere` is where it can be had if no installed engine does it: an endpoint of the original.
    """
    lacking = _lacking(engine.capabilities, asked)
    if lacking is None:
        return
    able = [name for name in engine_names() if name != engine.name and _can(name, asked)]
    fix = "Leave it out of the request"
    if able:
        *others, last = able
        fix = (
            f"Use the engine {', '.join(others)} or {last}" if others else f"Use the engine {last}"
        )
    elif elsewhere is not None:
        fix += f", or send it to {elsewhere} on fal, which can"
    raise FeatureNotSupported(
        f"{engine.name} was asked for {lacking}", rule="it cannot do that", fix=fix
    )


def _or(names: list[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last


def _can(name: str, asked: ClipRequest | Collection[Feature]) -> bool:
    can = load_engine(name).capabilities
    return not can.replays and _lacking(can, asked) is None


def _lacking(can: Capabilities, asked: ClipRequest | Collection[Feature]) -> str | None:
    if isinstance(asked, ClipRequest):
        return _lacking_for(can, asked)
    features = can.features | ({Feature.SHOTS} if can.max_shots > 1 else set())
    missing = sorted(set(asked) - features)
    return " and ".join(missing) or None


def features_of(request: ClipRequest) -> frozenset[Feature]:
    """What an engine must be able to do for that clip, beyond one still and a sentence."""
    wanted = {
        Feature.NO_IMAGE: request.start_image is None,
        Feature.END_IMAGE: request.end_image is not None,
        Feature.ELEMENTS: bool(request.elements) or any(shot.image for shot in request.shots),
        Feature.MOTION: request.motion is not None,
        Feature.LOOP: request.loop,
    }
    return frozenset(feature for feature, is_wanted in wanted.items() if is_wanted)


def _lacking_for(can: Capabilities, request: ClipRequest) -> str | None:
    missing = sorted(features_of(request) - can.features)
    if missing:
        return " and ".join(missing)
    if len(request.shots) > can.max_shots:
        return f"{len(request.shots)} shots, more than {can.max_shots}"
    if request.tier not in can.tiers:
        return f"the {request.tier} tier"
    if request.audio and not can.audio:
        return "sound"
    if request.audio and request.sound != SoundOptions() and not can.sound_options:
        return "a track, music, voice or loudness of one's own"
    return None
