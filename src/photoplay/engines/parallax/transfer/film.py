"""A still that makes the movement of a video: request in, frames out."""

from __future__ import annotations

import threading
from collections.abc import Generator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from dataclasses import replace

from photoplay import direction, media
from photoplay.clip import FPS, ClipRequest, MotionReference, Tier
from photoplay.direction.plan import Camera
from photoplay.engine import Run
from photoplay.engines.parallax import single
from photoplay.engines.parallax.reel import WORKERS, Reel, strength_of
from photoplay.engines.parallax.scene import Scene, build_scene
from photoplay.engines.parallax.shot import Mover, ShotRenderer, stage_of
from photoplay.engines.parallax.transfer.gesture import Gesture
from photoplay.engines.parallax.transfer.path import follow_camera
from photoplay.engines.parallax.transfer.puppet import Act, prepare
from photoplay.engines.parallax.transfer.puppet.character import find_doll
from photoplay.engines.parallax.transfer.reading import Reading, read
from photoplay.engines.parallax.transfer.verdict import Mode, Verdict, judge
from photoplay.errors import Cancelled
from photoplay.frames import I420, Frames
from photoplay.images import load_still

_TOLD = 0.8  # a swing that is kept to this share is not worth a sentence
_PATIENCE_S = 0.1  # between two looks whether the caller has changed their mind


def film(request: ClipRequest, run: Run) -> Frames:
    """Read the request, the still and the video's length now; the rest as frames are taken."""
    run.progress(0.0, "reading the picture and the video")
    take = _Take(request, run)
    single.log(run, (*take.still_notes, *take.plan.notes, *direction.unread(take.plan)))
    single.log(run, length_notes(take.footage, take.count))
    audio = None
    if request.audio:
        heard = with_sound(take.request, take.footage, run)
        audio = single.start_sound(take.plan.sound, heard, run, take.pool, take.staging)
    return Frames(
        raster=take.canvas.raster,
        fps=FPS,
        count=take.count,
        pixels=take,
        audio=audio,
    )


def explain(request: ClipRequest, run: Run) -> Verdict:
    """What would be transferred to the still, and how surely.

    All that a render would say is said, and nothing is rendered.
    """
    frames = film(request, run)
    take = frames.pixels
    assert isinstance(take, _Take)
    try:
        take.look()
        if frames.audio is not None:
            frames.audio()
    finally:
        take.close()
    assert take.verdict is not None
    return take.verdict


class _Take(Reel):
    """The frames in order, and all that they are made of."""

    def __init__(self, request: ClipRequest, run: Run) -> None:
        assert request.start_image is not None
        assert request.motion is not None
        self._run = run
        self.footage = media.look_at(request.motion.video, request.motion.orientation)
        seconds = min(self.footage.seconds, request.duration_s)
        self.count = int(seconds * FPS)
        self.request = replace(request, shots=(replace(request.shots[0], duration_s=seconds),))
        enough_px = single.ENOUGH_PX[request.tier]
        still = load_still(request.start_image, enough_px=(enough_px, enough_px))
        self.still_notes = still.notes
        self.verdict: Verdict | None = None  # as soon as the video has been watched
        self.plan = direction.read_request(self.request)
        self.canvas = single.canvas_of(still, request)
        self._stopped = threading.Event()
        pool = ThreadPoolExecutor(WORKERS + 1, thread_name_prefix="transfer")
        super().__init__(self._filmed(), pool, Future())

    def close(self) -> None:
        """Stop rendering, and wait until the threads are idle. Also before the first frame."""
        self._stopped.set()
        super().close()

    def _filmed(self) -> Generator[I420, None, None]:
        yield self.canvas.frame
        self._run.progress(0.0, "following the video")
        renderer = self._renderer(*self._analysed())
        self.staging.set_result(renderer.staging)
        single.log(self._run, renderer.notes)
        self._run.progress(0.0, "rendering")
        yield from self.rendered(renderer, range(1, self.count), self._run)

    def _analysed(self) -> tuple[Scene, Reading, Act | None]:
        later = self.pool.submit(
            read, self.footage, count=self.count, check_cancelled=self._check_stopped
        )
        scene = build_scene(
            self.canvas,
            oversampling=2 if self.request.tier is Tier.PRO else 1,
            seed=self.request.seed,
            pool=self.pool,
            check_cancelled=self._run.check_cancelled,
        )
        doll = find_doll(scene)  # beside the reading of the video
        while True:
            self._run.check_cancelled()
            try:
                reading = later.result(_PATIENCE_S)
                break
            except NotYet:
                continue
        act = None
        if reading.has_camera and not reading.breaks:
            act = prepare(
                doll,
                self.footage,
                reading.tracks,
                count=self.count,
                check_cancelled=self._run.check_cancelled,
            )
        return scene, reading, act

    def _check_stopped(self) -> None:
        if self._stopped.is_set():
            raise Cancelled

    def _renderer(self, scene: Scene, reading: Reading, act: Act | None) -> ShotRenderer:
        verdict = self.verdict = judge(reading, scene, act)
        single.log(self._run, verdict.notes)
        plan, path = self.plan, None
        if verdict.moves_camera:
            followed = follow_camera(reading.camera, stage_of(scene))
            path = followed.poses
            single.log(self._run, followed.notes)
            if plan.camera.moves or plan.camera.handheld:
                self._run.log("the camera follows the video, not the prompt")
            plan = replace(plan, camera=Camera())
        return ShotRenderer(
            scene,
            plan,
            frames=self.count,
            fps=float(FPS),
            strength=strength_of(self.request),
            seed=self.request.seed,
            path=path,
            gesture=self._mover(scene, reading, act, verdict),
        )

    def _mover(
        self, scene: Scene, reading: Reading, act: Act | None, verdict: Verdict
    ) -> Mover | None:
        if verdict.mode is Mode.PUPPET:
            assert act is not None
            return act.puppet(scene)
        if verdict.figure is None or reading.rhythm is None:
            return None
        gesture = Gesture(scene, verdict.figure, reading.rhythm)
        if gesture.share < _TOLD:
            self._run.log(
                f"the body swings {gesture.share:.0%} as far as in the video: beyond it, what is "
                "not in the picture would come into view"
            )
        return gesture


def length_notes(footage: media.Footage, count: int) -> tuple[str, ...]:
    """What of the video's length is used, where that is not all."""
    used_s = count / FPS
    if footage.goes_on:
        return (f"the video goes on after {used_s} s, and only these are used",)
    rest_s = footage.duration_s - float(used_s)
    if rest_s > 0.02:
        return (f"the clip has the first {used_s} s of the video's {footage.duration_s:.1f} s",)
    return ()


def with_sound(request: ClipRequest, footage: media.Footage, run: Run) -> ClipRequest:
    """The request with the video's sound as its track, where that is to be kept and there is one.

    A track of one's own comes first.
    """
    motion: MotionReference | None = request.motion
    if motion is None or not motion.keep_sound or request.sound.track is not None:
        return request
    if not footage.has_sound:
        run.log("the video has no sound, so the clip's is made from the prompt")
        return request
    return replace(request, sound=replace(request.sound, track=motion.video))
