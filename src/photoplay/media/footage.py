"""A video that leads a clip: what it holds, and its frames as small pictures.

Nothing is believed that the file says of itself: its packets are counted, no further than they are
needed, and what is decoded is reduced at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from av.video import VideoStream
from av.video.reformatter import Interpolation
from numpy.typing import NDArray

from photoplay.clip import MAX_IMAGE_TRANSFER_S, MAX_TRANSFER_S, MIN_CLIP_S, Orientation
from photoplay.errors import InvalidRequest
from photoplay.frames import RGB, Plane

MOST_PIXELS = 8192 * 4320
LEAST_SIDE_PX = 64
MOST_FPS = 240
_FIX = "Give a film of 3 to 30 s, best an MP4 of one take"
_FIX_PATH = "Check the path and its permissions, and give that of one film"
_FIX_SWAPPED = f"{_FIX}; if the still and the film have changed places, swap them"
_THREADS = 2  # of the decoder: each holds frames of its own
_ATTACHED = av.stream.Disposition.attached_pic  # the cover of a sound file is no film


@dataclass(frozen=True, slots=True)
class Footage:
    """What a reference holds: its length (no more than was looked at) and whether it has sound."""

    path: Path
    width_px: int
    height_px: int
    duration_s: float
    goes_on: bool  # beyond the longest that can be used
    has_sound: bool

    @property
    def seconds(self) -> int:
        """Whole seconds of it."""
        return int(self.duration_s + 1e-3)


def longest_s(orientation: Orientation) -> int:
    """Seconds of a reference that are used at most."""
    return MAX_TRANSFER_S if orientation is Orientation.VIDEO else MAX_IMAGE_TRANSFER_S


def look_at(path: Path, orientation: Orientation = Orientation.VIDEO) -> Footage:
    """Measure a reference. Raises InvalidRequest if none can be made of it."""
    most_s = longest_s(orientation)
    with _open(path) as (file, video):
        if _is_of_pictures(file):
            raise _is_picture(path)
        _check_size(path, video.width, video.height)
        count, last_s = 0, 0.0
        start: int | None = None
        for packet in file.demux(video):
            if packet.pts is None or packet.time_base is None:
                continue
            start = packet.pts if start is None else min(start, packet.pts)
            last_s = max(last_s, float((packet.pts - start) * packet.time_base))
            count += 1
            if last_s > most_s + 1:
                break
        if count == 1:
            raise _is_picture(path)
        per_frame_s = last_s / (count - 1) if count > 1 else 0.0
        duration_s = last_s + per_frame_s
        if count / max(duration_s, 1e-9) > MOST_FPS and count > MOST_FPS:
            raise _unusable(path, f"has {count / duration_s:.0f} frames a second", "at most 240")
        if duration_s < MIN_CLIP_S - 1e-3:
            raise _unusable(path, f"lasts {duration_s:.1f} s", f"at least {MIN_CLIP_S} s")
        return Footage(
            path=path,
            width_px=video.width,
            height_px=video.height,
            duration_s=min(duration_s, float(most_s)),
            goes_on=duration_s > most_s + 1e-3,
            has_sound=bool(file.streams.audio),
        )


def read_grey(
    path: Path,
    *,
    count: int,
    fps: Fraction,
    side_px: int,
    check_cancelled: Callable[[], None] = lambda: None,
) -> Iterator[Plane]:
    """The picture at k / fps for each k below `count`, grey, upright, its long side `side_px`.

    `check_cancelled` is called for every frame of the file, and may raise. Raises InvalidRequest
    where the file is damaged.
    """
    yield from _read(path, count, fps, side_px, "gray", check_cancelled)


def read_colour(
    path: Path,
    *,
    count: int,
    fps: Fraction,
    side_px: int,
    check_cancelled: Callable[[], None] = lambda: None,
) -> Iterator[RGB]:
    """The same in colour."""
    yield from _read(path, count, fps, side_px, "rgb24", check_cancelled)


def _read(
    path: Path,
    count: int,
    fps: Fraction,
    side_px: int,
    pixels: str,
    check_cancelled: Callable[[], None],
) -> Iterator[NDArray[np.uint8]]:
    done = 0
    shown: NDArray[np.uint8] | None = None
    with _open(path) as (file, video):
        video.thread_count = _THREADS
        start_s: float | None = None
        for frame in file.decode(video):
            check_cancelled()
            if frame.pts is None or frame.time_base is None:
                continue
            at_s = float(frame.pts * frame.time_base)
            start_s = at_s if start_s is None else start_s
            while shown is not None and done < count and float(done / fps) < at_s - start_s - 1e-4:
                yield shown
                done += 1
            if done >= count:
                return
            shown = _small(path, frame, side_px, pixels)
    if shown is None or done < count - 2 * fps:
        raise _unusable(path, f"can be read for {float(done / fps):.1f} s only", "an intact file")
    for _ in range(count - done):
        yield shown


def _small(path: Path, frame: av.VideoFrame, side_px: int, pixels: str) -> NDArray[np.uint8]:
    _check_size(path, frame.width, frame.height)
    scale = side_px / max(frame.width, frame.height)
    size = (max(16, round(frame.width * scale)), max(16, round(frame.height * scale)))
    small = frame.reformat(*size, format=pixels, interpolation=Interpolation.AREA).to_ndarray()
    # Telephones film sideways and say so; the angle counts against the clock.
    return np.ascontiguousarray(np.rot90(small, round(frame.rotation / 90) % 4), np.uint8)


@contextmanager
def _open(path: Path) -> Iterator[tuple[InputContainer, VideoStream]]:
    try:
        # Absolute, so that a name like "http:a.mp4" is a file and not an address.
        with av.open(str(path.absolute())) as file:
            moving = [each for each in file.streams.video if not each.disposition & _ATTACHED]
            if not moving:
                raise _unusable(path, "holds no moving picture", "a film")
            yield file, moving[0]
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError) as error:
        kind = "is a folder" if path.is_dir() else f"cannot be read: {error.strerror}"
        raise _unusable(path, kind, "a readable file", fix=_FIX_PATH) from error
    except (av.error.FFmpegError, OSError, ValueError) as error:  # a null character in the path
        reason = getattr(error, "strerror", None) or error
        raise _unusable(path, f"cannot be read as a film: {reason}", "an intact file") from error


def _check_size(path: Path, width_px: int, height_px: int) -> None:
    if min(width_px, height_px) < LEAST_SIDE_PX or width_px * height_px > MOST_PIXELS:
        raise _unusable(
            path,
            f"is {width_px}×{height_px} px",
            f"sides of at least {LEAST_SIDE_PX} px and at most {MOST_PIXELS // 10**6} megapixels",
        )


def _is_of_pictures(file: InputContainer) -> bool:
    """Whether a file is of a kind that holds one picture."""
    return file.format.name == "image2" or file.format.name.endswith("_pipe")


def _is_picture(path: Path) -> InvalidRequest:
    return _unusable(path, "is a picture", "a film", fix=_FIX_SWAPPED)


def _unusable(path: Path, what: str, rule: str, *, fix: str = _FIX) -> InvalidRequest:
    return InvalidRequest(
        f"the motion video {path} {what}", rule=f"motion is read from {rule}", fix=fix
    )
