"""A server that buys from fal, called by fal's own client: who asks twice does not pay twice."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import fal_client
import httpx
import pytest
from fal_client import client as fal_module

from tests.rigs.links import Link
from tests.rigs.photoplay import Installation, Server
from tests.rigs.providers.fal import KEY, Fal

APP = "fal-ai/kling-video/v3/pro/image-to-video"
BREAKS_AFTER_S = [number / 250 for number in range(8)]  # a submit takes some 10 to 40 ms
AGAIN = "X-Photoplay-Again"
IDEMPOTENCY = "Idempotency-Key"

# The client never closes a connection.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")


@pytest.fixture(scope="module")
def provider() -> Iterator[Fal]:
    with Fal() as running:
        yield running


@pytest.fixture(scope="module")
def server(provider: Fal, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Buys everything from the provider, with a budget that is large enough."""
    installation = Installation.make(
        tmp_path_factory.mktemp("buys") / "home",
        routes={APP: "fal"},
        providers={"fal": {"url": provider.url, "at_once": 12}},
        private_providers=True,
    )
    installation.env["FAL_KEY"] = KEY
    installation.run("budget", "set", "1000", "--per", "day")
    with installation.serving() as running:
        yield running


@pytest.fixture
def pointed(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Lets a test point the client elsewhere by its module's own globals, as the how-to says."""
    yield monkeypatch
    gc.collect()  # what the client has not closed, while that is forgiven


def asked(still: Path) -> dict[str, Any]:
    """A request like no other."""
    image = fal_client.encode_file(still)
    return {"prompt": f"slow push in, {uuid4()}", "start_image_url": image, "duration": "3"}


def orders(provider: Fal, body: dict[str, Any]) -> int:
    """How often the provider has accepted that request."""
    return sum(body["prompt"] in json.dumps(each.body) for each in provider.accepted)


def handed_in(server: Server, body: dict[str, Any], **headers: str) -> fal_client.SyncRequestHandle:
    """A request that waits for its result, submitted with these headers."""
    client = fal_client.SyncClient(key=server.key)
    return client.submit(APP, arguments=body, headers=headers)


def clip(output: Any) -> bytes:
    return httpx.get(output["video"]["url"]).content


def test_a_submit_that_the_client_sends_again_is_bought_once(
    server: Server, provider: Fal, pointed: pytest.MonkeyPatch, still: Path
) -> None:
    """Its answer is lost at any moment: there may be two requests then, but one purchase."""
    bodies = [asked(still) for _ in BREAKS_AFTER_S]
    handles, broken = [], 0
    for body, after_s in zip(bodies, BREAKS_AFTER_S, strict=True):
        with Link(server.installation.port, breaks=1, after_s=after_s) as link:
            url = f"http://127.0.0.1:{link.port}/queue/"
            pointed.setattr(fal_module, "QUEUE_URL_FORMAT", url)
            handles.append(handed_in(server, body).request_id)
            broken += 1 - link.breaks_left
    assert broken >= 2, "an answer was lost early, and another one late"
    pointed.setattr(fal_module, "QUEUE_URL_FORMAT", f"{server.url}/queue/")
    client = fal_client.SyncClient(key=server.key)
    for request_id in handles:
        assert clip(client.get_handle(APP, request_id).get()) == provider.clip
    assert [orders(provider, body) for body in bodies] == [1] * len(bodies)


def test_the_same_request_under_two_keys_is_one_purchase_for_both(
    server: Server, provider: Fal, pointed: pytest.MonkeyPatch, still: Path
) -> None:
    pointed.setattr(fal_module, "QUEUE_URL_FORMAT", f"{server.url}/queue/")
    body = asked(still)
    with ThreadPoolExecutor(2) as pool:
        handles = list(
            pool.map(lambda key: handed_in(server, body, **{IDEMPOTENCY: key}), ("one", "two"))
        )
    assert len({handle.request_id for handle in handles}) == 2
    assert [clip(handle.get()) for handle in handles] == [provider.clip] * 2
    assert orders(provider, body) == 1


def test_who_asks_for_another_clip_buys_another(
    server: Server, provider: Fal, pointed: pytest.MonkeyPatch, still: Path
) -> None:
    pointed.setattr(fal_module, "QUEUE_URL_FORMAT", f"{server.url}/queue/")
    body = asked(still)
    assert clip(handed_in(server, body).get()) == provider.clip
    assert clip(handed_in(server, body).get()) == provider.clip
    assert orders(provider, body) == 1
    assert clip(handed_in(server, body, **{AGAIN: "1"}).get()) == provider.clip
    assert orders(provider, body) == 2
