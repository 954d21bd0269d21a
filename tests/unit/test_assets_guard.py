"""Connections go to checked addresses only, and end in time, whatever the other side does."""

from __future__ import annotations

import datetime
import ssl
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import example, given
from hypothesis import strategies as st

from photoplay.assets import guard
from photoplay.errors import MediaTooLarge, MediaUnfetchable
from tests.unit.assets_servers import answer, drip, endless, redirect, serving

OK = b"HTTP/1.1 200 OK\r\n"


def client(
    allow_private: bool = True,
    timeout_s: float = 5,
    max_bytes: int = 1000,
    resolver: guard.Resolver = guard.resolve,
    tls: ssl.SSLContext | None = None,
) -> httpx.Client:
    return guard.client(
        allow_private=allow_private,
        timeout_s=timeout_s,
        max_bytes=max_bytes,
        resolver=resolver,
        tls=tls,
    )


def always(*addresses: str) -> guard.Resolver:
    """A resolver to which every name has these addresses."""
    return lambda _: addresses


# Form


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/a.png",
        "http://example.com:8080/a.png?token=1#here",
        "HTTPS://EXAMPLE.COM/",
        "https://my_bucket.s3.amazonaws.com/a%20b.png",
        "https://münchen.de/街.png",
        "http://1.1.1.1/",
        "http://[2606:4700:4700::1111]/",
    ],
)
def test_links_to_other_servers_are_read(url: str) -> None:
    assert guard.check_url(url, allow_private=False).host


@pytest.mark.parametrize(
    "url",
    [
        "",
        "photo.png",
        "/etc/passwd",
        "//example.com/a.png",
        "ftp://example.com/a.png",
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_FLUSHALL",
        "javascript:alert(1)",
        "asset:abc.png",
        "http://",
        "http:///a.png",
        "http:a.png",
        "https://user@example.com/",
        "https://user:password@example.com/",
        "https://example.com@127.0.0.1/",
        "https://exa mple.com/",
        "https://exa\nmple.com/",
        "https://example.com%00.evil.com/",
        "https://[::1",
        "https://[fe80::1%25eth0]/",
        "https://example.com:0/",
        "https://example.com:65536/",
        "https://" + "a" * 300 + ".com/",
        "https://example.com/" + "a" * 9000,
        "https://example.com/\ud800",
        "https://xn--0.com/",  # which nothing can decode
        # Addresses that are spelled out are checked at once.
        "http://127.0.0.1/",
        "http://2130706433/",
        "http://0177.0.0.1/",
        "http://0x7f.1/",
        "http://127.1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://127\u3002 0\u30020\u30021/".replace(" ", ""),  # full-width stops
    ],
)
def test_other_links_are_refused_by_their_form(url: str) -> None:
    with pytest.raises(MediaUnfetchable):
        guard.check_url(url, allow_private=False)


@given(st.text(max_size=60))
@example("\ud800")
@example("xn--")
@example("xn--\u0661")
@example("[::]:")
@example("\u2488.0.0.1")
def test_any_host_is_read_or_refused(host: str) -> None:
    """Never another error, and never a host that holds more than a host."""
    try:
        parsed = guard.check_url(f"http://{host}/", allow_private=False)
    except MediaUnfetchable:
        return
    assert parsed.raw_host
    assert not set(parsed.raw_host) & set(b" /\\@?#%\r\n\t\0")
    assert not parsed.userinfo


@given(st.text(max_size=300))
def test_any_url_is_shown_as_one_short_line(url: str) -> None:
    assert guard.shown(url).isprintable()
    assert len(guard.shown(url)) <= 120


def test_messages_show_no_secrets() -> None:
    with pytest.raises(MediaUnfetchable) as refused:
        guard.check_url("https://me:hunter2@example.com/a?signature=abc", allow_private=False)
    assert "hunter2" not in str(refused.value)
    assert "abc" not in str(refused.value)
    assert guard.shown("https://example.com/" + "a" * 200).endswith("a…")


