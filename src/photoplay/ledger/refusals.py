"""Why a purchase is not made: what was asked, what the budget leaves, and how to change it."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_CEILING, Decimal

from photoplay.errors import BudgetExceeded, BudgetMissing
from photoplay.ledger.scope import ALL, Period, as_options, said
from photoplay.ledger.use import Cap
from photoplay.quotes import exact_dollars


def budget_missing(provider: str, usd: Decimal) -> BudgetMissing:
    """Nobody has said how much may be spent."""
    return BudgetMissing(
        f"a clip of {provider} costs {exact_dollars(usd)}, and there is no budget for it",
        rule="clips are bought within a budget only",
        fix=f"Set one: photoplay budget set {_enough(usd)} {as_options(ALL, Period.DAY)}",
        limits={"asked_usd": f"{usd:f}"},
    )


def budget_exceeded(
    provider: str, usd: Decimal, cap: Cap, used: Decimal, day: date
) -> BudgetExceeded:
    """That budget has no room for it."""
    left = max(cap.usd - used, Decimal(0))
    renews = cap.period.renews_on(day)
    per = "" if renews is None else f" a {cap.period}"
    then = "it does not renew" if renews is None else f"it renews on {renews} at 00:00 UTC"
    return BudgetExceeded(
        f"a clip of {provider} costs {exact_dollars(usd)}, and the budget of "
        f"{exact_dollars(cap.usd)}{per} for {said(cap.subject)} has {exact_dollars(left)} left",
        rule=f"{exact_dollars(used)} of it is used or held, and {then}",
        fix=f"Raise it: photoplay budget set {_enough(max(used, cap.usd) + usd)} "
        f"{as_options(cap.subject, cap.period)}",
        limits={
            "asked_usd": f"{usd:f}",
            "cap_usd": f"{cap.usd:f}",
            "used_usd": f"{used:f}",
            "left_usd": f"{left:f}",
            "subject": cap.subject,
            "period": str(cap.period),
            "renews_on": None if renews is None else renews.isoformat(),
        },
    )


def _enough(usd: Decimal) -> Decimal:
    """A round cap that `usd` fits into."""
    return max(Decimal(5), usd.to_integral_value(ROUND_CEILING))
