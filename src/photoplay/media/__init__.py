"""Film files: encode, measure, read back. The only importer of PyAV."""

from photoplay.media.encode import encode
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
    "Probe",
    "can_join",
    "decode",
    "decode_i420",
    "default_path",
    "encode",
    "join",
    "loudness_lufs",
    "probe",
    "read_audio",
    "read_track",
    "write_wav",
]
