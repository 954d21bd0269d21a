"""What a request points at comes in whole and of the right kind, or a named error says why not."""

from __future__ import annotations

import asyncio
import base64
import gzip
import socket
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from photoplay.assets import guard, intake
from photoplay.assets.addresses import Address, refusal
from photoplay.catalogue import FileLimits
from photoplay.errors import (
    AudioFormatUnsupported,
    ImageFormatUnsupported,
    InvalidMedia,
    MediaTooLarge,
    MediaUnfetchable,
    PhotoplayError,
    VideoFormatUnsupported,
)
from photoplay.keys import Keys
from tests.unit.assets_places import Place, a_place
from tests.unit.assets_servers import (
    Served,
    answer,
    drip,
    endless,
    in_turn,
    redirect,
    serving,
)

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(200))
GIF = b"GIF89a" + bytes(100)
MP4 = b"\0\0\0\x18ftypisom\0\0\2\0isommp41" + bytes(100)
WAV = b"RIFF\x24\0\0\0WAVEfmt " + bytes(100)
HTML = b"<!doctype html><title>Log in</title>"
IMAGE = FileLimits(kind="image", max_bytes=1000)
BASES = ("http://127.0.0.1:8420", "https://films.example/photoplay/")


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    with a_place("folder", tmp_path / "data", request) as opened:
        yield opened


def take_in(place: Place, url: str, limits: FileLimits = IMAGE, allow_private: bool = False) -> str:
    return intake.take_in(
        place.store, url, limits=limits, own_base_urls=BASES, allow_private=allow_private
    )


def fetch(
    place: Place,
    reference: str,
    into: Path,
    limits: FileLimits = IMAGE,
    allow_private: bool = True,
    timeout_s: float = 5,
    resolver: guard.Resolver = guard.resolve,
) -> Path:
    return intake.fetch(
        reference,
        into,
        store=place.store,
        limits=limits,
        allow_private=allow_private,
        timeout_s=timeout_s,
        resolver=resolver,
    )


def data_uri(content: bytes, content_type: str = "image/png") -> str:
    return f"data:{content_type};base64,{base64.b64encode(content).decode()}"


# At submit


def test_a_data_uri_becomes_an_asset(place: Place, tmp_path: Path) -> None:
    reference = take_in(place, f" {data_uri(PNG)}\n")
    assert reference.startswith("asset:")
    path = fetch(place, reference, tmp_path)
    assert path.read_bytes() == PNG
    assert path.suffix == ".png"
    kept = place.store.find(reference.removeprefix("asset:"))
    assert kept is not None
    assert kept.file_name == "image.png"


def test_the_type_that_a_data_uri_claims_counts_for_nothing(place: Place) -> None:
    assert take_in(place, data_uri(PNG, "text/html")).endswith(".png")
    with pytest.raises(ImageFormatUnsupported, match="application/octet-stream"):
        take_in(place, data_uri(HTML, "image/png"))


@pytest.mark.parametrize(
    ("kind", "content", "error"),
    [
        ("image", MP4, ImageFormatUnsupported),
        ("video", PNG, VideoFormatUnsupported),
        ("audio", MP4, AudioFormatUnsupported),
    ],
)
def test_the_kind_must_be_the_one_that_the_field_takes(
    place: Place, kind: str, content: bytes, error: type[PhotoplayError]
) -> None:
    limits = FileLimits(kind=kind)  # type: ignore[arg-type]
    with pytest.raises(error) as refused:
        take_in(place, data_uri(content), limits)
    assert kind in str(refused.value)
    assert refused.value.limits["supported_formats"]


@pytest.mark.parametrize(("kind", "content"), [("image", PNG), ("video", MP4), ("audio", WAV)])
def test_every_kind_is_taken(place: Place, kind: str, content: bytes, tmp_path: Path) -> None:
    limits = FileLimits(kind=kind)  # type: ignore[arg-type]
    assert fetch(place, take_in(place, data_uri(content), limits), tmp_path, limits).exists()


def test_published_formats_are_kept_to(place: Place) -> None:
    limits = FileLimits(kind="image", formats=("jpg", "png"))
    take_in(place, data_uri(PNG), limits)
    with pytest.raises(ImageFormatUnsupported, match="one of jpg, png") as refused:
        take_in(place, data_uri(GIF), limits)
    assert refused.value.limits == {"supported_formats": ["jpg", "png"]}


