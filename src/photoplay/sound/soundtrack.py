"""All that is heard in a clip, from the plan and what the pictures say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from photoplay.direction.plan import Ambience, Music, Sound
from photoplay.frames import SAMPLE_RATE_HZ, Audio, Soundtrack
from photoplay.sound.bed import bed, levelled
from photoplay.sound.effects import effect, whoosh
from photoplay.sound.loudness import gated_lufs, momentary_lufs, step_powers
from photoplay.sound.mixing import LEVELS_LUFS, Stem, fades, mixed
from photoplay.sound.music import all_beats_s, music
from photoplay.sound.narration import Narration, narrate
from photoplay.sound.signals import Mono, Rng, from_db
from photoplay.sound.space import Place
from photoplay.sound.staging import Staging, centred, over_clip, room_of, stage
from photoplay.sound.upbeat import CHOICE_S, Upbeat, later, most_alike

WHOOSH_SPEED = 0.25  # of the camera: what is slower passes without one
WHOOSH_POWER = 1.6  # of the speed: how much fainter that of a slower camera is, as in `whoosh`
ROOM_TONE_LUFS = -32.0  # of a clip in which nothing but room tone is asked for
NOTHING_ASKED_LUFS = -38.0
FLOOR_LUFS = -40.0  # of a room under other sounds that no ambience was asked for
ON_THE_BEAT_S = 1 / 24  # a beat that falls so near to a cut falls on it
MOST_RAISED_DB = 12.0  # of a user's own sound: beyond it, noise would be heard and not the sound
ALMOST_SILENT_LUFS = -60.0  # what is fainter is not meant to be heard, and left as it is
QUIET_SEAM_S = 0.5  # before the end of a loop nobody speaks any more
SEAM_S = 0.05  # over which a track that is too short begins again
_MUSIC, _EFFECTS, _WHOOSH, _ROOM = 1000, 2000, 3000, 4000  # seeds of the parts; ambiences: 0–

Log = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What decides how a clip sounds, as far as it is known before its pictures are.

    `track` (samples or fewer, 2) takes the place of all but speech. `cuts_s` is when the picture
    is cut: music has a beat there. An `upbeat` comes before the `samples` of a part that goes on.
    """

    sound: Sound
    samples: int
    seed: int
    target_lufs: float
    track: Audio | None = None
    voice: str | None = None
    language: str | None = None
    loop: bool = False  # the end passes into the start; what is said or happens once does not
    cuts_s: tuple[float, ...] = ()
    upbeat: Upbeat | None = None

    @property
    def lead(self) -> int:
        """Samples before the part begins."""
        return 0 if self.upbeat is None else self.upbeat.length


def soundtrack(score: Score, staging: Callable[[], Staging], log: Log) -> Soundtrack:
    """The sound of a clip: float32 (samples, 2), 48 kHz, with its stems and spoken words.

    `staging` is called when it is needed, and may wait for the pictures. `log` is told what could
    not be done as asked. The same score and staging give the same bytes. An upbeat is in front.
    """
    if score.sound.silent:
        return Soundtrack(np.zeros((score.samples, 2), np.float32))
    rest = round(QUIET_SEAM_S * SAMPLE_RATE_HZ) if score.loop else 0
    narration = narrate(
        score.sound.dialogue,
        samples=score.samples - rest,
        seed=score.seed,
        voice=score.voice,
        language=score.language,
        log=log,
    )
    if score.track is None and score.sound.music is not None:
        for sentence in _off_beat(score.sound.music, score):
            log(sentence)
    if score.track is not None:
        for sentence in _faint(score.track, score.target_lufs):
            log(sentence)
    stems = dict(_unstaged(score))
    seen = staging()
    if score.track is None:
        for sentence in _whooshes(score, seen):
            log(sentence)
    effects = None if score.track is not None else _effects(score, seen)
    if effects is not None:
        stems[Stem.EFFECTS] = effects
    if narration is not None:
        stems[Stem.SPEECH] = _speech(score, narration.followed_by(rest), seen)
    for once in stems.keys() & {Stem.EFFECTS, Stem.SPEECH}:
        stems[once] = np.pad(stems[once], ((score.lead, 0), (0, 0)))
    if score.loop:  # echoes may not break off at the seam
        for once in stems.keys() & {Stem.EFFECTS, Stem.SPEECH}:
            stems[once] = stems[once] * fades(score.samples)[:, None]
    words = () if narration is None else narration.words
    target_lufs = _target_lufs(score, stems)
    heard, master = mixed(stems, target_lufs=target_lufs, words=words, loop=score.loop)
    if not master.is_reached:
        log(
            f"The sound is kept at {master.loudness_lufs:.0f} LUFS: at {target_lufs:g} its single "
            "sounds would be crushed."
        )
    return heard


