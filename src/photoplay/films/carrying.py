"""What of a film goes on in its next part without being asked for again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from photoplay.direction.plan import (
    Ambience,
    Atmosphere,
    Cue,
    Light,
    Look,
    Motion,
    Plan,
    Sound,
)

# Light that stays once it is there. The others happen, and are over.
_STEADY = {
    Light.GOLDEN_HOUR,
    Light.WINDOW_LIGHT,
    Light.RING_LIGHT,
    Light.GOD_RAYS,
    Light.FIRELIGHT,
    Light.NEON,
    Light.MOONLIGHT,
}
_FOR_GOOD = {Light.SUNSET_TO_NIGHT, Light.NIGHT_TO_DAY}  # whenever it happened
_ALREADY = -1.0  # begins before the part does: there from its first frame

Motions = tuple[Cue[Motion], ...]
Kind = TypeVar("Kind", Motion, Light, Atmosphere, Look, Ambience)


def carried(before: Plan, after: Plan, *, from_frame: bool) -> tuple[Plan, tuple[str, ...]]:
    """The plan of the next part with what goes on from `before`, and sentences about that.

    `from_frame`: it is made from the last frame, in which the light is already.
    """
    air = _going_on(before.atmosphere, after.atmosphere, start=_ALREADY)
    light = _light(before, after, from_frame=from_frame)
    seen = _going_on(before.look, after.look, start=_ALREADY)
    look = tuple(cue for cue in seen if not (from_frame and _is_there(cue.kind, before)))
    motion = _motion(before.motion, after.motion)
    sound = _sound(before.sound, after.sound)
    plan = replace(
        after, atmosphere=air, light=light, look=look, motion=motion, sound=sound, loop=False
    )
    notes = after.notes
    asked = {*_kinds(after), *_heard(after.sound)}
    more = [kind for kind in (*_kinds(plan), *_heard(sound)) if kind not in asked]
    if more:
        notes += (f"What the clip ends with goes on: {', '.join(dict.fromkeys(more))}.",)
    if after.loop:
        notes += ("A film that goes on is no loop, so that wish is left out.",)
    return replace(plan, notes=notes), notes


def coming_up(plan: Plan) -> Plan:
    """The same after a part that ends as a still: what goes on is not there yet, and comes up."""
    return replace(
        plan,
        motion=_from_start(plan.motion),
        light=_from_start(plan.light),
        atmosphere=_from_start(plan.atmosphere),
        look=_from_start(plan.look),
    )


def _from_start(cues: tuple[Cue[Kind], ...]) -> tuple[Cue[Kind], ...]:
    return tuple(replace(cue, start=max(cue.start, 0.0)) for cue in cues)


def lasting(air: tuple[Cue[Atmosphere], ...]) -> tuple[Cue[Atmosphere], ...]:
    """The weather that is there at the end, as it is there from the first frame after it."""
    return _lasting(air, start=_ALREADY)


def standing(plans: Sequence[Plan]) -> tuple[str, ...]:
    """The weather, light and look that are in the last frame of a film of these parts.

    Weather is that of the last part, which has what goes on; light and look are in the frames that
    the next part is made from.
    """
    there: list[str] = [cue.kind for plan in plans for cue in plan.light if _stays(cue)]
    there += [cue.kind for plan in plans for cue in plan.look if cue.end >= 1 and cue.amount > 0]
    there += [cue.kind for cue in lasting(plans[-1].atmosphere) if cue.amount > 0]
    return tuple(dict.fromkeys(there))


def _stays(cue: Cue[Light]) -> bool:
    return cue.kind in _FOR_GOOD or (cue.kind in _STEADY and cue.end >= 1 and cue.amount > 0)


def _motion(before: Motions, after: Motions) -> Motions:
    """What moves by itself begins anew from where it is; but steam is there from the first."""
    steam = _lasting(tuple(cue for cue in before if cue.kind is Motion.STEAM), start=_ALREADY)
    if not after:
        others = tuple(cue for cue in before if cue.kind is not Motion.STEAM)
        return _lasting(others, start=0.0) + steam
    return _going_on(steam, after, start=_ALREADY)


def _light(before: Plan, after: Plan, *, from_frame: bool) -> tuple[Cue[Light], ...]:
    steady = tuple(cue for cue in before.light if cue.kind in _STEADY)
    if not from_frame:
        return _going_on(steady, after.light, start=_ALREADY)
    there = {cue.kind for cue in _lasting(steady, start=0.0)}
    return tuple(cue for cue in after.light if cue.kind not in there)


def _is_there(look: Look, before: Plan) -> bool:
    """Whether the last frame has it for good. Grain is made anew for every frame."""
    return look is Look.VIGNETTE and any(cue.kind is look for cue in before.look)


def _going_on(
    before: tuple[Cue[Kind], ...], after: tuple[Cue[Kind], ...], *, start: float
) -> tuple[Cue[Kind], ...]:
    """What is asked for now, there at once if it was there before; else what was there."""
    lasting = _lasting(before, start=start)
    if not after:
        return lasting
    there = {cue.kind for cue in lasting}
    return tuple(
        replace(cue, start=start) if cue.kind in there and cue.start <= 0 else cue for cue in after
    )


def _lasting(cues: tuple[Cue[Kind], ...], *, start: float) -> tuple[Cue[Kind], ...]:
    """Those that are there at the end, over all of the next part."""
    return tuple(replace(cue, start=start, end=1.0) for cue in cues if cue.end >= 1)


def _sound(before: Sound, after: Sound) -> Sound:
    """Ambience and music go on unless others are asked for; what is said and happens is new."""
    if after.silent:
        return after
    asks = after.ambience or after.effects or after.music or after.dialogue
    if before.silent and not asks:
        return before
    ambience = after.ambience or _lasting(before.ambience, start=0.0)
    return replace(after, ambience=ambience, music=after.music or before.music)


def _kinds(plan: Plan) -> list[str]:
    families = (plan.motion, plan.light, plan.atmosphere, plan.look)
    return [str(cue.kind) for cues in families for cue in cues]


def _heard(sound: Sound) -> list[str]:
    music = [] if sound.music is None else [f"{sound.music.genre} music"]
    return [f"the sound of {cue.kind}" for cue in sound.ambience] + music
