"""Media in an S3-compatible bucket. The only importer of obstore."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from photoplay.assets.blobs import READ_BYTES, Blob, gone
from photoplay.config import Settings
from photoplay.errors import MediaStoreUnavailable, NotFound, SettingInvalid

if TYPE_CHECKING:  # there is none at run time
    from obstore.store import S3Config

_PART_BYTES = 8 * 1024 * 1024  # S3 takes 10,000 parts, so files up to 80 GB
_PARTS_AT_ONCE = 4  # in memory, so 32 MB for each upload


class Bucket:
    """Keeps each blob as an object of a bucket; see `Blobs`."""

    def __init__(self, store: S3Store, incoming: Path) -> None:
        self._store = store
        self._incoming = incoming

    @classmethod
    def connect(cls, settings: Settings) -> Bucket:
        """The bucket of the settings. Raises SettingInvalid if it cannot be used."""
        place = urlsplit(settings.bucket)
        if place.scheme != "s3" or not place.netloc:
            raise SettingInvalid(
                f"the bucket is {settings.bucket!r}",
                rule="it is spelled s3://name or s3://name/prefix",
                fix="Correct PHOTOPLAY_BUCKET, or leave it empty to keep media in a folder",
            )
        bucket = cls(
            _store(settings, place.netloc, place.path.strip("/")), settings.data / "incoming"
        )
        bucket._check(settings)
        return bucket

    def _check(self, settings: Settings) -> None:
        try:
            obstore.list_with_delimiter(self._store, "parts")
        except (BaseError, OSError, ValueError) as error:
            raise SettingInvalid(
                f"the bucket {settings.bucket} cannot be used: {_one_line(error)}",
                rule="it must exist, and its key must be allowed to list, read, write and delete",
                fix="Correct the PHOTOPLAY_BUCKET… settings",
            ) from error

    @property
    def incoming(self) -> Path:
        """In the data folder: the name of a file is known only once all of it has come."""
        return self._incoming

    def put(self, staged: Path, key: str) -> None:
        """Upload it, a large one in parts that become one object at the end."""
        with _answering(key):
            obstore.put(
                self._store,
                key,
                staged,
                chunk_size=_PART_BYTES,
                max_concurrency=_PARTS_AT_ONCE,
            )

    def open(self, key: str, start: int, stop: int) -> Iterator[bytes]:
        """Its bytes, as they arrive."""
        if start >= stop:
            return
        with _answering(key):
            found = obstore.get(self._store, key, options={"range": (start, stop)})
            yield from found.stream(min_chunk_size=READ_BYTES)

    def copy_out(self, key: str, path: Path) -> None:
        """Download it."""
        with _answering(key), path.open("wb") as file:
            for piece in obstore.get(self._store, key).stream(min_chunk_size=READ_BYTES):
                file.write(piece)

    def list(self, prefix: str) -> list[Blob]:
        """Its objects, in the order of their keys."""
        with _answering(prefix):
            found = obstore.list_with_delimiter(self._store, prefix)
        return [Blob(each["path"], each["size"]) for each in found["objects"]]

    def delete(self, key: str) -> None:
        """Remove the object."""
        try:
            with _answering(key):
                obstore.delete(self._store, key)
        except NotFound:  # some servers say so
            return

    def delete_all(self, prefix: str) -> None:
        """Remove the objects below the prefix, a thousand with one request."""
        keys = [blob.key for blob in self.list(prefix)]
        if keys:
            with _answering(prefix):
                obstore.delete(self._store, keys)


def _store(settings: Settings, name: str, prefix: str) -> S3Store:
    config: S3Config = {"region": settings.bucket_region}
    if settings.bucket_endpoint:
        config["endpoint"] = settings.bucket_endpoint
    if settings.bucket_key:  # else obstore looks where Amazon's tools look
        config["access_key_id"] = settings.bucket_key
        config["secret_access_key"] = settings.bucket_secret.get_secret_value()
    return S3Store(
        name,
        prefix=prefix or None,
        config=config,
        client_options={
            "allow_http": settings.bucket_endpoint.startswith("http://"),
            "connect_timeout": "5s",
            "read_timeout": "30s",
            "timeout": "30m",  # a large object to a slow reader
        },
        retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=20)},
    )


@contextmanager
def _answering(key: str) -> Iterator[None]:
    """Turn obstore's errors into ours."""
    try:
        yield
    except FileNotFoundError as error:
        raise gone(key) from error
    except (BaseError, OSError) as error:
        raise MediaStoreUnavailable(
            f"the bucket failed over {key}: {_one_line(error)}",
            rule="it must answer, and its key must be allowed to list, read, write and delete",
            fix="Try again; if it stays, check the PHOTOPLAY_BUCKET… settings",
        ) from error


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())[:300]
