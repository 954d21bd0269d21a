"""From a POST to a job: what is checked, kept, refused, found again."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import quote

import httpx
import pytest
from sqlalchemy import func, select

from photoplay.database.tables import delivery, job
from photoplay.jobs.job import LOW_PRIORITY, NORMAL_PRIORITY, Job, JobState
from tests.integration.serving import APP, ENDPOINT, Serving, asked, data_uri, png, serving

O3 = "fal-ai/kling-video/o3/pro/image-to-video"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    data = tmp_path_factory.mktemp("data")
    with serving(data, submits_per_minute=10_000, concurrency=1000) as running:
        yield running


def count_jobs(server: Serving) -> int:
    with server.services.database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(job)).scalar_one())


def submit(server: Serving, body: Any, endpoint: str = ENDPOINT, **more: Any) -> httpx.Response:
    return server.client.post(f"/queue/{endpoint}", json=body, **more)


# Input


@pytest.mark.parametrize(
    ("body", "loc", "kind"),
    [
        ({"prompt": "x"}, ["body", "start_image_url"], "missing"),
        (asked("x" * 2501), ["body", "prompt"], "string_too_long"),
        (asked(duration="2"), ["body", "duration"], "literal_error"),
        (asked(cfg_scale=1.5), ["body", "cfg_scale"], "less_than_equal"),
        (asked(" "), ["body", "prompt"], "value_error"),
    ],
)
def test_invalid_input_is_refused_at_once_in_fals_form(
    server: Serving, body: dict[str, Any], loc: list[str], kind: str
) -> None:
    before = count_jobs(server)
    answer = submit(server, body)
    assert answer.status_code == 422
    (complaint,) = answer.json()["detail"]
    assert (complaint["loc"], complaint["type"]) == (loc, kind)
    assert complaint["url"] == f"https://docs.fal.ai/errors#{kind}"
    assert answer.headers["x-fal-request-id"]
    assert answer.headers["X-Fal-Retryable"] == "false"
    assert count_jobs(server) == before


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("data:image/png;base64,AAAA", "unsupported_image_format"),
        ("data:image/png;base64,?", "file_download_error"),
        ("data:text/html;base64,PGI+", "unsupported_image_format"),
        ("ftp://example.com/a.png", "file_download_error"),
        ("http://127.0.0.1/a.png", "file_download_error"),
        ("http://[::ffff:10.0.0.1]/a.png", "file_download_error"),
        ("not a url", "file_download_error"),
    ],
)
def test_media_that_cannot_be_used_are_refused_at_their_field(
    server: Serving, url: str, kind: str
) -> None:
    answer = submit(server, asked(start_image_url=url))
    (complaint,) = answer.json()["detail"]
    assert answer.status_code == 422
    assert (complaint["loc"], complaint["type"]) == (["body", "start_image_url"], kind)


def test_what_the_engine_cannot_do_is_refused_and_who_can_is_named(server: Serving) -> None:
    body = {"prompt": "make it night", "video_url": "https://example.com/film.mp4"}
    edit = "fal-ai/kling-video/o3/pro/video-to-video/edit"
    answer = server.client.post(f"/queue/{edit}", json=body)
    (complaint,) = answer.json()["detail"]
    assert (answer.status_code, complaint["type"]) == (422, "feature_not_supported")
    assert "Use the engine fal" in complaint["msg"]


def test_an_image_in_the_request_is_kept_as_an_asset(server: Serving) -> None:
    """The database holds no pictures, and the worker needs no network for it."""
    kept = server.job(server.submit()["request_id"]).body
    assert kept is not None
    reference = kept["start_image_url"]
    assert reference.startswith("asset:")
    assert server.services.store.find(reference.removeprefix("asset:")) is not None


def test_a_url_elsewhere_is_left_for_the_worker(server: Serving) -> None:
    url = "https://example.com/photo.png"
    kept = server.job(server.submit(asked(start_image_url=url))["request_id"]).body
    assert kept is not None
    assert kept["start_image_url"] == url


def test_another_generation_is_understood_and_the_rewrite_is_told(server: Serving) -> None:
    body = {"image_url": data_uri(png()), "prompt": "x", "duration": 8, "aspect_ratio": "16:9"}
    answer = submit(server, body)
    assert answer.status_code == 200
    warnings = answer.headers.get_list("Warning")
    assert any("image_url was read as start_image_url" in each for each in warnings)
    assert all(each.startswith('299 photoplay "') for each in warnings)
    made = server.job(answer.json()["request_id"])
    assert made.body is not None
    assert made.body["duration"] == "8"
    said = [line.message for line in server.services.jobs.logs(made.id)]
    assert any("image_url was read as start_image_url" in each for each in said)


def test_strict_mode_takes_the_schema_at_its_word(tmp_path: Path) -> None:
    with serving(tmp_path, strict_schema=True) as server:
        answer = submit(server, {"image_url": data_uri(png()), "prompt": "x"})
        (complaint,) = answer.json()["detail"]
        assert answer.status_code == 422
        assert (complaint["loc"], complaint["type"]) == (["body", "start_image_url"], "missing")


def test_an_unknown_endpoint_is_not_found_and_near_ones_are_named(server: Serving) -> None:
    answer = submit(server, asked(), ENDPOINT.replace("pro", "prof"))
    assert answer.status_code == 404
    assert ENDPOINT in answer.json()["detail"]
    assert answer.headers["x-fal-request-id"]


def test_a_retired_endpoint_names_its_replacement(server: Serving) -> None:
    retired = next(
        each for each in server.services.catalogue.endpoints.values() if each.lifecycle == "retired"
    )
    answer = submit(server, asked(), retired.id)
    assert answer.status_code == 422
    assert retired.replacement in answer.json()["detail"][0]["msg"]


def test_submitting_takes_a_post(server: Serving) -> None:
    answer = server.client.get(f"/queue/{ENDPOINT}")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert server.client.get("/queue/no-such/endpoint").status_code == 404


def test_late_validation_answers_on_the_result_route(tmp_path: Path) -> None:
    """As the original does: accepted, completed, and the 422 only where the output would be."""
    with serving(tmp_path, late_validation=True) as server:
        hook = "https://hooks.example.com/done"
        taken = server.submit({"prompt": "x"}, params={"fal_webhook": hook})
        status = server.client.get(taken["status_url"])
        assert (status.status_code, status.json()["status"]) == (200, "COMPLETED")
        result = server.client.get(taken["response_url"])
        assert result.status_code == 422
        assert result.json()["detail"][0]["loc"] == ["body", "start_image_url"]
        with server.services.database.read() as connection:
            (body,) = connection.scalars(select(delivery.c.body)).all()
        assert json.loads(body)["payload"] == result.json()
        # What is no request at all is still none.
        assert server.client.post(f"/queue/{ENDPOINT}", content=b"{").status_code == 422
        assert submit(server, asked(), "fal-ai/no/such").status_code == 404


def test_a_webhook_that_cannot_be_called_is_said_at_once(server: Serving) -> None:
    for url, warned in (("http://127.0.0.1:9/done", True), ("https://example.com/done", False)):
        answer = submit(server, asked(), params={"fal_webhook": url})
        said = answer.headers.get("warning", "")
        assert ("PHOTOPLAY_PRIVATE_WEBHOOKS" in said) == warned, said


def test_moderation_is_a_setting(server: Serving, tmp_path: Path) -> None:
    gore = asked("a gory decapitation, blood everywhere")
    assert submit(server, gore).status_code == 200
    with serving(tmp_path, moderation=True) as strict:
        answer = submit(strict, gore)
    (complaint,) = answer.json()["detail"]
    assert (answer.status_code, complaint["type"]) == (422, "content_policy_violation")
    assert complaint["loc"] == ["body", "prompt"]


# Wishes in headers and query


def test_wishes_reach_the_job(server: Serving) -> None:
    expiry = json.dumps({"expiration_duration_seconds": 3600, "initial_acl": {"default": "hide"}})
    taken = server.client.post(
        f"/queue/{ENDPOINT}?fal_webhook={quote('https://hooks.example.com/done?a=b&c=d')}",
        json=asked(),
        headers={
            "X-Fal-Queue-Priority": "low",
            "X-Fal-Request-Timeout": "30.0",
            "X-Fal-Runner-Hint": "warm",
            "X-Fal-Store-IO": "0",
            "X-Fal-Object-Lifecycle-Preference": expiry,
            "X-Fal-No-Retry": "1",
        },
    ).json()
    made = server.job(taken["request_id"])
    assert made.webhook_url == "https://hooks.example.com/done?a=b&c=d"
    assert (made.priority, made.runner_hint, made.store_io) == (LOW_PRIORITY, "warm", False)
    assert made.expires_after_s == 3600
    assert made.start_by == pytest.approx(made.created_at + 30, abs=5)
    plain = server.job(server.submit()["request_id"])
    assert (plain.priority, plain.start_by, plain.store_io) == (NORMAL_PRIORITY, None, True)


@pytest.mark.parametrize(
    ("headers", "query", "place"),
    [
        ({"X-Fal-Queue-Priority": "high"}, {}, ["header", "x-fal-queue-priority"]),
        ({"X-Fal-Request-Timeout": "soon"}, {}, ["header", "x-fal-request-timeout"]),
        ({"X-Fal-Request-Timeout": "nan"}, {}, ["header", "x-fal-request-timeout"]),
        ({"X-Fal-Request-Timeout": "0.1"}, {}, ["header", "x-fal-request-timeout"]),
        (
            {"X-Fal-Object-Lifecycle": "{"},
            {},
            ["header", "x-fal-object-lifecycle"],
        ),
        (
            {"X-Fal-Object-Lifecycle": '{"expiration_duration_seconds": -1}'},
            {},
            ["header", "x-fal-object-lifecycle"],
        ),
        ({"Idempotency-Key": "k" * 256}, {}, ["header", "idempotency-key"]),
        ({}, {"fal_webhook": "file:///etc/passwd"}, ["query", "fal_webhook"]),
        ({}, {"fal_webhook": "https://a b.example"}, ["query", "fal_webhook"]),
        ({}, {"fal_webhook": "http://[::1"}, ["query", "fal_webhook"]),
        ({}, {"fal_max_queue_length": "-1"}, ["query", "fal_max_queue_length"]),
        ({}, {"fal_max_queue_length": "9" * 40}, ["query", "fal_max_queue_length"]),
    ],
)
def test_a_wish_that_cannot_be_read_is_refused_by_name(
    server: Serving, headers: dict[str, str], query: dict[str, str], place: list[str]
) -> None:
    answer = submit(server, asked(), headers=headers, params=query)
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == place


def test_a_caller_may_refuse_to_wait_behind_many(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        answers = [
            submit(server, asked(prompt), params={"fal_max_queue_length": "1"})
            for prompt in ("one", "two", "three")
        ]
        # When the second came, one waited: that is not more than one.
        assert [each.status_code for each in answers] == [200, 200, 429]
        assert int(answers[2].headers["Retry-After"]) > 0


# How often


def test_a_key_submits_so_often_a_minute_and_looks_as_often_as_it_likes(tmp_path: Path) -> None:
    with serving(tmp_path, submits_per_minute=3) as server:
        invalid = submit(server, {"prompt": "x"})
        assert (invalid.status_code, invalid.headers["X-RateLimit-Remaining"]) == (422, "3")
        left = []
        for number in range(3):
            answer = submit(server, asked(f"take {number}"))
            left.append(answer.headers["X-RateLimit-Remaining"])
        assert left == ["2", "1", "0"]
        refused = submit(server, asked("one more"))
        assert refused.status_code == 429
        assert refused.json()["error_type"] == "rate_limit_exceeded"
        assert 1 <= int(refused.headers["Retry-After"]) <= 60
        assert refused.headers["X-RateLimit-Limit"] == "3"
        assert refused.headers["X-RateLimit-Remaining"] == "0"
        status = server.client.get(f"/{APP}/requests/{answer.json()['request_id']}/status")
        assert status.status_code == 202
        assert "X-RateLimit-Limit" not in status.headers
        other = server.caller(server.another_key())
        assert other.post(f"/queue/{ENDPOINT}", json=asked()).status_code == 200


def test_what_was_made_may_be_asked_for_again_when_nothing_is_left(tmp_path: Path) -> None:
    """A client that tries again after a lost answer would else wait, and make a second job."""
    with serving(tmp_path, submits_per_minute=2) as server:
        headers = {"Idempotency-Key": "one"}
        first = submit(server, asked("one"), headers=headers)
        content = json.dumps(asked("two")).encode()
        hang_up_on(server, content)
        assert submit(server, asked("three")).status_code == 429
        again = submit(server, asked("one"), headers=headers)
        assert again.json()["request_id"] == first.json()["request_id"]
        assert server.client.post(f"/queue/{ENDPOINT}", content=content).status_code == 200
        assert count_jobs(server) == 2


def test_no_more_come_in_at_once_than_one_after_the_other(tmp_path: Path) -> None:
    with serving(tmp_path, submits_per_minute=5) as server, ThreadPoolExecutor(12) as pool:
        codes = list(pool.map(lambda n: submit(server, asked(f"take {n}")).status_code, range(12)))
        assert sorted(codes) == [200] * 5 + [429] * 7
        assert count_jobs(server) == 5


# The same request again


def test_two_deliberate_submits_are_two_requests(server: Serving) -> None:
    assert server.submit()["request_id"] != server.submit()["request_id"]


def test_an_idempotency_key_stands_for_one_request(server: Serving) -> None:
    headers = {"Idempotency-Key": "order 66"}
    first = submit(server, asked("once"), headers=headers)
    again = submit(server, asked("once"), headers=headers)
    assert again.status_code == 200
    assert again.json()["request_id"] == first.json()["request_id"]
    assert again.headers["x-fal-request-id"] == first.json()["request_id"]
    other = submit(server, asked("twice"), headers=headers)
    assert other.status_code == 422
    assert other.json()["detail"][0]["loc"] == ["header", "idempotency-key"]
    stranger = server.caller(server.another_key())
    theirs = stranger.post(f"/queue/{ENDPOINT}", json=asked("once"), headers=headers)
    assert theirs.json()["request_id"] != first.json()["request_id"]


def test_at_the_same_moment_an_idempotency_key_stands_for_one_request_too(
    server: Serving,
) -> None:
    headers = {"Idempotency-Key": "a race"}
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: submit(server, asked("race"), headers=headers), range(8)))
    assert len({each.json()["request_id"] for each in answers}) == 1


@contextmanager
def stuck(server: Serving, content: bytes) -> Iterator[None]:
    """A submit that is being handled and cannot be written down; the caller goes at the end."""
    reached = threading.Event()
    look = server.services.jobs.adoptable

    def noted(*args: Any) -> Job | None:
        found = look(*args)
        reached.set()
        return found

    with patch.object(server.services.jobs, "adoptable", noted), server.services.database.begin():
        with server.unheard(f"/queue/{ENDPOINT}", content):
            assert reached.wait(10)
            yield
        time.sleep(0.3)  # until the server has heard of it


def hang_up_on(server: Serving, content: bytes) -> None:
    """Submit, and be gone before the answer."""
    with stuck(server, content):
        pass


def test_a_submit_whose_answer_nobody_heard_is_taken_over_by_its_repetition(
    server: Serving,
) -> None:
    content = json.dumps(asked(f"heard by nobody {time.time()}")).encode()
    before = count_jobs(server)
    hang_up_on(server, content)
    answers = [
        server.client.post(f"/queue/{ENDPOINT}", content=content).json()["request_id"]
        for _ in range(2)
    ]
    assert count_jobs(server) == before + 2  # the second repetition is a request of its own
    assert answers[0] != answers[1]
    assert server.job(answers[0]).answered_at is not None


def test_what_nobody_heard_is_not_taken_over_by_another_request_or_key(server: Serving) -> None:
    content = json.dumps(asked(f"mine {time.time()}")).encode()
    hang_up_on(server, content)
    with server.services.database.read() as connection:
        latest = select(job.c.id).order_by(job.c.created_at.desc()).limit(1)
        orphan = connection.execute(latest).scalar_one()
    stranger = server.caller(server.another_key())
    others = [
        stranger.post(f"/queue/{ENDPOINT}", content=content),
        server.client.post(f"/queue/{ENDPOINT}", content=content + b" "),
        server.client.post(f"/queue/{ENDPOINT}?fal_webhook=https://a.example/", content=content),
        server.client.post(
            f"/queue/{ENDPOINT}", content=content, headers={"Idempotency-Key": "mine"}
        ),
    ]
    assert all(each.json()["request_id"] != orphan for each in others)


def test_a_repetition_waits_for_the_first_to_be_answered(server: Serving) -> None:
    """Else both would find nothing to take over, and make a request each."""
    content = json.dumps(asked(f"twice at once {time.time()}")).encode()
    before = count_jobs(server)
    answers: list[httpx.Response] = []

    def again() -> None:
        answers.append(server.client.post(f"/queue/{ENDPOINT}", content=content))

    repetition = threading.Thread(target=again)
    with stuck(server, content):
        repetition.start()
        time.sleep(0.2)
    repetition.join(20)
    assert answers[0].status_code == 200
    assert count_jobs(server) == before + 1


def test_an_admitted_request_is_in_the_queue_of_its_engine(server: Serving) -> None:
    taken = server.submit()
    assert server.job(taken["request_id"]).state is JobState.ADMITTED
    never, _ = server.services.queue.lost([taken["request_id"]])
    assert never == set()
