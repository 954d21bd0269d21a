"""Amounts: rounding, and how people read them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def half_up(amount: Decimal, unit: Decimal = Decimal(1)) -> Decimal:
    """`amount` to the nearest multiple of `unit`, a half away from zero: 62.5 gives 63."""
    return (amount / unit).quantize(Decimal(1), ROUND_HALF_UP) * unit


def dollars(amount: Decimal) -> str:
    """Such as "$1,344.00": to the cent, half up. What costs something is never shown as $0.00."""
    shown = half_up(amount, CENT)
    return "under $0.01" if amount > 0 and not shown else f"${shown:,.2f}"
