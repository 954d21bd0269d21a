"""However an upload is cut up, delayed or repeated, it becomes the file that was sent."""

from __future__ import annotations

import asyncio
import math
import random
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from photoplay.assets.multipart import MAX_PARTS
from photoplay.assets.store import Asset
from photoplay.database.tables import upload
from photoplay.errors import InvalidMedia, InvalidRequest, MediaTooLarge, NotFound
from photoplay.keys import Keys
from tests.unit.assets_places import KINDS, MAX_BYTES, Place, a_place

PNG = b"\x89PNG\r\n\x1a\n"
DAY_S = 24 * 3600


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    with a_place(request.param, tmp_path / "data", request) as opened:
        yield opened


@pytest.fixture
def start(place: Place) -> Callable[..., str]:
    """Starts an upload, for a key that exists."""
    key, _ = Keys(place.database).create("for tests")
    return lambda **wishes: place.uploads.start(key.id, file_name="../film.png", **wishes)


async def sent(content: bytes) -> AsyncIterator[bytes]:
    """`content` as a server gets it."""
    for at in range(0, len(content), 65536):
        yield content[at : at + 65536]


def put(place: Place, upload_id: str, content: bytes) -> Asset:
    return asyncio.run(place.uploads.put(upload_id, sent(content)))


def put_part(place: Place, upload_id: str, number: int, content: bytes) -> tuple[int, str]:
    tag = asyncio.run(place.uploads.put_part(upload_id, number, sent(content)))
    return number, tag


def parts_left(place: Place, upload_id: str) -> int:
    return len(place.store.blobs.list(f"parts/{upload_id}"))


def test_parts_in_any_order_become_the_file(place: Place, start: Callable[..., str]) -> None:
    content = [PNG, random.Random(1).randbytes(700_000), b"\0" * 600_000, b"the end"]
    upload_id = start()
    assert place.store.find(upload_id) is None

    async def send_all() -> list[tuple[int, str]]:
        async def send(number: int) -> tuple[int, str]:
            piece = sent(content[number - 1])
            return number, await place.uploads.put_part(upload_id, number, piece)

        return list(await asyncio.gather(*map(send, (3, 1, 4, 2))))

    kept = place.uploads.complete(upload_id, asyncio.run(send_all()))
    assert place.store.find(upload_id) == place.store.find(kept.name) == kept
    assert b"".join(place.store.open(upload_id)) == b"".join(content)
    assert (kept.content_type, kept.file_name) == ("image/png", "film.png")
    assert parts_left(place, upload_id) == 0
    assert place.incoming() == []


