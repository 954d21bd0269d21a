"""The catalogue's rows: none is missing, each is sound, and one is all that an endpoint needs."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from photoplay import catalogue
from photoplay.catalogue import Endpoint, Field, Lifecycle, Role
from photoplay.catalogue.page import page
from photoplay.catalogue.rules import AtMost, ExactlyOne, NeedsOneOf, NeedsValue, Rule
from photoplay.cli import app
from photoplay.engine import DEFAULT_ENGINE, Feature
from photoplay.errors import FeatureNotSupported, NotFound, SettingInvalid

ROOT = Path(__file__).parents[2]
ROWS = list(catalogue.load().endpoints.values())
V3 = "fal-ai/kling-video/v3/pro/image-to-video"

# What is published, written out a second time and in another way than in the data.
KLING = [
    *(f"v3/{tier}/{kind}" for tier in ("standard", "pro", "4k") for kind in ("image", "text")),
    *(f"o3/{tier}/{kind}" for tier in ("standard", "pro", "4k") for kind in ("image", "text")),
    *(f"v3/turbo/{tier}/{kind}" for tier in ("standard", "pro") for kind in ("image", "text")),
    *(f"o3/{tier}/reference" for tier in ("standard", "pro", "4k")),
    "v2.6/pro/image",
    "v2.6/pro/text",
    "v2.5-turbo/pro/image",
    "v4/image",
    "v4/text",
    "v4/reference",
]
OTHER_KLING = [
    *(
        f"{version}/{tier}/motion-control"
        for version in ("v3", "v2.6")
        for tier in ("standard", "pro")
    ),
    *(
        f"o3/{tier}/video-to-video/{kind}"
        for tier in ("standard", "pro")
        for kind in ("edit", "reference")
    ),
    "v4/video-to-video/edit",
    "create-voice",
]
VEO = ["", "/image-to-video", "/first-last-frame-to-video", "/reference-to-video", "/extend-video"]
PUBLISHED = [
    *(f"fal-ai/kling-video/{name}-to-video" for name in KLING),
    *(f"fal-ai/kling-video/{name}" for name in OTHER_KLING),
    *(f"fal-ai/sora-2/{kind}-to-video{pro}" for kind in ("text", "image") for pro in ("", "/pro")),
    "fal-ai/sora-2/video-to-video/remix",
    "fal-ai/sora-2/characters",
    *(f"fal-ai/veo3.1{speed}{kind}" for speed in ("", "/fast", "/lite") for kind in VEO),
    "fal-ai/runway-gen3/turbo/image-to-video",
    "fal-ai/runway-gen4-turbo/image-to-video",
    *(
        f"fal-ai/pika/{version}/{kind}-to-video"
        for version in ("v2.2", "v2.1", "v2/turbo")
        for kind in ("text", "image")
    ),
    "fal-ai/pika/v2.2/pikaframes",
    "fal-ai/pika/v2.2/pikascenes",
    "fal-ai/pika/v2/pikadditions",
    "fal-ai/pika/v1.5/pikaffects",
    *(
        f"bytedance/seedance-2.0{size}/{kind}-to-video"
        for size in ("", "/fast", "/mini")
        for kind in ("text", "image", "reference")
    ),
    "bytedance/seedance-2.0/enterprise/v2/image-to-video",
    *(
        f"fal-ai/ltx-2{minor}/{kind}-to-video{speed}"
        for minor in ("", ".3")
        for kind in ("text", "image")
        for speed in ("", "/fast")
    ),
    *(
        f"lightricks/ltx-2.5/{kind}-to-video/{speed}"
        for kind in ("text", "image")
        for speed in ("fast", "pro")
    ),
    *(
        f"fal-ai/{model}/{kind}-to-video{lora}"
        for model in ("ltx-2-19b", "ltx-2.3-22b")
        for kind in ("text", "image")
        for lora in ("", "/lora")
    ),
    "fal-ai/wan-25-preview/image-to-video",
    *(f"wan/v2.6/{kind}-to-video" for kind in ("text", "image", "reference")),
    *(f"wan/v2.6/{kind}-to-video/flash" for kind in ("image", "reference")),
    "fal-ai/wan/v2.2-a14b/image-to-video",
    *(f"alibaba/wan-3.0/{kind}-to-video" for kind in ("text", "image", "reference")),
]


def test_every_published_endpoint_has_a_row_and_every_row_is_published() -> None:
    assert sorted(catalogue.load().endpoints) == sorted(PUBLISHED)


@pytest.mark.parametrize("tier", ["standard", "pro", "4k"])
def test_the_fields_of_v3_image_to_video_are_as_published(tier: str) -> None:
    """Order, defaults, choices and limits as in the archived document of July 2026."""
    fields = catalogue.load().find(f"fal-ai/kling-video/v3/{tier}/image-to-video").fields
    seconds = tuple(str(number) for number in range(3, 16))
    assert [(f.name, f.type, f.default, f.enum, f.maximum or f.max_length) for f in fields] == [
        ("prompt", "string", None, (), 2500),
        ("multi_prompt", "array", None, (), 6),
        ("start_image_url", "string", None, (), None),
        ("duration", "string", "5", seconds, None),
        ("generate_audio", "boolean", True, (), None),
        ("end_image_url", "string", None, (), None),
        ("elements", "array", None, (), None),
        ("shot_type", "string", "customize", ("customize", "intelligent"), None),
        ("negative_prompt", "string", "blur, distort, and low quality", (), 2500),
        ("cfg_scale", "number", 0.5, (), 1),
    ]
    assert [f.name for f in fields if f.required] == ["start_image_url"]
    for name in ("start_image_url", "end_image_url"):
        media = next(f.media for f in fields if f.name == name)
        assert media is not None
        assert (media.max_bytes, media.min_side_px) == (10_485_760, 300)
        assert (media.min_aspect, media.max_aspect, media.fetch_timeout_s) == (0.4, 2.5, 20)


def test_o3_differs_from_v3_as_the_migration_says() -> None:
    v3 = {f.name: f for f in catalogue.load().find(V3).fields}
    o3 = {f.name: f for f in catalogue.load().find(V3.replace("v3", "o3")).fields}
    assert v3.keys() - o3.keys() == {"start_image_url", "elements", "negative_prompt", "cfg_scale"}
    assert o3.keys() - v3.keys() == {"image_url"}
    assert (v3["generate_audio"].default, o3["generate_audio"].default) == (True, False)


def test_sora_is_retired_since_its_interface_ended() -> None:
    for row in (row for row in ROWS if row.family == "Sora"):
        assert (row.lifecycle, row.retired) == (Lifecycle.RETIRED, date(2026, 9, 24))
        with pytest.raises(FeatureNotSupported, match=f"Use {row.replacement} instead"):
            row.check_offered()


def test_v4_is_announced_and_takes_no_requests() -> None:
    announced = [row for row in ROWS if row.lifecycle is Lifecycle.ANNOUNCED]
    assert {row.generation for row in announced} == {"v4"}
    for row in announced:
        with pytest.raises(FeatureNotSupported, match="only announced"):
            row.check_offered()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_a_row_is_sound(row: Endpoint) -> None:
    names = [field.name for field in row.fields]
    assert len(names) == len(set(names))
    roles = [field.role for field in row.fields if field.role not in (None, Role.REFERENCES)]
    assert len(roles) == len(set(roles)), "two fields mean the same"
    for field in row.fields:
        _check_field(field)
    for rule in row.rules:
        for path in _paths(rule):
            assert _leads_somewhere(path, row.fields), path
    in_service = row.lifecycle in (Lifecycle.ACTIVE, Lifecycle.DEPRECATED)
    assert bool(row.replacement) is not (row.lifecycle is Lifecycle.ACTIVE)
    if not in_service:
        assert catalogue.load().find(row.replacement).lifecycle is Lifecycle.ACTIVE
    assert row.as_of <= date.today()


def _check_field(field: Field) -> None:
    assert field.description, field.name
    assert (field.type == "array") == (field.items is not None)
    if field.required:
        assert field.default is None
    if field.enum and field.default is not None:
        assert field.default in field.enum
    one = field.items or field
    if field.role in (Role.START_IMAGE, Role.END_IMAGE):
        assert one.media is not None
        assert one.media.kind == "image"
    for member in field.members:
        _check_field(member)


def _paths(rule: Rule) -> list[str]:
    match rule:
        case ExactlyOne():
            return list(rule.exactly_one)
        case NeedsOneOf():
            return [rule.given, *rule.needs_one_of]
        case NeedsValue():
            return [rule.given, rule.needs_field]
        case AtMost():
            return [*rule.of, *([rule.given] if rule.given else [])]
        case _:
            return [rule.sums_to, rule.of]


def _leads_somewhere(path: str, fields: tuple[Field, ...]) -> bool:
    first, _, rest = path.partition(".")
    found = next((field for field in fields if field.name == first), None)
    return found is not None and (not rest or _leads_somewhere(rest, found.members))


@pytest.mark.parametrize("row", [row for row in ROWS if row.prices], ids=lambda row: row.id)
def test_prices_are_dated_and_speak_of_fields_that_are_there(row: Endpoint) -> None:
    for price in row.prices:
        assert price.usd > 0
        assert date(2026, 1, 1) < price.as_of <= date.today()
        assert price.source
        for name, value in price.when.items():
            field = next((field for field in row.fields if field.name == name), None)
            if name == "voice":
                continue
            assert field is not None, name
            assert value == "given" or value in field.enum or field.type == "boolean"


@pytest.mark.parametrize(
    ("endpoint", "usd"),
    [
        (V3, ["0.112", "0.168", "0.196"]),
        (V3.replace("pro", "standard"), ["0.084", "0.126", "0.154"]),
        (V3.replace("pro", "4k"), ["0.42"]),
        ("fal-ai/veo3.1/lite", ["0.03", "0.05", "0.05", "0.08"]),
        ("fal-ai/pika/v2.2/image-to-video", ["0.20", "0.45"]),
        ("lightricks/ltx-2.5/image-to-video/pro", ["0.12", "0.17"]),
    ],
)
def test_prices_are_as_published(endpoint: str, usd: list[str]) -> None:
    assert [str(price.usd) for price in catalogue.load().find(endpoint).prices] == usd


@pytest.mark.parametrize(
    ("endpoint", "needs"),
    [
        (V3, set()),
        ("fal-ai/kling-video/o3/pro/reference-to-video", set()),
        ("fal-ai/kling-video/v3/pro/text-to-video", {Feature.NO_IMAGE}),
        ("fal-ai/kling-video/v3/pro/motion-control", {Feature.MOTION}),
        ("fal-ai/kling-video/o3/pro/video-to-video/edit", {Feature.SOURCE_VIDEO}),
        ("fal-ai/kling-video/create-voice", {Feature.SPEECH}),
        ("fal-ai/veo3.1/first-last-frame-to-video", {Feature.END_IMAGE}),
        ("fal-ai/veo3.1/reference-to-video", {Feature.NO_IMAGE, Feature.ELEMENTS}),
        ("fal-ai/pika/v2.2/pikaframes", {Feature.END_IMAGE}),
        ("fal-ai/pika/v1.5/pikaffects", {Feature.EFFECT}),
    ],
)
def test_an_endpoint_says_what_every_request_of_it_needs(
    endpoint: str, needs: set[Feature]
) -> None:
    assert catalogue.load().find(endpoint).always_needs == needs


# Finding and routing


@pytest.mark.parametrize(
    "given",
    [
        "kling-video/v3/pro/image-to-video",
        "fal-ai/kling-video/v3/pro/image-to-vide",
        "FAL-AI/KLING-VIDEO/V3/PRO/IMAGE-TO-VIDEO",
    ],
)
def test_an_unknown_endpoint_is_answered_with_the_nearest(given: str) -> None:
    with pytest.raises(NotFound, match=f"Try {V3}"):
        catalogue.load().find(given)


@pytest.mark.parametrize("given", ["", "x", "é" * 100_000, "\ud800", "../../etc/passwd"])
def test_any_text_may_be_asked_for(given: str) -> None:
    with pytest.raises(NotFound, match="--endpoints") as caught:
        catalogue.load().find(given)
    assert len(str(caught.value).encode()) < 1000


def test_an_app_is_known_by_owner_and_alias() -> None:
    known = catalogue.load()
    assert known.app_has("fal-ai/kling-video")
    assert known.app_has("bytedance/seedance-2.0")
    assert not known.app_has("fal-ai")
    assert not known.app_has("fal-ai/kling")


def test_the_first_route_that_fits_decides() -> None:
    known = catalogue.load()
    row = known.find(V3)
    assert known.route(row, {}) == DEFAULT_ENGINE
    assert known.route(row, {"fal-ai/veo*": "nobody", "*": DEFAULT_ENGINE}) == DEFAULT_ENGINE
    with pytest.raises(SettingInvalid, match="'nobody', which is not installed"):
        known.route(row, {"fal-ai/kling-video/*/image-to-video": "nobody", "*": DEFAULT_ENGINE})
    with pytest.raises(FeatureNotSupported):
        known.route(known.find("fal-ai/sora-2/image-to-video"), {})


# Adding an endpoint

NEW = """
family = "New"
source = "a page"
as_of = 2026-11-01

