"""Seconds of a clip and its shots, as the endpoint takes them."""

from __future__ import annotations

from collections.abc import Sequence

from photoplay.catalogue import Field, seconds
from photoplay.compose.brief import Brief
from photoplay.errors import InvalidRequest

USUAL_S = 5  # of a clip whose endpoint has no usual length


def seconds_of(brief: Brief, field: Field | None) -> tuple[int, ...]:
    """How long each shot lasts; none where there are no shots, or one without a length."""
    given = [shot.duration_s for shot in brief.shots]
    if given in ([], [None]):
        return ()
    return shot_seconds(given, brief.duration_s, field)


def shot_seconds(
    given: Sequence[int | None], total_s: int | None, field: Field | None
) -> tuple[int, ...]:
    """How long each shot lasts: those without seconds share what is left of the clip.

    `total_s` is the clip's length, if it is given; `field` the endpoint's, whose default counts
    otherwise. Raises InvalidRequest where they do not add up.
    """
    known = sum(one for one in given if one is not None)
    open_count = sum(one is None for one in given)
    if not open_count:
        if total_s is not None and total_s != known:
            raise InvalidRequest(
                f"the shots last {known} s and the clip {total_s} s",
                rule="the seconds of all shots are those of the clip",
                fix=f"Write duration = {known}, or leave it out",
            )
        return tuple(one for one in given if one is not None)
    total = total_s if total_s is not None else _usual(field)
    share, more = divmod(total - known, open_count)
    if share < 1:
        raise InvalidRequest(
            f"{open_count} of the shots have no duration, and the others leave {total - known} s",
            rule="a shot lasts at least 1 s",
            fix=f"Write duration = {known + open_count} or more for the clip, or one for each shot",
        )
    shares = iter([share + 1] * more + [share] * (open_count - more))
    return tuple(next(shares) if one is None else one for one in given)


def spelt(field: Field, length_s: int, what: str) -> str | int:
    """`length_s` as `field` spells it: "8", "8s" or 8. Raises InvalidRequest with the choices."""
    if field.enum:
        choice = next((one for one in field.enum if seconds(one) == length_s), None)
        if choice is not None:
            return choice
    elif (field.minimum or 1) <= length_s <= (field.maximum or length_s):
        return str(length_s) if field.type == "string" else length_s
    lengths = sorted(length for one in field.enum if (length := seconds(one)) is not None)
    known = f"{', '.join(f'{one:g}' for one in lengths)} s"
    if not lengths:
        lengths = [field.minimum or 1, field.maximum or 1]
        known = f"{lengths[0]:g} to {lengths[1]:g} s"
    nearest = min(lengths, key=lambda one: abs(one - length_s))
    raise InvalidRequest(
        f"{what} lasts {length_s} s",
        rule=f"{field.name} takes {known}",
        fix=f"Ask for {nearest:g} s",
    )


def _usual(field: Field | None) -> int:
    usual = seconds(field.default) if field is not None else None
    return USUAL_S if usual is None else int(usual)
