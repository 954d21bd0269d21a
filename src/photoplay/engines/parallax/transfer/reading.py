"""What a reference video tells: a camera path, the rhythm of a figure, and how sure both are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from photoplay import media
from photoplay.clip import FPS
from photoplay.engines.parallax.transfer.rhythm import (
    Rhythm,
    Series,
    camera_movement,
    find_rhythm,
)
from photoplay.engines.parallax.transfer.tracking import WORK_PX, Tracks, follow

UNDERSTOOD = 0.5  # confidence from which on something is transferred
_AT_REST = 0.006  # of the unit (or so many radians): a camera that moves less stands on a tripod
_SMOOTHED = 1.2  # frames; tracked points tremble by a twentieth of a pixel
_MOST_BREAKS = 2  # with more it is cut or flickers too much to have one path


@dataclass(frozen=True, slots=True)
class CameraTrack:
    """Where the camera is at each frame, from where it began.

    Pan is in shares of the side of a square as large as the frame, positive to the right and down;
    zoom is its natural logarithm, roll clockwise.
    """

    pan_x: Series
    pan_y: Series
    log_zoom: Series
    roll_rad: Series
    confidence: float

    @property
    def rests(self) -> bool:
        """Whether it does not move at all."""
        tracks = (self.pan_x, self.pan_y, self.log_zoom, self.roll_rad)
        return max(float(np.ptp(each)) for each in tracks) < _AT_REST


@dataclass(frozen=True, slots=True)
class Reading:
    """A reference that was read. `rhythm` is None where nothing moves but the camera."""

    camera: CameraTrack
    rhythm: Rhythm | None
    breaks: int
    tracks: Tracks

    @property
    def has_camera(self) -> bool:
        """Whether the camera's path is understood."""
        return self.camera.confidence >= UNDERSTOOD

    @property
    def has_rhythm(self) -> bool:
        """Whether a figure's rhythm is understood."""
        return self.rhythm_confidence >= UNDERSTOOD

    @property
    def rhythm_confidence(self) -> float:
        """How surely the rhythm is that of one figure in one take, 0–1."""
        if self.rhythm is None or self.breaks or not self.has_camera:
            return 0.0
        return self.rhythm.confidence


def read(
    footage: media.Footage, *, count: int, check_cancelled: Callable[[], None] = lambda: None
) -> Reading:
    """Read `count` frames of a reference. Raises InvalidRequest where the file is damaged."""
    frames = media.read_grey(
        footage.path, count=count, fps=FPS, side_px=WORK_PX, check_cancelled=check_cancelled
    )
    tracks = follow(frames)
    return Reading(
        camera=_camera(tracks), rhythm=find_rhythm(tracks), breaks=len(tracks.breaks), tracks=tracks
    )


def _camera(tracks: Tracks) -> CameraTrack:
    movement = camera_movement(tracks)
    smooth = cv2.GaussianBlur(
        movement, (0, 0), sigmaX=0.01, sigmaY=_SMOOTHED, borderType=cv2.BORDER_REPLICATE
    )
    smooth -= smooth[0]
    pan_x, pan_y, log_zoom, roll_rad = (np.ascontiguousarray(each) for each in smooth.T)
    # The worst tenth decides: a path is wrong from where it was lost.
    confidence = float(np.clip((np.percentile(tracks.trust, 10) - 0.25) / 0.4, 0, 1))
    if len(tracks.breaks) > _MOST_BREAKS:
        confidence = 0.0
    elif tracks.breaks:
        confidence *= 0.7
    return CameraTrack(pan_x, pan_y, log_zoom, roll_rad, confidence)
