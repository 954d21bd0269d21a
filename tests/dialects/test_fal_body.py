"""Bodies of any generation: what is understood, what is said about it, what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from photoplay import catalogue
from photoplay.catalogue import Endpoint
from photoplay.clip import ClipRequest
from photoplay.dialects import fal
from photoplay.dialects.fal import replies
from photoplay.errors import BodyInvalid, InvalidRequest

ROWS = list(catalogue.load().endpoints.values())
V3 = catalogue.load().find("fal-ai/kling-video/v3/pro/image-to-video")
O3 = catalogue.load().find("fal-ai/kling-video/o3/pro/image-to-video")
V26 = catalogue.load().find("fal-ai/kling-video/v2.6/pro/image-to-video")
V25 = catalogue.load().find("fal-ai/kling-video/v2.5-turbo/pro/image-to-video")
VEO = catalogue.load().find("fal-ai/veo3.1/image-to-video")
PIKA = catalogue.load().find("fal-ai/pika/v2.2/image-to-video")
SEEDANCE = catalogue.load().find("bytedance/seedance-2.0/image-to-video")
LTX = catalogue.load().find("fal-ai/ltx-2.3/image-to-video")

IMAGE = "https://a/b.png"
WORDS = "The camera orbits the cup, steam rises."
AVOIDED = "cartoon, extra fingers"


def request_of(endpoint: Endpoint, values: dict[str, Any]) -> ClipRequest:
    files = {ref.loc: Path(ref.url) for ref in fal.media_of(endpoint, values)}
    return fal.to_request(endpoint, values, files)


# One wish in the spellings of three generations. The guide's sample is the third.
SPELLINGS = {
    "v3": {
        "start_image_url": IMAGE,
        "prompt": WORDS,
        "negative_prompt": AVOIDED,
        "duration": "8",
        "generate_audio": True,
    },
    "o3": {
        "image_url": IMAGE,
        "prompt": f"{WORDS}\nAVOID: {AVOIDED}",
        "duration": "8",
        "generate_audio": True,
    },
    "guide": {
        "image_url": IMAGE,
        "prompt": f"{WORDS} AVOID: {AVOIDED}",
        "duration": "8",
        "aspect_ratio": "16:9",
        "generate_audio": True,
    },
    "numbers": {
        "start_image_url": IMAGE,
        "image_url": IMAGE,
        "prompt": WORDS,
        "negative_prompt": AVOIDED,
        "duration": 8,
        "generate_audio": True,
        "cfg_scale": 0.5,
    },
}


@pytest.mark.parametrize("endpoint", [V3, O3], ids=["on v3", "on o3"])
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_generation_is_rendered_the_same(endpoint: Endpoint, spelling: str) -> None:
    expected = request_of(V3, fal.read_body(V3, SPELLINGS["v3"]).values)
    assert expected.negative_prompt == AVOIDED
    assert expected.duration_s == 8
    read = fal.read_body(endpoint, SPELLINGS[spelling])
    assert request_of(endpoint, read.values) == expected


@pytest.mark.parametrize(
    ("endpoint", "spelling", "rewrites"),
    [
        (V3, "v3", []),
        (O3, "o3", []),
        (
            V3,
            "o3",
            [
                "image_url was read as start_image_url",
                "what prompt says to avoid was moved to negative_prompt",
            ],
        ),
        (
            V3,
            "guide",
            [
                "image_url was read as start_image_url",
                "what prompt says to avoid was moved to negative_prompt",
                "aspect_ratio is no field of this endpoint and had no effect: "
                "the clip has the shape of its image",
            ],
        ),
        (
            O3,
            "v3",
            [
                "start_image_url was read as image_url",
                "negative_prompt was put at the end of prompt, after AVOID:",
            ],
        ),
        (
            V3,
            "numbers",
            [
                'duration 8 was read as "8"',
                "image_url is no field of this endpoint and had no effect",
            ],
        ),
    ],
)
def test_every_rewrite_is_named(endpoint: Endpoint, spelling: str, rewrites: list[str]) -> None:
    assert list(fal.read_body(endpoint, SPELLINGS[spelling]).rewrites) == rewrites


def test_a_body_is_read_without_being_changed() -> None:
    body = json.loads(json.dumps(SPELLINGS["guide"]))
    fal.read_body(V3, body)
    assert body == SPELLINGS["guide"]


def test_strict_mode_answers_as_the_schema_does() -> None:
    """[B]'s sample fails as the original fails it: the start image is missing, and no more."""
    with pytest.raises(BodyInvalid) as caught:
        fal.read_body(V3, SPELLINGS["guide"], strict=True)
    (complaint,) = fal.error_body(caught.value)["detail"]
    assert complaint["loc"] == ["body", "start_image_url"]
    assert (complaint["type"], complaint["msg"]) == ("missing", "Field required")


