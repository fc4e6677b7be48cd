"""A certificate authority of the office's own, which can vouch for nobody but the office (docs/spec/24-network.md).

Trusted with: that who answers at these names has the office's key. Its certificate is name-constrained (RFC 5280, 4.2.1.10), so whoever
steals its key can pretend to be this office's server and no other. Stations trust this authority alone, as their bundles name it.
"""

from __future__ import annotations

import ssl
from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from custody.core.errors import KeyTrouble, Malformed, Refused
from custody.durable import write_durably
from custody.reading import read

YEARS = timedelta(days=730)  # an authority: from before the first box to after the last lawsuit
DAYS = timedelta(days=8)  # a server's certificate; a fresh one is made long before
_MOST = 65_536
_SPOILED = (
    ValueError,
    TypeError,
    LookupError,
    InvalidSignature,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.ExtensionNotFound,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)
_NOBODY = "invalid"  # a name that no server has (RFC 6761)


def make(folder: Path, names: Sequence[str], now: datetime) -> bytes:
    """The certificate (DER) of the authority in `folder`, made where none is. :param names: hosts and addresses it may vouch for.

    :raises Malformed: `network.name`. :raises Refused: `network.names` where there is one for other names.
    :raises KeyTrouble: `network.ca-file`.
    """
    wanted = [_general(one) for one in dict.fromkeys(names)]
    if not wanted:
        raise Malformed("network.name", name="")
    cert_path, key_path = folder / "ca.pem", folder / "ca.key"
    if cert_path.exists():
        known = _read(cert_path, now)
        if names_of(known) != names_of(wanted):
            raise Refused("network.names", names=names_of(known), path=str(folder))
        return known.public_bytes(serialization.Encoding.DER)
    key = ec.generate_private_key(ec.SECP256R1())
    made = _authority(key, wanted, now)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_durably(key_path, _pem(key), 0o600)
    write_durably(cert_path, made.public_bytes(serialization.Encoding.PEM))
    return made.public_bytes(serialization.Encoding.DER)


def issue(folder: Path, now: datetime) -> tuple[Path, Path]:
    """A fresh certificate of the server for all names of the authority, and its key, as files.

    :raises KeyTrouble: `network.ca-file`, `network.ca-key`.
    """
    authority = _read(folder / "ca.pem", now)
    try:
        signer = serialization.load_pem_private_key(read(folder / "ca.key", _MOST), None)
    except (OSError, ValueError, TypeError) as error:
        raise KeyTrouble("network.ca-key", path=str(folder / "ca.key")) from error
    if not isinstance(signer, ec.EllipticCurvePrivateKey) or signer.public_key() != authority.public_key():
        raise KeyTrouble("network.ca-key", path=str(folder / "ca.key"))
    key = ec.generate_private_key(ec.SECP256R1())
    made = _server(key, authority, signer, now)
    cert_path, key_path = folder / "server.pem", folder / "server.key"
    write_durably(key_path, _pem(key), 0o600)
    write_durably(cert_path, made.public_bytes(serialization.Encoding.PEM) + authority.public_bytes(serialization.Encoding.PEM))
    return cert_path, key_path


def _read(path: Path, now: datetime) -> x509.Certificate:
    """The certificate of an authority, as it was made and still valid. :raises KeyTrouble: `network.ca-file`."""
    try:
        one = x509.load_pem_x509_certificate(read(path, _MOST))
        one.verify_directly_issued_by(one)
        names_of(one)
        if one.not_valid_after_utc <= now:
            raise ValueError("it has ended")
    except _SPOILED as error:
        raise KeyTrouble("network.ca-file", path=str(path)) from error
    return one


def trusting(ca: str | None) -> ssl.SSLContext:
    """What a station believes: this authority (DER in base64) and no other; None for those that the system believes.

    :raises Malformed: `network.ca`.
    """
    context = ssl.create_default_context() if ca is None else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    if ca is None:
        return context
    try:
        pem = f"-----BEGIN CERTIFICATE-----\n{ca}\n-----END CERTIFICATE-----\n"
        context.load_verify_locations(cadata=ssl.DER_cert_to_PEM_cert(ssl.PEM_cert_to_DER_cert(pem)))
    except (ssl.SSLError, ValueError) as error:
        raise Malformed("network.ca") from error
    return context


def named(der: bytes) -> str:
    """A certificate as it travels."""
    return b64encode(der).decode()


def names_of(one: x509.Certificate | Sequence[x509.GeneralName]) -> tuple[str, ...]:
    """The hosts and addresses that an authority may vouch for."""
    if isinstance(one, x509.Certificate):
        one = one.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
    found = (str(name.value).removesuffix("/32").removesuffix("/128") for name in one)
    return tuple(sorted(name for name in found if name != _NOBODY))


def _authority(key: ec.EllipticCurvePrivateKey, names: Sequence[x509.GeneralName], now: datetime) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "custody")])
    usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
    return (
        _begun(subject, subject, key, now, YEARS)
        .add_extension(x509.BasicConstraints(True, 0), True)
        .add_extension(usage, True)
        .add_extension(_constraints(names), True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .sign(key, hashes.SHA256())
    )


def _constraints(names: Sequence[x509.GeneralName]) -> x509.NameConstraints:
    """These names; and where there is none of a kind, nobody of that kind."""
    hosts = [one for one in names if isinstance(one, x509.DNSName)] or [x509.DNSName(_NOBODY)]
    addresses = [one for one in names if isinstance(one, x509.IPAddress)]
    nowhere = [x509.IPAddress(ip_network(one)) for one in ("0.0.0.0/0", "::/0")] if not addresses else None
    return x509.NameConstraints([*hosts, *addresses], nowhere)


def _server(
    key: ec.EllipticCurvePrivateKey, authority: x509.Certificate, signer: ec.EllipticCurvePrivateKey, now: datetime
) -> x509.Certificate:
    names: list[x509.GeneralName] = [_own(one) for one in names_of(authority)]
    usage = x509.KeyUsage(True, False, False, False, False, False, False, False, False)
    until = min(DAYS, authority.not_valid_after_utc - now)
    return (
        _begun(x509.Name([]), authority.subject, key, now, until)
        .add_extension(x509.BasicConstraints(False, None), True)
        .add_extension(usage, True)
        .add_extension(x509.SubjectAlternativeName(names), True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key()), False)  # type: ignore[arg-type]
        .sign(signer, hashes.SHA256())
    )


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime, until: timedelta
) -> x509.CertificateBuilder:
    """Valid from a day ago: clocks of laptops are wrong."""
    made = x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
    return made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + until)


def _general(name: str) -> x509.GeneralName:
    """A constraint to this one host or address."""
    own = _own(name)
    return x509.IPAddress(ip_network(own.value)) if isinstance(own, x509.IPAddress) else own


def _own(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        pass
    whole = name.isascii() and all(part and part.replace("-", "a").isalnum() for part in name.split("."))
    if not whole or len(name) > 200 or name == _NOBODY:
        raise Malformed("network.name", name=name[:100])
    return x509.DNSName(name.lower())


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
