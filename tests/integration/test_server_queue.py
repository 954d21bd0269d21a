"""Status, result and cancel of a request, over HTTP on a real database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from photoplay.jobs.job import Done, Failed
from tests.integration.serving import APP, ENDPOINT, NOWHERE, Serving, asked, serving

REFUSED = {"detail": [{"loc": ["body", "prompt"], "msg": "no", "type": "content_policy_violation"}]}


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Serving]:
    data = tmp_path_factory.mktemp("data")
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with serving(data, database=url, submits_per_minute=10_000, concurrency=1000) as running:
        yield running


@pytest.fixture
def taken(server: Serving) -> dict[str, Any]:
    """The answer to a submit."""
    return server.submit(asked())


def path_of(answer: dict[str, Any]) -> str:
    return f"/{APP}/requests/{answer['request_id']}"


def test_a_submit_is_answered_with_all_that_the_clients_need(server: Serving) -> None:
    answer = server.client.post(f"/queue/{ENDPOINT}", json=asked())
    body = answer.json()
    own = f"{server.url}/queue/{APP}/requests/{body['request_id']}"
    assert answer.status_code == 200
    assert body == {
        "status": "IN_QUEUE",
        "request_id": body["request_id"],
        "gateway_request_id": body["request_id"],
        "response_url": own,
        "status_url": f"{own}/status",
        "cancel_url": f"{own}/cancel",
        "queue_position": body["queue_position"],
    }
    assert answer.headers["x-fal-request-id"] == body["request_id"]
    assert answer.headers["x-photoplay-engine"] == "parallax"


def test_a_request_goes_through_the_three_statuses(server: Serving, taken: dict[str, Any]) -> None:
    request_id, urls = taken["request_id"], {k: v for k, v in taken.items() if k.endswith("url")}
    waiting = server.client.get(taken["status_url"])
    assert waiting.status_code == 202
    assert waiting.json() == {
        "status": "IN_QUEUE",
        "request_id": request_id,
        **urls,
        "queue_position": taken["queue_position"],
    }
    server.start(request_id)
    running = server.client.get(taken["status_url"])
    assert running.status_code == 202
    assert running.json() == {
        "status": "IN_PROGRESS",
        "request_id": request_id,
        **urls,
        "logs": None,
    }
    server.finish(request_id)
    ended = server.client.get(taken["status_url"])
    assert ended.status_code == 200
    assert ended.json() == {
        "status": "COMPLETED",
        "request_id": request_id,
        **urls,
        "logs": None,
        "metrics": {"inference_time": pytest.approx(0, abs=5)},
    }


@pytest.mark.parametrize("flag", ["1", "true", "True", "yes", "on"])
def test_log_lines_come_in_any_spelling_of_the_wish(
    server: Serving, taken: dict[str, Any], flag: str
) -> None:
    server.start(taken["request_id"])
    server.services.jobs.log(taken["request_id"], "Frame 1 of 72.")
    logs = server.client.get(taken["status_url"], params={"logs": flag}).json()["logs"]
    assert [line["message"] for line in logs] == ["Started.", "Frame 1 of 72."]
    assert {(line["level"], line["source"]) for line in logs} == {("INFO", "USER")}
    assert datetime.fromisoformat(logs[0]["timestamp"]).tzinfo is not None


@pytest.mark.parametrize("flag", ["0", "false", "False", "", "no"])
def test_log_lines_are_null_unless_wanted(
    server: Serving, taken: dict[str, Any], flag: str
) -> None:
    server.start(taken["request_id"])
    status = server.client.get(taken["status_url"], params={"logs": flag}).json()
    assert status["logs"] is None


def test_the_position_counts_the_requests_ahead(server: Serving) -> None:
    first, second = server.submit(), server.submit(asked("pan left"))
    assert second["queue_position"] == first["queue_position"] + 1


@pytest.mark.parametrize("prefix", ["", "/queue"])
@pytest.mark.parametrize("app", [APP, ENDPOINT])
@pytest.mark.parametrize("tail", ["", "/", "/response", "/response/"])
def test_the_output_is_at_every_address_of_the_result(
    server: Serving, prefix: str, app: str, tail: str
) -> None:
    """Asynchronous Python clients follow no redirects: each address answers itself."""
    request_id = server.submit()["request_id"]
    clip = server.keep_clip()
    server.finish(request_id, Done({"video": clip}))
    answer = server.client.get(f"{prefix}/{app}/requests/{request_id}{tail}")
    assert answer.status_code == 200
    assert answer.json() == {
        "video": {
            "url": f"{server.url}/files/{clip['asset']}",
            "content_type": clip["content_type"],
            "file_name": clip["file_name"],
            "file_size": clip["file_size"],
        }
    }
    assert answer.headers["x-fal-request-id"] == request_id
    assert server.client.get(f"{prefix}/{app}/requests/{request_id}/status/").status_code == 200


def test_urls_come_back_in_the_way_their_caller_came(server: Serving) -> None:
    """With the prefix, without it, and at the synchronous one, whose requests are the queue's."""
    at = path_of(server.submit())
    assert server.client.get(f"{at}/status").json()["status_url"] == f"{server.url}{at}/status"
    for prefix in ("/queue", "/run"):
        status = server.client.get(f"{prefix}{at}/status").json()
        assert status["status_url"] == f"{server.url}/queue{at}/status"


