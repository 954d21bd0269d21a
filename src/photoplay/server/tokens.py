"""Short-lived permissions to upload, for clients that fetch one before they send a file."""

from __future__ import annotations

import hmac
import re
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from photoplay.database import Database
from photoplay.errors import KeyRequired

TOKEN_TYPE = "Bearer"
LIFETIME_S = 600  # revoking a key ends its tokens no sooner, so it is short
_SECRET = "upload-tokens"
_HEADER = re.compile(r"(?i:bearer) +([0-9a-f-]{36})\.(\d{1,12})\.([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class UploadToken:
    """A token as it is handed out. `expires_at` is in seconds since 1970."""

    text: str
    expires_at: int

    def as_json(self, base_url: str) -> dict[str, Any]:
        """The answer to a client that asked for one; `base_url` is where to send files."""
        return {
            "token": self.text,
            "token_type": TOKEN_TYPE,
            "base_url": base_url,
            "expires_at": datetime.fromtimestamp(self.expires_at, UTC).isoformat(),
        }


class UploadTokens:
    """Signs tokens and knows its own again, at any server of the installation."""

    def __init__(self, database: Database) -> None:
        self._secret = database.secret(_SECRET, lambda: secrets.token_bytes(32))

    def make(self, key_id: str) -> UploadToken:
        """A token by which the key may upload for `LIFETIME_S`."""
        expires_at = int(time.time()) + LIFETIME_S
        signed = f"{key_id}.{expires_at}"
        return UploadToken(f"{signed}.{self._sign(signed)}", expires_at)

    def holder(self, authorization: str | None) -> str | None:
        """The key whose token is in this header; None if it holds no token at all.

        Raises KeyRequired for one that has expired or is not ours.
        """
        match = _HEADER.fullmatch(authorization or "")
        if match is None:
            return None
        key_id, expires_at, signature = match.groups()
        genuine = hmac.compare_digest(self._sign(f"{key_id}.{expires_at}"), signature)
        if not genuine or int(expires_at) < time.time():
            raise KeyRequired(
                "the upload token has expired" if genuine else "the upload token is not known",
                rule=f"a token is of use for {LIFETIME_S // 60} minutes",
                fix="Fetch another from /rest/storage/auth/token",
            )
        return key_id

    def _sign(self, text: str) -> str:
        return hmac.digest(self._secret, text.encode(), "sha256").hex()
