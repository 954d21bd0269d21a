"""What Kling's replies mean: its envelope, its codes, and why a task failed.

Every reply is `{"code", "message", "request_id", "data"}`; a code other than 0 is an error, even
with HTTP 200. The table is on the documentation's page "error codes" (https://kling.ai/document-api).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from photoplay.dialects.provider import Reply
from photoplay.dialects.replies import message_of, retry_after_s, shortened
from photoplay.errors import (
    ContentRefused,
    OutcomeUnclear,
    PhotoplayError,
    ProviderBusy,
    ProviderFailed,
    ProviderKeyRefused,
    ProviderRefused,
    ProviderUnavailable,
)

UNKNOWN_RESOURCE = 1203
_KEY_CODES = frozenset((1000, 1001, 1002, 1003, 1004, 1100, 1101, 1102, 1103, 1304))
_REFUSED_CODES = frozenset((1200, 1201, 1202, UNKNOWN_RESOURCE))
_CONTENT_CODES = frozenset((1300, 1301))
_BUSY_CODES = frozenset((1302, 1303))
_BACK_OFF_S = 1.0  # what the documentation asks for where no header says more

# A failed task has a sentence and no code. These are of its policy ones.
_POLICY = re.compile(
    r"risk.?control|sensitive|prohibited|violat|moderat|inappropriate|"
    r"(?:content|platform|community).{0,20}(?:safety|security|polic|guideline)|"
    r"风控|敏感|违规|违禁",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Envelope:
    """What every well-formed reply is."""

    code: int
    data: Any

    @classmethod
    def of(cls, reply: Reply) -> Envelope | None:
        """The envelope of a reply, None if it is none of Kling's."""
        body = reply.json
        code = body.get("code") if isinstance(body, dict) else None
        if not isinstance(code, int) or isinstance(code, bool):
            return None
        return cls(code, body.get("data"))


def data_of(reply: Reply) -> Any:
    """What a free call gave. Raises ProviderBusy or ProviderUnavailable: asking again is free."""
    found = Envelope.of(reply)
    if reply.is_ok and found is not None and found.code == 0:
        return found.data
    if reply.status == 429 or (found is not None and found.code in _BUSY_CODES):
        raise _busy(reply)
    raise says_nothing(f"Kling answered: {message_of(reply)}")


def is_unknown(reply: Reply) -> bool:
    """Whether the reply proves that what was asked for does not exist."""
    found = Envelope.of(reply)
    return reply.status == 404 and found is not None and found.code == UNKNOWN_RESOURCE


def is_elsewhere(reply: Reply) -> bool:
    """Whether a route refuses the question itself, as one may that has other kinds of tasks."""
    found = Envelope.of(reply)
    return found is not None and found.code in _REFUSED_CODES


def not_bought(reply: Reply) -> PhotoplayError:
    """What a reply to a paid call means that is no acceptance: OutcomeUnclear unless it proves one.

    Kling proves it by an envelope with a code of its table, under a status that blames us.
    """
    found, words = Envelope.of(reply), f"Kling answered: {message_of(reply)}"
    is_refusal = reply.is_ok or (400 <= reply.status < 500 and reply.status != 408)
    # The number is ours and new: if Kling knows it already, an order may have been accepted.
    if found is None or not is_refusal or "external_task_id" in words.lower():
        return _unclear(words)
    if found.code in _KEY_CODES:
        return ProviderKeyRefused(
            words,
            rule="Kling serves accounts with a valid key, the right to the model, and balance",
            fix="See Kling's developer console",
        )
    if found.code in _CONTENT_CODES:
        return _against_policy(words)
    if found.code in _BUSY_CODES:
        return _busy(reply)
    if found.code in _REFUSED_CODES:
        return ProviderRefused(
            words,
            rule="Kling takes what its documentation says",
            fix="Change the request, or use another provider",
        )
    return _unclear(words)


def failure(message: str, charged_usd: Decimal | None) -> PhotoplayError:
    """Why a task ended without a clip; `message` is Kling's own."""
    words = shortened(message)
    if _POLICY.search(words):
        return _against_policy(f"Kling made no clip: {words}")
    return ProviderFailed(
        f"Kling made no clip: {words or 'it gave no reason'}",
        rule="a task of Kling's may fail",
        fix="Try once more, change the request, or use another provider",
        charged_usd=charged_usd,
    )


def says_nothing(given: str) -> ProviderUnavailable:
    """The error for a reply to a free call that leaves all open."""
    return ProviderUnavailable(
        given, rule="a reply says how the task is", fix="Ask again in a moment"
    )


def _busy(reply: Reply) -> ProviderBusy:
    return ProviderBusy(
        f"Kling answered: {message_of(reply)}",
        rule="an account has so many tasks at a time, for each model",
        fix="Wait for one to end",
        retry_after_s=retry_after_s(reply) or _BACK_OFF_S,
    )


def _against_policy(given: str) -> ContentRefused:
    return ContentRefused(
        given, rule="Kling has a content policy", fix="Change the prompt or the images"
    )


def _unclear(given: str) -> OutcomeUnclear:
    return OutcomeUnclear(
        given,
        rule="only a refusal in Kling's own form proves that nothing was accepted",
        fix="See whether the order is among the tasks of the account",
    )
