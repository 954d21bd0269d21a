"""How much processor time the ambience bed takes.

It is made beside the video renderer, which wants both cores of a small machine: every millisecond
here is one the frames wait for. Each figure is the least of three runs in one process, imports
left out but for the first line, which is a cold start.
"""

from __future__ import annotations

import json
import time
from itertools import pairwise

import numpy as np

START_S = time.process_time()

from photoplay.direction.plan import Ambience, Cue, Sound  # noqa: E402 (timed)
from photoplay.sound import bed  # noqa: E402
from photoplay.sound.loudness import integrated_lufs  # noqa: E402

IMPORT_MS = (time.process_time() - START_S) * 1e3
SAMPLES = 5 * 48_000


def main() -> None:
    """Print a line for each ambience and pair of ambiences, then all figures as JSON."""
    print(f"import {IMPORT_MS:.0f} ms, NumPy left out")
    singles = {kind.value: _cost_ms(kind) for kind in Ambience}
    pairs = {f"{one} + {two}": _cost_ms(one, two) for one, two in pairwise(Ambience)}
    for name, cost_ms in (singles | pairs).items():
        print(f"{name:20} {cost_ms:6.1f} ms")
    figures = {
        "import_ms": round(IMPORT_MS, 1),
        "one_ambience_ms": _summary(singles),
        "two_ambiences_ms": _summary(pairs),
        "loudness_lufs": {kind.value: _loudness_lufs(kind) for kind in Ambience},
    }
    print(json.dumps(figures))


def _cost_ms(*kinds: Ambience) -> float:
    plan = Sound(ambience=tuple(Cue(kind=kind) for kind in kinds))
    costs = []
    for seed in range(3):
        start_s = time.process_time()
        bed(plan, samples=SAMPLES, seed=seed)
        costs.append((time.process_time() - start_s) * 1e3)
    return min(costs)


def _loudness_lufs(kind: Ambience) -> float:
    return round(
        integrated_lufs(bed(Sound(ambience=(Cue(kind=kind),)), samples=SAMPLES, seed=0)), 2
    )


def _summary(costs_ms: dict[str, float]) -> dict[str, float]:
    values = list(costs_ms.values())
    return {"median": round(float(np.median(values)), 1), "worst": round(max(values), 1)}


if __name__ == "__main__":
    main()
