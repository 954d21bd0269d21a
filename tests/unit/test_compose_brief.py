"""A brief is read as it is meant, or refused with what to write instead."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import typer
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from photoplay.cli.compose import compose as command
from photoplay.compose import (
    MOST_BYTES,
    Brief,
    BriefShot,
    Reference,
    SpokenLine,
    read_brief,
    template,
)
from photoplay.compose.sentences import ended, sentences
from photoplay.errors import (
    ImageAspectUnsupported,
    ImageFormatUnsupported,
    ImageTooLarge,
    ImageTooSmall,
    ImageUnreadable,
    InvalidRequest,
    NotFound,
    OutputUnwritable,
    PhotoplayError,
)
from photoplay.images import MAX_FILE_BYTES

EXAMPLES = Path(__file__).parents[2] / "examples"
PHOTO = EXAMPLES / "astronaut.jpg"
TIER_1 = 'character = "A fox."\naction = "It runs."\naudio = "Wind."\n'


# Sentences

SENTENCES = {
    "One": ["One."],
    "One. Two": ["One.", "Two."],
    "One,": ["One."],
    "  One.\n\tTwo!  ": ["One.", "Two!"],
    "Dr. Ito waves. He goes.": ["Dr. Ito waves.", "He goes."],
    "Shot at f/2.8 with 3.5 s. Then dark.": ["Shot at f/2.8 with 3.5 s.", "Then dark."],
    "Fruit, e.g. apples. J. Smith eats.": ["Fruit, e.g. apples.", "J. Smith eats."],
    'She says "No. Never." He goes.': ['She says "No. Never."', "He goes."],
    "She waits (a while. Long). He goes.": ["She waits (a while. Long).", "He goes."],
    "Wait... what? Yes!": ["Wait... what?", "Yes!"],
    "雨が降る。風。": ["雨が降る。", "風。"],
    'An open " quotation. Two.': ['An open " quotation.', "Two."],
    " . , ": [],
    "": [],
}


@pytest.mark.parametrize("text", SENTENCES)
def test_a_text_is_parted_at_its_sentences(text: str) -> None:
    assert list(sentences(text)) == SENTENCES[text]


def test_what_has_an_end_keeps_it() -> None:
    assert [ended(one) for one in ("a", "a!", 'a."', "a。")] == ["a.", "a!", 'a."', "a。"]


# Reading


def test_a_brief_is_read_with_all_that_it_may_hold() -> None:
    brief = read_brief(
        b"""\xef\xbb\xbf
        character = "A fox."
        audio = "Wind."
        camera = "Pan left."
        avoidance = ["text", "blur"]
        duration = 7
        people = false
        references = [{ image = "fox.jpg", shows = "the fox" }]
        [[shots]]
        action = "It runs."
        duration = 3
        [[shots.dialogue]]
        line = "Run!"
        voice_over = true
        """
    )
    line = SpokenLine(line="Run!", voice_over=True)
    assert brief == Brief(
        character="A fox.",
        audio="Wind.",
        camera="Pan left.",
        avoidance=("text", "blur"),
        duration_s=7,
        people=False,
        references=(Reference(image="fox.jpg", shows="the fox"),),
        shots=(BriefShot(action="It runs.", duration_s=3, dialogue=(line,)),),
    )


def test_the_template_and_the_examples_are_briefs() -> None:
    assert read_brief(template().encode()).dialogue[0].line == "Finally, rain."
    for name in ("brief.toml", "brief-shots.toml"):
        assert read_brief((EXAMPLES / name).read_bytes())


def test_what_the_template_shows_in_comments_is_read_as_well() -> None:
    head, _, rest = template().partition("# What is spoken")
    shown = re.findall(r"^# (\[\[(?:shots|references)\]\]|\w+ = .*)$", rest, re.MULTILINE)
    lines = [line for line in shown if not line.startswith("voice_over")]
    brief = read_brief("\n".join([head, *lines]).encode())
    assert [shot.duration_s for shot in brief.shots] == [3, 4]
    assert brief.references[0].shows == "the woman"


REFUSED = {
    'charcter = "a"': "Write character instead",
    'negative_prompt = "a"': "Write avoidance instead",
    'xyz = "a"': "Remove it",
    "camera = 3": "the camera is a number; it is text",
    "camera = true": "the camera is true or false",
    'camera = ["a"]': "the camera is a list",
    "avoidance = 3": "avoidance is a number",
    "avoidance = [3]": "avoidance is a list",
    'duration = "8"': "the duration is text",
    "duration = 8.5": "the duration is 8.5",
    "duration = 0": "the duration is 0",
    "duration = true": "the duration is true or false",
    "duration = 99999999999999999999999": "the duration is 9999",
    'silent = "yes"': "silent is text",
    "people = 1": "people is a number",
    "silent = true": "the brief is silent and says what is heard",
    "shots = 3": "shots is a number",
    "shots = [3]": "shots holds no tables",
    'shots = [{camera = "a"}]': "the action of a shot is missing",
    'shots = [{action = "a", cam = "b"}]': "Write camera instead",
    'dialogue = [{line = "a"}]': "Name who says it",
    'dialogue = [{speaker = "a"}]': "line of the dialogue is missing",
    'dialogue = [{line = "a", speaker = 3}]': "the speaker is a number",
    'references = [{image = "a"}]': "the shows of a reference is missing",
    'references = [{shows = "a"}]': "a reference has no image",
    'shots = [{action = "a"}]\ndialogue = [{line = "a", speaker = "b"}]': r"\[\[shots.dialogue\]\]",
    'camera = "a\\u0007"': r"is U\+0007",
    'camera = "a\\u202eb"': r"is U\+202E",
    'camera = "' + "a" * 20_001 + '"': "Shorten it by 1",
    "camera =": "is not TOML",
    'camera = "a"\ncamera = "b"': "is not TOML",
    "dialogue = [" + '{line = "a", speaker = "b"},' * 51 + "]": "at most 50",
    "a = " + "[" * 10_000: "nested too deeply",
}


@pytest.mark.parametrize("line", REFUSED, ids=lambda line: line[:40])
def test_what_is_no_brief_is_refused_with_the_next_step(line: str) -> None:
    with pytest.raises(InvalidRequest, match=REFUSED[line]) as refused:
        read_brief((TIER_1 + line).encode())
    assert len(str(refused.value)) < 500


@pytest.mark.parametrize("missing", ["character", "action", "audio"])
def test_tier_1_must_be_there(missing: str) -> None:
    content = "\n".join(line for line in TIER_1.splitlines() if not line.startswith(missing))
    with pytest.raises(InvalidRequest, match=missing):
        read_brief(content.encode())
    assert read_brief(b'character = "A fox."\naction = "It runs."\nsilent = true')


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe" + "a = 1".encode("utf-16-le"),
        b"\x00\x01\x02",
        PHOTO.read_bytes(),
        b"x" * (MOST_BYTES + 1),
    ],
    ids=["utf-16", "binary", "picture", "huge"],
)
def test_other_files_are_refused(content: bytes) -> None:
    with pytest.raises(InvalidRequest):
        read_brief(content)


WRONG_VALUES: list[dict[str, Any]] = [
    {"camera": None},
    {"avoidance": "text"},
    {"avoidance": ("a", 3)},
    {"dialogue": [SpokenLine(line="a", speaker="b")]},
    {"shots": (3,)},
    {"duration_s": 2.0},
    {"character": " . "},
]


@pytest.mark.parametrize("wrong", WRONG_VALUES)
def test_values_of_other_types_are_refused_in_python_as_well(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest):
        Brief(**{"character": "A fox.", "action": "It runs.", "audio": "Wind.", **wrong})


@settings(max_examples=200, deadline=None)
@given(
    content=st.binary(max_size=200)
    | st.text(max_size=200).map(lambda text: (TIER_1 + text).encode("utf-8", "replace"))
)
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with suppress(InvalidRequest):
        read_brief(content)


# The command

app = typer.Typer()
app.command()(command)


def run(*arguments: object, typed: str | bytes = "") -> Any:
    return CliRunner().invoke(app, [str(each) for each in arguments], input=typed)


def refused(*arguments: object, typed: str | bytes = "") -> PhotoplayError:
    done = run(*arguments, typed=typed)
    assert isinstance(done.exception, PhotoplayError), done.output
    return done.exception


def test_the_prompt_goes_to_standard_output_and_the_rest_beside_it() -> None:
    done = run(EXAMPLES / "brief.toml", "--image", PHOTO)
    assert done.stdout.startswith("Camera: Slow push in")
    assert len(done.stdout.splitlines()) == 1
    assert "508 of 2,500 characters" in done.stderr
    assert "data:image/jpeg;base64,…" in done.stderr


def test_shots_are_printed_with_their_times() -> None:
    lines = run(EXAMPLES / "brief-shots.toml").stdout.splitlines()
    assert [line[:16] for line in lines] == [
        "Shot 1 (0-3 s): ",
        "Shot 2 (3-7 s): ",
        "Shot 3 (7-10 s):",
    ]


def test_what_was_left_out_is_said_with_the_reason() -> None:
    done = run(EXAMPLES / "brief.toml", "--length", 300)
    assert 'left out: continuity, "Coat, hair and umbrella stay the same.": no room' in done.stderr


def test_json_is_one_document_with_arguments_that_can_be_sent(tmp_path: Path) -> None:
    output = tmp_path / "request.json"
    done = run(EXAMPLES / "brief.toml", "--image", PHOTO, "--json", "-o", output)
    document = json.loads(done.stdout)
    assert list(document) == ["endpoint", "arguments", "left_out", "notes"]
    assert document["arguments"]["start_image_url"].startswith("data:image/jpeg;base64,/9j/")
    assert json.loads(output.read_text()) == document
    assert [path.name for path in tmp_path.iterdir()] == ["request.json"]


def test_a_brief_is_read_from_standard_input() -> None:
    assert run("-", typed=TIER_1).stdout == "A fox. It runs. Sound: Wind.\n"


def test_the_template_is_printed_as_it_is() -> None:
    assert run("--template").stdout == template()


def test_references_are_files_beside_the_brief(tmp_path: Path) -> None:
    (tmp_path / "fox.jpg").write_bytes(PHOTO.read_bytes())
    brief = tmp_path / "brief.toml"
    brief.write_text(TIER_1 + '[[references]]\nimage = "fox.jpg"\nshows = "the fox"\n')
    target = "bytedance/seedance-2.0/reference-to-video"
    done = run(brief, "--endpoint", target, "--json")
    assert json.loads(done.stdout)["arguments"]["image_urls"][0].startswith("data:image/jpeg")


def test_what_cannot_be_read_or_written_is_refused(tmp_path: Path) -> None:
    brief = tmp_path / "brief.toml"
    brief.write_text(TIER_1)
    assert "compose --template" in refused().fix
    assert isinstance(refused(tmp_path / "none.toml"), NotFound)
    assert isinstance(refused(tmp_path), InvalidRequest)
    assert isinstance(refused(PHOTO), InvalidRequest)
    assert isinstance(refused("-", typed=b"\xff"), InvalidRequest)
    assert isinstance(refused(brief, "--endpoint", "fal-ai/none"), NotFound)
    assert isinstance(refused(brief, "--style", "none"), NotFound)
    assert isinstance(refused(brief, "-o", brief), OutputUnwritable)
    assert isinstance(refused(brief, "-o", tmp_path / "none" / "a.json"), OutputUnwritable)
    assert brief.read_text() == TIER_1


def test_pictures_that_the_endpoint_refuses_are_refused_here(tmp_path: Path) -> None:
    import cv2
    import numpy as np

    brief = tmp_path / "brief.toml"
    brief.write_text(TIER_1)

    def picture(name: str, height: int, width: int) -> Path:
        cv2.imwrite(str(tmp_path / name), np.full((height, width, 3), 90, np.uint8))
        return tmp_path / name

    turbo = "fal-ai/kling-video/v3/turbo/pro/image-to-video"
    cases: list[tuple[type[PhotoplayError], Path, str]] = [
        (ImageUnreadable, tmp_path / "none.jpg", ""),
        (ImageUnreadable, tmp_path, ""),
        (ImageFormatUnsupported, brief, ""),
        (ImageTooSmall, picture("small.png", 299, 400), ""),
        (ImageAspectUnsupported, picture("wide.png", 400, 1100), ""),
        (ImageFormatUnsupported, picture("photo.webp", 400, 400), turbo),
    ]
    large = picture("large.png", 400, 400)
    large.write_bytes(large.read_bytes() + bytes(10_485_760))
    cases.append((ImageTooLarge, large, ""))
    assert MAX_FILE_BYTES > 10_485_760
    for kind, path, endpoint in cases:
        options = ("--endpoint", endpoint) if endpoint else ()
        assert isinstance(refused(brief, "--image", path, *options), kind), path
    assert run(brief, "--image", picture("photo.png", 400, 400)).exit_code == 0
