"""Contact sheets to judge the engine by eye: varied stills × four camera moves.

    python -m benchmarks.gallery [FOLDER]

Writes one JPEG per still into docs/gallery/ (or FOLDER): a row for each move with the first, a
middle and the last frame. The verdicts in docs/gallery/README.md are written by people.
"""

from __future__ import annotations

import json
import re
import sys
import time
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path

import av
import cv2
import numpy as np
from av.video.reformatter import Colorspace

from benchmarks import stills
from photoplay import direction
from photoplay.clip import Tier
from photoplay.engines.parallax.canvas import fit_raster, lay_canvas
from photoplay.engines.parallax.scene import Scene, build_scene
from photoplay.engines.parallax.shot import ShotRenderer
from photoplay.frames import I420, RGB

PROMPTS = (
    "slow push in, breathing",
    "orbit to the right",
    "truck left, leaves rustle, ripples on the water",
    "slow pull out",
)
SHOWN = (0, 60, 119)
CELL_PX = 360  # long side of a frame on the sheet
GALLERY = Path(__file__).parent.parent / "docs" / "gallery"


def main() -> None:
    """Render all sheets."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else GALLERY
    folder.mkdir(parents=True, exist_ok=True)
    held_out = {name: draw() for name, draw in stills.HELD_OUT.items()}
    pictures = stills.photographs() | stills.shapes() | stills.drawings() | held_out
    confidence = {}
    with ThreadPoolExecutor(2) as pool:
        for name, picture in pictures.items():
            start_s = time.perf_counter()
            scene = _scene(picture, pool)
            sheet = np.vstack([_row(scene, prompt) for prompt in PROMPTS])
            path = folder / (re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") + ".jpg")
            cv2.imwrite(str(path), sheet[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 82])
            confidence[name] = round(scene.subject.confidence, 2)
            took_s = time.perf_counter() - start_s
            print(f"{name:28} confidence {confidence[name]:.2f}  {took_s:.1f} s")
    print(json.dumps({"confidence": confidence}))


def _scene(picture: RGB, pool: Executor) -> Scene:
    cv2.setNumThreads(1)
    raster = fit_raster(picture.shape[1], picture.shape[0], Tier.STANDARD, None)
    canvas = lay_canvas(picture, None, raster, (0.5, 0.5))
    return build_scene(canvas, oversampling=1, seed=0, pool=pool)


def _row(scene: Scene, prompt: str) -> RGB:
    plan = direction.read(prompt)
    renderer = ShotRenderer(scene, plan, frames=120, fps=24.0, strength=1.0, seed=0)
    return np.hstack([small(renderer.frame(number)) for number in SHOWN])


def small(frame: I420, side_px: int = CELL_PX) -> RGB:
    """A frame for a sheet."""
    video = av.VideoFrame.from_ndarray(frame, format="yuv420p")
    video.colorspace = Colorspace.ITU709
    picture = video.reformat(format="rgb24").to_ndarray()
    scale = side_px / max(picture.shape[:2])
    return np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))


if __name__ == "__main__":
    main()
