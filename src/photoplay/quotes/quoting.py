"""A quote: the price of one clip, where it comes from, and what it leaves open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from photoplay.catalogue import Endpoint, FileLimits, Price, Role, words
from photoplay.engine import DEFAULT_ENGINE
from photoplay.quotes.billing import (
    GIVEN,
    VOICE,
    Wish,
    has_voice,
    length_s,
    own_values,
    price_for,
    size_px,
)
from photoplay.quotes.crediting import credits_of
from photoplay.quotes.money import CENT, dollars, half_up, whole_millionths

BUILT_IN = "built-in"
STALE_DAYS = 90  # a price read longer ago is to be checked
NO_PRICE = "no price is published"
FAL = "fal"  # whose endpoints and prices the catalogue lists
_FPS = 24  # of the frames that are counted as tokens
_TOKEN_PX = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """A dated price, and how many seconds, runs or thousands of tokens of it one clip takes."""

    price: Price
    quantity: Decimal

    @property
    def usd(self) -> Decimal:
        """The whole, exact."""
        return self.price.usd * self.quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What one clip costs.

    `provider` is who charges. Without a `charge` it is free (the built-in engine), or there is no
    published price, and `unpriced` says so. `age_days` is how long ago the price was read. `notes`
    are assumptions and warnings, each a sentence without a full stop.
    """

    endpoint: str
    provider: str
    seconds: Decimal | None
    charge: Charge | None = None
    unpriced: str = ""
    credits: int | None = None
    age_days: int | None = None
    notes: tuple[str, ...] = ()

    @property
    def usd(self) -> Decimal | None:
        """Exact US dollars: 0 for the built-in engine, None where no price is published."""
        if self.charge is not None:
            return self.charge.usd
        return None if self.unpriced else Decimal(0)

    @property
    def reserved_usd(self) -> Decimal | None:
        """What is set aside for it: `usd`, rounded up to a whole millionth."""
        return None if self.usd is None else whole_millionths(self.usd)

    @property
    def is_stale(self) -> bool:
        """Whether the price is so old that it should be looked at again."""
        return self.age_days is not None and self.age_days > STALE_DAYS

    def as_json(self) -> dict[str, object]:
        """It for programs. Amounts are texts, so that no reader makes floats of them."""
        charge, usd = self.charge, self.usd
        return {
            "endpoint": self.endpoint,
            "provider": self.provider,
            "route": route_line(self),
            "seconds": None if self.seconds is None else float(self.seconds),
            "usd": None if usd is None else f"{usd:f}",
            "usd_cents": None if usd is None else f"{half_up(usd, CENT):f}",
            "unit_usd": None if charge is None else f"{charge.price.usd:f}",
            "per": None if charge is None else charge.price.per,
            "when": {} if charge is None else dict(charge.price.when),
            "quantity": None if charge is None else f"{charge.quantity.normalize():f}",
            "as_of": None if charge is None else charge.price.as_of.isoformat(),
            "source": None if charge is None else charge.price.source,
            "unpriced": self.unpriced or None,
            "age_days": self.age_days,
            "stale": self.is_stale,
            "credits": self.credits,
            "notes": list(self.notes),
        }


def quote(
    endpoint: Endpoint,
    values: Mapping[str, Any] = MappingProxyType({}),
    wish: Wish = Wish(),  # noqa: B008 (frozen)
    *,
    today: date | None = None,
) -> Quote:
    """What a clip of `endpoint` with these values costs; `wish` takes the place of what they say.

    `today` is the day from which the age of a price counts. Raises FeatureNotSupported for an
    endpoint out of service, InvalidRequest for what it cannot make.
    """
    endpoint.check_offered()
    quoted = quote_by(FAL, endpoint.prices, endpoint, values, wish, today=today)
    length = quoted.seconds
    return replace(quoted, credits=None if length is None else credits_of(endpoint, length))


def quote_by(
    provider: str,
    prices: Sequence[Price],
    endpoint: Endpoint,
    values: Mapping[str, Any],
    wish: Wish = Wish(),  # noqa: B008 (frozen)
    *,
    today: date | None = None,
) -> Quote:
    """What such a clip costs where `prices` are what `provider` charges. Raises as `quote`."""
    own = own_values(endpoint, values, wish)
    voice = has_voice(endpoint, own, wish)
    price = price_for(prices, own, voice=voice)
    length = assumed = None
    if endpoint.makes_clips:
        length, assumed = length_s(endpoint, values, own, wish)
    size = size_px(endpoint, own, wish)
    quantity = None if price is None else _quantity(price, length, size)
    charge = None
    if price is not None and quantity is not None:
        charge = Charge(price=price, quantity=quantity)
    day = today or datetime.now(UTC).date()
    notes = _Notes(endpoint, prices, own, wish)
    return Quote(
        endpoint=endpoint.id,
        provider=provider,
        seconds=length,
        charge=charge,
        unpriced="" if charge else _unpriced(prices, own),
        age_days=None if charge is None else (day - charge.price.as_of).days,
        notes=(
            *notes.on_length(length if assumed else None),
            *notes.on_sound(),
            *notes.on_charge(charge, size, voice=voice),
            *notes.on_image(),
            *_on_age(charge, day),
        ),
    )


