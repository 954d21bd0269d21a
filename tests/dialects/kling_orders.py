"""Orders and replies for the tests of Kling's dialects, and a driver that answers with them."""

from __future__ import annotations

from typing import Any, TypeVar

from photoplay.catalogue import Endpoint, load
from photoplay.dialects.provider import Call, Flow, Order, Reply, Wait

V3_IMAGE = "fal-ai/kling-video/v3/pro/image-to-video"
V3_TEXT = "fal-ai/kling-video/v3/standard/text-to-video"
V3_MOTION = "fal-ai/kling-video/v3/standard/motion-control"
TURBO_IMAGE = "fal-ai/kling-video/v3/turbo/pro/image-to-video"
O3_IMAGE = "fal-ai/kling-video/o3/pro/image-to-video"
O3_TEXT = "fal-ai/kling-video/o3/standard/text-to-video"
O3_REFERENCE = "fal-ai/kling-video/o3/pro/reference-to-video"
O3_EDIT = "fal-ai/kling-video/o3/pro/video-to-video/edit"
O3_VIDEO = "fal-ai/kling-video/o3/standard/video-to-video/reference"
V26_IMAGE = "fal-ai/kling-video/v2.6/pro/image-to-video"
V26_TEXT = "fal-ai/kling-video/v2.6/pro/text-to-video"
V26_MOTION = "fal-ai/kling-video/v2.6/pro/motion-control"
V25_IMAGE = "fal-ai/kling-video/v2.5-turbo/pro/image-to-video"

T = TypeVar("T")

FIRST, LAST, FILM = "https://a.example/1.png", "https://a.example/2.png", "https://a.example/m.mp4"
KEY = "0192-our-key"
SHOTS = [{"prompt": "A cat walks", "duration": "3"}, {"prompt": "It sits", "duration": "2"}]


def endpoint(name: str) -> Endpoint:
    return load().find(name)


def order(name: str, webhook_url: str | None = None, **body: Any) -> Order:
    """An order as it is after the catalogue has read a body."""
    found = endpoint(name)
    return Order(key=KEY, endpoint=found, values=found.validate(body), webhook_url=webhook_url)


def enveloped(data: Any = None, code: Any = 0, status: int = 200, message: str = "m") -> Reply:
    body = {"code": code, "message": message, "request_id": "r", "data": data}
    return Reply(status=status, json=body)


def follow(flow: Flow[T], *replies: Reply) -> tuple[T, list[Call | Wait]]:
    """The result of a flow that is answered with `replies`, and its steps; waits pass."""
    left = iter(replies)
    steps: list[Call | Wait] = []
    try:
        step = next(flow)
        while True:
            steps.append(step)
            step = flow.send(next(left) if isinstance(step, Call) else Reply(status=204))
    except StopIteration as end:
        return end.value, steps
