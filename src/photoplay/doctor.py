"""Is this machine ready to render? Facts, a verdict for each, and the fix."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

from photoplay.clip import FPS, Tier
from photoplay.engine import engine_names, load_engine
from photoplay.frames import Frames, Raster, Soundtrack
from photoplay.media import Codec, Encoding, encode, probe
from photoplay.media.formats import SUFFIXES

MIN_MEMORY_GB = 2.0  # a 1080p clip renders in about 1 GB
MIN_FREE_GB = 1.0
SLOW_FPS = 24.0  # encoding slower than it plays makes waiting long


class Verdict(StrEnum):
    """What a finding means."""

    OK = "ok"
    WARN = "warn"  # works, but slowly or not for everything
    FAIL = "fail"  # rendering will not work


@dataclass(frozen=True, slots=True)
class Finding:
    """One fact about this machine; `fix` is empty when nothing is to be done."""

    subject: str
    found: str
    verdict: Verdict = Verdict.OK
    fix: str = ""


def examine() -> Iterator[Finding]:
    """Look at everything that rendering needs, quick things first; takes a second or two."""
    yield _python()
    yield _processor()
    yield _memory()
    yield from map(_package, ("av", "numpy", "opencv-contrib-python-headless", "pillow"))
    yield from map(_engine, engine_names())
    yield from _free_space()
    yield from map(_codec, Codec)
    yield _speed()


def _python() -> Finding:
    system = f"{platform.system()} {platform.machine()}"
    return Finding("Python", f"{platform.python_version()} on {system}, in {sys.prefix}")


def _processor() -> Finding:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    simd = np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])
    found = f"{cores} cores, {simd[-1] if simd else 'baseline'} instructions"
    if (cores or 1) < 2:
        return Finding("Processor", found, Verdict.WARN, "Expect half the speed: give it two cores")
    return Finding("Processor", found)


def _memory() -> Finding:
    try:
        total_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    except (AttributeError, ValueError):  # no such question on this system
        return Finding("Memory", "not known on this system")
    found = f"{total_gb:.1f} GB"
    if total_gb < MIN_MEMORY_GB:
        return Finding("Memory", found, Verdict.WARN, "Avoid the 4k tier, or close other programs")
    return Finding("Memory", found)


def _package(name: str) -> Finding:
    try:
        return Finding(name, version(name))
    except PackageNotFoundError:
        # Other builds of OpenCV work as well, and are found when the engine is loaded.
        return Finding(name, "not installed under this name", Verdict.WARN, f"Install {name}")


def _engine(name: str) -> Finding:
    try:
        engine = load_engine(name)
    except Exception as error:  # whatever importing a plug-in runs into
        fix = "Reinstall the package that brings it"
        return Finding(f"engine {name}", f"{type(error).__name__}: {error}", Verdict.FAIL, fix)
    if engine.capabilities.hosted:
        return Finding(f"engine {name}", "hosted; photoplay providers says whether there is a key")
    return Finding(f"engine {name}", engine.capabilities.summary)


def _free_space() -> Iterator[Finding]:
    for subject, folder in (("here", Path.cwd()), ("temporary", Path(tempfile.gettempdir()))):
        free_gb = shutil.disk_usage(folder).free / 1e9
        found = f"{free_gb:.1f} GB free in {folder}"
        if free_gb < MIN_FREE_GB:
            yield Finding(f"disk, {subject}", found, Verdict.WARN, "Free some space")
        else:
            yield Finding(f"disk, {subject}", found)


def _codec(codec: Codec) -> Finding:
    """Encode a few small frames with sound and read the file back."""
    subject = f"codec {codec}"
    try:
        with tempfile.TemporaryDirectory(prefix="photoplay-") as folder:
            path = Path(folder, "tiny" + SUFFIXES[codec][0])
            encode(_noise(Raster(128, 128), 6), path, Encoding.for_path(path, codec), metadata={})
            found = probe(path)
    except Exception as error:  # whatever the codec library runs into
        fix = "Reinstall PyAV from its own wheel: some distributions leave encoders out"
        return Finding(subject, f"{type(error).__name__}: {error}", Verdict.FAIL, fix)
    return Finding(subject, f"{found.video_codec} and {found.audio_codec}, {path.suffix}")


def _speed() -> Finding:
    """Encode one second of noise at 1080p: harder than any clip, and the same on every machine."""
    with tempfile.TemporaryDirectory(prefix="photoplay-") as folder:
        path = Path(folder, "speed.mp4")
        frames = _noise(Raster(1920, 1080), 24)
        seconds = _timed(
            lambda: encode(frames, path, Encoding.for_path(path), tier=Tier.STANDARD, metadata={})
        )
    rate_fps = frames.count / seconds
    found = f"{rate_fps:.0f} frames a second encoded at 1080p, {rate_fps / FPS:.1f}× real time"
    if rate_fps < SLOW_FPS:
        return Finding("speed", found, Verdict.WARN, "Close other programs, or use more cores")
    return Finding("speed", found)


def _timed(work: Callable[[], None]) -> float:
    start_s = time.perf_counter()
    work()
    return time.perf_counter() - start_s


def _noise(raster: Raster, count: int) -> Frames:
    """Grain over grey, the same every time, and a quiet hiss."""
    random = np.random.default_rng(0)
    shape = (raster.height_px * 3 // 2 + count, raster.width_px)
    grain = random.normal(128, 4, shape).astype(np.uint8)
    samples = count * 2000
    return Frames(
        raster=raster,
        fps=Fraction(24),
        count=count,
        pixels=(grain[k : k + shape[0] - count] for k in range(count)),
        audio=lambda: Soundtrack(random.normal(0, 0.01, (samples, 2)).astype(np.float32)),
    )
