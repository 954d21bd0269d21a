"""Uploads of callers, whole or in parts: first a place to send to, then the bytes.

The address of the file is given out before its content is known, so it carries the id of the
upload, which leads to an asset once the upload is complete. Who knows the id of one that is not may
write to it. Parts arrive in any order, several at the same time, at any server process, and again
after a failure; they are kept beside the media until they are joined.
"""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import AsyncIterable, Sequence

from sqlalchemy import Row, insert, or_, select, update

from photoplay.assets.staging import Staged, too_large
from photoplay.assets.store import Asset, AssetStore, parts_folder
from photoplay.config import Settings
from photoplay.database import Database
from photoplay.database.tables import upload
from photoplay.errors import InvalidRequest, NotFound

MAX_PARTS = 10_000
# The clients send 10 MiB. Parts that come at the same time are counted when they are there, so what
# can come to more than the limit is a few of these.
MAX_PART_BYTES = 128 * 1024**2
_ETAG = re.compile(r'"?([0-9a-f]{32})"?')


class Uploads:
    """All uploads of an installation, at whatever process they arrive."""

    def __init__(self, store: AssetStore, database: Database, settings: Settings) -> None:
        self._store = store
        self._database = database
        self._max_bytes = settings.max_upload_bytes

    def start(self, key_id: str, *, file_name: str, expires_after_s: float | None = None) -> str:
        """The id of a new upload for the key; `expires_after_s` as `AssetStore` takes it."""
        upload_id = str(uuid.uuid4())
        with self._database.begin() as connection:
            row = {
                "id": upload_id,
                "key_id": key_id,
                "file_name": file_name[:255],
                "expires_after_s": expires_after_s,
                "created_at": self._database.now(connection),
            }
            connection.execute(insert(upload).values(row))
        return upload_id

    async def put(self, upload_id: str, chunks: AsyncIterable[bytes]) -> Asset:
        """The whole file. The same content may come again, another may not.

        Raises NotFound, InvalidRequest, and what `AssetStore` does.
        """
        row = await asyncio.to_thread(self._find, upload_id)
        whole = await self._store.put_async(
            chunks, file_name=row.file_name, expires_after_s=row.expires_after_s
        )
        await asyncio.to_thread(self._finish, upload_id, whole)
        return whole

    async def put_part(self, upload_id: str, number: int, chunks: AsyncIterable[bytes]) -> str:
        """One part of the file, `number` counting from 1; returns its entity tag, with quotes.

        Raises NotFound, MediaTooLarge, and InvalidRequest for a part of an upload that is over.
        """
        if not 1 <= number <= MAX_PARTS:
            raise InvalidRequest(
                f"the part has number {number}",
                rule=f"parts are numbered from 1 to {MAX_PARTS:,}",
                fix="Send fewer, larger parts",
            )
        row = await asyncio.to_thread(self._find, upload_id)
        if row.asset_name is not None:
            raise _is_over(upload_id)
        with self._store.staging(min(MAX_PART_BYTES, self._max_bytes)) as staged:
            await staged.write_async(chunks)
            await asyncio.to_thread(self._put_part, upload_id, number, staged)
            return f'"{_tag(staged)}"'

    def check(self, upload_id: str) -> None:
        """Raise NotFound if there is no such upload."""
        self._find(upload_id)

    def complete(self, upload_id: str, parts: Sequence[tuple[int, str]]) -> Asset:
        """Join `parts`, each a number and the entity tag that `put_part` gave for it.

        Asked again, it answers the same. Raises NotFound, MediaTooLarge, and InvalidRequest for
        parts that were not received.
        """
        row = self._find(upload_id)
        if row.asset_name is not None:
            found = self._store.find(row.asset_name)
            if found is None:
                raise _unknown(upload_id)
            return found
        with self._store.staging() as staged:
            for key, count in self._received(upload_id, parts):
                for chunk in self._store.blobs.open(key, 0, count):
                    staged.write(chunk)
            whole = self._store.keep(staged, row.file_name, row.expires_after_s)
        self._finish(upload_id, whole)
        self._store.blobs.delete_all(parts_folder(upload_id))
        return whole

    def _find(self, upload_id: str) -> Row[str, float | None, str | None]:
        chosen = select(upload.c.file_name, upload.c.expires_after_s, upload.c.asset_name)
        with self._database.read() as connection:
            row = connection.execute(chosen.where(upload.c.id == upload_id)).first()
        if row is None:
            raise _unknown(upload_id)
        return row

    def _put_part(self, upload_id: str, number: int, staged: Staged) -> None:
        staged.close()
        folder = parts_folder(upload_id)
        # All that came counts, also what a later part with the same number replaces.
        if (
            sum(part.bytes for part in self._store.blobs.list(folder)) + staged.bytes
            > self._max_bytes
        ):
            raise too_large(self._max_bytes)
        self._store.blobs.put(staged.path, f"{folder}/{number:05}-{_tag(staged)}")

    def _received(self, upload_id: str, parts: Sequence[tuple[int, str]]) -> list[tuple[str, int]]:
        """Keys and sizes of the parts that make the file, in order. Raises InvalidRequest."""
        folder = parts_folder(upload_id)
        there = {blob.key: blob.bytes for blob in self._store.blobs.list(folder)}
        numbers = [number for number, _ in parts]
        if not parts or len(set(numbers)) < len(numbers):
            raise InvalidRequest(
                f"the upload is to be completed from {len(parts)} parts, some of them twice"
                if parts
                else "the upload is to be completed from no parts",
                rule="each part is named once, with its number and entity tag",
                fix="Name all parts that were sent",
            )
        found = []
        for number, tag in sorted(parts):
            match = _ETAG.fullmatch(tag)
            key = f"{folder}/{number:05}-{match[1]}" if match else ""
            if key not in there:
                raise InvalidRequest(
                    f"part {number} was not received with entity tag {tag[:80]!r}",
                    rule="the tag is the ETag header that the part was answered with",
                    fix="Send that part again",
                )
            found.append((key, there[key]))
        return found

    def _finish(self, upload_id: str, whole: Asset) -> None:
        """Write down what the upload brought. Raises InvalidRequest if it was something else."""
        free = or_(upload.c.asset_name.is_(None), upload.c.asset_name == whole.name)
        with self._database.begin() as connection:
            chosen = update(upload).where(upload.c.id == upload_id, free)
            if not connection.execute(chosen.values(asset_name=whole.name)).rowcount:
                raise _is_over(upload_id)


def _tag(staged: Staged) -> str:
    return staged.digest.hex()[:32]


def _unknown(upload_id: str) -> NotFound:
    return NotFound(
        f"there is no upload {upload_id[:36]!r}",
        rule="an upload is to be finished within a day, and is forgotten with its file",
        fix="Start the upload again",
    )


def _is_over(upload_id: str) -> InvalidRequest:
    return InvalidRequest(
        f"the upload {upload_id} is complete",
        rule="a complete upload takes no other content",
        fix="Start another one",
    )
