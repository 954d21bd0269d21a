"""Cues, subject and canvas on pictures of known content."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

import cv2
import numpy as np
import pytest

from photoplay.clip import Tier
from photoplay.engines.parallax import cues
from photoplay.engines.parallax.canvas import fit_raster, lay_canvas
from photoplay.engines.parallax.color import to_i420, to_planes
from photoplay.engines.parallax.fill import fill_behind
from photoplay.engines.parallax.matte import clean_colours, grow, soft_matte
from photoplay.engines.parallax.subject import find_subject
from photoplay.frames import RGB, Field, Raster
from tests import pictures

NO_SKY = np.zeros((480, 640), np.bool_)


def test_the_ball_is_cut_out_within_a_pixel_or_two(pool: ThreadPoolExecutor) -> None:
    subject = find_subject(pictures.ball(), NO_SKY, [], pool)
    y, x = np.mgrid[0:480, 0:640]
    truth = np.hypot(x - 320, y - 240) <= 120
    either = (subject.mask | truth).sum()
    assert (subject.mask & truth).sum() / either > 0.97
    assert subject.confidence > 0.9


@pytest.mark.parametrize("seed", range(4))
def test_nothing_is_cut_out_of_a_texture(pool: ThreadPoolExecutor, seed: int) -> None:
    subject = find_subject(pictures.texture(seed=seed), NO_SKY, [], pool)
    assert not subject.is_cut


def test_a_plain_picture_has_no_subject(pool: ThreadPoolExecutor) -> None:
    plain = np.full((480, 640, 3), 128, np.uint8)
    assert not find_subject(plain, NO_SKY, [], pool).is_cut


def test_the_sky_ends_at_the_ridge() -> None:
    picture = cv2.resize(pictures.landscape(), (512, 288), interpolation=cv2.INTER_AREA)
    sky = cues.find_sky(picture)
    assert 0.35 < sky.mean() < 0.5
    assert sky[:90].all()
    assert not sky[170:].any()


@pytest.mark.parametrize("picture", [pictures.texture(), pictures.ball()[::-1] // 3])
def test_walls_and_textures_are_no_sky(picture: RGB) -> None:
    assert not cues.find_sky(np.ascontiguousarray(picture)).any()


def test_lines_of_a_corridor_meet_at_its_vanishing_point() -> None:
    picture = np.full((360, 512, 3), 180, np.uint8)
    for x in range(-400, 912, 70):
        for y in (0, 359):
            cv2.line(picture, (x, y), (300, 150), (40, 40, 40), 2, cv2.LINE_AA)
    found = cues.find_vanishing_point(picture)
    assert found is not None
    assert found.x_px == pytest.approx(300, abs=6)
    assert found.y_px == pytest.approx(150, abs=6)
    assert found.support > 0.6


def test_saliency_sweeps_agree_with_the_pixel_by_pixel_scan() -> None:
    """The slow twin is the published raster scan, run until nothing changes."""
    picture = pictures.ball(160, 120)
    lab = cv2.cvtColor(picture, cv2.COLOR_RGB2LAB)
    truth = _barrier_distance(cv2.GaussianBlur(lab, (0, 0), 0.8).astype(np.float32))
    found = cues.saliency(picture)
    inside, outside = found[truth > 60], found[truth < 10]
    assert inside.mean() > 0.7
    assert outside.mean() < 0.15
    assert np.corrcoef(found.ravel(), truth.ravel())[0, 1] > 0.9


def _barrier_distance(image: Field) -> Field:
    height, width = image.shape[:2]
    distance = np.full((height, width), 1e6, np.float32)
    distance[[0, -1]] = 0
    distance[:, [0, -1]] = 0
    high, low = image.copy(), image.copy()
    for scan in range(4):
        step = 1 if scan % 2 == 0 else -1
        for y in range(1, height - 1)[::step]:
            for x in range(1, width - 1)[::step]:
                for v, u in ((y - step, x), (y, x - step)):
                    upper = np.maximum(high[v, u], image[y, x])
                    lower = np.minimum(low[v, u], image[y, x])
                    cost = (upper - lower).max()
                    if cost < distance[y, x]:
                        distance[y, x], high[y, x], low[y, x] = cost, upper, lower
    return distance


@pytest.mark.parametrize(
    ("size", "tier", "aspect", "expected"),
    [
        ((1920, 1080), Tier.STANDARD, None, (1920, 1080)),
        ((4000, 3000), Tier.STANDARD, None, (1662, 1248)),  # 2,073,600 px at 4:3
        ((512, 512), Tier.PRO, None, (1440, 1440)),
        ((1080, 1920), Tier.STANDARD, None, (1080, 1920)),
        ((640, 480), Tier.STANDARD, Fraction(16, 9), (1920, 1080)),
        ((640, 360), Tier.FOUR_K, None, (3840, 2160)),
        ((1000, 400), Tier.STANDARD, None, (2276, 910)),
    ],
)
def test_the_canvas_has_the_tiers_pixel_count_and_the_stills_aspect(
    size: tuple[int, int], tier: Tier, aspect: Fraction | None, expected: tuple[int, int]
) -> None:
    raster = fit_raster(*size, tier, aspect)
    assert (raster.width_px, raster.height_px) == pytest.approx(expected, abs=2)
    assert raster.width_px * raster.height_px == pytest.approx(tier.pixels, rel=0.004)


def test_transparency_becomes_a_backdrop_and_a_matte() -> None:
    picture = np.full((200, 200, 3), 30, np.uint8)
    alpha = np.zeros((200, 200), np.float32)
    alpha[50:150, 50:150] = 1
    canvas = lay_canvas(picture, alpha, Raster(400, 400), (0.5, 0.5))
    assert canvas.matte is not None
    assert canvas.picture[10, 10].min() > 180  # a light sweep behind a dark thing
    assert canvas.picture[200, 200].max() < 40


def test_i420_is_bt709_limited_range() -> None:
    """Corner colours against ITU-R BT.709, computed by hand: Y = 16 + 219·(0.2126 R + …)."""
    for colour, expected in {
        (255, 255, 255): (235, 128, 128),
        (0, 0, 0): (16, 128, 128),
        (255, 0, 0): (63, 102, 240),
        (0, 255, 0): (173, 42, 26),
        (0, 0, 255): (32, 240, 118),
    }.items():
        planes = to_planes(np.full((4, 4, 3), colour, np.uint8))
        assert tuple(int(plane[0, 0]) for plane in planes) == expected


def test_i420_of_odd_halves_has_its_planes_in_order() -> None:
    frame = to_i420(pictures.ball(66, 70))
    assert frame.shape == (105, 66)
    assert frame.size == 66 * 70 * 3 // 2


def test_chroma_sits_on_even_luma_columns() -> None:
    """A red column at x = 8 leaves its chroma in column 4, symmetric to both sides."""
    picture = np.zeros((4, 16, 3), np.uint8)
    picture[:, 8] = (255, 0, 0)
    _, _, v = to_planes(picture)
    row = v[0].astype(int) - 128
    assert row[4] == row.max()
    assert row[3] == row[5] == 0


def test_the_fill_continues_a_gradient_behind_the_subject() -> None:
    ramp = np.tile(np.linspace(40, 200, 640)[None, :, None], (480, 1, 3)).astype(np.uint8)
    picture = ramp.copy()
    alpha = np.zeros((480, 640), np.float32)
    cv2.circle(picture, (320, 240), 60, (255, 0, 0), -1)
    cv2.circle(alpha, (320, 240), 61, 1.0, -1)
    filled = fill_behind(picture, alpha, seed=0)
    assert np.abs(filled.astype(int) - ramp)[alpha > 0.5].max() < 30
    np.testing.assert_array_equal(filled[:100], picture[:100])


def test_clean_colours_leave_no_background_in_the_soft_rim() -> None:
    """A red disc anti-aliased on green: no green is left where the matte is soft."""
    y, x = np.mgrid[0:240, 0:240]
    alpha = ((80.0 - np.hypot(x - 120, y - 120)) / 8 + 0.5).clip(0, 1).astype(np.float32)
    mixed = alpha[..., None] * [200, 20, 20] + (1 - alpha[..., None]) * [20, 200, 20]
    clean = clean_colours(mixed.astype(np.uint8), alpha)
    rim = (alpha > 0.1) & (alpha < 0.9)
    assert clean[rim][:, 1].max() < 60
    assert clean[rim][:, 0].min() > 150


def test_growing_leaves_what_is_known_and_fills_the_rest() -> None:
    picture = pictures.ball(128, 96)
    known = np.zeros((96, 128), np.uint8)
    known[:, :40] = 1
    grown = grow(picture, known)
    assert np.abs(grown[:, :36].astype(int) - picture[:, :36]).max() <= 12
    assert grown[:, 60:].min() > 100  # backdrop colour, nowhere black


def test_the_matte_is_exact_away_from_the_outline() -> None:
    y, x = np.mgrid[0:480, 0:640]
    mask = np.hypot(x - 320, y - 240) <= 120
    matte = soft_matte(pictures.ball(), mask, band_px=10)
    away = np.hypot(x - 320, y - 240) - 120
    assert (matte[away < -14] == 1).all()
    assert (matte[away > 14] == 0).all()
