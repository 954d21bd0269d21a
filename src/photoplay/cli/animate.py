"""`photoplay animate`: a still and a sentence become a clip."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from photoplay.cli.terminal import answer, answer_json, expect_output, progress_bar, say
from photoplay.clip import (
    DEFAULT_LOUDNESS_LUFS,
    DEFAULT_NEGATIVE_PROMPT,
    Clip,
    ClipRequest,
    SoundOptions,
    make_elements,
    make_shots,
    parse_aspect,
    parse_element,
    parse_tier,
    parse_transition,
)
from photoplay.errors import InvalidPrompt, InvalidRequest
from photoplay.given import MAX_PROMPT_CHARS

EXAMPLES = """[bold]Examples[/bold]

photoplay animate portrait.jpg "slow push in, she breathes, hair in the wind, room tone"

photoplay animate street.png "handheld, rain, neon flicker" --seconds 8 --aspect 9:16 -o ad.mp4

photoplay animate valley.jpg "crane up, then pan right; clouds drift, birdsong" --tier 4k

photoplay animate cup.jpg "orbit left, steam rises" --preview sheet.png --json

photoplay animate shoe.jpg 'push in, voice-over: "Made to run."' --music "driving synthwave"

photoplay animate dawn.jpg "mist, birdsong" --end-image noon.jpg

photoplay animate pier.jpg --shot "3s: wide shot, gulls" --shot "4s: close-up, she smiles"

photoplay animate photo.jpg "she turns her head" --engine fal --tier pro

cat prompt.txt | photoplay animate photo.jpg -

[bold]A prompt[/bold] names what the camera does, what moves, the light, the weather and the sound.

