"""Webhooks against real receivers, which check signatures as fal's documentation says."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import textwrap
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, update

from photoplay.config import Settings, read_settings
from photoplay.database import Database
from photoplay.database.tables import delivery
from photoplay.errors import NotFound
from photoplay.webhooks import Deliveries, Delivery, Signer, body, deliveries
from tests.rigs.processes import wait_until
from tests.rigs.receiver import Call, receiving, verified

# The outbox


@dataclass
class Outbox:
    """An installation's webhooks, and what a test does to them."""

    database: Database
    deliveries: Deliveries

    def put(self, url: str, request_id: str | None = None) -> str:
        """What the end of a job writes. Returns the request id."""
        request_id = request_id or str(uuid.uuid4())
        with self.database.begin() as connection:
            now = self.database.now(connection)
            row = {
                "id": str(uuid.uuid4()),
                "job_id": request_id,
                "key_id": "key-1",
                "url": url,
                "body": json.dumps({"request_id": request_id}).encode(),
                "attempts": 0,
                "next_at": now,
                "created_at": now,
            }
            connection.execute(insert(delivery).values(row))
        return request_id

    def of(self, request_id: str) -> Delivery:
        (found,) = self.deliveries.find(request_id)
        return found

    def attempt(self, request_id: str) -> Delivery:
        """One attempt, now; how the delivery stands after it."""
        with self.database.begin() as connection:
            now = self.database.now(connection)
            of_job = delivery.c.job_id == request_id
            connection.execute(update(delivery).where(of_job).values(next_at=now))
        before = self.of(request_id).attempts
        self.deliveries.deliver_due()

        def is_over() -> bool:
            stands = self.of(request_id)
            is_idle = not self.deliveries._threads
            return is_idle and stands.attempts > before

        wait_until(is_over, "the attempt is over")
        return self.of(request_id)

    def now(self) -> float:
        with self.database.read() as connection:
            return self.database.now(connection)


def settings(folder: Path, **given: object) -> Settings:
    return read_settings(data=folder, **given)


@contextmanager
def opened(url: str, settings: Settings) -> Iterator[Outbox]:
    database = Database.open(url)
    try:
        outbox = Outbox(database, Deliveries(database, settings))
        try:
            yield outbox
        finally:
            outbox.deliveries.close()
    finally:
        database.close()


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    """One that may call private addresses, as all receivers here are on this machine."""
    own = settings(tmp_path, private_webhooks=True)
    with opened(own.database_url, own) as outbox:
        yield outbox


# What is said


@dataclass(frozen=True)
class Ended:
    """The end of a job."""

    id: str = "4b8b2a7e"
    base_url: str = "https://films.example.com"
    result: dict[str, Any] | None = None
    error_status: int | None = None
    error_body: dict[str, Any] | None = None


def test_a_success_says_the_output_with_urls() -> None:
    video = {"asset": "abc.mp4", "content_type": "video/mp4", "file_name": "out.mp4"}
    assert json.loads(body(Ended(result={"video": video}))) == {
        "request_id": "4b8b2a7e",
        "gateway_request_id": "4b8b2a7e",
        "status": "OK",
        "payload": {
            "video": {
                "url": "https://films.example.com/files/abc.mp4",
                "content_type": "video/mp4",
                "file_name": "out.mp4",
            }
        },
    }


def test_a_failure_says_the_error_body_of_the_result_route() -> None:
    detail = {"detail": [{"loc": ["body", "prompt"], "msg": "Too long", "type": "value_error"}]}
    assert json.loads(body(Ended(error_status=422, error_body=detail))) == {
        "request_id": "4b8b2a7e",
        "gateway_request_id": "4b8b2a7e",
        "status": "ERROR",
        "error": "Invalid status code: 422",
        "payload": detail,
    }


# Signatures


def test_the_published_key_verifies_what_arrives_and_nothing_that_was_changed(
    outbox: Outbox,
) -> None:
    with receiving() as receiver:
        request_id = outbox.put(f"{receiver.url}/hook?x=1")
        assert outbox.attempt(request_id).state == "delivered"
    (call,) = receiver.calls
    jwks = json.loads(json.dumps(Signer(outbox.database).jwks()))
    now = time.time()
    assert verified(call, jwks, now)
    assert call.path == "/hook?x=1"
    assert call.headers["content-type"] == "application/json"
    assert call.headers["x-fal-webhook-request-id"] == call.request_id == request_id
    assert call.headers["x-fal-webhook-user-id"] == "key-1"
    assert not verified(call, jwks, now + 301)
    assert not verified(Call(call.path, call.headers, call.body + b" "), jwks, now)
    for name in ("request-id", "user-id", "timestamp"):
        header = f"x-fal-webhook-{name}"
        changed = call.headers | {header: call.headers[header].translate({ord("1"): "7"}) + "7"}
        stamp = float(changed["x-fal-webhook-timestamp"])
        assert not verified(Call(call.path, changed, call.body), jwks, stamp), name


