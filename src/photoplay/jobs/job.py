"""What a job is: one queued clip with its state, progress, log and outcome. Values only, no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Json = dict[str, Any]


class JobState(StrEnum):
    """Where a job is. A job ends once, in one of the last three."""

    WAITING = "waiting"  # its key runs as many as it may
    ADMITTED = "admitted"  # in its engine's queue
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self in ENDED


ENDED = frozenset({JobState.DONE, JobState.FAILED, JobState.CANCELLED})
LIVE = frozenset({JobState.WAITING, JobState.ADMITTED, JobState.RUNNING})

NORMAL_PRIORITY = 10
LOW_PRIORITY = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    """A job as it is submitted. `body` holds the catalogue's values, media as assets or URLs."""

    id: str
    key_id: str
    endpoint: str
    engine: str
    body: Json
    base_url: str
    fingerprint: str
    priority: int = NORMAL_PRIORITY
    idempotency_key: str | None = None
    webhook_url: str | None = None
    runner_hint: str | None = None
    store_io: bool = True
    expires_after_s: float | None = None
    start_by: float | None = None
    project: str | None = None
    again: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job as it is in the database; see `database.tables.job` for what each field means."""

    id: str
    key_id: str
    endpoint: str
    engine: str
    state: JobState
    priority: int
    body: Json | None
    base_url: str
    fingerprint: str
    idempotency_key: str | None
    webhook_url: str | None
    runner_hint: str | None
    store_io: bool
    expires_after_s: float | None
    start_by: float | None
    project: str | None
    again: bool
    notes: list[str]
    created_at: float
    answered_at: float | None
    admitted_at: float | None
    started_at: float | None
    ended_at: float | None
    worker_id: str | None
    attempt: int
    cancel_requested_at: float | None
    progress: float
    progress_text: str
    result: Json | None
    error_status: int | None
    error_body: Json | None
    error_type: str | None

    @property
    def inference_s(self) -> float | None:
        """How long it ran; None before its end."""
        if self.started_at is None or self.ended_at is None:
            return None
        return self.ended_at - self.started_at


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line that a job said; `id` rises within a job."""

    id: int
    at: float
    level: str
    message: str


@dataclass(frozen=True, slots=True)
class Done:
    """A job's success: the model's output, media as `{"asset": name, …}`."""

    result: Json


@dataclass(frozen=True, slots=True)
class Failed:
    """A job's failure as its caller sees it. `error_type`: only where we failed, not the model."""

    status: int
    body: Mapping[str, Any]
    error_type: str | None = None


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The caller cancelled it."""

    body: Mapping[str, Any] = field(
        default_factory=lambda: {
            "detail": "The request was cancelled.",
            "error_type": "client_cancelled",
        }
    )


Outcome = Done | Failed | Cancelled
