"""A clip of ours as the values of any endpoint: every wish arrives, or is refused."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from photoplay import catalogue
from photoplay.catalogue import Role
from photoplay.clip import ClipRequest, Shot, SoundOptions, Tier
from photoplay.dialects import fal
from photoplay.errors import FeatureNotSupported

STILL = "https://example.com/still.jpg"
KNOWN = catalogue.load()
V3 = KNOWN.find("fal-ai/kling-video/v3/pro/image-to-video")
O3 = KNOWN.find("fal-ai/kling-video/o3/pro/image-to-video")
VEO = KNOWN.find("fal-ai/veo3.1/image-to-video")
PIKA = KNOWN.find("fal-ai/pika/v2.2/image-to-video")


def clip(**given: Any) -> ClipRequest:
    known: dict[str, Any] = {
        "start_image": Path("still.jpg"),
        "shots": (Shot("push in", 8),),
        "tier": Tier.PRO,
    }
    return ClipRequest(**(known | given))


def test_a_clip_is_spelt_as_kling_reads_it() -> None:
    asked = fal.to_values(V3, clip(guidance=0.7, audio=False), STILL)
    wanted = {"prompt": "push in", "start_image_url": STILL, "duration": "8", "cfg_scale": 0.7}
    assert wanted.items() <= asked.values.items()
    assert asked.values["generate_audio"] is False
    assert asked.notes == ()


def test_it_means_the_same_when_it_is_read_back() -> None:
    request = clip(negative_prompt="rain", guidance=0.3)
    values = fal.to_values(V3, request, STILL).values
    files: dict[fal.Loc, Path] = {("body", "start_image_url"): Path("still.jpg")}
    assert fal.to_request(V3, values, files) == request


def test_several_shots_are_listed() -> None:
    shots = (Shot("wide", 3), Shot("close", 5))
    values = fal.to_values(V3, clip(shots=shots), STILL).values
    assert [shot["prompt"] for shot in values["multi_prompt"]] == ["wide", "close"]
    assert [shot["duration"] for shot in values["multi_prompt"]] == ["3", "5"]


def test_what_to_avoid_is_said_at_the_end_where_there_is_no_field() -> None:
    assert O3.find(Role.NEGATIVE_PROMPT) is None
    values = fal.to_values(O3, clip(negative_prompt="rain, fog"), STILL).values
    assert values["prompt"] == "push in\nAVOID: rain, fog"
    assert fal.to_values(O3, clip(), STILL).values["prompt"] == "push in"


@pytest.mark.parametrize(
    ("endpoint", "wish", "complaint"),
    [
        (VEO, {"shots": (Shot("push in", 5),)}, "5 s"),
        (VEO, {"shots": (Shot("a", 4), Shot("b", 4))}, "2 shots"),
        (VEO, {"aspect": Fraction(1)}, "aspect 1:1"),
        (V3, {"aspect": Fraction(16, 9)}, "aspect 16:9"),
        (V3, {"tier": Tier.STANDARD}, "the standard tier"),
        (V3, {"camera": "orbit-left"}, "camera work orbit-left"),
        (V3, {"sound": SoundOptions(music="piano")}, "music, voice"),
        (O3, {"guidance": 0.9}, "guidance 0.9"),
        (PIKA, {"tier": Tier.FOUR_K, "shots": (Shot("push in", 5),)}, "the 4k tier"),
    ],
)
def test_what_it_has_no_word_for_is_refused(
    endpoint: catalogue.Endpoint, wish: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(FeatureNotSupported, match=complaint):
        fal.to_values(endpoint, clip(**wish), STILL)


def test_small_things_that_it_leaves_out_are_said() -> None:
    assert fal.to_values(V3, clip(seed=7), STILL).notes == (
        f"{V3.id} takes no seed: every clip is another",
    )
    silent = replace(clip(), shots=(Shot("push in", 5),))
    assert fal.to_values(PIKA, silent, STILL).notes == (f"clips of {PIKA.id} never have sound",)
