"""One more part for a film: the same place, camera, light, weather and sound go on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from photoplay import direction, media
from photoplay.clip import FPS, Clip, ClipRequest, Shot, Tier
from photoplay.direction.plan import Atmosphere, Plan
from photoplay.engine import Run
from photoplay.engines.parallax.air import Earlier
from photoplay.engines.parallax.camera import Pose
from photoplay.engines.parallax.color import to_i420, to_rgb
from photoplay.engines.parallax.continuing import Ending, Following, Weather, go_on
from photoplay.engines.parallax.drift import Drift, corrected, measure_drift
from photoplay.engines.parallax.reel import strength_of
from photoplay.errors import InvalidRequest
from photoplay.files import replacing
from photoplay.films.carrying import carried, coming_up, lasting, standing
from photoplay.films.history import History
from photoplay.films.scoring import score
from photoplay.films.tune import Tune
from photoplay.films.views import described, views
from photoplay.frames import I420, RGB, Audio, Frames, Raster, Soundtrack, audio_samples
from photoplay.images import Still, load_still, resized
from photoplay.media import Encoding, Probe
from photoplay.render import check_pictures, check_place, measure
from photoplay.sound.staging import Staging

LAST_FRAMES = 7  # of the clip: the way of its camera is measured over them
_NOTHING_BEFORE = Plan()


@dataclass(frozen=True, slots=True)
class Extended:
    """A film that has become longer.

    `drift` is that of its last frame against its first; `is_copied`: the old pictures are there
    bit for bit.
    """

    clip: Clip
    drift: Drift
    extensions: int
    is_copied: bool


@dataclass(frozen=True, slots=True)
class _Old:
    """The film that is gone on with. `frames` at our rate: a film of others may have another."""

    path: Path
    found: Probe
    history: History
    first: RGB
    last: list[RGB]
    planes: I420 | None  # the last frame as it was rendered, where that is known

    @property
    def frames(self) -> int:
        return round(self.found.frame_count * FPS / self.found.fps)

    @property
    def tune(self) -> Tune | None:
        """The music that it ends with, as far as it is known."""
        return self.history.tune(self.frames / float(FPS))

    @property
    def raster(self) -> Raster:
        """Its size; one that no frame of ours can have is made the next that can."""
        width, height = self.found.width_px, self.found.height_px
        return Raster(4 * max(1, round(width / 4)), 4 * max(1, round(height / 4)))


def extend(
    clip: Path,
    prompt: str,
    output: Path,
    *,
    seconds: int = 5,
    still: Path | None = None,
    seed: int | None = None,
    codec: str | None = None,
    run: Run,
) -> Extended:
    """Write `clip` to `output`, followed by `seconds` more in which `prompt` happens.

    With `still`, the picture that the clip was made of, the new part is made from that instead of
    from the last frame, and stays as sharp. Without `seed` that of the clip is used, and
    without `codec` the clip's, where the output's ending can hold it. Raises InvalidRequest for
    what is no film or another still, OutputUnwritable for where to.
    """
    request = ClipRequest(start_image=still, shots=(Shot(prompt, seconds),))
    check_pictures(request)
    others = {"the clip": clip} | ({} if still is None else {"the still": still})
    check_place(output, "clip", others=others)
    encoding = Encoding.for_path(output, codec)
    old = _open(clip, run)
    if codec is None:
        encoding = Encoding.keeping(output, old.found.video_codec)
    request = replace(
        request,
        negative_prompt=old.history.negative_prompt,
        guidance=old.history.guidance,
        tier=_tier(old),
        audio=old.found.audio_codec is not None,
        seed=old.history.seed if seed is None else seed,
    )
    plan, before = _planned(request, old, from_frame=still is None)
    for sentence in (*plan.notes, *direction.unread(plan)):
        run.log(sentence)
    picture = None if still is None else load_still(still)
    drifted = measure_drift(old.first, old.last[-1])
    following = _new_frames(request, plan, before, old, picture, drifted, run)
    audio, tune = _heard(request, (before, plan), old, following.staging, run)
    metadata = _metadata(old, request, tune, following.view)
    with replacing(output) as part:  # what stands there stays until the longer film is known good
        is_copied = _write(old, following.frames, audio, part, encoding, request, metadata, run)
        new = _not_in_first(old, plan)
        extended = _finished(old, part, request, new, is_copied=is_copied, run=run)
    return replace(extended, clip=replace(extended.clip, path=output))


def _open(clip: Path, run: Run) -> _Old:
    run.progress(0.0, "reading the clip")
    found = media.probe(clip)
    if found.frame_count < 2 or not found.fps or min(found.width_px, found.height_px) < 64:
        raise InvalidRequest(
            f"{clip} is {found.frame_count} × {found.width_px}×{found.height_px} px",
            rule="a film that goes on has two frames or more, of at least 64×64 px",
            fix="Give a clip of photoplay animate, or any other film; a picture is for animate",
        )
    wanted = {0, *range(max(0, found.frame_count - LAST_FRAMES), found.frame_count)}
    history = History.of(found.metadata)
    decoded, planes = _decoded(clip, wanted, as_stored=_is_as_rendered(found, history))
    run.check_cancelled()
    least = len(wanted) if history.is_ours else min(2, len(wanted))  # headers of others may err
    if len(decoded) < least:
        raise InvalidRequest(
            f"{clip} says that it has {found.frame_count} frames, and the last are missing",
            rule="a film that goes on is whole",
            fix="Copy or download it again",
        )
    last = decoded if len(decoded) <= LAST_FRAMES else decoded[1:]
    old = _Old(clip, found, history, decoded[0], last, planes)
    raster = old.raster
    if (raster.width_px, raster.height_px) != (found.width_px, found.height_px):
        shapes = [resized(frame, raster.width_px, raster.height_px) for frame in (old.first, *last)]
        old = replace(old, first=shapes[0], last=shapes[1:])
    if not history.is_ours:
        run.log("The clip carries no recipe, so only its pictures and its sound are gone on with.")
    return old


def _is_as_rendered(found: Probe, history: History) -> bool:
    return history.is_ours and found.pixel_format == "yuv420p" and found.fps == FPS


def _decoded(
    clip: Path, wanted: Collection[int], *, as_stored: bool
) -> tuple[list[RGB], I420 | None]:
    """Those frames of a film, and the last one as it was rendered, where a file tells."""
    if not as_stored:
        return list(media.decode(clip, wanted)), None
    frames = list(media.decode_i420(clip, wanted))
    return [to_rgb(frame) for frame in frames], frames[-1]


def _tier(old: _Old) -> Tier:
    if old.history.is_ours:
        return old.history.tier
    pixels = old.raster.width_px * old.raster.height_px
    return Tier.FOUR_K if pixels > 1.5 * Tier.STANDARD.pixels else Tier.STANDARD


def _planned(request: ClipRequest, old: _Old, *, from_frame: bool) -> tuple[Plan, Plan]:
    """What happens next, and what happened last."""
    before = _NOTHING_BEFORE
    for plan in old.history.plans():
        before, _ = carried(before, plan, from_frame=False)
    tune, music = old.tune, before.sound.music
    if tune is not None and (music is None or not tune.is_asked_by(music)):
        # It was described beside the prompt.
        before = replace(before, sound=replace(before.sound, music=tune.music, silent=False))
    asked = direction.read_request(request)
    if old.history.ends_as_still:
        plan, _ = carried(before, asked, from_frame=False)
        return coming_up(plan), before
    plan, _ = carried(before, asked, from_frame=from_frame)
    return plan, before


def _new_frames(
    request: ClipRequest,
    plan: Plan,
    before: Plan,
    old: _Old,
    picture: Still | None,
    drifted: Drift,
    run: Run,
) -> Following:
    ending = Ending(
        first=old.first,
        frames=old.last,
        fps=float(old.found.fps),
        weather=_weather(old, before, strength_of(request), run),
        last=old.planes,
    )
    following = go_on(request, plan, ending, picture, run)
    # What is made from the still anew has not drifted. Light that was asked for is no drift, and
    # that of a stranger's film may be meant.
    if picture is None and old.history.is_ours and not (before.light or before.look or plan.light):
        frames = following.frames
        pixels = corrected(frames.pixels, drifted, frames.count)
        return replace(following, frames=replace(frames, pixels=pixels))
    return following


def _weather(old: _Old, before: Plan, strength: float, run: Run) -> Weather:
    """What is in the air at the end of the film."""
    cues = () if old.history.ends_as_still else lasting(before.atmosphere)
    seen: tuple[Pose, ...] | None = ()
    if any(cue.kind is not Atmosphere.FOG for cue in cues):
        seen = views(
            old.history,
            old.first,
            frames=old.frames,
            strength=strength,
            check_cancelled=run.check_cancelled,
        )
    elapsed_s = (old.frames - 1) / float(FPS)  # in the last frame, which is the next part's first
    return Weather(cues, Earlier(elapsed_s, old.history.seed, seen or ()), seen is not None)


def _heard(
    request: ClipRequest,
    plans: tuple[Plan, Plan],
    old: _Old,
    staging: Callable[[], Staging],
    run: Run,
) -> tuple[Audio | None, Tune | None]:
    """All that is heard in the longer film, and the music that it then ends with."""
    if not request.audio:
        run.log("The clip has no sound, so the film goes on without any.")
        return None, None
    if old.history.has_own_sound and not old.history.extensions:
        run.log(
            "The clip has a sound of its own, which cannot be gone on with: what follows is made "
            "from the new prompt."
        )
    before, plan = plans
    spoke = bool(before.sound.dialogue)
    scored = score(_sound_before(old), old.tune, request, plan, run, spoke=spoke)
    heard = scored.heard(request, plan, staging, old.history.loudness_lufs, run.log)
    return heard, scored.tune


def _write(
    old: _Old,
    frames: Frames,
    audio: Audio | None,
    output: Path,
    encoding: Encoding,
    request: ClipRequest,
    metadata: dict[str, str],
    run: Run,
) -> bool:
    """Write the longer film; tells whether the old pictures were copied."""

    def frame_done(done: int) -> None:
        run.check_cancelled()
        run.progress(done / request.frame_count, f"frame {done} of {request.frame_count}")

    if not old.history.is_ours:
        _write_anew(old, frames, audio, output, encoding, request, metadata, frame_done)
        rate = "" if old.found.fps == FPS else f", at {FPS} frames a second instead of {_rate(old)}"
        run.log(f"The clip was made elsewhere, so its pictures are encoded again{rate}.")
        return False
    tail = run.scratch / f"tail{encoding.suffix}"
    media.encode(
        replace(frames, audio=None),
        tail,
        encoding,
        tier=request.tier,
        metadata={},
        on_frame=frame_done,
        follows=True,
    )
    if media.can_join(old.path, tail):
        media.join((old.path, tail), audio, output, encoding, metadata, run.check_cancelled)
        again = "" if audio is None else "; its sound is encoded again, for the crossfade"
        run.log(f"The old part is kept bit for bit{again}.")
        return True
    pixels = media.decode_i420(tail, range(frames.count))
    made = Frames(frames.raster, FPS, frames.count, pixels)
    _write_anew(old, made, audio, output, encoding, request, metadata, lambda _: None)
    run.log("The clip has another codec than the longer one, so its pictures are encoded again.")
    return False


def _rate(old: _Old) -> str:
    return f"{float(old.found.fps):.2f}".rstrip("0").rstrip(".")


def _write_anew(
    old: _Old,
    frames: Frames,
    audio: Audio | None,
    output: Path,
    encoding: Encoding,
    request: ClipRequest,
    metadata: dict[str, str],
    on_frame: Callable[[int], None],
) -> None:
    def all_frames() -> Iterator[I420]:
        try:
            yield from _old_frames(old)
            yield from frames.pixels
        finally:
            close = getattr(frames.pixels, "close", None)
            if close is not None:
                close()

    whole = Frames(
        old.raster,
        FPS,
        old.frames + frames.count,
        all_frames(),
        None if audio is None else lambda: Soundtrack(audio),
    )
    media.encode(
        whole,
        output,
        encoding,
        tier=request.tier,
        metadata=metadata,
        on_frame=lambda done: on_frame(max(0, done - old.frames)),
    )


def _old_frames(old: _Old) -> Iterator[I420]:
    """The film's frames at our rate and size; of another rate the nearest ones in time."""
    raster = old.raster
    wanted = [
        min(int(Fraction(number) * old.found.fps / FPS), old.found.frame_count - 1)
        for number in range(old.frames)
    ]
    at = 0
    for number, rgb in enumerate(media.decode(old.path)):
        if at < len(wanted) and wanted[at] == number:
            frame = to_i420(resized(rgb, raster.width_px, raster.height_px))
            while at < len(wanted) and wanted[at] == number:
                at += 1
                yield frame


