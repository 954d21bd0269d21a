"""Kling's models at their resellers: which are known, and each field in their words."""

from __future__ import annotations

from typing import Any

import pytest

from photoplay import catalogue
from photoplay.catalogue import Endpoint
from photoplay.dialects.atlascloud import AtlasCloud
from photoplay.dialects.predictions import Predictions
from photoplay.dialects.wavespeed import WaveSpeed
from photoplay.errors import FeatureNotSupported
from tests.rigs.providers.kwaivgi import ATLASCLOUD, WAVESPEED, fault_in
from tests.rigs.providers.orders import IMAGE, VIDEO, order_of, row

WAVE, ATLAS = WaveSpeed(), AtlasCloud()
NEGATIVE = "blur, distort, and low quality"
ELEMENT = {"frontal_image_url": IMAGE, "reference_image_urls": [IMAGE]}
SHOTS = [{"prompt": "a fox", "duration": "3"}, {"prompt": "a hare", "duration": "4"}]


def asked(dialect: Predictions, name: str, **body: Any) -> tuple[str, dict[str, Any]]:
    """The model and the inputs for a body, after the check."""
    order = order_of(row(name), **body)
    dialect.check(order.endpoint, order.values)
    models = dialect.models
    return models.model_id(order.endpoint), models.inputs(order.endpoint, order.values)


def refused(dialect: Predictions, name: str, **body: Any) -> str:
    with pytest.raises(FeatureNotSupported) as caught:
        asked(dialect, name, **body)
    assert "fal" in caught.value.fix
    return str(caught.value)


def test_an_image_to_video_with_all_it_may_say() -> None:
    given: dict[str, Any] = {"prompt": "a fox", "negative_prompt": "", "cfg_scale": 0.9}
    given |= {"start_image_url": IMAGE, "end_image_url": IMAGE}
    given |= {"duration": "15", "generate_audio": False}
    said = {
        "prompt": "a fox",
        "image": IMAGE,
        "end_image": IMAGE,
        "duration": 15,
        "sound": False,
        "negative_prompt": "",
        "cfg_scale": 0.9,
    }
    model = "kwaivgi/kling-v3.0-std/image-to-video"
    v3 = "v3/standard/image-to-video"
    assert asked(ATLAS, v3, **given) == (model, said)
    assert asked(WAVE, v3, **given | {"shot_type": "intelligent"}) == (
        model,
        said | {"shot_type": "intelligent"},
    )


def test_defaults_are_spelt_out_because_theirs_differ() -> None:
    """Without `sound` a clip of theirs is silent; without `shot_type` the model may cut it."""
    assert asked(WAVE, "v3/pro/image-to-video", prompt="a fox", start_image_url=IMAGE) == (
        "kwaivgi/kling-v3.0-pro/image-to-video",
        {
            "prompt": "a fox",
            "image": IMAGE,
            "duration": 5,
            "sound": True,
            "shot_type": "customize",
            "negative_prompt": NEGATIVE,
            "cfg_scale": 0.5,
        },
    )


def test_shots_have_lengths_in_numbers() -> None:
    _, said = asked(WAVE, "v3/4k/text-to-video", multi_prompt=SHOTS, duration="7")
    assert said == {
        "multi_prompt": [
            {"prompt": "a fox", "duration": 3},
            {"prompt": "a hare", "duration": 4},
        ],
        "duration": 7,
        "sound": True,
        "shot_type": "customize",
        "aspect_ratio": "16:9",
        "negative_prompt": NEGATIVE,
        "cfg_scale": 0.5,
    }


def test_motion_control() -> None:
    given = {"image_url": IMAGE, "video_url": VIDEO, "character_orientation": "image"}
    said = {
        "image": IMAGE,
        "video": VIDEO,
        "character_orientation": "image",
        "keep_original_sound": True,
    }
    v3 = asked(WAVE, "v3/pro/motion-control", **given)
    assert v3 == ("kwaivgi/kling-v3.0-pro/motion-control", said)
    v26 = asked(WAVE, "v2.6/standard/motion-control", **given, prompt="rain")
    assert v26 == ("kwaivgi/kling-v2.6-std/motion-control", said | {"prompt": "rain"})


