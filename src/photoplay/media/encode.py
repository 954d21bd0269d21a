"""Frames and sound become one film file, atomically.

Knows nothing about where frames come from. Memory does not grow with duration: a frame is encoded
as soon as it is made, and only compressed packets wait for each other.
"""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from fractions import Fraction
from pathlib import Path
from typing import Self

import av
import numpy as np
from av.audio import AudioStream
from av.codec.codec import UnknownCodecError
from av.video import VideoStream

from photoplay.clip import Tier
from photoplay.errors import OutputUnwritable, RenderFailed
from photoplay.frames import I420, SAMPLE_RATE_HZ, Audio, Frames, Raster, audio_samples
from photoplay.media.formats import Encoding

BT709_CODE_POINT = 1  # in ITU-T H.273, of the matrix, the primaries and the transfer curve alike
LIMITED_RANGE = 1  # FFmpeg's AVCOL_RANGE_MPEG: luma 16–235
SOUND_BLOCK = 1024  # samples handed over at a time; AAC's own block

# Packets of the one stream wait at most this long for the other's before they are written
# anyway, so that late sound costs layout in the file, not memory.
MAX_INTERLEAVE_US = 2_000_000

# SVT-AV1 prints its settings on the terminal by itself; 1 leaves its errors.
os.environ.setdefault("SVT_LOG", "1")


def encode(
    frames: Frames,
    path: Path,
    encoding: Encoding,
    *,
    tier: Tier = Tier.STANDARD,
    metadata: Mapping[str, str],
    on_frame: Callable[[int], None] | None = None,
    follows: bool = False,
) -> None:
    """Write `frames` and their sound to `path`.

    `follows`: the film is laid behind another, and its first frames are encoded finer, so that the
    joint is not seen as a change of quality.

    The file appears whole or not at all: it grows under a hidden name beside `path` and takes its
    place, and that of an older file, when it is safe on disk. A frame's buffer may be reused as
    soon as the next frame is asked for. `on_frame` is told how many frames are encoded; whatever
    it raises stops the work. `frames.pixels` is closed in any case, if it can be.

    Raises RenderFailed if other frames or sound come than were promised or the encoder refuses
    them, OutputUnwritable if the disk refuses.
    """
    target = path.resolve()  # a link stays a link; the file it names is replaced
    part = target.with_name(f".photoplay-{secrets.token_hex(4)}{encoding.suffix}")
    try:
        try:
            sound = _SoundInTheMaking(frames)
            with Writer(part, path, frames, encoding, tier, metadata, follows=follows) as writer:
                _write(frames, sound, writer, on_frame)
        finally:
            close = getattr(frames.pixels, "close", None)
            if close is not None:
                close()
        with refusals(path):
            _sync(part)
            part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


@contextmanager
def refusals(path: Path) -> Iterator[None]:
    """Name what the operating system or an encoder refuses while `path` is written."""
    try:
        yield
    except OSError as error:  # FFmpeg's too, where the system is behind them
        raise OutputUnwritable.because(path, error) from error
    except (av.error.FFmpegError, UnknownCodecError) as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        raise RenderFailed(
            f"encoding {path} stopped with {reason}",
            rule="every codec offered here encodes what is rendered",
            fix="Run photoplay doctor, which tries them all",
        ) from error


