"""Sound that goes on: the next part of a film laid to the end of what was heard before."""

from __future__ import annotations

import numpy as np

from photoplay.frames import SAMPLE_RATE_HZ, Audio, Soundtrack
from photoplay.sound.loudness import gated_lufs, step_powers
from photoplay.sound.mastering import hop_peaks, limiter
from photoplay.sound.mixing import FADE_OUT_S, Stem
from photoplay.sound.signals import from_db, upsample

LEAD_S = 1.0  # the new part is heard so long before the old one ends
COMPARED_S = 3.0  # of each part, for its loudness
RELAX_S = 2.5
MOST_GAIN_DB = 12.0


def joined(before: Audio, after: Soundtrack) -> Audio:
    """Both in a row, as loud on both sides of the joint, without a gap or a click.

    `after` was made as a loop: what lies before its start is its end. From there its ambience and
    its music come in, while the old part dies away; its last moment is faded.
    """
    lead = min(round(LEAD_S * SAMPLE_RATE_HZ), len(before) // 2, len(after.mix) // 2)
    fade = round(FADE_OUT_S * SAMPLE_RATE_HZ)
    steady = [after.stems[stem] for stem in (Stem.AMBIENCE, Stem.MUSIC) if stem in after.stems]
    coming = np.sum(steady, axis=0)[-lead:] if steady else np.zeros((lead, 2), np.float32)
    gain = _matching(before, after.mix, coming)
    cross = max(lead - fade, 1)
    turn = np.linspace(0, np.pi / 2, cross, dtype=np.float32)[:, None]
    whole = np.concatenate([before, after.mix * gain])
    at = len(before) - lead
    falling = np.concatenate([np.cos(turn), np.zeros((lead - cross, 1), np.float32)])
    rising = np.concatenate([np.sin(turn), np.ones((lead - cross, 1), np.float32)])
    whole[at : len(before)] = before[at:] * falling + coming * rising * gain[0]
    end = min(fade, len(after.mix) // 2)
    down = np.cos(np.linspace(0, np.pi / 2, end, dtype=np.float32))[:, None]
    whole[len(whole) - end :] *= down**2
    return np.ascontiguousarray(whole, np.float32)


def _matching(before: Audio, after: Audio, coming: Audio) -> Audio:
    """The gain, (samples, 1), that makes the new part begin as loud as the old one ends.

    At the joint, where a gust or a lull would be heard as a step, what is near it counts; within
    `RELAX_S` it becomes the gain that fits the whole. It keeps the new part under the ceiling.
    """
    second, compared = SAMPLE_RATE_HZ, round(COMPARED_S * SAMPLE_RATE_HZ)
    end = before[: len(before) - round(FADE_OUT_S * SAMPLE_RATE_HZ)]
    here = np.concatenate([coming[-second // 2 :], after[:second]])
    near_db = _apart_db(end[-round(1.5 * second) :], here)
    far_db = _apart_db(end[-compared:], after[:compared])
    share = (np.arange(len(after), dtype=np.float32) / (RELAX_S * SAMPLE_RATE_HZ)).clip(0, 1)
    gain = from_db(1) ** (near_db + (far_db - near_db) * share * share * (3 - 2 * share))
    held = limiter(hop_peaks(np.asarray(after * gain[:, None], np.float32)))
    return np.asarray(gain * upsample(held, len(after)), np.float32)[:, None]


def _apart_db(before: Audio, after: Audio) -> float:
    levels = [gated_lufs(step_powers(part)) for part in (before, after)]
    if not np.isfinite(levels).all():
        return 0.0
    return float(np.clip(levels[0] - levels[1], -MOST_GAIN_DB, MOST_GAIN_DB))
