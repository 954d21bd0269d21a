"""`photoplay providers`: whom clips can be bought from, and their keys."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from photoplay.cli.terminal import Json, answer, answer_json, say

app = typer.Typer(
    help="List whom clips can be bought from, and keep their keys.",
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def list_providers(context: typer.Context, json: Json = False) -> None:
    """List whom clips can be bought from, and whether there is a key for each.

    A key is read from the environment, else from the keyring of the operating system.

    photoplay providers key fal
    """
    if context.invoked_subcommand is not None:
        return
    from photoplay.config import settings
    from photoplay.engine import load_engine
    from photoplay.errors import ProviderKeyRefused
    from photoplay.hosted import credentials, providers

    rows = []
    for name in providers.names():
        dialect = providers.open_dialect(settings(), name)
        try:
            key = credentials.find(dialect).source
        except ProviderKeyRefused:
            key = None
        options = providers.options_of(settings(), name)
        rows.append(
            {
                "provider": name,
                "summary": load_engine(name).capabilities.summary,
                "key": key,
                "variables": [" and ".join(names) for names in dialect.secrets if names],
                "url": options.url or None,
                "at_once": options.at_once,
            }
        )
    if json:
        answer_json({"providers": rows})
        return
    for row in rows:
        answer(f"{row['provider']:<14} {_said(row['key'], row['variables'])}")
        at = f" ({row['url']})" if row["url"] else ""
        answer(f"{'':<14} {row['summary']}{at}")


@app.command("key")
def keep_key(
    provider: Annotated[str, typer.Argument(help="Such as fal; see photoplay providers.")],
) -> None:
    """Keep the key of PROVIDER in the keyring of the operating system.

    It is asked for without being shown, or read from standard input, a line for each.
    """
    from photoplay.config import settings
    from photoplay.errors import InvalidRequest
    from photoplay.hosted import credentials, providers

    names = next(filter(None, providers.open_dialect(settings(), provider).secrets), ())
    if not names:
        raise InvalidRequest(
            f"{provider} needs no key",
            rule="only what is needed is kept",
            fix="Use it as it is",
        )
    values = [_read_secret(name) for name in names]
    credentials.keep(names, values)
    say(f"photoplay: {' and '.join(names)} kept in the keyring of this system")


def _read_secret(name: str) -> str:
    if sys.stdin.isatty():
        return str(typer.prompt(name, hide_input=True)).strip()
    return sys.stdin.readline().strip()


def _said(key: object, variables: object) -> str:
    if key == "none needed":
        return "no key needed"
    if key is not None:
        return f"key from {key}"
    assert isinstance(variables, list)
    return f"no key: set {' or '.join(variables)}"
