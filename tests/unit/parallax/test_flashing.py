"""Light that flickers never flashes, and a candle in the dark still does its dance."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest

from photoplay.direction.plan import Cue, Light, Motion, Plan
from photoplay.engines.parallax.flashing import harmless_level
from photoplay.engines.parallax.shot import ShotRenderer
from photoplay.frames import RGB, Field
from tests import pictures
from tests.unit.parallax.conftest import make_scene

FPS = 24


def filmed(picture: RGB, plan: Plan, pool: ThreadPoolExecutor) -> Field:
    """Relative luminance of 3 s, (frames, rows, columns), a sixteenth of the size."""
    scene = make_scene(picture, pool)
    height = scene.canvas.raster.height_px
    shot = ShotRenderer(scene, plan, frames=3 * FPS, fps=float(FPS), strength=1.0, seed=3)
    small = []
    for number in range(3 * FPS):
        luma = shot.frame(number)[:height].astype(np.float32)
        size = luma.shape[1] // 16, height // 16
        small.append(cv2.resize((luma - 16) / 219, size, interpolation=cv2.INTER_AREA))
    return np.asarray(np.clip(small, 0, 1) ** 2.2)


def flashes_per_second(luminance: Field) -> float:
    """Of the quarter that flashes most: changes by 10 % of white and back, in any second.

    The slow and obvious count of WCAG 2.2: from one turn to the next, cell by cell.
    """
    cells = luminance.reshape(len(luminance), -1)
    turned = np.zeros(cells.shape, np.bool_)
    for cell in range(cells.shape[1]):
        extreme, way = cells[0, cell], 0
        for frame, value in enumerate(cells[:, cell]):
            if way and (value - extreme) * way > 0:
                extreme = value
            elif abs(value - extreme) >= 0.1 and min(value, extreme) < 0.8:
                turned[frame, cell] = True
                extreme, way = value, 1 if value > extreme else -1
    counted = [turned[first : first + FPS].sum(axis=0) for first in range(len(turned))]
    return float(np.quantile(counted, 0.75, axis=1).max()) / 2


BRIGHT = pictures.landscape()
FLICKERS = Plan(motion=(Cue(kind=Motion.FLICKER),))
BURNS = Plan(light=(Cue(kind=Light.FIRELIGHT),))


@pytest.mark.parametrize("plan", [FLICKERS, BURNS])
@pytest.mark.parametrize("lift", [0, 60])
def test_a_bright_picture_flickers_and_does_not_flash(
    plan: Plan, lift: int, pool: ThreadPoolExecutor
) -> None:
    """At most three flashes a second; a bright sky used to have five."""
    picture = np.clip(BRIGHT.astype(int) + lift, 0, 255).astype(np.uint8)
    luminance = filmed(picture, plan, pool)
    assert flashes_per_second(luminance) <= 1
    assert np.abs(np.diff(luminance.mean(axis=(1, 2)))).max() > 0.002


def test_a_candle_in_the_dark_flickers_and_a_bright_wall_does_not(pool: ThreadPoolExecutor) -> None:
    picture = np.full((360, 640, 3), 30, np.uint8)
    picture[:, 400:] = 215  # a wall
    cv2.circle(picture, (160, 180), 22, (255, 230, 170), -1)
    luminance = filmed(picture, FLICKERS, pool)[FPS:]
    rows, columns = luminance.shape[1:]
    flame = luminance[:, rows // 2, columns // 4] ** (1 / 2.2)
    wall = luminance[:, rows // 2, columns * 7 // 8] ** (1 / 2.2)
    assert flame.std() > 4 / 219
    assert wall.std() < 0.5 * flame.std()


def test_dark_places_may_flicker_more_than_bright_ones() -> None:
    swing = np.full((9, 16), 0.07, np.float32)
    dark, bright = (harmless_level(np.full_like(swing, luma), swing) for luma in (0.2, 0.8))
    assert dark > 2 > bright
    swing[:7] = 0  # less than a quarter
    assert harmless_level(np.full_like(swing, 0.8), swing) > 100
