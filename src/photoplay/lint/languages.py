"""Which file is of which language, by its name; each has a reader. Readers load when needed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from photoplay.lint.ids import Ids
from photoplay.lint.nodes import Text, Use

Reader = Callable[[str, Ids], list[Use]]


def _is_endpoint(ids: Ids) -> Callable[[Text], bool]:
    return lambda text: bool(ids.find(text))


def _python(text: str, ids: Ids) -> list[Use]:
    from photoplay.lint.readers import python

    return python.read(text, _is_endpoint(ids))


def _json(text: str, ids: Ids) -> list[Use]:
    from photoplay.lint.readers import json

    return json.read(text, _is_endpoint(ids))


def _yaml(text: str, ids: Ids) -> list[Use]:
    from photoplay.lint.readers import yaml

    return yaml.read(text, _is_endpoint(ids))


def _javascript(text: str, ids: Ids, *, jsx: bool = True) -> list[Use]:
    from photoplay.lint.readers import javascript

    return javascript.read(text, _is_endpoint(ids), mention=ids.mention, jsx=jsx)


_READERS: dict[str, Reader] = {
    **dict.fromkeys((".py", ".pyi"), _python),
    **dict.fromkeys((".js", ".mjs", ".cjs", ".jsx", ".tsx"), _javascript),
    **dict.fromkeys((".ts", ".mts", ".cts"), partial(_javascript, jsx=False)),
    **dict.fromkeys((".json", ".jsonc"), _json),
    **dict.fromkeys((".yaml", ".yml"), _yaml),
}
SUFFIXES = frozenset(_READERS)


def reader_for(path: Path) -> Reader | None:
    """What reads such a file; None if nothing does."""
    return _READERS.get(path.suffix.lower())
