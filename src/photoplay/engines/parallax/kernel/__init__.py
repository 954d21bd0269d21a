"""The compiled part of the engine: `film.c`, built when the package is (see `hatch_build.py`).

For x86 it is built twice; `library` takes the one whose instructions this processor has. All builds
give the same bytes.
"""

from __future__ import annotations

import ctypes
import platform
from functools import cache
from pathlib import Path

import cv2

from photoplay.errors import InstallationBroken

MOST_COLUMNS = 512  # nodes in a row: wider frames than any tier makes
MOST_LAYERS = 8
SUFFIX = ".kernel"  # not the system's own: the file is loaded by its path alone
_HERE = Path(__file__).parent
_CV_CPU_AVX2 = 11  # OpenCV's number for it, which its Python module does not name


class Layer(ctypes.Structure):
    """A layer as `film.c` takes it. Addresses only: whoever fills it in keeps the arrays."""

    _fields_ = tuple(
        (name, ctypes.c_void_p)
        for name in (
            *("luma", "chroma", "matte", "chroma_matte", "cover"),
            *("luma_x", "luma_y", "chroma_x", "chroma_y"),
        )
    )


class Geometry(ctypes.Structure):
    """Sizes that all layers of a frame share, as `film.c` takes them."""

    _fields_ = tuple(
        (name, ctypes.c_int32)
        for name in (
            *("frame_width", "frame_height", "source_width", "source_height"),
            *("columns", "cover_columns", "cover_shift", "layers"),
        )
    )


def builds() -> list[Path]:
    """The builds that this processor can run, fastest first."""
    names = ["x86_64_v3", "native"] if _has_avx2() else ["native"]
    return [path for name in names if (path := _HERE / f"film-{name}{SUFFIX}").is_file()]


def load(path: Path) -> ctypes.CDLL:
    """A build, with the types of its one function. Calls release Python's lock."""
    loaded = ctypes.CDLL(str(path))
    loaded.photoplay_film.restype = ctypes.c_int32
    loaded.photoplay_film.argtypes = [
        ctypes.POINTER(Layer),
        ctypes.POINTER(Geometry),
        *[ctypes.c_void_p] * 3,
    ]
    return loaded


@cache
def library() -> ctypes.CDLL:
    """The fastest build. Raises InstallationBroken if there is none."""
    found = builds()
    if not found:
        raise InstallationBroken(
            f"the compiled part of the built-in engine is missing from {_HERE}",
            rule="installing the package builds it",
            fix="Install again: pip install --force-reinstall photoplay, or for a source tree "
            "pip install --editable .",
        )
    return load(found[0])


def _has_avx2() -> bool:
    is_x86 = platform.machine().lower() in {"x86_64", "amd64"}
    return is_x86 and cv2.checkHardwareSupport(_CV_CPU_AVX2)
