"""Where a picture goes so that its field takes it: pure geometry, in whole pixels.

Sizes are (width, height).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from photoplay.catalogue import FileLimits

Size = tuple[int, int]
LARGEST_BORDERED_PX = 4096  # of the longer side, where a border makes a picture larger


@dataclass(frozen=True, slots=True)
class Layout:
    """A part of the picture, its size afterwards, and the canvas in whose middle it lies.

    `part` is (left, top, right, bottom), half-open.
    """

    part: tuple[int, int, int, int]
    content: Size
    canvas: Size

    @property
    def part_size(self) -> Size:
        """How much of the picture is kept."""
        left, top, right, bottom = self.part
        return right - left, bottom - top

    @property
    def has_border(self) -> bool:
        """Whether the canvas shows beside the picture."""
        return self.content != self.canvas


@dataclass(frozen=True, slots=True)
class _Bounds:
    """Limits as exact numbers; `lo` and `hi` are width / height, 0 for none."""

    least: int
    most: int
    lo: Fraction
    hi: Fraction

    @classmethod
    def of(cls, limits: FileLimits) -> _Bounds:
        least, most = limits.min_side_px or 1, limits.max_side_px or 0
        lo, hi = (Fraction(str(each or 0)) for each in (limits.min_aspect, limits.max_aspect))
        if most:  # no longer and no shorter side may leave its range
            lo = max(lo, Fraction(least, most))
            hi = min(hi, Fraction(most, least)) if hi else Fraction(most, least)
        return cls(least, most, lo, hi)

    def longest(self, short: int, *, is_wide: bool) -> int:
        """The longest side beside a short one; 0 for no limit."""
        limits = [self.most] if self.most else []
        if is_wide and self.hi:
            limits.append(floor(short * self.hi))
        if not is_wide and self.lo:
            limits.append(floor(short / self.lo))
        return min(limits, default=0)


def layout(size: Size, limits: FileLimits, *, crop: bool = False) -> Layout:
    """The layout that changes a picture of that size least, and is within the limits.

    A shape that is not taken is cropped around its middle, or given a border.
    """
    bounds = _Bounds.of(limits)
    width, height = size
    shape = _cropped(size, bounds) if crop else _bordered(size, bounds)
    part = (0, 0, width, height)
    if crop and shape != size:
        left, top = (width - shape[0]) // 2, (height - shape[1]) // 2
        part = (left, top, left + shape[0], top + shape[1])
    has_border = not crop and shape != size
    canvas = _scaled(shape, bounds, has_border=has_border)
    content = _inside(size, canvas) if has_border else canvas
    return Layout(part, content, canvas)


def _cropped(size: Size, bounds: _Bounds) -> Size:
    width, height = size
    if bounds.hi and width > height * bounds.hi:
        return max(1, floor(height * bounds.hi)), height
    if width < height * bounds.lo:
        return width, max(1, floor(width / bounds.lo))
    return size


def _bordered(size: Size, bounds: _Bounds) -> Size:
    width, height = size
    if bounds.hi and width > height * bounds.hi:
        return width, ceil(width / bounds.hi)
    if width < height * bounds.lo:
        return ceil(height * bounds.lo), height
    return size


def _scaled(shape: Size, bounds: _Bounds, *, has_border: bool) -> Size:
    """The shape at a size that is within the limits, by no more than is needed."""
    is_wide = shape[0] >= shape[1]
    short, long = min(shape), max(shape)
    largest = min(filter(None, (bounds.most, LARGEST_BORDERED_PX if has_border else 0)), default=0)
    scale = Fraction(1)
    if largest and long > largest:
        scale = Fraction(largest, long)
    if short * scale < bounds.least:
        scale = Fraction(bounds.least, short)
    if scale != 1:
        short, long = max(bounds.least, round(short * scale)), max(1, round(long * scale))
    longest = bounds.longest(short, is_wide=is_wide)
    long = max(short, min(long, longest) if longest else long)
    return (long, short) if is_wide else (short, long)


def _inside(size: Size, canvas: Size) -> Size:
    """As large as fits onto the canvas, of the same shape."""
    scale = min(Fraction(canvas[0], size[0]), Fraction(canvas[1], size[1]))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
