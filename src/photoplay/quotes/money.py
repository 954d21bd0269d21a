"""Amounts: rounding, and how people read them."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
MILLIONTH = Decimal("0.000001")  # of a dollar: what the ledger counts in


def half_up(amount: Decimal, unit: Decimal = Decimal(1)) -> Decimal:
    """`amount` to the nearest multiple of `unit`, a half away from zero: 62.5 gives 63."""
    return (amount / unit).quantize(Decimal(1), ROUND_HALF_UP) * unit


def dollars(amount: Decimal) -> str:
    """Such as "$1,344.00": to the cent, half up. What costs something is never shown as $0.00."""
    shown = half_up(amount, CENT)
    return "under $0.01" if amount > 0 and not shown else f"${shown:,.2f}"


def exact_dollars(amount: Decimal) -> str:
    """Such as "$0.5599": not rounded, with two places at least."""
    return f"{'-' if amount < 0 else ''}${abs(shortest(amount)):,f}"


def shortest(amount: Decimal) -> Decimal:
    """The same amount, with as few places as it needs and at least two."""
    cents = amount.quantize(CENT)
    return cents if cents == amount else amount.normalize()


def whole_millionths(amount: Decimal) -> Decimal:
    """`amount`, rounded up to what the ledger can hold: what is set aside is never too little."""
    return shortest(amount.quantize(MILLIONTH, ROUND_CEILING))