"slow", "dramatic", "then", "while" and "no …" are understood; --explain shows what is read.
"""
NO_IMAGE = "none"  # in the place of IMAGE

_CLIP, _DIRECTION, _SOUND = "The clip", "Direction", "Sound"
_HOSTED = "Hosted engines"
_FILE, _REPORT = "The file", "What is printed"

Image = Annotated[
    Path,
    typer.Argument(
        metavar="IMAGE",
        help="The still: JPEG, PNG, WebP, TIFF, BMP or AVIF; none for a clip from text alone.",
    ),
]
Prompt = Annotated[
    str | None,
    typer.Argument(
        metavar="PROMPT",
        help="What happens; - reads it from standard input. Left out where there are shots.",
        show_default=False,
    ),
]
Seconds = Annotated[
    int | None,
    typer.Option(help="3 to 15; 5, or those of the shots, unless given.", rich_help_panel=_CLIP),
]
Shots = Annotated[
    list[str] | None,
    typer.Option(
        "--shot",
        metavar="SHOT",
        help='A shot instead of PROMPT: "3s: wide shot of the harbour"; up to six of them.',
        rich_help_panel=_CLIP,
    ),
]
Split = Annotated[
    bool, typer.Option("--split", help="Cut PROMPT into shots.", rich_help_panel=_CLIP)
]
Elements = Annotated[
    list[str] | None,
    typer.Option(
        "--element",
        metavar="NAME=FILE",
        help="A picture that shots call @NAME, and then show.",
        rich_help_panel=_CLIP,
    ),
]
TierWord = Annotated[
    str,
    typer.Option(
        "--tier",
        help="standard (1080p), pro (1080p, finer) or 4k.",
        metavar="TIER",
        rich_help_panel=_CLIP,
    ),
]
Aspect = Annotated[
    str | None,
    typer.Option(
        metavar="W:H",
        help="16:9, 9:16, 1:1 or any other from 1:4 to 4:1; the still's own unless given.",
        rich_help_panel=_CLIP,
    ),
]
EndImage = Annotated[
    Path | None,
    typer.Option(
        "--end-image",
        metavar="FILE",
        help="The still that the clip ends with.",
        rich_help_panel=_CLIP,
    ),
]
TransitionWord = Annotated[
    str,
    typer.Option(
        "--transition",
        metavar="WAY",
        help="How it gets to the end image: auto (what suits both), camera (goes from one to the "
        "other), cut (a match cut) or dissolve.",
        rich_help_panel=_CLIP,
    ),
]
NoAudio = Annotated[
    bool, typer.Option("--no-audio", help="Make a silent film.", rich_help_panel=_SOUND)
]
Track = Annotated[
    Path | None,
    typer.Option(
        "--audio",
        metavar="FILE",
        help="Your own sound instead: cut or repeated to length, lower while somebody speaks.",
        rich_help_panel=_SOUND,
    ),
]
MusicWords = Annotated[
    str | None,
    typer.Option(
        "--music",
        metavar="WORDS",
        help='Replaces the prompt\'s music: "sad piano, 70 bpm", "epic orchestra", "lofi".',
        rich_help_panel=_SOUND,
    ),
]
VoiceName = Annotated[
    str | None,
    typer.Option(
        "--voice",
        metavar="VOICE",
        help="Who speaks what the prompt quotes: a name from photoplay voices, or the path of a "
        "Piper voice (.onnx).",
        rich_help_panel=_SOUND,
    ),
]
Language = Annotated[
    str | None,
    typer.Option(
        "--lang",
        metavar="CODE",
        help="The language that is spoken: en, de, es, …; told from the words unless given.",
        rich_help_panel=_SOUND,
    ),
]
Loudness = Annotated[
    float,
    typer.Option(
        "--loudness",
        metavar="LUFS",
        help="-14 for platforms, -23 for broadcasting (EBU R 128).",
        rich_help_panel=_SOUND,
    ),
]
Stems = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        help="Also write the parts of the sound there as WAV files that add up to it: ambience, "
        "effects, music, speech; and words.json, when each word is spoken.",
        rich_help_panel=_SOUND,
    ),
]
Seed = Annotated[
    int, typer.Option(help="Same seed, same clip; another, a variant.", rich_help_panel=_CLIP)
]
Loop = Annotated[
    bool,
    typer.Option(
        "--loop",
        help="The last frame leads back to the first, and so does the sound.",
        rich_help_panel=_CLIP,
    ),
]
CameraPreset = Annotated[
    str | None,
    typer.Option(
        "--camera",
        metavar="PRESET",
        help="Replaces the prompt's camera work: static, push-in, pull-out, pan-left, tilt-up, "
        "orbit-right, zoom-in, … A wrong name lists them all.",
        rich_help_panel=_DIRECTION,
    ),
]
Negative = Annotated[
    str,
    typer.Option("--negative", metavar="TEXT", help="What to avoid.", rich_help_panel=_DIRECTION),
]
Guidance = Annotated[
    float,
    typer.Option(
        help="0 (a hint of motion) to 1 (all the prompt asks for).", rich_help_panel=_DIRECTION
    ),
]
EngineName = Annotated[
    str,
    typer.Option(
        "--engine", metavar="NAME", help="See photoplay engines.", rich_help_panel=_DIRECTION
    ),
]
EndpointId = Annotated[
    str | None,
    typer.Option(
        "--endpoint",
        metavar="ID",
        help="Of a hosted engine: the endpoint whose clip it is; Kling 3.0 of the tier unless "
        "given. See photoplay engines --endpoints.",
        rich_help_panel=_HOSTED,
    ),
]
Project = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help="Whose budget pays, beside the others.", rich_help_panel=_HOSTED
    ),
]
Again = Annotated[
    bool,
    typer.Option(
        "--again",
        help="Buy it although the same was bought before, for another take.",
        rich_help_panel=_HOSTED,
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        help="Where to; IMAGE's name with .mp4 in this folder unless given. An older clip of that "
        "name is replaced.",
        rich_help_panel=_FILE,
    ),
]
CODECS = "h264 (plays everywhere), av1 (smaller), prores (for cutting, .mov) or lossless (.mkv)"
CodecWord = Annotated[
    str | None,
    typer.Option(
        "--codec",
        metavar="CODEC",
        help=f"{CODECS}; the file's ending decides unless given.",
        rich_help_panel=_FILE,
    ),
]
Preview = Annotated[
    Path | None,
    typer.Option(
        metavar="PNG", help="Also write a contact sheet of the clip.", rich_help_panel=_FILE
    ),
]
Explain = Annotated[
    bool,
    typer.Option(
        "--explain",
        help="Say how the prompt is read and what would come of it, and render nothing.",
        rich_help_panel=_REPORT,
    ),
]
Json = Annotated[
    bool,
    typer.Option(
        "--json",
        help="Print the clip's measured facts, or the error, as one JSON document. Times are "
        "numbers of seconds; fps is a fraction as text.",
        rich_help_panel=_REPORT,
    ),
]
Debug = Annotated[
    bool,
    typer.Option("--debug", help="On an error, say where it comes from.", rich_help_panel=_REPORT),
]


def animate(
    image: Image,
    prompt: Prompt = None,
    seconds: Seconds = None,
    shot: Shots = None,
    split: Split = False,
    element: Elements = None,
    tier: TierWord = "standard",
    aspect: Aspect = None,
    end_image: EndImage = None,
    transition: TransitionWord = "auto",
    seed: Seed = 0,
    loop: Loop = False,
    camera: CameraPreset = None,
    negative: Negative = DEFAULT_NEGATIVE_PROMPT,
    guidance: Guidance = 0.5,
    engine: EngineName = "parallax",
    endpoint: EndpointId = None,
    project: Project = None,
    again: Again = False,
    no_audio: NoAudio = False,
    track: Track = None,
    music: MusicWords = None,
    voice: VoiceName = None,
    language: Language = None,
    loudness: Loudness = DEFAULT_LOUDNESS_LUFS,
    stems: Stems = None,
    output: Output = None,
    codec: CodecWord = None,
    preview: Preview = None,
    explain: Explain = False,
    json: Json = False,
    debug: Debug = False,  # noqa: ARG001  read by `main`, where errors arrive
) -> None:
    """Render IMAGE as PROMPT directs."""
    request = ClipRequest(
        start_image=_picture(image),
        end_image=end_image,
        transition=parse_transition(transition),
        shots=make_shots(read_prompt(prompt, shot), shot or (), seconds),
        split_shots=split,
        elements=make_elements(parse_element(each) for each in element or ()),
        loop=loop,
        negative_prompt=negative,
        guidance=guidance,
        tier=parse_tier(tier),
        aspect=None if aspect is None else parse_aspect(aspect),
        camera=camera,
        audio=not no_audio,
        sound=SoundOptions(
            track=track,
            music=music,
            voice=voice,
            language=language,
            loudness_lufs=loudness,
        ),
        seed=seed,
    )
    if explain:
        _explain(request, engine, json)
        return
    make = maker(engine, endpoint=endpoint, project=project, again=again)
    make_files(Wanted(request, output, codec, stems, preview), make, json)


def _picture(image: Path) -> Path | None:
    """The still, unless it is the word none and no file is called so."""
    return None if str(image) == NO_IMAGE and not image.exists() else image


@dataclass(frozen=True, slots=True)
class Wanted:
    """A clip, and the files that are to be made of it."""

    request: ClipRequest
    output: Path | None
    codec: str | None
    stems: Path | None
    preview: Path | None


@dataclass(frozen=True, slots=True)
class Made:
    """A finished clip, what is to be said about it, and more facts for programs.

    `untold` are those of the notes that have not been said yet.
    """

    clip: Clip
    notes: list[str]
    untold: list[str] = field(default_factory=list)
    extra: dict[str, object] = field(default_factory=dict)


Maker = Callable[[Wanted, Path], Made]


def maker(engine: str, *, endpoint: str | None, project: str | None, again: bool) -> Maker:
    """How clips of `engine` are made: rendered here, or bought. Raises any PhotoplayError."""
    from photoplay.engine import load_engine

    if load_engine(engine).capabilities.hosted:
        from photoplay.cli.buying import bought

        return partial(bought, engine=engine, endpoint_id=endpoint, project=project, again=again)
    _check_buys_nothing(engine, endpoint=endpoint, project=project, again=again)
    return partial(_rendered, engine=engine)


def make_files(wanted: Wanted, make: Maker, json: bool) -> None:
    """Make the clip, and what is wanted beside it, and say what came of it."""
    # Loading what renders takes a third of a second: only when something is to be rendered.
    from photoplay.media import default_path
    from photoplay.render import check_preview, sources_of, write_preview

    started_s = time.monotonic()
    preview = wanted.preview
    path = wanted.output or default_path(wanted.request.start_image, wanted.codec)
    if preview is not None:
        check_preview(preview, sources_of(wanted.request) | {"the clip": path})
    replaced = expect_output(path)
    if preview is not None:
        expect_output(preview)
    made = make(wanted, path)
    for note in made.untold:
        say(f"note: {note}")
    if preview is not None:
        write_preview(made.clip, preview)
    took_s = time.monotonic() - started_s
    if json:
        files = {"preview": preview, "stems": wanted.stems}
        answer_json(
            clip_document(made.clip)
            | {"render_s": round(took_s, 3), "replaced": replaced, "notes": made.notes}
            | {name: None if file is None else str(file) for name, file in files.items()}
            | made.extra
        )
    else:
        answer(human(made.clip, took_s, replaced))


def _rendered(wanted: Wanted, path: Path, *, engine: str) -> Made:
    """The clip, rendered on this machine."""
    from photoplay.engine import DEFAULT_ENGINE, load_renderer
    from photoplay.media import Encoding
    from photoplay.render import local_run, render

    request = wanted.request
    maker = "built-in" if engine == DEFAULT_ENGINE else engine
    title = (
        f"photoplay: rendering {request.duration_s} s at {request.tier} into {path} "
        f"({maker} / free)"
    )
    with progress_bar(title) as bar, local_run(bar.update) as run:
        clip = render(
            request,
            path,
            engine=load_renderer(engine),
            encoding=Encoding.for_path(path, wanted.codec),
            stems=wanted.stems,
            run=run,
        )
    return Made(clip, run.notes, run.notes)


def _check_buys_nothing(
    engine: str, *, endpoint: str | None, project: str | None, again: bool
) -> None:
    """Raise InvalidRequest for options of buying, given for an engine that renders here."""
    given = {"--endpoint": endpoint is not None, "--project": project is not None, "--again": again}
    for option, is_given in given.items():
        if is_given:
            raise InvalidRequest(
                f"{option} was given for the {engine} engine",
                rule="it is about what is bought, and this engine is free",
                fix="Leave it out, or name a hosted engine: see photoplay providers",
            )


def clip_document(clip: Clip) -> dict[str, object]:
    """A clip's facts for JSON: times are numbers of seconds, fps is exact text ("24000/1001")."""
    facts = asdict(clip) | {"path": str(clip.path), "fps": str(clip.fps)}
    return {key: float(fact) if isinstance(fact, Fraction) else fact for key, fact in facts.items()}


