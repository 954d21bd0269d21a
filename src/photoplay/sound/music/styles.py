"""What a genre is made of: its tempo, its instruments and their figures, its beat, its room.

Data only. Layers come in as the piece builds, and some only in moods of enough energy, or of
little enough. Levels are of single notes in dB; they were set from the spectra of the mixes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from photoplay.sound.music.drums import Drum
from photoplay.sound.music.figures import Figure
from photoplay.sound.music.instruments import Instrument
from photoplay.sound.signals import Colour
from photoplay.sound.space import Place

DARK: Colour = ((20, -20), (150, -6), (400, 0), (1500, -4), (4000, -16), (12000, -45))
BRIGHT: Colour = ((20, -30), (200, -8), (600, 0), (3000, 0), (7000, -8), (16000, -28))
HALL = Place(2.6, 0.55, DARK, delay_s=0.03)
CATHEDRAL = Place(4.0, 0.9, DARK, delay_s=0.04)
CHAMBER = Place(1.5, 0.32, BRIGHT, delay_s=0.015)
STUDIO = Place(0.7, 0.16, BRIGHT)
CLUB = Place(1.1, 0.2, BRIGHT, delay_s=0.02)
PLATE = Place(2.0, 0.36, BRIGHT, delay_s=0.02)

# Energies of moods that a layer is kept for.
GENTLE = (0.0, 0.5)
LIVELY = (0.55, 1.0)
MOVING = (0.4, 1.0)
DRIVEN = (0.35, 1.0)


class Role(StrEnum):
    """What a layer plays."""

    CHORDS = "chords"
    ROOTS = "roots"  # of the chords, on an instrument that adds their fifths itself
    ARPEGGIO = "arpeggio"  # the chord's notes one by one
    BASS = "bass"
    MELODY = "melody"


@dataclass(frozen=True, slots=True)
class Layer:
    """One instrument and what it does. One of its `figures` is drawn for a piece."""

    role: Role
    instrument: Instrument
    figures: tuple[Figure, ...]
    level_db: float
    register: float  # the MIDI pitch about which it plays
    position: float = 0.5  # from left (0) to right (1)
    enters: float = 0.0  # the intensity from which on it plays
    energy: tuple[float, float] = (0.0, 1.0)  # of moods that have it, both ends included


@dataclass(frozen=True, slots=True)
class Track:
    """One drum and its strokes in a bar: sixteen steps, accents from 0 to 9, "." a rest.

    One of `patterns` is drawn for a piece (none: only what follows is played); `opening` replaces
    it in the first bar of a phrase, `fill` in the last.
    """

    drum: Drum
    patterns: tuple[str, ...]
    level_db: float
    opening: str = ""
    fill: str = ""
    position: float = 0.5
    enters: float = 0.0
    energy: tuple[float, float] = (0.0, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """A genre. Its tempo is that of a mood of pace 1, kept within `tempi_bpm`."""

    tempo_bpm: float
    tempi_bpm: tuple[float, float]
    layers: tuple[Layer, ...]
    place: Place
    tracks: tuple[Track, ...] = ()
    chord_size: int = 3  # notes: 3 triads, 4 sevenths, 5 ninths
    swing: float = 0.5  # where the offbeat falls within its pair: 0.5 straight, 0.67 triplets
    swung_beats: float = 1.0  # the length of such a pair
    loose_s: float = 0.006  # rms by which players miss the beat
    pump_db: float = 0.0  # how far the kick pushes the others down
    dust: float = 0.0  # crackles a second
