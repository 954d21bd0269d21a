"""Motion inside the picture: displacements at the nodes, per layer and frame.

Everything starts from rest, so that the first frame is the still; in a loop everything comes back
to it. Amplitudes are px of a 1080p
frame and scale with the frame. Leaves and water move only where the picture shows some, hair and
cloth only on a subject that was found.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from photoplay.direction.plan import Cue, Motion, Plan
from photoplay.engines.parallax.noise import drift, turbulence
from photoplay.engines.parallax.scene import Scene
from photoplay.engines.parallax.timing import Envelope, envelope, out_and_back, whole_cycles
from photoplay.engines.parallax.warp import Offset
from photoplay.frames import Field

Mover = Callable[[float], tuple[Field, Field]]  # time_s → (dx, dy) at the nodes, at full strength

_BREATH_HZ = 0.24
_LEAST_REGION = 0.02  # share of the nodes a region must hold before it counts as there


class SecondaryMotion:
    """Displacements of the layers of one scene over one shot."""

    def __init__(
        self,
        scene: Scene,
        plan: Plan,
        *,
        frames: int,
        fps: float,
        seed: int,
        loop: bool = False,
    ) -> None:
        self._fps = fps
        self._movers: list[tuple[str, Envelope, Mover]] = []
        self.notes: list[str] = []
        build = _Builders(scene, frames, fps, seed, loop)
        for cue in plan.motion:
            if cue.kind in (Motion.STEAM, Motion.FLICKER):  # light and air make these
                continue
            made = build.make(cue)
            if not made:
                self.notes.append(f"{cue.kind}: {build.why_not(cue.kind)}")
            level = envelope(cue, frames / fps, loop=loop)
            for layer, mover in made:
                self._movers.append((layer, level, _from_rest(mover) if loop else mover))

    def at(self, frame: int, strength: float) -> dict[str, Offset]:
        """Displacement (dx, dy) at the nodes of every layer that moves at this frame."""
        time_s = frame / self._fps
        offsets: dict[str, Offset] = {}
        for layer, level, mover in self._movers:
            amount = level(time_s) * strength
            if amount <= 0:
                continue
            dx, dy = mover(time_s)
            before = offsets.get(layer, (0.0, 0.0))
            offsets[layer] = (before[0] + amount * dx, before[1] + amount * dy)
        return offsets


def _from_rest(mover: Mover) -> Mover:
    """The same motion about another middle: none at the start, and so none at a loop's end."""
    start_x, start_y = mover(0.0)

    def moved(time_s: float) -> tuple[Field, Field]:
        dx, dy = mover(time_s)
        return dx - start_x, dy - start_y

    return moved


