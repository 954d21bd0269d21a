"""Checks a whole request, in the order in which a caller would mend it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any

from photoplay.catalogue import Endpoint
from photoplay.errors import InvalidRequest
from photoplay.preflight.body import Json, places, put
from photoplay.preflight.fields import field_findings
from photoplay.preflight.findings import Finding, sorted_findings
from photoplay.preflight.lifecycle import lifecycle_findings
from photoplay.preflight.pictures import picture_findings, sources
from photoplay.preflight.texts import text_findings

_TO_COME = "data:,"  # in a field whose file is given beside the body
NO_FILES: Mapping[str, Path] = MappingProxyType({})


def check(
    endpoint: Endpoint,
    values: Mapping[str, Any],
    files: Mapping[str, Path] = NO_FILES,
    *,
    on: date | None = None,
) -> tuple[Finding, ...]:
    """What would be refused or paid for nothing if `values` were sent to `endpoint` that day.

    `files` are pictures by the paths of their fields ("start_image_url"), which `values` then need
    not hold. Errors come first. Raises InvalidRequest for a file of a field that takes no picture.
    """
    body = with_files(endpoint, values, files)
    day = on or datetime.now(UTC).date()
    with TemporaryDirectory(prefix="photoplay-") as scratch:
        return sorted_findings(
            [
                *lifecycle_findings(endpoint, day),
                *field_findings(endpoint, body),
                *text_findings(endpoint, body),
                *_pictures(endpoint, body, files, Path(scratch)),
            ]
        )


def with_files(endpoint: Endpoint, values: Mapping[str, Any], files: Mapping[str, Path]) -> Json:
    """`values` with something in every field that a file is given for."""
    body = dict(values)
    for path in files:
        body = put(body, path, _TO_COME)
    takes = {
        each.path
        for each in places(endpoint.fields, body)
        if each.media is not None and each.media.kind == "image"
    }
    for path in files:
        if path not in takes:
            raise InvalidRequest(
                f"a picture is given for {path}",
                rule=f"{endpoint.id} has no such field for a picture",
                fix=f"Leave it out; photoplay engines --endpoint {endpoint.id} shows the fields",
            )
    return body


def _pictures(
    endpoint: Endpoint, body: Json, files: Mapping[str, Path], scratch: Path
) -> Iterator[Finding]:
    for source in sources(endpoint, body, files, scratch):
        if isinstance(source, Finding):
            yield source
        else:
            yield from picture_findings(source)
            if not source.named:
                source.file.unlink()
