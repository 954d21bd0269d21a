"""Sound that goes on: the next part of a film laid to the end of what was heard before.

Each part is mastered by itself, over all of it; where they meet, they would be as far apart as a
lull is from a gust. So the new part's gain is led from what fits at the joint to what fits all.
"""

from __future__ import annotations

import numpy as np

from photoplay.frames import SAMPLE_RATE_HZ, Audio, Soundtrack
from photoplay.sound.loudness import gated_lufs, step_powers, to_lufs
from photoplay.sound.mastering import hop_peaks, limiter
from photoplay.sound.mixing import FADE_OUT_S, Stem
from photoplay.sound.signals import CONTROL_RATE_HZ, HOP, Mono, upsample
from photoplay.sound.upbeat import Upbeat

CROSS_S = 1.0  # the ambience of both parts is heard so long before the old one ends
NEAR_S, FAR_S = 1.0, 3.0  # windows on both sides of the joint that are made equally loud
USUAL_S = 10.0  # at the end of the old part, whose loudness the new one comes to
SETTLED_S = 6.0  # after the joint it has
TURN_S = 0.2  # around the joint: what fits the windows after it would not change their difference
MOST_GAIN_DB = 12.0
MOST_CUT_DB = 40.0  # at the joint: from a faint film the new part comes up
PAUSES = 0.3  # of the time: so much of it, where it is quietest, nobody speaks
_PASSES = 8
_CLOSE_LU = 0.1


def joined(before: Audio, after: Soundtrack, upbeat: Upbeat) -> Audio:
    """Both in a row, as loud on both sides of the joint, without a gap or a click.

    The first samples of `after` are its `upbeat`, heard over the end of `before`: its ambience
    crosses over from that, its music comes in while the last chord of the old one dies.

    Windows of 1 s and of 3 s on both sides of the joint come out equally loud, measured as EBU Tech
    3341 measures short-term loudness; by `SETTLED_S` the part is as loud as what was heard last.
    Speech is louder than all else: where it begins or ends, its place goes on as it was instead.
    """
    lead = upbeat.length
    old, new = before.copy(), np.concatenate([_coming(after, upbeat), after.mix[lead:]])
    falling = _falling(min(lead, round(CROSS_S * SAMPLE_RATE_HZ)))
    old[len(old) - len(falling) :] *= falling[:, None]
    usual_db = _apart_db(before[-round(USUAL_S * SAMPLE_RATE_HZ) :], after.mix[lead:])
    if Stem.SPEECH in after.stems or upbeat.spoke:
        level_db = usual_db
        if Stem.SPEECH not in after.stems:
            level_db = min(usual_db, _pauses_apart_db(before, after.mix[lead:]))
        return _laid(old, new, lead, (level_db, level_db, level_db))
    near_db = far_db = usual_db
    for _ in range(_PASSES):
        whole = _laid(old, new, lead, (near_db, far_db, usual_db))
        near, far = (step_lu(whole, len(before), span) for span in (NEAR_S, FAR_S))
        if max(abs(near), abs(far)) < _CLOSE_LU:
            break
        near_db = float(np.clip(near_db - near, -MOST_CUT_DB, MOST_GAIN_DB))
        far_db = float(np.clip(far_db - 1.5 * far + 0.5 * near, -MOST_CUT_DB, MOST_GAIN_DB))
    return whole


def step_lu(sound: Audio, joint: int, span_s: float) -> float:
    """By how much the `span_s` after a sample are louder than as much before it."""
    span = min(round(span_s * SAMPLE_RATE_HZ), joint, len(sound) - joint)
    sides = sound[joint - span : joint], sound[joint : joint + span]
    before, after = (float(to_lufs(step_powers(side).mean())) for side in sides)
    return after - before if np.isfinite([before, after]).all() else 0.0


def _coming(after: Soundtrack, upbeat: Upbeat) -> Audio:
    """What is heard of the new part before the joint; all of it by the time the old one fades."""
    lead = upbeat.length
    coming = np.zeros((lead, 2), np.float32)
    cross = min(lead, round(CROSS_S * SAMPLE_RATE_HZ))
    for stem, first in ((Stem.AMBIENCE, lead - cross), (Stem.MUSIC, upbeat.music_at)):
        if stem in after.stems and first < lead:
            rising = np.sqrt(1 - _falling(lead - first) ** 2)
            coming[first:] += after.stems[stem][first:lead] * rising[:, None]
    return coming


def _falling(samples: int) -> Mono:
    """A gain from 1 to 0 by equal power, 0 from where a clip's own fade-out begins."""
    fade = round(FADE_OUT_S * SAMPLE_RATE_HZ)
    turn = np.linspace(0, np.pi / 2, max(samples - fade, 1), dtype=np.float32)
    return np.pad(np.cos(turn), (0, samples))[:samples]


def _laid(old: Audio, new: Audio, lead: int, levels_db: tuple[float, float, float]) -> Audio:
    """Both in a row, under the ceiling; `levels_db` of the new part near the joint, then, later."""
    time_s = (np.arange(-(-len(new) // HOP) + 1) - lead / HOP) / CONTROL_RATE_HZ
    near_db, far_db, usual_db = levels_db
    knots_s = (-TURN_S, TURN_S, 0.8 * NEAR_S, 1.6 * NEAR_S, FAR_S, SETTLED_S)
    gain_db = np.interp(time_s, knots_s, (usual_db, near_db, near_db, far_db, far_db, usual_db))
    louder = new * upsample(10 ** (gain_db / 20), len(new))[:, None]
    whole = np.concatenate([old, louder[lead:]])
    whole[len(old) - lead : len(old)] += louder[:lead]
    seam = whole[len(old) - lead :]
    seam *= upsample(limiter(hop_peaks(seam)), len(seam))[:, None]
    return np.ascontiguousarray(whole, np.float32)


def _pauses_apart_db(before: Audio, after: Audio) -> float:
    """How much louder the old part is than the new one where nothing but its place is heard."""
    span = round(FAR_S * SAMPLE_RATE_HZ)
    quiet = [
        float(to_lufs(np.quantile(step_powers(part), PAUSES)))
        for part in (before[-span:], after[:span])
    ]
    return _bounded(quiet[0] - quiet[1])


def _apart_db(before: Audio, after: Audio) -> float:
    return _bounded(gated_lufs(step_powers(before)) - gated_lufs(step_powers(after)))


def _bounded(apart_db: float) -> float:
    """No gain at all where one of both is silent."""
    return float(np.clip(apart_db, -MOST_GAIN_DB, MOST_GAIN_DB)) if np.isfinite(apart_db) else 0.0