def test_strict_mode_takes_what_the_schema_takes() -> None:
    read = fal.read_body(V3, SPELLINGS["v3"] | {"aspect_ratio": "16:9"}, strict=True)
    assert read.values == fal.read_body(V3, SPELLINGS["v3"]).values
    assert len(read.rewrites) == 1, "an ignored field is named in strict mode, too"


@pytest.mark.parametrize(
    ("endpoint", "given", "read"),
    [
        (V3, "8", "8"),
        (V3, 8, "8"),
        (V3, 8.0, "8"),
        (V3, "8s", "8"),
        (V26, 10, "10"),
        (VEO, "8s", "8s"),
        (VEO, "8", "8s"),
        (VEO, 8, "8s"),
        (PIKA, 10, 10),
        (PIKA, "10", 10),
        (PIKA, "10s", 10),
        (SEEDANCE, "auto", "auto"),
        (SEEDANCE, 12, "12"),
        (LTX, "8", 8),
    ],
)
def test_a_length_is_read_in_every_spelling(
    endpoint: Endpoint, given: object, read: object
) -> None:
    image = "start_image_url" if endpoint in (V3, V26) else "image_url"
    body = {image: IMAGE, "prompt": WORDS, "duration": given}
    result = fal.read_body(endpoint, body)
    assert result.values["duration"] == read
    assert type(result.values["duration"]) is type(read)
    rewritten = any(note.startswith("duration ") for note in result.rewrites)
    assert rewritten == (given != read or type(given) is not type(read))
    if rewritten:
        with pytest.raises(BodyInvalid):
            fal.read_body(endpoint, body, strict=True)


@pytest.mark.parametrize("given", ["7.5", 7.5, 16, "auto", True, [8], "8 s", "٨", None])
def test_what_is_no_length_is_refused(given: object) -> None:
    with pytest.raises(BodyInvalid) as caught:
        fal.read_body(V3, SPELLINGS["v3"] | {"duration": given})
    assert caught.value.errors[0].loc == ("body", "duration")


def test_numbers_in_other_choices_are_read_too() -> None:
    """The TypeScript types print every number of a choice as text."""
    body = {"image_url": IMAGE, "prompt": WORDS, "fps": "50"}
    assert fal.read_body(LTX, body).values["fps"] == 50
    veo = fal.read_body(VEO, {"image_url": IMAGE, "prompt": WORDS, "safety_tolerance": 2})
    assert veo.values["safety_tolerance"] == "2"


def test_the_last_image_has_two_names() -> None:
    body = {"image_url": IMAGE, "prompt": WORDS, "end_image_url": "https://a/c.png"}
    assert fal.read_body(V25, body).values["tail_image_url"] == "https://a/c.png"
    body = {"start_image_url": IMAGE, "prompt": WORDS, "tail_image_url": "https://a/c.png"}
    assert fal.read_body(V3, body).values["end_image_url"] == "https://a/c.png"


USUAL = "blur, distort, and low quality"


