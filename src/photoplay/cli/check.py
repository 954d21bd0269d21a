"""`photoplay check`: what would be refused, or paid for nothing, before anything is sent."""

from __future__ import annotations

import json as json_text
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from photoplay.cli.terminal import Json, answer, answer_json, expect_output, say
from photoplay.errors import InvalidPrompt, InvalidRequest
from photoplay.files import read_file

if TYPE_CHECKING:
    from photoplay.catalogue import Endpoint
    from photoplay.preflight import Finding, Repaired

EXAMPLES = """[bold]Examples[/bold]

photoplay check fal-ai/kling-video/v3/pro/image-to-video --image photo.jpg --prompt "push in"

photoplay check fal-ai/kling-video/v3/pro/image-to-video --arguments request.json --json

photoplay check fal-ai/kling-video/v3/pro/image-to-video --image wide.webp --fix ready --crop

cat prompt.txt | photoplay check fal-ai/veo3.1/image-to-video --image photo.jpg --prompt -

photoplay check fal-ai/sora-2/image-to-video --date 2026-09-01

[bold]Findings[/bold] are errors (refused, or paid for nothing) and advice (would work worse).

Exit codes: 0 no error, 1 errors, 2 the command is wrong. With --fix they tell of what was repaired.
"""
MOST_PROMPT_BYTES = 1_000_000
_ADDRESSES = ("http:", "https:", "data:")

EndpointId = Annotated[
    str, typer.Argument(metavar="ENDPOINT", help="An id of photoplay engines --endpoints.")
]
Image = Annotated[Path | None, typer.Option("--image", metavar="FILE", help="The first frame.")]
EndImage = Annotated[
    Path | None, typer.Option("--end-image", metavar="FILE", help="The last frame.")
]
Prompt = Annotated[
    str | None,
    typer.Option(metavar="TEXT", help="What happens; - reads it from standard input."),
]
Arguments = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="A request's arguments as JSON; - is standard input."),
]
Day = Annotated[
    datetime | None,
    typer.Option(
        "--date",
        metavar="YYYY-MM-DD",
        formats=["%Y-%m-%d"],
        help="The day on which it is to be sent; today unless given.",
    ),
]
Fix = Annotated[
    Path | None,
    typer.Option("--fix", metavar="DIR", help="Write a repaired request there, never over yours."),
]
Crop = Annotated[
    bool, typer.Option("--crop", help="With --fix: crop what is too wide or too tall.")
]
Border = Annotated[
    str,
    typer.Option(
        metavar="COLOUR", help='With --fix: fill borders with it; "blurred" is the picture itself.'
    ),
]
Background = Annotated[
    str, typer.Option(metavar="COLOUR", help="With --fix: what transparent parts are laid on.")
]


def check(
    endpoint: EndpointId,
    image: Image = None,
    end_image: EndImage = None,
    prompt: Prompt = None,
    arguments: Arguments = None,
    date: Day = None,
    fix: Fix = None,
    crop: Crop = False,
    border: Border = "blurred",
    background: Background = "white",
    json: Json = False,
) -> None:
    """Check a request to ENDPOINT before it is sent, and repair it with --fix.

    Looks at the pictures, the prompts and every field. Nothing is sent, no address is fetched.
    """
    from photoplay import catalogue
    from photoplay.preflight import Retouching, parse_colour, read_arguments
    from photoplay.preflight import check as find
    from photoplay.preflight import repair as mend

    target = catalogue.load().find(endpoint)
    choices = Retouching(
        crop=crop,
        border=None if border == "blurred" else parse_colour(border),
        background=parse_colour(background),
    )
    _check_options(arguments, prompt, fix is None and choices != Retouching())
    values = {} if arguments is None else read_arguments(arguments)
    values = _with_prompt(target, values, prompt)
    files = _files(target, image, end_image)
    day = None if date is None else date.date()
    findings = find(target, values, files, on=day)
    repaired = None
    if fix is not None:
        expect_output(fix / "arguments.json")
        repaired = mend(
            target,
            values,
            files,
            folder=fix,
            choices=choices,
            originals=[each for each in (arguments,) if each is not None],
            on=day,
        )
    if json:
        answer_json(_document(target, findings, repaired))
    else:
        _show(findings, repaired)
    from photoplay.preflight.findings import has_errors

    last = findings if repaired is None else repaired.findings
    raise typer.Exit(1 if has_errors(last) else 0)