def test_a_data_uri_over_the_limit_is_refused(place: Place) -> None:
    with pytest.raises(MediaTooLarge, match="1,000"):
        take_in(place, data_uri(PNG * 10))


@pytest.mark.parametrize(
    "form",
    [
        "http://127.0.0.1:8420/files/{}",
        "http://127.0.0.1:8420/files/{}/photo.png",
        "http://127.0.0.1:8420/files/{}?download=1",
        "http://127.0.0.1:8420/cdn/files/{}",
        "https://films.example/photoplay/files/{}",
        "https://FILMS.example:443/photoplay/files/{}",
    ],
)
def test_our_own_urls_are_traced_to_their_asset(place: Place, form: str) -> None:
    """Also those of uploads, and without a connection to ourselves."""
    kept = place.store.put_stream([PNG], file_name="a.png")
    assert take_in(place, form.format(kept.name)) == f"asset:{kept.name}"


def test_the_url_of_an_upload_is_traced_to_its_asset(place: Place) -> None:

    async def sent() -> AsyncIterator[bytes]:
        yield PNG

    key, _ = Keys(place.database).create("for tests")
    upload_id = place.uploads.start(key.id, file_name="a.png")
    url = f"http://127.0.0.1:8420/files/{upload_id}/a.png"
    with pytest.raises(MediaUnfetchable, match="no file"):
        take_in(place, url)
    kept = asyncio.run(place.uploads.put(upload_id, sent()))
    assert take_in(place, url) == f"asset:{kept.name}"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8420/files/" + "a" * 40 + ".png",
        "http://127.0.0.1:8420/files/../../etc/passwd",
        "http://127.0.0.1:8420/files/..%2f..%2fetc%2fpasswd",
        "http://127.0.0.1:8420/healthz",  # ours, but no file, and a private address
        "http://127.0.0.1:8421/files/NAME",  # another server
        "https://127.0.0.1:8420/files/NAME",
        "https://films.example.evil.com@127.0.0.1/photoplay/files/NAME",
    ],
)
def test_what_only_looks_like_ours_is_not(place: Place, url: str) -> None:
    kept = place.store.put_stream([PNG], file_name="a.png")
    with pytest.raises(MediaUnfetchable):
        take_in(place, url.replace("NAME", kept.name))


def test_our_own_files_must_fit_the_field_too(place: Place) -> None:
    film = place.store.put_stream([MP4], file_name="a.mp4")
    large = place.store.put_stream([PNG, bytes(1000)], file_name="a.png")
    with pytest.raises(ImageFormatUnsupported):
        take_in(place, f"{BASES[0]}/files/{film.name}")
    with pytest.raises(MediaTooLarge):
        take_in(place, f"{BASES[0]}/files/{large.name}")


def test_an_asset_that_expired_while_the_job_waited_is_said(place: Place, tmp_path: Path) -> None:
    kept = place.store.put_stream([PNG], file_name="a.png", expires_after_s=0.05)
    time.sleep(0.1)
    with pytest.raises(MediaUnfetchable, match="until they expire"):
        fetch(place, f"asset:{kept.name}", tmp_path)


@pytest.mark.parametrize("allow_private", [False, True])
def test_other_urls_stay_urls(place: Place, allow_private: bool) -> None:
    """Nothing is resolved while the caller waits."""
    url = "https://nowhere.invalid/a.png?token=1"
    assert take_in(place, url, allow_private=allow_private) == url


@pytest.mark.parametrize(
    "url",
    ["", "photo.png", "asset:x.png", "file:///etc/passwd", "http://10.0.0.1/", "http://me@x.com/"],
)
def test_no_other_reference_is_taken(place: Place, url: str) -> None:
    with pytest.raises(MediaUnfetchable):
        take_in(place, url)


def test_a_private_address_is_taken_where_that_is_allowed(place: Place) -> None:
    url = "http://192.168.1.20/a.png"
    assert take_in(place, url, allow_private=True) == url


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=80))
@example("data:,\0")
@example("http://127.0.0.1:8420/files/\ud800")
@example("http://127.0.0.1:8420/files/%00")
@example("https://films.example/photoplay/files/'")
def test_any_text_is_taken_or_refused(place: Place, url: str) -> None:
    """Never another error, and never anything but an asset or a link."""
    try:
        taken = take_in(place, url)
    except PhotoplayError:
        return
    assert taken.startswith(("asset:", "http://", "https://"))