class _Builders:
    """Makes the movers of a scene; each kind of motion is one method."""

    def __init__(self, scene: Scene, frames: int, fps: float, seed: int, loop: bool) -> None:
        self._scene = scene
        self._grid = scene.grid
        self._unit = scene.canvas.raster.unit_px
        self._duration_s = frames / fps
        self._frames, self._fps, self._seed, self._loop = frames, fps, seed, loop
        self._front = "subject" if scene.is_layered else "background"

    def make(self, cue: Cue[Motion]) -> list[tuple[str, Mover]]:
        """Movers for a cue, with the layers they act on; none if there is no place for it."""
        regions = self._scene.regions
        match cue.kind:
            case Motion.BREATHING:
                if self._scene.is_layered:
                    return [("subject", self._breathing())]
                # A face alone can still drift a little.
                return [("background", self._head_drift())] if self._scene.subject.faces else []
            case Motion.SWAY:
                return [("subject", self._sway())] if self._scene.is_layered else []
            case Motion.HAIR:
                return self._where(regions.hair, self._front, self._flutter(5, 5.0, 1.9), 0.004)
            case Motion.CLOTH:
                return self._where(regions.cloth, self._front, self._flutter(7, 4.2, 1.1), 0.01)
            case Motion.FOLIAGE:
                wind = self._flutter(14, 4.2, 0.8)
                layers = ["background"] + (["subject"] if self._scene.is_layered else [])
                made = [self._where(regions.foliage, layer, wind) for layer in layers]
                return [mover for movers in made for mover in movers]
            case Motion.WATER:
                return self._where(regions.water, "background", self._ripples())
            case Motion.CLOUDS:
                return self._where(regions.sky, "background", self._clouds())
            case _:  # not a displacement: light and air make it
                return []

    def why_not(self, kind: Motion) -> str:
        """Why `make` found no place for a kind of motion."""
        if kind in (Motion.BREATHING, Motion.SWAY):
            return "no subject stands apart from its background, so it is left out"
        return "none found in the picture, so it is left out"

    def _where(
        self, region: Field, layer: str, mover: Mover, least: float = _LEAST_REGION
    ) -> list[tuple[str, Mover]]:
        if float((region > 0.3).mean()) < least:
            return []

        def masked(time_s: float) -> tuple[Field, Field]:
            dx, dy = mover(time_s)
            return dx * region, dy * region

        return [(layer, masked)]

    def _subject_box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of the subject, px of the frame."""
        mask = self._scene.subject.mask
        scale = self._scene.canvas.raster.width_px / mask.shape[1]
        rows, columns = np.nonzero(mask)
        edges = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
        left, top, right, bottom = (float(edge) * scale for edge in edges)
        return left, top, right, bottom

    def _rate(self, hz: float) -> float:
        return whole_cycles(hz, self._duration_s, loop=self._loop)

    def _turbulence(self, salt: int, *, scale: float, rate_hz: float) -> Callable[[float], Field]:
        shape, seed = self._grid.shape, self._seed + salt
        return turbulence(
            shape, self._duration_s, seed, scale=scale, rate_hz=rate_hz, loop=self._loop
        )

    def _drift(self, salt: int, **curve: float) -> NDArray[np.float64]:
        return drift(self._frames, self._seed + salt, fps=self._fps, loop=self._loop, **curve)

    def _breathing(self) -> Mover:
        """The chest widens and lifts what is above it; the head drifts a little on its own."""
        left, top, right, bottom = self._subject_box()
        height = bottom - top
        x, y = self._grid.x_px - (left + right) / 2, self._grid.y_px
        chest = np.exp(-(((y - (top + 0.72 * height)) / (0.30 * height)) ** 2))
        above = ((bottom - y) / height).clip(0, 1) ** 0.5
        head = self._head_drift()
        unit, rate_hz = self._unit, self._rate(_BREATH_HZ)

        def breathing(time_s: float) -> tuple[Field, Field]:
            full = (0.5 - 0.5 * np.cos(2 * np.pi * rate_hz * time_s)) ** 1.3
            dx, dy = head(time_s)
            across = dx - 0.0075 * full * x * chest
            along = dy + 3.0 * unit * full * above
            return np.asarray(across, np.float32), np.asarray(along, np.float32)

        return breathing

    def _head_drift(self) -> Mover:
        """Small slow turns of the head: the area of the faces shifts as one, softly bounded."""
        faces = self._scene.subject.faces
        scale = self._scene.canvas.raster.width_px / self._scene.subject.mask.shape[1]
        weight = np.zeros(self._grid.shape, np.float32)
        for face in faces:
            cx, cy = (c * scale for c in face.centre_px)
            u = (self._grid.x_px - cx) / (1.1 * face.width_px * scale)
            v = (self._grid.y_px - cy) / (1.25 * face.height_px * scale)
            weight = np.maximum(weight, np.exp(-((u * u + v * v) ** 2)))
        curve = {"corner_hz": 0.3, "order": 2.4, "cut_hz": 1.6}
        across = self._drift(11, **curve) * 2.4 * self._unit
        along = self._drift(12, **curve) * 1.6 * self._unit

        def head(time_s: float) -> tuple[Field, Field]:
            at = min(round(time_s * self._fps), self._frames - 1)
            return weight * np.float32(across[at]), weight * np.float32(along[at])

        return head

    def _sway(self) -> Mover:
        """The whole subject leans about its foot."""
        _, top, _, bottom = self._subject_box()
        up = ((bottom - self._grid.y_px) / (bottom - top)).clip(0, 1.2)
        lean = np.asarray(up**1.4 * 0.017 * (bottom - top), np.float32)
        phase = self._drift(13, corner_hz=0.35, order=2.2, cut_hz=1.2)
        rate_hz = self._rate(0.31)

        def sway(time_s: float) -> tuple[Field, Field]:
            at = min(round(time_s * self._fps), self._frames - 1)
            beat = 0.6 * np.sin(2 * np.pi * rate_hz * time_s) + 0.4 * phase[at]
            return lean * np.float32(beat), np.zeros_like(lean)

        return sway

    def _flutter(self, scale: float, reach_px: float, rate_hz: float) -> Mover:
        """Wind: slow gusts that travel, and a finer tremble on top of them."""
        gusts = self._turbulence(21, scale=3 * scale, rate_hz=0.55)
        fine_x = self._turbulence(22, scale=scale / 2, rate_hz=1.7 * rate_hz)
        fine_y = self._turbulence(23, scale=scale / 2, rate_hz=1.5 * rate_hz)
        swing_hz = self._rate(0.45)
        reach = reach_px * self._unit
        phase = self._grid.x_px / (260 * self._unit)

        def flutter(time_s: float) -> tuple[Field, Field]:
            gust = (0.55 + 0.6 * gusts(time_s)).clip(0, 1.6)
            swing = np.sin(2 * np.pi * swing_hz * time_s + phase) - np.sin(phase)
            dx = reach * gust * (swing + 0.7 * fine_x(time_s))
            return np.asarray(dx), np.asarray(0.4 * reach * gust * fine_y(time_s))

        return flutter

    def _ripples(self) -> Mover:
        """Small waves that run towards the viewer, larger and slower the nearer they are."""
        grid, unit = self._grid, self._unit
        height = self._scene.canvas.raster.height_px
        top = float(grid.y_px[self._scene.regions.water > 0.3].min(initial=height))
        near = ((grid.y_px - top) / (0.35 * height)).clip(0.05, 1)
        pace = np.minimum(1 / near, 3) * 0.35
        slow = self._turbulence(31, scale=3, rate_hz=2.2)
        quick = self._turbulence(32, scale=2, rate_hz=3.2)
        running, rolling = (
            2 * np.pi * self._rate(rad_s / (2 * np.pi)) if self._loop else rad_s
            for rad_s in (4.2, 2.7)
        )
        reach = 1.6 * unit * (0.35 + 0.9 * near)

        def ripples(time_s: float) -> tuple[Field, Field]:
            along = grid.y_px / (9 * unit) * pace + grid.x_px / (420 * unit)
            dy = 2.2 * np.sin(along - running * time_s) + 1.6 * slow(time_s) + quick(time_s)
            dx = 2.6 * slow(time_s) + 1.3 * np.sin(grid.y_px / (14 * unit) + rolling * time_s)
            return np.asarray(reach * dx, np.float32), np.asarray(reach * dy, np.float32)

        return ripples

    def _clouds(self) -> Mover:
        """The sky slides sideways; its outline, where the region fades, stays."""
        # In all no further than the soft outline of the sky can stretch.
        pace_px_s = 9.0 * self._unit * min(1.0, 5 / self._duration_s)
        shift = np.full(self._grid.shape, -pace_px_s, np.float32)

        def clouds(time_s: float) -> tuple[Field, Field]:
            passed_s = time_s
            if self._loop:
                passed_s = self._duration_s / 2 * out_and_back(time_s / self._duration_s)
            return shift * np.float32(passed_s), np.zeros_like(shift)

        return clouds
