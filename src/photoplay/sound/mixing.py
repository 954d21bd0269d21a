"""The bed of a clip: its ambiences, each in its span, mixed, levelled and kept from clipping.

Recipes render the ambiences, each is brought to one loudness and weighted by its cue, and their
sum is faded at the ends, brought to the bed's loudness and bent under the ceiling.
"""

from __future__ import annotations

import numpy as np

from photoplay.direction.plan import Ambience, Cue, Sound
from photoplay.frames import SAMPLE_RATE_HZ, Audio
from photoplay.sound.ambience import RECIPES
from photoplay.sound.loudness import integrated_lufs
from photoplay.sound.signals import Control, Mono, control_time_s, from_db, modulate

BED_LUFS = -23.0  # EBU R 128's programme level: room above for voices and effects
QUIET_LUFS = -38.0  # room tone where no ambience was asked for
FLOOR_DB = -22.0  # room tone under a bed that does not last all the time
CEILING = from_db(-1.5)
KNEE = 0.6  # louder samples are bent towards the ceiling
FADE_IN_S = 0.05
FADE_OUT_S = 0.15
SPAN_FADE_S = 0.8  # centred on the start or the end of a span

KINDS = tuple(Ambience)


def bed(sound: Sound, *, samples: int, seed: int) -> Audio:
    """The ambience of a clip: float32 (samples, 2), 48 kHz.

    A plan with ambience gives −23 LUFS (integrated) and no sample above −1.5 dBFS; `amount` says
    how loud an ambience is beside the others. A plan without gives a quiet room tone, which also
    lies under ambiences that do not last the whole clip; a silent plan gives zeros. The same plan,
    length and seed (0 to 2^32 − 1) give the same bytes.
    """
    if sound.silent:
        return np.zeros((samples, 2), dtype=np.float32)
    gains = _gains(sound.ambience, samples)
    if not any(np.all(gain > 0) for gain in gains.values()):
        floor = np.full_like(control_time_s(samples), from_db(FLOOR_DB))
        gains[Ambience.ROOM] = np.maximum(gains.get(Ambience.ROOM, floor), floor)
    mix = np.zeros((samples, 2), dtype=np.float32, order="F")
    for kind, gain in gains.items():
        layer = RECIPES[kind](samples, np.random.default_rng([seed, KINDS.index(kind)]))
        if len(gains) > 1:  # one alone is levelled as the whole
            layer *= _gain_to(BED_LUFS, layer)
        mix += modulate(layer, gain)
    mix *= _fades(samples)[:, None]
    mix *= _gain_to(BED_LUFS if _is_asked_for(sound) else QUIET_LUFS, mix)
    return np.ascontiguousarray(_under_ceiling(_centred(mix)))


def _is_asked_for(sound: Sound) -> bool:
    return any(cue.amount > 0 for cue in sound.ambience)


def _gains(cues: tuple[Cue[Ambience], ...], samples: int) -> dict[Ambience, Control]:
    """How loud each ambience is over time; where two cues of one kind meet, the louder counts."""
    gains: dict[Ambience, Control] = {}
    for cue in cues:
        if cue.amount > 0:
            gain = np.float32(cue.amount) * _span(cue, samples)
            gains[cue.kind] = np.maximum(gains.get(cue.kind, gain), gain)
    return gains


def _span(cue: Cue[Ambience], samples: int) -> Control:
    """1 within a cue's span and 0 outside, with equal-power slopes where it begins or ends.

    Slopes are centred on the ends of the span, so that cues that follow each other cross over.
    """
    time_s, length_s = control_time_s(samples), samples / SAMPLE_RATE_HZ
    slope_s = min(SPAN_FADE_S, length_s * max(cue.end - cue.start, 0.01))
    inside = np.ones_like(time_s)
    if cue.start > 0:
        inside = np.minimum(inside, (time_s - cue.start * length_s) / slope_s + 0.5)
    if cue.end < 1:
        inside = np.minimum(inside, (cue.end * length_s - time_s) / slope_s + 0.5)
    return np.asarray(np.sin(np.pi / 2 * np.clip(inside, 0, 1)), dtype=np.float32)


def _fades(samples: int) -> Mono:
    """The gain that lets the clip begin and end without a click; very short clips fade faster."""
    gain = np.ones(samples, dtype=np.float32)
    for fade_s, edge in ((FADE_IN_S, gain), (FADE_OUT_S, gain[::-1])):
        length = min(round(fade_s * SAMPLE_RATE_HZ), samples // 2)
        edge[:length] = np.sin(np.linspace(0, np.pi / 2, length, dtype=np.float32)) ** 2
    return gain


def _gain_to(target_lufs: float, sound: Audio) -> np.float32:
    """The factor that brings `sound` to a loudness; 0 for sound too faint to have one."""
    loudness_lufs = integrated_lufs(sound)
    return np.float32(from_db(target_lufs - loudness_lufs) if np.isfinite(loudness_lufs) else 0)


def _centred(sound: Audio) -> Audio:
    """Without its mean, which is taken off in the shape of the fades to keep the ends at 0."""
    pedestal = _fades(len(sound))
    offsets = sound.sum(axis=0, dtype=np.float64) / max(float(pedestal.sum()), 1)
    sound -= pedestal[:, None] * offsets.astype(np.float32)
    return sound


def _under_ceiling(sound: Audio) -> Audio:
    """Samples beyond the knee bent smoothly towards the ceiling, the others as they are."""
    loud = np.abs(sound) > KNEE
    if loud.any():
        excess = (np.abs(sound[loud]) - KNEE) / (CEILING - KNEE)
        sound[loud] = np.sign(sound[loud]) * (KNEE + (CEILING - KNEE) * np.tanh(excess))
    return sound
