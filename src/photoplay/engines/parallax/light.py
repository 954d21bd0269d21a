"""What the light does: a gain on luma and a shift of chroma, both smooth, from the nodes.

Every light starts from the still and comes up over its first second.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from photoplay.direction.plan import Cue, Light, Look, Motion, Plan
from photoplay.engines.parallax.flashing import harmless_level
from photoplay.engines.parallax.grid import NodeGrid
from photoplay.engines.parallax.noise import drift, turbulence
from photoplay.engines.parallax.scene import Scene
from photoplay.engines.parallax.timing import Envelope, envelope, out_and_back, smooth
from photoplay.frames import I420, Field, Plane, split_planes

_BLACK = 16  # luma of black
_LARGEST_LAMP = 0.3  # of the shorter side of the frame
_UNIT_GAIN = 120  # a gain of 1 in 8 bits; 255 is the greatest, a little over one stop


@dataclass(slots=True)
class Lighting:
    """Sum of all lights at one frame: log gain, and chroma shifts in 8-bit steps, at the nodes."""

    log_gain: Field
    u_shift: Field
    v_shift: Field


Source = Callable[[float, float, Lighting], None]  # (time_s, level, sum to add to)


class Lights:
    """The lights of one scene over one shot."""

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
        self._grid = scene.grid
        self._fps = fps
        self._headroom = _headroom(scene)
        self._dither = _dither(scene, seed)
        duration_s = frames / fps
        make = _Sources(scene, frames, fps, seed, loop)
        self._sources: list[tuple[Envelope, Source]] = [
            (
                envelope(
                    cue, duration_s, rise_s=0.04 if cue.kind is Light.FLASH else 1.0, loop=loop
                ),
                make.source(cue, duration_s),
            )
            for cue in plan.light
        ]
        for flicker in plan.motion:
            if flicker.kind is Motion.FLICKER:
                self._sources.append((envelope(flicker, duration_s, loop=loop), make.flicker()))
        for look in plan.look:
            if look.kind is Look.VIGNETTE:
                self._sources.append((envelope(look, duration_s, loop=loop), make.vignette()))

    def apply(self, frame: int, strength: float, picture: I420) -> None:
        """Light the planes of frame number `frame` in place."""
        levels = [(level(frame / self._fps) * strength, source) for level, source in self._sources]
        if not any(level > 0 for level, _ in levels):
            return
        zero = np.zeros(self._grid.shape, np.float32)
        total = Lighting(zero.copy(), zero.copy(), zero.copy())
        for level, source in levels:
            if level > 0:
                source(frame / self._fps, level, total)
        luma, u, v = split_planes(picture)
        brighter = np.maximum(total.log_gain, 0) * self._headroom
        log_gain = np.minimum(total.log_gain, 0) + brighter
        height, width = luma.shape
        _apply_gain(luma, self._grid, log_gain, self._dither[:height, :width])
        for plane, shift in ((u, total.u_shift), (v, total.v_shift)):
            rows, columns = plane.shape
            _apply_shift(plane, self._grid, shift, self._dither[:rows, :columns])


def _apply_gain(luma: Plane, grid: NodeGrid, log_gain: Field, dither: Field) -> None:
    """Luma above black times exp(log_gain).

    The gain is rounded to 8 bits with a dither: a smooth light over a smooth sky would show steps.
    """
    if not np.abs(log_gain).max() > 1e-3:
        return
    gain = cv2.add(grid.spread(np.exp(log_gain) * _UNIT_GAIN), dither, dtype=cv2.CV_8U)
    cv2.subtract(luma, _BLACK, dst=luma)
    cv2.multiply(luma, gain, scale=1 / _UNIT_GAIN, dst=luma)
    cv2.add(luma, _BLACK, dst=luma)


def _apply_shift(chroma: Plane, grid: NodeGrid, shift: Field, dither: Field) -> None:
    """Add a signed smooth shift to a chroma plane, dithered."""
    if not np.abs(shift).max() > 0.4:
        return
    smooth_shift = cv2.add(grid.spread(shift, 2), dither)
    cv2.add(chroma, smooth_shift, dst=chroma, dtype=cv2.CV_8U)


class _Sources:
    """Makes the sources of a scene; each kind of light is one method."""

    def __init__(self, scene: Scene, frames: int, fps: float, seed: int, loop: bool) -> None:
        self._scene = scene
        raster = scene.canvas.raster
        self._frame_u = scene.grid.x_px / raster.width_px  # 0 left – 1 right
        self._frame_v = scene.grid.y_px / raster.height_px
        window = scene.canvas.window  # light falls on the whole still, whatever part is shown
        self._u = window.left + window.width * self._frame_u
        self._v = window.top + window.height * self._frame_v
        self._aspect = raster.width_px / raster.height_px * window.height / window.width
        self._frames, self._fps, self._seed, self._loop = frames, fps, seed, loop
        self._sun = _brightest(scene)
        self._side = 1.0 if self._sun[0] > 0.5 else -1.0  # where the light comes from

    def source(self, cue: Cue[Light], duration_s: float) -> Source:
        """The source for a cue."""
        match cue.kind:
            case Light.GOLDEN_HOUR:
                return self._golden_hour()
            case Light.WINDOW_LIGHT:
                return self._window()
            case Light.RING_LIGHT:
                return self._ring()
            case Light.GOD_RAYS:
                return self._rays()
            case Light.LIGHT_SWEEP:
                return self._sweep(cue, duration_s)
            case Light.FIRELIGHT:
                return self._fire()
            case Light.NEON:
                return self._neon()
            case Light.MOONLIGHT:
                return self._even(-0.30, 7.0, -4.0)
            case Light.FLASH:
                return self._flash(cue, duration_s)
            case Light.SUNSET_TO_NIGHT:
                return self._nightfall(cue, duration_s)
            case Light.NIGHT_TO_DAY:
                return self._daybreak(cue, duration_s)

    def _even(self, log_gain: float, u_shift: float, v_shift: float) -> Source:
        def even(_time_s: float, level: float, total: Lighting) -> None:
            total.log_gain += level * log_gain
            total.u_shift += level * u_shift
            total.v_shift += level * v_shift

        return even

    def _golden_hour(self) -> Source:
        """Low warm sun from the brighter side, breathing slowly."""
        towards = 0.5 + self._side * (self._u - 0.5) - 0.25 * (self._v - 0.5)
        waver = self._drift(0.3, 1.2, 41)

        def golden(time_s: float, level: float, total: Lighting) -> None:
            strength = level * (1 + 0.12 * waver(time_s))
            total.log_gain += strength * (0.16 * towards - 0.05)
            total.u_shift -= strength * (4 + 6 * towards)
            total.v_shift += strength * (2 + 4 * towards)

        return golden

    def _window(self) -> Source:
        """A soft pool of light from one side, with leaf shadows that wander through it."""
        centre = 0.5 + 0.42 * self._side
        pool = np.exp(-(((self._u - centre) / 0.45) ** 2) - ((self._v - 0.4) / 0.6) ** 2)
        shade = turbulence(
            self._scene.grid.shape,
            self._frames / self._fps,
            self._seed + 42,
            scale=9,
            rate_hz=0.5,
            loop=self._loop,
        )

        def window(time_s: float, level: float, total: Lighting) -> None:
            total.log_gain += level * pool * (0.16 + 0.05 * shade(time_s).clip(-2, 2))
            total.u_shift -= level * 2.5 * pool

        return window

    def _ring(self) -> Source:
        """An even glow on the face, falling off around it."""
        x, y = self._scene.pivot
        window = self._scene.canvas.window
        x, y = window.left + window.width * x, window.top + window.height * y
        away = ((self._u - x) * self._aspect / 0.55) ** 2 + ((self._v - y) / 0.5) ** 2
        glow = (0.20 * np.exp(-away) - 0.04).astype(np.float32)

        def ring(_time_s: float, level: float, total: Lighting) -> None:
            total.log_gain += level * glow

        return ring

    def _rays(self) -> Source:
        """Shafts that fan out from the brightest place of the upper part and turn slowly."""
        sun_x, sun_y = self._sun[0], min(self._sun[1], 0.25) - 0.15
        dx, dy = (self._u - sun_x) * self._aspect, self._v - sun_y
        angle, away = np.arctan2(dy, dx), np.hypot(dx, dy)
        falloff = np.exp(-1.1 * away) * (4 * away).clip(0, 1)
        duration_s = self._frames / self._fps

        def rays(time_s: float, level: float, total: Lighting) -> None:
            turn = 0.35 * time_s
            if self._loop:  # turned and back, nowhere faster than that
                turn = 0.35 * duration_s / np.pi * out_and_back(time_s / duration_s)
            shafts = np.sin(9 * angle + turn) * np.sin(17 * angle - 1.7 * turn + 1.3)
            shafts = shafts * np.sin(5 * angle + 2 + 0.6 * turn)
            total.log_gain += level * 0.26 * (0.35 + 0.65 * shafts.clip(0, 1)) * falloff

        return rays

    def _sweep(self, cue: Cue[Light], duration_s: float) -> Source:
        start_s, span_s = cue.start * duration_s, (cue.end - cue.start) * duration_s
        across = 0.9 * self._frame_u + 0.45 * self._frame_v
        first, way = (-0.7, 2.75) if self._loop else (-0.4, 2.1)  # in a loop it passes out of sight

        def sweep(time_s: float, level: float, total: Lighting) -> None:
            centre = first + way * (time_s - start_s) / max(span_s, 1e-6)
            total.log_gain += level * 0.14 * np.exp(-(((across - centre) / 0.22) ** 2))

        return sweep

    def _fire(self) -> Source:
        """Warm light from below that flickers."""
        low = np.exp(-(((self._v - 1.05) / 0.75) ** 2)).astype(np.float32)
        flame = self._drift(2.5, 1.2, 43, cut_hz=9.0)
        dancing = 0.07 * low
        most = harmless_level(self._luma(), dancing)

        def fire(time_s: float, level: float, total: Lighting) -> None:
            total.log_gain += level * 0.12 * low + min(level, most) * dancing * flame(time_s)
            total.u_shift -= level * (3 + 8 * low)
            total.v_shift += level * (2 + 6 * low)

        return fire

    def _neon(self) -> Source:
        """Magenta from one side and cyan from the other; the tubes are not quite steady."""
        left = np.exp(-((self._u / 0.55) ** 2)).astype(np.float32)
        right = np.exp(-(((self._u - 1) / 0.55) ** 2)).astype(np.float32)
        first, second = self._drift(1.5, 1.4, 44), self._drift(1.1, 1.4, 45)

        def neon(time_s: float, level: float, total: Lighting) -> None:
            a = level * left * (1 + 0.25 * first(time_s))
            b = level * right * (1 + 0.25 * second(time_s))
            total.u_shift += 9 * a + 9 * b
            total.v_shift += 12 * a - 11 * b
            total.log_gain += 0.05 * (a + b) - 0.04 * level

        return neon

    def _flash(self, cue: Cue[Light], duration_s: float) -> Source:
        """A bright burst and a weaker second one, 0.15 s apart, at the start of the cue.

        A cue that spans the shot flashes a third of the way in: the first frame is the still.
        """
        whole = cue.end - cue.start > 0.9
        at_s = (cue.start + (0.33 if whole else 0.05) * (cue.end - cue.start)) * duration_s

        def flash(time_s: float, level: float, total: Lighting) -> None:
            burst = 0.0
            for delay_s, power in ((0.0, 1.0), (0.15, 0.55)):
                since = time_s - at_s - delay_s
                burst += power * np.exp(-since / 0.09) if since >= 0 else 0.0
            total.log_gain += min(level, 1.6) * 0.75 * burst

        return flash

    def _nightfall(self, cue: Cue[Light], duration_s: float) -> Source:
        """Warm and sinking first, then dark and blue."""

        def nightfall(time_s: float, level: float, total: Lighting) -> None:
            done = self._done(cue, time_s / duration_s)
            warm = 4 * done * (1 - done)
            night = done * done
            total.log_gain += -0.95 * level * night + 0.05 * level * warm
            total.u_shift += level * (9 * night - 8 * warm)
            total.v_shift += level * (7 * warm - 6 * night)

        return nightfall

    def _daybreak(self, cue: Cue[Light], duration_s: float) -> Source:
        def daybreak(time_s: float, level: float, total: Lighting) -> None:
            done = self._done(cue, time_s / duration_s)
            total.log_gain += 0.42 * level * done
            total.u_shift -= level * 7 * done
            total.v_shift += level * 4 * done

        return daybreak

    def flicker(self) -> Source:
        """Bright places (flames, lamps, screens) flicker, and what is near them a little.

        What is bright and large, as a sky or a wall, is none of them.
        """
        luma = self._luma()
        bright = ((luma - 0.59) / 0.31).clip(0, 1)
        side = 1 + 2 * round(_LARGEST_LAMP / 2 * min(bright.shape))
        lamps = cv2.morphologyEx(bright, cv2.MORPH_TOPHAT, np.ones((side, side), np.uint8))
        swing = 0.02 + 0.07 * lamps + 0.05 * cv2.GaussianBlur(lamps, (0, 0), 5)
        flame = self._drift(3.0, 1.0, 46, cut_hz=10.0)
        most = harmless_level(luma, swing)

        def flickering(time_s: float, level: float, total: Lighting) -> None:
            total.log_gain += min(level, most) * swing * flame(time_s)

        return flickering

    def _luma(self) -> Field:
        """Brightness at the nodes as it is coded, 0–1."""
        return self._scene.grid.sample(_grey(self._scene) / np.float32(255))

    def vignette(self) -> Source:
        """Darker corners (natural falloff shape)."""
        radius = (self._frame_u - 0.5) ** 2 * 1.3 + (self._frame_v - 0.5) ** 2 * 1.6
        corners = (-0.26 * (radius * 1.6).clip(0, 1)).astype(np.float32)

        def vignette(_time_s: float, level: float, total: Lighting) -> None:
            total.log_gain += level * corners

        return vignette

    def _drift(
        self, corner_hz: float, order: float, salt: int, cut_hz: float = 4.0
    ) -> Callable[[float], float]:
        curve = drift(
            self._frames,
            self._seed + salt,
            fps=self._fps,
            corner_hz=corner_hz,
            order=order,
            cut_hz=cut_hz,
            loop=self._loop,
        )
        return lambda time_s: float(curve[min(round(time_s * self._fps), self._frames - 1)])

    def _done(self, cue: Cue[Light], time: float) -> float:
        """How much of a change of light is over, 0–1, at a share of the shot; a loop undoes it."""
        done = (time - cue.start) / max(cue.end - cue.start, 1e-3)
        return out_and_back(min(max(done, 0.0), 1.0)) if self._loop else smooth(done)


def _grey(scene: Scene) -> Field:
    """Brightness of the still as it is coded, in 8-bit steps."""
    return np.asarray(cv2.cvtColor(scene.canvas.picture, cv2.COLOR_RGB2GRAY), np.float32)


def _headroom(scene: Scene) -> Field:
    """How much brighter each place can get, 0.15–1: what is nearly white would only burn out."""
    bright = cv2.GaussianBlur(scene.grid.sample(_grey(scene)), (0, 0), 2)
    return np.asarray(1 - 0.85 * ((bright - 130) / 105).clip(0, 1))


def _dither(scene: Scene, seed: int) -> Field:
    """Noise of one 8-bit step, frame size; fixed in place, so that it does not crawl."""
    tile = np.random.default_rng(seed + 47).random((256, 256), np.float32) - 0.5
    raster = scene.canvas.raster
    return np.tile(tile, (-(-raster.height_px // 256), -(-raster.width_px // 256)))


def _brightest(scene: Scene) -> tuple[float, float]:
    """Place of the brightest soft spot in the upper part, as shares of width and height."""
    canvas = scene.canvas
    whole = canvas.picture if canvas.whole is None else canvas.whole
    picture = cv2.resize(whole, (96, 54), interpolation=cv2.INTER_AREA)
    light = cv2.GaussianBlur(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), (0, 0), 4)[:32]
    row, column = np.unravel_index(int(light.argmax()), light.shape)
    return float(column / 96), float(row / 54)
