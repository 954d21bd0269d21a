"""What is found in fields, prompts and lifecycles, before anything is sent."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photoplay import catalogue
from photoplay.catalogue import Lifecycle
from photoplay.errors import InvalidRequest, NotFound
from photoplay.preflight import (
    Finding,
    Severity,
    check,
    parse_arguments,
    parse_colour,
    read_arguments,
)
from photoplay.preflight.body import put
from photoplay.preflight.shortening import shortened

KNOWN = catalogue.load()
V3 = KNOWN.find("fal-ai/kling-video/v3/pro/image-to-video")
O3 = KNOWN.find("fal-ai/kling-video/o3/pro/image-to-video")
REFERENCE = KNOWN.find("fal-ai/kling-video/o3/pro/reference-to-video")
SEEDANCE = KNOWN.find("bytedance/seedance-2.0/reference-to-video")
URL = "https://films.example.com/photo.jpg"
GOOD: dict[str, Any] = {"prompt": "slow push in", "start_image_url": URL}
DAY = date(2026, 10, 31)


def found(
    values: dict[str, Any], endpoint: catalogue.Endpoint = V3, day: date = DAY
) -> list[tuple[str, str, bool]]:
    """What matters of the findings: severity, field, and whether it can be repaired."""
    return [
        (each.severity.value, each.field, each.repairable) for each in told(values, endpoint, day)
    ]


def told(
    values: dict[str, Any], endpoint: catalogue.Endpoint = V3, day: date = DAY
) -> tuple[Finding, ...]:
    return check(endpoint, values, on=day)


def test_a_good_request_has_no_findings() -> None:
    assert found(GOOD) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        # spelt as in another generation: refused as it is, and mended
        ({"start_image_url": None, "image_url": URL}, ("error", "start_image_url", True)),
        ({"tail_image_url": URL}, ("error", "tail_image_url", True)),
        ({"duration": 8}, ("error", "duration", True)),
        # ignored in silence
        ({"aspect_ratio": "16:9"}, ("advice", "aspect_ratio", True)),
        ({"seed": 7}, ("advice", "seed", True)),
        # what only the caller can decide
        ({"start_image_url": None}, ("error", "start_image_url", False)),
        ({"duration": "20"}, ("error", "duration", False)),
        ({"cfg_scale": 1.5}, ("error", "cfg_scale", False)),
        ({"shot_type": "clever"}, ("error", "shot_type", False)),
        ({"multi_prompt": [{"prompt": "she turns"}]}, ("error", "", False)),
        ({"prompt": None}, ("error", "", False)),
        ({"prompt": " \n"}, ("error", "prompt", False)),
        ({"prompt": "push\x00in"}, ("error", "prompt", False)),
        ({"start_image_url": "photo.jpg"}, ("error", "start_image_url", False)),
        ({"start_image_url": "data:image/png;base64,!"}, ("error", "start_image_url", False)),
        ({"elements": [{"voice_id": "v"}], "prompt": "@Element1"}, ("error", "elements.0", False)),
    ],
)
def test_each_mistake_is_found_where_it_is(
    changes: dict[str, Any], expected: tuple[str, str, bool]
) -> None:
    values = {key: value for key, value in (GOOD | changes).items() if value is not None}
    assert expected in found(values)
    assert len(found(values)) <= 2


def test_errors_come_first_and_all_are_told_at_once() -> None:
    values = {"prompt": "A Nike shoe", "image_url": URL, "duration": "20", "seed": 3}
    severities = [severity for severity, _, _ in found(values)]
    assert severities == ["error", "error", "advice", "advice"]


def test_a_finding_says_what_was_given_the_rule_and_the_fix() -> None:
    (finding,) = told(GOOD | {"duration": 8})
    assert finding.given == "duration is 8"
    assert '"15"' in finding.rule
    assert finding.fix == 'Write it as "8"'


def test_nothing_is_said_to_be_repairable_beside_what_is_not() -> None:
    """A body is put into the endpoint's spelling as a whole, or not at all."""
    assert found(GOOD | {"duration": 8, "cfg_scale": 3}) == [
        ("error", "duration", False),
        ("error", "cfg_scale", False),
    ]


