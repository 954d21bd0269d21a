"""`photoplay budget`: how much may be spent on hosted engines."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from photoplay.cli.terminal import Json, answer, answer_json, printable, say

if TYPE_CHECKING:
    from photoplay.ledger import Budget, Budgets

EXAMPLES = """[bold]Examples[/bold]

photoplay budget

photoplay budget set 5

photoplay budget set 100 --per month --project "autumn film"

photoplay budget set 20 --per ever --key 0b0f3f0e-4a2c-4b52-9b0c-6d1b7ad0a1f7

photoplay budget remove --per month --project "autumn film"

A purchase counts against every budget that is for it, and must fit them all. Without a budget
nothing is bought. Days and months are those of UTC.
"""
_BAR = 20  # characters

app = typer.Typer(
    help="Say how much may be spent on hosted engines.",
    context_settings={"help_option_names": ["-h", "--help"]},
)

Per = Annotated[
    Literal["day", "month", "ever"], typer.Option("--per", help="How often it begins anew.")
]
Key = Annotated[
    str | None, typer.Option("--key", metavar="ID", help="Only for what this API key buys.")
]
Project = Annotated[
    str | None, typer.Option("--project", metavar="NAME", help="Only for clips of this project.")
]
Provider = Annotated[
    str | None, typer.Option("--provider", metavar="NAME", help="Only for what is bought there.")
]


@app.callback(invoke_without_command=True)
def list_budgets(context: typer.Context, json: Json = False) -> None:
    """List the budgets with what is used of them; set and remove change them."""
    if context.invoked_subcommand is not None:
        return
    with _budgets() as budgets:
        found = budgets.list()
    if json:
        answer_json({"budgets": [_document(each) for each in found]})
        return
    if not found:
        say("photoplay: there is no budget, so nothing is bought; set one: photoplay budget set 5")
    width = max((len(printable(each.subject)) for each in found), default=0)
    for each in found:
        answer(f"{printable(each.subject):<{width}}  {each.period:<5}  {_standing(each)}")


@app.command("set", epilog="photoplay budget set 100 --per month --provider fal")
def set_budget(
    usd: Annotated[str, typer.Argument(metavar="USD", help="Dollars, 0.01 to 1,000,000.")],
    per: Per = "day",
    key: Key = None,
    project: Project = None,
    provider: Provider = None,
    json: Json = False,
) -> None:
    """Allow that many dollars, in the place of what was allowed before.

    What is spent already counts. An amount below that refuses everything new.
    """
    from photoplay.ledger import Period, parse_cap, subject_for

    cap = parse_cap(usd)
    subject = subject_for(key=key, project=project, provider=provider)
    with _budgets() as budgets:
        found = budgets.set(cap, Period(per), subject)
    _show(found, json)


@app.command("remove", epilog="photoplay budget remove --per month --provider fal")
def remove(
    per: Per = "day",
    key: Key = None,
    project: Project = None,
    provider: Provider = None,
    json: Json = False,
) -> None:
    """Take a budget away. What the others allow is still bought; without any, nothing."""
    from photoplay.ledger import Period, subject_for

    subject = subject_for(key=key, project=project, provider=provider)
    with _budgets() as budgets:
        found = budgets.remove(Period(per), subject)
    _show(found, json, "removed: ")


@contextmanager
def _budgets() -> Iterator[Budgets]:
    from photoplay.config import settings
    from photoplay.database import Database
    from photoplay.ledger import Budgets

    database = Database.open(settings().database_url)
    try:
        yield Budgets(database)
    finally:
        database.close()


def _show(found: Budget, json: bool, said: str = "") -> None:
    if json:
        answer_json(_document(found))
    else:
        answer(f"{said}{printable(found.subject)}  {found.period}  {_standing(found)}")


def _standing(found: Budget) -> str:
    """Such as "$5.00  [####----------------]  $1.12 used, $3.88 left"."""
    from photoplay.quotes import exact_dollars

    filled = min(_BAR, int(_BAR * found.used_usd / found.cap_usd)) if found.used_usd > 0 else 0
    bar = f"[{'#' * filled}{'-' * (_BAR - filled)}]"
    used, left = exact_dollars(found.used_usd), exact_dollars(found.left_usd)
    return f"{exact_dollars(found.cap_usd):>10}  {bar}  {used} used, {left} left"


def _document(found: Budget) -> dict[str, object]:
    """The budget for programs. Amounts are texts, so that no reader makes floats of them."""
    return {
        "subject": found.subject,
        "period": str(found.period),
        "cap_usd": f"{found.cap_usd:f}",
        "used_usd": f"{found.used_usd:f}",
        "left_usd": f"{found.left_usd:f}",
        "renews_on": None if found.renews_on is None else found.renews_on.isoformat(),
    }
