"""Limbs that follow a video, measured on the render and shown: known performances × characters.

    python -m benchmarks.limbs [FOLDER]

Prints for each performance what was read and, where a puppet is used, how wrists and head of a
rendered character with marks on it correlate with those of the video's figure. Writes three sheets
into docs/gallery/ (or FOLDER), a row for each character.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks import actors, motions, performances
from benchmarks.actors import Build
from benchmarks.characters import all_limbs, unseen_limbs, with_limbs
from benchmarks.gallery import GALLERY, small
from benchmarks.motions import Motion
from benchmarks.transfer import renderer_of, scene_of, write_rows
from photoplay.engines.parallax.scene import Scene
from photoplay.engines.parallax.transfer.puppet import Act
from photoplay.engines.parallax.transfer.puppet.body import Angle
from photoplay.engines.parallax.transfer.puppet.character import NoDoll, find_doll
from photoplay.engines.parallax.transfer.puppet.performance import Performance, watch
from photoplay.engines.parallax.transfer.reading import Reading, read
from photoplay.engines.parallax.transfer.verdict import Verdict, judge
from photoplay.frames import RGB
from photoplay.media import look_at

SHOWN_ON = ("waving", "marching", "aside: hand-held dance")
SHOWN = (0, 9, 20, 36, 54, 72, 96, 119)
CELL_PX = 120  # long side of a frame on the sheet
RISEN = 16  # frames after which a movement has come up
MARKS = {"left wrist": (255, 0, 255), "right wrist": (0, 255, 255), "crown": (255, 255, 0)}
HIPS = (0, 255, 0)
_FAR = 0.05  # of the height: a joint that moves less is not asked


def main() -> None:
    """Watch all performances, and let all characters play three of them."""
    cv2.setNumThreads(1)
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else GALLERY
    sets = (
        performances.PERFORMANCES
        | performances.ASIDE
        | performances.HOPELESS
        | performances.LATER
        | performances.UNSEEN
    )
    read_of: dict[str, tuple[Reading, Performance | None]] = {}
    found: dict[str, dict[str, object]] = {}
    with ThreadPoolExecutor(2) as pool:
        marked = scene_of(marked_character(), pool)
        doll = find_doll(marked)
        for name, motion in sets.items():
            reading, performance, took_s = watched(motion)
            read_of[name] = reading, performance
            act = Act(doll, performance)
            found[name] = {"confidence": round(act.confidence, 2), "limbs": act.limbs}
            found[name]["cpu_s"] = round(took_s, 1)
            if act.limbs:
                found[name]["correlation"] = correlations(motion, marked, reading, act)
            print(f"{name:26} {found[name]}", flush=True)
        modes: dict[str, dict[str, str]] = {name: {} for name in SHOWN_ON}
        rows: dict[str, list[RGB]] = {name: [] for name in SHOWN_ON}
        for who, picture in all_limbs().items():
            scene = scene_of(picture, pool)
            for name in SHOWN_ON:
                verdict, row = played(scene, *read_of[name])
                modes[name][who] = verdict.mode
                rows[name].append(row)
        dolls = {who: found_in(picture, pool) for who, picture in unseen_limbs().items()}
        print(f"unseen cut-outs            {dolls}", flush=True)
    for name, each in rows.items():
        title = name.removeprefix("aside: ").replace(" ", "-")
        write_rows(each, folder / f"transfer-limbs-{title}.jpg")
    print(json.dumps({"performances": found, "modes": modes, "unseen_cut_outs": dolls}))


def found_in(picture: RGB, pool: ThreadPoolExecutor) -> str:
    """Whether limbs can move in a still, and if not, why."""
    doll = find_doll(scene_of(picture, pool))
    return doll.reason if isinstance(doll, NoDoll) else "limbs"


def watched(motion: Motion) -> tuple[Reading, Performance | None, float]:
    """What is read of a motion, and the processor time of watching the person."""
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "motion.mp4"
        motions.write(motion, path)
        footage = look_at(path)
        count = footage.seconds * motions.FPS
        reading = read(footage, count=count)
        start_s = time.process_time()
        if not reading.has_camera or reading.breaks:
            return reading, None, 0.0
        performance = watch(footage, reading.tracks, count=count, check_cancelled=lambda: None)
        return reading, performance, time.process_time() - start_s


def marked_character() -> RGB:
    """A character with discs of one colour on wrists, head and hips, (H, W, 4)."""
    size, height_px = (900, 1200), 1000
    build = Build(pattern="noise", shirt=(90, 95, 120), seed=11)
    picture = actors.cut_out(build, with_limbs(), size, height_px)
    foot = np.array([size[0] / 2, size[1] / 2 + 0.5 * height_px])
    at = actors.joints(build, with_limbs(), foot, height_px)
    for name, colour in {**MARKS, "hips": HIPS}.items():
        place = at[name] + (0, 0.05 * height_px if name == "crown" else 0)
        cv2.circle(picture, tuple(int(v) for v in place), 16, (*colour, 255), -1, cv2.LINE_AA)
    return picture


def correlations(
    motion: Motion, scene: Scene, reading: Reading, act: Act
) -> dict[str, list[float]]:
    """For each mark that moves far, how its way from the hips correlates; right and down apart.

    A crown is asked for its way to the side alone, and only where the trunk is told. The camera
    stands still on both sides: a still's comes nearer where the video's pans, to hide the border.
    """
    truth = replace(motion, pan_x=_rest, pan_y=_rest, log_zoom=_rest, roll=_rest).joints()
    verdict = replace(judge(reading, scene, act), moves_camera=False)
    renderer = renderer_of(scene, reading, verdict, act)
    frames = range(RISEN, len(truth["hips"]))
    seen: dict[str, list[NDArray[np.float64]]] = {name: [] for name in MARKS}
    for number in frames:
        picture = small(renderer.frame(number), max(scene.canvas.picture.shape[:2]))
        hips = _find(picture, HIPS)
        for name, colour in MARKS.items():
            seen[name].append(_find(picture, colour) - hips)
    tall = motion.tall * motion.size[1]
    assert act.performance is not None
    leans = float(np.ptp(act.performance.poses[:, Angle.TRUNK])) > 0
    found = {}
    for name in MARKS:
        if name.replace("wrist", "arm") not in (*act.limbs, *(("crown",) if leans else ())):
            continue
        axes = 1 if name == "crown" else 2  # a trunk leans to the side, and never bows
        asked = (truth[name] - truth["hips"])[RISEN:, :axes]
        got = np.array(seen[name])[:, :axes]
        far = [axis for axis in range(axes) if np.ptp(asked[:, axis]) > _FAR * tall]
        alike = [_correlation(asked[:, axis], got[:, axis]) for axis in far]
        if alike:
            found[name] = [_correlation(asked, got), *alike]
    return found


def _rest(_: float) -> float:
    return 0.0


def _correlation(asked: NDArray[np.float64], got: NDArray[np.float64]) -> float:
    """Of numbers or of places, (frames,) or (frames, 2)."""
    known = np.isfinite(got.reshape(len(got), -1)).all(axis=1)
    a, b = (each[known] - each[known].mean(axis=0) for each in (asked, got))
    return round(float((a * b).sum() / np.sqrt((a**2).sum() * (b**2).sum())), 3)


def _find(picture: RGB, colour: tuple[int, int, int]) -> NDArray[np.float64]:
    """The middle of what has a mark's colour; NaN where it is out of sight."""
    off = np.abs(picture.astype(np.int16) - np.array(colour)).max(axis=2)
    rows, columns = np.nonzero(off < 90)
    if len(rows) < 40:
        return np.full(2, np.nan)
    return np.array([np.median(columns), np.median(rows)])


def played(scene: Scene, reading: Reading, performance: Performance | None) -> tuple[Verdict, RGB]:
    """What a character does with a performance, and a strip of it."""
    act = Act(find_doll(scene), performance)
    verdict = judge(reading, scene, act)
    renderer = renderer_of(scene, reading, verdict, act)
    return verdict, np.hstack([small(renderer.frame(each), CELL_PX) for each in SHOWN])


if __name__ == "__main__":
    main()