def test_there_is_no_result_before_the_end(server: Serving, taken: dict[str, Any]) -> None:
    for _ in range(2):
        answer = server.client.get(taken["response_url"])
        assert answer.status_code == 400
        assert answer.json() == {"detail": "Request is still in progress"}
        if server.job(taken["request_id"]).started_at is None:
            server.start(taken["request_id"])


def test_an_error_of_the_model_is_the_result_and_no_word_of_it_in_the_status(
    server: Serving, taken: dict[str, Any]
) -> None:
    server.finish(taken["request_id"], Failed(422, REFUSED))
    answer = server.client.get(taken["response_url"])
    assert (answer.status_code, answer.json()) == (422, REFUSED)
    assert answer.headers["X-Fal-Retryable"] == "false"
    assert "X-Fal-Error-Type" not in answer.headers
    status = server.client.get(taken["status_url"]).json()
    assert status["status"] == "COMPLETED"
    assert "error" not in status
    assert "error_type" not in status


def test_an_error_of_the_platform_is_named_in_status_and_headers(
    server: Serving, taken: dict[str, Any]
) -> None:
    body = {"detail": "It did not start in time.", "error_type": "startup_timeout"}
    server.finish(taken["request_id"], Failed(504, body, "startup_timeout"))
    answer = server.client.get(taken["response_url"])
    assert (answer.status_code, answer.json()) == (504, body)
    assert answer.headers["X-Fal-Error-Type"] == "startup_timeout"
    assert answer.headers["X-Fal-Request-Timeout-Type"] == "user"  # so clients do not retry
    status = server.client.get(taken["status_url"]).json()
    assert status["error"] == "It did not start in time."
    assert status["error_type"] == "startup_timeout"


def test_a_queued_request_is_cancelled_at_once(server: Serving, taken: dict[str, Any]) -> None:
    answer = server.client.put(taken["cancel_url"])
    assert (answer.status_code, answer.json()) == (202, {"status": "CANCELLATION_REQUESTED"})
    status = server.client.get(taken["status_url"])
    assert status.status_code == 200
    assert status.json()["error_type"] == "client_cancelled"
    result = server.client.get(taken["response_url"])
    assert result.status_code == 499
    assert result.json()["error_type"] == "client_cancelled"
    assert result.headers["X-Fal-Error-Type"] == "client_cancelled"


def test_a_running_request_is_asked_to_stop(server: Serving, taken: dict[str, Any]) -> None:
    server.start(taken["request_id"])
    for _ in range(2):
        answer = server.client.put(taken["cancel_url"])
        assert (answer.status_code, answer.json()) == (202, {"status": "CANCELLATION_REQUESTED"})
    assert server.client.get(taken["status_url"]).json()["status"] == "IN_PROGRESS"
    assert server.services.jobs.cancel_requested(taken["request_id"])