def encoder_threads() -> int:
    """Threads for the picture encoder: half the cores, as rendering needs the rest; 2 to 8."""
    if hasattr(os, "sched_getaffinity"):
        cores = len(os.sched_getaffinity(0))
    else:
        cores = os.cpu_count() or 2
    return min(max(cores // 2, 2), 8)


def _write(
    frames: Frames,
    sound: _SoundInTheMaking,
    writer: Writer,
    on_frame: Callable[[int], None] | None,
) -> None:
    for index, pixels in enumerate(_checked(frames)):
        writer.picture(index, pixels)
        if on_frame is not None:
            on_frame(index + 1)
        if sound.ready:
            writer.sound(sound.result(), until_s=(index + 1) / frames.fps)
    writer.end_picture()
    if frames.audio is not None:
        writer.sound(sound.result(), until_s=frames.count / frames.fps)
        writer.end_sound()


class Writer:
    """An open file with its two encoders. As a context, it is finished when all went well.

    It is written as `part`; errors speak of `path`, the name that the caller knows.
    """

    def __init__(
        self,
        part: Path,
        path: Path,
        frames: Frames,
        encoding: Encoding,
        tier: Tier,
        metadata: Mapping[str, str],
        *,
        follows: bool = False,
    ) -> None:
        container = encoding.container
        self._follows = follows
        self._path = path
        self._fps = frames.fps
        self._written = 0  # samples
        with refusals(path):
            self._file = av.open(
                str(part),
                "w",
                format=container.muxer,
                options=container.options | {"max_interleave_delta": str(MAX_INTERLEAVE_US)},
            )
        try:
            with refusals(path):
                self._file.metadata.update(metadata)
                self._video = self._add_video(frames, encoding, tier)
                self._audio = self._add_audio(encoding) if frames.audio is not None else None
        except BaseException:
            self._abandon()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            with refusals(self._path):
                self._file.close()
        else:
            self._abandon()

    def _abandon(self) -> None:
        with suppress(av.error.FFmpegError, OSError, ValueError):  # the first error is the one told
            self._file.close()

    def picture(self, index: int, pixels: I420) -> None:
        """Encode one frame. Every encoder here copies or finishes it before it returns."""
        # PyAV finds the chroma planes in a borrowed buffer only if they begin on whole rows.
        borrowable = pixels.shape[0] * 2 // 3 % 4 == 0
        wrap = av.VideoFrame.from_numpy_buffer if borrowable else av.VideoFrame.from_ndarray
        frame = wrap(pixels, "yuv420p")
        frame.pts = index
        frame.time_base = 1 / self._fps
        frame.colorspace = frame.color_primaries = frame.color_trc = BT709_CODE_POINT
        frame.color_range = LIMITED_RANGE
        with refusals(self._path):
            if self._video.pix_fmt != "yuv420p":
                frame = frame.reformat(format=self._video.pix_fmt)
            self._file.mux(self._video.encode(frame))

    def sound(self, audio: Audio, until_s: Fraction) -> None:
        """Encode the blocks of `audio` that begin before `until_s` and are not written yet."""
        if self._audio is None:
            return
        end = min(len(audio), int(until_s * SAMPLE_RATE_HZ))
        while self._written < end:
            block = audio[self._written : self._written + SOUND_BLOCK]
            planes = np.ascontiguousarray(block.T)  # (2, samples)
            frame = av.AudioFrame.from_ndarray(planes, format="fltp", layout="stereo")
            frame.sample_rate = SAMPLE_RATE_HZ
            frame.pts = self._written
            frame.time_base = Fraction(1, SAMPLE_RATE_HZ)
            with refusals(self._path):
                self._file.mux(self._audio.encode(frame))
            self._written += len(block)

    def end_picture(self) -> None:
        """Write what the picture encoder still holds."""
        with refusals(self._path):
            self._file.mux(self._video.encode(None))

    def end_sound(self) -> None:
        """Write what the sound encoder still holds."""
        if self._audio is not None:
            with refusals(self._path):
                self._file.mux(self._audio.encode(None))

    def _add_video(self, frames: Frames, encoding: Encoding, tier: Tier) -> VideoStream:
        settings = encoding.picture(tier)
        options = settings.options_for(frames.count, follows=self._follows, loops=frames.loops)
        stream = self._file.add_stream(settings.encoder, frames.fps, options=options)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height = frames.raster.width_px, frames.raster.height_px
        stream.pix_fmt = settings.pixel_format
        stream.colorspace = stream.color_primaries = stream.color_trc = BT709_CODE_POINT
        stream.color_range = LIMITED_RANGE
        stream.thread_count = encoder_threads()
        stream.thread_type = "AUTO"  # ProRes works on whole frames in parallel, not on slices
        return stream

    def _add_audio(self, encoding: Encoding) -> AudioStream:
        settings = encoding.sound
        stream = self._file.add_stream(settings.encoder, SAMPLE_RATE_HZ, options=settings.options)
        assert isinstance(stream, AudioStream)
        stream.codec_context.layout = "stereo"
        stream.codec_context.format = settings.sample_format
        return stream


class _SoundInTheMaking:
    """Calls `frames.audio` on a thread of its own, so that pictures never wait for sound."""

    def __init__(self, frames: Frames) -> None:
        self._frames = frames
        self._audio: Audio | None = None
        self._error: BaseException | None = None
        # A daemon: sound that never comes must not keep a cancelled process alive.
        self._thread = threading.Thread(target=self._make, name="sound", daemon=True)
        self._thread.start()

    @property
    def ready(self) -> bool:
        return not self._thread.is_alive() and self._frames.audio is not None

    def result(self) -> Audio:
        """The sound, waited for. Raises what making it raised."""
        self._thread.join()
        if self._error is not None:
            raise self._error
        assert self._audio is not None
        return self._audio

    def _make(self) -> None:
        if self._frames.audio is None:
            return
        try:
            audio = self._frames.audio().mix
            _check_audio(audio, audio_samples(self._frames.count, self._frames.fps))
            self._audio = audio
        except BaseException as error:
            self._error = error


def _checked(frames: Frames) -> Iterator[I420]:
    """The frames, if they are the promised ones. Raises RenderFailed at the first that is not."""
    came = 0
    for pixels in frames.pixels:
        came += 1
        if came > frames.count:
            break
        _check_pixels(pixels, frames.raster, came)
        yield pixels
    if came != frames.count:
        raise RenderFailed(
            f"the engine made {'more' if came > frames.count else f'only {came}'} frames",
            rule=f"it promised exactly {frames.count}",
            fix="Report this with the command you used",
        )


def _check_pixels(pixels: I420, raster: Raster, number: int) -> None:
    shape = (raster.height_px * 3 // 2, raster.width_px)
    if pixels.shape != shape or pixels.dtype != np.uint8 or not pixels.flags.c_contiguous:
        raise RenderFailed(
            f"frame {number} is {pixels.dtype} {pixels.shape}",
            rule=f"a frame of {raster} is one block of uint8 {shape}",
            fix="Report this with the command you used",
        )


def _check_audio(audio: Audio, samples: int) -> None:
    if audio.shape != (samples, 2) or audio.dtype != np.float32:
        raise RenderFailed(
            f"the sound is {audio.dtype} {audio.shape}",
            rule=f"sound for these frames is float32 {(samples, 2)}",
            fix="Report this with the command you used",
        )
    if not np.isfinite(audio).all():
        raise RenderFailed(
            "the sound holds values that are not numbers",
            rule="every sample is a finite number",
            fix="Report this with the command you used",
        )


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
