"""From camera words to one pose per frame.

A pose is what `warp.source_map` needs. Moves add up: those that overlap in time are combined, those
that follow each other continue from where the last one stopped. The whole path is known before the
first frame, so the crop that keeps borders out of sight is one smooth curve over the shot, not a
reaction to single frames.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields

import cv2
import numpy as np
from numpy.typing import NDArray

from photoplay.direction.plan import Camera, CameraMove, Easing, Move
from photoplay.engines.parallax.noise import drift
from photoplay.frames import Raster

Track = NDArray[np.float64]  # one value per frame

# How far the frame may look beyond the still, as a share of the side, unless the camera backs off.
_BEYOND_AT_REST = 0.004
# Greatest shift between nearest and farthest, as a share of the width: beyond it, filled
# background comes into view (measured: edges are clean at 1:1 up to 3 %).
_PARALLAX_LIMIT = 0.03
_LIMITS = (  # track, least, greatest
    ("dolly", -0.40, 0.50),
    ("log_zoom", -0.60, 0.60),
    ("pan_x", -0.20, 0.20),
    ("pan_y", -0.20, 0.20),
    ("truck_x", -0.15, 0.15),
    ("truck_y", -0.15, 0.15),
    ("roll_rad", -0.30, 0.30),
)


@dataclass(frozen=True, slots=True)
class Pose:
    """The camera at one frame, relative to where the still was taken.

    `truck_*` is multiplied by inverse depth, `pan_*` is not; both in px of the frame, positive when
    the camera goes or looks right and down. `dolly` shrinks the view by dolly × inverse depth
    (positive is forward), `zoom` scales it evenly. `defocus_*` is 0 for a sharp layer, 1 for
    a fully blurred one; `blur_*` is the length of the motion blur, px.
    """

    truck_x_px: float = 0.0
    truck_y_px: float = 0.0
    dolly: float = 0.0
    pan_x_px: float = 0.0
    pan_y_px: float = 0.0
    roll_rad: float = 0.0
    zoom: float = 1.0
    pivot_x_px: float = 0.0
    pivot_y_px: float = 0.0
    defocus_subject: float = 0.0
    defocus_background: float = 0.0
    blur_x_px: float = 0.0
    blur_y_px: float = 0.0

    @property
    def has_parallax(self) -> bool:
        """Whether depth matters to this pose."""
        return bool(self.truck_x_px or self.truck_y_px or self.dolly)


@dataclass(frozen=True, slots=True)
class Border:
    """Nodes on the border of the frame, (n,), and the inverse depth of what lies there.

    A subject that touches the border appears beside the background behind it.
    """

    x_px: Track
    y_px: Track
    depth: Track


@dataclass(frozen=True, slots=True)
class Stage:
    """What the camera path needs to know of the scene."""

    raster: Raster
    border: Border
    focus: float  # inverse depth of what the picture is about
    farthest: float  # least inverse depth of the background
    pivot: tuple[float, float]  # shares of width and height
    beyond: float  # share of a side by which a camera that backs off may look beyond the still
    is_layered: bool


@dataclass
class _Path:
    """Tracks that moves add to, one value per frame. Shares of the frame's width and height."""

    frames: int
    truck_x: Track = field(init=False)
    truck_y: Track = field(init=False)
    dolly: Track = field(init=False)
    pan_x: Track = field(init=False)
    pan_y: Track = field(init=False)
    roll_rad: Track = field(init=False)
    log_zoom: Track = field(init=False)
    defocus_subject: Track = field(init=False)
    defocus_background: Track = field(init=False)
    handheld: float = 0.0
    steps: Track = field(init=False)  # how strongly the camera walks, 0–1

    def __post_init__(self) -> None:
        for track in fields(self):
            if not track.init:
                setattr(self, track.name, np.zeros(self.frames))


