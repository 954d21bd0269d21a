"""Music: a genre and a mood to a short piece that fits its clip.

`form` fixes tempo, bars and ending from lengths alone; `compose` writes the notes; `perform` plays
them. `moods` and `genres` are what they are told, `theory`, `figures` and `melody` what they know,
`struck`, `sustained`, `electric` and `drums` what they play on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from photoplay.direction.plan import Music
from photoplay.errors import InvalidRequest
from photoplay.frames import SAMPLE_RATE_HZ, Audio
from photoplay.sound.music.compose import compose
from photoplay.sound.music.form import Form, lay_out
from photoplay.sound.music.genres import STYLES
from photoplay.sound.music.moods import TEMPERS
from photoplay.sound.music.perform import perform
from photoplay.sound.signals import Rng

__all__ = ["Close", "all_beats_s", "beats_s", "close_of", "music"]

SLOWEST_BPM, FASTEST_BPM = 30.0, 300.0


@dataclass(frozen=True, slots=True)
class Close:
    """How a piece ends: when its last chord is struck, and at which tempo it came there."""

    at_s: float
    tempo_bpm: float

    def later(self, by_s: float) -> Close:
        """The same of a piece that begins so much later."""
        return replace(self, at_s=self.at_s + by_s)


def music(
    brief: Music,
    *,
    samples: int,
    rng: Rng,
    cuts_s: tuple[float, ...] = (),
    loop: bool = False,
    goes_on_bpm: float | None = None,
) -> Audio:
    """A piece in that genre and mood: float32 (samples, 2), 48 kHz, of −20 dBFS rms.

    Tempo is the brief's or else the genre's and mood's, changed by at most 15 % (4 % where the
    brief names one) so that whole bars fit and begin on the cuts; single sections bend further to
    meet theirs. The last chord is struck on a
    first beat and has faded at the last sample. With `loop` there is no ending: the last sample
    meets the first. The same generator state gives the same bytes, another one another tune.

    With `goes_on_bpm` it follows a piece of that tempo: begun on that one's last chord, with the
    same generator state, it is the same tune in the same key, on the same beat.
    """
    form = _form(brief, samples, cuts_s, loop, goes_on_bpm)
    style, temper = STYLES[brief.genre], TEMPERS[brief.mood]
    score = compose(style, temper, form, rng)
    return perform(score, style, form, samples, rng)


def beats_s(
    brief: Music, *, samples: int, cuts_s: tuple[float, ...] = (), loop: bool = False
) -> tuple[float, ...]:
    """When the bars of the same music begin, its last chord included; without making it."""
    return _form(brief, samples, cuts_s, loop).downbeats_s


def all_beats_s(
    brief: Music, *, samples: int, cuts_s: tuple[float, ...] = (), loop: bool = False
) -> tuple[float, ...]:
    """When every beat of the same music falls, to the end of the clip; without making it."""
    form = _form(brief, samples, cuts_s, loop)
    last_beat = int(form.anchors[-1][0])
    return tuple(form.time_s(beat) for beat in range(last_beat + 1))


def close_of(
    brief: Music,
    *,
    samples: int,
    cuts_s: tuple[float, ...] = (),
    loop: bool = False,
    goes_on_bpm: float | None = None,
) -> Close:
    """How the same music ends; without making it."""
    form = _form(brief, samples, cuts_s, loop, goes_on_bpm)
    return Close(form.ends_s, form.last_tempo_bpm)


def _form(
    brief: Music,
    samples: int,
    cuts_s: tuple[float, ...],
    loop: bool,
    goes_on_bpm: float | None = None,
) -> Form:
    return lay_out(
        samples / SAMPLE_RATE_HZ,
        _tempo_bpm(brief) if goes_on_bpm is None else goes_on_bpm,
        stated=brief.tempo_bpm is not None,
        cuts_s=cuts_s,
        loop=loop,
        goes_on=goes_on_bpm is not None,
    )


def _tempo_bpm(brief: Music) -> float:
    if brief.tempo_bpm is None:
        style = STYLES[brief.genre]
        return float(np.clip(style.tempo_bpm * TEMPERS[brief.mood].pace, *style.tempi_bpm))
    if not SLOWEST_BPM <= brief.tempo_bpm <= FASTEST_BPM:
        raise InvalidRequest(
            f"music at {brief.tempo_bpm:g} beats a minute was asked for",
            rule=f"a tempo is {SLOWEST_BPM:g} to {FASTEST_BPM:g} beats a minute",
            fix="Leave it out, and the genre and the mood set it",
        )
    return brief.tempo_bpm
