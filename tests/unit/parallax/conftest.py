from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from photoplay.engines.parallax.canvas import lay_canvas
from photoplay.engines.parallax.scene import Scene, build_scene
from photoplay.frames import RGB, Raster
from tests import pictures


@pytest.fixture(scope="session")
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as workers:
        yield workers


def make_scene(picture: RGB, pool: ThreadPoolExecutor, oversampling: int = 1) -> Scene:
    raster = Raster(640, 480 if picture.shape[0] * 4 == picture.shape[1] * 3 else 360)
    canvas = lay_canvas(picture, None, raster, (0.5, 0.5))
    return build_scene(canvas, oversampling=oversampling, seed=0, pool=pool)


@pytest.fixture(scope="session")
def ball_scene(pool: ThreadPoolExecutor) -> Scene:
    scene = make_scene(pictures.ball(), pool)
    assert scene.is_layered, "the easiest subject there is was not cut out"
    return scene


@pytest.fixture(scope="session")
def flat_scene(pool: ThreadPoolExecutor) -> Scene:
    scene = make_scene(pictures.texture(), pool)
    assert not scene.is_layered
    return scene