def test_fields_that_are_unknown_inside_elements_are_told() -> None:
    values = GOOD | {"prompt": "@Element1 waves", "elements": [{"frontal_image_url": URL, "x": 1}]}
    assert found(values) == [("advice", "elements.0.x", True)]


def test_what_shots_add_up_to_is_mended_only_where_nobody_said_otherwise() -> None:
    shots = [{"prompt": "she turns", "duration": "5"}, {"prompt": "he waits", "duration": "3"}]
    body = {"start_image_url": URL, "multi_prompt": shots}
    assert found(body) == [("error", "", True)]
    assert found(body | {"duration": "5"}) == [("error", "", False)]
    assert found(body | {"duration": "8"}) == []


def test_o3_says_what_to_avoid_in_the_prompt_and_v3_beside_it() -> None:
    body = {"prompt": "push in", "image_url": URL, "negative_prompt": "blur"}
    (finding,) = told(body, O3)
    assert (finding.field, finding.repairable) == ("negative_prompt", True)
    assert "AVOID:" in finding.fix
    assert found(GOOD | {"prompt": "push in\nAVOID: blur"}) == [("advice", "prompt", True)]


# Prompts


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        (1500, []),
        (1501, [("advice", "prompt", False)]),
        (2500, [("advice", "prompt", False)]),
        (2501, [("error", "prompt", True)]),
    ],
)
def test_the_length_of_a_prompt_is_looked_at(
    length: int, expected: list[tuple[str, str, bool]]
) -> None:
    text = ("The wall is grey. " * 200)[: length - 1] + "."
    assert found(GOOD | {"prompt": text}) == expected


def test_a_long_prompt_without_sentences_is_left_to_its_writer() -> None:
    assert found(GOOD | {"prompt": "x" * 2501}) == [("error", "prompt", False)]


def test_a_long_prompt_does_not_hide_other_mistakes() -> None:
    body = GOOD | {"prompt": "The wall is grey. " * 200, "multi_prompt": [{"prompt": "a"}]}
    assert ("error", "", False) in found(body)


def test_shots_have_a_shorter_cap() -> None:
    shots = [{"prompt": "The wall is grey. " * 40, "duration": "5"}]
    assert found({"start_image_url": URL, "multi_prompt": shots}) == [
        ("error", "multi_prompt.0.prompt", True)
    ]


@pytest.mark.parametrize(
    ("endpoint", "prompt", "more", "errors"),
    [
        (V3, "@Element1 waves", {"elements": [{"frontal_image_url": URL}]}, 0),
        (V3, "@Element2 waves", {"elements": [{"frontal_image_url": URL}]}, 1),
        (V3, "@Element1 and @element1 wave", {}, 1),
        (V3, "@Image1 waves", {}, 1),
        (V3, "<<<voice_1>>> speaks", {}, 1),
        (V3, "write to ann@image1.com, @Elementary", {}, 0),
        (SEEDANCE, "@Image1 waves to @Image2", {"image_urls": [URL, URL]}, 0),
        (SEEDANCE, "@Image1 and @Video1", {"image_urls": [URL]}, 1),
        (SEEDANCE, "@Image999 waves", {"image_urls": [URL]}, 1),
    ],
)
def test_what_a_prompt_calls_by_number_must_be_there(
    endpoint: catalogue.Endpoint, prompt: str, more: dict[str, Any], errors: int
) -> None:
    values = {"prompt": prompt, **more}
    if endpoint is V3:
        values["start_image_url"] = URL
    severities = [each.severity for each in told(values, endpoint)]
    assert severities.count(Severity.ERROR) == errors


def test_elements_that_no_prompt_calls_are_told() -> None:
    body = GOOD | {"elements": [{"frontal_image_url": URL}]}
    assert found(body) == [("advice", "prompt", False)]
    assert "@Element1" in told(body)[0].given


