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
    DEFAULT_NEGATIVE_PROMPT,
    Clip,
    ClipRequest,
    Shot,
    Tier,
    parse_aspect,
    parse_tier,
)
from photoplay.errors import (
    Cancelled,
    FeatureNotSupported,
    ImageAspectUnsupported,
    ImageFormatUnsupported,
    ImageTooLarge,
    ImageTooSmall,
    ImageUnreadable,
    InvalidImage,
    InvalidPrompt,
    InvalidRequest,
    OutputUnwritable,
    PhotoplayError,
    RenderFailed,
)

if TYPE_CHECKING:
    from photoplay.engine import Engine
    from photoplay.render import ProgressCallback

__all__ = [
    "Cancelled",
    "Clip",
    "ClipRequest",
    "FeatureNotSupported",
    "ImageAspectUnsupported",
    "ImageFormatUnsupported",
    "ImageTooLarge",
    "ImageTooSmall",
    "ImageUnreadable",
    "InvalidImage",
    "InvalidPrompt",
    "InvalidRequest",
    "OutputUnwritable",
    "PhotoplayError",
    "RenderFailed",
    "Shot",
    "Tier",
    "__version__",
    "animate",
]


def animate(
    image: str | Path,
    prompt: str,
    *,
    output: str | Path | None = None,
    seconds: int = 5,
    tier: str = "standard",
    aspect: str | Fraction | None = None,
    seed: int = 0,
    audio: bool = True,
    camera: str | None = None,
    negative_prompt: str = DEFAULT_NEGATIVE_PROMPT,
    guidance: float = 0.5,
    engine: str | Engine = "parallax",
    codec: str | None = None,
    on_progress: ProgressCallback | None = None,
) -> Clip:
    """Render the still `image` as `prompt` directs into `output`, and return its measured facts.

    Without `output` the clip has the still's name and the codec's ending, in the current folder.
    `aspect` is "16:9" or width / height, None for the still's own. `codec` is h264, av1, prores
    or lossless, None for the usual one of `output`'s suffix. `engine` is a name or an engine of
    your own. `on_progress(fraction, message)` is called on the way; what it raises stops the
    render. An existing `output` is replaced when the new clip is complete.

    Raises PhotoplayError: InvalidRequest for what was asked, OutputUnwritable for where to.
    """
    from photoplay.engine import load_engine
    from photoplay.media import Encoding, default_path
    from photoplay.render import local_run, render

    request = ClipRequest(
        start_image=Path(image),
        shots=(Shot(prompt, seconds),),
        negative_prompt=negative_prompt,
        guidance=guidance,
        tier=parse_tier(tier),
        aspect=parse_aspect(aspect) if isinstance(aspect, str) else aspect,
        camera=camera,
        audio=audio,
        seed=seed,
    )
    path = default_path(request.start_image, codec) if output is None else Path(output)
    encoding = Encoding.for_path(path, codec)
    chosen = load_engine(engine) if isinstance(engine, str) else engine
    with local_run(on_progress) as run:
        return render(request, path, engine=chosen, encoding=encoding, run=run)


def __getattr__(name: str) -> str:
    if name == "__version__":
        from importlib.metadata import version

        return version("photoplay")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


if TYPE_CHECKING:
    __version__: str
