"""Reads rows from TOML files.

A file is one family. Its tables `fields`, `objects`, `limits` and `prices` hold definitions by
name, to which `common.toml` adds those that several families share; `groups` make the endpoints.

- A definition or a group with `like = "other"` starts as a copy of that one.
- A field's `media`, `object` and `items` name a limit, an object or a field; `name` is its own
  name on the wire if it differs from that of the definition.
- A group without `id` makes none itself.
- A group's `each = { tier = ["standard", "pro"] }` makes an endpoint for every combination of
  such values, and `{tier}` in its texts becomes the value. `required` names fields that must be
  given, `defaults` gives some of them another default, `prices` names a list of prices.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from photoplay.catalogue.rows import Endpoint
from photoplay.errors import SettingInvalid

Table = dict[str, Any]

COMMON = "common.toml"
_MOST_LIKE = 10  # links of a chain of `like`: more are a circle
_ENDPOINT = TypeAdapter(Endpoint)


def read_files(files: Iterable[Path]) -> list[Endpoint]:
    """All endpoints of these files, in their order. Raises SettingInvalid."""
    tables = {file: _load(file) for file in files}
    common: Table = next((t for file, t in tables.items() if file.name == COMMON), {})
    found: dict[str, Endpoint] = {}
    for file, table in tables.items():
        if file.name == COMMON:
            continue
        for endpoint in _Family(file, table, common).endpoints():
            if endpoint.id in found:
                raise _wrong(file, f"{endpoint.id} is there twice", "an endpoint has one row")
            found[endpoint.id] = endpoint
    return list(found.values())


def _load(file: Path) -> Table:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise _wrong(file, " ".join(str(error).split()), "it is a TOML file") from error


def _wrong(file: Path, given: str, rule: str) -> SettingInvalid:
    return SettingInvalid(f"{file.name}: {given}", rule=rule, fix="Correct the catalogue's file")


class _Family:
    """One file with the definitions that it may use."""

    def __init__(self, file: Path, table: Table, common: Table) -> None:
        self._file = file
        self._table = table
        self._known = {
            kind: {**common.get(kind, {}), **table.get(kind, {})}
            for kind in ("fields", "objects", "limits", "prices", "groups")
        }

    def endpoints(self) -> Iterator[Endpoint]:
        """The endpoints in the order of their groups."""
        for name in self._table.get("groups", {}):
            group = self._definition("groups", name)
            if "id" not in group:  # only there for others to be like it
                continue
            for values in _combinations(group.pop("each", {})):
                yield self._endpoint(name, group, values)

    def _endpoint(self, name: str, group: Table, values: Mapping[str, str]) -> Endpoint:
        row = {key: _filled_in(value, values) for key, value in group.items()}
        given = {"id": row.get("id", "")}
        row = {
            "family": self._table.get("family", ""),
            "source": _filled_in(self._table.get("source", ""), given),
            "as_of": self._table.get("as_of"),
            **row,
        }
        required, defaults = row.pop("required", []), row.pop("defaults", {})
        row["fields"] = [self._input(field, required, defaults) for field in row.get("fields", [])]
        row["output"] = [self._field(field) for field in row.get("output", ["video"])]
        if "prices" in row:
            row["prices"] = self._prices(row)
        try:
            endpoint = _ENDPOINT.validate_python(row)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, (name, *first["loc"])))
            raise _wrong(self._file, f"{where} is {first['input']!r}", first["msg"]) from error
        unknown = {*required, *defaults} - {field.name for field in endpoint.fields}
        if unknown:
            raise _wrong(self._file, f"{name} has no {min(unknown)}", "its fields are its own")
        return endpoint

    def _input(self, name: str, required: list[str], defaults: Table) -> Table:
        field = self._field(name)
        own = field["name"]
        if own in required:
            field["required"] = True
        if own in defaults:
            field["default"] = defaults[own]
        return field

    def _field(self, name: str) -> Table:
        field = self._definition("fields", name)
        if "media" in field:
            field["media"] = self._definition("limits", field["media"])
        if "object" in field:
            field["object"] = self._object(field["object"])
        if "items" in field:
            field["items"] = self._field(field["items"])
        return field

    def _object(self, name: str) -> Table:
        found = self._definition("objects", name)
        return {**found, "fields": [self._field(field) for field in found.get("fields", [])]}

    def _prices(self, row: Table) -> list[Table]:
        shared = {"as_of": row["as_of"], "source": row["source"]}
        found = self._known["prices"].get(row["prices"])
        if found is None:
            raise self._missing("prices", row["prices"])
        return [{**shared, **price} for price in found]

    def _definition(self, kind: str, name: str, depth: int = 0) -> Table:
        """That definition, with those it is like filled in below it."""
        found = self._known[kind].get(name)
        if found is None:
            raise self._missing(kind, name)
        if depth == _MOST_LIKE:
            raise _wrong(self._file, f"{name} is like itself", "a copy starts somewhere")
        own = {key: value for key, value in found.items() if key != "like"}
        if "like" in found:
            return {**self._definition(kind, found["like"], depth + 1), **own}
        return {"name": name, **own} if kind in ("fields", "objects") else own

    def _missing(self, kind: str, name: str) -> SettingInvalid:
        return _wrong(self._file, f"there are no {kind} called {name!r}", "names are defined first")


def _combinations(each: Mapping[str, list[str]]) -> Iterator[dict[str, str]]:
    for values in product(*each.values()):
        yield dict(zip(each, values, strict=True))


def _filled_in(value: Any, values: Mapping[str, str]) -> Any:
    """`value` with `{name}` replaced in texts."""
    if isinstance(value, str):
        for name, text in values.items():
            value = value.replace(f"{{{name}}}", text)
    return value
