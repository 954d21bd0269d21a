"""Runway's wire language by recorded exchanges: what is sent, and what is read out of replies."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photoplay.catalogue import FileLimits
from photoplay.dialects.provider import Call, Dialect, Inline, MediaFile, Reply, Ticket
from photoplay.dialects.runway import LARGEST_INLINE_BYTES, RunwayDialect
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
from tests.dialects.wanted import (
    IMAGE_URL,
    KLING,
    KLING_IMAGE,
    KLING_TEXT,
    image_file,
    media_file,
    order,
)
from tests.rigs.providers.recorded import play, said

HOST = "https://api.dev.runwayml.com/v1"
TICKET = Ticket(provider_id="17f20503")
O3 = "fal-ai/kling-video/o3/{tier}/{kind}"
VEO = "fal-ai/veo3.1"
SEEDANCE = "bytedance/seedance-2.0"
FIRST = [{"uri": IMAGE_URL, "position": "first"}]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
# As above, with names that mean something to Runway, so that more than the first check is reached.
TASKS = st.fixed_dictionaries(
    {},
    optional={
        "id": JSON,
        "status": st.sampled_from(["SUCCEEDED", "FAILED", "RUNNING", "SOMETHING"]) | JSON,
        "output": st.lists(st.sampled_from(["file:///etc/passwd", "https://[", ""]) | JSON) | JSON,
        "progress": JSON,
        "cost": st.fixed_dictionaries({"credits": JSON}) | JSON,
        "failure": JSON,
        "failureCode": st.text(max_size=400) | JSON,
        "error": JSON,
        "runwayUri": st.just("runway://a") | JSON,
        "uploadUrl": st.sampled_from(["ftp://a/b", "//a/b", "https://\x00"]) | JSON,
        "fields": JSON,
    },
)


def sent(endpoint_id: str, model: str = "", **values: Any) -> dict[str, Any]:
    """The body of the call that buys the clip; a check lets it through."""
    dialect, wanted = RunwayDialect(model=model), order(endpoint_id, **values)
    dialect.check(wanted.endpoint, wanted.values)
    body: dict[str, Any] = dialect.submit(wanted).json
    return body


def refused(endpoint_id: str, model: str = "", **values: Any) -> str:
    """What the check says of values that Runway has no words for."""
    wanted = order(endpoint_id, **values)
    with pytest.raises(FeatureNotSupported) as caught:
        RunwayDialect(model=model).check(wanted.endpoint, wanted.values)
    assert "fal" in caught.value.fix  # who can
    return str(caught.value)


# What is sent


def test_a_clip_from_an_image_is_one_call_in_runways_words() -> None:
    wanted = order(
        KLING_IMAGE,
        prompt="slow push in",
        start_image_url=IMAGE_URL,
        end_image_url="https://example.com/end.png",
        duration="8",
        cfg_scale=0.7,
        generate_audio=False,
    )
    call = RunwayDialect().submit(wanted)
    assert (call.method, call.url, call.authorized) == ("POST", f"{HOST}/image_to_video", True)
    assert call.headers == {"X-Runway-Version": "2024-11-06"}
    assert call.json == {
        "model": "kling3.0_pro",
        "promptText": "slow push in",
        "promptImage": [*FIRST, {"uri": "https://example.com/end.png", "position": "last"}],
        "ratio": "1920:1080",
        "duration": 8,
        "audio": False,
        "cfgScale": 0.7,
    }


def test_a_clip_from_text_goes_to_the_other_path() -> None:
    call = RunwayDialect().submit(order(KLING_TEXT, prompt="rain", aspect_ratio="9:16"))
    assert call.url == f"{HOST}/text_to_video"
    assert call.json == {
        "model": "kling3.0_standard",
        "promptText": "rain",
        "ratio": "720:1280",
        "duration": 5,
        "audio": True,  # the endpoint's default, spelt out
        "cfgScale": 0.5,
    }


def test_a_call_goes_to_the_url_that_was_given() -> None:
    call = RunwayDialect(url="http://127.0.0.1:1/").submit(order(KLING_TEXT, prompt="rain"))
    assert call.url == "http://127.0.0.1:1/v1/text_to_video"
    assert RunwayDialect(url="").cancel(TICKET).url == f"{HOST}/tasks/17f20503"


@pytest.mark.parametrize(
    ("endpoint_id", "model"),
    [
        *((KLING.format(tier=t, kind="image-to-video"), f"kling3.0_{t}") for t in ("pro", "4k")),
        (O3.format(tier="standard", kind="text-to-video"), "klingO3_standard"),
        (VEO, "veo3.1"),
        (f"{VEO}/fast", "veo3.1_fast"),
        (f"{SEEDANCE}/text-to-video", "seedance2"),
        (f"{SEEDANCE}/enterprise/v2/image-to-video", "seedance2"),
        (f"{SEEDANCE}/fast/text-to-video", "seedance2_fast"),
        (f"{SEEDANCE}/mini/text-to-video", "seedance2_mini"),
        ("fal-ai/runway-gen4-turbo/image-to-video", "gen4_turbo"),
        ("fal-ai/kling-video/v2.5-turbo/pro/image-to-video", "kling2.5_turbo_pro"),
    ],
)
def test_an_endpoint_gets_the_model_that_it_names(endpoint_id: str, model: str) -> None:
    images = {"image_url": IMAGE_URL} if "image-to-video" in endpoint_id else {}
    if "/v3/" in endpoint_id:
        images = {"start_image_url": IMAGE_URL}
    assert sent(endpoint_id, prompt="rain", **images)["model"] == model


@pytest.mark.parametrize(
    "endpoint_id",
    [
        "fal-ai/kling-video/v3/turbo/pro/text-to-video",
        f"{VEO}/lite",
        "alibaba/wan-3.0/text-to-video",
    ],
)
def test_an_endpoint_whose_model_runway_lacks_is_refused(endpoint_id: str) -> None:
    assert "does not offer that model" in refused(endpoint_id, prompt="rain")


def test_a_model_of_the_settings_makes_every_clip() -> None:
    body = sent(
        KLING_IMAGE, "gen4.5", prompt="rain", start_image_url=IMAGE_URL, generate_audio=False
    )
    assert body == {
        "model": "gen4.5",
        "promptText": "rain",
        "promptImage": FIRST,
        "ratio": "1280:720",
        "duration": 5,
    }


def test_a_model_that_runway_lacks_is_no_setting() -> None:
    with pytest.raises(SettingInvalid, match=r"gen9.*gen4\.5, gen4_turbo"):
        RunwayDialect(model="gen9")


def test_what_is_no_url_is_no_setting() -> None:
    with pytest.raises(SettingInvalid, match=r"api\.dev\.runwayml\.com"):
        RunwayDialect(url="api.dev.runwayml.com")


def test_shots_have_a_prompt_and_seconds_each() -> None:
    body = sent(
        KLING_TEXT,
        multi_prompt=[{"prompt": "rain", "duration": "2"}, {"prompt": "sun", "duration": "3"}],
    )
    assert body["providerSettings"] == {
        "multiPrompt": [{"prompt": "rain", "duration": 2}, {"prompt": "sun", "duration": 3}],
        "shotType": "customize",
    }
    assert "promptText" not in body


def test_the_model_decides_on_the_shots_of_one_prompt() -> None:
    body = sent(KLING_TEXT, prompt="rain", shot_type="intelligent")
    assert body["providerSettings"] == {"shotType": "intelligence"}  # fal calls it intelligent


def test_one_shot_is_a_prompt_to_a_model_of_one_take() -> None:
    body = sent(
        KLING_TEXT,
        "gen4.5",
        multi_prompt=[{"prompt": "rain", "duration": "5"}],
        generate_audio=False,
    )
    assert body["promptText"] == "rain"


def test_veo_takes_what_is_not_wanted_and_a_seed() -> None:
    body = sent(
        VEO, prompt="rain", negative_prompt="sun", seed=7, resolution="1080p", aspect_ratio="9:16"
    )
    assert body == {
        "model": "veo3.1",
        "promptText": "rain",
        "ratio": "1080:1920",
        "duration": 8,
        "audio": True,
        "negativePrompt": "sun",
        "seed": 7,
    }


def test_seedance_chooses_the_length_and_reads_references_by_kind() -> None:
    body = sent(
        f"{SEEDANCE}/reference-to-video",
        prompt="@Image1 in @Video1",
        image_urls=[IMAGE_URL],
        video_urls=["https://example.com/a.mp4"],
        audio_urls=["https://example.com/a.mp3"],
        aspect_ratio="21:9",
        resolution="4k",
    )
    assert body == {
        "model": "seedance2",
        "promptText": "@Image1 in @Video1",
        "references": [{"uri": IMAGE_URL}],
        "referenceVideos": [{"type": "video", "uri": "https://example.com/a.mp4"}],
        "referenceAudio": [{"type": "audio", "uri": "https://example.com/a.mp3"}],
        "ratio": "3840:1646",
        "duration": "auto",
        "audio": True,
    }


def test_o3_takes_reference_images_beside_a_first_frame() -> None:
    endpoint_id = O3.format(tier="pro", kind="reference-to-video")
    body = sent(endpoint_id, prompt="@Image1", start_image_url=IMAGE_URL, image_urls=[IMAGE_URL])
    assert body["references"] == [{"uri": IMAGE_URL}]
    alone = refused(endpoint_id, prompt="@Image1", image_urls=[IMAGE_URL])
    assert "takes them beside a first frame" in alone


@pytest.mark.parametrize(
    ("size_px", "ratio"),
    [
        ((1600, 900), "1280:720"),
        ((900, 1600), "720:1280"),
        ((4000, 3000), "1104:832"),
        ((3000, 4000), "832:1104"),
        ((1000, 1010), "960:960"),
        ((2390, 1000), "1584:672"),
    ],
)
def test_the_nearest_ratio_of_the_first_frame_is_taken(
    tmp_path: Path, size_px: tuple[int, int], ratio: str
) -> None:
    file = image_file(tmp_path, "image_url", size_px=size_px)
    wanted = order("fal-ai/runway-gen4-turbo/image-to-video", file, image_url=IMAGE_URL, prompt="")
    assert RunwayDialect().submit(wanted).json["ratio"] == ratio


def test_a_model_without_ratios_follows_its_first_frame() -> None:
    body = sent(
        "fal-ai/kling-video/v2.5-turbo/pro/image-to-video", prompt="rain", image_url=IMAGE_URL
    )
    assert "ratio" not in body


def test_a_shape_that_was_named_comes_before_the_size() -> None:
    values = {"prompt": "rain", "generate_audio": False, "aspect_ratio": "1:1"}
    assert sent(KLING_TEXT, "kling2.5_turbo_pro", **values)["ratio"] == "720:720"


# What is refused

TWO_SHOTS = [{"prompt": "rain", "duration": "2"}, {"prompt": "sun", "duration": "3"}]
IMAGE: dict[str, Any] = {"start_image_url": IMAGE_URL}
QUIET: dict[str, Any] = {"prompt": "rain", "generate_audio": False}


@pytest.mark.parametrize(
    ("endpoint_id", "model", "values", "reason"),
    [
        (KLING_TEXT, "", {"prompt": "rain", "negative_prompt": "sun"}, "negative_prompt"),
        (KLING_IMAGE, "", {**IMAGE, **QUIET, "elements": [{"frontal_image_url": "a"}]}, "elements"),
        (KLING_TEXT, "", {"multi_prompt": TWO_SHOTS, "shot_type": "intelligent"}, "one prompt"),
        (KLING_TEXT, "", {"prompt": "𝄞" * 1251}, "2502 characters"),  # two units each
        (KLING_TEXT, "gen4.5", {"prompt": "a" * 1001, "generate_audio": False}, "1001 characters"),
        (KLING_TEXT, "gen4.5", {"prompt": "rain"}, "silent clips"),
        (KLING_TEXT, "gen4.5", {**QUIET, "duration": "12"}, "12 s"),
        (KLING_TEXT, "gen4.5", {**QUIET, "aspect_ratio": "1:1"}, "a clip of 1:1"),
        (KLING_TEXT, "gen4.5", {**QUIET, "cfg_scale": 0.9}, "cfg_scale"),
        (KLING_TEXT, "gen4.5", {**QUIET, "shot_type": "intelligent"}, "shot_type"),
        (KLING_TEXT, "gen4.5", {"multi_prompt": TWO_SHOTS, "generate_audio": False}, "2 shots"),
        (KLING_TEXT, "gen4_turbo", QUIET, "begins with an image"),
        (KLING_TEXT, "gen4_turbo", {"prompt": " ", "generate_audio": False}, "without a prompt"),
        (KLING_IMAGE, "gen4.5", {**IMAGE, **QUIET, "end_image_url": "a"}, "last frame"),
        (O3.format(tier="pro", kind="reference-to-video"), "",
         {"prompt": "a", "end_image_url": "a"}, "needs the first one"),
        (O3.format(tier="pro", kind="video-to-video/edit"), "", {"prompt": "a", "video_url": "a"},
         "video_url"),
        (f"{VEO}/reference-to-video", "", {"prompt": "a", "image_urls": ["a"]}, "takes no files"),
        (f"{SEEDANCE}/reference-to-video", "klingO3_pro", {"prompt": "a", "video_urls": ["a"]},
         "takes images"),
        (O3.format(tier="pro", kind="reference-to-video"), "seedance2",
         {"prompt": "a", "start_image_url": "a", "image_urls": ["a"]}, "where no frame is given"),
        (O3.format(tier="pro", kind="text-to-video"), "", {"prompt": "a", "shot_type": "random"},
         "'random'"),
        (VEO, "", {"prompt": "a", "resolution": "4k"}, "makes 720p, 1080p"),
        (VEO, "", {"prompt": "a", "safety_tolerance": "6"}, "safety_tolerance"),
        (f"{SEEDANCE}/text-to-video", "", {"prompt": "a", "bitrate_mode": "high"}, "bitrate_mode"),
        ("fal-ai/kling-video/v3/pro/motion-control", "",
         {"image_url": "a", "video_url": "a", "character_orientation": "image"}, "video_url"),
    ],
)  # fmt: skip
def test_a_wish_without_a_word_is_refused_before_anything_is_sent(
    endpoint_id: str, model: str, values: dict[str, Any], reason: str
) -> None:
    assert reason in refused(endpoint_id, model, **values)


def test_a_prompt_may_fill_its_limit() -> None:
    assert len(sent(KLING_TEXT, prompt="𝄞" * 1250)["promptText"]) == 1250


def test_nothing_that_is_not_wanted_needs_no_word() -> None:
    assert "negativePrompt" not in sent(KLING_TEXT, prompt="rain", negative_prompt="")


# Files


def test_a_small_image_goes_inside_the_request(tmp_path: Path) -> None:
    file = image_file(tmp_path, "start_image_url")
    played = play(RunwayDialect().upload(file))
    assert played.calls == []
    assert played.result == Inline(path=file.path, content_type="image/png")


def test_the_largest_inline_image_is_within_five_megabytes_as_base64() -> None:
    assert len("data:image/jpeg;base64,") + -(-LARGEST_INLINE_BYTES // 3) * 4 <= 5_000_000


def test_a_video_goes_to_the_place_that_runway_names(tmp_path: Path) -> None:
    path = tmp_path / "motion.mp4"
    path.write_bytes(b"film")
    file = media_file(path, "video_urls", 0, kind="video")
    place = {
        "runwayUri": "runway://a",
        "uploadUrl": "https://bucket.example/a",
        "fields": {"key": "uploads/a", "policy": "p"},
    }
    played = play(RunwayDialect().upload(file), said(place), said(status=204))
    began, put = played.calls
    assert (began.url, began.authorized) == (f"{HOST}/uploads", True)
    assert began.json == {"filename": "motion.mp4", "type": "ephemeral"}
    assert (put.method, put.url, put.form) == ("POST", place["uploadUrl"], place["fields"])
    assert (put.files, put.authorized) == ({"file": path}, False)
    assert played.result == "runway://a"


@pytest.mark.parametrize(
    "place",
    [
        {},
        {"runwayUri": "runway://a", "uploadUrl": "file:///etc/passwd", "fields": {}},
        {"runwayUri": "https://a", "uploadUrl": "https://b", "fields": {}},
        {"runwayUri": "runway://a", "uploadUrl": "https://b", "fields": {"key": 1}},
    ],
)
def test_no_file_is_sent_to_a_place_that_is_none(tmp_path: Path, place: dict[str, Any]) -> None:
    path = tmp_path / "motion.mp4"
    path.write_bytes(b"film")
    file = media_file(path, "video_urls", 0, kind="video")
    with pytest.raises(ProviderUnavailable):
        play(RunwayDialect().upload(file), said(place))


# Replies


def test_a_task_is_accepted_by_its_id() -> None:
    reply = said({"id": "17f20503", "estimatedCost": {"credits": 25}})
    assert RunwayDialect().accepted(reply) == TICKET


@pytest.mark.parametrize(
    ("status", "words", "kind"),
    [
        (400, "Validation of body failed", ProviderRefused),
        (400, "You do not have enough credits to run this task.", ProviderKeyRefused),
        (401, "The API key is not valid.", ProviderKeyRefused),
        (403, "Model variant gen4.5 is not available", ProviderKeyRefused),
        (404, "Not found", ProviderRefused),
        (429, "Too many requests", ProviderBusy),
    ],
)
def test_an_error_in_runways_form_proves_that_nothing_was_accepted(
    status: int, words: str, kind: type[PhotoplayError]
) -> None:
    with pytest.raises(kind) as caught:
        RunwayDialect().accepted(said({"error": words}, status))
    assert words in caught.value.given


def test_a_busy_runway_says_when_to_come_again() -> None:
    with pytest.raises(ProviderBusy) as caught:
        RunwayDialect().accepted(said({"error": "later"}, 429, retry_after="7"))
    assert caught.value.retry_after_s == 7


@pytest.mark.parametrize(
    "reply",
    [
        said({"error": "An internal error occurred."}, 500),
        said({"error": "The request took too long."}, 408),
        said({"error": "Shedding load"}, 503),
        said(None, 429),  # from something in front of it
        said({"error": {}}, 400),
        said({"message": "Bad Request"}, 400),
        said({}, 200),
        said({"id": ""}, 200),
        said({"id": ".."}, 200),
        said({"id": "a/b"}, 200),
        said({"error": "It exists already"}, 409),
        said(None, 302),
    ],
)
def test_anything_else_leaves_open_whether_it_was_accepted(reply: Reply) -> None:
    with pytest.raises(OutcomeUnclear):
        RunwayDialect().accepted(reply)


def test_a_task_is_watched_until_its_clip_is_there() -> None:
    played = play(
        RunwayDialect().watch(TICKET),
        said({"status": "PENDING"}),
        said({"status": "THROTTLED"}),
        said({"status": "RUNNING", "progress": 0.25}),
        said({"status": "A_NEW_WORD"}),
        said({"status": "SUCCEEDED", "output": ["https://cdn.a/1.mp4"], "cost": {"credits": 25}}),
    )
    assert {call.url for call in played.calls} == {f"{HOST}/tasks/17f20503"}
    assert [(wait.fraction, wait.message) for wait in played.waits] == [
        (None, "queued"),
        (None, "waiting for a free place"),
        (0.25, "rendering"),
        (None, "waiting"),
    ]
    assert played.result is not None
    download = played.result.download
    assert (download.method, download.url) == ("GET", "https://cdn.a/1.mp4")
    assert not download.authorized
    assert played.result.charged_usd == Decimal("0.25")


def test_looks_are_five_to_ten_seconds_apart() -> None:
    done = said({"status": "SUCCEEDED", "output": ["https://cdn.a/1.mp4"]})
    played = play(RunwayDialect().watch(TICKET), *[said({"status": "RUNNING"})] * 20, done)
    gaps = [wait.seconds for wait in played.waits]
    assert gaps[0] == 5
    assert gaps == sorted(gaps)
    assert gaps[-1] == 10


@pytest.mark.parametrize("code", ["SAFETY.INPUT.TEXT", "SAFETY.OUTPUT.VIDEO", "INPUT.SAFETY.IMAGE"])
def test_a_moderated_task_is_refused_content(code: str) -> None:
    failed = said({"status": "FAILED", "failure": "Not allowed", "failureCode": code})
    with pytest.raises(ContentRefused, match="Not allowed"):
        play(RunwayDialect().watch(TICKET), failed)


def test_a_failed_task_says_why_and_what_it_cost() -> None:
    failed = {
        "status": "FAILED",
        "failure": "Bad\x00 output",
        "failureCode": "INTERNAL.BAD_OUTPUT.CODE01",
        "cost": {"credits": 5},
    }
    with pytest.raises(ProviderFailed, match=r"Bad output \(INTERNAL\.BAD_OUTPUT") as caught:
        play(RunwayDialect().watch(TICKET), said(failed))
    assert caught.value.charged_usd == Decimal("0.05")


def test_a_cancelled_task_is_cancelled() -> None:
    with pytest.raises(Cancelled):
        play(RunwayDialect().watch(TICKET), said({"status": "CANCELLED"}))


def test_a_task_that_cannot_be_found_any_more_was_deleted() -> None:
    gone = said({"error": "Not found"}, 404)
    with pytest.raises(Cancelled):
        play(RunwayDialect().watch(TICKET), gone, gone, gone)


def test_a_task_that_is_not_there_yet_is_waited_for() -> None:
    gone, done = said({"error": "Not found"}, 404), {"status": "SUCCEEDED", "output": ["https://a"]}
    assert play(RunwayDialect().watch(TICKET), gone, gone, said(done)).result is not None


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (said({"error": "later"}, 429), ProviderBusy),
        (said({"error": "broken"}, 500), ProviderUnavailable),
        (said({"error": "not valid"}, 401), ProviderUnavailable),  # the clip may be there
        (said(None, 404), ProviderUnavailable),
        (said(None), ProviderUnavailable),
        (said({"status": "SUCCEEDED", "output": []}), ProviderUnavailable),
        (said({"status": "SUCCEEDED", "output": ["file:///a"]}), ProviderUnavailable),
    ],
)
def test_a_reply_that_says_nothing_of_the_clip_is_asked_again(
    reply: Reply, kind: type[PhotoplayError]
) -> None:
    with pytest.raises(kind):
        play(RunwayDialect().watch(TICKET), reply)


def test_a_task_is_stopped_by_deleting_it() -> None:
    call = RunwayDialect().cancel(TICKET)
    assert (call.method, call.url) == ("DELETE", f"{HOST}/tasks/17f20503")


def test_the_secret_is_asked_for_and_goes_into_one_header() -> None:
    dialect: Dialect = RunwayDialect()
    assert dialect.provider == "runway"
    assert dialect.secrets == (("RUNWAYML_API_SECRET",),)
    assert dialect.authorize({"RUNWAYML_API_SECRET": "k"}, 0) == {"Authorization": "Bearer k"}
    with pytest.raises(ProviderKeyRefused):
        dialect.authorize({}, 0)


def test_runway_can_neither_be_asked_for_a_key_nor_call_back() -> None:
    dialect: Dialect = RunwayDialect()
    assert dialect.find("a-key-of-ours") is None
    assert dialect.announced({"id": "a"}) is None


@given(status=st.integers(100, 599), body=JSON | TASKS)
def test_no_reply_raises_anything_but_our_errors(status: int, body: Any) -> None:
    dialect, reply = RunwayDialect(), said(body, status)
    video = MediaFile(
        loc=("body", "video_urls", 0),
        path=Path("a.mp4"),
        content_type="video/mp4",
        bytes=4,
        limits=FileLimits(kind="video"),
    )
    with suppress(PhotoplayError):
        dialect.accepted(reply)
    for flow in (dialect.watch(TICKET), dialect.upload(video)):
        assert isinstance(next(flow), Call)
        with suppress(PhotoplayError, StopIteration):
            flow.send(reply)