def built_in(seconds: Decimal | None = None) -> Quote:
    """The quote of the engine that comes with this package: nothing is charged."""
    return Quote(endpoint=DEFAULT_ENGINE, provider=BUILT_IN, seconds=seconds)


def route_line(quoted: Quote) -> str:
    """Who renders it and for how much: "fal / $1.34", "built-in / free"."""
    if quoted.usd is None:
        return f"{quoted.provider} / no price"
    return f"{quoted.provider} / {dollars(quoted.usd) if quoted.charge else 'free'}"


def _quantity(price: Price, length: Decimal | None, size: tuple[int, int] | None) -> Decimal | None:
    """How much of the price's unit; None where that cannot be told."""
    if price.per == "run":
        return Decimal(1)
    if length is None:
        return None
    if price.per == "second":
        return length
    if size is None:
        return None
    return size[0] * size[1] * length * _FPS / _TOKEN_PX / 1000


def _on_age(charge: Charge | None, day: date) -> Iterator[str]:
    age = 0 if charge is None else (day - charge.price.as_of).days
    if charge is not None and age > STALE_DAYS:
        source = charge.price.source
        yield f"the price was read {age} days ago; look at {source} before you rely on it"


def _unpriced(prices: Sequence[Price], own: Mapping[str, Any]) -> str:
    if not prices:
        return NO_PRICE
    asked = {name: own[name] for each in prices for name in each.when if own.get(name) is not None}
    said = " and ".join(f"{name} {value}" for name, value in asked.items())
    published = ", ".join(words.price(each) for each in prices)
    return f"{NO_PRICE} for {said or 'this'}, only {published}"


@dataclass(frozen=True, slots=True)
class _Notes:
    """What a reader of the quote should know beside the amount."""

    endpoint: Endpoint
    prices: Sequence[Price]
    own: Mapping[str, Any]
    wish: Wish

    def on_length(self, assumed: Decimal | None) -> Iterator[str]:
        if assumed is not None:
            yield f"the model chooses the length; {assumed:g} s are assumed"

    def on_sound(self) -> Iterator[str]:
        silent = self.endpoint.makes_clips and not self.endpoint.has_audio
        if self.wish.audio is None or self.endpoint.find(Role.AUDIO) is not None:
            return
        if self.wish.audio and silent:
            yield "its clips have no sound"
        if not self.wish.audio and not silent:
            yield "its clips always have sound"

    def on_charge(
        self, charge: Charge | None, size: tuple[int, int] | None, *, voice: bool
    ) -> Iterator[str]:
        if charge is None:
            return
        price = charge.price
        if voice and VOICE not in price.when and self.endpoint.makes_clips:
            yield "no price with a voice of one's own is published; this is the one without"
        for name in self._given_elsewhere(price):
            yield f"no price with {name} is published for this size; this is the one without"
        if any(value == GIVEN for value in price.when.values()):
            yield "the seconds of the given videos are charged as well; add them to --seconds"
        if price.per == "1000 tokens" and size is not None:
            yield f"tokens are counted for frames of {size[0]}×{size[1]} px"

    def _given_elsewhere(self, price: Price) -> list[str]:
        """Fields that are filled in, and that other prices of this endpoint ask for."""
        names = {
            name
            for each in self.prices
            for name, value in each.when.items()
            if value == GIVEN and name not in price.when
        }
        return sorted(name for name in names if self.own.get(name) not in (None, "", []))

    def on_image(self) -> Iterator[str]:
        field = self.endpoint.find(Role.START_IMAGE)
        if self.wish.image_px is None or field is None or field.media is None:
            return
        if not _fits(field.media, *self.wish.image_px):
            width, height = self.wish.image_px
            yield f"an image of {width}×{height} px would be refused; see photoplay check"


def _fits(limits: FileLimits, width: int, height: int) -> bool:
    aspect = width / height
    return (
        min(width, height) >= (limits.min_side_px or 0)
        and (limits.max_side_px is None or max(width, height) <= limits.max_side_px)
        and aspect >= (limits.min_aspect or 0)
        and (limits.max_aspect is None or aspect <= limits.max_aspect)
    )
