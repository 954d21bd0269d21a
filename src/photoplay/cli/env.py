"""`photoplay env`: the environment that points fal's own clients at this server.

What a server needs to tell is kept in `DATA/client.json`, readable by the owner alone: where it was
reached last, and the first key, which is in the database as a hash only.
"""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from photoplay.cli.terminal import answer, say
from photoplay.errors import NotFound, OutputUnwritable, SettingInvalid

NEEDS_HTTPS = (
    "fal's Python client insists on HTTPS: serve with --tls, or see the how-to for the lines that "
    "change its URLs"
)
_FILE = "client.json"


class Shell(StrEnum):
    """Whose syntax is printed."""

    SH = "sh"
    FISH = "fish"
    POWERSHELL = "powershell"
    DOTENV = "dotenv"


@dataclass(frozen=True, slots=True)
class Client:
    """What a client needs to know. `bundle` names the authorities to trust, for `--tls` only."""

    url: str = ""
    bundle: str = ""
    key: str = ""

    @classmethod
    def read(cls, data: Path) -> Client:
        """What is kept in the data folder. Raises SettingInvalid if it cannot be read."""
        path = data / _FILE
        try:
            return cls(**json.loads(path.read_text("utf-8")))
        except FileNotFoundError:
            return cls()
        except (OSError, ValueError, TypeError) as error:
            raise SettingInvalid(
                f"{path} cannot be read: {' '.join(str(error).split())}",
                rule="it holds the server's address and its first key",
                fix="Move it away, and make another key with: photoplay keys create",
            ) from error

    def keep(self, data: Path) -> None:
        """Put it there, for the owner alone. Raises OutputUnwritable."""
        path = data / _FILE
        fresh = path.with_name(f".{_FILE}.{os.getpid()}")
        try:
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(asdict(self), file)
            fresh.replace(path)
        except OSError as error:
            raise OutputUnwritable.because(path, error) from error

    @property
    def is_https(self) -> bool:
        """Whether fal's Python client, which insists on it, can reach the server."""
        return urlsplit(self.url).scheme == "https"

    def variables(self) -> dict[str, str]:
        """The environment of a program that uses the server."""
        found = {}
        if self.is_https:
            place = self.url.removeprefix("https://")  # the client puts https:// before it
            found = {"FAL_QUEUE_RUN_HOST": f"{place}/queue", "FAL_RUN_HOST": f"{place}/run"}
        if self.bundle:
            found["SSL_CERT_FILE"] = self.bundle
        if self.key:
            found["FAL_KEY"] = self.key
        return found


def env(
    shell: Annotated[Shell, typer.Option(help="Whose syntax to print.")] = Shell.SH,
    data: Annotated[
        Path | None, typer.Option(help="The server's data folder; the setting's unless given.")
    ] = None,
) -> None:
    """Print the environment of programs that use the server of this machine.

    eval "$(photoplay env)" sets it in a shell.
    """
    if data is not None:
        os.environ["PHOTOPLAY_DATA"] = str(data)
    from photoplay.config import settings

    folder = settings().data.resolve()
    client = Client.read(folder)
    if not client.url:
        raise NotFound(
            f"no server has been started with the data folder {folder}",
            rule="the address and the key are those of the server's last start",
            fix="Start it with: photoplay serve --tls",
        )
    if client.key and not _is_valid(client.key):
        client = replace(client, key="")
    print_environment(client, shell)
    if not client.key:
        say("photoplay: no key is kept here: set FAL_KEY to what photoplay keys create prints")
    if not client.is_https:
        say(f"photoplay: {NEEDS_HTTPS}")


def print_environment(client: Client, shell: Shell = Shell.SH) -> None:
    """One line a variable, on standard output."""
    for name, value in client.variables().items():
        answer(_SYNTAX[shell](name, value))


def _is_valid(key: str) -> bool:
    """Whether a key has not been revoked."""
    from photoplay.config import settings
    from photoplay.database import Database
    from photoplay.errors import NotAllowed
    from photoplay.keys import Keys, Scope

    database = Database.open(settings().database_url)
    try:
        Keys(database).check(f"Key {key}", Scope.RUN)
    except NotAllowed:
        return False
    finally:
        database.close()
    return True


def _sh(name: str, value: str) -> str:
    return f"export {name}={shlex.quote(value)}"


def _fish(name: str, value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"set -gx {name} '{escaped}'"


def _powershell(name: str, value: str) -> str:
    doubled = value.replace("'", "''")
    return f"$env:{name} = '{doubled}'"


def _dotenv(name: str, value: str) -> str:
    """Single quotes keep a value from being read for variables, wherever they can."""
    if "'" not in value:
        return f"{name}='{value}'"
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'{name}="{escaped}"'


_SYNTAX: Mapping[Shell, Callable[[str, str], str]] = {
    Shell.SH: _sh,
    Shell.FISH: _fish,
    Shell.POWERSHELL: _powershell,
    Shell.DOTENV: _dotenv,
}
