"""What a Python program calls: a function for each command that makes a film.

What renders is imported by the call that renders, so that importing the package stays cheap.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from photoplay.clip import (
    DEFAULT_LOUDNESS_LUFS,
    DEFAULT_NEGATIVE_PROMPT,
    STILL_PROMPT,
    Clip,
    ClipRequest,
    MotionReference,
    Orientation,
    Shot,
    SoundOptions,
    make_elements,
    make_shots,
    parse_aspect,
    parse_orientation,
    parse_tier,
    parse_transition,
)
from photoplay.errors import InvalidRequest
from photoplay.given import shown

if TYPE_CHECKING:
    from photoplay.engine import Engine, Renderer
    from photoplay.explanation import Explanation
    from photoplay.render import ProgressCallback


def animate(
    image: str | Path | None,
    prompt: str | None = None,
    *,
    shots: Sequence[Shot | str] = (),
    split: bool = False,
    elements: Mapping[str, str | Path] | None = None,
    output: str | Path | None = None,
    seconds: int | None = None,
    tier: str = "standard",
    aspect: str | Fraction | None = None,
    end_image: str | Path | None = None,
    transition: str = "auto",
    seed: int = 0,
    loop: bool = False,
    audio: bool | str | Path = True,
    music: str | None = None,
    voice: str | None = None,
    language: str | None = None,
    loudness_lufs: float = DEFAULT_LOUDNESS_LUFS,
    stems: str | Path | None = None,
    camera: str | None = None,
    negative_prompt: str = DEFAULT_NEGATIVE_PROMPT,
    guidance: float = 0.5,
    engine: str | Renderer = "parallax",
    endpoint: str | None = None,
    project: str | None = None,
    again: bool = False,
    codec: str | None = None,
    preview: str | Path | None = None,
    on_progress: ProgressCallback | None = None,
) -> Clip:
    """Render the still `image` as `prompt` directs into `output`, and return its measured facts.

    Instead of a prompt, `shots` are up to six takes, each a `Shot` or text like "3s: close-up, she
    smiles"; with `split` the prompt is cut into shots. `elements` are pictures by the names that
    shots call them by (@Anna). `seconds` is the length of the clip: 5, or that of its shots.

    With None instead of a still the clip is made from text alone: here an animatic. With `loop` the
    last frame leads back to the first, and so does the sound.

    Without `output` the clip has the still's name and the codec's ending, in the current folder.
    `aspect` is "16:9" or width / height, None for the still's own. `end_image` is the still that
    the clip ends with, and `transition` how it gets there: auto, camera, cut or dissolve. `audio`
    is False for a silent film, or the path of your own sound. `music`, `voice`, `language` and
    `loudness_lufs` are those of `SoundOptions`. `stems` is a folder for the parts of the sound as
    WAV files. `codec` is h264, av1, prores or lossless, None for the usual one of `output`'s
    suffix. `preview` is a PNG file for a contact sheet.

    `engine` is a name or a renderer of your own; a hosted one buys the clip, within the budgets
    that are set: of `endpoint`, from the budget of `project` beside the others, and with `again`
    also if the same was bought before. `on_progress(fraction, message)` is called on the way; what
    it raises stops the render. An existing `output` is replaced when the new clip is complete.

    Raises PhotoplayError: InvalidRequest for what was asked, OutputUnwritable for where to.
    """
    asked = request(
        image,
        prompt,
        shots=shots,
        split=split,
        elements=elements,
        seconds=seconds,
        tier=tier,
        aspect=aspect,
        end_image=end_image,
        transition=transition,
        seed=seed,
        loop=loop,
        audio=audio,
        music=music,
        voice=voice,
        language=language,
        loudness_lufs=loudness_lufs,
        camera=camera,
        negative_prompt=negative_prompt,
        guidance=guidance,
    )
    buying = {"endpoint_id": endpoint, "project": project, "again": again}
    wanted = _Wanted(output, codec, stems, preview)
    return _made(asked, wanted, engine, on_progress, buying)


def request(
    image: str | Path | None,
    prompt: str | None = None,
    *,
    shots: Sequence[Shot | str] = (),
    split: bool = False,
    elements: Mapping[str, str | Path] | None = None,
    seconds: int | None = None,
    tier: str = "standard",
    aspect: str | Fraction | None = None,
    end_image: str | Path | None = None,
    transition: str = "auto",
    seed: int = 0,
    loop: bool = False,
    audio: bool | str | Path = True,
    music: str | None = None,
    voice: str | None = None,
    language: str | None = None,
    loudness_lufs: float = DEFAULT_LOUDNESS_LUFS,
    camera: str | None = None,
    negative_prompt: str = DEFAULT_NEGATIVE_PROMPT,
    guidance: float = 0.5,
) -> ClipRequest:
    """What `animate` asks of an engine, as a value. Raises InvalidRequest for what no clip is."""
    if elements is not None and not isinstance(elements, Mapping):
        raise InvalidRequest(
            f"the elements are {shown(elements)}",
            rule="elements are pictures by their names",
            fix='Write {"Anna": "anna.jpg"}',
        )
    return ClipRequest(
        start_image=None if image is None else _path(image, "the still"),
        end_image=None if end_image is None else _path(end_image, "the end image"),
        transition=parse_transition(transition),
        shots=make_shots(prompt, shots, seconds),
        split_shots=split,
        elements=make_elements(
            (name, _path(path, f"the picture of {name}")) for name, path in (elements or {}).items()
        ),
        loop=loop,
        negative_prompt=negative_prompt,
        guidance=guidance,
        tier=parse_tier(tier),
        aspect=parse_aspect(aspect) if isinstance(aspect, str) else aspect,
        camera=camera,
        audio=audio is not False,
        sound=SoundOptions(
            track=None if isinstance(audio, bool) else _path(audio, "the sound"),
            music=music,
            voice=voice,
            language=language,
            loudness_lufs=loudness_lufs,
        ),
        seed=seed,
    )


def explain(request: ClipRequest, engine: str | Engine = "parallax") -> Explanation:
    """How the words of a request are read, and all that a render would say; nothing is rendered.

    >>> print(photoplay.explain(photoplay.request("photo.jpg", "push in")))  # doctest: +SKIP

    Raises PhotoplayError where the engine would refuse the request.
    """
    from photoplay.engine import load_engine
    from photoplay.explanation import explain as explain_request
    from photoplay.render import local_run

    with local_run() as run:
        chosen = load_engine(engine) if isinstance(engine, str) else engine
        return explain_request(request, chosen, run)


def transfer(
    character: str | Path,
    motion: str | Path,
    prompt: str = STILL_PROMPT,
    *,
    output: str | Path | None = None,
    orientation: str = Orientation.VIDEO,
    keep_sound: bool = True,
    tier: str = "standard",
    seed: int = 0,
    audio: bool = True,
    loudness_lufs: float = DEFAULT_LOUDNESS_LUFS,
    engine: str | Renderer = "parallax",
    codec: str | None = None,
    preview: str | Path | None = None,
    on_progress: ProgressCallback | None = None,
) -> Clip:
    """Let the still `character` make the movement of the video `motion`.

    The clip lasts the whole seconds of the video: 3 to 30, with `orientation` "image" at most 10.
    With `keep_sound` it has the video's sound. `prompt` says what else is to be seen and heard. The
    rest is as for `animate`.

    Raises PhotoplayError: InvalidRequest for what was asked, OutputUnwritable for where to.
    """
    from photoplay.media import look_at

    video = _path(motion, "the video")
    reference = MotionReference(video, parse_orientation(orientation), keep_sound)
    asked = ClipRequest(
        start_image=_path(character, "the still"),
        shots=(Shot(prompt, look_at(reference.video, reference.orientation).seconds),),
        motion=reference,
        tier=parse_tier(tier),
        audio=audio,
        sound=SoundOptions(loudness_lufs=loudness_lufs),
        seed=seed,
    )
    return _made(asked, _Wanted(output, codec, None, preview), engine, on_progress, {})


def extend(
    clip: str | Path,
    prompt: str,
    *,
    output: str | Path | None = None,
    seconds: int = 5,
    still: str | Path | None = None,
    seed: int | None = None,
    codec: str | None = None,
    on_progress: ProgressCallback | None = None,
) -> Clip:
    """Make the film `clip` longer by `seconds` in which `prompt` happens, into `output`.

    The camera goes on as it moved at the end of the clip, and so do weather, ambience and loudness.
    With `still`, the picture that it was made of, the new part is made from that instead of from
    the last frame. Without `output` the film has the clip's name and "-longer", in the current
    folder. Without `seed` that of the clip is used, and without `codec` ("h264", "av1", "prores",
    "lossless") the clip's, where the ending of `output` can hold it.

    Raises PhotoplayError: InvalidRequest for what was asked, OutputUnwritable for where to.
    """
    from photoplay.films import extend as extend_film
    from photoplay.render import local_run

    source = _path(clip, "the film")
    place = f"{source.stem}-longer{source.suffix}" if output is None else output
    with local_run(on_progress) as run:
        made = extend_film(
            source,
            prompt,
            _path(place, "the output"),
            seconds=seconds,
            still=None if still is None else _path(still, "the still"),
            seed=seed,
            codec=codec,
            run=run,
        )
        return replace(made.clip, notes=tuple(run.notes))


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The files that are to be made."""

    output: str | Path | None
    codec: str | None
    stems: str | Path | None
    preview: str | Path | None