def test_the_key_is_made_once_and_kept(tmp_path: Path) -> None:
    own = settings(tmp_path)
    with opened(own.database_url, own) as first:
        jwks = first.deliveries.signer.jwks()
    with opened(own.database_url, own) as second:
        assert second.deliveries.signer.jwks() == jwks


# Attempts


def test_gaps_double_and_ten_of_them_make_two_hours() -> None:
    gaps = [deliveries.gap_s(attempt) for attempt in range(1, deliveries.MAX_ATTEMPTS)]
    assert gaps[:3] == [7, 14, 28]
    assert len(gaps) == 10
    assert sum(gaps) == pytest.approx(2 * 3600, rel=0.01)  # 7 × 1023 = 7161 s


def test_a_receiver_that_fails_is_tried_again_later_until_it_takes_it(outbox: Outbox) -> None:
    with receiving(lambda call: 500 if len(receiver.calls) < 3 else 204) as receiver:  # noqa: ARG005
        request_id = outbox.put(receiver.url)
        for attempt, gap_s in [(1, 7), (2, 14)]:
            stands = outbox.attempt(request_id)
            assert (stands.state, stands.attempts) == ("waiting", attempt)
            assert stands.last_error == "status 500"
            assert stands.next_at is not None
            assert stands.next_at - outbox.now() == pytest.approx(gap_s, abs=1)
        stands = outbox.attempt(request_id)
    assert (stands.state, stands.attempts, stands.last_error) == ("delivered", 3, None)
    assert len({call.body for call in receiver.calls}) == 1


def test_after_the_last_attempt_it_is_given_up(
    outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "MAX_ATTEMPTS", 2)
    with receiving(lambda call: 503) as receiver:  # noqa: ARG005
        request_id = outbox.put(receiver.url)
        assert outbox.attempt(request_id).state == "waiting"
        stands = outbox.attempt(request_id)
    assert (stands.state, stands.next_at, stands.last_error) == ("failed", None, "status 503")


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirects_are_not_followed_and_not_tried_again(outbox: Outbox, status: int) -> None:
    with receiving(lambda call: status) as receiver:  # noqa: ARG005
        stands = outbox.attempt(outbox.put(receiver.url))
    assert (stands.state, stands.last_error) == ("failed", f"status {status}")
    assert len(receiver.calls) == 1


def test_a_receiver_that_does_not_answer_is_left_in_time(
    outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "FIRST_TIMEOUT_S", 0.3)
    own = outbox.deliveries._settings
    quick = Outbox(outbox.database, Deliveries(outbox.database, own))
    released = threading.Event()
    with receiving(lambda call: 200 if released.wait(20) else 500) as receiver:  # noqa: ARG005
        began = time.monotonic()
        stands = quick.attempt(quick.put(receiver.url))
        took_s = time.monotonic() - began
        released.set()
    quick.deliveries.close()
    assert stands.state == "waiting"
    assert stands.last_error == "no answer within 0.3 s"
    assert took_s < 2


def test_a_port_that_nobody_listens_on_is_a_failed_attempt(outbox: Outbox) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    stands = outbox.attempt(outbox.put(f"http://127.0.0.1:{port}"))
    assert stands.state == "waiting"
    assert stands.last_error is not None
    assert "ConnectError" in stands.last_error


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "127.1"])
def test_private_receivers_are_not_called_unless_a_setting_allows_it(
    tmp_path: Path, host: str
) -> None:
    own = settings(tmp_path)
    with receiving() as receiver, opened(own.database_url, own) as outbox:
        port = receiver.url.rpartition(":")[2]
        stands = outbox.attempt(outbox.put(f"http://{host}:{port}/"))
    assert receiver.calls == []
    assert stands.delivered_at is None
    assert "loopback" in (stands.last_error or "")
    assert stands.state == ("waiting" if host == "localhost" else "failed"), "a name may change"


# Many at once


