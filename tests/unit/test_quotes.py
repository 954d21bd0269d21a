"""Quotes: the right row, exact sums, honest gaps."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photoplay import catalogue
from photoplay.catalogue import Lifecycle, Role, seconds
from photoplay.clip import Tier
from photoplay.errors import FeatureNotSupported, InvalidRequest
from photoplay.quotes import (
    Attempts,
    Outlook,
    Quote,
    Wish,
    built_in,
    compare,
    credits,  # noqa: A004
    dollars,
    half_up,
    parse_attempts,
    quote,
    route_line,
)

KNOWN = catalogue.load()
ACTIVE = [each for each in KNOWN.endpoints.values() if each.lifecycle is Lifecycle.ACTIVE]
V3 = "fal-ai/kling-video/v3/pro/image-to-video"
V3_STANDARD = "fal-ai/kling-video/v3/standard/image-to-video"
SEEDANCE = "bytedance/seedance-2.0/image-to-video"
DAY = date(2026, 10, 31)


def quoted(endpoint: str, values: dict[str, object] | None = None, **wish: object) -> Quote:
    return quote(KNOWN.find(endpoint), values or {}, Wish(**wish), today=DAY)  # type: ignore[arg-type]


def price(endpoint: str, values: dict[str, object] | None = None, **wish: object) -> Decimal | None:
    return quoted(endpoint, values, **wish).usd


@pytest.mark.parametrize(
    ("tier", "seconds", "expected"),
    [
        (Tier.STANDARD, 8, 40),  # 32 × 8 ÷ 6.4 = 40
        (Tier.STANDARD, 15, 75),  # 75
        (Tier.PRO, 8, 63),  # 62.5, half up
        (Tier.PRO, 15, 117),  # 117.1875
        (Tier.FOUR_K, 8, 163),  # 162.5, half up
        (Tier.FOUR_K, 15, 305),  # 304.6875
    ],
)
def test_credits_are_those_that_are_known(tier: Tier, seconds: int, expected: int) -> None:
    assert credits(tier, seconds) == expected


def test_motion_control_has_bases_of_its_own() -> None:
    """At 6.4 s a clip costs exactly its base."""
    length = Decimal("6.4")
    assert credits(Tier.STANDARD, length, motion=True) == 35
    assert credits(Tier.PRO, length, motion=True) == 70
    with pytest.raises(InvalidRequest, match="motion control"):
        credits(Tier.FOUR_K, 5, motion=True)


@pytest.mark.parametrize("length", [0, -1, Decimal("NaN"), Decimal("Infinity")])
def test_no_length_has_no_credits(length: Decimal) -> None:
    with pytest.raises(InvalidRequest, match="credits"):
        credits(Tier.PRO, length)


@pytest.mark.parametrize(
    ("endpoint", "values", "wish", "usd"),
    [
        # Kling: by the second, with and without sound and a voice
        (V3, {}, {"seconds": Decimal(8)}, "1.344"),  # 8 × 0.168
        (V3, {"duration": "8", "generate_audio": False}, {}, "0.896"),  # 8 × 0.112
        (V3, {}, {"audio": False}, "0.56"),  # 5 × 0.112
        (V3, {}, {"voice": True}, "0.98"),  # 5 × 0.196
        (V3, {"elements": [{"video_url": "https://a/b", "voice_id": "v"}]}, {}, "0.98"),
        (V3_STANDARD, {}, {"seconds": Decimal(15)}, "1.89"),  # 15 × 0.126
        ("fal-ai/kling-video/v3/4k/image-to-video", {}, {}, "2.1"),  # 5 × 0.42
        ("fal-ai/kling-video/o3/pro/image-to-video", {}, {}, "0.56"),  # silent unless asked
        ("fal-ai/kling-video/o3/pro/image-to-video", {}, {"audio": True}, "0.70"),
        ("fal-ai/kling-video/v3/pro/motion-control", {}, {"seconds": Decimal("9.5")}, "1.596"),
        ("fal-ai/kling-video/v2.6/pro/image-to-video", {"voice_ids": ["a"]}, {}, "0.84"),
        ("fal-ai/kling-video/create-voice", {"voice_url": "https://a/b"}, {}, "0.007"),
        # The most special price holds
        ("fal-ai/veo3.1/image-to-video", {}, {}, "3.2"),  # 8 × 0.40
        ("fal-ai/veo3.1/image-to-video", {}, {"resolution": "4k"}, "4.8"),  # 8 × 0.60
        ("fal-ai/veo3.1/lite", {}, {"resolution": "1080p", "audio": False}, "0.40"),  # 8 × 0.05
        ("fal-ai/pika/v2.2/image-to-video", {}, {"resolution": "1080p"}, "0.45"),  # a run
        # Tokens: height × width × seconds × 24 ÷ 1024, at 0.014 or 0.008 for a thousand
        (SEEDANCE, {}, {"resolution": "1080p", "seconds": Decimal(5)}, "3.41"),  # by the second
        # 854 × 480 × 5 × 24 ÷ 1024 = 48,037.5
        (SEEDANCE, {}, {"resolution": "480p", "seconds": Decimal(5)}, "0.672525"),
        # 3840 × 2160 × 4 × 24 ÷ 1024 = 777,600
        (SEEDANCE, {"resolution": "4k", "duration": "4"}, {}, "6.2208"),
        # Frames and their rate: 81 ÷ 16 = 5.0625 s at 0.08
        ("fal-ai/wan/v2.2-a14b/image-to-video", {}, {}, "0.405"),
    ],
)
def test_a_quote_is_the_published_price_times_the_clip(
    endpoint: str, values: dict[str, object], wish: dict[str, object], usd: str
) -> None:
    assert price(endpoint, values, **wish) == Decimal(usd)


def test_shots_are_as_long_as_all_of_them() -> None:
    shots = [{"prompt": "a", "duration": "3"}, {"prompt": "b"}]  # 3 s and the default of 5
    assert quoted(V3, {"multi_prompt": shots}).seconds == 8


@pytest.mark.parametrize(
    "endpoint", [each for each in ACTIVE if not each.prices], ids=lambda each: each.id
)
def test_an_endpoint_without_a_price_is_never_free(endpoint: catalogue.Endpoint) -> None:
    has_length = endpoint.find(Role.DURATION) or endpoint.find(Role.FRAMES)
    found = quote(endpoint, {}, Wish(seconds=None if has_length else Decimal(5)), today=DAY)
    assert found.usd is None
    assert found.unpriced.startswith("no price is published")
    assert route_line(found) == "fal / no price"


def test_a_choice_without_a_price_says_what_has_one() -> None:
    found = quoted("bytedance/seedance-2.0/fast/image-to-video", resolution="480p")
    assert found.usd is None
    assert "resolution 480p" in found.unpriced
    assert "$0.2419" in found.unpriced


def test_the_route_is_one_short_line() -> None:
    assert route_line(quoted(V3, seconds=Decimal(8))) == "fal / $1.34"
    assert route_line(built_in()) == "built-in / free"


def test_a_quote_says_where_its_price_is_from_and_of_when() -> None:
    charge = quoted(V3).charge
    assert charge is not None
    assert charge.price.as_of == date(2026, 10, 4)
    assert charge.price.source.endswith("/llms.txt")


@pytest.mark.parametrize(("day", "stale"), [(date(2027, 1, 2), False), (date(2027, 1, 3), True)])
def test_a_price_is_old_after_ninety_days(day: date, stale: bool) -> None:
    found = quote(KNOWN.find(V3), today=day)
    assert found.is_stale is stale
    assert any("days ago" in note for note in found.notes) is stale


@pytest.mark.parametrize(
    ("endpoint", "values", "wish", "said"),
    [
        (SEEDANCE, {}, {}, "the model chooses the length; 5 s are assumed"),
        (SEEDANCE, {"resolution": "480p"}, {}, "tokens are counted for frames of 854×480 px"),
        (
            SEEDANCE,
            {"resolution": "480p"},
            {"image_px": (1080, 1920)},
            "tokens are counted for frames of 480×854 px",
        ),
        ("fal-ai/pika/v2.2/image-to-video", {}, {"audio": True}, "its clips have no sound"),
        (
            "fal-ai/kling-video/v3/turbo/pro/image-to-video",
            {},
            {"audio": False},
            "its clips always have sound",
        ),
        (
            "fal-ai/kling-video/v3/4k/image-to-video",
            {},
            {"voice": True},
            "no price with a voice of one's own is published; this is the one without",
        ),
        (
            "bytedance/seedance-2.0/reference-to-video",
            {"video_urls": ["https://a/b"], "duration": "5"},
            {},
            "the seconds of the given videos are charged as well; add them to --seconds",
        ),
        (
            "bytedance/seedance-2.0/reference-to-video",
            {"video_urls": ["https://a/b"], "duration": "5", "resolution": "1080p"},
            {},
            "no price with video_urls is published for this size; this is the one without",
        ),
        (V3, {}, {"image_px": (200, 200)}, "an image of 200×200 px would be refused"),
    ],
)
def test_what_a_quote_assumes_is_a_note(
    endpoint: str, values: dict[str, object], wish: dict[str, object], said: str
) -> None:
    assert any(said in note for note in quoted(endpoint, values, **wish).notes)


@pytest.mark.parametrize(
    ("endpoint", "values", "wish", "said"),
    [
        (V3, {}, {"seconds": Decimal(20)}, "duration of .* is 20"),
        (V3, {}, {"seconds": Decimal("7.5")}, "duration of .* is 7.5"),
        ("alibaba/wan-3.0/image-to-video", {}, {"seconds": Decimal("7.5")}, "duration"),
        (V3, {}, {"resolution": "720p"}, "asked for 720p"),
        (V3, {"duration": ["8"]}, {}, "duration"),
        (V3, {"generate_audio": "yes"}, {}, "generate_audio"),
        ("fal-ai/kling-video/v3/pro/motion-control", {}, {}, "length .* is not given"),
        ("fal-ai/veo3.1", {"resolution": "\x1b[31m8k"}, {}, "resolution"),
    ],
)
def test_what_an_endpoint_cannot_make_is_refused(
    endpoint: str, values: dict[str, object], wish: dict[str, object], said: str
) -> None:
    with pytest.raises(InvalidRequest, match=said) as caught:
        quoted(endpoint, values, **wish)
    assert "\x1b" not in str(caught.value)


@pytest.mark.parametrize(
    "wish",
    [
        {"seconds": Decimal(0)},
        {"seconds": Decimal("NaN")},
        {"seconds": Decimal("1e30")},
        {"image_px": (0, 5)},
        {"voice": True, "audio": False},
    ],
)
def test_impossible_wishes_are_refused(wish: dict[str, object]) -> None:
    with pytest.raises(InvalidRequest):
        Wish(**wish)  # type: ignore[arg-type]


def test_an_endpoint_out_of_service_is_not_quoted() -> None:
    with pytest.raises(FeatureNotSupported, match="v3/standard/image-to-video"):
        quoted("fal-ai/sora-2/image-to-video")


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("1.344", "$1.34"),
        ("1.345", "$1.35"),  # half up, where bankers would say 1.34
        ("0.005", "$0.01"),
        ("0.0049", "under $0.01"),
        ("0", "$0.00"),
        ("1344", "$1,344.00"),
    ],
)
def test_amounts_are_shown_to_the_cent(amount: str, shown: str) -> None:
    assert dollars(Decimal(amount)) == shown


@given(st.decimals(0, 10**9, places=6))
def test_rounding_is_off_by_half_a_unit_at_most_and_done_once(amount: Decimal) -> None:
    rounded = half_up(amount)
    assert -Decimal("0.5") < rounded - amount <= Decimal("0.5")
    assert half_up(rounded) == rounded


@given(st.sampled_from(ACTIVE), st.integers(1, 30), st.booleans())
def test_every_quote_is_exact_or_says_why_not(
    endpoint: catalogue.Endpoint, length: int, audio: bool
) -> None:
    try:
        found = quote(endpoint, {}, Wish(seconds=Decimal(length), audio=audio), today=DAY)
    except InvalidRequest:
        field = endpoint.find(Role.DURATION) or endpoint.find(Role.FRAMES)
        assert field is not None
        choices = {seconds(each) for each in field.enum}
        assert field.minimum is not None or float(length) not in choices
        return
    assert (found.charge is None) == bool(found.unpriced)
    assert found.usd is None or found.usd > 0
    if found.charge is not None and found.charge.price.per == "second":
        assert found.usd == found.charge.price.usd * Decimal(str(found.seconds))


def test_comparing_lists_the_built_in_engine_first_then_by_price() -> None:
    found = compare(KNOWN.find(V3), {}, Wish(seconds=Decimal(8)), today=DAY)
    assert found[0].provider == "built-in"
    amounts = [each.usd for each in found[1:]]
    known = [each for each in amounts if each is not None]
    assert amounts == [*sorted(known), *[None] * (len(amounts) - len(known))]
    assert {V3, "fal-ai/veo3.1/image-to-video"} <= {each.endpoint for each in found}


def test_comparing_keeps_to_the_same_clip() -> None:
    wish = Wish(seconds=Decimal(8))
    values = {"end_image_url": "https://films.example.com/end.jpg"}
    found = {each.endpoint for each in compare(KNOWN.find(V3), values, wish, today=DAY)}
    assert V3 in found
    assert "parallax" in found, "it takes an end image"
    assert all(KNOWN.find(each).find(Role.END_IMAGE) for each in found - {"parallax"})
    plain = {each.endpoint for each in compare(KNOWN.find(V3), {}, wish, today=DAY)}
    assert not any("first-last-frame" in each for each in plain), "these need an end image"
    assert not any("pika" in each for each in plain), "these have no sound"
    assert not any("sora" in each for each in plain), "these are retired"


def test_comparing_does_not_change_the_price_of_the_endpoint_itself() -> None:
    values = {"generate_audio": False, "duration": "10"}
    found = {each.endpoint: each for each in compare(KNOWN.find(V3), values, today=DAY)}
    assert found[V3] == quote(KNOWN.find(V3), values, today=DAY)


def test_an_animatic_is_not_the_clip_that_a_model_would_make() -> None:
    found = compare(KNOWN.find("fal-ai/kling-video/v3/pro/text-to-video"), today=DAY)
    assert all(each.provider == "fal" for each in found)


@pytest.mark.parametrize(("text", "least", "most"), [("3-5", 3, 5), (" 4 ", 4, 4), ("1–2", 1, 2)])
def test_attempts_are_a_number_or_a_range(text: str, least: int, most: int) -> None:
    assert parse_attempts(text) == Attempts(least, most)


@pytest.mark.parametrize("text", ["", "0", "5-3", "-3", "3-", "101", "a-b", "٣", "9" * 5000])
def test_other_attempts_are_refused(text: str) -> None:
    with pytest.raises(InvalidRequest, match="attempts"):
        parse_attempts(text)


def test_a_month_is_clips_times_attempts() -> None:
    outlook = Outlook(usd=Decimal("1.344"), attempts=Attempts(3, 5), per_month=100)
    assert outlook.per_clip_usd == (Decimal("4.032"), Decimal("6.720"))
    assert outlook.month_usd == (Decimal("403.2"), Decimal("672"))
    with pytest.raises(InvalidRequest, match="a month"):
        Outlook(usd=Decimal(1), attempts=Attempts(), per_month=0)
