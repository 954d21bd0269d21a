"""Sound files: a user's own track in, stems out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np

from photoplay.errors import AudioFormatUnsupported
from photoplay.files import replacing
from photoplay.frames import SAMPLE_RATE_HZ, Audio

_FULL_SCALE = 2**31 - 128  # 24 bits, in the upper part of the 32 that FFmpeg takes them in


def read_track(path: Path, samples: int) -> Audio:
    """The first `samples` of the sound in a file of any kind, fewer if it is shorter; (n, 2), ±1.

    More than that is not decoded, however long the file claims to be. Raises
    AudioFormatUnsupported if there is no sound in it that can be read.
    """
    blocks: list[Audio] = []
    length = 0
    try:
        for block in _decoded(path):
            blocks.append(block)
            length += len(block)
            if length >= samples:
                break
    except (av.error.FFmpegError, OSError, ValueError) as error:  # a null character in the path
        reason = getattr(error, "strerror", None) or error
        raise _unreadable(path, f"cannot be read as sound: {reason}") from error
    if not length:
        raise _unreadable(path, "holds no sound")
    audio = np.concatenate(blocks)[:samples]
    if not np.isfinite(audio).all():
        raise _unreadable(path, "holds values that are not numbers")
    return np.clip(audio, -1, 1)


def _decoded(path: Path) -> Iterator[Audio]:
    with av.open(str(path.absolute())) as file:  # absolute: "http:a.mp3" is a file, not an address
        if not file.streams.audio:
            return
        resampler = av.AudioResampler(format="flt", layout="stereo", rate=SAMPLE_RATE_HZ)
        for frame in file.decode(file.streams.audio[0]):
            yield from map(_samples, resampler.resample(frame))
        yield from map(_samples, resampler.resample(None))


def _samples(frame: av.AudioFrame) -> Audio:
    return np.asarray(frame.to_ndarray(), np.float32).reshape(-1, 2)


def _unreadable(path: Path, what: str) -> AudioFormatUnsupported:
    return AudioFormatUnsupported(
        f"{path} {what}",
        rule="a track is a file with sound in it: WAV, FLAC, MP3, AAC, Ogg, a film, …",
        fix="Check the path, or save the sound again as WAV",
    )


def write_wav(audio: Audio, path: Path) -> None:
    """Write (samples, 2) as a 24-bit WAV file; it appears whole or not at all.

    Raises OutputUnwritable.
    """
    whole = np.round(np.clip(audio, -1, 1) * np.float64(_FULL_SCALE)).astype(np.int32)
    with replacing(path) as part, av.open(str(part), "w", format="wav") as file:
        stream = file.add_stream("pcm_s24le", SAMPLE_RATE_HZ, layout="stereo")
        for start in range(0, len(whole), SAMPLE_RATE_HZ):
            packed = np.ascontiguousarray(whole[start : start + SAMPLE_RATE_HZ]).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(packed, format="s32", layout="stereo")
            frame.sample_rate, frame.pts = SAMPLE_RATE_HZ, start
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
