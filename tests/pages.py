"""The pages of the documentation, and what stands on them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
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

_FENCE = re.compile(
    r"(?:^<!-- not run: (?P<reason>.+?) -->\n)?^```(?P<language>sh|python|js)\n(?P<code>.*?)^```$"
    r"(?:\n\n^```text\n(?P<output>.*?)^```$)?",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Block:
    """An example. `output` is what the page says it prints, `reason` why it is not run here."""

    language: str
    code: str
    output: str | None
    reason: str | None


def blocks(page: Path) -> list[Block]:
    """The examples of a page, in order."""
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
    """What is set as code."""
    return re.findall(r"`([^`]+)`", text)
