"""What a film file really holds: measured from its packets and samples, not from its labels."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio import AudioStream
from av.container import InputContainer
from av.stream import Stream
from av.video import VideoStream

from photoplay.errors import InvalidRequest
from photoplay.frames import I420, RGB, SAMPLE_RATE_HZ, Audio

FULL_RANGE = 2  # FFmpeg's AVCOL_RANGE_JPEG
SILENCE_LUFS = -70.0  # the absolute gate of ITU-R BS.1770-4: below it there is no loudness

# Names that FFmpeg's decoders have where they differ from their codec's.
_CODEC_NAMES = {"libdav1d": "av1", "av1": "av1"}


@dataclass(frozen=True, slots=True)
class Colour:
    """Colour tags as code points of ITU-T H.273; 2 is "not said"."""

    primaries: int
    transfer: int
    matrix: int
    full_range: bool


BT709 = Colour(1, 1, 1, full_range=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """Measured facts of a film file. `metadata` has lower-case keys."""

    bytes: int
    width_px: int
    height_px: int
    fps: Fraction
    frame_count: int
    duration_s: Fraction  # of the picture
    video_codec: str
    pixel_format: str
    colour: Colour
    audio_codec: str | None
    audio_duration_s: Fraction | None
    loudness_lufs: float | None  # None without sound and for silence
    metadata: Mapping[str, str]


def probe(path: Path) -> Probe:
    """Measure the film at `path`. Raises InvalidRequest if it is none."""
    with _open(path) as file:
        video = file.streams.video[0]
        spans = _spans(file)
        audio = _decode_audio(path) if file.streams.audio else None
        context = video.codec_context
        return Probe(
            bytes=path.stat().st_size,
            width_px=video.width,
            height_px=video.height,
            fps=video.average_rate or Fraction(0),
            frame_count=spans[video.index].packets,
            duration_s=_picture_duration_s(video, spans[video.index]),
            video_codec=_CODEC_NAMES.get(context.name, context.name),
            pixel_format=video.pix_fmt or "",
            colour=Colour(
                context.color_primaries,
                context.color_trc,
                context.colorspace,
                full_range=context.color_range == FULL_RANGE,
            ),
            audio_codec=file.streams.audio[0].codec_context.name if file.streams.audio else None,
            audio_duration_s=None if audio is None else Fraction(len(audio), SAMPLE_RATE_HZ),
            loudness_lufs=None if audio is None else loudness_lufs(audio),
            metadata={key.lower(): text for key, text in file.metadata.items()},
        )


def decode(path: Path, at: Collection[int] | None = None) -> Iterator[RGB]:
    """The frames of the film at `path` in sRGB, in order; with `at`, only those with its indices.

    Raises InvalidRequest if the file is no film.
    """
    with _open(path) as file:
        video = file.streams.video[0]
        video.thread_type = "AUTO"
        last = max(at, default=-1) if at is not None else None
        for index, frame in enumerate(file.decode(video)):
            if last is not None and index > last:
                return
            if at is None or index in at:
                yield _rgb(frame)


def decode_i420(path: Path, at: Collection[int]) -> Iterator[I420]:
    """The frames with these indices as they are stored, in order: those of our pixel format.

    Raises InvalidRequest if the file is no film.
    """
    with _open(path) as file:
        video = file.streams.video[0]
        video.thread_type = "AUTO"
        last = max(at, default=-1)
        for index, frame in enumerate(file.decode(video)):
            if index > last:
                return
            if index in at:
                planes: I420 = np.asarray(frame.to_ndarray(format="yuv420p"), np.uint8)
                yield planes


def read_audio(path: Path) -> Audio:
    """The sound of the film at `path`, as long as it plays; (0, 2) when it has none.

    Raises InvalidRequest if the file is no film.
    """
    with _open(path) as file:
        heard = bool(file.streams.audio)
    return _decode_audio(path) if heard else np.zeros((0, 2), np.float32)


def loudness_lufs(audio: Audio) -> float | None:
    """Integrated loudness by ITU-R BS.1770-4 and EBU R 128; None for silence.

    FFmpeg's own meter: pyloudnorm agrees within 0.1 LU, but takes 0.7 s to import.
    """
    graph = av.filter.Graph()
    source = graph.add(
        "abuffer",
        f"sample_rate={SAMPLE_RATE_HZ}:sample_fmt=flt:channel_layout=stereo"
        f":time_base=1/{SAMPLE_RATE_HZ}",
    )
    meter = graph.add("ebur128", "metadata=1:framelog=quiet")
    sink = graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    measured = SILENCE_LUFS
    for start in range(0, len(audio), SAMPLE_RATE_HZ):
        graph.push(_audio_frame(audio[start : start + SAMPLE_RATE_HZ], start))
        for frame in _drain(graph):
            measured = float(frame.metadata.get("lavfi.r128.I", measured))
    return measured if measured > SILENCE_LUFS else None


def _audio_frame(block: Audio, pts: int) -> av.AudioFrame:
    packed = np.ascontiguousarray(block).reshape(1, -1)
    frame = av.AudioFrame.from_ndarray(packed, format="flt", layout="stereo")
    frame.sample_rate, frame.pts = SAMPLE_RATE_HZ, pts
    return frame


def _drain(graph: av.filter.Graph) -> Iterator[av.AudioFrame]:
    while True:
        try:
            frame = graph.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return
        assert isinstance(frame, av.AudioFrame)
        yield frame


@contextmanager
def _open(path: Path) -> Iterator[InputContainer]:
    """The film at `path`; whatever FFmpeg stumbles over inside the block becomes InvalidRequest."""
    try:
        # Absolute, so that a name like "http:a.mp4" is a file and not an address.
        with av.open(str(path.absolute())) as file:
            if not file.streams.video:
                raise InvalidRequest(
                    f"{path} holds no picture", rule="a film has one", fix="Give a film file"
                )
            yield file
    except (av.error.FFmpegError, OSError) as error:
        raise InvalidRequest(
            f"{path} cannot be read as a film: {error.strerror}",
            rule="a film is a readable file of a known kind",
            fix="Check the path, or save the film again as MP4",
        ) from error


@dataclass(slots=True)
class _Span:
    """What a stream's packets cover, in ticks of its clock."""

    packets: int = 0
    start: int = 0
    end: int = 0


