"""AtlasCloud over HTTP: against a strict server of its documented API. It has no own client."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from photoplay.dialects.atlascloud import AtlasCloud
from photoplay.errors import (
    ContentRefused,
    OutcomeUnclear,
    ProviderBusy,
    ProviderFailed,
    ProviderKeyRefused,
    ProviderRefused,
    ProviderUnavailable,
)
from tests.rigs.providers.atlascloud import KEY, AtlasCloudServer
from tests.rigs.providers.base import FaultKind
from tests.rigs.providers.drive import Drive, drive
from tests.rigs.providers.orders import IMAGE, fault_at, order_of, png, row

CREDENTIALS = {"ATLASCLOUD_API_KEY": KEY}
V3 = row("v3/pro/image-to-video")
TEXT = row("v3/standard/text-to-video")


@pytest.fixture(params=[False, True], ids=["errors in 200", "errors by status"])
def server(request: pytest.FixtureRequest) -> Iterator[AtlasCloudServer]:
    with AtlasCloudServer() as server:
        server.errors_by_http = request.param
        yield server


@pytest.fixture
def dialect(server: AtlasCloudServer) -> AtlasCloud:
    return AtlasCloud(url=f"{server.url}/api/v1")


@pytest.fixture
def driver(dialect: AtlasCloud) -> Iterator[Drive]:
    with Drive(dialect, CREDENTIALS) as driver:
        yield driver


@pytest.mark.parametrize("name", ["v3/pro/image-to-video", "v3/4k/image-to-video"])
def test_a_clip_comes_back_as_it_was_made(
    server: AtlasCloudServer, dialect: AtlasCloud, tmp_path: Path, name: str
) -> None:
    given = {"prompt": "a fox", "start_image_url": IMAGE, "end_image_url": IMAGE}
    order = order_of(row(name), tmp_path, **given)
    assert drive(dialect, order, order.files, CREDENTIALS) == server.clip
    (accepted,) = server.accepted
    assert accepted.body["image"] != accepted.body["end_image"]
    assert list(server.files.values()) == [png(), png()]


def test_text_and_o3_are_taken_by_a_strict_server(
    server: AtlasCloudServer, dialect: AtlasCloud, tmp_path: Path
) -> None:
    o3 = order_of(row("o3/pro/image-to-video"), tmp_path, prompt="a fox", image_url=IMAGE)
    for order in (o3, order_of(TEXT, prompt="a fox", aspect_ratio="1:1")):
        assert drive(dialect, order, order.files, CREDENTIALS) == server.clip


@pytest.mark.parametrize(
    ("kind", "error", "words"),
    [("moderated", ContentRefused, "flagged"), ("failed", ProviderFailed, "no frames")],
)
def test_an_end_without_a_clip_says_why(
    server: AtlasCloudServer, driver: Drive, kind: FaultKind, error: type[Exception], words: str
) -> None:
    server.faults = fault_at("submit", kind)
    ticket = driver.buy(order_of(TEXT, prompt="a fox"))
    with pytest.raises(error, match=words):
        driver.fetch(ticket)


def test_a_busy_provider_takes_nothing(server: AtlasCloudServer, driver: Drive) -> None:
    server.faults = fault_at("submit", "429-retry-after")
    with pytest.raises(ProviderBusy) as caught:
        driver.buy(order_of(TEXT, prompt="a fox"))
    assert caught.value.retry_after_s == 1
    assert server.accepted == []


@pytest.mark.parametrize("kind", ["500", "503-html"])
def test_a_fault_at_submit_leaves_the_outcome_open(
    server: AtlasCloudServer, driver: Drive, kind: FaultKind
) -> None:
    server.faults = fault_at("submit", kind)
    with pytest.raises(OutcomeUnclear):
        driver.buy(order_of(TEXT, prompt="a fox"))


@pytest.mark.parametrize("kind", ["500", "503-html", "429"])
def test_a_fault_while_waiting_is_no_end(
    server: AtlasCloudServer, driver: Drive, kind: FaultKind
) -> None:
    ticket = driver.buy(order_of(TEXT, prompt="a fox"))
    server.faults = fault_at("status", kind)
    with pytest.raises((ProviderUnavailable, ProviderBusy)):
        driver.fetch(ticket)
    server.faults = lambda step: None  # noqa: ARG005
    assert driver.fetch(ticket) == server.clip


def test_a_download_that_has_expired_is_found_again(
    server: AtlasCloudServer, driver: Drive
) -> None:
    ticket = driver.buy(order_of(TEXT, prompt="a fox"))
    server.faults = fault_at("download", "expired")
    with pytest.raises(httpx.HTTPStatusError):
        driver.fetch(ticket)
    server.faults = lambda step: None  # noqa: ARG005
    assert driver.fetch(ticket) == server.clip


def test_a_wrong_key_is_told_at_the_first_call(
    server: AtlasCloudServer, dialect: AtlasCloud, tmp_path: Path
) -> None:
    order = order_of(V3, tmp_path, prompt="a fox", start_image_url=IMAGE)
    with pytest.raises(ProviderKeyRefused) as caught:
        drive(dialect, order, order.files, {"ATLASCLOUD_API_KEY": "wrong-secret"})
    assert "wrong-secret" not in str(caught.value)
    assert server.accepted == []


def test_a_request_against_their_schema_was_surely_not_accepted(
    server: AtlasCloudServer, driver: Drive
) -> None:
    order = order_of(TEXT, prompt="a fox")
    with pytest.raises(ProviderRefused, match="cfg_scale"):
        driver.buy(replace(order, values=order.values | {"cfg_scale": 2}))
    assert server.accepted == []


def test_a_file_that_was_never_uploaded_fails_the_prediction(driver: Drive) -> None:
    ticket = driver.buy(order_of(V3, prompt="a fox", start_image_url=IMAGE))
    with pytest.raises(ProviderFailed, match="cannot download image"):
        driver.fetch(ticket)


def test_a_prediction_that_it_forgot_is_gone(server: AtlasCloudServer, driver: Drive) -> None:
    ticket = driver.buy(order_of(TEXT, prompt="a fox"))
    server.tasks.clear()
    with pytest.raises(ProviderFailed, match="no longer knows"):
        driver.fetch(ticket)
