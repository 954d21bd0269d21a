"""Quotes of projects, and the command."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from photoplay import catalogue
from photoplay.cli import quote as command
from photoplay.errors import InvalidRequest, NotFound, PhotoplayError
from photoplay.quotes import quote_clip, read_project
from photoplay.quotes.project import parse_size

KNOWN = catalogue.load()
V3 = "fal-ai/kling-video/v3/pro/image-to-video"
PROJECT = f"""
[[clip]]
name = "hook"
endpoint = "{V3}"
seconds = 8

[[clip]]
endpoint = "fal-ai/veo3.1/image-to-video"
audio = false
count = 2

[[clip]]
endpoint = "built-in"

[[clip]]
endpoint = "fal-ai/ltx-2-19b/image-to-video"
"""


def app() -> typer.Typer:
    made = typer.Typer()
    made.command()(command.quote)
    return made


def run(*words: str, input: str | bytes | None = None) -> Result:  # noqa: A002
    return CliRunner().invoke(app(), [*words, "--date", "2026-10-31"], input=input)


def test_a_project_is_read_clip_by_clip() -> None:
    clips = read_project(PROJECT.encode(), KNOWN)
    assert [clip.name for clip in clips] == ["hook", "clip 2", "clip 3", "clip 4"]
    amounts = [quote_clip(clip).usd for clip in clips]
    assert amounts == [Decimal("1.344"), Decimal("1.6"), Decimal(0), None]
    assert [clip.count for clip in clips] == [1, 2, 1, 1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no clips"),
        ("clip = 3", "no list"),
        ("clip = [1]", "is no table"),
        ("[[clip]]", "no endpoint"),
        ('[[clip]]\nendpoint = "built-in"\nsecond = 3', "has a key 'second'"),
        ('[[clip]]\nendpoint = "built-in"\nseconds = true', "seconds of clip 1 is True"),
        ('[[clip]]\nendpoint = "built-in"\ncount = 0', "0 times"),
        ('[[clip]]\nendpoint = "built-in"\nseconds = nan', "the length"),
        ('[[clip]]\nendpoint = "built-in"\nimage = "wide"', "the size"),
        ("[[clip", "cannot be read"),
        ("a = " + "[" * 5000, "cannot be read"),
        ("\ud800", "cannot be read"),
    ],
)
def test_a_wrong_project_is_an_error_with_its_place(text: str, said: str) -> None:
    with pytest.raises(InvalidRequest, match=said):
        read_project(text.encode("utf-8", "surrogatepass"), KNOWN)


def test_an_error_in_a_project_says_in_which_clip() -> None:
    too_long = f'[[clip]]\nname = "hook"\nendpoint = "{V3}"\nseconds = 20'
    (clip,) = read_project(too_long.encode(), KNOWN)
    with pytest.raises(InvalidRequest, match=r"^hook: duration of .* is 20"):
        quote_clip(clip)
    with pytest.raises(NotFound, match=r"^clip 1: there is no endpoint"):
        read_project(b'[[clip]]\nendpoint = "no/such"', KNOWN)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_bytes_make_the_reader_stumble(content: bytes) -> None:
    with pytest.raises(PhotoplayError):
        read_project(content, KNOWN)


@pytest.mark.parametrize(("text", "size"), [("1920x1080", (1920, 1080)), (" 9×16 ", (9, 16))])
def test_sizes_are_width_and_height(text: str, size: tuple[int, int]) -> None:
    assert parse_size(text) == size


def test_the_command_says_amount_source_credits_and_range() -> None:
    done = run(V3, "--seconds", "8", "--per-month", "100")
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        f"fal / $1.34  {V3}",
        "    8 × $0.168 per second (generate_audio true)",
        f"    as of 2026-10-04: https://fal.ai/models/{V3}/llms.txt",
        "    63 credits where clips are sold for credits",
        "    3 to 5 attempts for a usable clip: $4.03 to $6.72",
        "    100 clips a month: $403.20 to $672.00",
    ]


def test_the_document_has_amounts_as_texts() -> None:
    found = json.loads(run(V3, "--seconds", "8", "--attempts", "4", "--json").stdout)
    assert (found["usd"], found["usd_cents"], found["credits"]) == ("1.344", "1.34", 63)
    assert found["attempts"]["usd"] == ["5.376", "5.376"]
    assert found["attempts"]["usd_per_month"] is None
    free = json.loads(run("built-in", "--json").stdout)
    assert (free["usd"], free["route"]) == ("0", "built-in / free")


def test_arguments_come_from_a_file_also_as_compose_writes_it(tmp_path: Path) -> None:
    file = tmp_path / "request.json"
    arguments = {"duration": "10", "generate_audio": False}
    for document in (arguments, {"endpoint": V3, "arguments": arguments, "notes": []}):
        file.write_text(json.dumps(document), "utf-8")
        assert run(V3, "--arguments", str(file)).stdout.startswith("fal / $1.12")


def test_a_comparison_marks_old_prices() -> None:
    done = CliRunner().invoke(app(), [V3, "--compare", "--seconds", "8", "--date", "2027-02-01"])
    assert done.stdout.startswith("built-in / free")
    assert all("(old)" in line for line in done.stdout.splitlines() if "as of" in line)
    assert "more than 90 days ago" in done.stderr


def test_a_comparison_tells_a_month_of_each() -> None:
    asked = [V3, "--compare", "--seconds", "8", "--per-month", "20"]
    lines = CliRunner().invoke(app(), asked).stdout.splitlines()
    (own,) = [line for line in lines if f" {V3} " in line]
    assert own.endswith("; 20 clips a month: $80.64 to $134.40")  # 20 × 3 to 5 × $1.344
    rows = json.loads(CliRunner().invoke(app(), [*asked, "--json"]).stdout)["quotes"]
    (row,) = [row for row in rows if row["endpoint"] == V3]
    assert row["attempts"]["usd_per_month"] == ["80.640", "134.400"]


def test_a_project_adds_up_and_says_what_has_no_price(tmp_path: Path) -> None:
    file = tmp_path / "film.toml"
    file.write_text(PROJECT, "utf-8")
    done = run("--project", str(file))
    assert done.exit_code == 0
    assert "5 clips: $4.54, and 1 without a published price" in done.stdout  # 1.344 + 2 × 1.60
    assert "3 to 5 attempts for usable clips: $13.63 to $22.72" in done.stdout
    total = json.loads(run("--project", "-", "--json", input=PROJECT).stdout)["total"]
    assert (total["usd"], total["clips_without_a_price"]) == ("4.544", 1)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ([], InvalidRequest),
        (["no/such/endpoint"], NotFound),
        ([V3, "--arguments", "gone.json"], NotFound),
        ([V3, "--arguments", "."], InvalidRequest),
        ([V3, "--seconds", "nan"], InvalidRequest),
        ([V3, "--image", "wide"], InvalidRequest),
        ([V3, "--project", "film.toml"], InvalidRequest),
        (["--project", "film.toml", "--compare"], InvalidRequest),
    ],
)
def test_a_wrong_command_is_a_named_error(words: list[str], kind: type[Exception]) -> None:
    error = run(*words).exception
    assert isinstance(error, kind)
    assert isinstance(error, PhotoplayError)
    assert error.exit_code == 2
