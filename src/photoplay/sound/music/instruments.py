"""Every instrument by its name. Levels between them are the score's concern."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from photoplay.sound.music import electric, struck, sustained
from photoplay.sound.music.tones import Recipe


class Instrument(StrEnum):
    """What a layer of a style is played on."""

    FELT_PIANO = "felt-piano"
    GUITAR = "guitar"
    NYLON = "nylon"
    MUTED_GUITAR = "muted-guitar"
    UPRIGHT_BASS = "upright-bass"
    ELECTRIC_BASS = "electric-bass"
    ELECTRIC_PIANO = "electric-piano"
    MARIMBA = "marimba"
    GLOCKENSPIEL = "glockenspiel"
    VIBRAPHONE = "vibraphone"
    STRINGS = "strings"
    SPICCATO = "spiccato"
    HORNS = "horns"
    WARM_PAD = "warm-pad"
    SAW_PAD = "saw-pad"
    GLASS_PAD = "glass-pad"
    STAB = "stab"
    SYNTH_PLUCK = "synth-pluck"
    SYNTH_BASS = "synth-bass"
    SUB_BASS = "sub-bass"
    SOFT_BASS = "soft-bass"
    SAW_LEAD = "saw-lead"
    POWER_CHORD = "power-chord"
    LEAD_GUITAR = "lead-guitar"


INSTRUMENTS: Mapping[Instrument, Recipe] = MappingProxyType(
    {
        Instrument.FELT_PIANO: struck.felt_piano,
        Instrument.ELECTRIC_PIANO: struck.electric_piano,
        Instrument.GUITAR: struck.guitar,
        Instrument.NYLON: struck.nylon,
        Instrument.MUTED_GUITAR: struck.muted_guitar,
        Instrument.UPRIGHT_BASS: struck.upright_bass,
        Instrument.ELECTRIC_BASS: struck.electric_bass,
        Instrument.MARIMBA: struck.marimba,
        Instrument.GLOCKENSPIEL: struck.glockenspiel,
        Instrument.VIBRAPHONE: struck.vibraphone,
        Instrument.STRINGS: sustained.strings,
        Instrument.SPICCATO: sustained.spiccato,
        Instrument.HORNS: sustained.horns,
        Instrument.WARM_PAD: sustained.warm_pad,
        Instrument.SAW_PAD: sustained.saw_pad,
        Instrument.GLASS_PAD: sustained.glass_pad,
        Instrument.SOFT_BASS: sustained.soft_bass,
        Instrument.STAB: electric.stab,
        Instrument.SYNTH_PLUCK: electric.synth_pluck,
        Instrument.SYNTH_BASS: electric.synth_bass,
        Instrument.SUB_BASS: electric.sub_bass,
        Instrument.SAW_LEAD: electric.saw_lead,
        Instrument.POWER_CHORD: electric.power_chord,
        Instrument.LEAD_GUITAR: electric.lead_guitar,
    }
)
