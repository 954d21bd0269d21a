"""`photoplay compose`: a brief becomes the arguments of a request."""

from __future__ import annotations

import base64
import json as json_text
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from photoplay.cli.terminal import Json, answer, answer_json, expect_output, say
from photoplay.errors import (
    ImageFormatUnsupported,
    ImageTooLarge,
    InvalidRequest,
)
from photoplay.files import read_file, replacing

if TYPE_CHECKING:
    from photoplay.catalogue import Endpoint, FileLimits
    from photoplay.compose import Brief, Composition, Prompt

DEFAULT_ENDPOINT = "fal-ai/kling-video/v3/pro/image-to-video"
EXAMPLES = """[bold]Examples[/bold]

photoplay compose --template > brief.toml

photoplay compose brief.toml

photoplay compose brief.toml --image photo.jpg --json

photoplay compose brief.toml --endpoint fal-ai/veo3.1/image-to-video -o request.json

photoplay compose brief.toml | photoplay animate photo.jpg -

[bold]A brief[/bold] always says character, action and audio; when there is room,

product, camera and lighting; then realism, continuity and avoidance.

The prompt goes to standard output, fields and what was left out to standard error.
"""
_NO_BRIEF = "Check the path, or make one with: photoplay compose --template > brief.toml"
_SHOWN_CHARS = 72  # of a value or a text in what people read
_URLS = ("http://", "https://", "data:")

BriefFile = Annotated[
    Path | None,
    typer.Argument(metavar="BRIEF", help="The brief, a TOML file; - is standard input."),
]
EndpointId = Annotated[
    str, typer.Option("--endpoint", metavar="ID", help="See photoplay engines --endpoints.")
]
ImagePlace = Annotated[
    str | None,
    typer.Option(
        "--image",
        metavar="FILE|URL",
        help="The first frame. A file is put into the request as a data URI.",
    ),
]
Length = Annotated[
    int | None,
    typer.Option(
        metavar="CHARS",
        help="What the prompt aims at where the endpoint takes more; 1500 for most engines.",
        min=1,
    ),
]
StyleName = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help='How the prompt is worded: kling, "kling native", veo, sora, seedance, wan, ltx, '
        "runway, pika or default; the endpoint's own unless given.",
    ),
]
Template = Annotated[
    bool, typer.Option("--template", help="Print a brief with comments, to start from.")
]
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Write what --json prints there, too."),
]


def compose(
    brief: BriefFile = None,
    endpoint: EndpointId = DEFAULT_ENDPOINT,
    image: ImagePlace = None,
    length: Length = None,
    style: StyleName = None,
    template: Template = False,
    output: Output = None,
    json: Json = False,
) -> None:
    """Compose the prompt of a clip from BRIEF, and the request's other arguments.

    Nothing is cut: what has no room is left out by whole sentences, from the least important up.
    """
    # Loading the catalogue takes a sixth of a second: not for every command.
    from photoplay import catalogue
    from photoplay import compose as composer

    if template:
        answer(composer.template().rstrip("\n"))
        return
    if brief is None:
        raise InvalidRequest(
            "no brief is given",
            rule="compose reads one brief",
            fix="Make one with: photoplay compose --template > brief.toml",
        )
    target = catalogue.load().find(endpoint)
    words = composer.read_brief(read_file(brief, composer.MOST_BYTES, fix=_NO_BRIEF))
    words = _with_files(words, brief.parent, target)
    found = composer.compose(
        words,
        target,
        image=None if image is None else _url(image, _start_limits(target)),
        aim_chars=length,
        style=None if style is None else composer.find_style(style),
    )
    if output is not None:
        _write(found, output, {"the brief": brief, "the image": Path(image or "")})
    if json:
        answer_json(found.as_json())
    else:
        _show(found)


def _with_files(brief: Brief, folder: Path, endpoint: Endpoint) -> Brief:
    """`brief` with its reference pictures as URLs; files are looked for beside the brief."""
    from photoplay.catalogue import Role

    field = endpoint.find(Role.REFERENCES)
    if field is None:  # they will not be sent
        return brief
    limits = (field.items or field).media
    pictures = [replace(one, image=_url(one.image, limits, folder)) for one in brief.references]
    return replace(brief, references=tuple(pictures))


