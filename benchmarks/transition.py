"""How fast and how true a film from one still to another is, beside a film of one still.

Users wait for the whole film, so frames are taken as an encoder takes them, at 1080p and at 720p,
and the film of one still is made in the same run: machines differ and drift. Truth is there for
pairs of a known motion: what a camera half-way would have seen.

    python -m benchmarks.transition [--quick]

`--quick` makes 3 s instead of 5 and leaves out 720p.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from photoplay.clip import ClipRequest, Shot, Transition
from photoplay.direction.plan import Camera
from photoplay.engines.parallax import ParallaxEngine
from photoplay.engines.parallax.canvas import lay_canvas
from photoplay.engines.parallax.color import to_i420
from photoplay.engines.parallax.transition.camera import CameraWay
from photoplay.engines.parallax.transition.match import Views, find_match
from photoplay.engines.parallax.transition.way import Timing
from photoplay.frames import Raster
from photoplay.media import Encoding, encode
from photoplay.render import local_run
from tests import pairs

RUNS = 3  # the best counts: other work on the machine only ever adds time
PROMPT = "static shot"


def main() -> None:
    """Print every figure as it comes, and all of them as one JSON document at the end."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true")
    quick = options.parse_args().quick
    figures: dict[str, float] = {}
    cv2.setNumThreads(1)
    _choices(figures)
    _truth(figures)
    with tempfile.TemporaryDirectory() as folder:
        _speed(figures, Path(folder), 3 if quick else 5)
    if not quick:
        _frames_720p(figures)
    print(json.dumps(figures))


def _say(figures: dict[str, float], name: str, value: float) -> None:
    figures[name] = round(value, 3)
    print(f"{name:44} {value:9.3f}", flush=True)


def _choices(figures: dict[str, float]) -> None:
    """How often the way is right, and how long it takes to find."""
    known = [*pairs.related(), *pairs.unrelated()]
    right, took_s = 0, []
    for pair in known:
        start_s = time.perf_counter()
        match = find_match(Views.of(pair.first, pair.second))
        took_s.append(time.perf_counter() - start_s)
        right += match.is_safe is pair.is_related
    _say(figures, "pairs", len(known))
    _say(figures, "right_choices", right)
    _say(figures, "choosing_median_s", float(np.median(took_s)))


def _truth(figures: dict[str, float]) -> None:
    """Luma at half-way against what a camera would have seen there; a dissolve beside it."""
    for pair in pairs.related():
        if pair.middle is None:
            continue
        way, ends = _way(pair)
        found = np.empty_like(ends[0])
        way.draw(36, found)
        truth = to_i420(pair.middle)
        luma = slice(0, pairs.SIZE[1])
        dissolve = cv2.addWeighted(ends[0], 0.5, ends[1], 0.5, 0)
        name = pair.name.replace(" ", "_")
        _say(figures, f"{name}_dissolve_db", pairs.psnr_db(dissolve[luma], truth[luma]))
        _say(figures, f"{name}_db", pairs.psnr_db(found[luma], truth[luma]))


def _way(pair: pairs.Pair) -> tuple[CameraWay, list[np.ndarray]]:
    raster = Raster(*pairs.SIZE)
    laid = [lay_canvas(each, None, raster, (0.5, 0.5)) for each in (pair.first, pair.second)]
    match = find_match(Views.of(pair.first, pair.second))
    timing = Timing(frames=73, fps=24.0, strength=1.0, seed=0)
    way = CameraWay(laid[0], laid[1], match, Camera(), timing, fine=False)
    return way, [canvas.frame for canvas in laid]


def _speed(figures: dict[str, float], folder: Path, seconds: int) -> None:
    """Whole films at 1080p, encoded; every kind beside the film of the first still alone."""
    pair = pairs.related()[0]
    paths = folder / "a.png", folder / "b.png"
    for path, picture in zip(paths, (pair.first, pair.second), strict=True):
        Image.fromarray(picture).save(path)
    single = ClipRequest(start_image=paths[0], shots=(Shot(PROMPT, seconds),), audio=False)
    asked = {"single": single}
    for way in (Transition.CAMERA, Transition.CUT, Transition.DISSOLVE):
        asked[way] = replace(single, end_image=paths[1], transition=way)
    took_s = {name: [_film_s(each, folder) for each in asked.values()] for name in range(RUNS)}
    for at, name in enumerate(asked):
        best_s = min(run[at] for run in took_s.values())
        _say(figures, f"{name}_1080p_times_real_time", seconds / best_s)
        ratio = float(np.median([run[at] / run[0] for run in took_s.values()]))
        _say(figures, f"{name}_1080p_over_single", ratio)


def _film_s(request: ClipRequest, folder: Path) -> float:
    start_s = time.perf_counter()
    path = folder / "clip.mp4"
    with local_run() as run:
        frames = ParallaxEngine().render(request, run)
        encode(frames, path, Encoding.for_path(path), metadata={}, on_frame=lambda _: None)
    return time.perf_counter() - start_s


def _frames_720p(figures: dict[str, float]) -> None:
    """One frame of the camera's way on one thread."""
    for name, pair in (
        (pair.name, pair) for pair in pairs.related() if pair.name in ("shift", "box")
    ):
        way, ends = _way(pair)
        out = np.empty_like(ends[0])
        took_s = []
        for number in range(1, 72):
            start_s = time.perf_counter()
            way.draw(number, out)
            took_s.append(time.perf_counter() - start_s)
        _say(figures, f"{name}_frame_720p_ms", 1000 * float(np.median(took_s)))


if __name__ == "__main__":
    main()
