"""Credits: what sellers of Kling clips count instead of dollars.

Base × seconds ÷ 6.4, rounded half up: for 8 s and 15 s that makes 40 and 75 (standard), 63 and 117
(pro), 163 and 305 (4K). Motion control has bases of its own, 35 and 70.
"""

from __future__ import annotations

from decimal import Decimal

from photoplay.catalogue import Endpoint
from photoplay.clip import Tier
from photoplay.errors import InvalidRequest
from photoplay.quotes.money import half_up

BASES = {Tier.STANDARD: 32, Tier.PRO: 50, Tier.FOUR_K: 130}
MOTION_BASES = {Tier.STANDARD: 35, Tier.PRO: 70}
DIVISOR_S = Decimal("6.4")
MOTION_CONTROL = "motion-control"
_GENERATION = "v3"
_KINDS = {"image-to-video", "text-to-video", MOTION_CONTROL}


def credits(tier: Tier, seconds: Decimal | int, *, motion: bool = False) -> int:  # noqa: A001
    """Credits of a clip. Raises InvalidRequest for no length, and for motion control in 4K."""
    bases = MOTION_BASES if motion else BASES
    if tier not in bases:
        raise InvalidRequest(
            f"credits of motion control in {tier} were asked for",
            rule="motion control has the tiers " + " and ".join(bases),
            fix=f"Ask for {Tier.PRO}",
        )
    if not Decimal(seconds).is_finite() or seconds <= 0:
        raise InvalidRequest(
            f"credits of {seconds} s were asked for",
            rule="a clip lasts more than 0 s",
            fix="Ask for the length of the clip",
        )
    return int(half_up(bases[tier] * Decimal(seconds) / DIVISOR_S))


def credits_of(endpoint: Endpoint, seconds: Decimal) -> int | None:
    """Credits of a clip of `endpoint`; None where no base is known, as for other generations."""
    motion = endpoint.kind == MOTION_CONTROL
    known = endpoint.generation == _GENERATION and endpoint.kind in _KINDS
    if not known or endpoint.tier not in (MOTION_BASES if motion else BASES):
        return None
    return credits(endpoint.tier, seconds, motion=motion)
