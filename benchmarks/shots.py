"""How fast a film of several shots is beside one of a single take, per frame, and what it holds.

Every shot has a scene of its own, which is analysed while the one before it is rendered. So the
question is how much of that is hidden. All are made and encoded in turn, because machines differ
and drift; the best of each counts.

    python -m benchmarks.shots [--runs N]
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from pathlib import Path

from photoplay.clip import ClipRequest, Framing, Shot
from photoplay.engines.parallax import ParallaxEngine
from photoplay.media import Encoding, encode
from photoplay.render import local_run

STILL = Path(__file__).parent.parent / "examples" / "astronaut.jpg"
PROMPT = "slow push in, she breathes, film grain, room tone"
SIZES = (Framing.WIDE, Framing.CLOSE_UP, Framing.MEDIUM)


def main() -> None:
    """Print every figure as it comes, and all of them as one JSON document at the end."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=3)
    runs = options.parse_args().runs
    shots = tuple(Shot(PROMPT, 5, framing=size) for size in SIZES)
    films = {
        "three shots of 5 s": (shots,),
        "the same three as clips of their own": tuple((shot,) for shot in shots),
        "one take of 5 s": ((Shot(PROMPT, 5),),),
        "one take of 15 s": ((Shot(PROMPT, 15),),),
    }
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        taken: dict[str, list[float]] = {name: [] for name in films}
        for _ in range(runs):
            for name, clips in films.items():
                taken[name].append(sum(_ms(clip, folder) for clip in clips) / len(clips))
    for name, each in taken.items():
        _say(figures, f"{name}: ms a frame", min(each))
    several, *others = taken
    for name in others:
        _say(figures, f"{several} / {name}", min(taken[several]) / min(taken[name]))
    _say(figures, "most memory, MB", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    print(json.dumps(figures))


def _ms(shots: tuple[Shot, ...], folder: str) -> float:
    """Milliseconds a frame from the request to the finished file."""
    request = ClipRequest(start_image=STILL, shots=shots)
    start_s = time.perf_counter()
    with local_run() as run:
        frames = ParallaxEngine().render(request, run)
        path = Path(folder, "clip.mp4")
        encode(frames, path, Encoding.for_path(path), tier=request.tier, metadata={})
    return 1000 * (time.perf_counter() - start_s) / request.frame_count


def _say(figures: dict[str, float], name: str, value: float) -> None:
    figures[name] = round(value, 3)
    print(f"{name:60} {value:9.3f}", flush=True)


if __name__ == "__main__":
    main()
