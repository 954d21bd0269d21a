"""What a row makes: checked bodies, complaints in fal's form, and an OpenAPI document."""

from __future__ import annotations

import json
import time
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from photoplay import catalogue
from photoplay.catalogue import Endpoint, Field
from photoplay.catalogue.models import MOST_ERRORS
from photoplay.catalogue.openapi import schema_name
from photoplay.errors import BodyInvalid

ROWS = list(catalogue.load().endpoints.values())
V3 = catalogue.load().find("fal-ai/kling-video/v3/pro/image-to-video")
O3_REFERENCE = catalogue.load().find("fal-ai/kling-video/o3/pro/reference-to-video")
MOTION = catalogue.load().find("fal-ai/kling-video/v3/pro/motion-control")
SEEDANCE = catalogue.load().find("bytedance/seedance-2.0/reference-to-video")
GOOD = {"start_image_url": "https://a/b.png", "prompt": "slow push in"}


def sample(field: Field) -> Any:
    """A value that a field takes."""
    if field.enum:
        return field.enum[-1]
    match field.type:
        case "array":
            assert field.items is not None
            return [sample(field.items)] * (field.min_length or 1)
        case "object":
            return {member.name: sample(member) for member in field.members if member.required}
        case "boolean":
            return True
        case "string":
            return "some text"
        case _:
            return field.minimum or 1


def smallest(endpoint: Endpoint) -> dict[str, Any]:
    """The least that an endpoint takes."""
    body = {field.name: sample(field) for field in endpoint.fields if field.required}
    if any(field.name == "prompt" for field in endpoint.fields):
        body["prompt"] = "slow push in"
    return body


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_defaults_are_filled_in_and_stay(row: Endpoint) -> None:
    body = smallest(row)
    values = row.validate(body | {"unknown": 1})
    assert values == row.validate(values)
    assert "unknown" not in values
    assert values.items() >= body.items()
    with_default = {field.name for field in row.fields if field.default is not None}
    assert values.keys() == with_default | body.keys()
    order = [field.name for field in row.fields]
    assert list(values) == sorted(values, key=order.index)


