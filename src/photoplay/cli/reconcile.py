"""`photoplay ledger reconcile`: a provider's bill beside the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from photoplay.cli.terminal import Json, answer, answer_json, printable, say
from photoplay.files import read_file

if TYPE_CHECKING:
    from photoplay.ledger import BillLine, Match, Reconciliation

EXAMPLES = """[bold]Examples[/bold]

photoplay ledger reconcile bill.csv --provider fal

photoplay ledger reconcile tasks.json --provider runway --credit-usd 0.01 --write

photoplay ledger reconcile bill.csv --provider kling --columns id=task,usd=total
"""
_SHOWN = 20  # clips of each kind; --json has all

Bill = Annotated[
    Path, typer.Argument(metavar="FILE", help="The bill as CSV or JSON; - is standard input.")
]
Provider = Annotated[str, typer.Option(metavar="NAME", help="Whose bill it is.")]
ColumnNames = Annotated[
    str | None,
    typer.Option(
        "--columns",
        metavar="id=…,usd=…",
        help="Columns of id, usd and date, where their names do not say so.",
    ),
]
CreditUsd = Annotated[
    str | None,
    typer.Option(metavar="USD", help="What a credit costs, where the bill counts in credits."),
]
Write = Annotated[
    bool, typer.Option("--write", help="Correct the ledger by what was billed, once.")
]


def reconcile(
    file: Bill,
    provider: Provider,
    columns: ColumnNames = None,
    credit_usd: CreditUsd = None,
    write: Write = False,
    json: Json = False,
) -> None:
    """Compare FILE, a bill of a provider, with what was bought there, clip by clip."""
    from photoplay.config import settings
    from photoplay.database import Database
    from photoplay.ledger import bills, read_bill
    from photoplay.ledger.bill_files import MOST_BYTES, parse_columns
    from photoplay.ledger.scope import check_provider

    check_provider(provider)
    bill = read_bill(read_file(file, MOST_BYTES), parse_columns(columns or "", credit_usd))
    with closing(Database.open(settings().database_url)) as database:
        found = bills.reconcile(database, provider, bill)
        corrected = bills.write_corrections(database, found) if write else None
    if json:
        answer_json(_document(found) | {"corrected": corrected})
        return
    _show(found)
    if corrected is not None:
        answer(f"corrected: {_clips(corrected)}")
    elif found.differing:
        say("photoplay: nothing is changed; --write corrects the ledger by what was billed")


def _show(found: Reconciliation) -> None:
    from photoplay.quotes import exact_dollars

    drift = f"{exact_dollars(abs(found.drift_usd))} {'more' if found.drift_usd >= 0 else 'less'}"
    answer(f"the same: {_clips(len(found.same))}")
    more = f", billed {drift}" if found.differing else ""
    answer(f"differing: {_clips(len(found.differing))}{more}")
    _list([_match(each) for each in found.differing])
    why = ", bought elsewhere or lost by us" if found.billed_only else ""
    answer(f"only on the bill: {_clips(len(found.billed_only))}{why}")
    _list([_billed(each) for each in found.billed_only])
    answer(f"only in the ledger: {_clips(len(found.ours_only))}")
    _list([_match(each) for each in found.ours_only])
    if found.other_usd:
        say(f"note: {exact_dollars(found.other_usd)} of the bill are for no clip")


def _list(lines: Sequence[str]) -> None:
    for line in lines[:_SHOWN]:
        answer(f"    {line}")
    if len(lines) > _SHOWN:
        answer(f"    and {len(lines) - _SHOWN:,} more; --json has them all")


def _match(each: Match) -> str:
    from photoplay.quotes import exact_dollars

    ours = f"{'held' if each.held else 'ours'} {exact_dollars(each.ours_usd)}"
    theirs = "" if each.theirs_usd is None else f", theirs {exact_dollars(each.theirs_usd)}"
    name = printable(each.provider_id or f"no id, ours is {each.submission_id}")
    return f"{name}  {each.day}  {ours}{theirs}  {each.endpoint}"


def _billed(line: BillLine) -> str:
    from photoplay.quotes import exact_dollars

    day = "" if line.day is None else f"  {line.day}"
    return f"{printable(line.id)[:100]}{day}  theirs {exact_dollars(line.usd)}  line {line.number}"


def _document(found: Reconciliation) -> dict[str, object]:
    return {
        "provider": found.provider,
        "same": [each.as_json() for each in found.same],
        "differing": [each.as_json() for each in found.differing],
        "billed_only": [each.as_json() for each in found.billed_only],
        "ours_only": [each.as_json() for each in found.ours_only],
        "drift_usd": f"{found.drift_usd:f}",
        "other_usd": f"{found.other_usd:f}",
    }


def _clips(count: int) -> str:
    return "1 clip" if count == 1 else f"{count:,} clips"
