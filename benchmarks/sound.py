"""How much processor time sound takes, and what comes out of thirty real prompts.

Sound is made beside the renderer, which wants both cores of a small machine: every millisecond here
is one that frames wait for. The first part times single parts and everything together, the second
the whole command with and without sound, the third encodes the sound of thirty prompts and measures
loudness and true peak after decoding.

    python -m benchmarks.sound [--quick]

`--quick` leaves out the whole command.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np

from photoplay import direction, sound
from photoplay.direction.plan import Ambience, Genre, Mood, Music
from photoplay.frames import I420, SAMPLE_RATE_HZ, Audio, Frames, Raster, Soundtrack
from photoplay.media import Encoding, encode, loudness_lufs, probe, read_audio
from photoplay.sound.ambience import RECIPES
from photoplay.sound.music import music

STILL = Path(__file__).parent.parent / "examples" / "astronaut.jpg"
SECONDS = 5
RUNS = 5
EVERYTHING = (
    'heavy rain, café ambience, footsteps, a knock on the door, the woman says "I waited for you '
    'all night." Voice-over: "It had been raining since noon." sad orchestral music'
)
PROMPTS = (
    "slow push in, golden light, birdsong",
    "orbit left, ocean waves crash",
    "pan right, city traffic",
    "crane up over the forest, wind in the trees",
    "static, crackling fire",
    "push in, heavy rain on the street",
    "light rain on a window, soft piano music",
    "thunderstorm, lightning flash",
    "a quiet office, keyboard typing",
    "café ambience, cups clink",
    "crowd cheers, applause",
    "train rumbles by, tracking shot",
    "engine roars, handheld",
    "kitchen clatter, sizzling steak",
    "crickets at night, campfire crackles",
    "whip pan right, epic orchestral music",
    "upbeat corporate music, product on a table",
    "lofi beats, rainy window",
    "energetic electronic music, neon flicker",
    "sad piano music",
    "smooth jazz music, a bar",
    "rock music, drone shot",
    "dreamy ambient music, clouds drift",
    "hip hop beat, street",
    "synthwave, neon city",
    "acoustic guitar music, meadow, birdsong",
    'she says "Good morning, how did you sleep?"',
    'voice-over: "Made to run. From $89." driving electronic music',
    'the old man whispers "Come closer." wind',
    "footsteps on gravel, forest birds, then a door creaks",
)


def main() -> None:
    """Print every figure as it comes, and all of them as one JSON document at the end."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true")
    chosen = options.parse_args()
    figures: dict[str, object] = _parts()
    if not chosen.quick:
        figures |= _whole_command()
    figures |= _measured()
    print(json.dumps(figures))


def _parts() -> dict[str, object]:
    samples = 10 * SAMPLE_RATE_HZ
    ambiences = {kind.value: _cost_ms(_ambience(kind, samples)) for kind in Ambience}
    pieces = {genre.value: _cost_ms(_music(genre, samples)) for genre in Genre}
    for name, cost_ms in (ambiences | pieces).items():
        print(f"{name:20} {cost_ms:6.1f} ms of one core for 10 s")
    whole = {
        f"everything_{seconds}_s_{clock}_ms": round(cost_ms, 1)
        for seconds in (5, 10)
        for clock, cost_ms in _everything_ms(seconds).items()
    }
    for name, value in whole.items():
        print(f"{name:32} {value:6.1f}")
    return whole | {
        "ambience_10_s_ms": {"median": _median(ambiences), "worst": max(ambiences.values())},
        "music_10_s_ms": {"median": _median(pieces), "worst": max(pieces.values())},
    }


def _ambience(kind: Ambience, samples: int) -> Callable[[], Audio]:
    return lambda: RECIPES[kind](samples, np.random.default_rng(0))


def _music(genre: Genre, samples: int) -> Callable[[], Audio]:
    brief = Music(genre=genre, mood=Mood.EPIC)
    return lambda: music(brief, samples=samples, rng=np.random.default_rng(0))


def _cost_ms(make: Callable[[], object]) -> float:
    costs = []
    for _ in range(3):
        start_s = time.process_time()
        make()
        costs.append((time.process_time() - start_s) * 1e3)
    return round(min(costs), 1)


