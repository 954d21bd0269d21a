"""The pages are true: their commands run, their examples mean what they say, nothing is missing."""

from __future__ import annotations

import dataclasses
import inspect
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

import pytest
import typer.main
from pydantic_core import PydanticUndefined
from typer.testing import CliRunner

import photoplay
from photoplay import direction, errors
from photoplay.cli import app
from photoplay.cli.terminal import error_document
from photoplay.clip import Clip, ClipRequest, Shot
from photoplay.config import Settings, read_settings
from photoplay.direction.plan import (
    Ambience,
    Atmosphere,
    Easing,
    Effect,
    Genre,
    Light,
    Look,
    Mood,
    Motion,
    Move,
    Plan,
)
from photoplay.direction.presets import preset_camera
from photoplay.direction.words import AMOUNTS
from photoplay.media import Codec, Encoding
from photoplay.media.formats import SUFFIXES
from photoplay.render import describe
from tests.rigs.node import MODULES, NODE
from tests.rigs.photoplay import Installation, Server
from tests.rigs.shop import Shop

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "docs" / "decisions").glob("*.md")),
    *sorted((ROOT / "docs" / "how-to").glob("**/*.md")),
    *sorted((ROOT / "docs" / "reference").glob("*.md")),
]
REFERENCE = ROOT / "docs" / "reference.md"
SETTINGS = ROOT / "docs" / "reference" / "settings.md"
HOW_TO = ROOT / "docs" / "how-to.md"

_FENCE = re.compile(
    r"(?:^<!-- not run: (?P<reason>.+?) -->\n)?^```(?P<language>sh|python|js)\n(?P<code>.*?)^```$"
    r"(?:\n\n^```text\n(?P<output>.*?)^```$)?",
    re.MULTILINE | re.DOTALL,
)
_VARIES = re.compile(
    r"-?\d+\.\d LUFS, \d+\.\d MB, in \d+\.\d s|confidence \d\.\d\d"
    r"|\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[0-9a-f]{8}\b"
    r"|\d{4}-\d\d-\d\d(?: \d\d:\d\d| at 00:00 UTC)"
)
_INSTEAD_OF_BAR = re.compile(r"photoplay: (rendering|fetching|[a-z-]+ makes) ")
# Pages that buy clips, each in an installation of its own, beside test servers of all providers.
SHOPPING = ("hosted", "before-you-pay", "after-a-crash", "replay")
SHOWN_ID = "1a2b3c4d"  # on a page, the beginning of the id of the latest submission
SHOWN_PROVIDER_ID = "764cabcf-28b4-4503-8fb2-8fe3d2a7d1d7"  # and that of the latest order at fal


@dataclass(frozen=True)
class Block:
    """An example. `output` is what the page says it prints, `reason` why it is not run here."""

    language: str
    code: str
    output: str | None
    reason: str | None


def blocks(page: Path) -> list[Block]:
    found = _FENCE.finditer(page.read_text("utf-8"))
    return [Block(m["language"], m["code"], m["output"], m["reason"]) for m in found]


def section(heading: str, page: Path = REFERENCE) -> str:
    """What stands under `heading`, up to the next heading of its level or above."""
    level = heading.split()[0]
    text = page.read_text("utf-8")
    start = text.index(f"\n{heading}\n") + len(heading)
    end = re.compile(rf"^#{{1,{len(level)}}} ", re.MULTILINE).search(text, start)
    return text[start : end.start() if end else None]


def rows(heading: str, page: Path = REFERENCE, until: str = "\0") -> list[list[str]]:
    """Cells of the tables of a section of a page, up to a line, without their heads."""
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in section(heading, page).partition(f"\n{until}")[0].splitlines()
        if line.startswith("|")
    ]
    heads = {at - 1 for at, row in enumerate(cells) if set(row[0]) == {"-"}}
    return [row for at, row in enumerate(cells) if at not in heads and set(row[0]) != {"-"}]