@pytest.mark.parametrize(
    ("endpoint", "change", "loc", "kind", "ctx"),
    [
        (V3, {"start_image_url": ...}, ["start_image_url"], "missing", {}),
        (V3, {"start_image_url": None}, ["start_image_url"], "string_type", {}),
        (V3, {"prompt": 5}, ["prompt"], "string_type", {}),
        (V3, {"prompt": "a" * 2501}, ["prompt"], "string_too_long", {"max_length": 2500}),
        (V3, {"prompt": "\ud800"}, ["prompt"], "string_unicode", {}),
        (V3, {"duration": 8}, ["duration"], "literal_error", {"expected": ...}),
        (V3, {"duration": "16"}, ["duration"], "literal_error", {"expected": ...}),
        (V3, {"generate_audio": "maybe"}, ["generate_audio"], "bool_parsing", {}),
        (V3, {"cfg_scale": 1.5}, ["cfg_scale"], "less_than_equal", {"le": 1.0}),
        (V3, {"cfg_scale": -0.5}, ["cfg_scale"], "greater_than_equal", {"ge": 0.0}),
        (V3, {"cfg_scale": float("nan")}, ["cfg_scale"], "finite_number", {}),
        (V3, {"elements": {}}, ["elements"], "list_type", {}),
        (V3, {"elements": ["x"]}, ["elements", 0], "dict_type", {}),
        (V3, {"elements": [{}]}, ["elements", 0], "value_error", {}),
        (V3, {"multi_prompt": []}, ["multi_prompt"], "sequence_too_short", {"min_length": 1}),
        (
            V3,
            {"elements": [{"frontal_image_url": "x", "reference_image_urls": ["y"] * 4}]},
            ["elements", 0, "reference_image_urls"],
            "sequence_too_long",
            {"max_length": 3},
        ),
        (
            V3,
            {"elements": [{"frontal_image_url": "x", "voice_id": "v"}]},
            ["elements", 0],
            "value_error",
            {},
        ),
        (V3, {"elements": [{"video_url": "x"}] * 2}, [], "value_error", {}),
        (V3, {"prompt": None}, [], "value_error", {}),
        (V3, {"multi_prompt": [{"prompt": "a"}]}, [], "value_error", {}),
        (V3, {"multi_prompt": [{"duration": "5"}]}, ["multi_prompt", 0, "prompt"], "missing", {}),
        (
            V3,
            {"prompt": ..., "multi_prompt": [{"prompt": "a", "duration": "4"}]},
            [],
            "value_error",
            {},
        ),
        (O3_REFERENCE, {"image_urls": ["x"] * 8}, [], "value_error", {}),
        (
            O3_REFERENCE,
            {"image_urls": ["x"] * 4, "elements": [{"video_url": "x"}]},
            [],
            "value_error",
            {},
        ),
        (MOTION, {"character_orientation": "image", "elements": [{}]}, [], "value_error", {}),
        (SEEDANCE, {"audio_urls": ["x"]}, [], "value_error", {}),
        (
            SEEDANCE,
            {"audio_urls": ["x"] * 3, "video_urls": ["x"] * 3, "image_urls": ["x"] * 7},
            [],
            "value_error",
            {},
        ),
    ],
)
def test_a_wrong_body_is_complained_of_in_fals_form(
    endpoint: Endpoint, change: dict[str, Any], loc: list[str], kind: str, ctx: dict[str, Any]
) -> None:
    """`...` stands for a field that is left out, and for any text."""
    body = {**smallest(endpoint), **change}
    body = {name: value for name, value in body.items() if value is not ...}
    with pytest.raises(BodyInvalid) as caught:
        endpoint.validate(body)
    (error,) = caught.value.errors
    assert (error.loc, error.type) == (("body", *loc), kind)
    assert error.msg
    for name, limit in ctx.items():
        assert error.ctx[name] == limit or limit is ...


@pytest.mark.parametrize(
    ("endpoint", "change"),
    [
        (V3, {"prompt": "a" * 2500}),
        (V3, {"cfg_scale": 1}),
        (V3, {"cfg_scale": "0.25"}),  # as the original does, numbers are read from text
        (V3, {"elements": [{"video_url": "x", "voice_id": "v"}]}),
        (V3, {"prompt": ..., "multi_prompt": [{"prompt": "a"}]}),
        (O3_REFERENCE, {"image_urls": ["x"] * 7}),
        (O3_REFERENCE, {"image_urls": ["x"] * 3, "elements": [{"video_url": "x"}]}),
        (MOTION, {"character_orientation": "video", "elements": [{}]}),
        (SEEDANCE, {"audio_urls": ["x"], "image_urls": ["x"]}),
    ],
)
def test_what_is_just_within_the_rules_is_taken(endpoint: Endpoint, change: dict[str, Any]) -> None:
    body = {**smallest(endpoint), **change}
    endpoint.validate({name: value for name, value in body.items() if value is not ...})


def test_a_null_with_a_meaning_of_its_own_is_kept() -> None:
    """Wan's length: 5 s if left out, the model's choice if null."""
    wan = catalogue.load().find("alibaba/wan-3.0/text-to-video")
    assert wan.validate({"prompt": "p"})["duration"] == 5
    assert wan.validate({"prompt": "p", "duration": None})["duration"] is None
    assert "seed" not in wan.validate({"prompt": "p", "seed": None})


def test_true_is_not_the_number_one() -> None:
    pika = catalogue.load().find("fal-ai/pika/v2.2/image-to-video")
    with pytest.raises(BodyInvalid):
        pika.validate({"image_url": "x", "prompt": "p", "duration": True})


