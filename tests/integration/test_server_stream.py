"""The status as events: what is new and nothing twice, until the request has ended."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from photoplay.server import stream
from tests.integration.serving import Serving, asked, serving, wait_until


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with serving(tmp_path_factory.mktemp("data"), concurrency=1000) as running:
        yield running


class Listener:
    """Reads a stream on a thread; `events` and `pings` as they have come so far."""

    def __init__(self, server: Serving, url: str, **query: str) -> None:
        self.events: list[dict[str, Any]] = []
        self.pings = 0
        self._hang_up = threading.Event()
        self._thread = threading.Thread(target=self._listen, args=(server, url, query))
        self._thread.start()

    def _listen(self, server: Serving, url: str, query: dict[str, str]) -> None:
        accept = {"Accept": "application/json, text/event-stream"}
        client = server.caller(server.key)  # its own connections: a stream holds one
        with client.stream("GET", f"{url}/stream", params=query, headers=accept) as answer:
            for line in answer.iter_lines():
                if line.startswith("data: "):
                    self.events.append(json.loads(line.removeprefix("data: ")))
                elif line.startswith(":"):
                    self.pings += 1
                if self._hang_up.is_set():
                    return

    def statuses(self) -> list[str]:
        return [event["status"] for event in self.events]

    def end(self) -> None:
        self._thread.join(10)
        assert not self._thread.is_alive()

    def hang_up(self) -> None:
        self._hang_up.set()
        self.end()


def messages(event: dict[str, Any]) -> list[str]:
    return [line["message"] for line in event.get("logs") or []]


def test_events_tell_each_change_and_each_line_once(server: Serving) -> None:
    taken = server.submit(asked())
    request_id, jobs = taken["request_id"], server.services.jobs
    listener = Listener(server, taken["status_url"], logs="1")
    wait_until(lambda: listener.statuses() == ["IN_QUEUE"])
    server.start(request_id)
    wait_until(lambda: listener.statuses() == ["IN_QUEUE", "IN_PROGRESS"])
    jobs.log(request_id, "one")
    wait_until(lambda: messages(listener.events[-1])[-1:] == ["one"])
    jobs.log(request_id, "two")
    wait_until(lambda: messages(listener.events[-1])[-1:] == ["two"])
    server.finish(request_id)
    listener.end()
    assert listener.statuses()[-1] == "COMPLETED"
    said = [message for event in listener.events[1:] for message in messages(event)]
    assert said == [line.message for line in jobs.logs(request_id)]
    assert all(event["response_url"] == taken["response_url"] for event in listener.events)


def test_the_head_is_that_of_an_event_stream(server: Serving) -> None:
    taken = server.submit(asked())
    server.finish(taken["request_id"])
    with server.client.stream("GET", f"{taken['status_url']}/stream") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-fal-request-id"] == taken["request_id"]
        text = answer.read().decode()
    assert text.startswith("data: {")
    assert text.endswith("}\n\n")


def test_a_request_that_has_ended_is_one_event(server: Serving) -> None:
    taken = server.submit(asked())
    server.client.put(taken["cancel_url"])
    listener = Listener(server, taken["status_url"])
    listener.end()
    (event,) = listener.events
    assert (event["status"], event["error_type"]) == ("COMPLETED", "client_cancelled")
    assert event["logs"] is None


def test_the_position_is_told_as_it_changes(server: Serving) -> None:
    ahead, taken = server.submit(asked("one")), server.submit(asked("two"))
    listener = Listener(server, taken["status_url"])
    wait_until(lambda: len(listener.events) == 1)
    server.finish(ahead["request_id"])
    wait_until(lambda: len(listener.events) == 2)
    positions = [event["queue_position"] for event in listener.events]
    assert positions[1] == positions[0] - 1
    server.finish(taken["request_id"])
    listener.end()


def test_silence_is_filled_with_comments(server: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
    """The JavaScript client takes a stream for dead after 15 s of silence."""
    assert stream.PING_S < 15
    monkeypatch.setattr(stream, "PING_S", 0.2)
    taken = server.submit(asked())
    listener = Listener(server, taken["status_url"])
    wait_until(lambda: listener.pings >= 2)
    assert listener.statuses() == ["IN_QUEUE"]
    server.finish(taken["request_id"])
    listener.end()


def test_nobody_looks_for_a_caller_who_has_hung_up(
    server: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "PING_S", 0.2)
    taken = server.submit(asked())
    looks: list[str] = []
    find = server.services.jobs.find

    def noted(job_id: str) -> Any:
        looks.append(job_id)
        return find(job_id)

    monkeypatch.setattr(server.services.jobs, "find", noted)
    listener = Listener(server, taken["status_url"])
    wait_until(lambda: listener.pings)
    listener.hang_up()
    wait_until(lambda: not _is_growing(looks))


def _is_growing(looks: list[str]) -> bool:
    before = len(looks)
    threading.Event().wait(0.5)  # five looks, while somebody listens
    return len(looks) > before


def test_many_listen_at_the_price_of_one_loop(server: Serving) -> None:
    taken = server.submit(asked())
    listeners = [Listener(server, taken["status_url"], logs="true") for _ in range(20)]
    wait_until(lambda: all(listener.events for listener in listeners))
    server.start(taken["request_id"])
    server.finish(taken["request_id"])
    for listener in listeners:
        listener.end()
        assert listener.statuses()[-1] == "COMPLETED"
        said = [message for event in listener.events for message in messages(event)]
        assert said[0] == "Started."
        assert len(said) == len(set(said)) == 2