def codes(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def named(plan: Plan) -> list[str]:
    """Everything that is seen in a plan, with its span: "push-in 0–50 %"."""
    spans = [(move.move.value, move.start, move.end) for move in plan.camera.moves]
    spans += [(cue.kind.value, cue.start, cue.end) for cue in plan.motion]
    spans += [(cue.kind.value, cue.start, cue.end) for cue in plan.light]
    spans += [(cue.kind.value, cue.start, cue.end) for cue in plan.atmosphere]
    spans += [(cue.kind.value, cue.start, cue.end) for cue in plan.look]
    return [f"{name} {start * 100:.0f}–{end * 100:.0f} %" for name, start, end in spans]


def kinds(plan: Plan) -> set[str]:
    """Names of everything that is seen in a plan; "static" for a camera on a tripod."""
    still = not plan.camera.moves and not plan.camera.handheld
    return {name.split()[0] for name in named(plan)} | ({"static"} if still else set())


# Pages that run


@dataclass(frozen=True)
class Place:
    """Where the examples of a page run: their environment, and how their code is spelt there."""

    env: Mapping[str, str]
    spelled: Callable[[str], str]


@pytest.fixture(scope="module")
def play(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path], Path]]:
    """Runs the examples of a page in order, once, in a folder with a picture; gives the folder.

    Those of how-tos for servers find one, and what `photoplay env` prints in their environment;
    those of how-tos that buy find the providers.
    """
    played: dict[Path, Path] = {}

    with ExitStack() as stack:

        @cache
        def server() -> Server:
            installation = Installation.make(tmp_path_factory.mktemp("server") / "home")
            return stack.enter_context(installation.serving("--tls"))

        def place(page: Path) -> Place:
            if page.parent.name == "providers" or page.stem in SHOPPING:
                home = tmp_path_factory.mktemp("shop") / "home"
                shop = stack.enter_context(Shop.open(home))
                if page.stem == "after-a-crash":
                    shop.lose_one_answer()
                return _at_shop(shop)
            return _at_server(server()) if page.parent.name == "how-to" else Place(os.environ, str)

        def play_once(page: Path) -> Path:
            if page not in played:
                folder = tmp_path_factory.mktemp(page.stem)
                shutil.copy(ROOT / "examples" / "astronaut.jpg", folder / "photo.jpg")
                (folder / "node_modules").symlink_to(MODULES)
                here = place(page)
                for block in blocks(page):
                    if block.reason is None:
                        _run(block, folder, here)
                played[page] = folder
            return played[page]

        yield play_once


def _at_server(server: Server) -> Place:
    port = server.installation.port
    return Place(
        server.installation.env | _printed_environment(server),
        lambda code: code.replace("localhost:8420", f"localhost:{port}"),
    )


def _at_shop(shop: Shop) -> Place:
    """Servers that the page starts listen on a port of their own, ids are those of the books."""

    def spelled(code: str) -> str:
        code = code.replace("8420", str(shop.installation.port))
        if SHOWN_ID in code:
            listed = json.loads(shop.installation.run("submissions", "--all", "--json"))
            code = code.replace(SHOWN_ID, listed["submissions"][0]["id"][: len(SHOWN_ID)])
        if SHOWN_PROVIDER_ID in code:
            code = code.replace(SHOWN_PROVIDER_ID, shop.fal.accepted[-1].provider_id)
        return code

    return Place(shop.env, spelled)


def _run(block: Block, folder: Path, place: Place) -> None:
    code = place.spelled(block.code)
    commands: dict[str, list[str | Path]] = {
        "sh": ["bash", "-euo", "pipefail", "-c", code],
        "python": [sys.executable, "-c", code],
        "js": [NODE, "--input-type=module", "-e", code],
    }
    done = subprocess.run(
        commands[block.language],
        cwd=folder,
        env={**place.env, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, f"{block.code}\n{done.stdout}"
    if block.output is not None:
        assert _steady(done.stdout) == _steady(block.output)


def _printed_environment(server: Server) -> dict[str, str]:
    """What the shell of a program has, and what Node needs beside it."""
    lines = [shlex.split(line)[1] for line in server.installation.run("env").splitlines()]
    printed = dict(line.split("=", 1) for line in lines)
    return printed | {"NODE_EXTRA_CA_CERTS": printed["SSL_CERT_FILE"]}


def _steady(printed: str) -> list[str]:
    """Lines without what differs from run to run, and without the line that replaces the bar."""
    lines = _VARIES.sub("…", printed).splitlines()
    return [line for line in lines if not _INSTEAD_OF_BAR.match(line)]


@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if any(block.reason is None for block in blocks(page))],
    ids=lambda page: page.stem,
)
def test_the_examples_of_a_page_run_and_print_what_it_says(
    page: Path, play: Callable[[Path], Path]
) -> None:
    play(page)


