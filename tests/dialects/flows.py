"""Flows of dialects with recorded replies, and replies that nobody has recorded."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

import pytest
from hypothesis import strategies as st

from photoplay.dialects.provider import Call, Flow, Reply, Wait
from photoplay.errors import PhotoplayError

T = TypeVar("T")
Steps = list[Call | Wait]
MOST_STEPS = 12  # of a flow that would go on for ever with replies like these


def follow(flow: Flow[T], *replies: Reply) -> tuple[T, Steps]:
    """What a flow comes to with one reply after the other, and the steps it took."""
    steps: Steps = []
    left = list(replies)
    answer: Reply | None = None
    try:
        while True:
            step = next(flow) if answer is None else flow.send(answer)
            steps.append(step)
            answer = Reply(status=204) if isinstance(step, Wait) else left.pop(0)
    except StopIteration as end:
        assert not left, "the flow ended before its last reply"
        return end.value, steps


def fails(flow: Flow[Any], *replies: Reply) -> PhotoplayError:
    """The error that a flow ends with."""
    with pytest.raises(PhotoplayError) as caught:
        follow(flow, *replies)
    return caught.value


def survives(flow: Flow[Any], replies: Iterable[Reply]) -> None:
    """Follow a flow with any replies: it ends, goes on, or raises an error of ours."""
    left = iter(replies)
    try:
        step = next(flow)
        for _ in range(MOST_STEPS):
            step = flow.send(Reply(status=204) if isinstance(step, Wait) else next(left))
    except (StopIteration, PhotoplayError):
        return


WORDS = st.sampled_from(
    [
        *("id", "request_id", "status", "data", "code", "message", "detail", "error", "type"),
        *("status_url", "response_url", "cancel_url", "upload_url", "file_url", "download_url"),
        *("url", "urls", "outputs", "video", "logs", "upload", "method", "headers", "loc", "msg"),
    ]
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["COMPLETED", "completed", "failed", "IN_QUEUE", "cancelled", "abc-1", "PUT"])
    | st.sampled_from(
        ["https://a/b.mp4", "file:///etc/passwd", "http://[", "https://u:p@a/", "x" * 9000]
    )
)
BODIES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=6),
    max_leaves=25,
)
REPLIES = st.builds(
    Reply,
    status=st.sampled_from([200, 200, 200, 201, 202, 204, 302, 400, 401, 403, 404, 408, 409])
    | st.sampled_from([422, 429, 499, 500, 502, 503]),
    headers=st.dictionaries(
        st.sampled_from(["retry-after", "etag", "x-fal-error-type", "x-fal-retryable"]),
        st.text(max_size=12),
        max_size=3,
    ),
    json=BODIES,
    text=st.text(max_size=30),
)
