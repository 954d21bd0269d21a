"""The word list: what it refuses, and above all what it lets pass."""

from __future__ import annotations

import re
import time
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photoplay.config import read_settings
from photoplay.errors import ContentRefused
from photoplay.moderation import AllowAll, WordList, open_policy, refuse_content

ROOT = Path(__file__).parents[2]
DOCUMENT: dict[str, Any] = tomllib.loads((files("photoplay") / "moderation.toml").read_text())
WORDS = WordList.built_in()


def category(*texts: str) -> str | None:
    found = WORDS.check(texts)
    return None if found is None else found.category


INNOCENT = [
    # the trade's own words
    "shoot a portrait of a man in a blue suit",
    "close-up head shot, she looks into the camera",
    "wide shot of her in the back seat",
    "shot on an iPhone, vertical, UGC style",
    "handheld iPhone footage of the unboxing",
    "cut to black, then a hard cut on the beat",
    "the shot hangs for a second, then whip pan",
    "final execution of the trick, flawless execution",
    "campaign video for our summer campaign",
    "a killer product on a marble table, orbit right",
    "she kills it on the dance floor, killing the look",
    "kill the lights, then neon flicker",
    "blow out the candles, blown highlights",
    "the bride strips petals from a rose",
    # colours, food, plants, animals
    "blood orange cut in half, juice drips",
    "blood moon over the sea",
    "a woman with nude lipstick and nude heels",
    "naked cake with berries, visible to the naked eye",
    "rape field in bloom, oilseed rape under a blue sky",
    "cavalier king charles spaniel on a sofa",
    "a murder of crows takes off",
    "corpse flower opens in time-lapse",
    "dead leaves fall, a dead tree on a hill",
    "chicken breast sizzles in the pan",
    "a cocktail called sex on the beach, condensation",
    # people and places
    "party guests dance, birthday party, election of the pet of the month",
    "rally car drifts through gravel",
    "a crucifix on a chain, old church",
    "Madonna and Child, oil painting, slow push in",
    "Mercedes walks her dog through the park",
    "Tim, cook of the house, plates the dish",
    "vote for your favourite flavour",
    "grandpa's old Apple tree in the garden",
    "a trumpet player, a trump card on the table",
    "Essex countryside, Scunthorpe steelworks, a classic assassin's cloak",
    "therapist's office, calm light, analysis on a screen",
    "a fork stabs the potato, a stab of light",
    "a swift bird over the river, taylor swiftly sewing",
    "wire stripper on a workbench, paint stripper in a can",
    "superman pose of a toddler in pyjamas",
    "same sex wedding, confetti in slow motion",
    "Gregory opens the door",
    # ruled out
    "a quiet forest, no blood",
    "a knight after battle, without blood, gore or severed limbs, mist",
    "avoid nudity",
    "neither rain nor gore, zero nudity",
    "portrait of a dancer, not naked",
    "a calm sea. AVOID: gore, nudity, brand logos, Nike",
    "slow push in\nNegative prompt: blood-soaked, corpse",
    # not words
    "",
    "5s 4k 24fps f/1.8 35mm 50/50 16:9 #1 $100 @home",
    "🎬🔥 —— …",
]


@pytest.mark.parametrize("text", INNOCENT)
def test_innocent_directions_pass(text: str) -> None:
    assert WORDS.check([text]) is None


def test_every_prompt_of_the_documentation_passes() -> None:
    names = ["README.md", "docs/quick-start.md", "docs/how-to.md", "docs/reference.md"]
    pages = [ROOT / name for name in names]
    examples = {
        example
        for page in pages
        for example in re.findall(r"[`\"]([^`\"\n]{3,})[`\"]", page.read_text("utf-8"))
    }
    assert len(examples) > 300
    assert {example: found.words for example in examples if (found := WORDS.check([example]))} == {}


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        ("likeness", "Donald Trump waves from a balcony"),
        ("likeness", "a deep-fake of my neighbour"),
        ("likeness", "Beyoncé sings on a roof"),
        ("likeness", "Elon Musk's rocket"),
        ("political", "a political attack ad against the mayor"),
        ("political", "crowd at a campaign rally, flags"),
        ("political", "Make America great again banner"),
        ("hateful", "soldiers under a swastika"),
        ("graphic", "zombies, gore everywhere"),
        ("graphic", "his face is covered in blood"),
        ("graphic", "a blood-soaked shirt"),
        ("graphic", "she kills the man with a knife"),
        ("graphic", "he is beheaded"),
        ("graphic", "he shoots him in the head"),
        ("sexual", "a naked woman on a bed"),
        ("sexual", "explicit sex scene"),
        ("brand", "a can of Coca-Cola, cold drops"),
        ("brand", "Spider-Man swings between towers"),
        ("brand", "a McDonald's restaurant"),
    ],
)
def test_each_category_is_found(expected: str, text: str) -> None:
    assert category(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "GORE",
        "g0re",
        "g.o.r.e",
        "g o r e",
        "goooore",
        "𝐠𝐨𝐫𝐞",
        "ｇｏｒｅ",
        "gоre",  # the second letter is Cyrillic
        "go\u200bre",
        "gòré",
        "$wastika",
        "n4z1",
        "d3c4pit4ted",
        "bl00d soaked",
        "a pool of bloooood",
    ],
)
def test_simple_disguises_are_seen_through(text: str) -> None:
    assert category(f"a street with {text} at night") in {"graphic", "hateful"}


