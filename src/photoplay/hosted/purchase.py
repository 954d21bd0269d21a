"""What is to be bought, and what makes two purchases the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from photoplay.catalogue import Endpoint
from photoplay.dialects import fal
from photoplay.dialects.provider import Json, Loc, MediaFile
from photoplay.ledger.submissions import NewSubmission


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """One clip to be bought from one provider.

    `values` are those of the endpoint's schema; `files` the media that they point at, brought here.
    `request` is the same with each file's SHA-256 in the place of its URL: two purchases with the
    same provider, endpoint and request are the same. `again`: buy it although it was bought before.
    """

    id: str
    provider: str
    endpoint: Endpoint
    values: Json
    files: Mapping[Loc, MediaFile]
    request: Json
    quoted_usd: Decimal
    job_id: str | None = None
    key_id: str | None = None
    project: str | None = None
    webhook_url: str | None = None
    again: bool = False
    fingerprint: str = field(init=False)

    def __post_init__(self) -> None:
        digest = fingerprint(self.endpoint.id, self.request, provider=self.provider)
        object.__setattr__(self, "fingerprint", digest)

    @property
    def beginning(self) -> NewSubmission:
        """How it is written down before anything is sent."""
        return NewSubmission(
            id=self.id,
            provider=self.provider,
            endpoint=self.endpoint.id,
            fingerprint=self.fingerprint,
            request=self.request,
            quoted_usd=self.quoted_usd,
            job_id=self.job_id,
            key_id=self.key_id,
            project=self.project,
        )


def canonical(values: Mapping[str, Any], files: Mapping[Loc, Path]) -> Json:
    """`values` with the SHA-256 of each file in the place of its URL."""
    return fal.with_media(values, {loc: f"sha256:{sha256_of(path)}" for loc, path in files.items()})


def fingerprint(endpoint_id: str, request: Json, *, provider: str = "") -> str:
    """What a canonical request is known by: 64 hexadecimal digits."""
    parts = {"provider": provider, "endpoint": endpoint_id, "request": request}
    text = json.dumps(parts, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
