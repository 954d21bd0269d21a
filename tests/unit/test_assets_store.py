"""What is kept is whole, under a name that no one can guess, for as long as it was promised."""

from __future__ import annotations

import asyncio
import math
import os
import re
import time
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import select

from photoplay.assets.blobs import READ_BYTES
from photoplay.assets.bucket import Bucket
from photoplay.assets.store import open_store
from photoplay.config import read_settings
from photoplay.database import Database
from photoplay.database.tables import asset
from photoplay.errors import (
    InvalidMedia,
    MediaStoreUnavailable,
    MediaTooLarge,
    NotFound,
    OutputUnwritable,
    SettingInvalid,
)
from tests.rigs.processes import free_port
from tests.rigs.s3 import S3Server, running_s3_server
from tests.unit.assets_places import KINDS, MAX_BYTES, Place, a_place

PNG = b"\x89PNG\r\n\x1a\n"
DAY_S = 24 * 3600
LARGE = PNG + bytes(range(256)) * 4096  # 1 MB: several pieces of a stream


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    with a_place(request.param, tmp_path / "data", request) as opened:
        yield opened


def content_of(place: Place, name: str) -> bytes:
    return b"".join(place.store.open(name))


def rows(place: Place) -> list[str]:
    with place.database.read() as connection:
        return list(connection.scalars(select(asset.c.blob)))


def is_there(place: Place, blob: str) -> bool:
    return blob in {found.key for found in place.store.blobs.list(blob.partition("/")[0])}


def test_a_file_is_kept_and_found(place: Place, tmp_path: Path) -> None:
    path = tmp_path / "whatever.txt"
    path.write_bytes(LARGE)
    kept = place.store.put_file(path, file_name="../clip.mp4")
    assert place.store.find(kept.name) == kept
    assert content_of(place, kept.name) == LARGE
    assert re.fullmatch(r"[a-z2-7]{40}\.png", kept.name)
    assert (kept.content_type, kept.file_name) == ("image/png", "clip.mp4.png")
    assert kept.bytes == len(LARGE)
    assert kept.etag == f'"{kept.name[:40]}"'
    assert kept.content_disposition == 'inline; filename="clip.mp4.png"'
    assert path.read_bytes() == LARGE
    assert place.incoming() == []


@pytest.mark.parametrize(
    ("start", "stop"),
    [
        (0, None),
        (0, 0),
        (0, 2),  # the test's bucket reads the range "0-0" as the whole
        (1, 2),
        (5, 10),
        (READ_BYTES - 1, READ_BYTES + 1),
        (len(LARGE) - 1, None),
        (len(LARGE), None),
        (100, len(LARGE) + 100),
    ],
)
def test_a_range_is_the_slice(place: Place, start: int, stop: int | None) -> None:
    kept = place.store.put_stream([LARGE], file_name="a.png")
    pieces = list(place.store.open(kept.name, start, stop))
    assert b"".join(pieces) == LARGE[start:stop]


def test_the_same_content_has_the_same_name_in_one_installation_only(
    place: Place, tmp_path: Path
) -> None:
    first = place.store.put_stream([PNG, b"same"], file_name="first.png")
    again = place.store.put_stream([PNG[:3], PNG[3:] + b"same"], file_name="again.png")
    assert (again.name, again.blob) == (first.name, first.blob)
    assert again.file_name == "first.png"
    assert len(rows(place)) == 1
    other = Database.open(f"sqlite:///{tmp_path / 'other.db'}")
    elsewhere = open_store(read_settings(data=tmp_path / "other"), other)
    assert elsewhere.put_stream([PNG, b"same"], file_name="a.png").name != first.name
    other.close()


def test_names_stay_over_a_restart(place: Place) -> None:
    kept = place.store.put_stream([PNG], file_name="a.png")
    reopened = open_store(place.settings, place.database)
    assert reopened.put_stream([PNG], file_name="a.png").name == kept.name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "x",
        "../../etc/passwd",
        "..%2f..%2fetc%2fpasswd",
        "a" * 40,
        "a" * 40 + ".png",  # well-formed, but nothing of ours
        "A" * 40 + ".png",
        "a" * 40 + ".png\n",
        "a" * 38 + "/..png",
        "a" * 40 + ".\0",
        "00000000-0000-0000-0000-000000000000",
        "'; DROP TABLE asset; --",
    ],
)
def test_no_other_name_finds_anything(place: Place, name: str, tmp_path: Path) -> None:
    place.store.put_stream([PNG], file_name="a.png")
    assert place.store.find(name) is None
    with pytest.raises(NotFound):
        place.store.open(name)
    with pytest.raises(NotFound):
        place.store.local_path(name, tmp_path)


# What may not come in


def test_a_file_over_the_limit_leaves_nothing(place: Place) -> None:
    with pytest.raises(MediaTooLarge, match="3,000,000") as refused:
        place.store.put_stream(iter(lambda: bytes(1000), None), file_name="endless.bin")
    assert refused.value.limits == {"max_size": MAX_BYTES}
    place.store.put_stream([bytes(MAX_BYTES)], file_name="just.bin")
    with pytest.raises(MediaTooLarge):
        place.store.put_stream([bytes(11)], file_name="a.bin", max_bytes=10)
    assert len(rows(place)) == 1
    assert place.incoming() == []


