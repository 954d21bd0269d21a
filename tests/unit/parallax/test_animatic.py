"""Films from text alone: cards that are whole and readable, places that suit the words."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from photoplay.clip import ClipRequest, Element, Shot
from photoplay.engines.parallax import ParallaxEngine
from photoplay.engines.parallax.bidi import as_seen
from photoplay.engines.parallax.drawing import draw_place, place_of
from photoplay.engines.parallax.lettering import (
    Face,
    fitted,
    is_right_to_left,
    lines_of,
    readable,
    set_block,
)
from photoplay.frames import Frames, Raster, split_planes
from photoplay.render import local_run

RASTER = Raster(640, 360)
LONG = "The camera glides between the trunks while light breaks through. " * 38
TEXTS = [
    "Rain.",
    "A lone figure walks through a neon street in Tokyo at night, rain falls.",
    LONG[:2500],
    "w" * 400,
    "雨の夜、東京。カメラがゆっくり近づく。彼女は窓の外を見ている。",
    "שלום, ילדה הולכת ביער בבוקר",
    "Дождь идёт над городом, камера медленно приближается",
]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("raster", [RASTER, Raster(360, 640), Raster(960, 240)])
def test_words_are_never_clipped(text: str, raster: Raster) -> None:
    words, lost = readable(text)
    assert lost == ""
    room = (round(0.74 * raster.width_px), round(0.6 * raster.height_px))
    face = Face(weight=560)
    lines, size = fitted(words, face, raster, width_px=room[0], height_px=room[1])
    assert "".join("".join(lines).split()) == "".join(words.split())
    assert all(face.width_px(line, size) <= room[0] for line in lines)
    assert len(lines) * size * 1.28 <= room[1] or size <= 8
    matte = np.zeros((raster.height_px, raster.width_px), np.float32)
    place = {"left_px": 20, "right_px": 20 + room[0], "base_px": round(0.85 * raster.height_px)}
    set_block(matte, lines, face, size, **place)
    border = np.concatenate([matte[0], matte[-1], matte[:, 0], matte[:, -1]])
    assert border.max() == 0
    assert matte.max() > 0.5


def test_a_short_sentence_is_set_large_and_a_long_one_small() -> None:
    sizes = [
        fitted(text, Face(), RASTER, width_px=470, height_px=220)[1] for text in (TEXTS[0], LONG)
    ]
    assert sizes[0] > 2.5 * sizes[1]


def test_no_line_begins_with_the_end_of_a_sentence() -> None:
    for width in range(60, 300, 11):
        assert all(line[0] not in "、。" for line in lines_of(TEXTS[4], Face(), 24, width))


def test_what_the_fonts_cannot_set_is_left_out_and_named() -> None:
    assert readable("rain مطر 🎬 falls") == ("rain falls", "مطر🎬")


def test_a_prompt_that_cannot_be_set_still_makes_a_card() -> None:
    frames, notes = filmed("مطر في المدينة")
    next(frames.pixels)
    close(frames)
    assert any("cannot set 12 characters" in note for note in notes)


def test_hebrew_is_set_in_the_order_in_which_it_is_read() -> None:
    assert is_right_to_left("שלום אבא")
    assert as_seen("שלום 24 אבא", from_right=True) == "אבא 24 םולש"
    assert as_seen("push in", from_right=False) == "push in"


@pytest.mark.parametrize(
    ("line", "seen"),
    [
        ("she says שלום אבא now", "she says אבא םולש now"),
        ("at חוף 24 the sea, then שלום", "at 24 ףוח the sea, then םולש"),
        ("abc שלום (12) def", "abc (12) םולש def"),
        ("abc (שלום) def 3.5", "abc (םולש) def 3.5"),
        ("push in (24), 3.5 s", "push in (24), 3.5 s"),
    ],
)
def test_hebrew_inside_a_line_from_the_left_is_turned_round_on_its_own(
    line: str, seen: str
) -> None:
    assert as_seen(line, from_right=False) == seen


def test_latin_and_numbers_inside_a_line_from_the_right_keep_their_order() -> None:
    assert as_seen("שלום Tel Aviv 3.5, 50% אבא", from_right=True) == "אבא Tel Aviv 3.5, 50% םולש"
    assert as_seen("שלום 3.5, 50% אבא", from_right=True) == "אבא 50% ,3.5 םולש"
    assert as_seen("(אבא) שלום", from_right=True) == "םולש (אבא)"


@given(st.text(alphabet="ab א ב12(),.%", max_size=30), st.booleans())
def test_no_character_is_lost_in_turning(line: str, from_right: bool) -> None:
    seen = as_seen(line, from_right=from_right)
    assert sorted(seen.replace(")", "(")) == sorted(line.replace(")", "("))


def _mean(prompt: str) -> NDArray[np.float64]:
    return np.asarray(draw_place(prompt, RASTER, 0).picture.reshape(-1, 3).mean(axis=0))


def test_places_have_the_light_of_their_words() -> None:
    day, night, sunset, grey, dark = map(
        _mean, ["hills", "hills at night", "hills at sunset", "hills in the rain", "dark hills"]
    )
    assert night.sum() < 0.5 * day.sum()
    assert sunset[0] - sunset[2] > day[0] - day[2] + 20
    assert np.ptp(grey) < 0.75 * np.ptp(day)
    assert dark.sum() < 0.85 * day.sum()


@pytest.mark.parametrize(
    "place", ["hills", "a kitchen", "a city street", "the sea", "a forest", "a desert", "the alps"]
)
def test_every_place_has_something_near_that_moves_against_the_rest(place: str) -> None:
    canvas = draw_place(place, RASTER, 3)
    assert canvas.cut is not None
    assert 0.02 < canvas.cut.matte.mean() < 0.7
    again = draw_place(place, RASTER, 3)
    np.testing.assert_array_equal(canvas.picture, again.picture)


def test_the_sea_has_an_open_horizon_and_a_boat_where_one_is_named() -> None:
    """Above the horizon left of the sun all rows are even; hills at a lake are not."""
    above = slice(round(0.5 * RASTER.height_px), round(0.59 * RASTER.height_px))
    beside = slice(0, round(0.5 * RASTER.width_px))

    def unevenness(prompt: str) -> float:
        rows = draw_place(prompt, RASTER, 3).picture[above, beside].mean(axis=2)
        return float(rows.std(axis=1).max())

    assert unevenness("waves on the sea in the rain") < 1
    assert unevenness("a lake in the rain") > 5
    assert unevenness("a sailing boat on the sea in the rain") > 5


def test_it_stays_night_until_another_time_is_named() -> None:
    before = draw_place("a street", RASTER, 3, before="a harbour at night").picture.mean()
    assert before < 0.7 * draw_place("a street", RASTER, 3).picture.mean()
    named = draw_place("a street at sunrise", RASTER, 3, before="a harbour at night")
    np.testing.assert_array_equal(
        named.picture, draw_place("a street at sunrise", RASTER, 3).picture
    )


def test_shots_may_be_short_one_prompt_is_split_and_elements_are_told() -> None:
    request = ClipRequest(
        start_image=None,
        shots=(Shot("A harbour at dawn. Then a fisherman mends a net.", 5),),
        split_shots=True,
        elements=(Element("Anna", (Path("anna.jpg"),)),),
        audio=False,
    )
    shots = (Shot("a harbour", 1), Shot("a net", 2))
    for each in (request, replace(request, split_shots=False, shots=shots, elements=())):
        with local_run() as run:
            frames = ParallaxEngine().render(each, run)
            lumas = [split_planes(frame)[0].copy() for frame in frames.pixels]
        steps = [np.abs(a.astype(int) - b).mean() for a, b in pairwise(lumas)]
        cut = int(np.argmax(steps)) + 1
        assert steps[cut - 1] > 5 * np.median(steps)
        assert cut % 24 == 0
        assert any("@Anna" in note for note in run.notes) == bool(each.elements)


def filmed(prompt: str, *shots: str, aspect: Fraction | None = None) -> tuple[Frames, list[str]]:
    request = ClipRequest(
        start_image=None,
        shots=tuple(Shot(text, 3) for text in (prompt, *shots)),
        aspect=aspect,
        audio=False,
    )
    with local_run() as run:
        frames = ParallaxEngine().render(request, run)
        return frames, run.notes


def close(frames: Frames) -> None:
    frames.pixels.close()  # type: ignore[attr-defined]  # the engine's own iterator has it


def test_a_place_that_is_not_known_is_told() -> None:
    frames, notes = filmed("a spaceship bridge", "waves on a beach")
    close(frames)
    assert "shot 1: no place is named that can be drawn, so hills are" in "\n".join(notes)
    assert not any(note.startswith("shot 2: no place") for note in notes)


def test_a_close_up_is_drawn_closer() -> None:
    """The same place at twice the size: its middle is the close-up, shrunk."""
    first = []
    for prompt in ("wide shot of a city", "close-up of a city"):
        frames, _ = filmed(prompt)
        first.append(split_planes(next(iter(frames.pixels)))[0].copy())
        close(frames)
    height, width = first[0].shape
    top, left = round(0.35 * height), round(0.14 * width)
    part = first[0][top : top + height // 2, left : left + width // 2]
    closer = cv2.resize(first[1], part.shape[::-1], interpolation=cv2.INTER_AREA)
    sky = slice(0, height // 8)  # above the words
    assert np.corrcoef(part[sky].ravel(), closer[sky].ravel())[0, 1] > 0.7


def test_it_says_that_it_is_an_animatic_and_who_makes_pictures() -> None:
    frames, notes = filmed("a storm over the sea")
    close(frames)
    assert "This is an animatic" in notes[0]
    assert "fal" in notes[0]
    assert "replay" not in notes[0]


@pytest.mark.parametrize(
    ("aspect", "size"),
    [(None, (1920, 1080)), (Fraction(9, 16), (1080, 1920)), (Fraction(1), (1440, 1440))],
)
def test_its_shape_is_the_one_asked_for(aspect: Fraction | None, size: tuple[int, int]) -> None:
    frames, _ = filmed("dunes", aspect=aspect)
    raster = frames.raster
    assert (raster.width_px, raster.height_px) == size
    close(frames)


def test_it_moves_its_words_stand_still_and_it_is_the_same_every_time() -> None:
    first, _ = filmed("a forest at dawn, truck left")
    second, _ = filmed("a forest at dawn, truck left")
    kept = []
    for number in range(20):
        one = next(first.pixels)
        np.testing.assert_array_equal(one, next(second.pixels))
        if number in {12, 19}:
            kept.append(split_planes(one)[0].copy())
    for frames in (first, second):
        close(frames)
    assert (kept[0] != kept[1]).mean() > 0.1
    ink = (kept[0] > 210) & (kept[1] > 210)
    assert ink[700:].sum() > 0.8 * (kept[0][700:] > 210).sum()


def test_the_name_of_an_element_is_no_place() -> None:
    assert place_of("@London waits at the beach") == "sea"
    assert place_of("wide shot of @Forest") is None
