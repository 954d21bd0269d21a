"""One clip from beginning to end, without a queue: check, engine, encode, probe.

Knows nothing about terminals or servers. Whatever goes wrong, no half-written file is left.
"""

from __future__ import annotations

import errno
import json
import os
import secrets
import shutil
import stat
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

from photoplay import stem_files
from photoplay.clip import Clip, ClipRequest, MotionReference, SoundOptions
from photoplay.engine import Renderer, Run, check_supported
from photoplay.errors import (
    Cancelled,
    InvalidRequest,
    OutputMisplaced,
    OutputUnwritable,
    PhotoplayError,
    RenderFailed,
)
from photoplay.frames import I420, Frames, Soundtrack
from photoplay.images import check_file, save_sheet
from photoplay.media import Encoding, decode, encode, probe

_FOR_NOW = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM}
_SHEET_FRAMES, _SHEET_COLUMNS = 8, 4

ProgressCallback = Callable[[float, str], None]  # fraction 0–1, what is being done


class LocalRun:
    """A `Run` inside this process. Make one with `local_run`, which owns its scratch folder."""

    def __init__(self, scratch: Path, on_progress: ProgressCallback | None = None) -> None:
        self.scratch = scratch
        self.notes: list[str] = []  # what was logged, in order, each sentence once
        self._on_progress = on_progress
        self._reached = 0.0
        self._telling = threading.RLock()  # callbacks see one thing after the other
        self._cancelled = threading.Event()

    def progress(self, fraction: float, message: str) -> None:
        """Pass on how far the render is; never less far than before, nor beyond 1."""
        if self._on_progress is None:
            return
        with self._telling:
            self._reached = min(max(self._reached, fraction), 1.0)
            self._on_progress(self._reached, message)

    def log(self, message: str) -> None:
        """Keep a sentence for the user."""
        if message not in self.notes:
            self.notes.append(message)

    def cancel(self) -> None:
        """Ask the render to stop, from any thread."""
        self._cancelled.set()

    def check_cancelled(self) -> None:
        """Raise Cancelled after `cancel`."""
        if self._cancelled.is_set():
            raise Cancelled


@contextmanager
def local_run(on_progress: ProgressCallback | None = None) -> Iterator[LocalRun]:
    """A run whose scratch folder vanishes at the end of the block. Raises OutputUnwritable."""
    # Named before it is made: a signal between the two, or right after, still finds it to remove.
    scratch = Path(tempfile.gettempdir(), f"photoplay-{secrets.token_hex(8)}")
    try:
        _make_scratch(scratch)
        yield LocalRun(scratch, on_progress)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _make_scratch(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700)  # for nobody else to read
    except OSError as error:
        raise OutputUnwritable(
            f"no temporary folder can be made: {error.strerror}",
            rule="a render keeps its working files in one",
            fix="Free some space, or name another folder in TMPDIR",
        ) from error


def render(
    request: ClipRequest,
    output: Path,
    *,
    engine: Renderer,
    encoding: Encoding | None = None,
    stems: Path | None = None,
    run: Run,
) -> Clip:
    """Render `request` on `engine` into the file `output`, and measure the result.

    Without `encoding`, the suffix of `output` decides. An older file of that name is replaced
    when the new one is complete. `stems` is a folder, made if need be, for the parts of the sound.
    Raises any PhotoplayError.
    """
    encoding = encoding or Encoding.for_path(output)
    check_supported(engine, request)
    check_pictures(request)
    check_output(output, request, encoding)
    if stems is not None:
        stem_files.check(stems, request)

    def frame_done(done: int) -> None:
        run.check_cancelled()
        run.progress(done / frames.count, f"frame {done} of {frames.count}")

    with engine_errors(engine.name):
        frames = _guarded(engine.render(request, run), engine.name)
    encode(
        frames,
        output,
        encoding,
        tier=request.tier,
        metadata=describe(request, engine.name),
        on_frame=frame_done,
    )
    heard = frames.audio() if frames.audio is not None else None
    if stems is not None and heard is not None:
        stem_files.write(heard, stems)
    clip = measure(output, engine=engine.name, seed=request.seed)
    return clip if heard is None else replace(clip, words=heard.words)