def human(clip: Clip, took_s: float, replaced: bool) -> str:
    """A clip's facts on one line."""
    codecs = clip.video_codec + (f" + {clip.audio_codec}" if clip.audio_codec else ", no sound")
    loudness = "" if clip.loudness_lufs is None else f", {clip.loudness_lufs:.1f} LUFS"
    return (
        f"{clip.path}{' (replaced)' if replaced else ''}: "
        f"{clip.width_px}×{clip.height_px}, {float(clip.duration_s):g} s, "
        f"{clip.frame_count} frames at {clip.fps} fps, {codecs}{loudness}, "
        f"{clip.bytes / 1e6:.1f} MB, in {took_s:.1f} s"
    )


def read_prompt(prompt: str | None, shots: Sequence[str] | None = None) -> str | None:
    """The prompt that was given, or what standard input holds for "-". Raises InvalidPrompt."""
    if prompt != "-" or shots:  # beside shots any prompt is refused, wherever it comes from
        return prompt
    # Four bytes at most make a character: anything longer is too long however it decodes.
    content = _read_input(4 * MAX_PROMPT_CHARS + 5)
    with suppress(UnicodeDecodeError):
        return content.decode("utf-8-sig").strip()
    if len(content) > 4 * MAX_PROMPT_CHARS:
        return content.decode("utf-8", "ignore")  # cut inside a character; refused for its length
    raise InvalidPrompt(
        "standard input is not UTF-8 text",
        rule="a prompt is read as UTF-8",
        fix="Save the prompt as UTF-8, or pass it as an argument",
    )


def _read_input(most_bytes: int) -> bytes:
    try:
        if sys.stdin is None:  # closed by the caller
            raise OSError(0, "it is closed")
        return sys.stdin.buffer.read(most_bytes)
    except OSError as error:
        raise InvalidPrompt(
            f"standard input cannot be read: {error.strerror}",
            rule="- reads the prompt from it",
            fix="Send the prompt in through a pipe, or pass it as an argument",
        ) from error


def _explain(request: ClipRequest, engine: str, json: bool) -> None:
    from photoplay.engine import load_engine
    from photoplay.explanation import explain
    from photoplay.render import local_run

    with local_run() as run:
        told = explain(request, load_engine(engine), run)
    if not json:
        answer(str(told))
    elif len(told.plans) == 1:
        answer_json(asdict(told.plans[0]) | {"notes": told.notes})
    else:
        shots = [
            {"prompt": shot.prompt, "duration_s": shot.duration_s} | asdict(plan)
            for shot, plan in zip(told.shots, told.plans, strict=True)
        ]
        answer_json({"shots": shots, "notes": told.notes})
