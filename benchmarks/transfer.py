"""Motion transfer measured and shown: known movements × kinds of character.

    python -m benchmarks.transfer [FOLDER]

Writes one JPEG per motion into docs/gallery/ (or FOLDER), a row for each character, and prints what
the reader found beside the truth. Motions that were kept aside while it was made come last.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks import motions
from benchmarks.characters import characters
from benchmarks.gallery import GALLERY, small
from photoplay import direction
from photoplay.clip import STILL_PROMPT, Tier
from photoplay.engines.parallax.canvas import fit_raster, lay_canvas
from photoplay.engines.parallax.scene import Scene, build_scene
from photoplay.engines.parallax.shot import Mover, ShotRenderer, stage_of
from photoplay.engines.parallax.transfer.gesture import Gesture
from photoplay.engines.parallax.transfer.path import follow_camera
from photoplay.engines.parallax.transfer.puppet import Act
from photoplay.engines.parallax.transfer.reading import Reading, read
from photoplay.engines.parallax.transfer.verdict import Mode, Verdict, judge
from photoplay.frames import RGB
from photoplay.media import look_at

SHOWN_ON = ("sway", "wave and pan", "camera", "cuts")
SHOWN = (0, 14, 36, 60, 84, 119)
CELL_PX = 180  # long side of a frame on the sheet


def main() -> None:
    """Read all motions, and show four of them on all characters."""
    cv2.setNumThreads(1)
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else GALLERY
    found: dict[str, dict[str, object]] = {}
    readings: dict[str, Reading] = {}
    with tempfile.TemporaryDirectory() as scratch:
        for name, motion in (motions.MOTIONS | motions.KEPT_ASIDE).items():
            path = Path(scratch) / "motion.mp4"
            motions.write(motion, path)
            readings[name], found[name] = measured(motion, path)
            print(f"{name:22} {found[name]}")
    modes: dict[str, dict[str, str]] = {name: {} for name in SHOWN_ON}
    rows: dict[str, list[RGB]] = {name: [] for name in SHOWN_ON}
    with ThreadPoolExecutor(2) as pool:
        for who, picture in characters().items():
            scene = scene_of(picture, pool)
            for name in SHOWN_ON:
                modes[name][who], row = _row(scene, readings[name])
                rows[name].append(row)
    for name, each in rows.items():
        write_rows(each, folder / f"transfer-{name.replace(' ', '-')}.jpg")
    print(json.dumps({"motions": found, "modes": modes}))


def measured(motion: motions.Motion, path: Path) -> tuple[Reading, dict[str, object]]:
    """What was read of a motion, and how far that is from the truth."""
    footage = look_at(path)
    start_s = time.process_time()
    reading = read(footage, count=footage.seconds * motions.FPS)
    took_s = time.process_time() - start_s
    truth = motion.truth()
    truth[:, :4] -= truth[0, :4]
    unit_px = (motion.size[0] * motion.size[1]) ** 0.5
    camera, rhythm = reading.camera, reading.rhythm
    off = np.abs(np.stack([camera.pan_x, camera.pan_y], axis=1) - truth[:, :2]) * unit_px
    facts: dict[str, object] = {
        "camera": round(camera.confidence, 2),
        "rhythm": round(reading.rhythm_confidence, 2),
        "cpu_ms_per_frame": round(1000 * took_s / len(truth), 1),
    }
    if reading.has_camera:
        facts["pan_error_px"] = round(float(off.max()), 2)
    if reading.has_rhythm and rhythm is not None:
        facts["lean"] = _alike(rhythm.lean, truth[:, 4])
        facts["bob"] = _alike(rhythm.bob, truth[:, 5])
        if rhythm.tilt_rad is not None:
            facts["tilt"] = _alike(rhythm.tilt_rad, truth[:, 6])
    return reading, facts


def _alike(found: NDArray[np.float64], truth: NDArray[np.float64]) -> float | None:
    if min(found.std(), truth.std()) < 1e-4:
        return None
    return round(float(np.corrcoef(found, truth)[0, 1]), 3)


def scene_of(picture: RGB, pool: Executor) -> Scene:
    """A still at clip size, taken apart."""
    height, width = picture.shape[:2]
    raster = fit_raster(width, height, Tier.STANDARD, None)
    matte = None
    if picture.shape[2] == 4:
        matte = (picture[..., 3] / np.float32(255)).astype(np.float32)
    colours = np.ascontiguousarray(picture[..., :3])
    canvas = lay_canvas(colours, matte, raster, (0.5, 0.5))
    return build_scene(canvas, oversampling=1, seed=0, pool=pool)


def _row(scene: Scene, reading: Reading) -> tuple[str, RGB]:
    verdict = judge(reading, scene, None)
    renderer = renderer_of(scene, reading, verdict)
    return verdict.mode, np.hstack([small(renderer.frame(each), CELL_PX) for each in SHOWN])


def renderer_of(
    scene: Scene, reading: Reading, verdict: Verdict, act: Act | None = None
) -> ShotRenderer:
    """What films a character as a verdict says; limbs follow with an act."""
    mover: Mover | None = None
    if verdict.mode is Mode.PUPPET and act is not None:
        mover = act.puppet(scene)
    elif verdict.figure is not None and reading.rhythm is not None:
        mover = Gesture(scene, verdict.figure, reading.rhythm)
    return ShotRenderer(
        scene,
        direction.read(STILL_PROMPT),
        frames=len(reading.camera.pan_x),
        fps=motions.FPS,
        strength=1.0,
        seed=0,
        path=follow_camera(reading.camera, stage_of(scene)).poses if verdict.moves_camera else None,
        gesture=mover,
    )


def write_rows(rows: list[RGB], path: Path) -> None:
    """Strips under each other, as a JPEG."""
    widest = max(row.shape[1] for row in rows)
    padded = [
        cv2.copyMakeBorder(
            row, 0, 2, 0, widest - row.shape[1], cv2.BORDER_CONSTANT, value=(255, 255, 255)
        )
        for row in rows
    ]
    cv2.imwrite(str(path), np.vstack(padded)[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 82])


if __name__ == "__main__":
    main()
