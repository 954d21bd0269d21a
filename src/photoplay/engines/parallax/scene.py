"""A still taken apart: layers with depth, ready to be moved. Built once, then immutable."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import TypeVar

import cv2
import numpy as np

from photoplay.engines.parallax import cues
from photoplay.engines.parallax.canvas import Canvas, Cut, shrink
from photoplay.engines.parallax.color import to_planes
from photoplay.engines.parallax.depth import background_depth, grounded, subject_depth
from photoplay.engines.parallax.fill import fill_behind
from photoplay.engines.parallax.grid import NodeGrid
from photoplay.engines.parallax.layer import Layer
from photoplay.engines.parallax.matte import clean_colours, soft_matte
from photoplay.engines.parallax.regions import Regions, find_regions
from photoplay.engines.parallax.subject import Mask, Subject, find_subject
from photoplay.frames import RGB, Field

_SAME_SUBJECT = 0.75  # of the area of two masks together, where they tell of one subject
Pixels = TypeVar("Pixels", RGB, Field)


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything the renderer needs to know of a still.

    `layers` go from back to front; the first is opaque. `focus` is the inverse depth of what the
    picture is about, and `pivot` its place as shares of width and height: moves keep it in place.
    """

    canvas: Canvas
    grid: NodeGrid
    oversampling: int
    layers: tuple[Layer, ...]
    subject: Subject
    regions: Regions
    focus: float
    pivot: tuple[float, float]
    beyond: float  # share of a side that may be looked beyond the border, where it is mirrored
    notes: tuple[str, ...]

    @property
    def is_layered(self) -> bool:
        """Whether a subject stands apart from its background."""
        return len(self.layers) > 1


def build_scene(
    canvas: Canvas,
    *,
    oversampling: int,
    seed: int,
    pool: Executor,
    expected: Mask | None = None,
    check_cancelled: Callable[[], None] = lambda: None,
    as_relief: bool = False,
) -> Scene:
    """Analyse the canvas and take it apart. `pool` runs independent cues side by side.

    `expected` is where a wider view of the same picture has found the subject, at any size.
    `as_relief`: nothing is cut out of it, whatever stands apart.

    `check_cancelled` is called between the stages, and may raise.
    """
    work = shrink(canvas.picture)
    faces_later = pool.submit(cues.find_faces, work)
    sky = cues.find_sky(work)
    faces = faces_later.result()
    check_cancelled()
    given = _given(canvas.cut, work, faces)
    subject = given or _as_expected(find_subject(work, sky, faces, pool), expected)
    if as_relief:
        subject = replace(subject, confidence=0.0)
    check_cancelled()
    background = background_depth(work, sky, subject)
    grid = NodeGrid(canvas.raster)
    regions_later = pool.submit(find_regions, work, sky, subject, grid)
    check_cancelled()
    cut = canvas.cut if given else None
    layers = _layers(canvas.picture, cut, grid, subject, background, oversampling, seed, pool)
    check_cancelled()
    return Scene(
        canvas=canvas,
        grid=grid,
        oversampling=oversampling,
        layers=layers,
        subject=subject,
        regions=regions_later.result(),
        focus=float(np.median(layers[-1].depth)) if subject.is_cut else _middle(background),
        pivot=_pivot(subject, work),
        beyond=_beyond(work),
        notes=_notes(subject),
    )


def stands_apart(picture: RGB, pool: Executor) -> bool:
    """Whether the picture has a subject that is cut out when it is taken apart."""
    work = shrink(picture)
    faces = cues.find_faces(work)
    return find_subject(work, cues.find_sky(work), faces, pool).is_cut


def _given(cut: Cut | None, work: RGB, faces: list[cues.Face]) -> Subject | None:
    """The still's own transparency as the subject, if it cuts out something sensible."""
    if cut is None:
        return None
    size = (work.shape[1], work.shape[0])
    mask = cv2.resize(cut.matte, size, interpolation=cv2.INTER_AREA) > 0.5
    if not 0.01 < mask.mean() < 0.95:
        return None
    inside = tuple(f for f in faces if mask[round(f.centre_px[1]), round(f.centre_px[0])])
    return Subject(mask, 1.0, bool(inside), inside, {"transparency": 1.0})


def _as_expected(subject: Subject, expected: Mask | None) -> Subject:
    """The subject, unless a wider view tells otherwise: then no cut is to be trusted.

    From near, a label or a face can seem to be the subject, or the ground before it.
    """
    if expected is None or not subject.is_cut:
        return subject
    size = (subject.mask.shape[1], subject.mask.shape[0])
    known = cv2.resize(expected.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0
    same = (subject.mask & known).sum() / max((subject.mask | known).sum(), 1)
    return subject if same > _SAME_SUBJECT else replace(subject, confidence=0.0)


def _layers(
    picture: RGB,
    cut: Cut | None,
    grid: NodeGrid,
    subject: Subject,
    background: Field,
    oversampling: int,
    seed: int,
    pool: Executor,
) -> tuple[Layer, ...]:
    if not subject.is_cut:
        planes = to_planes(_oversample(picture, oversampling))
        return (Layer.opaque("background", planes, grid.sample(background), oversampling),)
    near = subject_depth(subject, background)
    far = grounded(background, subject, near)
    if cut is None:
        cut = _cut_out(picture, subject, grid.raster.unit_px, seed, pool)
    matte = _oversample(cut.matte, oversampling)
    front = to_planes(_oversample(cut.colours, oversampling))
    back = to_planes(_oversample(cut.backdrop, oversampling))
    return (
        Layer.opaque("background", back, grid.sample(far), oversampling),
        Layer.cut_out("subject", front, matte, grid.sample(near), oversampling),
    )


def _cut_out(picture: RGB, subject: Subject, unit: float, seed: int, pool: Executor) -> Cut:
    """Matte, clean colours and filled background of a subject that was found."""
    matte = soft_matte(picture, subject.mask, band_px=10 * unit)
    behind = pool.submit(fill_behind, picture, matte, seed, unit)
    return Cut(clean_colours(picture, matte), matte, behind.result())


def _oversample(picture: Pixels, times: int) -> Pixels:
    """Enlarge so that bilinear reading while warping blurs less (2 keeps slow moves sharp)."""
    if times == 1:
        return picture
    larger: Pixels = cv2.resize(picture, None, fx=times, fy=times, interpolation=cv2.INTER_CUBIC)
    return larger


def _middle(background: Field) -> float:
    height, width = background.shape
    centre = background[height // 3 : 2 * height // 3, width // 3 : 2 * width // 3]
    return float(np.median(centre))


def _beyond(work: RGB) -> float:
    """A plain border can be mirrored unseen; one with much to see on it cannot."""
    return float(np.interp(cues.border_detail(work), [0.02, 0.10], [0.05, 0.022]))


def _pivot(subject: Subject, work: RGB) -> tuple[float, float]:
    """What the camera looks at: a face, the subject, or the middle; never near the border."""
    height, width = work.shape[:2]
    if subject.faces:
        x, y = subject.faces[0].centre_px
    elif subject.is_cut:
        rows, columns = np.nonzero(subject.mask)
        x, y = float(columns.mean()), float(rows.mean())
    else:
        return 0.5, 0.5
    return float(np.clip(x / width, 0.25, 0.75)), float(np.clip(y / height, 0.25, 0.75))


def _notes(subject: Subject) -> tuple[str, ...]:
    seen = "a person" if subject.is_person else "a subject"
    if subject.is_cut:
        return (f"{seen} stands apart from the background (confidence {subject.confidence:.2f})",)
    return (
        "no subject could be cut out safely; the picture moves as one relief, a little more gently",
    )
