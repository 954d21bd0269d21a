"""Clips of ours into an endpoint's values: shots, and cuts that are left to the model."""

from __future__ import annotations

from pathlib import Path

import pytest

from photoplay import catalogue
from photoplay.clip import ClipRequest, Framing, Shot, Tier
from photoplay.dialects import fal
from photoplay.engine import Feature, features_of
from photoplay.errors import FeatureNotSupported

URL = "https://a/b.png"


def request_of(*shots: Shot, split_shots: bool = False) -> ClipRequest:
    return ClipRequest(
        start_image=Path("still.png"), shots=shots, split_shots=split_shots, tier=Tier.PRO
    )


def test_shots_are_sent_with_their_seconds_and_come_back() -> None:
    endpoint = catalogue.load().find("fal-ai/kling-video/v3/pro/image-to-video")
    request = request_of(Shot("a", 3), Shot("b", 4, framing=Framing.CLOSE_UP))
    asked = fal.to_values(endpoint, request, URL)
    assert asked.values["multi_prompt"] == [
        {"prompt": "a", "duration": "3"},
        {"prompt": "b", "duration": "4"},
    ]
    assert f"{endpoint.id} frames shots as their prompts say" in asked.notes
    shots = fal.to_request(endpoint, asked.values, _start(endpoint)).shots
    assert [shot.duration_s for shot in shots] == [3, 4]


@pytest.mark.parametrize(
    ("endpoint_id", "field", "value"),
    [
        ("fal-ai/kling-video/v3/pro/image-to-video", "shot_type", "intelligent"),
        ("wan/v2.6/image-to-video", "multi_shots", True),
    ],
)
def test_a_prompt_that_is_to_be_split_leaves_the_cuts_to_the_model(
    endpoint_id: str, field: str, value: object
) -> None:
    endpoint = catalogue.load().find(endpoint_id)
    request = request_of(Shot("a", 5), split_shots=True)
    values = fal.to_values(endpoint, request, URL).values
    assert values[field] == value
    assert values["prompt"] == "a"
    assert fal.to_request(endpoint, values, _start(endpoint)).split_shots


def test_an_endpoint_that_makes_one_take_refuses_to_split() -> None:
    endpoint = catalogue.load().find("fal-ai/kling-video/v2.6/pro/image-to-video")
    with pytest.raises(FeatureNotSupported, match="leaves no cuts to its model"):
        fal.to_values(endpoint, request_of(Shot("a", 5), split_shots=True), URL)


def test_a_picture_of_a_shot_is_an_element_to_an_engine() -> None:
    request = request_of(Shot("a", 3, image=Path("anna.png")))
    assert features_of(request) == {Feature.ELEMENTS}


def _start(endpoint: catalogue.Endpoint) -> dict[fal.Loc, Path]:
    field = endpoint.find(catalogue.Role.START_IMAGE)
    assert field is not None
    return {("body", field.name): Path("still.png")}
