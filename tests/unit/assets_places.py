"""Stores to test with: a folder beside SQLite, and a bucket beside PostgreSQL."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import delete

from photoplay.assets.multipart import Uploads
from photoplay.assets.store import AssetStore, open_store
from photoplay.config import Settings, read_settings
from photoplay.database import Database
from photoplay.database.tables import asset, upload

MAX_BYTES = 3_000_000
KINDS = ["folder", "bucket"]


@dataclass(frozen=True)
class Place:
    """An installation's media."""

    settings: Settings
    database: Database
    store: AssetStore

    @property
    def uploads(self) -> Uploads:
        return Uploads(self.store, self.database, self.settings)

    @property
    def now(self) -> float:
        with self.database.read() as connection:
            return self.database.now(connection)

    def incoming(self) -> list[Path]:
        """Files that are on their way in."""
        folder = self.store.blobs.incoming
        return list(folder.iterdir()) if folder.is_dir() else []


@contextmanager
def a_place(kind: str, data: Path, request: pytest.FixtureRequest) -> Iterator[Place]:
    """An empty store of that kind; its servers start when the first test asks for them."""
    if kind == "folder":
        with _opened(read_settings(data=data, max_upload_bytes=MAX_BYTES)) as place:
            yield place
        return
    s3 = request.getfixturevalue("s3_server").settings()
    s3["bucket"] += f"/{uuid.uuid4().hex}"
    url = request.getfixturevalue("postgres_url")  # one for the module: its tables are made once
    settings = read_settings(data=data, max_upload_bytes=MAX_BYTES, database=url, **s3)
    with _opened(settings) as place:
        with place.database.begin() as connection:
            for table in (upload, asset):
                connection.execute(delete(table))
        yield place


@contextmanager
def _opened(settings: Settings) -> Iterator[Place]:
    database = Database.open(settings.database_url)
    try:
        yield Place(settings, database, open_store(settings, database))
    finally:
        database.close()
