"""`photoplay extend`: a clip goes on from where it ends."""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from photoplay.cli.animate import CODECS, Debug, clip_document, human, read_prompt
from photoplay.cli.terminal import Json, answer, answer_json, expect_output, progress_bar, say

EXAMPLES = """[bold]Examples[/bold]

photoplay extend clip.mp4 "pan right, then hold" -o longer.mp4

photoplay extend longer.mp4 "pull out slowly" --seconds 8 --still photo.jpg -o film.mp4

The camera starts as it moved where the clip ends. Weather, ambience and music go on.
"""

ClipFile = Annotated[Path, typer.Argument(metavar="CLIP", help="The film to go on with.")]
Prompt = Annotated[
    str,
    typer.Argument(metavar="PROMPT", help="What happens next; - reads it from standard input."),
]
Seconds = Annotated[int, typer.Option(help="How much longer: 3 to 15.")]
Still = Annotated[
    Path | None,
    typer.Option(
        metavar="IMAGE",
        help="The picture that the clip was made of: the new part is made from it instead of from "
        "the last frame, and stays as sharp.",
    ),
]
Seed = Annotated[int | None, typer.Option(help="That of the clip unless given.")]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", help="Where to; CLIP's name with -longer in this folder unless given."
    ),
]
CodecWord = Annotated[
    str | None,
    typer.Option(
        "--codec",
        metavar="CODEC",
        help=f"{CODECS}; that of CLIP unless given, where the file's ending can hold it.",
    ),
]


def extend(
    clip: ClipFile,
    prompt: Prompt,
    seconds: Seconds = 5,
    still: Still = None,
    seed: Seed = None,
    output: Output = None,
    codec: CodecWord = None,
    json: Json = False,
    debug: Debug = False,  # noqa: ARG001  read by `main`, where errors arrive
) -> None:
    """Make CLIP longer: it goes on from its last frame as PROMPT directs."""
    words = read_prompt(prompt) or ""
    from photoplay import films
    from photoplay.render import local_run

    started_s = time.monotonic()
    path = output or Path(f"{clip.stem}-longer{clip.suffix}")
    replaced = expect_output(path)
    title = f"photoplay: {seconds} s more of {clip} into {path}"
    with progress_bar(title) as bar, local_run(bar.update) as run:
        made = films.extend(
            clip, words, path, seconds=seconds, still=still, seed=seed, codec=codec, run=run
        )
    for note in run.notes:
        say(f"note: {note}")
    took_s = time.monotonic() - started_s
    if not json:
        answer(human(made.clip, took_s, replaced))
        return
    drift = asdict(made.drift) | {"delta_e": made.drift.delta_e}
    answer_json(
        clip_document(made.clip)
        | {"render_s": round(took_s, 3), "replaced": replaced, "notes": run.notes}
        | {"extensions": made.extensions, "copied": made.is_copied, "drift": drift}
    )
