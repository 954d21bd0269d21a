"""How long longer films and loops take beside a single take, and how little is seen of their seams.

A film is made longer once, and a loop is made, of the same still and length as a single take in the
same run: machines differ and drift. Then joints and seams are measured in the files, decoded: the
frame difference there over the greatest of its neighbours', and by how much what is heard after is
louder than what is heard before, in 1 s and in 3 s.

    python -m benchmarks.films [--quick]

`--quick` takes one run for times instead of three, and one still.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from PIL import Image

import photoplay
from photoplay.clip import FPS
from photoplay.frames import Audio
from photoplay.media import decode_i420, probe, read_audio
from photoplay.sound.joining import step_lu
from tests import pictures

RUNS = 3
SECONDS = 4
AROUND = 7  # frame differences on each side of a seam
SAID = 'voice-over: "Every journey begins with a breath."'
PARTS = {  # what a clip shows, and what the next part does
    "music": ("slow push in, upbeat corporate music", "pan right"),
    "rain": ("static shot, heavy rain", "push in"),
    "snow": ("pan right, heavy snow", "tilt up"),
    "fog": ("static shot, fog", "push in"),
    "sea": ("orbit left, ocean waves crash", "hold"),
    "voice": (f"push in, birdsong, {SAID}", f"pan right, {SAID}"),
}
LOOPS = {
    "hand_held": "hand-held, wind",
    "orbit": "orbit left, lofi beats",
    "snow": "static shot, snow falls",
    "fog_sea": "fog, ocean waves crash",
}
STILLS = {
    "landscape": pictures.landscape,
    "lake": pictures.lake,
    "portrait": pictures.portrait,
}


def main() -> None:
    """Print every figure as it comes, and all of them as one JSON document at the end."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true")
    quick = options.parse_args().quick
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for still, draw in STILLS.items():
            Image.fromarray(draw()).save(folder / f"{still}.png")
        _times(figures, folder, 1 if quick else RUNS)
        for still in list(STILLS)[: 1 if quick else None]:
            for kind, (first, after) in PARTS.items():
                _joint(figures, folder, f"{still}_{kind}", folder / f"{still}.png", (first, after))
            for kind, prompt in LOOPS.items():
                _seam(figures, folder, f"{still}_{kind}", folder / f"{still}.png", prompt)
    _worst(figures)
    print(json.dumps(figures))


def _say(figures: dict[str, float], name: str, value: float) -> None:
    figures[name] = round(value, 3)
    print(f"{name:44} {value:9.3f}", flush=True)


def _times(figures: dict[str, float], folder: Path, runs: int) -> None:
    """Each beside a single take of the same run."""
    still, clip = folder / "landscape.png", folder / "single.mp4"
    prompt = "pan right, rain, jazz music"
    ratios: dict[str, list[float]] = {"extend": [], "loop": []}
    for _ in range(runs):
        start_s = time.perf_counter()
        photoplay.animate(still, prompt, seconds=SECONDS, output=clip)
        single_s = time.perf_counter() - start_s
        start_s = time.perf_counter()
        photoplay.extend(clip, "tilt up", seconds=SECONDS, output=folder / "longer.mp4")
        ratios["extend"].append((time.perf_counter() - start_s) / single_s)
        start_s = time.perf_counter()
        photoplay.animate(still, prompt, seconds=SECONDS, output=folder / "loop.mp4", loop=True)
        ratios["loop"].append((time.perf_counter() - start_s) / single_s)
    for name, each in ratios.items():
        _say(figures, f"{name}_over_single", float(np.median(each)))


def _joint(
    figures: dict[str, float], folder: Path, name: str, still: Path, prompts: tuple[str, str]
) -> None:
    clip, longer = folder / "clip.mp4", folder / "longer.mp4"
    photoplay.animate(still, prompts[0], seconds=SECONDS, output=clip)
    photoplay.extend(clip, prompts[1], seconds=SECONDS, output=longer)
    joint = int(SECONDS * FPS)
    _pictures(figures, f"joint_{name}", longer, range(joint - AROUND - 1, joint + AROUND))
    _sound(figures, f"joint_{name}", read_audio(longer), joint)


def _seam(figures: dict[str, float], folder: Path, name: str, still: Path, prompt: str) -> None:
    loop = folder / "loop.mp4"
    photoplay.animate(still, prompt, seconds=SECONDS, output=loop, loop=True)
    count = probe(loop).frame_count
    _pictures(figures, f"loop_{name}", loop, [*range(count - AROUND - 1, count), *range(AROUND)])
    once = read_audio(loop)
    _sound(figures, f"loop_{name}", np.concatenate([once, once]), count)


def _pictures(figures: dict[str, float], name: str, film: Path, numbers: Sequence[int]) -> None:
    """Mean luma difference over the seam, in steps of 8 bits, and over its neighbours' greatest."""
    decoded = zip(sorted(numbers), decode_i420(film, set(numbers)), strict=True)
    luma = {number: frame[: len(frame) * 2 // 3].astype(np.int16) for number, frame in decoded}
    steps = [float(np.abs(luma[a] - luma[b]).mean()) for a, b in pairwise(numbers)]
    seam = steps.pop(AROUND)
    _say(figures, f"{name}_step", seam)
    _say(figures, f"{name}_over_neighbours", seam / max(*steps, 0.01))


def _sound(figures: dict[str, float], name: str, audio: Audio, frame: int) -> None:
    """By how much it is louder after than before."""
    at = frame * 2000
    for span_s in (1, 3):
        _say(figures, f"{name}_{span_s}_s_lu", step_lu(audio, at, span_s))


def _worst(figures: dict[str, float]) -> None:
    """The greatest of each, over all joints and over all loops; voices speak as they speak."""
    for kind in ("joint", "loop"):
        for what in ("over_neighbours", "1_s_lu", "3_s_lu"):
            found = [
                abs(value)
                for name, value in figures.items()
                if name.startswith(kind) and name.endswith(what) and "voice" not in name
            ]
            _say(figures, f"worst_{kind}_{what}", max(found))


if __name__ == "__main__":
    main()
