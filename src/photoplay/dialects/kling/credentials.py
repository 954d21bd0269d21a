"""What lets a call in: an API key, or a token signed with a pair of keys."""

from __future__ import annotations

from collections.abc import Mapping

import jwt

from photoplay.dialects.provider import Credentials
from photoplay.errors import ProviderKeyRefused

API_KEY = "KLINGAI_API_KEY"
ACCESS_KEY = "KLINGAI_ACCESS_KEY"
SECRET_KEY = "KLINGAI_SECRET_KEY"

_LIVES_S = 1800  # as the documentation has it; each call gets a fresh token
_SKEW_S = 5  # by which the server's clock may be behind


def bearer(credentials: Credentials, now_s: float, *, pair_first: bool) -> Mapping[str, str]:
    """The headers for what is there; `pair_first` decides where both are.

    Raises ProviderKeyRefused; no message shows a key.
    """
    pair = bool(credentials.get(ACCESS_KEY) and credentials.get(SECRET_KEY))
    if pair and (pair_first or not credentials.get(API_KEY)):
        return {"Authorization": f"Bearer {_token(credentials, now_s)}"}
    return {"Authorization": f"Bearer {_checked(credentials, API_KEY)}"}


def _token(credentials: Credentials, now_s: float) -> str:
    access, secret = _checked(credentials, ACCESS_KEY), _checked(credentials, SECRET_KEY)
    claims = {"iss": access, "exp": int(now_s) + _LIVES_S, "nbf": int(now_s) - _SKEW_S}
    try:
        return jwt.encode(claims, secret, algorithm="HS256")  # the header is {"alg", "typ"}
    except jwt.PyJWTError:  # a PEM file instead of a secret; the reason might show it
        raise _unusable(SECRET_KEY, "cannot sign a token") from None


def _checked(credentials: Credentials, name: str) -> str:
    found = credentials.get(name, "")
    if not found:
        raise _unusable(name, "is not set")
    if not (found.isascii() and found.isprintable() and " " not in found):
        raise _unusable(name, "holds characters that no key has")
    return found


def _unusable(name: str, what: str) -> ProviderKeyRefused:
    return ProviderKeyRefused(
        f"{name} {what}",
        rule=f"Kling takes {API_KEY}, or {ACCESS_KEY} with {SECRET_KEY}",
        fix="Copy the key from Kling's developer console",
    )
