"""From camera words to one pose per frame.

A pose is what `warp.source_map` needs. Moves add up: those that overlap in time are combined, those
that follow each other continue from where the last one stopped. The whole path is known before the
first frame, so the crop that keeps borders out of sight is one smooth curve over the shot, not a
reaction to single frames.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

import cv2
import numpy as np
from numpy.typing import NDArray

from photoplay.direction.plan import Camera, CameraMove, Easing, Move
from photoplay.engines.parallax.momentum import TRACKS, Start
from photoplay.engines.parallax.noise import drift
from photoplay.engines.parallax.timing import whole_cycles
from photoplay.frames import Raster

Track = NDArray[np.float64]  # one value per frame

# How far the frame may look beyond the still, as a share of the side, unless the camera backs off
# or more is known.
_BEYOND_AT_REST = 0.004
# Greatest shift between nearest and farthest, as a share of the width: beyond it, filled
# background comes into view (measured: edges are clean at 1:1 up to 3 %).
_PARALLAX_LIMIT = 0.03
_GLIDE_FRAMES = 30  # over so many a speed that the camera begins with dies away
_LONGEST_GLIDE = 0.06  # share of a side that it may carry on
_BEYOND_IN_GLIDE = 0.03  # share of a side that may be mirrored meanwhile
_LIMITS = (  # track, least, greatest
    ("dolly", -0.40, 0.50),
    ("dolly_zoom", -0.45, 0.45),
    ("orbit", -0.15, 0.15),
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
    # Shares of width and height on which a plain backdrop goes on, seen by any camera.
    backdrop: tuple[float, float] = (0.0, 0.0)


@dataclass
class _Path:
    """Tracks that moves add to, one value per frame. Shares of the frame's width and height."""

    frames: int
    loop: bool = False
    truck_x: Track = field(init=False)
    truck_y: Track = field(init=False)
    orbit: Track = field(init=False)  # truck that turns back to keep the subject in place
    rise: Track = field(init=False)  # the same, up and down
    dolly: Track = field(init=False)
    dolly_zoom: Track = field(init=False)  # dolly whose effect on the subject's size is zoomed away
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


# What each move adds at amount 1 when it is complete.
_MOVES: dict[Move, dict[str, float]] = {
    Move.STATIC: {},
    Move.PUSH_IN: {"dolly": 0.24},
    Move.PULL_OUT: {"dolly": -0.11, "log_zoom": -0.03},
    Move.TRUCK_LEFT: {"truck_x": -0.06, "pan_x": -0.02},
    Move.TRUCK_RIGHT: {"truck_x": 0.06, "pan_x": 0.02},
    Move.PEDESTAL_UP: {"truck_y": -0.06, "pan_y": -0.025},
    Move.PEDESTAL_DOWN: {"truck_y": 0.06, "pan_y": 0.025},
    Move.PAN_LEFT: {"pan_x": -0.07},
    Move.PAN_RIGHT: {"pan_x": 0.07},
    Move.TILT_UP: {"pan_y": -0.07},
    Move.TILT_DOWN: {"pan_y": 0.07},
    Move.ROLL_LEFT: {"roll_rad": 0.07},
    Move.ROLL_RIGHT: {"roll_rad": -0.07},
    Move.ZOOM_IN: {"log_zoom": 0.20},
    Move.ZOOM_OUT: {"log_zoom": -0.07},
    Move.TRACK_FORWARD: {"dolly": 0.18},
    Move.WALK_AND_TALK: {"dolly": 0.10},
    Move.WHIP_PAN_LEFT: {"pan_x": -0.11},
    Move.WHIP_PAN_RIGHT: {"pan_x": 0.11},
    Move.ORBIT_LEFT: {"orbit": -0.075, "dolly": 0.06},
    Move.ORBIT_RIGHT: {"orbit": 0.075, "dolly": 0.06},
    Move.TRACK_LEFT: {"orbit": -0.085, "dolly": 0.06},
    Move.TRACK_RIGHT: {"orbit": 0.085, "dolly": 0.06},
    Move.DOLLY_ZOOM_IN: {"dolly_zoom": 0.34},
    Move.DOLLY_ZOOM_OUT: {"dolly_zoom": -0.30},
}
_WALKS = {Move.TRACK_FORWARD: (0.25, 0.3), Move.WALK_AND_TALK: (0.6, 1.0)}  # hand-held, steps
_WHIPS = {Move.WHIP_PAN_LEFT, Move.WHIP_PAN_RIGHT}
_ROUND = {Move.ORBIT_LEFT, Move.ORBIT_RIGHT, Move.TRACK_LEFT, Move.TRACK_RIGHT}
_LOOP_AMOUNT = 0.8  # out and back is twice the way in the same time
_RISE_OF_ORBIT = 0.25  # height of the closed curve, as a share of its width
_RACKS = {Move.RACK_FOCUS_IN, Move.RACK_FOCUS_OUT}


