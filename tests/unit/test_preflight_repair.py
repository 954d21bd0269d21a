"""Repaired requests as a whole, and the command."""

from __future__ import annotations

import json
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import typer
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from typer.testing import CliRunner, Result

from photoplay import catalogue
from photoplay.cli import check as command
from photoplay.errors import (
    ImageUnreadable,
    InvalidPrompt,
    InvalidRequest,
    NotFound,
    OutputUnwritable,
    PhotoplayError,
)
from photoplay.preflight import Repaired, Severity, check, read_arguments, repair

KNOWN = catalogue.load()
V3 = KNOWN.find("fal-ai/kling-video/v3/pro/image-to-video")
O3 = KNOWN.find("fal-ai/kling-video/o3/pro/image-to-video")
URL = "https://films.example.com/photo.jpg"
DAY = date(2026, 10, 31)
WALL = "The wall is made of old bricks and has no windows."
LONG = f"A woman stands on a bridge. It is late. {' '.join([WALL] * 60)} The camera pushes in."


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.jpg"
    Image.new("RGB", (800, 600), (90, 60, 30)).save(path)
    return path


def mended(
    body: dict[str, Any], folder: Path, endpoint: catalogue.Endpoint = V3, **more: Any
) -> Repaired:
    return repair(endpoint, body, folder=folder, on=DAY, **more)


@pytest.mark.parametrize(
    ("endpoint", "body", "expected"),
    [
        (
            V3,
            {"prompt": "push in", "image_url": URL, "duration": 8, "aspect_ratio": "16:9"},
            {"prompt": "push in", "start_image_url": URL, "duration": "8"},
        ),
        (
            V3,
            {"prompt": "push in", "start_image_url": URL, "tail_image_url": URL},
            {"prompt": "push in", "start_image_url": URL, "end_image_url": URL},
        ),
        (
            V3,
            {"prompt": "push in\nAVOID: blur", "start_image_url": URL, "negative_prompt": "text"},
            {"prompt": "push in", "start_image_url": URL, "negative_prompt": "text, blur"},
        ),
        (
            O3,
            {"prompt": "push in", "image_url": URL, "negative_prompt": "blur", "cfg_scale": 1},
            {"prompt": "push in\nAVOID: blur", "image_url": URL},
        ),
        (
            KNOWN.find("fal-ai/veo3.1/image-to-video"),
            {"prompt": "push in", "image_url": URL, "duration": "8"},
            {"prompt": "push in", "image_url": URL, "duration": "8s"},
        ),
    ],
)
def test_fields_are_spelt_as_the_endpoint_spells_them(
    tmp_path: Path, endpoint: catalogue.Endpoint, body: dict[str, Any], expected: dict[str, Any]
) -> None:
    repaired = mended(body, tmp_path, endpoint)
    assert repaired.arguments == expected
    assert repaired.findings == ()
    assert json.loads((tmp_path / "arguments.json").read_text("utf-8")) == expected


def test_what_is_left_out_of_a_prompt_is_reported(tmp_path: Path) -> None:
    body = {"prompt": f"{LONG}\nAVOID: blur, text", "start_image_url": URL}
    repaired = mended(body, tmp_path)
    prompt = repaired.arguments["prompt"]
    assert len(prompt) <= 2500
    assert prompt.startswith("A woman stands on a bridge. It is late. The wall")
    assert prompt.endswith("The camera pushes in.")
    assert repaired.arguments["negative_prompt"] == "blur, text"
    assert set(repaired.left_out) == {WALL}
    assert prompt.count(WALL) + len(repaired.left_out) == 60
    assert f"shortened from {len(body['prompt']):,} to {len(prompt):,}" in repaired.changes[1]


def test_there_is_room_for_what_o3_says_to_avoid(tmp_path: Path) -> None:
    body = {"prompt": LONG, "image_url": URL, "negative_prompt": "blur, text on screen"}
    repaired = mended(body, tmp_path, O3)
    assert repaired.arguments["prompt"].endswith("\nAVOID: blur, text on screen")
    assert not any(each.severity is Severity.ERROR for each in repaired.findings)


def test_what_only_the_caller_can_decide_stays_and_is_still_found(tmp_path: Path) -> None:
    body = {"prompt": "push in", "start_image_url": URL, "duration": "20"}
    repaired = mended(body, tmp_path)
    assert repaired.arguments == body
    assert [each.field for each in repaired.findings] == ["duration"]


