"""`photoplay ledger`: what was spent on hosted engines, and whether their bills agree."""

from __future__ import annotations

import csv
import io
import json as json_text
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from photoplay.cli import reconcile
from photoplay.cli.terminal import Json, answer, answer_json, expect_output, printable, say
from photoplay.errors import InvalidRequest, OutputUnwritable

if TYPE_CHECKING:
    from photoplay.ledger import Entry, Filters, Ledger, Total

EXAMPLES = """[bold]Examples[/bold]

photoplay ledger

photoplay ledger --by month --provider fal

photoplay ledger --since 2026-11-01 --until 2026-11-30 --csv november.csv

photoplay ledger reconcile bill.csv --provider fal

Days are those of UTC on which a purchase was set aside.
"""
_FLUSH_ROWS = 1000  # of a table on standard output

app = typer.Typer(
    help="Tell what was spent on hosted engines, and whether their bills agree.",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("reconcile", epilog=reconcile.EXAMPLES)(reconcile.reconcile)

Since = Annotated[
    datetime | None,
    typer.Option(metavar="YYYY-MM-DD", formats=["%Y-%m-%d"], help="The first day."),
]
Until = Annotated[
    datetime | None,
    typer.Option(metavar="YYYY-MM-DD", formats=["%Y-%m-%d"], help="The last day."),
]
Provider = Annotated[str | None, typer.Option(metavar="NAME", help="Only what was bought there.")]
Key = Annotated[str | None, typer.Option(metavar="ID", help="Only what this API key bought.")]
Project = Annotated[str | None, typer.Option(metavar="NAME", help="Only clips of this project.")]
AddedBy = Annotated[
    Literal["provider", "endpoint", "key", "project", "day", "month"] | None,
    typer.Option("--by", help="Add up by this instead of listing."),
]
Csv = Annotated[
    Path | None,
    typer.Option("--csv", metavar="FILE", help="Write a table there; - is standard output."),
]


@app.callback(invoke_without_command=True)
def ledger(
    context: typer.Context,
    since: Since = None,
    until: Until = None,
    provider: Provider = None,
    key: Key = None,
    project: Project = None,
    by: AddedBy = None,
    csv: Csv = None,
    json: Json = False,
) -> None:
    """List what was set aside, released, charged and corrected, the oldest first."""
    if context.invoked_subcommand is not None:
        _refuse_options(context)
        return
    from photoplay.ledger import By, Entry, Filters, Total

    filters = Filters(
        since=None if since is None else since.date(),
        until=None if until is None else until.date(),
        provider=provider,
        key_id=key,
        project=project,
    )
    with _ledger() as opened:
        totals = None if by is None else opened.totals(By(by), filters)
        if csv is not None:
            rows = opened.entries(filters) if totals is None else totals
            names = Entry.CELLS if totals is None else Total.CELLS
            _write_csv(csv, names, (each.as_cells() for each in rows))
        elif json:
            _answer_json(opened, filters, totals)
        else:
            _show(opened, filters, totals)


def _refuse_options(context: typer.Context) -> None:
    """Raise InvalidRequest for options of the list before a command that has its own."""
    if any(context.params.values()):
        raise InvalidRequest(
            f"options of the list are given before {context.invoked_subcommand}",
            rule="a command's options come after it",
            fix=f"See photoplay ledger {context.invoked_subcommand} --help",
        )


@contextmanager
def _ledger() -> Iterator[Ledger]:
    from photoplay.config import settings
    from photoplay.database import Database
    from photoplay.ledger import Ledger

    database = Database.open(settings().database_url)
    try:
        yield Ledger(database)
    finally:
        database.close()


def _show(opened: Ledger, filters: Filters, totals: list[Total] | None) -> None:
    if totals is None:
        for each in opened.entries(filters):
            answer(_line(each))
    width = max((len(printable(each.name or "(none)")) for each in totals or ()), default=0)
    for one in totals or ():
        answer(f"{printable(one.name or '(none)'):<{width}}  {_sums(one)}")
    say(f"photoplay: {_sums(opened.total(filters))}")


def _line(entry: Entry) -> str:
    from photoplay.quotes import exact_dollars

    whose = (entry.project, entry.key_id and f"key {entry.key_id}", entry.note)
    said = "; ".join(printable(each) for each in whose if each)
    usd = exact_dollars(entry.usd)
    where = f"{entry.provider}  {printable(entry.endpoint)}"
    return f"{entry.day}  {entry.kind:<7}  {usd:>11}  {where}  {said}".rstrip()


def _sums(total: Total) -> str:
    from photoplay.quotes import exact_dollars

    clips = "1 purchase" if total.submissions == 1 else f"{total.submissions:,} purchases"
    spent, held = exact_dollars(total.spent_usd), exact_dollars(total.held_usd)
    return f"{spent} spent, {held} held, {clips}"


def _answer_json(opened: Ledger, filters: Filters, totals: list[Total] | None) -> None:
    """One document, of which only one entry is in memory at a time."""
    if totals is not None:
        sums = opened.total(filters).as_json()
        answer_json({"totals": [each.as_json() for each in totals], "total": sums})
        return
    between = '{"entries": ['
    for each in opened.entries(filters):
        answer(between + json_text.dumps(each.as_json()))
        between = ","
    begun = "" if between == "," else between
    answer(f'{begun}], "total": {json_text.dumps(opened.total(filters).as_json())}}}')


def _write_csv(path: Path, names: tuple[str, ...], rows: Iterable[dict[str, str]]) -> None:
    if str(path) == "-":
        for part in _csv_parts(names, rows):
            answer(part.removesuffix("\n"))
        return
    from photoplay.render import check_place

    check_place(path, "table", others={})
    expect_output(path)
    target = path.resolve()
    beside = target.with_name(f".photoplay-{secrets.token_hex(4)}.csv")
    try:
        try:
            with beside.open("x", encoding="utf-8", newline="") as file:
                file.writelines(_csv_parts(names, rows))
            beside.replace(target)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise OutputUnwritable.because(path, error) from error
    say(f"photoplay: {path} is written")


def _csv_parts(names: tuple[str, ...], rows: Iterable[dict[str, str]]) -> Iterator[str]:
    """The table as text, many rows at a time, and a text of the head alone if there are none."""
    text = io.StringIO()
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    for number, row in enumerate(rows, 1):
        writer.writerow(row)
        if number % _FLUSH_ROWS == 0:
            yield text.getvalue()
            text.seek(0)
            text.truncate()
    if text.tell():
        yield text.getvalue()
