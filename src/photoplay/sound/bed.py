"""The ambience of a clip: each kind in its span, mixed and levelled.

Recipes render the ambiences, each is brought to one loudness and weighted by its cue.
"""

from __future__ import annotations

import numpy as np

from photoplay.direction.plan import Ambience, Cue
from photoplay.frames import SAMPLE_RATE_HZ, Audio
from photoplay.sound.ambience import RECIPES
from photoplay.sound.loudness import gated_lufs, step_powers
from photoplay.sound.signals import Control, Rng, control_time_s, from_db, modulate

FLOOR_DB = -22.0  # room tone under ambiences that do not last all the time
SPAN_FADE_S = 0.8  # centred on the start or the end of a span
SEAM_S = 1.0  # over which the end of a loop passes into its start
KNEE_LU = 12.0  # louder samples are bent, up to CREST_LU above the loudness
CREST_LU = 18.0

KINDS = tuple(Ambience)

Cues = tuple[Cue[Ambience], ...]


def bed(cues: Cues, *, samples: int, seed: int, lufs: float, loop: bool = False) -> Audio:
    """The ambiences together at `lufs`: float32 (samples, 2), 48 kHz, free of DC, not faded.

    `amount` says how loud an ambience is beside the others. Without any there is room tone, which
    also lies under ambiences that do not last the whole clip. As a loop the end passes into the
    start. The same cues, length and seed (0 to 2^32 − 1) give the same bytes.
    """
    gains = _gains(cues, samples, loop)
    if not any(np.all(gain > 0) for gain in gains.values()):
        floor = np.full_like(control_time_s(samples), from_db(FLOOR_DB))
        gains[Ambience.ROOM] = np.maximum(gains.get(Ambience.ROOM, floor), floor)
    mix = np.zeros((samples, 2), dtype=np.float32, order="F")
    for kind, gain in gains.items():
        layer = _layer(kind, samples, np.random.default_rng([seed, KINDS.index(kind)]), loop)
        mix += modulate(levelled(layer, lufs) if len(gains) > 1 else layer, gain)
    mix -= mix.mean(axis=0, dtype=np.float64).astype(np.float32)
    return _bent(levelled(mix, lufs), lufs)


def levelled(sound: Audio, lufs: float) -> Audio:
    """`sound` at that loudness, in place; silent where it is too faint to have one."""
    loudness_lufs = gated_lufs(step_powers(sound))
    sound *= np.float32(from_db(lufs - loudness_lufs) if np.isfinite(loudness_lufs) else 0)
    return sound


def _layer(kind: Ambience, samples: int, rng: Rng, loop: bool) -> Audio:
    recipe = RECIPES[kind]
    if not loop:
        return recipe(samples, rng)
    seam = min(round(SEAM_S * SAMPLE_RATE_HZ), samples // 2)
    longer = recipe(samples + seam, rng)
    rise = np.sin(np.linspace(0, np.pi / 2, seam, dtype=np.float32))[:, None]
    longer[:seam] = rise * longer[:seam] + rise[::-1] * longer[samples:]
    return longer[:samples]


def _gains(cues: Cues, samples: int, loop: bool) -> dict[Ambience, Control]:
    """How loud each ambience is over time; where two cues of one kind meet, the louder counts."""
    gains: dict[Ambience, Control] = {}
    for cue in cues:
        if cue.amount > 0:
            gain = np.float32(cue.amount) * _span(cue, samples, loop)
            gains[cue.kind] = np.maximum(gains.get(cue.kind, gain), gain)
    return gains


def _span(cue: Cue[Ambience], samples: int, loop: bool) -> Control:
    """1 within a cue's span and 0 outside, with equal-power slopes where it begins or ends.

    Slopes are centred on the ends of the span, so that cues that follow each other cross over.
    In a loop a span that begins or ends with the clip has its slope inside it.
    """
    time_s, length_s = control_time_s(samples), samples / SAMPLE_RATE_HZ
    slope_s = min(SPAN_FADE_S, length_s * max(cue.end - cue.start, 0.01))
    inside = np.ones_like(time_s)
    if cue.start > 0:
        inside = np.minimum(inside, (time_s - cue.start * length_s) / slope_s + 0.5)
    if cue.end < 1:
        inside = np.minimum(inside, (cue.end * length_s - time_s) / slope_s + 0.5)
    if loop and (cue.start > 0) != (cue.end < 1):
        inside = np.minimum(inside, np.minimum(time_s, length_s - time_s) / slope_s)
    return np.asarray(np.sin(np.pi / 2 * np.clip(inside, 0, 1)), dtype=np.float32)


def _bent(sound: Audio, lufs: float) -> Audio:
    """Samples beyond the knee bent smoothly towards the crest, the others as they are."""
    knee, crest = from_db(lufs + KNEE_LU), from_db(lufs + CREST_LU)
    loud = np.abs(sound) > knee
    if loud.any():
        excess = (np.abs(sound[loud]) - knee) / (crest - knee)
        sound[loud] = np.sign(sound[loud]) * (knee + (crest - knee) * np.tanh(excess))
    return sound
