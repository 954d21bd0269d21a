"""What clips cost that are tried several times and made every month."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from photoplay.errors import InvalidRequest

MOST_ATTEMPTS = 100
MOST_A_MONTH = 10_000_000  # clips


@dataclass(frozen=True, slots=True)
class Attempts:
    """How many renders a usable clip takes, from `least` to `most`. Raises InvalidRequest."""

    least: int = 3
    most: int = 5

    def __post_init__(self) -> None:
        if not 1 <= self.least <= self.most <= MOST_ATTEMPTS:
            raise _no_attempts(f"{self.least}-{self.most}")

    def __str__(self) -> str:
        """Such as "3 to 5 attempts"."""
        if self.least < self.most:
            return f"{self.least} to {self.most} attempts"
        return f"{self.least} attempt{'s' if self.least > 1 else ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """One clip's price over its attempts, and over a month. Exact US dollars."""

    usd: Decimal
    attempts: Attempts
    per_month: int | None = None  # clips

    def __post_init__(self) -> None:
        if self.per_month is not None and not 1 <= self.per_month <= MOST_A_MONTH:
            raise InvalidRequest(
                f"{self.per_month} clips a month were asked for",
                rule=f"a month has 1 to {MOST_A_MONTH:,} clips",
                fix="Give the number of finished clips",
            )

    @property
    def per_clip_usd(self) -> tuple[Decimal, Decimal]:
        """A usable clip, from the least to the most attempts."""
        return self.usd * self.attempts.least, self.usd * self.attempts.most

    @property
    def month_usd(self) -> tuple[Decimal, Decimal] | None:
        """All clips of a month with their attempts; None where nobody said how many."""
        if self.per_month is None:
            return None
        least, most = self.per_clip_usd
        return least * self.per_month, most * self.per_month


def parse_attempts(text: str) -> Attempts:
    """Attempts as "3-5" or "4". Raises InvalidRequest."""
    match = re.fullmatch(r"(\d{1,4})(?:\s?[-–]\s?(\d{1,4}))?", text.strip(), re.ASCII)
    if match is None:
        raise _no_attempts(text[:20])
    return Attempts(int(match[1]), int(match[2] or match[1]))


def _no_attempts(given: str) -> InvalidRequest:
    return InvalidRequest(
        f"the attempts are {given!r}",
        rule=f"they are a number or a range, from 1 to {MOST_ATTEMPTS}",
        fix="Use 3-5, which most makers of clips need",
    )
