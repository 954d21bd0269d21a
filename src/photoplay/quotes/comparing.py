"""The same clip at every endpoint that could make it, the cheapest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from photoplay.catalogue import Catalogue, Endpoint, Lifecycle, Role, load
from photoplay.catalogue.rows import FEATURES
from photoplay.clip import MAX_CLIP_S, MIN_CLIP_S
from photoplay.engine import Feature, check_supported, load_engine
from photoplay.errors import FeatureNotSupported, InvalidRequest
from photoplay.quotes.billing import Wish, has_voice, length_s, own_values
from photoplay.quotes.quoting import Quote, built_in, quote

_UNKNOWN = Decimal("Infinity")  # sorts endpoints without a price last


def compare(
    endpoint: Endpoint,
    values: Mapping[str, Any] = MappingProxyType({}),
    wish: Wish = Wish(),  # noqa: B008 (frozen)
    *,
    today: date | None = None,
    known: Catalogue | None = None,
) -> tuple[Quote, ...]:
    """Quotes of the clip that `endpoint` would make, at all endpoints of its kind in service.

    The built-in engine comes first where it can make it, then by price; endpoints without one
    last. Raises InvalidRequest for a clip that `endpoint` itself cannot make.
    """
    own = own_values(endpoint, values, wish)
    length, _ = length_s(endpoint, values, own, wish)
    same = _same_clip(endpoint, values, own, wish, length)
    found = [
        each
        for candidate in (known or load()).endpoints.values()
        if _is_like(candidate, endpoint, own, same)
        for each in (
            [quote(endpoint, values, wish, today=today)]
            if candidate.id == endpoint.id
            else _quoted(candidate, same, today)
        )
    ]
    found.sort(key=lambda each: (_UNKNOWN if each.usd is None else each.usd, each.endpoint))
    return (*_here(endpoint, own, length), *found)


def _same_clip(
    endpoint: Endpoint,
    values: Mapping[str, Any],
    own: Mapping[str, Any],
    wish: Wish,
    length: Decimal,
) -> Wish:
    """What is asked for, in no endpoint's words. A resolution counts only where one was given."""
    audio = endpoint.value(own, Role.AUDIO)
    resolution = endpoint.value(values, Role.RESOLUTION)
    return Wish(
        seconds=length,
        audio=endpoint.has_audio if audio is None else audio,
        voice=has_voice(endpoint, own, wish),
        resolution=wish.resolution or (resolution if isinstance(resolution, str) else None),
        image_px=wish.image_px,
    )


def _is_like(candidate: Endpoint, endpoint: Endpoint, own: Mapping[str, Any], same: Wish) -> bool:
    """Whether it makes such clips: in service, of the kind, with every file that is given."""
    given = {each.role for each in endpoint.fields if own.get(each.name) not in (None, [])}
    takes = {each.role for each in candidate.fields}
    needs = {each.role for each in candidate.fields if each.required}
    if candidate.lifecycle is not Lifecycle.ACTIVE or candidate.kind != endpoint.kind:
        return False
    if same.audio and not candidate.has_audio and Role.AUDIO not in takes:
        return False
    own_needs = {each.role for each in endpoint.fields if each.required}
    files = set(FEATURES)
    return given & files <= takes and needs & files <= given | own_needs


def _quoted(candidate: Endpoint, same: Wish, today: date | None) -> Iterator[Quote]:
    """The quote, unless the length or the resolution is none that the endpoint makes."""
    try:
        yield quote(candidate, {}, same, today=today)
    except InvalidRequest:
        return


def _here(endpoint: Endpoint, own: Mapping[str, Any], length: Decimal) -> Iterator[Quote]:
    """The built-in engine, where it can make such a clip."""
    needed = {
        FEATURES[each.role]
        for each in endpoint.fields
        if each.role in FEATURES and (each.required or own.get(each.name) not in (None, []))
    }
    needed |= endpoint.always_needs
    if Feature.NO_IMAGE in needed:  # its animatic is not the clip that a model would make
        return
    try:
        check_supported(load_engine(), needed)
    except FeatureNotSupported:
        return
    if MIN_CLIP_S <= length <= MAX_CLIP_S:
        yield built_in(length)