def _spans(file: InputContainer) -> dict[int, _Span]:
    """Reads every packet of `file` once, without decoding."""
    spans = {stream.index: _Span() for stream in file.streams}
    for packet in file.demux():
        if packet.pts is None:
            continue  # the empty packet that ends each stream
        span = spans[packet.stream.index]
        span.packets += 1
        span.start = min(span.start, packet.pts) if span.packets > 1 else packet.pts
        span.end = max(span.end, packet.pts + (packet.duration or 0))
    return spans


def _picture_duration_s(video: VideoStream, span: _Span) -> Fraction:
    """How long the packets last; exact also where the clock (Matroska's) only knows whole ms."""
    tick_s = _tick_s(video)
    measured_s = (span.end - span.start) * tick_s
    if video.average_rate:
        counted_s = span.packets / video.average_rate
        if abs(counted_s - measured_s) <= 2 * tick_s:  # start and end are each rounded
            return counted_s
    return measured_s


def _decode_audio(path: Path) -> Audio:
    """Every sample that plays: the encoder's padding at the end is cut as the file says."""
    with _open(path) as file:
        stream = file.streams.audio[0]
        resampler = av.AudioResampler(format="flt", layout="stereo", rate=SAMPLE_RATE_HZ)
        blocks: list[Audio] = []
        end = 0
        for packet in file.demux(stream):
            if packet.pts is not None:
                end = max(end, packet.pts + (packet.duration or 0))
            for frame in packet.decode():
                assert isinstance(frame, av.AudioFrame)
                blocks += [_samples(part) for part in resampler.resample(frame)]
        blocks += [_samples(part) for part in resampler.resample(None)]
        audio = np.concatenate(blocks) if blocks else np.zeros((0, 2), np.float32)
        # On a clock of whole ms the end is rounded: then a rest below a tick is sound.
        excess = len(audio) - end * _tick_s(stream) * SAMPLE_RATE_HZ
        return audio[: len(audio) - int(excess)] if excess > _rounding(stream) else audio


def _rounding(stream: AudioStream) -> Fraction:
    tick = _tick_s(stream) * SAMPLE_RATE_HZ
    return tick if tick > 1 else Fraction(0)


def _samples(frame: av.AudioFrame) -> Audio:
    samples: Audio = np.asarray(frame.to_ndarray(), np.float32).reshape(-1, 2)
    return samples


def _tick_s(stream: Stream) -> Fraction:
    return stream.time_base or Fraction(1, 1000)


def _rgb(frame: av.VideoFrame) -> RGB:
    # High definition that does not name its matrix is BT.709; swscale would take BT.601.
    matrix = "ITU709" if frame.colorspace in {1, 2} else None
    converted = frame.reformat(
        format="rgb24", src_colorspace=matrix, dst_color_range="JPEG", interpolation="BICUBIC"
    )
    rgb: RGB = np.asarray(converted.to_ndarray(), np.uint8)
    return rgb
