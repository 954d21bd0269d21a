"""Several shots: sizes and elements in words, prompts that are split, and sound that is joined."""

from __future__ import annotations

from dataclasses import replace
from itertools import accumulate
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photoplay.clip import ClipRequest, Framing, Shot
from photoplay.direction import (
    Reading,
    carried,
    elements_in,
    framing_of,
    joined,
    read_shots,
    shots_of,
)
from photoplay.direction.plan import Ambience, Atmosphere, Effect, Genre, Light, Move, Sound
from photoplay.direction.reader import read
from photoplay.direction.shots import split_notes, thing_in
from photoplay.direction.splitting import split


def request_of(*shots: Shot, split_shots: bool = False) -> ClipRequest:
    return ClipRequest(start_image=Path("still.png"), shots=shots, split_shots=split_shots)


def readings(*shots: tuple[str, int], places: str = "") -> tuple[Reading, ...]:
    """Shots with their plans; `places` has a letter for the picture of each."""
    made = tuple(Shot(prompt, length_s) for prompt, length_s in shots)
    plans = read_shots(request_of(*made), made)
    starts = accumulate((shot.duration_s for shot in made), initial=0)
    each = zip(made, plans, starts, places or "a" * len(made), strict=False)
    return tuple(Reading(*parts) for parts in each)


def heard(*shots: tuple[str, int], places: str = "") -> Sound:
    sound, _ = joined(readings(*shots, places=places))
    return sound


@pytest.mark.parametrize(
    ("prompt", "framing"),
    [
        ("wide shot of the harbour", Framing.WIDE),
        ("establishing shot, rain", Framing.WIDE),
        ("Close-up, she smiles", Framing.CLOSE_UP),
        ("a close up of the cup", Framing.CLOSE_UP),
        ("extreme close-up of her eyes", Framing.DETAIL),
        ("detail of the rope", Framing.DETAIL),
        ("macro, dew on a leaf", Framing.DETAIL),
        ("medium shot, he nods", Framing.MEDIUM),
        ("waist-up, she turns", Framing.MEDIUM),
        ("over the shoulder, he waves", Framing.OVER_SHOULDER),
        ("a detailed wide shot", Framing.WIDE),
        ("detail, a door slams", Framing.DETAIL),
        ("detail – a door slams", Framing.DETAIL),
        ("detail: her eyes", Framing.DETAIL),
        ("detail her eyes", Framing.DETAIL),
        ("wide, rain", Framing.WIDE),
        ("the tiles, detail, a door slams", None),
        ("her eyes wide, she gasps", None),
        ("push in to a close-up", None),
        ("no close-up", None),
        ("push in to a detail of @Anna", None),
        ("her eyes wide on the screen", None),
        ("close the door", None),
        ("slow push in", None),
    ],
)
def test_the_size_of_a_shot_is_read_from_its_words(prompt: str, framing: Framing | None) -> None:
    assert framing_of(prompt) is framing


@pytest.mark.parametrize("name", ["Bob", "Rain", "Pan", "Piano", "Golden_Hour", "Zoom2", "Sunset"])
@pytest.mark.parametrize("words", ["wide shot of @{}", "@{} is there", "push in, @{}'s coat"])
def test_a_name_behind_an_at_is_never_read_as_a_word(name: str, words: str) -> None:
    nobody, somebody = (read(words.format(each)) for each in ("Qqq", name))
    assert replace(somebody, not_understood=()) == replace(nobody, not_understood=())


def test_who_is_named_with_an_at_speaks_with_that_name() -> None:
    plan = read('@Element1: "Hi." @Element2 asks sadly "Why?" "No," says @Anna.')
    assert [line.speaker for line in plan.sound.dialogue] == ["Element1", "Element2", "Anna"]
    assert read('"Hi," says the old @Anna.').sound.dialogue[0].speaker == "the old Anna"


