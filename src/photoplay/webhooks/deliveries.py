"""Webhooks on their way: an outbox table whose rows are sent until a receiver has taken them.

A row is written by the transaction that ends a job, so no end goes unsaid, whatever crashes. Who
delivers it first moves its next attempt behind the longest time this one may take, by compare and
set: nobody else takes it meanwhile, and if this process is killed, the row comes due again. So a
receiver may hear of a request twice, and should go by its id.

Receivers are strangers: `assets.guard` keeps us from calling private networks for them, nothing is
redirected, answers are not read, and one that hangs holds up no other.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

import httpx
from sqlalchemy import ColumnElement, Row, and_, func, not_, or_, select, update

from photoplay.assets import guard
from photoplay.config import Settings
from photoplay.database import Database
from photoplay.database.tables import delivery
from photoplay.errors import MediaUnfetchable, NotFound, PhotoplayError
from photoplay.webhooks.signing import Signer

MAX_ATTEMPTS = 11
FIRST_GAP_S = 7.0  # doubled after each attempt: ten gaps, two hours in all
FIRST_TIMEOUT_S = 15.0
LATER_TIMEOUT_S = 120.0  # a receiver that was too slow once may need it
LEASE_MARGIN_S = 10.0  # between the end of an attempt and the next by someone else
SLOTS = 16  # attempts at the same time in one process
SLOTS_PER_RECEIVER = 4

_ORIGIN = re.compile(r"[^:]*://[^/?#]*")
_CANDIDATES = 8  # looked at together: other processes take some of them

PRIVATE_HINT = "PHOTOPLAY_PRIVATE_WEBHOOKS lets private addresses be called"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A webhook and how far it is. Times are seconds since 1970."""

    id: str
    request_id: str
    url: str
    attempts: int
    next_at: float | None  # None: no further attempt
    delivered_at: float | None
    last_error: str | None
    created_at: float

    @property
    def state(self) -> str:
        """One of delivered, waiting, failed."""
        if self.delivered_at is not None:
            return "delivered"
        return "failed" if self.next_at is None else "waiting"


@dataclass(frozen=True, slots=True)
class _Claim:
    """A row that is this process's to deliver until `lease_at`, by the database's clock."""

    id: str
    request_id: str
    key_id: str
    url: str
    body: bytes
    attempt: int
    lease_at: float


@dataclass(frozen=True, slots=True)
class _Failure:
    """Why an attempt failed, and whether another may succeed."""

    reason: str
    is_final: bool = False


def gap_s(attempt: int) -> float:
    """How long to wait after attempt number `attempt` (from 1) has failed."""
    return float(FIRST_GAP_S * 2 ** (attempt - 1))


