"""Sheets of spectrograms, to judge sound by eye: ambiences, effects, music, speech, whole clips.

    python -m benchmarks.sound_gallery [FOLDER]

Writes docs/gallery/sound-*.jpg (or into FOLDER). Each panel: 30 Hz to 20 kHz on a logarithmic
scale, 70 dB of level, and under it the waveform of both channels, left above right. The verdicts in
docs/gallery/README.md are written by people.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import cv2
import numpy as np

from photoplay import direction, sound
from photoplay.direction.plan import Ambience, Effect, Genre, Mood, Music, SoundEffect
from photoplay.frames import RGB, SAMPLE_RATE_HZ, Audio
from photoplay.sound.ambience import RECIPES
from photoplay.sound.effects import effect
from photoplay.sound.music import music
from photoplay.sound.staging import Staging

GALLERY = Path(__file__).parent.parent / "docs" / "gallery"
SECONDS = 6
SAMPLES = SECONDS * SAMPLE_RATE_HZ
PANEL_PX = (300, 150)  # of the spectrogram
WAVE_PX = 40
COLUMNS = 4
WINDOW = 2048
RANGE_DB = 70
ROWS_HZ = np.geomspace(20_000, 30, PANEL_PX[1])
MOOD_OF = {Genre.ORCHESTRAL: Mood.EPIC, Genre.PIANO: Mood.SAD, Genre.ROCK: Mood.ENERGETIC}
CLIPS = {
    "rain on the window, quiet room, she says: “I waited for you all night.”": "dialogue in rain",
    "whip pan right, then static; camera shutter click, epic orchestral music": "whip, epic",
    "forest at dawn, birdsong, footsteps on gravel, soft acoustic guitar": "forest walk",
    'voice-over: "It costs $1.34 per clip, and 4K is 20 % off." upbeat corporate music': "advert",
}

Maker = Callable[[], Audio]


def main() -> None:
    """Make all sheets."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else GALLERY
    folder.mkdir(parents=True, exist_ok=True)
    took_s = {}
    for name, makers in _sheets().items():
        start_s = time.perf_counter()
        panels = [panel(make(), caption) for caption, make in makers.items()]
        sheet = _grid(panels)
        path = folder / f"sound-{name}.jpg"
        cv2.imwrite(str(path), sheet[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 80])
        took_s[name] = round(time.perf_counter() - start_s, 2)
        print(f"{path}  {took_s[name]} s")
    print(json.dumps({"took_s": took_s}))


def _sheets() -> Mapping[str, Mapping[str, Maker]]:
    return {
        "ambiences": {kind.value: _ambience(kind) for kind in Ambience},
        "effects": {kind.value: _effect(kind) for kind in Effect},
        "music": {genre.value: _music(genre) for genre in Genre},
        "clips": {title: _clip(prompt) for prompt, title in CLIPS.items()},
    }


def _ambience(kind: Ambience) -> Maker:
    return lambda: RECIPES[kind](SAMPLES, np.random.default_rng(1))


def _effect(kind: Effect) -> Maker:
    def make() -> Audio:
        mono = effect(SoundEffect(kind=kind), samples=SAMPLES // 2, rng=np.random.default_rng(1))
        return np.stack([mono, mono], axis=1)

    return make


def _music(genre: Genre) -> Maker:
    brief = Music(genre=genre, mood=MOOD_OF.get(genre, Mood.CALM))
    return lambda: music(brief, samples=2 * SAMPLES, rng=np.random.default_rng(1))


def _clip(prompt: str) -> Maker:
    plan = direction.read(prompt)
    score = sound.Score(sound=plan.sound, samples=SAMPLES, seed=1, target_lufs=-14)
    return lambda: sound.soundtrack(score, Staging, print).mix


def panel(audio: Audio, caption: str) -> RGB:
    """One sound: spectrogram, waveforms, caption."""
    picture = np.vstack([_spectrogram(audio), _waveform(audio[:, 0]), _waveform(audio[:, 1])])
    title = np.full((22, PANEL_PX[0], 3), 24, np.uint8)
    seconds = len(audio) / SAMPLE_RATE_HZ
    text = f"{caption}  ({seconds:.0f} s)"
    cv2.putText(title, text, (4, 15), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (235,) * 3, 1, cv2.LINE_AA)
    return np.pad(np.vstack([title, picture]), ((3, 3), (3, 3), (0, 0)), constant_values=24)


def _spectrogram(audio: Audio) -> RGB:
    mono = np.pad(audio.mean(axis=1), WINDOW // 2)
    starts = np.linspace(0, len(mono) - WINDOW, PANEL_PX[0]).astype(int)
    pieces = np.stack([mono[start : start + WINDOW] for start in starts]) * np.hanning(WINDOW)
    power = np.abs(np.fft.rfft(pieces)) ** 2
    bins = ROWS_HZ * WINDOW / SAMPLE_RATE_HZ
    rows = np.stack([np.interp(bins, np.arange(power.shape[1]), column) for column in power], 1)
    level_db = 10 * np.log10(rows + 1e-12)
    level_db -= level_db.max()
    grey = ((level_db / RANGE_DB + 1).clip(0, 1) * 255).astype(np.uint8)
    return np.asarray(cv2.applyColorMap(grey, cv2.COLORMAP_INFERNO))[..., ::-1]


def _waveform(channel: Audio) -> RGB:
    picture = np.full((WAVE_PX, PANEL_PX[0], 3), 24, np.uint8)
    pieces = np.array_split(channel / max(float(np.abs(channel).max()), 1e-9), PANEL_PX[0])
    for column, piece in enumerate(pieces):
        low, high = ((0.5 - 0.48 * float(edge)) * WAVE_PX for edge in (piece.max(), piece.min()))
        picture[int(low) : int(high) + 1, column] = (120, 190, 255)
    return picture


def _grid(panels: list[RGB]) -> RGB:
    empty = np.full_like(panels[0], 24)
    panels = panels + [empty] * (-len(panels) % COLUMNS)
    rows = [np.hstack(panels[at : at + COLUMNS]) for at in range(0, len(panels), COLUMNS)]
    return np.vstack(rows)


if __name__ == "__main__":
    main()
