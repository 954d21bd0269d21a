"""fal as a provider, over HTTP: against a strict server that fal's own client finds faithful."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import fal_client
import httpx
import pytest
from fal_client import client as module

from photoplay.dialects.fal import FalHosted, storage
from photoplay.errors import (
    Cancelled,
    ContentRefused,
    OutcomeUnclear,
    ProviderBusy,
    ProviderFailed,
    ProviderKeyRefused,
    ProviderUnavailable,
)
from tests.rigs.providers.base import FaultKind, Request, Step
from tests.rigs.providers.drive import Drive, drive
from tests.rigs.providers.fal import KEY, SEED, Fal
from tests.rigs.providers.orders import IMAGE, VIDEO, fault_at, media_file, order_of, png, row

CREDENTIALS = {"FAL_KEY": KEY}
V3 = row("v3/pro/image-to-video")
WAN = row("alibaba/wan-3.0/image-to-video")

# The official client never closes a connection.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")


@pytest.fixture
def server() -> Iterator[Fal]:
    with Fal() as server:
        yield server


@pytest.fixture
def driver(server: Fal) -> Iterator[Drive]:
    with Drive(FalHosted(url=server.url), CREDENTIALS) as driver:
        yield driver


# The dialect


def test_a_clip_comes_back_as_it_was_made(server: Fal, tmp_path: Path) -> None:
    order = order_of(V3, tmp_path, prompt="a fox", start_image_url=IMAGE, end_image_url=IMAGE)
    clip = drive(FalHosted(url=server.url), order, order.files, CREDENTIALS)
    assert clip == server.clip
    (accepted,) = server.accepted
    assert accepted.body["prompt"] == "a fox"
    assert len(server.files) == 2
    assert set(server.files.values()) == {png()}


def test_elements_and_motion_are_brought_there_too(server: Fal, tmp_path: Path) -> None:
    element = {"frontal_image_url": IMAGE, "reference_image_urls": [IMAGE, IMAGE]}
    motion = order_of(
        row("v3/pro/motion-control"),
        tmp_path,
        image_url=IMAGE,
        video_url=VIDEO,
        character_orientation="video",
        elements=[element],
    )
    clip = drive(FalHosted(url=server.url), motion, motion.files, CREDENTIALS)
    assert clip == server.clip
    assert len(server.files) == 5


def test_a_large_file_arrives_whole_in_parts(
    server: Fal, driver: Drive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "WHOLE_BYTES", 100)
    monkeypatch.setattr(storage, "PART_BYTES", 64)
    driver.run(driver.dialect.upload(media_file(tmp_path)))
    assert list(server.files.values()) == [png()]
    (parts,) = server.parts.values()
    assert len(parts) > 2


def test_size_and_seed_are_told(server: Fal, driver: Drive, tmp_path: Path) -> None:
    ticket = driver.buy(order_of(WAN, tmp_path, prompt="a fox", start_image_url=IMAGE))
    output = driver.run(driver.dialect.watch(ticket))
    assert (output.bytes, output.seed) == (len(server.clip), SEED)
    assert [wait.message for wait in driver.waits] == [
        "in fal's queue, 3 ahead",
        "rendering shot 1",
    ]


def test_every_endpoint_that_needs_one_image_is_rendered(server: Fal, tmp_path: Path) -> None:
    for name in ("v3/turbo/standard/image-to-video", "o3/4k/image-to-video"):
        order = order_of(row(name), tmp_path, prompt="a fox", image_url=IMAGE)
        assert drive(FalHosted(url=server.url), order, order.files, CREDENTIALS) == server.clip


def test_what_is_moderated_is_refused_content(server: Fal, driver: Drive, tmp_path: Path) -> None:
    server.faults = fault_at("submit", "moderated")
    ticket = driver.buy(order_of(V3, tmp_path, prompt="a fox", start_image_url=IMAGE))
    with pytest.raises(ContentRefused, match="flagged by a content checker"):
        driver.fetch(ticket)


def test_what_fails_there_is_free(server: Fal, driver: Drive, tmp_path: Path) -> None:
    server.faults = fault_at("submit", "failed")
    ticket = driver.buy(order_of(V3, tmp_path, prompt="a fox", start_image_url=IMAGE))
    with pytest.raises(ProviderFailed, match="No frames were made") as caught:
        driver.fetch(ticket)
    assert caught.value.charged_usd == 0


def test_what_is_invalid_shows_late_and_says_where(
    server: Fal, driver: Drive, tmp_path: Path
) -> None:
    order = order_of(V3, tmp_path, prompt="a fox", start_image_url=IMAGE)
    ticket = driver.buy(replace(order, values=order.values | {"duration": "99"}))
    with pytest.raises(ProviderFailed, match=r"\(duration\)"):
        driver.fetch(ticket)
    assert len(server.accepted) == 1


def test_a_file_that_was_never_uploaded_is_named(driver: Drive) -> None:
    ticket = driver.buy(order_of(V3, prompt="a fox", start_image_url=IMAGE))
    with pytest.raises(ProviderFailed, match=r"download the file \(start_image_url\)"):
        driver.fetch(ticket)


def test_a_busy_queue_takes_nothing(server: Fal, driver: Drive, tmp_path: Path) -> None:
    server.faults = fault_at("submit", "429-retry-after")
    with pytest.raises(ProviderBusy) as caught:
        driver.buy(order_of(V3, tmp_path, prompt="a fox", start_image_url=IMAGE))
    assert caught.value.retry_after_s == 1
    assert server.accepted == []


@pytest.mark.parametrize("kind", ["500", "503-html"])
def test_a_fault_at_submit_leaves_the_outcome_open(
    server: Fal, driver: Drive, tmp_path: Path, kind: FaultKind
) -> None:
    server.faults = fault_at("submit", kind)
    with pytest.raises(OutcomeUnclear):
        driver.buy(order_of(V3, tmp_path, prompt="a fox", start_image_url=IMAGE))


@pytest.mark.parametrize("step", ["status", "result"])
@pytest.mark.parametrize("kind", ["500", "503-html", "429"])
def test_a_fault_while_waiting_is_no_end(
    server: Fal, driver: Drive, tmp_path: Path, step: Step, kind: FaultKind
) -> None:
    ticket = driver.buy(order_of(V3, tmp_path, prompt="a fox", start_image_url=IMAGE))
    server.faults = fault_at(step, kind)
    with pytest.raises((ProviderUnavailable, ProviderBusy)):
        driver.fetch(ticket)
    server.faults = lambda step: None  # noqa: ARG005
    assert driver.fetch(ticket) == server.clip


def test_a_download_that_has_expired_is_found_again(
    server: Fal, driver: Drive, tmp_path: Path
) -> None:
    ticket = driver.buy(order_of(V3, tmp_path, prompt="a fox", start_image_url=IMAGE))
    server.faults = fault_at("download", "expired")
    with pytest.raises(httpx.HTTPStatusError):
        driver.fetch(ticket)
    server.faults = lambda step: None  # noqa: ARG005
    assert driver.fetch(ticket) == server.clip


def test_a_wrong_key_is_told_at_the_first_call(server: Fal, tmp_path: Path) -> None:
    order = order_of(V3, tmp_path, prompt="a fox", start_image_url=IMAGE)
    with pytest.raises(ProviderKeyRefused) as caught:
        drive(FalHosted(url=server.url), order, order.files, {"FAL_KEY": "id:wrong-secret"})
    assert "wrong-secret" not in str(caught.value)
    assert server.accepted == []


def test_a_cancelled_request_ends_as_cancelled(driver: Drive, tmp_path: Path) -> None:
    ticket = driver.buy(order_of(V3, tmp_path, prompt="a fox", start_image_url=IMAGE))
    cancel = driver.dialect.cancel(ticket)
    assert cancel is not None
    assert driver.send(cancel).status == 202
    with pytest.raises(Cancelled):
        driver.fetch(ticket)


def test_a_server_that_calls_itself_otherwise_is_still_asked_here(
    server: Fal, driver: Drive, tmp_path: Path
) -> None:
    server.links_at = "https://films.example.com"
    ticket = driver.buy(order_of(V3, tmp_path, prompt="a fox", start_image_url=IMAGE))
    assert driver.fetch(ticket) == server.clip


def test_the_key_goes_to_the_queue_and_storage_only(
    server: Fal, driver: Drive, tmp_path: Path
) -> None:
    driver.fetch(driver.buy(order_of(V3, tmp_path, prompt="a fox", start_image_url=IMAGE)))
    bearers = {request.path.split("/")[1] for request in server.received if _has_key(request)}
    others = [request.path for request in server.received if not _has_key(request)]
    assert bearers == {"queue", "rest"}
    assert len(others) == 2
    assert others[0].startswith("/rest/storage/upload/to/whole/")
    assert others[1].startswith("/clips/")


# fal's own client, unmodified, finds the server faithful


@pytest.fixture
def official(server: Fal, monkeypatch: pytest.MonkeyPatch) -> Iterator[fal_client.SyncClient]:
    monkeypatch.setattr(module, "RUN_URL_FORMAT", f"{server.url}/run/")
    monkeypatch.setattr(module, "QUEUE_URL_FORMAT", f"{server.url}/queue/")
    monkeypatch.setattr(module, "REST_URL", f"{server.url}/rest")
    monkeypatch.setattr(module, "CDN_URL", f"{server.url}/cdn")
    yield fal_client.SyncClient(key=KEY)
    gc.collect()  # what it has not closed, while that is forgiven


def test_the_official_client_uploads_submits_and_downloads(
    server: Fal, official: fal_client.SyncClient, tmp_path: Path
) -> None:
    url = official.upload_file(media_file(tmp_path).path)
    handle = official.submit(V3.id, {"prompt": "a fox", "start_image_url": url})
    events = list(handle.iter_events(with_logs=True, interval=0.01))
    assert [type(event).__name__ for event in events] == ["Queued", "InProgress", "Completed"]
    assert httpx.get(handle.get()["video"]["url"]).content == server.clip
    assert len(server.accepted) == 1


def test_the_official_client_cancels_and_hears_of_refusals(
    server: Fal, official: fal_client.SyncClient, tmp_path: Path
) -> None:
    url = official.upload_file(media_file(tmp_path).path)
    handle = official.submit(V3.id, {"prompt": "a fox", "start_image_url": url})
    handle.cancel()
    *_, last = handle.iter_events(interval=0.01)
    assert isinstance(last, fal_client.Completed)
    assert last.error_type == "client_cancelled"
    server.faults = fault_at("submit", "moderated")
    with pytest.raises(fal_client.FalClientHTTPError) as caught:
        official.subscribe(V3.id, {"prompt": "a fox", "start_image_url": url})
    assert caught.value.response.status_code == 422


def _has_key(request: Request) -> bool:
    return request.headers.get("authorization") == f"Key {KEY}"
