"""One shot of one scene: every frame is a function of its number, so frames render in any order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import cv2
import numpy as np

from photoplay.direction.plan import Plan
from photoplay.engines.parallax.air import Air, Earlier
from photoplay.engines.parallax.camera import (
    Border,
    Pose,
    Stage,
    camera_path,
    limits,
)
from photoplay.engines.parallax.film import Focus, Grain, motion_blur
from photoplay.engines.parallax.layer import Layer
from photoplay.engines.parallax.light import Lights
from photoplay.engines.parallax.momentum import Start
from photoplay.engines.parallax.motion import SecondaryMotion
from photoplay.engines.parallax.scene import Scene
from photoplay.engines.parallax.settling import SETTLE_FRAMES, Fading, difference
from photoplay.engines.parallax.staging import read_staging
from photoplay.engines.parallax.timing import led_in
from photoplay.engines.parallax.warp import Offset, film
from photoplay.frames import I420
from photoplay.sound.staging import Staging


class Mover(Protocol):
    """Moves layers beside what a plan asks for."""

    @property
    def layers(self) -> tuple[Layer, ...]:
        """What is filmed, from back to front: the scene's layers, or pieces of them."""

    def added(self, frame: int, pose: Pose, offsets: Mapping[str, Offset]) -> dict[str, Offset]:
        """The offsets of a frame and those of this movement."""


class ShotRenderer:
    """Renders the frames of one shot. Immutable after construction; threads may share it.

    `strength` scales all that the plan asks for. `lead` is for how many frames light, weather,
    motion and grain have been going on before frame 0: none come up from the still after a cut.
    `path` takes the place of the plan's camera work, and `gesture` moves the subject beside what
    the plan says.

    With `loop` the last frame leads back to the first: the camera and the subject come back to the
    still; light and weather that last all the time go on across the seam, so that the first frame
    is the still in them.

    A shot that goes on from another begins at the camera's `start`, in the weather of `earlier`.
    With `first`, that is its frame 0 instead of the still.
    """

    def __init__(
        self,
        scene: Scene,
        plan: Plan,
        *,
        frames: int,
        fps: float,
        strength: float,
        seed: int,
        lead: int = 0,
        path: Sequence[Pose] | None = None,
        gesture: Mover | None = None,
        loop: bool = False,
        start: Start | None = None,
        first: I420 | None = None,
        earlier: Earlier | None = None,
    ) -> None:
        stage = stage_of(scene)
        self._path = path or camera_path(
            plan.camera,
            stage,
            frames=frames,
            fps=fps,
            strength=strength,
            seed=seed,
            loop=loop,
            start=start,
        )
        self._gesture = gesture
        self._layers = scene.layers if gesture is None else gesture.layers
        self._lead, self._frames, self._loop = lead, frames, loop
        frames += lead
        plan = led_in(plan, lead / frames)
        self._motion = SecondaryMotion(scene, plan, frames=frames, fps=fps, seed=seed, loop=loop)
        self._lights = Lights(scene, plan, frames=frames, fps=fps, seed=seed, loop=loop)
        self._air = Air(scene, plan, frames=frames, fps=fps, seed=seed, loop=loop, earlier=earlier)
        self._grain = Grain(
            scene, plan, frames=frames, fps=fps, strength=strength, seed=seed, loop=loop
        )
        racks = any(pose.defocus_background or pose.defocus_subject for pose in self._path)
        self._focus = Focus(scene, self._layers) if racks else None
        self._scene = scene
        self._strength = strength
        self._fps = fps
        self._still = scene.canvas.frame if first is None else first
        is_known = start is None or first is not None
        self._is_still_first = is_known and not loop and lead == 0
        self._settling = None
        if is_known:  # what is lost of the still by sampling it
            composite = self._composite(0, self.empty_frame(), {})
            self._settling = Fading(difference(self._still, composite))
        self.notes = (*scene.notes, *limits(plan.camera, stage), *self._motion.notes)

    @property
    def view(self) -> Pose:
        """The camera in the last frame."""
        return self._path[-1]

    @property
    def staging(self) -> Staging:
        """Where the subject is over the shot, how fast the camera moves, how near it is."""
        return read_staging(self._scene, self._path, self._fps)

    def empty_frame(self) -> I420:
        """A buffer that `frame` can render into."""
        return np.empty_like(self._still)

    def frame(self, number: int, out: I420 | None = None) -> I420:
        """Frame `number` of the shot; frame 0 is the still itself, or `first`, bit for bit.

        Not so with a lead, in a loop, and with a start without `first`.

        It is rendered into `out`, or into a new buffer.
        """
        picture = self.empty_frame() if out is None else out
        since = number + self._lead
        if number == 0 and self._is_still_first:
            picture[:] = self._still
            return picture
        self._composite(number, picture, self._offsets(number))
        from_still = min(number, self._frames - number) if self._loop else number
        if self._settling is not None and from_still < SETTLE_FRAMES:
            self._settling.lay_over(picture, 1 - from_still / SETTLE_FRAMES)
        pose = self._path[number]
        motion_blur(pose, picture)
        self._lights.apply(since, self._strength, picture)
        self._air.draw(since, self._strength, pose, picture)
        self._grain.apply(since, picture)
        return picture

    def _offsets(self, number: int) -> dict[str, Offset]:
        """What moves by itself, layer by layer."""
        offsets = self._motion.at(number + self._lead, self._strength)
        if self._gesture is None:
            return offsets
        return self._gesture.added(number, self._path[number], offsets)

    def _composite(self, number: int, out: I420, offsets: dict[str, Offset]) -> I420:
        pose = self._path[number]
        layers = self._focus.layers(pose) if self._focus else self._layers
        return film(layers, self._scene.grid, pose, offsets, out)


def stage_of(scene: Scene) -> Stage:
    """What the camera needs to know of a scene."""
    background = scene.layers[0].depth
    return Stage(
        raster=scene.canvas.raster,
        border=_border(scene),
        focus=scene.focus,
        farthest=float(background.min()),
        pivot=scene.pivot,
        beyond=scene.beyond,
        is_layered=scene.is_layered,
        backdrop=scene.canvas.backdrop_beyond,
    )


def _border(scene: Scene) -> Border:
    """Border nodes with the depth of every layer that is seen there."""
    grid, raster = scene.grid, scene.canvas.raster
    edge = np.zeros(grid.shape, np.bool_)
    edge[[0, -1]] = True
    edge[:, [0, -1]] = True
    x = grid.x_px.clip(0, raster.width_px)
    y = grid.y_px.clip(0, raster.height_px)
    seen = [edge]
    if scene.is_layered:
        near_subject = cv2.dilate(scene.regions.subject, np.ones((3, 3), np.uint8)) > 0.02
        seen.append(edge & near_subject)
    pairs = list(zip(scene.layers, seen, strict=True))
    return Border(
        x_px=np.concatenate([x[where] for _, where in pairs]).astype(np.float64),
        y_px=np.concatenate([y[where] for _, where in pairs]).astype(np.float64),
        depth=np.concatenate([layer.depth[where] for layer, where in pairs]).astype(np.float64),
    )
