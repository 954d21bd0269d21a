"""What a plan asks to be heard that is not made, in words for the log."""

from __future__ import annotations

from photoplay.direction.plan import Sound

NO_RECIPE = (
    "has no recipe in the built-in engine and is left out; Kling v3 and Veo 3.1 make any sound."
)


def describe(sound: Sound) -> tuple[str, ...]:
    """One sentence for each sound that is left out."""
    if sound.silent:
        return _silenced(sound)
    return tuple(
        f"The sound effect “{effect.words}” {NO_RECIPE}"
        for effect in sound.effects
        if effect.kind is None
    )


def _silenced(sound: Sound) -> tuple[str, ...]:
    if sound.ambience or sound.effects or sound.music or sound.dialogue:
        return ("Silence was asked for, so the other sounds in the plan are left out.",)
    return ()
