"""Film files: encode, measure, read back. The only importer of PyAV."""

from photoplay.media.encode import encode
from photoplay.media.footage import Footage, look_at, read_colour, read_grey
from photoplay.media.formats import Codec, Encoding, default_path
from photoplay.media.join import can_join, join
from photoplay.media.probe import (
    BT709,
    Colour,
    Probe,
    decode,
    decode_i420,
    loudness_lufs,
    probe,
    read_audio,
)
from photoplay.media.sound import read_track, write_wav

__all__ = [
    "BT709",
    "Codec",
    "Colour",
    "Encoding",
    "Footage",
    "Probe",
    "can_join",
    "decode",
    "decode_i420",
    "default_path",
    "encode",
    "join",
    "look_at",
    "loudness_lufs",
    "probe",
    "read_audio",
    "read_colour",
    "read_grey",
    "read_track",
    "write_wav",
]
