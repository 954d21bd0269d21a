"""What a submit asks for beside its input, in headers and query. Pure text to values."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from photoplay.errors import BodyInvalid, FieldError
from photoplay.jobs.job import LOW_PRIORITY, NORMAL_PRIORITY

_PRIORITIES = {"normal": NORMAL_PRIORITY, "low": LOW_PRIORITY}
_YES = {"1", "true", "yes"}
_LONGEST_PROJECT = 200
_LONGEST = 255  # characters of a hint or an idempotency key
_LONGEST_URL = 2048
_MOST_WAITING = 10**9


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitOptions:
    """The caller's wishes. Accepted without effect: `X-Fal-No-Retry` and `-Retry-Config`.

    (A render is repeated only if its worker died, never because it failed.)
    """

    priority: int = NORMAL_PRIORITY
    start_within_s: float | None = None
    runner_hint: str | None = None
    store_io: bool = True
    expires_after_s: float | None = None
    webhook_url: str | None = None
    max_queue_length: int | None = None
    idempotency_key: str | None = None
    project: str | None = None  # whose budget pays, beside the key's
    again: bool = False  # buy a clip although the same was bought before


def read_options(headers: Mapping[str, str], query: Mapping[str, str]) -> SubmitOptions:
    """The wishes in `headers` (any case) and `query`. Raises BodyInvalid naming the wrong one."""
    return SubmitOptions(
        priority=_priority(headers.get("x-fal-queue-priority")),
        start_within_s=_start_within_s(headers.get("x-fal-request-timeout")),
        runner_hint=_short(headers, "x-fal-runner-hint"),
        store_io=headers.get("x-fal-store-io", "1").strip() != "0",
        expires_after_s=read_expiry(headers),
        webhook_url=_webhook(query.get("fal_webhook")),
        max_queue_length=_max_queue_length(query.get("fal_max_queue_length")),
        idempotency_key=_short(headers, "idempotency-key"),
        project=_short(headers, "x-photoplay-project", _LONGEST_PROJECT),
        again=headers.get("x-photoplay-again", "0").strip().lower() in _YES,
    )


def read_expiry(headers: Mapping[str, str]) -> float | None:
    """After how many seconds media may be deleted; None for the setting. Raises BodyInvalid.

    The two headers that say it are read alike; who may read a file is not theirs to say here:
    names are unguessable, and whoever has one may.
    """
    for name in ("x-fal-object-lifecycle-preference", "x-fal-object-lifecycle"):
        if name in headers:
            return _expiry(name, headers[name])
    return None


def _expiry(name: str, text: str) -> float | None:
    try:
        wish = json.loads(text)
    except (ValueError, RecursionError):
        wish = None
    if not isinstance(wish, dict):
        raise _wrong("header", name, text, "Input should be a JSON object")
    wanted = wish.get("expiration_duration_seconds")
    if wanted is None or wanted == 0:  # the original reads both as: not by itself
        return None
    if isinstance(wanted, bool) or not isinstance(wanted, int | float) or not 0 < wanted < 1e10:
        message = "expiration_duration_seconds should be a positive number of seconds"
        raise _wrong("header", name, text, message)
    return float(wanted)


def _priority(word: str | None) -> int:
    if word is None:
        return NORMAL_PRIORITY
    try:
        return _PRIORITIES[word.strip().lower()]
    except KeyError:
        message = "Input should be 'normal' or 'low'"
        raise _wrong("header", "x-fal-queue-priority", word, message) from None


def _start_within_s(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0.1 < seconds < 1e7:
        message = "Input should be a number of seconds greater than 0.1"
        raise _wrong("header", "x-fal-request-timeout", text, message)
    return seconds


def _max_queue_length(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(_MOST_WAITING))):
        message = "Input should be a whole number, 0 or greater"
        raise _wrong("query", "fal_max_queue_length", text, message)
    return int(text)


def _webhook(url: str | None) -> str | None:
    if not url:
        return None
    try:
        parts = urlsplit(url)
        fits = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port or an address that is none
        fits = False
    if not fits or len(url) > _LONGEST_URL or not url.isprintable() or " " in url:
        raise _wrong("query", "fal_webhook", url, "Input should be an http or https URL")
    return url


def _short(headers: Mapping[str, str], name: str, most: int = _LONGEST) -> str | None:
    text = headers.get(name, "").strip()
    if len(text) > most or not text.isprintable():
        message = f"Input should be at most {most} printable characters"
        raise _wrong("header", name, text, message)
    return text or None


def _wrong(place: str, name: str, given: str, message: str) -> BodyInvalid:
    return BodyInvalid.of([FieldError((place, name), message, "value_error", {}, given[:200])])
