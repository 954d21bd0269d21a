"""Keys of providers: from the environment, or from the keyring of the operating system.

FAL_KEY is read from PHOTOPLAY_FAL_KEY, then FAL_KEY, then the keyring; so are the others.

They are never written to a file, a log, a message or the database; `account` is.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from photoplay.dialects.provider import Dialect
from photoplay.errors import ProviderKeyRefused, SettingInvalid

SERVICE = "photoplay"  # under which the keyring has them
_MOST_CHARS = 4096


@dataclass(frozen=True, slots=True)
class Found:
    """The keys that let a provider in, by the variables that would hold them; and from where."""

    values: dict[str, str]
    source: str  # "the environment", "the keyring" or "none needed"


def find(dialect: Dialect) -> Found:
    """The first complete set of keys for `dialect`. Raises ProviderKeyRefused if there is none."""
    for names in dialect.secrets:
        in_environment = {name: given for name in names if (given := _given(name))}
        found = in_environment | {
            name: kept for name in names if name not in in_environment if (kept := _kept(name))
        }
        if len(found) == len(names) and names:
            from_keyring = len(in_environment) < len(found)
            return Found(found, "the keyring" if from_keyring else "the environment")
    if () in dialect.secrets:
        return Found({}, "none needed")
    ways = " or ".join(" and ".join(names) for names in dialect.secrets)
    raise ProviderKeyRefused(
        f"there is no key for {dialect.provider}",
        rule=f"it is read from {ways}, or from this system's keyring",
        fix=f"Set it, or keep it with photoplay providers key {dialect.provider}",
    )


def account(values: Mapping[str, str], url: str) -> str:
    """A name for whoever these keys let in at `url`, 16 hexadecimal digits: it tells no key.

    The same account with a new key has another name. That is on the safe side: what is not there
    for one key may be there for the other.
    """
    parts = [url, *(f"{name}={value}" for name, value in sorted(values.items()))]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def has(name: str) -> bool:
    """Whether the key of that name is there."""
    return bool(_given(name) or _kept(name))


def keep(names: Sequence[str], values: Sequence[str]) -> None:
    """Put keys into the keyring. Raises SettingInvalid if this system has none, or refuses."""
    import keyring
    from keyring.errors import KeyringError

    for name, value in zip(names, values, strict=True):
        if not value or len(value) > _MOST_CHARS or not value.isprintable():
            raise SettingInvalid(
                f"what was given for {name} has {len(value)} characters",
                rule=f"a key is a line of 1 to {_MOST_CHARS} printable characters",
                fix="Copy it again from the provider's page",
            )
        try:
            keyring.set_password(SERVICE, name, value)
        except (KeyringError, RuntimeError, OSError) as error:
            raise SettingInvalid(
                f"this system's keyring cannot keep {name}: {type(error).__name__}",
                rule="a key is kept in the keyring of the operating system, or nowhere",
                fix=f"Set {name} in the environment instead",
            ) from error


def _given(name: str) -> str | None:
    # `photoplay env` sets FAL_KEY for callers of our own server: so a name of ours goes first.
    return os.environ.get(f"PHOTOPLAY_{name}") or os.environ.get(name)


def _kept(name: str) -> str | None:
    """What the keyring has; None without a keyring, as on most servers."""
    import keyring
    from keyring.errors import KeyringError

    try:
        return keyring.get_password(SERVICE, name)
    except (KeyringError, RuntimeError, OSError):
        return None