class Deliveries:
    """The outbox of an installation. For all threads of any number of processes."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self.signer = Signer(database)
        self._first, self._later = (
            guard.client(allow_private=settings.private_webhooks, timeout_s=timeout_s, max_bytes=0)
            for timeout_s in (FIRST_TIMEOUT_S, LATER_TIMEOUT_S)
        )
        self._turn = threading.Lock()  # held to choose a row, and for the three below
        self._threads: set[threading.Thread] = set()
        self._busy: Counter[str] = Counter()  # attempts under way, by receiver
        self._closing = False

    # Delivering

    def deliver_due(self) -> int:
        """Begin to deliver what is due; how many that is. Never waits for a receiver.

        To be called every second or so, by any number of processes. It is done on threads that
        end when nothing is due.
        """
        due = self.due()
        with self._turn:
            lacking = min(due, SLOTS) - len(self._threads)
            for _ in range(0 if self._closing else lacking):
                thread = threading.Thread(target=self._deliver_all, name="webhook", daemon=True)
                self._threads.add(thread)
                thread.start()
        return due

    def due(self) -> int:
        """How many webhooks should be under way by now."""
        with self._database.read() as connection:
            is_due = delivery.c.next_at <= self._database.now(connection)
            return connection.execute(select(func.count()).where(is_due)).scalar_one()

    def close(self, wait_s: float = 2.0) -> None:
        """Begin nothing more, and wait for what is under way.

        What takes longer is left alone, and attempted again by another process.
        """
        with self._turn:
            self._closing = True
            threads = list(self._threads)
        deadline_s = time.monotonic() + wait_s
        for thread in threads:
            thread.join(max(0.0, deadline_s - time.monotonic()))
        self._first.close()
        self._later.close()

    def _deliver_all(self) -> None:
        try:
            while claim := self._claim():
                try:
                    self._keep(claim, self._attempt(claim))
                finally:
                    with self._turn:
                        self._busy -= Counter([_receiver(claim.url)])  # zeros are dropped
        except PhotoplayError as error:  # of the database; the next call of deliver_due tries anew
            log.warning("Webhooks wait: %s", error)
        finally:
            with self._turn:
                self._threads.discard(threading.current_thread())

    def _claim(self) -> _Claim | None:
        """The next row that is due, now ours alone."""
        with self._turn:
            if self._closing:
                return None
            full = [name for name, count in self._busy.items() if count >= SLOTS_PER_RECEIVER]
            while candidates := self._candidates(full):
                for candidate in candidates:
                    claim = self._take(candidate)
                    if claim is not None:
                        self._busy[_receiver(claim.url)] += 1
                        return claim
            return None

    def _candidates(self, full: list[str]) -> list[Row[Any]]:
        chosen = select(delivery.c.id, delivery.c.attempts, delivery.c.next_at)
        for receiver in full:
            chosen = chosen.where(not_(delivery.c.url.startswith(receiver, autoescape=True)))
        with self._database.read() as connection:
            chosen = chosen.where(delivery.c.next_at <= self._database.now(connection))
            ordered = chosen.order_by(delivery.c.next_at, delivery.c.id).limit(_CANDIDATES)
            return list(connection.execute(ordered))

    def _take(self, candidate: Row[Any]) -> _Claim | None:
        """The row, unless another has taken it since."""
        timeout_s = LATER_TIMEOUT_S if candidate.attempts else FIRST_TIMEOUT_S
        with self._database.begin() as connection:
            lease_at = self._database.now(connection) + timeout_s + LEASE_MARGIN_S
            taken = connection.execute(
                update(delivery)
                .where(
                    delivery.c.id == candidate.id,
                    delivery.c.attempts == candidate.attempts,
                    delivery.c.next_at == candidate.next_at,
                )
                .values(attempts=delivery.c.attempts + 1, next_at=lease_at, last_error=None)
                .returning(*delivery.c)
            ).one_or_none()
        if taken is None:
            return None
        return _Claim(
            id=taken.id,
            request_id=taken.job_id,
            key_id=taken.key_id,
            url=taken.url,
            body=bytes(taken.body),
            attempt=taken.attempts,
            lease_at=taken.next_at,
        )

    def _attempt(self, claim: _Claim) -> _Failure | None:
        """Send it once; None if the receiver took it."""
        is_first = claim.attempt == 1
        headers = self.signer.headers(claim.request_id, claim.key_id, claim.body, at=time.time())
        try:
            guard.check_url(claim.url, allow_private=self._settings.private_webhooks)
        except MediaUnfetchable as error:
            return _Failure(f"{error.given} ({PRIVATE_HINT})", is_final=True)
        try:
            with (self._first if is_first else self._later).stream(
                "POST",
                claim.url,
                content=claim.body,
                headers={**headers, "Content-Type": "application/json"},
            ) as answer:
                status = answer.status_code
        except MediaUnfetchable as error:  # its name: what that means may change
            return _Failure(error.given)
        except httpx.TimeoutException:
            limit_s = FIRST_TIMEOUT_S if is_first else LATER_TIMEOUT_S
            return _Failure(f"no answer within {limit_s:g} s")
        except httpx.HTTPError as error:
            return _Failure(f"{type(error).__name__}: {error}"[:500])
        if 200 <= status < 300:
            return None
        return _Failure(f"status {status}", is_final=300 <= status < 400)

    def _keep(self, claim: _Claim, failure: _Failure | None) -> None:
        """Note what came of an attempt, unless someone has asked for it anew meanwhile."""
        is_last = claim.attempt >= MAX_ATTEMPTS
        came: dict[str, float | str | None]
        with self._database.begin() as connection:
            now = self._database.now(connection)
            if failure is None:
                came = {"delivered_at": now, "next_at": None}
            elif failure.is_final or is_last:
                came = {"next_at": None, "last_error": failure.reason}
            else:
                came = {"next_at": now + gap_s(claim.attempt), "last_error": failure.reason}
            ours = (delivery.c.id == claim.id) & (delivery.c.next_at == claim.lease_at)
            connection.execute(update(delivery).where(ours).values(came))
        if failure is None:
            log.info("Webhook of %s delivered", claim.request_id)
        elif came["next_at"] is None:
            log.warning("Webhook of %s given up: %s", claim.request_id, failure.reason)
        else:
            log.info("Webhook of %s not taken yet: %s", claim.request_id, failure.reason)

    # Looking after them

    def find(self, some_id: str) -> list[Delivery]:
        """The webhook of that id, or of the request of that id."""
        return self._select(_is(some_id), limit=100)

    def latest(self, limit: int = 50, *, undelivered: bool = False) -> list[Delivery]:
        """The youngest webhooks, the youngest first."""
        is_wanted = delivery.c.delivered_at.is_(None) if undelivered else delivery.c.id.is_not(None)
        return self._select(is_wanted, limit)

    def redeliver(self, some_id: str) -> list[Delivery]:
        """Send a webhook again, from the first attempt on: that of its id or its request's.

        One that is under way at this moment is left alone. Raises NotFound.
        """
        with self._database.begin() as connection:
            now = self._database.now(connection)
            under_way = and_(
                delivery.c.attempts > 0,
                delivery.c.delivered_at.is_(None),
                delivery.c.last_error.is_(None),
                delivery.c.next_at > now,
            )
            connection.execute(
                update(delivery)
                .where(_is(some_id), not_(func.coalesce(under_way, False)))
                .values(attempts=0, next_at=now, delivered_at=None, last_error=None)
            )
        found = self.find(some_id)
        if not found:
            raise NotFound(
                f"there is no webhook of {some_id!r}",
                rule="webhooks go by their own id or that of their request, and are kept as "
                "long as it",
                fix="See photoplay webhooks list",
            )
        return found

    def _select(self, condition: ColumnElement[bool], limit: int) -> list[Delivery]:
        found = select(delivery).where(condition)
        ordered = found.order_by(delivery.c.created_at.desc(), delivery.c.id).limit(limit)
        with self._database.read() as connection:
            return [
                Delivery(
                    id=row.id,
                    request_id=row.job_id,
                    url=row.url,
                    attempts=row.attempts,
                    next_at=row.next_at,
                    delivered_at=row.delivered_at,
                    last_error=row.last_error,
                    created_at=row.created_at,
                )
                for row in connection.execute(ordered)
            ]


def _is(some_id: str) -> ColumnElement[bool]:
    return or_(delivery.c.id == some_id, delivery.c.job_id == some_id)


def _receiver(url: str) -> str:
    """Scheme, host and port of a URL, spelled as there."""
    found = _ORIGIN.match(url)
    return found[0] if found else url
