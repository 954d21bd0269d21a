"""When a cue is in effect, how strongly, and what that means in a clip that is a loop."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from photoplay.direction.plan import Cue, Kind, Light, Plan

Envelope = Callable[[float], float]  # time_s → strength

_RISE_S = 1.0  # everything starts from the exact still
_FALL_S = 0.7
_ONCE = {Light.LIGHT_SWEEP, Light.FLASH, Light.SUNSET_TO_NIGHT, Light.NIGHT_TO_DAY}


def envelope(
    cue: Cue[Kind], duration_s: float, rise_s: float = _RISE_S, *, loop: bool = False
) -> Envelope:
    """Strength of a cue over time: its amount, with soft ends inside its span.

    A cue that lasts to the end of the shot does not fade out. In a loop, one that spans all of it
    is always as strong, and any other has both its ends: nothing comes or goes at the seam.
    """
    if loop and cue.start <= 0 and cue.end >= 1:
        return lambda _time_s: cue.amount
    start_s, end_s = cue.start * duration_s, cue.end * duration_s
    rise_s = min(rise_s, 0.5 * (end_s - start_s))
    fall_s = min(_FALL_S, 0.5 * (end_s - start_s))

    def level(time_s: float) -> float:
        risen = smooth((time_s - start_s) / rise_s) if rise_s > 0 else float(time_s >= start_s)
        left = 1.0 if cue.end >= 1 and not loop else smooth((end_s - time_s) / max(fall_s, 1e-6))
        return cue.amount * min(risen, left)

    return level


def whole_cycles(hz: float, duration_s: float, *, loop: bool) -> float:
    """A rate near `hz`; in a loop, one that comes round a whole number of times, at least once."""
    return max(1, round(hz * duration_s)) / duration_s if loop else hz


def out_and_back(share: float) -> float:
    """0 at the seam of a loop, 1 half-way through it, at rest at both."""
    return 0.5 - 0.5 * math.cos(2 * math.pi * share)


def smooth(share: float) -> float:
    """Smoothstep of a share clipped to 0–1."""
    share = min(max(share, 0.0), 1.0)
    return share * share * (3 - 2 * share)


def led_in(plan: Plan, lead: float) -> Plan:
    """`plan` for a shot that is preceded by a lead, which takes that share of both together.

    What is there from the start of the shot is there from the start of the lead, but for light
    that changes once: that is to be seen.
    """
    if not lead:
        return plan

    def start(cue: Cue[Kind]) -> float:
        runs_already = cue.start < 0 or (cue.start == 0 and cue.kind not in _ONCE)
        return cue.start if runs_already else lead + (1 - lead) * cue.start

    def later(cues: tuple[Cue[Kind], ...]) -> tuple[Cue[Kind], ...]:
        return tuple(
            replace(cue, start=start(cue), end=lead + (1 - lead) * cue.end) for cue in cues
        )

    return replace(
        plan,
        motion=later(plan.motion),
        light=later(plan.light),
        atmosphere=later(plan.atmosphere),
        look=later(plan.look),
    )
