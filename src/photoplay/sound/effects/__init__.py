"""Single sounds, placed in time: a recipe for each, and a cue's place on the timeline.

`recipe` says what a recipe is, `timing` when its sounds come; the rest make them. Recipes give one
sound of peak 1 that begins and ends at 0; whoever mixes levels it. Facts that a recipe follows
stand in its docstring with their source; levels and decays without a source were set by comparing
spectra, envelopes and crest factors.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from photoplay.direction.plan import Effect, SoundEffect
from photoplay.errors import FeatureNotSupported
from photoplay.frames import SAMPLE_RATE_HZ
from photoplay.sound.effects import air, impacts, liquids, mechanics, steps, tones
from photoplay.sound.effects.air import whoosh
from photoplay.sound.effects.parts import edged, normalised
from photoplay.sound.effects.recipe import Recipe
from photoplay.sound.effects.timing import strikes
from photoplay.sound.signals import Mono, Rng

__all__ = ["RECIPES", "Recipe", "effect", "whoosh"]

FADE_S = 0.25  # over which a sound is faded out that would go on after the clip

RECIPES: Mapping[Effect, Recipe] = MappingProxyType(
    {
        Effect.WHOOSH: air.WHOOSH,
        Effect.IMPACT: impacts.IMPACT,
        Effect.RISER: air.RISER,
        Effect.FOOTSTEPS: steps.FOOTSTEPS,
        Effect.DOOR: impacts.DOOR,
        Effect.KNOCK: impacts.KNOCK,
        Effect.POUR: liquids.POUR,
        Effect.SPLASH: liquids.SPLASH,
        Effect.DRIP: liquids.DRIP,
        Effect.FIZZ: liquids.FIZZ,
        Effect.CLICK: mechanics.CLICK,
        Effect.TYPING: mechanics.TYPING,
        Effect.SHUTTER: mechanics.SHUTTER,
        Effect.TICKING: mechanics.TICKING,
        Effect.CLOTH: air.CLOTH,
        Effect.GLASS: tones.GLASS,
        Effect.BELL: tones.BELL,
        Effect.BEEP: mechanics.BEEP,
        Effect.HEARTBEAT: tones.HEARTBEAT,
        Effect.APPLAUSE: air.APPLAUSE,
    }
)


def effect(cue: SoundEffect, *, samples: int, rng: Rng) -> Mono:
    """A cue on the timeline of its clip: float32 (samples,), peak 1, or 0 if it comes too late.

    `amount` is left to the mixer. What would go on after the clip is faded out within it.
    """
    recipe = _recipe(cue)
    canvas = np.zeros(samples, np.float32)
    row = strikes(cue, recipe, samples / SAMPLE_RATE_HZ, rng)
    for number, strike in enumerate(row):
        sound = recipe.voice(number)(strike.length_s, rng)
        room = canvas[round(strike.start_s * SAMPLE_RATE_HZ) :][: len(sound)]
        room += np.float32(strike.strength) * _within(sound, len(room))
    return normalised(canvas)


def _recipe(cue: SoundEffect) -> Recipe:
    if cue.kind is None:
        raise FeatureNotSupported(
            f"the sound “{cue.words}” was asked for",
            rule=f"single sounds are one of {', '.join(Effect)}",
            fix="Leave it out, or bring it as a track",
        )
    return RECIPES[cue.kind].worded(cue.words)


def _within(sound: Mono, room: int) -> Mono:
    """A sound cut to the room that is left, faded out if it would go on."""
    if len(sound) <= room:
        return sound
    return edged(sound[:room].copy(), opening_s=0.0, closing_s=FADE_S)
