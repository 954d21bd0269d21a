"""Reads a prompt into a `Plan`: the order of the work, and the choices made for the user.

Speech is taken out first, then the rest becomes tokens, phrases and clauses (`Script`), which the
readers of each family go through. Text never raises here; only an unknown camera preset does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

from photoplay.clip import ClipRequest
from photoplay.direction.camera import Found, Shooting, read_camera
from photoplay.direction.foreign import is_foreign, translate
from photoplay.direction.hearing import Hearing, read_sound, sound_clauses
from photoplay.direction.leftovers import leftovers
from photoplay.direction.lexicon import phrases
from photoplay.direction.lexicon_camera import Way
from photoplay.direction.music import read_music
from photoplay.direction.plan import (
    Ambience,
    Atmosphere,
    Camera,
    CameraMove,
    Cue,
    Light,
    Line,
    Look,
    Motion,
    Move,
    Music,
    Plan,
    Sound,
)
from photoplay.direction.presets import DEFAULT_HANDHELD, preset_camera
from photoplay.direction.rain import one_rain
from photoplay.direction.refusals import Refusals, read_refusals, split_negative_tail, without
from photoplay.direction.scope import Script
from photoplay.direction.speech import take_speech, unsaid
from photoplay.direction.speech_times import timed
from photoplay.direction.text import fold, tokenize
from photoplay.direction.timeline import Timeline, lastings, marks, other_lengths
from photoplay.direction.world import Seeing, read_world

DEFAULT_PUSH = 0.6  # amount of the push-in when the prompt names no camera work
USUAL_SHOT_S = 5.0  # against which "at 3 seconds" is read when the length is not given
UNNAMED_CAMERA = "No camera work is named, so the camera pushes in gently."
_WALK_HANDHELD = 0.4
_WRAPPED = re.compile(r'\s*(["“”])([^"“”]*)["“”]\s*')

Kind = TypeVar("Kind", Motion, Light, Atmosphere, Look)


def read_request(request: ClipRequest) -> Plan:
    """What the first shot of a request asks for, and its sound options.

    Where a video moves the camera, the words do so only where they name a move.
    """
    shot = request.shots[0]
    plan = read(
        shot.prompt,
        negative_prompt=request.negative_prompt,
        camera=request.camera,
        duration_s=shot.duration_s,
    )
    if request.motion is not None and UNNAMED_CAMERA in plan.notes:
        notes = tuple(note for note in plan.notes if note != UNNAMED_CAMERA)
        plan = replace(plan, camera=Camera(), notes=notes)
    if request.sound.music is None:
        return plan
    music, notes = read_music(request.sound.music)
    return replace(
        plan, sound=replace(plan.sound, music=music, silent=False), notes=plan.notes + notes
    )


def read(
    prompt: str,
    *,
    negative_prompt: str = "",
    camera: str | None = None,
    duration_s: float = USUAL_SHOT_S,
) -> Plan:
    """What `prompt` asks for.

    `negative_prompt` takes out what it names. `camera` is one of `CAMERA_PRESETS` and replaces
    the camera work of the prompt. `duration_s` is the length of the shot, against which times in
    the prompt ("at 3 seconds") are read. Any text can be read; an unknown preset raises
    InvalidRequest.
    """
    preset = None if camera is None else preset_camera(camera)
    wrapped = _WRAPPED.fullmatch(prompt)
    text, tail = split_negative_tail(wrapped[2] if wrapped else prompt)
    refusals = read_refusals(f"{negative_prompt}, {tail}")
    plan = _read_positive(text, refusals, duration_s)
    notes = plan.notes
    if tail.strip():
        notes += (f'"{" ".join(tail.split())}" was read as negative prompt.',)
    plan = replace(plan, notes=notes)
    if preset is not None:
        plan = _with_preset(plan, preset, str(camera))
    plan = without(plan, refusals)
    return replace(plan, sound=replace(plan.sound, ambience=one_rain(plan.sound.ambience)))


def _read_positive(text: str, refusals: Refusals, duration_s: float) -> Plan:
    foreign = translate(text)
    if foreign is not None:
        return _read_foreign(text, foreign, refusals, duration_s)
    folded = fold(text)
    spoken = take_speech(text, folded)
    times = marks(spoken.rest, duration_s)
    rest = list(spoken.rest)
    lengths = lastings(spoken.rest, duration_s, times)
    spans = [(mark.at, mark.length) for mark in times] + [(one.at, one.length) for one in lengths]
    for at, length in spans:
        rest[at : at + length] = " " * length
    tokens = tokenize(text, "".join(rest))
    script = Script.of(text, tokens, phrases().scan(tokens))
    shooting = read_camera(script)
    timeline = Timeline(script, shooting.found, times, lengths)
    about_sound = sound_clauses(script)
    seeing = read_world(script, timeline.span, about_sound)
    hearing = read_sound(script, timeline.span, about_sound)
    used = frozenset(shooting.used | seeing.used | hearing.used)
    moves = timeline.moves()
    notes: list[str] = []
    known = (tokens[i] for hit in script.hits for i in range(hit.first, hit.last))
    if is_foreign(tokens, known):
        notes.append("Only English direction is understood.")
    camera = _camera(shooting, moves, refusals, notes)
    music, music_notes = read_music(hearing.music, spoken.rest) if hearing.music else (None, ())
    notes += [*shooting.notes, *timeline.notes, *seeing.notes, *spoken.notes]
    notes += () if refusals.music else music_notes
    if seeing.loop:
        notes.append(f'"{seeing.loop}": the end of the clip meets its beginning.')
    not_understood = (
        *leftovers(script, used, spoken),
        *shooting.unmeasured,
        *other_lengths(text, spoken.rest, duration_s),
    )
    notes += unsaid(text, spoken, not_understood)
    return Plan(
        camera=camera,
        motion=_of(seeing, Motion),
        light=_of(seeing, Light),
        atmosphere=_of(seeing, Atmosphere),
        look=_look(seeing),
        sound=_sound(seeing, hearing, music, timed(spoken, times, script, timeline)),
        loop=bool(seeing.loop),
        not_understood=not_understood,
        notes=tuple(notes),
    )


def _read_foreign(
    text: str, foreign: tuple[str, str], refusals: Refusals, duration_s: float
) -> Plan:
    """Read the few camera words that are known of another language, by their English names."""
    original, english = foreign
    spoken = take_speech(text, fold(text))
    plan = _read_positive(english, refusals, duration_s)
    moves = tuple(replace(move, words=original) for move in plan.camera.moves)
    camera = replace(plan.camera, moves=moves, words=original if plan.camera.words else "")
    note = f'Only English direction is understood; "{original}" was read as "{english}".'
    sound = replace(plan.sound, dialogue=spoken.lines)
    notes = (note, *plan.notes, *unsaid(text, spoken))
    return replace(plan, camera=camera, sound=sound, notes=notes)


def _camera(
    shooting: Shooting, moves: tuple[CameraMove, ...], refusals: Refusals, notes: list[str]
) -> Camera:
    """The camera with its default: a gentle push-in, unless something was asked of it."""
    handheld = 0.0 if shooting.shake is None else shooting.shake
    if any(move.move is Move.WALK_AND_TALK for move in moves) and shooting.shake is None:
        handheld = _WALK_HANDHELD
    words = shooting.shake_words
    if "hand-held" in shooting.refused:
        handheld, words = 0.0, ""
    if moves or _is_static(shooting, refusals):
        return Camera(moves=moves, handheld=handheld, words=words)
    if handheld:
        return Camera(handheld=handheld, words=words)
    steady = 0.0 if "hand-held" in shooting.refused else DEFAULT_HANDHELD
    if shooting.refused & {Way.ZOOM, Way.TRAVEL} or refusals.moves.keys() & _PUSHES:
        notes.append("No camera work is named and going closer is refused, so the camera stays.")
        return Camera(handheld=steady)
    if not refusals.movement:
        notes.append(UNNAMED_CAMERA)
    push = CameraMove(move=Move.PUSH_IN, amount=shooting.pace.amount(DEFAULT_PUSH))
    return Camera(moves=(push,), handheld=steady)


_PUSHES = {Move.PUSH_IN, Move.ZOOM_IN}


def _is_static(shooting: Shooting, refusals: Refusals) -> bool:
    held = any(_is_hold(found) for found in shooting.found) and not refusals.static
    return held or "movement" in shooting.refused


def _is_hold(found: Found) -> bool:
    return not found.moves


def _of(seeing: Seeing, family: type[Kind]) -> tuple[Cue[Kind], ...]:
    found = []
    for cue in seeing.cues:
        if isinstance(cue.kind, family):
            found.append(
                Cue(kind=cue.kind, amount=cue.amount, start=cue.start, end=cue.end, words=cue.words)
            )
    return tuple(found)


def _look(seeing: Seeing) -> tuple[Cue[Look], ...]:
    """The look, and refused grain as a cue of strength 0."""
    look = _of(seeing, Look)
    refused = seeing.refused.get(Look.GRAIN)
    if refused is None or any(cue.kind is Look.GRAIN for cue in look):
        return look
    return (*look, Cue(kind=Look.GRAIN, amount=0.0, words=refused))


def _sound(seeing: Seeing, hearing: Hearing, music: Music | None, lines: tuple[Line, ...]) -> Sound:
    """What is heard: named sounds first, then those of what is seen, unless refused."""
    refused = hearing.refused | seeing.refused.keys()
    beds = [cue for cue in hearing.ambience if cue.kind not in refused]
    for cue in (*_sound_of_rain(seeing), *seeing.sounds):
        if cue.kind not in refused and all(cue.kind is not other.kind for other in beds):
            beds.append(cue)
    others = hearing.ambience or hearing.effects or music is not None or lines
    return Sound(
        ambience=tuple(beds),
        effects=tuple(hearing.effects),
        music=music,
        dialogue=lines,
        silent=hearing.silent or (hearing.falls_silent and not others),
    )


def _sound_of_rain(seeing: Seeing) -> Iterator[Cue[Ambience]]:
    """Rain that is seen is heard, as hard as it falls; in a thunderstorm, too."""
    for cue in seeing.cues:
        if cue.kind is Atmosphere.RAIN:
            yield Cue(
                kind=Ambience.RAIN,
                amount=cue.amount,
                start=cue.start,
                end=cue.end,
                words=cue.words,
            )


def _with_preset(plan: Plan, preset: Camera, name: str) -> Plan:
    """`plan` with the preset's camera, and a note on what it replaces."""
    words = [f'"{move.words}"' for move in plan.camera.moves if move.words]
    words += [f'"{plan.camera.words}"'] if plan.camera.words else []
    notes = tuple(note for note in plan.notes if not note.startswith("No camera work is named"))
    if words:
        notes += (f"The camera preset {name} replaces {', '.join(words)}.",)
    return replace(plan, camera=preset, notes=notes)
