"""What the films of this engine share: frames one after the other, and how a film is ended."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from photoplay.clip import ClipRequest
from photoplay.errors import Cancelled
from photoplay.frames import I420
from photoplay.sound.staging import Staging


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
        self.pool = pool
        self.staging = staging

    def __next__(self) -> I420:
        return next(self._frames)

    def close(self) -> None:
        """Stop rendering, and wait until the threads are idle. Also before the first frame."""
        self._frames.close()
        if not self.staging.done():
            self.staging.set_exception(Cancelled())  # the sound may be waiting for it
        self.pool.shutdown(wait=True, cancel_futures=True)


def strength_of(request: ClipRequest) -> float:
    """How strongly all is done that the prompt asks for: 1 at the usual guidance of 0.5."""
    return 0.4 + 1.2 * request.guidance