# What each move adds at amount 1 when it is complete. Orbit, dolly zoom and rack focus depend on
# the scene and are made below.
_MOVES: dict[Move, dict[str, float]] = {
    Move.STATIC: {},
    Move.PUSH_IN: {"dolly": 0.24},
    Move.PULL_OUT: {"dolly": -0.18, "log_zoom": -0.03},
    Move.TRUCK_LEFT: {"truck_x": -0.06, "pan_x": -0.02},
    Move.TRUCK_RIGHT: {"truck_x": 0.06, "pan_x": 0.02},
    Move.PEDESTAL_UP: {"truck_y": -0.06, "pan_y": -0.025},
    Move.PEDESTAL_DOWN: {"truck_y": 0.06, "pan_y": 0.025},
    Move.PAN_LEFT: {"pan_x": -0.08},
    Move.PAN_RIGHT: {"pan_x": 0.08},
    Move.TILT_UP: {"pan_y": -0.08},
    Move.TILT_DOWN: {"pan_y": 0.08},
    Move.ROLL_LEFT: {"roll_rad": -0.07},
    Move.ROLL_RIGHT: {"roll_rad": 0.07},
    Move.ZOOM_IN: {"log_zoom": 0.20},
    Move.ZOOM_OUT: {"log_zoom": -0.07},
    Move.TRACK_FORWARD: {"dolly": 0.18},
    Move.WALK_AND_TALK: {"dolly": 0.10},
    Move.WHIP_PAN_LEFT: {"pan_x": -0.15},
    Move.WHIP_PAN_RIGHT: {"pan_x": 0.15},
}
_ORBITS = {Move.ORBIT_LEFT: -0.075, Move.ORBIT_RIGHT: 0.075}
_TRACKS = {Move.TRACK_LEFT: -0.085, Move.TRACK_RIGHT: 0.085}
_DOLLY_ZOOMS = {Move.DOLLY_ZOOM_IN: 0.34, Move.DOLLY_ZOOM_OUT: -0.28}
_WALKS = {Move.TRACK_FORWARD: (0.25, 0.3), Move.WALK_AND_TALK: (0.6, 1.0)}  # hand-held, steps
_WHIPS = {Move.WHIP_PAN_LEFT, Move.WHIP_PAN_RIGHT}
_RACKS = {Move.RACK_FOCUS_IN, Move.RACK_FOCUS_OUT}


def camera_path(
    camera: Camera, stage: Stage, *, frames: int, fps: float, strength: float, seed: int
) -> list[Pose]:
    """One pose per frame. The first is the still itself; `strength` scales every amount."""
    path = _Path(frames)
    path.handheld = camera.handheld
    for move in camera.moves:
        _add(path, move, stage, strength)
    _limit(path, stage)
    _shake(path, fps, strength, seed)
    path.log_zoom += np.log(_overscan(path, stage))
    return _poses(path, stage)


def limits(camera: Camera, stage: Stage) -> list[str]:
    """Sentences about moves that this scene cannot carry, or only a little."""
    sentences = []
    for move in (move.move for move in camera.moves):
        if move in _RACKS and not stage.is_layered:
            sentences.append(
                f"{move} needs a subject that stands apart from its background, and none could be "
                "cut out safely: left out"
            )
        if move in (Move.PULL_OUT, Move.ZOOM_OUT) and stage.beyond < 0.03:
            sentences.append(
                f"{move}: the still has much detail up to its border and nothing is known beyond "
                "it, so the camera backs off only a little"
            )
    return sentences


def _add(path: _Path, move: CameraMove, stage: Stage, strength: float) -> None:
    eased = _progress(path.frames, move)
    amount = move.amount * strength
    if move.move in _RACKS:
        _add_rack(path, move, stage, eased)
        return
    for name, value in _extents(move.move, stage, amount).items():
        track: Track = getattr(path, name)
        track += value * eased
    hands, steps = _WALKS.get(move.move, (0.0, 0.0))
    path.handheld = max(path.handheld, hands)
    path.steps += steps * _within(path.frames, move)


