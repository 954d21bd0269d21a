"""Light, air and grain over a transition: from zero, and back to zero."""

from __future__ import annotations

from photoplay.direction.plan import Look, Motion, Plan
from photoplay.engines.parallax.air import Air
from photoplay.engines.parallax.camera import Pose
from photoplay.engines.parallax.film import Grain
from photoplay.engines.parallax.light import Lights
from photoplay.engines.parallax.scene import Scene
from photoplay.engines.parallax.transition.way import Timing
from photoplay.frames import I420


class Finish:
    """What lies over both scenes; `plan` is one that closes."""

    def __init__(
        self, scenes: tuple[Scene, Scene], plan: Plan, timing: Timing, *, is_cut: bool
    ) -> None:
        self._timing = timing
        self._is_cut = is_cut
        length = {"frames": timing.frames, "fps": timing.fps, "seed": timing.seed}
        self._lights = [Lights(scene, plan, **length) for scene in scenes]  # type: ignore[arg-type]  # all of them numbers
        self._air = [Air(scene, plan, **length) for scene in scenes]  # type: ignore[arg-type]  # as above
        self._grain = Grain(scenes[0], plan, strength=timing.strength, **length)  # type: ignore[arg-type]  # as above

    @staticmethod
    def is_asked(plan: Plan) -> bool:
        """Whether there is anything to lay over the pictures."""
        looks = any(cue.amount > 0 or cue.kind is not Look.GRAIN for cue in plan.look)
        moves = any(cue.kind in (Motion.FLICKER, Motion.STEAM) for cue in plan.motion)
        return bool(plan.light or plan.atmosphere or looks or moves)

    def apply(self, number: int, share: float, pose: Pose, picture: I420) -> None:
        """Finish frame `number` in place; `share` is how far it is the second scene's.

        The light of each scene fades with its picture. The air is one: drops fall on through a
        mixture, and only a cut changes what is near and far for the fog.
        """
        strength = self._timing.strength * self._timing.presence(number)
        for lights, part in zip(self._lights, (1 - share, share), strict=True):
            if part > 0:
                lights.apply(number, strength * part, picture)
        air = self._air[round(share) if self._is_cut else 0]
        air.draw(number, strength, pose, picture)
        self._grain.apply(number, picture)