def camera_path(
    camera: Camera,
    stage: Stage,
    *,
    frames: int,
    fps: float,
    strength: float,
    seed: int,
    loop: bool = False,
    start: Start | None = None,
) -> list[Pose]:
    """One pose per frame. The first is the still itself; `strength` scales every amount.

    In a loop the camera goes out and comes back: it rests at the still, and half-way through. With
    `start` it begins there and at that speed, which gives way to the moves.
    """
    path = _Path(frames, loop)
    path.handheld = camera.handheld
    for move in camera.moves:
        _add(path, move, stage, strength)
    _limit(path, stage)
    _settle(path, stage)
    _shake(path, fps, strength, seed)
    if start is not None:
        _carry_on(path, start)
    _crop(path, stage, _overscan(path, stage, is_moving=start is not None))
    return _poses(path, stage)


def followed_path(tracks: Mapping[str, Track], stage: Stage) -> list[Pose]:
    """One pose per frame along given tracks, by the names of moves: shares of the frame's sides.

    They begin at 0. A pan is the way of the middle of the frame, whatever the pivot is.
    """
    path = _Path(len(next(iter(tracks.values()))))
    for name, values in tracks.items():
        getattr(path, name)[:] = values
    _limit(path, stage)
    _settle(path, stage)
    off_x, off_y = _off_pivot(path, stage)
    path.pan_x += (off_x[0] - off_x) / stage.raster.width_px
    path.pan_y += (off_y[0] - off_y) / stage.raster.height_px
    _crop(path, stage, _overscan(path, stage))
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
        if move is Move.DOLLY_ZOOM_IN:
            sentences.append(
                f"{move}: nothing is known beyond the still's border, so the subject grows before "
                "a background that keeps its size"
            )
    return sentences


def _add(path: _Path, move: CameraMove, stage: Stage, strength: float) -> None:
    eased = _progress_in_loop(path.frames, move) if path.loop else _progress(path.frames, move)
    amount = move.amount * strength * (_LOOP_AMOUNT if path.loop else 1.0)
    if move.move in _RACKS:
        _add_rack(path, move, stage, eased, min(amount, 1.0))
        return
    for name, value in _MOVES[move.move].items():
        track: Track = getattr(path, name)
        track += value * amount * eased
    hands, steps = _WALKS.get(move.move, (0.0, 0.0))
    path.handheld = max(path.handheld, hands)
    path.steps += steps * (1.0 if path.loop else _within(path.frames, move))
    if path.loop and move.move in _ROUND:
        _close(path, move, amount)


def _close(path: _Path, move: CameraMove, amount: float) -> None:
    """Make the way out and the way back two sides of one closed curve: higher, then lower."""
    turn = 2 * np.pi * np.arange(path.frames) / path.frames
    side = np.sin(turn) * (1 - np.cos(turn)) / 2  # at rest at the seam, too
    path.rise -= _RISE_OF_ORBIT * abs(_MOVES[move.move]["orbit"]) * amount * side


def _add_rack(path: _Path, move: CameraMove, stage: Stage, eased: Track, amount: float) -> None:
    """Focus passes from one plane to the other; the first quarter leaves the sharp still."""
    if not stage.is_layered:
        return
    leave = np.clip(4 * eased, 0, 1)
    cross = np.clip((eased - 0.3) / 0.7, 0, 1)
    first, second = path.defocus_background, path.defocus_subject
    if move.move is Move.RACK_FOCUS_IN:
        first, second = second, first
    first += amount * leave * (1 - cross)
    second += amount * cross