def _start_limits(endpoint: Endpoint) -> FileLimits | None:
    from photoplay.catalogue import Role

    field = endpoint.find(Role.START_IMAGE)
    return None if field is None else field.media


def _url(place: str, limits: FileLimits | None, folder: Path = Path()) -> str:
    """`place`, or the file there as a data URI. Raises InvalidImage by what is wrong with it."""
    if place.strip().lower().startswith(_URLS):
        return place.strip()
    from photoplay.assets.sniff import HEAD_BYTES, Kind, sniff
    from photoplay.images import check_file, check_shape

    path = folder / place
    check_file(path)
    content = path.read_bytes()
    file_type = sniff(content[:HEAD_BYTES])
    if file_type.kind is not Kind.IMAGE:
        raise ImageFormatUnsupported(
            f"{path} is no picture",
            rule="the first bytes of a file say what it is",
            fix="Give a JPEG or PNG",
        )
    if limits is not None:
        _check_limits(path, len(content), file_type.suffixes, limits)
        check_shape(
            path,
            min_side_px=limits.min_side_px,
            max_side_px=limits.max_side_px,
            min_aspect=limits.min_aspect,
            max_aspect=limits.max_aspect,
        )
    return f"data:{file_type.content_type};base64,{base64.b64encode(content).decode('ascii')}"


def _check_limits(path: Path, size: int, suffixes: tuple[str, ...], limits: FileLimits) -> None:
    if limits.formats and not {one.removeprefix(".") for one in suffixes} & {*limits.formats}:
        raise ImageFormatUnsupported(
            f"{path} is a {suffixes[0].removeprefix('.').upper()} file",
            rule=f"the endpoint takes {', '.join(limits.formats)}",
            fix="Save the picture as JPEG or PNG",
        )
    if limits.max_bytes is not None and size > limits.max_bytes:
        raise ImageTooLarge(
            f"{path} has {size:,} bytes",
            rule=f"the endpoint takes at most {limits.max_bytes:,}",
            fix="Save it as JPEG, or smaller",
            limits={"max_size": limits.max_bytes},
        )


def _write(found: Composition, output: Path, others: dict[str, Path]) -> None:
    """Write the document so that `output` holds all of it, or what it held before."""
    from photoplay.render import check_place

    check_place(output, "request", others=others)
    expect_output(output)
    with replacing(output) as part:
        part.write_text(json_text.dumps(found.as_json(), indent=2) + "\n", "utf-8")


def _show(found: Composition) -> None:
    """The prompts on standard output, so that they can be piped on; the rest beside them."""
    start = 0
    for number, prompt in enumerate(found.prompts, 1):
        if prompt.seconds is None:
            answer(prompt.text)
        else:
            end = start + prompt.seconds
            answer(f"Shot {number} ({start}-{end} s): {prompt.text}")
            start = end
    say(f"{found.endpoint}: {'; '.join(_used(one) for one in found.prompts)}")
    texts = {one.text for one in found.prompts}
    for name, value in found.arguments.items():
        if not isinstance(value, list) and value not in texts:
            say(f"  {name:<20} {_short(json_text.dumps(value, ensure_ascii=False))}")
        elif isinstance(value, list) and not isinstance(value[0], dict):
            say(f"  {name:<20} {len(value)} of them")
    for one in found.left_out:
        say(f'left out: {one.where}, "{_short(one.text)}": {one.reason}')
    for note in found.notes:
        say(f"note: {note}")


def _used(prompt: Prompt) -> str:
    return f"{prompt.length:,} of {prompt.most:,} {prompt.units}"


def _short(text: str) -> str:
    if len(text) <= _SHOWN_CHARS:
        return text
    if text.startswith('"data:'):
        return f"{text[1 : text.find(',') + 1]}… ({len(text):,} characters)"
    return f"{text[:_SHOWN_CHARS]}…"