def test_our_own_files_may_be_larger(place: Place, tmp_path: Path) -> None:
    path = tmp_path / "clip"
    path.write_bytes(bytes(MAX_BYTES + 1))
    assert place.store.put_file(path, file_name="clip.bin").bytes == MAX_BYTES + 1


def test_an_empty_file_is_refused(place: Place) -> None:
    with pytest.raises(InvalidMedia, match="empty"):
        place.store.put_stream([b"", b""], file_name="a.png")
    assert rows(place) == []


def test_a_sender_who_hangs_up_leaves_nothing(place: Place) -> None:
    def hang_up() -> Iterator[bytes]:
        yield LARGE
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        place.store.put_stream(hang_up(), file_name="a.png")
    assert rows(place) == []
    assert place.incoming() == []


def test_an_asynchronous_sender_is_served_the_same(place: Place) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for at in range(0, len(LARGE), 70_000):
            yield LARGE[at : at + 70_000]

    kept = asyncio.run(place.store.put_async(chunks(), file_name="a.png"))
    assert content_of(place, kept.name) == LARGE
    assert kept.name == place.store.put_stream([LARGE], file_name="a.png").name


def test_a_cancelled_upload_leaves_nothing(place: Place) -> None:
    async def stall() -> AsyncIterator[bytes]:
        yield LARGE
        yield LARGE
        await asyncio.sleep(60)

    async def give_up() -> None:
        async with asyncio.timeout(0.2):
            await place.store.put_async(stall(), file_name="a.png")

    with pytest.raises(TimeoutError):
        asyncio.run(give_up())
    assert rows(place) == []
    assert place.incoming() == []


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path / 'a.db'}")
    store = open_store(read_settings(data=tmp_path), database)
    chunk = bytes(1_000_000)
    tracemalloc.start()
    try:
        kept = store.put_stream((chunk for _ in range(50)), file_name="a.bin")
        assert sum(map(len, store.open(kept.name))) == 50_000_000
        assert tracemalloc.get_traced_memory()[1] < 4_000_000
    finally:
        tracemalloc.stop()
        database.close()


# Time


def test_a_file_is_gone_when_it_expires(place: Place, tmp_path: Path) -> None:
    short = place.store.put_stream([PNG, b"short"], file_name="a.png", expires_after_s=0.3)
    other = place.store.put_stream([PNG, b"other"], file_name="b.png")
    assert place.store.find(short.name) == short
    local = place.store.local_path(short.name, tmp_path)
    time.sleep(0.4)
    assert place.store.find(short.name) is None
    with pytest.raises(NotFound):
        place.store.open(short.name)
    assert place.store.delete_expired(place.now) == 0  # someone may be about to prolong it
    assert is_there(place, short.blob)
    assert place.store.delete_expired(place.now + 100) == 1
    assert place.store.delete_expired(place.now + 100) == 0
    assert not is_there(place, short.blob)
    assert rows(place) == [other.blob]
    assert content_of(place, other.name) == PNG + b"other"
    assert local.read_bytes() == PNG + b"short"  # a render that began with it goes on


def test_the_setting_says_how_long_and_the_caller_may_say_otherwise(place: Place) -> None:
    usual = place.store.put_stream([b"usual"], file_name="a")
    assert usual.expires_at == pytest.approx(place.now + 30 * DAY_S, abs=60)
    wanted = place.store.put_stream([b"wanted"], file_name="a", expires_after_s=DAY_S)
    assert wanted.expires_at == pytest.approx(place.now + DAY_S, abs=60)
    kept = place.store.put_stream([b"kept"], file_name="a", expires_after_s=math.inf)
    assert kept.expires_at is None
    assert place.store.delete_expired(place.now + 2 * DAY_S) == 1
    assert place.store.delete_expired(place.now + 10_000 * DAY_S) == 1
    assert place.store.find(kept.name) == kept


@pytest.mark.parametrize(
    ("first_s", "again_s", "kept_s"),
    [
        (100, 200, 200),
        (200, 100, 200),
        (100, math.inf, math.inf),
        (math.inf, 100, math.inf),
    ],
)
def test_content_that_is_put_again_is_kept_for_the_longer_time(
    place: Place, first_s: float, again_s: float, kept_s: float
) -> None:
    place.store.put_stream([PNG], file_name="a.png", expires_after_s=first_s)
    again = place.store.put_stream([PNG], file_name="a.png", expires_after_s=again_s)
    assert place.store.find(again.name) == again
    if math.isinf(kept_s):
        assert again.expires_at is None
    else:
        assert again.expires_at == pytest.approx(again.created_at + kept_s, abs=5)


def test_expired_content_that_is_put_again_outlives_its_deletion(place: Place) -> None:
    old = place.store.put_stream([PNG], file_name="a.png", expires_after_s=0.05)
    time.sleep(0.1)
    new = place.store.put_stream([PNG], file_name="a.png")
    assert new.name == old.name
    assert new.blob != old.blob
    assert place.store.delete_expired(place.now + 100) == 1
    assert content_of(place, new.name) == PNG


