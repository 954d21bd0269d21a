"""Reference videos of people with limbs, whose joints are known.

`PERFORMANCES` were looked at while the puppet was made, `ASIDE`, `HOPELESS` and `LATER` when its
gates were chosen: a puppet should follow the one and refuse the other. `UNSEEN` were drawn after
that, and moved nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from benchmarks.actors import Build, Stance
from benchmarks.motions import Motion, ramp, wave

Part = Callable[[float], Stance]


def _beat(time_s: float, hertz: float, phase: float = 0.0) -> float:
    return float(np.sin(2 * np.pi * hertz * time_s + phase))


def waving(time_s: float) -> Stance:
    """The right arm is raised and waves."""
    up = ramp(1.0, 0.2, 1.0)(time_s)
    return Stance(
        torso=0.03 * _beat(time_s, 0.5),
        head=0.06 * _beat(time_s, 0.5, 0.6),
        right_arm=(0.25 + 1.9 * up, 0.1 + up * (0.5 + 0.5 * _beat(time_s, 1.2))),
        left_arm=(0.25 + 0.03 * _beat(time_s, 0.5), 0.05),
        shift=0.006 * _beat(time_s, 0.5),
    )


def jumping_jack(time_s: float) -> Stance:
    """Arms and legs go out and in."""
    out = 0.5 - 0.5 * float(np.cos(2 * np.pi * 0.6 * time_s))
    return Stance(
        left_arm=(0.25 + 2.2 * out, 0.1),
        right_arm=(0.25 + 2.2 * out, 0.1),
        left_leg=(0.05 + 0.33 * out, 0.0),
        right_leg=(0.05 + 0.33 * out, 0.0),
        jump=0.03 * max(0.0, _beat(time_s, 1.2)),
    )


def marching(time_s: float) -> Stance:
    """Knees are lifted to the camera in turns, arms swing out."""
    left, right = (max(0.0, _beat(time_s, 0.8, phase)) for phase in (0.0, np.pi))
    return Stance(
        torso=0.04 * _beat(time_s, 0.8),
        left_arm=(0.3 + 0.5 * right, 0.2 + 0.5 * right),
        right_arm=(0.3 + 0.5 * left, 0.2 + 0.5 * left),
        towards={"left thigh": 1.0 * left, "right thigh": 1.0 * right},
        shift=0.01 * _beat(time_s, 0.8),
    )


def bowing(time_s: float) -> Stance:
    """The trunk leans to the side and to the camera; the arms go with it."""
    bow = 0.5 - 0.5 * float(np.cos(2 * np.pi * 0.35 * time_s))
    return Stance(
        torso=0.28 * bow,
        head=0.12 * bow,
        left_arm=(0.3 + 0.7 * bow, 0.1),
        right_arm=(0.3 + 0.2 * bow, 0.1),
        towards={"torso": 0.5 * bow},
    )


def dancing(time_s: float) -> Stance:
    """Everything moves."""
    return Stance(
        torso=0.10 * _beat(time_s, 0.7),
        head=0.12 * _beat(time_s, 0.7, 0.5),
        left_arm=(1.5 + 0.9 * _beat(time_s, 0.7), 0.5 + 0.6 * _beat(time_s, 1.4)),
        right_arm=(1.3 + 0.9 * _beat(time_s, 0.7, 1.5), 0.5 * _beat(time_s, 0.7, 2.0)),
        left_leg=(0.12 + 0.08 * _beat(time_s, 0.7), -0.05),
        right_leg=(0.12 - 0.08 * _beat(time_s, 0.7), -0.05),
        shift=0.03 * _beat(time_s, 0.7, 0.3),
    )


_RED = Build(shirt=(170, 60, 50), trousers=(70, 90, 120), skin=(150, 105, 80), seed=1)
_BARE = Build(shirt=(70, 130, 80), sleeves=(240, 200, 170), pattern="stripes", seed=2)

PERFORMANCES: dict[str, Motion] = {
    "waving": Motion(stance=waving),
    "jumping jack": Motion(
        stance=jumping_jack, backdrop="coffee", build=_RED, pan_x=ramp(0.1, 0.5, 4.5)
    ),
    "marching": Motion(stance=marching, backdrop="wall", build=_BARE),
    "bowing": Motion(stance=bowing, backdrop="street"),
    "dancing": Motion(stance=dancing, backdrop="interior (motorcycle)", build=_RED),
}


def both_waving(time_s: float) -> Stance:
    """Both arms are up and wave against each other."""
    return Stance(
        torso=0.05 * _beat(time_s, 0.6),
        left_arm=(2.2 + 0.3 * _beat(time_s, 1.1), 0.3),
        right_arm=(2.2 + 0.3 * _beat(time_s, 1.1, 2.0), 0.3),
        shift=0.015 * _beat(time_s, 0.6),
    )


def side_steps(time_s: float) -> Stance:
    """Steps to the side with the arms half up."""
    left, right = (max(0.0, _beat(time_s, 0.6, phase)) for phase in (0.0, np.pi))
    return Stance(
        left_arm=(0.7 + 0.6 * right, 0.6),
        right_arm=(0.7 + 0.6 * left, 0.6),
        left_leg=(0.08 + 0.35 * left, -0.1 * left),
        right_leg=(0.08 + 0.35 * right, -0.1 * right),
        shift=0.02 * _beat(time_s, 0.6),
    )


def arms_crossed(time_s: float) -> Stance:
    """The arms lie crossed before the trunk; only the body sways."""
    return Stance(
        torso=0.08 * _beat(time_s, 0.6),
        left_arm=(0.35, -1.9),
        right_arm=(0.35, -1.9),
        shift=0.02 * _beat(time_s, 0.6),
    )


_CHILD = Build(head=0.21, torso=0.27, thigh=0.215, shin=0.215, thickness=1.15, seed=4)
_TALL = Build(
    head=0.13, thigh=0.26, shin=0.26, torso=0.28, thickness=0.85, shirt=(200, 190, 60), seed=5
)

ASIDE: dict[str, Motion] = {
    "aside: both waving": Motion(stance=both_waving, build=_TALL, backdrop="coffee"),
    "aside: side steps": Motion(stance=side_steps, build=_CHILD, backdrop="temple"),
    "aside: hand-held dance": Motion(
        stance=dancing,
        build=_BARE,
        backdrop="street",
        pan_x=wave(0.012, 0.9, 1),
        pan_y=wave(0.009, 1.4),
        roll=wave(0.012, 0.4),
    ),
    "aside: upright film": Motion(
        stance=waving, build=_CHILD, size=(540, 960), tall=0.7, backdrop="street"
    ),
    "aside: push in": Motion(stance=jumping_jack, build=_TALL, tall=0.62, log_zoom=ramp(0.2, 0, 5)),
}
HOPELESS: dict[str, Motion] = {
    "hopeless: half body": Motion(stance=dancing, tall=1.7, build=_RED),
    "hopeless: crossed arms": Motion(stance=arms_crossed, build=_BARE),
    "hopeless: cuts": Motion(stance=waving, cuts_s=(1.1, 2.3, 3.2, 4.1)),
    "hopeless: camouflage": Motion(
        stance=dancing, build=replace(_RED, shirt=(180, 190, 200), skin=(180, 190, 200),
        trousers=(182, 190, 198), hair=(175, 185, 195), pattern="plain"), backdrop="wall",
    ),
    "hopeless: strobe": Motion(stance=dancing, flicker=0.9),
    "hopeless: nobody": Motion(pan_x=ramp(0.12, 0, 5)),
    "hopeless: no limbs": Motion(lean=wave(0.08, 0.9), bob=wave(0.03, 1.8), half=True),
}  # fmt: skip


def semaphore(time_s: float) -> Stance:
    """Arms go from sign to sign, straight, and rest there."""
    signs = ((0.4, 0.4), (1.5, 0.8), (2.3, 1.5), (0.8, 2.3), (1.5, 1.5))
    at = min(time_s, len(signs) - 1.001)
    step, part = int(at), min(1.0, 2 * (at % 1))
    share = part * part * (3 - 2 * part)
    left, right = (a + share * (b - a) for a, b in zip(signs[step], signs[step + 1], strict=True))
    return Stance(left_arm=(left, 0.0), right_arm=(right, 0.0))


def conducting(time_s: float) -> Stance:
    """Elbows out, forearms beat up and down."""
    return Stance(
        torso=0.04 * _beat(time_s, 0.4),
        head=0.08 * _beat(time_s, 0.4),
        left_arm=(0.9, 0.9 + 0.6 * _beat(time_s, 0.8)),
        right_arm=(0.9, 0.9 + 0.6 * _beat(time_s, 0.8, 0.7)),
    )


def reaching(time_s: float) -> Stance:
    """The left arm goes up slowly and comes down again; the body leans after it."""
    up = 0.5 - 0.5 * float(np.cos(2 * np.pi * 0.2 * time_s))
    return Stance(
        torso=-0.12 * up, left_arm=(0.3 + 2.2 * up, 0.1), right_arm=(0.35 + 0.3 * up, 0.1)
    )


def hands_in_pockets(time_s: float) -> Stance:
    """Elbows out, hands at the hips; the body sways and the head nods aside."""
    return Stance(
        torso=0.07 * _beat(time_s, 0.7),
        head=0.12 * _beat(time_s, 0.7),
        left_arm=(0.4, -0.75),
        right_arm=(0.4, -0.75),
        shift=0.02 * _beat(time_s, 0.7),
    )


_ARMLESS = Build(upper_arm=0.01, forearm=0.01, seed=9)

LATER: dict[str, Motion] = {
    "later: semaphore": Motion(stance=semaphore, build=_TALL, backdrop="wall", seed=3),
    "later: conducting": Motion(
        stance=conducting, build=replace(_RED, shirt=(230, 230, 225)), backdrop="street"
    ),
    "later: reaching": Motion(
        stance=reaching, build=replace(_CHILD, shirt=(220, 120, 40)), pan_x=ramp(0.08, 1, 4)
    ),
    "later: noisy": Motion(stance=waving, build=_BARE, noise=10, backdrop="coffee"),
    "later, hopeless: hands in pockets": Motion(stance=hands_in_pockets, backdrop="street"),
    "later, hopeless: no arms": Motion(
        stance=dancing, build=_ARMLESS, backdrop="interior (motorcycle)"
    ),
    "later, hopeless: waist up": Motion(stance=conducting, build=_BARE, tall=1.3),
    "later, hopeless: tiny": Motion(stance=jumping_jack, build=_TALL, tall=0.15),
}


def pointing(time_s: float) -> Stance:
    """The left arm points out and up in turns; the body turns its weight."""
    up = 0.5 - 0.5 * float(np.cos(2 * np.pi * 0.5 * time_s))
    return Stance(
        torso=-0.06 * up,
        left_arm=(0.5 + 1.4 * up, 0.15),
        right_arm=(0.45, 0.1 + 0.1 * up),
        shift=0.012 * _beat(time_s, 0.5),
    )


def flapping(time_s: float) -> Stance:
    """Both arms go out and in like wings; the head goes with them."""
    out = _beat(time_s, 0.6)
    return Stance(
        torso=0.05 * _beat(time_s, 0.3),
        head=0.1 * _beat(time_s, 0.3),
        left_arm=(1.2 + 0.6 * out, 0.2 + 0.3 * out),
        right_arm=(1.2 + 0.6 * out, 0.2 + 0.3 * out),
    )


def clapping(time_s: float) -> Stance:
    """Hands meet before the chest and part."""
    part = 0.5 - 0.5 * float(np.cos(2 * np.pi * 0.9 * time_s))
    return Stance(
        torso=0.04 * _beat(time_s, 0.45),
        left_arm=(0.5 + 0.5 * part, -2.0 + 1.1 * part),
        right_arm=(0.5 + 0.5 * part, -2.0 + 1.1 * part),
        shift=0.015 * _beat(time_s, 0.45),
    )


_GREY = Build(shirt=(120, 120, 125), trousers=(30, 30, 60), pattern="noise", seed=21)

UNSEEN: dict[str, Motion] = {
    "unseen: pointing": Motion(stance=pointing, build=_GREY, backdrop="street"),
    "unseen: flapping": Motion(
        stance=flapping, build=replace(_TALL, shirt=(200, 80, 120)), pan_y=wave(0.01, 0.5)
    ),
    "unseen: marching, pushed in": Motion(
        stance=marching, build=_GREY, backdrop="wall", log_zoom=ramp(0.1, 0, 5)
    ),
    "unseen, hopeless: clapping": Motion(stance=clapping, build=_BARE, backdrop="street"),
    "unseen, hopeless: knees down": Motion(stance=flapping, build=_GREY, tall=1.6),
}
