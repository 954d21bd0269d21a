"""What a clip costs away from fal: published, set, free or unknown, and never guessed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photoplay import catalogue
from photoplay.config import ProviderSettings
from photoplay.errors import FeatureNotSupported, InvalidRequest
from photoplay.quotes import (
    PROVIDERS,
    Quote,
    exact_dollars,
    quote,
    quote_at,
    whole_millionths,
)
from photoplay.quotes.providers import _listed

KNOWN = catalogue.load()
PRO = "fal-ai/kling-video/v3/pro/image-to-video"
STANDARD = "fal-ai/kling-video/v3/standard/text-to-video"
TURBO = "fal-ai/kling-video/v3/turbo/pro/image-to-video"
GEN4 = "fal-ai/runway-gen4-turbo/image-to-video"
SILENT: dict[str, Any] = {"duration": "8", "generate_audio": False}
DAY = date(2026, 11, 28)


def quoted(provider: str, endpoint: str, values: dict[str, Any], **options: Any) -> Quote:
    settings = ProviderSettings(**options)
    return quote_at(provider, KNOWN.find(endpoint), values, options=settings, today=DAY)


def test_fal_costs_what_the_catalogue_says() -> None:
    assert quoted("fal", PRO, SILENT) == quote(KNOWN.find(PRO), SILENT, today=DAY)


@pytest.mark.parametrize(
    ("provider", "endpoint", "values", "usd"),
    [
        ("atlascloud", PRO, SILENT, "0.76"),  # 8 × 0.095
        ("atlascloud", STANDARD, SILENT, "0.568"),  # 8 × 0.071
        ("kling", TURBO, {"duration": "10"}, "1.4"),  # 10 × 0.14
        ("runway", GEN4, {}, "0.25"),  # 5 × 0.05, as long as clips usually are
    ],
)
def test_known_prices_are_per_second(
    provider: str, endpoint: str, values: dict[str, Any], usd: str
) -> None:
    found = quoted(provider, endpoint, values)
    assert found.usd == Decimal(usd)
    assert found.provider == provider
    assert found.credits is None
    assert found.charge is not None
    assert found.charge.price.source
    assert found.age_days == 59


@pytest.mark.parametrize(
    ("provider", "endpoint", "values"),
    [
        ("atlascloud", PRO, {"duration": "8"}),  # with sound
        ("kling", PRO, SILENT),
        ("runway", PRO, SILENT),
        ("wavespeed", PRO, SILENT),
        ("openai-videos", PRO, SILENT),  # at its maker's
        ("elsewhere", PRO, SILENT),
    ],
)
def test_what_nobody_knows_is_said_to_have_no_price(
    provider: str, endpoint: str, values: dict[str, Any]
) -> None:
    found = quoted(provider, endpoint, values)
    assert found.usd is None
    assert found.reserved_usd is None
    assert found.unpriced.startswith("no price is published")


def test_a_price_for_silent_clips_is_named_where_sound_is_asked_for() -> None:
    found = quoted("atlascloud", PRO, {"duration": "8"})
    assert found.unpriced == (
        "no price is published for generate_audio True, only $0.095 per second"
        " (generate_audio false)"
    )


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_installations_own_price_goes_first(provider: str) -> None:
    found = quoted(provider, PRO, SILENT, usd_per_second=Decimal("0.0333"))
    assert found.usd == Decimal("0.2664")
    assert found.charge is not None
    assert found.charge.price.source == f"the setting providers.{provider}.usd_per_second"
    assert not found.is_stale


def test_an_own_price_of_nothing_is_free() -> None:
    assert quoted("wavespeed", PRO, SILENT, usd_per_second=Decimal(0)).usd == 0


@pytest.mark.parametrize(
    "url", ["http://gpu.local:8000/v1", "http://127.0.0.1:1", "https://openai.com.example.org/v1"]
)
def test_a_server_of_ones_own_is_free(url: str) -> None:
    found = quoted("openai-videos", PRO, SILENT, url=url)
    assert found.usd == 0
    assert found.seconds == 8
    assert any("usd_per_second" in note for note in found.notes)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://api.openai.com/v1",
        "https://API.OpenAI.com./v1",
        "https://eu.api.openai.com/v1",
        "https://user@api.openai.com:443/v1",
        "https://mine.openai.azure.com/openai/v1",
        "api.openai.com/v1",
        "http://[broken",
    ],
)
def test_servers_that_charge_are_not_taken_for_ones_own(url: str) -> None:
    assert quoted("openai-videos", PRO, SILENT, url=url).usd is None


def test_only_servers_of_that_language_are_free_elsewhere() -> None:
    assert quoted("wavespeed", PRO, SILENT, url="http://gpu.local/").usd is None


def test_the_model_that_the_settings_name_decides() -> None:
    assert quoted("runway", PRO, SILENT, model="gen4_turbo").usd == Decimal("0.4")
    assert quoted("runway", GEN4, {}, model="gen4.5").usd is None


def test_what_fal_has_retired_others_still_sell() -> None:
    with pytest.raises(FeatureNotSupported):
        quoted("fal", GEN4, {})
    assert quoted("runway", GEN4, {}).notes == (
        "the model chooses the length; 5 s are assumed",
        "5 credits a second, at $0.01 a credit",
    )


def test_what_an_endpoint_cannot_make_has_no_price_anywhere() -> None:
    with pytest.raises(InvalidRequest):
        quoted("atlascloud", PRO, {"duration": "99"})


def test_every_listed_price_is_for_a_known_provider_and_some_endpoint() -> None:
    assert len(_listed()) >= 4
    for one in _listed():
        assert one.provider in PROVIDERS
        assert any(one.is_for(one.provider, each, "") for each in KNOWN.endpoints.values())
        assert one.price.usd > 0


@given(st.decimals(0, 1000, places=9))
def test_what_is_set_aside_is_never_too_little_nor_a_millionth_too_much(usd: Decimal) -> None:
    held = whole_millionths(usd)
    assert usd <= held < usd + Decimal("0.000001")
    assert held == held.quantize(Decimal("0.000001"))


@pytest.mark.parametrize(
    ("usd", "shown"),
    [
        ("0", "$0.00"),
        ("5", "$5.00"),
        ("1E+3", "$1,000.00"),
        ("0.5599", "$0.5599"),
        ("0.5600", "$0.56"),
        ("-0.000001", "-$0.000001"),
        ("1234567.891", "$1,234,567.891"),
    ],
)
def test_exact_amounts_are_not_rounded(usd: str, shown: str) -> None:
    assert exact_dollars(Decimal(usd)) == shown
