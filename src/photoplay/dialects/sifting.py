"""What is taken out of replies: only values that are what they should be.

A provider's reply may be wrong, cut, or somebody else's: what does not fit counts as not said.
"""

from __future__ import annotations

import math
from typing import Any

_LARGEST = 1e9  # of an amount that means something


def member(body: Any, *names: str) -> Any:
    """What lies in `body` under these names, one in the other; None if nothing does."""
    for name in names:
        body = body.get(name) if isinstance(body, dict) else None
    return body


def text_of(value: Any) -> str:
    """`value` if it is text, else nothing."""
    return value if isinstance(value, str) else ""


def amount_of(value: Any) -> float | None:
    """`value` if it is a number from 0 up, and not beyond reason."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value <= _LARGEST and math.isfinite(value) else None
