"""A film from text alone: an animatic. Shots as drawn places with their words, sound and timing.

The built-in engine has no model that makes pictures, and says so. What can be judged without them
is there: the length and the order of shots, camera, light, weather, speech, music.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction

import cv2
import numpy as np

from photoplay import direction
from photoplay.clip import FPS, ClipRequest, Framing
from photoplay.direction import Reading
from photoplay.direction.plan import Plan
from photoplay.engine import Feature, Run, engine_names, load_engine
from photoplay.engines.parallax.canvas import Canvas, Window, fit_raster, lay_part
from photoplay.engines.parallax.color import to_planes
from photoplay.engines.parallax.drawing import UNKNOWN, draw_place, place_of, places
from photoplay.engines.parallax.lettering import Face, fitted, readable, set_block
from photoplay.engines.parallax.reel import WORKERS, Reel, strength_of
from photoplay.engines.parallax.scene import build_scene
from photoplay.engines.parallax.shot import ShotRenderer
from photoplay.engines.parallax.single import log, start_sound
from photoplay.frames import I420, Field, Frames, Raster, split_planes
from photoplay.sound.staging import Staging

USUAL_ASPECT = Fraction(16, 9)
_FADE_FRAMES = 10  # over which the words of a shot come up
_MARGIN = 0.07  # of the shorter side, at least, around words
_INK = np.array([246, 244, 238], np.float32)
_UNREADABLE = "(words that these fonts cannot set)"
_SHARES = {  # of a drawn place, along its sides
    Framing.WIDE: 1.0,
    Framing.MEDIUM: 0.75,
    Framing.OVER_SHOULDER: 0.7,
    Framing.CLOSE_UP: 0.5,
    Framing.DETAIL: 0.36,
}
_ACROSS, _DOWN = 0.28, 0.7  # of what is left out, how much is on the left and at the top
_SCRIM = 0.62  # how much the darkest part of the shade under words takes


def film(request: ClipRequest, run: Run) -> Frames:
    """Read the words now; draw and render as frames are taken."""
    raster = fit_raster(16, 9, request.tier, request.aspect or USUAL_ASPECT)
    shots = direction.shots_of(request)
    several = len(shots) > 1
    alone = Reading(shots[0], direction.read_request(request), start_s=0)
    told = direction.read_film(request, shots) if several else (alone,)
    log(run, (f"This is an animatic: drawn places and the words of each shot. {_elsewhere()}",))
    log(run, _unshown(request))
    log(run, direction.split_notes(request))
    for number, reading in enumerate(told, 1):
        said = (*_unknown(reading), *reading.plan.notes, *direction.unread(reading.plan))
        log(run, tuple(f"shot {number}: {note}" for note in said) if several else said)
    heard = told[0].plan.sound
    if several:
        heard, remarks = direction.joined(told, request.sound.music)
        log(run, remarks)
    loop = request.loop or told[0].plan.loop
    pool = ThreadPoolExecutor(WORKERS + 1, thread_name_prefix="parallax")
    staging: Future[Staging] = Future()
    return Frames(
        raster=raster,
        fps=FPS,
        count=request.frame_count,
        pixels=_Animatic(request, told, raster, run, pool, staging),
        audio=start_sound(heard, request, run, pool, staging, direction.cuts_s(told), loop)
        if request.audio
        else None,
    )


def _unknown(reading: Reading) -> tuple[str, ...]:
    """That no place is named which could be drawn."""
    if place_of(reading.shot.prompt) is not None:
        return ()
    known = ", ".join(places())
    return (f"no place is named that can be drawn, so {UNKNOWN} are; there are {known}.",)


def _drawn(reading: Reading, raster: Raster, seed: int, before: str) -> Canvas:
    """The place of a shot, as much of it as its framing shows; drawn larger to be sharp."""
    shot = reading.shot
    share = _SHARES[shot.framing or direction.framing_of(shot.prompt) or Framing.WIDE]
    if share == 1:
        return draw_place(shot.prompt, raster, seed, before=before)
    sides = (4 * round(side / share / 4) for side in (raster.width_px, raster.height_px))
    whole = draw_place(shot.prompt, Raster(*sides), seed, before=before)
    window = Window((1 - share) * _ACROSS, (1 - share) * _DOWN, share, share)
    return lay_part(whole.picture, whole.cut, window, raster)


def _elsewhere() -> str:
    able = []
    for name in engine_names():
        can = load_engine(name).capabilities
        if name != "parallax" and not can.replays and Feature.NO_IMAGE in can.features:
            able.append(name)
    if not able:
        return "Give a picture to film instead."
    return f"Engines that make pictures from text: {', '.join(able)}; or give one to film."


def _unshown(request: ClipRequest) -> tuple[str, ...]:
    """That pictures of elements are not in it: they have places of their own, and no place here."""
    if not request.elements:
        return ()
    names = ", ".join(f"@{element.name}" for element in request.elements)
    return (f"The pictures of {names} are not shown in an animatic; give one of them to film it.",)


class _Animatic(Reel):
    """The frames of all shots, one after the other."""

    def __init__(
        self,
        request: ClipRequest,
        told: Sequence[Reading],
        raster: Raster,
        run: Run,
        pool: ThreadPoolExecutor,
        staging: Future[Staging],
    ) -> None:
        super().__init__(self._filmed(request, told, raster, run), pool, staging)

    def _filmed(
        self, request: ClipRequest, told: Sequence[Reading], raster: Raster, run: Run
    ) -> Generator[I420, None, None]:
        said = ""  # in the shots before: it stays night until another time is named
        for number, reading in enumerate(told):
            shot, plan = reading.shot, reading.plan
            run.check_cancelled()
            card = _card(reading, number, len(told), raster, run)
            scene = build_scene(
                _drawn(reading, raster, request.seed + number, said),
                oversampling=1,
                seed=request.seed,
                pool=self.pool,
                check_cancelled=run.check_cancelled,
            )
            said = f"{shot.prompt} {said}"
            count = int(shot.duration_s * FPS)
            renderer = ShotRenderer(
                scene,
                plan,
                frames=count,
                fps=float(FPS),
                strength=strength_of(request),
                seed=request.seed + number,
                loop=request.loop or plan.loop,
            )
            if not self.staging.done():
                self.staging.set_result(renderer.staging)
            for at, frame in enumerate(self.rendered(renderer, range(count), run)):
                card.lay(frame, 1.0 if request.loop else min(1.0, (at + 1) / _FADE_FRAMES))
                yield frame


@dataclass(frozen=True, slots=True)
class _Card:
    """Words and the shade under them, as what is kept of each plane and what is added to it."""

    keep: tuple[Field, Field, Field]
    add: tuple[Field, Field, Field]

    def lay(self, frame: I420, share: float) -> None:
        """Lay the card over a frame, in place."""
        for plane, keep, add in zip(split_planes(frame), self.keep, self.add, strict=True):
            laid = cv2.multiply(plane, keep, dtype=cv2.CV_32F)
            laid = cv2.add(laid, add)
            if share < 1:
                laid = cv2.addWeighted(plane.astype(np.float32), 1 - share, laid, share, 0)
            cv2.add(laid, 0.0, dst=plane, dtype=cv2.CV_8U)


def _card(reading: Reading, number: int, count: int, raster: Raster, run: Run) -> _Card:
    shot, plan = reading.shot, reading.plan
    width, height = raster.width_px, raster.height_px
    margin = round(_MARGIN * min(width, height))
    words, lost = readable(shot.prompt)
    if lost:
        shown = "".join(dict.fromkeys(lost))[:12]
        log(run, (f"The card's fonts cannot set {len(lost)} characters (“{shown}”): left out.",))
    words = words or _UNREADABLE
    matte = np.zeros((height, width), np.float32)
    small = round(max(0.021 * min(width, height), 11))
    foot = height - margin
    details = [
        line
        for label, kinds in (("CAMERA", _camera(plan)), ("SOUND", _sound(plan)))
        if kinds
        for line in [f"{label}   {kinds}"]
    ]
    for up, line in enumerate(reversed(details)):
        size = small
        while Face().width_px(line, size) > width - 2 * margin and size > 8:
            size -= 1
        Face().draw(matte, line, margin, foot - round(1.6 * small * up), size)
    rule = foot - round(1.6 * small * len(details)) - round(0.3 * small)
    cv2.line(matte, (margin, rule), (width - margin, rule), 0.55, max(1, small // 12))
    face = Face(weight=560)
    block = min(width - 2 * margin, round(max(0.74 * width, 0.9 * height)))
    lines, size_px = fitted(
        words, face, raster, width_px=block, height_px=round(rule - 3.2 * margin)
    )
    base = rule - round(0.75 * size_px)
    set_block(matte, lines, face, size_px, left_px=margin, right_px=margin + block, base_px=base)
    of = f" OF {count}" if count > 1 else ""
    label = f"SHOT {number + 1}{of}   {shot.duration_s} s   ANIMATIC"
    Face(weight=600).draw(matte, label, margin, margin + small, small)
    top = base - round(size_px * 1.3 * len(lines))
    return _laid(matte, _shade(raster, top / height))


def _shade(raster: Raster, top: float) -> Field:
    """How dark the picture is made: under the words, softly upwards; a little at the label."""
    y = (np.arange(raster.height_px, dtype=np.float32) + 0.5)[:, None] / raster.height_px
    rise = ((y - (top - 0.22)) / 0.3).clip(0, 1)
    label = (1 - y / 0.16).clip(0, 1)
    shade = np.maximum(_SCRIM * rise * rise * (3 - 2 * rise), 0.4 * label * label)
    return np.repeat(shade.astype(np.float32), raster.width_px, axis=1)


def _laid(ink: Field, shade: Field) -> _Card:
    """Shade, then ink, as one factor and one summand for each plane."""
    colour = np.full((4, 4, 3), _INK + 0.5).astype(np.uint8)
    inks = [float(plane[0, 0]) for plane in to_planes(colour)]
    keep, add = [], []
    for at, value in enumerate(inks):
        dark = 16.0 if at == 0 else 128.0
        part = [ink, shade]
        if at:
            size = (ink.shape[1] // 2, ink.shape[0] // 2)
            part = [cv2.resize(one, size, interpolation=cv2.INTER_AREA) for one in part]
        clear, lit = (1 - part[0]), (1 - part[1])
        keep.append(np.asarray(clear * lit, np.float32))
        add.append(np.asarray(clear * part[1] * dark + part[0] * value, np.float32))
    return _Card((keep[0], keep[1], keep[2]), (add[0], add[1], add[2]))


def _camera(plan: Plan) -> str:
    moves = [move.move.value for move in plan.camera.moves]
    if plan.camera.handheld >= 0.3:
        moves.append("hand-held")
    return ", ".join(dict.fromkeys(moves)) or "static"


def _sound(plan: Plan) -> str:
    if plan.sound.silent:
        return "silent"
    heard = [cue.kind.value for cue in plan.sound.ambience]
    heard += [cue.kind.value if cue.kind else cue.words for cue in plan.sound.effects]
    if plan.sound.music is not None:
        heard.append(f"{plan.sound.music.mood} {plan.sound.music.genre} music")
    heard += ["voice-over" if line.voice_over else "speech" for line in plan.sound.dialogue]
    return ", ".join(dict.fromkeys(heard))
