"""An engine that renders in no time, installed the way that others install theirs.

    environment = install(folder)

makes the folder a place where Python finds the engine's entry point; processes that get
`environment` can render with the engine "fast". Frames are small and grey, and brighter by one
level with each step of the seed, so that a clip can be told from another. What its prompt says
makes it misbehave; see `_do`.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from photoplay.clip import FPS, ClipRequest, Tier
from photoplay.engine import Capabilities, Feature, Run
from photoplay.errors import ImageTooSmall
from photoplay.frames import I420, Frames, Raster, Soundtrack, audio_samples
from photoplay.images import load_still

NAME = "fast"
RASTER = Raster(64, 36)
ROOT = Path(__file__).parents[2]


def install(folder: Path) -> dict[str, str]:
    """Make `folder` a place with the engine; what the environment needs for it to be found."""
    info = folder / "fast_engine-1.0.dist-info"
    info.mkdir(parents=True, exist_ok=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: fast-engine\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        f"[photoplay.engines]\n{NAME} = {__name__}:{FastEngine.__name__}\n"
    )
    before = os.environ.get("PYTHONPATH")
    places = [str(folder), str(ROOT), *([before] if before else [])]
    return {"PYTHONPATH": os.pathsep.join(places)}


class FastEngine:
    """Renders everything that can be asked for, as grey as can be."""

    name = NAME
    capabilities = Capabilities(
        summary="for tests: grey, at once",
        tiers=frozenset(Tier),
        max_shots=6,
        audio=True,
        features=frozenset(Feature),
    )

    def render(self, request: ClipRequest, run: Run) -> Frames:
        """Decode the still, do what the prompt says, and promise grey frames."""
        for picture in request.pictures:
            load_still(picture)
        run.log(f"Attempt of seed {request.seed}.")
        for shot in request.shots:
            for word, argument in re.findall(r"\b([a-z]+)(?:=(\S+))?", shot.prompt):
                _do(word, argument, run)
        count = request.frame_count
        silence = Soundtrack(np.zeros((audio_samples(count, FPS), 2), np.float32))
        pixels = _grey(count, request.seed, run)
        return Frames(RASTER, FPS, count, pixels, (lambda: silence) if request.audio else None)


def level(seed: int) -> int:
    """Luma of all frames of a clip."""
    return 40 + seed % 150


def _grey(count: int, seed: int, run: Run) -> Iterator[I420]:
    frame = np.full((RASTER.height_px * 3 // 2, RASTER.width_px), 128, np.uint8)
    frame[: RASTER.height_px] = level(seed)
    for _ in range(count):
        run.check_cancelled()
        yield frame


def _do(word: str, argument: str, run: Run) -> None:
    """One word of a prompt. Words that mean nothing do nothing."""
    match word:
        case "sleep":  # seconds
            _sleep(float(argument), run)
        case "note":  # a file that gets a line for each render
            with Path(argument).open("a") as file:
                file.write(f"{os.getpid()}\n")
        case "mark":  # a file and a name: a line with the name, the time and who renders
            place, _, name = argument.rpartition(":")
            with Path(place).open("a") as file:
                file.write(f"{name} {time.monotonic()} {os.getppid()}\n")
        case "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "starve":  # as the kernel does when memory is short
            os.kill(os.getpid(), signal.SIGKILL)
        case "leave":
            os._exit(3)
        case "raise":
            raise RuntimeError(f"a bug with {argument}")
        case "refuse":
            raise ImageTooSmall("it is small", rule="it is not", fix="Enlarge it", limits={"px": 9})
        case "hog":  # bytes
            run.log(f"{np.ones(int(argument), np.uint8).nbytes} bytes were had.")
        case "resist":
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        case "breed":  # a file that gets the process id of a child that outlives it
            child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
            Path(argument).write_text(str(child.pid))


def _sleep(seconds: float, run: Run) -> None:
    end_s = time.monotonic() + seconds
    while (left_s := end_s - time.monotonic()) > 0:
        run.check_cancelled()
        run.progress(1 - left_s / seconds, "sleeping")
        time.sleep(min(left_s, 0.02))
