"""A phrase for a single sound becomes a `SoundEffect`: which sound, how often, how loud."""

from __future__ import annotations

import re

from photoplay.direction.plan import Effect, SoundEffect
from photoplay.direction.text import fold
from photoplay.direction.vocabulary import any_of

# The first that is found decides. What has no recipe (a dog, a siren, breaking glass) is in none.
_KINDS = (
    (Effect.HEARTBEAT, any_of(r"heart ?beats?, heart (?:beat|pound|thump)\w*")),
    (
        Effect.FOOTSTEPS,
        any_of(r"foot ?steps?, (?:heels?|boots?) (?:click|clack|on)\w*, footfalls?"),
    ),
    (Effect.KNOCK, any_of(r"knock\w*")),
    (
        Effect.BELL,
        any_of(
            r"\w*bells?, phone (?:ring|buzz|vibrat)\w*, ring\w* (?:tele)?phone, chimes?, ringtone"
        ),
    ),
    (Effect.DOOR, any_of(r"doors?, floor ?boards? creak\w*, creak\w*")),
    (Effect.SHUTTER, any_of(r"(?:camera|shutter)(?: shutter)? (?:click|sound|snap)\w*, shutter")),
    (Effect.TYPING, any_of(r"typ(?:es?|ing), keyboards?")),
    (Effect.TICKING, any_of(r"tick\w*, clocks?")),
    (Effect.GLASS, any_of(r"(?:glass(?:es)?|cutlery|cups?) clink\w*, clink\w*")),
    (Effect.POUR, any_of(r"pour\w*")),
    (Effect.FIZZ, any_of(r"fizz\w*, sizzl\w*, cans? (?:crack|open)\w*")),
    (Effect.SPLASH, any_of(r"splash\w*")),
    (Effect.DRIP, any_of(r"drip\w*")),
    (Effect.APPLAUSE, any_of(r"applau\w*, clap(?:s|ping)?")),
    (
        Effect.CLOTH,
        any_of(r"(?:paper|fabric|cloth\w*|dress|leaves) rustl\w*, rustl\w*, pages? turn\w*"),
    ),
    (Effect.WHOOSH, any_of(r"whoosh\w*, swoosh\w*, swish\w*")),
    (Effect.RISER, any_of(r"risers?")),
    (Effect.IMPACT, any_of(r"thuds?, impacts?, booms?, bass drops?, deep hits?, cinematic hits?")),
    (Effect.BEEP, any_of(r"beep\w*, dings?, notifications?(?: sound)?")),
    (Effect.CLICK, any_of(r"click\w*, switch, button")),
)
# Sounds of these are others than their words would make one think.
_OTHERS = any_of(
    r"""
    glass (?:break|shatter|smash)\w*, (?:break|shatter)\w* glass, wind chimes?, purr\w*, barks?,
    laugh\w*, horns?, sirens?, screech\w*
    """
)
_COUNTS = {
    "once": 1, "twice": 2, "thrice": 3, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
}  # fmt: skip
_TIMES = re.compile(r"\b(once|twice|thrice|(?:two|three|four|five|six|\d{1,2})(?= times))\b")
_MOST = 20  # strikes of a row that are counted one by one
_LEVELS = (
    (any_of(r"loud\w*, heavy, hard, thunderous, sudden, violent\w*, slam\w*"), 1.4),
    (any_of(r"soft\w*, gentl\w+, quiet\w*, faint\w*, subtl\w+, muffled, distant"), 0.6),
    (any_of("in the distance, in the background"), 0.6),
)


def read_effect(words: str, start: float = 0.0, end: float = 1.0) -> SoundEffect:
    """The sound that the words name, over a span of the shot; `kind` None if there is no recipe."""
    said = fold(words)
    amount = 1.0
    for pattern, factor in _LEVELS:
        if pattern.search(said):
            amount *= factor
    return SoundEffect(
        kind=_kind(said),
        amount=round(amount, 3),
        start=start,
        end=end,
        count=_count(said),
        words=words,
    )


def _kind(said: str) -> Effect | None:
    if _OTHERS.search(said):
        return None
    return next((kind for kind, pattern in _KINDS if pattern.search(said)), None)


def _count(said: str) -> int:
    match = _TIMES.search(said)
    if match is None:
        return 0
    return min(_COUNTS.get(match[1]) or int(match[1]), _MOST)
