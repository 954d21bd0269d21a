"""Shapes and units of everything that is rendered. This docstring is the conventions page.

**Axes.** x right, y down, z forward. Pixel centres lie at +0.5: a picture `width_px` wide covers
[0, width_px). Ranges are half-open. Suffixes name units: `_px`, `_rad`, `_s`, `_hz`, `_db`.

**Stills** are `RGB`: uint8 (H, W, 3), sRGB, values 0–255.

**Frames** are `I420`: uint8 (H·3/2, W), one buffer that holds the planes Y (H, W), then U and V
(H/2, W/2 each). BT.709 matrix, limited range (Y 16–235, U and V 16–240). Chroma is sited as H.264
assumes it: horizontally on even luma columns, vertically between two luma rows. So chroma sample
(i, j) has its centre at luma position x = 2i + 0.5, y = 2j + 1.

**Masks and mattes** are float32 (H, W), 0–1. **Depth** is inverse depth, float32 (H, W): 1 is
nearest, 0 infinity. **Flow** is (dx, dy) in px. **Sound** is float32 (samples, 2), 48 kHz, ±1.

**Time** of frame k is k / fps; a clip of n frames lasts n / fps. Frame rates are `Fraction`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from photoplay.clip import Word

RGB: TypeAlias = NDArray[np.uint8]  # (H, W, 3)
I420: TypeAlias = NDArray[np.uint8]  # (H * 3 // 2, W)
Plane: TypeAlias = NDArray[np.uint8]  # (H, W)
Field: TypeAlias = NDArray[np.float32]  # (H, W): a mask, a depth, a gain, one axis of a flow
Audio: TypeAlias = NDArray[np.float32]  # (samples, 2), SAMPLE_RATE_HZ

Value = TypeVar("Value", bound=np.number[Any])  # of a frame, or of the difference of two

SAMPLE_RATE_HZ = 48_000


@dataclass(frozen=True, slots=True)
class Raster:
    """Size of a frame. Both sides are even, as 4:2:0 needs."""

    width_px: int
    height_px: int

    def __post_init__(self) -> None:
        if min(self.width_px, self.height_px) < 2 or self.width_px % 2 or self.height_px % 2:
            raise ValueError(f"{self} is not even")

    def __str__(self) -> str:
        return f"{self.width_px}×{self.height_px}"

    @property
    def unit_px(self) -> float:
        """Length in this frame of what is 1 px long in a 1080p frame of the same area."""
        return float((self.width_px * self.height_px / (1920 * 1080)) ** 0.5)


@dataclass(frozen=True, slots=True)
class Soundtrack:
    """The sound of a clip: `mix`, the `stems` by name that add up to it, and what is spoken."""

    mix: Audio
    stems: Mapping[str, Audio] = field(default_factory=dict)
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class Frames:
    """A render in flight: `count` frames that are made as they are taken, and their sound.

    A frame is valid until the next one is taken: engines reuse their buffers.

    `audio` is called by whoever muxes; it may block until the sound is ready, and its mix has
    exactly `audio_samples(count, fps)` rows. Called again it gives the same sound. `loops`: the
    last frame leads back to the first.
    """

    raster: Raster
    fps: Fraction
    count: int
    pixels: Iterator[I420]
    audio: Callable[[], Soundtrack] | None = None
    loops: bool = False


def audio_samples(count: int, fps: Fraction) -> int:
    """Samples at 48 kHz that last as long as `count` frames."""
    return round(Fraction(count * SAMPLE_RATE_HZ) / fps)


def split_planes(
    frame: NDArray[Value],
) -> tuple[NDArray[Value], NDArray[Value], NDArray[Value]]:
    """Views of Y (H, W), U and V (H/2, W/2) in an I420 buffer; writing to them writes to it."""
    rows, width = frame.shape
    height = rows * 2 // 3
    chroma = frame[height:].reshape(2, height // 2, width // 2)
    return frame[:height], chroma[0], chroma[1]
