"""`photoplay transfer`: a still makes the movement of a video."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from photoplay.cli import animate
from photoplay.cli.terminal import answer, answer_json
from photoplay.clip import (
    DEFAULT_LOUDNESS_LUFS,
    STILL_PROMPT,
    ClipRequest,
    MotionReference,
    Orientation,
    Shot,
    SoundOptions,
    parse_tier,
)
from photoplay.errors import FeatureNotSupported

if TYPE_CHECKING:
    from photoplay.engines.parallax.transfer import Verdict

EXAMPLES = """[bold]Examples[/bold]

photoplay transfer portrait.jpg dance.mp4

photoplay transfer portrait.jpg walk.mov "golden hour, light wind" --no-keep-sound -o clip.mp4

photoplay transfer portrait.jpg dance.mp4 --explain

photoplay transfer portrait.jpg dance.mp4 --engine fal --tier pro

[bold]What follows the video[/bold] is the camera, and how the body leans, bobs and tilts its head.

The arms follow, too, of a cut-out figure from head to foot (a PNG with transparency) whose arms are
apart from the body, if the video shows somebody from head to foot in one take.

Legs, hands and faces do not move in the built-in engine; a hosted one does that for money.
"""

_MOTION = "The motion"

Character = Annotated[
    Path, typer.Argument(metavar="CHARACTER", help="The still of who or what is to move.")
]
MotionFile = Annotated[
    Path,
    typer.Argument(metavar="MOTION", help="The video that leads: 3 to 30 s, best one take."),
]
Prompt = Annotated[
    str,
    typer.Argument(metavar="[PROMPT]", help="Light, weather and sound beside; - reads it."),
]
Facing = Annotated[
    Orientation,
    typer.Option(
        help="Whose pose a hosted engine keeps to; image uses at most 10 s of the video, video 30.",
        rich_help_panel=_MOTION,
    ),
]
KeepSound = Annotated[
    bool,
    typer.Option(
        "--keep-sound/--no-keep-sound",
        help="Whether the clip has the video's sound; without, the prompt's.",
        rich_help_panel=_MOTION,
    ),
]
Explain = Annotated[
    bool,
    typer.Option(
        "--explain",
        help="Say what would be transferred and how surely, and render nothing.",
        rich_help_panel="What is printed",
    ),
]


def transfer(
    character: Character,
    motion: MotionFile,
    prompt: Prompt = STILL_PROMPT,
    orientation: Facing = Orientation.VIDEO,
    keep_sound: KeepSound = True,
    tier: animate.TierWord = "standard",
    seed: animate.Seed = 0,
    engine: animate.EngineName = "parallax",
    endpoint: animate.EndpointId = None,
    project: animate.Project = None,
    again: animate.Again = False,
    no_audio: animate.NoAudio = False,
    loudness: animate.Loudness = DEFAULT_LOUDNESS_LUFS,
    output: animate.Output = None,
    codec: animate.CodecWord = None,
    preview: animate.Preview = None,
    explain: Explain = False,
    json: animate.Json = False,
    debug: animate.Debug = False,  # noqa: ARG001  read by `main`, where errors arrive
) -> None:
    """Let CHARACTER make the movement of MOTION."""
    from photoplay.media import look_at

    footage = look_at(motion, orientation)
    request = ClipRequest(
        start_image=character,
        shots=(Shot(animate.read_prompt(prompt) or "", footage.seconds),),
        motion=MotionReference(motion, orientation, keep_sound),
        tier=parse_tier(tier),
        audio=not no_audio,
        sound=SoundOptions(loudness_lufs=loudness),
        seed=seed,
    )
    if explain:
        _explain(request, engine, json)
        return
    make = animate.maker(engine, endpoint=endpoint, project=project, again=again)
    animate.make_files(animate.Wanted(request, output, codec, None, preview), make, json)


def _explain(request: ClipRequest, engine: str, json: bool) -> None:
    from photoplay.engine import DEFAULT_ENGINE, check_supported, load_engine

    chosen = load_engine(engine)
    if engine != DEFAULT_ENGINE:
        raise FeatureNotSupported(
            f"{engine} was asked to explain a transfer",
            rule=f"only {DEFAULT_ENGINE} says beforehand what it transfers",
            fix="Leave out --engine or --explain",
        )
    from photoplay.engines.parallax.transfer import explain
    from photoplay.render import check_pictures, local_run

    check_supported(chosen, request)
    check_pictures(request)
    with local_run(None) as run:
        verdict = replace(explain(request, run), notes=tuple(run.notes))
    if json:
        facts = asdict(verdict) | {"figure": verdict.figure is not None}
        answer_json(facts | {"duration_s": request.duration_s})
    else:
        answer(_human(verdict, request.duration_s))


def _human(verdict: Verdict, seconds: int) -> str:
    bent = "bent" if verdict.figure is not None else "not bent"
    rows = {
        "mode": verdict.mode,
        "length": f"{seconds} s",
        "camera": f"{verdict.camera_confidence:.2f}",
        "rhythm": f"{verdict.rhythm_confidence:.2f}",
        "limbs": f"{verdict.limbs_confidence:.2f}, {', '.join(verdict.limbs) or 'none follows'}",
        "subject": f"{verdict.subject_confidence:.2f}, {bent}",
    }
    lines = [f"{name:9}{value}" for name, value in rows.items()]
    return "\n".join([*lines, *(f"- {note}" for note in verdict.notes)])
