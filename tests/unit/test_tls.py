"""Certificates, judged by OpenSSL through real connections, with the checks of Python 3.13 on."""

from __future__ import annotations

import socket
import ssl
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import certifi
import pytest
from cryptography import x509

from photoplay import tls
from photoplay.errors import OutputUnwritable, SettingInvalid
from photoplay.tls import Certificates, ensure_certificates

NOW = datetime.now(UTC)


@contextmanager
def listening(server: Path) -> Iterator[int]:
    """A TLS server on 127.0.0.1 for one connection; gives its port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(server)

    def answer_once(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            try:
                with context.wrap_socket(connection, server_side=True) as secure:
                    secure.sendall(b"hello")
            except OSError:  # the client refused the certificate
                return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=answer_once, args=[listener])
        thread.start()
        yield listener.getsockname()[1]
        thread.join()


def greeting(server: Path, trusted: Path, name: str) -> bytes:
    """What a strict client hears that calls the server `name`. Raises ssl.SSLError."""
    context = ssl.create_default_context(cafile=str(trusted))
    context.verify_flags |= ssl.VERIFY_X509_STRICT | ssl.VERIFY_X509_PARTIAL_CHAIN
    with (
        listening(server) as port,
        socket.create_connection(("127.0.0.1", port)) as plain,
        context.wrap_socket(plain, server_hostname=name) as secure,
    ):
        return secure.recv(5)


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "::1", "box.lan", "192.168.7.9"])
def test_a_strict_client_trusts_the_server_by_each_of_its_names(tmp_path: Path, name: str) -> None:
    made = ensure_certificates(tmp_path, ["Box.lan.", "192.168.7.9"])
    assert greeting(made.server, made.authority, name) == b"hello"
    assert greeting(made.server, made.bundle, name) == b"hello"


@pytest.mark.parametrize("name", ["fal.run", "queue.fal.run", "10.0.0.1", "example.localhost.com"])
def test_the_authority_cannot_vouch_for_other_hosts(tmp_path: Path, name: str) -> None:
    """Its key signs a certificate for them here, and the client refuses it all the same."""
    made = ensure_certificates(tmp_path, ["box.lan"])
    authority = tls._read(tmp_path / "tls" / "authority.pem")
    assert authority is not None
    forged = tmp_path / "forged.pem"
    forged.write_bytes(tls._make_server([name], authority, NOW).pem())
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree violation"):
        greeting(forged, made.authority, name)


def test_the_bundle_trusts_what_was_trusted_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A company's own roots, named by SSL_CERT_FILE, stay trusted; our own bundle is no root."""
    company = ensure_certificates(tmp_path / "company").authority
    monkeypatch.setenv("SSL_CERT_FILE", str(company))
    made = ensure_certificates(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(made.bundle)
    bundled = set(context.get_ca_certs(binary_form=True))
    for file in (certifi.where(), company, made.authority):
        single = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        single.load_verify_locations(file)
        assert set(single.get_ca_certs(binary_form=True)) <= bundled
    before = made.bundle.stat().st_size
    monkeypatch.setenv("SSL_CERT_FILE", str(made.bundle))
    ensure_certificates(tmp_path)
    assert made.bundle.stat().st_size == before - company.stat().st_size


def test_private_keys_are_readable_by_the_owner_alone(tmp_path: Path) -> None:
    made = ensure_certificates(tmp_path)
    for path in made.server.parent.iterdir():
        private = b"PRIVATE KEY" in path.read_bytes()
        assert stat.S_IMODE(path.stat().st_mode) == (0o600 if private else 0o644), path.name
    assert sum(b"PRIVATE KEY" in path.read_bytes() for path in made.server.parent.iterdir()) == 2


def contents(made: Certificates) -> tuple[bytes, bytes]:
    return made.server.read_bytes(), made.authority.read_bytes()


@pytest.mark.parametrize(
    ("later", "server_stays", "authority_stays"),
    [
        (timedelta(0), True, True),
        (timedelta(days=3), True, True),  # of 7, renewed at half
        (timedelta(days=4), False, True),
        (timedelta(days=3580), False, True),  # 70 days before its end
        (timedelta(days=3600), False, False),  # 50 days
        (timedelta(days=9999), False, False),
        (timedelta(days=-1), False, True),  # the clock was wrong when they were made
    ],
)
def test_certificates_are_renewed_in_time_and_not_before(
    tmp_path: Path, later: timedelta, server_stays: bool, authority_stays: bool
) -> None:
    server, authority = contents(ensure_certificates(tmp_path, now=NOW))
    renewed = contents(ensure_certificates(tmp_path, now=NOW + later))
    assert (renewed[0] == server) == server_stays
    assert (renewed[1] == authority) == authority_stays


def test_a_new_name_gets_a_new_authority_that_keeps_the_old_names(tmp_path: Path) -> None:
    """So names that come and go, as a laptop's address does, change it once each."""
    _, first = contents(ensure_certificates(tmp_path, ["box.lan"]))
    _, second = contents(ensure_certificates(tmp_path, ["10.1.2.3"]))
    _, third = contents(ensure_certificates(tmp_path, ["box.lan"]))
    assert first != second == third


def test_the_authority_makes_no_further_authorities(tmp_path: Path) -> None:
    made = ensure_certificates(tmp_path)
    authority = x509.load_pem_x509_certificate(made.authority.read_bytes())
    basic = authority.extensions.get_extension_for_class(x509.BasicConstraints)
    assert (basic.critical, basic.value.ca, basic.value.path_length) == (True, True, 0)


@pytest.mark.parametrize("file", ["authority.pem", "server.pem", "ca.pem", "bundle.pem"])
@pytest.mark.parametrize("damage", [b"", b"not PEM", None])
def test_a_damaged_or_missing_file_is_made_again(
    tmp_path: Path, file: str, damage: bytes | None
) -> None:
    made = ensure_certificates(tmp_path)
    path = made.server.parent / file
    path.unlink() if damage is None else path.write_bytes(damage)
    again = ensure_certificates(tmp_path)
    assert greeting(again.server, again.bundle, "localhost") == b"hello"


def test_a_certificate_of_another_authority_is_replaced(tmp_path: Path) -> None:
    made = ensure_certificates(tmp_path / "one")
    other = ensure_certificates(tmp_path / "two")
    made.server.write_bytes(other.server.read_bytes())
    again = ensure_certificates(tmp_path / "one")
    assert greeting(again.server, again.authority, "localhost") == b"hello"


def test_the_server_certificate_is_short_lived(tmp_path: Path) -> None:
    made = ensure_certificates(tmp_path, now=NOW)
    certificate = x509.load_pem_x509_certificate(made.server.read_bytes())
    assert certificate.not_valid_after_utc - NOW <= timedelta(days=7)


def test_an_unwritable_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "tls").write_text("a file where the folder should be")
    with pytest.raises(OutputUnwritable, match="tls"):
        ensure_certificates(tmp_path)


@pytest.mark.parametrize("name", ["a..b", "x" * 64])
def test_a_name_that_is_none_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingInvalid, match="host name"):
        ensure_certificates(tmp_path, [name])
