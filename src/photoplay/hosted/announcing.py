"""Webhooks of providers: they may settle what came of a paid call whose reply was lost.

The address holds our id of the submission and a proof that we made it; nothing else of what is
sent is believed but the provider's own id, with which we then ask the provider ourselves.
"""

from __future__ import annotations

import hmac
import secrets
from urllib.parse import urlsplit

from photoplay.assets.guard import check_url
from photoplay.catalogue import load
from photoplay.config import Settings
from photoplay.database import Database
from photoplay.dialects.provider import Json
from photoplay.errors import InvalidMedia, NotFound
from photoplay.hosted.providers import open_dialect
from photoplay.ledger.submissions import Submissions

PATH = "/providers/{provider}/{submission_id}/{proof}"
_PROOF_CHARS = 32


class Announcements:
    """Makes the addresses that providers call, and takes the calls. For all threads."""

    def __init__(self, settings: Settings, database: Database, books: Submissions) -> None:
        self._settings = settings
        self._books = books
        self._secret = database.secret("provider-webhooks", lambda: secrets.token_bytes(32))

    def url_for(self, provider: str, submission_id: str) -> str | None:
        """Where `provider` may call; None if it could not reach this server from outside."""
        base = self._settings.public_url.rstrip("/")
        if urlsplit(base).scheme != "https":
            return None
        try:
            check_url(base, allow_private=False)
        except InvalidMedia:
            return None
        proof = self._proof(provider, submission_id)
        path = PATH.format(provider=provider, submission_id=submission_id, proof=proof)
        return f"{base}{path}"

    def take(self, provider: str, submission_id: str, proof: str, body: Json) -> bool:
        """Whether the call told us something new. Raises NotFound for an address we never made."""
        expected = self._proof(provider, submission_id)
        if not hmac.compare_digest(proof.encode(), expected.encode()):
            raise NotFound(
                "this is no address of a webhook",
                rule="addresses of webhooks are made for one submission each",
                fix="Use the one that was given with the submission",
            )
        row = self._books.get(submission_id)
        dialect = open_dialect(self._settings, row.provider)
        provider_id = dialect.announced(body)
        if provider_id is None:
            return False
        ticket = dialect.ticket(provider_id, load().find(row.endpoint))
        return self._books.accept(row.id, ticket.provider_id, ticket.data)

    def _proof(self, provider: str, submission_id: str) -> str:
        text = f"{provider}/{submission_id}".encode()
        return hmac.new(self._secret, text, "sha256").hexdigest()[:_PROOF_CHARS]
