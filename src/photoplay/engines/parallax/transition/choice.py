"""Which way from one still to the other, and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from photoplay.clip import Transition
from photoplay.engines.parallax.transition.match import (
    LEAST_ALIKE,
    LEAST_CONSISTENT,
    LEAST_OVERLAP,
    Match,
    Views,
    find_match,
)


class Kind(StrEnum):
    """The ways there are."""

    CAMERA = "camera"
    CUT = "cut"
    DISSOLVE = "dissolve"


@dataclass(frozen=True, slots=True)
class Choice:
    """A way, with what a camera needs to go it, and what to tell the user."""

    kind: Kind
    sentence: str
    match: Match | None = None


def choose(
    wish: Transition, views: Views, check_cancelled: Callable[[], None] = lambda: None
) -> Choice:
    """What was wished for, or what suits the pictures.

    A camera that is wished for between pictures that have nothing in common becomes a match cut:
    bent into each other they would be neither.
    """
    if wish is Transition.CUT:
        return Choice(Kind.CUT, "From start to end: a match cut, as asked.")
    if wish is Transition.DISSOLVE:
        return Choice(Kind.DISSOLVE, "From start to end: a dissolve, as asked.")
    match = find_match(views, check_cancelled)
    if match.is_safe:
        return Choice(Kind.CAMERA, _why_camera(match), match)
    sentence = f"From start to end: a match cut, as {_why_not(match)}."
    if wish is Transition.CAMERA:
        sentence += " A camera that goes from one to the other was asked for: there is no such way."
    return Choice(Kind.CUT, sentence)


def _why_camera(match: Match) -> str:
    how = "one camera move explains" if match.is_camera else "small movements explain"
    return (
        f"From start to end: the camera goes there, as both pictures show the same: {how} "
        f"{match.consistent:.0%} of what they have in common."
    )


def _why_not(match: Match) -> str:
    if match.consistent < LEAST_CONSISTENT:
        return (
            f"the pictures show different things: {match.consistent:.0%} of their points "
            f"correspond, and {LEAST_CONSISTENT:.0%} would be needed"
        )
    if match.alike < LEAST_ALIKE:
        return (
            f"the pictures show different things: their detail is alike by {match.alike:.2f}, and "
            f"{LEAST_ALIKE:.2f} would be needed"
        )
    return (
        f"the pictures have too little in common: {match.overlap:.0%}, and more than "
        f"{LEAST_OVERLAP:.0%} would be needed"
    )
