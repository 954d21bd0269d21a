"""WaveSpeed and AtlasCloud: what is sent to them, and what each of their answers means."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photoplay.catalogue import FileLimits
from photoplay.dialects.atlascloud import AtlasCloud
from photoplay.dialects.predictions import Predictions
from photoplay.dialects.provider import Call, Dialect, Json, MediaFile, Reply, Ticket, Wait
from photoplay.dialects.wavespeed import WaveSpeed
from photoplay.errors import (
    Cancelled,
    ContentRefused,
    OutcomeUnclear,
    PhotoplayError,
    ProviderBusy,
    ProviderFailed,
    ProviderKeyRefused,
    ProviderRefused,
    ProviderUnavailable,
    SettingInvalid,
)
from tests.dialects.flows import BODIES, REPLIES, fails, follow, survives
from tests.rigs.providers.orders import media_file, order_of, row

WAVE, ATLAS = WaveSpeed(), AtlasCloud()
BOTH = pytest.mark.parametrize("dialect", [WAVE, ATLAS], ids=lambda value: value.provider)
V3 = row("v3/pro/text-to-video")
ID = "8ba2926c6bd642049f4d17dd68ea6785"
TICKET = Ticket(provider_id=ID)
CLIP = "https://cdn.example/out.mp4"
NO_FILE = MediaFile(
    loc=("body", "start_image_url"),
    path=Path("still.png"),
    content_type="image/png",
    bytes=100,
    limits=FileLimits(kind="image"),
)


def said(status: int, json: Any = None, **headers: str) -> Reply:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Reply(status=status, headers=named, json=json)


def prediction(status: str, **more: Any) -> Reply:
    data = {"id": ID, "status": status, "outputs": [], "error": "", **more}
    return said(200, {"code": 200, "message": "success", "data": data})


def error(code: int, message: str, http: int | None = None, **headers: str) -> Reply:
    return said(http or code, {"code": code, "message": message}, **headers)


# What is sent


@BOTH
def test_they_are_dialects(dialect: Dialect) -> None:
    (names,) = dialect.secrets
    assert dialect.find("any key") is None
    assert dialect.cancel(TICKET) is None
    assert dialect.authorize({names[0]: " key\n"}, 0) == {"Authorization": "Bearer key"}
    with pytest.raises(ProviderKeyRefused, match=names[0]):
        dialect.authorize({}, 0)


@pytest.mark.parametrize("kind", [WaveSpeed, AtlasCloud])
def test_settings_that_mean_nothing_are_refused(kind: type[Predictions]) -> None:
    with pytest.raises(SettingInvalid, match="url"):
        kind(url="nowhere")
    with pytest.raises(SettingInvalid, match="model"):
        kind(model="kling")
    assert kind(url="http://127.0.0.1:9/").place(ID).startswith("http://127.0.0.1:9/")


def test_wavespeed_has_the_model_in_the_address() -> None:
    order = replace(order_of(V3, prompt="a fox"), webhook_url="https://a.example/h?k=1")
    call = WAVE.submit(order)
    assert (call.method, call.authorized) == ("POST", True)
    assert call.url == (
        "https://api.wavespeed.ai/api/v3/kwaivgi/kling-v3.0-pro/text-to-video"
        "?webhook=https%3A%2F%2Fa.example%2Fh%3Fk%3D1"
    )
    assert call.json == WAVE.models.inputs(V3, order.values)


def test_atlascloud_has_the_model_in_the_body() -> None:
    order = order_of(V3, prompt="a fox")
    assert ATLAS.submit(order) == Call(
        method="POST",
        url="https://api.atlascloud.ai/api/v1/model/generateVideo",
        json={
            "model": "kwaivgi/kling-v3.0-pro/text-to-video",
            **ATLAS.models.inputs(V3, order.values),
        },
    )


# Uploads


def test_wavespeed_says_where_a_file_goes_and_with_what(tmp_path: Path) -> None:
    file = media_file(tmp_path)
    told = {"Content-Type": "image/png", "x-amz-a": "1", "bad name": "x", "X-B": "a\r\nb", "C": 1}
    upload = {"method": "PUT", "url": "https://s.example/put?sig=1", "headers": told}
    places = {"code": 200, "data": {"upload": upload, "download_url": "https://m.example/a.png"}}
    url, steps = follow(WAVE.upload(file), said(200, places), said(200))
    assert url == "https://m.example/a.png"
    assert steps == [
        Call(
            method="POST",
            url="https://api.wavespeed.ai/api/v3/media/uploads",
            json={"filename": "upload.png", "size": file.bytes, "content_type": "image/png"},
        ),
        Call(
            method="PUT",
            url="https://s.example/put?sig=1",
            content=file.path,
            headers={"Content-Type": "image/png", "x-amz-a": "1"},
            authorized=False,
        ),
    ]


@pytest.mark.parametrize(
    "body",
    [
        {"url": "https://m.example/a.png"},
        {"code": 200, "data": {"url": "https://m.example/a.png"}},
        {"code": 200, "data": {"download_url": "https://m.example/a.png"}},
    ],
)
def test_atlascloud_may_say_in_several_places_where_a_file_is(tmp_path: Path, body: Json) -> None:
    file = media_file(tmp_path)
    url, steps = follow(ATLAS.upload(file), said(200, body))
    assert url == "https://m.example/a.png"
    assert steps == [
        Call(
            method="POST",
            url="https://api.atlascloud.ai/api/v1/model/uploadMedia",
            form={},
            files={"file": file.path},
        )
    ]


@BOTH
@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (error(401, "Unauthorized"), ProviderKeyRefused),
        (error(401, "Unauthorized", http=200), ProviderKeyRefused),
        (error(429, "later", retry_after="3"), ProviderBusy),
        (error(400, "file is too large"), ProviderRefused),
        (error(500, "oops"), ProviderUnavailable),
        (error(500, "oops", http=200), ProviderUnavailable),
        (said(200), ProviderUnavailable),
        (said(503), ProviderUnavailable),
        (said(200, {"code": 200, "data": {"url": "file:///etc/passwd"}}), ProviderUnavailable),
        (said(200, {"code": 200, "data": {"upload": {"url": "https://a"}}}), ProviderUnavailable),
    ],
)
def test_an_upload_that_is_not_taken_says_why(
    dialect: Dialect, tmp_path: Path, reply: Reply, kind: type[PhotoplayError]
) -> None:
    assert type(fails(dialect.upload(media_file(tmp_path)), reply)) is kind


# What a submit came to


@BOTH
def test_a_prediction_is_a_ticket(dialect: Dialect) -> None:
    assert dialect.accepted(prediction("created")) == TICKET


@BOTH
@pytest.mark.parametrize("is_http", [True, False])
@pytest.mark.parametrize(
    ("code", "message", "kind"),
    [
        (400, "invalid value for duration", ProviderRefused),
        (401, "Unauthorized", ProviderKeyRefused),
        (402, "payment required", ProviderKeyRefused),
        (400, "Insufficient account balance", ProviderKeyRefused),
        (403, "no permission", ProviderKeyRefused),
        (404, "model not found", ProviderRefused),
        (429, "too many requests", ProviderBusy),
        (400, "content policy violation", ContentRefused),
    ],
)
def test_a_refusal_says_why(
    dialect: Dialect, is_http: bool, code: int, message: str, kind: type[PhotoplayError]
) -> None:
    with pytest.raises(kind, match=message) as caught:
        dialect.accepted(error(code, message, http=None if is_http else 200))
    assert type(caught.value) is kind


@pytest.mark.parametrize(
    ("code", "kind"), [(1200, ContentRefused), (1401, ProviderRefused), (1402, ProviderRefused)]
)
def test_wavespeeds_own_codes_are_known(code: int, kind: type[PhotoplayError]) -> None:
    with pytest.raises(kind):
        WAVE.accepted(error(code, "no", http=200))


@BOTH
@pytest.mark.parametrize(
    "reply",
    [
        error(500, "oops"),
        error(500, "oops", http=200),
        error(5004, "Sync mode timed out", http=200),
        error(408, "timeout"),
        error(409, "conflict"),
        said(200),
        said(200, {"code": 200, "data": {}}),
        said(200, {"code": 200, "data": {"id": "../admin"}}),
        said(200, {"code": 200, "data": {"id": 7}}),
        said(200, [1]),
        said(403),
        said(404, {"error": "nginx"}),
        said(429, ["x"]),
        said(302, {"code": 200}),
    ],
)
def test_what_does_not_prove_a_refusal_leaves_the_outcome_open(
    dialect: Dialect, reply: Reply
) -> None:
    with pytest.raises(OutcomeUnclear):
        dialect.accepted(reply)


@BOTH
def test_a_busy_provider_says_when_to_come_again(dialect: Dialect) -> None:
    with pytest.raises(ProviderBusy) as caught:
        dialect.accepted(error(429, "later", retry_after="7"))
    assert caught.value.retry_after_s == 7


# Waiting


@BOTH
@pytest.mark.parametrize("done", ["completed", "succeeded"])
def test_the_way_to_a_clip(dialect: Predictions, done: str) -> None:
    words = ["created", "starting", "processing", "a word never seen"]
    replies = [*map(prediction, words), prediction(done, outputs=[CLIP])]
    output, steps = follow(dialect.watch(TICKET), *replies)
    assert output.download == Call(method="GET", url=CLIP, authorized=False)
    assert output.charged_usd is None
    waits = [step for step in steps if isinstance(step, Wait)]
    assert [wait.message for wait in waits] == [f"{w} at {dialect.verdicts.name}" for w in words]
    calls = [step for step in steps if isinstance(step, Call)]
    assert {(call.method, call.url) for call in calls} == {("GET", dialect.place(ID))}


@BOTH
def test_looks_get_rarer_and_not_too_rare(dialect: Predictions) -> None:
    replies = [prediction("processing")] * 9
    _, steps = follow(dialect.watch(TICKET), *replies, prediction("completed", outputs=[CLIP]))
    gaps = [step.seconds for step in steps if isinstance(step, Wait)]
    assert gaps == sorted(gaps)
    assert (gaps[0], gaps[-1]) == dialect.pauses_s


@BOTH
@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (prediction("failed", error="No frames"), ProviderFailed, "No frames"),
        (prediction("failed", error=None, logs="No luck"), ProviderFailed, "No luck"),
        (prediction("failed", error={"message": "Deep"}), ProviderFailed, "Deep"),
        (prediction("failed"), ProviderFailed, "it gave no reason"),
        (prediction("failed", error="Flagged: content policy"), ContentRefused, "Flagged"),
        (prediction("failed", error="It is sensitive.", code=1200), ContentRefused, "sensitive"),
        (prediction("timeout", error="Too long"), ProviderFailed, "timeout: Too long"),
        (prediction("deleted"), ProviderFailed, "deleted"),
        (prediction("cancelled"), Cancelled, "cancelled"),
        (prediction("completed"), ProviderFailed, "no clip"),
        (prediction("completed", outputs="file:///etc"), ProviderFailed, "no clip"),
        (prediction("completed", outputs=[{"url": 7}, None]), ProviderFailed, "no clip"),
        # What follows is no end.
        (said(404), ProviderUnavailable, "404"),
        (error(401, "key"), ProviderUnavailable, "key"),
        (error(401, "key", http=200), ProviderUnavailable, "key"),
        (error(429, "slow"), ProviderBusy, "slow"),
        (error(429, "slow", http=200), ProviderBusy, "slow"),
        (said(500, {"data": {"status": "failed"}}), ProviderUnavailable, "500"),
        (said(200, {"code": 200, "data": [1]}), ProviderUnavailable, "no useful answer"),
        (said(200), ProviderUnavailable, "200"),
    ],
)
def test_an_end_is_a_clip_or_says_why_not(
    dialect: Dialect, reply: Reply, kind: type[PhotoplayError], words: str
) -> None:
    found = fails(dialect.watch(TICKET), reply)
    assert type(found) is kind
    assert words in str(found)


@BOTH
@pytest.mark.parametrize("http", [404, 200])
def test_a_prediction_is_forgotten_if_that_is_said_three_times_in_a_row(
    dialect: Dialect, http: int
) -> None:
    unknown = error(404, "not found", http=http)
    found = fails(dialect.watch(TICKET), unknown, unknown, prediction("x"), *[unknown] * 3)
    assert type(found) is ProviderFailed
    assert "no longer knows" in str(found)
    done = prediction("completed", outputs=["https://example.com/clip.mp4"])
    output, _ = follow(dialect.watch(TICKET), unknown, unknown, done)
    assert output.download.url == "https://example.com/clip.mp4"


@BOTH
def test_an_output_may_be_an_object(dialect: Dialect) -> None:
    output, _ = follow(dialect.watch(TICKET), prediction("completed", outputs=[{"url": CLIP}]))
    assert output.download.url == CLIP


# Webhooks


def test_wavespeeds_webhook_is_a_prediction() -> None:
    assert WAVE.announced({"id": ID, "status": "completed"}) == ID
    assert WAVE.announced({"code": 200, "data": {"id": ID}}) == ID
    assert WAVE.announced({"status": "completed"}) is None
    assert ATLAS.announced({"id": ID}) is None


# Hostile answers


@BOTH
@given(replies=st.lists(REPLIES, min_size=15, max_size=15))
def test_no_answers_break_the_wait_or_an_upload(dialect: Dialect, replies: list[Reply]) -> None:
    survives(dialect.watch(TICKET), replies)
    survives(dialect.upload(NO_FILE), replies)


@BOTH
@given(reply=REPLIES, body=BODIES)
def test_no_answer_breaks_a_submit(dialect: Dialect, reply: Reply, body: Any) -> None:
    for answer in (reply, said(200, {"code": 200, "data": body}), said(400, {"code": body})):
        try:
            dialect.accepted(answer)
        except PhotoplayError:
            continue
    survives(dialect.watch(TICKET), [said(200, {"data": body}), reply])
    if isinstance(body, dict):
        dialect.announced(body)