def test_a_text_beyond_all_reason_is_looked_at_in_part(tmp_path: Path) -> None:
    endless = "@Element3 runs. Avoid: cats. " * 400_000
    started = time.monotonic()
    repaired = mended({"prompt": endless, "start_image_url": URL}, tmp_path)
    assert "at most 2,500 are taken" in repaired.findings[0].rule
    assert repaired.arguments["prompt"] == endless
    assert time.monotonic() - started < 10


def test_a_repaired_request_can_be_read_again_whatever_was_in_it(tmp_path: Path) -> None:
    body = {"prompt": "lone \ud800 half", "x": "雨"}
    mended(body, tmp_path)
    assert read_arguments(tmp_path / "arguments.json") == body


BODIES = st.fixed_dictionaries(
    {},
    optional={
        "prompt": st.sampled_from(["push in", LONG, "push in. AVOID: blur", LONG + " AVOID: blur"]),
        "start_image_url": st.just(URL),
        "image_url": st.just(URL),
        "tail_image_url": st.just(URL),
        "negative_prompt": st.sampled_from(["blur", "x, " * 500]),
        "duration": st.sampled_from(["8", 8, "8s", 8.0, "20"]),
        "multi_prompt": st.just([{"prompt": "she turns", "duration": 4, "x": 1}]),
        "cfg_scale": st.sampled_from([0.5, 2]),
        "seed": st.integers(),
    },
)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([V3, O3]), BODIES)
def test_a_repair_does_what_the_check_promised(
    tmp_path_factory: pytest.TempPathFactory, endpoint: catalogue.Endpoint, body: dict[str, Any]
) -> None:
    """If all errors can be repaired, none is left; and a second repair changes nothing."""
    folder = tmp_path_factory.mktemp("ready")
    before = check(endpoint, body, on=DAY)
    repaired = mended(body, folder, endpoint)
    errors = [each for each in before if each.severity is Severity.ERROR]
    if all(each.repairable for each in errors):
        assert not any(each.severity is Severity.ERROR for each in repaired.findings)
    assert not any(each.repairable for each in repaired.findings)
    again = mended(repaired.arguments, folder, endpoint)
    assert (again.arguments, again.changes) == (repaired.arguments, ())


# Where it is written


def test_originals_are_never_replaced(tmp_path: Path, photo: Path) -> None:
    wide = tmp_path / "start_image_url.jpg"
    Image.new("RGB", (1800, 600)).save(wide)
    before = wide.read_bytes()
    with pytest.raises(OutputUnwritable, match="leaves its originals"):
        mended({"prompt": "push in"}, tmp_path, files={"start_image_url": wide})
    arguments = tmp_path / "arguments.json"
    arguments.write_text("{}", "utf-8")
    with pytest.raises(OutputUnwritable, match="leaves its originals"):
        mended(
            {"prompt": "push in"},
            tmp_path,
            files={"start_image_url": photo},
            originals=[arguments],
        )
    assert (wide.read_bytes(), arguments.read_text("utf-8")) == (before, "{}")


def test_nothing_half_written_is_left(tmp_path: Path, photo: Path) -> None:
    folder = tmp_path / "new" / "ready"
    mended({"prompt": "push in"}, folder, files={"start_image_url": photo})
    assert [each.name for each in folder.iterdir()] == ["arguments.json"]
    (folder / "arguments.json").unlink()
    (folder / "arguments.json").mkdir()
    with pytest.raises(OutputUnwritable):
        mended({"prompt": "push in"}, folder, files={"start_image_url": photo})
    assert [each.name for each in folder.iterdir()] == ["arguments.json"]


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path, photo: Path) -> None:
    for folder in (photo / "ready", tmp_path / "a\0b", tmp_path / ("x" * 300)):
        with pytest.raises(OutputUnwritable):
            mended({"prompt": "push in", "start_image_url": URL}, folder)


# The command


def run(*words: str | Path, input: str | bytes | None = None) -> Result:  # noqa: A002
    app = typer.Typer()
    app.command()(command.check)
    return CliRunner().invoke(app, [*map(str, words), "--date", "2026-10-31"], input=input)


def test_a_clean_request_exits_with_zero(photo: Path) -> None:
    done = run(V3.id, "--image", photo, "--prompt", "push in")
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr == "photoplay: nothing to complain about\n"