def _extents(move: Move, stage: Stage, amount: float) -> dict[str, float]:
    """What a move adds in all, as track → value."""
    if move in _DOLLY_ZOOMS:
        dolly = _DOLLY_ZOOMS[move] * min(amount, 1.6)
        return {"dolly": dolly, "log_zoom": float(np.log(1 - dolly * stage.focus))}
    circling = _ORBITS.get(move) or _TRACKS.get(move)
    if circling:  # the camera slides one way and turns back, so that the subject keeps its place
        truck = circling * amount
        return {"truck_x": truck, "pan_x": -truck * stage.focus, "dolly": 0.06 * amount}
    return {name: value * amount for name, value in _MOVES[move].items()}


def _add_rack(path: _Path, move: CameraMove, stage: Stage, eased: Track) -> None:
    """Focus passes from one plane to the other; the first quarter leaves the sharp still."""
    if not stage.is_layered:
        return
    leave = np.clip(4 * eased, 0, 1)
    cross = np.clip((eased - 0.3) / 0.7, 0, 1)
    first, second = path.defocus_background, path.defocus_subject
    if move.move is Move.RACK_FOCUS_IN:
        first, second = second, first
    first += leave * (1 - cross)
    second += cross


def _progress(frames: int, move: CameraMove) -> Track:
    """How much of the move is done at each frame, 0–1."""
    time = (np.arange(frames) / max(frames - 1, 1) - move.start) / max(move.end - move.start, 1e-3)
    if move.move in _WHIPS:
        time = (time - 0.35) / 0.3
    return ease(time, move.easing)


def ease(time: Track, easing: Easing) -> Track:
    """Progress 0–1 over time 0–1. A fifth of plain speed keeps slow moves from seeming stuck."""
    t = np.clip(time, 0, 1)
    if easing is Easing.LINEAR:
        # A twelfth of the time to gain speed: from a standing still a jump to full speed jerks.
        return np.where(t < 1 / 12, 6 * t * t, t - 1 / 24) / (1 - 1 / 24)
    if easing is Easing.EASE_IN:
        return 0.8 * t**2.5 + 0.2 * t
    if easing is Easing.EASE_OUT:
        return 0.8 * (1 - (1 - t) ** 2.5) + 0.2 * t
    return 0.8 * t**3 * (t * (6 * t - 15) + 10) + 0.2 * t


def _within(frames: int, move: CameraMove) -> Track:
    """1 while the move lasts, with soft ends."""
    time = np.arange(frames) / max(frames - 1, 1)
    rise = np.clip((time - move.start) / 0.1, 0, 1)
    fall = np.clip((move.end - time) / 0.1, 0, 1)
    return np.minimum(rise, np.where(move.end >= 1, 1.0, fall))


def _limit(path: _Path, stage: Stage) -> None:
    """Keep moves that add up within what a still can carry.

    What passes behind a cut-out stays within reach of the filled background, and the crop that
    hides the border leaves at least half of the picture.
    """
    for name, least, greatest in _LIMITS:
        values: Track = getattr(path, name)
        np.clip(values, least, greatest, out=values)
    if not stage.is_layered:  # a relief bends instead of parting: gentler
        path.truck_x *= 0.7
        path.truck_y *= 0.7
        path.dolly *= 0.85
        return
    span = max(stage.focus - stage.farthest, 0.05)
    for track in (path.truck_x, path.truck_y):
        most = np.abs(track).max() * span
        if most > _PARALLAX_LIMIT:
            track *= _PARALLAX_LIMIT / most