def _median(costs: dict[str, float]) -> float:
    return round(statistics.median(costs.values()), 1)


def _everything_ms(seconds: int) -> dict[str, float]:
    walls, costs = [], []
    for _ in range(RUNS):
        start_s, busy_s = time.perf_counter(), time.process_time()
        _soundtrack(EVERYTHING, seconds)
        walls.append((time.perf_counter() - start_s) * 1e3)
        costs.append((time.process_time() - busy_s) * 1e3)
    return {"wall": min(walls), "processor": min(costs)}


def _soundtrack(prompt: str, seconds: int, said: list[str] | None = None) -> Soundtrack:
    plan = direction.read(prompt, duration_s=seconds)
    score = sound.Score(
        sound=plan.sound, samples=seconds * SAMPLE_RATE_HZ, seed=0, target_lufs=-14.0
    )
    notes: list[str] = [] if said is None else said
    return sound.soundtrack(score, sound.Staging, notes.append)


def _whole_command() -> dict[str, object]:
    """The command with everything and without sound, in turn, so that drift hits both alike."""
    ratios, with_s, without_s = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(RUNS):
            heard_s = _command_s(Path(folder))
            silent_s = _command_s(Path(folder), "--no-audio")
            ratios.append(heard_s / silent_s)
            with_s.append(heard_s)
            without_s.append(silent_s)
    figures = {
        "command_with_sound_s": round(min(with_s), 2),
        "command_without_sound_s": round(min(without_s), 2),
        "with_over_without": round(statistics.median(ratios), 3),
    }
    for name, value in figures.items():
        print(f"{name:32} {value}")
    return dict(figures)


def _command_s(folder: Path, *options: str) -> float:
    command = [sys.executable, "-m", "photoplay", "animate", str(STILL), EVERYTHING, *options]
    start_s = time.perf_counter()
    subprocess.run([*command, "-o", str(folder / "a.mp4")], check=True, capture_output=True)
    return time.perf_counter() - start_s


def _measured() -> dict[str, object]:
    """Loudness and true peak of thirty prompts after AAC, and which were kept quieter."""
    loudness: dict[str, float] = {}
    peaks_dbtp: dict[str, float] = {}
    quieter: list[str] = []
    unequal = 0
    with tempfile.TemporaryDirectory() as folder:
        for prompt in PROMPTS:
            said: list[str] = []
            path = Path(folder, "a.mp4")
            made = _soundtrack(prompt, SECONDS, said)
            encode(_film(made), path, Encoding.for_path(path), metadata={})
            found, decoded = probe(path), read_audio(path)
            loudness[prompt] = round(loudness_lufs(decoded) or -70.0, 2)
            peaks_dbtp[prompt] = round(_true_peak_dbtp(decoded), 2)
            quieter += [prompt] if any("is kept at" in note for note in said) else []
            unequal += found.audio_duration_s != found.duration_s
            print(f"{loudness[prompt]:7.2f} LUFS {peaks_dbtp[prompt]:6.2f} dBTP  {prompt}")
    usual = [value for prompt, value in loudness.items() if prompt not in quieter]
    return {
        "prompts": len(PROMPTS),
        "kept_quieter": quieter,
        "greatest_error_lu": round(max(abs(value + 14) for value in usual), 2),
        "greatest_peak_dbtp": max(peaks_dbtp.values()),
        "unequal_durations": unequal,
    }


def _film(made: Soundtrack) -> Frames:
    black = np.zeros((96, 64), np.uint8)

    def pixels() -> Iterator[I420]:
        for _ in range(SECONDS * 24):
            yield black

    return Frames(Raster(64, 64), Fraction(24), SECONDS * 24, pixels(), lambda: made)


def _true_peak_dbtp(audio: Audio) -> float:
    """By eight times the rate, the whole sound at once: no window, no under-reading."""
    spectrum = np.fft.rfft(audio.T.astype(np.float64))
    fine = np.fft.irfft(np.pad(spectrum, ((0, 0), (0, 7 * spectrum.shape[1]))), 8 * len(audio)) * 8
    return float(20 * np.log10(np.abs(fine).max() + 1e-12))


if __name__ == "__main__":
    main()
