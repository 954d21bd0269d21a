"""A local certificate authority, so that clients which insist on HTTPS work without set-up.

The authority can vouch for this machine only: its certificate carries name constraints, which every
TLS client checks, so its key is of no use against other sites even if it leaks. The server's own
certificate lives a week and is renewed at half of that.

All is kept in `DATA/tls`:

    authority.pem   key and certificate of the authority, readable by the owner alone
    server.pem      key and certificate of the server, readable by the owner alone
    ca.pem          certificate of the authority, to hand out
    bundle.pem      the same and the public roots, for `SSL_CERT_FILE`: programs that talk to other
                    servers, too, go on trusting them
"""

from __future__ import annotations

import os
import re
import ssl
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path

import certifi
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from photoplay.errors import OutputUnwritable, SettingInvalid

AUTHORITY_LIFE = timedelta(days=3650)
AUTHORITY_RENEWED_BEFORE = timedelta(days=60)
SERVER_LIFE = timedelta(days=7)
SERVER_RENEWED_BEFORE = SERVER_LIFE / 2
_CLOCKS_APART = timedelta(hours=1)  # other machines may be that far behind
_ALWAYS = ("localhost", "127.0.0.1", "::1")
_PEM = re.compile(r"-----BEGIN CERTIFICATE-----\n.+?\n-----END CERTIFICATE-----\n?", re.DOTALL)

_Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Certificates:
    """Where the files are."""

    server: Path  # key and certificate in one, as `load_cert_chain` takes them
    authority: Path  # certificate only
    bundle: Path  # with the public roots


@dataclass(frozen=True, slots=True)
class _Identity:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def pem(self) -> bytes:
        key = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return key + self.certificate.public_bytes(Encoding.PEM)


def ensure_certificates(
    data: Path, names: Iterable[str] = (), *, now: datetime | None = None
) -> Certificates:
    """Make or renew what `DATA/tls` lacks for a server of these host names and addresses.

    localhost, 127.0.0.1 and ::1 are always among them. Cheap when nothing is due. An authority is
    replaced only if it is about to end or may not vouch for one of the names. Raises
    OutputUnwritable, and SettingInvalid for a name that no certificate can hold.
    """
    folder = data / "tls"
    found = Certificates(folder / "server.pem", folder / "ca.pem", folder / "bundle.pem")
    wanted = _spelt([*_ALWAYS, *names])
    at = now or datetime.now(UTC)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        authority = _read(folder / "authority.pem")
        if authority is None or not _may_sign(authority.certificate, wanted, at):
            authority = _make_authority(_known_names(authority) | set(wanted), at)
            _write(folder / "authority.pem", authority.pem(), 0o600)
        server = _read(found.server)
        if server is None or not _serves(server.certificate, wanted, authority.certificate, at):
            _write(found.server, _make_server(wanted, authority, at).pem(), 0o600)
        ca = authority.certificate.public_bytes(Encoding.PEM)
        _write(found.authority, ca, 0o644)
        _write(found.bundle, ca + _public_roots(found.bundle), 0o644)
    except OSError as error:
        raise OutputUnwritable.because(folder, error) from error
    return found


def _spelt(names: Iterable[str]) -> list[str]:
    """Names and addresses as certificates write them, each once, in order."""
    return list(dict.fromkeys(map(_spelling, names)))


def _spelling(name: str) -> str:
    if _is_address(name):
        return str(ip_address(name))
    try:
        return name.rstrip(".").lower().encode("idna").decode()
    except UnicodeError as error:
        raise SettingInvalid(
            f"the host name {name!r} cannot be put into a certificate: {error}",
            rule="a host name has parts of 1 to 63 characters, with dots between them",
            fix="Correct the host or the public URL in the settings",
        ) from error


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _make_authority(names: Iterable[str], at: datetime) -> _Identity:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _subject("Photoplay on this machine")
    hosts = sorted(name for name in names if not _is_address(name))
    networks = {_network(name) for name in names if _is_address(name)}
    constraints: list[x509.GeneralName] = [x509.DNSName(host) for host in hosts]
    constraints += [x509.IPAddress(network) for network in sorted(networks, key=str)]
    builder = (
        _certificate(subject, key.public_key(), at, AUTHORITY_LIFE)
        .issuer_name(subject)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(key_cert_sign=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.NameConstraints(constraints, None), critical=True)
    )
    return _Identity(builder.sign(key, hashes.SHA256()), key)


