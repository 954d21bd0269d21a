"""WaveSpeed over HTTP: against a strict server that WaveSpeed's own client finds faithful."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
import wavespeed

from photoplay.dialects.wavespeed import WaveSpeed
from photoplay.errors import (
    Cancelled,
    ContentRefused,
    OutcomeUnclear,
    ProviderBusy,
    ProviderFailed,
    ProviderKeyRefused,
    ProviderRefused,
    ProviderUnavailable,
)
from tests.rigs.providers.base import FaultKind
from tests.rigs.providers.drive import Drive, drive
from tests.rigs.providers.orders import IMAGE, VIDEO, fault_at, media_file, order_of, png, row
from tests.rigs.providers.wavespeed import KEY, WaveSpeedServer

CREDENTIALS = {"WAVESPEED_API_KEY": KEY}
V3 = row("v3/pro/image-to-video")
MODEL = "kwaivgi/kling-v3.0-pro/image-to-video"


@pytest.fixture
def server() -> Iterator[WaveSpeedServer]:
    with WaveSpeedServer() as server:
        yield server


@pytest.fixture
def driver(server: WaveSpeedServer) -> Iterator[Drive]:
    with Drive(WaveSpeed(url=server.url), CREDENTIALS) as driver:
        yield driver


# The dialect


def test_a_clip_comes_back_as_it_was_made(server: WaveSpeedServer, tmp_path: Path) -> None:
    order = order_of(V3, tmp_path, prompt="a fox", start_image_url=IMAGE, end_image_url=IMAGE)
    assert drive(WaveSpeed(url=server.url), order, order.files, CREDENTIALS) == server.clip
    (accepted,) = server.accepted
    assert accepted.body["model"] == MODEL
    assert accepted.body["duration"] == 5
    assert list(server.files.values()) == [png(), png()]


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("v3/4k/text-to-video", {"prompt": "a fox", "aspect_ratio": "9:16"}),
        (
            "v3/standard/motion-control",
            {"image_url": IMAGE, "video_url": VIDEO, "character_orientation": "image"},
        ),
        ("v3/turbo/pro/image-to-video", {"image_url": IMAGE}),
        ("v3/turbo/pro/text-to-video", {"prompt": "a fox"}),
        ("o3/pro/image-to-video", {"prompt": "a fox", "image_url": IMAGE}),
        ("o3/standard/text-to-video", {"prompt": "a fox"}),
        ("v2.6/pro/image-to-video", {"prompt": "a fox", "start_image_url": IMAGE}),
        ("v2.6/pro/text-to-video", {"prompt": "a fox"}),
        ("v2.5-turbo/pro/image-to-video", {"prompt": "a fox", "image_url": IMAGE}),
    ],
)
def test_each_generation_is_taken_by_a_strict_server(
    server: WaveSpeedServer, tmp_path: Path, name: str, body: dict[str, str]
) -> None:
    order = order_of(row(name), tmp_path, **body)
    assert drive(WaveSpeed(url=server.url), order, order.files, CREDENTIALS) == server.clip


def test_the_webhook_is_passed_on(server: WaveSpeedServer, driver: Drive) -> None:
    order = order_of(row("v3/pro/text-to-video"), prompt="a fox")
    driver.buy(replace(order, webhook_url="https://a.example/hook?k=1"))
    assert server.webhooks == ["https://a.example/hook?k=1"]


@pytest.mark.parametrize(
    ("kind", "error", "words"),
    [
        ("moderated", ContentRefused, "sensitive information"),
        ("failed", ProviderFailed, "execution failed"),
    ],
)
def test_an_end_without_a_clip_says_why(
    server: WaveSpeedServer,
    driver: Drive,
    kind: FaultKind,
    error: type[Exception],
    words: str,
) -> None:
    server.faults = fault_at("submit", kind)
    ticket = driver.buy(order_of(row("v3/pro/text-to-video"), prompt="a fox"))
    with pytest.raises(error, match=words):
        driver.fetch(ticket)


def test_a_file_that_was_never_uploaded_is_named(driver: Drive) -> None:
    ticket = driver.buy(order_of(V3, prompt="a fox", start_image_url=IMAGE))
    with pytest.raises(ProviderFailed, match="download image"):
        driver.fetch(ticket)


def test_a_busy_provider_takes_nothing(server: WaveSpeedServer, driver: Drive) -> None:
    server.faults = fault_at("submit", "429-retry-after")
    with pytest.raises(ProviderBusy) as caught:
        driver.buy(order_of(row("v3/pro/text-to-video"), prompt="a fox"))
    assert caught.value.retry_after_s == 1
    assert server.accepted == []


@pytest.mark.parametrize("kind", ["500", "503-html"])
def test_a_fault_at_submit_leaves_the_outcome_open(
    server: WaveSpeedServer, driver: Drive, kind: FaultKind
) -> None:
    server.faults = fault_at("submit", kind)
    with pytest.raises(OutcomeUnclear):
        driver.buy(order_of(row("v3/pro/text-to-video"), prompt="a fox"))


@pytest.mark.parametrize("kind", ["500", "503-html", "429"])
def test_a_fault_while_waiting_is_no_end(
    server: WaveSpeedServer, driver: Drive, kind: FaultKind
) -> None:
    ticket = driver.buy(order_of(row("v3/pro/text-to-video"), prompt="a fox"))
    server.faults = fault_at("status", kind)
    with pytest.raises((ProviderUnavailable, ProviderBusy)):
        driver.fetch(ticket)
    server.faults = lambda step: None  # noqa: ARG005
    assert driver.fetch(ticket) == server.clip


def test_a_download_that_has_expired_is_found_again(server: WaveSpeedServer, driver: Drive) -> None:
    ticket = driver.buy(order_of(row("v3/pro/text-to-video"), prompt="a fox"))
    server.faults = fault_at("download", "expired")
    with pytest.raises(httpx.HTTPStatusError):
        driver.fetch(ticket)
    server.faults = lambda step: None  # noqa: ARG005
    assert driver.fetch(ticket) == server.clip


def test_a_wrong_key_is_told_at_the_first_call(server: WaveSpeedServer, tmp_path: Path) -> None:
    order = order_of(V3, tmp_path, prompt="a fox", start_image_url=IMAGE)
    wrong = {"WAVESPEED_API_KEY": "wrong-secret"}
    with pytest.raises(ProviderKeyRefused) as caught:
        drive(WaveSpeed(url=server.url), order, order.files, wrong)
    assert "wrong-secret" not in str(caught.value)


def test_a_request_against_their_schema_was_surely_not_accepted(
    server: WaveSpeedServer, driver: Drive
) -> None:
    order = order_of(row("v3/pro/text-to-video"), prompt="a fox")
    with pytest.raises(ProviderRefused, match="cfg_scale"):
        driver.buy(replace(order, values=order.values | {"cfg_scale": 2}))
    assert server.accepted == []


def test_what_was_stopped_there_is_cancelled_here(server: WaveSpeedServer, driver: Drive) -> None:
    ticket = driver.buy(order_of(row("v3/pro/text-to-video"), prompt="a fox"))
    server.tasks[ticket.provider_id].fate = "cancelled"
    with pytest.raises(Cancelled):
        driver.fetch(ticket)


def test_the_key_goes_to_the_api_only(
    server: WaveSpeedServer, driver: Drive, tmp_path: Path
) -> None:
    driver.fetch(driver.buy(order_of(V3, tmp_path, prompt="a fox", start_image_url=IMAGE)))
    with_key = {r.path.split("/")[1] for r in server.received if "authorization" in r.headers}
    without = {r.path.split("/")[1] for r in server.received if "authorization" not in r.headers}
    assert (with_key, without) == ({"api"}, {"storage", "clips"})


# WaveSpeed's own client, unmodified, finds the server faithful


def test_the_official_client_uploads_submits_and_downloads(
    server: WaveSpeedServer, tmp_path: Path
) -> None:
    client = wavespeed.Client(api_key=KEY, base_url=server.url, retry_interval=0.01)
    image = client.upload(str(media_file(tmp_path).path))
    inputs = {"image": image, "prompt": "a fox", "duration": 5, "sound": False}
    (url,) = client.run(MODEL, inputs, poll_interval=0.01)["outputs"]
    assert httpx.get(url).content == server.clip
    assert len(server.accepted) == 1


def test_the_official_client_hears_of_refusals(server: WaveSpeedServer, tmp_path: Path) -> None:
    client = wavespeed.Client(api_key=KEY, base_url=server.url, retry_interval=0.01)
    image = client.upload(str(media_file(tmp_path).path))
    with pytest.raises(RuntimeError, match="invalid value for duration"):
        client.run(MODEL, {"image": image, "prompt": "a fox", "duration": "5"})
    server.faults = fault_at("submit", "moderated")
    with pytest.raises(RuntimeError, match="sensitive information"):
        client.run(MODEL, {"image": image, "prompt": "a fox"}, poll_interval=0.01)
    stranger = wavespeed.Client(api_key="wrong", base_url=server.url)
    with pytest.raises(RuntimeError, match="401"):
        stranger.run(MODEL, {"image": image, "prompt": "a fox"})