NOT_RUN = [block for page in PAGES for block in blocks(page) if block.reason is not None]


def test_every_program_runs() -> None:
    assert [block for block in NOT_RUN if block.language != "sh"] == []


@pytest.mark.parametrize(
    "command",
    [shlex.split(line) for block in NOT_RUN for line in block.code.splitlines()],
    ids=shlex.join,
)
def test_commands_that_are_not_run_would_be_accepted(command: list[str]) -> None:
    program, *arguments = command
    match program:
        case "photoplay" if arguments[0] == "animate":
            done = CliRunner().invoke(app, [*arguments, "--explain"], catch_exceptions=False)
            assert done.exit_code == 0, done.output
            _check_encoding(arguments)
        case "photoplay":  # an option that there is not is refused before the help is shown
            done = CliRunner().invoke(app, [*arguments, "--help"], catch_exceptions=False)
            assert done.exit_code == 0, done.output
        case "make":
            makefile = (ROOT / "Makefile").read_text()
            assert all(re.search(rf"^{target}:", makefile, re.M) for target in arguments)
        case "cp" | "." | "python3" | ".venv/bin/python":
            files = [word for word in arguments if "/" in word and not word.startswith(".venv")]
            assert all((ROOT / name).exists() for name in files)
        case _:
            pytest.fail(f"{program} is neither run nor checked")


def _check_encoding(arguments: list[str]) -> None:
    def value(*options: str) -> str | None:
        at = [i for i, word in enumerate(arguments) if word in options]
        return arguments[at[0] + 1] if at else None

    codec = value("--codec")
    Encoding.for_path(Path(value("-o", "--output") or "photo.mp4"), codec)


# The reference is whole


def _options(*names: str) -> dict[str, object]:
    """All options of a command, each with its default."""
    command = typer.main.get_command(app)
    for name in names:
        command = command.commands[name]  # type: ignore[attr-defined]
    found: dict[str, object] = {"--help": None, "-h": None}
    for param in command.params:
        if param.param_type_name == "option":
            found |= dict.fromkeys([*param.opts, *param.secondary_opts], param.default)
    return found


def _commands() -> list[str]:
    """All commands, those of groups as "keys create"; a group that is one itself, too."""
    found = []
    for name, command in typer.main.get_command(app).commands.items():  # type: ignore[attr-defined]
        own = getattr(command, "commands", {})
        if not own or command.invoke_without_command:
            found.append(name)
        found += [f"{name} {each}" for each in own]
    return found


def _heading(command: str) -> str:
    """The heading of a command's section, its arguments included."""
    headings = re.findall(r"^#+ `photoplay.*`$", REFERENCE.read_text("utf-8"), re.MULTILINE)
    own = re.compile(rf"#+ `photoplay{f' {command}' if command else ''}( [A-Z\[\] ]+)?`")
    (found,) = (each for each in headings if own.fullmatch(each))
    return str(found)


@pytest.mark.parametrize("command", ["", *_commands()])
def test_every_option_has_a_row_and_every_row_an_option(command: str) -> None:
    options = _options(*command.split())
    own_rows = rows(_heading(command), until="### ")
    documented = {code: row for row in own_rows for code in codes(row[0])}
    assert documented.keys() == options.keys()
    for option, default in options.items():
        if isinstance(default, str | int | float) and not isinstance(default, bool):
            assert documented[option][2] == str(default), option


def test_every_command_has_a_section() -> None:
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    headings = re.findall(r"^## `photoplay (\w+)", REFERENCE.read_text("utf-8"), re.MULTILINE)
    assert set(headings) == set(commands)


FAMILIES: dict[str, type[StrEnum]] = {
    "### Motion": Motion,
    "### Light": Light,
    "### Atmosphere": Atmosphere,
    "### Look": Look,
}


