"""The engine itself: which kind of film a request is."""

from __future__ import annotations

import cv2

from photoplay.clip import MAX_SHOTS, ClipRequest, Tier
from photoplay.engine import Capabilities, Feature, Run
from photoplay.engines.parallax import (
    animatic,
    kernel,
    sequence,
    single,
    transfer,
    transition,
)
from photoplay.engines.parallax.reel import Reel
from photoplay.frames import Frames


class ParallaxEngine:
    """Makes films of stills with layered parallax, on the CPU.

    A render sets OpenCV's own threads to one for the whole process: frames are rendered side by
    side instead, which costs less and gives the same bytes on any number of cores.
    """

    name = "parallax"
    capabilities = Capabilities(
        summary="built in: layered parallax on the CPU; free, no weights, no key",
        tiers=frozenset(Tier),
        max_shots=MAX_SHOTS,
        audio=True,
        sound_options=True,
        features=frozenset(
            {
                Feature.ELEMENTS,
                Feature.END_IMAGE,
                Feature.LOOP,
                Feature.MOTION,
                Feature.NO_IMAGE,
            }
        ),
    )

    def __init__(self) -> None:
        kernel.library()  # an installation without it is known before any work

    def render(self, request: ClipRequest, run: Run) -> Frames:
        """Read the request and its pictures now; analyse and render as frames are taken."""
        cv2.setNumThreads(1)
        if request.start_image is None:
            return animatic.film(request, run)
        if request.motion is not None:
            return transfer.film(request, run)
        if request.end_image is not None:
            return transition.film(request, run)
        first = request.shots[0]
        several = len(request.shots) > 1 or request.split_shots
        if several or request.elements or first.image or first.framing:
            return sequence.film(request, run)
        return single.film(request, run)

    def look(self, request: ClipRequest, run: Run) -> None:
        """Say all that a render would say, and render nothing."""
        frames = self.render(request, run)
        reel = frames.pixels
        assert isinstance(reel, Reel)
        try:
            reel.look()
            if frames.audio is not None:
                frames.audio()
        finally:
            reel.close()