@pytest.mark.parametrize(
    ("given", "prompt", "negative"),
    [
        ({"prompt": f"{WORDS} AVOID: a"}, WORDS, "a"),
        ({"prompt": f"{WORDS} AVOID: a", "negative_prompt": "b"}, WORDS, "b, a"),
        ({"prompt": f"{WORDS} AVOID: a", "negative_prompt": None}, WORDS, "a"),
        ({"prompt": f"{WORDS} AVOID: a", "negative_prompt": ""}, WORDS, "a"),
        ({"prompt": WORDS, "negative_prompt": ""}, WORDS, ""),
        ({"prompt": WORDS}, WORDS, USUAL),
        ({"prompt": "AVOID: a"}, "AVOID: a", USUAL),  # nothing would be left of it
        ({"prompt": f"{WORDS} Avoid rain."}, f"{WORDS} Avoid rain.", USUAL),  # a sentence of it
    ],
)
def test_what_to_avoid_ends_up_in_its_field(
    given: dict[str, str], prompt: str, negative: str
) -> None:
    read = fal.read_body(V3, {"start_image_url": IMAGE, **given})
    assert (read.values["prompt"], read.values["negative_prompt"]) == (prompt, negative)


def test_what_to_avoid_is_ignored_where_the_prompt_has_no_room_and_that_is_said() -> None:
    """A prompt is never cut: 2,495 characters and the words would be more than 2,500."""
    body = {"image_url": IMAGE, "prompt": "a" * 2495, "negative_prompt": "cartoon"}
    read = fal.read_body(O3, body)
    assert read.values["prompt"] == "a" * 2495
    assert read.rewrites == ("negative_prompt is no field of this endpoint and had no effect",)


@pytest.mark.parametrize(
    ("shots", "length"),
    [
        ([{"prompt": "a", "duration": "3"}], "3"),
        ([{"prompt": "a", "duration": 3}, {"prompt": "b"}], "8"),
        ([{"prompt": "a"}], "5"),
    ],
)
def test_without_a_length_shots_decide_it(shots: list[object], length: str) -> None:
    read = fal.read_body(V3, {"start_image_url": IMAGE, "multi_prompt": shots})
    assert read.values["duration"] == length
    named = any("length of all shots" in note for note in read.rewrites)
    assert named == (length != "5"), "the default needs no note"


@pytest.mark.parametrize(
    "body",
    [
        {"multi_prompt": [{"prompt": "a", "duration": "4"}], "duration": "5"},
        {"multi_prompt": [{"prompt": "a", "duration": "15"}] * 2},  # 30 s are no length
        {"multi_prompt": [{"prompt": "a", "duration": "1"}]},
    ],
)
def test_shots_that_do_not_add_up_are_refused(body: dict[str, Any]) -> None:
    with pytest.raises(BodyInvalid, match="add up to"):
        fal.read_body(V3, {"start_image_url": IMAGE, **body})


def test_ignored_fields_are_named_but_not_all_of_many() -> None:
    many = {f"x{number}": number for number in range(100)}
    (note,) = fal.read_body(V3, SPELLINGS["v3"] | many).rewrites
    assert note == "x0, x1, x2, x3, x4 and 95 more are no fields of this endpoint and had no effect"


def test_names_of_ignored_fields_fit_into_a_header() -> None:
    hostile = {"\ud800\r\nX-Evil: 1" + "é" * 10_000: 1}
    read = fal.read_body(V3, SPELLINGS["v3"] | hostile)
    (header,) = replies.warnings(read.notes)
    assert header.isascii()
    assert header.isprintable()
    assert len(header) < 200


def test_a_deprecated_endpoint_says_what_comes_next(tmp_path: Path) -> None:
    old = (catalogue.DATA / "runway.toml").read_text().replace('"retired"', '"deprecated"')
    (tmp_path / "old.toml").write_text(old)
    known = catalogue.read([catalogue.DATA / "common.toml", tmp_path / "old.toml"])
    row = known.find("fal-ai/runway-gen4-turbo/image-to-video")
    read = fal.read_body(row, {"image_url": IMAGE, "prompt": WORDS})
    assert read.rewrites == (f"{row.id} is deprecated; use {row.replacement}",)


