"""What media is kept, under which name, for how long.

A name is a keyed hash of the content: no one can guess it, or learn from it what is kept, and the
same content has the same name. The database says what is kept; where the bytes are is the business
of `Blobs`.

Each row of the table has a blob of its own, under a key that is never used again. The row comes
before its blob and goes after it, so that a process may die anywhere and leave nothing that is not
found again. A row that has expired never comes back to life, so that its blob can be deleted
without a lock while the same content is put anew.
"""

from __future__ import annotations

import asyncio
import base64
import hmac
import math
import re
import secrets
import time
from collections.abc import AsyncIterable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

from sqlalchemy import and_, case, delete, exists, insert, not_, or_, select, update

from photoplay.assets.blobs import Blobs, gone
from photoplay.assets.folder import Folder
from photoplay.assets.naming import content_disposition, safe_file_name
from photoplay.assets.sniff import BY_CONTENT_TYPE, FileType
from photoplay.assets.staging import Staged, delete_abandoned, staging
from photoplay.config import Settings
from photoplay.database import Connection, Database
from photoplay.database.tables import asset, upload

_SECRET_BYTES = 32
_NAME_CHARS = 40  # 200 bits of the hash
_NAME = re.compile(r"[a-z2-7]{40}\.[a-z0-9]{2,5}")
_UPLOAD_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# An expired blob stays this long, as a put that saw it alive may be about to prolong its life.
_GRACE_S = 60.0
_NEVER_CAME_S = 24 * 3600.0  # a file or an upload that is not complete by then never will be
_BATCH = 200  # rows deleted at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A file that is kept. Times are seconds since 1970; without `expires_at` it is for good."""

    name: str
    content_type: str
    file_name: str  # safe to offer for download
    bytes: int
    created_at: float
    expires_at: float | None
    blob: str  # where its bytes are; for the store alone

    @property
    def etag(self) -> str:
        """A strong entity tag: the content never changes under its name."""
        return f'"{self.name.partition(".")[0]}"'

    @property
    def file_type(self) -> FileType:
        """What its first bytes said it is."""
        return BY_CONTENT_TYPE[self.content_type]

    @property
    def content_disposition(self) -> str:
        """The header under which it is offered."""
        return content_disposition(self.file_name, self.file_type)


