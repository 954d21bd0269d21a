"""Which part of a still a shot shows."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest

from photoplay.clip import Framing
from photoplay.engines.parallax.canvas import WHOLE, Window
from photoplay.engines.parallax.framing import Sight, chosen, look, repeats, view, widest
from photoplay.frames import Raster
from tests import pictures

HD = Raster(1920, 1080)
LARGE = (6000, 3375)
PORTRAIT = Sight(((0.5, 0.4, 0.2),), (0.3, 0.2, 0.7, 1.0), np.ones((54, 96), np.float32))
CLOSER = (Framing.MEDIUM, Framing.CLOSE_UP, Framing.DETAIL)


def holds(window: Window, x: float, y: float) -> bool:
    inside_x = window.left <= x <= window.left + window.width
    return inside_x and window.top <= y <= window.top + window.height


def test_shots_are_framed_as_asked_and_else_unlike_their_neighbours() -> None:
    assert chosen([None, None, None]) == (Framing.WIDE, Framing.CLOSE_UP, Framing.MEDIUM)
    assert chosen([Framing.DETAIL, None, Framing.CLOSE_UP])[1] not in (
        Framing.DETAIL,
        Framing.CLOSE_UP,
    )
    assert chosen([Framing.MEDIUM, Framing.MEDIUM]) == (Framing.MEDIUM, Framing.MEDIUM)
    several = chosen([None] * 6)
    assert all(one is not other for one, other in pairwise(several))


@pytest.mark.parametrize("framing", CLOSER)
def test_closer_shots_hold_the_face_and_lie_within_the_picture(framing: Framing) -> None:
    window = view(framing, LARGE, PORTRAIT, WHOLE, HD).window
    assert holds(window, 0.5, 0.4)
    assert holds(WHOLE, window.left, window.top)
    assert holds(WHOLE, window.left + window.width - 1e-9, window.top + window.height - 1e-9)
    assert window.width == pytest.approx(window.height), "the raster's shape"


def test_each_size_is_closer_than_the_one_before() -> None:
    heights = [view(each, LARGE, PORTRAIT, WHOLE, HD).window.height for each in CLOSER]
    assert heights == sorted(heights, reverse=True)
    assert all(a / b > 1.3 for a, b in pairwise(heights))


def test_past_a_shoulder_the_face_stands_to_one_side() -> None:
    seen = view(Framing.OVER_SHOULDER, LARGE, PORTRAIT, WHOLE, HD)
    place = (0.5 - seen.window.left) / seen.window.width
    assert abs(place - 0.5) == pytest.approx(0.14, abs=0.01)
    assert "nobody's shoulder is looked for" in seen.notes[0]


def test_a_part_with_too_few_pixels_is_widened_and_that_is_said() -> None:
    seen = view(Framing.CLOSE_UP, (1920, 1080), PORTRAIT, WHOLE, HD)
    assert seen.window.width == pytest.approx(0.5)
    assert seen.notes[0].startswith("a close-up would be of 883×497 pixels, too few for 1920×1080")
    assert view(Framing.CLOSE_UP, LARGE, PORTRAIT, WHOLE, HD).notes == ()


def test_a_small_picture_is_soft_rather_than_shown_twice() -> None:
    seen = view(Framing.CLOSE_UP, (640, 360), PORTRAIT, WHOLE, HD)
    assert seen.window.width == pytest.approx(0.5)
    (note,) = seen.notes  # two contradicted each other: more is shown, and yet too few pixels
    assert "is wider than usual, and still is soft: 320×180 pixels become 1920×1080" in note


def test_a_thing_that_is_not_found_is_told_at_every_size() -> None:
    for framing in CLOSER:
        seen = view(framing, LARGE, PORTRAIT, WHOLE, HD, thing="hat")
        assert seen.notes[0].startswith(f"no “hat” is looked for by its name: the {framing} shows")
    assert view(Framing.CLOSE_UP, LARGE, PORTRAIT, WHOLE, HD, thing="woman's face").notes == ()


def test_shots_of_two_things_that_are_not_found_show_two_parts() -> None:
    interest = np.zeros((54, 96), np.float32)
    interest[10:14, 10:14], interest[40:44, 80:84] = 1.0, 0.8
    sight = Sight((), None, interest)
    first = view(Framing.DETAIL, LARGE, sight, WHOLE, HD, thing="hat").window
    taken = (first,)
    second = view(Framing.DETAIL, LARGE, sight, WHOLE, HD, thing="cup", taken=taken).window
    assert holds(first, 12 / 96, 12 / 54)
    assert holds(second, 82 / 96, 42 / 54)
    third = view(Framing.DETAIL, LARGE, sight, WHOLE, HD, thing="pen", taken=(first, second)).window
    assert not any(repeats(third, other) for other in (first, second))


def test_the_widest_view_has_the_clips_shape_around_its_centre() -> None:
    window = widest(1000, 2000, HD, (0.5, 0.25))
    assert window.width == 1
    assert window.height * 2000 * 16 / 9 == pytest.approx(1000)
    assert window.top + window.height / 2 == pytest.approx(0.25)


def test_parts_that_overlap_nearly_are_the_same_shot() -> None:
    assert repeats(WHOLE, Window(0, 0, 0.95, 0.95))
    assert not repeats(WHOLE, Window(0.2, 0.2, 0.6, 0.6))
    assert not repeats(Window(0, 0, 0.4, 0.4), Window(0.6, 0.6, 0.4, 0.4))


def test_a_detail_is_of_what_stands_out(pool: ThreadPoolExecutor) -> None:
    sight = look(pictures.ball(), pool)
    assert sight.subject is not None
    assert holds(view(Framing.DETAIL, (640, 480), sight, WHOLE, Raster(640, 480)).window, 0.5, 0.5)
