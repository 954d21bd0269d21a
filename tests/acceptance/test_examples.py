"""The examples on the pages run, and print what the page says."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from typer.testing import CliRunner

from photoplay import errors
from photoplay.cli import app
from photoplay.cli.terminal import error_document
from photoplay.clip import Clip
from photoplay.direction.plan import Plan
from photoplay.engines.parallax.engine import ParallaxEngine
from photoplay.media import Encoding
from tests.pages import PAGES, ROOT, Block, blocks, codes, rows, section
from tests.rigs.node import MODULES, NODE
from tests.rigs.photoplay import Installation, Server
from tests.rigs.shop import Shop

HOW_TO = ROOT / "docs" / "how-to.md"

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
def test_commands_that_are_not_run_would_be_accepted(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, *arguments = command
    match program:
        case "photoplay" if arguments[0] == "animate":
            for name in re.findall(r"[\w/-]+\.(?:jpg|png|webp)", " ".join(arguments)):
                (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / "examples" / "astronaut.jpg", tmp_path / name)
            monkeypatch.chdir(tmp_path)
            # What the engine would say takes a second each, and is not asked here.
            monkeypatch.setattr(ParallaxEngine, "look", lambda *_: None)
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


def test_every_fact_of_the_json_document_has_a_row(play: Callable[[Path], Path]) -> None:
    printed = json.loads((play(HOW_TO) / "clip.json").read_text())
    documented = [code for row in rows("## JSON") for code in codes(row[0])]
    assert documented == list(printed)
    facts = {field.name for field in dataclasses.fields(Clip)}
    assert facts == set(documented[:-4]), "all but the last four are the clip's"
    error = error_document(errors.Cancelled())["error"]
    assert isinstance(error, dict)
    plan = {field.name for field in dataclasses.fields(Plan)}
    assert {*error, *plan} <= set(codes(section("## JSON")))
