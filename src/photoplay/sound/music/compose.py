"""From a brief to a score: who plays which note when.

The harmony comes first, then each layer of the style writes its part on it, then the drums. Times
are in beats; nothing here knows how anything sounds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from photoplay.sound.music.drums import LAST
from photoplay.sound.music.figures import ALL, BEATS, Figure, cut_to
from photoplay.sound.music.form import Bar, Form
from photoplay.sound.music.melody import invent, sung
from photoplay.sound.music.moods import Temper
from photoplay.sound.music.styles import Layer, Role, Style, Track
from photoplay.sound.music.theory import (
    OCTAVE,
    Chord,
    Key,
    Voicing,
    open_chord,
    stacked,
    voiced,
)
from photoplay.sound.signals import Rng

SLOW_BAR_S = 2.6  # in so long a bar a short piece changes chord twice
SHORT_PIECE = 3  # bars
STEP = 0.25  # beats of one step of a drum pattern
ROLL = 0.07  # beats between the notes of the last chord, where they come one by one
STRUM = 0.03  # beats between the strings of a strummed chord
LIFT = 2  # scale steps that a tune rises where the piece is at its height
FULL = 0.9  # the force of the last chord


class Note(NamedTuple):
    """`beat` and `beats` (its length) count from the start of the piece; `force` is 0–1."""

    beat: float
    beats: float
    pitch: int
    force: float


class Hit(NamedTuple):
    """A stroke on a drum."""

    beat: float
    force: float


@dataclass(frozen=True, slots=True)
class Part:
    """The notes of one layer."""

    layer: Layer
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Beat:
    """The strokes of one drum."""

    track: Track
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """A piece, ready to be performed."""

    key: Key
    parts: tuple[Part, ...]
    drums: tuple[Beat, ...]


class Cell(NamedTuple):
    """A stretch of a bar on one chord; `level` is how hard it is played, 0–1."""

    bar: Bar
    beat: int
    beats: int
    chord: Chord
    level: float


def compose(style: Style, temper: Temper, form: Form, rng: Rng) -> Score:
    """A piece of that style and mood in that form."""
    key = Key(int(rng.integers(OCTAVE)), temper.mode)
    cells = _harmony(key, style, temper, form, rng)
    last = _last_chord(key, style, temper) if form.ending is not None else None
    layers = [layer for layer in style.layers if _has(layer.energy, temper)]
    tracks = [track for track in style.tracks if _has(track.energy, temper)]
    return Score(
        key,
        tuple(_part(layer, cells, last, temper, form, rng) for layer in layers),
        tuple(_beat(track, form, temper, rng) for track in tracks),
    )


def _has(energy: tuple[float, float], temper: Temper) -> bool:
    least, most = energy
    return least <= temper.energy <= most


def level(bar: Bar, temper: Temper) -> float:
    """How far the music is built up in a bar, 0–1."""
    return 1 - temper.build * (1 - bar.intensity)


def _harmony(key: Key, style: Style, temper: Temper, form: Form, rng: Rng) -> tuple[Cell, ...]:
    """One chord a bar, two where few bars are long; a progression comes round every four chords.

    What goes on begins on the tonic, which the piece before it rings out on.
    """
    roots = temper.progressions[int(rng.integers(len(temper.progressions)))]
    if form.goes_on and 0 in roots:
        first = roots.index(0)
        roots = roots[first:] + roots[:first]
    bars = form.bars
    halved = len(bars) <= SHORT_PIECE and 60 * BEATS / form.tempo_bpm > SLOW_BAR_S
    spans = [span for bar in bars for span in _spans(bar, halved)]
    cells = []
    for i, (bar, beat, beats) in enumerate(spans):
        root = temper.cadence if i == len(spans) - 1 > 0 else roots[i % len(roots)]
        chord = stacked(key, root, style.chord_size)
        cells.append(Cell(bar, beat, beats, chord, level(bar, temper)))
    return tuple(cells)


def _spans(bar: Bar, halved: bool) -> Iterator[tuple[Bar, int, int]]:
    if halved and bar.beats >= BEATS:
        yield bar, bar.beat, 2
        yield bar, bar.beat + 2, bar.beats - 2
    else:
        yield bar, bar.beat, bar.beats


def _last_chord(key: Key, style: Style, temper: Temper) -> Chord:
    """The tonic; open where the mood leaves the question open."""
    return open_chord(key, 0) if temper.open_end else stacked(key, 0, max(style.chord_size, 3))


def _part(
    layer: Layer, cells: tuple[Cell, ...], last: Chord | None, temper: Temper, form: Form, rng: Rng
) -> Part:
    layer = replace(layer, register=layer.register + _shift(layer, temper))
    heard = tuple(cell for cell in cells if cell.level >= layer.enters)
    if layer.role is Role.MELODY:
        notes = list(_melody(layer, heard, rng))
    else:
        figure = layer.figures[int(rng.integers(len(layer.figures)))]
        notes = list(_accompaniment(layer, figure, cells, heard))
    if last is not None and form.ending is not None:
        ring = form.anchors[-1][0] - form.ending
        notes += _final(layer, last, float(form.ending), ring)
    legato = [note._replace(beats=_held(note.beats, temper.legato)) for note in notes]
    force = _touch(temper)
    return Part(layer, tuple(note._replace(force=note.force * force) for note in legato))


def _touch(temper: Temper) -> float:
    """How hard the players of that mood play: a factor on force."""
    return 0.45 + 0.55 * temper.energy


def _shift(layer: Layer, temper: Temper) -> int:
    return 0 if layer.role is Role.BASS else temper.register


def _held(beats: float, legato: float) -> float:
    """Long notes are held as they are written: only short ones can be detached."""
    return beats * legato if beats < 2 else beats


def _accompaniment(
    layer: Layer, figure: Figure, cells: tuple[Cell, ...], heard: tuple[Cell, ...]
) -> Iterator[Note]:
    voicing: Voicing = ()
    playing = {cell.beat for cell in heard}
    following = (*cells[1:], cells[0]) if cells else ()
    for cell, after in zip(cells, following, strict=True):
        voicing = voiced(cell.chord, voicing, layer.register)
        if cell.beat not in playing:
            continue
        for stroke in cut_to(figure, cell.beats):
            pitches = _pitches(layer, stroke.voice, cell.chord, voicing, after.chord)
            for i, pitch in enumerate(pitches):
                beat = cell.beat + stroke.at + i * STRUM * (len(figure) > 1)
                yield Note(beat, stroke.beats, pitch, stroke.force * _dynamic(cell.level))


def _dynamic(level: float) -> float:
    return 0.55 + 0.45 * level


def _pitches(
    layer: Layer, voice: int, chord: Chord, voicing: Voicing, after: Chord
) -> tuple[int, ...]:
    """The pitches that a stroke's voice means."""
    if layer.role is Role.ROOTS:
        return (chord.root_near(layer.register),)
    if layer.role is Role.BASS:
        return (_bass_pitch(layer, voice, chord, after),)
    if voice == ALL:
        return voicing
    octave, voice = divmod(voice, len(voicing))
    return (voicing[voice] + OCTAVE * octave,)


