"""The test servers' own promises: what each fault does, and to whom."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator

import av
import httpx
import pytest

from tests.rigs.providers.base import Fault, FaultKind
from tests.rigs.providers.kling import API_KEY
from tests.rigs.providers.kling_new import KlingNewServer

KEY = {"Authorization": f"Bearer {API_KEY}"}


@pytest.fixture
def server() -> Iterator[KlingNewServer]:
    with KlingNewServer() as running:
        yield running


def submit(server: KlingNewServer) -> httpx.Response:
    body = {"prompt": "a", "settings": {"multi_shot": False}}
    return httpx.post(f"{server.url}/text-to-video/kling-3.0", json=body, headers=KEY)


def status(server: KlingNewServer) -> str:
    reply = httpx.get(
        f"{server.url}/tasks", params={"task_ids": next(iter(server.tasks))}, headers=KEY
    )
    return str(reply.json()["data"][0]["status"])


def clip_url(server: KlingNewServer) -> str:
    submit(server)
    return server.download_url(next(iter(server.tasks.values())))


def fault(server: KlingNewServer, kind: FaultKind, seconds: float = 0.1) -> None:
    server.faults = lambda step: Fault(kind, seconds)  # noqa: ARG005


def test_the_clip_is_a_film_of_three_seconds(server: KlingNewServer) -> None:
    content = httpx.get(clip_url(server)).content
    assert content == server.clip
    with av.open(io.BytesIO(content), "r") as film:
        assert film.duration == 3_000_000
        assert (film.streams.video[0].width, film.streams.video[0].height) == (320, 180)


@pytest.mark.parametrize(("kind", "taken"), [("drop-before", 0), ("drop-after", 1)])
def test_a_dropped_connection_leaves_the_order_on_one_side(
    server: KlingNewServer, kind: FaultKind, taken: int
) -> None:
    fault(server, kind)
    with pytest.raises(httpx.RemoteProtocolError):
        submit(server)
    assert len(server.accepted) == taken


@pytest.mark.parametrize(
    ("kind", "code"), [("429", 429), ("429-retry-after", 429), ("500", 500), ("503-html", 503)]
)
def test_trouble_takes_no_order(server: KlingNewServer, kind: FaultKind, code: int) -> None:
    fault(server, kind)
    reply = submit(server)
    assert reply.status_code == code
    assert reply.headers.get("retry-after") == ("1" if kind == "429-retry-after" else None)
    assert server.accepted == []


def test_a_slow_answer_is_a_good_one(server: KlingNewServer) -> None:
    fault(server, "slow")
    before_s = time.monotonic()
    assert submit(server).status_code == 200
    assert time.monotonic() - before_s >= 0.1


def test_a_truncated_download_breaks_off_half_way(server: KlingNewServer) -> None:
    url = clip_url(server)
    fault(server, "truncate")
    with httpx.stream("GET", url) as response, pytest.raises(httpx.RemoteProtocolError):
        response.read()
    server.faults = lambda step: None  # noqa: ARG005
    assert httpx.get(url).content == server.clip


def test_an_expired_url_is_gone_for_good(server: KlingNewServer) -> None:
    url = clip_url(server)
    fault(server, "expired")
    assert httpx.get(url).status_code == 403
    server.faults = lambda step: None  # noqa: ARG005
    assert httpx.get(url).status_code == 403
    assert httpx.get(server.download_url(next(iter(server.tasks.values())))).is_success


@pytest.mark.parametrize(
    ("kind", "last"), [("never", "processing"), ("failed", "failed"), ("moderated", "failed")]
)
def test_the_fate_of_a_task_is_decided_at_any_look(
    server: KlingNewServer, kind: FaultKind, last: str
) -> None:
    submit(server)
    assert status(server) == "submitted"
    fault(server, kind)
    assert status(server) == "processing"
    assert status(server) == status(server) == last


def test_faults_are_asked_for_by_step(server: KlingNewServer) -> None:
    steps: list[str] = []
    server.faults = steps.append  # gives None: no fault
    url = clip_url(server)
    status(server)
    httpx.get(url)
    httpx.get(f"{server.url}/tasks", params={"external_task_ids": "k"}, headers=KEY)
    assert steps == ["submit", "status", "download", "find"]
