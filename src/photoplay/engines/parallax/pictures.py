"""The pictures that the shots of a film show: which, read once each, and laid out for a shot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from photoplay import direction
from photoplay.clip import ClipRequest, Framing, Shot
from photoplay.engines.parallax import framing
from photoplay.engines.parallax.canvas import (
    WHOLE,
    Canvas,
    Cut,
    Window,
    crop_centre,
    fit_raster,
    lay_canvas,
    lay_part,
)
from photoplay.engines.parallax.framing import Sight, View
from photoplay.engines.parallax.scene import Scene
from photoplay.engines.parallax.single import ENOUGH_PX
from photoplay.engines.parallax.subject import Mask, Subject
from photoplay.frames import RGB, Raster
from photoplay.images import Still, load_still

_CLOSER = 2  # times the pixels that a whole still needs along a side: parts of it are shown as well
_MOST_PX = 12_000_000  # of a transparent still that is composited before parts of it are taken


@dataclass(frozen=True, slots=True)
class Source:
    """A picture from which shots are taken, and the transparency that it had."""

    picture: RGB
    cut: Cut | None
    centre: tuple[float, float]  # of its widest view


class Pictures:
    """All pictures of a film: read when this is made, looked at when a part is asked for; once.

    `raster` is the size of every frame: the first picture's shape decides unless the clip's does.
    """

    def __init__(self, paths: Iterable[Path], request: ClipRequest) -> None:
        enough_px = _CLOSER * ENOUGH_PX[request.tier]
        stills = {path: load_still(path, enough_px=(enough_px, enough_px)) for path in paths}
        first = next(iter(stills.values())).rgb
        height, width = first.shape[:2]
        self.raster = fit_raster(width, height, request.tier, request.aspect)
        self.notes = tuple(
            f"{_name(path, request)}: {note}" if len(stills) > 1 else note
            for path, still in stills.items()
            for note in still.notes
        )
        self._sources = {
            path: _source(still, self.raster, request.aspect) for path, still in stills.items()
        }
        self._sights: dict[Path, Sight] = {}
        self._subjects: dict[Path, Subject] = {}
        self._taken: dict[Path, list[Window]] = {}  # by shots that are of a thing

    def widest(self, path: Path) -> View:
        """As much of a picture as the clip's shape shows."""
        source = self._sources[path]
        height, width = source.picture.shape[:2]
        return View(framing.widest(width, height, self.raster, source.centre))

    def view(self, path: Path, size: Framing, pool: Executor, thing: str | None = None) -> View:
        """The part of a picture that a shot of that size shows, of `thing` if it can be.

        Shots of things that are not found show different parts, in the order in which they ask.
        """
        widest = self.widest(path)
        if size is Framing.WIDE:
            return widest
        picture = self._sources[path].picture
        if path not in self._sights:
            self._sights[path] = framing.look(picture, pool, self._subjects.get(path))
        size_px = (picture.shape[1], picture.shape[0])
        taken = self._taken.setdefault(path, [])
        found = framing.view(
            size,
            size_px,
            self._sights[path],
            widest.window,
            self.raster,
            thing=thing,
            taken=tuple(taken),
        )
        if thing is not None:
            taken.append(found.window)
        return found

    def subject(self, path: Path, view: View) -> Mask | None:
        """Where the subject is in a part of a picture, as all of the picture tells it."""
        sight = self._sights.get(path)
        return None if sight is None else framing.masked(sight, view.window)

    def know(self, path: Path, scene: Scene) -> None:
        """Keep what a scene has found out about a picture, if it shows all of it."""
        if scene.canvas.window == WHOLE:
            self._subjects[path] = scene.subject

    def canvas(self, path: Path, view: View) -> Canvas:
        """A part of a picture as the canvas of a shot."""
        source = self._sources[path]
        return lay_part(source.picture, source.cut, view.window, self.raster)


def _name(path: Path, request: ClipRequest) -> str:
    """What a picture is to the film, for notes about it."""
    if path == request.start_image:
        return "start image"
    known = {element.images[0]: element.name for element in request.elements}
    return f"@{known[path]} ({path.name})" if path in known else path.name


def _source(still: Still, raster: Raster, aspect: Fraction | None) -> Source:
    rgb = still.rgb
    if still.alpha is None:
        height, width = rgb.shape[:2]
        ratio = raster.width_px / raster.height_px
        fits = aspect is None and abs(width / height / ratio - 1) < 0.01
        return Source(rgb, None, (0.5, 0.5) if fits else crop_centre(rgb))
    larger = rgb.shape[1] / raster.width_px
    room = (_MOST_PX / (raster.width_px * raster.height_px)) ** 0.5
    times = max(1.0, min(larger, room, float(_CLOSER)))
    sides = (4 * round(side * times / 4) for side in (raster.width_px, raster.height_px))
    whole = lay_canvas(rgb, still.alpha, Raster(*sides), (0.5, 0.5))
    return Source(whole.picture, whole.cut, (0.5, 0.5))


def shown(request: ClipRequest, shots: Sequence[Shot]) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """The picture of each shot, and notes about elements that are not shown.

    The clip begins with the start image, as all engines have it; later shots show the element that
    they name first.
    """
    known = {element.name.lower(): element.images[0] for element in request.elements}
    pictures: list[Path] = []
    notes: list[str] = []
    for number, shot in enumerate(shots, 1):
        path, remarks = _shown(shot, number, known, request.start_image)
        pictures.append(path)
        notes += (f"shot {number}: {remark}" for remark in remarks)
    idle = known.keys() - {name.lower() for s in shots for name in direction.elements_in(s.prompt)}
    notes += [
        f"no prompt speaks of @{element.name}, so its picture is not shown."
        for element in request.elements
        if element.name.lower() in idle
    ]
    return tuple(pictures), tuple(notes)


def _shown(
    shot: Shot, number: int, known: Mapping[str, Path], start: Path | None
) -> tuple[Path, list[str]]:
    named = direction.elements_in(shot.prompt)
    strangers = [name for name in named if name.lower() not in known]
    found = [name for name in named if name.lower() in known]
    remarks = [f"there is no element called @{name}." for name in strangers]
    path = shot.image
    if path is None and number == 1 and start is not None:
        path = start
        remarks += [
            f"it begins with the start image, so @{name} is not placed in it." for name in found
        ]
    elif path is None and found:
        path = known[found[0].lower()]
        remarks += [f"@{found[0]}'s picture is shown, and @{name} is not." for name in found[1:]]
    path = start if path is None else path
    assert path is not None
    return path, remarks
