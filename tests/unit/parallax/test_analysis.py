"""Cues, subject and canvas on pictures of known content."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from photoplay.clip import Tier
from photoplay.direction.plan import Plan
from photoplay.engines.parallax import cues
from photoplay.engines.parallax.canvas import Canvas, fit_raster, lay_canvas
from photoplay.engines.parallax.color import to_i420, to_planes
from photoplay.engines.parallax.depth import background_depth
from photoplay.engines.parallax.fill import fill_behind
from photoplay.engines.parallax.matte import clean_colours, grow, soft_matte
from photoplay.engines.parallax.scene import Scene, build_scene
from photoplay.engines.parallax.shot import ShotRenderer
from photoplay.engines.parallax.subject import Subject, find_subject
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
    found = cues.find_vanishing_point(cues.line_segments(picture), 512, 360)
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
        ((4000, 3000), Tier.STANDARD, None, (1664, 1248)),  # 2,073,600 px at 4:3
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
    assert canvas.cut is not None
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
    filled = fill_behind(picture, alpha, seed=0, unit=0.4)
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


def test_the_stills_own_transparency_is_the_cut(pool: ThreadPoolExecutor) -> None:
    canvas = _with_alpha(cover=0.3)
    scene = build_scene(canvas, oversampling=1, seed=0, pool=pool)
    assert scene.is_layered
    assert scene.layers[1].matte is not None
    assert canvas.cut is not None
    assert np.abs(scene.layers[1].matte.luma[..., 0] / 255 - canvas.cut.matte).max() < 0.01


@pytest.mark.parametrize("cover", [0.0, 0.99])
def test_transparency_that_cuts_out_nothing_sensible_is_not_the_cut(
    pool: ThreadPoolExecutor, cover: float
) -> None:
    """An empty picture, or rounded corners: what is cut out comes from the colours, if anything."""
    scene = build_scene(_with_alpha(cover), oversampling=1, seed=0, pool=pool)
    assert scene.subject.reasons.get("transparency") is None
    if scene.is_layered:
        assert scene.layers[1].matte is not None
        assert (scene.layers[1].matte.luma[..., 0] > 128).mean() < 0.5


def test_a_half_transparent_picture_keeps_its_picture(pool: ThreadPoolExecutor) -> None:
    canvas = lay_canvas(
        pictures.ball(), np.full((480, 640), 0.6, np.float32), Raster(640, 480), (0.5, 0.5)
    )
    scene = build_scene(canvas, oversampling=1, seed=0, pool=pool)
    frame = ShotRenderer(scene, Plan(), frames=48, fps=24.0, strength=1.0, seed=0).frame(40)
    assert np.abs(frame.astype(int) - to_i420(canvas.picture)).mean() < 2


def test_towers_stand_upright_in_the_depth() -> None:
    """Depth changes less from top to foot of a skyline than over open ground."""
    open_ground = pictures.landscape()
    towers = open_ground.copy()
    for x in range(60, 900, 110):
        cv2.rectangle(towers, (x, 150), (x + 60, 500), (40, 40, 60), -1)
    sky = np.zeros((288, 512), np.bool_)
    sky[:120] = True
    drop = []
    for picture in (open_ground, towers):
        work = cv2.resize(picture, (512, 288), interpolation=cv2.INTER_AREA)
        work = work + np.random.default_rng(0).integers(0, 6, work.shape, np.uint8)
        nobody = Subject(np.zeros_like(sky), 0.0, False, (), {})
        depth = background_depth(work, sky, nobody)
        drop.append(float(depth[260].mean() - depth[150].mean()))
    assert drop[1] < 0.5 * drop[0]


def _with_alpha(cover: float) -> Canvas:
    """A ball whose alpha is a centred rectangle of that share of the picture."""
    alpha = np.zeros((480, 640), np.float32)
    half = cover**0.5 / 2
    rows = slice(round(480 * (0.5 - half)), round(480 * (0.5 + half)))
    alpha[rows, round(640 * (0.5 - half)) : round(640 * (0.5 + half))] = 1
    return lay_canvas(pictures.ball(), alpha, Raster(640, 480), (0.5, 0.5))


def test_a_soft_shadow_in_the_transparency_keeps_its_colour(pool: ThreadPoolExecutor) -> None:
    """A green thing with a half-transparent black shadow: no green may get into the shadow."""
    colours = np.zeros((480, 640, 3), np.uint8)
    alpha = np.zeros((480, 640), np.float32)
    cv2.ellipse(alpha, (360, 380), (150, 30), 0, 0, 360, 0.5, -1)
    alpha = cv2.GaussianBlur(alpha, (0, 0), 8)
    cv2.rectangle(colours, (280, 120), (360, 380), (40, 160, 60), -1)
    cv2.rectangle(alpha, (280, 120), (360, 380), 1.0, -1)
    canvas = lay_canvas(colours, alpha, Raster(640, 480), (0.5, 0.5))
    scene = build_scene(canvas, oversampling=1, seed=0, pool=pool)
    shot = ShotRenderer(scene, Plan(), frames=48, fps=24.0, strength=1.0, seed=0)
    error = np.abs(shot.frame(40).astype(int) - to_i420(canvas.picture))
    assert error.max() <= 12  # at the hard rim of the thing, where chroma is half as fine
    assert error.mean() < 0.1


def test_a_transparent_still_is_padded_not_cropped() -> None:
    alpha = np.ones((300, 100), np.float32)
    canvas = lay_canvas(np.full((300, 100, 3), 60, np.uint8), alpha, Raster(640, 360), (0.5, 0.5))
    assert canvas.cut is not None
    assert canvas.cut.matte[[0, -1]].mean() == pytest.approx(120 / 640, abs=0.01)


def test_a_spire_stays_with_its_tower(pool: ThreadPoolExecutor) -> None:
    """A thin spire before a clear sky is cut out together with what it stands on."""
    picture = pictures.ball()
    cv2.line(picture, (320, 125), (320, 85), (90, 60, 30), 4, cv2.LINE_AA)
    subject = find_subject(picture, NO_SKY, [], pool)
    assert subject.is_cut
    assert subject.mask[92:120, 320].all()


def test_open_ground_is_no_subject(pool: ThreadPoolExecutor) -> None:
    picture = pictures.landscape()
    work = cv2.resize(picture, (512, 288), interpolation=cv2.INTER_AREA)
    assert not find_subject(work, cues.find_sky(work), [], pool).is_cut


def test_a_page_is_flat_and_a_photograph_is_not() -> None:
    page = np.full((384, 512, 3), 250, np.uint8)
    for row in range(60, 340, 40):
        cv2.putText(page, "words on a page", (40, row), 0, 1.0, (30, 30, 30), 2, cv2.LINE_AA)
    assert cues.flatness(page) > 0.8
    assert cues.flatness(pictures.texture()) == 0


def test_a_cut_that_a_wider_view_does_not_know_is_not_trusted(
    ball_scene: Scene, pool: ThreadPoolExecutor
) -> None:
    def scene(expected: NDArray[np.bool_]) -> Scene:
        canvas = ball_scene.canvas
        return build_scene(canvas, oversampling=1, seed=0, pool=pool, expected=expected)

    known = ball_scene.subject.mask
    assert scene(known[::2, ::2]).is_layered, "at any size"
    assert not scene(np.roll(known, 60, axis=1)).is_layered
