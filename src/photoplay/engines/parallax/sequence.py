"""Several takes, cut together: each of its own part of a picture, on one raster, to one sound.

While a take is rendered, the next one's scene is analysed, so at most two scenes are alive. Cuts
fall exactly on the frames that were asked for.
"""

from __future__ import annotations

import threading
from collections.abc import Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from photoplay import direction
from photoplay.clip import FPS, ClipRequest, Framing, Shot, Tier
from photoplay.direction import Reading
from photoplay.direction.plan import Plan
from photoplay.engine import Run
from photoplay.engines.parallax.canvas import Window
from photoplay.engines.parallax.framing import chosen, repeats
from photoplay.engines.parallax.pictures import Pictures, shown
from photoplay.engines.parallax.reel import WORKERS, Reel, strength_of
from photoplay.engines.parallax.scene import build_scene
from photoplay.engines.parallax.shot import ShotRenderer
from photoplay.engines.parallax.single import log, start_sound
from photoplay.errors import Cancelled
from photoplay.frames import I420, Frames
from photoplay.sound.staging import Staging

_LEAD_FRAMES = 60  # for which light and weather have been there when a later shot begins
_ANALYSTS = 2
_PATIENCE_S = 0.1  # between looks at whether the render is cancelled


@dataclass(frozen=True, slots=True)
class Take:
    """One shot of the film, ready to be analysed."""

    number: int  # from 1
    shot: Shot
    plan: Plan
    picture: Path
    framing: Framing

    @property
    def frames(self) -> int:
        """Frames of the shot."""
        return int(self.shot.duration_s * FPS)


def film(request: ClipRequest, run: Run, *, workers: int = WORKERS) -> Frames:
    """Read the request and its pictures now; analyse and render as frames are taken."""
    run.progress(0.0, "reading the pictures")
    shots = direction.shots_of(request)
    paths, notes = shown(request, shots)
    pictures = Pictures(dict.fromkeys(paths), request)
    log(run, (*pictures.notes, *notes, *direction.split_notes(request)))
    readings = direction.read_film(request, shots, paths)
    takes = _takes(readings, paths)
    log(run, _cuts(takes, [reading.start_s for reading in readings], request))
    for take in takes:
        log(run, _numbered(take, (*take.plan.notes, *direction.unread(take.plan)), len(takes)))
    planned, remarks = direction.joined(readings, request.sound.music)
    log(run, remarks)
    pool = ThreadPoolExecutor(workers + 1, thread_name_prefix="parallax")
    staging: Future[Staging] = Future()
    cuts_s = direction.cuts_s(readings)
    return Frames(
        raster=pictures.raster,
        fps=FPS,
        count=request.frame_count,
        pixels=_Film(takes, pictures, request, run, pool, staging),
        audio=start_sound(planned, request, run, pool, staging, cuts_s) if request.audio else None,
    )


def _takes(readings: Sequence[Reading], paths: Sequence[Path]) -> tuple[Take, ...]:
    asked = [
        reading.shot.framing or direction.framing_of(reading.shot.prompt) for reading in readings
    ]
    several = len(readings) > 1
    framings = chosen(asked) if several else (asked[0] or Framing.WIDE,)
    parts = zip(readings, paths, framings, strict=True)
    return tuple(
        Take(number, reading.shot, reading.plan, path, framing)
        for number, (reading, path, framing) in enumerate(parts, 1)
    )


def _cuts(takes: Sequence[Take], starts_s: Sequence[int], request: ClipRequest) -> tuple[str, ...]:
    """What each shot is, where there are several."""
    if len(takes) == 1:
        return ()
    said = []
    for take, start_s in zip(takes, starts_s, strict=True):
        other = "" if take.picture == request.start_image else f" of {take.picture.name}"
        words = f": “{take.shot.prompt.strip()}”" if request.split_shots else ""
        end_s = start_s + take.shot.duration_s
        said.append(f"shot {take.number}: {start_s}–{end_s} s, {take.framing}{other}{words}")
    return tuple(said)


def _numbered(take: Take, notes: Sequence[str], count: int) -> tuple[str, ...]:
    return tuple(notes) if count == 1 else tuple(f"shot {take.number}: {note}" for note in notes)