@pytest.mark.parametrize("heading", FAMILIES)
def test_every_word_family_is_whole_and_its_examples_are_understood(heading: str) -> None:
    table = {codes(row[0])[0]: codes(row[-1]) for row in rows(heading)}
    assert table.keys() == {kind.value for kind in FAMILIES[heading]}
    for kind, examples in table.items():
        for example in examples:
            assert kind in kinds(direction.read(example)), f"{example} is no {kind}"


def _camera_rows() -> list[list[str]]:
    return [row for row in rows("### Camera") if len(row) == 4]


def test_every_move_has_a_row_and_its_examples_are_understood() -> None:
    table = {codes(row[0])[0]: codes(row[3]) for row in _camera_rows()}
    assert table.keys() == {move.value for move in Move}
    for move, examples in table.items():
        for example in examples:
            assert move in kinds(direction.read(example)), f"{example} is no {move}"


def test_every_preset_stands_beside_its_move() -> None:
    table = {preset: codes(row[0])[0] for row in _camera_rows() for preset in codes(row[2])}
    shaken = {preset: row for row in _handheld_rows() for preset in codes(row[1])}
    assert sorted([*table, *shaken]) == list(direction.CAMERA_PRESETS)
    for preset, move in table.items():
        camera = preset_camera(preset)
        assert [one.move.value for one in camera.moves] == ([] if move == "static" else [move])
    for preset, row in shaken.items():
        assert preset_camera(preset).handheld == float(row[0])


def _handheld_rows() -> list[list[str]]:
    return [row for row in rows("### Camera") if len(row) == 3]


def test_hand_held_examples_shake_as_much_as_their_row_says() -> None:
    assert len(_handheld_rows()) == 3
    for amount, _, examples in _handheld_rows():
        for example in codes(examples):
            assert direction.read(example).camera.handheld == float(amount), example


def test_every_word_of_strength_has_its_factor() -> None:
    table = [row for row in rows("### Strength") if row[0][0].isdigit()]
    documented = {word: float(row[0]) for row in table for word in row[1].split(", ")}
    assert documented == AMOUNTS


def test_every_easing_has_a_row_and_its_examples_are_understood() -> None:
    table = {row[0]: codes(row[1]) for row in rows("### Strength") if not row[0][0].isdigit()}
    assert table.keys() == {easing.value for easing in Easing}
    for easing, examples in table.items():
        for example in examples:
            assert direction.read(example).camera.moves[0].easing.value == easing, example


@pytest.mark.parametrize("row", rows("### Order and time"), ids=lambda row: codes(row[0])[0])
def test_order_and_times_are_read_as_the_row_says(row: list[str]) -> None:
    assert named(direction.read(codes(row[0])[0])) == row[1].split(", ")


@pytest.mark.parametrize("row", rows("### Refusals"), ids=lambda row: codes(row[0])[0])
def test_what_a_prompt_refuses_is_left_out(row: list[str]) -> None:
    refused = set(row[1].split(", "))
    assert refused <= kinds(direction.read(", ".join(refused))), "the row refuses nothing"
    assert not refused & kinds(direction.read(codes(row[0])[0]))


def test_every_ambience_has_a_row_and_its_examples_are_heard() -> None:
    table = {codes(row[0])[0]: codes(row[1]) for row in rows("### Sound") if "`" in row[0]}
    assert table.keys() == {ambience.value for ambience in Ambience}
    for ambience, examples in table.items():
        for example in examples:
            heard = {cue.kind.value for cue in direction.read(example).sound.ambience}
            assert ambience in heard, f"{example} is no {ambience}"


def test_every_effect_has_a_row_and_its_examples_are_read_as_it() -> None:
    table = {codes(row[0])[0]: codes(row[1]) for row in rows("### Effects")}
    assert list(table) == [effect.value for effect in Effect]
    for effect, examples in table.items():
        for example in examples:
            (found,) = direction.read(example).sound.effects
            assert found.kind is not None, example
            assert found.kind.value == effect, example
    unknown = section("### Effects").partition("Other sounds, such as")[2].partition(",")[0]
    for example in codes(unknown):
        assert [effect.kind for effect in direction.read(example).sound.effects] == [None]


