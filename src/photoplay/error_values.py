"""Errors of the tree as plain values, to cross a pipe or be kept, and back."""

from __future__ import annotations

from typing import Any

from photoplay import errors
from photoplay.errors import Cancelled, PhotoplayError

Json = dict[str, Any]


def to_value(error: PhotoplayError) -> Json:
    """The error for `from_value`; one of a plug-in comes back as the nearest kind of the tree."""
    kind = next(each for each in type(error).__mro__ if vars(errors).get(each.__name__) is each)
    return {
        "kind": kind.__name__,
        "given": error.given,
        "rule": error.rule,
        "fix": error.fix,
        "limits": {name: _plain(limit) for name, limit in error.limits.items()},
    }


def from_value(value: Json) -> PhotoplayError:
    """The error that `to_value` was given. Raises LookupError, AttributeError, TypeError."""
    if value["kind"] == Cancelled.__name__:
        return Cancelled()
    kind: type[PhotoplayError] = getattr(errors, value["kind"])
    error = kind(value["given"], rule=value["rule"], fix=value["fix"])
    error.limits = dict(value["limits"])
    return error


def _plain(limit: object) -> object:
    return limit if isinstance(limit, str | int | float | bool | list | None) else str(limit)