def test_what_has_ended_is_not_cancelled(server: Serving, taken: dict[str, Any]) -> None:
    server.finish(taken["request_id"])
    answer = server.client.put(taken["cancel_url"])
    assert (answer.status_code, answer.json()) == (400, {"status": "ALREADY_COMPLETED"})


def test_cancelling_lets_the_next_one_of_the_key_in(server: Serving) -> None:
    key = server.another_key(concurrency=1)
    caller = server.caller(key)
    first, second = (
        caller.post(f"/queue/{ENDPOINT}", json=asked(prompt)).json() for prompt in ("one", "two")
    )
    assert server.job(second["request_id"]).admitted_at is None
    caller.put(first["cancel_url"])
    assert server.job(second["request_id"]).admitted_at is not None


@pytest.mark.parametrize("tail", ["", "/status", "/status/stream", "/response", "/cancel"])
@pytest.mark.parametrize("request_id", [NOWHERE, "no-uuid", "%00", "a" * 3000])
def test_an_unknown_id_is_not_found(server: Serving, request_id: str, tail: str) -> None:
    method = "PUT" if tail == "/cancel" else "GET"
    answer = server.client.request(method, f"/{APP}/requests/{request_id}{tail}")
    assert answer.status_code == 404
    assert answer.headers["x-fal-request-id"]
    if tail == "/cancel":
        assert answer.json() == {"status": "NOT_FOUND"}
    else:
        assert answer.json()["error_type"] == "not_found"


@pytest.mark.parametrize("tail", ["", "/status", "/status/stream", "/cancel"])
def test_a_request_is_found_only_under_its_app_and_with_its_key(
    server: Serving, taken: dict[str, Any], tail: str
) -> None:
    """Of others' requests not even the existence is told."""
    method = "PUT" if tail == "/cancel" else "GET"
    stranger = server.caller(server.another_key())
    own, other_app = path_of(taken) + tail, f"/fal-ai/veo3.1/requests/{taken['request_id']}{tail}"
    missing = server.client.request(method, f"/{APP}/requests/{NOWHERE}{tail}")
    for answer in (stranger.request(method, own), server.client.request(method, other_app)):
        assert answer.status_code == 404
        assert answer.json().keys() == missing.json().keys()
        assert answer.headers["x-fal-request-id"] != taken["request_id"]
    assert server.job(taken["request_id"]).ended_at is None


def test_without_a_key_nothing_is_told(server: Serving, taken: dict[str, Any]) -> None:
    for caller in (server.caller(None), server.caller("no:key"), server.caller(server.key[:-1])):
        answer = caller.get(path_of(taken) + "/status")
        assert answer.status_code == 401
        assert answer.json()["error_type"] == "unauthorized"
        assert answer.headers["x-fal-request-id"]


@pytest.mark.parametrize(
    ("method", "tail", "allowed"),
    [
        ("POST", "/status", "GET, HEAD"),
        ("DELETE", "", "GET, HEAD"),
        ("GET", "/cancel", "PUT"),
        ("POST", "/status/stream", "GET"),
    ],
)
def test_another_method_is_answered_with_those_that_are_known(
    server: Serving, taken: dict[str, Any], method: str, tail: str, allowed: str
) -> None:
    answer = server.client.request(method, path_of(taken) + tail)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == allowed


def test_head_answers_as_get_without_a_body(server: Serving, taken: dict[str, Any]) -> None:
    answer = server.client.head(taken["status_url"])
    assert answer.status_code == 202
    assert answer.content == b""
    assert answer.headers["x-fal-request-id"] == taken["request_id"]


def test_a_result_that_was_not_to_be_kept_is_gone_after_a_time(server: Serving) -> None:
    taken = server.submit(asked(), headers={"X-Fal-Store-IO": "0"})
    server.finish(taken["request_id"])
    ended_at = server.job(taken["request_id"]).ended_at
    assert ended_at is not None
    assert server.client.get(taken["response_url"]).status_code == 200
    server.services.jobs.forget_payloads(ended_at + 1)
    answer = server.client.get(taken["response_url"])
    assert answer.status_code == 404
    assert "X-Fal-Store-IO" in answer.json()["detail"]
    assert server.client.get(taken["status_url"]).json()["status"] == "COMPLETED"
