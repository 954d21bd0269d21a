"""Reference videos whose movement is known: drawn figures and panned photographs.

Each motion gives its frames and the truth: camera (pan right and down as shares of the side of a
square as large as the frame, ln zoom, roll) and figure (lean, bob, tilt) over time. Those of
`KEPT_ASIDE` were not looked at while the reader was made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks import actors, stills
from benchmarks.actors import Build, Stance
from photoplay.frames import RGB, SAMPLE_RATE_HZ

FPS = 24
SIZE = (960, 540)
Curve = Callable[[float], float]
_WORLD = 1.6  # sides of the world, in sides of the frame


def _none(time_s: float) -> float:  # noqa: ARG001
    return 0.0


def wave(amount: float, hertz: float, phase: float = 0.0) -> Curve:
    """A sine."""
    return lambda time_s: amount * float(np.sin(2 * np.pi * hertz * time_s + phase))


def ramp(amount: float, start_s: float, end_s: float) -> Curve:
    """A soft step."""

    def at(time_s: float) -> float:
        share = float(np.clip((time_s - start_s) / (end_s - start_s), 0, 1))
        return amount * share * share * (3 - 2 * share)

    return at


@dataclass(frozen=True)
class Motion:
    """What a reference shows. `figure` None: nobody is in it."""

    seconds: float = 5.0
    pan_x: Curve = _none
    pan_y: Curve = _none
    log_zoom: Curve = _none
    roll: Curve = _none
    lean: Curve | None = None
    bob: Curve = _none
    tilt: Curve = _none
    arm: Curve = _none  # of the right arm above rest, rad
    half: bool = False  # cut off at the hips
    backdrop: str = "temple"
    cuts_s: tuple[float, ...] = ()
    flicker: float = 0.0
    colours: int = 0
    size: tuple[int, int] = SIZE
    noise: float = 2.0
    seed: int = 0
    stance: Callable[[float], Stance] | None = None  # a figure with limbs, instead of `lean`
    build: Build = field(default_factory=Build)
    tall: float = 0.8  # of that figure, as a share of the frame's height

    def truth(self) -> NDArray[np.float64]:
        """(frames, 7): pan right, pan down, ln zoom, roll, lean, bob, tilt."""
        lean = self.lean or _none
        curves = (self.pan_x, self.pan_y, self.log_zoom, self.roll, lean, self.bob, self.tilt)
        times = np.arange(round(self.seconds * FPS)) / FPS
        return np.array([[curve(time_s) for curve in curves] for time_s in times])

    def frames(self) -> Iterator[RGB]:
        """The pictures."""
        rng = np.random.default_rng(self.seed)
        for number, row in enumerate(self.truth()):
            time_s = number / FPS
            cut = sum(time_s >= at_s for at_s in self.cuts_s)
            world = _world(self.backdrop, self.size, cut)
            if self.lean is not None:
                self._draw(world, row[4:], self.arm(time_s))
            if self.stance is not None:
                actors.draw(world, self.build, self.stance(time_s), *self._place(world))
            inverse = self._camera(row)
            shown = cv2.warpAffine(
                world, inverse, self.size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                borderMode=cv2.BORDER_REFLECT,
            )  # fmt: skip
            light = 1 + self.flicker * rng.uniform(-1, 1)
            noise = rng.normal(0, self.noise, shown.shape).astype(np.float32)
            yield (shown * light + noise).clip(0, 255).astype(np.uint8)

    def joints(self) -> dict[str, NDArray[np.float64]]:
        """Where the joints of the figure with limbs are in each frame, (frames, 2), px."""
        assert self.stance is not None
        world = _world(self.backdrop, self.size, 0)
        found: dict[str, list[NDArray[np.float64]]] = {}
        for number, row in enumerate(self.truth()):
            at = actors.joints(self.build, self.stance(number / FPS), *self._place(world))
            into = cv2.invertAffineTransform(self._camera(row))
            for name, place in at.items():
                found.setdefault(name, []).append(into[:, :2] @ place + into[:, 2])
        return {name: np.array(places) for name, places in found.items()}

    def _place(self, world: RGB) -> tuple[NDArray[np.float64], float]:
        """Foot and height of the figure with limbs, px of the world."""
        rows, columns = world.shape[:2]
        high = self.size[1]
        return np.array([columns / 2, rows / 2 + 0.44 * high]), self.tall * high

    def _camera(self, row: NDArray[np.float64]) -> NDArray[np.float64]:
        """The matrix from the frame to the world, (2, 3)."""
        width, height = self.size
        pan, zoom, roll = row[:2] * (width * height) ** 0.5, np.exp(row[2]), row[3]
        cos, sin = np.cos(roll) / zoom, np.sin(roll) / zoom
        world = np.round(np.array(self.size) * _WORLD)
        inverse = np.array([[cos, sin, 0], [-sin, cos, 0]])
        inverse[:, 2] = world / 2 + pan - 0.5
        inverse[:, 2] -= inverse[:, :2] @ (np.array(self.size) / 2 - 0.5)
        return inverse

    def _draw(self, world: RGB, body: NDArray[np.float64], arm_rad: float) -> None:
        lean, bob, tilt = body
        rows, columns = world.shape[:2]
        height = self.size[1] * (1.25 if self.half else 0.8)
        foot = np.array([columns / 2, rows / 2 + self.size[1] * (0.85 if self.half else 0.42)])

        def at(x: float, y: float) -> NDArray[np.float64]:
            """A place on the body: x to the right, y above the foot, shares of its height."""
            share = min(y / 0.78, 1.0)
            moved = np.array([lean * 0.78 * share, -bob * 0.78 * share])
            return np.asarray(foot + height * (np.array([x, -y]) + moved))

        shirt, trousers, skin = _COLOURS[self.colours % len(_COLOURS)]
        for side in (-1, 1):
            _limb(world, at(side * 0.07, 0), at(side * 0.05, 0.45), 0.085 * height, trousers)
        _limb(world, at(0, 0.5), at(0, 0.7), 0.2 * height, shirt)
        for side in (-1, 1):
            raised = 0.25 + (arm_rad if side > 0 else 0.0)
            shoulder = at(side * 0.11, 0.74)
            out = np.array([side * np.sin(raised), np.cos(raised)])
            _limb(world, shoulder, shoulder + 0.3 * height * out, 0.065 * height, shirt)
        neck = at(0, 0.78)
        _head(world, neck, 0.16 * height, tilt, skin)


_COLOURS = (
    ((60, 80, 160), (50, 50, 60), (225, 180, 150)),
    ((170, 60, 50), (70, 90, 120), (150, 105, 80)),
    ((70, 130, 80), (120, 100, 70), (240, 200, 170)),
)


def _limb(
    world: RGB,
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    width: float,
    colour: tuple[int, ...],
) -> None:
    def dot(at: NDArray[np.float64]) -> tuple[int, int]:
        return round(float(at[0]) * 16), round(float(at[1]) * 16)

    a, b = (np.round(each).astype(int).tolist() for each in (start, end))
    cv2.line(world, a, b, colour, max(1, round(width)), cv2.LINE_AA)
    across = np.array([-(end - start)[1], (end - start)[0]])
    across = across / (np.linalg.norm(across) + 1e-9) * width * 0.42
    for share in np.linspace(0.1, 0.9, 5):  # stripes: what cloth has and flat paint lacks
        at = start + share * (end - start)
        dark = tuple(int(0.7 * value) for value in colour)
        cv2.line(world, dot(at - across), dot(at + across), dark, 2, cv2.LINE_AA, 4)


def _head(
    world: RGB, neck: NDArray[np.float64], size: float, tilt: float, skin: tuple[int, ...]
) -> None:
    turn = np.array([[np.cos(tilt), -np.sin(tilt)], [np.sin(tilt), np.cos(tilt)]])

    def at(x: float, y: float) -> tuple[int, int]:
        x_px, y_px = neck + size * (turn @ np.array([x, -y]))
        return round(float(x_px) * 16), round(float(y_px) * 16)

    angle = float(np.degrees(tilt))
    axes = (round(size * 0.42 * 16), round(size * 0.55 * 16))
    cv2.ellipse(world, at(0, 0.55), axes, angle, 0, 360, skin, -1, cv2.LINE_AA, 4)
    cv2.ellipse(world, at(0, 0.72), axes, angle, 180, 360, (50, 35, 30), -1, cv2.LINE_AA, 4)
    for side in (-1, 1):
        cv2.circle(world, at(0.17 * side, 0.6), round(0.06 * size * 16), (30, 30, 30), -1, 16, 4)
        cv2.line(world, at(0.1 * side, 0.72), at(0.26 * side, 0.72), (40, 30, 30), 2, 16, 4)
    cv2.line(world, at(-0.14, 0.28), at(0.14, 0.28), (150, 60, 60), 3, 16, 4)


def _world(backdrop: str, size: tuple[int, int], cut: int) -> RGB:
    """A fresh picture, half as large again as the frame."""
    key = (backdrop, size, cut)
    if key not in _WORLDS:
        wide, high = (round(side * _WORLD) for side in size)
        if backdrop == "wall":
            picture = np.full((high, wide, 3), (180, 190, 200), np.uint8)
        elif backdrop == "street":
            picture = stills.street(wide, high)
        else:
            names = {"temple": "landscape (temple)", "coffee": "product (coffee)"}
            picture = stills.photographs()[names.get(backdrop, backdrop)]
        picture = cv2.resize(picture, (wide, high), interpolation=cv2.INTER_CUBIC)
        _WORLDS[key] = np.ascontiguousarray(picture[:, :: -1 if cut % 2 else 1])
        if cut:
            _WORLDS[key] = np.ascontiguousarray(np.roll(_WORLDS[key], 170 * cut, axis=1))
    return _WORLDS[key].copy()


_WORLDS: dict[tuple[str, tuple[int, int], int], RGB] = {}

SWAY = Motion(lean=wave(0.06, 0.5), bob=wave(0.018, 1.0), tilt=wave(0.08, 0.5, 0.8))
MOTIONS: dict[str, Motion] = {
    "sway": SWAY,
    "wave and pan": Motion(
        lean=wave(0.03, 0.8),
        tilt=wave(0.05, 0.8),
        pan_x=ramp(0.16, 0.5, 4.5),
        arm=lambda time_s: 2.2 + 0.35 * float(np.sin(9 * time_s)),
        backdrop="coffee",
    ),
    "camera": Motion(pan_x=ramp(0.12, 0, 5), pan_y=ramp(-0.05, 1, 4), log_zoom=ramp(0.18, 0, 5)),
    "cuts": replace(SWAY, cuts_s=(1.1, 2.3, 3.2, 4.1)),
    "flicker": Motion(pan_x=ramp(0.1, 0, 5), flicker=0.6, noise=9),
    "static": Motion(),
    "dance before a wall": Motion(lean=wave(0.09, 0.9), bob=wave(0.03, 1.8), backdrop="wall"),
}
_MOTORCYCLE = "interior (motorcycle)"
KEPT_ASIDE: dict[str, Motion] = {
    "half body": Motion(
        half=True, lean=wave(0.05, 0.6), bob=wave(0.02, 1.2), tilt=wave(0.1, 0.6), colours=1
    ),
    "upright film": Motion(
        size=(540, 960), lean=wave(0.05, 0.7), bob=wave(0.02, 0.7, 1), colours=2, backdrop="street"
    ),
    "hand-held sway": Motion(
        lean=wave(0.05, 0.55),
        bob=wave(0.02, 1.1),
        tilt=wave(0.06, 0.55),
        pan_x=wave(0.012, 0.9, 1),
        pan_y=wave(0.009, 1.4),
        roll=wave(0.012, 0.4),
        backdrop=_MOTORCYCLE,
        colours=1,
    ),
    "push in on a dancer": Motion(
        lean=wave(0.08, 1.0), bob=wave(0.03, 2.0), log_zoom=ramp(0.3, 0, 5), colours=2
    ),
    "whip pan": Motion(pan_x=ramp(0.22, 2.2, 2.7), backdrop="coffee"),
    "roll": Motion(roll=ramp(0.12, 0.5, 4), pan_y=ramp(0.06, 0, 5), backdrop=_MOTORCYCLE),
    "strobe": replace(SWAY, flicker=0.95),
    "cuts of a landscape": Motion(
        pan_x=ramp(0.1, 0, 5), cuts_s=(0.8, 1.7, 2.5, 3.3), backdrop="coffee"
    ),
    "empty wall": Motion(backdrop="wall", noise=6),
    "statue": Motion(lean=_none, backdrop="street"),
}


def write(motion: Motion, path: Path, *, tone_hz: float | None = None) -> None:
    """The motion as an H.264 film, with a tone if asked."""
    with av.open(str(path), "w") as file:
        video = file.add_stream("libx264", rate=FPS, options={"crf": "20", "preset": "veryfast"})
        video.width, video.height = motion.size
        video.pix_fmt = "yuv420p"
        sound = file.add_stream("aac", rate=SAMPLE_RATE_HZ, layout="stereo") if tone_hz else None
        for frame in motion.frames():
            file.mux(video.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        file.mux(video.encode(None))
        if sound is not None:
            samples = round(motion.seconds * SAMPLE_RATE_HZ)
            time_s = np.arange(samples) / SAMPLE_RATE_HZ
            wave_ = 0.3 * np.sin(2 * np.pi * (tone_hz or 0) * time_s) * (1 + np.sin(6 * time_s)) / 2
            block = np.repeat(wave_.astype(np.float32)[None], 2, axis=0)
            for start in range(0, samples, 1024):
                part = av.AudioFrame.from_ndarray(
                    np.ascontiguousarray(block[:, start : start + 1024]), "fltp", "stereo"
                )
                part.sample_rate, part.pts = SAMPLE_RATE_HZ, start
                file.mux(sound.encode(part))
            file.mux(sound.encode(None))