class AssetStore:
    """The media of an installation, shared by all threads of a process.

    `expires_after_s` is how long a file is wanted: None for as long as the setting says,
    `math.inf` for good. What is put again is kept for the longer of the two, under its first name.

    Putting raises InvalidMedia if nothing comes, MediaTooLarge if more than `max_bytes` (the
    setting's, unless given) do, and OutputUnwritable or MediaStoreUnavailable.
    """

    def __init__(self, blobs: Blobs, database: Database, settings: Settings) -> None:
        self.blobs = blobs
        self._database = database
        self._max_bytes = settings.max_upload_bytes
        self._kept_s = settings.media_retention_days * 24 * 3600
        self._secret = database.secret("asset-names", lambda: secrets.token_bytes(_SECRET_BYTES))

    def put_file(
        self, path: Path, *, file_name: str, expires_after_s: float | None = None
    ) -> Asset:
        """Keep a copy of our own file at `path`, however large."""
        with staging(self.blobs.incoming, math.inf) as staged:
            staged.write_file(path)
            return self.keep(staged, file_name, expires_after_s)

    def put_stream(
        self,
        chunks: Iterable[bytes],
        *,
        file_name: str,
        expires_after_s: float | None = None,
        max_bytes: int | None = None,
    ) -> Asset:
        """Keep what `chunks` bring."""
        with self.staging(max_bytes) as staged:
            for chunk in chunks:
                staged.write(chunk)
            return self.keep(staged, file_name, expires_after_s)

    async def put_async(
        self,
        chunks: AsyncIterable[bytes],
        *,
        file_name: str,
        expires_after_s: float | None = None,
        max_bytes: int | None = None,
    ) -> Asset:
        """Keep what `chunks` bring; the disk and the database are waited for in threads."""
        with self.staging(max_bytes) as staged:
            await staged.write_async(chunks)
            return await asyncio.to_thread(self.keep, staged, file_name, expires_after_s)

    def keep(self, staged: Staged, file_name: str, expires_after_s: float | None) -> Asset:
        """Put a staged file where it belongs, unless its content is kept already."""
        staged.close()
        name = self._name_of(staged)
        with self._database.begin() as connection:
            now = self._database.now(connection)
            until = self._until(now, expires_after_s)
            if kept := _prolonged(connection, name, now, until):
                return kept
            new = Asset(
                name=name,
                content_type=staged.file_type.content_type,
                file_name=safe_file_name(file_name, staged.file_type),
                bytes=staged.bytes,
                created_at=now,
                expires_at=until,
                blob=_new_key(name),
            )
            connection.execute(insert(asset).values(**asdict(new), stored=False))
        self.blobs.put(staged.path, new.blob)
        with self._database.begin() as connection:
            connection.execute(update(asset).filter_by(blob=new.blob).values(stored=True))
        return new

    def staging(self, max_bytes: int | None = None) -> AbstractContextManager[Staged]:
        """A hidden file for up to `max_bytes`, for callers who put it where it belongs."""
        return staging(self.blobs.incoming, max_bytes or self._max_bytes)

    def find(self, name: str) -> Asset | None:
        """What is kept under `name`, which may also be the id of a completed upload."""
        with self._database.read() as connection:
            if _UPLOAD_ID.fullmatch(name):
                name = connection.scalar(select(upload.c.asset_name).filter_by(id=name)) or ""
            return _alive(connection, name, time.time()) if _NAME.fullmatch(name) else None

    def open(self, name: str, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """Its bytes from `start` to `stop` (or its end), read lazily in pieces. Raises NotFound."""
        found = self.existing(name)
        end = found.bytes if stop is None else min(stop, found.bytes)
        return self.blobs.open(found.blob, start, end)

    def local_path(self, name: str, into: Path) -> Path:
        """A file in the folder `into` with its content, to be read only. Raises NotFound."""
        found = self.existing(name)
        path = into / found.name
        if not path.exists():
            self.blobs.copy_out(found.blob, path)
        return path

    def delete_expired(self, now: float) -> int:
        """Delete what has expired or never came; how many files that were.

        With them go uploads that were not finished, or have lost their file. `now` is by the
        database's clock.
        """
        delete_abandoned(self.blobs.incoming)
        count = 0
        while blobs := self._expired(now):
            for blob in blobs:
                self.blobs.delete(blob)
            with self._database.begin() as connection:
                connection.execute(delete(asset).where(asset.c.blob.in_(blobs)))
            count += len(blobs)
        self._forget_uploads(now - _NEVER_CAME_S)
        return count

    def existing(self, name: str) -> Asset:
        """What is kept under `name`. Raises NotFound."""
        found = self.find(name)
        if found is None:
            raise gone(name)
        return found

    def _expired(self, now: float) -> list[str]:
        over = and_(asset.c.stored, asset.c.expires_at <= now - _GRACE_S)
        never_came = and_(not_(asset.c.stored), asset.c.created_at <= now - _NEVER_CAME_S)
        with self._database.read() as connection:
            chosen = select(asset.c.blob).where(or_(over, never_came)).limit(_BATCH)
            return list(connection.scalars(chosen))

    def _forget_uploads(self, before: float) -> None:
        is_lost = ~exists().where(asset.c.name == upload.c.asset_name)
        over = and_(upload.c.created_at <= before, or_(upload.c.asset_name.is_(None), is_lost))
        with self._database.read() as connection:
            ids = list(connection.scalars(select(upload.c.id).where(over)))
        for upload_id in ids:
            self.blobs.delete_all(parts_folder(upload_id))
            with self._database.begin() as connection:
                connection.execute(delete(upload).filter_by(id=upload_id))

    def _name_of(self, staged: Staged) -> str:
        hashed = hmac.digest(self._secret, staged.digest, "sha256")
        return base64.b32encode(hashed).decode().lower()[:_NAME_CHARS] + staged.file_type.suffix

    def _until(self, now: float, expires_after_s: float | None) -> float | None:
        wanted_s = self._kept_s if expires_after_s is None else expires_after_s
        return None if math.isinf(wanted_s) else now + wanted_s


def _alive(connection: Connection, name: str, now: float, *, lock: bool = False) -> Asset | None:
    """The row of `name` that lives longest; two that put the same content at once made two."""
    last = case((asset.c.expires_at.is_(None), 1), else_=0).desc(), asset.c.expires_at.desc()
    chosen = select(asset).filter_by(name=name, stored=True).order_by(*last).limit(1)
    row = connection.execute(chosen.with_for_update() if lock else chosen).first()
    if row is None or (row.expires_at is not None and row.expires_at <= now):
        return None
    return Asset(**{field.name: getattr(row, field.name) for field in fields(Asset)})


def _prolonged(connection: Connection, name: str, now: float, until: float | None) -> Asset | None:
    """What is kept under `name`, now for at least as long as `until`."""
    kept = _alive(connection, name, now, lock=True)
    if kept is None or kept.expires_at is None or (until and until <= kept.expires_at):
        return kept
    connection.execute(update(asset).filter_by(blob=kept.blob).values(expires_at=until))
    return replace(kept, expires_at=until)


def _new_key(name: str) -> str:
    stem, _, suffix = name.partition(".")
    return f"{stem[:2]}/{stem}-{secrets.token_hex(4)}.{suffix}"


def parts_folder(upload_id: str) -> str:
    """Where the parts of an upload are until they are joined."""
    return f"parts/{upload_id}"


def open_store(settings: Settings, database: Database) -> AssetStore:
    """The store that the settings ask for. Raises SettingInvalid if its bucket cannot be used."""
    return AssetStore(_blobs(settings), database, settings)


def _blobs(settings: Settings) -> Blobs:
    if not settings.bucket:
        return Folder(settings.data / "media")
    from photoplay.assets.bucket import Bucket  # a large library that a folder does not need

    return Bucket.connect(settings)
