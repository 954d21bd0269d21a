"""Stems become one mix: ducked under speech, faded, mastered.

A stem comes in at its own level; all leave under the same master gain, so that they add up to the
mix and can be laid on a cutting desk as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import numpy as np

from photoplay.clip import Word
from photoplay.frames import SAMPLE_RATE_HZ, Audio, Soundtrack
from photoplay.sound.loudness import STEP, step_powers, to_lufs
from photoplay.sound.mastering import Master, apply, master
from photoplay.sound.signals import HOP, Control, Mono, Numbers, control_points, from_db, upsample

FADE_IN_S = 0.05
FADE_OUT_S = 0.15
SPOKEN_LUFS = -45.0  # quieter moments of the speech stem are pauses
LOOK_AHEAD_S = 0.25  # the others go down so long before a word, and stay down so long after
SLOPE_S = 0.3


class Stem(StrEnum):
    """The parts of a mix, and the names of their files."""

    AMBIENCE = "ambience"
    EFFECTS = "effects"
    MUSIC = "music"
    SPEECH = "speech"
    TRACK = "track"  # the user's own sound


# LUFS before the master: speech stays clear of these beds. Effects are set by their loudest 0.4 s.
LEVELS_LUFS = {
    Stem.AMBIENCE: -28.0,
    Stem.EFFECTS: -21.0,
    Stem.MUSIC: -26.0,
    Stem.SPEECH: -18.0,
    Stem.TRACK: -24.0,
}
# How far each goes down while somebody speaks. Effects belong to what is seen: they stay.
DUCK_DB = {Stem.AMBIENCE: -8.0, Stem.EFFECTS: -3.0, Stem.MUSIC: -10.0, Stem.TRACK: -12.0}


def mixed(
    stems: Mapping[Stem, Audio],
    *,
    target_lufs: float,
    words: tuple[Word, ...] = (),
    loop: bool = False,
) -> tuple[Soundtrack, Master]:
    """The stems as one sound at `target_lufs`, with what the master could do.

    Stems are float32 (samples, 2), one at least, all equally long. A loop is not faded.
    """
    ducked = dict(stems)
    if Stem.SPEECH in stems:
        speaking = _speaking(stems[Stem.SPEECH], loop)
        for stem in stems.keys() & DUCK_DB.keys():
            ducked[stem] = stems[stem] * _down(speaking, DUCK_DB[stem], len(stems[stem]))[:, None]
    if not loop:
        samples = len(next(iter(stems.values())))
        ducked = {stem: sound * fades(samples)[:, None] for stem, sound in ducked.items()}
    mix = np.asarray(np.sum(list(ducked.values()), axis=0, dtype=np.float32))
    found = master(mix, target_lufs)
    parts = {stem.value: apply(found.gain, sound) for stem, sound in ducked.items()}
    return Soundtrack(apply(found.gain, mix), parts, words), found


def fades(samples: int) -> Mono:
    """The gain that lets the clip begin and end without a click; very short clips fade faster."""
    gain = np.ones(samples, dtype=np.float32)
    for fade_s, edge in ((FADE_IN_S, gain), (FADE_OUT_S, gain[::-1])):
        length = min(round(fade_s * SAMPLE_RATE_HZ), samples // 2)
        edge[:length] = np.sin(np.linspace(0, np.pi / 2, length, dtype=np.float32)) ** 2
    return gain


def _speaking(speech: Audio, loop: bool) -> Control:
    """1 while somebody speaks and LOOK_AHEAD_S around it, 0 in longer pauses, with soft slopes.

    In a loop the end is beside the start.
    """
    loud = np.repeat(to_lufs(step_powers(speech)) > SPOKEN_LUFS, STEP // HOP)
    points = control_points(len(speech))
    active = np.zeros(points, np.float32)
    active[: min(points, len(loud))] = loud[:points]
    around = np.pad(active, points, mode="wrap") if loop else active
    near = _averaged(around, np.ones(_hops(2 * LOOK_AHEAD_S))) > 1e-6
    soft = _averaged(near.astype(np.float32), np.hanning(_hops(SLOPE_S)))
    return soft[points : 2 * points] if loop else soft


def _averaged(control: Control, window: Numbers) -> Control:
    """The mean of a control around each point, weighted by a window."""
    return np.convolve(control, window / window.sum(), mode="same")[: len(control)].astype(
        np.float32
    )


def _hops(seconds: float) -> int:
    """An odd number of control points, so that a window of them has a middle."""
    return round(seconds * SAMPLE_RATE_HZ / HOP) | 1


def _down(speaking: Control, by_db: float, samples: int) -> Mono:
    return upsample(from_db(1) ** (by_db * speaking), samples)