def _unstaged(score: Score) -> Iterator[tuple[Stem, Audio]]:
    """What does not depend on the pictures, so that it can be made before they are."""
    if score.track is not None:
        track = _fitted(score.track, score.samples, score.loop)
        lufs = max(LEVELS_LUFS[Stem.TRACK] - _short_lu(score), ALMOST_SILENT_LUFS)
        yield Stem.TRACK, levelled(track, lufs)
        return
    yield Stem.AMBIENCE, _ambience(score)
    if score.sound.music is not None:
        yield Stem.MUSIC, _music(score.sound.music, score)


def _ambience(score: Score) -> Audio:
    """The bed; of a part that goes on it begins where it is most like the end of the one before."""
    cues = score.sound.ambience
    lufs = LEVELS_LUFS[Stem.AMBIENCE] if cues else FLOOR_LUFS
    if score.upbeat is None:
        return bed(cues, samples=score.samples, seed=score.seed, lufs=lufs, loop=score.loop)
    length = score.lead + score.samples
    whole = all(cue.start <= 0 and cue.end >= 1 for cue in cues)  # others are bound to their times
    slack = round(CHOICE_S * SAMPLE_RATE_HZ) if whole else 0
    spans = later(cues, score.lead / length)
    made = bed(spans, samples=length + slack, seed=score.seed, lufs=lufs)
    first = most_alike(made, score.upbeat.before, score.lead) if slack else 0
    first = min(first, slack)
    return levelled(made[first : first + length].copy(), lufs)


def _music(brief: Music, score: Score) -> Audio:
    upbeat = score.upbeat
    silence = 0 if upbeat is None else upbeat.music_at
    seed = score.seed if upbeat is None else upbeat.music_seed
    made = music(
        brief,
        samples=score.lead + score.samples - silence,
        rng=np.random.default_rng([seed, _MUSIC]),
        cuts_s=score.cuts_s,
        loop=score.loop,
        goes_on_bpm=None if upbeat is None else upbeat.tempo_bpm,
    )
    made = levelled(made, LEVELS_LUFS[Stem.MUSIC]) * np.float32(brief.amount)
    return np.pad(made, ((silence, 0), (0, 0)))


def _off_beat(brief: Music, score: Score) -> Iterator[str]:
    """Sentences about the cuts that no beat of the music falls on."""
    for cut_s in score.cuts_s:
        beats = all_beats_s(brief, samples=score.samples, cuts_s=score.cuts_s, loop=score.loop)
        away_s = min(abs(beat_s - cut_s) for beat_s in beats)
        if away_s > ON_THE_BEAT_S:
            yield (
                f"The music has no beat on the cut at {cut_s:g} s without a change of tempo that "
                f"would be heard: the nearest is {away_s:.2f} s away."
            )


def _effects(score: Score, seen: Staging) -> Audio | None:
    """Every effect that there is a recipe for and the camera's whooshes; None if there are none."""
    mono: Mono | None = None
    for at, cue in enumerate(score.sound.effects):
        if cue.kind is None or cue.amount <= 0:
            continue
        made = effect(cue, samples=score.samples, rng=_rng(score, _EFFECTS + at))
        made = _at_moment(made, LEVELS_LUFS[Stem.EFFECTS]) * np.float32(cue.amount)
        mono = made if mono is None else mono + made
    fastest = float(seen.speed.max())
    if fastest > WHOOSH_SPEED:
        speed = over_clip(seen.speed, score.samples)
        passing = whoosh(speed, samples=score.samples, rng=_rng(score, _WHOOSH))
        fainter_db = 20 * WHOOSH_POWER * np.log10(min(fastest, 1.0))
        passing = _at_moment(passing, LEVELS_LUFS[Stem.EFFECTS] + fainter_db)
        mono = passing if mono is None else mono + passing
    if mono is None:
        return None
    return stage(mono, seen, _room(score), _rng(score, _ROOM))


def _whooshes(score: Score, seen: Staging) -> Iterator[str]:
    """That the camera is heard, and when: nobody has asked for it in words."""
    fast = np.flatnonzero(seen.speed > WHOOSH_SPEED)
    if not len(fast):
        return
    frame_s = score.samples / SAMPLE_RATE_HZ / len(seen.speed)
    runs = np.split(fast, np.flatnonzero(np.diff(fast) > 1) + 1)
    peaks = [f"{run[seen.speed[run].argmax()] * frame_s:.1f} s" for run in runs]
    yield f"The camera is fast at {' and '.join(peaks)}, and heard as a whoosh there."


