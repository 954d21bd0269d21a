"""What Kling's two dialects ask for: every field that has a word there, and every refusal."""

from __future__ import annotations

from typing import Any

import pytest

from photoplay.catalogue import load
from photoplay.dialects.kling import KlingNew, KlingOld
from photoplay.dialects.provider import Json
from photoplay.errors import FeatureNotSupported
from tests.dialects.kling_orders import (
    FILM,
    FIRST,
    KEY,
    LAST,
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

USUAL_NEGATIVE = "blur, distort, and low quality"
HOST = "https://api-singapore.klingai.com"
NEW_OPTIONS = {"external_task_id": KEY, "watermark_info": {"enabled": False}}


def said(kind: str, url: str, **more: str) -> Json:
    return {"type": kind, "url": url, **more}


def prompted(text: str) -> Json:
    return {"type": "prompt", "text": text}


NEW: list[tuple[str, Json, str, Json]] = [
    (
        V3_IMAGE,
        {"prompt": "slow push in", "start_image_url": FIRST},
        "/image-to-video/kling-3.0",
        {
            "contents": [prompted("slow push in"), said("first_frame", FIRST)],
            "settings": {
                "resolution": "1080p",
                "multi_shot": False,  # the default is true
                "audio": "native",  # the default is off
                "duration": 5,
            },
        },
    ),
    (
        "fal-ai/kling-video/v3/4k/image-to-video",
        {
            "prompt": "a",
            "start_image_url": FIRST,
            "end_image_url": LAST,
            "duration": "15",
            "generate_audio": False,
            "negative_prompt": "rain",
        },
        "/image-to-video/kling-3.0",
        {
            "contents": [
                prompted("a\nAVOID: rain"),
                said("first_frame", FIRST),
                said("last_frame", LAST),
            ],
            "settings": {"resolution": "4k", "multi_shot": False, "audio": "off", "duration": 15},
        },
    ),
    (
        V3_TEXT,
        {"multi_prompt": SHOTS, "aspect_ratio": "9:16", "negative_prompt": "fog; "},
        "/text-to-video/kling-3.0",
        {
            "prompt": "shot 1, 3, A cat walks AVOID: fog,; shot 2, 2, It sits AVOID: fog,;",
            "settings": {
                "resolution": "720p",
                "multi_shot": True,
                "audio": "native",
                "duration": 5,
                "aspect_ratio": "9:16",
            },
        },
    ),
    (
        V3_TEXT,
        {"prompt": "A cat's day", "shot_type": "intelligent"},
        "/text-to-video/kling-3.0",
        {
            "prompt": "A cat's day",
            "settings": {
                "resolution": "720p",
                "multi_shot": True,
                "audio": "native",
                "duration": 5,
                "aspect_ratio": "16:9",
            },
        },
    ),
    (
        V3_MOTION,
        {
            "image_url": FIRST,
            "video_url": FILM,
            "character_orientation": "video",
            "keep_original_sound": False,
        },
        "/motion-control/kling-3.0",
        {
            "contents": [said("image", FIRST), said("video", FILM)],
            "settings": {
                "resolution": "720p",
                "character_orientation": "video",
                "audio": "off",
            },
        },
    ),
    (
        TURBO_IMAGE,
        {"image_url": FIRST, "duration": "7"},
        "/image-to-video/kling-3.0-turbo",
        {
            "contents": [said("first_frame", FIRST)],
            "settings": {"resolution": "1080p", "duration": 7},
        },
    ),
    (
        V26_IMAGE,
        {"prompt": "a", "start_image_url": FIRST, "end_image_url": LAST, "duration": "10"},
        "/image-to-video/kling-2.6",
        {
            "contents": [prompted("a"), said("first_frame", FIRST), said("last_frame", LAST)],
            "settings": {"resolution": "1080p", "audio": "native", "duration": 10},
        },
    ),
    (
        V26_TEXT,
        {"prompt": "a", "aspect_ratio": "1:1"},
        "/text-to-video/kling-2.6",
        {
            "prompt": "a",
            "settings": {
                "resolution": "1080p",
                "audio": "native",
                "duration": 5,
                "aspect_ratio": "1:1",
            },
        },
    ),
    (
        V26_MOTION,
        {
            "prompt": "in the rain",
            "image_url": FIRST,
            "video_url": FILM,
            "character_orientation": "image",
        },
        "/motion-control/kling-2.6",
        {
            "contents": [prompted("in the rain"), said("image", FIRST), said("video", FILM)],
            "settings": {
                "resolution": "1080p",
                "character_orientation": "image",
                "audio": "original",
            },
        },
    ),
    (
        V25_IMAGE,
        {"prompt": "a", "image_url": FIRST},
        "/image-to-video/kling-2.5-turbo",
        {
            "contents": [prompted("a"), said("first_frame", FIRST)],
            "settings": {"resolution": "1080p", "duration": 5},
        },
    ),
    (
        O3_IMAGE,
        {"prompt": "a", "image_url": FIRST, "end_image_url": LAST},
        "/omni-video/kling-3.0-omni",
        {
            "contents": [prompted("a"), said("first_frame", FIRST), said("last_frame", LAST)],
            "settings": {"resolution": "1080p", "multi_shot": False, "audio": "off", "duration": 5},
        },
    ),
    (
        O3_REFERENCE,
        {"prompt": "@Image1 meets @Image2", "image_urls": [FIRST, LAST], "generate_audio": True},
        "/omni-video/kling-3.0-omni",
        {
            "contents": [
                prompted("@image_1 meets @image_2"),
                said("refer_image", FIRST, id="image_1"),
                said("refer_image", LAST, id="image_2"),
            ],
            "settings": {
                "resolution": "1080p",
                "multi_shot": False,
                "audio": "native",
                "duration": 5,
                "aspect_ratio": "16:9",
            },
        },
    ),
    (
        O3_EDIT,
        {"prompt": "make @Video1 snowy", "video_url": FILM},
        "/omni-video/kling-3.0-omni",
        {
            "contents": [
                prompted("make @video_1 snowy"),
                said("base_video", FILM, id="video_1"),
            ],
            "settings": {"resolution": "1080p", "multi_shot": False, "audio": "original"},
        },
    ),
    (
        O3_VIDEO,
        {
            "prompt": "as @Video1",
            "video_url": FILM,
            "keep_audio": False,
            "duration": "4",
            "aspect_ratio": "1:1",
        },
        "/omni-video/kling-3.0-omni",
        {
            "contents": [prompted("as @video_1"), said("feature_video", FILM, id="video_1")],
            "settings": {
                "resolution": "720p",
                "multi_shot": False,
                "audio": "off",
                "duration": 4,
                "aspect_ratio": "1:1",
            },
        },
    ),
]


@pytest.mark.parametrize(("name", "body", "path", "expected"), NEW)
def test_the_current_design_is_asked_in_its_words(
    name: str, body: Json, path: str, expected: Json
) -> None:
    call = KlingNew().submit(order(name, **body))
    assert (call.method, call.url, call.authorized) == ("POST", HOST + path, True)
    assert call.json == {**expected, "options": NEW_OPTIONS}


OLD: list[tuple[str, Json, str, Json]] = [
    (
        V3_IMAGE,
        {"prompt": "slow push in", "start_image_url": FIRST},
        "image2video",
        {
            "model_name": "kling-v3",
            "mode": "pro",
            "prompt": "slow push in",
            "image": FIRST,
            "duration": "5",
            "negative_prompt": USUAL_NEGATIVE,  # no default there
            "sound": "on",  # the default is off
        },
    ),
    (
        "fal-ai/kling-video/v3/4k/image-to-video",
        {
            "multi_prompt": SHOTS,
            "start_image_url": FIRST,
            "end_image_url": LAST,
            "negative_prompt": "",
            "cfg_scale": 0.8,
            "generate_audio": False,
        },
        "image2video",
        {
            "model_name": "kling-v3",
            "mode": "4k",
            "multi_shot": True,
            "shot_type": "customize",
            "multi_prompt": [
                {"index": 1, "prompt": "A cat walks", "duration": "3"},
                {"index": 2, "prompt": "It sits", "duration": "2"},
            ],
            "duration": "5",
            "image": FIRST,
            "image_tail": LAST,
            "cfg_scale": 0.8,
            "sound": "off",
        },
    ),
    (
        V3_TEXT,
        {"prompt": "a", "shot_type": "intelligent", "aspect_ratio": "9:16"},
        "text2video",
        {
            "model_name": "kling-v3",
            "mode": "std",
            "prompt": "a",
            "multi_shot": True,
            "shot_type": "intelligence",
            "duration": "5",
            "negative_prompt": USUAL_NEGATIVE,
            "sound": "on",
            "aspect_ratio": "9:16",
        },
    ),
    (
        V3_MOTION,
        {
            "prompt": "in the rain",
            "image_url": FIRST,
            "video_url": FILM,
            "character_orientation": "image",
        },
        "motion-control",
        {
            "model_name": "kling-v3",
            "mode": "std",
            "prompt": "in the rain",
            "image_url": FIRST,
            "video_url": FILM,
            "character_orientation": "image",
            "keep_original_sound": "yes",
        },
    ),
    (
        V26_IMAGE,
        {
            "prompt": "<<<voice_1>>> says hello",
            "start_image_url": FIRST,
            "voice_ids": ["v-1"],
        },
        "image2video",
        {
            "model_name": "kling-v2-6",
            "mode": "pro",
            "prompt": "<<<voice_1>>> says hello",
            "duration": "5",
            "image": FIRST,
            "negative_prompt": USUAL_NEGATIVE,
            "voice_list": [{"voice_id": "v-1"}],
            "sound": "on",
        },
    ),
    (
        V25_IMAGE,
        {"prompt": "a", "image_url": FIRST, "tail_image_url": LAST},
        "image2video",
        {
            "model_name": "kling-v2-5-turbo",
            "mode": "pro",
            "prompt": "a",
            "duration": "5",
            "image": FIRST,
            "image_tail": LAST,
            "negative_prompt": USUAL_NEGATIVE,
        },
    ),
    (
        O3_REFERENCE,
        {"prompt": "@Image1 walks", "image_urls": [FIRST], "start_image_url": LAST},
        "omni-video",
        {
            "model_name": "kling-v3-omni",
            "mode": "pro",
            "prompt": "<<<image_1>>> walks",
            "duration": "5",
            "image_list": [{"image_url": FIRST}, {"image_url": LAST, "type": "first_frame"}],
            "sound": "off",
        },
    ),
    (
        O3_IMAGE,
        {"prompt": "a", "image_url": FIRST, "end_image_url": LAST, "generate_audio": True},
        "omni-video",
        {
            "model_name": "kling-v3-omni",
            "mode": "pro",
            "prompt": "a",
            "duration": "5",
            "image_list": [
                {"image_url": FIRST, "type": "first_frame"},
                {"image_url": LAST, "type": "end_frame"},
            ],
            "sound": "on",
        },
    ),
    (
        O3_TEXT,
        {"multi_prompt": SHOTS},
        "omni-video",
        {
            "model_name": "kling-v3-omni",
            "mode": "std",
            "multi_shot": True,
            "shot_type": "customize",
            "multi_prompt": [
                {"index": 1, "prompt": "A cat walks", "duration": "3"},
                {"index": 2, "prompt": "It sits", "duration": "2"},
            ],
            "duration": "5",
            "sound": "off",
            "aspect_ratio": "16:9",
        },
    ),
    (
        O3_EDIT,
        {"prompt": "make @Video1 snowy", "video_url": FILM, "keep_audio": False},
        "omni-video",
        {
            "model_name": "kling-v3-omni",
            "mode": "pro",
            "prompt": "make <<<video_1>>> snowy",
            "video_list": [{"video_url": FILM, "refer_type": "base", "keep_original_sound": "no"}],
            "sound": "off",
        },
    ),
]


@pytest.mark.parametrize(("name", "body", "route", "expected"), OLD)
def test_the_older_design_is_asked_in_its_words(
    name: str, body: Json, route: str, expected: Json
) -> None:
    call = KlingOld().submit(order(name, **body))
    assert (call.method, call.url) == ("POST", f"{HOST}/v1/videos/{route}")
    own = {"external_task_id": KEY, "watermark_info": {"enabled": False}}
    assert call.json == {**expected, **own}


def test_a_webhook_and_another_model_are_passed_on() -> None:
    asked = order(V3_TEXT, webhook_url="https://us.example/hook", prompt="a")
    new = KlingNew("http://127.0.0.1:1/", "kling-3.5").submit(asked)
    assert new.url == "http://127.0.0.1:1/text-to-video/kling-3.5"
    assert new.json["options"]["callback_url"] == "https://us.example/hook"
    old = KlingOld("http://127.0.0.1:1", "kling-v3-5").submit(asked)
    assert old.json["model_name"] == "kling-v3-5"
    assert old.json["callback_url"] == "https://us.example/hook"


ELEMENTS = [{"frontal_image_url": FIRST, "reference_image_urls": [LAST]}]
REFUSED: list[tuple[type[KlingNew | KlingOld], str, Json, str]] = [
    (KlingNew, V3_IMAGE, {"prompt": "a", "start_image_url": FIRST, "elements": ELEMENTS}, "elem"),
    (KlingOld, V3_IMAGE, {"prompt": "a", "start_image_url": FIRST, "elements": ELEMENTS}, "elem"),
    (KlingNew, V3_IMAGE, {"prompt": "a", "start_image_url": FIRST, "cfg_scale": 1}, "guidance"),
    (
        KlingNew,
        V26_IMAGE,
        {"prompt": "a", "start_image_url": FIRST, "voice_ids": ["v"]},
        "voices",
    ),
    (
        KlingOld,
        V26_IMAGE,
        {"prompt": "a", "start_image_url": FIRST, "voice_ids": ["v"], "generate_audio": False},
        "voices in a silent clip",
    ),
    (
        KlingNew,
        TURBO_IMAGE,
        {"image_url": FIRST, "multi_prompt": SHOTS},
        "several shots",
    ),
    (KlingOld, TURBO_IMAGE, {"image_url": FIRST, "prompt": "a"}, "a clip of v3-turbo"),
    (KlingNew, V3_TEXT, {"multi_prompt": SHOTS, "shot_type": "intelligent"}, "shots and cuts"),
    (KlingOld, V3_TEXT, {"multi_prompt": SHOTS, "shot_type": "intelligent"}, "shots and cuts"),
    (KlingNew, O3_TEXT, {"prompt": "a", "shot_type": "waltz"}, "shots of another type"),
    (
        KlingNew,
        O3_REFERENCE,
        {"prompt": "a", "start_image_url": FIRST, "aspect_ratio": "1:1"},
        "a first frame and aspect ratio 1:1",
    ),
    (KlingOld, O3_VIDEO, {"prompt": "a", "video_url": FILM}, "as long and as wide"),
    (
        KlingNew,
        V3_TEXT,
        {"prompt": "a" * 2000, "negative_prompt": "b" * 2000},
        "4008 characters of prompt",
    ),
    (
        KlingNew,
        V3_TEXT,
        {"multi_prompt": SHOTS, "negative_prompt": "b" * 510},
        "529 characters in a shot",
    ),
    (
        KlingOld,
        O3_REFERENCE,
        {"prompt": "@Image1" * 357, "image_urls": [FIRST]},
        "4641 characters of prompt",
    ),
    (KlingNew, "fal-ai/veo3.1", {"prompt": "a"}, "does not make"),
    (KlingOld, "fal-ai/kling-video/create-voice", {"voice_url": FILM}, "does not make"),
]


@pytest.mark.parametrize(("design", "name", "body", "asked"), REFUSED)
def test_what_a_design_has_no_words_for_is_refused_by_name(
    design: type[KlingNew | KlingOld], name: str, body: Json, asked: str
) -> None:
    wish = order(name, **body)
    with pytest.raises(FeatureNotSupported, match=asked) as caught:
        design().check(wish.endpoint, wish.values)
    assert "provider fal" in caught.value.fix
    with pytest.raises(FeatureNotSupported):
        design().submit(wish)


def test_a_refusal_names_the_other_design_where_that_one_can() -> None:
    wish = order(V3_TEXT, prompt="a", cfg_scale=0.9)
    with pytest.raises(FeatureNotSupported, match="older API"):
        KlingNew().check(wish.endpoint, wish.values)
    KlingOld().check(wish.endpoint, wish.values)


def test_every_kling_endpoint_in_service_is_asked_for_or_refused_by_name() -> None:
    """Whatever the catalogue learns, a plain request never ends in another exception."""
    plain: dict[str, Any] = {
        "prompt": "a",
        "start_image_url": FIRST,
        "image_url": FIRST,
        "video_url": FILM,
        "voice_url": FILM,
        "character_orientation": "image",
        "duration": "5",
    }
    made: dict[str, set[str]] = {"new": set(), "old": set()}
    for name, found in load().endpoints.items():
        if found.family != "Kling" or found.generation == "v4":
            continue
        names = {field.name for field in found.fields}
        body = {key: value for key, value in plain.items() if key in names}
        if name.endswith("video-to-video/reference"):
            body["aspect_ratio"] = "16:9"
        for design, dialect in (("new", KlingNew()), ("old", KlingOld())):
            try:
                dialect.submit(order(name, **body))
            except FeatureNotSupported:
                continue
            made[design].add(name)
    assert len(made["new"]) == 30
    assert made["new"] - made["old"] == {name for name in made["new"] if "/turbo/" in name}