@pytest.mark.parametrize(
    "text",
    [
        "no cars, Donald Trump speaks",  # the comma ends what is ruled out
        "no blood or cars, Donald Trump speaks",
        "not only naked but proud",
        "no rain. gore everywhere",
        "no one is here except for a corpse",
    ],
)
def test_ruling_out_one_thing_does_not_let_another_pass(text: str) -> None:
    assert category(text) is not None


def test_a_phrase_does_not_reach_across_a_comma_or_a_sentence() -> None:
    assert category("Will, smith of the village, hammers") is None
    assert category("He met Will. Smith was late") is None
    assert category("will smith") == "likeness"


def test_all_texts_are_looked_at_and_all_words_of_the_category_named() -> None:
    found = WORDS.check(["a calm sea", "Gore, and a severed hand!", "gore again"])
    assert found is not None
    assert found.words == ("Gore", "severed hand", "gore")
    found = WORDS.check(["Donald Trump, donald-trump"])
    assert found is not None
    assert found.words == ("Donald Trump", "donald-trump"), "the longest, and not its parts again"


def test_the_refusal_says_category_words_and_what_to_change() -> None:
    with pytest.raises(ContentRefused) as refused:
        refuse_content(WORDS, ["Brad Pitt drinks coffee"])
    error = refused.value
    assert (error.http_status, error.fal_type) == (422, "content_policy_violation")
    assert error.limits == {"category": "likeness", "words": ["Brad Pitt"]}
    assert '"Brad Pitt"' in error.given
    assert "real person" in error.given
    assert "Describe how the person looks" in error.fix


def test_it_is_off_unless_a_setting_says_so(tmp_path: Path) -> None:
    assert isinstance(open_policy(read_settings(data=tmp_path)), AllowAll)
    refuse_content(open_policy(read_settings(data=tmp_path)), ["gore"])
    with pytest.raises(ContentRefused):
        refuse_content(open_policy(read_settings(data=tmp_path, moderation=True)), ["gore"])


TERMS = [
    (name, term)
    for name, table in DOCUMENT.items()
    if name != "innocent"
    for term in table["terms"]
]


def samples(term: str) -> list[str]:
    """The term with its first choices, and with its last; what is optional is there."""

    def word(written: str, at: int) -> str:
        return written.removesuffix("?").replace("*", "ing").split("|")[at]

    return [" ".join(word(written, at) for written in term.split()) for at in (0, -1)]


@pytest.mark.parametrize(("name", "term"), TERMS, ids=[term for _, term in TERMS])
def test_every_term_is_found_as_it_is_written(name: str, term: str) -> None:
    own = WordList({"innocent": [], name: {**DOCUMENT[name], "terms": [term]}})
    assert all(own.check([f"a {sample} here"]) for sample in samples(term))


@pytest.mark.parametrize("phrase", DOCUMENT["innocent"])
def test_every_innocent_phrase_is_needed(phrase: str) -> None:
    """Without it, something in it would be refused; with it, it passes."""
    strict = WordList({**DOCUMENT, "innocent": []})
    assert all(WORDS.check([sample]) is None for sample in samples(phrase))
    assert any(strict.check([sample]) for sample in samples(phrase))


def test_terms_are_written_plainly() -> None:
    for _, term in TERMS:
        assert re.fullmatch(r"[a-z|?* ]+", term), term
        assert not term.startswith("*"), term
        assert not term.split()[0].endswith("?") or " " in term, term


@given(st.lists(st.text(), max_size=4))
def test_any_text_is_read_without_an_error(texts: list[str]) -> None:
    WORDS.check(texts)


@given(st.text(alphabet="goreGORE0@$!. '-\u200b,no\n", max_size=200))
def test_what_is_found_stands_in_the_text(text: str) -> None:
    found = WORDS.check([text])
    bare = re.sub(r"[\W_\u200b]", "", text)
    assert found is None or all(re.sub(r"[\W_]", "", word) in bare for word in found.words)


@pytest.mark.parametrize(
    "unit",
    [
        "a1!1$",
        "a1! ",
        "no or ",
        "a ",
        "g.",
        "blood ",
        "1",
        "kill a a a ",
        "a1b",
        "\u0301",
        "a\u0301",
    ],
)
def test_hostile_text_takes_no_more_than_a_moment(unit: str) -> None:
    text = (unit * 5000)[:5000]
    began_s = time.process_time()
    WORDS.check([text])
    assert time.process_time() - began_s < 0.6  # measured: under 0.2