def test_every_genre_and_mood_has_a_row_and_its_examples_are_read_as_it() -> None:
    table = {codes(row[0])[0]: codes(row[1]) for row in rows("### Music")}
    assert list(table) == [kind.value for kind in (*Genre, *Mood)]
    for kind, examples in table.items():
        for example in examples:
            music = direction.read(example).sound.music
            assert music is not None, example
            assert kind in (music.genre.value, music.mood.value), example


def test_speech_and_silence_are_understood_as_their_rows_say() -> None:
    table = {row[0]: codes(row[1]) for row in rows("### Sound") if "`" not in row[0]}
    plans = {
        kind: [direction.read(example).sound for example in examples]
        for kind, examples in table.items()
    }
    assert plans.keys() == {"speech", "voice-over", "silence"}
    assert all(not line.voice_over for sound in plans["speech"] for line in sound.dialogue)
    assert all(line.voice_over for sound in plans["voice-over"] for line in sound.dialogue)
    assert all(sound.dialogue for kind in ("speech", "voice-over") for sound in plans[kind])
    assert all(sound.silent for sound in plans["silence"])


@pytest.mark.parametrize("wish", codes(section("### Reported, not done")))
def test_wishes_that_are_not_done_are_reported(wish: str) -> None:
    assert " ".join(wish.split()) in direction.read(wish).not_understood


def test_other_languages_are_read_as_their_row_says() -> None:
    for move, *cells in rows("### Other languages"):
        for cell in cells:
            for example in codes(cell):
                assert codes(move)[0] in kinds(direction.read(example)), example


def test_every_error_has_a_row_with_its_codes() -> None:
    tree = [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.PhotoplayError)
    ]
    documented = {codes(row[0])[0]: row[1:4] for row in rows("## Errors")}
    assert documented == {
        kind.__name__: [kind.fal_type, str(kind.http_status), str(kind.exit_code)] for kind in tree
    }
    own_table = section("## Errors").partition("`photoplay.errors`")[0]
    assert all(hasattr(photoplay, name) for name in re.findall(r"^\| `(\w+)`", own_table, re.M))
    exits = {int(row[0]) for row in rows("## Exit codes")}
    assert exits == {0, 129, 143, *(kind.exit_code for kind in tree)}


SETTING_GROUPS = [
    "## Where things are",
    "## How it listens",
    "## What it accepts",
    "## What it buys",
    "## How much",
    "## What it says",
]
# Defaults that differ from machine to machine, and those of no text that anyone would write.
SETTING_DEFAULTS = {
    "data": "the user's data folder",
    "slots": "half the processors",
    "": "empty",
    "None": "empty",
    "{}": "none",
    "**********": "empty",
}


def test_every_setting_has_a_row_with_its_default_and_meaning() -> None:
    documented = {
        codes(row[0])[0]: row[1:]
        for heading in SETTING_GROUPS
        for row in rows(heading, SETTINGS)
        if len(row) == 3
    }
    real = {}
    for name, field in Settings.model_fields.items():
        default = "" if field.default is PydanticUndefined else _as_toml(field.default)
        shown = SETTING_DEFAULTS.get(name) or SETTING_DEFAULTS.get(default, default)
        real[name] = [shown, field.description]
    assert documented == real
    assert list(documented) == list(real), "in the order of the source"


def _as_toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


def test_every_category_of_the_word_list_is_named() -> None:
    words = tomllib.loads((ROOT / "src" / "photoplay" / "moderation.toml").read_text("utf-8"))
    named = set(codes(section("## What it accepts", SETTINGS)))
    assert words.keys() - {"innocent"} <= named


@pytest.mark.parametrize(
    "document",
    [
        document
        for page in PAGES
        for document in re.findall(r"^```toml\n(.*?)^```$", page.read_text("utf-8"), re.M | re.S)
    ],
)
def test_examples_of_settings_are_settings(document: str) -> None:
    read_settings(**tomllib.loads(document))


def test_every_codec_has_a_row_with_its_endings() -> None:
    documented = {codes(row[0])[0]: tuple(row[1].split(", ")) for row in rows("## Encodings")}
    assert documented == {codec.value: SUFFIXES[codec] for codec in Codec}


