"""The reference is whole, and the pages hang together."""

from __future__ import annotations

import inspect
import json
import re
import tomllib
from pathlib import Path

import pytest
import typer.main
from pydantic_core import PydanticUndefined

import photoplay
from photoplay import errors
from photoplay.cli import app
from photoplay.clip import ClipRequest, Shot
from photoplay.config import Settings, read_settings
from photoplay.direction.plan import Ambience, Light, Move
from photoplay.media import Codec
from photoplay.media.formats import SUFFIXES
from photoplay.render import describe
from tests.pages import PAGES, REFERENCE, ROOT, SETTINGS, codes, rows, section

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
