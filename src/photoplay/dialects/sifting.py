"""What is taken out of replies: only values that are what they should be.

A provider's reply may be wrong, cut, or somebody else's: what does not fit counts as not said.
"""

from __future__ import annotations

import math
from typing import Any
from urllib.parse import quote, urlsplit

_LONGEST_ID = 1000  # characters; gateways pack a whole address into theirs
_LONGEST_URL = 8192
_LARGEST = 1e9  # of an amount that means something


def member(body: Any, *names: str) -> Any:
    """What lies in `body` under these names, one in the other; None if nothing does."""
    for name in names:
        body = body.get(name) if isinstance(body, dict) else None
    return body


def text_of(value: Any) -> str:
    """`value` if it is text, else nothing."""
    return value if isinstance(value, str) else ""


def id_of(value: Any) -> str | None:
    """`value` if it can be the id of something, and so a part of a path."""
    text = text_of(value)
    fits = 0 < len(text) <= _LONGEST_ID and text.isascii() and text.isprintable()
    return text if fits and text.strip(". ") else None


def as_segment(provider_id: str) -> str:
    """An id as one segment of a path."""
    return quote(provider_id, safe="")


def url_of(value: Any) -> str | None:
    """`value` if it is an absolute URL of the web."""
    text = text_of(value)
    if not 0 < len(text) <= _LONGEST_URL or not text.isascii() or not text.isprintable():
        return None
    try:
        parts = urlsplit(text)
        return text if parts.scheme in ("http", "https") and parts.hostname else None
    except ValueError:  # brackets that are no address
        return None


def amount_of(value: Any) -> float | None:
    """`value` if it is a number from 0 up, and not beyond reason."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value <= _LARGEST and math.isfinite(value) else None