def _make_server(names: Sequence[str], authority: _Identity, at: datetime) -> _Identity:
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = authority.certificate
    signer = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    builder = (
        _certificate(_subject(names[0]), key.public_key(), at, SERVER_LIFE)
        .issuer_name(issuer.subject)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(_general(names)), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(signer), critical=False
        )
    )
    return _Identity(builder.sign(authority.key, hashes.SHA256()), key)


def _certificate(
    subject: x509.Name, key: ec.EllipticCurvePublicKey, at: datetime, life: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - _CLOCKS_APART)
        .not_valid_after(at + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _subject(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])  # RFC 5280, A.1


def _usage(*, key_cert_sign: bool = False, digital_signature: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        key_cert_sign=key_cert_sign,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def _general(names: Iterable[str]) -> list[x509.GeneralName]:
    return [
        x509.IPAddress(ip_address(name)) if _is_address(name) else x509.DNSName(name)
        for name in names
    ]


def _network(address: str) -> _Network:
    """What the authority may vouch for on account of one address: all of loopback, else itself."""
    known = ip_address(address)
    loopback = known.version == 4 and known.is_loopback
    return ip_network("127.0.0.0/8" if loopback else known)


def _may_sign(authority: x509.Certificate, names: Iterable[str], at: datetime) -> bool:
    if authority.not_valid_after_utc - at < AUTHORITY_RENEWED_BEFORE:
        return False
    permitted = _permitted(authority)
    return all((_network(name) if _is_address(name) else name) in permitted for name in names)


def _permitted(authority: x509.Certificate) -> set[str | _Network]:
    try:
        constraints = authority.extensions.get_extension_for_class(x509.NameConstraints).value
    except x509.ExtensionNotFound:
        return set()
    return {name.value for name in constraints.permitted_subtrees or ()}


def _known_names(authority: _Identity | None) -> set[str]:
    """What an authority that is replaced vouched for: its successor does so, too."""
    if authority is None:
        return set()
    known = _permitted(authority.certificate)
    return {name if isinstance(name, str) else str(name.network_address) for name in known}


def _serves(
    server: x509.Certificate, names: Sequence[str], authority: x509.Certificate, at: datetime
) -> bool:
    if server.not_valid_after_utc - at < SERVER_RENEWED_BEFORE or server.not_valid_before_utc > at:
        return False
    try:
        covered = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        server.verify_directly_issued_by(authority)
    except (x509.ExtensionNotFound, InvalidSignature, ValueError):
        return False
    return list(covered) == _general(names)


def _public_roots(bundle: Path) -> bytes:
    """The roots that programs trust otherwise: certifi's, OpenSSL's, those of the environment."""
    named = {
        certifi.where(),
        ssl.get_default_verify_paths().openssl_cafile,
        os.environ.get("SSL_CERT_FILE", ""),
    }
    files = sorted(Path(name).resolve() for name in named if Path(name).is_file())
    roots = [
        root.strip() + "\n"
        for file in files
        if file != bundle.resolve()
        for root in _PEM.findall(file.read_text("ascii", "replace"))
    ]
    return "".join(dict.fromkeys(roots)).encode("ascii")


def _read(path: Path) -> _Identity | None:
    """The key and certificate of a file; None where there is none, or nothing of use."""
    try:
        content = path.read_bytes()
        key = load_pem_private_key(content, None)
        certificate = x509.load_pem_x509_certificate(content)
    except (FileNotFoundError, ValueError):
        return None
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        return None
    return _Identity(certificate, key) if key.public_key() == certificate.public_key() else None


def _write(path: Path, content: bytes, mode: int) -> None:
    """Put `content` there as a whole, unless it is there already."""
    if path.is_file() and path.read_bytes() == content:
        return
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".")  # readable by the owner alone
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
