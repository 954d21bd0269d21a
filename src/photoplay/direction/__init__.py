"""What a prompt asks for: pure text to values."""

from photoplay.direction.explain import explain, unread
from photoplay.direction.joining import joined
from photoplay.direction.presets import CAMERA_PRESETS
from photoplay.direction.reader import read, read_request
from photoplay.direction.shots import (
    Reading,
    carried,
    cuts_s,
    elements_in,
    framing_of,
    read_film,
    read_shots,
    shots_of,
    split_notes,
    thing_in,
)

__all__ = [
    "CAMERA_PRESETS",
    "Reading",
    "carried",
    "cuts_s",
    "elements_in",
    "explain",
    "framing_of",
    "joined",
    "read",
    "read_film",
    "read_request",
    "read_shots",
    "shots_of",
    "split_notes",
    "thing_in",
    "unread",
]
