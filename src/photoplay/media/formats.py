"""Which codecs there are, which container each goes into, and how each is set up.

Pure tables: knows the encoders' option names, but opens nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from photoplay.clip import Tier
from photoplay.errors import InvalidRequest

# Frames from one key frame to the next: more than any clip has. A key frame in a quiet shot is seen
# as a pop, and a clip of 15 s is short enough to seek from its start.
GROUP = "600"
# A joint and the seam of a loop are seen as a jump of quality, however alike the frames are: from
# there to that frame, how many times finer. In steps, as a large one is seen as well.
_FINE_BEGINNING = ((2, 8), (5, 3), (16, 2))
_FINE_ENDS = ((2, 8), (5, 3))
SOUND_BITS_PER_S = "192000"  # stereo, where sound is compressed


class Codec(StrEnum):
    """What the picture is compressed with. The value is the word on the command line."""

    H264 = "h264"  # plays everywhere
    AV1 = "av1"  # half the size or less; needs a player from about 2020 on
    PRORES = "prores"  # ProRes 422, 10 bit: for cutting
    LOSSLESS = "lossless"  # FFV1 and float sound: every pixel and sample as rendered


@dataclass(frozen=True, slots=True)
class Container:
    """A kind of file: FFmpeg's name for its writer, and the writer's options."""

    muxer: str
    options: dict[str, str] = field(default_factory=dict)


# `faststart` puts the index in front, so that a browser plays while it loads. Without
# `use_metadata_tags` these writers drop every key they have no box for: the recipe, the seed.
_QUICKTIME = {"movflags": "+faststart+use_metadata_tags", "movie_timescale": "48000"}

CONTAINERS = {
    ".mp4": Container("mp4", _QUICKTIME),
    ".mov": Container("mov", _QUICKTIME),
    ".mkv": Container("matroska"),
    ".webm": Container("webm"),
}

# The suffixes each codec may go into, the best first.
SUFFIXES = {
    Codec.H264: (".mp4", ".mov", ".mkv"),
    Codec.AV1: (".mp4", ".webm", ".mkv"),
    Codec.PRORES: (".mov",),
    Codec.LOSSLESS: (".mkv",),
}

_FOUND_AS = {Codec.LOSSLESS: "ffv1"}  # the name that a file gives, where it is not ours

# Measured on noise-like pictures at the finest tier, and rounded up.
MOST_BITS_PER_PIXEL = {Codec.H264: 1.0, Codec.AV1: 0.8, Codec.PRORES: 8.0, Codec.LOSSLESS: 12.5}


@dataclass(frozen=True, slots=True)
class PictureSettings:
    """An FFmpeg picture encoder, the pixel format it is fed, and its options."""

    encoder: str
    pixel_format: str
    options: dict[str, str]

    def options_for(self, frames: int, *, follows: bool, loops: bool) -> dict[str, str]:
        """The options for a film of so many frames.

        Of one that is laid behind another, x264 spends more on its beginning. Of a loop it does on
        both ends: its last frame, which is predicted, meets its first, which is not. A zone changes
        no header, so that one decoder reads both films.
        """
        zones = []
        if loops:
            zones = _zones(frames, _FINE_ENDS, both_ends=True)
        elif follows:
            zones = _zones(frames, _FINE_BEGINNING)
        if self.encoder != "libx264" or not zones:
            return self.options
        finer = f"{self.options['x264-params']}:zones={'/'.join(zones)}"
        return self.options | {"x264-params": finer}


def _zones(
    frames: int, finer: tuple[tuple[int, int], ...], *, both_ends: bool = False
) -> list[str]:
    """Zones of x264 at the beginning, or at both ends; those without room are left out."""
    zones: list[str] = []
    begin = 0
    for end, times in finer:
        if (2 * end if both_ends else end) > frames:
            break
        zones.append(f"{begin},{end - 1},b={times}")
        if both_ends:
            zones.append(f"{frames - end},{frames - begin - 1},b={times}")
        begin = end
    return zones


@dataclass(frozen=True, slots=True)
class SoundSettings:
    """An FFmpeg sound encoder, the sample format it is fed, and its options."""

    encoder: str
    sample_format: str
    options: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Encoding:
    """A codec inside a container. Make one with `for_path`, which knows the pairs that work."""

    codec: Codec
    suffix: str  # ".mp4", …: a key of CONTAINERS

    @classmethod
    def for_path(cls, path: Path, codec: str | None = None) -> Encoding:
        """The encoding for a file of that name; without `codec`, the suffix's usual one.

        Raises InvalidRequest for an unknown suffix, an unknown codec, or a pair that no player
        opens.
        """
        suffix = path.suffix.lower()
        if suffix not in CONTAINERS:
            raise InvalidRequest(
                f"{path.name!r} ends in {path.suffix!r}"
                if suffix
                else f"{path.name!r} has no ending",
                rule="a clip is a " + ", ".join(CONTAINERS) + " file",
                fix=f"Call it {path.stem + '.mp4'!r}",
            )
        chosen = _codec(codec) if codec is not None else _usual_codec(suffix)
        if suffix not in SUFFIXES[chosen]:
            raise InvalidRequest(
                f"{chosen} was asked for in a {suffix} file",
                rule=f"{chosen} goes into " + " or ".join(SUFFIXES[chosen]),
                fix=f"Call the file {path.stem + SUFFIXES[chosen][0]!r}, or choose another codec",
            )
        return cls(chosen, suffix)

    @classmethod
    def keeping(cls, path: Path, stands: str) -> Encoding:
        """The encoding for a file of that name which keeps the codec `stands` of another film.

        Where none of ours is called so, or the suffix cannot hold it, the suffix's usual one.
        Raises InvalidRequest for an unknown suffix.
        """
        usual = cls.for_path(path)
        kept = next((codec for codec in Codec if _FOUND_AS.get(codec, codec) == stands), None)
        return cls(kept, usual.suffix) if kept and usual.suffix in SUFFIXES[kept] else usual

    @property
    def container(self) -> Container:
        """The kind of file."""
        return CONTAINERS[self.suffix]

    def picture(self, tier: Tier) -> PictureSettings:
        """How the picture is encoded at that tier."""
        return PICTURE[self.codec][tier]

    def most_bytes(self, pixels: int, count: int) -> int:
        """A size that a file of `count` frames of so many pixels stays under."""
        return round(pixels * count * MOST_BITS_PER_PIXEL[self.codec] / 8) + 5_000_000

    @property
    def sound(self) -> SoundSettings:
        """How the sound is encoded."""
        if self.codec is Codec.PRORES:
            return SoundSettings("pcm_s24le", "s32")
        if self.codec is Codec.LOSSLESS:
            return SoundSettings("pcm_f32le", "flt")
        if self.suffix in {".mkv", ".webm"}:
            # Matroska cannot say where the last AAC block ends, so sound would outlast picture.
            return SoundSettings("libopus", "flt", {"b": SOUND_BITS_PER_S})
        # At this rate the fast coder costs 0.7 dB against the default, for a quarter of its time.
        return SoundSettings("aac", "fltp", {"b": SOUND_BITS_PER_S, "aac_coder": "fast"})


def default_path(still: Path | None, codec: str | None = None) -> Path:
    """Where the clip of `still` goes unless said: its name and the codec's usual ending, here.

    Raises InvalidRequest for an unknown codec.
    """
    chosen = _codec(codec) if codec is not None else Codec.H264
    stem = "" if still is None else still.stem
    return Path((stem or "clip") + SUFFIXES[chosen][0])


def _codec(word: str) -> Codec:
    try:
        return Codec(word)
    except ValueError:
        raise InvalidRequest(
            f"there is no codec called {word!r}",
            rule="a codec is one of " + ", ".join(Codec),
            fix="Leave it out for H.264, which plays everywhere",
        ) from None


def _usual_codec(suffix: str) -> Codec:
    return next(codec for codec in Codec if suffix in SUFFIXES[codec])


def _x264(preset: str, crf: int, params: str) -> PictureSettings:
    options = {"preset": preset, "crf": str(crf), "g": GROUP, "profile": "high"}
    return PictureSettings("libx264", "yuv420p", options | {"x264-params": params})


def _av1(preset: int, crf: int) -> PictureSettings:
    # Presets from 10 on make a slow fade flicker: every other frame keeps the light of another.
    # Chroma position "left" is the one of H.264; AV1's own default is unknown.
    params = "chroma-sample-position=left"
    options = {"preset": str(preset), "crf": str(crf), "g": GROUP, "svtav1-params": params}
    return PictureSettings("libsvtav1", "yuv420p", options)


def _prores(profile: int) -> PictureSettings:
    # Three times faster than `prores_ks` and closer to the source, for files a third larger.
    # Some editors open only ProRes that names its vendor.
    options = {"profile": str(profile), "vendor": "apl0"}
    return PictureSettings("prores_aw", "yuv422p10le", options)


# Motion is smooth and already known to the renderer, so searching for it buys little: the lean
# settings give the picture quality of plain `veryfast` at the same crf for half the time.
_LEAN = "me=dia:subme=1:partitions=none:weightp=0"
_LEANEST = _LEAN + ":bframes=0"  # a third less work at 4K, for files a fifth larger
_FINE = "me=dia:subme=2:partitions=i4x4,i8x8:weightp=0"
_FFV1 = PictureSettings("ffv1", "yuv420p", {"level": "3", "slicecrc": "1", "g": "1"})

PICTURE: dict[Codec, dict[Tier, PictureSettings]] = {
    Codec.H264: {
        Tier.STANDARD: _x264("veryfast", 20, _LEAN),
        Tier.PRO: _x264("veryfast", 17, _FINE),
        Tier.FOUR_K: _x264("veryfast", 21, _LEANEST),
    },
    Codec.AV1: {
        Tier.STANDARD: _av1(9, 32),
        Tier.PRO: _av1(8, 26),
        Tier.FOUR_K: _av1(9, 34),
    },
    Codec.PRORES: {
        Tier.STANDARD: _prores(2),
        Tier.PRO: _prores(3),
        Tier.FOUR_K: _prores(3),
    },
    Codec.LOSSLESS: dict.fromkeys(Tier, _FFV1),
}