@settings(
    max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(st.binary(min_size=1, max_size=300), st.data())
def test_the_cuts_do_not_matter(
    place: Place, start: Callable[..., str], content: bytes, data: st.DataObject
) -> None:
    cuts = sorted(
        data.draw(st.sets(st.integers(1, len(content) - 1), max_size=3)) if len(content) > 1 else []
    )
    pieces = [content[a:b] for a, b in zip([0, *cuts], [*cuts, len(content)], strict=True)]
    numbered = data.draw(st.permutations(list(enumerate(pieces, start=1))))
    upload_id = start()
    parts = [put_part(place, upload_id, number, piece) for number, piece in numbered]
    kept = place.uploads.complete(upload_id, parts)
    assert kept.name == place.store.put_stream([content], file_name="a").name


def test_a_part_may_be_sent_again(place: Place, start: Callable[..., str]) -> None:
    """After a lost answer the same, after a change of mind another: the tag says which is meant."""
    upload_id = start()
    first = put_part(place, upload_id, 1, PNG)
    assert put_part(place, upload_id, 1, PNG) == first
    put_part(place, upload_id, 2, b"other")
    meant = put_part(place, upload_id, 2, b"meant")
    kept = place.uploads.complete(upload_id, [first, meant])
    assert b"".join(place.store.open(kept.name)) == PNG + b"meant"


def test_to_complete_again_answers_the_same(place: Place, start: Callable[..., str]) -> None:
    upload_id = start()
    parts = [put_part(place, upload_id, 1, PNG)]
    kept = place.uploads.complete(upload_id, parts)
    assert place.uploads.complete(upload_id, parts) == kept
    with pytest.raises(InvalidRequest, match="is complete"):
        put_part(place, upload_id, 2, b"more")


def test_tags_are_taken_with_and_without_quotes(place: Place, start: Callable[..., str]) -> None:
    upload_id = start()
    number, tag = put_part(place, upload_id, 7, PNG)
    assert tag.startswith('"')
    assert tag.endswith('"')
    assert place.uploads.complete(upload_id, [(number, tag.strip('"'))]).bytes == len(PNG)


@pytest.mark.parametrize(
    "named",
    [
        [],
        [(1, "TAG1"), (1, "TAG1")],
        [(1, "TAG1"), (2, "TAG1")],
        [(1, "TAG1"), (3, "TAG2")],
        [(1, "TAG1"), (2, "")],
        [(1, "TAG1"), (2, "../../etc/passwd")],
        [(0, "TAG1")],
        [(-1, "TAG1")],
    ],
)
def test_parts_that_did_not_come_are_said(
    place: Place, start: Callable[..., str], named: list[tuple[int, str]]
) -> None:
    upload_id = start()
    tags = dict(put_part(place, upload_id, number, PNG[number:]) for number in (1, 2))
    parts = [
        (number, tag.replace("TAG1", tags[1]).replace("TAG2", tags[2])) for number, tag in named
    ]
    with pytest.raises(InvalidRequest):
        place.uploads.complete(upload_id, parts)
    assert place.uploads.complete(upload_id, list(tags.items())).bytes == 2 * len(PNG) - 3


@pytest.mark.parametrize("number", [0, -1, MAX_PARTS + 1])
def test_parts_have_sensible_numbers(place: Place, start: Callable[..., str], number: int) -> None:
    with pytest.raises(InvalidRequest, match="numbered from 1 to 10,000"):
        put_part(place, start(), number, PNG)


def test_parts_together_keep_to_the_limit(place: Place, start: Callable[..., str]) -> None:
    upload_id = start()
    first = put_part(place, upload_id, 1, bytes(MAX_BYTES - 10))
    with pytest.raises(MediaTooLarge):
        put_part(place, upload_id, 2, bytes(11))
    with pytest.raises(MediaTooLarge):
        put_part(place, upload_id, 1, b"x" * 11)  # what it replaces counts, too
    last = put_part(place, upload_id, 2, bytes(10))
    assert place.uploads.complete(upload_id, [last, first]).bytes == MAX_BYTES
    with pytest.raises(MediaTooLarge):
        put_part(place, start(), 1, bytes(MAX_BYTES + 1))
    assert place.incoming() == []


def test_an_empty_part_or_file_is_refused(place: Place, start: Callable[..., str]) -> None:
    upload_id = start()
    with pytest.raises(InvalidMedia, match="empty"):
        put_part(place, upload_id, 1, b"")
    with pytest.raises(InvalidMedia, match="empty"):
        put(place, upload_id, b"")


def test_a_whole_file_may_come_again_but_not_another(
    place: Place, start: Callable[..., str]
) -> None:
    upload_id = start()
    kept = put(place, upload_id, PNG)
    again = put(place, upload_id, PNG)
    assert (again.name, again.blob) == (kept.name, kept.blob)
    with pytest.raises(InvalidRequest, match="is complete"):
        put(place, upload_id, b"another")
    assert place.store.find(upload_id) == again


@pytest.mark.parametrize("upload_id", ["", "x", "../..", str(uuid.UUID(int=0)), "a" * 40])
def test_an_unknown_upload_is_not_found(place: Place, upload_id: str) -> None:
    for call in (
        lambda: put(place, upload_id, PNG),
        lambda: put_part(place, upload_id, 1, PNG),
        lambda: place.uploads.complete(upload_id, [(1, "0" * 32)]),
    ):
        with pytest.raises(NotFound):
            call()


def test_the_file_lives_as_long_as_was_wished(place: Place, start: Callable[..., str]) -> None:
    day = put(place, start(expires_after_s=DAY_S), PNG)
    assert day.expires_at == pytest.approx(place.now + DAY_S, abs=60)
    assert put(place, start(expires_after_s=math.inf), b"forever").expires_at is None


def test_an_upload_is_forgotten_a_day_after_it_stopped(
    place: Place, start: Callable[..., str]
) -> None:
    unfinished, kept, expiring = start(), start(expires_after_s=math.inf), start(expires_after_s=60)
    put_part(place, unfinished, 1, PNG)
    put(place, kept, PNG)
    put(place, expiring, b"expiring")

    def ids() -> set[str]:
        with place.database.read() as connection:
            return set(connection.scalars(select(upload.c.id)))

    place.store.delete_expired(place.now + DAY_S - 60)
    assert ids() == {unfinished, kept, expiring}
    assert parts_left(place, unfinished) == 1
    place.store.delete_expired(place.now + DAY_S + 60)
    assert ids() == {kept}
    assert parts_left(place, unfinished) == 0
    assert place.store.find(kept) is not None
