"""Kling's dialects against servers of both designs, from the check to the clip.

Kling has no SDK of its own that could judge the servers: they follow the documented tables.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from PIL import Image

from photoplay.dialects.kling import KlingNew, KlingOld
from photoplay.dialects.provider import Call, Credentials, Json, Loc, MediaFile, Order, Ticket
from photoplay.errors import (
    ContentRefused,
    OutcomeUnclear,
    PhotoplayError,
    ProviderBusy,
    ProviderFailed,
    ProviderKeyRefused,
    ProviderRefused,
    ProviderUnavailable,
)
from tests.dialects.kling_orders import (
    FILM,
    FIRST,
    KEY,
    O3_EDIT,
    O3_IMAGE,
    O3_REFERENCE,
    O3_TEXT,
    O3_VIDEO,
    SHOTS,
    TURBO_IMAGE,
    V3_IMAGE,
    V3_MOTION,
    V3_TEXT,
    V25_IMAGE,
    V26_IMAGE,
    V26_MOTION,
    V26_TEXT,
    order,
)
from tests.rigs.providers.base import Fault
from tests.rigs.providers.drive import Drive, drive
from tests.rigs.providers.kling import (
    ACCESS_KEY,
    API_KEY,
    CHARGED,
    FORBIDDEN,
    SECRET_KEY,
    KlingServer,
)
from tests.rigs.providers.kling_new import KlingNewServer
from tests.rigs.providers.kling_old import KlingOldServer

Design = str
NEW_KEYS = {"KLINGAI_API_KEY": API_KEY}
OLD_KEYS = {"KLINGAI_ACCESS_KEY": ACCESS_KEY, "KLINGAI_SECRET_KEY": SECRET_KEY}


class Kling:
    """A server with the dialect that speaks to it."""

    def __init__(self, server: KlingServer) -> None:
        self.server = server
        self.is_new = isinstance(server, KlingNewServer)
        self.dialect = KlingNew(server.url) if self.is_new else KlingOld(server.url)
        self.keys: Credentials = NEW_KEYS if self.is_new else OLD_KEYS

    def buy(self, wish: Order | None = None) -> Ticket:
        with Drive(self.dialect, self.keys) as driver:
            return driver.buy(wish or order(V3_TEXT, prompt="a cat"))

    def fault(self, kind: Any, step: str) -> None:
        self.server.faults = lambda at: Fault(kind, seconds=2.5) if at == step else None

    def calm(self) -> None:
        self.server.faults = lambda at: None  # noqa: ARG005


@pytest.fixture(params=[KlingNewServer, KlingOldServer], ids=["new", "old"])
def kling(request: pytest.FixtureRequest) -> Iterator[Kling]:
    with request.param() as server:
        yield Kling(server)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "first.png"
    Image.new("RGB", (320, 320), "navy").save(path)
    return path


def media(wish: Order, role: str, path: Path, content_type: str, url: str | None) -> MediaFile:
    field = next(each for each in wish.endpoint.fields if each.name == role)
    limits = field.media
    assert limits is not None
    return MediaFile(
        loc=("body", role),
        path=path,
        content_type=content_type,
        bytes=path.stat().st_size,
        limits=limits,
        url=url,
    )


def test_a_still_becomes_a_clip(kling: Kling, picture: Path) -> None:
    wish = order(V3_IMAGE, prompt="slow push in", start_image_url=FIRST)
    files: Mapping[Loc, MediaFile] = {
        ("body", "start_image_url"): media(wish, "start_image_url", picture, "image/png", None)
    }
    assert drive(kling.dialect, wish, files, kling.keys) == kling.server.clip
    (bought,) = kling.server.accepted
    assert bought.key == KEY
    assert FIRST not in str(bought.body)  # the picture itself went


def test_motion_is_taken_from_where_the_film_lies(kling: Kling, picture: Path) -> None:
    wish = order(V3_MOTION, image_url=FIRST, video_url=FILM, character_orientation="image")
    files: Mapping[Loc, MediaFile] = {
        ("body", "image_url"): media(wish, "image_url", picture, "image/png", None),
        ("body", "video_url"): media(wish, "video_url", picture, "video/mp4", FILM),
    }
    assert drive(kling.dialect, wish, files, kling.keys) == kling.server.clip


TAKEN: list[tuple[str, Json]] = [
    (V3_TEXT, {"multi_prompt": SHOTS, "negative_prompt": "rain", "aspect_ratio": "1:1"}),
    (V3_TEXT, {"prompt": "a day", "shot_type": "intelligent", "generate_audio": False}),
    (V3_IMAGE, {"multi_prompt": SHOTS, "start_image_url": FIRST, "end_image_url": FIRST}),
    (V26_TEXT, {"prompt": "a", "duration": "10"}),
    (V26_IMAGE, {"prompt": "a", "start_image_url": FIRST, "end_image_url": FIRST}),
    (
        V26_MOTION,
        {"image_url": FIRST, "video_url": FILM, "character_orientation": "video", "prompt": "a"},
    ),
    (V25_IMAGE, {"prompt": "a", "image_url": FIRST}),
    (O3_TEXT, {"multi_prompt": SHOTS}),
    (O3_IMAGE, {"prompt": "a", "image_url": FIRST, "generate_audio": True}),
    (O3_REFERENCE, {"prompt": "@Image1", "image_urls": [FIRST, FIRST]}),
    (O3_EDIT, {"prompt": "@Video1", "video_url": FILM, "image_urls": [FIRST]}),
    (O3_VIDEO, {"prompt": "@Video1", "video_url": FILM, "duration": "4", "aspect_ratio": "1:1"}),
]


@pytest.mark.parametrize(("name", "body"), TAKEN)
def test_every_kind_of_clip_is_taken(kling: Kling, name: str, body: Json) -> None:
    assert drive(kling.dialect, order(name, **body), {}, kling.keys) == kling.server.clip


def test_turbo_is_taken_by_the_current_design() -> None:
    with KlingNewServer() as server:
        wish = order(TURBO_IMAGE, image_url=FIRST, prompt="a", duration="15")
        assert drive(KlingNew(server.url), wish, {}, NEW_KEYS) == server.clip


def test_voices_and_guidance_are_taken_by_the_older_design() -> None:
    with KlingOldServer() as server:
        wish = order(
            V26_IMAGE, prompt="<<<voice_1>>> hello", start_image_url=FIRST, voice_ids=["v"]
        )
        assert drive(KlingOld(server.url), wish, {}, OLD_KEYS) == server.clip
        wish = order(V3_TEXT, prompt="a", cfg_scale=1)
        assert drive(KlingOld(server.url), replaced(wish), {}, NEW_KEYS) == server.clip


def replaced(wish: Order) -> Order:
    return Order(key="another-key", endpoint=wish.endpoint, values=wish.values)


def test_what_a_clip_cost_is_told(kling: Kling) -> None:
    with Drive(kling.dialect, kling.keys) as driver:
        output = driver.run(kling.dialect.watch(driver.buy(order(V3_TEXT, prompt="a"))))
    assert str(output.charged_usd) == CHARGED
    assert output.download.authorized is False
    assert [wait.message for wait in driver.waits] == ["queued at Kling", "made at Kling"]


def test_a_forbidden_prompt_is_refused_at_once(kling: Kling) -> None:
    with pytest.raises(ContentRefused, match="content security policy"):
        kling.buy(order(V3_TEXT, prompt=FORBIDDEN))
    assert kling.server.accepted == []


@pytest.mark.parametrize(
    ("fate", "kind"), [("moderated", ContentRefused), ("failed", ProviderFailed)]
)
def test_a_task_that_ends_without_a_clip_says_why(
    kling: Kling, fate: str, kind: type[PhotoplayError]
) -> None:
    kling.fault(fate, "submit")
    ticket = kling.buy()
    with Drive(kling.dialect, kling.keys) as driver, pytest.raises(kind):
        driver.fetch(ticket)


def test_a_full_account_is_busy_and_has_bought_nothing(kling: Kling) -> None:
    kling.server.at_once = 0
    with pytest.raises(ProviderBusy) as caught:
        kling.buy()
    assert caught.value.retry_after_s == 1
    kling.fault("429-retry-after", "submit")
    with pytest.raises(ProviderBusy) as caught:
        kling.buy()
    assert caught.value.retry_after_s == 3
    assert kling.server.accepted == []


@pytest.mark.parametrize("kind", ["500", "503-html"])
def test_trouble_of_theirs_leaves_the_outcome_unclear(kling: Kling, kind: str) -> None:
    kling.fault(kind, "submit")
    with pytest.raises(OutcomeUnclear):
        kling.buy()


def test_a_wrong_key_is_refused(kling: Kling) -> None:
    wrong = {**kling.keys, next(iter(kling.keys)): "wrong"}
    with Drive(kling.dialect, wrong) as driver, pytest.raises(ProviderKeyRefused, match="invalid"):
        driver.buy(order(V3_TEXT, prompt="a"))
    assert kling.server.accepted == []


def test_an_answer_that_was_lost_is_found_by_our_key_and_bought_once(kling: Kling) -> None:
    kling.fault("drop-after", "submit")
    with pytest.raises(httpx.TransportError):
        kling.buy()
    kling.calm()
    with Drive(kling.dialect, kling.keys) as driver:
        found = driver.run(kling.dialect.find(KEY))
        assert found is not None
        assert driver.fetch(found) == kling.server.clip
        with pytest.raises(OutcomeUnclear):  # the same number again might be an order
            driver.buy(order(V3_TEXT, prompt="a cat"))
    assert len(kling.server.accepted) == 1


def test_an_order_that_never_arrived_is_surely_not_there(kling: Kling) -> None:
    kling.fault("drop-before", "submit")
    with pytest.raises(httpx.TransportError):
        kling.buy()
    with Drive(kling.dialect, kling.keys) as driver:
        assert driver.run(kling.dialect.find(KEY)) is None


@pytest.mark.parametrize(
    ("kind", "error"),
    [("500", ProviderUnavailable), ("503-html", ProviderUnavailable), ("429", ProviderBusy)],
)
def test_trouble_while_waiting_ends_no_order(
    kling: Kling, kind: str, error: type[PhotoplayError]
) -> None:
    ticket = kling.buy()
    kling.fault(kind, "status")
    with Drive(kling.dialect, kling.keys) as driver:
        with pytest.raises(error):
            driver.fetch(ticket)
        kling.calm()
        assert driver.fetch(ticket) == kling.server.clip


def test_an_expired_download_is_found_again_by_a_fresh_look(kling: Kling) -> None:
    with Drive(kling.dialect, kling.keys) as driver:
        ticket = driver.buy(order(V3_TEXT, prompt="a"))
        output = driver.run(kling.dialect.watch(ticket))
        kling.fault("expired", "download")
        with pytest.raises(httpx.HTTPStatusError):
            driver.download(output.download)
        kling.calm()
        assert driver.fetch(ticket) == kling.server.clip


def test_no_key_goes_into_an_address_or_to_the_host_of_the_clip(kling: Kling) -> None:
    drive(kling.dialect, order(V3_TEXT, prompt="a"), {}, kling.keys)
    for request in kling.server.received:
        assert not any(secret in request.path for secret in kling.keys.values())
        is_download = request.path.startswith("/clips/")
        assert ("authorization" in request.headers) is not is_download


# The servers themselves


def send(kling: Kling, method: str, path: str, body: Any = None, **headers: str) -> Json:
    own = dict(kling.dialect.authorize(kling.keys, time.time()))
    response = httpx.request(method, kling.server.url + path, json=body, headers=own | headers)
    answer: Json = response.json()
    assert set(answer) <= {"code", "message", "request_id", "data"}
    return {"status": response.status_code, **answer}


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({}, 1203),  # let in
        ({"exp": -1}, 1004),
        ({"nbf": 60}, 1003),
        ({"iss": "another"}, 1002),
        ({"exp": None}, 1002),
        ({"exp": 7200}, 1002),
        ({"iat": 0}, 1002),
    ],
)
def test_a_token_is_verified_in_every_part(claims: dict[str, Any], code: int) -> None:
    now_s = int(time.time())
    parts: dict[str, Any] = {"iss": ACCESS_KEY, "exp": 1800, "nbf": -5} | claims
    token = jwt.encode(
        {
            name: now_s + value if isinstance(value, int) else value
            for name, value in parts.items()
            if value is not None
        },
        SECRET_KEY,
    )
    with KlingOldServer() as server:
        headers = {"Authorization": f"Bearer {token}"}
        path = "/v1/videos/text2video/none"
        assert httpx.get(server.url + path, headers=headers).json()["code"] == code
        forged = {"Authorization": f"Bearer {token[:-4]}AAAA"}
        assert httpx.get(server.url + path, headers=forged).json()["code"] == 1002


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"negative_prompt": "a"}, "negative_prompt is not supported"),
        ({"settings": {"duration": "5"}}, "settings.duration is invalid"),
        ({"settings": {"duration": 2}}, "settings.duration is invalid"),
        ({"settings": {"resolution": "480p"}}, "settings.resolution is invalid"),
        ({"prompt": "a" * 3073}, "prompt is invalid"),
        ({"options": {"watermark_info": {"enabled": 1}}}, "options.watermark_info is invalid"),
        ({"prompt": "shot 1, 3, a;"}, "the shots do not add up to the duration"),
    ],
)
def test_the_current_server_refuses_what_is_not_in_its_tables(change: Json, message: str) -> None:
    with KlingNewServer() as server:
        body = {"prompt": "a", "settings": {"audio": "off"}} | change
        answer = send(Kling(server), "POST", "/text-to-video/kling-3.0", body)
    assert (answer["status"], answer["code"], answer["message"]) == (400, 1201, message)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"duration": 5}, "duration is invalid"),
        ({"sound": True}, "sound is invalid"),
        ({"image": "data:image/png;base64,iVBORw0KGgo="}, "image is invalid"),
        ({"image": 5}, "image is invalid"),
        ({"seed": 1}, "seed is not supported"),
        ({"multi_shot": True}, "shot_type is required"),
        ({"voice_list": [{"voice_id": "v"}]}, "voice_list needs sound"),
    ],
)
def test_the_older_server_refuses_what_is_not_in_its_tables(change: Json, message: str) -> None:
    with KlingOldServer() as server:
        body = {"model_name": "kling-v3", "prompt": "a", "image": FIRST} | change
        answer = send(Kling(server), "POST", "/v1/videos/image2video", body)
    assert (answer["status"], answer["code"], answer["message"]) == (400, 1201, message)


def test_unknown_models_methods_and_bodies_have_their_codes(kling: Kling) -> None:
    known = "/text-to-video/kling-3.0" if kling.is_new else "/v1/videos/text2video"
    assert send(kling, "POST", "/text-to-video/kling-9")["code"] == 1203
    assert send(kling, "GET", known)["code"] == 1202
    assert send(kling, "POST", known, [])["code"] == 1200
    assert send(kling, "POST", known, {}, **{"Content-Type": "text/plain"})["code"] == 1200


def test_a_server_refuses_with_what_the_dialect_calls_a_refusal(kling: Kling) -> None:
    call = kling.dialect.submit(order(V3_TEXT, prompt="a"))
    call = Call(method="POST", url=call.url, json={**call.json, "seed": 7})
    with Drive(kling.dialect, kling.keys) as driver, pytest.raises(ProviderRefused, match="seed"):
        kling.dialect.accepted(driver.send(call))
