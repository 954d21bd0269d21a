"""What the replies of all providers have in common: words for people, and when to come again."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from photoplay.dialects.provider import Reply

LONGEST_MESSAGE = 300  # characters of a provider's words that are passed on
_LONGEST_RETRY_S = 86_400.0  # who says more than a day says nothing of use
# Where JSON errors keep their sentence, the likeliest first.
_KEYS = ("message", "msg", "error", "detail", "details", "reason", "failure", "errors", "data")
_DEEPEST = 4  # levels of a body that are searched


def retry_after_s(reply: Reply) -> float | None:
    """The seconds of a Retry-After header; None without one, or where it names a date."""
    said = reply.headers.get("retry-after", "").strip()
    try:
        seconds = float(said)
    except ValueError:
        return None
    if not math.isfinite(seconds) or seconds < 0:
        return None
    return min(seconds, _LONGEST_RETRY_S)


def message_of(reply: Reply) -> str:
    """The provider's own words for people; "status 503" where it has none. Never empty."""
    found = next(_words(reply.json, _DEEPEST), "")
    if not found and not reply.text.lstrip().startswith(("<", "{", "[")):
        found = shortened(reply.text)
    return found or f"status {reply.status}"


def shortened(text: str, most: int = LONGEST_MESSAGE) -> str:
    """`text` on one line, without control characters, of `most` characters at most."""
    seen = text[: 4 * most]  # a reply may be of any size
    line = " ".join("".join(each if each.isprintable() else " " for each in seen).split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def _words(body: Any, depth: int) -> Iterator[str]:
    """Sentences in an error body, by the names that they usually have."""
    if isinstance(body, str):
        line = shortened(body)
        if line:
            yield line
    elif depth and isinstance(body, list):
        for item in body[:3]:
            yield from _words(item, depth - 1)
    elif depth and isinstance(body, dict):
        for key in _KEYS:
            yield from _words(body.get(key), depth - 1)