def test_advice_is_no_failure_and_an_error_is(photo: Path) -> None:
    assert run(V3.id, "--image", photo, "--prompt", "she wears Nike shoes").exit_code == 0
    done = run(V3.id, "--image", photo, "--prompt", "@Element1 waves")
    assert done.exit_code == 1
    assert done.stdout.startswith("error   prompt: prompt names @Element1; ")
    assert done.stderr == "photoplay: 1 error, 0 advice\n"


def test_a_repair_says_what_it_did_and_exits_as_the_repaired_request(
    tmp_path: Path, photo: Path
) -> None:
    webp, ready = tmp_path / "photo.webp", tmp_path / "ready"
    Image.open(photo).save(webp)
    words = (V3.id, "--image", webp, "--prompt", "push in")
    assert "[--fix]" in run(*words).stdout
    assert run(*words).exit_code == 1
    done = run(*words, "--fix", ready)
    assert done.exit_code == 0
    assert "fixed   start_image_url: saved as JPEG of quality 95" in done.stdout
    assert done.stderr == "photoplay: the repaired request is clean\n"
    assert run(V3.id, "--arguments", ready / "arguments.json").exit_code == 0


def test_the_document_has_findings_and_the_repair(tmp_path: Path, photo: Path) -> None:
    arguments = tmp_path / "request.json"
    arguments.write_text(json.dumps({"prompt": "push in", "duration": 8}), "utf-8")
    words = (V3.id, "--arguments", arguments, "--image", photo, "--json")
    found = json.loads(run(*words).stdout)
    assert found["clean"] is False
    assert found["findings"] == [
        {
            "severity": "error",
            "field": "duration",
            "given": "duration is 8",
            "rule": found["findings"][0]["rule"],
            "fix": 'Write it as "8"',
            "repairable": True,
        }
    ]
    repaired = json.loads(run(*words, "--fix", tmp_path / "ready").stdout)["repaired"]
    assert (repaired["clean"], repaired["findings"]) == (True, [])
    assert repaired["changes"] == ['duration 8 was read as "8"']


def test_the_end_image_goes_where_the_endpoint_has_it(tmp_path: Path, photo: Path) -> None:
    Image.new("RGB", (1800, 600)).save(tmp_path / "end.png")
    done = run(V3.id, "--image", photo, "--end-image", tmp_path / "end.png", "--prompt", "push in")
    assert done.stdout.startswith("error   end_image_url: ")


def test_a_prompt_comes_from_standard_input(photo: Path) -> None:
    done = run(V3.id, "--image", photo, "--prompt", "-", input="@Element1 waves\n")
    assert done.exit_code == 1
    error = run(V3.id, "--image", photo, "--prompt", "-", input=b"\xff\xfe").exception
    assert isinstance(error, InvalidPrompt)


def test_control_characters_do_not_reach_the_terminal(tmp_path: Path, photo: Path) -> None:
    arguments = tmp_path / "request.json"
    arguments.write_text(json.dumps({"prompt": "push in", "\x1b[31m\nseed": 1}), "utf-8")
    done = run(V3.id, "--arguments", arguments, "--image", photo, "--fix", tmp_path / "ready")
    assert "\x1b" not in done.stdout + done.stderr
    assert r"\x1b[31m\nseed" in done.stdout


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (["no/such/endpoint"], NotFound),
        ([V3.id, "--image", "gone.jpg"], ImageUnreadable),
        ([V3.id, "--image", "."], ImageUnreadable),
        ([V3.id, "--image", "a" * 5000], ImageUnreadable),
        ([V3.id, "--image", URL], InvalidRequest),
        ([V3.id, "--arguments", "gone.json"], NotFound),
        ([V3.id, "--arguments", "-", "--prompt", "-"], InvalidRequest),
        ([V3.id, "--border", "blue-ish"], InvalidRequest),
        ([V3.id, "--crop"], InvalidRequest),
        ([V3.id, "--border", "black"], InvalidRequest),
        (["fal-ai/kling-video/v3/pro/text-to-video", "--image", "a.jpg"], InvalidRequest),
        (["fal-ai/veo3.1/image-to-video", "--end-image", "a.jpg"], InvalidRequest),
        (["fal-ai/kling-video/create-voice", "--prompt", "hello"], InvalidRequest),
    ],
)
def test_a_wrong_command_is_a_named_error(words: list[str], kind: type[Exception]) -> None:
    error = run(*words).exception
    assert isinstance(error, kind)
    assert isinstance(error, PhotoplayError)
    assert error.exit_code == 2