def _progress(frames: int, move: CameraMove) -> Track:
    """How much of the move is done at each frame, 0–1."""
    time = (np.arange(frames) / max(frames - 1, 1) - move.start) / max(move.end - move.start, 1e-3)
    if move.move in _WHIPS:
        time = (time - 0.35) / 0.3
    return ease(time, move.easing)


def _progress_in_loop(frames: int, move: CameraMove) -> Track:
    """How much of the move is done at each frame of a loop: all of it half-way through.

    A move that spans the whole loop swings out and back; one among others has its own time on the
    way out, and the same again on the way back.
    """
    there = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(frames) / frames)
    if move.start <= 0 and move.end >= 1 and move.move not in _WHIPS:
        return np.asarray(there)
    time = (there - move.start) / max(move.end - move.start, 1e-3)
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
        path.truck_x *= 0.6
        path.truck_y *= 0.6
        path.orbit *= 0.6
        path.rise *= 0.6
        path.dolly *= 0.85
        path.dolly_zoom *= 0.85
        return
    span = max(stage.focus - stage.farthest, 0.05)
    for tracks in ((path.truck_x, path.orbit), (path.truck_y, path.rise)):
        most = float(np.abs(sum(tracks)).max()) * span
        for track in tracks:
            track *= min(1.0, _PARALLAX_LIMIT / max(most, 1e-9))


def _settle(path: _Path, stage: Stage) -> None:
    """Turn orbits and dolly zooms, now that they are limited, into truck, pan, dolly and zoom.

    An orbiting camera slides one way and turns back, so that the subject keeps its place. A dolly
    zoom changes the focal length so that the subject keeps its size.
    """
    path.dolly += path.dolly_zoom
    path.truck_x += path.orbit
    path.truck_y += path.rise
    path.pan_x -= path.orbit * stage.focus / (1 - path.dolly * stage.focus)
    path.pan_y -= path.rise * stage.focus / (1 - path.dolly * stage.focus)
    path.log_zoom += np.log(1 - path.dolly_zoom * stage.focus)


def _shake(path: _Path, fps: float, strength: float, seed: int) -> None:
    """Hand-held drift (about f^-2.6 above 0.5 Hz, nothing above 6 Hz) and footsteps."""
    rise = np.clip(np.arange(path.frames) / 20, 0, 1) ** 2
    if path.loop:  # it shakes on across the seam, where the camera is at the still
        rise = np.ones(path.frames)
    amount = path.handheld * (0.5 + 0.5 * strength) * rise
    if path.handheld:
        path.pan_x += 0.0045 * amount * _unsteady(path, fps, seed)
        path.pan_y += 0.0060 * amount * _unsteady(path, fps, seed + 1)
        path.roll_rad += 0.0030 * amount * _unsteady(path, fps, seed + 2)
    if path.steps.any():
        steps_hz = whole_cycles(0.95, path.frames / fps, loop=path.loop)
        phase = 2 * np.pi * steps_hz * np.arange(path.frames) / fps  # two footfalls a cycle
        if path.loop:  # it begins between two of them, where the camera is at rest
            phase += np.pi / 2
        bounce, sway = np.abs(np.sin(phase)), np.sin(phase)
        path.pan_y += 0.004 * path.steps * rise * (bounce - bounce[0])
        path.pan_x += 0.002 * path.steps * rise * (sway - sway[0])


def _carry_on(path: _Path, start: Start) -> None:
    """Begin at another pose, and at its speed: it dies away while the moves gather theirs."""
    share = np.clip(np.arange(path.frames) / _GLIDE_FRAMES, 0, 1)
    speed = 0.5 + 0.5 * np.cos(np.pi * share)
    glide = np.concatenate([[0], np.cumsum((speed[1:] + speed[:-1]) / 2)])
    most = _LONGEST_GLIDE / glide[-1]
    for name, at, moving in zip(TRACKS, start.at, start.speed, strict=True):
        track: Track = getattr(path, name)
        own = track[1] - track[0]
        track += at - track[0] + (np.clip(moving, -most, most) - own) * glide


