"""What of a video is its backdrop, and where somebody moves before it.

The frames are laid over each other by the camera's path; the median of each place is the plate. A
figure that stays on its feet is in the plate, too. So a frame that differs from it tells of a
figure only where the plate is known to be backdrop: where it is steady, and where what differed
before it had its outline in the frame and not in the plate. (Which of the two has the edges tells
an object from its ghost; Cucchiara et al., "Detecting moving objects, ghosts and shadows", 2003,
ask the same of optical flow.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from photoplay.engines.parallax.subject import Mask
from photoplay.engines.parallax.transfer.tracking import Points
from photoplay.frames import RGB, Field, Plane

_SAMPLES = 41  # frames that the median is taken of
_LARGEST = 2.5  # of the frame's area: a plate beyond is more camera than can be held still
_DIFFERS, _DIFFERS_A_LITTLE = 12, 9  # 8-bit steps beyond the neighbours of a place
_STEADY, _STEADY_SHARE = 8, 0.6  # steps, and the share of frames within them
_LEAST_PIECE_PX = 25
_RATIO = 1.4  # of the edges in the frame to those in the plate, from which on it is an object
_BESIDE_PX = 4.0  # around a place that its outline is looked for (as a Gaussian's width)
_LEAST_VOTES = 2
_LEAST_PASSES = 3  # frames in which somebody moved over a place
_LIMBS = 0.16  # half the width of standing legs, of the height of what moves
_NONE = 300  # no value of a pixel


@dataclass(frozen=True, slots=True)
class Backdrop:
    """`steady` are places of the plate that are surely backdrop; `around` is where the figure is.

    Both are masks of the plate; `views` (frames, 2, 3) take the plate to each frame, `differs` are
    the places of each frame that differ from it.
    """

    views: NDArray[np.float64]
    differs: list[Mask]
    steady: Mask
    around: Mask

    def known(self, frame: int) -> tuple[Mask, Mask]:
        """Places of a frame that surely show the figure, and that surely show the backdrop."""
        steady = self.seen(frame, self.steady)
        differs = self.differs[frame]
        figure = cv2.erode((steady & differs).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
        return figure, steady & ~differs

    def seen(self, frame: int, mask: Mask) -> Mask:
        """A mask of the plate as it lies in a frame."""
        height, width = self.differs[frame].shape
        how = cv2.INTER_NEAREST
        view = self.views[frame]
        return (
            np.asarray(cv2.warpAffine(mask.astype(np.uint8), view, (width, height), flags=how)) > 0
        )


def find_backdrop(
    frames: Sequence[RGB], cameras: NDArray[np.float64], moving: Points
) -> Backdrop | None:
    """The backdrop of frames whose cameras (frames, 2, 3) take the world to each of them.

    `moving` are places of the world (n, 2) where points go their own way. None where nothing moves,
    or the camera goes too far.
    """
    plate_at = _extent(frames[0], cameras)
    if plate_at is None:
        return None
    (width, height), corner = plate_at
    views = cameras.copy()
    views[:, :, 2] += cameras[:, :, :2] @ corner
    backs = np.stack([cv2.invertAffineTransform(view) for view in views])
    plate = _plate(frames, backs, (width, height))
    differences = _differences(frames, views, plate)
    passes = np.zeros((height, width), np.float32)
    for off, back in zip(differences, backs, strict=True):
        much = (off > _DIFFERS_A_LITTLE).astype(np.float32)
        passes += cv2.warpAffine(much, back, (width, height))
    around = _around(passes, moving - corner)
    if around is None:
        return None
    steady = _steady(frames, views, backs, plate)
    passed = steady & _passed(frames, differences, views, backs, plate)
    certain = _joined(passed, steady & ~around) & around
    differs = [off > _DIFFERS for off in differences]
    return Backdrop(views, differs, certain, _with_legs(around, certain))


def _extent(
    frame: RGB, cameras: NDArray[np.float64]
) -> tuple[tuple[int, int], NDArray[np.float64]] | None:
    """Size of the plate, and the place of the world that its corner shows."""
    height, width = frame.shape[:2]
    corners = np.array([(0, 0), (width, 0), (0, height), (width, height)], np.float64)
    backs = [cv2.invertAffineTransform(camera) for camera in cameras]
    world = np.concatenate([corners @ back[:, :2].T + back[:, 2] for back in backs])
    low, high = np.floor(world.min(axis=0)), np.ceil(world.max(axis=0))
    wide, tall = (high - low).astype(int).tolist()
    return ((wide, tall), low) if wide * tall < _LARGEST * width * height else None


def _plate(frames: Sequence[RGB], backs: NDArray[np.float64], size: tuple[int, int]) -> RGB:
    """The median of each place over the frames that show it."""
    chosen = np.unique(np.linspace(0, len(frames) - 1, _SAMPLES).astype(int))
    seen = np.full((len(chosen), size[1], size[0], 3), _NONE, np.uint16)
    everywhere = np.ones(frames[0].shape[:2], np.uint8)
    for layer, index in zip(seen, chosen, strict=True):
        there = cv2.warpAffine(everywhere, backs[index], size) > 0
        layer[there] = cv2.warpAffine(frames[index], backs[index], size)[there]
    count = (seen[..., 0] < _NONE).sum(axis=0)
    seen.sort(axis=0)
    middle = np.minimum(count // 2, len(chosen) - 1)[None, ..., None]
    return np.asarray(np.take_along_axis(seen, middle, axis=0)[0].clip(0, 255), np.uint8)


def _differences(frames: Sequence[RGB], views: NDArray[np.float64], plate: RGB) -> list[Plane]:
    """By how much frames leave the range of the plate around each place, in their lightest way."""
    around = np.ones((3, 3), np.uint8)
    low, high = cv2.erode(plate, around), cv2.dilate(plate, around)
    size = (frames[0].shape[1], frames[0].shape[0])
    found = []
    for frame, view in zip(frames, views, strict=True):
        least, most = (
            cv2.warpAffine(each, view, size, borderMode=cv2.BORDER_REPLICATE)
            for each in (low, high)
        )
        off = cv2.max(cv2.subtract(frame, most), cv2.subtract(least, frame))
        found.append(np.asarray(off.max(axis=2)))
    return found


def _steady(
    frames: Sequence[RGB], views: NDArray[np.float64], backs: NDArray[np.float64], plate: RGB
) -> Mask:
    """Places that look like the plate most of the time. A swaying body's do not."""
    height, width = plate.shape[:2]
    soft = cv2.GaussianBlur(plate, (0, 0), 1)
    size = (frames[0].shape[1], frames[0].shape[0])
    alike = np.zeros((height, width), np.float32)
    seen = np.zeros((height, width), np.float32)
    whole = np.ones(frames[0].shape[:2], np.float32)
    for frame, view, back in zip(frames, views, backs, strict=True):
        there = cv2.warpAffine(soft, view, size, borderMode=cv2.BORDER_REPLICATE)
        off = cv2.absdiff(cv2.GaussianBlur(frame, (0, 0), 1), there).max(axis=2)
        alike += cv2.warpAffine((off < _STEADY).astype(np.float32), back, (width, height))
        seen += cv2.warpAffine(whole, back, (width, height))
    return np.asarray(alike > _STEADY_SHARE * np.maximum(seen, 1))


