"""What the films of this engine share: frames one after the other, and how a film is ended."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from itertools import islice
from typing import Protocol

from photoplay.clip import ClipRequest
from photoplay.engine import Run
from photoplay.errors import Cancelled
from photoplay.frames import I420
from photoplay.sound.staging import Staging

_CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 2
WORKERS = min(max(_CORES // 2, 2), 8)  # render threads; the encoder has as many of its own
_AHEAD = WORKERS + 2  # frames that may wait for the encoder: memory does not grow with the clip


class Renderer(Protocol):
    """Makes frames by their number, on any thread."""

    def empty_frame(self) -> I420:
        """A buffer to render into."""

    def frame(self, number: int, out: I420) -> I420:
        """Frame `number`, rendered into `out`."""


def ordered(renderer: Renderer, wanted: Iterable[int], pool: Executor) -> Iterator[I420]:
    """The `wanted` frames in order, rendered at most `_AHEAD` frames ahead.

    The buffers go round: fresh memory for every frame costs two milliseconds of page faults.
    """
    numbers = iter(wanted)
    spare = [renderer.empty_frame() for _ in range(_AHEAD + 1)]
    queue: deque[Future[I420]] = deque()
    for number in islice(numbers, _AHEAD):
        queue.append(pool.submit(renderer.frame, number, spare.pop()))
    while queue:
        frame = queue.popleft().result()
        for number in islice(numbers, 1):
            queue.append(pool.submit(renderer.frame, number, spare.pop()))
        yield frame
        spare.append(frame)


class Reel(Iterator[I420]):
    """The frames of a film in order, made by the generator `frames` as they are taken.

    It renders on `pool`, and the sound waits for `staging`; both end with the reel.
    """

    def __init__(
        self,
        frames: Generator[I420, None, None],
        pool: ThreadPoolExecutor,
        staging: Future[Staging],
    ) -> None:
        self._frames = frames
        self._only_looks = False
        self.pool = pool
        self.staging = staging

    def __next__(self) -> I420:
        return next(self._frames)

    def look(self) -> None:
        """Find out and say all that is said on the way, and render nothing. Instead of frames."""
        self._only_looks = True
        for _ in self._frames:
            pass

    def rendered(self, renderer: Renderer, wanted: Iterable[int], run: Run) -> Iterator[I420]:
        """The `wanted` frames of a part of the film, in order; none where it is only looked at."""
        for frame in ordered(renderer, () if self._only_looks else wanted, self.pool):
            run.check_cancelled()
            yield frame

    def close(self) -> None:
        """Stop rendering, and wait until the threads are idle. Also before the first frame."""
        self._frames.close()
        if not self.staging.done():
            self.staging.set_exception(Cancelled())  # the sound may be waiting for it
        self.pool.shutdown(wait=True, cancel_futures=True)


def strength_of(request: ClipRequest) -> float:
    """How strongly all is done that the prompt asks for: 1 at the usual guidance of 0.5."""
    return 0.4 + 1.2 * request.guidance