def _unsteady(path: _Path, fps: float, seed: int) -> Track:
    """A drift of the hand. That of a loop has no beginning, so it begins where it is calmest."""
    loop = path.loop
    curve = drift(path.frames, seed, fps=fps, corner_hz=0.5, order=2.6, cut_hz=6.0, loop=loop)
    if not loop:
        return curve
    speed = np.abs(curve - np.roll(curve, 1))  # from the frame before to each
    around = speed + 0.5 * (np.roll(speed, 1) + np.roll(speed, -1))
    begun = np.roll(curve, -int(np.argmin(around)))
    return np.asarray(begun - begun[0])


def _overscan(path: _Path, stage: Stage, *, is_moving: bool = False) -> Track:
    """Extra zoom per frame about the middle that keeps what lies beyond the still out of sight.

    The map of a border node is A / overscan + b, so the least overscan is known in closed form.
    It is widened to a smooth curve that starts at 1, and is never less than what is needed. A
    camera that `is_moving` from the first frame may look a little beyond the border until it has
    zoomed.
    """
    width, height = stage.raster.width_px, stage.raster.height_px
    pivot_x, pivot_y = stage.pivot[0] * width, stage.pivot[1] * height
    x, y = stage.border.x_px - width / 2, stage.border.y_px - height / 2
    off_x, off_y = _off_pivot(path, stage)
    depth = stage.border.depth[None]
    cos, sin = np.cos(path.roll_rad)[:, None], np.sin(path.roll_rad)[:, None]
    zoom = np.exp(path.log_zoom)[:, None]
    scale = 1 - path.dolly[:, None] * depth
    mirrored = _beyond(path, stage)[:, None]
    if is_moving:
        left = np.clip(1 - np.arange(path.frames) / _GLIDE_FRAMES, 0, 1)[:, None]
        mirrored = np.maximum(mirrored, _BEYOND_IN_GLIDE * left)
    axes = (
        ((cos * x + sin * y), path.pan_x + off_x / width, path.truck_x, width, pivot_x),
        ((cos * y - sin * x), path.pan_y + off_y / height, path.truck_y, height, pivot_y),
    )
    room = np.full(path.frames, np.inf)
    for (turned, pan, truck, side, pivot), plain in zip(axes, stage.backdrop, strict=True):
        beyond = np.maximum(mirrored, plain)
        reach = turned / zoom * scale
        shift = side * (pan[:, None] * scale + truck[:, None] * depth) + pivot
        limit = np.where(reach > 0, side * (1 + beyond), -side * beyond)
        share = (limit - shift) / np.where(np.abs(reach) < 1, np.inf, reach)
        share[np.abs(reach) < 1] = np.inf
        room = np.minimum(room, share.min(axis=1))
    needed = np.maximum(1 / np.clip(room, 0.25, None), 1.0)
    around = np.pad(needed, path.frames, mode="wrap") if path.loop else needed
    widest = cv2.dilate(around[None], np.ones((1, 21), np.uint8))
    smooth = cv2.GaussianBlur(widest, (0, 0), 8, borderType=cv2.BORDER_REPLICATE)[0]
    from_still = np.arange(path.frames)
    if path.loop:
        smooth = smooth[path.frames : 2 * path.frames]
        from_still = np.minimum(from_still, path.frames - from_still)
    rise = np.clip(from_still / 24, 0, 1)
    ramped = 1 + (smooth - 1) * rise * rise * (3 - 2 * rise)
    return np.asarray(np.maximum(ramped, needed))


def _crop(path: _Path, stage: Stage, overscan: Track) -> None:
    """Apply the extra zoom about the middle of the frame, not about the pivot.

    So a pan to the left needs as much of it as one to the right.
    """
    off_x, off_y = _off_pivot(path, stage)
    path.pan_x += off_x / stage.raster.width_px * (1 - 1 / overscan)
    path.pan_y += off_y / stage.raster.height_px * (1 - 1 / overscan)
    path.log_zoom += np.log(overscan)


def _off_pivot(path: _Path, stage: Stage) -> tuple[Track, Track]:
    """The middle of the frame as seen from the pivot, turned and zoomed, px."""
    x = (0.5 - stage.pivot[0]) * stage.raster.width_px
    y = (0.5 - stage.pivot[1]) * stage.raster.height_px
    cos, sin, zoom = np.cos(path.roll_rad), np.sin(path.roll_rad), np.exp(path.log_zoom)
    return (cos * x + sin * y) / zoom, (cos * y - sin * x) / zoom


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
