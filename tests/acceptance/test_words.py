"""The words that the reference lists are understood as it says, and none is missing."""

from __future__ import annotations

from enum import StrEnum

import pytest

from photoplay import direction
from photoplay.direction.plan import (
    Ambience,
    Atmosphere,
    Easing,
    Effect,
    Genre,
    Light,
    Look,
    Mood,
    Motion,
    Move,
    Plan,
)
from photoplay.direction.presets import preset_camera
from photoplay.direction.words import AMOUNTS
from tests.pages import codes, rows, section


def named(plan: Plan) -> list[str]:
    """Everything that is seen in a plan, with its span: "push-in 0–50 %"."""
    spans = [(move.move.value, move.start, move.end) for move in plan.camera.moves]
    spans += [(cue.kind.value, cue.start, cue.end) for cue in plan.motion]
    spans += [(cue.kind.value, cue.start, cue.end) for cue in plan.light]
    spans += [(cue.kind.value, cue.start, cue.end) for cue in plan.atmosphere]
    spans += [(cue.kind.value, cue.start, cue.end) for cue in plan.look]
    return [f"{name} {start * 100:.0f}–{end * 100:.0f} %" for name, start, end in spans]


def kinds(plan: Plan) -> set[str]:
    """Names of everything that is seen in a plan; "static" for a camera on a tripod."""
    still = not plan.camera.moves and not plan.camera.handheld
    return {name.split()[0] for name in named(plan)} | ({"static"} if still else set())


FAMILIES: dict[str, type[StrEnum]] = {
    "### Motion": Motion,
    "### Light": Light,
    "### Atmosphere": Atmosphere,
    "### Look": Look,
}


@pytest.mark.parametrize("heading", FAMILIES)
def test_every_word_family_is_whole_and_its_examples_are_understood(heading: str) -> None:
    table = {codes(row[0])[0]: codes(row[-1]) for row in rows(heading)}
    assert table.keys() == {kind.value for kind in FAMILIES[heading]}
    for kind, examples in table.items():
        for example in examples:
            assert kind in kinds(direction.read(example)), f"{example} is no {kind}"


def _camera_rows() -> list[list[str]]:
    return [row for row in rows("### Camera") if len(row) == 4]


def test_every_move_has_a_row_and_its_examples_are_understood() -> None:
    table = {codes(row[0])[0]: codes(row[3]) for row in _camera_rows()}
    assert table.keys() == {move.value for move in Move}
    for move, examples in table.items():
        for example in examples:
            assert move in kinds(direction.read(example)), f"{example} is no {move}"


def test_every_preset_stands_beside_its_move() -> None:
    table = {preset: codes(row[0])[0] for row in _camera_rows() for preset in codes(row[2])}
    shaken = {preset: row for row in _handheld_rows() for preset in codes(row[1])}
    assert sorted([*table, *shaken]) == list(direction.CAMERA_PRESETS)
    for preset, move in table.items():
        camera = preset_camera(preset)
        assert [one.move.value for one in camera.moves] == ([] if move == "static" else [move])
    for preset, row in shaken.items():
        assert preset_camera(preset).handheld == float(row[0])


def _handheld_rows() -> list[list[str]]:
    return [row for row in rows("### Camera") if len(row) == 3]


def test_hand_held_examples_shake_as_much_as_their_row_says() -> None:
    assert len(_handheld_rows()) == 3
    for amount, _, examples in _handheld_rows():
        for example in codes(examples):
            assert direction.read(example).camera.handheld == float(amount), example


def test_every_word_of_strength_has_its_factor() -> None:
    table = [row for row in rows("### Strength") if row[0][0].isdigit()]
    documented = {word: float(row[0]) for row in table for word in row[1].split(", ")}
    assert documented == AMOUNTS


def test_every_easing_has_a_row_and_its_examples_are_understood() -> None:
    table = {row[0]: codes(row[1]) for row in rows("### Strength") if not row[0][0].isdigit()}
    assert table.keys() == {easing.value for easing in Easing}
    for easing, examples in table.items():
        for example in examples:
            assert direction.read(example).camera.moves[0].easing.value == easing, example


@pytest.mark.parametrize("row", rows("### Order and time"), ids=lambda row: codes(row[0])[0])
def test_order_and_times_are_read_as_the_row_says(row: list[str]) -> None:
    assert named(direction.read(codes(row[0])[0])) == row[1].split(", ")


@pytest.mark.parametrize("row", rows("### Refusals"), ids=lambda row: codes(row[0])[0])
def test_what_a_prompt_refuses_is_left_out(row: list[str]) -> None:
    refused = set(row[1].split(", "))
    assert refused <= kinds(direction.read(", ".join(refused))), "the row refuses nothing"
    assert not refused & kinds(direction.read(codes(row[0])[0]))


def test_every_ambience_has_a_row_and_its_examples_are_heard() -> None:
    table = {codes(row[0])[0]: codes(row[1]) for row in rows("### Sound") if "`" in row[0]}
    assert table.keys() == {ambience.value for ambience in Ambience}
    for ambience, examples in table.items():
        for example in examples:
            heard = {cue.kind.value for cue in direction.read(example).sound.ambience}
            assert ambience in heard, f"{example} is no {ambience}"


def test_every_effect_has_a_row_and_its_examples_are_read_as_it() -> None:
    table = {codes(row[0])[0]: codes(row[1]) for row in rows("### Effects")}
    assert list(table) == [effect.value for effect in Effect]
    for effect, examples in table.items():
        for example in examples:
            (found,) = direction.read(example).sound.effects
            assert found.kind is not None, example
            assert found.kind.value == effect, example
    unknown = section("### Effects").partition("Other sounds, such as")[2].partition(",")[0]
    for example in codes(unknown):
        assert [effect.kind for effect in direction.read(example).sound.effects] == [None]


def test_every_genre_and_mood_has_a_row_and_its_examples_are_read_as_it() -> None:
    table = {codes(row[0])[0]: codes(row[1]) for row in rows("### Music")}
    assert list(table) == [kind.value for kind in (*Genre, *Mood)]
    for kind, examples in table.items():
        for example in examples:
            music = direction.read(example).sound.music
            assert music is not None, example
            assert kind in (music.genre.value, music.mood.value), example


def test_speech_and_silence_are_understood_as_their_rows_say() -> None:
    table = {row[0]: codes(row[1]) for row in rows("### Sound") if "`" not in row[0]}
    plans = {
        kind: [direction.read(example).sound for example in examples]
        for kind, examples in table.items()
    }
    assert plans.keys() == {"speech", "voice-over", "silence"}
    assert all(not line.voice_over for sound in plans["speech"] for line in sound.dialogue)
    assert all(line.voice_over for sound in plans["voice-over"] for line in sound.dialogue)
    assert all(sound.dialogue for kind in ("speech", "voice-over") for sound in plans[kind])
    assert all(sound.silent for sound in plans["silence"])


@pytest.mark.parametrize("wish", codes(section("### Reported, not done")))
def test_wishes_that_are_not_done_are_reported(wish: str) -> None:
    assert " ".join(wish.split()) in direction.read(wish).not_understood


def test_other_languages_are_read_as_their_row_says() -> None:
    for move, *cells in rows("### Other languages"):
        for cell in cells:
            for example in codes(cell):
                assert codes(move)[0] in kinds(direction.read(example)), example
