"""How often a provider is asked how far a clip is."""

from __future__ import annotations

from collections.abc import Iterator

GONE_AFTER = 3  # looks in a row that find nothing: the first ones may only be too early
_GROWTH = 1.5  # of each pause over the one before


def pauses(first_s: float, longest_s: float) -> Iterator[float]:
    """Seconds between looks, without end: short at first, then as long as a clip's making bears."""
    pause_s = first_s
    while True:
        yield pause_s
        pause_s = min(pause_s * _GROWTH, longest_s)
