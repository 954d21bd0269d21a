"""From a score to sound: every distinct tone rendered once, placed, mixed, in its room.

Buses are kept apart by what happens to them: basses and kicks stay dry, all but the drums duck
under the kick where the style pumps, the rest stands in the room.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from photoplay.frames import SAMPLE_RATE_HZ, Audio
from photoplay.sound.music.compose import Beat, Part, Score
from photoplay.sound.music.drums import KICKS, Drum, render
from photoplay.sound.music.form import Form
from photoplay.sound.music.instruments import INSTRUMENTS
from photoplay.sound.music.styles import Role, Style
from photoplay.sound.music.tones import Tone, Waves
from photoplay.sound.signals import Control, Mono, Rng, control_time_s, from_db, upsample
from photoplay.sound.space import Place, reverberate

HOLD_GRID_S = 0.05  # lengths of notes are rounded to this and forces to a quarter: fewer tones
FORCES = 4
LOUDNESS = 1.3  # amplitude rises as force to this power
SPREAD = 0.006  # of position for each semitone above middle C: low left, high right
LONGEST_TONE_S = 20.0
VARIANTS = 3  # strokes that are rendered of each drum
DUST_DB = -38.0
SWELL_S = 1.58  # a swell peaks so long after it begins
DIP_S = 0.22  # until the others are back after a kick
FADE_IN_S = 0.004
RING_SHARE = 0.45  # of the last chord's time before it begins to fade
RMS = from_db(-20)
CEILING = from_db(-0.5)
KNEE = 0.6  # louder samples are bent towards the ceiling


class Placed(NamedTuple):
    """A tone on the timeline: its first sample, and the gains of its left and right."""

    at: int
    waves: Waves
    sides: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Timeline:
    """Where beats fall in samples: the form's time, the style's swing, the players' looseness."""

    form: Form
    style: Style
    samples: int

    @property
    def loops(self) -> bool:
        """Whether the end meets the start."""
        return self.form.ending is None

    def sample(self, beat: float, rng: Rng | None = None) -> int:
        """The sample of a beat; players miss it a little where a generator is given."""
        time_s = self.form.time_s(_swung(beat, self.style))
        if rng is not None:
            time_s += self.style.loose_s * float(np.clip(rng.standard_normal(), -2, 2))
        return round(time_s * SAMPLE_RATE_HZ)


def perform(score: Score, style: Style, form: Form, samples: int, rng: Rng) -> Audio:
    """The piece as sound, float32 (samples, 2)."""
    line = Timeline(form, style, samples)
    low = [part for part in score.parts if part.layer.role is Role.BASS]
    high = [part for part in score.parts if part.layer.role is not Role.BASS]
    kicks = [beat for beat in score.drums if beat.track.drum in KICKS]
    kit = [beat for beat in score.drums if beat.track.drum not in KICKS]
    dry = _bus(line, (tone for part in low for tone in _tones(part, line, rng)))
    roomy = _bus(line, (tone for part in high for tone in _tones(part, line, rng)))
    if style.pump_db and kicks:
        gain = upsample(_pumping(kicks, line), samples)
        dry *= gain
        roomy *= gain
    dry += _bus(line, (stroke for beat in kicks for stroke in _strokes(beat, line, rng)))
    roomy += _bus(line, (stroke for beat in kit for stroke in _strokes(beat, line, rng)))
    if style.dust:
        dry += _bus(line, _dust(line, rng))
    mix = dry.T + _in_room(roomy.T, style.place, rng, loops=line.loops)
    if not line.loops:
        mix *= _ends(line)[:, None]
    return _bent(mix)


def _swung(beat: float, style: Style) -> float:
    """The beat as it is played: within each pair the offbeat moves from the middle to `swing`."""
    pair, within = divmod(beat, style.swung_beats)
    share = within / style.swung_beats
    early, late = style.swing / 0.5, (1 - style.swing) / 0.5
    moved = share * early if share < 0.5 else style.swing + (share - 0.5) * late
    return float((pair + moved) * style.swung_beats)


def _tones(part: Part, line: Timeline, rng: Rng) -> Iterator[Placed]:
    """The notes of a part, each distinct one rendered once."""
    rendered: dict[Tone, Waves] = {}
    recipe, layer = INSTRUMENTS[part.layer.instrument], part.layer
    for note in part.notes:
        at = line.sample(note.beat, rng)
        end = line.form.time_s(min(note.beat + note.beats, line.form.anchors[-1][0]))
        hold_s = min(max(end - at / SAMPLE_RATE_HZ, HOLD_GRID_S), LONGEST_TONE_S)
        tone = Tone(
            note.pitch,
            HOLD_GRID_S * round(hold_s / HOLD_GRID_S),
            max(round(note.force * FORCES), 1) / FORCES,
        )
        if tone not in rendered:
            rendered[tone] = recipe(tone, rng)
        position = layer.position + SPREAD * (note.pitch - 60) * (layer.role is not Role.BASS)
        gain = from_db(layer.level_db) * note.force**LOUDNESS
        yield Placed(at, rendered[tone], _sides(gain, position))