# In the worker


def test_a_file_is_fetched(place: Place, tmp_path: Path) -> None:
    with serving(answer(PNG, content_type="text/html")) as served:
        path = fetch(place, f"{served.url}/photo.jpg?size=large", tmp_path / "scratch")
    assert path.parent == tmp_path / "scratch"
    assert path.suffix == ".png"
    assert path.read_bytes() == PNG
    head = served.heads[0]
    assert head.startswith("GET /photo.jpg?size=large HTTP/1.1\r\n")
    assert "User-Agent: photoplay/" in head
    assert "Accept-Encoding: identity" in head
    assert "cookie" not in head.lower()


def test_a_file_without_a_length_is_fetched(place: Place, tmp_path: Path) -> None:
    raw = b"HTTP/1.0 200 OK\r\n\r\n" + PNG
    with serving(lambda connection, _: connection.sendall(raw)) as served:
        assert fetch(place, served.url, tmp_path).read_bytes() == PNG


def refused(
    place: Place, served: Served, into: Path, error: type[PhotoplayError], **how: object
) -> str:
    """The message of a fetch that fails, and leaves nothing behind."""
    folder = into / "scratch"
    with pytest.raises(error) as caught:
        fetch(place, served.url, folder, **how)  # type: ignore[arg-type]
    assert list(folder.iterdir()) == []
    return str(caught.value)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("404 Not Found", "status 404"),
        ("403 Forbidden", "status 403"),
        ("500 Oops", "status 500"),
        ("204 No Content", "status 204"),
        ("206 Partial Content", "status 206"),
        ("302 Found", "status 302"),  # to nowhere
    ],
)
def test_another_answer_is_said(place: Place, tmp_path: Path, status: str, said: str) -> None:
    with serving(answer(b"" if status.startswith("204") else PNG, status=status)) as served:
        assert said in refused(place, served, tmp_path, MediaUnfetchable)


def test_a_page_instead_of_a_picture_is_said(place: Place, tmp_path: Path) -> None:
    with serving(answer(HTML, content_type="image/png")) as served:
        said = refused(place, served, tmp_path, ImageFormatUnsupported)
    assert "not to a page that shows it" in said


def test_an_empty_answer_is_said(place: Place, tmp_path: Path) -> None:
    with serving(answer(b"")) as served:
        assert "empty" in refused(place, served, tmp_path, InvalidMedia)


def test_a_compressed_answer_is_refused(place: Place, tmp_path: Path) -> None:
    """It was not asked for, and a little of it may unpack to very much."""
    bomb = gzip.compress(bytes(100_000))
    with serving(answer(bomb, content_encoding="gzip")) as served:
        assert "compressed" in refused(place, served, tmp_path, MediaUnfetchable)


@pytest.mark.parametrize("length", ["999999999999", "1001", "00001001"])
def test_a_length_over_the_limit_is_refused_before_it_comes(
    place: Place, tmp_path: Path, length: str
) -> None:
    def claim(connection: socket.socket, _: str) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: " + length.encode() + b"\r\n\r\n")
        connection.recv(1)  # until the other side hangs up

    with serving(claim) as served:
        assert "1,000" in refused(place, served, tmp_path, MediaTooLarge)


def test_a_file_that_is_cut_short_is_refused(place: Place, tmp_path: Path) -> None:
    with serving(answer(PNG, content_length=str(len(PNG) + 1))) as served:
        assert "did not arrive" in refused(place, served, tmp_path, MediaUnfetchable)


def test_more_than_the_promised_length_is_not_read(place: Place, tmp_path: Path) -> None:
    with serving(answer(PNG + b"more", content_length=str(len(PNG)))) as served:
        assert fetch(place, served.url, tmp_path).read_bytes() == PNG


