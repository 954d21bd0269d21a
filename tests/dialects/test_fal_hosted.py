"""fal as a provider: what is sent to it, and what each of its answers means."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photoplay import catalogue
from photoplay.catalogue import FileLimits, Role
from photoplay.dialects.fal import FalHosted, endings, storage
from photoplay.dialects.provider import Call, Dialect, Json, MediaFile, Reply, Ticket, Wait
from photoplay.errors import (
    Cancelled,
    ContentRefused,
    FeatureNotSupported,
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
from tests.rigs.providers.orders import IMAGE, media_file, order_of, row

FAL = FalHosted()
V3 = row("v3/pro/image-to-video")
ID = "764cabcf-b745-4b3e-ae38-1200304cf45b"
BASE = f"https://queue.fal.run/fal-ai/kling-video/requests/{ID}"
LINKS = {
    "response_url": BASE,
    "status_url": f"{BASE}/status",
    "cancel_url": f"{BASE}/cancel",
}
TICKET = Ticket(provider_id=ID, data=LINKS)
CLIP = "https://v3b.fal.media/files/out.mp4"
OUTPUT = {"video": {"url": CLIP, "content_type": "video/mp4", "file_size": 4711}, "seed": 7}
NO_FILE = MediaFile(
    loc=("body", "start_image_url"),
    path=Path("still.png"),
    content_type="image/png",
    bytes=100,
    limits=FileLimits(kind="image"),
)
DONE = Reply(status=200, json={"status": "COMPLETED", "logs": None})


def said(status: int, json: Any = None, **headers: str) -> Reply:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Reply(status=status, headers=named, json=json)


def complaint(kind: str, msg: str = "It is wrong.", loc: list[object] | None = None) -> Json:
    return {"detail": [{"loc": loc or ["body", "prompt"], "msg": msg, "type": kind}]}


def test_it_is_a_dialect() -> None:
    dialect: Dialect = FAL
    assert dialect.provider == "fal"
    assert dialect.find("any key") is None


# What is sent


def test_a_body_is_the_values_themselves() -> None:
    order = order_of(V3, prompt="a fox", start_image_url=IMAGE, duration="10")
    assert FAL.submit(order) == Call(
        method="POST",
        url="https://queue.fal.run/fal-ai/kling-video/v3/pro/image-to-video",
        json={
            "prompt": "a fox",
            "start_image_url": IMAGE,
            "duration": "10",
            "generate_audio": True,
            "shot_type": "customize",
            "negative_prompt": "blur, distort, and low quality",
            "cfg_scale": 0.5,
        },
        headers={"X-Fal-No-Retry": "1"},
    )


def test_a_webhook_is_named_in_the_query() -> None:
    order = order_of(V3, prompt="a fox", start_image_url=IMAGE)
    order = replace(order, webhook_url="https://a.example/hook?k=1&l=2")
    assert FAL.submit(order).url.endswith(
        "/image-to-video?fal_webhook=https%3A%2F%2Fa.example%2Fhook%3Fk%3D1%26l%3D2"
    )


def test_another_url_replaces_all_hosts(tmp_path: Path) -> None:
    own = FalHosted(url="http://127.0.0.1:9000/")
    order = order_of(V3, prompt="a fox", start_image_url=IMAGE)
    assert own.submit(order).url == f"http://127.0.0.1:9000/queue/{V3.id}"
    first = next(own.upload(media_file(tmp_path)))
    assert isinstance(first, Call)
    assert first.url.startswith("http://127.0.0.1:9000/rest/storage/upload/initiate?")


@pytest.mark.parametrize(
    "url", ["127.0.0.1:9000", "ftp://a.example", "http://", "https://a/?b", "http://a:b/", "a b"]
)
def test_a_url_that_is_none_is_refused_with_the_settings_name(url: str) -> None:
    with pytest.raises(SettingInvalid, match=r"providers\.fal"):
        FalHosted(url=url)


def test_a_model_is_not_passed_over() -> None:
    with pytest.raises(SettingInvalid, match="model of fal"):
        FalHosted(model="kling")


@pytest.mark.parametrize(
    "credentials",
    [{"FAL_KEY": "id:secret"}, {"FAL_KEY_ID": "id", "FAL_KEY_SECRET": "secret"}],
)
def test_a_key_is_given_whole_or_in_halves(credentials: dict[str, str]) -> None:
    assert set(credentials) in [set(names) for names in FAL.secrets]
    assert FAL.authorize(credentials, 0) == {"Authorization": "Key id:secret"}


@pytest.mark.parametrize("credentials", [{}, {"FAL_KEY": " "}, {"FAL_KEY_ID": "id"}])
def test_no_key_is_said_before_anything_is_sent(credentials: dict[str, str]) -> None:
    with pytest.raises(ProviderKeyRefused, match="FAL_KEY"):
        FAL.authorize(credentials, 0)


def test_every_endpoint_in_service_that_makes_clips_is_served() -> None:
    for endpoint in catalogue.load().endpoints.values():
        offered = endpoint.lifecycle not in ("retired", "announced")
        if offered and endpoint.makes_clips:
            FAL.check(endpoint, {})
        else:
            with pytest.raises(FeatureNotSupported):
                FAL.check(endpoint, {})


def test_every_output_has_its_clip_and_seed_where_they_are_looked_for() -> None:
    """A ticket does not know its endpoint, so the names must be the same for all."""
    for endpoint in catalogue.load().endpoints.values():
        names = {field.role: field.name for field in endpoint.output}
        assert names.get(Role.VIDEO, endings.VIDEO) == endings.VIDEO
        assert names.get(Role.SEED, endings.SEED) == endings.SEED


# Uploads


def test_a_file_is_put_where_fal_says_without_the_key(tmp_path: Path) -> None:
    file = media_file(tmp_path)
    target = "https://storage.example/put?signature=abc"
    places = said(200, {"upload_url": target, "file_url": "https://v3.fal.media/a.png"})
    url, steps = follow(FAL.upload(file), places, said(200))
    assert url == "https://v3.fal.media/a.png"
    assert steps == [
        Call(
            method="POST",
            url="https://rest.fal.ai/storage/upload/initiate?storage_type=fal-cdn-v3",
            json={"content_type": "image/png", "file_name": "upload.png"},
        ),
        Call(
            method="PUT",
            url=target,
            content=file.path,
            headers={"Content-Type": "image/png"},
            authorized=False,
        ),
    ]


def test_a_large_file_goes_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "WHOLE_BYTES", 10)
    monkeypatch.setattr(storage, "PART_BYTES", 6)
    file = replace(media_file(tmp_path, "video"), bytes=15)
    places = said(200, {"upload_url": "https://s.example/u?x=1", "file_url": "https://f.example/v"})
    parts = [
        said(200, {"partNumber": 1, "etag": "a"}),
        said(200, etag="b"),
        said(200, {"etag": "c"}),
    ]
    url, steps = follow(FAL.upload(file), places, *parts, said(200))
    assert url == "https://f.example/v"
    sent = [step for step in steps[1:] if isinstance(step, Call)]
    assert [call.url for call in sent] == [
        "https://s.example/u/1?x=1",
        "https://s.example/u/2?x=1",
        "https://s.example/u/3?x=1",
        "https://s.example/u/complete?x=1",
    ]
    assert [call.content_range for call in sent] == [(0, 6), (6, 12), (12, 15), None]
    tags = [{"partNumber": number, "etag": tag} for number, tag in enumerate("abc", start=1)]
    assert sent[-1].json == {"parts": tags}
    assert not any(call.authorized for call in sent)


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (said(401, {"detail": "no"}), ProviderKeyRefused),
        (said(429, {"detail": "no"}, retry_after="3"), ProviderBusy),
        (said(500), ProviderUnavailable),
        (said(413, {"detail": "File too large"}), ProviderRefused),
        (said(200, {"upload_url": "file:///etc", "file_url": "https://a/b"}), ProviderUnavailable),
        (said(200, ["https://a"]), ProviderUnavailable),
    ],
)
def test_an_upload_that_is_not_taken_says_why(
    tmp_path: Path, reply: Reply, error: type[PhotoplayError]
) -> None:
    found = fails(FAL.upload(media_file(tmp_path)), reply)
    assert type(found) is error


# What a submit came to


def test_the_ticket_has_what_fal_gave() -> None:
    body = {"request_id": ID, "status": "IN_QUEUE", **LINKS, "queue_position": 0}
    assert FAL.accepted(said(200, body)) == TICKET
    assert FAL.accepted(said(202, body)) == TICKET


@pytest.mark.parametrize(
    ("reply", "error", "words"),
    [
        (said(401, {"detail": "Invalid key"}), ProviderKeyRefused, "Invalid key"),
        (
            said(403, {"detail": "User is locked. Reason: Exhausted balance."}),
            ProviderKeyRefused,
            "Exhausted balance",
        ),
        (said(404, {"detail": "Application not found"}), ProviderRefused, "not found"),
        (said(422, complaint("missing", "Field required")), ProviderRefused, "required (prompt)"),
        (said(422, complaint("content_policy_violation", "Flagged")), ContentRefused, "Flagged"),
        (said(429, {"detail": "Queue is full"}), ProviderBusy, "Queue is full"),
    ],
)
def test_a_refusal_says_why_in_fals_words(
    reply: Reply, error: type[PhotoplayError], words: str
) -> None:
    with pytest.raises(error) as caught:
        FAL.accepted(reply)
    assert type(caught.value) is error
    assert words in caught.value.given


def test_a_busy_queue_says_when_to_come_again() -> None:
    with pytest.raises(ProviderBusy) as caught:
        FAL.accepted(said(429, {"detail": "later"}, retry_after="7"))
    assert caught.value.retry_after_s == 7


@pytest.mark.parametrize(
    "reply",
    [
        said(500, {"detail": "Internal Server Error"}),
        said(503),
        said(408, {"detail": "timeout"}),
        said(409, {"detail": "being bought"}),
        said(499, {"detail": "gone"}),
        said(302),
        said(200),
        said(200, {"status": "IN_QUEUE"}),
        said(200, {"request_id": "../../admin", **LINKS}),
        said(200, {"request_id": ID}),
        said(403, "<html>"),
        said(429, ["x"]),
        Reply(status=404, text="<html>404</html>"),
    ],
)
def test_what_does_not_prove_a_refusal_leaves_the_outcome_open(reply: Reply) -> None:
    with pytest.raises(OutcomeUnclear):
        FAL.accepted(reply)


def test_an_accepted_request_without_a_place_names_its_id() -> None:
    with pytest.raises(OutcomeUnclear, match=ID):
        FAL.accepted(said(200, {"request_id": ID}))


def test_urls_that_lead_elsewhere_are_not_called_with_the_key() -> None:
    there = {name: url.replace("queue.fal.run", "evil.example") for name, url in LINKS.items()}
    ticket = FAL.accepted(said(200, {"request_id": ID, **there}))
    step = next(FAL.watch(ticket))
    assert isinstance(step, Call)
    assert step.url == f"{BASE}/status?logs=1"
    cancel = FAL.cancel(ticket)
    assert cancel is not None
    assert (cancel.method, cancel.url) == ("PUT", f"{BASE}/cancel")


def test_a_ticket_outlives_a_change_of_the_url() -> None:
    """The key is for the server that the settings name now."""
    moved = FalHosted(url="http://127.0.0.1:9000")
    step = next(moved.watch(TICKET))
    assert isinstance(step, Call)
    assert step.url.startswith("http://127.0.0.1:9000/queue/fal-ai/kling-video/requests/")


# Waiting


def test_the_way_to_a_clip() -> None:
    replies = [
        said(202, {"status": "IN_QUEUE", "queue_position": 3}),
        said(202, {"status": "IN_PROGRESS", "logs": [{"message": "one"}, {"message": "two\n"}]}),
        said(200, {"status": "SOMETHING_NEW", "logs": None}),
        DONE,
        said(400, {"detail": "Request is still in progress"}),
        DONE,
        said(200, OUTPUT),
    ]
    output, steps = follow(FAL.watch(TICKET), *replies)
    assert output.download == Call(method="GET", url=CLIP, authorized=False)
    assert (output.bytes, output.seed, output.charged_usd) == (4711, 7, None)
    waits = [step for step in steps if isinstance(step, Wait)]
    assert [wait.message for wait in waits] == [
        "in fal's queue, 3 ahead",
        "two",
        "fal is rendering",
        "fal is rendering",
    ]
    calls = [step for step in steps if isinstance(step, Call)]
    assert [call.url for call in calls] == [
        *[f"{BASE}/status?logs=1"] * 4,
        BASE,
        f"{BASE}/status?logs=1",
        BASE,
    ]
    assert all(call.method == "GET" and call.authorized for call in calls)


def test_looks_get_rarer_up_to_five_seconds() -> None:
    running = [said(202, {"status": "IN_PROGRESS"})] * 9
    _, steps = follow(FAL.watch(TICKET), *running, DONE, said(200, OUTPUT))
    gaps = [step.seconds for step in steps if isinstance(step, Wait)]
    assert gaps == sorted(gaps)
    assert (gaps[0], gaps[-1]) == (1, 5)


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (said(404), ProviderUnavailable),
        (said(401, {"detail": "no"}), ProviderUnavailable),
        (said(429, {"detail": "no"}), ProviderBusy),
        (said(500), ProviderUnavailable),
        (said(200, []), ProviderUnavailable),
        (said(200, {"status": "COMPLETED", "error_type": "client_cancelled"}), Cancelled),
    ],
)
def test_a_status_may_say_that_there_is_none(reply: Reply, error: type[PhotoplayError]) -> None:
    assert type(fails(FAL.watch(TICKET), reply)) is error


def test_a_request_is_forgotten_if_that_is_said_three_times_in_a_row() -> None:
    unknown, running = said(404, {"detail": "Request not found"}), said(202, {"status": "IN_QUEUE"})
    found = fails(FAL.watch(TICKET), unknown, unknown, running, unknown, unknown, unknown)
    assert type(found) is ProviderFailed
    assert "the provider no longer knows it" in str(found)
    output, _ = follow(FAL.watch(TICKET), unknown, unknown, DONE, said(200, OUTPUT))
    assert output.download.url


MODELS_OWN = {"x_fal_retryable": "false"}


@pytest.mark.parametrize(
    ("reply", "error", "words"),
    [
        (said(422, complaint("content_policy_violation")), ContentRefused, "It is wrong (prompt)"),
        (
            said(422, complaint("image_too_small", "Too small", ["body", "elements", 0, "url"])),
            ProviderFailed,
            "Too small (elements.0.url)",
        ),
        (said(422, {"detail": "Flagged by content moderation"}), ContentRefused, "Flagged"),
        (said(422, {"detail": "No body was found"}), ProviderFailed, "No body was found"),
        (said(500, complaint("internal_server_error")), ProviderFailed, "It is wrong"),
        (said(503, {"detail": "no"}, **MODELS_OWN), ProviderFailed, "no"),
        (said(499, {"detail": "x"}, x_fal_error_type="client_cancelled"), Cancelled, "cancelled"),
        (said(404, {"detail": "expired"}), ProviderFailed, "no longer knows"),
        (said(200, {"images": []}), ProviderFailed, "no clip"),
        (said(200, {"video": {"url": "file:///etc/passwd"}}), ProviderFailed, "no clip"),
        (said(200, {"video": "https://a/b.mp4"}), ProviderFailed, "no clip"),
        # What follows is no end: the clip may be there at the next look.
        (said(500, {"detail": "x", "error_type": "internal_error"}), ProviderUnavailable, "x"),
        (said(503), ProviderUnavailable, "503"),
        (said(200, "garbled"), ProviderUnavailable, "cannot be read"),
        (said(403, {"detail": "User is locked"}), ProviderUnavailable, "User is locked"),
        (said(408, {"detail": "x"}), ProviderUnavailable, "x"),
        (said(429, {"detail": "x"}), ProviderBusy, "x"),
    ],
)
def test_a_result_is_a_clip_or_says_why_not(
    reply: Reply, error: type[PhotoplayError], words: str
) -> None:
    found = fails(FAL.watch(TICKET), DONE, reply)
    assert type(found) is error
    assert words in str(found)


def test_a_platforms_failure_is_named_by_the_status_before() -> None:
    """A 503 of the result route alone could be of this moment; the status knows."""
    ended = {"status": "COMPLETED", "error": "No runner", "error_type": "runner_scheduling_failure"}
    found = fails(FAL.watch(TICKET), said(200, ended), said(503, {"detail": "No runner"}))
    assert isinstance(found, ProviderFailed)
    assert "runner_scheduling_failure" in found.given
    assert found.charged_usd == Decimal(0)


def test_only_a_fault_of_fals_own_is_free() -> None:
    refused = fails(FAL.watch(TICKET), DONE, said(422, complaint("no_media_generated")))
    assert isinstance(refused, ProviderFailed)
    assert refused.charged_usd is None


@pytest.mark.parametrize("size", [0, -1, True, 4.5, "9", None, 2**80])
def test_a_size_or_seed_that_is_none_is_not_passed_on(size: object) -> None:
    output = {"video": {"url": CLIP, "file_size": size}, "seed": True}
    found, _ = follow(FAL.watch(TICKET), DONE, said(200, output))
    assert (found.bytes, found.seed) == (None, None)


def test_a_message_of_any_size_is_shortened() -> None:
    found = fails(FAL.watch(TICKET), DONE, said(422, complaint("x", "\x00evil" * 9999, [9] * 9999)))
    assert len(found.given) < 600
    assert found.given.isprintable()


# Webhooks


def test_a_webhook_names_its_request() -> None:
    assert FAL.announced({"request_id": ID, "status": "OK", "payload": OUTPUT}) == ID
    assert FAL.announced({"request_id": {"a": 1}}) is None
    assert FAL.announced({"status": "OK"}) is None


def test_a_ticket_from_a_webhook_alone_knows_no_place() -> None:
    ticket = Ticket(provider_id=ID)
    assert FAL.cancel(ticket) is None
    assert isinstance(fails(FAL.watch(ticket)), ProviderUnavailable)


# Hostile answers


@given(st.lists(REPLIES, min_size=15, max_size=15))
def test_no_answers_break_the_wait(replies: list[Reply]) -> None:
    survives(FAL.watch(TICKET), replies)
    survives(FAL.watch(TICKET), [DONE, *replies])


@given(st.lists(REPLIES, min_size=15, max_size=15))
def test_no_answers_break_an_upload(replies: list[Reply]) -> None:
    survives(FAL.upload(NO_FILE), replies)
    survives(FAL.upload(replace(NO_FILE, bytes=95 * 2**20)), replies)


@given(REPLIES, BODIES)
def test_no_answer_breaks_a_submit(reply: Reply, body: Any) -> None:
    for answer in (reply, Reply(status=200, json={"request_id": ID, "status_url": body})):
        try:
            ticket = FAL.accepted(answer)
        except PhotoplayError:
            continue
        assert FAL.cancel(ticket) is not None
    if isinstance(body, dict):
        FAL.announced(body)
