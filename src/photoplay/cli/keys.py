"""`photoplay keys`: make, list and revoke API keys."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from photoplay.cli.terminal import Json, answer, answer_json, say

if TYPE_CHECKING:
    from photoplay.keys import Key, Keys

app = typer.Typer(
    help="Make, list and revoke API keys.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.command("create")
def create(
    name: Annotated[str, typer.Argument(help="Who will use it.")] = "unnamed",
    scope: Annotated[
        list[str],
        typer.Option(
            "--scope", "-s", help="What it may do: run, upload or admin; may be given again."
        ),
    ] = ["run", "upload"],  # noqa: B006 (read only)
    concurrency: Annotated[
        int | None,
        typer.Option(help="Its renders at the same time; left out: the setting.", min=1),
    ] = None,
    json: Json = False,
) -> None:
    """Make a key and print it, once: only its hash is kept.

    run submits and reads requests, upload stores files, admin may do all and read the metrics.

    photoplay keys create "advertising team" --concurrency 50
    """
    from photoplay.keys import read_scopes

    scopes = read_scopes(scope)
    with _keys() as keys:
        key, text = keys.create(name, scopes, concurrency)
    if json:
        answer_json({**_document(key), "key": text})
        return
    say(f"photoplay: a key for {key.name}; keep it now, it cannot be shown again")
    answer(text)


@app.command("list")
def list_keys(json: Json = False) -> None:
    """List all keys without their secrets, oldest first."""
    with _keys() as keys:
        found = keys.list()
    if json:
        answer_json([_document(key) for key in found])
        return
    if not found:
        say("photoplay: there is no key yet; make one with: photoplay keys create")
    for key in found:
        state = f"revoked {_when(key.revoked_at)}" if key.revoked_at else "valid"
        limit = f"{key.concurrency} at a time" if key.concurrency else "default concurrency"
        answer(
            f"{key.id}  {key.name}: {state}; {'+'.join(sorted(key.scopes))}; {limit}; "
            f"created {_when(key.created_at)}"
        )


@app.command("revoke")
def revoke(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="Its id, as listed.")],
    json: Json = False,
) -> None:
    """Revoke a key. A running server refuses it within two seconds; its jobs run on."""
    with _keys() as keys:
        key = keys.revoke(key_id)
    if json:
        answer_json(_document(key))
        return
    answer(f"{key.id}  {key.name}: revoked {_when(key.revoked_at)}")


@contextmanager
def _keys() -> Iterator[Keys]:
    from photoplay.config import settings
    from photoplay.database import Database
    from photoplay.keys import Keys

    database = Database.open(settings().database_url)
    try:
        yield Keys(database)
    finally:
        database.close()


def _document(key: Key) -> dict[str, object]:
    return {
        **asdict(key),
        "scopes": sorted(key.scopes),
        "created_at": _when(key.created_at),
        "revoked_at": _when(key.revoked_at),
    }


def _when(at: float | None) -> str | None:
    """A time as people and programs read it: ISO 8601 in UTC, to the second."""
    return None if at is None else datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")
