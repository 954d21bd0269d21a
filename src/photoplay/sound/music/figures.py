"""Rhythms that parts play, bar by bar: data, and how it is cut to bars of other lengths.

A figure is a row of strokes within a bar of four beats. What `voice` means is the part's own: a
chord's voices from the lowest (0), or, for basses, what is said below; `ALL` is the whole
chord. Knows nothing about pitches or sound.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

ALL = -1
BEATS = 4


class Stroke(NamedTuple):
    """`at` and `beats` (its length) are in beats; `force` is 0–1, an accent is 1."""

    at: float
    voice: int
    beats: float
    force: float = 0.8


Figure: TypeAlias = tuple[Stroke, ...]


def cut_to(figure: Figure, beats: int) -> Figure:
    """The figure in a bar of so many beats: what lies outside is lost, a long bar repeats it."""
    again = tuple(stroke._replace(at=stroke.at + BEATS) for stroke in figure)
    return tuple(
        stroke._replace(beats=min(stroke.beats, beats - stroke.at))
        for stroke in (*figure, *again)
        if stroke.at < beats
    )


def _row(voices: str, step: float, length: float, accents: str) -> Figure:
    """Even steps: digits are voices, "c" the chord, "." a rest; accents run from 0 to 9."""
    return tuple(
        Stroke(i * step, ALL if voice == "c" else int(voice), length, int(accent) / 9)
        for i, (voice, accent) in enumerate(zip(voices, accents, strict=True))
        if voice != "."
    )


# Chords
HELD: Figure = (Stroke(0, ALL, 4, 0.8),)
HALVES = _row("cc", 2, 2, "97")
QUARTERS = _row("cccc", 1, 0.9, "9687")
STABS = _row(".c.c.c.c", 0.5, 0.3, "08080809")  # off the beat, as house pianos are
PUSHES = _row("c..c..c...c..c..", 0.25, 0.45, "9007007000700600")  # 3+3+4+3+3, as synth stabs
CHARLESTON: Figure = (Stroke(0, ALL, 0.8, 0.8), Stroke(1.5, ALL, 0.6, 0.7))
COMP: Figure = (Stroke(0.5, ALL, 0.5, 0.65), Stroke(2, ALL, 0.9, 0.8), Stroke(3.5, ALL, 0.4, 0.7))
LAZY: Figure = (Stroke(0, ALL, 2.4, 0.85), Stroke(2.5, ALL, 1.4, 0.6))
STRUM = _row("c.cc.cc.", 0.5, 0.7, "90680760")
CHUG = _row("cccccccc", 0.5, 0.32, "96758675")
ROCK_HITS: Figure = (
    Stroke(0, ALL, 1.5, 1),
    Stroke(1.5, ALL, 1.0, 0.85),
    Stroke(2.5, ALL, 1.5, 0.9),
)

# Single notes of the chord
BROKEN = _row("02123212", 0.5, 1.6, "85766565")
WIDE_BROKEN = _row("01232123", 0.5, 2.2, "85667656")
PICKED = _row("02132123", 0.5, 1.4, "96758675")
SPARSE: Figure = (Stroke(0.5, 3, 3, 0.7), Stroke(2, 1, 2, 0.5), Stroke(3, 2, 2, 0.6))
SPARKLE = _row("0123.213.123.213", 0.25, 0.4, "9567065706570657")
SIXTEENTHS = _row("0123012301230123", 0.25, 0.3, "9567856785678567")
OSTINATO = _row("01010202", 0.5, 0.35, "96758675")
DRIVE = _row("0001000200010002", 0.25, 0.2, "9667856796678567")
PLUCKS = _row("2012.012", 0.5, 0.35, "85760657")
HOOK: Figure = (Stroke(0, 2, 0.7, 0.9), Stroke(0.75, 1, 0.7, 0.7), Stroke(1.5, 0, 1, 0.75),
                Stroke(2.5, 1, 0.5, 0.7), Stroke(3, 2, 1, 0.6))  # fmt: skip

# Basses: 0 is the root, 1 the fifth, 2 the octave, 3 the third, 4 a step beside the next root
ROOT: Figure = (Stroke(0, 0, 4, 0.8),)
ROOTS = _row("00", 2, 1.9, "97")
ROOT_FIFTH = _row("0.01", 1, 0.9, "9075")
PULSE = _row("00000000", 0.5, 0.42, "96768676")
GALLOP = _row("0.000.000.000.00", 0.25, 0.2, "9056805690568056")
BETWEEN_KICKS = _row(".0.0.0.2", 0.5, 0.35, "08080808")
OFFBEAT = _row(".000.000.000.000", 0.25, 0.2, "0796079607960796")
EIGHT_OH_EIGHT: Figure = (Stroke(0, 0, 1.4, 0.95), Stroke(1.75, 0, 0.6, 0.75),
                          Stroke(2.5, 0, 1.3, 0.9))  # fmt: skip
LAID_BACK: Figure = (Stroke(0, 0, 1.6, 0.9), Stroke(1.75, 0, 0.6, 0.6), Stroke(2.5, 1, 1.2, 0.75))
WALKING = _row("0314", 1, 0.92, "9787")


def _tune(rest: float, *lengths: float) -> Figure:
    """Notes one after the other; what `voice` they are is decided by the motif."""
    strokes, at = [], rest
    for beats in lengths:
        strokes.append(Stroke(at, 0, beats, 0.95 if at % 2 == 0 else 0.8))
        at += beats
    return tuple(strokes)


# Melodies
LONG = (_tune(0, 4), _tune(0, 3, 1), _tune(0, 2, 2))
SINGING = (_tune(0, 1.5, 0.5, 2), _tune(0, 1, 1, 2), _tune(0, 2, 1, 1), _tune(0, 3, 0.5, 0.5))
FLOWING = (
    _tune(0, 1, 0.5, 0.5, 2),
    _tune(0, 0.5, 0.5, 1, 1, 1),
    _tune(0.5, 0.5, 1, 0.5, 1.5),
    _tune(0, 1.5, 0.5, 1, 1),
)
SYNCOPATED = (
    _tune(0, 0.75, 0.75, 0.5, 2),
    _tune(0, 0.75, 0.75, 1, 1.5),
    _tune(0.5, 0.5, 0.5, 1, 1.5),
    _tune(0, 1.5, 1.5, 1),
)
SWUNG = (
    _tune(0, 0.5, 0.5, 1, 0.5, 1.5),
    _tune(0.5, 0.5, 1, 1.5, 0.5),
    _tune(0, 1, 0.5, 1, 0.5, 1),
    _tune(1, 0.5, 0.5, 0.5, 1.5),
)