@pytest.mark.parametrize(
    ("prompt", "severity", "word"),
    [
        ("Donald Trump waves", Severity.ERROR, "Donald Trump"),
        ("pools of blood, gore", Severity.ERROR, "gore"),
        ("she wears Nike shoes", Severity.ADVICE, "Nike"),
    ],
)
def test_words_that_services_refuse_are_named(prompt: str, severity: Severity, word: str) -> None:
    (finding,) = told(GOOD | {"prompt": prompt})
    assert finding.severity is severity
    assert f'"{word}"' in finding.given


def test_every_category_is_told_and_what_is_ruled_out_is_none() -> None:
    assert len(told(GOOD | {"prompt": "Donald Trump, naked, in Nike shoes"})) == 3
    assert told(GOOD | {"prompt": "she waves, no blood or gore", "negative_prompt": "gore"}) == ()


# Lifecycle

SORA = KNOWN.find("fal-ai/sora-2/image-to-video")
SORA_BODY = {"prompt": "push in", "image_url": URL}


@pytest.mark.parametrize(
    ("day", "severity", "word"),
    [
        (date(2026, 9, 23), "advice", "ends on 2026-09-24"),
        (date(2026, 9, 24), "error", "is retired since 2026-09-24"),
    ],
)
def test_a_retired_endpoint_names_its_day_and_replacement(
    day: date, severity: str, word: str
) -> None:
    (finding,) = told(SORA_BODY, SORA, day)
    assert finding.severity == severity
    assert word in finding.given
    assert finding.fix == "Use fal-ai/kling-video/v3/standard/image-to-video"


def test_an_endpoint_is_not_there_before_its_day_nor_when_only_announced() -> None:
    assert ("error", "", False) in found(GOOD, day=date(2026, 2, 3))
    v4 = KNOWN.find("fal-ai/kling-video/v4/image-to-video")
    assert "only announced" in told(GOOD, v4)[0].given


def test_every_retired_endpoint_fails_and_names_another() -> None:
    retired = [e for e in KNOWN.endpoints.values() if e.lifecycle is Lifecycle.RETIRED]
    assert retired
    for endpoint in retired:
        first = check(endpoint, {}, on=DAY)[0]
        assert first.severity is Severity.ERROR
        assert endpoint.replacement in first.fix


# Any body at all

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inside: (
        st.lists(inside, max_size=4)
        | st.dictionaries(
            st.sampled_from(["prompt", "duration", "elements", "frontal_image_url", "x"]), inside
        )
    ),
    max_leaves=12,
)
NAMES = sorted({field.name for each in (V3, O3, REFERENCE, SEEDANCE) for field in each.fields})


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([V3, O3, REFERENCE, SEEDANCE]),
    st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=9), JSON, max_size=8),
)
def test_no_body_makes_a_check_stumble(endpoint: catalogue.Endpoint, body: dict[str, Any]) -> None:
    first = check(endpoint, body, on=DAY)
    assert first == check(endpoint, body, on=DAY)
    assert all(each.given and each.rule and each.fix for each in first)
    assert all("\n" not in str(each) for each in first)


def test_hostile_bodies_are_read_quickly_and_in_part() -> None:
    """A million characters, a hundred thousand shots, names like control characters."""
    body = {
        "prompt": "push in. " * 120_000,
        "multi_prompt": [{"prompt": "a"}] * 100_000,
        "\x1b[31m" * 1000: 1,
        **{f"field{at}": at for at in range(5000)},
    }
    findings = told(body)
    assert len(findings) < 150
    assert all(len(str(each)) < 1000 for each in findings)


