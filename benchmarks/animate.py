"""How fast a still becomes a clip, beside what the machine can do at best and beside two peers.

Users wait for the whole command, so that is timed from the shell. Where the time goes shows in the
steady state (second frame to last) against encoding the same finished frames with the same
settings: no renderer can be faster than that. ffmpeg's `zoompan` and MoviePy make a plain zoom, the
least an animated still can be. All run in one go, because machines differ and drift.

    python -m benchmarks.animate [--quick] [--peer PYTHON]

`--quick` leaves out 4K, memory and MoviePy. `--peer` is an interpreter that has MoviePy.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import av
import numpy as np

from photoplay.clip import FPS, ClipRequest, Shot, Tier
from photoplay.engines.parallax import ParallaxEngine
from photoplay.frames import I420, Frames
from photoplay.media import Encoding, encode
from photoplay.render import local_run

STILL = Path(__file__).parent.parent / "examples" / "astronaut.jpg"
PROMPT = "slow push in, she breathes, film grain, room tone"
SECONDS = 5
# Times a command from a small process of its own: the greatest memory that the system reports for a
# child is never less than its parent's at the fork.
_TIMER = """
import resource, subprocess, sys, time
start_s = time.perf_counter()
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(time.perf_counter() - start_s, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
RUNS = 3  # the best counts: other work on the machine only ever adds time


def main() -> None:
    """Print every figure as it comes, and all of them as one JSON document at the end."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true")
    options.add_argument("--peer", default="")
    chosen = options.parse_args()
    figures: dict[str, float | str] = {"cores": os.cpu_count() or 0, "seconds": SECONDS}
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        _in_process(scratch, figures)
        _from_the_shell(scratch, figures, chosen.quick)
        _peers(scratch, figures, chosen.peer)
    print(json.dumps(figures))


def _say(figures: dict[str, float | str], name: str, value: float) -> None:
    figures[name] = round(value, 3)
    print(f"{name:40} {value:9.3f}", flush=True)


def _in_process(scratch: Path, figures: dict[str, float | str]) -> None:
    """Steady state, first frames, and encode-only, alternating so that drift hits all alike.

    Steady is from the second frame to the last, for both: the second is the first that had to wait
    for the analysis.
    """
    frames = _rendered()
    runs = [(_pipeline(scratch), _encode_only(frames, scratch)) for _ in range(2 * RUNS + 1)]
    whole = min((handed_s for handed_s, _ in runs), key=_steady_s)
    alone = min((handed_s for _, handed_s in runs), key=_steady_s)
    played_s = (len(frames) - 2) / 24
    _say(figures, "first_frame_handed_s", whole[0])
    _say(figures, "second_frame_handed_s", min(handed_s[1] for handed_s, _ in runs))
    _say(figures, "steady_times_real_time", played_s / _steady_s(whole))
    _say(figures, "encode_only_times_real_time", played_s / _steady_s(alone))
    ratios = [_steady_s(one) / _steady_s(other) for one, other in runs]
    _say(figures, "steady_over_encode_only", statistics.median(ratios))


def _steady_s(handed_s: list[float]) -> float:
    return handed_s[-1] - handed_s[1]


def _request(seconds: int = SECONDS, tier: Tier = Tier.STANDARD) -> ClipRequest:
    return ClipRequest(start_image=STILL, shots=(Shot(PROMPT, seconds),), tier=tier)


def _rendered() -> list[I420]:
    with local_run() as run:
        frames = ParallaxEngine().render(replace(_request(), audio=False), run)
        return [np.array(frame) for frame in frames.pixels]


def _pipeline(scratch: Path) -> list[float]:
    """When frames reached the encoder, in seconds from the start of the analysis."""
    with local_run() as run:
        start_s = time.perf_counter()
        return _encoded(ParallaxEngine().render(_request(), run), scratch / "clip.mp4", start_s)


def _encode_only(frames: list[I420], scratch: Path) -> list[float]:
    """The same for finished frames, with the same settings."""
    with local_run() as run:
        like = ParallaxEngine().render(replace(_request(), audio=False), run)
        like.pixels.close()  # type: ignore[attr-defined]  # only its raster is wanted
        ready = Frames(like.raster, like.fps, len(frames), iter(frames))
        return _encoded(ready, scratch / "again.mp4", time.perf_counter())


def _encoded(frames: Frames, path: Path, start_s: float) -> list[float]:
    handed_s: list[float] = []
    encode(
        frames,
        path,
        Encoding.for_path(path),
        metadata={},
        on_frame=lambda _: handed_s.append(time.perf_counter() - start_s),
    )
    return handed_s


def _from_the_shell(scratch: Path, figures: dict[str, float | str], quick: bool) -> None:
    """The whole command, start-up of Python included, and its greatest memory."""
    cases = {"1080p_5s": (Tier.STANDARD, 5)}
    if not quick:
        cases |= {
            "1080p_15s": (Tier.STANDARD, 15),
            "pro_5s": (Tier.PRO, 5),
            "4k_5s": (Tier.FOUR_K, 5),
            "4k_15s": (Tier.FOUR_K, 15),
        }
    for name, (tier, seconds) in cases.items():
        runs = RUNS if seconds == SECONDS else 1
        timed = [_command(scratch, tier, seconds) for _ in range(runs)]
        _say(figures, f"command_{name}_s", min(wall_s for wall_s, _ in timed))
        _say(figures, f"command_{name}_times_real_time", seconds / min(w for w, _ in timed))
        _say(figures, f"command_{name}_rss_mb", max(rss_mb for _, rss_mb in timed))


def _command(scratch: Path, tier: Tier, seconds: int) -> tuple[float, float]:
    arguments = ["animate", str(STILL), PROMPT, "--output", str(scratch / "command.mp4")]
    arguments += ["--seconds", str(seconds), "--tier", tier.value]
    timed = subprocess.run(
        [sys.executable, "-c", _TIMER, sys.executable, "-m", "photoplay", *arguments],
        check=True,
        capture_output=True,
        text=True,
    )
    wall_s, rss_kb = timed.stdout.split()
    return float(wall_s), float(rss_kb) / 1024


def _peers(scratch: Path, figures: dict[str, float | str], interpreter: str) -> None:
    timed = [_zoompan(scratch / "zoompan.mp4") for _ in range(RUNS)]
    _say(figures, "ffmpeg_zoompan_s", min(timed))
    if not interpreter:
        figures["moviepy_zoom_s"] = "not measured: no interpreter given with --peer"
        return
    script = Path(__file__).with_name("moviepy_zoom.py")
    start_s = time.perf_counter()
    subprocess.run(
        [interpreter, str(script), str(STILL), str(scratch / "moviepy.mp4"), str(SECONDS)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    _say(figures, "moviepy_zoom_s", time.perf_counter() - start_s)


def _zoompan(path: Path) -> float:
    """A plain zoom by FFmpeg's own filter and x264's own veryfast, in this process."""
    size, count = 1440, SECONDS * 24
    start_s = time.perf_counter()
    with av.open(str(STILL)) as source:
        still = next(source.decode(video=0)).reformat(size, size, "yuv420p")
    graph = av.filter.Graph()
    shown = graph.add_buffer(
        template=None, width=size, height=size, format=still.format, time_base=1 / FPS
    )
    zoom = graph.add(
        "zoompan",
        f"z=1+0.2*on/{count}:x=iw/2-iw/zoom/2:y=ih/2-ih/zoom/2:d={count}:s={size}x{size}:fps=24",
    )
    end = graph.add("buffersink")
    shown.link_to(zoom)
    zoom.link_to(end)
    graph.configure()
    graph.push(still)
    graph.push(None)
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libx264", rate=24, options={"preset": "veryfast", "crf": "20"})
        stream.width, stream.height, stream.pix_fmt = size, size, "yuv420p"
        for number in range(count):
            frame = graph.vpull()
            frame.pts = number
            frame.time_base = 1 / FPS
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return time.perf_counter() - start_s


if __name__ == "__main__":
    main()
