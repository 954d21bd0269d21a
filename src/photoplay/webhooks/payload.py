"""What a webhook says: the end of a job, as bytes that are signed and sent as they are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Protocol

from photoplay.dialects.fal.replies import with_urls


class EndedJob(Protocol):
    """What a webhook needs to know of a job that has ended."""

    @property
    def id(self) -> str:
        """The request id."""

    @property
    def base_url(self) -> str:
        """How the caller reached this server."""

    @property
    def result(self) -> Mapping[str, Any] | None:
        """The model's output; None if it failed."""

    @property
    def error_status(self) -> int | None:
        """The HTTP status of its failure."""

    @property
    def error_body(self) -> Mapping[str, Any] | None:
        """What the result route answers with that status."""


def body(job: EndedJob) -> bytes:
    """The webhook of a job that has ended, well or not."""
    document: dict[str, Any] = {"request_id": job.id, "gateway_request_id": job.id}
    if job.error_status is None:
        files_url = f"{job.base_url}/files"
        document |= {"status": "OK", "payload": with_urls(job.result, files_url)}
    else:
        error = f"Invalid status code: {job.error_status}"
        document |= {"status": "ERROR", "error": error, "payload": job.error_body}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
