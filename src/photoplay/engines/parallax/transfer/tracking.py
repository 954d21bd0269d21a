"""Follow points through a video, and tell the camera's movement from theirs.

Every point remembers where it lies in the world, that is, in the picture at time 0. The camera of
a frame is the similarity that takes the world to it, found from all living points at once. So it
does not drift as a sum of small steps would, and points that go their own way stand out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from photoplay.frames import Field, Plane

Matrix: TypeAlias = NDArray[np.float64]  # (2, 3): world to frame, px
Points: TypeAlias = NDArray[np.float32]  # (n, 2), px

WORK_PX = 384  # long side of the frames that are tracked
_MOST_POINTS = 560
_APART_PX = 6
_RENEWED = 12  # frames after which points are sought where none are
_FORTH_AND_BACK_PX = 0.6  # a point that is followed there and back ends where it began
_INLIER_PX = 1.2
_STRIKES = 4  # frames apart from the camera's movement after which a point is not asked about it
_WINDOW, _LEVELS = (15, 15), 4
_BREAK_SURVIVORS = 0.3  # a smaller share of the points survives a cut
_LEAST_POINTS = 12
_SIDE_BAND, _TOP_BAND = 0.2, 0.16  # where a figure seldom is, as shares of the sides
_STILL = 0.05  # mean change of the normalised band, 0–1, below which nothing moves there


@dataclass(frozen=True, slots=True)
class Tracks:
    """What was followed over all frames.

    `cameras` (frames, 2, 3) take the world to each frame. `paths` (points, frames, 2) are
    positions in the frames, NaN while a point was not followed; `homes` (points, 2) its place in
    the world. `trust` is the share of points that agree about the camera, (frames,); `breaks` are
    frames that do not continue the one before.
    """

    width_px: int
    height_px: int
    cameras: NDArray[np.float64]
    paths: NDArray[np.float32]
    homes: Points
    trust: NDArray[np.float64]
    breaks: tuple[int, ...]

    @property
    def unit_px(self) -> float:
        """What shares are taken of: the side of a square as large as the frame."""
        return float((self.width_px * self.height_px) ** 0.5)


@dataclass
class _Living:
    """The points that are being followed."""

    ids: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    at: Points = field(default_factory=lambda: np.zeros((0, 2), np.float32))
    homes: Points = field(default_factory=lambda: np.zeros((0, 2), np.float32))
    strikes: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))

    def keep(self, which: NDArray[np.bool_]) -> None:
        self.ids, self.at = self.ids[which], self.at[which]
        self.homes, self.strikes = self.homes[which], self.strikes[which]


def follow(frames: Iterable[Plane]) -> Tracks:
    """Follow points through grey frames of one size."""
    follower: _Follower | None = None
    for frame in frames:
        if follower is None:
            follower = _Follower(frame)
        else:
            follower.step(frame)
    assert follower is not None
    return follower.tracks()


class _Follower:
    def __init__(self, first: Plane) -> None:
        self._before = _normalised(first)
        height, width = first.shape
        self._band = np.ones((height, width), np.bool_)
        side, top = round(_SIDE_BAND * width), round(_TOP_BAND * height)
        self._band[top:, side : width - side] = False
        self._first = self._before
        self._living = _Living()
        self._homes: list[Points] = []
        self._history: list[tuple[NDArray[np.int64], Points]] = []
        self._cameras: list[Matrix] = [np.array([[1.0, 0, 0], [0, 1.0, 0]])]
        self._trust = [1.0]
        self._breaks: list[int] = []
        self._count = 0
        self._sow()
        self._remember()

    def step(self, frame: Plane) -> None:
        """Take in the next frame."""
        grey = _normalised(frame)
        survive = self._flow(grey)
        camera, trust = self._camera(grey)
        if survive < _BREAK_SURVIVORS and _change(self._before, grey) > 2 * _STILL:
            # What comes after a cut begins where what was before it had ended.
            camera, trust = self._cameras[-1], 0.0
            self._breaks.append(len(self._cameras))
            self._living = _Living()
            self._first = grey
        self._cameras.append(camera)
        self._trust.append(trust)
        self._before = grey
        living = self._living
        if len(self._cameras) % _RENEWED == 0 or len(living.ids) < _MOST_POINTS // 3:
            self._sow()
        self._remember()

    def tracks(self) -> Tracks:
        """All that was followed."""
        height, width = self._before.shape
        paths = np.full((self._count, len(self._cameras), 2), np.nan, np.float32)
        for frame, (ids, at) in enumerate(self._history):
            paths[ids, frame] = at
        homes = np.concatenate(self._homes) if self._homes else np.zeros((0, 2), np.float32)
        return Tracks(
            width,
            height,
            np.stack(self._cameras),
            paths,
            homes,
            np.array(self._trust),
            tuple(self._breaks),
        )

    def _remember(self) -> None:
        self._history.append((self._living.ids, self._living.at))

    def _flow(self, grey: Plane) -> float:
        """Move the living points on; the share that could be followed."""
        living = self._living
        if not len(living.ids):
            return 0.0
        there, found = _flowed(self._before, grey, living.at)
        back, again = _flowed(grey, self._before, there)
        height, width = grey.shape
        off = np.abs(back - living.at).max(axis=1)
        inside = ((there > 2) & (there < (width - 3, height - 3))).all(axis=1)
        kept = found & again & (off < _FORTH_AND_BACK_PX)
        # Those that leave the frame say nothing about a cut.
        share = float(kept[inside].mean()) if inside.any() else 0.0
        living.at = there
        living.keep(kept & inside)
        return share

    def _camera(self, grey: Plane) -> tuple[Matrix, float]:
        """The camera that most of the points agree about, and how many of them."""
        living = self._living
        asked = living.strikes < _STRIKES
        band = asked & self._in_band(living.at)
        found, trust = None, 0.0
        if band.sum() >= _LEAST_POINTS and self._surrounds(living.at[band]):
            found, trust = _similarity(living.homes[band], living.at[band])
        if found is None or trust < 0.6:
            if self._rests(grey):
                # A bare wall: what moves before it is not the camera.
                found, trust = np.array([[1.0, 0, 0], [0, 1.0, 0]]), 1.0
            elif asked.sum() >= _LEAST_POINTS:
                found, trust = _similarity(living.homes[asked], living.at[asked])
        if found is None:
            return self._cameras[-1], 0.0
        off = np.linalg.norm(_moved(found, living.homes) - living.at, axis=1)
        living.strikes = np.where(off > 2 * _INLIER_PX, living.strikes + 1, 0)
        return found, trust

    def _in_band(self, at: Points) -> NDArray[np.bool_]:
        column, row = at.astype(np.int64).T
        return np.asarray(self._band[row, column])

    def _surrounds(self, at: Points) -> bool:
        """Whether points lie on both sides: those on one may belong to a figure."""
        middle = self._band.shape[1] / 2
        return bool(min((at[:, 0] < middle).sum(), (at[:, 0] >= middle).sum()) >= 4)

    def _rests(self, grey: Plane) -> bool:
        band = self._band
        if len(self._cameras) > 1 and not np.allclose(self._cameras[-1], self._cameras[0]):
            return False
        return _change(self._first, grey, band) < _STILL

    def _sow(self) -> None:
        """Seek points where none are. Their place in the world follows from the camera."""
        living = self._living
        free = np.full(self._before.shape, 255, np.uint8)
        for x, y in living.at:
            cv2.circle(free, (int(x), int(y)), _APART_PX, 0, -1)
        wanted = _MOST_POINTS - len(living.ids)
        if wanted <= 0:
            return
        found = cv2.goodFeaturesToTrack(self._before, wanted, 0.01, _APART_PX, mask=free)
        if found is None:
            return
        at = found.reshape(-1, 2)
        homes = _moved(cv2.invertAffineTransform(self._cameras[-1]), at).astype(np.float32)
        ids = np.arange(self._count, self._count + len(at))
        self._count += len(at)
        self._homes.append(homes)
        living.ids = np.concatenate([living.ids, ids])
        living.at = np.concatenate([living.at, at])
        living.homes = np.concatenate([living.homes, homes])
        living.strikes = np.concatenate([living.strikes, np.zeros(len(at), np.int64)])


def _flowed(before: Plane, now: Plane, at: Points) -> tuple[Points, NDArray[np.bool_]]:
    """Where points have gone, and which were found there."""
    there, found, _ = cv2.calcOpticalFlowPyrLK(
        before, now, at, None, winSize=_WINDOW, maxLevel=_LEVELS
    )
    return there, np.asarray(found.ravel() > 0)


def _similarity(homes: Points, at: Points) -> tuple[Matrix | None, float]:
    found, inliers = cv2.estimateAffinePartial2D(
        homes, at, ransacReprojThreshold=_INLIER_PX, maxIters=400, confidence=0.995
    )
    return (None, 0.0) if found is None else (found, float(inliers.mean()))


def _moved(camera: Matrix, at: Points) -> NDArray[np.float64]:
    return np.asarray(at @ camera[:, :2].T + camera[:, 2])


def _normalised(frame: Plane) -> Plane:
    """Local contrast alone, so that flickering light is no movement."""
    grey = frame.astype(np.float32)
    rest = grey - cv2.GaussianBlur(grey, (0, 0), 12)
    spread = np.sqrt(cv2.GaussianBlur(rest * rest, (0, 0), 12)) + 6
    return np.asarray((128 + 45 * rest / spread).clip(0, 255), np.uint8)


def _change(before: Plane, now: Plane, where: NDArray[np.bool_] | None = None) -> float:
    """Mean difference of two normalised frames, 0–1."""
    off: Field = cv2.absdiff(before, now)
    return float(off.mean() if where is None else off[where].mean()) / 128
