"""A dissolve: both scenes are filmed as the prompt says, and one fades into the other."""

from __future__ import annotations

import cv2
import numpy as np

from photoplay.direction.plan import Plan
from photoplay.engines.parallax.camera import Pose
from photoplay.engines.parallax.scene import Scene
from photoplay.engines.parallax.shot import stage_of
from photoplay.engines.parallax.timing import smooth
from photoplay.engines.parallax.transition.take import Take
from photoplay.engines.parallax.transition.way import Timing, detour, kept_inside, of_both
from photoplay.frames import I420
from photoplay.sound.staging import Staging

_BEGINS, _LASTS = 0.25, 0.5  # shares of the clip


class DissolveWay:
    """Frames of a dissolve between two scenes."""

    def __init__(self, first: Scene, second: Scene, plan: Plan, timing: Timing) -> None:
        self._timing = timing
        stages = [stage_of(scene) for scene in (first, second)]
        asked = [kept_inside(detour(plan.camera, stage, timing), stage) for stage in stages]
        self._takes = (
            Take(first, plan, asked[0], 0, timing),
            Take(second, plan, asked[1], timing.frames - 1, timing),
        )
        self._pivots = (first.pivot[0], second.pivot[0])
        self.notes = of_both(*[take.notes for take in self._takes])

    @property
    def staging(self) -> Staging:
        """What is heard passes from one subject's place to the other's."""
        shares = np.array([self.share(number) for number in range(self._timing.frames)])
        return Staging(position=(1 - shares) * self._pivots[0] + shares * self._pivots[1])

    def share(self, number: int) -> float:
        """How far the frame is the second scene's, 0–1."""
        return smooth((self._timing.progress(number) - _BEGINS) / _LASTS)

    def draw(self, number: int, out: I420) -> Pose:
        """Fill `out` with frame `number`; returns the pose of the scene that is seen most."""
        share = self.share(number)
        if share <= 0:
            return self._takes[0].draw(number, out)
        if share >= 1:
            return self._takes[1].draw(number, out)
        other = np.empty_like(out)
        poses = self._takes[0].draw(number, out), self._takes[1].draw(number, other)
        cv2.addWeighted(out, 1 - share, other, share, 0, dst=out)
        return poses[round(share)]
