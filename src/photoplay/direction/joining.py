"""The sound of several shots as that of one clip.

The place goes on sounding over the cuts; single sounds and lines keep to their shots.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, pairwise

from photoplay.direction.music import read_music
from photoplay.direction.plan import Ambience, Cue, Line, Music, Sound, SoundEffect
from photoplay.direction.shots import Reading

_BREATH_S = 0.25  # from a cut to the first word, as at the start of a clip
_TOUCHING = 1e-6  # spans that are no farther apart than this are one


@dataclass
class _Place:
    """Shots of one picture that follow each other, and what is heard there."""

    first: float
    last: float
    heard: list[Cue[Ambience]] = field(default_factory=list)


def joined(readings: Sequence[Reading], music: str | None = None) -> tuple[Sound, tuple[str, ...]]:
    """What is heard over all shots, and notes about what could not be kept.

    `music` describes the music in place of what the prompts say.
    """
    length_s = sum(reading.shot.duration_s for reading in readings)
    once = list(_once(readings))
    chosen, notes = _music(readings, music)
    silent = all(reading.plan.sound.silent for reading in readings)
    sound = Sound(
        ambience=tuple(_beds(readings, length_s)),
        effects=tuple(cue for part in once for cue in _effects(part, length_s)),
        music=chosen,
        dialogue=tuple(line for part in once for line in _lines(part, length_s)),
        silent=silent and music is None,
    )
    hushed = [
        f"shot {number}: silence was asked for, and the sound of the other shots goes on."
        for number, reading in enumerate(readings, 1)
        if reading.plan.sound.silent and not silent
    ]
    return sound, (*notes, *hushed)


@dataclass(frozen=True, slots=True)
class _Part:
    """A stretch of the clip whose single sounds come from one plan."""

    sound: Sound
    start_s: float
    duration_s: float

    def share(self, time: float, length_s: float) -> float:
        """A share of the part as a share of the clip."""
        return min((self.start_s + time * self.duration_s) / length_s, 1.0)


def _once(readings: Sequence[Reading]) -> Iterator[_Part]:
    """Shots with the same prompt are one event seen from several sides: it is heard once."""
    for _, group in groupby(readings, key=lambda reading: reading.shot.prompt):
        shots = list(group)
        length_s = sum(reading.shot.duration_s for reading in shots)
        yield _Part(shots[0].plan.sound, shots[0].start_s, length_s)


def _effects(part: _Part, length_s: float) -> Iterator[SoundEffect]:
    for cue in part.sound.effects:
        start, end = part.share(cue.start, length_s), part.share(cue.end, length_s)
        yield replace(cue, start=start, end=end)


def _lines(part: _Part, length_s: float) -> Iterator[Line]:
    """Lines in their shot: the first begins soon after its cut unless the prompt says when."""
    for index, line in enumerate(part.sound.dialogue):
        start = line.start
        if start is None and index == 0 and part.start_s > 0:
            start = min(_BREATH_S / part.duration_s, 0.2)
        yield line if start is None else replace(line, start=part.share(start, length_s))


def _music(
    readings: Sequence[Reading], described: str | None
) -> tuple[Music | None, tuple[str, ...]]:
    """One piece for the clip: the described one, else the first that a shot names."""
    if described is not None:
        return read_music(described)
    named = [
        (number, reading.plan.sound.music)
        for number, reading in enumerate(readings, 1)
        if reading.plan.sound.music is not None
    ]
    if not named:
        return None, ()
    chosen = named[0][1]
    others = tuple(
        f"shot {number}: one piece of music plays under the clip, so “{music.words}” is left out."
        for number, music in named[1:]
        if music is not None and (music.genre, music.mood) != (chosen.genre, chosen.mood)
    )
    return chosen, others


def _beds(readings: Sequence[Reading], length_s: float) -> Iterator[Cue[Ambience]]:
    """Each kind of ambience in as few spans as it has."""
    cues = [cue for place in _sounding(_places(readings, length_s)) for cue in place.heard]
    for kind in dict.fromkeys(cue.kind for cue in cues):
        yield from _merged(sorted((c for c in cues if c.kind is kind), key=lambda c: c.start))


def _places(readings: Sequence[Reading], length_s: float) -> Iterator[_Place]:
    """Stretches at one place; a bed of any of its shots sounds in all of them.

    What begins or ends within a shot does so in the clip as well.
    """
    everywhere: dict[Hashable, list[tuple[Reading, Cue[Ambience]]]] = {}
    for reading in readings:
        found = everywhere.setdefault(reading.place, [])
        found += [(reading, cue) for cue in reading.plan.sound.ambience]
    for key, group in groupby(readings, key=lambda reading: reading.place):
        shots = list(group)
        end_s = shots[-1].start_s + shots[-1].shot.duration_s
        place = _Place(shots[0].start_s / length_s, end_s / length_s)
        for reading, cue in everywhere[key]:
            part = _Part(reading.plan.sound, reading.start_s, reading.shot.duration_s)
            start = part.share(cue.start, length_s) if cue.start > 0 else 0.0
            end = part.share(cue.end, length_s) if cue.end < 1 else 1.0
            start, end = max(start, place.first), min(end, place.last)
            if end > start:
                place.heard.append(replace(cue, start=start, end=end))
        yield place


def _sounding(places: Iterator[_Place]) -> Iterator[_Place]:
    """A place that no sound is named of sounds like the one before it, or else after it."""
    known = list(places)
    for chain in (known, known[::-1]):
        for before, place in pairwise(chain):
            if not place.heard:
                whole = [c for c in before.heard if _reaches(c, before, place)]
                place.heard = [replace(c, start=place.first, end=place.last) for c in whole]
    yield from known


def _reaches(cue: Cue[Ambience], before: _Place, place: _Place) -> bool:
    """Whether a bed sounds where two neighbouring places meet."""
    if place.first >= before.last - _TOUCHING:
        return cue.end >= before.last - _TOUCHING
    return cue.start <= before.first + _TOUCHING


def _merged(cues: Sequence[Cue[Ambience]]) -> Iterator[Cue[Ambience]]:
    """Spans that touch are one, as loud as the louder."""
    current = cues[0]
    for cue in cues[1:]:
        if cue.start <= current.end + _TOUCHING:
            loudest = max(current.amount, cue.amount)
            current = replace(current, end=max(current.end, cue.end), amount=loudest)
        else:
            yield current
            current = cue
    yield current
