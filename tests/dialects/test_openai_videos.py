"""The shape of OpenAI's Videos API by recorded exchanges."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photoplay.dialects.openai_videos import OpenAIVideosDialect
from photoplay.dialects.provider import Call, Dialect, Inline, MediaFile, Reply, Ticket
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
    order,
)
from tests.rigs.providers.recorded import play, said

HERE = "http://gpu.local:8091/v1"
TICKET = Ticket(provider_id="video_1")
WAN = "fal-ai/wan/v2.2-a14b/image-to-video"
VEO = "fal-ai/veo3.1"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
# As above, with names that mean something here, so that more than the first check is reached.
JOBS = st.fixed_dictionaries(
    {},
    optional={
        "id": st.text(max_size=2000) | JSON,
        "status": st.sampled_from(["completed", "failed", "queued", "deleted", "new"]) | JSON,
        "progress": JSON,
        "error": st.fixed_dictionaries({}, optional={"code": JSON, "message": JSON}) | JSON,
        "detail": JSON,
    },
)


def local(model: str = "") -> OpenAIVideosDialect:
    return OpenAIVideosDialect(url=HERE, model=model)


def sent(endpoint_id: str, model: str = "", *files: MediaFile, **values: Any) -> dict[str, str]:
    """The form of the call that starts the job; a check lets it through."""
    dialect, wanted = local(model), order(endpoint_id, *files, **values)
    dialect.check(wanted.endpoint, wanted.values)
    return dict(dialect.submit(wanted).form or {})


def refused(endpoint_id: str, model: str = "", **values: Any) -> str:
    wanted = order(endpoint_id, **values)
    with pytest.raises(FeatureNotSupported) as caught:
        local(model).check(wanted.endpoint, wanted.values)
    assert "fal" in caught.value.fix  # who can
    return str(caught.value)


# What is sent


def test_a_job_is_a_form_with_the_first_frame_as_a_file(tmp_path: Path) -> None:
    file = image_file(tmp_path, "start_image_url", size_px=(1200, 1600))
    values = {"prompt": "rain", "start_image_url": IMAGE_URL, "duration": "8"}
    call = local("Wan-AI/Wan2.2").submit(order(KLING_IMAGE, file, **values))
    assert (call.method, call.url, call.authorized) == ("POST", f"{HERE}/videos", True)
    assert call.files == {"input_reference": file.path}
    assert call.form == {
        "prompt": "rain",
        "model": "Wan-AI/Wan2.2",
        "seconds": "8",
        "size": "1080x1440",
        "negative_prompt": "blur, distort, and low quality",
        "generate_sound": "true",
    }


def test_a_job_from_text_has_no_file_and_is_a_form_all_the_same() -> None:
    call = local().submit(order(KLING_TEXT, prompt="rain", generate_audio=False))
    assert call.files == {}
    assert call.form is not None
    assert call.form["generate_sound"] == "false"
    assert "model" not in call.form  # a server of one model needs no name


@pytest.mark.parametrize(
    ("endpoint_id", "values", "size"),
    [
        (KLING_TEXT, {"aspect_ratio": "16:9"}, "1280x720"),
        (KLING_TEXT, {"aspect_ratio": "9:16"}, "720x1280"),
        (KLING_TEXT, {"aspect_ratio": "1:1"}, "720x720"),
        (KLING.format(tier="pro", kind="text-to-video"), {"aspect_ratio": "9:16"}, "1080x1920"),
        (KLING.format(tier="4k", kind="text-to-video"), {}, "3840x2160"),
        (VEO, {"resolution": "1080p"}, "1920x1080"),
        ("bytedance/seedance-2.0/text-to-video", {"aspect_ratio": "21:9"}, "1680x720"),
        ("bytedance/seedance-2.0/text-to-video", {"resolution": "480p"}, "854x480"),
    ],
)
def test_the_short_side_is_that_of_the_tier(
    endpoint_id: str, values: dict[str, Any], size: str
) -> None:
    assert sent(endpoint_id, prompt="rain", **values)["size"] == size


@pytest.mark.parametrize(
    ("size_px", "size"),
    [((1000, 999), "720x720"), ((2048, 858), "1718x720"), ((858, 2048), "720x1718")],
)
def test_a_size_follows_the_first_frame_in_even_numbers(
    tmp_path: Path, size_px: tuple[int, int], size: str
) -> None:
    file = image_file(tmp_path, "start_image_url", size_px=size_px)
    endpoint_id = KLING.format(tier="standard", kind="image-to-video")
    wanted = order(endpoint_id, file, prompt="rain", start_image_url=IMAGE_URL)
    assert (local().submit(wanted).form or {})["size"] == size


def test_the_words_of_open_engines_are_used(tmp_path: Path) -> None:
    form = sent(
        WAN,
        "",
        image_file(tmp_path, "image_url"),
        prompt="rain",
        image_url=IMAGE_URL,
        negative_prompt="fog",
        seed=7,
        num_frames=33,
        frames_per_second=24,
        guidance_scale=4,
        resolution="480p",
    )
    assert form == {
        "prompt": "rain",
        "size": "854x480",
        "negative_prompt": "fog",
        "seed": "7",
        "num_frames": "33",
        "fps": "24",
        "num_inference_steps": "27",
        "guidance_scale": "4.0",
        "guidance_scale_2": "3.5",
        "flow_shift": "5",
        "generate_sound": "false",
    }


def test_one_shot_is_a_prompt() -> None:
    assert sent(KLING_TEXT, multi_prompt=[{"prompt": "rain", "duration": "5"}])["prompt"] == "rain"


@pytest.mark.parametrize(
    ("model", "tier", "aspect", "size"),
    [
        ("sora-2", "standard", "16:9", "1280x720"),
        ("sora-2", "standard", "9:16", "720x1280"),
        ("sora-2-pro", "pro", "16:9", "1792x1024"),
        ("sora-2-pro", "pro", "9:16", "1024x1792"),
        ("sora-2-pro", "standard", "9:16", "720x1280"),
        ("sora-2", "pro", "16:9", "1280x720"),
    ],
)
def test_sora_gets_the_documented_words_alone(
    model: str, tier: str, aspect: str, size: str
) -> None:
    endpoint_id = KLING.format(tier=tier, kind="text-to-video")
    form = sent(endpoint_id, model, prompt="rain", aspect_ratio=aspect, duration="8")
    assert form == {"prompt": "rain", "model": model, "seconds": "8", "size": size}


# What is refused


@pytest.mark.parametrize(
    "url",
    ["https://api.openai.com/v1", "", "https://API.OPENAI.COM/v1/", "https://eu.api.openai.com/v1"],
)
def test_openai_itself_makes_no_videos_any_more(url: str) -> None:
    wanted = order(KLING_TEXT, prompt="rain")
    with pytest.raises(FeatureNotSupported, match=r"since 2026-09-24.*fal, kling or runway"):
        OpenAIVideosDialect(url=url).check(wanted.endpoint, wanted.values)


def test_what_is_no_url_is_no_setting() -> None:
    with pytest.raises(SettingInvalid, match=r"gpu\.local:8091"):
        OpenAIVideosDialect(url="gpu.local:8091")


def test_a_host_that_only_sounds_like_openai_is_not_it() -> None:
    wanted = order(KLING_TEXT, prompt="rain")
    OpenAIVideosDialect(url="https://notopenai.com/v1").check(wanted.endpoint, wanted.values)


TWO_SHOTS = [{"prompt": "rain", "duration": "2"}, {"prompt": "sun", "duration": "3"}]
IMAGE: dict[str, Any] = {"prompt": "rain", "start_image_url": IMAGE_URL}
MOTION = {"image_url": "a", "video_url": "a", "character_orientation": "image"}


@pytest.mark.parametrize(
    ("endpoint_id", "model", "values", "reason"),
    [
        (KLING_TEXT, "", {"multi_prompt": TWO_SHOTS}, "2 shots"),
        (KLING_TEXT, "", {"prompt": " "}, "without a prompt"),
        (KLING_TEXT, "", {"prompt": "rain", "cfg_scale": 0.9}, "cfg_scale"),
        (KLING_TEXT, "", {"prompt": "rain", "shot_type": "intelligent"}, "shot_type"),
        (KLING_IMAGE, "", {**IMAGE, "end_image_url": IMAGE_URL}, "end_image_url"),
        (KLING_IMAGE, "", {**IMAGE, "elements": [{"frontal_image_url": "a"}]}, "elements"),
        (KLING.format(tier="pro", kind="motion-control"), "", MOTION, "video_url"),
        (WAN, "", {"prompt": "a", "image_url": "a", "enable_prompt_expansion": True}, "expansion"),
        (f"{VEO}/reference-to-video", "", {"prompt": "a", "image_urls": ["a"]}, "image_urls"),
        (KLING_TEXT, "sora-2", {"prompt": "rain"}, "a clip of 5 s"),
        (VEO, "sora-2", {"prompt": "rain", "seed": 7}, "seed"),
        (VEO, "sora-2", {"prompt": "rain", "negative_prompt": "fog"}, "negative_prompt"),
        (VEO, "sora-2", {"prompt": "rain", "generate_audio": False}, "a silent clip"),
        (VEO, "sora-2", {"prompt": "rain", "resolution": "1080p"}, "a clip in 1080p"),
        (KLING_TEXT, "sora-2", {"prompt": "a", "duration": "8", "aspect_ratio": "1:1"}, "of 1:1"),
    ],
)
def test_a_wish_without_a_word_is_refused_before_anything_is_sent(
    endpoint_id: str, model: str, values: dict[str, Any], reason: str
) -> None:
    assert reason in refused(endpoint_id, model, **values)


# Replies


def test_a_file_is_kept_for_the_request_itself(tmp_path: Path) -> None:
    file = image_file(tmp_path, "start_image_url")
    played = play(local().upload(file))
    assert played.calls == []
    assert played.result == Inline(path=file.path, content_type="image/png")


@pytest.mark.parametrize("provider_id", ["video_1", "video-1", "video_bGl0ZWxsbTpj==", "a" * 900])
def test_a_job_is_accepted_by_its_id(provider_id: str) -> None:
    reply = said({"id": provider_id, "object": "video", "status": "queued"})
    assert local().accepted(reply) == Ticket(provider_id=provider_id)


def error(message: str, code: str | None = None, kind: str = "invalid_request_error") -> Any:
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, error("Invalid value: 'size'."), ProviderRefused),
        (400, {"error": {"message": "No such model", "code": 400}}, ProviderRefused),
        (400, {"detail": "prompt is required"}, ProviderRefused),  # FastAPI
        (422, {"detail": [{"loc": ["body"], "msg": "Field required"}]}, ProviderRefused),
        (400, error("It was blocked.", "moderation_blocked"), ContentRefused),
        (400, error("It was blocked.", "content_policy_violation"), ContentRefused),
        (401, error("Incorrect API key provided."), ProviderKeyRefused),
        (403, error("Your organization must be verified."), ProviderKeyRefused),
        (404, {"detail": "Not Found"}, ProviderRefused),
        (429, error("Rate limit reached.", "rate_limit_exceeded", "requests"), ProviderBusy),
        (429, error("Quota exceeded.", "insufficient_quota"), ProviderKeyRefused),
    ],
)
def test_an_error_in_a_known_form_proves_that_nothing_was_accepted(
    status: int, body: Any, kind: type[PhotoplayError]
) -> None:
    with pytest.raises(kind):
        local().accepted(said(body, status))


def test_a_busy_server_says_when_to_come_again() -> None:
    with pytest.raises(ProviderBusy) as caught:
        local().accepted(said(error("later"), 429, retry_after="3"))
    assert caught.value.retry_after_s == 3


@pytest.mark.parametrize(
    "reply",
    [
        said(error("The server had an error."), 500),
        said({"detail": "Engine is not running"}, 503),
        said(error("Request timed out."), 408),
        said(None, 429),
        said({"error": {}}, 400),
        said({}, 400),
        said({"status": "queued"}, 200),
        said({"id": 7}, 200),
        said({"id": "."}, 200),
        said(None, 302),
    ],
)
def test_anything_else_leaves_open_whether_it_was_accepted(reply: Reply) -> None:
    with pytest.raises(OutcomeUnclear):
        local().accepted(reply)


def test_a_job_is_watched_until_its_clip_is_there() -> None:
    played = play(
        local().watch(TICKET),
        said({"status": "queued", "progress": 0}),
        said({"status": "in_progress", "progress": 40}, openai_poll_after_ms="2500"),
        said({"status": "a_new_word", "progress": 4000}),
        said({"status": "completed", "progress": 100}),
    )
    assert {call.url for call in played.calls} == {f"{HERE}/videos/video_1"}
    assert [(each.fraction, each.message) for each in played.waits] == [
        (0, "queued"),
        (0.4, "rendering"),
        (1, "rendering"),
    ]
    assert played.waits[1].seconds == 2.5
    assert played.result is not None
    download = played.result.download
    assert (download.url, download.authorized) == (f"{HERE}/videos/video_1/content", True)
    assert played.result.charged_usd is None


@pytest.mark.parametrize(
    ("told", "seconds"),
    [("1500", 1.5), ("0", 0.1), ("99999999", 60), ("-5", 2), ("1e3", 2), ("", 2), ("²", 2)],
)
def test_a_server_may_say_how_often_it_is_asked_within_reason(told: str, seconds: float) -> None:
    running = said({"status": "in_progress"}, openai_poll_after_ms=told)
    played = play(local().watch(TICKET), running, said({"status": "completed"}))
    assert [each.seconds for each in played.waits] == [seconds]


def test_looks_become_rarer_up_to_ten_seconds() -> None:
    running, done = said({"status": "in_progress"}), said({"status": "completed"})
    gaps = [each.seconds for each in play(local().watch(TICKET), *[running] * 20, done).waits]
    assert gaps[0] == 2
    assert gaps == sorted(gaps)
    assert gaps[-1] == 10


@pytest.mark.parametrize(
    ("problem", "kind"),
    [
        ({"code": "moderation_blocked", "message": "No"}, ContentRefused),
        ({"code": "video_generation_failed", "message": "No"}, ProviderFailed),
        ({"message": "CUDA out of memory"}, ProviderFailed),
        ("out of memory", ProviderFailed),
        (None, ProviderFailed),
    ],
)
def test_a_failed_job_says_why(problem: Any, kind: type[PhotoplayError]) -> None:
    with pytest.raises(kind, match=r"No|memory|no reason"):
        play(local().watch(TICKET), said({"status": "failed", "error": problem}))


@pytest.mark.parametrize("status", ["deleted", "cancelled"])
def test_a_job_that_was_stopped_is_cancelled(status: str) -> None:
    with pytest.raises(Cancelled):
        play(local().watch(TICKET), said({"status": status}))


def test_a_job_that_cannot_be_found_any_more_was_deleted() -> None:
    gone = said({"detail": "Video not found"}, 404)
    with pytest.raises(Cancelled):
        play(local().watch(TICKET), gone, gone, gone)
    assert play(local().watch(TICKET), gone, gone, said({"status": "completed"})).result


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (said(error("later"), 429), ProviderBusy),
        (said(error("broken"), 500), ProviderUnavailable),
        (said(error("Incorrect API key provided."), 401), ProviderUnavailable),
        (said(None, 404), ProviderUnavailable),
        (said(None), ProviderUnavailable),
        (said({"status": 7}), ProviderUnavailable),
    ],
)
def test_a_reply_that_says_nothing_of_the_clip_is_asked_again(
    reply: Reply, kind: type[PhotoplayError]
) -> None:
    with pytest.raises(kind):
        play(local().watch(TICKET), reply)


def test_a_job_is_stopped_by_deleting_it() -> None:
    call = local().cancel(Ticket(provider_id="../files"))
    assert (call.method, call.url) == ("DELETE", f"{HERE}/videos/..%2Ffiles")


def test_a_key_is_sent_where_there_is_one() -> None:
    dialect: Dialect = local()
    assert dialect.provider == "openai-videos"
    assert dialect.secrets == (("OPENAI_API_KEY",), ())
    assert dialect.authorize({"OPENAI_API_KEY": "k"}, 0) == {"Authorization": "Bearer k"}
    assert dialect.authorize({}, 0) == {}


def test_a_server_can_neither_be_asked_for_a_key_nor_call_back() -> None:
    dialect: Dialect = local()
    assert dialect.find("a-key-of-ours") is None
    assert dialect.announced({"id": "video_1"}) is None


@given(status=st.integers(100, 599), body=JSON | JOBS, told=st.text(max_size=12))
def test_no_reply_raises_anything_but_our_errors(status: int, body: Any, told: str) -> None:
    reply = said(body, status, openai_poll_after_ms=told)
    with suppress(PhotoplayError):
        local().accepted(reply)
    flow = local().watch(TICKET)
    assert isinstance(next(flow), Call)
    with suppress(PhotoplayError, StopIteration):
        flow.send(reply)
