"""What is in the air: rain, snow, dust, embers, bokeh, fog and steam, drawn into the planes."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from photoplay.direction.plan import Atmosphere, Cue, Motion, Plan
from photoplay.engines.parallax.camera import Pose
from photoplay.engines.parallax.grid import CELL
from photoplay.engines.parallax.noise import turbulence
from photoplay.engines.parallax.scene import Scene
from photoplay.engines.parallax.timing import Envelope, envelope, smooth
from photoplay.frames import I420, Field, Plane, Raster, split_planes

Numbers: TypeAlias = NDArray[np.float64]
Views: TypeAlias = Sequence[Pose]  # one after the other

_PHASES = 4  # sub-pixel positions per axis at which a sprite is kept
_FADE_IN_S = 1.0
_ROLL_IN_S = 2.5  # fog comes slowly
_MEAN = np.float32(0.6)  # how thick mist is


@dataclass(frozen=True, slots=True)
class Earlier:
    """The weather that a shot goes on with: `elapsed_s` old at its first frame, made by `seed`.

    `views` are the poses in which the parts before ended, each relative to the one before it.
    `in_picture`: mist is in the still already, as it is seen when the shot begins.
    """

    elapsed_s: float
    seed: int
    views: tuple[Pose, ...] = ()
    in_picture: bool = False


class Air:
    """Everything that floats or falls in front of one scene during one shot."""

    def __init__(
        self,
        scene: Scene,
        plan: Plan,
        *,
        frames: int,
        fps: float,
        seed: int,
        loop: bool = False,
        earlier: Earlier | None = None,
    ) -> None:
        earlier = earlier or Earlier(0.0, seed)
        self._fps, self._earlier, seed = fps, earlier, earlier.seed
        duration_s = frames / fps
        length_s = earlier.elapsed_s + duration_s
        loop_s = duration_s if loop else None
        self._parts: list[tuple[Envelope, Swarm | Rain | Mist]] = []
        for cue in plan.atmosphere:
            part = particles(cue, scene.canvas.raster, seed, loop_s)
            if part is not None:
                self._parts.append((envelope(cue, duration_s, _FADE_IN_S, loop=loop), part))
                continue
            where = _far_and_low(scene)
            fog = Mist(scene, where, length_s, seed + 62, rise=0.0, loop_s=loop_s)
            level = envelope(cue, duration_s, _ROLL_IN_S, loop=loop)
            self._parts.append((level, self._begun(fog, cue)))
        for steam in plan.motion:
            if steam.kind is Motion.STEAM:
                where = _above_subject(scene)
                column = Mist(scene, where, length_s, seed + 71, rise=0.16, loop_s=loop_s)
                begun = self._begun(column, steam)
                self._parts.append((envelope(steam, duration_s, _FADE_IN_S, loop=loop), begun))
        # What falls is drawn last, as `draw_particles` has it taken out of a frame with fog in it.
        self._parts.sort(key=lambda each: not isinstance(each[1], Mist))

    def draw(self, frame: int, strength: float, pose: Pose, picture: I420) -> None:
        """Draw into the planes of frame number `frame` in place."""
        time_s, earlier = frame / self._fps, self._earlier
        for level, part in self._parts:
            amount = level(time_s) * _amount(strength)
            if amount > 0.01:
                part.draw(time_s + earlier.elapsed_s, amount, (*earlier.views, pose), picture)

    def _begun(self, mist: Mist, cue: Cue[Atmosphere] | Cue[Motion]) -> Mist:
        """Mist of which the picture may show what there is when the shot begins."""
        earlier = self._earlier
        is_there = cue.start < 0 and earlier.in_picture
        return mist.since(earlier.elapsed_s) if is_there else mist


def draw_particles(
    cues: Sequence[Cue[Atmosphere]],
    raster: Raster,
    earlier: Earlier,
    strength: float,
    picture: I420,
) -> None:
    """Draw all but mist as it is where a shot that goes on begins."""
    for cue in cues:
        part = particles(cue, raster, earlier.seed)
        if part is not None:
            part.draw(earlier.elapsed_s, cue.amount * _amount(strength), earlier.views, picture)


def _amount(strength: float) -> float:
    return 0.4 + 0.6 * strength


def particles(
    cue: Cue[Atmosphere], raster: Raster, seed: int, loop_s: float | None = None
) -> Swarm | Rain | None:
    """What falls or floats piece by piece; None for fog."""
    if cue.kind is Atmosphere.FOG:
        return None
    if cue.kind is Atmosphere.RAIN:
        return Rain(raster, seed + 61, loop_s)
    return Swarm(raster, _SWARMS[cue.kind], cue.amount, seed + 63, loop_s)


@dataclass(frozen=True, slots=True)
class SwarmKind:
    """How one kind of particle looks and moves. Speeds are shares of the height per second."""

    count: int
    radius_px: tuple[float, float]  # farthest and nearest, on a 1080p frame
    light: tuple[float, float]  # luma added, farthest and nearest
    fall: tuple[float, float]  # downward speed, farthest and nearest
    wander: float  # sideways swing, share of the height
    wander_hz: float
    twinkle_hz: float
    disc: bool = False  # a disc of confocal blur instead of a soft dot
    tint: tuple[int, int] | None = None  # chroma of the particle itself


_SWARMS = {
    Atmosphere.DUST: SwarmKind(210, (1.3, 7.0), (105, 34), (-0.004, 0.012), 0.012, 0.08, 0.27),
    Atmosphere.SNOW: SwarmKind(640, (1.6, 9.5), (165, 85), (0.10, 0.30), 0.020, 0.17, 0.0),
    Atmosphere.EMBERS: SwarmKind(
        150, (1.8, 5.2), (170, 140), (-0.08, -0.20), 0.030, 0.24, 0.8, tint=(84, 178)
    ),
    Atmosphere.BOKEH: SwarmKind(
        46, (13, 40), (26, 42), (-0.003, 0.004), 0.012, 0.05, 0.13, disc=True
    ),
}


class Swarm:
    """Particles at their own depths: nearer ones are larger, fainter and pass faster.

    In a loop each lives once in `loop_s`, begins at a moment of its own, and is out of sight while
    it goes back: so they all keep their pace, and the swarm never thins.
    """

    def __init__(
        self, raster: Raster, kind: SwarmKind, amount: float, seed: int, loop_s: float | None = None
    ) -> None:
        count = round(kind.count * min(max(amount, 0.4), 2.0) * _density(raster))
        self._raster, self._kind = raster, kind
        # A row for each: in a thicker swarm the same ones are among the others.
        chances = np.random.default_rng(seed).random((count, 8))
        chances = chances[np.argsort(chances[:, 2])]
        self._place = chances[:, :2]
        self._near = chances[:, 2] ** 2.2  # most are far
        self._phase = chances[:, 3:7] * 2 * np.pi
        self._pace = 0.6 + 0.8 * chances[:, 7]
        self._loop_s = loop_s
        # By the golden section: as many are born in any stretch of time, near ones as far ones.
        self._born_s = (np.arange(count) * 0.6180339887) % 1 * (loop_s or 0.0)
        unit = raster.unit_px
        far, close = kind.radius_px
        radii = (far + (close - far) * self._near) * unit
        self._size = np.digitize(radii, _RADIUS_STEPS * unit)
        self._stamps = {
            size: _stamps(_RADIUS_STEPS[min(size, len(_RADIUS_STEPS) - 1)] * unit, kind.disc)
            for size in set(self._size.tolist())
        }

    def draw(self, time_s: float, amount: float, views: Views, picture: I420) -> None:
        """Add the particles' light; embers colour what they cover, too."""
        luma, u, v = split_planes(picture)
        x, y, light = self._state(time_s, views)
        light = light * min(amount, 1.3)
        for at in np.flatnonzero(light > 2).tolist():
            stamp = self._stamp(at, x[at], y[at])
            left = int(x[at]) - stamp.shape[1] // 2
            top = int(y[at]) - stamp.shape[0] // 2
            _add_stamp(luma, stamp, left, top, float(light[at]) / 255)
            if self._kind.tint:
                # At chroma size the same stamp is twice as large: a glow around the spark.
                left = int(x[at] / 2) - stamp.shape[1] // 2
                top = int(y[at] / 2) - stamp.shape[0] // 2
                for plane, colour in zip((u, v), self._kind.tint, strict=True):
                    _tint_stamp(plane, stamp, left, top, colour, float(light[at]) / 150)

    def _lives(self, time_s: float) -> tuple[Numbers | float, Numbers | float]:
        """How old each particle is, and how much of its light is there."""
        if self._loop_s is None:
            return time_s, 1.0
        age_s = np.asarray((time_s - self._born_s) % self._loop_s)
        left_s = self._loop_s - age_s
        fade_s = min(_FADE_IN_S, self._loop_s / 4)
        seen = np.asarray((np.minimum(age_s, left_s) / fade_s).clip(0, 1))
        return age_s, seen * seen * (3 - 2 * seen)

    def _state(self, time_s: float, views: Views) -> tuple[Numbers, Numbers, Numbers]:
        """Positions, px, and light of all particles."""
        age_s, seen = self._lives(time_s)
        kind, near, phase = self._kind, self._near, self._phase
        width, height = self._raster.width_px, self._raster.height_px
        far_v, near_v = kind.fall
        swing = 2 * np.pi * kind.wander_hz * self._pace * age_s
        sway_x = kind.wander * (0.5 + near) * (np.sin(swing + phase[:, 0]) - np.sin(phase[:, 0]))
        sway_y = 0.4 * kind.wander * (np.sin(0.8 * swing + phase[:, 1]) - np.sin(phase[:, 1]))
        fall = (far_v + (near_v - far_v) * near) * self._pace * age_s
        x = (self._place[:, 0] * 1.2 - 0.1) * width + sway_x * height
        y = ((self._place[:, 1] + fall + 0.1) % 1.2 - 0.1) * height + sway_y * height
        parallax = 0.6 + 1.2 * near
        for pose in views:
            grow = pose.zoom / (1 - min(pose.dolly, 0.4) * (0.3 + 0.9 * near))
            x = x - pose.pan_x_px - pose.truck_x_px * parallax
            y = y - pose.pan_y_px - pose.truck_y_px * parallax
            x = (x - pose.pivot_x_px) * grow + pose.pivot_x_px
            y = (y - pose.pivot_y_px) * grow + pose.pivot_y_px
        far_l, near_l = kind.light
        light = (far_l + (near_l - far_l) * near) * seen
        if kind.twinkle_hz:
            beat = np.sin(2 * np.pi * kind.twinkle_hz * self._pace * age_s + phase[:, 2])
            light = light * (0.5 + 0.5 * beat)
        return x, y, light

    def _stamp(self, at: int, x_px: float, y_px: float) -> Plane:
        across = int((x_px % 1) * _PHASES)
        down = int((y_px % 1) * _PHASES)
        return self._stamps[int(self._size[at])][down * _PHASES + across]


