"""Genres that live on played instruments, as data. `styles` says what the fields mean."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from photoplay.direction.plan import Genre
from photoplay.sound.music import figures as fig
from photoplay.sound.music.drums import Drum
from photoplay.sound.music.instruments import Instrument
from photoplay.sound.music.styles import (
    CATHEDRAL,
    CHAMBER,
    GENTLE,
    HALL,
    LIVELY,
    MOVING,
    STUDIO,
    Layer,
    Role,
    Style,
    Track,
)

CHORDS, ARPEGGIO, BASS, MELODY = Role.CHORDS, Role.ARPEGGIO, Role.BASS, Role.MELODY

PLAYED: Mapping[Genre, Style] = MappingProxyType(
    {
        Genre.AMBIENT: Style(
            tempo_bpm=70,
            tempi_bpm=(54, 84),
            chord_size=4,
            place=CATHEDRAL,
            loose_s=0.02,
            layers=(
                Layer(CHORDS, Instrument.WARM_PAD, (fig.HELD,), 0, 57),
                Layer(BASS, Instrument.SOFT_BASS, (fig.ROOT,), -2, 38),
                Layer(
                    ARPEGGIO,
                    Instrument.GLOCKENSPIEL,
                    (fig.SPARSE,),
                    -8,
                    72,
                    position=0.35,
                    enters=0.35,
                ),
                Layer(CHORDS, Instrument.GLASS_PAD, (fig.HELD,), -7, 72, enters=0.5),
                Layer(MELODY, Instrument.STRINGS, fig.LONG, -4, 69, position=0.6, enters=0.65),
            ),
        ),
        Genre.PIANO: Style(
            tempo_bpm=84,
            tempi_bpm=(56, 132),
            chord_size=3,
            place=CHAMBER,
            loose_s=0.01,
            layers=(
                Layer(
                    ARPEGGIO,
                    Instrument.FELT_PIANO,
                    (fig.BROKEN, fig.WIDE_BROKEN),
                    -5,
                    57,
                    position=0.42,
                ),
                Layer(BASS, Instrument.FELT_PIANO, (fig.ROOT, fig.ROOTS), -3, 40, position=0.4),
                Layer(
                    MELODY,
                    Instrument.FELT_PIANO,
                    (*fig.SINGING, *fig.FLOWING),
                    1,
                    72,
                    position=0.58,
                ),
                Layer(
                    CHORDS, Instrument.FELT_PIANO, (fig.QUARTERS, fig.HALVES), -6, 60, energy=LIVELY
                ),
                Layer(CHORDS, Instrument.STRINGS, (fig.HELD,), -13, 60, enters=0.85),
            ),
        ),
        Genre.ORCHESTRAL: Style(
            tempo_bpm=94,
            tempi_bpm=(60, 140),
            place=HALL,
            loose_s=0.012,
            layers=(
                Layer(CHORDS, Instrument.STRINGS, (fig.HELD,), -1, 60, position=0.42),
                Layer(BASS, Instrument.STRINGS, (fig.ROOT, fig.ROOTS), 1, 40, position=0.65),
                Layer(
                    ARPEGGIO,
                    Instrument.SPICCATO,
                    (fig.OSTINATO,),
                    0,
                    57,
                    position=0.4,
                    energy=LIVELY,
                ),
                Layer(
                    ARPEGGIO,
                    Instrument.SPICCATO,
                    (fig.DRIVE,),
                    -3,
                    50,
                    position=0.65,
                    enters=0.6,
                    energy=LIVELY,
                ),
                Layer(
                    MELODY,
                    Instrument.HORNS,
                    fig.SINGING,
                    1,
                    60,
                    position=0.38,
                    enters=0.5,
                    energy=LIVELY,
                ),
                Layer(
                    MELODY,
                    Instrument.STRINGS,
                    fig.SINGING,
                    1,
                    72,
                    position=0.35,
                    enters=0.3,
                    energy=GENTLE,
                ),
                Layer(ARPEGGIO, Instrument.FELT_PIANO, (fig.BROKEN,), -8, 64, energy=GENTLE),
                Layer(
                    CHORDS,
                    Instrument.HORNS,
                    (fig.HELD,),
                    -4,
                    53,
                    position=0.6,
                    enters=0.8,
                    energy=MOVING,
                ),
            ),
            tracks=(
                Track(
                    Drum.TAIKO,
                    ("9.....6.9...6...", "9..9..9.9.6.7.8."),
                    2,
                    fill="9..9..9.9.9.9999",
                    enters=0.45,
                    energy=LIVELY,
                ),
                Track(Drum.BASS_DRUM, ("9...............",), 1, enters=0.3, energy=MOVING),
                Track(
                    Drum.LOW_TOM,
                    ("..6.6...5.6.6.7.",),
                    -4,
                    enters=0.7,
                    energy=LIVELY,
                    position=0.62,
                ),
                Track(Drum.SWELL, (), -9, opening="9...............", energy=MOVING),
            ),
        ),
        Genre.ACOUSTIC: Style(
            tempo_bpm=100,
            tempi_bpm=(66, 140),
            place=STUDIO,
            loose_s=0.009,
            layers=(
                Layer(
                    ARPEGGIO,
                    Instrument.NYLON,
                    (fig.PICKED, fig.BROKEN),
                    0,
                    57,
                    position=0.4,
                    energy=GENTLE,
                ),
                Layer(CHORDS, Instrument.GUITAR, (fig.STRUM,), -4, 57, position=0.3, energy=LIVELY),
                Layer(
                    CHORDS,
                    Instrument.GUITAR,
                    (fig.STRUM,),
                    -5,
                    64,
                    position=0.72,
                    enters=0.6,
                    energy=LIVELY,
                ),
                Layer(BASS, Instrument.UPRIGHT_BASS, (fig.ROOT_FIFTH, fig.ROOTS), 1, 40),
                Layer(
                    MELODY,
                    Instrument.NYLON,
                    (*fig.SINGING, *fig.FLOWING),
                    2,
                    69,
                    position=0.62,
                    enters=0.3,
                ),
                Layer(
                    MELODY,
                    Instrument.GLOCKENSPIEL,
                    fig.SINGING,
                    -10,
                    81,
                    position=0.7,
                    enters=0.8,
                    energy=LIVELY,
                ),
            ),
            tracks=(
                Track(
                    Drum.SHAKER,
                    ("5.6.9.6.5.6.9.6.",),
                    -11,
                    position=0.65,
                    enters=0.2,
                    energy=MOVING,
                ),
                Track(
                    Drum.SOFT_KICK,
                    ("9.......8.......", "9.....6.8......."),
                    2,
                    enters=0.3,
                    energy=MOVING,
                ),
                Track(
                    Drum.CLAP, ("....9.......9...",), -6, enters=0.6, energy=LIVELY, position=0.45
                ),
            ),
        ),
        Genre.JAZZ: Style(
            tempo_bpm=126,
            tempi_bpm=(76, 184),
            chord_size=4,
            swing=0.64,
            loose_s=0.01,
            place=CHAMBER,
            layers=(
                Layer(BASS, Instrument.UPRIGHT_BASS, (fig.WALKING,), 4, 40, position=0.45),
                Layer(
                    CHORDS, Instrument.FELT_PIANO, (fig.CHARLESTON, fig.COMP), -3, 58, position=0.35
                ),
                Layer(MELODY, Instrument.VIBRAPHONE, fig.SWUNG, 0, 70, position=0.65, enters=0.15),
            ),
            tracks=(
                Track(Drum.RIDE, ("8...9.6.8...9.6.",), -11, position=0.68),
                Track(
                    Drum.BRUSH,
                    ("....9.......9...", "....9.....5.9..."),
                    -7,
                    position=0.55,
                    fill="....9...7.8.9.8.",
                ),
                Track(Drum.SWISH, ("9...7...9...7...",), -14, position=0.5),
                Track(Drum.SOFT_KICK, ("9.......6.......",), -4, enters=0.4),
            ),
        ),
    }
)