@pytest.mark.parametrize(
    ("endpoint", "more", "departure"),
    [
        (
            V3,
            {"shot_type": "intelligent"},
            "the cuts are left to the model: here the prompt's own structure decides",
        ),
        (
            V3,
            {"elements": [{"video_url": IMAGE}]},
            "elements 1 is no picture and has no effect here",
        ),
        (VEO, {}, "resolution 720p is rendered at the pixel count of 1080p"),
        (
            VEO,
            {"resolution": "1080p", "safety_tolerance": "1"},
            "safety_tolerance has no effect here",
        ),
        (LTX, {"fps": 50}, "fps 50 becomes 24 frames a second"),
        (LTX, {"resolution": "1440p"}, "resolution 1440p is rendered at the pixel count of 2160p"),
        (
            SEEDANCE,
            {"resolution": "1080p"},
            "the length is left to the model, which takes 5 s",
        ),
    ],
)
def test_what_a_clip_does_not_follow_is_said(
    endpoint: Endpoint, more: dict[str, Any], departure: str
) -> None:
    image = "start_image_url" if endpoint is V3 else "image_url"
    read = fal.read_body(endpoint, {image: IMAGE, "prompt": WORDS, **more})
    assert read.departures == (departure,)
    assert read.notes == read.rewrites + read.departures


def test_a_plain_request_has_nothing_to_be_said_about() -> None:
    assert fal.read_body(V3, SPELLINGS["v3"]).notes == ()


# Anything at all

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=True, allow_infinity=True),
    st.text(st.characters(), max_size=30),
    st.sampled_from(["5", "8s", "auto", "customize", "16:9", "4k", "AVOID: x", "a\nAVOID: b", ""]),
)
NAMES = sorted(
    {field.name for row in ROWS for field in row.fields}
    | {member.name for row in ROWS for field in row.fields for member in field.members}
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.one_of(st.sampled_from(NAMES), st.text(max_size=5)), inner, max_size=4),
    ),
    max_leaves=12,
)
LIKELY = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(NAMES, JSON),
        "prompt": st.one_of(st.text(max_size=20), JSON),
        "start_image_url": st.just(IMAGE),
        "image_url": st.just(IMAGE),
    },
)


@given(
    st.sampled_from(ROWS),
    st.one_of(JSON, LIKELY, LIKELY.map(lambda extra: SPELLINGS["v3"] | extra)),
    st.booleans(),
)
@example(V3, SPELLINGS["guide"], False)
@example(V3, {"cfg_scale": 10**400, **SPELLINGS["v3"]}, False)
@example(V3, {"duration": 10**400, **SPELLINGS["o3"]}, False)
@example(V3, SPELLINGS["v3"] | {"multi_prompt": [{"duration": 10**400}]}, False)
@example(VEO, {"image_url": IMAGE, "prompt": WORDS, "seed": -(10**400)}, False)
@example(LTX, {"image_url": "\ud800", "prompt": "\0"}, True)
def test_any_json_is_either_values_or_a_clear_complaint(
    endpoint: Endpoint, body: Any, strict: bool
) -> None:
    """Nothing else may happen, and both must be JSON that any client can read."""
    try:
        read = fal.read_body(endpoint, body, strict=strict)
    except BodyInvalid as error:
        document = fal.error_body(error)
        assert document["detail"]
        for complaint in document["detail"]:
            assert complaint["loc"][0] == "body"
            assert complaint["msg"]
            assert complaint["type"]
        _check_json(document)
        return
    _check_json(read.values)
    assert endpoint.validate(read.values) == read.values
    assert all(header.isascii() for header in replies.warnings(read.notes))
    needs = fal.needs(endpoint, read.values)
    if not needs:
        try:
            assert isinstance(request_of(endpoint, read.values), ClipRequest)
        except InvalidRequest as error:
            _check_json(fal.error_body(error, loc=fal.place_of(endpoint, error)))


def _check_json(document: object) -> None:
    json.dumps(document, allow_nan=False, ensure_ascii=False).encode("utf-8")
