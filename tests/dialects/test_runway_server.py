"""Runway's wire language against a server as strict as Runway, which its own SDK judges, too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from runwayml import APIStatusError, AuthenticationError, BadRequestError, RunwayML
from runwayml.lib import polling
from runwayml.types.task_retrieve_response import Succeeded

from photoplay.dialects.provider import Order, Ticket
from photoplay.dialects.runway import LARGEST_INLINE_BYTES, RunwayDialect
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
from tests.dialects.wanted import IMAGE_URL, KLING, KLING_TEXT, image_file, media_file, order
from tests.rigs.providers.base import Fault
from tests.rigs.providers.drive import Drive, drive
from tests.rigs.providers.runway import RunwayServer

SEEDANCE = "bytedance/seedance-2.0"
PICTURE = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ"
    "/pLvAAAAAElFTkSuQmCC"
)


@pytest.fixture
def server() -> Iterator[RunwayServer]:
    with RunwayServer() as running:
        yield running


def key_of(server: RunwayServer) -> dict[str, str]:
    return {"RUNWAYML_API_SECRET": server.key}


def clip_of(server: RunwayServer, wanted: Order, model: str = "") -> bytes:
    return drive(RunwayDialect(server.url, model), wanted, wanted.files, key_of(server))


def failing(server: RunwayServer, step: str, kind: Any, times: int = 1) -> None:
    """Let the first requests of that step go wrong."""
    left = [Fault(kind)] * times
    server.faults = lambda now: left.pop() if now == step and left else None


# Our own dialect


def test_a_clip_comes_back_as_it_was_made(server: RunwayServer, tmp_path: Path) -> None:
    files = [
        image_file(tmp_path, "start_image_url", size_px=(900, 1600)),
        image_file(tmp_path, "end_image_url", suffix=".jpg"),
    ]
    endpoint_id = KLING.format(tier="pro", kind="image-to-video")
    urls = {"start_image_url": IMAGE_URL, "end_image_url": IMAGE_URL}
    wanted = order(endpoint_id, *files, prompt="slow push in", **urls)
    assert clip_of(server, wanted) == server.clip
    (accepted,) = server.accepted
    assert accepted.body["ratio"] == "1080:1920"
    first, last = accepted.body["promptImage"]
    assert first["uri"].startswith("data:image/png;base64,iVBOR")
    assert last["uri"].startswith("data:image/jpeg;base64,/9j/")
    authorized = {"authorization" in each.headers for each in server.received[:-1]}
    assert authorized == {True}
    assert "authorization" not in server.received[-1].headers  # the download


@pytest.mark.parametrize(
    ("endpoint_id", "model", "values"),
    [
        *((KLING.format(tier=t, kind="text-to-video"), "", {}) for t in ("standard", "pro", "4k")),
        ("fal-ai/kling-video/o3/standard/text-to-video", "", {}),
        ("fal-ai/veo3.1/fast", "", {"negative_prompt": "fog", "seed": 3}),
        (f"{SEEDANCE}/text-to-video", "", {"resolution": "480p", "aspect_ratio": "1:1"}),
        (f"{SEEDANCE}/mini/text-to-video", "", {"duration": "15"}),
        (KLING_TEXT, "gen4.5", {"generate_audio": False, "duration": "10"}),
        (KLING_TEXT, "kling2.5_turbo_pro", {"generate_audio": False, "cfg_scale": 0.3}),
    ],
)
def test_runway_takes_every_model_in_our_words(
    server: RunwayServer, endpoint_id: str, model: str, values: dict[str, Any]
) -> None:
    assert clip_of(server, order(endpoint_id, prompt="rain", **values), model) == server.clip
    assert len(server.accepted) == 1


def test_runway_takes_shots_in_our_words(server: RunwayServer) -> None:
    shots = [{"prompt": "rain", "duration": "4"}, {"prompt": "sun", "duration": "6"}]
    assert clip_of(server, order(KLING_TEXT, multi_prompt=shots, duration="10")) == server.clip


def test_videos_sounds_and_large_images_are_uploaded(server: RunwayServer, tmp_path: Path) -> None:
    large, film, sound = (tmp_path / name for name in ("large.png", "film.mp4", "sound.mp3"))
    large.write_bytes(b"\x89PNG" + bytes(LARGEST_INLINE_BYTES))
    film.write_bytes(server.clip)
    sound.write_bytes(b"ID3")
    wanted = order(
        f"{SEEDANCE}/reference-to-video",
        media_file(large, "image_urls", 0, kind="image"),
        media_file(film, "video_urls", 0, kind="video"),
        media_file(sound, "audio_urls", 0, kind="audio"),
        prompt="@Image1 walks as in @Video1",
        image_urls=[IMAGE_URL],
        video_urls=["https://example.com/film.mp4"],
        audio_urls=["https://example.com/sound.mp3"],
    )
    assert clip_of(server, wanted) == server.clip
    assert list(server.uploads.values()) == [each.read_bytes() for each in (large, film, sound)]
    body = server.accepted[0].body
    assert body["referenceVideos"] == [{"type": "video", "uri": [*server.uploads][1]}]


def test_a_clip_that_waits_for_a_free_place_comes_all_the_same(server: RunwayServer) -> None:
    server.first_state = "THROTTLED"
    assert clip_of(server, order(KLING_TEXT, prompt="rain")) == server.clip


def test_a_clip_whose_url_is_gone_gets_a_new_one(server: RunwayServer) -> None:
    with Drive(RunwayDialect(server.url), key_of(server)) as driver:
        ticket = driver.buy(order(KLING_TEXT, prompt="rain"))
        failing(server, "download", "expired")
        first = driver.run(driver.dialect.watch(ticket)).download
        assert driver.send(first).status == 403
        assert driver.fetch(ticket) == server.clip
    assert len(server.accepted) == 1


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
    server: RunwayServer, step: str, kind: str, error: type[PhotoplayError]
) -> None:
    failing(server, step, kind)
    with pytest.raises(error):
        clip_of(server, order(KLING_TEXT, prompt="rain"))


def test_a_key_that_is_not_valid_is_refused_and_not_repeated(server: RunwayServer) -> None:
    wanted = order(KLING_TEXT, prompt="rain")
    with pytest.raises(ProviderKeyRefused) as caught:
        drive(RunwayDialect(server.url), wanted, {}, {"RUNWAYML_API_SECRET": "key_wrong"})
    assert "key_wrong" not in str(caught.value)


def test_an_empty_account_is_told_apart_from_a_bad_request(server: RunwayServer) -> None:
    with pytest.raises(ProviderKeyRefused, match="credits"):
        clip_of(server, order(KLING_TEXT, prompt="no credits"))
    with Drive(RunwayDialect(server.url), key_of(server)) as driver:
        call = driver.dialect.submit(order(KLING_TEXT, prompt="rain"))
        call.json["surprise"] = True
        with pytest.raises(ProviderRefused, match="surprise is unknown"):
            driver.dialect.accepted(driver.send(call))
    assert server.accepted == []


def test_a_cancelled_clip_is_stopped_there(server: RunwayServer) -> None:
    with Drive(RunwayDialect(server.url), key_of(server)) as driver:
        ticket = driver.buy(order(KLING_TEXT, prompt="rain"))
        call = RunwayDialect(server.url).cancel(ticket)
        assert driver.send(call).status == 204
        with pytest.raises(Cancelled):
            driver.fetch(ticket)


def test_a_clip_that_was_deleted_after_its_end_is_gone(server: RunwayServer) -> None:
    with Drive(RunwayDialect(server.url), key_of(server)) as driver:
        ticket = driver.buy(order(KLING_TEXT, prompt="rain"))
        driver.fetch(ticket)
        driver.send(RunwayDialect(server.url).cancel(ticket))
        with pytest.raises(Cancelled):
            driver.fetch(ticket)
        with pytest.raises(Cancelled):
            driver.fetch(Ticket(provider_id="task-of-nobody"))


# Runway's own SDK against the same server


@pytest.fixture
def sdk(server: RunwayServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunwayML]:
    monkeypatch.setattr(polling, "POLL_TIME", 0.01)
    monkeypatch.setattr(polling, "POLL_JITTER", 0)
    with RunwayML(api_key=server.key, base_url=server.url, max_retries=0) as client:
        yield client


def test_the_sdk_makes_a_clip(server: RunwayServer, sdk: RunwayML) -> None:
    task = sdk.image_to_video.create(
        model="gen4_turbo", prompt_image=PICTURE, prompt_text="rain", ratio="1280:720", duration=5
    )
    done = task.wait_for_task_output()
    assert isinstance(done, Succeeded)
    assert done.cost.credits == 25
    with Drive(RunwayDialect(server.url), key_of(server)) as driver:
        output = driver.run(driver.dialect.watch(Ticket(provider_id=task.id)))
        assert output.download.url == done.output[0]
        assert driver.download(output.download) == server.clip


def test_the_sdk_uploads_a_file(server: RunwayServer, sdk: RunwayML, tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    film.write_bytes(server.clip)
    uploaded = sdk.uploads.create_ephemeral(file=film)
    assert server.uploads == {uploaded.uri: server.clip}
    task = sdk.text_to_video.create(
        model="seedance2",
        prompt_text="rain",
        reference_videos=[{"type": "video", "uri": uploaded.uri}],
    )
    assert isinstance(task.wait_for_task_output(), Succeeded)


def test_the_sdk_is_told_of_what_goes_wrong(server: RunwayServer, sdk: RunwayML) -> None:
    with pytest.raises(BadRequestError, match="duration is 11"):
        sdk.text_to_video.create(model="gen4.5", prompt_text="rain", ratio="1280:720", duration=11)
    server.faults = lambda step: Fault("moderated") if step == "submit" else None
    task = sdk.text_to_video.create(
        model="gen4.5", prompt_text="rain", ratio="1280:720", duration=5
    )
    with pytest.raises(polling.TaskFailedError) as caught:
        task.wait_for_task_output()
    assert caught.value.task_details.status == "FAILED"
    assert caught.value.task_details.failure_code == "SAFETY.INPUT.TEXT"
    with pytest.raises(AuthenticationError):
        sdk.with_options(api_key="key_wrong").tasks.retrieve(task.id)


def test_the_sdk_cancels(sdk: RunwayML) -> None:
    task = sdk.text_to_video.create(
        model="gen4.5", prompt_text="rain", ratio="1280:720", duration=5
    )
    sdk.tasks.delete(task.id)
    assert sdk.tasks.retrieve(task.id).status == "CANCELLED"
    with pytest.raises(APIStatusError, match="not found"):
        sdk.tasks.retrieve("task-of-nobody")


def test_the_sdk_buys_twice_where_an_answer_is_lost(server: RunwayServer) -> None:
    """Why clips are not bought through it: docs/decisions/0012-own-wire-for-providers.md."""
    failing(server, "submit", "drop-after")
    with RunwayML(api_key=server.key, base_url=server.url) as client:
        client.text_to_video.create(
            model="gen4.5", prompt_text="rain", ratio="1280:720", duration=5
        )
    assert len(server.accepted) == 2