def _sound_before(old: _Old) -> Audio:
    """What was heard so far, exactly as long as its pictures."""
    samples = audio_samples(old.frames, FPS)
    audio = media.read_audio(old.path)[:samples]
    return np.pad(audio, ((0, samples - len(audio)), (0, 0)))


def _metadata(old: _Old, request: ClipRequest, tune: Tune | None, view: Pose) -> dict[str, str]:
    """The clip's own, with one more part in its recipe and the anchor that drift is told from."""
    shot = request.shots[0]
    extension: dict[str, Any] = {
        "prompt": shot.prompt,
        "duration_s": shot.duration_s,
        "seed": request.seed,
        "still": None if request.start_image is None else request.start_image.name,
        "music": None if tune is None else tune.described(),
        "view": described(view, from_still=request.start_image is not None),
    }
    kept = {
        key: text
        for key, text in old.found.metadata.items()
        if key in {"prompt", "negative_prompt", "seed", "engine", "version", "anchor"}
    }
    if old.history.is_ours:
        kept["recipe"] = old.history.followed_by(extension)
    kept["prompt"] = "\n".join(text for text in (kept.get("prompt"), shot.prompt) if text)
    kept.setdefault("anchor", json.dumps(_anchor(old.first)))
    return kept


def _anchor(first: RGB) -> dict[str, Any]:
    """What the first frame is, without a path: a digest, and its levels."""
    levels = np.percentile(first.reshape(-1, 3), [5, 50, 95], axis=0)
    return {
        "sha256": hashlib.sha256(np.ascontiguousarray(first).tobytes()).hexdigest(),
        "mean_rgb": [round(float(value), 2) for value in first.reshape(-1, 3).mean(axis=0)],
        "percentiles_rgb": levels.round(1).tolist(),
    }


