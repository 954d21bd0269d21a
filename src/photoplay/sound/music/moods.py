"""What a mood does to music: mode, harmony, tempo, register, force and articulation.

After Gabrielsson and Lindström (The role of structure in the musical expression of emotions, in:
Handbook of Music and Emotion, 2010, table 14.2): happiness goes with major mode, fast tempo, high
pitch and staccato; sadness with minor, slow, low and legato; tension with dissonance and sharp
contrasts, tenderness with major, soft and legato. Figures are chosen here within what it says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from photoplay.direction.plan import Mood
from photoplay.sound.music.theory import Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class Temper:
    """The music of one mood. Degrees of chords count from 0, the tonic."""

    mode: Mode
    progressions: tuple[tuple[int, ...], ...]  # roots, one a unit of harmonic rhythm
    cadence: int  # the root before the last chord
    pace: float  # a factor on the genre's tempo
    energy: float  # 0–1: how hard it is played, how many layers there are
    build: float  # 0–1: how much softer it begins than it ends
    register: int = 0  # semitones on melodies and chords
    legato: float = 1.0  # a factor on the length of notes
    open_end: bool = False  # ends on a chord without a third


TEMPERS: Mapping[Mood, Temper] = MappingProxyType(
    {
        Mood.CALM: Temper(
            mode=Mode.IONIAN,
            progressions=((0, 3, 0, 4), (0, 5, 3, 0), (0, 2, 3, 4)),
            cadence=3,
            pace=0.85,
            energy=0.3,
            build=0.45,
        ),
        Mood.HAPPY: Temper(
            mode=Mode.IONIAN,
            progressions=((0, 4, 5, 3), (0, 3, 0, 4), (0, 5, 3, 4)),
            cadence=4,
            pace=1.1,
            energy=0.75,
            build=0.4,
            register=2,
            legato=0.75,
        ),
        Mood.SAD: Temper(
            mode=Mode.AEOLIAN,
            progressions=((0, 5, 3, 4), (0, 3, 5, 4), (0, 6, 5, 4)),
            cadence=4,
            pace=0.78,
            energy=0.25,
            build=0.45,
            register=-3,
            legato=1.15,
        ),
        Mood.ROMANTIC: Temper(
            mode=Mode.IONIAN,
            progressions=((0, 5, 1, 4), (0, 2, 3, 4), (3, 4, 2, 5)),
            cadence=4,
            pace=0.86,
            energy=0.42,
            build=0.6,
            legato=1.15,
        ),
        Mood.DREAMY: Temper(
            mode=Mode.LYDIAN,
            progressions=((0, 1, 0, 4), (0, 4, 1, 0), (0, 1, 5, 4)),
            cadence=1,
            pace=0.84,
            energy=0.3,
            build=0.5,
            register=4,
            legato=1.2,
        ),
        Mood.MYSTERIOUS: Temper(
            mode=Mode.DORIAN,
            progressions=((0, 3, 0, 6), (0, 1, 3, 0), (0, 3, 2, 1)),
            cadence=3,
            pace=0.85,
            energy=0.38,
            build=0.6,
            register=-2,
            open_end=True,
        ),
        Mood.TENSE: Temper(
            mode=Mode.PHRYGIAN,
            progressions=((0, 0, 1, 0), (0, 1, 0, 6), (0, 1, 6, 1)),
            cadence=1,
            pace=1.02,
            energy=0.6,
            build=0.8,
            register=-4,
            legato=0.7,
            open_end=True,
        ),
        Mood.DARK: Temper(
            mode=Mode.AEOLIAN,
            progressions=((0, 5, 0, 4), (0, 0, 5, 6), (0, 3, 0, 5)),
            cadence=4,
            pace=0.86,
            energy=0.5,
            build=0.7,
            register=-6,
        ),
        Mood.EPIC: Temper(
            mode=Mode.AEOLIAN,
            progressions=((0, 5, 2, 6), (0, 6, 5, 6), (5, 6, 0, 2)),
            cadence=6,
            pace=1.0,
            energy=0.9,
            build=0.85,
        ),
        Mood.ENERGETIC: Temper(
            mode=Mode.MIXOLYDIAN,
            progressions=((0, 6, 3, 0), (0, 3, 6, 3), (0, 4, 6, 3)),
            cadence=6,
            pace=1.2,
            energy=1.0,
            build=0.35,
            register=1,
            legato=0.75,
        ),
    }
)
