"""The film between two stills: request in, frames out."""

from __future__ import annotations

from collections.abc import Generator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

import numpy as np

from photoplay import direction
from photoplay.clip import FPS, ClipRequest, Tier
from photoplay.direction.plan import Motion, Plan
from photoplay.engine import Run
from photoplay.engines.parallax.canvas import Canvas, crop_centre, lay_canvas
from photoplay.engines.parallax.reel import WORKERS, Reel, strength_of
from photoplay.engines.parallax.scene import Scene, build_scene
from photoplay.engines.parallax.single import (
    ENOUGH_PX,
    canvas_of,
    log,
    start_sound,
)
from photoplay.engines.parallax.transition.camera import CameraWay
from photoplay.engines.parallax.transition.choice import Choice, Kind, choose
from photoplay.engines.parallax.transition.cut import CutWay
from photoplay.engines.parallax.transition.dissolve import DissolveWay
from photoplay.engines.parallax.transition.finish import Finish
from photoplay.engines.parallax.transition.match import Views
from photoplay.engines.parallax.transition.way import END, Timing, Way, closing, of_both
from photoplay.frames import I420, Frames, Raster
from photoplay.images import Still, load_still
from photoplay.sound.staging import Staging

_MOST_LOST = 0.45  # of the end image is shown: below it another shape of clip is advised
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
    said = (*of_both(still.notes, end.notes), *_cropped(end, first.raster))
    log(run, (*said, *plan.notes, *direction.unread(plan)))
    pool = ThreadPoolExecutor(WORKERS + 1, thread_name_prefix="parallax")
    staging: Future[Staging] = Future()
    return Frames(
        raster=first.raster,
        fps=FPS,
        count=request.frame_count,
        pixels=_Film((first, second), plan, request, run, pool, staging),
        audio=start_sound(plan.sound, request, run, pool, staging) if request.audio else None,
    )


class _Film(Reel):
    """The frames in order. The still goes out first, so that the encoder starts at once."""

    def __init__(
        self,
        canvases: tuple[Canvas, Canvas],
        plan: Plan,
        request: ClipRequest,
        run: Run,
        pool: ThreadPoolExecutor,
        staging: Future[Staging],
    ) -> None:
        super().__init__(self._filmed(canvases, plan, request, run), pool, staging)

    def _filmed(
        self, canvases: tuple[Canvas, Canvas], plan: Plan, request: ClipRequest, run: Run
    ) -> Generator[I420, None, None]:
        yield canvases[0].frame
        run.progress(0.0, "comparing the pictures")
        views = Views.of(*[canvas.picture for canvas in canvases])
        run.check_cancelled()
        choice = choose(request.transition, views, run.check_cancelled)
        run.log(choice.sentence)
        made = make_transition(canvases, choice, plan, request, run, self.pool)
        self.staging.set_result(made.staging)
        run.progress(0.0, "rendering")
        yield from self.rendered(made, range(1, request.frame_count), run)


class Transition:
    """Every frame from the first still to the second; immutable, threads share it."""

    def __init__(
        self, canvases: tuple[Canvas, Canvas], way: Way, finish: Finish | None, count: int
    ) -> None:
        self._ends = {0: canvases[0].frame, count - 1: canvases[1].frame}
        self.staging = way.staging
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


def _wider(still: Still, raster: Raster) -> float:
    """How many times wider a still is than the clip's shape, at the same height."""
    height, width = still.rgb.shape[:2]
    return float(width / height * raster.height_px / raster.width_px)


def _cropped(still: Still, raster: Raster) -> tuple[str, ...]:
    """What of the end still does not fit into the clip's shape, and what would help."""
    height, width = still.rgb.shape[:2]
    ratio = _wider(still, raster)
    if abs(ratio - 1) < _SAME_ASPECT or still.alpha is not None:
        return ()
    sides = "left and right" if ratio > 1 else "top and bottom"
    kept = min(ratio, 1 / ratio)
    advice = "Give one of the clip's shape to choose what is seen."
    if kept < _MOST_LOST:
        between = Fraction(
            round(12 * (width / height * raster.width_px / raster.height_px) ** 0.5), 12
        )
        shape = f"{between.numerator}:{between.denominator}"
        advice = f"{advice} `--aspect {shape}` shows more of it and less of the start image."
    return (
        f"{END}: it is {width}×{height}, and the clip {raster}, so of its {sides} "
        f"{1 - kept:.0%} are cut off. {advice}",
    )


def _laid(still: Still, raster: Raster) -> Canvas:
    """The end still on the canvas of the first, cropped around what it is about."""
    is_same = abs(_wider(still, raster) - 1) < _SAME_ASPECT
    centre = (0.5, 0.5) if is_same else crop_centre(still.rgb, raster)
    return lay_canvas(still.rgb, still.alpha, raster, centre)


def make_transition(
    canvases: tuple[Canvas, Canvas],
    choice: Choice,
    plan: Plan,
    request: ClipRequest,
    run: Run,
    pool: Executor,
) -> Transition:
    """What renders the frames of the way that was chosen."""
    timing = Timing(
        frames=request.frame_count,
        fps=float(FPS),
        strength=strength_of(request),
        seed=request.seed,
    )
    plan = closing(plan, timing)
    is_finished = Finish.is_asked(plan)
    scenes = None
    if choice.match is None or is_finished:
        run.progress(0.0, "finding depth")
        scenes = _scenes(canvases, choice, request, run, pool)
    way: Way
    if choice.match is not None:
        fine = request.tier is Tier.PRO
        way = CameraWay(*canvases, choice.match, plan.camera, timing, fine=fine)
        if any(cue.kind not in (Motion.FLICKER, Motion.STEAM) for cue in plan.motion):
            run.log("What moves inside the picture is left out: its way is that to the end image.")
    else:
        assert scenes is not None
        way = (CutWay if choice.kind is Kind.CUT else DissolveWay)(*scenes, plan, timing)
    log(run, way.notes)
    finish = None
    if is_finished and scenes is not None:
        finish = Finish(scenes, plan, timing, is_cut=choice.kind is Kind.CUT)
    return Transition(canvases, way, finish, request.frame_count)


def _scenes(
    canvases: tuple[Canvas, Canvas],
    choice: Choice,
    request: ClipRequest,
    run: Run,
    pool: Executor,
) -> tuple[Scene, Scene]:
    """Both stills taken apart; finely only if it is their layers that are filmed."""
    is_fine = request.tier is Tier.PRO and choice.match is None
    first, second = (
        build_scene(
            canvas,
            oversampling=2 if is_fine else 1,
            seed=request.seed,
            pool=pool,
            check_cancelled=run.check_cancelled,
        )
        for canvas in canvases
    )
    return first, second
