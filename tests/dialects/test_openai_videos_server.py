"""The shape of OpenAI's Videos API against a server of it, which OpenAI's own SDK judges, too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openai import AuthenticationError, BadRequestError, NotFoundError, OpenAI

from photoplay.dialects.openai_videos import OpenAIVideosDialect
from photoplay.dialects.provider import Order, Ticket
from photoplay.errors import (
    Cancelled,
    ContentRefused,
    OutcomeUnclear,
    PhotoplayError,
    ProviderBusy,
    ProviderFailed,
    ProviderKeyRefused,
    ProviderRefused,
)
from tests.dialects.wanted import IMAGE_URL, KLING_IMAGE, KLING_TEXT, image_file, order
from tests.rigs.providers.base import Fault
from tests.rigs.providers.drive import Drive, drive
from tests.rigs.providers.openai_videos import POLL_AFTER_MS, OpenAIVideosServer

WAN = "fal-ai/wan/v2.2-a14b/image-to-video"


@pytest.fixture
def server() -> Iterator[OpenAIVideosServer]:
    with OpenAIVideosServer() as running:
        yield running


@pytest.fixture
def strict() -> Iterator[OpenAIVideosServer]:
    with OpenAIVideosServer(is_open=False) as running:
        yield running


def driver_of(server: OpenAIVideosServer, model: str = "") -> Drive:
    credentials = {} if server.key is None else {"OPENAI_API_KEY": server.key}
    return Drive(OpenAIVideosDialect(server.base_url, model), credentials)


def clip_of(server: OpenAIVideosServer, wanted: Order, model: str = "") -> bytes:
    with driver_of(server, model) as driver:
        return driver.fetch(driver.buy(wanted))


def failing(server: OpenAIVideosServer, step: str, kind: Any) -> None:
    """Let the first request of that step go wrong."""
    left = [Fault(kind)]
    server.faults = lambda now: left.pop() if now == step and left else None


# Our own dialect


@pytest.mark.parametrize("suffix", [".png", ".jpg"])
def test_a_clip_comes_back_as_it_was_made(
    server: OpenAIVideosServer, tmp_path: Path, suffix: str
) -> None:
    file = image_file(tmp_path, "start_image_url", size_px=(900, 1600), suffix=suffix)
    wanted = order(KLING_IMAGE, file, prompt="slow push in", start_image_url=IMAGE_URL)
    assert clip_of(server, wanted) == server.clip
    assert server.images == [file.path.read_bytes()]
    (accepted,) = server.accepted
    assert accepted.body["size"] == "1080x1920"
    assert {each.headers.get("authorization") for each in server.received} == {
        f"Bearer {server.key}"
    }


def test_a_server_takes_the_words_of_open_engines(
    server: OpenAIVideosServer, tmp_path: Path
) -> None:
    wanted = order(
        WAN, image_file(tmp_path, "image_url"), prompt="rain", image_url=IMAGE_URL, seed=7
    )
    assert clip_of(server, wanted, "Wan-AI/Wan2.2-I2V-A14B-Diffusers") == server.clip
    assert server.accepted[0].body["num_frames"] == "81"


def test_a_server_of_ones_own_needs_no_key() -> None:
    with OpenAIVideosServer(key=None) as server:
        assert clip_of(server, order(KLING_TEXT, prompt="rain")) == server.clip
        assert not any("authorization" in each.headers for each in server.received)


def test_a_strict_server_takes_sora_in_our_words(
    strict: OpenAIVideosServer, tmp_path: Path
) -> None:
    wanted = order(KLING_TEXT, prompt="rain", duration="8", aspect_ratio="9:16")
    assert clip_of(strict, wanted, "sora-2") == strict.clip
    file = image_file(tmp_path, "start_image_url")
    wanted = order(KLING_IMAGE, file, prompt="rain", start_image_url=IMAGE_URL, duration="4")
    assert clip_of(strict, wanted, "sora-2-pro") == strict.clip
    assert [each.body["size"] for each in strict.accepted] == ["720x1280", "1792x1024"]


def test_the_server_says_how_often_it_is_asked(server: OpenAIVideosServer) -> None:
    with driver_of(server) as driver:
        driver.fetch(driver.buy(order(KLING_TEXT, prompt="rain")))
        assert [(each.seconds, each.fraction) for each in driver.waits] == [
            (0.1, 0),  # no less, however often it would be
            (0.1, 0.4),
        ]
    assert POLL_AFTER_MS < 100


@pytest.mark.parametrize(
    ("step", "kind", "error"),
    [
        ("submit", "moderated", ContentRefused),
        ("submit", "failed", ProviderFailed),
        ("submit", "429-retry-after", ProviderBusy),
        ("submit", "500", OutcomeUnclear),
        ("submit", "503-html", OutcomeUnclear),
        ("status", "429", ProviderBusy),
    ],
)
def test_what_goes_wrong_is_told_apart(
    server: OpenAIVideosServer, step: str, kind: str, error: type[PhotoplayError]
) -> None:
    failing(server, step, kind)
    with pytest.raises(error):
        clip_of(server, order(KLING_TEXT, prompt="rain"))


@pytest.mark.parametrize(
    ("prompt", "error"),
    [("no quota", ProviderKeyRefused), ("moderated at once", ContentRefused)],
)
def test_what_is_refused_at_once_is_not_accepted(
    server: OpenAIVideosServer, prompt: str, error: type[PhotoplayError]
) -> None:
    with pytest.raises(error):
        clip_of(server, order(KLING_TEXT, prompt=prompt))
    assert server.accepted == []


def test_a_strict_server_refuses_the_words_of_open_engines(strict: OpenAIVideosServer) -> None:
    with pytest.raises(ProviderRefused, match="Invalid value: 'seconds'"):
        clip_of(strict, order(KLING_TEXT, prompt="rain"))
    with pytest.raises(ProviderRefused, match="Unknown parameter: 'negative_prompt'"):
        clip_of(strict, order(KLING_TEXT, prompt="rain", duration="8"))


def test_a_key_that_is_not_valid_is_refused_and_not_repeated(server: OpenAIVideosServer) -> None:
    wanted, dialect = order(KLING_TEXT, prompt="rain"), OpenAIVideosDialect(server.base_url)
    with pytest.raises(ProviderKeyRefused) as caught:
        drive(dialect, wanted, {}, {"OPENAI_API_KEY": "sk-wrong"})
    assert "sk-wrong" not in str(caught.value)


def test_a_cancelled_job_is_gone(server: OpenAIVideosServer) -> None:
    with driver_of(server) as driver:
        ticket = driver.buy(order(KLING_TEXT, prompt="rain"))
        assert driver.send(OpenAIVideosDialect(server.base_url).cancel(ticket)).is_ok
        with pytest.raises(Cancelled):
            driver.fetch(ticket)


def test_a_server_that_does_not_stop_makes_the_clip(strict: OpenAIVideosServer) -> None:
    with driver_of(strict, "sora-2") as driver:
        ticket = driver.buy(order(KLING_TEXT, prompt="rain", duration="8"))
        assert driver.send(OpenAIVideosDialect(strict.base_url).cancel(ticket)).status == 400
        assert driver.fetch(ticket) == strict.clip


# OpenAI's own SDK against the same server

sora_ended = pytest.mark.filterwarnings(
    "ignore:The Sora API is scheduled to permanently shut down:DeprecationWarning"
)


@pytest.fixture
def sdk(strict: OpenAIVideosServer) -> Iterator[OpenAI]:
    with OpenAI(api_key=strict.key, base_url=strict.base_url, max_retries=0) as client:
        yield client


@sora_ended
def test_the_sdk_makes_a_clip(strict: OpenAIVideosServer, sdk: OpenAI, tmp_path: Path) -> None:
    image = image_file(tmp_path, "start").path
    video = sdk.videos.create_and_poll(
        prompt="rain", model="sora-2", seconds="8", size="1280x720", input_reference=image
    )
    assert (video.status, video.progress, video.seconds) == ("completed", 100, "8")
    assert sdk.videos.download_content(video.id).content == strict.clip
    assert strict.images == [image.read_bytes()]
    with driver_of(strict) as driver:
        assert driver.fetch(Ticket(provider_id=video.id)) == strict.clip


@sora_ended
def test_the_sdk_is_told_of_what_goes_wrong(strict: OpenAIVideosServer, sdk: OpenAI) -> None:
    with pytest.raises(BadRequestError, match="Invalid value: 'seconds'"):
        sdk.videos.create(prompt="rain", seconds="5")  # type: ignore[arg-type]
    failing(strict, "submit", "moderated")
    video = sdk.videos.create_and_poll(prompt="rain")
    assert video.status == "failed"
    assert video.error is not None
    assert video.error.code == "moderation_blocked"
    with pytest.raises(AuthenticationError):
        sdk.with_options(api_key="sk-wrong").videos.retrieve(video.id)


@sora_ended
def test_the_sdk_deletes_what_has_ended(sdk: OpenAI) -> None:
    video = sdk.videos.create_and_poll(prompt="rain")
    assert sdk.videos.delete(video.id).deleted
    with pytest.raises(NotFoundError):
        sdk.videos.retrieve(video.id)


@sora_ended
def test_the_sdk_buys_twice_where_an_answer_is_lost(strict: OpenAIVideosServer) -> None:
    """Why clips are not bought through it: docs/decisions/0012-own-wire-for-providers.md."""
    failing(strict, "submit", "drop-after")
    with OpenAI(api_key=strict.key, base_url=strict.base_url) as client:
        client.videos.create(prompt="rain")
    assert len(strict.accepted) == 2