def test_a_receiver_that_hangs_holds_up_no_other(outbox: Outbox) -> None:
    released = threading.Event()
    with receiving(lambda call: 200 if released.wait(20) else 500) as slow, receiving() as quick:  # noqa: ARG005
        for _ in range(40):
            outbox.put(slow.url)
        for _ in range(20):
            outbox.put(quick.url)
        outbox.deliveries.deliver_due()
        wait_until(quick.got(20), "the quick one has all its calls", within_s=10)
        assert len(slow.calls) == deliveries.SLOTS_PER_RECEIVER
        released.set()
        outbox.deliveries.deliver_due()
        wait_until(slow.got(40), "the slow one has its calls, too")


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_several_workers_deliver_each_webhook_once(
    tmp_path: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    own = settings(tmp_path, private_webhooks=True)
    url = own.database_url if kind == "sqlite" else request.getfixturevalue("postgres_url")
    with (
        receiving() as receiver,
        opened(url, own) as one,
        opened(url, own) as two,
        opened(url, own) as three,
    ):
        ids = [one.put(receiver.url) for _ in range(60)]
        while one.deliveries.due():
            for outbox in (one, two, three):
                outbox.deliveries.deliver_due()
            time.sleep(0.02)
        wait_until(receiver.got(60), "all are delivered")
        wait_until(lambda: all(one.of(each).state == "delivered" for each in ids), "all are kept")
    assert Counter(call.request_id for call in receiver.calls) == Counter(ids)


# Crashes

_WORKER = """
import sys, time
from photoplay.config import read_settings
from photoplay.database import Database
from photoplay.webhooks import Deliveries, deliveries
deliveries.FIRST_TIMEOUT_S, deliveries.LEASE_MARGIN_S = 1.0, 0.5
settings = read_settings(data=sys.argv[1], private_webhooks=True)
Deliveries(Database.open(settings.database_url), settings).deliver_due()
time.sleep(60)
"""


def test_a_webhook_survives_the_kill_of_its_worker(outbox: Outbox, tmp_path: Path) -> None:
    """Killed after the receiver got it and before that was kept: it arrives a second time."""
    arrived, over = threading.Event(), threading.Event()

    def hang_once(call: Call) -> int:  # noqa: ARG001
        if len(receiver.calls) == 1:
            arrived.set()
            over.wait(20)
        return 200

    with receiving(hang_once) as receiver:
        request_id = outbox.put(receiver.url)
        worker = subprocess.Popen([sys.executable, "-c", textwrap.dedent(_WORKER), str(tmp_path)])
        try:
            assert arrived.wait(20)
        finally:
            worker.kill()
            worker.wait()
        assert outbox.deliveries.due() == 0, "its time is not up: the worker could still live"
        wait_until(lambda: outbox.deliveries.due() == 1, "it comes due again", within_s=5)
        outbox.deliveries.deliver_due()
        wait_until(lambda: outbox.of(request_id).state == "delivered", "another delivers it")
        over.set()
    assert [call.request_id for call in receiver.calls] == [request_id] * 2


def test_a_late_outcome_does_not_undo_a_new_wish(outbox: Outbox) -> None:
    """Asked for anew when its lease had run out, it is sent again, whatever the first came to."""
    released = threading.Event()
    with receiving(lambda call: 200 if released.wait(20) else 500) as receiver:  # noqa: ARG005
        request_id = outbox.put(receiver.url)
        outbox.deliveries.deliver_due()
        wait_until(lambda: bool(receiver.calls), "the first attempt is under way")
        with outbox.database.begin() as connection:
            connection.execute(update(delivery).values(next_at=outbox.database.now(connection)))
        outbox.deliveries.redeliver(request_id)
        released.set()
        wait_until(receiver.got(2), "it is sent again")


# Looking after them


def test_redeliver_sends_again_by_either_id(outbox: Outbox) -> None:
    with receiving() as receiver:
        request_id = outbox.put(receiver.url)
        stands = outbox.attempt(request_id)
        for some_id in (request_id, stands.id):
            (again,) = outbox.deliveries.redeliver(some_id)
            assert (again.state, again.attempts) == ("waiting", 0)
            outbox.deliveries.deliver_due()
            wait_until(lambda: outbox.of(request_id).state == "delivered", "it is delivered")
    assert len(receiver.calls) == 3


def test_redeliver_leaves_alone_what_is_under_way(outbox: Outbox) -> None:
    released = threading.Event()
    with receiving(lambda call: 200 if released.wait(20) else 500) as receiver:  # noqa: ARG005
        request_id = outbox.put(receiver.url)
        outbox.deliveries.deliver_due()
        wait_until(lambda: bool(receiver.calls), "it is under way")
        outbox.deliveries.redeliver(request_id)
        assert outbox.deliveries.due() == 0
        released.set()
        wait_until(lambda: outbox.of(request_id).state == "delivered", "it is delivered")
    assert len(receiver.calls) == 1


def test_redeliver_of_what_there_is_not_says_so(outbox: Outbox) -> None:
    with pytest.raises(NotFound, match="photoplay webhooks list"):
        outbox.deliveries.redeliver("nothing")


def test_the_list_is_the_youngest_first_and_can_leave_out_the_delivered(outbox: Outbox) -> None:
    with receiving() as receiver:
        first = outbox.put(receiver.url)
        outbox.attempt(first)
        second, third = outbox.put("http://127.0.0.1:1"), outbox.put("http://127.0.0.1:1")
    listed = [each.request_id for each in outbox.deliveries.latest()]
    assert listed == [third, second, first]
    assert [each.request_id for each in outbox.deliveries.latest(1)] == [third]
    undelivered = [each.request_id for each in outbox.deliveries.latest(undelivered=True)]
    assert undelivered == [third, second]


def test_nothing_begins_after_close(outbox: Outbox) -> None:
    with receiving() as receiver:
        outbox.put(receiver.url)
        outbox.deliveries.close()
        assert outbox.deliveries.deliver_due() == 1
        assert not outbox.deliveries._threads
    assert receiver.calls == []