@pytest.mark.parametrize(
    ("name", "body", "model", "said"),
    [
        (
            "v3/turbo/pro/image-to-video",
            {"image_url": IMAGE},
            "v3-turbo-pro/image-to-video",
            {"image": IMAGE, "duration": 5},
        ),
        (
            "v3/turbo/standard/text-to-video",
            {"prompt": "a fox", "aspect_ratio": "9:16"},
            "v3-turbo-std/text-to-video",
            {"prompt": "a fox", "duration": 5, "aspect_ratio": "9:16"},
        ),
        (
            "o3/4k/image-to-video",
            {"prompt": "a fox", "image_url": IMAGE},
            "video-o3-4k/image-to-video",
            {
                "prompt": "a fox",
                "image": IMAGE,
                "duration": 5,
                "sound": False,
                "shot_type": "customize",
            },
        ),
        (
            "o3/pro/text-to-video",
            {"prompt": "a fox", "generate_audio": True},
            "video-o3-pro/text-to-video",
            {
                "prompt": "a fox",
                "duration": 5,
                "aspect_ratio": "16:9",
                "sound": True,
                "shot_type": "customize",
            },
        ),
        (
            "v2.6/pro/image-to-video",
            {"prompt": "a fox", "start_image_url": IMAGE, "duration": "10"},
            "v2.6-pro/image-to-video",
            {"prompt": "a fox", "image": IMAGE, "duration": 10, "sound": True},
        ),
        (
            "v2.6/pro/text-to-video",
            {"prompt": "a fox"},
            "v2.6-pro/text-to-video",
            {
                "prompt": "a fox",
                "duration": 5,
                "aspect_ratio": "16:9",
                "negative_prompt": NEGATIVE,
                "cfg_scale": 0.5,
                "sound": True,
            },
        ),
        (
            "v2.5-turbo/pro/image-to-video",
            {"prompt": "a fox", "image_url": IMAGE, "tail_image_url": IMAGE},
            "v2.5-turbo-pro/image-to-video",
            {
                "prompt": "a fox",
                "image": IMAGE,
                "last_image": IMAGE,
                "duration": 5,
                "negative_prompt": NEGATIVE,
                "guidance_scale": 0.5,
            },
        ),
    ],
)
def test_other_generations_have_models_of_their_own(
    name: str, body: dict[str, Any], model: str, said: dict[str, Any]
) -> None:
    found, inputs = asked(WAVE, name, **body)
    assert found == f"kwaivgi/kling-{model}"
    assert {key: inputs[key] for key in inputs if key in said} == said
    assert set(inputs) - set(said) <= {"negative_prompt"}
    assert fault_in(WAVESPEED, found, inputs) is None


@pytest.mark.parametrize(
    ("dialect", "name", "body", "words"),
    [
        (WAVE, "v3/pro/image-to-video", {"elements": [ELEMENT]}, "elements"),
        (ATLAS, "v3/pro/image-to-video", {"elements": [ELEMENT]}, "elements"),
        (ATLAS, "v3/pro/image-to-video", {"shot_type": "intelligent"}, "shot_type intelligent"),
        (WAVE, "v2.6/pro/image-to-video", {"voice_ids": ["v-1"]}, "voice_ids"),
    ],
)
def test_what_has_no_word_is_refused_and_never_dropped(
    dialect: Predictions, name: str, body: dict[str, Any], words: str
) -> None:
    said = refused(dialect, name, prompt="a fox", start_image_url=IMAGE, **body)
    assert f"{dialect.provider} was asked for {words}; it has no word" in said


def test_shots_and_an_end_image_do_not_go_together() -> None:
    given = {"start_image_url": IMAGE, "multi_prompt": SHOTS, "duration": "7"}
    asked(WAVE, "v3/pro/image-to-video", **given)
    said = refused(WAVE, "v3/pro/image-to-video", **given, end_image_url=IMAGE)
    assert "several shots and an end image" in said
    assert "multi_prompt" in refused(ATLAS, "v3/pro/image-to-video", **given)


def test_motion_control_with_an_element_is_refused() -> None:
    body = {"image_url": IMAGE, "video_url": VIDEO, "character_orientation": "video"}
    refused(WAVE, "v3/pro/motion-control", **body, elements=[ELEMENT])
    refused(ATLAS, "v3/pro/motion-control", **body)


@pytest.mark.parametrize(
    ("dialect", "count"), [(WAVE, 23), (ATLAS, 9)], ids=lambda value: getattr(value, "provider", "")
)
def test_exactly_the_known_models_are_served(dialect: Predictions, count: int) -> None:
    served = [each for each in catalogue.load().endpoints.values() if serves(dialect, each)]
    assert len(served) == count
    assert all(each.family == "Kling" for each in served)
    tables = {"wavespeed": WAVESPEED, "atlascloud": ATLASCLOUD}
    for endpoint in served:
        wrong = fault_in(tables[dialect.provider], dialect.models.model_id(endpoint), {})
        assert wrong is None or wrong[0] == 400, endpoint.id


def serves(dialect: Predictions, endpoint: Endpoint) -> bool:
    try:
        dialect.check(endpoint, {})
    except FeatureNotSupported:
        return False
    return True
