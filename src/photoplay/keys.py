"""API keys: who may ask this installation for what.

A key is `id:secret`. The secret has 256 random bits, is shown once, and is kept as its SHA-256
only: with that much chance in it, a slow hash would protect nothing more.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, insert, select, update

from photoplay.database import Database
from photoplay.database.tables import api_key
from photoplay.errors import InvalidRequest, KeyRequired, NotFound, ScopeMissing

_REMEMBERED_S = 1.0  # a key that was found: revoking it elsewhere takes effect within two seconds
_LONGEST_NAME = 200  # characters
_MOST_CONCURRENCY = 10_000

_HEADER = re.compile(r"(?i:key|bearer) +([0-9a-f-]{36}):([0-9a-f]{64})")
# What the secret of an unknown id is compared with, so that its answer takes as long.
_NO_HASH = hashlib.sha256(b"").hexdigest()


class Scope(StrEnum):
    """A right that a key may have."""

    RUN = "run"  # submit requests, and see and cancel its own
    UPLOAD = "upload"  # store media
    ADMIN = "admin"  # everything


def read_scopes(words: Iterable[str]) -> frozenset[Scope]:
    """The scopes that words name. Raises InvalidRequest."""
    named = frozenset(words)
    unknown = sorted(named - set(Scope))
    if unknown:
        raise InvalidRequest(
            f"the scope is {unknown[0]!r}",
            rule=f"the scopes are {', '.join(Scope)}",
            fix="Name one or several of them",
        )
    return frozenset(map(Scope, named))


DEFAULT_SCOPES = frozenset({Scope.RUN, Scope.UPLOAD})


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key without its secret. Times are seconds since 1970."""

    id: str
    name: str
    scopes: frozenset[Scope]
    concurrency: int | None  # renders at the same time; None: the installation's setting
    created_at: float
    revoked_at: float | None

    def may(self, scope: Scope) -> bool:
        """Whether the key has that right."""
        return scope in self.scopes or Scope.ADMIN in self.scopes


@dataclass(frozen=True, slots=True)
class _Remembered:
    key: Key
    secret_hash: str
    until_s: float  # on the monotonic clock


class Keys:
    """The keys of a database; for all threads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._remembered: dict[str, _Remembered] = {}  # as many as there are keys at most

    def create(
        self,
        name: str,
        scopes: Iterable[Scope] = DEFAULT_SCOPES,
        concurrency: int | None = None,
    ) -> tuple[Key, str]:
        """Make a key; it and its text `id:secret`, which cannot be had again.

        `name` is for people, 1–200 printable characters; `concurrency` is how many of its renders
        may run at the same time. Raises InvalidRequest.
        """
        granted = frozenset(scopes)
        _check(name, granted, concurrency)
        secret = secrets.token_hex(32)
        with self._database.begin() as connection:
            row = {
                "id": str(uuid.uuid4()),
                "secret_hash": _hash(secret),
                "name": name,
                "scopes": sorted(granted),
                "concurrency": concurrency,
                "created_at": self._database.now(connection),
            }
            key = _key(connection.execute(insert(api_key).returning(*api_key.c), row).one())
        return key, f"{key.id}:{secret}"

    def list(self) -> list[Key]:
        """All keys, also revoked ones, oldest first."""
        with self._database.read() as connection:
            return [_key(row) for row in connection.execute(_ALL)]

    def revoke(self, key_id: str) -> Key:
        """End a key: all processes refuse it within two seconds. Its jobs run on.

        Revoking it again changes nothing. Raises NotFound.
        """
        with self._database.begin() as connection:
            now = self._database.now(connection)
            alive = (api_key.c.id == key_id) & api_key.c.revoked_at.is_(None)
            connection.execute(update(api_key).where(alive).values(revoked_at=now))
            row = connection.execute(_ALL.where(api_key.c.id == key_id)).one_or_none()
        self._remembered.pop(key_id, None)
        if row is None:
            raise NotFound(
                "no key has that id",
                rule="an id is the part of a key before the colon",
                fix="See photoplay keys list",
            )
        return _key(row)

    def check(self, authorization: str | None, scope: Scope) -> Key:
        """The key in an `Authorization` header, `Key id:secret` or `Bearer id:secret`.

        Raises KeyRequired if there is none or it is not known or revoked; ScopeMissing if it may
        not do that.
        """
        if not authorization:
            raise _key_required("no key was sent")
        read = _HEADER.fullmatch(authorization)
        if read is None:
            raise _key_required("the Authorization header holds no key")
        key_id, secret = read.groups()
        found = self._recall(key_id)
        expected = found.secret_hash if found is not None else _NO_HASH
        if not hmac.compare_digest(_hash(secret), expected) or found is None:
            raise _key_required("the key is not known")
        if found.key.revoked_at is not None:
            raise _key_required("the key was revoked")
        if not found.key.may(scope):
            raise ScopeMissing(
                f"the key has the scopes {', '.join(sorted(found.key.scopes))}",
                rule=f"this needs the scope {scope}",
                fix=f"Use a key made with photoplay keys create --scope {scope}",
            )
        return found.key

    def _recall(self, key_id: str) -> _Remembered | None:
        remembered = self._remembered.get(key_id)
        if remembered is not None and time.monotonic() < remembered.until_s:
            return remembered
        until_s = time.monotonic() + _REMEMBERED_S
        with self._database.read() as connection:
            row = connection.execute(_ALL.where(api_key.c.id == key_id)).one_or_none()
        if row is None:
            return None
        found = _Remembered(_key(row), row.secret_hash, until_s)
        self._remembered[key_id] = found
        return found


_ALL = select(api_key).order_by(api_key.c.created_at, api_key.c.id)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _key(row: Row[Any]) -> Key:
    known = set(Scope)
    return Key(
        id=row.id,
        name=row.name,
        # A newer version may have scopes that this one does not know, and so cannot grant.
        scopes=frozenset(Scope(word) for word in row.scopes if word in known),
        concurrency=row.concurrency,
        created_at=row.created_at,
        revoked_at=row.revoked_at,
    )


def _check(name: str, scopes: frozenset[Scope], concurrency: int | None) -> None:
    if not (0 < len(name) <= _LONGEST_NAME and name.isprintable() and name.strip()):
        raise InvalidRequest(
            f"the name of the key is {name[:50]!r}",
            rule=f"it has 1–{_LONGEST_NAME} printable characters",
            fix="Name it after who will use it",
        )
    if not scopes:
        raise InvalidRequest(
            "the key has no scope",
            rule=f"it needs at least one of {', '.join(Scope)}",
            fix="Name the scopes",
        )
    if concurrency is not None and not 1 <= concurrency <= _MOST_CONCURRENCY:
        raise InvalidRequest(
            f"the concurrency of the key is {concurrency}",
            rule=f"it is 1–{_MOST_CONCURRENCY} renders at the same time",
            fix="Leave it out for the installation's setting",
        )


def _key_required(given: str) -> KeyRequired:
    return KeyRequired(
        given,
        rule="a request carries the header Authorization: Key id:secret",
        fix="Set FAL_KEY to a key that photoplay keys create has printed",
    )