_RADIUS_STEPS = np.array([1.2, 1.6, 2.2, 3.0, 4.2, 5.8, 8.0, 11.0, 15.0, 21.0, 29.0, 40.0])


def _density(raster: Raster) -> float:
    """Particles are as dense on a tall frame as on a wide one."""
    return float(np.clip(raster.width_px / raster.height_px * 9 / 16, 0.4, 1.6))


def _stamps(radius_px: float, disc: bool) -> list[Plane]:
    """One sprite (0–255) at every sub-pixel phase; its middle is the middle of the array."""
    half = int(np.ceil(radius_px * (1.15 if disc else 1.5))) + 1
    stamps = []
    for phase in range(_PHASES * _PHASES):
        dy, dx = ((p + 0.5) / _PHASES for p in divmod(phase, _PHASES))
        y, x = np.mgrid[-half : half + 1, -half : half + 1].astype(np.float64)
        away = np.hypot(x + 0.5 - dx, y + 0.5 - dy) / radius_px
        if disc:
            shape = np.clip((1 - away) * radius_px / 2, 0, 1) * (0.55 + 0.45 * away)
        else:
            shape = np.exp(-3.2 * away * away)
        stamps.append((255 * shape).clip(0, 255).astype(np.uint8))
    return stamps


def _overlap(plane: Plane, stamp: Plane, left: int, top: int) -> tuple[Plane, Plane] | None:
    """The parts of plane and stamp that lie over each other."""
    height, width = stamp.shape
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + width, plane.shape[1]), min(top + height, plane.shape[0])
    if x0 >= x1 or y0 >= y1:
        return None
    return plane[y0:y1, x0:x1], stamp[y0 - top : y1 - top, x0 - left : x1 - left]


