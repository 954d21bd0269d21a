"""`photoplay submissions`: what was bought, and what nobody knows the outcome of."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from decimal import Decimal
from json import dumps, loads
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from photoplay.cli.terminal import Json, answer, answer_json, expect_output, progress_bar, say
from photoplay.error_values import from_value

if TYPE_CHECKING:
    from photoplay.errors import InvalidRequest
    from photoplay.ledger.submissions import Submission

app = typer.Typer(
    help="List what is being bought, and settle what nobody knows the outcome of.",
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
_Id = Annotated[str, typer.Argument(metavar="ID", help="The submission's id, or its beginning.")]


@app.callback()
def list_submissions(
    context: typer.Context,
    everything: Annotated[
        bool, typer.Option("--all", help="Also those that have ended, the newest first.")
    ] = False,
    json: Json = False,
) -> None:
    """List the purchases that have not ended, and what each is waiting for.

    unknown means that a paid request was sent and its answer lost: it is not sent again until you
    say what became of it.

    photoplay submissions settle 1a2b3c4d --not-accepted
    """
    if context.invoked_subcommand is not None:
        return
    from photoplay.config import settings
    from photoplay.hosted.local import open_office

    with open_office(settings()) as (office, _):
        found = office.books.listed(everything=everything)
    if json:
        answer_json({"submissions": [_document(each) for each in found]})
        return
    if not found:
        answer("nothing is being bought" if not everything else "nothing was bought yet")
    for each in found:
        answer(_line(each))


@app.command("show")
def show(submission_id: _Id, json: Json = False) -> None:
    """Show all that is known of a submission."""
    row = _find(submission_id)
    if json:
        answer_json(_document(row))
        return
    for name, value in _document(row).items():
        if value is not None:
            answer(f"{name:<14} {_readable(name, value)}")


@app.command("settle")
def settle(
    submission_id: _Id,
    provider_id: Annotated[
        str | None,
        typer.Option(
            "--accepted",
            metavar="PROVIDER_ID",
            help="It was accepted: the provider's own list shows it under this id.",
        ),
    ] = None,
    not_accepted: Annotated[
        bool,
        typer.Option("--not-accepted", help="The provider does not know it: nothing was paid."),
    ] = False,
    paid_usd: Annotated[
        str | None,
        typer.Option(
            "--lost",
            metavar="USD",
            help="Give it up; this much was charged for it, 0 if nothing was.",
        ),
    ] = None,
) -> None:
    """Say what became of a submission whose outcome is unknown.

    Look at the provider's own list of requests first. What was accepted is then fetched with
    photoplay submissions fetch; the money of what was not accepted is free again.
    """
    from photoplay.config import settings
    from photoplay.errors import InvalidRequest
    from photoplay.hosted.local import open_office

    given = [provider_id is not None, not_accepted, paid_usd is not None]
    if sum(given) != 1:
        raise InvalidRequest(
            f"{sum(given)} outcomes were given",
            rule="a submission has one: --accepted, --not-accepted or --lost",
            fix="Give one of them",
        )
    row = _find(submission_id)
    with open_office(settings()) as (office, _):
        if provider_id is not None:
            office.adopt(row, provider_id)
            say(f"photoplay: now photoplay submissions fetch {row.id[:8]}")
        else:
            charged = None if paid_usd is None else _usd(paid_usd)
            office.give_up(row, charged)
            say(f"photoplay: {row.id[:8]} is closed, ${charged or 0:.2f} charged")


@app.command("fetch")
def fetch(
    submission_id: _Id,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Also write the clip there; kept in the store anyway."),
    ] = None,
) -> None:
    """Wait for the clip of a submission that was accepted, and keep it. Costs nothing."""
    from photoplay.config import settings
    from photoplay.hosted.local import LocalErrand, deliver, open_office
    from photoplay.render import check_place, local_run

    if output is not None:
        check_place(output, "clip", others={})
        expect_output(output)
    row = _find(submission_id)
    title = f"photoplay: fetching {row.id[:8]} from {row.provider}"
    with (
        open_office(settings()) as (office, store),
        progress_bar(title, at_once=True) as bar,
        local_run(bar.update) as run,
    ):
        done = office.advance(row, LocalErrand(run), run.scratch)
        if done.asset_name is None:
            raise _no_clip(done)
        if output is not None:
            deliver(store, done.asset_name, output, run.scratch)
    answer(str(output) if output is not None else f"{row.id[:8]} is kept as {done.asset_name}")


def _find(submission_id: str) -> Submission:
    from photoplay.config import settings
    from photoplay.hosted.local import open_office

    with open_office(settings()) as (office, _):
        return office.books.get(office.books.resolve_id(submission_id))


def _no_clip(row: Submission) -> InvalidRequest:
    from photoplay.errors import InvalidRequest

    return InvalidRequest(
        f"submission {row.id} is {row.state}",
        rule="only what the provider has accepted can be fetched",
        fix=f"See photoplay submissions show {row.id[:8]}",
    )


def _usd(text: str) -> Decimal:
    from photoplay.errors import InvalidRequest

    try:
        amount = Decimal(text.removeprefix("$"))
        if amount.is_finite() and 0 <= amount < 1_000_000:
            return amount.quantize(Decimal("0.000001"))
    except ArithmeticError:
        pass
    raise InvalidRequest(
        f"the amount is {text[:30]!r}",
        rule="an amount is dollars, such as 0.84",
        fix="Write it as the bill does",
    )


def _line(row: Submission) -> str:
    cost = row.quoted_usd if row.charged_usd is None else row.charged_usd
    at = _moment(row.created_at)
    return f"{row.id[:8]}  {row.state:<9}  {at}  {row.provider:<12}  ${cost:>8.2f}  {row.endpoint}"


def _readable(name: str, value: object) -> object:
    """A fact of the document as people read it."""
    if name.endswith("_at"):
        return _moment(float(str(value)), seconds=True)
    if name == "error":
        return from_value(loads(str(value)))
    return dumps(value, ensure_ascii=False) if isinstance(value, dict) else value


def _moment(at: float, *, seconds: bool = False) -> str:
    """A time in UTC."""
    text = "%Y-%m-%d %H:%M:%S UTC" if seconds else "%Y-%m-%d %H:%M"
    return datetime.fromtimestamp(at, UTC).strftime(text)


def _document(row: Submission) -> dict[str, Any]:
    known = asdict(row)
    return {
        name: str(value) if isinstance(value, Decimal) else value for name, value in known.items()
    }