# Reading arguments


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "cannot be read"),
        (b"[1]", "no object"),
        (b'{"a": NaN}', "NaN"),
        (b"\xff\xfe{}", "cannot be read"),
        (b"[" * 100_000, "nested without end"),
        (b'{"a": ' + b"[" * 60 + b"]" * 60 + b"}", "nested more than 50 times"),
        (b'{"a": ' + b"1" * 5000 + b"}", "cannot be read"),
        (b'{"endpoint": "x", "arguments": 3}', "no object"),
    ],
)
def test_arguments_that_are_none_are_refused(content: bytes, said: str) -> None:
    with pytest.raises(InvalidRequest, match=said):
        parse_arguments(content)


@given(st.binary(max_size=100))
def test_no_bytes_make_the_reader_of_arguments_stumble(content: bytes) -> None:
    with suppress(InvalidRequest):
        assert isinstance(parse_arguments(content), dict)


def test_arguments_are_read_from_files_that_are_there(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(b'\xef\xbb\xbf{"prompt": "push in"}')  # as some editors save it
    assert read_arguments(file) == {"prompt": "push in"}
    with pytest.raises(NotFound, match=r"gone\.json"):
        read_arguments(tmp_path / "gone.json")
    with pytest.raises(NotFound, match=r"no file ….{50,70}/gone\.json"):
        read_arguments(tmp_path / ("long-" * 40) / "gone.json")
    with pytest.raises(InvalidRequest, match="cannot be read"):
        read_arguments(tmp_path)
    with pytest.raises(InvalidRequest, match="cannot be read"):
        read_arguments(Path("a\0b"))


# Parts


def test_values_are_put_where_their_path_leads() -> None:
    body = {"a": [{"b": 1}, {"b": 2}], "c": 3}
    assert put(body, "a.1.b", 5) == {"a": [{"b": 1}, {"b": 5}], "c": 3}
    assert put(body, "d", 4) == body | {"d": 4}
    assert put(body, "a.7.b", 5) == body
    assert body["a"] == [{"b": 1}, {"b": 2}], "the body itself stays"


@pytest.mark.parametrize(
    ("text", "colour"),
    [("#FFcc00", (255, 204, 0)), ("204060", (32, 64, 96)), ("white", (255, 255, 255))],
)
def test_colours_are_read(text: str, colour: tuple[int, int, int]) -> None:
    assert parse_colour(text) == colour


@pytest.mark.parametrize("text", ["", "#fff", "red-ish", "#12345g", "\x1b[31m"])
def test_other_colours_are_refused(text: str) -> None:
    with pytest.raises(InvalidRequest, match="colour"):
        parse_colour(text)


def test_a_shortened_prompt_keeps_what_matters() -> None:
    text = (
        "A woman in a red coat stands on a bridge. It is evening. "
        + "The wall is made of old bricks. " * 5
        + "The camera pushes in slowly. Rain falls on the bridge. "
        + "The wall is made of old bricks. " * 5
        + 'She says: "Finally, rain."'
    )
    found = shortened(text, 160)
    assert found is not None
    assert found.text == (
        "A woman in a red coat stands on a bridge. It is evening. "
        'The camera pushes in slowly. Rain falls on the bridge. She says: "Finally, rain."'
    )
    assert found.left_out == ("The wall is made of old bricks.",) * 10


SENTENCES = st.lists(
    st.sampled_from(
        [
            "The camera pans left.",
            "Rain falls!",
            "Dr. Ito waits.",
            'He says: "Go. Now."',
            "It is old.",
        ]
    ),
    min_size=1,
    max_size=12,
)


@given(SENTENCES, st.sampled_from([" ", "\n"]), st.integers(0, 200))
def test_nothing_is_cut_and_nothing_is_lost(parts: list[str], between: str, most: int) -> None:
    found = shortened(between.join(parts), most)
    if found is None:
        assert len(parts[0]) > most
        return
    assert len(found.text) <= most
    kept = found.text.replace("\n", " ")
    assert sorted(" ".join(parts)) == sorted(" ".join([kept, *found.left_out]))
    again = shortened(found.text, most)
    assert again is not None
    assert again.text == found.text
    assert again.left_out == ()
