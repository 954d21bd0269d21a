"""Generations of the request schema: which is current when, and what an endpoint becomes in it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from photoplay.catalogue import Catalogue, Endpoint, Role
from photoplay.errors import InvalidRequest

DATA = Path(__file__).with_name("generations.toml")


@dataclass(frozen=True)
class Generations:
    """The chronology. `paths` begin ids, by name of a generation; `eras` are in order of time."""

    paths: Mapping[str, str]
    eras: tuple[tuple[date, str], ...]
    without_effect: Mapping[Role, str]

    @property
    def targets(self) -> list[str]:
        """Generations that were current once: those to which code can be moved."""
        return sorted({name for _, name in self.eras}, reverse=True)

    def current(self, day: date) -> str:
        """The generation of that day. Raises InvalidRequest for days before the first."""
        known = [name for since, name in self.eras if since <= day]
        if not known:
            raise InvalidRequest(
                f"the date is {day}",
                rule=f"the first generation that is known began on {self.eras[0][0]}",
                fix="Give a later --date, or say the generation with --to",
            )
        return known[-1]

    def check(self, name: str) -> None:
        """Raise InvalidRequest unless code can be moved to that generation."""
        if name not in self.targets:
            raise InvalidRequest(
                f"the generation is {name!r}",
                rule=f"code can be moved to {' or '.join(self.targets)}",
                fix="Leave --to out for the one that is current",
            )

    def of(self, endpoint_id: str) -> str:
        """The generation in whose path the id lies; "" for none."""
        found = (name for name, path in self.paths.items() if endpoint_id.startswith(path))
        return next(found, "")

    def counterpart(self, endpoint: Endpoint, name: str, catalogue: Catalogue) -> Endpoint | None:
        """What the endpoint is called in that generation; None if it is there or has no place."""
        own = self.of(endpoint.id)
        if own in {"", name}:
            return None
        moved = self.paths[name] + endpoint.id.removeprefix(self.paths[own])
        return catalogue.endpoints.get(moved)


@cache
def load() -> Generations:
    """The chronology that comes with this package."""
    table = tomllib.loads(DATA.read_text("utf-8"))
    return Generations(
        paths={each["name"]: each["path"] for each in table["generations"]},
        eras=tuple((each["since"], each["current"]) for each in table["eras"]),
        without_effect={Role(role): why for role, why in table["without_effect"].items()},
    )