def _check_options(arguments: Path | None, prompt: str | None, chosen_in_vain: bool) -> None:
    if str(arguments) == prompt == "-":
        raise InvalidRequest(
            "the prompt and the arguments are both to come from standard input",
            rule="it can only be read once",
            fix="Give one of them as a file or a text",
        )
    if chosen_in_vain:
        raise InvalidRequest(
            "it is said how to repair the pictures, and not where to",
            rule="--crop, --border and --background are choices of --fix",
            fix="Add --fix DIR, or leave them out",
        )


def _with_prompt(endpoint: Endpoint, values: dict[str, Any], text: str | None) -> dict[str, Any]:
    from photoplay.catalogue import Role

    if text is None:
        return values
    field = endpoint.find(Role.PROMPT)
    if field is None:
        raise InvalidRequest(
            "a prompt is given",
            rule=f"{endpoint.id} takes none",
            fix="Leave --prompt out",
        )
    return values | {field.name: _standard_input() if text == "-" else text}


def _standard_input() -> str:
    content = read_file(Path("-"), MOST_PROMPT_BYTES)
    try:
        if len(content) > MOST_PROMPT_BYTES:
            raise ValueError(f"it has more than {MOST_PROMPT_BYTES:,} bytes")
        return content.decode("utf-8-sig").strip()
    except ValueError as error:
        raise InvalidPrompt(
            f"the prompt cannot be read: {' '.join(str(error).split())[:120]}",
            rule="it is text in UTF-8",
            fix="Save it as plain text",
        ) from error


def _files(endpoint: Endpoint, image: Path | None, end_image: Path | None) -> dict[str, Path]:
    """The pictures by the names of their fields. Raises InvalidImage for no file at all."""
    from photoplay.catalogue import Role
    from photoplay.images import check_file

    found = {}
    for role, path, option in (
        (Role.START_IMAGE, image, "--image"),
        (Role.END_IMAGE, end_image, "--end-image"),
    ):
        if path is None:
            continue
        field = endpoint.find(role)
        if field is None:
            raise InvalidRequest(
                f"{option} is given",
                rule=f"{endpoint.id} has no field for it",
                fix=f"Leave it out; photoplay engines --endpoint {endpoint.id} shows the fields",
            )
        if str(path).lower().startswith(_ADDRESSES):
            raise InvalidRequest(
                f"{option} is an address",
                rule="only files are looked at, and nothing is fetched",
                fix="Download it first, or leave the address in --arguments",
            )
        if not _is_file(path):
            check_file(path)
        found[field.name] = path
    return found


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name that is too long, or holds a null character
        return False


def _show(findings: Sequence[Finding], repaired: Repaired | None) -> None:
    from photoplay.catalogue import printable

    for each in findings:
        mark = "" if not each.repairable or repaired is not None else " [--fix]"
        answer(f"{each.severity:<7} {printable(each.field) or 'request'}: {each}{mark}")
    if repaired is None:
        _sum_up(findings, "nothing to complain about")
        return
    for change in repaired.changes:
        answer(f"fixed   {printable(change)}")
    for sentence in repaired.left_out:
        answer(f"left out  {printable(sentence)}")
    for path in repaired.files:
        answer(f"wrote   {path}")
    for each in repaired.findings:
        answer(f"still   {each.severity}: {printable(each.field) or 'request'}: {each}")
    _sum_up(repaired.findings, "the repaired request is clean")


def _sum_up(findings: Sequence[Finding], clean: str) -> None:
    from photoplay.preflight import Severity

    errors = sum(each.severity is Severity.ERROR for each in findings)
    advice = len(findings) - errors
    if not findings:
        say(f"photoplay: {clean}")
        return
    counted = f"{errors} error{'' if errors == 1 else 's'}, {advice} advice"
    mended = sum(each.repairable for each in findings)
    by_fix = f"; --fix DIR repairs {mended} of them" if mended else ""
    say(f"photoplay: {counted}{by_fix}")


def _document(
    endpoint: Endpoint, findings: Sequence[Finding], repaired: Repaired | None
) -> dict[str, object]:
    from photoplay.preflight import report
    from photoplay.preflight.findings import has_errors

    found = report(endpoint, findings)
    if repaired is not None:
        found["repaired"] = {
            "clean": not has_errors(repaired.findings),
            "files": [str(each) for each in repaired.files],
            "changes": list(repaired.changes),
            "left_out": list(repaired.left_out),
            "findings": [asdict(each) for each in repaired.findings],
        }
    return json_text.loads(json_text.dumps(found, default=str))  # type: ignore[no-any-return]
