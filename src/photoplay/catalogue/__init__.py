"""The catalogue: every endpoint that is known, with its request schema, prices and lifecycle.

Rows are data, in `data/`; a new endpoint needs no code. Knows nothing about HTTP, jobs or any
engine in particular.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from photoplay.catalogue.models import MOST_ITEMS, echo, printable
from photoplay.catalogue.reader import read_files
from photoplay.catalogue.rows import (
    Endpoint,
    Field,
    FileLimits,
    Lifecycle,
    ObjectType,
    Price,
    Role,
)
from photoplay.catalogue.rules import seconds
from photoplay.engine import DEFAULT_ENGINE, engine_names
from photoplay.errors import NotFound, SettingInvalid

__all__ = [
    "MOST_ITEMS",
    "Catalogue",
    "Endpoint",
    "Field",
    "FileLimits",
    "Lifecycle",
    "ObjectType",
    "Price",
    "Role",
    "echo",
    "load",
    "printable",
    "read",
    "seconds",
]

DATA = Path(__file__).parent / "data"
_LONGEST_ID = 200  # characters of what is compared with the ids: a path may be of any length
_NEAR = 0.6  # how alike an id must be to be offered


class Catalogue:
    """Endpoints by id."""

    def __init__(self, endpoints: Iterable[Endpoint]) -> None:
        self.endpoints: Mapping[str, Endpoint] = {each.id: each for each in endpoints}
        self._apps = {"/".join(name.split("/")[:2]) for name in self.endpoints}

    def find(self, endpoint_id: str) -> Endpoint:
        """The endpoint of that id. Raises NotFound with near matches."""
        found = self.endpoints.get(endpoint_id)
        if found is not None:
            return found
        near = difflib.get_close_matches(
            endpoint_id[:_LONGEST_ID].lower(), self.endpoints, n=3, cutoff=_NEAR
        )
        raise NotFound(
            f"there is no endpoint {echo(endpoint_id)}",
            rule="endpoints are those of the catalogue",
            fix=f"Try {', '.join(near)}" if near else "See photoplay engines --endpoints",
        )

    def app_has(self, owner_alias: str) -> bool:
        """Whether any endpoint lies under that app, such as `fal-ai/kling-video`."""
        return owner_alias in self._apps

    def route(self, endpoint: Endpoint, routes: Mapping[str, str]) -> str:
        """The name of the engine that renders `endpoint` here.

        `routes` gives engines to patterns of endpoint ids, such as `fal-ai/kling-video/v3/4k/*`;
        the first that fits wins, and the built-in engine takes the rest. Raises
        FeatureNotSupported for an endpoint out of service, SettingInvalid for an engine that is
        not installed.
        """
        endpoint.check_offered()
        for pattern, engine in routes.items():
            if not fnmatchcase(endpoint.id, pattern):
                continue
            if engine not in engine_names():
                raise SettingInvalid(
                    f"{pattern} is routed to {engine!r}, which is not installed",
                    rule="an engine is one of " + ", ".join(engine_names()),
                    fix="Correct the setting routes, or install the package that brings it",
                )
            return engine
        return DEFAULT_ENGINE


def read(files: Iterable[Path]) -> Catalogue:
    """The catalogue of these data files. Raises SettingInvalid."""
    return Catalogue(read_files(files))


@cache
def load() -> Catalogue:
    """The catalogue that comes with this package."""
    return read(sorted(DATA.glob("*.toml")))