def _bass_pitch(layer: Layer, voice: int, chord: Chord, after: Chord) -> int:
    """0 root, 1 fifth, 2 octave, 3 third, 4 the step of the scale below or above the next root."""
    key, root = chord.key, chord.root_near(layer.register)
    degree = key.nearest_degree(root)
    if voice == 4:
        target = key.nearest_degree(after.root_near(layer.register))
        return key.pitch(target + (1 if target <= degree else -1))
    return key.pitch(degree + (0, 4, 7, 2)[voice])


def _melody(layer: Layer, heard: tuple[Cell, ...], rng: Rng) -> Iterator[Note]:
    tune = invent(layer.figures, rng)
    if not heard:
        return
    middle = heard[0].chord.key.nearest_degree(layer.register)
    start = middle + int(rng.integers(-1, 3))
    for cell in heard:
        if cell.beat != cell.bar.beat:
            continue  # a bar is one motif, over however many chords
        bar = cell.bar
        lift = LIFT if bar.intensity == 1 else 0
        motif = tune.motif(bar.place, bar.phrase)
        line = sung(motif, cell.chord, start + lift, middle + lift, closing=bar.closes)
        for stroke, degree in line:
            if stroke.at >= bar.beats:
                break
            beats = min(stroke.beats, bar.beats - stroke.at)
            force = stroke.force * _dynamic(cell.level)
            yield Note(bar.beat + stroke.at, 0.95 * beats, cell.chord.key.pitch(degree), force)


def _final(layer: Layer, chord: Chord, beat: float, ring: float) -> Iterator[Note]:
    """What a layer plays at the end: its register of the last chord, held until it has faded."""
    if layer.role in (Role.BASS, Role.ROOTS, Role.MELODY):
        yield Note(beat, ring, chord.root_near(layer.register), FULL)
    else:
        roll = ROLL if layer.role is Role.ARPEGGIO else STRUM
        for i, pitch in enumerate(voiced(chord, (), layer.register)):
            yield Note(beat + i * roll, ring - i * roll, pitch, FULL)


def _beat(track: Track, form: Form, temper: Temper, rng: Rng) -> Beat:
    pattern = track.patterns[int(rng.integers(len(track.patterns)))] if track.patterns else ""
    hits = [
        hit
        for bar in form.bars
        if level(bar, temper) >= track.enters
        for hit in _hits(_pattern(track, pattern, bar), bar, temper)
    ]
    if form.ending is not None and track.drum in LAST:
        hits.append(Hit(float(form.ending), FULL * _touch(temper)))
    return Beat(track, tuple(hits))


def _pattern(track: Track, pattern: str, bar: Bar) -> str:
    if track.opening and bar.place == 0 and bar.beat:
        return track.opening
    return track.fill if track.fill and bar.closes else pattern


def _hits(pattern: str, bar: Bar, temper: Temper) -> Iterator[Hit]:
    """A pattern in a bar; it is repeated in a long one and cut off in a short one."""
    steps = round(bar.beats / STEP) if pattern else 0
    force = _dynamic(level(bar, temper)) * _touch(temper)
    for step in range(steps):
        accent = pattern[step % len(pattern)]
        if accent != ".":
            yield Hit(bar.beat + step * STEP, int(accent) / 9 * force)
