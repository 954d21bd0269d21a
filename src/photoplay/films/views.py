"""Where the camera of a film stood at the end of each of its parts, so that its weather is seen on.

The path of a clip is not kept in it, but follows from its plan and its first frame, which is the
still; that of a longer film's parts is in its recipe.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict

from photoplay.clip import FPS, Tier
from photoplay.engines.parallax.camera import Pose, camera_path
from photoplay.engines.parallax.canvas import Canvas
from photoplay.engines.parallax.scene import Scene, build_scene
from photoplay.engines.parallax.shot import stage_of
from photoplay.films.history import History
from photoplay.frames import RGB, Raster


def views(
    history: History,
    first: RGB,
    *,
    frames: int,
    strength: float,
    check_cancelled: Callable[[], None],
) -> tuple[Pose, ...] | None:
    """The last pose of each part of a film that begins with `first` and has so many `frames`.

    Each is relative to the end of the part before it. None: it is not known, of a clip of several
    shots, of one that was not filmed from one still, or of one that was not rendered here.
    """
    told = [extension.get("view") for extension in json.loads(history.recipe).get("extensions", [])]
    stills = [at for at, view in enumerate(told) if view is not None and view["from_still"]]
    ended = [Pose(**view["pose"]) for view in told if view is not None]
    if stills:
        return tuple(ended[stills[-1] :])
    if not history.is_one_take:
        return tuple(ended) or None
    frames -= sum(part.duration_s for part in history.parts[1:]) * int(FPS)
    scene = _scene(history, first, check_cancelled)
    path = camera_path(
        history.plans()[0].camera,
        stage_of(scene),
        frames=frames,
        fps=float(FPS),
        strength=strength,
        seed=history.seed,
    )
    return (path[-1], *ended)


def described(view: Pose, *, from_still: bool) -> dict[str, object]:
    """For the recipe; `from_still`: it is relative to the still and not to the part before."""
    moved = {name: round(value, 5) for name, value in asdict(view).items() if value != 0}
    return {"pose": moved, "from_still": from_still}


def _scene(history: History, first: RGB, check_cancelled: Callable[[], None]) -> Scene:
    height, width = first.shape[:2]
    with ThreadPoolExecutor(2) as pool:
        return build_scene(
            Canvas(Raster(width, height), first, None),
            oversampling=2 if history.tier is Tier.PRO else 1,
            seed=history.seed,
            pool=pool,
            check_cancelled=check_cancelled,
        )