def check_pictures(request: ClipRequest) -> None:
    """Raise InvalidImage if a picture is missing, or is plainly none, before any work is done."""
    for picture in request.pictures:
        check_file(picture)


def describe(request: ClipRequest, engine: str) -> dict[str, str]:
    """What a clip says about itself in its metadata; `recipe` is the whole request as JSON.

    Of files only the names: a clip is passed on, and folders name people.
    """
    prompt = "\n".join(shot.prompt for shot in request.shots)
    recipe = {
        "start_image": _name(request.start_image),
        "end_image": _name(request.end_image),
        "transition": request.transition,
        "shots": [
            {
                "prompt": shot.prompt,
                "duration_s": shot.duration_s,
                "image": _name(shot.image),
                "framing": shot.framing,
            }
            for shot in request.shots
        ],
        "elements": {each.name: [path.name for path in each.images] for each in request.elements},
        "motion": None if request.motion is None else _motion(request.motion),
        "split_shots": request.split_shots,
        "loop": request.loop,
        "negative_prompt": request.negative_prompt,
        "guidance": request.guidance,
        "tier": request.tier,
        "aspect": None if request.aspect is None else str(request.aspect),
        "camera": request.camera,
        "audio": request.audio,
        "sound": _described(request.sound),
        "seed": request.seed,
    }
    return {
        "prompt": prompt,
        "negative_prompt": request.negative_prompt,
        "seed": str(request.seed),
        "engine": engine,
        "version": version("photoplay"),
        "recipe": json.dumps(recipe, ensure_ascii=False),
    }


def _name(path: Path | None) -> str | None:
    return None if path is None else path.name


def _motion(motion: MotionReference) -> dict[str, str | bool]:
    return {
        "video": motion.video.name,
        "orientation": motion.orientation,
        "keep_sound": motion.keep_sound,
    }


def _described(sound: SoundOptions) -> dict[str, str | float | None]:
    """Of the user's own files only their names, as of the still."""
    voice = sound.voice
    return {
        "track": None if sound.track is None else sound.track.name,
        "music": sound.music,
        "voice": voice if voice is None or "/" not in voice else Path(voice).name,
        "language": sound.language,
        "loudness_lufs": sound.loudness_lufs,
    }


def measure(path: Path, *, engine: str, seed: int) -> Clip:
    """The finished clip with the facts read from its file."""
    found = probe(path)
    return Clip(
        path=path,
        width_px=found.width_px,
        height_px=found.height_px,
        fps=found.fps,
        frame_count=found.frame_count,
        duration_s=found.duration_s,
        video_codec=found.video_codec,
        audio_codec=found.audio_codec,
        audio_duration_s=found.audio_duration_s,
        loudness_lufs=found.loudness_lufs,
        bytes=found.bytes,
        engine=engine,
        seed=seed,
    )


def check_output(output: Path, request: ClipRequest, encoding: Encoding) -> None:
    """Raise OutputUnwritable if the clip could not be put there, before any work is done."""
    check_place(output, "clip", others=sources_of(request))
    free = shutil.disk_usage(output.resolve().parent).free
    needed = encoding.most_bytes(request.tier.pixels, request.frame_count)
    if free < needed:
        raise OutputUnwritable(
            f"{output} may need {needed / 1e6:,.0f} MB and {free / 1e6:,.0f} MB are free",
            rule="a clip is only begun when it is sure to fit",
            fix="Free some space, or choose another disk",
        )


def sources_of(request: ClipRequest) -> dict[str, Path]:
    """The files that a clip is made of, which it must not replace, by what they are."""
    pictures = {
        "the still" if path == request.start_image else f"the picture {path.name}": path
        for path in request.pictures
    }
    return pictures if request.motion is None else pictures | {"the video": request.motion.video}


