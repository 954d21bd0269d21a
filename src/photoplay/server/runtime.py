"""What the handlers of one application share, and what they are told about one request."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import cached_property

from starlette.requests import Request

from photoplay.dialects.fal.paths import Role, split_role
from photoplay.server.metrics import Metrics
from photoplay.server.origin import Origins
from photoplay.server.services import Services
from photoplay.server.threads import Threads
from photoplay.server.trace import Trace, trace_of
from photoplay.server.watch import Watch


@dataclass(frozen=True, kw_only=True)
class Runtime:
    """One application's parts beside its services."""

    services: Services
    threads: Threads
    watch: Watch
    metrics: Metrics
    origins: Origins


@dataclass(frozen=True)
class Call:
    """One request as a handler gets it. `exit` is left when its answer is out, or cannot be."""

    request: Request
    origins: Origins
    exit: AsyncExitStack

    @cached_property
    def origin(self) -> str:
        """How the caller reaches this server, without a slash at the end. Raises BadRequest."""
        return self.origins.of(self.request.scope)

    @property
    def own_urls(self) -> list[str]:
        """All URLs by which the caller may mean this server."""
        return self.origins.own(self.request.scope)

    @property
    def queue_url(self) -> str:
        """How the caller reaches its queue: with a prefix if they came with one."""
        role, _ = split_role(self.request.scope["path"])
        return self.origin if role is None else f"{self.origin}/{Role.QUEUE}"

    @property
    def files_url(self) -> str:
        """Below which media are served."""
        return f"{self.origin}/files"

    @property
    def authorization(self) -> str | None:
        """The header that holds the key."""
        return self.request.headers.get("authorization")

    @property
    def trace(self) -> Trace:
        """What is known about it for headers, log and metrics."""
        return trace_of(self.request.scope)
