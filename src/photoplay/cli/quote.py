"""`photoplay quote`: what a clip would cost, here and elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date as Date  # noqa: N812 (an option is called date)
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from photoplay.cli.terminal import Json, answer, answer_json, say
from photoplay.errors import InvalidRequest
from photoplay.files import read_file

if TYPE_CHECKING:
    from photoplay.quotes import Attempts, Outlook, ProjectClip, Quote, Wish

EXAMPLES = """[bold]Examples[/bold]

photoplay quote fal-ai/kling-video/v3/pro/image-to-video --seconds 8

photoplay quote fal-ai/kling-video/v3/standard/image-to-video --no-audio --per-month 100

photoplay quote fal-ai/kling-video/v3/pro/image-to-video --seconds 8 --compare

photoplay quote bytedance/seedance-2.0/image-to-video --resolution 480p --image 1080x1920

photoplay quote fal-ai/veo3.1/image-to-video --arguments request.json --attempts 2-4 --json

photoplay quote --project film.toml

[bold]A project[/bold] is a TOML file with a table \\[\\[clip]] for each clip: endpoint, and if
you like seconds, audio, voice, resolution, image, arguments, count and name.

Prices are those of photoplay engines --endpoint ID, with the day on which they were read.
"""
_WIDTH = 52  # of the names of endpoints in a list

EndpointId = Annotated[
    str | None,
    typer.Argument(
        metavar="ENDPOINT", help='An id of photoplay engines --endpoints, or "built-in".'
    ),
]
Seconds = Annotated[
    float | None,
    typer.Option(help="Length of the clip, or of the video that it follows.", show_default=False),
]
Audio = Annotated[
    bool | None,
    typer.Option("--audio/--no-audio", help="With or without sound.", show_default=False),
]
Voice = Annotated[bool, typer.Option("--voice", help="A voice of your own speaks.")]
Resolution = Annotated[
    str | None, typer.Option(metavar="NAME", help="Such as 720p, where the endpoint has a choice.")
]
ImageSize = Annotated[
    str | None,
    typer.Option("--image", metavar="W×H", help="Pixels of the first frame, such as 1080x1920."),
]
Arguments = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="A request's arguments as JSON; - is standard input."),
]
AttemptsText = Annotated[
    str, typer.Option("--attempts", metavar="N-M", help="Renders until one clip is usable.")
]
PerMonth = Annotated[int | None, typer.Option(metavar="N", help="Finished clips a month.")]
Compare = Annotated[
    bool, typer.Option("--compare", help="List all endpoints that could make it, by price.")
]
Project = Annotated[
    Path | None, typer.Option(metavar="FILE", help="A project; - is standard input.")
]
Day = Annotated[
    datetime | None,
    typer.Option(
        "--date",
        metavar="YYYY-MM-DD",
        formats=["%Y-%m-%d"],
        help="The day from which the age of prices counts; today unless given.",
    ),
]


def quote(
    endpoint: EndpointId = None,
    seconds: Seconds = None,
    audio: Audio = None,
    voice: Voice = False,
    resolution: Resolution = None,
    image: ImageSize = None,
    arguments: Arguments = None,
    attempts: AttemptsText = "3-5",
    per_month: PerMonth = None,
    compare: Compare = False,
    project: Project = None,
    date: Day = None,
    json: Json = False,
) -> None:
    """Tell what a clip would cost at ENDPOINT, from its published price.

    Nothing is sent anywhere. What has no published price is said to have none.
    """
    from photoplay.quotes import Wish, parse_attempts
    from photoplay.quotes.project import parse_size

    tries = parse_attempts(attempts)
    today = None if date is None else date.date()
    if project is not None:
        beside = (endpoint, seconds, audio, resolution, image, arguments, voice or None)
        _refuse_beside_project(*beside, compare or None)
        _quote_project(project, tries, per_month, today, json)
        return
    if endpoint is None:
        raise InvalidRequest(
            "no endpoint is given",
            rule="a quote is for a clip of an endpoint, or for a project",
            fix="List them with: photoplay engines --endpoints",
        )
    wish = Wish(
        seconds=None if seconds is None else Decimal(str(seconds)),
        audio=audio,
        voice=voice or None,
        resolution=resolution,
        image_px=None if image is None else parse_size(image),
    )
    if compare:
        _compare(endpoint, _values(arguments), wish, today, tries, per_month, json)
    else:
        quoted = _quoted(endpoint, _values(arguments), wish, today)
        _show(quoted, _outlook(quoted, tries, per_month), json)


def _refuse_beside_project(*others: object) -> None:
    """Raise InvalidRequest for what a project says of each clip itself."""
    if any(other is not None for other in others):
        raise InvalidRequest(
            "a project is given, and a clip beside it",
            rule="a project says of each clip what it is",
            fix="Write it into the project's tables, or leave --project out",
        )


def _values(arguments: Path | None) -> dict[str, Any]:
    from photoplay.preflight import read_arguments

    return {} if arguments is None else read_arguments(arguments)


def _quoted(endpoint: str, values: dict[str, Any], wish: Wish, today: Date | None) -> Quote:
    from photoplay import catalogue, quotes
    from photoplay.engine import DEFAULT_ENGINE

    if endpoint in (quotes.BUILT_IN, DEFAULT_ENGINE):
        return quotes.built_in(wish.seconds)
    return quotes.quote(catalogue.load().find(endpoint), values, wish, today=today)


def _outlook(quoted: Quote, attempts: Attempts, per_month: int | None) -> Outlook | None:
    from photoplay.quotes import Outlook

    if quoted.usd is None:
        return None
    return Outlook(usd=quoted.usd, attempts=attempts, per_month=per_month)


def _show(quoted: Quote, outlook: Outlook | None, json: bool) -> None:
    from photoplay.quotes import route_line

    if json:
        answer_json(quoted.as_json() | _outlook_document(outlook))
        return
    answer(f"{route_line(quoted)}  {quoted.endpoint}")
    for line in _basis(quoted):
        answer(f"    {line}")
    if quoted.charge is not None and quoted.seconds is not None and outlook is not None:
        for line in _over_time(outlook):
            answer(f"    {line}")
    for note in quoted.notes:
        say(f"note: {note}")


def _basis(quoted: Quote) -> list[str]:
    """What the amount rests on."""
    from photoplay.catalogue import words

    if quoted.charge is None:
        free = "it runs on this machine; nothing is sent or charged"
        return [quoted.unpriced or free]
    charge = quoted.charge
    amount = f"{charge.quantity.normalize():f}"
    lines = [
        f"{amount} × {words.price(charge.price)}",
        f"as of {charge.price.as_of}: {charge.price.source}",
    ]
    if quoted.credits is not None:
        lines.append(f"{quoted.credits} credits where clips are sold for credits")
    return lines


def _over_time(outlook: Outlook) -> list[str]:
    lines = [f"{outlook.attempts} for a usable clip: {_range(outlook.per_clip_usd)}"]
    if outlook.per_month is not None and outlook.month_usd is not None:
        lines.append(f"{outlook.per_month:,} clips a month: {_range(outlook.month_usd)}")
    return lines


def _range(amounts: tuple[Decimal, Decimal]) -> str:
    from photoplay.quotes import dollars

    least, most = map(dollars, amounts)
    return least if least == most else f"{least} to {most}"


def _outlook_document(outlook: Outlook | None) -> dict[str, object]:
    if outlook is None:
        return {"attempts": None}
    month = outlook.month_usd
    return {
        "attempts": {
            "least": outlook.attempts.least,
            "most": outlook.attempts.most,
            "usd": [f"{each:f}" for each in outlook.per_clip_usd],
            "per_month": outlook.per_month,
            "usd_per_month": None if month is None else [f"{each:f}" for each in month],
        }
    }


def _compare(
    endpoint: str,
    values: dict[str, Any],
    wish: Wish,
    today: Date | None,
    attempts: Attempts,
    per_month: int | None,
    json: bool,
) -> None:
    from photoplay import catalogue, quotes

    known = catalogue.load()
    own = known.find(endpoint)
    own.check_offered()
    found = quotes.compare(own, values, wish, today=today, known=known)
    outlooks = [_outlook(each, attempts, per_month) for each in found]
    pairs = list(zip(found, outlooks, strict=True))
    if json:
        rows = [each.as_json() | _outlook_document(outlook) for each, outlook in pairs]
        answer_json({"quotes": rows})
        return
    for each, outlook in pairs:
        line = f"{quotes.route_line(each):<18} {each.endpoint:<{_WIDTH}} {_summary(each)}"
        if outlook is not None and outlook.month_usd is not None and each.charge is not None:
            line += f"; {per_month:,} clips a month: {_range(outlook.month_usd)}"
        answer(line.rstrip())
    if found[0].charge is not None or found[0].unpriced:
        say("note: the built-in engine cannot make such a clip")
    if any(each.is_stale for each in found):
        say(f"note: prices marked old were read more than {quotes.STALE_DAYS} days ago")


def _summary(quoted: Quote) -> str:
    from photoplay.catalogue import words

    if quoted.charge is None:
        return ""
    old = " (old)" if quoted.is_stale else ""
    return f"{words.price(quoted.charge.price)}, as of {quoted.charge.price.as_of}{old}"


def _quote_project(
    path: Path, attempts: Attempts, per_month: int | None, today: Date | None, json: bool
) -> None:
    from photoplay import catalogue, quotes

    clips = quotes.read_project(read_file(path, quotes.MOST_BYTES), catalogue.load())
    found = [(clip, quotes.quote_clip(clip, today=today)) for clip in clips]
    usd = sum((each.usd * clip.count for clip, each in found if each.usd is not None), Decimal(0))
    unpriced = sum(clip.count for clip, each in found if each.usd is None)
    outlook = quotes.Outlook(usd=usd, attempts=attempts, per_month=per_month)
    if json:
        _answer_project(found, outlook, unpriced)
        return
    for clip, each in found:
        times = f" × {clip.count}" if clip.count > 1 else ""
        answer(f"{quotes.route_line(each) + times:<24} {clip.name}: {each.endpoint}")
    total = f"{sum(clip.count for clip in clips)} clips: {quotes.dollars(usd)}"
    answer(f"{total}, and {unpriced} without a published price" if unpriced else total)
    for line in _over_time(outlook):
        answer(f"    {line.replace('a usable clip', 'usable clips')}")
    _say_notes(found)


def _say_notes(found: Sequence[tuple[ProjectClip, Quote]]) -> None:
    for clip, each in found:
        for note in each.notes:
            say(f"note: {clip.name}: {note}")


def _answer_project(
    found: Sequence[tuple[ProjectClip, Quote]], outlook: Outlook, unpriced: int
) -> None:
    rows = [each.as_json() | {"name": clip.name, "count": clip.count} for clip, each in found]
    total = {"usd": f"{outlook.usd:f}", "clips_without_a_price": unpriced}
    answer_json({"clips": rows, "total": total | _outlook_document(outlook)})
