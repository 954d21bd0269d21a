"""Imports point down only, and foreign libraries have one importer each."""

import ast
from pathlib import Path

import photoplay

ROOT = Path(photoplay.__file__).parent

# Highest first. A module may import its own row and the rows below it.
ROWS = [
    {"cli", "__main__"},
    {"__init__"},
    {"doctor"},
    {"render"},
    {"engines"},
    {"direction", "sound", "media", "images"},
    {"engine"},
    {"clip", "frames"},
    {"errors"},
]
SOLE_IMPORTERS = {
    "av": {"media"},
    "PIL": {"images"},
    "cv2": {"engines", "images"},
    "pyloudnorm": set(),
    "scipy": set(),
    "rich": {"cli"},
    "typer": {"cli"},
}


def test_every_import_points_down() -> None:
    wrong = [
        f"{importer} imports {imported}"
        for importer, imported in _imports("photoplay")
        if _row(imported) < _row(importer)
    ]
    assert wrong == []


def test_direction_and_sound_do_not_know_each_others_siblings() -> None:
    """Direction is pure text to values: it may not reach for pixels, sound or files."""
    wrong = [
        imported
        for importer, imported in _imports("photoplay")
        if importer == "direction" and imported in {"media", "images", "sound", "engine", "frames"}
    ]
    assert wrong == []


def test_foreign_libraries_have_one_home() -> None:
    wrong = [
        f"{importer} imports {library}"
        for library, homes in SOLE_IMPORTERS.items()
        for importer, imported in _imports(library)
        if importer not in homes
    ]
    assert wrong == []


def _row(unit: str) -> int:
    return next(at for at, row in enumerate(ROWS) if unit in row)


def _imports(package: str) -> list[tuple[str, str]]:
    """Pairs (importing unit, imported unit) over all sources; the unit of a library is its name."""
    found = []
    for path in ROOT.rglob("*.py"):
        importer = path.relative_to(ROOT).parts[0].removesuffix(".py")
        for node in ast.walk(ast.parse(path.read_text())):
            for name in _names(node):
                first, _, rest = name.partition(".")
                if first == package:
                    imported = rest.split(".")[0] or "__init__" if package == "photoplay" else first
                    found.append((importer, imported))
    return found


def _names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module:
        if node.module == "photoplay":
            return [f"photoplay.{alias.name}" for alias in node.names]
        return [node.module]
    return []
