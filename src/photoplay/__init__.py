"""Photoplay turns a still image and a sentence into a film clip with sound.

>>> import photoplay
>>> clip = photoplay.animate("photo.jpg", "slow push in, golden light, birdsong")  # doctest: +SKIP

Importing this package is cheap: what renders is loaded by the first call that renders.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from photoplay.clip import (
    DEFAULT_LOUDNESS_LUFS,
    DEFAULT_NEGATIVE_PROMPT,
    Clip,
    ClipRequest,
    Shot,
    SoundOptions,
    Tier,
    Word,
    parse_aspect,
    parse_tier,
)
from photoplay.errors import (
    AudioFormatUnsupported,
    Cancelled,
    FeatureNotSupported,
    ImageAspectUnsupported,
    ImageFormatUnsupported,
    ImageTooLarge,
    ImageTooSmall,
    ImageUnreadable,
    InstallationBroken,
    InvalidImage,
    InvalidPrompt,
    InvalidRequest,
    OutputUnwritable,
    PhotoplayError,
    RenderFailed,
    SpeechUnavailable,
)

if TYPE_CHECKING:
    from photoplay.engine import Renderer
    from photoplay.render import ProgressCallback

__all__ = [
    "AudioFormatUnsupported",
    "Cancelled",
    "Clip",
    "ClipRequest",
    "FeatureNotSupported",
    "ImageAspectUnsupported",
    "ImageFormatUnsupported",
    "ImageTooLarge",
    "ImageTooSmall",
    "ImageUnreadable",
    "InstallationBroken",
    "InvalidImage",
    "InvalidPrompt",
    "InvalidRequest",
    "OutputUnwritable",
    "PhotoplayError",
    "RenderFailed",
    "Shot",
    "SoundOptions",
    "SpeechUnavailable",
    "Tier",
    "Word",
    "__version__",
    "animate",
    "extend",
]


def animate(
    image: str | Path | None,
    prompt: str,
    *,
    output: str | Path | None = None,
    seconds: int = 5,
    tier: str = "standard",
    aspect: str | Fraction | None = None,
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
    codec: str | None = None,
    on_progress: ProgressCallback | None = None,
) -> Clip:
    """Render the still `image` as `prompt` directs into `output`, and return its measured facts.

    With None instead of a still the clip is made from text alone: here an animatic.
    Without `output` the clip has the still's name and the codec's ending, in the current folder.
    `aspect` is "16:9" or width / height, None for the still's own. With `loop` the last frame
    leads back to the first, and so does the sound. `audio` is False for a silent
    film, or the path of your own sound. `music`, `voice`, `language` and `loudness_lufs` are those
    of `SoundOptions`. `stems` is a folder for the parts of the sound as WAV files. `codec` is
    h264, av1, prores or lossless, None for the usual one of `output`'s suffix. `engine` is a name
    or a renderer of your own; a hosted one buys the clip, within the budgets that are set.
    `on_progress(fraction, message)` is called on the way; what it raises stops the render. An
    existing `output` is replaced when the new clip is complete.

    Raises PhotoplayError: InvalidRequest for what was asked, OutputUnwritable for where to.
    """
    from photoplay.media import default_path

    request = ClipRequest(
        start_image=None if image is None else Path(image),
        shots=(Shot(prompt, seconds),),
        loop=loop,
        negative_prompt=negative_prompt,
        guidance=guidance,
        tier=parse_tier(tier),
        aspect=parse_aspect(aspect) if isinstance(aspect, str) else aspect,
        camera=camera,
        audio=audio is not False,
        sound=SoundOptions(
            track=None if isinstance(audio, bool) else Path(audio),
            music=music,
            voice=voice,
            language=language,
            loudness_lufs=loudness_lufs,
        ),
        seed=seed,
    )
    path = default_path(request.start_image, codec) if output is None else Path(output)
    folder = None if stems is None else Path(stems)
    return _made(request, path, engine, codec, folder, on_progress)


def extend(
    clip: str | Path,
    prompt: str,
    *,
    output: str | Path | None = None,
    seconds: int = 5,
    still: str | Path | None = None,
    seed: int | None = None,
    on_progress: ProgressCallback | None = None,
) -> Clip:
    """Make the film `clip` longer by `seconds` in which `prompt` happens, into `output`.

    The camera goes on as it moved at the end of the clip, and so do weather, ambience and loudness.
    With `still`, the picture that it was made of, the new part is made from that instead of from
    the last frame. Without `output` the film has the clip's name and "-longer", in the current
    folder. Without `seed` that of the clip is used.

    Raises PhotoplayError: InvalidRequest for what was asked, OutputUnwritable for where to.
    """
    from photoplay.films import extend as extend_film
    from photoplay.render import local_run

    source = Path(clip)
    path = Path(f"{source.stem}-longer{source.suffix}") if output is None else Path(output)
    picture = None if still is None else Path(still)
    with local_run(on_progress) as run:
        return extend_film(
            source, prompt, path, seconds=seconds, still=picture, seed=seed, run=run
        ).clip


def _made(
    request: ClipRequest,
    path: Path,
    engine: str | Renderer,
    codec: str | None,
    stems: Path | None,
    on_progress: ProgressCallback | None,
) -> Clip:
    """The clip, rendered here or bought."""
    from photoplay.engine import load_engine, load_renderer
    from photoplay.media import Encoding
    from photoplay.render import local_run, render

    with local_run(on_progress) as run:
        if isinstance(engine, str) and load_engine(engine).capabilities.hosted:
            from photoplay.hosted import local

            local.check_plain(engine, codec, stems)
            return local.animate(request, path, engine=engine, run=run).clip
        chosen = load_renderer(engine) if isinstance(engine, str) else engine
        encoding = Encoding.for_path(path, codec)
        return render(request, path, engine=chosen, encoding=encoding, stems=stems, run=run)


def __getattr__(name: str) -> str:
    if name == "__version__":
        from importlib.metadata import version

        return version("photoplay")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


if TYPE_CHECKING:
    __version__: str
