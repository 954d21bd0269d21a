"""How a part begins that goes on from another one: what is heard of it before it is there.

Ambience has no beginning, so it is cut from a longer one where it is most like the end of the part
before: a swell goes on rising, a gust dies away (as the joints of audio textures are chosen: Lu,
Wenyin and Zhang, IEEE Transactions on Speech and Audio Processing 12(2), 2004, sect. III).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from photoplay.direction.plan import Ambience, Cue
from photoplay.frames import SAMPLE_RATE_HZ, Audio

CHOICE_S = 12.0  # of ambience among which the beginning is chosen
_STEP_S = 0.05
_STEP = round(_STEP_S * SAMPLE_RATE_HZ)
_EDGES_HZ = (80.0, 300.0, 1000.0, 3000.0, 8000.0, 18_000.0)
_SMOOTH = 5  # steps: what is shorter is the texture itself, not its coming and going
_COMPARED_S = 2.0
_FOLLOWING_S = 3.0
_FADED_S = 0.2  # at the end of the part before, which say nothing

Powers = NDArray[np.float64]  # (steps, bands), or their levels in dB


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Upbeat:
    """What is heard of a part before it begins, while the one before it dies away; in samples.

    `length` comes before the part: what lasts begins so early, what is said or happens does not.
    `before` is what was heard last, (samples, 2). Music begins `music_at` samples after the start
    and is made as by `music_seed`; with `tempo_bpm` it goes on from a piece of that tempo. `spoke`:
    somebody speaks in the part before.
    """

    length: int
    before: Audio
    music_at: int
    music_seed: int
    tempo_bpm: float | None = None
    spoke: bool = False


def later(cues: tuple[Cue[Ambience], ...], share: float) -> tuple[Cue[Ambience], ...]:
    """The cues of a part in the time of an upbeat and the part, of which the upbeat is a share."""

    def shifted(time: float) -> float:
        return share + (1 - share) * time

    return tuple(
        replace(cue, start=shifted(cue.start) if cue.start > 0 else cue.start, end=shifted(cue.end))
        for cue in cues
    )


def most_alike(made: Audio, before: Audio, length: int) -> int:
    """The first sample of the `length` of `made` that comes and goes as the end of `before` does.

    Both are compared with what is usual in each, band by band. What follows is to be as loud as
    what was before: the seconds on both sides of the joint count, too. `made` may begin anywhere
    but in its last `length` and `_FOLLOWING_S`.
    """
    faded = round(_FADED_S / _STEP_S)
    steps = min(round(_COMPARED_S / _STEP_S), length // _STEP, len(before) // _STEP) - faded
    far = min(round(_FOLLOWING_S / _STEP_S), len(before) // _STEP)
    choices = (len(made) - length) // _STEP - far
    if steps < 1 or choices < 1:
        return 0
    wanted, offered = _powers(before), _powers(made)
    first = length // _STEP - faded - steps  # of what is compared, in an upbeat
    windows = sliding_window_view(_levels(offered)[first:], steps, axis=0)[:choices]
    apart = np.mean((windows - _levels(wanted)[-faded - steps : -faded].T) ** 2, axis=(1, 2))
    for span in (round(1 / _STEP_S), far):
        last = _loudness(wanted[-faded - span : -faded], wanted)
        following = sliding_window_view(offered[length // _STEP :], span, axis=0)[:choices]
        apart += [(_loudness(each.T, offered) - last) ** 2 for each in following]
    return int(np.argmin(apart)) * _STEP


def _powers(sound: Audio) -> Powers:
    """Power of each band in steps of 50 ms, (steps, bands)."""
    whole = len(sound) // _STEP
    pieces = sound[: whole * _STEP].mean(axis=1).reshape(whole, _STEP)
    powers = np.abs(np.fft.rfft(pieces, norm="ortho")) ** 2
    starts = np.searchsorted(np.fft.rfftfreq(_STEP, 1 / SAMPLE_RATE_HZ), _EDGES_HZ)
    return np.add.reduceat(powers, starts, axis=1)[:, :-1].astype(np.float64)


def _levels(powers: Powers) -> Powers:
    """How much louder than usual each band is, dB, smoothed."""
    around = np.pad(powers, ((_SMOOTH // 2, _SMOOTH // 2), (0, 0)), mode="edge")
    smooth = sliding_window_view(around, _SMOOTH, axis=0).mean(axis=-1)
    levels = 10 * np.log10(smooth + 1e-12)
    return np.asarray(levels - np.median(levels, axis=0))


def _loudness(part: Powers, whole: Powers) -> float:
    """How much louder a part is than the whole, dB, without the lowest band, which is faint."""
    return float(10 * np.log10((part[:, 1:].mean() + 1e-12) / (whole[:, 1:].mean() + 1e-12)))