# Addresses


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["1.1.1.1", "10.0.0.1"],  # one of them is enough
        ["2606:4700:4700::1111", "::ffff:192.168.0.1"],
        ["169.254.169.254"],
        ["fe80::1%eth0"],
        [],
    ],
)
def test_all_addresses_of_a_name_must_be_public(addresses: Sequence[str]) -> None:
    with pytest.raises(MediaUnfetchable) as refused:
        guard.check_public("https://example.com/", allow_private=False, resolver=always(*addresses))
    assert not any(address in str(refused.value) for address in addresses)


def test_the_addresses_of_a_public_name_are_told() -> None:
    found = ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"]
    given_back = guard.check_public(
        "https://example.com/", allow_private=False, resolver=always(*found)
    )
    assert given_back == found


def test_a_name_that_does_not_exist_is_said_so() -> None:
    with pytest.raises(MediaUnfetchable, match=r"no host nowhere\.invalid"):
        guard.check_public("https://nowhere.invalid/", allow_private=False)


def test_a_resolver_that_hangs_is_left() -> None:
    def hang(_: str) -> list[str]:
        time.sleep(2)
        return ["1.1.1.1"]

    began_s = time.monotonic()
    with pytest.raises(MediaUnfetchable, match="not resolved in time"):
        guard.check_public(
            "https://example.com/", allow_private=False, timeout_s=0.1, resolver=hang
        )
    assert time.monotonic() - began_s < 1


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "rebound.example"],
)
def test_no_connection_is_opened_to_a_private_address(host: str) -> None:
    resolver = guard.resolve if host == "localhost" else always("127.0.0.1")
    with (
        serving(answer(b"secret")) as served,
        client(False, resolver=resolver) as http,
        pytest.raises(MediaUnfetchable),
    ):
        http.get(f"http://{host}:{served.port}/")
    assert served.accepted == 0


def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    """The name is asked for once, means nothing to the system, and is still the Host."""
    asked = []

    def resolver(host: str) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["192.0.2.1"]

    with serving(answer(b"here")) as served, client(resolver=resolver) as http:
        url = f"http://media.invalid:{served.port}/a?b=c"
        assert http.get(url).content == b"here"
    assert asked == ["media.invalid"]
    assert served.heads[0].startswith("GET /a?b=c HTTP/1.1\r\n")
    assert f"Host: media.invalid:{served.port}\r\n" in served.heads[0]


def test_a_name_that_changes_its_mind_is_caught_at_the_connection() -> None:
    """DNS rebinding: public while it is checked at submit, private when it is called."""
    answers = iter([["93.184.215.14"], ["127.0.0.1"]])
    with serving(answer(b"secret")) as served:
        url = f"http://rebound.example:{served.port}/"
        guard.check_public(url, allow_private=False, resolver=lambda _: next(answers))
        with (
            client(False, resolver=lambda _: next(answers)) as http,
            pytest.raises(MediaUnfetchable, match="loopback"),
        ):
            http.get(url)
    assert served.accepted == 0


def test_a_name_is_resolved_as_it_is_sent() -> None:
    """Two standards write ß in two ways, and one of them may be someone else's host."""
    asked = []

    def resolver(host: str) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    with serving(answer(b"here")) as served, client(resolver=resolver) as http:
        http.get(f"http://faß.example:{served.port}/")
    assert asked == ["xn--fa-hia.example"]
    assert "Host: xn--fa-hia.example:" in served.heads[0]


def test_an_address_that_refuses_leaves_the_next_one() -> None:
    with serving(answer(b"here")) as served:
        with client(resolver=always("127.0.0.2", "127.0.0.1")) as http:
            assert http.get(f"http://two.example:{served.port}/").content == b"here"
        with (
            client(resolver=always("127.0.0.2", "127.0.0.3")) as http,
            pytest.raises(httpx.ConnectError),
        ):
            http.get(f"http://none.example:{served.port}/")


