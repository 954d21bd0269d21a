"""Requests that are routed to a hosted engine: bought once, within a budget, as other jobs are."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from photoplay.cli.installation import working
from photoplay.jobs.job import JobState
from photoplay.ledger.budgets import Budgets
from photoplay.ledger.scope import Period
from photoplay.ledger.submissions import State
from tests.integration.serving import (
    APP,
    ENDPOINT,
    Serving,
    asked,
    data_uri,
    png,
    serving,
    wait_until,
)
from tests.rigs.providers import fal
from tests.rigs.providers.base import Fault, small_clip
from tests.unit.hosted.counter import once

ROUTES = {"fal-ai/kling-video/*": "fal"}


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[fal.Fal]:
    monkeypatch.setenv("FAL_KEY", fal.KEY)
    with fal.Fal() as running:
        yield running


@contextmanager
def shop(
    folder: Path, provider: fal.Fal, *, budget: str | None = "20", **settings: Any
) -> Iterator[Serving]:
    """A server whose requests go to `provider`, with a worker."""
    given: dict[str, Any] = {"routes": ROUTES, "providers": {"fal": {"url": provider.url}}}
    with serving(folder, **(given | settings)) as server:
        if budget is not None:
            Budgets(server.services.database).set(Decimal(budget), Period.DAY)
        with working(server.services):
            yield server


def result_of(server: Serving, request_id: str) -> httpx.Response:
    wait_until(lambda: server.job(request_id).state.has_ended, 30)
    return server.client.get(f"/queue/{APP}/requests/{request_id}")


def test_a_request_is_bought_and_answered_as_any_other(tmp_path: Path, provider: fal.Fal) -> None:
    with shop(tmp_path, provider) as server:
        answer = server.client.post(f"/queue/{ENDPOINT}", json=asked())
        assert answer.headers["X-Photoplay-Route"] == "fal / $0.84"
        request_id = answer.json()["request_id"]
        result = result_of(server, request_id)
        assert result.status_code == 200, result.text
        assert httpx.get(result.json()["video"]["url"]).content == small_clip()
        (accepted,) = provider.accepted
        assert accepted.body["prompt"] == "slow push in"
        logs = [line.message for line in server.services.jobs.logs(request_id)]
        assert "fal / $0.84." in logs
        assert server.services.office.books.get(request_id).state is State.DONE


def test_the_same_request_later_costs_nothing_unless_another_take_is_wanted(
    tmp_path: Path, provider: fal.Fal
) -> None:
    with shop(tmp_path, provider) as server:
        for headers, bought in [({}, 1), ({}, 1), ({"X-Photoplay-Again": "1"}, 2)]:
            taken = server.submit(headers=headers)
            assert result_of(server, taken["request_id"]).status_code == 200
            assert len(provider.accepted) == bought


def test_without_a_budget_nothing_is_taken(tmp_path: Path, provider: fal.Fal) -> None:
    with shop(tmp_path, provider, budget=None) as server:
        answer = server.client.post(f"/queue/{ENDPOINT}", json=asked())
        assert answer.status_code == 402
        assert answer.json()["error_type"] == "budget_exceeded"
        assert "photoplay budget set" in answer.json()["detail"]
    assert provider.received == []


def test_a_full_budget_fails_the_request_and_says_so(tmp_path: Path, provider: fal.Fal) -> None:
    with shop(tmp_path, provider, budget="1") as server:
        assert result_of(server, server.submit()["request_id"]).status_code == 200
        second = server.submit(asked("another"), headers={"X-Photoplay-Project": "film"})
        refused = result_of(server, second["request_id"])
        assert refused.status_code == 402
        assert "has $0.16 left" in refused.text
    assert len(provider.accepted) == 1


def test_what_the_provider_refuses_reaches_the_caller_in_its_words(
    tmp_path: Path, provider: fal.Fal
) -> None:
    provider.faults = once("submit", Fault("moderated"))
    with shop(tmp_path, provider) as server:
        refused = result_of(server, server.submit()["request_id"])
        assert refused.status_code == 422
        assert refused.json()["detail"][0]["type"] == "content_policy_violation"


def test_cancelling_reaches_the_provider(tmp_path: Path, provider: fal.Fal) -> None:
    provider.faults = once("submit", Fault("never"))
    with shop(tmp_path, provider) as server:
        request_id = server.submit()["request_id"]
        wait_until(lambda: provider.accepted, 20)
        server.client.put(f"/queue/{APP}/requests/{request_id}/cancel")
        wait_until(lambda: server.job(request_id).state is JobState.CANCELLED, 40)
        assert any(request.path.endswith("/cancel") for request in provider.received)
        assert server.services.office.books.get(request_id).state is State.CANCELLED


def test_a_new_worker_goes_on_where_the_old_one_stopped(tmp_path: Path, provider: fal.Fal) -> None:
    provider.faults = once("submit", Fault("never"))
    with shop(tmp_path, provider) as server:
        request_id = server.submit()["request_id"]
        wait_until(lambda: server.services.office.books.listed(), 20)
        wait_until(lambda: server.services.office.books.get(request_id).state is State.ACCEPTED, 20)
    for task in provider.tasks.values():
        task.fate = "done"
    given = {"routes": ROUTES, "providers": {"fal": {"url": provider.url}}}
    with serving(tmp_path, **given) as server, working(server.services):
        wait_until(lambda: server.job(request_id).state is JobState.DONE, 30)
    assert len(provider.accepted) == 1


def test_a_webhook_of_the_provider_settles_a_lost_reply(tmp_path: Path, provider: fal.Fal) -> None:
    provider.faults = once("submit", Fault("drop-after"))
    with shop(tmp_path, provider, public_url="https://studio.example.com") as server:
        request_id = server.submit()["request_id"]
        wait_until(lambda: provider.accepted, 20)
        submit = next(each for each in provider.received if "fal_webhook" in each.query)
        place = urlsplit(submit.query["fal_webhook"])
        assert place.netloc == "studio.example.com"
        body = {"request_id": provider.accepted[0].provider_id, "status": "OK", "payload": {}}
        forged = place.path[:-4] + "0000"
        assert httpx.post(f"{server.url}{forged}", json=body).status_code == 404
        books = server.services.office.books
        wait_until(lambda: books.get(request_id).state is not State.INTENT, 20)
        for expected in ("taken", "known"):  # providers send a webhook more than once
            answer = httpx.post(f"{server.url}{place.path}", json=body)
            assert answer.json() == {"status": expected}
        assert result_of(server, request_id).status_code == 200
    assert len(provider.accepted) == 1


def test_a_recorded_clip_is_replayed_without_the_provider(
    tmp_path: Path, provider: fal.Fal
) -> None:
    recordings = tmp_path / "recordings"
    with shop(tmp_path / "bought", provider, recordings=recordings) as server:
        assert result_of(server, server.submit()["request_id"]).status_code == 200
    replaying = {"routes": {"*": "replay"}, "recordings": recordings}
    with serving(tmp_path / "replayed", **replaying) as server, working(server.services):
        answer = server.client.post(f"/queue/{ENDPOINT}", json=asked())
        assert answer.headers["X-Photoplay-Route"] == "replay / free"
        result = result_of(server, answer.json()["request_id"])
        assert httpx.get(result.json()["video"]["url"]).content == small_clip()
        other = result_of(server, server.submit(asked("another"))["request_id"])
        assert other.status_code == 404
        assert "the nearest differs in prompt" in other.text
    assert len(provider.accepted) == 1


def test_a_request_is_checked_and_quoted_before_it_is_submitted(
    tmp_path: Path, provider: fal.Fal
) -> None:
    with shop(tmp_path, provider) as server:
        query = {"endpoint_id": ENDPOINT}
        small = asked(start_image_url=data_uri(png()), duration="99")
        report = server.client.post("/api/check", params=query, json=small).json()
        assert report["clean"] is False
        assert "duration" in {finding["field"] for finding in report["findings"]}
        assert server.client.post("/api/check", params=query, json=asked()).json()["clean"]
        quoted = server.client.post("/api/quote", params=query, json=asked()).json()
        assert (quoted["route"], quoted["usd"]) == ("fal / $0.84", "0.840")
        here = query | {"engine": "parallax"}
        assert server.client.post("/api/quote", params=here, json=asked()).json()["usd"] == "0"
        wrong = query | {"engine": "veoo"}
        assert server.client.post("/api/quote", params=wrong, json=asked()).status_code == 422
        assert server.caller(None).post("/api/check", params=query, json={}).status_code == 401
