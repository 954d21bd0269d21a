"""Films laid end to end: where the codec allows it, their pictures are copied, not made again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.packet import Packet
from av.video import VideoStream

from photoplay.clip import Tier
from photoplay.files import replacing
from photoplay.frames import SAMPLE_RATE_HZ, Audio, Frames, Raster, Soundtrack
from photoplay.media.encode import Writer, refusals
from photoplay.media.formats import Encoding


def can_join(first: Path, second: Path) -> bool:
    """Whether pictures of the second can follow those of the first in one stream."""
    with av.open(str(first.absolute())) as one, av.open(str(second.absolute())) as other:
        return _signature(one) == _signature(other)


def join(
    parts: tuple[Path, Path],
    sound: Audio | None,
    path: Path,
    encoding: Encoding,
    metadata: Mapping[str, str],
    on_packet: Callable[[], None],
) -> None:
    """Write the pictures of two films that `can_join`, bit for bit, with one sound, to `path`.

    The file appears whole or not at all. `on_packet` may raise. Raises OutputUnwritable.
    """
    with ExitStack() as stack:
        files = [stack.enter_context(av.open(str(part.absolute()))) for part in parts]
        template = files[0].streams.video[0]
        rate = template.average_rate
        assert rate is not None
        frames = Frames(
            Raster(template.width, template.height),
            rate,
            sum(file.streams.video[0].frames for file in files),
            iter(()),
            None if sound is None else lambda: Soundtrack(sound),
        )
        with (
            replacing(path) as part,
            _Copier(part, path, frames, encoding, metadata, template) as copier,
        ):
            for packet, at_s in _in_a_row(files):
                on_packet()
                copier.packet(packet)
                if sound is not None:
                    copier.sound(sound, until_s=at_s)
            if sound is not None:
                copier.sound(sound, until_s=Fraction(len(sound), SAMPLE_RATE_HZ))
                copier.end_sound()


class _Copier(Writer):
    """Writes pictures that are already compressed."""

    def __init__(
        self,
        part: Path,
        path: Path,
        frames: Frames,
        encoding: Encoding,
        metadata: Mapping[str, str],
        template: VideoStream,
    ) -> None:
        self._template = template
        super().__init__(part, path, frames, encoding, Tier.STANDARD, metadata)

    def packet(self, packet: Packet[VideoStream]) -> None:
        """Write one compressed picture."""
        packet.stream = self._video
        with refusals(self._path):
            self._file.mux(packet)

    def _add_video(self, frames: Frames, encoding: Encoding, tier: Tier) -> VideoStream:  # noqa: ARG002
        stream = self._file.add_stream_from_template(self._template, opaque=True)
        assert isinstance(stream, VideoStream)
        return stream


def _in_a_row(files: list[InputContainer]) -> Iterator[tuple[Packet[VideoStream], Fraction]]:
    """The packets of all files, with the times of one film, and when each is shown."""
    before = 0  # frames
    for file in files:
        video = file.streams.video[0]
        assert video.time_base is not None
        assert video.average_rate is not None
        frame = 1 / video.average_rate / video.time_base  # in ticks; Matroska's are no whole ones
        offset, count = round(before * frame), 0
        for packet in _timed(file.demux(video), frame):
            assert packet.pts is not None
            assert packet.dts is not None
            packet.pts += offset
            packet.dts += offset
            count += 1
            yield packet, packet.pts * video.time_base
        before += count


def _timed(
    packets: Iterator[Packet[VideoStream]], frame: Fraction
) -> Iterator[Packet[VideoStream]]:
    """The packets, each with its time of decoding; a frame lasts `frame` ticks.

    Matroska stores none; FFmpeg finds them from the order of the frames, but not the first ones.
    """
    untimed: list[Packet[VideoStream]] = []
    for packet in packets:
        if packet.size == 0:
            continue  # the end
        untimed.append(packet)
        if packet.dts is not None:
            first = packet.dts - (len(untimed) - 1) * frame
            for number, early in enumerate(untimed[:-1]):
                early.dts = round(first + number * frame)
            yield from untimed
            untimed.clear()
    for packet in untimed:  # so few that none waits for another
        packet.dts = packet.pts
        yield packet


def _signature(file: InputContainer) -> tuple[object, ...]:
    video = file.streams.video[0]
    context = video.codec_context
    return (
        context.name,
        context.extradata,
        video.width,
        video.height,
        video.pix_fmt,
        video.average_rate,
        video.time_base,
        context.color_range,
        context.colorspace,
    )