@pytest.mark.parametrize(
    "head",
    [b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"],
)
def test_a_file_without_end_is_cut(place: Place, tmp_path: Path, head: bytes) -> None:
    chunk = b"64\r\n" + b"x" * 100 + b"\r\n" if b"chunked" in head else b"x" * 1000
    with serving(endless(head, chunk)) as served:
        assert "1,000" in refused(place, served, tmp_path, MediaTooLarge)


@pytest.mark.parametrize(
    "raw", [b"", b"\0" * 100, b"SSH-2.0-OpenSSH_9.9\r\n", b"220 smtp ESMTP\r\n"]
)
def test_what_is_not_http_is_said(place: Place, tmp_path: Path, raw: bytes) -> None:
    with serving(lambda connection, _: connection.sendall(raw)) as served:
        assert "did not arrive" in refused(place, served, tmp_path, MediaUnfetchable)


def test_a_server_that_drips_is_left_in_time(place: Place, tmp_path: Path) -> None:
    raw = b"HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n" + PNG
    with serving(drip(raw, every_s=0.01)) as served:
        began_s = time.monotonic()
        assert "in time" in refused(place, served, tmp_path, MediaUnfetchable, timeout_s=0.3)
        assert time.monotonic() - began_s < 1


def test_the_time_of_the_endpoint_counts_if_it_is_shorter(place: Place, tmp_path: Path) -> None:
    limits = FileLimits(kind="image", fetch_timeout_s=0.2)
    with serving(lambda *_: time.sleep(1)) as served:
        began_s = time.monotonic()
        assert "in time" in refused(place, served, tmp_path, MediaUnfetchable, limits=limits)
        assert time.monotonic() - began_s < 0.8


# Redirects


@pytest.mark.parametrize("status", ["301 M", "302 M", "303 M", "307 M", "308 M"])
@pytest.mark.parametrize("location", ["/there.png", "there.png", "?there"])
def test_a_redirect_is_followed(place: Place, tmp_path: Path, status: str, location: str) -> None:
    with serving(in_turn(redirect(location, status), answer(PNG))) as served:
        assert fetch(place, f"{served.url}/here", tmp_path).read_bytes() == PNG
    assert "there" in served.heads[1].splitlines()[0]


@pytest.mark.parametrize(("moves", "arrives"), [(3, True), (4, False)])
def test_three_redirects_are_followed(
    place: Place, tmp_path: Path, moves: int, arrives: bool
) -> None:
    with serving(in_turn(*[redirect("/again")] * moves, answer(PNG))) as served:
        if arrives:
            assert fetch(place, served.url, tmp_path).exists()
        else:
            assert "more than 3" in refused(place, served, tmp_path, MediaUnfetchable)
    assert served.accepted == 4


def test_a_redirect_in_a_circle_ends(place: Place, tmp_path: Path) -> None:
    with serving(redirect("/")) as served:
        assert "more than 3" in refused(place, served, tmp_path, MediaUnfetchable)


def test_redirects_share_one_time(place: Place, tmp_path: Path) -> None:
    def slow(connection: socket.socket, head: str) -> None:
        time.sleep(0.2)
        redirect("/again")(connection, head)

    with serving(slow) as served:
        assert "in time" in refused(place, served, tmp_path, MediaUnfetchable, timeout_s=0.5)


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1:{port}/",
        "http://localhost:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://2130706433:{port}/",
        "//127.0.0.1:{port}/",
        "http://inside.example:{port}/",
    ],
)
def test_a_redirect_to_a_private_address_opens_no_connection(
    place: Place, tmp_path: Path, location: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    public = "127.0.0.7"  # stands for a public address: the only one of this machine that passes

    def refuses_all_but_it(address: Address, *, allow_private: bool) -> str | None:
        return None if str(address) == public else refusal(address, allow_private=allow_private)

    def resolver(host: str) -> list[str]:
        return [public if host == "outside.example" else "127.0.0.1"]

    monkeypatch.setattr(guard, "refusal", refuses_all_but_it)
    with (
        serving(answer(PNG)) as inside,
        serving(redirect(location.format(port=inside.port)), host=public) as outside,
    ):
        url = f"http://outside.example:{outside.port}/"
        with pytest.raises(MediaUnfetchable, match="loopback"):
            fetch(place, url, tmp_path, allow_private=False, resolver=resolver)
    assert (outside.accepted, inside.accepted) == (1, 0)


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://0.0.0.0/",
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "http://me:secret@127.0.0.1/",
        "http://[::1",
        "http://exa\tmple/",
        "http://xn--0.com/",
    ],
)
def test_a_redirect_to_what_no_one_may_call_is_refused(
    place: Place, tmp_path: Path, location: str
) -> None:
    """Also where private addresses are allowed."""
    with serving(redirect(location)) as served:
        refused(place, served, tmp_path, MediaUnfetchable)
    assert served.accepted == 1
