"""What a negative prompt names, and a plan without it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from photoplay.direction.effects import read_effect
from photoplay.direction.lexicon import Meaning, phrases, sound_phrases
from photoplay.direction.lexicon_camera import MOVES, Exact, Movement, Shake, Still, Turn, Way
from photoplay.direction.lexicon_sound import Heard, Music, Silence, SingleSound, SoundWord
from photoplay.direction.lexicon_world import Seen, SeenKind
from photoplay.direction.plan import (
    Ambience,
    Camera,
    Cue,
    Effect,
    Look,
    Move,
    Plan,
    Sound,
    SoundEffect,
)
from photoplay.direction.text import Token, fold, tokenize
from photoplay.direction.vocabulary import any_of

_TAIL = re.compile(
    r"(?:^|(?<=[\n.!?;,)\]]))[ \t]{0,4}(?:avoid|negatives?(?: prompts?)?|exclude)[ \t]?[:：]"
)

_ALL_EFFECTS = any_of("(?:sound|audio) effects?, sfx, foley")
_SPEECH = any_of("dialog(?:ue)?s?, speech, talking, speaking, spoken words, voices?(?!-? ?over)")
_VOICE_OVER = any_of("voice-? ?overs?, narrat(?:ion|or)")

Kind = TypeVar("Kind", bound="SeenKind | Ambience")


@dataclass(slots=True)
class Refusals:
    """What is not wanted, each with the words that say so."""

    moves: dict[Move, str] = field(default_factory=dict)
    kinds: dict[SeenKind | Ambience, str] = field(default_factory=dict)
    shake: str = ""
    movement: str = ""
    static: str = ""
    music: str = ""
    all_effects: str = ""  # "sound effects"
    effects: list[str] = field(default_factory=list)
    effect_kinds: dict[Effect, str] = field(default_factory=dict)  # named alone: "door"
    silence: str = ""
    sound: str = ""
    speech: str = ""
    voice_over: str = ""


def split_negative_tail(text: str) -> tuple[str, str]:
    """The prompt, and the rest of the line after "AVOID:" or "Negative prompt:"."""
    folded = fold(text)
    match = _TAIL.search(folded)
    if match is None:
        return text, ""
    end = text.find("\n", match.end())
    end = len(text) if end < 0 else end
    return text[: match.start()] + " " * (end - match.start()) + text[end:], text[match.end() : end]


def read_refusals(negative: str) -> Refusals:
    """Everything that `negative` names and the engine would otherwise do."""
    refusals = Refusals()
    tokens = tokenize(negative, fold(negative))
    for hit in phrases().scan(tokens):
        start, end = tokens[hit.first].start, tokens[hit.last - 1].end
        words = " ".join(negative[start:end].split())
        _refuse(refusals, hit.meaning, words, tokens[hit.first : hit.last])
    for part in re.split(r"[,;.\n]", negative):
        kind = read_effect(part).kind
        if kind is not None:
            refusals.effect_kinds.setdefault(kind, part.strip())
    for heard in sound_phrases().scan(tokens):
        words = negative[tokens[heard.first].start : tokens[heard.last - 1].end]
        if isinstance(heard.meaning, Heard):
            refusals.kinds.setdefault(heard.meaning.kind, words)
    refusals.all_effects = _found(_ALL_EFFECTS, negative)
    refusals.voice_over = _found(_VOICE_OVER, negative)
    refusals.speech = _found(_SPEECH, negative)
    return refusals


def _found(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(fold(text))
    return text[match.start() : match.end()] if match else ""


def _refuse(refusals: Refusals, meaning: Meaning, words: str, tokens: Sequence[Token]) -> None:
    if isinstance(meaning, Turn):
        alone = len(tokens) == 1
        for way in _ways(meaning.way):
            for heading, move in MOVES[way].items():
                if alone or heading is meaning.heading or _is_named(heading.name, tokens):
                    refusals.moves[move] = words
        if not any(word == words for word in refusals.moves.values()):
            refusals.moves.update(dict.fromkeys(MOVES[meaning.way].values(), words))
    elif isinstance(meaning, Exact):
        refusals.moves.update(dict.fromkeys((move for move, _ in meaning.moves), words))
    elif isinstance(meaning, Seen):
        refusals.kinds.update(dict.fromkeys(meaning.kinds, words))
        if meaning.sound is not None:
            refusals.kinds[meaning.sound] = words
    elif isinstance(meaning, Heard):
        refusals.kinds[meaning.kind] = words
    else:
        _refuse_whole(refusals, meaning, words)


def _refuse_whole(refusals: Refusals, meaning: Meaning, words: str) -> None:
    if isinstance(meaning, Shake):
        refusals.shake = words
    elif isinstance(meaning, Movement):
        refusals.movement = words
    elif isinstance(meaning, Still):
        refusals.static = words
    elif isinstance(meaning, Music):
        refusals.music = words
    elif isinstance(meaning, SingleSound):
        refusals.effects.append(words)
    elif isinstance(meaning, Silence):
        refusals.silence = words
    elif isinstance(meaning, SoundWord) and words.lower() in {"sound", "audio", "sounds"}:
        refusals.sound = words


def _ways(way: Way) -> tuple[Way, ...]:
    return (way, Way.WHIP_PAN) if way is Way.PAN else (way,)


def _is_named(heading: str, tokens: Sequence[Token]) -> bool:
    return any(token.word == heading.lower() for token in tokens)


def without(plan: Plan, refusals: Refusals) -> Plan:
    """`plan` without what is refused; one note for each thing taken out."""
    notes: list[str] = []
    camera = _camera(plan.camera, refusals, notes)
    sound = _sound(plan.sound, refusals, notes)
    return replace(
        plan,
        camera=camera,
        motion=_keep(plan.motion, refusals, notes),
        light=_keep(plan.light, refusals, notes),
        atmosphere=_keep(plan.atmosphere, refusals, notes),
        look=_look(plan.look, refusals, notes),
        sound=sound,
        notes=plan.notes + tuple(notes),
    )


def _sound(sound: Sound, refusals: Refusals, notes: list[str]) -> Sound:
    ambience = _keep(sound.ambience, refusals, notes, "the sound of ")
    sound = replace(sound, ambience=ambience)
    if refusals.music and sound.music:
        notes.append(_taken("music", refusals.music))
        sound = replace(sound, music=None)
    sound = _without_effects(sound, refusals, notes)
    sound = _without_speech(sound, refusals, notes)
    if refusals.silence and sound.silent:
        notes.append(_taken("silence", refusals.silence))
        sound = replace(sound, silent=False)
    if refusals.sound and not sound.silent:
        notes.append(_taken("all sound", refusals.sound))
        sound = replace(sound, silent=True)
    return sound


def _without_effects(sound: Sound, refusals: Refusals, notes: list[str]) -> Sound:
    kept = []
    for effect in sound.effects:
        words = _refused_as(effect, refusals)
        if words:
            notes.append(_taken(f"the sound effect “{effect.words}”", words))
        else:
            kept.append(effect)
    return replace(sound, effects=tuple(kept))


def _refused_as(effect: SoundEffect, refusals: Refusals) -> str:
    """The words that refuse an effect: all effects, its kind, or its own words."""
    if refusals.all_effects:
        return refusals.all_effects
    if effect.kind in refusals.effect_kinds:
        return refusals.effect_kinds[effect.kind]
    said = effect.words.lower()
    same = (one for one in refusals.effects if one.lower() in said or said in one.lower())
    return next(same, "")


def _without_speech(sound: Sound, refusals: Refusals, notes: list[str]) -> Sound:
    kept = []
    for line in sound.dialogue:
        words = refusals.speech or (refusals.voice_over if line.voice_over else "")
        if words:
            notes.append(_taken(f"the line “{line.text}”", words))
        else:
            kept.append(line)
    return replace(sound, dialogue=tuple(kept))


def _camera(camera: Camera, refusals: Refusals, notes: list[str]) -> Camera:
    moves = []
    for move in camera.moves:
        words = refusals.movement or refusals.moves.get(move.move, "")
        if words:
            notes.append(_taken(move.move.value, words))
        else:
            moves.append(move)
    shake = refusals.shake or refusals.movement
    handheld = camera.handheld
    if shake and handheld > 0:
        notes.append(_taken("hand-held shake", shake))
        handheld = 0.0
    return Camera(moves=tuple(moves), handheld=handheld, words=camera.words if handheld else "")


def _keep(
    cues: tuple[Cue[Kind], ...], refusals: Refusals, notes: list[str], what: str = ""
) -> tuple[Cue[Kind], ...]:
    kept = []
    for cue in cues:
        words = refusals.kinds.get(cue.kind, "")
        if words:
            notes.append(_taken(f"{what}{cue.kind.value}", words))
        else:
            kept.append(cue)
    return tuple(kept)


def _look(
    look: tuple[Cue[Look], ...], refusals: Refusals, notes: list[str]
) -> tuple[Cue[Look], ...]:
    """The look that is kept. Refused grain becomes a cue of strength 0, as `plan.py` says."""
    asked = tuple(cue for cue in look if cue.amount > 0)
    kept = _keep(asked, refusals, notes)
    words = refusals.kinds.get(Look.GRAIN)
    zero = tuple(cue for cue in look if cue.amount == 0)
    if words is not None and not zero:
        zero = (Cue(kind=Look.GRAIN, amount=0.0, words=words),)
    return (*kept, *zero)


def _taken(what: str, words: str) -> str:
    return f'The negative prompt takes out {what} ("{words}").'
