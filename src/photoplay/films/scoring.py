"""The sound of a film's next part: what goes on of the old one, and from where."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from photoplay import sound
from photoplay.clip import FPS, ClipRequest
from photoplay.direction.plan import Plan
from photoplay.engine import Run
from photoplay.films.tune import Tune, begun
from photoplay.frames import SAMPLE_RATE_HZ, Audio, audio_samples
from photoplay.sound.staging import Staging

UPBEAT_S = 2.0  # of what lasts, before the joint; longer where the old last chord rings longer
_REMEMBERED_S = 10.0  # of the old sound: what is usual in it


@dataclass(frozen=True, slots=True, eq=False)
class Score:
    """How the next part of a film sounds: its upbeat, and the music that the film then ends with.

    `before` is what was heard so far, exactly as long as its pictures.
    """

    before: Audio
    upbeat: sound.Upbeat
    tune: Tune | None

    def heard(
        self,
        request: ClipRequest,
        plan: Plan,
        staging: Callable[[], Staging],
        loudness_lufs: float,
        log: Callable[[str], None],
    ) -> Audio:
        """All that is heard in the longer film."""
        score = sound.Score(
            sound=plan.sound,
            samples=audio_samples(request.frame_count, FPS),
            seed=request.seed,
            target_lufs=loudness_lufs,
            upbeat=self.upbeat,
        )
        for sentence in sound.describe(plan.sound):
            log(sentence)
        made = sound.soundtrack(score, staging, log)
        return sound.joined(self.before, made, self.upbeat)


def score(
    before: Audio, old: Tune | None, request: ClipRequest, plan: Plan, run: Run, *, spoke: bool
) -> Score:
    """What goes on of the sound `before`, which ends with the tune `old`, if that is known.

    `spoke`: somebody speaks in the part that ends.
    """
    music = None if plan.sound.silent else plan.sound.music
    length_s = len(before) / SAMPLE_RATE_HZ
    until_s = length_s + request.duration_s
    tune: Tune | None = None
    start_s, tempo_bpm = length_s, None
    if music is not None:
        tune = begun(music, request.seed, length_s, until_s)
        if old is not None and old.is_asked_by(music):
            tune, start_s = old.followed_by(music, until_s), old.close.at_s
            tempo_bpm = old.close.tempo_bpm
        elif old is not None:
            tune, start_s = begun(music, old.seed, old.close.at_s, until_s), old.close.at_s
        run.log(_said(tune, old, start_s, tempo_bpm))
    upbeat_s = min(max(UPBEAT_S, length_s - start_s), length_s)
    length = round(upbeat_s * SAMPLE_RATE_HZ)
    upbeat = sound.Upbeat(
        length=length,
        before=before[-round(_REMEMBERED_S * SAMPLE_RATE_HZ) :],
        music_at=length - round((length_s - start_s) * SAMPLE_RATE_HZ),
        music_seed=request.seed if tune is None else tune.seed,
        tempo_bpm=tempo_bpm,
        spoke=spoke,
    )
    return Score(before, upbeat, tune)


def _said(tune: Tune, old: Tune | None, start_s: float, tempo_bpm: float | None) -> str:
    if tempo_bpm is not None:
        return (
            f"The music goes on from its last chord at {start_s:.1f} s: the same tune and key, on "
            f"the beat, at {tempo_bpm:.0f} beats a minute."
        )
    if old is not None:
        return (
            f"The {tune.music.genre} music begins on the last chord of the {old.music.genre} "
            f"music, at {start_s:.1f} s."
        )
    return (
        f"The {tune.music.genre} music begins at {start_s:g} s, with the new part: before it there "
        "is none that is known to us."
    )
