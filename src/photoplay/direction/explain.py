"""A plan in plain text: what will happen, when, how strongly, and because of which words."""

from __future__ import annotations

from collections.abc import Iterable

from photoplay.direction.plan import (
    Age,
    Camera,
    CameraMove,
    Easing,
    Emotion,
    Line,
    Music,
    Plan,
    Sound,
    SoundEffect,
)


def explain(plan: Plan) -> str:
    """All of `plan` for a terminal, one cue a line, without colour and without a last newline."""
    lines = ["Camera", *_camera(plan.camera)]
    families = (
        ("Motion", plan.motion),
        ("Light", plan.light),
        ("Atmosphere", plan.atmosphere),
        ("Look", plan.look),
    )
    for title, cues in families:
        if cues:
            lines.append(title)
            lines += [_row(c.kind.value, c.amount, c.start, c.end, c.words) for c in cues]
    lines += _section("Sound", _sound(plan.sound))
    lines += _section("Not understood", [f'  "{words}"' for words in plan.not_understood])
    lines += _section("Notes", [f"  {note}" for note in plan.notes])
    return "\n".join(lines)


def unread(plan: Plan) -> tuple[str, ...]:
    """What was not understood, as sentences."""
    return tuple(f"not understood: “{words}”" for words in plan.not_understood)


def _section(title: str, rows: Iterable[str]) -> list[str]:
    body = list(rows)
    return [title, *body] if body else []


def _camera(camera: Camera) -> list[str]:
    rows = [_move(move) for move in camera.moves]
    if camera.handheld:
        words = f'  "{camera.words}"' if camera.words else ""
        rows.append(f"  {'hand-held':<18}{camera.handheld:>5.2f}{words}")
    return rows or ["  locked off"]


def _move(move: CameraMove) -> str:
    row = _row(move.move.value, move.amount, move.start, move.end, move.words)
    return row if move.easing is Easing.EASE_IN_OUT else f"{row}  ({move.easing.value})"


def _sound(sound: Sound) -> list[str]:
    if sound.silent:
        return ["  silent"]
    rows = [_row(c.kind.value, c.amount, c.start, c.end, c.words) for c in sound.ambience]
    rows += [_effect(effect) for effect in sound.effects]
    rows += [_music(sound.music)] if sound.music else []
    return rows + [_line(line) for line in sound.dialogue]


def _effect(effect: SoundEffect) -> str:
    name = effect.kind.value if effect.kind else "no recipe"
    row = _row(name, effect.amount, effect.start, effect.end, effect.words)
    return f"{row}  (×{effect.count})" if effect.count else row


def _music(music: Music) -> str:
    style = f"{music.mood.value} {music.genre.value}"
    tempo = f", {music.tempo_bpm:g} bpm" if music.tempo_bpm else ""
    quoted = f'  "{music.words}"' if music.words else ""
    return f"  {'music':<18}{music.amount:>5.2f}  {style}{tempo}{quoted}"


def _line(line: Line) -> str:
    manner = line.manner
    how = [manner.sex.value] if manner.sex else []
    how += [manner.age.value] if manner.age is not Age.ADULT else []
    how += [manner.emotion.value] if manner.emotion is not Emotion.NEUTRAL else []
    how += [f"{manner.pace:g} × the usual pace"] if manner.pace != 1 else []
    how += [f"in {line.language}"] if line.language else []
    how += [f"from {line.start:.0%}"] if line.start is not None else []
    kind, who = "voice-over" if line.voice_over else "speech", line.speaker or "somebody"
    spoken = f'  {kind:<18}{who}: "{line.text}"'
    return f"{spoken}  ({', '.join(how)})" if how else spoken


def _row(name: str, amount: float, start: float, end: float, words: str) -> str:
    quoted = f'  "{words}"' if words else ""
    return f"  {name:<18}{amount:>5.2f}  {start:>4.0%} to {end:>4.0%}{quoted}"
