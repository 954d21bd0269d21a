"""What a plan asks to be heard that the bed does not hold, in words for the log."""

from __future__ import annotations

from photoplay.direction.plan import Line, Sound

NOT_YET = "is kept in the plan; the built-in engine does not voice it yet"


def describe(sound: Sound) -> tuple[str, ...]:
    """One sentence for each effect, piece of music and spoken line that `bed` leaves out."""
    if sound.silent:
        return _silenced(sound)
    effects = tuple(f"The sound effect “{effect}” {NOT_YET}." for effect in sound.effects)
    music = (f"The music “{sound.music}” {NOT_YET}.",) if sound.music else ()
    return effects + music + tuple(_spoken(line) for line in sound.dialogue)


def _silenced(sound: Sound) -> tuple[str, ...]:
    if sound.ambience or sound.effects or sound.music or sound.dialogue:
        return ("Silence was asked for, so the other sounds in the plan are left out.",)
    return ()


def _spoken(line: Line) -> str:
    what = "voice-over" if line.voice_over else "line"
    speaker = f" of {line.speaker}" if line.speaker else ""
    return f"The {what}{speaker} “{line.text}” {NOT_YET}."