def _strokes(beat: Beat, line: Timeline, rng: Rng) -> Iterator[Placed]:
    """The strokes of a drum, in turn from a few that differ as strokes do."""
    track = beat.track
    grains = [render(track.drum, rng)[None] for _ in range(VARIANTS)] if beat.hits else []
    early = round(SWELL_S * SAMPLE_RATE_HZ) if track.drum is Drum.SWELL else 0
    for hit in beat.hits:
        gain = from_db(track.level_db) * hit.force**LOUDNESS
        grain = grains[int(rng.integers(VARIANTS))]
        at = line.sample(hit.beat, rng) - early
        yield Placed(at, grain, _sides(gain, track.position))


def _dust(line: Timeline, rng: Rng) -> Iterator[Placed]:
    """Crackles of a record, at any time, most of them faint."""
    grains = [render(Drum.CRACKLE, rng)[None] for _ in range(8)]
    for _ in range(rng.poisson(line.style.dust * line.form.length_s)):
        gain = from_db(DUST_DB) * min(float(rng.pareto(2.0)), 4.0)
        sides = _sides(gain, rng.uniform(0.2, 0.8))
        yield Placed(int(rng.integers(line.samples)), grains[int(rng.integers(8))], sides)


def _sides(gain: float, position: float) -> tuple[float, float]:
    """Gains of left and right at constant power."""
    right = min(max(position, 0.05), 0.95)
    return gain * float(np.sqrt(2 * (1 - right))), gain * float(np.sqrt(2 * right))


def _bus(line: Timeline, placed: Iterable[Placed]) -> Waves:
    """All of them added up, (2, samples). Past the end a loop goes on at its start."""
    canvas = np.zeros((2, line.samples), dtype=np.float32)
    for at, waves, sides in placed:
        gains = np.array(sides, dtype=np.float32)[:, None]
        if line.loops:
            _add_round(canvas, gains * waves, at % line.samples)
        elif at < line.samples:
            piece = waves[:, : line.samples - max(at, 0)]
            canvas[:, max(at, 0) : max(at, 0) + piece.shape[1]] += gains * piece
    return canvas


def _add_round(canvas: Waves, sound: Waves, first: int) -> None:
    while sound.shape[1]:
        piece = sound[:, : canvas.shape[1] - first]
        canvas[:, first : first + piece.shape[1]] += piece
        sound, first = sound[:, piece.shape[1] :], 0


def _pumping(kicks: Iterable[Beat], line: Timeline) -> Control:
    """A dip at every kick, as a compressor makes that listens to it."""
    time_s = control_time_s(line.samples)
    since_s = np.full_like(time_s, np.inf)
    for hit in (hit for beat in kicks for hit in beat.hits):
        after = time_s - np.float32(line.sample(hit.beat) / SAMPLE_RATE_HZ) + np.float32(0.01)
        since_s = np.where(after >= 0, np.minimum(since_s, after), since_s)
    back = np.clip(since_s / DIP_S, 0, 1)
    depth_db = line.style.pump_db * (1 - back) ** 1.5
    return np.asarray(10 ** (-depth_db / 20), dtype=np.float32)


def _in_room(dry: Audio, place: Place, rng: Rng, *, loops: bool) -> Audio:
    """The sound in its room; echoes past the end come round only where the piece does."""
    echo = round(place.decay_s * SAMPLE_RATE_HZ)
    samples = len(dry)
    if loops:
        again = np.arange(-echo, samples) % samples
        return reverberate(dry[again], rng, place)[echo:]
    silence = np.zeros((echo, 2), dtype=np.float32)
    return reverberate(np.concatenate([dry, silence]), rng, place)[:samples]


def _ends(line: Timeline) -> Mono:
    """The gain that starts without a click and takes the last chord to 0 at the last sample."""
    gain = np.ones(line.samples, dtype=np.float32)
    rise = min(round(FADE_IN_S * SAMPLE_RATE_HZ), line.samples // 2)
    gain[:rise] = np.linspace(0, 1, rise, dtype=np.float32)
    struck = line.sample(line.form.ending or 0)
    first = struck + round(RING_SHARE * (line.samples - struck))
    fall = np.linspace(0, np.pi / 2, line.samples - first, dtype=np.float32)
    gain[first:] *= np.cos(fall) ** 2
    gain[-1:] = 0
    return gain


def _bent(mix: Audio) -> Audio:
    """At the level RMS, what goes beyond the knee bent smoothly towards the ceiling."""
    mix *= np.float32(RMS / np.sqrt(np.mean(mix**2) + 1e-12))
    loud = np.abs(mix) > KNEE
    excess = (np.abs(mix[loud]) - KNEE) / (CEILING - KNEE)
    mix[loud] = np.sign(mix[loud]) * (KNEE + (CEILING - KNEE) * np.tanh(excess))
    return np.ascontiguousarray(mix, dtype=np.float32)