def _passed(
    frames: Sequence[RGB],
    differences: list[Plane],
    views: NDArray[np.float64],
    backs: NDArray[np.float64],
    plate: RGB,
) -> Mask:
    """Places before which something was seen to pass, rather than to be gone."""
    height, width = plate.shape[:2]
    objects, ghosts = (np.zeros((height, width), np.float32) for _ in range(2))
    edges = _edges(plate)
    for frame, off, view, back in zip(frames, differences, views, backs, strict=True):
        votes = _voted(frame, off, cv2.warpAffine(edges, view, off.shape[::-1]))
        for total, vote in zip((objects, ghosts), votes, strict=True):
            total += cv2.warpAffine(vote.astype(np.float32), back, (width, height))
    return np.asarray((objects >= _LEAST_VOTES) & (objects > ghosts))


def _voted(frame: RGB, off: Plane, in_plate: Field) -> tuple[Mask, Mask]:
    """Places that differ and have the outline beside them in the frame, and those in the plate.

    Asked place by place: an arm that swings from where it usually is makes one piece with it.
    """
    around = np.ones((3, 3), np.uint8)
    differs = cv2.morphologyEx((off > _DIFFERS).astype(np.uint8), cv2.MORPH_CLOSE, around)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(differs)
    large = stats[:, cv2.CC_STAT_AREA] >= _LEAST_PIECE_PX
    large[0] = False
    rim = (cv2.dilate(differs, around) > 0) & (cv2.erode(differs, around) == 0)
    here, there = (
        cv2.GaussianBlur(np.where(rim, edges, 0).astype(np.float32), (0, 0), _BESIDE_PX)
        for edges in (_edges(frame), in_plate)
    )
    return large[labels] & (here > _RATIO * there), large[labels] & (there > _RATIO * here)


def _edges(picture: RGB) -> Field:
    soft = cv2.GaussianBlur(picture, (0, 0), 0.8).astype(np.float32)
    steps = cv2.magnitude(cv2.Sobel(soft, cv2.CV_32F, 1, 0), cv2.Sobel(soft, cv2.CV_32F, 0, 1))
    return np.asarray(steps.max(axis=2))


def _around(passes: Field, moving: NDArray[np.float64]) -> Mask | None:
    """The largest piece over which somebody moves, without holes."""
    marked = (passes >= _LEAST_PASSES).astype(np.uint8)
    for x, y in moving:
        cv2.circle(marked, (int(x), int(y)), 3, 1, -1)
    reach = max(9, round(0.06 * len(passes))) | 1
    closed = cv2.morphologyEx(marked, cv2.MORPH_CLOSE, _disc(reach))
    opened = cv2.morphologyEx(closed, cv2.MORPH_OPEN, _disc(5))
    piece = largest(opened > 0)
    if not piece.any():
        return None
    padded = cv2.copyMakeBorder(piece.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    cv2.floodFill(padded, None, (0, 0), 2)
    return np.asarray(padded[1:-1, 1:-1] != 2)


def _joined(passed: Mask, elsewhere: Mask) -> Mask:
    """Pieces of `passed` that hang together with the backdrop elsewhere.

    The middle of a body that sways is as steady; its unsteady outline keeps it apart.
    """
    both = (passed | elsewhere).astype(np.uint8)
    count, labels = cv2.connectedComponents(both, connectivity=4)
    joined = np.zeros(count, np.bool_)
    joined[labels[elsewhere]] = True
    return np.asarray(passed & joined[labels])


def _with_legs(around: Mask, steady: Mask) -> Mask:
    """With the column below it: feet stand still, and legs often do."""
    body = around & ~steady
    body = body if body.any() else around
    rows, columns = np.nonzero(body)
    top, tall = int(rows.min()), int(rows.max() - rows.min() + 1)
    middle, half = float(np.median(columns)), _LIMBS * tall
    wider = around.copy()
    wider[top + tall // 2 :, max(int(middle - half), 0) : int(middle + half) + 1] = True
    return wider


def largest(mask: Mask) -> Mask:
    """The largest piece of a mask."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    if count < 2:
        return mask
    return np.asarray(labels == 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax()))


def _disc(width: int) -> Plane:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width)))