@pytest.mark.parametrize("link", [" ", " of ", ": ", " on "])
@pytest.mark.parametrize(
    ("size", "framing"),
    [
        ("detail", Framing.DETAIL),
        ("Close-up", Framing.CLOSE_UP),
        ("close shot", Framing.CLOSE_UP),
        ("medium shot", Framing.MEDIUM),
        ("wide", Framing.WIDE),
        ("wide shot", Framing.WIDE),
    ],
)
def test_a_size_before_an_element_is_read_with_and_without_of(
    size: str, framing: Framing, link: str
) -> None:
    assert framing_of(f"{size}{link}@Anna, she smiles") is framing
    assert framing_of(f"@Anna: {size}, she smiles") is framing


def test_elements_are_named_once_each_in_order() -> None:
    assert elements_in("@Anna greets @Element2, and @Anna leaves; a@b") == ("Anna", "Element2", "b")


@pytest.mark.parametrize(
    ("prompt", "seconds", "shots"),
    [
        ("Shot 1: waves. Shot 2: gulls overhead", 6, [("waves.", 3), ("gulls overhead", 3)]),
        (
            "Film noir. [Shot 1] rain falls [Shot 2] he smokes",
            5,
            [("rain falls. Film noir.", 3), ("he smokes. Film noir.", 2)],
        ),
        ("0-3s: waves; 3-5s: gulls", 5, [("waves", 3), ("gulls", 2)]),
        ("3s: wide harbour. 4s: close-up", 7, [("wide harbour.", 3), ("close-up", 4)]),
        (
            "a woman at the pier, then she turns, finally she walks away",
            9,
            [("a woman at the pier", 3), ("she turns", 3), ("she walks away", 3)],
        ),
        (
            'She says "Stop. Then go." and leaves. The door slams shut.',
            6,
            [('She says "Stop. Then go." and leaves.', 3), ("The door slams shut.", 3)],
        ),
        ("slow push in", 5, [("slow push in", 3), ("slow push in", 2)]),
    ],
)
def test_a_prompt_is_split_where_it_has_its_own_structure(
    prompt: str, seconds: int, shots: list[tuple[str, int]]
) -> None:
    assert list(split(prompt, seconds)) == shots


@pytest.mark.parametrize(
    ("prompt", "seconds", "said"),
    [
        ("a pier, then she turns, finally she leaves", 5, "5 s hold 2 of at least 2 s. 6 s would"),
        ("a pier, then she turns, finally she leaves", 6, ""),
        ("a. ".join("one two three " for _ in range(6)), 15, "split into 4 at most"),
    ],
)
def test_steps_that_share_a_shot_are_told_with_the_reason(
    prompt: str, seconds: int, said: str
) -> None:
    notes = split_notes(request_of(Shot(prompt, seconds), split_shots=True))
    assert said in "".join(notes)
    assert bool(notes) == bool(said)


@pytest.mark.parametrize(
    ("prompt", "thing"),
    [
        ("close-up of the red hat in the rain", "red hat"),
        ("detail of her hands", "hands"),
        ("close shot on a teapot, steam rises", "teapot"),
        ("close-up, she breathes", None),
        ("wide shot of the harbour", None),
    ],
)
def test_the_thing_of_a_closer_shot_is_read_from_its_words(prompt: str, thing: str | None) -> None:
    assert thing_in(prompt) == thing


@given(prompt=st.text(max_size=400), seconds=st.integers(3, 15))
def test_any_prompt_becomes_two_to_four_shots_of_whole_seconds(prompt: str, seconds: int) -> None:
    lengths = [length_s for _, length_s in split(prompt, seconds)]
    assert 2 <= len(lengths) <= 4
    assert sum(lengths) == seconds
    assert min(lengths) >= (2 if seconds >= 4 else 1)


@pytest.mark.parametrize("seconds", [3, 5, 10, 15])
def test_the_shots_of_a_split_request_are_within_the_rules(seconds: int) -> None:
    request = request_of(Shot("a; b c d! e f g? h", seconds), split_shots=True)
    assert sum(shot.duration_s for shot in shots_of(request)) == seconds