@dataclass(frozen=True, slots=True)
class _Ready:
    """A take that has been analysed, the part of its picture that it shows, and what to say."""

    renderer: ShotRenderer
    window: Window
    notes: tuple[str, ...]


class _Film(Reel):
    """The frames in order. The first goes out as soon as its part of the picture is known."""

    def __init__(
        self,
        takes: Sequence[Take],
        pictures: Pictures,
        request: ClipRequest,
        run: Run,
        pool: ThreadPoolExecutor,
        staging: Future[Staging],
    ) -> None:
        super().__init__(self._filmed(), pool, staging)
        self._takes = takes
        self._pictures = pictures
        self._request = request
        self._run = run
        self._ended = threading.Event()
        # One thread takes a scene apart, the others do its parts.
        self._analysts = ThreadPoolExecutor(1 + _ANALYSTS, thread_name_prefix="analysis")

    def close(self) -> None:
        """Stop rendering, and wait until the threads are idle. Also before the first frame."""
        self._ended.set()
        super().close()
        self._analysts.shutdown(wait=True, cancel_futures=True)

    def _filmed(self) -> Generator[I420, None, None]:
        first = self._takes[0]
        if first.framing is Framing.WIDE:  # the encoder can start before anything is looked at
            view = self._pictures.widest(first.picture)
            yield self._pictures.canvas(first.picture, view).frame
        self._run.progress(0.0, "finding depth")
        staged: list[Staging] = []
        shown_before: tuple[Path, Window] | None = None
        coming = self._begin(0)
        for index, take in enumerate(self._takes):
            ready = self._awaited(coming)
            if index + 1 < len(self._takes):
                coming = self._begin(index + 1)
            staged.append(ready.renderer.staging)
            if len(staged) == len(self._takes):
                self.staging.set_result(_over_all(staged, self._takes))
            again = _is_repeated(shown_before, (take.picture, ready.window))
            shown_before = (take.picture, ready.window)
            log(self._run, _numbered(take, (*ready.notes, *again), len(self._takes)))
            self._run.progress(0.0, "rendering")
            is_out = index == 0 and take.framing is Framing.WIDE
            yield from self.rendered(ready.renderer, range(int(is_out), take.frames), self._run)
            del ready  # before the scene after the next one is begun

    def _begin(self, index: int) -> Future[_Ready]:
        return self._analysts.submit(self._analysed, self._takes[index])

    def _awaited(self, coming: Future[_Ready]) -> _Ready:
        while not coming.done():
            self._run.check_cancelled()
            wait([coming], timeout=_PATIENCE_S)
        return coming.result()

    def _check(self) -> None:
        if self._ended.is_set():
            raise Cancelled
        self._run.check_cancelled()

    def _analysed(self, take: Take) -> _Ready:
        request, seed = self._request, self._request.seed + 100 * (take.number - 1)
        view = self._pictures.view(
            take.picture, take.framing, self._analysts, direction.thing_in(take.shot.prompt)
        )
        self._check()
        scene = build_scene(
            self._pictures.canvas(take.picture, view),
            oversampling=2 if request.tier is Tier.PRO else 1,
            seed=seed,
            pool=self._analysts,
            expected=self._pictures.subject(take.picture, view),
            check_cancelled=self._check,
        )
        self._pictures.know(take.picture, scene)
        renderer = ShotRenderer(
            scene,
            take.plan,
            frames=take.frames,
            fps=float(FPS),
            strength=strength_of(request),
            seed=seed,
            lead=0 if take.number == 1 else _LEAD_FRAMES,
        )
        return _Ready(renderer, view.window, (*view.notes, *renderer.notes))


def _is_repeated(before: tuple[Path, Window] | None, now: tuple[Path, Window]) -> tuple[str, ...]:
    if before is None or before[0] != now[0] or not repeats(before[1], now[1]):
        return ()
    return ("it shows nearly the same as the shot before, so the cut may look like a jump.",)


def _over_all(staged: Sequence[Staging], takes: Sequence[Take]) -> Staging:
    """Where things are and how fast the camera is over the whole clip; one distance for its bed."""
    lengths = [take.frames for take in takes]
    distances = [staging.distance for staging in staged]
    return Staging(
        position=np.concatenate([staging.position for staging in staged]),
        speed=np.concatenate([staging.speed for staging in staged]),
        distance=float(np.average(distances, weights=lengths)),
    )
