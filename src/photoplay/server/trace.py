"""What is known about one HTTP request while it is answered: for its headers, log and metrics."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import uuid4

from starlette.types import Scope

_SCOPE_KEY = "photoplay.trace"


@dataclass(slots=True)
class Trace:
    """Filled in as it becomes known. Holds nothing that may not be logged."""

    request_id: str = field(default_factory=lambda: str(uuid4()))  # the job's, where there is one
    route: str = "unknown"  # which kind of request, a word of ours
    key_id: str | None = None
    endpoint: str | None = None
    engine: str | None = None
    quiet: bool = False  # asked so often that it is logged at debug level only
    headers: dict[str, str] = field(default_factory=dict)  # of the answer, however it turns out

    def attach(self, scope: Scope) -> None:
        """Make it the trace of the request of `scope`."""
        scope[_SCOPE_KEY] = self


def trace_of(scope: Scope) -> Trace:
    """The trace that was attached to `scope`."""
    trace: Trace = scope[_SCOPE_KEY]
    return trace
