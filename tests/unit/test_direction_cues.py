"""When cues happen, what a subject at rest and a wind do, and which prompts are not English."""

import pytest

from photoplay.direction import read
from photoplay.direction.plan import Move


def test_a_cue_after_then_begins_later_and_lasts() -> None:
    (rain,) = read("the camera pushes in, then it starts to rain").atmosphere
    assert (rain.start, rain.end) == (0.5, 1.0)


def test_a_cue_in_a_new_sentence_lasts_the_whole_shot() -> None:
    (birds,) = read("The camera pans left, then tilts up. Birdsong.").sound.ambience
    assert (birds.start, birds.end) == (0.0, 1.0)


WHOLE_SHOT = [
    "crane up, then pan right; clouds drift, birdsong",
    "crane up, then pan right. Clouds drift, birdsong",
    "crane up, then pan right; and clouds drift while birds sing",
    "push in, at 3 seconds pan left; clouds drift, birdsong",
    "push in, at 3 seconds pan left. Clouds drift, birdsong",
]


@pytest.mark.parametrize("prompt", WHOLE_SHOT)
def test_a_semicolon_or_full_stop_ends_a_sequence_for_cues(prompt: str) -> None:
    plan = read(prompt)
    (clouds,), (birds,) = plan.motion, plan.sound.ambience
    assert [(clouds.start, clouds.end), (birds.start, birds.end)] == [(0, 1), (0, 1)]


@pytest.mark.parametrize(
    ("prompt", "start"),
    [
        ("crane up, then pan right, rain", 0.5),  # a comma goes on
        ("crane up, then pan right; then rain", 2 / 3),  # its own "then"
        ("crane up; at 4 seconds rain", 0.8),  # its own time
        ("0-2s: crane up. 2-5s: pan right; rain", 0.4),  # a range holds until the next
    ],
)
def test_a_cue_in_a_sequence_begins_with_its_step(prompt: str, start: float) -> None:
    (rain,) = read(prompt, duration_s=5).atmosphere
    assert rain.start == pytest.approx(start, abs=1e-3)


CUE_SPANS = [
    ("at 2 seconds, camera flash", (0.4, 1.0)),
    ("camera flash at 2 seconds", (0.4, 1.0)),
    ("flash at 2 seconds, push in", (0.4, 1.0)),
    ("push in, camera flash at 2 seconds", (0.4, 1.0)),
    ("sunset to night at 5 seconds", (0.75, 1.0)),  # the shot ends there: its last quarter
    ("sunset to night for 2 seconds", (0.0, 0.4)),
]


@pytest.mark.parametrize(("prompt", "span"), CUE_SPANS)
def test_a_time_beside_a_cue_is_the_cues(prompt: str, span: tuple[float, float]) -> None:
    (light,) = read(prompt, duration_s=5).light
    assert (light.start, light.end) == pytest.approx(span)


def test_a_time_after_a_cue_does_not_cut_the_camera_short() -> None:
    (push,) = read("push in, camera flash at 2 seconds").camera.moves
    assert (push.start, push.end) == (0, 1)


@pytest.mark.parametrize(
    "prompt",
    [
        "a woman, don't move the subject",
        "do not animate the subject, a man on a bench",
        "the man stays still, pan left",
        "keep her still, pan left",
        "she does not move",
        "a boy, no subject motion",
    ],
)
def test_a_subject_that_is_to_rest_does_not_even_breathe(prompt: str) -> None:
    assert read(prompt).motion == ()


def test_the_camera_still_moves_around_a_subject_at_rest() -> None:
    (move,) = read("Subtle parallax, don't move the subject").camera.moves
    assert (move.move, move.amount) == (Move.TRUCK_RIGHT, 0.3)


WIND = [
    ("a woman, wind", "hair"),
    ("long hair, wind machine", "hair"),
    ("a flag, wind", "cloth"),
    ("a meadow, wind", "foliage"),
]


@pytest.mark.parametrize(("prompt", "kind"), WIND)
def test_a_wind_moves_what_the_prompt_names(prompt: str, kind: str) -> None:
    assert kind in {cue.kind.value for cue in read(prompt).motion}


ENGLISH_ONLY = "Only English direction is understood"


@pytest.mark.parametrize(
    "prompt",
    [
        "le vent souffle dans ses cheveux",
        "kamera fährt langsam nach links, Regen",
        "una mujer sonríe en la playa",
        "una donna cammina sulla spiaggia",
        "een vrouw loopt door het bos",
        "девушка улыбается",
        "猫",
        "zoom avant, le vent souffle",
    ],
)
def test_a_prompt_that_is_mostly_not_english_has_a_note(prompt: str) -> None:
    assert any(note.startswith(ENGLISH_ONLY) for note in read(prompt).notes)


@pytest.mark.parametrize(
    "prompt",
    [
        "café terrace in São Paulo, slow push in",
        "Björk singing",
        "El Capitan at dusk",
        "LA skyline",
        "red van",
        "a vase of tulips",
        'push in, she says: "Le vent souffle dans ses cheveux."',
        "123!",
    ],
)
def test_a_foreign_name_or_line_makes_no_prompt_foreign(prompt: str) -> None:
    assert not any(note.startswith(ENGLISH_ONLY) for note in read(prompt).notes)


@pytest.mark.parametrize(
    "prompt",
    [
        "seamless loop, snow falls",
        "orbit left, looping video",
        "perfect loop of the spinning product",
        "push in, loopable",
        "loop seamlessly, lofi music",
        "cinemagraph, steam rises",
    ],
)
def test_a_prompt_that_asks_for_a_loop_gets_one_and_is_told(prompt: str) -> None:
    plan = read(prompt)
    assert plan.loop
    assert any("the end of the clip meets its beginning" in note for note in plan.notes)
    assert plan.not_understood == ()


@pytest.mark.parametrize(
    "prompt",
    ["push in", "no loop, push in", "she loops a scarf around her neck", "a bus loops around town"],
)
def test_other_loops_are_none(prompt: str) -> None:
    assert not read(prompt).loop
