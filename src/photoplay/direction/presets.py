"""Camera presets: names that replace the camera work of a prompt."""

from __future__ import annotations

import difflib

from photoplay.direction.plan import Camera, CameraMove, Easing, Move
from photoplay.errors import InvalidRequest

DEFAULT_HANDHELD = 0.15  # what keeps a calm shot alive

_GENERIC: dict[str, Move] = {
    "push": Move.PUSH_IN,
    "dolly-in": Move.PUSH_IN,
    "dolly": Move.PUSH_IN,
    "pull": Move.PULL_OUT,
    "pull-back": Move.PULL_OUT,
    "dolly-out": Move.PULL_OUT,
    "truck": Move.TRUCK_RIGHT,
    "pan": Move.PAN_RIGHT,
    "tilt": Move.TILT_UP,
    "roll": Move.ROLL_RIGHT,
    "zoom": Move.ZOOM_IN,
    "orbit": Move.ORBIT_RIGHT,
    "arc": Move.ORBIT_RIGHT,
    "crane": Move.PEDESTAL_UP,
    "crane-up": Move.PEDESTAL_UP,
    "crane-down": Move.PEDESTAL_DOWN,
    "boom-up": Move.PEDESTAL_UP,
    "boom-down": Move.PEDESTAL_DOWN,
    "track": Move.TRACK_FORWARD,
    "follow": Move.TRACK_FORWARD,
    "dolly-zoom": Move.DOLLY_ZOOM_IN,
    "vertigo": Move.DOLLY_ZOOM_IN,
    "whip-pan": Move.WHIP_PAN_RIGHT,
    "rack-focus": Move.RACK_FOCUS_IN,
}
_STILL = ("none", "static", "locked-off", "tripod")
_HANDHELD = {"handheld": 0.6, "shaky": 1.0}

CAMERA_PRESETS: tuple[str, ...] = tuple(
    sorted({*_STILL, *_HANDHELD, *_GENERIC, *(move.value for move in Move)})
)


def preset_camera(name: str) -> Camera:
    """The camera that `name` stands for. Case, blanks and underscores do not matter.

    Raises InvalidRequest, with near matches, when there is no such preset.
    """
    key = "-".join(name.lower().replace("_", " ").replace("-", " ").split())
    if key in _STILL:
        return Camera(words=name)
    if key in _HANDHELD:
        return Camera(handheld=_HANDHELD[key], words=name)
    if key not in CAMERA_PRESETS:
        raise _unknown(name, key)
    move = _GENERIC[key] if key in _GENERIC else Move(key)
    span = (0.4, 0.6) if "whip" in move.value else (0.0, 1.0)
    one = CameraMove(
        move=move, easing=Easing.EASE_IN_OUT, start=span[0], end=span[1], words=f"camera {name}"
    )
    handheld = 0.4 if move is Move.WALK_AND_TALK else 0.0
    return Camera(moves=(one,), handheld=handheld, words=name if handheld else "")


def _unknown(name: str, key: str) -> InvalidRequest:
    near = difflib.get_close_matches(key[:40], CAMERA_PRESETS, n=3, cutoff=0.5)
    return InvalidRequest(
        f"there is no camera preset {name[:40]!r}",
        rule="a preset is one of " + ", ".join(CAMERA_PRESETS),
        fix="Try " + " or ".join(near) if near else "Use one of these",
    )
