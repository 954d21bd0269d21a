"""One take of one still: request in, frames out, analysis and sound beside them."""

from __future__ import annotations

from collections.abc import Callable, Generator
from concurrent.futures import Executor, Future, ThreadPoolExecutor

from photoplay import direction, media, sound
from photoplay.clip import FPS, ClipRequest, Tier
from photoplay.direction.plan import Light, Motion, Move, Plan, Sound
from photoplay.engine import Run
from photoplay.engines.parallax.canvas import Canvas, crop_centre, fit_raster, lay_canvas
from photoplay.engines.parallax.reel import WORKERS, Reel, strength_of
from photoplay.engines.parallax.scene import build_scene
from photoplay.engines.parallax.shot import ShotRenderer
from photoplay.frames import I420, Frames, Soundtrack, audio_samples
from photoplay.images import Still, load_still
from photoplay.sound.staging import Staging

# Sides below which a still is never reduced while it is decoded: the longest of any canvas, at 4:1.
ENOUGH_PX = {Tier.STANDARD: 2880, Tier.PRO: 2880, Tier.FOUR_K: 5760}


def film(request: ClipRequest, run: Run) -> Frames:
    """Read the request and the still now; analyse and render as frames are taken."""
    run.progress(0.0, "reading the picture")
    assert request.start_image is not None
    enough_px = ENOUGH_PX[request.tier]
    still = load_still(request.start_image, enough_px=(enough_px, enough_px))
    plan = direction.read_request(request)
    canvas = canvas_of(still, request)
    loop = loop_notes(plan) if request.loop or plan.loop else ()
    log(run, (*still.notes, *plan.notes, *loop, *direction.unread(plan)))
    pool = ThreadPoolExecutor(WORKERS + 1, thread_name_prefix="parallax")
    staging: Future[Staging] = Future()
    return Frames(
        raster=canvas.raster,
        fps=FPS,
        count=request.frame_count,
        pixels=_Film(canvas, plan, request, run, pool, staging),
        audio=start_sound(plan.sound, request, run, pool, staging, loop=plan.loop)
        if request.audio
        else None,
        loops=request.loop or plan.loop,
    )


def canvas_of(still: Still, request: ClipRequest) -> Canvas:
    """The still laid out for its frames."""
    height, width = still.rgb.shape[:2]
    raster = fit_raster(width, height, request.tier, request.aspect)
    centre = crop_centre(still.rgb) if request.aspect else (0.5, 0.5)
    return lay_canvas(still.rgb, still.alpha, raster, centre)


class _Film(Reel):
    """The frames in order. The still goes out first, so that the encoder starts at once."""

    def __init__(
        self,
        canvas: Canvas,
        plan: Plan,
        request: ClipRequest,
        run: Run,
        pool: ThreadPoolExecutor,
        staging: Future[Staging],
    ) -> None:
        super().__init__(self._filmed(canvas, plan, request, run), pool, staging)

    def _filmed(
        self, canvas: Canvas, plan: Plan, request: ClipRequest, run: Run
    ) -> Generator[I420, None, None]:
        loop = request.loop or plan.loop
        if not loop:
            yield canvas.frame
        run.progress(0.0, "finding depth")
        scene = build_scene(
            canvas,
            oversampling=2 if request.tier is Tier.PRO else 1,
            seed=request.seed,
            pool=self.pool,
            check_cancelled=run.check_cancelled,
        )
        renderer = ShotRenderer(
            scene,
            plan,
            frames=request.frame_count,
            fps=float(FPS),
            strength=strength_of(request),
            seed=request.seed,
            loop=loop,
        )
        self.staging.set_result(renderer.staging)
        log(run, renderer.notes)
        run.progress(0.0, "rendering")
        numbers = range(0 if loop else 1, request.frame_count)
        yield from self.rendered(renderer, numbers, run)


def start_sound(
    planned: Sound,
    request: ClipRequest,
    run: Run,
    pool: Executor,
    staging: Future[Staging],
    cuts_s: tuple[float, ...] = (),
    loop: bool = False,
) -> Callable[[], Soundtrack]:
    """Begin to make the sound on a thread of the pool; its end waits for what the pictures say."""
    samples = audio_samples(request.frame_count, FPS)
    options = request.sound
    score = sound.Score(
        sound=planned,
        samples=samples,
        seed=request.seed,
        target_lufs=options.loudness_lufs,
        track=None if options.track is None else media.read_track(options.track, samples),
        voice=options.voice,
        language=options.language,
        cuts_s=cuts_s,
        loop=request.loop or loop,
    )
    log(run, sound.describe(planned))
    return pool.submit(sound.soundtrack, score, staging.result, run.log).result


def loop_notes(plan: Plan) -> tuple[str, ...]:
    """What becomes of a plan in a loop, as sentences."""
    notes = []
    moves = list(dict.fromkeys(move.move for move in plan.camera.moves))
    if any(move is not Move.STATIC for move in moves):
        named = " and ".join(move for move in moves if move is not Move.STATIC)
        notes.append(f"In a loop the camera goes out and comes back: {named}, and the same undone.")
    back: list[str] = [cue.kind for cue in plan.light if cue.kind in _ONE_WAY]
    back += [cue.kind for cue in plan.motion if cue.kind is Motion.CLOUDS]
    if back:
        notes.append(f"In a loop what changes changes back: {' and '.join(back)}.")
    if plan.light or plan.atmosphere or plan.look:
        notes.append("The loop begins with the still in its light and weather, which never stop.")
    if plan.sound.dialogue:
        notes.append("Speech does not loop: it ends before the seam.")
    return tuple(notes)


_ONE_WAY = {Light.SUNSET_TO_NIGHT, Light.NIGHT_TO_DAY}


def log(run: Run, sentences: tuple[str, ...]) -> None:
    """Say some sentences to the user."""
    for sentence in sentences:
        run.log(sentence)