def _made(
    request: ClipRequest,
    wanted: _Wanted,
    engine: str | Renderer,
    on_progress: ProgressCallback | None,
    buying: dict[str, Any],
) -> Clip:
    """The clip, rendered here or bought."""
    from photoplay.engine import load_engine, load_renderer
    from photoplay.media import Encoding, default_path
    from photoplay.render import check_preview, local_run, render, sources_of, write_preview

    codec = wanted.codec
    path = _path(wanted.output or default_path(request.start_image, codec), "the output")
    stems = None if wanted.stems is None else _path(wanted.stems, "the folder of stems")
    preview = None if wanted.preview is None else _path(wanted.preview, "the preview")
    if preview is not None:
        check_preview(preview, sources_of(request) | {"the clip": path})
    with local_run(on_progress) as run:
        if isinstance(engine, str) and load_engine(engine).capabilities.hosted:
            from photoplay.hosted import local

            local.check_plain(engine, codec, stems)
            clip = local.animate(request, path, engine=engine, run=run, **buying).clip
        else:
            chosen = load_renderer(engine) if isinstance(engine, str) else engine
            encoding = Encoding.for_path(path, codec)
            clip = render(request, path, engine=chosen, encoding=encoding, stems=stems, run=run)
        if preview is not None:
            write_preview(clip, preview)
        return replace(clip, notes=tuple(run.notes))


def _path(given: object, name: str) -> Path:
    """A path as it is given. Raises InvalidRequest if that is none."""
    if isinstance(given, str | PathLike):
        return Path(given)
    raise InvalidRequest(
        f"{name} is {shown(given)}",
        rule="a file is given by its path",
        fix='Write "photo.jpg", or a Path',
    )
