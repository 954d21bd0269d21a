"""A task as replies and webhooks of both designs tell of it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Literal
from urllib.parse import urlsplit

from photoplay.dialects.provider import Call, Json, Output

State = Literal["waiting", "running", "done", "failed"]

_STATES: dict[str, State] = {
    "submitted": "waiting",
    "processing": "running",
    "succeed": "done",  # the older design's word
    "succeeded": "done",
    "failed": "failed",
}
_LONGEST_ID = 200  # characters
_LONGEST_URL = 8192
_LONGEST_AMOUNT = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What is known of a task; `url` is where its clip is, "" if nowhere."""

    id: str
    state: State
    key: str = ""  # ours
    message: str = ""
    url: str = ""
    charged_usd: Decimal | None = None

    def output(self) -> Output:
        """The clip, which lies open to everyone who knows the URL."""
        download = Call(method="GET", url=self.url, authorized=False)
        return Output(download=download, charged_usd=self.charged_usd)


def new_task(item: Any) -> Task | None:
    """A task as the current design tells of it; None if `item` is none."""
    if not isinstance(item, dict) or not (found := _id(item.get("id"))):
        return None
    return Task(
        id=found,
        state=_state(item.get("status")),
        key=_id(item.get("external_id")),
        message=_text(item.get("message")),
        url=_clip(item.get("outputs")),
        charged_usd=_cash(item.get("billing")),
    )


def old_task(item: Any, *, is_usd: bool) -> Task | None:
    """A task as the older design tells of it; `is_usd`: the account's balance is in US dollars."""
    if not isinstance(item, dict) or not (found := _id(item.get("task_id"))):
        return None
    return Task(
        id=found,
        state=_state(item.get("task_status")),
        key=_id(_member(item, "task_info", "external_task_id")),
        message=_text(item.get("task_status_msg")),
        url=_clip(_member(item, "task_result", "videos")),
        charged_usd=_from_balance(item) if is_usd else None,
    )


def _state(word: Any) -> State:
    """Of a word that is not known: not ended."""
    return _STATES.get(word, "running") if isinstance(word, str) else "running"


def _cash(billing: Any) -> Decimal | None:
    """US dollars of a bill that is all of them; units of a package have no price of their own."""
    if not isinstance(billing, list) or not billing:
        return None
    total = Decimal(0)
    for entry in billing:
        is_cash = isinstance(entry, dict) and entry.get("charge_type") == "cash"
        if not is_cash or _text(entry.get("currency")).upper() != "USD":
            return None
        amount = _amount(entry.get("amount"))
        if amount is None:
            return None
        total += amount
    return total


def _from_balance(item: Json) -> Decimal | None:
    """What was taken from the balance, unless units of a package paid, or may have."""
    quota = _amount(_member(item, "final_balance_deduction", "quota"))
    units = _amount(item.get("final_unit_deduction"))
    is_whole = units == 0 or (units is None and quota)
    return quota if is_whole else None


def _amount(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    if isinstance(value, int) and abs(value) >= 10**_LONGEST_AMOUNT:
        return None
    text = str(value)
    try:
        amount = Decimal(text) if len(text) <= _LONGEST_AMOUNT else Decimal("NaN")
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and 0 <= amount < 10**6 else None


def _clip(files: Any) -> str:
    """The first URL of a video that can be fetched."""
    for each in files if isinstance(files, list) else ():
        if isinstance(each, dict) and each.get("type", "video") == "video":
            url = each.get("url")
            if isinstance(url, str) and _is_fetchable(url):
                return url
    return ""


def _is_fetchable(url: str) -> bool:
    if len(url) > _LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 (raises for one out of range)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _member(item: Json, *path: str) -> Any:
    found: Any = item
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _id(value: Any) -> str:
    """An id, "" if it is none: text, or a number as some gateways have it."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**30:
        return str(value)
    is_id = isinstance(value, str) and 0 < len(value) <= _LONGEST_ID and value.isprintable()
    return value if is_id else ""


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
