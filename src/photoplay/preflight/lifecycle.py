"""Whether an endpoint takes requests on a day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from photoplay.catalogue import Endpoint, Lifecycle
from photoplay.preflight.findings import Finding, Severity


def lifecycle_findings(endpoint: Endpoint, day: date) -> Iterator[Finding]:
    """What is wrong with sending a request to `endpoint` on that day."""
    state = _state(endpoint, day)
    if state is None:
        return
    severity, given, rule = state
    instead = endpoint.replacement
    yield Finding(
        severity=severity,
        field="",
        given=f"{endpoint.id} {given}",
        rule=rule,
        fix=f"Use {instead}" if instead else "List others: photoplay engines --endpoints",
    )


def _state(endpoint: Endpoint, day: date) -> tuple[Severity, str, str] | None:
    refused = "requests go to endpoints that are in service"
    ended = endpoint.retired
    match endpoint.lifecycle:
        case Lifecycle.RETIRED if ended is not None and day < ended:
            return Severity.ADVICE, f"ends on {ended}", "what is built on it must change by then"
        case Lifecycle.RETIRED:
            since = f" since {ended}" if ended is not None else ""
            return Severity.ERROR, f"is retired{since}", refused
        case Lifecycle.ANNOUNCED:
            return Severity.ERROR, "is only announced", refused
        case Lifecycle.DEPRECATED:
            return Severity.ADVICE, "is deprecated", "it works, but is to go"
    if endpoint.since is not None and day < endpoint.since:
        return Severity.ERROR, f"is offered since {endpoint.since} only", refused
    return None
