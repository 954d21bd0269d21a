"""A brief becomes a prompt that fits its endpoint, and nothing is lost without a word."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from photoplay import catalogue
from photoplay.catalogue import Endpoint
from photoplay.compose import (
    Brief,
    Composition,
    Reference,
    SpokenLine,
    compose,
    find_style,
)
from photoplay.compose.styles import style_of
from photoplay.errors import InvalidPrompt, InvalidRequest, NotFound

V3 = "fal-ai/kling-video/v3/pro/image-to-video"
O3 = "fal-ai/kling-video/o3/pro/image-to-video"
TURBO = "fal-ai/kling-video/v3/turbo/pro/image-to-video"
VEO = "fal-ai/veo3.1/image-to-video"
SORA = "fal-ai/sora-2/image-to-video"
SEEDANCE = "bytedance/seedance-2.0/reference-to-video"
RUNWAY = "fal-ai/runway-gen4-turbo/image-to-video"
PIKA = "fal-ai/pika/v2.2/image-to-video"
WAN = "fal-ai/wan-25-preview/image-to-video"
ROWS = list(catalogue.load().endpoints.values())
URL = "https://films.example.com/photo.jpg"

BRIEF = Brief(
    character="A woman in a red raincoat.",
    action="She opens an umbrella. She smiles.",
    audio="Rain on the umbrella.",
    product="The umbrella is black.",
    camera="Slow push in. Then hold.",
    lighting="Golden hour.",
    realism="Natural skin.",
    continuity="The coat stays red.",
    dialogue=(SpokenLine(speaker="the woman", manner="softly", line="Finally, rain."),),
)


def row(endpoint_id: str) -> Endpoint:
    return catalogue.load().find(endpoint_id)


def composed(brief: Brief = BRIEF, endpoint_id: str = V3, **options: Any) -> Composition:
    return compose(brief, row(endpoint_id), image=URL, **options)


def prompt(brief: Brief = BRIEF, endpoint_id: str = V3, **options: Any) -> str:
    return composed(brief, endpoint_id, **options).prompts[0].text


# The wording of each family

WORDED = {
    V3: "Camera: Slow push in. Then hold. A woman in a red raincoat. She opens an umbrella. "
    "She smiles. The umbrella is black. Golden hour. Sound: Rain on the umbrella. "
    'The woman says softly: "Finally, rain." Each person has exactly two arms, two hands, five '
    "fingers on each hand. Natural skin. The coat stays red.",
    VEO: "Slow push in. Then hold.\nA woman in a red raincoat.\n"
    "She opens an umbrella. She smiles.\n"
    "The umbrella is black.\nGolden hour.\nNatural skin.\nThe coat stays red.\nEach person has "
    "exactly two arms, two hands, five fingers on each hand.\nAudio: Rain on the umbrella.\n"
    "The woman, softly, says: Finally, rain.",
    SORA: "A woman in a red raincoat.\nThe umbrella is black.\nNatural skin.\nThe coat stays red.\n"
    "Each person has exactly two arms, two hands, five fingers on each hand.\n"
    "Camera: Slow push in. Then hold.\nLighting: Golden hour.\n"
    "Action: She opens an umbrella. She smiles.\nBackground sound: Rain on the umbrella.\n"
    'The woman says softly: "Finally, rain."',
    RUNWAY: "Slow push in. Then hold. A woman in a red raincoat. She opens an umbrella. "
    "She smiles. Golden hour. The umbrella is black. Each person has exactly two arms, two hands, "
    "five fingers on each hand. Natural skin. The coat stays red.",
}


@pytest.mark.parametrize("endpoint_id", WORDED)
def test_a_family_is_told_in_its_own_way(endpoint_id: str) -> None:
    assert prompt(endpoint_id=endpoint_id) == WORDED[endpoint_id]


def test_every_family_of_the_catalogue_has_a_style_of_its_own() -> None:
    assert {each.family for each in ROWS} == {style_of(each.family).name for each in ROWS}


def test_a_style_can_be_chosen_by_name_and_a_wrong_name_offers_a_near_one() -> None:
    assert prompt(style=find_style("sora")) == WORDED[SORA]
    with pytest.raises(NotFound, match="Try 'Sora'"):
        find_style("sorra")


def test_a_text_that_begins_with_its_label_gets_no_second_one() -> None:
    said = prompt(replace(BRIEF, camera="Camera holds still."))
    assert said.startswith("Camera holds still. A woman")


def test_references_are_called_by_their_tokens_unless_the_brief_does_so() -> None:
    pictures = (Reference(image=URL, shows="the woman."), Reference(image=URL, shows="the coat"))
    brief = replace(BRIEF, references=pictures)
    done = composed(brief, SEEDANCE)
    assert done.prompts[0].text.startswith("@Image1 is the woman. @Image2 is the coat. A woman")
    assert done.arguments["image_urls"] == [URL, URL]
    assert "@Image2" not in prompt(replace(brief, action="@Image1 walks in."), SEEDANCE)


def test_references_without_a_field_are_reported() -> None:
    brief = replace(BRIEF, references=(Reference(image=URL, shows="the woman"),))
    (left, *_) = composed(brief, PIKA).left_out
    assert (left.where, left.text) == ("references", f'the woman: "{URL}"')
    assert left.reason == f"{PIKA} takes no references"


def test_no_token_is_written_for_a_picture_that_is_not_sent() -> None:
    pictures = tuple(Reference(image=URL, shows=f"thing {number}") for number in range(12))
    brief = replace(BRIEF, references=pictures)
    assert "@Image" not in prompt(brief, V3)
    done = composed(brief, SEEDANCE)
    assert len(done.arguments["image_urls"]) == 9
    assert "@Image9 is thing 8." in done.prompts[0].text
    assert "@Image10" not in done.prompts[0].text
    left = [one.reason for one in done.left_out if one.where == "references"]
    assert left == [f"{SEEDANCE} takes at most 9 references"] * 3


# What has no room


def test_sentences_are_left_out_from_the_lowest_tier_up_and_the_last_first() -> None:
    """As the room shrinks, parts go in one order, each of them whole."""
    whole = len(prompt())
    assert composed(aim_chars=whole).left_out == ()
    gone: list[str] = []
    for aim in range(whole, 0, -1):
        left = [one.text for one in composed(aim_chars=aim).left_out]
        assert len(left) >= len(gone)
        gone += [text for text in left if text not in gone]
    assert gone == [
        "The coat stays red.",
        "Natural skin.",
        "exactly two arms, two hands, five fingers on each hand",
        "Golden hour.",
        "The umbrella is black.",
        "Then hold.",
        "Slow push in.",
    ]


def test_what_is_left_out_is_reported_with_the_reason() -> None:
    brief = replace(BRIEF, lighting="Light everywhere. " * 90)
    done = composed(brief)
    assert done.prompts[0].length <= 1500
    assert {one.where for one in done.left_out} == {"lighting", "people", "realism", "continuity"}
    assert done.left_out[0].reason == (
        "no room: the prompt aims at 1,500 of the 2,500 characters that it may have"
    )
    (other,) = {one.reason for one in composed(brief, WAN).left_out}
    assert other == "no room: the prompt takes at most 800 characters"


def test_tier_1_may_be_longer_than_the_aim_and_is_said_to_be() -> None:
    done = composed(replace(BRIEF, action="She walks on and on. " * 80))
    assert 1500 < done.prompts[0].length <= 2500
    assert {part.tier for part in done.used if part.item != "avoidance"} == {1}
    assert any("of tier 1 alone; about 1,500 work best" in note for note in done.notes)


@pytest.mark.parametrize("excess", [1, 7, 4000])
def test_tier_1_that_does_not_fit_is_refused_with_the_number_to_shorten_by(excess: int) -> None:
    brief = Brief(character="A dog.", action="a.", audio="b.")
    room = 2500 - len(prompt(brief)) + len("a.")
    with pytest.raises(InvalidPrompt, match=f"by {excess:,} characters"):
        composed(replace(brief, action="x" * (room + excess - 1) + "."))
    assert composed(replace(brief, action="x" * (room - 1) + ".")).prompts[0].length == 2500


def test_runway_is_counted_in_utf_16_units() -> None:
    """An emoji is one character and two units: 499 of them and a full stop fit, 500 do not."""
    brief = Brief(character="A.", action="😀" * 498 + ".", silent=True)
    done = composed(brief, RUNWAY)
    assert done.prompts[0].length == len("A. ") + 2 * 498 + 1 == 1000
    with pytest.raises(InvalidPrompt, match="by 2 UTF-16 units"):
        composed(replace(brief, action="😀" * 499 + "."), RUNWAY)


def test_an_aim_below_one_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="1 or more"):
        composed(aim_chars=0)


# What is not wanted


def test_the_negative_prompt_is_merged_without_duplicates_the_briefs_own_first() -> None:
    done = composed(replace(BRIEF, avoidance=("Text, no blur", "text; camera shake.")))
    assert done.arguments["negative_prompt"] == (
        "Text, blur, camera shake, distort, low quality, cartoon, 3D render, extra fingers"
    )
    assert "cartoon" not in done.prompts[0].text


def test_the_default_of_the_endpoint_is_kept() -> None:
    negative = composed(BRIEF, "fal-ai/pika/v2.2/text-to-video").arguments["negative_prompt"]
    assert negative.endswith("extra fingers, ugly, bad, terrible")


def test_o3_says_what_to_avoid_at_the_end_of_the_prompt() -> None:
    done = composed(replace(BRIEF, avoidance=("text",)), O3)
    assert done.prompts[0].text.endswith(
        "The coat stays red.\n"
        "AVOID: text, blur, distort, low quality, cartoon, 3D render, extra fingers"
    )
    assert "negative_prompt" not in done.arguments


def test_what_is_avoided_last_has_no_room_first() -> None:
    done = composed(BRIEF, O3, aim_chars=len(prompt(endpoint_id=O3)) - 1)
    assert [one.text for one in done.left_out] == ["extra fingers"]
    assert done.prompts[0].text.endswith("cartoon, 3D render")


def test_a_negative_prompt_keeps_to_its_own_limit() -> None:
    things = tuple(f"thing number {number}" for number in range(60))
    done = composed(replace(BRIEF, avoidance=things), WAN)
    assert 480 < len(done.arguments["negative_prompt"]) <= 500
    left = [one.text for one in done.left_out if one.where == "avoidance"]
    kept = done.arguments["negative_prompt"].split(", ")
    assert {*left, *kept} >= set(things)
    assert not {*left} & {*kept}


def test_an_endpoint_without_a_place_for_it_reports_what_it_does_not_avoid() -> None:
    done = composed(replace(BRIEF, avoidance=("text",)), TURBO)
    assert [(one.text, one.reason) for one in done.left_out] == [
        ("text", f"{TURBO} has no negative prompt")
    ]


def test_seedance_is_told_in_a_sentence() -> None:
    said = prompt(replace(BRIEF, avoidance=("text", "logos")), SEEDANCE)
    assert said.endswith("The coat stays red. Avoid text, logos.")


CLASHES = {
    "cartoon": ("A cartoon fox.", True),
    "blur": ("A blurred background.", True),
    "extra fingers": ("One extra finger.", True),
    "3D render": ("A 3d render of a shoe.", True),
    "car": ("A scarf on a carpet.", False),
    "text": ("A wall without any text.", False),
    "distort": ("It is never distorted.", False),
    "C++": ("A book about C++.", True),
}


@pytest.mark.parametrize("avoided", CLASHES)
def test_a_clash_is_reported_and_not_sent(avoided: str) -> None:
    sentence, clashes = CLASHES[avoided]
    done = composed(replace(BRIEF, realism=sentence, avoidance=(avoided,)))
    sent = avoided in done.arguments["negative_prompt"].split(", ")
    assert sent is not clashes
    assert any(note.startswith(f'"{avoided}" is not avoided') for note in done.notes) is clashes
    assert any(one.text == avoided for one in done.left_out) is clashes


def test_a_sentence_that_only_avoids_what_is_avoided_is_not_repeated() -> None:
    done = composed(replace(BRIEF, realism="No blur, no cartoon. Natural skin."))
    assert "blur" not in done.prompts[0].text
    assert [(one.text, one.reason) for one in done.left_out] == [
        ("No blur, no cartoon.", "it is avoided already")
    ]


# People


@pytest.mark.parametrize(
    ("character", "guarded"),
    [
        ("A woman at a desk.", True),
        ("Two astronauts.", True),
        ("Hands that knead dough.", True),
        ("A red running shoe.", False),
        ("An empty street with no people.", False),
        ("A manor house.", False),
    ],
)
def test_limbs_are_guarded_where_people_are_in_view(character: str, guarded: bool) -> None:
    brief = Brief(character=character, action="The light changes.", audio="Wind.")
    sentence = "Each person has exactly two arms, two hands, five fingers on each hand."
    assert (sentence in prompt(brief)) is guarded
    assert sentence in prompt(replace(brief, people=True))
    assert sentence not in prompt(replace(brief, people=False))


def test_a_speaker_who_is_seen_is_a_person_and_a_voice_over_is_none() -> None:
    brief = Brief(character="A shoe.", action="It turns.", audio="Wind.")
    line = SpokenLine(line="Made to run.", speaker="Maya")
    assert "two arms" in prompt(replace(brief, dialogue=(line,)))
    over = replace(line, speaker="", voice_over=True)
    assert "two arms" not in prompt(replace(brief, dialogue=(over,)))


def test_hands_that_are_to_be_avoided_are_not_counted() -> None:
    done = composed(replace(BRIEF, avoidance=("hands",)))
    assert "two hands" not in done.prompts[0].text
    assert done.arguments["negative_prompt"].startswith("hands, ")


def test_a_line_may_name_what_the_picture_avoids() -> None:
    done = composed(replace(BRIEF, audio="Wind.", avoidance=("rain",)))
    assert 'Finally, rain."' in done.prompts[0].text
    assert done.arguments["negative_prompt"].startswith("rain, ")


def test_the_guard_is_not_said_twice() -> None:
    said = prompt(replace(BRIEF, realism="Hands have five fingers each."))
    assert said.count("five fingers") == 1
