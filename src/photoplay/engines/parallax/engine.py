"""The engine itself: which kind of film a request is."""

from __future__ import annotations

import cv2

from photoplay.clip import ClipRequest, Tier
from photoplay.engine import Capabilities, Feature, Run
from photoplay.engines.parallax import animatic, kernel, single
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
        max_shots=1,
        audio=True,
        sound_options=True,
        features=frozenset({Feature.LOOP, Feature.NO_IMAGE}),
    )

    def __init__(self) -> None:
        kernel.library()  # an installation without it is known before any work

    def render(self, request: ClipRequest, run: Run) -> Frames:
        """Read the request and its pictures now; analyse and render as frames are taken."""
        cv2.setNumThreads(1)
        if request.start_image is None:
            return animatic.film(request, run)
        return single.film(request, run)
