"""Where things sound: beside the picture they belong to, near or far, in a room.

Knows of the pictures only what `Staging` says.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from photoplay.direction.plan import Ambience
from photoplay.frames import SAMPLE_RATE_HZ, Audio
from photoplay.sound.signals import Control, Mono, Numbers, Rng, control_points, upsample
from photoplay.sound.space import Place, reverberate

WIDTH = 0.7  # of the stage: a subject on the border is heard at 0.15 or 0.85, not in one ear

# Reverberation times of small rooms are 0.3 to 0.5 s, of halls 1 to 2 s (Kuttruff, Room Acoustics,
# ch. 7); a street answers from its fronts, open ground hardly at all.
_ROOM = Place(0.4, 0.16, ((20, -14), (200, 0), (2000, -2), (8000, -12), (20000, -30)))
_HALL = Place(1.3, 0.28, ((20, -20), (150, -3), (600, 0), (2000, -5), (6000, -18), (20000, -45)))
_STREET = Place(0.8, 0.09, ((20, -18), (200, 0), (1500, -2), (6000, -12), (20000, -36)), 0.03)
_OPEN = Place(0.25, 0.03, ((20, -18), (200, 0), (3000, -4), (9000, -16), (20000, -40)), 0.02)
_PLACES = {
    Ambience.CROWD: _HALL,
    Ambience.TRAIN: _HALL,
    Ambience.CITY: _STREET,
    Ambience.TRAFFIC: _STREET,
    Ambience.ENGINE: _STREET,
} | dict.fromkeys((Ambience.CAFE, Ambience.OFFICE, Ambience.ROOM, Ambience.KITCHEN), _ROOM)


@dataclass(frozen=True, slots=True)
class Staging:
    """What the pictures say to the sound, (frames,) each: any number of frames spans the clip.

    `position` is the subject's place, 0 at the left border and 1 at the right; `speed` the
    camera's, 0 at rest and 1 in a whip pan. `distance` is 0 for a close-up, 1 for far away.
    """

    position: Numbers = field(default_factory=lambda: np.full(1, 0.5))
    speed: Numbers = field(default_factory=lambda: np.zeros(1))
    distance: float = 0.5


def over_clip(values: Numbers, samples: int) -> Control:
    """Values per frame as a control that spans `samples`."""
    points = control_points(samples)
    frames = np.linspace(0, len(values) - 1, points)
    return np.asarray(np.interp(frames, np.arange(len(values)), values), np.float32)


def room_of(kinds: Iterable[Ambience]) -> Place:
    """The place that ambiences belong to: the first that says so, a room if there are none."""
    kinds = list(kinds)
    known = [_PLACES[kind] for kind in kinds if kind in _PLACES]
    return known[0] if known else _OPEN if kinds else _ROOM


def stage(mono: Mono, staging: Staging, room: Place, rng: Rng) -> Audio:
    """A sound where the subject is: panned with it, and in its room, wetter from farther away."""
    samples = len(mono)
    position = 0.5 + WIDTH * (over_clip(staging.position, samples).clip(0, 1) - 0.5)
    left, right = (upsample(np.sqrt(share), samples) for share in (1 - position, position))
    dry = np.stack([mono * left, mono * right]).T
    wet = room.wet * (0.5 + 1.5 * staging.distance)
    # Silence for the echo to run out in: `reverberate` takes time for a circle.
    rest = np.zeros((round(room.decay_s * SAMPLE_RATE_HZ), 2), np.float32)
    return reverberate(np.concatenate([dry, rest]), rng, replace(room, wet=wet))[:samples]


def centred(mono: Mono) -> Audio:
    """A sound in the middle, at the level that `stage` gives it there."""
    return np.stack([mono, mono]).T * np.float32(np.sqrt(0.5))