def check_place(path: Path, kind: str, *, others: Mapping[str, Path]) -> None:
    """Raise OutputUnwritable if no file could be made at `path`, mostly OutputMisplaced.

    `kind` is what it is to be ("clip", "preview"); `others` are files it must not replace, keyed
    by what they are ("the still").
    """
    try:
        path.parent.stat()  # "gone/../a.mp4" would be found only by resolving it
        _check_target(path, kind)
        for name, other in others.items():
            if _is_same_file(path, other):
                raise OutputMisplaced(
                    f"{path} is {name} itself",
                    rule=f"a {kind} is a file of its own",
                    fix=f"Give the {kind} another name",
                )
        with tempfile.TemporaryFile(dir=path.resolve().parent):
            pass  # asking for permission is not being granted it
    except (OSError, ValueError, RuntimeError) as error:  # a null character; a loop of links
        reason = error if isinstance(error, OSError) else OSError(0, str(error))
        refused = OutputUnwritable if reason.errno in _FOR_NOW else OutputMisplaced
        raise refused.because(path, reason) from error


def check_preview(preview: Path, others: Mapping[str, Path]) -> None:
    """Raise InvalidRequest or OutputUnwritable if no sheet could be put there.

    `others` are files that it must not replace, by what they are.
    """
    if preview.suffix.lower() != ".png":
        raise InvalidRequest(
            f"the preview is called {preview.name!r}",
            rule="a preview is a .png file",
            fix=f"Call it {preview.stem + '.png'!r}",
        )
    check_place(preview, "preview", others=others)


def write_preview(clip: Clip, preview: Path) -> None:
    """Write a contact sheet: frames from the first to the last, evenly spaced in time."""
    last = clip.frame_count - 1
    indices = [round(k * last / (_SHEET_FRAMES - 1)) for k in range(_SHEET_FRAMES)]
    captions = [f"{float(index / clip.fps):.2f} s" for index in indices]
    save_sheet(list(decode(clip.path, indices)), captions, preview, _SHEET_COLUMNS)


def _check_target(path: Path, kind: str) -> None:
    try:
        found = path.stat()
    except FileNotFoundError:
        if len(os.fsencode(path.name)) > 255:  # some file systems only say so when it is made
            raise OSError(0, "its name is too long") from None
        return
    if stat.S_ISDIR(found.st_mode):
        raise OutputMisplaced(
            f"{path} is a folder",
            rule=f"a {kind} is a file",
            fix="Add a file name to it",
        )
    if not stat.S_ISREG(found.st_mode):
        raise OutputMisplaced(
            f"{path} is a device or a pipe",
            rule=f"a {kind} is a file, which appears when it is complete",
            fix="Write it to a file and send that on",
        )


def _is_same_file(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except (OSError, ValueError):  # one of them is not there yet, or never can be
        with suppress(OSError, ValueError, RuntimeError):
            return one.resolve() == other.resolve()
        return False


@contextmanager
def engine_errors(engine: str) -> Iterator[None]:
    """Engines are plug-ins: what escapes them must still be a named error with one line."""
    try:
        yield
    except (PhotoplayError, StopIteration):
        raise
    except Exception as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        raise RenderFailed(
            f"the {engine} engine stopped with {reason}",
            rule="an engine renders every request it accepts",
            fix="Report this with the command you used and what --debug adds",
        ) from error


def _guarded(frames: Frames, engine: str) -> Frames:
    """The same frames and sound; what goes wrong while they are made is a named error."""
    make_audio = frames.audio

    def audio() -> Soundtrack:
        assert make_audio is not None
        with engine_errors(engine):
            return make_audio()

    return replace(
        frames,
        pixels=_GuardedPixels(frames.pixels, engine),
        audio=None if make_audio is None else audio,
    )


class _GuardedPixels:
    """Not a generator, as `close` must reach the engine also before the first frame."""

    def __init__(self, pixels: Iterator[I420], engine: str) -> None:
        self._pixels = pixels
        self._engine = engine

    def __iter__(self) -> Iterator[I420]:
        return self

    def __next__(self) -> I420:
        with engine_errors(self._engine):
            return next(self._pixels)

    def close(self) -> None:
        close = getattr(self._pixels, "close", None)
        if close is not None:
            close()