def _at_moment(mono: Mono, lufs: float) -> Mono:
    """A single sound whose loudest 0.4 s have that loudness."""
    loudness_lufs = momentary_lufs(step_powers(np.stack([mono, mono], axis=1)))
    gain = from_db(lufs - loudness_lufs) if np.isfinite(loudness_lufs) else 0
    return np.asarray(mono * np.float32(gain))


def _speech(score: Score, narration: Narration, seen: Staging) -> Audio:
    """Voice-over in the middle and dry; lines of the scene where the speaker is."""
    room = _room(score)
    spoken = centred(narration.voice_over)
    if narration.in_scene.any():
        spoken = spoken + stage(narration.in_scene, seen, room, _rng(score, _ROOM + 1))
    return levelled(spoken, LEVELS_LUFS[Stem.SPEECH])


def _target_lufs(score: Score, stems: dict[Stem, Audio]) -> float:
    """The loudness asked for, but for room tone alone: nobody wants an empty room as loud."""
    if stems.keys() == {Stem.TRACK}:
        return score.target_lufs - _short_lu(score)
    beside = set(stems) - {Stem.AMBIENCE}
    if beside - {Stem.EFFECTS} or any(cue.kind and cue.amount > 0 for cue in score.sound.effects):
        return score.target_lufs
    kinds = {cue.kind for cue in score.sound.ambience if cue.amount > 0}
    if kinds - {Ambience.ROOM}:
        return score.target_lufs
    quiet_lufs = ROOM_TONE_LUFS if kinds else NOTHING_ASKED_LUFS
    if beside:  # the camera alone is heard: the room stays as quiet as it is without
        together = stems[Stem.AMBIENCE] + stems[Stem.EFFECTS]
        quiet_lufs += _lufs(together) - _lufs(stems[Stem.AMBIENCE])
    return min(score.target_lufs, quiet_lufs)


def _short_lu(score: Score) -> float:
    """By how much a faint track stays below the loudness asked for."""
    if score.track is None:
        return 0.0
    lufs = _lufs(score.track)
    if not np.isfinite(lufs):
        return 0.0
    raised_db = 0.0 if lufs < ALMOST_SILENT_LUFS else MOST_RAISED_DB
    return max(score.target_lufs - lufs - raised_db, 0.0)


def _faint(track: Audio, target_lufs: float) -> Iterator[str]:
    """What to say of a user's sound that is not brought to its loudness."""
    faint_lufs = _lufs(track)
    reached_lufs = faint_lufs + MOST_RAISED_DB
    if not np.isfinite(faint_lufs) or reached_lufs >= target_lufs:
        return
    if faint_lufs < ALMOST_SILENT_LUFS:
        yield f"Your sound is almost silent ({faint_lufs:.0f} LUFS), and is left as it is."
    else:
        yield (
            f"Your sound is faint ({faint_lufs:.0f} LUFS): it is raised by {MOST_RAISED_DB:g} dB, "
            f"to {reached_lufs:.0f} LUFS and not to {target_lufs:g}, which would raise its noise."
        )


def _lufs(sound: Audio) -> float:
    return gated_lufs(step_powers(sound))


def _fitted(track: Audio, samples: int, loop: bool) -> Audio:
    """The track cut to length, or repeated: its end passes into its start; that of a loop, too."""
    if not loop:
        return _repeated(track, samples)
    seam = min(round(SEAM_S * SAMPLE_RATE_HZ), samples // 2)
    longer = _repeated(track, samples + seam)
    rise = np.sin(np.linspace(0, np.pi / 2, seam, dtype=np.float32))[:, None]
    longer[:seam] = rise * longer[:seam] + rise[::-1] * longer[samples:]
    return longer[:samples]


def _repeated(track: Audio, samples: int) -> Audio:
    if len(track) >= samples:
        return track[:samples].copy()
    seam = min(round(SEAM_S * SAMPLE_RATE_HZ), len(track) // 2)
    fall = np.cos(np.linspace(0, np.pi / 2, seam, dtype=np.float32))[:, None]
    once = track.copy()
    once[:seam] = fall[::-1] * track[:seam] + fall * track[len(track) - seam :]
    period = len(track) - seam
    laid = once[np.arange(samples) % period]
    laid[:seam] = track[:seam]  # the first time it begins as it is
    return laid


def _room(score: Score) -> Place:
    return room_of(cue.kind for cue in score.sound.ambience if cue.amount > 0)


def _rng(score: Score, part: int) -> Rng:
    return np.random.default_rng([score.seed, part])
