"""The reference's camera path as one that a still can carry."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from photoplay.engines.parallax.camera import Pose, Stage, followed_path
from photoplay.engines.parallax.transfer.reading import CameraTrack

_FARTHEST_PAN = 0.09  # of a side: the crop that hides the border must leave most of the still
_MOST_ZOOM, _LEAST_ZOOM = 0.5, -0.07  # natural logarithms; nothing is known beyond the border
_MOST_ROLL_RAD = 0.2
_AS_DOLLY = 0.5  # share of a zoom that is travelled, so that near things grow faster
_TOLD = 0.9  # a path that is kept to this share is not worth a sentence
_TOLD_CLOSER = 1.05  # nor is a crop that makes things larger by less than this


@dataclass(frozen=True, slots=True)
class Path:
    """Poses, and what was lost on the way as sentences."""

    poses: list[Pose]
    notes: tuple[str, ...]


def follow_camera(camera: CameraTrack, stage: Stage) -> Path:
    """Poses that make the camera of the reference with this still.

    Where the reference goes farther than a still reaches, its path is made smaller as a whole: it
    keeps its shape and its timing.
    """
    raster = stage.raster
    unit = (raster.width_px * raster.height_px) ** 0.5
    pan_x, pan_y = camera.pan_x * (unit / raster.width_px), camera.pan_y * (unit / raster.height_px)
    reach = float(max(np.abs(pan_x).max(), np.abs(pan_y).max()))
    pan_share = min(1.0, _FARTHEST_PAN / max(reach, 1e-9))
    closest, widest = float(camera.log_zoom.max()), float(camera.log_zoom.min())
    zoom_share = min(1.0, _MOST_ZOOM / max(closest, 1e-9), _LEAST_ZOOM / min(widest, -1e-9))
    roll_share = min(1.0, _MOST_ROLL_RAD / max(float(np.abs(camera.roll_rad).max()), 1e-9))
    log_zoom = camera.log_zoom * zoom_share
    travelled = _AS_DOLLY * np.maximum(log_zoom, 0)
    poses = followed_path(
        {
            "pan_x": pan_x * pan_share,
            "pan_y": pan_y * pan_share,
            "log_zoom": log_zoom - travelled,
            "dolly": (1 - np.exp(-travelled)) / max(stage.focus, 0.1),
            "roll_rad": camera.roll_rad * roll_share,
        },
        stage,
    )
    notes = [
        f"the video's camera {what}; a still carries {share:.0%} of it, so the path is made "
        "smaller and keeps its timing"
        for share, what in (
            (pan_share, f"pans by {reach:.0%} of the picture"),
            (zoom_share, "backs off" if widest < _LEAST_ZOOM else "comes very near"),
            (roll_share, "rolls far"),
        )
        if share < _TOLD
    ]
    asked = np.exp(log_zoom - travelled)
    closer = max(pose.zoom / zoom for pose, zoom in zip(poses, asked.tolist(), strict=True))
    if closer > _TOLD_CLOSER:
        notes.append(
            f"the frame comes {closer - 1:.0%} closer than in the video, so that it keeps within "
            "the still; a transparent still with room around the figure needs less"
        )
    return Path(poses, tuple(notes))