def test_every_fact_of_the_json_document_has_a_row(play: Callable[[Path], Path]) -> None:
    printed = json.loads((play(HOW_TO) / "clip.json").read_text())
    documented = [code for row in rows("## JSON") for code in codes(row[0])]
    assert documented == list(printed)
    facts = {field.name for field in dataclasses.fields(Clip)}
    assert facts == set(documented[:-5]), "all but the last five are the clip's"
    error = error_document(errors.Cancelled())["error"]
    assert isinstance(error, dict)
    plan = {field.name for field in dataclasses.fields(Plan)}
    assert {*error, *plan} <= set(codes(section("## JSON")))


def test_every_key_of_the_metadata_has_a_row() -> None:
    request = ClipRequest(start_image=Path("photo.jpg"), shots=(Shot("push in", 5),))
    documented = [code for row in rows("## Metadata") for code in codes(row[0])]
    assert documented == list(describe(request, "parallax"))


def test_every_parameter_of_animate_has_a_row_with_its_default() -> None:
    parameters = inspect.signature(photoplay.animate).parameters
    keywords = {
        name: one.default for name, one in parameters.items() if one.kind is one.KEYWORD_ONLY
    }
    documented = {codes(row[0])[0]: row[1] for row in rows("## Python")}
    assert documented == {
        name: json.dumps(value) if isinstance(value, str) else str(value)
        for name, value in keywords.items()
    }


# The pages hang together


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in _links(page):
        name, _, anchor = target.partition("#")
        file = page.parent / name if name else page
        assert file.is_file(), f"{page.name} links to {target}"
        if anchor:
            assert anchor in _anchors(file), f"{page.name} links to {target}"


def _links(page: Path) -> list[str]:
    """Targets of a page's links to files."""
    return re.findall(r"\]\((?!https://)([^)\s]+)\)", page.read_text("utf-8"))


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_readme_shows_the_real_tree() -> None:
    """A folder is either one line, or all that is in it but hidden, ignored and empty files."""
    listed = _listed()
    assert len(listed) > 1
    for folder, names in listed.items():
        real = {path.name for path in (ROOT / folder).iterdir() if _is_shown(path)}
        assert {name.parts[0] for name in names} == real, folder
        assert all((ROOT / folder / name).exists() for name in names)


def _listed() -> dict[Path, list[Path]]:
    """Folders of the README's tree that have lines of their own below them, and those lines."""
    lines = section("## Files", ROOT / "README.md").split("```")[1].splitlines()[2:]
    above = [(0, Path())]  # folders that the line may lie in, with their indentation
    listed: dict[Path, list[Path]] = {}
    for line in lines:
        name, _, comment = line.strip().partition("  ")
        depth = len(line) - len(line.lstrip())
        while above[-1][0] >= depth:
            above.pop()
        folder = above[-1][1]
        listed.setdefault(folder, []).append(Path(name))
        above.append((depth, folder / name))
        assert comment or name.endswith("/"), f"{name} has no comment"
    return listed


def _is_shown(path: Path) -> bool:
    ignored = {"__pycache__", "out"}
    empty = path.is_file() and path.stat().st_size == 0
    return not (path.name.startswith(".") or path.name in ignored or empty)


def test_the_numbers_of_the_readme_are_true() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert f"{len(Move) - 1} camera moves" in text, "all but the static camera"
    assert f"{len(Light)} lights" in text
    assert f"{len(Ambience)} ambiences" in text


def test_pages_keep_to_their_length() -> None:
    decisions = [page for page in PAGES if page.parent.name == "decisions"]
    limits = {ROOT / "README.md": 150, **dict.fromkeys(decisions, 25)}
    assert len(limits) > 1
    for page, limit in limits.items():
        assert len(page.read_text("utf-8").splitlines()) < limit, page.name


def test_every_page_is_linked_from_another() -> None:
    linked = {
        (page.parent / target.partition("#")[0]).resolve()
        for page in PAGES
        for target in _links(page)
    }
    assert [page.name for page in PAGES if page not in linked and page.name != "README.md"] == []
