"""Genres that are built on a beat, as data. `styles` says what the fields mean."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from photoplay.direction.plan import Genre
from photoplay.sound.music import figures as fig
from photoplay.sound.music.drums import Drum
from photoplay.sound.music.instruments import Instrument
from photoplay.sound.music.styles import (
    CLUB,
    DRIVEN,
    GENTLE,
    PLATE,
    STUDIO,
    Layer,
    Role,
    Style,
    Track,
)

CHORDS, ROOTS = Role.CHORDS, Role.ROOTS
ARPEGGIO, BASS, MELODY = Role.ARPEGGIO, Role.BASS, Role.MELODY

PRODUCED: Mapping[Genre, Style] = MappingProxyType(
    {
        Genre.CORPORATE: Style(
            tempo_bpm=116,
            tempi_bpm=(92, 132),
            place=CLUB,
            loose_s=0.004,
            layers=(
                Layer(
                    ARPEGGIO,
                    Instrument.MUTED_GUITAR,
                    (fig.PLUCKS, fig.OSTINATO),
                    1,
                    64,
                    position=0.32,
                ),
                Layer(
                    CHORDS, Instrument.FELT_PIANO, (fig.PUSHES, fig.QUARTERS), -4, 60, position=0.6
                ),
                Layer(
                    ARPEGGIO, Instrument.MARIMBA, (fig.SPARKLE,), -3, 72, position=0.7, enters=0.35
                ),
                Layer(BASS, Instrument.ELECTRIC_BASS, (fig.PULSE,), 1, 38),
                Layer(CHORDS, Instrument.STRINGS, (fig.HELD,), -9, 64, enters=0.6),
                Layer(
                    MELODY,
                    Instrument.GLOCKENSPIEL,
                    fig.SYNCOPATED,
                    -7,
                    76,
                    position=0.55,
                    enters=0.5,
                ),
            ),
            tracks=(
                Track(Drum.KICK, ("9...9...9...9...", "9.....9.9......."), 5, enters=0.25),
                Track(Drum.CLAP, ("....9.......9...",), -4, fill="....9.......9.99", enters=0.4),
                Track(Drum.SHAKER, ("7595759575957595",), -12, position=0.62, enters=0.3),
                Track(Drum.CRASH, (), -10, opening="9...............", enters=0.5, position=0.4),
            ),
        ),
        Genre.LOFI: Style(
            tempo_bpm=80,
            tempi_bpm=(66, 92),
            chord_size=5,
            swing=0.6,
            swung_beats=0.5,
            loose_s=0.012,
            dust=9,
            place=STUDIO,
            layers=(
                Layer(
                    CHORDS,
                    Instrument.ELECTRIC_PIANO,
                    (fig.LAZY, fig.CHARLESTON),
                    0,
                    58,
                    position=0.45,
                ),
                Layer(BASS, Instrument.UPRIGHT_BASS, (fig.LAID_BACK,), 3, 38),
                Layer(
                    MELODY,
                    Instrument.VIBRAPHONE,
                    fig.SYNCOPATED,
                    -2,
                    70,
                    position=0.62,
                    enters=0.35,
                ),
                Layer(ARPEGGIO, Instrument.NYLON, (fig.HOOK,), -5, 62, position=0.3, enters=0.7),
            ),
            tracks=(
                Track(Drum.SOFT_KICK, ("9......7..8.....", "9.....8...7....."), 4),
                Track(
                    Drum.SOFT_SNARE, ("....9.......9...",), 0, fill="....9.......9..6", enters=0.1
                ),
                Track(Drum.HAT, ("8.5.8.5.8.5.8.56",), -8, position=0.58, enters=0.15),
                Track(Drum.RIM, ("..........6.....",), -6, position=0.4, enters=0.6),
            ),
        ),
        Genre.HIP_HOP: Style(
            tempo_bpm=88,
            tempi_bpm=(70, 104),
            swing=0.54,
            swung_beats=0.5,
            loose_s=0.004,
            place=CLUB,
            layers=(
                Layer(BASS, Instrument.SUB_BASS, (fig.EIGHT_OH_EIGHT,), 5, 33),
                Layer(ARPEGGIO, Instrument.FELT_PIANO, (fig.HOOK,), -2, 67, position=0.42),
                Layer(CHORDS, Instrument.WARM_PAD, (fig.HELD,), -8, 57, enters=0.5),
                Layer(
                    MELODY,
                    Instrument.SYNTH_PLUCK,
                    fig.SYNCOPATED,
                    -2,
                    74,
                    position=0.6,
                    enters=0.75,
                ),
            ),
            tracks=(
                Track(Drum.CLUB_KICK, ("9......8..9.....", "9..8......9..7.."), 7),
                Track(Drum.CLAP, ("....9.......9...",), 1, fill="....9.......9.7."),
                Track(
                    Drum.HAT,
                    ("9.7.9.7.9.7.9775", "9.7.97779.7.9.7."),
                    -8,
                    fill="9.7.9.7.99999999",
                    position=0.55,
                ),
                Track(Drum.OPEN_HAT, ("......8.........",), -11, position=0.45, enters=0.4),
                Track(Drum.RIM, (".......6..6....6",), -5, position=0.65, enters=0.6),
            ),
        ),
        Genre.ROCK: Style(
            tempo_bpm=122,
            tempi_bpm=(76, 172),
            place=STUDIO,
            loose_s=0.006,
            layers=(
                Layer(
                    ROOTS, Instrument.POWER_CHORD, (fig.CHUG, fig.ROCK_HITS), 5, 43, energy=DRIVEN
                ),
                Layer(BASS, Instrument.ELECTRIC_BASS, (fig.PULSE,), 3, 35),
                Layer(
                    ARPEGGIO, Instrument.GUITAR, (fig.PICKED,), 0, 60, position=0.35, energy=GENTLE
                ),
                Layer(
                    MELODY,
                    Instrument.LEAD_GUITAR,
                    (*fig.SINGING, *fig.SYNCOPATED),
                    1,
                    69,
                    position=0.58,
                    enters=0.65,
                ),
            ),
            tracks=(
                Track(Drum.KICK, ("9.....7.9.7.....", "9...7...9.9....."), 9),
                Track(Drum.SNARE, ("....9.......9...",), 5, fill="....9.......9999"),
                Track(Drum.HAT, ("9.7.9.7.9.7.9.7.",), -3, position=0.6),
                Track(Drum.TOM, (), 0, fill="........9.99....", position=0.4, enters=0.5),
                Track(Drum.CRASH, (), -5, opening="9...............", position=0.36, enters=0.2),
            ),
        ),
        Genre.SYNTHWAVE: Style(
            tempo_bpm=104,
            tempi_bpm=(80, 122),
            place=PLATE,
            loose_s=0.0,
            layers=(
                Layer(BASS, Instrument.SYNTH_BASS, (fig.GALLOP, fig.PULSE), 3, 36),
                Layer(CHORDS, Instrument.SAW_PAD, (fig.HELD,), -2, 60),
                Layer(
                    ARPEGGIO,
                    Instrument.SYNTH_PLUCK,
                    (fig.SIXTEENTHS,),
                    -1,
                    69,
                    position=0.66,
                    enters=0.25,
                ),
                Layer(MELODY, Instrument.SAW_LEAD, fig.SINGING, 3, 74, position=0.45, enters=0.6),
            ),
            tracks=(
                Track(Drum.KICK, ("9...9...9...9...",), 9, enters=0.2),
                Track(
                    Drum.GATED_SNARE, ("....9.......9...",), 2, fill="....9.....7.9.99", enters=0.3
                ),
                Track(Drum.HAT, ("..9...9...9...9.",), -5, position=0.56, enters=0.4),
                Track(Drum.TOM, (), 0, fill="..........9.9...", position=0.35, enters=0.6),
                Track(Drum.CRASH, (), -8, opening="9...............", enters=0.5, position=0.4),
            ),
        ),
        Genre.ELECTRONIC: Style(
            tempo_bpm=124,
            tempi_bpm=(112, 134),
            chord_size=4,
            place=CLUB,
            loose_s=0.0,
            pump_db=9,
            layers=(
                Layer(CHORDS, Instrument.STAB, (fig.PUSHES, fig.STABS), -1, 62),
                Layer(BASS, Instrument.SYNTH_BASS, (fig.OFFBEAT, fig.BETWEEN_KICKS), 3, 36),
                Layer(
                    ARPEGGIO,
                    Instrument.SYNTH_PLUCK,
                    (fig.SIXTEENTHS, fig.SPARKLE),
                    -3,
                    74,
                    position=0.62,
                    enters=0.5,
                ),
                Layer(CHORDS, Instrument.SAW_PAD, (fig.HELD,), -7, 60, enters=0.4),
                Layer(
                    MELODY, Instrument.SAW_LEAD, fig.SYNCOPATED, 1, 76, position=0.45, enters=0.85
                ),
            ),
            tracks=(
                Track(Drum.CLUB_KICK, ("9...9...9...9...",), 12),
                Track(Drum.CLAP, ("....9.......9...",), 0, fill="....9.......9.99", enters=0.3),
                Track(Drum.OPEN_HAT, ("..9...9...9...9.",), -8, position=0.55, enters=0.2),
                Track(Drum.HAT, ("7575757575757575",), -6, position=0.42, enters=0.5),
                Track(Drum.SNARE, (), -6, fill="5.5.6.6.77778899", enters=0.6),
                Track(Drum.CRASH, (), -9, opening="9...............", enters=0.5, position=0.4),
            ),
        ),
    }
)
