"""Media over HTTP: ranges, conditions and headers as RFC 9110 has them."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from photoplay.assets.store import Asset
from tests.integration.serving import Serving, png, serving

CONTENT = png(77) + bytes(range(256)) * 4096  # more than one piece of a stream
SIZE = len(CONTENT)
LONG_AGO = "Mon, 01 Jan 2001 00:00:00 GMT"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with serving(tmp_path_factory.mktemp("data")) as running:
        yield running


@pytest.fixture(scope="module")
def kept(server: Serving) -> Asset:
    return server.services.store.put_stream([CONTENT], file_name="photo.png")


@pytest.fixture
def anyone(server: Serving) -> httpx.Client:
    return server.caller(None)


def test_whoever_has_the_name_may_read(anyone: httpx.Client, kept: Asset) -> None:
    got = anyone.get(f"/files/{kept.name}")
    assert (got.status_code, got.content) == (200, CONTENT)
    assert got.headers["content-type"] == "image/png"
    assert got.headers["content-length"] == str(SIZE)
    assert got.headers["content-disposition"] == 'inline; filename="photo.png"'
    assert got.headers["accept-ranges"] == "bytes"
    assert got.headers["x-content-type-options"] == "nosniff"
    assert "immutable" in got.headers["cache-control"]
    assert got.headers["x-fal-request-id"]


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [
        ("bytes=0-9", 0, 10),
        ("bytes=10-10", 10, 11),
        (f"bytes={SIZE - 1}-", SIZE - 1, SIZE),
        (f"bytes=5-{SIZE * 2}", 5, SIZE),  # ends with the file
        ("bytes=-7", SIZE - 7, SIZE),
        (f"bytes=-{SIZE * 2}", 0, SIZE),  # all there is
        (f"bytes=1-{SIZE - 2}", 1, SIZE - 1),
    ],
)
def test_a_range_is_a_part_of_the_file(
    anyone: httpx.Client, kept: Asset, asked: str, start: int, stop: int
) -> None:
    got = anyone.get(f"/files/{kept.name}", headers={"Range": asked})
    assert got.content == CONTENT[start:stop]
    if (start, stop) == (0, SIZE):
        assert got.status_code == 200
    else:
        assert got.status_code == 206
        assert got.headers["content-range"] == f"bytes {start}-{stop - 1}/{SIZE}"
    assert got.headers["content-length"] == str(stop - start)


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", "bytes=-0", f"bytes={SIZE}-{SIZE + 1}"])
def test_a_range_beyond_the_file_says_how_long_it_is(
    anyone: httpx.Client, kept: Asset, asked: str
) -> None:
    got = anyone.get(f"/files/{kept.name}", headers={"Range": asked})
    assert (got.status_code, got.content) == (416, b"")
    assert got.headers["content-range"] == f"bytes */{SIZE}"


@pytest.mark.parametrize(
    "asked",
    ["bytes=9-5", "bytes=-", "bytes=0-1,3-4", "lines=1-2", "bytes=a-b", "bytes=" + "9" * 99],
)
def test_what_is_no_single_range_is_ignored(anyone: httpx.Client, kept: Asset, asked: str) -> None:
    got = anyone.get(f"/files/{kept.name}", headers={"Range": asked})
    assert (got.status_code, len(got.content)) == (200, SIZE)


def test_a_range_is_of_the_file_the_caller_knows(anyone: httpx.Client, kept: Asset) -> None:
    made = anyone.head(f"/files/{kept.name}").headers["last-modified"]
    for condition, code in [
        (kept.etag, 206),
        (f"W/{kept.etag}", 200),  # a weak tag does not vouch for bytes
        ('"another"', 200),
        (made, 206),
        (LONG_AGO, 200),
        ("no date", 200),
        ("Mon, 01 Jan 2020 00:00:00 +99999999999999", 200),
    ]:
        headers = {"Range": "bytes=0-9", "If-Range": condition}
        assert anyone.get(f"/files/{kept.name}", headers=headers).status_code == code, condition


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', "*"])
def test_what_the_caller_has_is_not_sent_again(
    anyone: httpx.Client, kept: Asset, form: str
) -> None:
    headers = {"If-None-Match": form.format(kept.etag)}
    got = anyone.get(f"/files/{kept.name}", headers=headers)
    assert (got.status_code, got.content) == (304, b"")
    assert got.headers["etag"] == kept.etag
    other = anyone.get(f"/files/{kept.name}", headers={"If-None-Match": '"other"'})
    assert other.status_code == 200


@pytest.mark.parametrize("asked", [None, "bytes=3-5"])
def test_head_says_what_get_would(anyone: httpx.Client, kept: Asset, asked: str | None) -> None:
    headers = {} if asked is None else {"Range": asked}
    head = anyone.head(f"/files/{kept.name}", headers=headers)
    got = anyone.get(f"/files/{kept.name}", headers=headers)
    assert head.content == b""
    assert head.status_code == got.status_code
    of_its_own = {"date", "x-fal-request-id"}
    assert {k: v for k, v in head.headers.items() if k not in of_its_own} == {
        k: v for k, v in got.headers.items() if k not in of_its_own
    }


@pytest.mark.parametrize(
    "name", ["x", "%00", "a" * 5000, "..%2fphotoplay.db", "%2e%2e/photoplay.db", "..", "%E2%82%AC"]
)
def test_no_other_name_leads_anywhere(anyone: httpx.Client, name: str) -> None:
    got = anyone.get(f"/files/{name}")
    assert got.status_code == 404
    assert got.headers["x-fal-request-id"]


def test_a_file_that_is_gone_is_not_found(server: Serving, anyone: httpx.Client) -> None:
    short = server.services.store.put_stream([png(9)], file_name="a.png")
    server.services.store.blobs.delete(short.blob)
    assert anyone.get(f"/files/{short.name}").status_code == 404


def test_a_reader_who_hangs_up_leaves_no_file_open(server: Serving, kept: Asset) -> None:
    """Or the test run fails: warnings are errors, an unclosed file among them."""
    with server.client.stream("GET", f"/files/{kept.name}") as got:
        next(got.iter_raw(10))
