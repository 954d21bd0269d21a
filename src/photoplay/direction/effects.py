"""A phrase for a single sound becomes a `SoundEffect`: which sound, how often, how loud."""

from __future__ import annotations

import re

from photoplay.direction.plan import Effect, SoundEffect
from photoplay.direction.text import fold
from photoplay.direction.vocabulary import any_of

# The first that is found decides. What has no recipe (a dog, a siren, breaking glass) is in none.
_KINDS = (
    (Effect.HEARTBEAT, any_of(r"heart ?beats?, heart (?:beat|pound|thump)\w*, pulse")),
    (
        Effect.FOOTSTEPS,
        any_of(
            r"""
            foot ?steps?, footfalls?, steps? echo\w*,
            (?:heels?|boots?|shoes?|stilettos?) (?:click|clack|tap|echo|on)\w*,
            (?:click|clack|tap)\w* (?:of )?(?:heels?|boots?|shoes?)
            """
        ),
    ),
    (Effect.KNOCK, any_of(r"knock\w*")),
    (
        Effect.BELL,
        any_of(
            r"""
            \w*bells?, phones? (?:ring|buzz|vibrat)\w*, ring\w* (?:tele)?phone, chimes?, ringtone,
            clock (?:strik|chim)\w*, (?:door ?)?buzzer
            """
        ),
    ),
    (Effect.SHUTTER, any_of(r"cameras? (?:shutter|click|snap)\w*, shutter\w*, click\w* cameras?")),
    (Effect.TYPING, any_of(r"typ(?:es?|ing), keyboards?, typewriters?")),
    (Effect.TICKING, any_of(r"tick\w*, clocks?")),
    (Effect.GLASS, any_of(r"clink\w*")),
    (Effect.POUR, any_of(r"pour\w*, glug\w*")),
    (Effect.FIZZ, any_of(r"fizz\w*, sizzl\w*, cans? (?:crack|pop|open)\w*")),
    (Effect.SPLASH, any_of(r"splash\w*, dives? (?:in|into)\b.*")),
    (Effect.DRIP, any_of(r"drip\w*")),
    (Effect.APPLAUSE, any_of(r"applau\w*, clap(?:s|ping)?")),
    (Effect.CLOTH, any_of(r"rustl\w*, pages? (?:turn|flip)\w*, (?:turn|flip)\w* .*pages?")),
    (Effect.DOOR, any_of(r"doors?, gates?, creak\w*")),
    (Effect.WHOOSH, any_of(r"whoosh\w*, swoosh\w*, swish\w*")),
    (Effect.RISER, any_of(r"risers?")),
    (
        Effect.IMPACT,
        any_of(
            r"""
            thuds?, thump\w*, thunks?, impacts?, booms?, (?:bass|sub|low) drops?,
            (?:deep|cinematic|big|bass|low)(?: \w+)? hits?
            """
        ),
    ),
    (Effect.BEEP, any_of(r"beep\w*, dings?, notifications?(?: sound)?")),
    (Effect.CLICK, any_of(r"click\w*, switch, button")),
)
# Sounds of these are others than their words would make one think.
_OTHERS = any_of(
    r"""
    glass (?:break|shatter|smash)\w*, (?:break|shatter|smash)\w* glass, wind chimes?, purr\w*,
    barks?, laugh\w*, horns?, sirens?, screech\w*, sonic boom, explosions?, gunshots?,
    keys jingl\w*
    """
)
_NUMBERS = {
    "once": 1, "one": 1, "single": 1, "twice": 2, "two": 2, "double": 2, "thrice": 3, "three": 3,
    "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "midnight": 12,
}  # fmt: skip
_NUMBER = rf"({'|'.join(_NUMBERS)}|\d{{1,2}})"
_COUNTS = (
    re.compile(r"\b(once|twice|thrice)\b"),
    re.compile(rf"\b{_NUMBER}(?= times?\b)"),
    re.compile(rf"\bstrik\w+ {_NUMBER}\b"),
    # "three loud knocks", but not "two phones ring" or "three-step stairs"
    re.compile(
        rf"\b{_NUMBER} (?:\w+ ){{0,2}}(?:knocks?|beeps?|chimes?|clicks?|claps?|thuds?|drips?|"
        r"dings?|booms?|thumps?|splash(?:es)?|whoosh(?:es)?|heartbeats?|footsteps?|clinks?|hits?)\b"
    ),
)
_MOST = 20  # strikes of a row that are counted one by one
_LEVELS = (
    (any_of(r"loud\w*, heavy, hard, thunderous, sudden, violent\w*, slam\w*, bang\w*"), 1.4),
    (any_of(r"soft\w*, gentl\w+, quiet\w*, faint\w*, subtl\w+, muffled, distant"), 0.6),
    (any_of("in the distance, in the background, far away, from afar"), 0.6),
)


def read_effect(
    words: str, start: float = 0.0, end: float = 1.0, *, named: str = ""
) -> SoundEffect:
    """The sound that the words name, over a span of the shot; `kind` None if there is no recipe.

    `named` is the part of the words that says which sound it is, where the rest says more.
    """
    said = fold(words)
    amount = 1.0
    for pattern, factor in _LEVELS:
        if pattern.search(said):
            amount *= factor
    return SoundEffect(
        kind=_kind(fold(named or words)),
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
    match = next((found for one in _COUNTS if (found := one.search(said))), None)
    if match is None:
        return 0
    return min(_NUMBERS.get(match[1]) or int(match[1]), _MOST)
