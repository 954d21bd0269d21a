"""The sound of longer films: as loud on both sides of a joint, the same music on the same beat."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from photoplay import direction, sound
from photoplay.clip import ClipRequest, MotionReference, Shot, SoundOptions
from photoplay.direction.plan import Ambience, Cue, Genre, Mood, Music
from photoplay.films.carrying import carried
from photoplay.films.history import History
from photoplay.films.scoring import Score, score
from photoplay.films.tune import begun
from photoplay.frames import SAMPLE_RATE_HZ, Audio
from photoplay.render import describe, local_run
from photoplay.sound.joining import step_lu
from photoplay.sound.loudness import step_powers
from photoplay.sound.upbeat import _levels, _loudness, _powers, later, most_alike

SECONDS = 5
JOINT = SECONDS * SAMPLE_RATE_HZ
CORPORATE = Music(genre=Genre.CORPORATE, mood=Mood.HAPPY)


def longer(one: str, two: str, seed: int = 0) -> tuple[Audio, Score]:
    """The sound of a clip and of what follows it, with what goes on."""
    before = direction.read(one)
    clip = sound.soundtrack(
        sound.Score(sound=before.sound, samples=JOINT, seed=seed, target_lufs=-14.0),
        sound.Staging,
        lambda _: None,
    )
    music = before.sound.music
    tune = None if music is None else begun(music, seed, 0, SECONDS)
    after, _ = carried(before, direction.read(two), from_frame=True)
    request = ClipRequest(start_image=None, shots=(Shot(two, SECONDS),), seed=seed)
    spoke = bool(before.sound.dialogue)
    with local_run() as run:
        scored = score(clip.mix, tune, request, after, run, spoke=spoke)
        return scored.heard(request, after, sound.Staging, -14.0, run.log), scored


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize(
    "prompt",
    [
        "upbeat corporate music",
        "sad piano music",
        "heavy rain, lofi beats",
        "wind in the trees",
        "ocean waves crash",
        "crickets at night, campfire crackles",
        "static shot",
    ],
)
def test_both_sides_of_a_joint_are_equally_loud(prompt: str, seed: int) -> None:
    """In 1 s and in 3 s, as short-term loudness is measured; gusts were 6 LU apart before."""
    heard, _ = longer(prompt, "hold", seed)
    assert len(heard) == 2 * JOINT
    assert abs(step_lu(heard, JOINT, 1)) <= 0.5
    assert abs(step_lu(heard, JOINT, 3)) <= 0.5


def test_where_a_voice_ends_its_place_goes_on_as_it_was() -> None:
    """Made as loud as the voice, rain would swell to it at the joint."""
    heard, _ = longer('heavy rain, voice-over: "It rained. It rained all the night."', "hold")
    powers = 10 * np.log10(step_powers(heard))
    joint = SECONDS * 10
    before = np.quantile(powers[joint - 30 : joint], 0.3)
    assert np.quantile(powers[joint : joint + 30], 0.3) == pytest.approx(before, abs=1.5)


def test_music_goes_on_on_the_beat() -> None:
    """Strokes of the new part fall where the beats of the old one would have gone on."""
    heard, scored = longer("upbeat corporate music", "hold")
    tempo_bpm = scored.upbeat.tempo_bpm
    assert tempo_bpm is not None
    close_s = begun(CORPORATE, 0, 0, SECONDS).close.at_s
    onsets = _onsets(heard)
    for first_s, last_s in ((0.0, close_s + 0.1), (close_s + 0.1, 2 * SECONDS - 2)):
        beats_s = close_s + 60 / tempo_bpm * np.arange(-40, 80)
        inside = beats_s[(beats_s > first_s) & (beats_s < last_s)]
        on, off = (
            np.mean([onsets[at - 2 : at + 3].max() for at in _steps(times)])
            for times in (inside, inside + 15 / tempo_bpm)
        )
        assert on > 1.5 * off, (first_s, on, off)


def _onsets(heard: Audio) -> NDArray[np.float64]:
    """How much spectra rise, in steps of 10 ms (Bello et al., 2005: spectral flux)."""
    windows = np.lib.stride_tricks.sliding_window_view(heard.mean(axis=1), 2048)[::480]
    levels = np.log(np.abs(np.fft.rfft(windows * np.hanning(2048))) + 1e-2)
    return np.asarray(np.diff(levels, axis=0).clip(0).mean(axis=1))


def _steps(times_s: NDArray[np.floating]) -> list[int]:
    return [round(time_s * 100 - 2) for time_s in times_s]  # the window is heard from its middle


@pytest.mark.parametrize("prompt", ["sad piano music", "epic orchestral music", "lofi beats"])
def test_music_goes_on_in_its_key(prompt: str) -> None:
    """The pitch classes of both parts agree better as they are than in any other key."""
    heard, _ = longer(prompt, "hold", seed=3)
    old, new = _chroma(heard[:JOINT]), _chroma(heard[JOINT:])
    turned = [float(np.corrcoef(old, np.roll(new, by))[0, 1]) for by in range(12)]
    assert int(np.argmax(turned)) == 0
    assert turned[0] > 0.7


def _chroma(part: Audio) -> NDArray[np.float64]:
    hz = np.fft.rfftfreq(len(part), 1 / SAMPLE_RATE_HZ)
    magnitude = np.abs(np.fft.rfft(part.mean(axis=1)))
    heard = (hz > 100) & (hz < 2000)
    pitches = np.round(12 * np.log2(hz[heard] / 440)).astype(int) % 12
    return np.sqrt(np.bincount(pitches, magnitude[heard] ** 2, 12))


def test_other_music_begins_on_the_last_chord_and_new_music_with_its_part() -> None:
    _, other = longer("jazz music", "rock music")
    jazz = direction.read("jazz music").sound.music
    assert jazz is not None
    close_s = begun(jazz, 0, 0, SECONDS).close.at_s
    assert other.tune is not None
    assert other.tune.music.genre is Genre.ROCK
    assert other.upbeat.tempo_bpm is None
    begins_s = SECONDS - (other.upbeat.length - other.upbeat.music_at) / SAMPLE_RATE_HZ
    assert begins_s == pytest.approx(close_s, abs=1e-3)
    _, first = longer("birdsong", "jazz music")
    assert first.upbeat.music_at == first.upbeat.length


def test_a_third_part_goes_on_from_the_second_in_the_same_time() -> None:
    """Bars of all parts lie on one grid."""
    tune = begun(CORPORATE, 7, 0, 5)
    bar_s = 240 / tune.close.tempo_bpm
    for until_s in (10, 18, 21):
        after = tune.followed_by(CORPORATE, until_s)
        assert after.seed == 7
        assert after.close.tempo_bpm == pytest.approx(tune.close.tempo_bpm)
        bars = (after.close.at_s - tune.close.at_s) / bar_s
        assert bars == pytest.approx(round(bars), abs=1e-6)
        assert until_s - after.close.at_s > 1
        tune = after


def recipe_of(
    *prompts: str,
    audio: bool = True,
    sound: SoundOptions | None = None,
    motion: MotionReference | None = None,
) -> dict[str, str]:
    request = ClipRequest(
        start_image=Path("a.png"),
        shots=tuple(Shot(prompt, SECONDS) for prompt in prompts),
        audio=audio,
        sound=sound or SoundOptions(),
        motion=motion,
        seed=4,
    )
    return describe(request, "parallax")


def test_the_tune_of_a_clip_is_told_from_its_recipe() -> None:
    music = direction.read("upbeat corporate music").sound.music
    assert music is not None
    tune = History.of(recipe_of("upbeat corporate music")).tune(SECONDS)
    assert tune == begun(music, 4, 0, SECONDS)
    assert tune.is_asked_by(music)
    assert tune.is_asked_by(replace(music, tempo_bpm=None))
    assert not tune.is_asked_by(replace(music, tempo_bpm=90))
    described = History.of(recipe_of("birdsong", sound=SoundOptions(music="sad piano")))
    found = described.tune(SECONDS)
    assert found is not None
    assert found.music.genre is Genre.PIANO
    several = History.of(recipe_of("jazz music, wide shot", "close-up")).tune(2 * SECONDS)
    assert several is not None
    assert several.close.at_s > SECONDS


@pytest.mark.parametrize(
    "metadata",
    [
        recipe_of("jazz music", audio=False),
        recipe_of("jazz music", sound=SoundOptions(track=Path("mine.wav"))),
        recipe_of("jazz music", motion=MotionReference(Path("dance.mp4"))),
        recipe_of("jazz music") | {"engine": "fal"},
    ],
    ids=["silent", "own track", "sound of a video", "bought"],
)
def test_of_a_sound_that_is_not_ours_no_tune_is_known(metadata: dict[str, str]) -> None:
    history = History.of(metadata)
    assert history.is_ours
    assert history.tune(SECONDS) is None


def test_a_tune_comes_back_from_the_recipe_of_a_longer_film() -> None:
    tune = begun(CORPORATE, 9, 3.25, 12)
    clip = History.of(recipe_of("jazz music"))
    text = clip.followed_by({"prompt": "x", "duration_s": 7, "music": tune.described()})
    found = History.of({"recipe": text, "engine": "parallax"}).tune(12)
    assert found is not None
    assert (found.seed, found.music.genre) == (9, Genre.CORPORATE)
    assert found.close.at_s == pytest.approx(tune.close.at_s, abs=1e-5)
    json.loads(text)
    without = clip.followed_by({"prompt": "x", "duration_s": 7, "music": None})
    assert History.of({"recipe": without, "engine": "parallax"}).tune(12) is None


def swelling(seconds: float, seed: int) -> Audio:
    """Noise that comes and goes every few seconds."""
    rng = np.random.default_rng(seed)
    samples = round(seconds * SAMPLE_RATE_HZ)
    time_s = np.arange(samples) / SAMPLE_RATE_HZ
    gain = 0.05 + 0.1 * (1 + np.sin(2 * np.pi * time_s / 5.3 + seed))
    return (gain[:, None] * rng.standard_normal((samples, 2))).astype(np.float32)


def test_ambience_begins_where_it_is_most_like_the_end_before() -> None:
    """Twin: every beginning, compared one by one."""
    before, made, length = swelling(6, 0), swelling(20, 1), 2 * SAMPLE_RATE_HZ
    step = SAMPLE_RATE_HZ // 20
    wanted, offered = _powers(before), _powers(made)
    levels, target = _levels(offered), _levels(wanted)[-40:-4]
    costs = []
    for at in range((len(made) - length) // step - 60):
        cost = float(np.mean((levels[at : at + 36] - target) ** 2))
        for span in (20, 60):
            following = _loudness(offered[at + 40 : at + 40 + span], offered)
            cost += (following - _loudness(wanted[-4 - span : -4], wanted)) ** 2
        costs.append(cost)
    assert most_alike(made, before, length) == step * int(np.argmin(costs))


def test_sound_too_short_to_compare_begins_at_its_start() -> None:
    assert most_alike(swelling(3, 1), swelling(0.1, 0), 4800) == 0
    assert most_alike(swelling(1, 1), swelling(5, 0), SAMPLE_RATE_HZ) == 0


def test_spans_of_a_part_keep_their_times_after_an_upbeat() -> None:
    cues = (Cue(kind=Ambience.RAIN, start=0.5), Cue(kind=Ambience.WIND, end=0.5))
    rain, wind = later(cues, 0.2)
    assert (rain.start, rain.end) == pytest.approx((0.6, 1.0))
    assert (wind.start, wind.end) == pytest.approx((0.0, 0.6))
