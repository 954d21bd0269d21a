"""The recipe of each ambience: one pure function (samples, generator) → sound.

Recipes choose their own level; whoever mixes them measures it. `samples` may be as few as a tenth
of a second. Facts that a recipe follows stand in its docstring with their source; levels without
a source were set by comparing spectra, envelopes and crest factors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

from photoplay.direction.plan import Ambience
from photoplay.frames import Audio
from photoplay.sound.ambience import indoors, machines, nature, water, weather
from photoplay.sound.signals import Rng

Recipe: TypeAlias = Callable[[int, Rng], Audio]

RECIPES: Mapping[Ambience, Recipe] = MappingProxyType(
    {
        Ambience.WIND: weather.wind,
        Ambience.LIGHT_RAIN: weather.light_rain,
        Ambience.RAIN: weather.rain,
        Ambience.HEAVY_RAIN: weather.heavy_rain,
        Ambience.THUNDER: weather.thunder,
        Ambience.OCEAN: water.ocean,
        Ambience.STREAM: water.stream,
        Ambience.CITY: machines.city,
        Ambience.TRAFFIC: machines.traffic,
        Ambience.CROWD: indoors.crowd,
        Ambience.CAFE: indoors.cafe,
        Ambience.OFFICE: indoors.office,
        Ambience.BIRDS: nature.birds,
        Ambience.CRICKETS: nature.crickets,
        Ambience.FIRE: nature.fire,
        Ambience.ROOM: indoors.room,
        Ambience.TRAIN: machines.train,
        Ambience.ENGINE: machines.engine,
        Ambience.KITCHEN: indoors.kitchen,
    }
)
