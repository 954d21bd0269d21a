"""Bodies and headers of the queue, as the clients parse them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photoplay.dialects.fal import replies

URLS = replies.RequestUrls("http://h:1/queue", "fal-ai/veo3.1/fast", "1-2")
OWN = "http://h:1/queue/fal-ai/veo3.1/requests/1-2"


@pytest.mark.parametrize(
    "body",
    [
        replies.submitted(URLS, 0),
        replies.in_queue(URLS, 3),
        replies.in_progress(URLS, None),
        replies.completed(URLS, [], None),
    ],
)
def test_every_queue_answer_carries_what_clients_index(body: replies.Json) -> None:
    """The Python client raises KeyError for any that is missing, the other takes it for output."""
    assert body["request_id"] == "1-2"
    assert body["response_url"] == OWN
    assert (body["status_url"], body["cancel_url"]) == (f"{OWN}/status", f"{OWN}/cancel")
    match body["status"]:
        case "IN_QUEUE":
            assert isinstance(body["queue_position"], int)
        case "IN_PROGRESS" | "COMPLETED":
            assert "logs" in body
        case other:
            pytest.fail(f"{other} is no status")


def test_a_failure_of_the_platform_shows_in_the_status() -> None:
    failure = replies.PlatformFailure("too slow", "request_timeout")
    body = replies.completed(URLS, None, 1.23456, failure)
    assert (body["error"], body["error_type"]) == ("too slow", "request_timeout")
    assert body["metrics"] == {"inference_time": 1.235}
    assert "error" not in replies.completed(URLS, None, None)


def test_a_log_entry_has_its_time_in_utc() -> None:
    assert replies.log_entry("x", "INFO", 0.25) == {
        "message": "x",
        "level": "INFO",
        "source": "USER",
        "timestamp": "1970-01-01T00:00:00.250+00:00",
    }


def test_assets_become_urls_wherever_they_are() -> None:
    clip = {"asset": "a.mp4", "file_size": 3}
    output = {
        "video": clip,
        "all": [clip, {"thumbnail": {"asset": "b.png"}}],
        "seed": 7,
        "no": None,
    }
    film = {"url": "http://h/files/a.mp4", "file_size": 3}
    assert replies.with_urls(output, "http://h/files") == {
        "video": film,
        "all": [film, {"thumbnail": {"url": "http://h/files/b.png"}}],
        "seed": 7,
        "no": None,
    }


@pytest.mark.parametrize(
    ("status", "error_type", "headers"),
    [
        (422, None, {"X-Fal-Retryable": "false", "X-Fal-Needs-Retry": "false"}),
        (500, None, {"X-Fal-Retryable": "true", "X-Fal-Needs-Retry": "true"}),
        (
            504,
            "startup_timeout",
            {
                "X-Fal-Retryable": "true",
                "X-Fal-Needs-Retry": "true",
                "X-Fal-Error-Type": "startup_timeout",
                "X-Fal-Request-Timeout-Type": "user",
            },
        ),
    ],
)
def test_a_failure_says_whether_to_try_again(
    status: int, error_type: str | None, headers: dict[str, str]
) -> None:
    assert replies.failure_headers(status, error_type) == headers


@given(st.lists(st.text(max_size=400), max_size=40))
def test_warnings_fit_into_headers_whatever_callers_wrote(notes: list[str]) -> None:
    values = replies.warnings(notes)
    assert len(values) <= len(notes)
    assert sum(map(len, values)) <= replies.MAX_WARNING_BYTES + 60
    for value in values:
        assert value.startswith('299 photoplay "')
        assert value.endswith('"')
        assert value.count('"') == 2
        assert value.isascii()
        assert value.isprintable()


def test_what_does_not_fit_is_counted() -> None:
    values = replies.warnings(["x" * 1000] * 5)
    assert values[-1] == '299 photoplay "3 more: see the log lines"'
