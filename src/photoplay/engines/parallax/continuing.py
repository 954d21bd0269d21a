"""A film that goes on from another's end: same place, same camera, no step between the two."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import cv2
import numpy as np

from photoplay.clip import FPS, ClipRequest, Tier
from photoplay.direction.plan import Atmosphere, Cue, Plan
from photoplay.engine import Run
from photoplay.engines.parallax.air import Earlier, draw_particles
from photoplay.engines.parallax.camera import Pose
from photoplay.engines.parallax.canvas import Canvas, crop_centre, lay_canvas
from photoplay.engines.parallax.clearing import cleared
from photoplay.engines.parallax.color import to_i420, to_rgb
from photoplay.engines.parallax.momentum import Start, measure_end, rough_view
from photoplay.engines.parallax.reel import Renderer, ordered, strength_of
from photoplay.engines.parallax.scene import build_scene, stands_apart
from photoplay.engines.parallax.settling import Settling
from photoplay.engines.parallax.shot import ShotRenderer
from photoplay.engines.parallax.single import log
from photoplay.errors import InvalidRequest
from photoplay.frames import I420, RGB, Frames, Raster
from photoplay.images import Still
from photoplay.sound.staging import Staging

_SLOW = 1e-5  # shares of the frame a frame: a camera that moves less is at rest


@dataclass(frozen=True, slots=True)
class Ending:
    """How a film ends: its last frames, in order, at its own rate, and its length so far.

    `first` is the first of the whole film: what was one relief in it stays one. The last frame, cut
    by other borders, may look as if something stood apart, and would be torn at that line.
    `last` is the last one as it was rendered, if that is known. `weather` falls or floats in them,
    goes on, and is no part of the place.
    """

    first: RGB
    frames: list[RGB]
    fps: float
    weather: Weather
    last: I420 | None = None


@dataclass(frozen=True, slots=True)
class Weather:
    """What falls or floats at the end of a film, by its `cues`, and how far it has come.

    `is_known`: it is there as `earlier` says, to the last particle.
    """

    cues: tuple[Cue[Atmosphere], ...]
    earlier: Earlier
    is_known: bool


@dataclass(frozen=True, slots=True)
class Following:
    """Frames that follow the last of a film, without sound, and what they say to the sound.

    `view` is the camera's last pose, relative to the film's last frame, or to the still.
    """

    frames: Frames
    staging: Callable[[], Staging]
    view: Pose


def go_on(
    request: ClipRequest, plan: Plan, ending: Ending, still: Still | None, run: Run
) -> Following:
    """The frames that follow the last of a film.

    Without `still` they are made from the last frame; with it, from the picture that the film was
    made of. Raises InvalidRequest if that shows another place.
    """
    cv2.setNumThreads(1)
    height, width = ending.frames[-1].shape[:2]
    raster = Raster(width, height)
    last = ending.frames[-1]
    pool = ThreadPoolExecutor(2, thread_name_prefix="parallax")
    try:
        first = _first(ending, raster, strength_of(request))
        place = to_rgb(first) if ending.weather.cues else last
        canvas = Canvas(raster, place, None)
        if still is not None:
            canvas = lay_canvas(still.rgb, still.alpha, raster, crop_centre(still.rgb))
        run.progress(0.0, "finding depth")
        scene = build_scene(
            canvas,
            oversampling=2 if request.tier is not Tier.FOUR_K else 1,
            seed=request.seed,
            pool=pool,
            check_cancelled=run.check_cancelled,
            as_relief=still is None and not stands_apart(ending.first, pool),
        )
        start = measure_end(scene, ending.frames, is_still=still is None)
        start = replace(start, speed=start.speed * ending.fps / float(FPS))
        if still is not None and not start.is_measured:
            raise InvalidRequest(
                "the still and the end of the clip do not show the same place",
                rule="a still to go on with is the picture that the clip was made of",
                fix="Leave --still out, and it goes on from the last frame",
            )
        log(run, (_said(start),))
        renderer = ShotRenderer(
            scene,
            plan,
            frames=request.frame_count + 1,
            fps=float(FPS),
            strength=strength_of(request),
            seed=request.seed,
            start=start,
            first=first if still is None else None,
            earlier=replace(ending.weather.earlier, in_picture=still is None),
        )
        log(run, tuple(renderer.notes))
    except BaseException:
        pool.shutdown(wait=True, cancel_futures=True)
        raise
    settled = renderer if still is None else Settling(renderer, _last(ending))
    pixels = _Following(settled, request.frame_count, run, pool)
    frames = Frames(raster, FPS, request.frame_count, pixels)
    return Following(frames, lambda: renderer.staging, renderer.view)


class _Following(Iterator[I420]):
    """The frames after the first, which is the last one of the film before."""

    def __init__(self, renderer: Renderer, count: int, run: Run, pool: ThreadPoolExecutor) -> None:
        self._pool, self._run = pool, run
        self._frames = ordered(renderer, range(1, count + 1), pool)

    def __next__(self) -> I420:
        self._run.check_cancelled()
        return next(self._frames)

    def close(self) -> None:
        """Stop rendering, and wait until the threads are idle."""
        self._pool.shutdown(wait=True, cancel_futures=True)


def _last(ending: Ending) -> I420:
    return to_i420(ending.frames[-1]) if ending.last is None else ending.last


def _first(ending: Ending, raster: Raster, strength: float) -> I420:
    """What the new part begins with: the last frame itself, without the weather that is in it.

    Mist stays in it, and only its change is drawn: what is behind it is not known well enough.
    """
    last, weather = _last(ending), ending.weather
    if all(cue.kind is Atmosphere.FOG for cue in weather.cues):
        return last
    if not weather.is_known:
        return to_i420(_clean(ending.frames))

    def draw(picture: I420) -> None:
        draw_particles(weather.cues, raster, weather.earlier, strength, picture)

    return cleared(last, draw)


def _said(start: Start) -> str:
    if not start.is_measured or float(np.abs(start.speed).max()) < _SLOW:
        return "The camera is at rest where the clip ends, and starts from there."
    truck_x, truck_y, dolly, pan_x, pan_y, _, zoom = start.speed
    across, along = (100 * float(FPS) * way for way in (pan_x + truck_x / 2, pan_y + truck_y / 2))
    closer = 100 * float(FPS) * (zoom + dolly / 2)
    return (
        "The camera goes on as the clip ended (measured: "
        f"{across:+.1f} % across, {along:+.1f} % down, {closer:+.1f} % closer a second)."
    )


def _clean(frames: list[RGB]) -> RGB:
    """The last frame without what falls or floats: the median of all, laid over it."""
    last = frames[-1]
    height, width = last.shape[:2]
    to = cv2.cvtColor(last, cv2.COLOR_RGB2GRAY)
    laid = [last]
    for frame in frames[:-1]:
        view = rough_view(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), to)
        if view is not None:
            over = {"flags": cv2.INTER_CUBIC, "borderMode": cv2.BORDER_REFLECT_101}
            laid.append(np.asarray(cv2.warpAffine(frame, view, (width, height), **over)))
    clean = np.empty_like(last)
    for top in range(0, height, 64):  # in strips: a median of all at once takes much memory
        strip = np.s_[top : top + 64]
        clean[strip] = np.median([picture[strip] for picture in laid], axis=0)
    return clean
