"""A tune: a motif, its repetition on another chord, a contrast and a close.

The phrase is a sentence in Schoenberg's sense (Fundamentals of Musical Composition, 1967, ch. 5–8;
Caplin, Classical Form, 1998, ch. 3): idea, idea again, continuation, cadence. A motif is a rhythm
and a contour in scale steps, so it keeps its face on whatever chord it comes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from photoplay.sound.music.figures import Figure, Stroke
from photoplay.sound.music.theory import STEPS, Chord
from photoplay.sound.signals import Rng

# Steps of a tune: small intervals are by far the most frequent (Huron, Sweet Anticipation, 2006,
# ch. 5), and a leap is followed by a step back.
INTERVALS = (-2, -1, -1, -1, 0, 1, 1, 1, 2, 3, -3)
LEAP = 2
REACH = 5  # scale steps that a tune goes from the middle of its register
STRONG_BEATS = 2  # a note on every so many beats belongs to the chord, and one as long as 1 beat


@dataclass(frozen=True, slots=True)
class Motif:
    """Strokes of a bar and, for each, its scale steps from the note before (the first: 0)."""

    rhythm: Figure
    steps: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Tune:
    """What a piece's phrases are made of."""

    idea: Motif
    contrast: Motif
    close: Motif

    def motif(self, place: int, phrase: int) -> Motif:
        """The motif of a bar in a phrase: idea, idea, contrast, close, as far as there are bars."""
        if phrase > 1 and place == phrase - 1:
            return self.close
        return self.contrast if place == 2 else self.idea


def invent(rhythms: Sequence[Figure], rng: Rng) -> Tune:
    """A tune on two of these rhythms; the close slows down into a long note."""
    idea, contrast = (rhythms[i] for i in rng.permutation(len(rhythms))[:2])
    return Tune(_motif(idea, rng), _motif(contrast, rng), _motif((*_first_half(idea), _LAST), rng))


def sung(
    motif: Motif, chord: Chord, start: int, middle: int, *, closing: bool
) -> tuple[tuple[Stroke, int], ...]:
    """The motif's strokes and the degrees they get on this chord.

    It starts on the chord's tone nearest to `start` and stays within REACH of `middle`. Strong
    and long notes are chord tones, the others pass between them. A phrase closes on the chord.
    """
    degree, notes = chord.nearest(start), []
    for stroke, step in zip(motif.rhythm, motif.steps, strict=True):
        degree += step
        if abs(degree - middle) > REACH:
            degree -= 2 * step
        last = closing and stroke is motif.rhythm[-1]
        if stroke.at % STRONG_BEATS == 0 or stroke.beats >= 1 or last:
            degree = chord.nearest(degree)
        degree = min(max(degree, middle - STEPS), middle + STEPS)
        notes.append((stroke, degree))
    return tuple(notes)


_LAST = Stroke(2, 0, 2, 0.9)


def _first_half(rhythm: Figure) -> Figure:
    return tuple(
        stroke._replace(beats=min(stroke.beats, 2 - stroke.at))
        for stroke in rhythm
        if stroke.at < 2
    )


def _motif(rhythm: Figure, rng: Rng) -> Motif:
    steps = [0]
    for _ in rhythm[1:]:
        if abs(steps[-1]) >= LEAP:
            steps.append(-1 if steps[-1] > 0 else 1)
        else:
            steps.append(int(rng.choice(INTERVALS)))
    return Motif(rhythm, tuple(steps))
