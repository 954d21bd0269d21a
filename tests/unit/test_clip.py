"""What a request may ask for: a ClipRequest that exists is within the rules."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photoplay.clip import (
    ClipRequest,
    Shot,
    SoundOptions,
    Tier,
    Transition,
    parse_aspect,
    parse_tier,
    parse_transition,
)
from photoplay.errors import InvalidPrompt, InvalidRequest
from photoplay.given import MAX_PROMPT_CHARS, check_text


@pytest.mark.parametrize("prompt", ["", " ", "\n\t", "\u3000"])
def test_an_empty_prompt_is_refused(prompt: str) -> None:
    with pytest.raises(InvalidPrompt, match="empty"):
        Shot(prompt, 5)


@pytest.mark.parametrize("length", [MAX_PROMPT_CHARS + 1, 100_000])
def test_a_long_prompt_is_refused_with_its_length(length: int) -> None:
    with pytest.raises(InvalidPrompt, match=f"{length:,} characters"):
        Shot("a" * length, 5)


def test_the_longest_prompt_is_kept_whole() -> None:
    assert len(Shot("é" * MAX_PROMPT_CHARS, 5).prompt) == MAX_PROMPT_CHARS


@pytest.mark.parametrize("char", ["\0", "\x1b", "\x7f", "\x85", "\u202e", "\udcff"])
def test_what_is_not_text_is_refused_with_its_place(char: str) -> None:
    with pytest.raises(InvalidPrompt, match=rf"character 5 .* U\+{ord(char):04X}"):
        Shot(f"push{char} in", 5)


@given(
    st.text(
        st.characters(
            exclude_categories=["Cc", "Cs"], exclude_characters="\u202a\u202b\u202d\u202e"
        )
    )
)
def test_all_other_text_is_accepted(text: str) -> None:
    check_text(text, "prompt")


@pytest.mark.parametrize(
    "seconds", [-1, 0, 2, 16, 10**9, 2.5, 3.5, 5.0, float("nan"), float("inf")]
)
def test_lengths_other_than_3_to_15_whole_seconds_are_refused(
    request_of: Callable[..., ClipRequest], seconds: int
) -> None:
    with pytest.raises(InvalidRequest, match="3 to 15 whole seconds"):
        request_of(seconds=seconds)


@pytest.mark.parametrize("seconds", range(3, 16))
def test_a_clip_has_24_frames_a_second(
    request_of: Callable[..., ClipRequest], seconds: int
) -> None:
    assert request_of(seconds=seconds).frame_count == 24 * seconds


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("guidance", [-0.01, 1.01, float("nan"), float("inf")]),
        ("aspect", [Fraction(0), Fraction(-1), Fraction(401, 100), Fraction(100, 401), 0, 100]),
        ("aspect", [16 / 9, float("nan"), "16:9"]),  # not exact, not read
        ("seed", [-1, 2**32, 0.5, 7.0, float("nan"), "7"]),
        ("negative_prompt", ["a\0b", "a" * 2501]),
    ],
)
def test_other_fields_are_refused_out_of_range(
    request_of: Callable[..., ClipRequest], field: str, values: list[object]
) -> None:
    for value in values:
        with pytest.raises(InvalidRequest):
            request_of(**{field: value})


@pytest.mark.parametrize("aspect", [Fraction(1, 4), Fraction(239, 100), Fraction(4), None])
def test_aspects_up_to_the_limits_are_accepted(
    request_of: Callable[..., ClipRequest], aspect: Fraction | None
) -> None:
    assert request_of(aspect=aspect).aspect == aspect


@pytest.mark.parametrize(
    ("text", "aspect"),
    [
        ("16:9", Fraction(16, 9)),
        (" 9:16 ", Fraction(9, 16)),
        ("1:1", Fraction(1)),
        ("2.39:1", Fraction(239, 100)),
        ("4:1", Fraction(4)),
        ("1:4", Fraction(1, 4)),
        ("1920:1080", Fraction(16, 9)),
    ],
)
def test_an_aspect_is_read_exactly(text: str, aspect: Fraction) -> None:
    assert parse_aspect(text) == aspect


@pytest.mark.parametrize(
    "text",
    [
        "",
        "16",
        "16/9",
        "16:9:1",
        "0:1",
        "1:0",
        "0:0",
        "-1:1",
        "a:b",
        "4.01:1",
        "1:4.01",
        "1e9:1",
        "9" * 99 + ":1",
    ],
)
def test_other_aspects_are_refused(text: str) -> None:
    with pytest.raises(InvalidRequest, match="width:height"):
        parse_aspect(text)


def test_tiers_are_read_by_their_words() -> None:
    assert [parse_tier(word) for word in ("standard", "pro", "4k")] == list(Tier)
    with pytest.raises(InvalidRequest, match="standard, pro, 4k"):
        parse_tier("8k")


@pytest.mark.parametrize("lufs", [-50.0, 0.0, float("nan"), float("-inf")])
def test_a_loudness_that_no_clip_has_is_refused(lufs: float) -> None:
    with pytest.raises(InvalidRequest, match="a clip can have -40 to -9 LUFS"):
        SoundOptions(loudness_lufs=lufs)


@pytest.mark.parametrize("language", ["", "english", "EN", "e", "en-us"])
def test_a_language_is_a_code(language: str) -> None:
    with pytest.raises(InvalidRequest, match="named by its code"):
        SoundOptions(language=language)


def test_words_about_music_are_text_like_a_prompt() -> None:
    with pytest.raises(InvalidPrompt, match="description of the music"):
        SoundOptions(music="a" * (MAX_PROMPT_CHARS + 1))


def test_a_transition_needs_an_end_image() -> None:
    with pytest.raises(InvalidRequest, match="transition cut was asked for without an end image"):
        ClipRequest(
            start_image=Path("a.png"), shots=(Shot("push in", 5),), transition=Transition.CUT
        )


def test_a_transition_is_named() -> None:
    assert parse_transition("dissolve") is Transition.DISSOLVE
    with pytest.raises(InvalidRequest, match="auto, camera, cut, dissolve"):
        parse_transition("wipe")
