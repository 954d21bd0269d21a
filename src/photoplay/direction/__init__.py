"""What a prompt asks for: pure text to values."""

from photoplay.direction.explain import explain
from photoplay.direction.presets import CAMERA_PRESETS
from photoplay.direction.reader import read, read_request

__all__ = ["CAMERA_PRESETS", "explain", "read", "read_request"]
