"""The form of a piece: its tempo, its bars, where it builds, where it ends.

Everything here follows from lengths alone, without chance, so that the picture can be cut to the
music before a note of it is written. Knows nothing about harmony or sound.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

BEATS = 4  # in a bar, where nothing is in the way
STRETCH = 1.15  # the most that a tempo is changed to fit
STATED_STRETCH = 1.04  # the same where the prompt names a tempo
TEMPO_STEPS = 60
# Listeners notice a change of tempo of about 2 % at best, less in music (Drake and Botte,
# Perception & Psychophysics 54, 1993): a section may differ from the whole by about that.
UNHEARD_BEND = 0.03
RING_S = 1.3  # the last chord has at least as long to fade
SHORT_RING_S = 0.8  # in a clip too short for that
LATEST_CUT_S = 1.0  # before the end: no bar begins on a later cut, but a beat may
ON_THE_CUT_S = 1 / 24  # a beat that is no farther away falls on the cut
OFF_THE_CUT = 4.0  # the cost of a late cut that no beat falls on
MISSED_CUT = 20.0  # the cost of a cut that no bar begins on
UNEVEN_RING = 1.5  # the cost of a last bar that is twice, or none, of its length
RING_SHARE = 0.35  # of the clip: a last chord that takes more of it leaves no piece before it
LONG_RING = 10.0  # the cost of one that takes all
STEP_BACK = 0.75  # of the intensity, in the phrase before the last: the lift has to come from below
GOING_ON = 0.8  # the intensity of the first phrase that follows an earlier piece's last chord
LONG_PHRASE, SHORT_PHRASE = 4, 2  # bars
LOOP_INTENSITY = 0.85


@dataclass(frozen=True, slots=True)
class Bar:
    """`beat` is its first beat, counted from the start; `intensity` is 0–1 of the mood's range.

    `place` is its position in a phrase of `phrase` bars; phrases begin anew on cuts.
    """

    beat: int
    beats: int
    intensity: float
    place: int
    phrase: int

    @property
    def closes(self) -> bool:
        """Whether it is the last of its phrase."""
        return self.place == self.phrase - 1


@dataclass(frozen=True, slots=True)
class Form:
    """Bars, then the beat on which the last chord is struck (None: the piece goes round).

    `anchors` are pairs (beat, s), ascending; time runs evenly between them.
    """

    bars: tuple[Bar, ...]
    ending: int | None
    anchors: tuple[tuple[float, float], ...]
    goes_on: bool = False  # its first beat is the last chord of an earlier piece

    @property
    def length_s(self) -> float:
        """The length of the clip."""
        return self.anchors[-1][1]

    @property
    def tempo_bpm(self) -> float:
        """Of the whole: sections may differ from it by a few per cent."""
        beats, length_s = self.anchors[-1]
        return 60 * beats / length_s

    @property
    def last_tempo_bpm(self) -> float:
        """Of its last section: what goes on from its end goes on at that."""
        (beat, time_s), (end, end_s) = self.anchors[-2:]
        return 60 * (end - beat) / (end_s - time_s)

    @property
    def ends_s(self) -> float:
        """When its last chord is struck; a piece that goes round ends where it begins."""
        return self.length_s if self.ending is None else self.time_s(self.ending)

    @property
    def downbeats_s(self) -> tuple[float, ...]:
        """The first beats of all bars, and of the last chord."""
        beats = [bar.beat for bar in self.bars]
        if self.ending is not None:
            beats.append(self.ending)
        return tuple(self.time_s(beat) for beat in beats)

    def time_s(self, beat: float) -> float:
        """When a beat, or a fraction of one, falls."""
        beats, times_s = zip(*self.anchors, strict=True)
        return float(np.interp(beat, beats, times_s))


def lay_out(
    length_s: float,
    base_bpm: float,
    *,
    stated: bool,
    cuts_s: tuple[float, ...] = (),
    loop: bool = False,
    goes_on: bool = False,
) -> Form:
    """The form whose tempo is near `base_bpm`, whose bars fill the clip and begin on its cuts.

    One that `goes_on` from an earlier piece has exactly that tempo, and begins as it is built up.
    Where four-beat bars do not reach a cut, the bar before it is longer or shorter, as film
    composers do it (Karlin and Wright, On the Track, 2004); what is then still missing is made up
    by a tempo that differs a little from section to section.
    """
    inside_s = sorted(cut for cut in set(cuts_s) if 0 < cut < length_s)
    usable_s = [cut for cut in inside_s if cut < length_s - LATEST_CUT_S]
    late_s = inside_s[len(usable_s) :]
    stretch = 1.0 if goes_on else STATED_STRETCH if stated else STRETCH
    tempi = base_bpm * np.geomspace(1 / stretch, stretch, TEMPO_STEPS + 1)
    fits = [] if goes_on else _whole_bar_tempi(length_s, tempi[0], tempi[-1])
    drafts = [_draft(length_s, tempo, usable_s, loop) for tempo in (*tempi.tolist(), *fits)]

    def cost(draft: _Draft) -> float:
        return draft.cost + _nudge(draft.tempo_bpm, base_bpm) + _off_late_cuts(draft, late_s)

    best = min(drafts, key=cost)
    return _form(best, length_s, goes_on=goes_on)


@dataclass(frozen=True, slots=True)
class _Draft:
    tempo_bpm: float
    edges: tuple[int, ...]  # beats: the start, every cut that is met, the ending or the end
    beats: float  # to the end of the clip
    hits_s: tuple[float, ...]  # the cuts that are met
    loop: bool
    cost: float


def _draft(length_s: float, tempo_bpm: float, cuts_s: list[float], loop: bool) -> _Draft:
    """Whole beats from cut to cut at about this tempo, and what that costs."""
    edges, hits_s, cost = [0], [0.0], 0.0
    for cut_s in cuts_s:
        exact = (cut_s - hits_s[-1]) * tempo_bpm / 60
        choices = {max(int(exact) + by, 1) for by in (-1, 0, 1, 2)}
        price, beats = min((_bend(n, exact) + _odd(n), n) for n in choices)
        if price < MISSED_CUT:
            edges.append(edges[-1] + beats)
            hits_s.append(cut_s)
        cost += min(price, MISSED_CUT)
    rest = (length_s - hits_s[-1]) * tempo_bpm / 60
    if loop:
        last = max(round(rest), 1)
        cost += _bend(last, rest) + _odd(last)
    else:
        last = _ending(rest, tempo_bpm, after_cut=len(edges) > 1)
        cost += UNEVEN_RING * abs(rest - last - BEATS) / BEATS
        cost += LONG_RING * max((rest - last) * 60 / tempo_bpm / length_s - RING_SHARE, 0)
    end = edges[-1] + last
    length = end if loop else edges[-1] + rest
    return _Draft(tempo_bpm, (*edges, end), length, tuple(hits_s), loop, cost)


def _form(draft: _Draft, length_s: float, *, goes_on: bool) -> Form:
    met = zip(draft.edges, draft.hits_s, strict=False)
    anchors = [(float(beat), time_s) for beat, time_s in met]
    ending = None if draft.loop else draft.edges[-1]
    anchors.append((float(draft.beats), length_s))
    return Form(_bars(draft, goes_on=goes_on), ending, tuple(anchors), goes_on)


def _whole_bar_tempi(length_s: float, lowest: float, highest: float) -> list[float]:
    bar = 60 * BEATS / length_s
    return [bar * n for n in range(int(np.ceil(lowest / bar)), int(highest / bar) + 1)]


def _nudge(tempo_bpm: float, base_bpm: float) -> float:
    return float((np.log(tempo_bpm / base_bpm) / np.log(STRETCH)) ** 2)


def _off_late_cuts(draft: _Draft, late_s: list[float]) -> float:
    """What it costs that cuts under the last chord fall between beats."""
    total = 0.0
    for cut_s in late_s:
        exact = (cut_s - draft.hits_s[-1]) * draft.tempo_bpm / 60
        away_s = abs(exact - round(exact)) * 60 / draft.tempo_bpm
        total += OFF_THE_CUT * min(away_s / ON_THE_CUT_S, 1) ** 4
    return total


def _bend(beats: int, exact: float) -> float:
    """What it costs that `beats` take the time of `exact`: 1 where listeners begin to hear it."""
    return float((np.log(beats / exact) / UNHEARD_BEND) ** 2)


def _odd(beats: int) -> float:
    """What it costs that four-beat bars do not fill a section: half a bar less than a beat."""
    return (0.0, 1.0, 0.3, 0.8)[beats % BEATS]


def _ending(beats: float, tempo_bpm: float, *, after_cut: bool) -> int:
    """The last downbeat of a section from which its chord has time to ring.

    A cut near the end gets the last chord itself; a clip too short for a bar gets what fits.
    """
    ring = RING_S * tempo_bpm / 60
    if beats - ring >= BEATS:
        return int((beats - ring) / BEATS) * BEATS
    return 0 if after_cut else max(int(beats - SHORT_RING_S * tempo_bpm / 60), 0)


def _bars(draft: _Draft, *, goes_on: bool) -> tuple[Bar, ...]:
    measures = [list(_measures(end - start)) for start, end in pairwise(draft.edges)]
    count = sum(len(section) for section in measures)
    length = LONG_PHRASE if count >= 3 * LONG_PHRASE else SHORT_PHRASE
    phrases = [
        section[at : at + length] for section in measures for at in range(0, len(section), length)
    ]
    lengths = [len(phrase) for phrase in phrases]
    levels = iter(_going_on(lengths) if goes_on else _intensities(lengths, draft.loop))
    bars: list[Bar] = []
    beat = 0
    for phrase in phrases:
        for place, beats in enumerate(phrase):
            bars.append(Bar(beat, beats, next(levels), place, len(phrase)))
            beat += beats
    return tuple(bars)


def _measures(beats: int) -> Iterator[int]:
    """Bars of four; a single beat left over joins the last, more make a short bar of their own."""
    whole, left = divmod(beats, BEATS)
    if not whole:
        return iter([left] if left else [])
    if left == 1:
        return iter([BEATS] * (whole - 1) + [BEATS + 1])
    return iter([BEATS] * whole + ([left] if left else []))


def _intensities(phrases: list[int], loop: bool) -> list[float]:
    """One level a bar: a build, a step back, and the lift. A loop stays level.

    Layers come in where a phrase begins; a piece of few phrases builds from bar to bar.
    """
    count = sum(phrases)
    if loop:
        return [LOOP_INTENSITY] * count
    if len(phrases) < 3:
        return [(i + 1) / count for i in range(count)]
    levels = np.linspace(0, 1, len(phrases))
    if len(phrases) >= 5:
        levels = np.append(np.linspace(0, 1, len(phrases) - 1), 1.0)
        levels[-2] = STEP_BACK
    return [float(level) for level in np.repeat(levels, phrases)]


def _going_on(phrases: list[int]) -> list[float]:
    """One level a bar of what follows a height: it need not build from nothing once more."""
    levels = np.linspace(GOING_ON, 1, len(phrases))
    return [float(level) for level in np.repeat(levels, phrases)]