def test_content_that_comes_twice_at_the_same_time_is_kept(place: Place) -> None:
    with ThreadPoolExecutor(8) as threads:
        put = lambda _: place.store.put_stream([LARGE], file_name="a.png")  # noqa: E731
        names = {kept.name for kept in threads.map(put, range(16))}
    assert len(names) == 1
    assert content_of(place, names.pop()) == LARGE
    assert place.incoming() == []


# Accidents


def test_a_process_that_dies_halfway_leaves_nothing_for_long(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the row and the bytes; the row leads to whatever there is of them."""

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(type(place.store.blobs), "put", die)
    with pytest.raises(KeyboardInterrupt):
        place.store.put_stream([PNG], file_name="a.png")
    monkeypatch.undo()
    (lost,) = rows(place)
    kept = place.store.put_stream([PNG], file_name="a.png", expires_after_s=math.inf)
    assert content_of(place, kept.name) == PNG
    assert place.store.delete_expired(place.now + 100) == 0  # it may still be uploading
    assert place.store.delete_expired(place.now + 2 * DAY_S) == 1
    assert rows(place) == [kept.blob] != [lost]


def test_what_a_process_left_in_the_middle_is_swept_up(place: Place) -> None:
    place.store.put_stream([PNG], file_name="a.png")
    old, young = place.store.blobs.incoming / "old", place.store.blobs.incoming / "young"
    old.write_bytes(PNG)
    young.write_bytes(PNG)
    os.utime(old, (0, 0))
    place.store.delete_expired(place.now)
    assert place.incoming() == [young]


def test_bytes_that_are_gone_are_not_found(place: Place, tmp_path: Path) -> None:
    kept = place.store.put_stream([PNG], file_name="a.png")
    place.store.blobs.delete(kept.blob)
    with pytest.raises(NotFound):
        list(place.store.open(kept.name))
    with pytest.raises(NotFound):
        place.store.local_path(kept.name, tmp_path)


def test_a_local_path_is_made_once(place: Place, tmp_path: Path) -> None:
    kept = place.store.put_stream([LARGE], file_name="a.png")
    path = place.store.local_path(kept.name, tmp_path)
    assert path == tmp_path / kept.name
    assert path.read_bytes() == LARGE
    assert place.store.local_path(kept.name, tmp_path) == path


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "media").write_text("in the way")
    database = Database.open(f"sqlite:///{tmp_path / 'a.db'}")
    store = open_store(read_settings(data=tmp_path), database)
    with pytest.raises(OutputUnwritable, match=r"\.incoming cannot be written"):
        store.put_stream([PNG], file_name="a.png")
    database.close()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"bucket": "photoplay"}, "s3://name"),
        ({"bucket": "https://photoplay"}, "s3://name"),
        ({"bucket": "s3://no-such-bucket"}, "cannot be used"),
        ({"bucket_key": "stranger"}, "cannot be used"),
    ],
)
def test_a_bucket_that_cannot_serve_is_said_at_the_start(
    s3_server: S3Server, tmp_path: Path, changes: dict[str, str], said: str
) -> None:
    settings = read_settings(data=tmp_path, **(s3_server.settings() | changes))
    database = Database.open(settings.database_url)
    with pytest.raises(SettingInvalid, match=said) as refused:
        open_store(settings, database)
    assert "S3RVER" not in str(refused.value)
    database.close()


def test_a_bucket_that_goes_away_is_said(
    s3_server: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Bucket, "_check", lambda *_: None)  # it was there when we started
    settings = s3_server.settings() | {"bucket_endpoint": f"http://127.0.0.1:{free_port()}"}
    bucket = Bucket.connect(read_settings(data=tmp_path, **settings))
    staged = tmp_path / "staged"
    staged.write_bytes(PNG)
    for call in (
        lambda: bucket.put(staged, "aa/b"),
        lambda: list(bucket.open("aa/b", 0, 1)),
        lambda: bucket.copy_out("aa/b", tmp_path / "out"),
        lambda: bucket.list("aa"),
        lambda: bucket.delete("aa/b"),
    ):
        with pytest.raises(MediaStoreUnavailable, match="bucket failed"):
            call()


def test_a_bucket_lists_more_than_one_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The protocol gives a thousand keys at a time."""
    # The server marks where a page ends with a cipher that Node has retired.
    monkeypatch.setenv("NODE_OPTIONS", "--openssl-legacy-provider")
    staged = tmp_path / "staged"
    staged.write_bytes(PNG)
    with running_s3_server() as server, ThreadPoolExecutor(8) as threads:
        bucket = Bucket.connect(read_settings(data=tmp_path, **server.settings()))
        list(threads.map(lambda at: bucket.put(staged, f"many/{at}"), range(1050)))
        assert {blob.key for blob in bucket.list("many")} == {f"many/{at}" for at in range(1050)}
        assert bucket.list("man") == []
        bucket.delete_all("many")
        assert bucket.list("many") == []