[fields]
strength = { type = "integer", default = 3, minimum = 1, maximum = 9, description = "How much." }

[groups.one]
id = "some-one/new/{size}/image-to-video"
each = { size = ["small", "large"] }
title = "New, {size}"
kind = "image-to-video"
lifecycle = "deprecated"
replacement = "fal-ai/kling-video/v3/pro/image-to-video"
fields = ["image_url", "prompt", "strength"]
defaults = { strength = 5 }
prices = "one"

[prices]
one = [{ usd = "0.5", per = "run" }]
"""


@pytest.fixture
def with_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[catalogue.Catalogue]:
    """The catalogue after someone has put one more file beside the others."""
    shutil.copytree(catalogue.DATA, tmp_path / "data")
    (tmp_path / "data" / "new.toml").write_text(NEW)
    monkeypatch.setattr(catalogue, "DATA", tmp_path / "data")
    catalogue.load.cache_clear()
    yield catalogue.load()
    catalogue.load.cache_clear()


def test_a_new_endpoint_is_data_only(with_new: catalogue.Catalogue) -> None:
    row = with_new.find("some-one/new/large/image-to-video")
    assert row.validate({"image_url": "x", "prompt": "p"})["strength"] == 5
    schemas = row.openapi("https://here")["components"]["schemas"]
    assert schemas["NewLargeImageToVideoInput"]["properties"]["strength"]["default"] == 5
    assert "`some-one/new/small/image-to-video`" in page(with_new)
    shown = CliRunner().invoke(app, ["engines", "--endpoint", row.id], catch_exceptions=False)
    assert "strength: whole number, 1 to 9; 5" in shown.output
    assert "$0.5 per run, on 2026-11-01: a page" in shown.output
    assert f"deprecated; use {row.replacement}" in shown.output


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("family =", "family", "is a TOML file"),
        ('type = "integer"', 'type = "number", unit = "s"', "Unexpected keyword argument"),
        ('"image_url", "prompt"', '"image_url", "promt"', "no fields called 'promt'"),
        ('prices = "one"', 'prices = "two"', "no prices called 'two'"),
        ("{ strength = 5 }", "{ strenght = 5 }", "has no strenght"),
        ('strength = { type = "integer"', 'strength = { like = "strength"', "is like itself"),
        ('["small", "large"]', '["small", "small"]', "is there twice"),
        ('kind = "image-to-video"\n', "", "one.kind"),
        ('usd = "0.5", ', "", "usd"),
        ('lifecycle = "deprecated"', 'lifecycle = "old"', "one.lifecycle"),
    ],
)
def test_a_mistake_in_a_file_is_named(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    assert old in NEW
    (tmp_path / "new.toml").write_text(NEW.replace(old, new))
    with pytest.raises(SettingInvalid, match=complaint) as caught:
        catalogue.read([catalogue.DATA / "common.toml", tmp_path / "new.toml"])
    assert str(caught.value).startswith("new.toml: ")


# Showing it


def test_the_page_says_what_the_data_says() -> None:
    """If this fails: python -m photoplay.catalogue.page > docs/endpoints.md."""
    assert (ROOT / "docs" / "endpoints.md").read_text("utf-8") == page(catalogue.load())


def test_the_list_shows_every_endpoint_with_its_engine() -> None:
    shown = CliRunner().invoke(app, ["engines", "--endpoints"], catch_exceptions=False)
    lines = {line.split()[0]: line for line in shown.output.splitlines()}
    assert lines.keys() == catalogue.load().endpoints.keys()
    assert lines[V3].endswith("by parallax")
    assert lines["fal-ai/veo3.1"].endswith("by parallax")
    edit = lines["fal-ai/kling-video/o3/pro/video-to-video/edit"]
    assert edit.endswith("needs a source video to change")
    assert "retired since 2026-09-24; use " in lines["fal-ai/sora-2/image-to-video"]