def test_unnamed_camera_work_takes_turns() -> None:
    moves = [each.plan.camera.moves[0].move for each in readings(("a", 2), ("b", 2), ("c", 2))]
    assert moves == [Move.PUSH_IN, Move.TRUCK_RIGHT, Move.PUSH_IN]


def test_light_and_weather_go_on_after_a_cut_at_one_place() -> None:
    first, second, third = carried(
        readings(("golden hour, snow", 2), ("she smiles", 2), ("moonlight", 2))
    )
    assert [cue.kind for cue in second.plan.light] == [Light.GOLDEN_HOUR]
    assert second.plan.light[0].start < 0, "it has been there before the cut"
    assert "golden-hour goes on from the shot before." in second.plan.notes
    assert [cue.kind for cue in third.plan.light] == [Light.MOONLIGHT]
    assert [cue.kind for cue in third.plan.atmosphere] == [Atmosphere.SNOW]
    assert first.plan.light[0].start == 0, "it comes up from the still"


def test_another_place_has_its_own_light() -> None:
    _, second = carried(readings(("golden hour", 2), ("she smiles", 2), places="ab"))
    assert second.plan.light == ()


def test_effects_and_lines_are_heard_in_their_shots() -> None:
    sound = heard(("a door slams at the end", 2), ('footsteps; she says: "Hello."', 6))
    door, steps = sound.effects
    assert (door.kind, steps.kind) == (Effect.DOOR, Effect.FOOTSTEPS)
    assert door.end <= 0.25 <= steps.start
    assert [line.start for line in sound.dialogue] == [2.25 / 8]


def test_the_bed_of_a_place_goes_on_over_its_cuts() -> None:
    bed = heard(("ocean waves", 2), ("close-up, birdsong", 3), ("she smiles", 3)).ambience
    assert {cue.kind for cue in bed} == {Ambience.OCEAN, Ambience.BIRDS}
    assert all((cue.start, cue.end) == (0, 1) for cue in bed)


def test_the_bed_changes_with_the_place_unless_nothing_is_named_of_it() -> None:
    shots = (("ocean waves", 2), ("café chatter", 2), ("she smiles", 4))
    bed = {cue.kind: (cue.start, cue.end) for cue in heard(*shots, places="abc").ambience}
    assert bed == {Ambience.OCEAN: (0, 0.25), Ambience.CAFE: (0.25, 1)}


def test_a_first_shot_without_sounds_has_those_of_the_next() -> None:
    (bed,) = heard(("she smiles", 2), ("ocean waves", 2), places="ab").ambience
    assert (bed.kind, bed.start, bed.end) == (Ambience.OCEAN, 0, 1)


def test_one_piece_of_music_plays_under_all_shots() -> None:
    parts = readings(("calm piano music", 2), ("epic orchestral music", 2))
    sound, notes = joined(parts)
    assert sound.music is not None
    assert sound.music.genre is Genre.PIANO
    assert [note for note in notes if note.startswith("shot 2: one piece of music")]
    described, _ = joined(parts, "driving synthwave")
    assert described.music is not None
    assert described.music.genre is Genre.SYNTHWAVE


def test_one_prompt_seen_from_several_sides_is_heard_once() -> None:
    prompt = 'a door slams; she says: "Hello."'
    sound = heard((prompt, 2), (prompt, 3))
    assert len(sound.effects) == 1
    assert len(sound.dialogue) == 1


def test_silence_of_one_shot_does_not_silence_the_others() -> None:
    sound, notes = joined(readings(("silent", 2), ("ocean waves", 2)))
    assert not sound.silent
    assert notes == ("shot 1: silence was asked for, and the sound of the other shots goes on.",)
    assert heard(("silent", 2), ("no sound", 2)).silent
