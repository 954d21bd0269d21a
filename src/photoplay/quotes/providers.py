"""What a clip costs at a provider: fal, others by `providers.toml`, or as the settings say."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from photoplay.catalogue import Endpoint, Price
from photoplay.config import ProviderSettings
from photoplay.quotes.quoting import FAL, Quote, quote, quote_by

OPENAI_VIDEOS = "openai-videos"  # a wire language that servers of one's own speak, too
PROVIDERS = (FAL, "kling", "runway", "wavespeed", "atlascloud", OPENAI_VIDEOS)
_DATA = Path(__file__).with_name("providers.toml")
# Their servers charge for what those of one's own make for nothing; also under names below these.
_CHARGING = ("openai.com", "azure.com")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listed:
    """A price, whose it is, and what it is for."""

    provider: str
    price: Price
    endpoints: tuple[str, ...]  # patterns of ids
    model: str = ""  # at the provider
    note: str = ""

    def is_for(self, provider: str, endpoint: Endpoint, model: str) -> bool:
        """Whether it holds there; a model that the settings name decides by itself."""
        if provider != self.provider:
            return False
        if model:
            return model == self.model
        return any(fnmatchcase(endpoint.id, pattern) for pattern in self.endpoints)


def quote_at(
    provider: str,
    endpoint: Endpoint,
    values: Mapping[str, Any],
    *,
    options: ProviderSettings,
    today: date | None = None,
) -> Quote:
    """What a clip of `endpoint` with these values costs at `provider`, which `options` are for.

    `usd_per_second` of the options goes before any published price. A server of one's own that
    speaks OpenAI Videos is free without it. Where nobody knows a price, `unpriced` says so. Raises
    as `quote` does; what fal has retired others may still have.
    """
    if options.usd_per_second is not None:
        price = _own_price(provider, options.usd_per_second, today)
        return quote_by(provider, [price], endpoint, values, today=today)
    if provider == FAL:
        return quote(endpoint, values, today=today)
    listed = [each for each in _listed() if each.is_for(provider, endpoint, options.model)]
    quoted = quote_by(provider, [each.price for each in listed], endpoint, values, today=today)
    if quoted.usd is None and provider == OPENAI_VIDEOS and _is_ones_own(options.url):
        note = "a server of your own is taken to be free; usd_per_second in the settings changes it"
        return replace(quoted, unpriced="", notes=(*quoted.notes, note))
    said = (each.note for each in listed if quoted.charge and each.price is quoted.charge.price)
    return replace(quoted, notes=(*quoted.notes, *filter(None, said)))


def _own_price(provider: str, usd: Decimal, today: date | None) -> Price:
    day = today or datetime.now(UTC).date()
    source = f"the setting providers.{provider}.usd_per_second"
    return Price(usd=usd, per="second", as_of=day, source=source)


def _is_ones_own(url: str) -> bool:
    """Whether that address is a server of nobody who is known to charge."""
    try:
        host = (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:  # no address at all
        return False
    return bool(host) and not any(f".{host}".endswith(f".{name}") for name in _CHARGING)


@cache
def _listed() -> tuple[_Listed, ...]:
    return tuple(_read(row) for row in tomllib.loads(_DATA.read_text("utf-8"))["price"])


def _read(row: Mapping[str, Any]) -> _Listed:
    price = Price(
        usd=Decimal(row["usd"]),
        per="second",
        when=row.get("when", {}),
        as_of=row["as_of"],
        source=row["source"],
    )
    return _Listed(
        provider=row["provider"],
        price=price,
        endpoints=tuple(row["endpoints"]),
        model=row.get("model", ""),
        note=row.get("note", ""),
    )