def _shake(path: _Path, fps: float, strength: float, seed: int) -> None:
    """Hand-held drift (about f^-2.6 above 0.5 Hz, nothing above 6 Hz) and footsteps."""
    rise = np.clip(np.arange(path.frames) / 20, 0, 1) ** 2
    amount = path.handheld * (0.5 + 0.5 * strength) * rise
    if path.handheld:
        curve = {"fps": fps, "corner_hz": 0.5, "order": 2.6, "cut_hz": 6.0}
        path.pan_x += 0.0032 * amount * drift(path.frames, seed, **curve)
        path.pan_y += 0.0042 * amount * drift(path.frames, seed + 1, **curve)
        path.roll_rad += 0.0016 * amount * drift(path.frames, seed + 2, **curve)
    if path.steps.any():
        phase = 2 * np.pi * 0.95 * np.arange(path.frames) / fps  # two footfalls a cycle
        path.pan_y += 0.004 * path.steps * rise * np.abs(np.sin(phase))
        path.pan_x += 0.002 * path.steps * rise * np.sin(phase)


def _overscan(path: _Path, stage: Stage) -> Track:
    """Extra zoom per frame, 1 or more, that keeps what lies beyond the still out of sight.

    The map of a border node is A / overscan + b, so the least overscan is known in closed form.
    It is widened to a smooth curve that starts at 1.
    """
    width, height = stage.raster.width_px, stage.raster.height_px
    pivot_x, pivot_y = stage.pivot[0] * width, stage.pivot[1] * height
    x, y = stage.border.x_px - pivot_x, stage.border.y_px - pivot_y
    depth = stage.border.depth[None]
    cos, sin = np.cos(path.roll_rad)[:, None], np.sin(path.roll_rad)[:, None]
    zoom = np.exp(path.log_zoom)[:, None]
    scale = 1 - path.dolly[:, None] * depth
    beyond = _beyond(path, stage)[:, None]
    axes = (
        ((cos * x + sin * y), path.pan_x, path.truck_x, width, pivot_x),
        ((cos * y - sin * x), path.pan_y, path.truck_y, height, pivot_y),
    )
    room = np.full(path.frames, np.inf)
    for turned, pan, truck, side, pivot in axes:
        reach = turned / zoom * scale
        shift = side * (pan[:, None] * scale + truck[:, None] * depth) + pivot
        limit = np.where(reach > 0, side * (1 + beyond), -side * beyond)
        share = (limit - shift) / np.where(np.abs(reach) < 1, np.inf, reach)
        share[np.abs(reach) < 1] = np.inf
        room = np.minimum(room, share.min(axis=1))
    needed = np.maximum(1 / np.clip(room, 0.25, None), 1.0)
    widest = cv2.dilate(needed[None], np.ones((1, 21), np.uint8))
    smooth = cv2.GaussianBlur(widest, (0, 0), 8, borderType=cv2.BORDER_REPLICATE)[0]
    rise = np.clip(np.arange(path.frames) / 24, 0, 1)
    return np.asarray(1 + (smooth - 1) * rise * rise * (3 - 2 * rise))


def _beyond(path: _Path, stage: Stage) -> Track:
    """Share of a side that may show the mirrored border: more while the camera backs off."""
    backing = np.clip((-path.dolly * stage.farthest - path.log_zoom) / 0.06, 0, 1)
    return _BEYOND_AT_REST + (stage.beyond - _BEYOND_AT_REST) * backing


def _poses(path: _Path, stage: Stage) -> list[Pose]:
    width, height = stage.raster.width_px, stage.raster.height_px
    tracks = np.stack(
        [
            path.truck_x * width,
            path.truck_y * height,
            path.dolly,
            path.pan_x * width,
            path.pan_y * height,
            path.roll_rad,
            np.exp(path.log_zoom),
            np.full(path.frames, stage.pivot[0] * width),
            np.full(path.frames, stage.pivot[1] * height),
            path.defocus_subject.clip(0, 1),
            path.defocus_background.clip(0, 1),
            _shutter_blur(path.pan_x * width),
            _shutter_blur(path.pan_y * height),
        ],
        axis=1,
    )
    return [Pose(*row) for row in tracks.tolist()]


def _shutter_blur(pan_px: Track) -> Track:
    """Length of the motion blur of a 180° shutter; none below what the eye would miss."""
    length = 0.5 * np.abs(np.gradient(pan_px))
    return np.where(length > 4, length, 0.0)