def test_redirects_are_not_followed() -> None:
    with (
        serving(answer(b"secret")) as target,
        serving(redirect(target.url)) as served,
        client() as http,
    ):
        assert http.get(served.url).status_code == 302
    assert (served.accepted, target.accepted) == (1, 0)


def test_the_environment_has_no_say(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(answer(b"through the proxy")) as proxy, serving(answer(b"direct")) as served:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        with client() as http:
            assert http.get(served.url).content == b"direct"
    assert proxy.accepted == 0
    assert "authorization" not in served.heads[0].lower()


# Time and size


def within(limit_s: float, call: Callable[[], object]) -> float:
    began_s = time.monotonic()
    call()
    took_s = time.monotonic() - began_s
    assert took_s < limit_s
    return took_s


@pytest.mark.parametrize(
    "raw",
    [
        OK + b"Content-Length: 500\r\n\r\n" + b"x" * 500,  # head and body, byte by byte
        OK + b"X-Filler: " + b"x" * 1000,  # a head without end
        b"HTTP/1.1 100 Continue\r\n\r\n" * 100,  # promises without end
    ],
)
def test_a_server_that_drips_is_left_in_time(raw: bytes) -> None:
    """Each byte comes soon enough for a limit on single reads."""
    with serving(drip(raw, every_s=0.02)) as served, client(timeout_s=0.4) as http:

        def get() -> None:
            with pytest.raises(httpx.ReadTimeout):
                http.get(served.url)

        assert within(1.5, get) > 0.3


def test_a_server_that_does_not_read_is_left_in_time() -> None:
    with serving(lambda *_: time.sleep(1)) as served, client(timeout_s=0.3) as http:

        def post() -> None:
            with pytest.raises(httpx.WriteTimeout):
                http.post(served.url, content=bytes(50_000_000))

        within(1.5, post)


def test_the_time_of_each_exchange_is_its_own() -> None:
    with serving(answer(b"here")) as served, client(timeout_s=0.5) as http:
        for _ in range(3):
            assert http.get(served.url).content == b"here"
            time.sleep(0.25)


def test_an_answer_without_end_is_cut() -> None:
    forever = endless(
        OK + b"Transfer-Encoding: chunked\r\n\r\n", b"2710\r\n" + bytes(10_000) + b"\r\n"
    )
    with (
        serving(forever) as served,
        client(max_bytes=100_000) as http,
        pytest.raises(MediaTooLarge, match="100,000"),
    ):
        http.get(served.url)


def test_a_head_without_end_is_cut() -> None:
    with (
        serving(endless(OK, b"X-Filler: " + b"x" * 1000 + b"\r\n")) as served,
        client() as http,
        pytest.raises(httpx.RemoteProtocolError),
    ):
        http.get(served.url)


# TLS


def certificate(name: str, folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server that has a certificate for `name`, and a client that trusts its maker."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    path = folder / "server.pem"
    path.write_bytes(
        pem
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    return server, ssl.create_default_context(cadata=pem.decode())


def test_tls_checks_the_name_although_the_address_is_pinned(tmp_path: Path) -> None:
    server, trusting = certificate("media.example", tmp_path)
    named = []
    server.sni_callback = lambda _, name, __: named.append(name)
    with (
        serving(answer(b"sealed"), tls=server) as served,
        client(resolver=always("127.0.0.1"), tls=trusting) as http,
    ):
        assert http.get(f"https://media.example:{served.port}/").content == b"sealed"
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            http.get(f"https://other.example:{served.port}/")
        with (
            client(resolver=always("127.0.0.1")) as http,
            pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"),
        ):
            http.get(f"https://media.example:{served.port}/")
    assert named == ["media.example", "other.example", "media.example"]
    assert len(served.heads) == 1


def test_a_handshake_that_hangs_is_left_in_time() -> None:
    with serving(lambda *_: None) as served, client(timeout_s=0.3) as http:

        def get() -> None:
            with pytest.raises(httpx.ConnectTimeout):
                http.get(f"https://127.0.0.1:{served.port}/")

        within(1.5, get)
