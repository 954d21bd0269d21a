"""The synchronous call: the output itself, and a stop when nobody waits for it any more."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import httpx
import pytest
from sqlalchemy import select

from photoplay.database.tables import job
from photoplay.jobs.job import Failed, Job, JobState
from tests.integration.serving import ENDPOINT, Serving, asked, serving, wait_until


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with serving(tmp_path_factory.mktemp("data")) as running:
        yield running


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as made:
        yield made


def calling(server: Serving, pool: ThreadPoolExecutor, **more: object) -> Future[httpx.Response]:
    return pool.submit(server.client.post, f"/run/{ENDPOINT}", json=asked(), **more)  # type: ignore[arg-type]


def newest(server: Serving) -> Job | None:
    with server.services.database.read() as connection:
        latest = select(job.c.id).order_by(job.c.created_at.desc()).limit(1)
        found = connection.execute(latest).scalar_one_or_none()
    return None if found is None else server.job(found)


def only(server: Serving) -> Job:
    wait_until(lambda: newest(server))
    found = newest(server)
    assert found is not None
    return found


def test_the_answer_is_the_output(server: Serving, pool: ThreadPoolExecutor) -> None:
    answer = calling(server, pool)
    request_id = only(server).id
    server.start(request_id)
    server.finish(request_id)
    got = answer.result(10)
    assert got.status_code == 200
    assert got.json()["video"]["url"].startswith(f"{server.url}/files/")
    assert got.headers["x-fal-request-id"] == request_id
    assert got.headers["x-photoplay-engine"] == "parallax"


def test_the_answer_is_the_error_of_the_model(server: Serving, pool: ThreadPoolExecutor) -> None:
    answer = calling(server, pool)
    body = {"detail": [{"loc": ["body"], "msg": "no", "type": "image_load_error"}]}
    server.finish(only(server).id, Failed(422, body))
    got = answer.result(10)
    assert (got.status_code, got.json()) == (422, body)


def test_invalid_input_is_refused_at_once(server: Serving) -> None:
    answer = server.client.post(f"/run/{ENDPOINT}", json={"prompt": "x"})
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["body", "start_image_url"]
    assert newest(server) is None


def test_beyond_what_a_key_may_run_it_waits_and_never_fails(
    server: Serving, pool: ThreadPoolExecutor
) -> None:
    caller = server.caller(server.another_key(concurrency=1))
    answers = [
        pool.submit(caller.post, f"/run/{ENDPOINT}", json=asked(prompt)) for prompt in ("1", "2")
    ]
    for _ in answers:
        wait_until(lambda: _admitted(server))
        (ready,) = _admitted(server)  # never two
        server.start(ready)
        server.finish(ready)
    assert [answer.result(10).status_code for answer in answers] == [200, 200]


def _admitted(server: Serving) -> list[str]:
    return [each.id for each in server.services.jobs.admitted(-1)]


def test_a_caller_who_hangs_up_cancels_it(server: Serving) -> None:
    with server.unheard(f"/run/{ENDPOINT}", json.dumps(asked()).encode()):
        request_id = only(server).id
        server.start(request_id)
    wait_until(lambda: server.services.jobs.cancel_requested(request_id))


def test_a_caller_who_hangs_up_while_it_waits_ends_it(server: Serving) -> None:
    with server.unheard(f"/run/{ENDPOINT}", json.dumps(asked()).encode()):
        request_id = only(server).id
    wait_until(lambda: server.job(request_id).state is JobState.CANCELLED)


def test_no_submit_takes_over_what_a_synchronous_caller_waits_for(server: Serving) -> None:
    """Else it would be cancelled under the other's feet."""
    content = json.dumps(asked()).encode()
    with server.unheard(f"/run/{ENDPOINT}", content):
        request_id = only(server).id
        wait_until(lambda: server.job(request_id).answered_at)
        queued = server.client.post(f"/queue/{ENDPOINT}", content=content).json()
        assert queued["request_id"] != request_id


def test_with_an_idempotency_key_a_caller_may_hang_up_and_come_back(
    server: Serving, pool: ThreadPoolExecutor
) -> None:
    headers = {"Idempotency-Key": "one"}
    with pytest.raises(httpx.ReadTimeout):
        server.client.post(f"/run/{ENDPOINT}", json=asked(), headers=headers, timeout=1)
    request_id = only(server).id
    answer = calling(server, pool, headers=headers)
    server.finish(request_id)
    assert answer.result(10).headers["x-fal-request-id"] == request_id
    assert answer.result(10).status_code == 200


def test_a_clip_is_not_streamed(server: Serving) -> None:
    answer = server.client.post(f"/run/{ENDPOINT}/stream", json=asked())
    assert answer.status_code == 422
    (complaint,) = answer.json()["detail"]
    assert complaint["type"] == "feature_not_supported"
    assert "stream its status" in complaint["msg"]


def test_an_unknown_endpoint_is_not_found(server: Serving) -> None:
    for path in ("/run/fal-ai/no/such", "/run/fal-ai/no/such/stream"):
        assert server.client.post(path, json=asked()).status_code == 404
