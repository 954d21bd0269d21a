"""What kind of file it is, by its first bytes. What a sender says about it counts for nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

HEAD_BYTES = 512  # enough for every test below


class Kind(StrEnum):
    """What a file is good for. The value is the word of the catalogue."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class FileType:
    """A type of file, and the endings it goes by, the usual one first."""

    kind: Kind
    content_type: str
    suffixes: tuple[str, ...]

    @property
    def suffix(self) -> str:
        """The ending that says what it is."""
        return self.suffixes[0]


JPEG = FileType(Kind.IMAGE, "image/jpeg", (".jpg", ".jpeg", ".jpe", ".jfif"))
PNG = FileType(Kind.IMAGE, "image/png", (".png", ".apng"))
WEBP = FileType(Kind.IMAGE, "image/webp", (".webp",))
TIFF = FileType(Kind.IMAGE, "image/tiff", (".tif", ".tiff"))
BMP = FileType(Kind.IMAGE, "image/bmp", (".bmp", ".dib"))
AVIF = FileType(Kind.IMAGE, "image/avif", (".avif", ".avifs"))
GIF = FileType(Kind.IMAGE, "image/gif", (".gif",))
HEIC = FileType(Kind.IMAGE, "image/heic", (".heic", ".heif"))
MP4 = FileType(Kind.VIDEO, "video/mp4", (".mp4", ".m4v"))
MOV = FileType(Kind.VIDEO, "video/quicktime", (".mov", ".qt"))
WEBM = FileType(Kind.VIDEO, "video/webm", (".webm",))
MKV = FileType(Kind.VIDEO, "video/x-matroska", (".mkv",))
WAV = FileType(Kind.AUDIO, "audio/wav", (".wav", ".wave"))
MP3 = FileType(Kind.AUDIO, "audio/mpeg", (".mp3",))
M4A = FileType(Kind.AUDIO, "audio/mp4", (".m4a", ".m4b"))
AAC = FileType(Kind.AUDIO, "audio/aac", (".aac",))
FLAC = FileType(Kind.AUDIO, "audio/flac", (".flac",))
OGG = FileType(Kind.AUDIO, "audio/ogg", (".ogg", ".oga", ".opus"))
# Everything else, among it what a browser would run: pages, scripts, drawings with scripts inside.
OTHER = FileType(Kind.OTHER, "application/octet-stream", (".bin",))

ALL = (
    *(JPEG, PNG, WEBP, TIFF, BMP, AVIF, GIF, HEIC),
    *(MP4, MOV, WEBM, MKV),
    *(WAV, MP3, M4A, AAC, FLAC, OGG),
    OTHER,
)
BY_CONTENT_TYPE = {known.content_type: known for known in ALL}

# Where a file says in one place what it is: (pattern at its start, type), first match wins.
_STARTS = [
    (re.compile(pattern, re.DOTALL), file_type)
    for pattern, file_type in [
        (rb"\xff\xd8\xff", JPEG),
        (rb"\x89PNG\r\n\x1a\n", PNG),
        (rb"RIFF....WEBP", WEBP),
        (rb"II\*\0|MM\0\*|II\+\0|MM\0\+", TIFF),
        # "BM" alone begins many a text: the size of the second header must be one there is.
        (rb"BM.{12}[\x0c\x28\x34\x38\x40\x6c\x7c]\0\0\0", BMP),
        (rb"GIF8[79]a", GIF),
        (rb"....ftypavi[fs]", AVIF),
        (rb"....ftyp(?:hei[cxms]|hev[cxms])", HEIC),
        (rb"....ftypM4[AB] ", M4A),
        (rb"....ftypqt  ", MOV),
        (rb"....(?:moov|mdat|wide|free|skip|pnot).{4}", MOV),  # from before there was "ftyp"
        (rb"(?:RIFF|RF64)....WAVE", WAV),
        (rb"fLaC", FLAC),
        (rb"OggS\0.{20}.{1,255}?(?:OpusHead|\x01vorbis|\x7fFLAC|Speex   )", OGG),
        (rb"ID3[\x02-\x04]", MP3),
        # A bare frame: 11 bits of sync, version 1 or 2, layer III, a bit rate and a sample rate.
        (rb"\xff[\xf2\xf3\xfa\xfb][\x10-\xef]", MP3),
        (rb"\xff[\xf0\xf1\xf8\xf9][\x40-\x7f]", AAC),  # ADTS, low complexity
    ]
]
_IMAGE_BRANDS = [
    (b"avif", AVIF),
    (b"avis", AVIF),
    (b"heic", HEIC),
    (b"heix", HEIC),
    (b"mif1", HEIC),
]
_MATROSKA = b"\x1aE\xdf\xa3"


def sniff(head: bytes) -> FileType:
    """The type of a file that begins with `head`: HEAD_BYTES of it, or all if it is shorter."""
    for pattern, file_type in _STARTS:
        if pattern.match(head):
            return file_type
    if head[4:8] == b"ftyp":
        return _by_brands(head)
    if head.startswith(_MATROSKA):
        # The header names its kind as element 0x4282, and one byte for the length of the word.
        return WEBM if re.search(rb"\x42\x82.webm", head, re.DOTALL) else MKV
    return OTHER


def _by_brands(head: bytes) -> FileType:
    """What an ISO media file says it is compatible with; most are films."""
    box = head[: min(int.from_bytes(head[:4], "big"), HEAD_BYTES)]
    brands = {box[at : at + 4] for at in (8, *range(16, len(box) - 3, 4))}
    return next((kind for brand, kind in _IMAGE_BRANDS if brand in brands), MP4)
