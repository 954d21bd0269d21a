"""Nothing of a prompt is dropped in silence: what is not read is reported."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photoplay.direction import read
from photoplay.direction.lexicon_world import SETS
from photoplay.direction.plan import CameraMove, Cue, Plan
from photoplay.direction.text import VERBS, lemma
from photoplay.direction.words import ACTIONS, STATES

REPORTED = [
    # a bare verb after a plural
    ("petals fall", "petals fall"),
    ("the eyes blink", "the eyes blink"),
    ("dolphins jump", "dolphins jump"),
    ("birds fly across the sky", "birds fly across the sky"),
    ("cars pass by", "cars pass by"),
    ("the wheels turn", "the wheels turn"),
    ("people walk by", "people walk by"),
    ("the birds slowly take off", "the birds slowly take off"),
    ("her hands shake", "her hands shake"),  # "a handshake" is none
    # a bare verb after what is made or seen to do it
    ("make the eyes blink and the mouth smile", "make the eyes blink"),
    ("make the eyes blink and the mouth smile", "the mouth smile"),
    ("let the old dog jump", "let the old dog jump"),
    ("make her smile", "make her smile"),
    ("we see a man walk away", "we see a man walk away"),
    ("make the woman in the hat lean back", "make the woman in the hat lean back"),
    # a person goes on
    ("she smiles and waves", "waves"),
    ('she says "hi" and waves', "waves"),
    ("she waves, birdsong", "she waves"),
    ("she smiles, nods and waves", "nods"),
    ("the narrator speaks", "the narrator speaks"),
    # events, writing, length
    ("explosion in the background", "explosion in the background"),
    ('add text "SALE"', 'add text "SALE"'),
    ('the subtitle says "Hi"', 'subtitle says "Hi"'),
    ("make it 10 seconds long", "make it 10 seconds long"),
    ("a 10-second clip, push in", "10-second clip"),
    ("flash a smile", "flash a smile"),
    # an action as a noun
    ("slow push in with a smile", "a smile"),
    ("she stands with a wide smile", "she stands with a wide smile"),
    ("slow-mo hair flip, beauty light", "hair flip"),
    ("smile", "smile"),
    # a state that is to change, as an order
    ("look up at the tower", "look up at the tower"),
    ("sit down", "sit down"),
    # an action beside a style
    ("she jumps in slow motion", "she jumps"),
    ("she jumps in slow motion", "slow motion"),
    # what has no weight does not sway
    ("shadows dance on the wall", "shadows dance on the wall"),
    ("stars twinkle", "stars twinkle"),
    # styles
    ("timelapse of clouds from left to right", "timelapse of clouds from left to right"),
    ("slow-mo hair flip, beauty light", "slow-mo"),
    ("slow-mo hair flip, beauty light", "beauty light"),
    ("low angle", "low angle"),
    ("dust & scratches", "dust & scratches"),
    ("black & white", "black & white"),
    ("confetti", "confetti"),
    ("dark mood", "dark mood"),
    ("make the car drive away", "make the car drive away"),
]


@pytest.mark.parametrize(("prompt", "phrase"), REPORTED)
def test_what_is_not_read_is_reported(prompt: str, phrase: str) -> None:
    assert phrase in read(prompt).not_understood


@pytest.mark.parametrize(
    "prompt",
    [
        "a close up of hands",
        "push in on her gentle smile",
        "a flip phone on the table",
        "look at the camera",
        "8k, epic, cinematic, masterpiece",
        "jib down from sky to street level",
        "flowers close-up",
        "she wears light jeans",
        "he holds open books",
        "the camera follows race cars",
        "make a short race film",
        "make the camera push in",
        "make it rain",
        "make this photo come alive",
        "bring the picture to life",
        "let the petals blow in the wind",
        "a 5 second shot of a vase, push in",
        "a 3-8 second clip, push in",
        'she says in a low and rather soft voice that carries far: "Hi there."',
    ],
)
def test_description_and_what_is_read_is_not_reported(prompt: str) -> None:
    assert read(prompt, duration_s=5).not_understood == ()


def test_a_length_is_reported_only_if_the_shot_has_another() -> None:
    assert read("make it 10 seconds long", duration_s=10).not_understood == ()


def cues_of(plan: Plan) -> tuple[object, ...]:
    """Everything that the engine would do, without the words it came from."""
    timed: list[CameraMove | Cue[Any]] = [
        *plan.camera.moves, *plan.motion, *plan.light, *plan.atmosphere, *plan.look,
        *plan.sound.ambience,
    ]  # fmt: skip
    kinds = [(cue.move if isinstance(cue, CameraMove) else cue.kind, cue.amount) for cue in timed]
    sound = plan.sound
    return (kinds, plan.camera.handheld, sound.effects, sound.music, sound.silent)


def is_read_or_reported(before: str, verb: str, after: str = "") -> bool:
    """Whether `verb` changes the plan, or is among what was not understood.

    Or it is among the words of a bed: "birds" are heard, and so are "birds sing".
    """
    plan = read(f"{before} {verb} {after}")
    told = (*plan.not_understood, *(cue.words for cue in plan.sound.ambience))
    return any(verb in words.split() for words in told) or cues_of(plan) != cues_of(read(before))


PLURALS = st.sampled_from(
    [
        "dolphins", "the wheels", "two old men", "people", "birds", "the eyes", "her hands",
        "children", "red cars", "robots", "they", "small boats", "the leaves", "wolves",
        "some kids", "fish",
    ]
)  # fmt: skip
SUBJECTS = st.sampled_from(
    [
        "the dog", "the man", "her mouth", "the old red car", "him", "her", "it",
        "the woman in the hat", "his left hand", "both dogs", "the princess",
    ]
)  # fmt: skip


@given(PLURALS, st.sampled_from(sorted(ACTIONS - STATES)))
def test_every_action_of_a_plural_is_read_or_reported(plural: str, verb: str) -> None:
    """A sentence in the plural has no ending that would tell its verb from a noun."""
    assert is_read_or_reported(plural, verb)


@given(st.sampled_from(["make", "let"]), SUBJECTS, st.sampled_from(sorted(ACTIONS)))
def test_every_action_that_is_ordered_is_read_or_reported(
    cause: str, subject: str, verb: str
) -> None:
    """Also what is mere description elsewhere: "make her lean"."""
    assert is_read_or_reported(f"{cause} {subject}", verb)


@given(st.sampled_from(sorted(ACTIONS)))
def test_every_action_that_a_person_goes_on_with_is_read_or_reported(verb: str) -> None:
    third = next(
        form for form in (f"{verb}s", f"{verb}es", f"{verb[:-1]}ies") if lemma(form) == verb
    )
    if verb not in STATES:
        assert is_read_or_reported("she stands up and", third, "it")


MOVING = ("blow", "stir", "flow", "break", "rise", "drift", "float", "flicker")


@pytest.mark.parametrize("name", MOVING)
def test_every_verb_of_the_tables_is_known_in_all_its_forms(name: str) -> None:
    """Else "a babbling brook" is read as little as "a blue brook"."""
    assert set(SETS[name].split()) - {"moving"} <= VERBS
