"""Imports point down only, and foreign libraries have one importer each."""

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import photoplay

ROOT = Path(photoplay.__file__).parent

# Highest first. A module may import its own row and the rows below it.
ROWS = [
    {"cli", "__main__"},
    {"__init__"},
    {"interface"},
    {"doctor"},
    {"server"},
    {"webhooks", "jobs"},
    {"hosted"},
    {"films", "explanation"},
    {"render"},
    {"stem_files"},
    {"preflight"},
    {"keys", "moderation", "assets"},
    {"engines"},
    {"ledger"},
    {"compose", "lint", "quotes"},
    {"dialects"},
    {"direction", "sound", "media", "images", "catalogue", "database"},
    {"engine"},
    {"config", "tls"},
    {"clip", "frames", "files", "error_values"},
    {"given"},
    {"errors"},
]
SOLE_IMPORTERS = {
    "PIL": {"images"},
    "alembic": {"database"},
    "av": {"media"},
    "certifi": {"tls"},
    "cryptography": {"tls", "webhooks"},
    "cv2": {"engines", "images"},
    "dbos": {"jobs"},
    "fastapi": {"server"},
    "httpcore": {"assets"},
    "httpx": {"assets", "hosted", "webhooks"},
    "keyring": {"hosted"},
    "jwt": {"dialects"},
    "obstore": {"assets"},
    "pathspec": {"lint"},
    "prometheus_client": {"server"},
    "psycopg": set(),
    "pydantic": {"catalogue", "config"},
    "pydantic_settings": {"config"},
    "pyloudnorm": set(),
    "rich": {"cli"},
    "scipy": set(),
    "sqlalchemy": {"assets", "database", "jobs", "keys", "ledger", "webhooks"},
    "starlette": {"server"},
    "tree_sitter": {"lint"},
    "tree_sitter_typescript": {"lint"},
    "typer": {"cli"},
    "uvicorn": {"cli"},  # in `serve`, which runs the application
    "yaml": {"lint"},
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


def test_jobs_know_webhooks_and_not_the_other_way_round() -> None:
    assert ("webhooks", "jobs") not in _imports("photoplay")


def test_animate_loads_nothing_of_the_server() -> None:
    """It would take longer to start than the whole of its own work before the render."""
    served = ["alembic", "cryptography", "dbos", "fastapi", "httpx", "pydantic", "sqlalchemy"]
    loads = "import sys, photoplay.cli, photoplay.render, photoplay.engines.parallax"
    says = f"print([name for name in {served} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", f"{loads}\n{says}"], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


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
    for importer, name in _all_imports():
        first, _, rest = name.partition(".")
        if first == package:
            imported = rest.split(".")[0] or "__init__" if package == "photoplay" else first
            found.append((importer, imported))
    return found


@cache
def _all_imports() -> list[tuple[str, str]]:
    return [
        (path.relative_to(ROOT).parts[0].removesuffix(".py"), name)
        for path in ROOT.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        for name in _names(node)
    ]


def _names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module:
        if node.module == "photoplay":
            return [f"photoplay.{alias.name}" for alias in node.names]
        return [node.module]
    return []
