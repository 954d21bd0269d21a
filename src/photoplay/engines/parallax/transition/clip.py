"""The film between two stills: request in, frames out."""

from __future__ import annotations

from collections.abc import Generator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np

from photoplay import direction
from photoplay.clip import FPS, ClipRequest, Tier
from photoplay.direction.plan import Motion, Plan
from photoplay.engine import Run
from photoplay.engines.parallax.canvas import Canvas, crop_centre, lay_canvas
from photoplay.engines.parallax.scene import Scene, build_scene
from photoplay.engines.parallax.single import (
    ENOUGH_PX,
    WORKERS,
    Film,
    canvas_of,
    log,
    ordered,
    start_sound,
    unread,
)
from photoplay.engines.parallax.transition.camera import CameraWay
from photoplay.engines.parallax.transition.choice import Choice, Kind, choose
from photoplay.engines.parallax.transition.cut import CutWay
from photoplay.engines.parallax.transition.dissolve import DissolveWay
from photoplay.engines.parallax.transition.finish import Finish
from photoplay.engines.parallax.transition.match import Views
from photoplay.engines.parallax.transition.way import Timing, Way, closing
from photoplay.frames import I420, Frames, Raster
from photoplay.images import Still, load_still
from photoplay.sound.staging import Staging

_SAME_ASPECT = 0.02  # by which shapes may differ before a crop is worth choosing


def film(request: ClipRequest, run: Run) -> Frames:
    """Read the request and both stills now; analyse and render as frames are taken."""
    run.progress(0.0, "reading the pictures")
    assert request.start_image is not None
    assert request.end_image is not None
    still, end = (_load(path, request.tier) for path in (request.start_image, request.end_image))
    plan = direction.read_request(request)
    first = canvas_of(still, request)
    second = _laid(end, first.raster)
    log(run, (*still.notes, *end.notes, *plan.notes, *unread(plan)))
    pool = ThreadPoolExecutor(WORKERS + 1, thread_name_prefix="parallax")
    staging: Future[Staging] = Future()
    pixels = _filmed(first, second, plan, request, run, pool, staging)
    return Frames(
        raster=first.raster,
        fps=FPS,
        count=request.frame_count,
        pixels=Film(pixels, pool, staging),
        audio=start_sound(plan, request, run, pool, staging) if request.audio else None,
    )


class Transition:
    """Every frame from the first still to the second; immutable, threads share it."""

    def __init__(self, first: Canvas, second: Canvas, way: Way, finish: Finish | None, count: int):
        self._ends = {0: first.frame, count - 1: second.frame}
        self._way = way
        self._finish = finish

    def empty_frame(self) -> I420:
        """A buffer that `frame` can render into."""
        return np.empty_like(self._ends[0])

    def frame(self, number: int, out: I420 | None = None) -> I420:
        """Frame `number`; the first and the last are the stills, bit for bit."""
        picture = self.empty_frame() if out is None else out
        if number in self._ends:
            picture[:] = self._ends[number]
            return picture
        pose = self._way.draw(number, picture)
        if self._finish is not None:
            self._finish.apply(number, self._way.share(number), pose, picture)
        return picture


def _load(path: Path, tier: Tier) -> Still:
    return load_still(path, enough_px=(ENOUGH_PX[tier], ENOUGH_PX[tier]))


def _laid(still: Still, raster: Raster) -> Canvas:
    """The end still on the canvas of the first, cropped around what it is about."""
    height, width = still.rgb.shape[:2]
    ratio = width / height * raster.height_px / raster.width_px
    is_same = abs(ratio - 1) < _SAME_ASPECT
    centre = (0.5, 0.5) if is_same else crop_centre(still.rgb)
    return lay_canvas(still.rgb, still.alpha, raster, centre)


def _filmed(
    first: Canvas,
    second: Canvas,
    plan: Plan,
    request: ClipRequest,
    run: Run,
    pool: ThreadPoolExecutor,
    staging: Future[Staging],
) -> Generator[I420, None, None]:
    yield first.frame
    run.progress(0.0, "comparing the pictures")
    views = Views.of(first.picture, second.picture)
    choice = choose(request.transition, views, run.check_cancelled)
    run.log(choice.sentence)
    made = make_transition(first, second, choice, plan, request, run, pool, staging)
    run.progress(0.0, "rendering")
    for frame in ordered(made, request.frame_count, pool):
        run.check_cancelled()
        yield frame


def make_transition(
    first: Canvas,
    second: Canvas,
    choice: Choice,
    plan: Plan,
    request: ClipRequest,
    run: Run,
    pool: ThreadPoolExecutor,
    staging: Future[Staging],
) -> Transition:
    """What renders the frames. `staging` learns what the sound needs to know."""
    timing = Timing(
        frames=request.frame_count,
        fps=float(FPS),
        strength=0.4 + 1.2 * request.guidance,
        seed=request.seed,
    )
    plan = closing(plan, timing)
    scenes: tuple[Scene, ...] = ()
    if choice.kind is not Kind.CAMERA or Finish.is_asked(plan):
        run.progress(0.0, "finding depth")
        scenes = tuple(
            build_scene(
                canvas,
                oversampling=2 if request.tier is Tier.PRO and choice.kind is not Kind.CAMERA else 1,
                seed=request.seed,
                pool=pool,
                check_cancelled=run.check_cancelled,
            )
            for canvas in (first, second)
        )
    way: Way
    if choice.kind is Kind.CAMERA:
        assert choice.match is not None
        fine = request.tier is Tier.PRO
        way = CameraWay(first, second, choice.match, plan.camera, timing, fine=fine)
        if any(cue.kind not in (Motion.FLICKER, Motion.STEAM) for cue in plan.motion):
            run.log("What moves inside the picture is left out: its way is that to the end image.")
    else:
        make = CutWay if choice.kind is Kind.CUT else DissolveWay
        way = make(*scenes, plan, timing)
        log(run, way.notes)
    staging.set_result(way.staging)
    finish = Finish(scenes, plan, timing, choice.kind) if Finish.is_asked(plan) else None
    return Transition(first, second, way, finish, request.frame_count)
