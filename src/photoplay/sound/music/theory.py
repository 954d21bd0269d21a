"""Keys, chords and voice leading.

Pitches are MIDI numbers: 69 is 440 Hz, 12 to the octave. A degree counts scale steps from the
tonic, from 0; degrees above 6 lie in higher octaves, negative ones in lower. Knows nothing about
time, moods or sound.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias

Voicing: TypeAlias = tuple[int, ...]  # pitches, ascending

OCTAVE = 12
STEPS = 7  # degrees in an octave
OUTWARD = (0, 1, -1, 2, -2, 3, -3)  # steps to look for a chord tone in, the nearest first
CENTRE_PULL = 0.25  # semitones of movement that one semitone away from the register is worth


class Mode(StrEnum):
    """The seven-note scales that moods use, from bright to dark."""

    LYDIAN = "lydian"
    IONIAN = "ionian"  # major
    MIXOLYDIAN = "mixolydian"
    DORIAN = "dorian"
    AEOLIAN = "aeolian"  # natural minor
    PHRYGIAN = "phrygian"


SCALES: Mapping[Mode, tuple[int, ...]] = MappingProxyType(
    {
        Mode.LYDIAN: (0, 2, 4, 6, 7, 9, 11),
        Mode.IONIAN: (0, 2, 4, 5, 7, 9, 11),
        Mode.MIXOLYDIAN: (0, 2, 4, 5, 7, 9, 10),
        Mode.DORIAN: (0, 2, 3, 5, 7, 9, 10),
        Mode.AEOLIAN: (0, 2, 3, 5, 7, 8, 10),
        Mode.PHRYGIAN: (0, 1, 3, 5, 7, 8, 10),
    }
)


@dataclass(frozen=True, slots=True)
class Key:
    """A tonic (pitch class, 0 is C) and a mode."""

    tonic: int
    mode: Mode

    def pitch(self, degree: int) -> int:
        """The pitch of a degree; degree 0 lies in the octave above MIDI 0."""
        octave, step = divmod(degree, STEPS)
        return self.tonic + OCTAVE * octave + SCALES[self.mode][step]

    def nearest_degree(self, pitch: float) -> int:
        """The degree whose pitch is nearest, the lower of two."""
        below = STEPS * int((pitch - self.tonic) // OCTAVE)
        return min(range(below, below + STEPS + 1), key=lambda d: abs(self.pitch(d) - pitch))

    @property
    def pitch_classes(self) -> frozenset[int]:
        """The seven pitch classes of the scale."""
        return frozenset(self.pitch(degree) % OCTAVE for degree in range(STEPS))


@dataclass(frozen=True, slots=True)
class Chord:
    """Degrees that sound together, the root first; all within the key."""

    key: Key
    degrees: tuple[int, ...]

    def nearest(self, degree: int) -> int:
        """The chord's degree nearest to `degree`, in whatever octave; the upper of two."""
        steps = {own % STEPS for own in self.degrees}
        return next((degree + by for by in OUTWARD if (degree + by) % STEPS in steps), degree)

    def root_near(self, centre: float) -> int:
        """The pitch of the root within half an octave of `centre`."""
        return _octave_near(self.key.pitch(self.degrees[0]), centre)


def stacked(key: Key, root: int, size: int) -> Chord:
    """Thirds on a degree of the key: 3 notes are a triad, 4 a seventh, 5 a ninth chord."""
    return Chord(key, tuple(root + 2 * third for third in range(size)))


def open_chord(key: Key, root: int) -> Chord:
    """Root, ninth and fifth: without its third a chord is neither major nor minor."""
    return Chord(key, (root, root + 1, root + 4))


def voiced(chord: Chord, before: Voicing, centre: float) -> Voicing:
    """The close position of the chord whose voices move least from `before`, near `centre`.

    The sum of the voices' movements is the measure of voice leading (Tymoczko, A Geometry of
    Music, 2011, ch. 2). All inversions in three octaves are tried. The first chord, and one
    of another size than the last, go by the register alone.
    """

    def cost(voicing: Voicing) -> float:
        strain = abs(sum(voicing) / len(voicing) - centre)
        if len(before) != len(voicing):
            return strain
        moves = sum(abs(b - a) for a, b in zip(before, voicing, strict=True)) / len(voicing)
        return moves + CENTRE_PULL * strain

    return min(_positions(chord, centre), key=cost)


def _positions(chord: Chord, centre: float) -> list[Voicing]:
    """Every inversion of the chord in the octaves about `centre`."""
    classes = sorted({chord.key.pitch(degree) % OCTAVE for degree in chord.degrees})
    floor = OCTAVE * int(centre // OCTAVE - 1)
    ladder = [floor + OCTAVE * octave + pitch for octave in range(3) for pitch in classes]
    size = len(classes)
    return [tuple(ladder[i : i + size]) for i in range(len(ladder) - size + 1)]


def _octave_near(pitch: int, centre: float) -> int:
    return pitch + OCTAVE * round((centre - pitch) / OCTAVE)