def _add_stamp(plane: Plane, stamp: Plane, left: int, top: int, scale: float) -> None:
    parts = _overlap(plane, stamp, left, top)
    if parts:
        under, over = parts
        cv2.addWeighted(under, 1, over, scale, 0, dst=under)


def _tint_stamp(plane: Plane, stamp: Plane, left: int, top: int, colour: int, scale: float) -> None:
    parts = _overlap(plane, stamp, left, top)
    if parts:
        under, over = parts
        weight = over * np.float32(min(scale, 1.0) / 255)
        under[:] = (under + (colour - under.astype(np.float32)) * weight + 0.5).astype(np.uint8)


class Rain:
    """Three sheets of streaks at different distances, each a tile that scrolls without a seam.

    In a loop each falls a whole number of heights, and its tile is as wide as the wind carries it
    meanwhile, or a whole part of that.
    """

    _SHEETS = (  # drops on 1080p, streak length px, width px, light, heights fallen a second
        (1300, 30, 1, 34, 1.5),
        (520, 60, 1, 44, 2.4),
        (120, 120, 2, 40, 3.8),
    )
    _SLANT = 0.12

    def __init__(self, raster: Raster, seed: int, loop_s: float | None = None) -> None:
        rng = np.random.default_rng(seed)
        self._raster = raster
        self._falls = [self._fall(sheet[-1], loop_s) for sheet in self._SHEETS]
        self._sheets = [
            self._sheet(*sheet[:4], rng, tile_px)
            for sheet, (_, _, tile_px) in zip(self._SHEETS, self._falls, strict=True)
        ]

    def _fall(self, speed: float, loop_s: float | None) -> tuple[float, float, int]:
        """Speed down and to the left, px a second, and the width of the tile."""
        w, h = self._raster.width_px, self._raster.height_px
        if loop_s is None:
            return speed * h, self._SLANT * speed * h, w
        heights = max(1, round(speed * loop_s))
        carried_px = self._SLANT * heights * h
        times = max(1, round(carried_px / w))
        tile_px = round(carried_px / times)
        return heights * h / loop_s, times * tile_px / loop_s, tile_px

    def _sheet(
        self,
        count: int,
        length: int,
        width: int,
        light: int,
        rng: np.random.Generator,
        tile_px: int,
    ) -> Plane:
        w, h = tile_px, self._raster.height_px
        unit = self._raster.unit_px
        sheet = np.zeros((h, w), np.float32)
        share = tile_px / self._raster.width_px
        for _ in range(round(count * share * _density(self._raster))):
            x, y = rng.random() * w, rng.random() * h
            long = length * unit * (0.6 + 0.8 * rng.random())
            shade = light * (0.4 + 0.6 * rng.random())
            for dx in (0, -w):
                for dy in (0, -h):
                    ends = np.array([[x, y], [x + self._SLANT * long, y + long]]) + np.array(
                        [dx, dy]
                    )
                    (x0, y0), (x1, y1) = (ends * 8).round().astype(int).tolist()
                    thick = max(1, round(width * unit))
                    cv2.line(sheet, (x0, y0), (x1, y1), shade, thick, cv2.LINE_AA, 3)
        soft = cv2.GaussianBlur(sheet, (0, 0), (0.6 + 0.5 * (width - 1)) * max(unit, 0.5))
        across = 1 + -(-self._raster.width_px // tile_px)
        return np.tile(soft.clip(0, 255).astype(np.uint8), (2, across))

    def draw(self, time_s: float, amount: float, views: Views, picture: I420) -> None:
        """Add the streaks' light."""
        luma, _, _ = split_planes(picture)
        w, h = self._raster.width_px, self._raster.height_px
        falls = zip(self._sheets, self._falls, strict=True)
        panned_px = sum(pose.pan_x_px for pose in views)
        for depth, (sheet, (down_px_s, left_px_s, tile_px)) in enumerate(falls):
            top = round(-down_px_s * time_s) % h
            left = round(panned_px - left_px_s * time_s + 331 * depth) % tile_px
            streaks = sheet[top : top + h, left : left + w]
            cv2.addWeighted(luma, 1, streaks, min(amount, 1.6), 0, dst=luma)


class Mist:
    """Fog or steam: grey-white that lies over the picture with a drifting density."""

    _LUMA = 192.0

    def __init__(
        self,
        scene: Scene,
        density: Field,
        duration_s: float,
        seed: int,
        *,
        rise: float,
        loop_s: float | None = None,
    ) -> None:
        """`density` is 0–1 at the nodes; `rise` in heights of the frame per second.

        In a loop its last part passes into what was there before the first.
        """
        self._loop_s = loop_s
        self._before_s = 0.0 if loop_s is None else min(_ROLL_IN_S, loop_s / 2)
        duration_s += self._before_s
        self._drawn_s: float | None = None
        self._grid = scene.grid
        self._density = density
        self._rise_px_s = rise * scene.canvas.raster.height_px
        self._drift_px_s = 0.010 * scene.canvas.raster.width_px
        # Fog lies in banks, wider than high; steam rises in wisps, higher than wide.
        self._squeeze = (0.4, 1.0) if rise == 0 else (1.0, 0.55)
        rows, columns = scene.grid.shape
        more = int(np.ceil(self._rise_px_s * duration_s / CELL))
        shape = (rows + more, columns + int(np.ceil(self._drift_px_s * duration_s / CELL)))
        self._contrast = 0.24 if rise == 0 else 0.60
        scale = 16 if rise == 0 else 8
        self._coarse = turbulence(shape, duration_s, seed, scale=scale, rate_hz=0.22)
        self._fine = turbulence(shape, duration_s, seed + 1, scale=scale / 2.6, rate_hz=0.5)

    def since(self, time_s: float) -> Mist:
        """The same for a picture that it is in already, as it was at `time_s`: what changes."""
        begun = copy(self)
        begun._drawn_s = time_s
        return begun

    def draw(self, time_s: float, amount: float, _views: Views, picture: I420) -> None:
        """Mix the planes towards the colour of mist."""
        cover = self._cover(time_s, amount)
        if self._drawn_s is not None:
            # What is seen through both: negative where it has become thinner.
            cover = 1 - (1 - cover) / (1 - self._cover(self._drawn_s, amount))
        luma, u, v = split_planes(picture)
        for plane, step, colour in ((luma, 1, self._LUMA), (u, 2, 128.0), (v, 2, 128.0)):
            share = self._grid.spread(cover, step)
            thinned = cv2.multiply(plane, 1 - share, dtype=cv2.CV_32F)
            cv2.scaleAdd(share, colour, thinned, dst=thinned)
            cv2.add(thinned, 0.0, dst=plane, dtype=cv2.CV_8U)

    def _cover(self, time_s: float, amount: float) -> Field:
        """The share of the light that is its own, at the nodes."""
        cloud = self._cloud(time_s + self._before_s)
        if self._loop_s is not None and time_s > self._loop_s - self._before_s:
            passed = smooth(1 - (self._loop_s - time_s) / self._before_s)
            early = self._cloud(time_s + self._before_s - self._loop_s)
            # By equal power: halves of two unlike clouds are as rough as one whole.
            weights = np.float32((1 - passed) ** 0.5), np.float32(passed**0.5)
            cloud = _MEAN + weights[0] * (cloud - _MEAN) + weights[1] * (early - _MEAN)
        return np.asarray((cloud.clip(0, None) * self._density * amount * 0.7).clip(0, 0.85))

    def _cloud(self, time_s: float) -> Field:
        """How thick it is at the nodes, before it is thinned by where it lies."""
        noise = self._coarse(time_s) + 0.45 * self._fine(time_s)
        return self._grid.look_up(
            np.asarray(_MEAN + self._contrast * noise, np.float32),
            self._grid.x_px * self._squeeze[0] + self._drift_px_s * time_s,
            self._grid.y_px * self._squeeze[1] + self._rise_px_s * time_s,
        )


def _far_and_low(scene: Scene) -> Field:
    """Fog thickens with distance and towards the ground."""
    depth = scene.layers[0].depth
    low = (scene.grid.y_px / scene.canvas.raster.height_px).clip(0, 1)
    front = 0.45 * scene.regions.subject
    return np.asarray((1.25 - depth + 0.35 * (low - 0.5)).clip(0, 1.2) * (1 - front), np.float32)


def _above_subject(scene: Scene) -> Field:
    """Steam rises in a widening column from the middle of what the picture is about."""
    raster = scene.canvas.raster
    u = scene.grid.x_px / raster.width_px - scene.pivot[0]
    v = scene.grid.y_px / raster.height_px - scene.pivot[1]
    widening = 0.07 + 0.16 * (0.1 - v).clip(0, 1)
    column = np.exp(-((u / widening) ** 2)) * ((0.04 - v) / 0.12).clip(0, 1)
    return np.asarray(1.3 * column * np.exp(-(v.clip(None, 0) ** 2) / 0.28), np.float32)
