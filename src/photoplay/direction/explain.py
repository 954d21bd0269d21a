"""A plan in plain text: what will happen, when, how strongly, and because of which words."""

from __future__ import annotations

from collections.abc import Iterable

from photoplay.direction.plan import Camera, CameraMove, Easing, Plan, Sound


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
    rows += [f"  {'effect':<18}{words}" for words in sound.effects]
    rows += [f"  {'music':<18}{sound.music}"] if sound.music else []
    for line in sound.dialogue:
        who = line.speaker or "somebody"
        rows.append(f'  {"voice-over" if line.voice_over else "speech":<18}{who}: "{line.text}"')
    return rows


def _row(name: str, amount: float, start: float, end: float, words: str) -> str:
    quoted = f'  "{words}"' if words else ""
    return f"  {name:<18}{amount:>5.2f}  {start:>4.0%} to {end:>4.0%}{quoted}"