@pytest.mark.parametrize(
    "body",
    [
        {"elements": [{}] * 1_000_000, **GOOD},
        {"elements": [{"reference_image_urls": [1] * 100}] * 100, **GOOD},
        {"prompt": "a" * 10_000_000},
        {"x" * 1000 + str(number): number for number in range(10_000)},
        [[[[[[]]]]]] * 100_000,
    ],
    ids=["items", "errors", "text", "fields", "lists"],
)
def test_a_huge_body_is_refused_quickly_and_briefly(body: Any) -> None:
    """A second is a hundred times what it takes; without limits the first takes minutes."""
    began = time.perf_counter()
    with pytest.raises(BodyInvalid) as caught:
        V3.validate(body)
    assert time.perf_counter() - began < 1
    assert len(caught.value.errors) <= MOST_ERRORS
    assert len(json.dumps([error.input for error in caught.value.errors])) < 100_000


# The document


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_the_document_describes_the_endpoint(row: Endpoint) -> None:
    document = row.openapi("https://queue.here")
    schemas = document["components"]["schemas"]
    schema = schemas[f"{schema_name(row.id)}Input"]
    assert schema["x-fal-order-properties"] == [field.name for field in row.fields]
    assert schema.get("required", []) == [field.name for field in row.fields if field.required]
    defaults = {
        name: one["default"] for name, one in schema["properties"].items() if "default" in one
    }
    assert defaults == {f.name: f.default for f in row.fields if f.default is not None}
    assert document["servers"] == [{"url": "https://queue.here"}]
    assert document["info"]["x-fal-metadata"]["endpointId"] == row.id
    one = f"/{row.id}/requests/{{request_id}}"
    assert list(document["paths"]) == [f"{one}/status", f"{one}/cancel", f"/{row.id}", one]
    _check_references(document, schemas)
    whole = schema | {"components": {"schemas": schemas}}
    jsonschema_rs.validator_for(whole).validate(smallest(row))


def _check_references(part: Any, schemas: dict[str, Any]) -> None:
    if isinstance(part, dict):
        if "$ref" in part:
            assert part["$ref"].rpartition("/")[2] in schemas
        for inner in part.values():
            _check_references(inner, schemas)
    elif isinstance(part, list):
        for inner in part:
            _check_references(inner, schemas)


def test_file_limits_are_written_as_published() -> None:
    schema = V3.openapi("")["components"]["schemas"]["KlingVideoV3ProImageToVideoInput"]
    image = schema["properties"]["start_image_url"]
    assert image["x-fal"] == {
        "max_file_size": 10485760,
        "min_width": 300,
        "min_height": 300,
        "min_aspect_ratio": 0.4,
        "max_aspect_ratio": 2.5,
        "timeout": 20,
    }
    assert image["limit_description"].startswith("Max file size: 10MB, Min width: 300px")
    assert image["x-fal-file-input"] is True


@pytest.mark.parametrize(
    ("endpoint", "name"),
    [
        (V3.id, "KlingVideoV3ProImageToVideo"),
        ("fal-ai/kling-video/v2.6/pro/image-to-video", "KlingVideoV26ProImageToVideo"),
        ("fal-ai/veo3.1", "Veo31"),
        ("bytedance/seedance-2.0/text-to-video", "Seedance20TextToVideo"),
        ("wan/v2.6/image-to-video/flash", "V26ImageToVideoFlash"),
    ],
)
def test_schemas_are_named_as_the_original_names_them(endpoint: str, name: str) -> None:
    assert schema_name(endpoint) == name


BOUNDED = [
    (row, field)
    for row in ROWS
    for field in row.fields
    if field.enum or (field.minimum is not None and field.maximum is not None)
]


@given(st.sampled_from(BOUNDED), st.data())
def test_what_the_document_allows_is_taken(
    one: tuple[Endpoint, Field], data: st.DataObject
) -> None:
    """Values drawn for single fields; rules between fields are not the document's to say."""
    row, field = one
    if field.enum:
        value: Any = data.draw(st.sampled_from(field.enum))
    else:
        assert field.minimum is not None
        assert field.maximum is not None
        value = data.draw(st.integers(int(field.minimum), int(field.maximum)))
    assert row.validate(smallest(row) | {field.name: value})[field.name] == value
