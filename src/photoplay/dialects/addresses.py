"""Where a provider is reached, and which of the addresses and ids it names are used. Pure text."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

from photoplay.errors import SettingInvalid

LONGEST_URL = 4096  # characters: signed ones are long, but not that long
_NOT_IN_URL = re.compile(r"[^\x21-\x7e]")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,199}")
_PORTS = {"http": 80, "https": 443}


def service_url(provider: str, given: str) -> str:
    """The URL of a provider as an installation gives it, without a slash at its end.

    Raises SettingInvalid.
    """
    if web_url(given) is None or "?" in given or "#" in given:
        raise SettingInvalid(
            f"the url of {provider} is {given[:100]!r}",
            rule="it begins with http:// or https://, names a host, and has no query",
            fix=f"Correct url in the setting providers.{provider}, or leave it out",
        )
    return given.rstrip("/")


def web_url(said: object) -> str | None:
    """`said` if it is a URL that can be called: http or https, with a host and no credentials."""
    if not isinstance(said, str) or len(said) > LONGEST_URL or _NOT_IN_URL.search(said):
        return None
    parts = _split(said)
    if parts is None or parts.scheme not in _PORTS or not parts.hostname:
        return None
    return None if "@" in parts.netloc else said


def same_origin(url: str, other: str) -> bool:
    """Whether both lead to the same port of the same host, by the same scheme."""
    one, two = _split(url), _split(other)
    return one is not None and two is not None and _origin(one) == _origin(two)


def known_id(said: object) -> str | None:
    """`said` if it is an id that may stand in a path."""
    return said if isinstance(said, str) and _ID.fullmatch(said) else None


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port  # reading it is what checks it
    except ValueError:
        return None
    return parts


def _origin(parts: SplitResult) -> tuple[str, str | None, int | None]:
    return parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme)
