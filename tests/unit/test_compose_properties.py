"""What holds for every brief and every endpoint, however strange the brief."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from photoplay import catalogue
from photoplay.catalogue import Endpoint, Role
from photoplay.compose import (
    Brief,
    BriefShot,
    Composition,
    SpokenLine,
    compose,
)
from photoplay.compose.avoidance import avoided_items
from photoplay.compose.sentences import one_line, sentences
from photoplay.compose.structure import as_words, has_structure
from photoplay.dialects.fal.body import read_body
from photoplay.direction.refusals import split_negative_tail
from photoplay.errors import PhotoplayError

ENDPOINTS = [
    each for each in catalogue.load().endpoints.values() if each.find(Role.PROMPT) is not None
]
V3 = catalogue.load().find("fal-ai/kling-video/v3/pro/image-to-video")
URL = "https://films.example.com/photo.jpg"

TEXT = r"""
she walks slowly over the wet bridge, while rain falls; Dr. Ito waves. (Then stops. Again.)
"No. Never," he says! AVOID: Negative prompt: exclude : shot 2, 5, Shot 1 (0-3 s): [00:03-00:05]
{line} {} 3D blur 😀 雨が降る。 … ? e.g. f/2.8 camera: says: @Image1 <<<voice_1>>> \ “ ” :
"""
WORDS = st.sampled_from([*TEXT.split(), "\n", "\t", ""])
PROSE = st.lists(WORDS, max_size=30).map(" ".join)
SAID = PROSE.filter(lambda text: bool(sentences(as_words(one_line(text)))))
SECONDS = st.none() | st.integers(1, 6)


def spoken() -> st.SearchStrategy[tuple[SpokenLine, ...]]:
    def line(said: str, speaker: str, manner: str) -> SpokenLine:
        return SpokenLine(line=said, speaker=speaker, manner=manner)

    names = st.sampled_from(["Maya", "the old man", "AVOID", "Shot 1", 'He "x"'])
    manners = st.sampled_from(["", "softly", "avoid:", "in a low voice"])
    return st.lists(st.builds(line, SAID, names, manners), max_size=3).map(tuple)


SHOTS = st.lists(
    st.builds(
        BriefShot,
        action=SAID,
        audio=PROSE,
        camera=PROSE,
        lighting=PROSE,
        dialogue=spoken(),
        duration_s=SECONDS,
    ),
    max_size=4,
).map(tuple)


@st.composite
def briefs(draw: st.DrawFn) -> Brief:
    shots = draw(st.just(()) | SHOTS)
    return Brief(
        character=draw(SAID),
        action=draw(SAID),
        audio=draw(SAID),
        product=draw(PROSE),
        camera=draw(PROSE),
        lighting=draw(PROSE),
        realism=draw(PROSE),
        continuity=draw(PROSE),
        avoidance=tuple(draw(st.lists(PROSE, max_size=3))),
        dialogue=() if shots else draw(spoken()),
        shots=shots,
        people=draw(st.none() | st.booleans()),
    )


def composed(brief: Brief, endpoint: Endpoint, **options: Any) -> Composition:
    """The composition; the example is passed over where the endpoint cannot take the brief."""
    try:
        return compose(brief, endpoint, image=URL, **options)
    except PhotoplayError:
        assume(False)
        raise


many = settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)
CASES = {"brief": briefs(), "endpoint": st.sampled_from(ENDPOINTS)}


@many
@given(**CASES, aim=st.none() | st.integers(1, 3000))
def test_a_prompt_is_never_over_its_cap_and_never_ends_mid_sentence(
    brief: Brief, endpoint: Endpoint, aim: int | None
) -> None:
    done = composed(brief, endpoint, aim_chars=aim)
    field = endpoint.find(Role.PROMPT)
    assert field is not None
    for one in done.prompts:
        assert one.length <= one.most <= (field.max_length or 2500)
        body = one.text.split("\nAVOID: ")[0]
        assert re.search(r"[.!?…。！？][\"”»’)\]」』）]*$", body), body
        assert one.length == len(one.text) or one.units != "characters"


@many
@given(**CASES)
def test_every_sentence_of_tier_1_is_in_a_prompt(brief: Brief, endpoint: Endpoint) -> None:
    done = composed(brief, endpoint)
    silent = not endpoint.has_audio and endpoint.find(Role.AUDIO) is None
    said = "\n".join(one.text for one in done.prompts)
    texts = [brief.character, brief.action, *(shot.action for shot in brief.shots)]
    texts += [] if silent or brief.shots else [brief.audio]
    texts += [] if silent else [shot.audio for shot in brief.shots]
    for text in texts:
        for sentence in sentences(as_words(one_line(text))):
            assert sentence in said


@many
@given(**CASES, aim=st.integers(1, 600))
def test_what_is_used_and_what_is_left_out_are_all_of_the_brief(
    brief: Brief, endpoint: Endpoint, aim: int
) -> None:
    done = composed(brief, endpoint, aim_chars=aim)
    accounted = {part.text for part in done.used} | {one.text for one in done.left_out}
    for where, text in brief.texts():
        if "dialogue" in where:
            continue
        parts = (
            avoided_items([text]) if where == "avoidance" else sentences(as_words(one_line(text)))
        )
        known = {one.lower() for one in accounted}
        assert {one.lower() for one in parts} <= known, where
    lines = [*brief.dialogue, *(line for shot in brief.shots for line in shot.dialogue)]
    found = [part for part in done.used if part.item == "dialogue"]
    left = [one for one in done.left_out if one.where.endswith("dialogue")]
    assert len(found) + len(left) == len(lines)


@many
@given(**CASES)
def test_composing_is_deterministic(brief: Brief, endpoint: Endpoint) -> None:
    assert composed(brief, endpoint) == composed(brief, endpoint)


@many
@given(**CASES)
def test_no_text_of_a_brief_becomes_structure(brief: Brief, endpoint: Endpoint) -> None:
    """The reader of requests parts prompts only where the composer meant, and rewrites none."""
    done = composed(brief, endpoint)
    for one in done.prompts:
        tail = split_negative_tail(one.text)[1].strip()
        own = one.text.partition("\nAVOID: ")[2] if endpoint.negative_in_prompt else ""
        assert tail == own
        assert "\n" not in own
    missing = [
        each for each in endpoint.fields if each.required and each.name not in done.arguments
    ]
    if not missing:
        assert read_body(endpoint, done.arguments).rewrites == ()


@many
@given(text=st.text(max_size=300) | PROSE)
def test_words_without_structure_stay_so(text: str) -> None:
    once = as_words(one_line(text))
    assert not has_structure(once)
    assert split_negative_tail(once)[1] == ""


@many
@given(text=st.text(alphabet=st.sampled_from('ab A."”()!? \n雨。…'), max_size=80) | PROSE)
def test_sentences_are_the_text_and_are_stable(text: str) -> None:
    """Nothing but space and marks is lost, and a sentence is a sentence of itself."""
    found = sentences(text)
    letters = re.compile(r"[^\w\"“”()]")
    assert letters.sub("", "".join(found)) == letters.sub("", one_line(text)) or not found
    for one in found:
        assert one_line(one) == one


@many
@given(
    things=st.lists(
        PROSE | st.sampled_from(["blur", "No blur", "BLUR, text and logos"]), max_size=5
    )
)
def test_things_to_avoid_are_each_named_once(things: list[str]) -> None:
    once = avoided_items(things)
    assert len({one.lower() for one in once}) == len(once)
    assert avoided_items([", ".join(once)]) == once