def _not_in_first(old: _Old, plan: Plan) -> tuple[str, ...]:
    """The weather, light and look of the last frame that are not in the first, which is a still."""
    parts = old.history.plans()
    there = standing((*parts, plan))
    first = standing(parts[:1]) if old.history.is_ours and old.history.begins_as_it_ends else ()
    return tuple(kind for kind in there if kind not in first)


def _finished(
    old: _Old,
    output: Path,
    request: ClipRequest,
    new: tuple[str, ...],
    *,
    is_copied: bool,
    run: Run,
) -> Extended:
    made = measure(output, engine="parallax", seed=request.seed)
    last = {made.frame_count - 1}
    (now,), _ = _decoded(output, last, as_stored=old.planes is not None)
    drift = measure_drift(old.first, now)
    extensions = old.history.extensions + 1
    times = f"{extensions} extension{'s' if extensions > 1 else ''}"
    run.log(f"Drift after {times}: {_told(drift, new)}.")
    return Extended(made, drift, extensions, is_copied)


def _told(drift: Drift, new: tuple[str, ...]) -> str:
    """How far the last frame is from the first, where that is a loss and nothing that was asked."""
    if new:
        *others, last = new
        named = f"{', '.join(others)} and {last}" if others else last
        return f"no number tells it, as the last frame has {named}, and the first has not"
    how = "" if drift.is_registered else ", as wholes: they show different things"
    return (
        f"{drift.delta_e:.1f} ΔE, sharpness {drift.sharpness_percent:.0f} % of the first frame{how}"
    )
