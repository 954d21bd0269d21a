"""`photoplay webhooks`: see what is on its way, and send it again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from photoplay.cli.terminal import Json, answer, answer_json, say

if TYPE_CHECKING:
    from photoplay.webhooks import Deliveries, Delivery

app = typer.Typer(
    help="List webhooks, and send them again.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.command("list")
def list_webhooks(
    undelivered: Annotated[
        bool, typer.Option("--undelivered", help="Leave out those that were delivered.")
    ] = False,
    limit: Annotated[int, typer.Option(help="How many at most.", min=1)] = 50,
    json: Json = False,
) -> None:
    """List webhooks, the youngest first."""
    with _deliveries() as deliveries:
        found = deliveries.latest(limit, undelivered=undelivered)
    _print(found, json)
    if not found and not json:
        say("photoplay: there is none")


@app.command("redeliver")
def redeliver(
    some_id: Annotated[
        str, typer.Argument(metavar="ID", help="The webhook's id, as listed, or its request's.")
    ],
    json: Json = False,
) -> None:
    """Send a webhook again, from its first attempt on, also if it was delivered.

    A running server or worker does so within a second or two.
    """
    with _deliveries() as deliveries:
        found = deliveries.redeliver(some_id)
    _print(found, json)


@contextmanager
def _deliveries() -> Iterator[Deliveries]:
    from photoplay.config import settings
    from photoplay.database import Database
    from photoplay.webhooks import Deliveries

    database = Database.open(settings().database_url)
    try:
        deliveries = Deliveries(database, settings())
        yield deliveries
        deliveries.close()
    finally:
        database.close()


def _print(found: list[Delivery], json: bool) -> None:
    if json:
        answer_json([_document(each) for each in found])
        return
    for each in found:
        tries = "1 attempt" if each.attempts == 1 else f"{each.attempts} attempts"
        next_try = f", next {_when(each.next_at)}" if each.attempts and each.next_at else ""
        why = f": {each.last_error}" if each.last_error else ""
        answer(
            f"{each.id}  request {each.request_id}  {each.state} after {tries}{next_try}{why}  "
            f"{each.url}"
        )


def _document(each: Delivery) -> dict[str, object]:
    times = {name: _when(getattr(each, name)) for name in ("next_at", "delivered_at", "created_at")}
    return asdict(each) | {"state": each.state} | times


def _when(at: float | None) -> str | None:
    """A time as people and programs read it: ISO 8601 in UTC, to the second."""
    return None if at is None else datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")
