"""Certificates of an office and their keys: opened, judged for use, made for a drill (spec chapter 22, OFFICE-3, OFFICE-4, OFFICE-7)."""

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PrivateFormat, pkcs12
from cryptography.x509.oid import NameOID

from custody.core import moment as moments
from custody.core.errors import KeyTrouble, Malformed, Refused

DRILL = "LATIHAN"  # in the name of the owner of every certificate that is made for a drill
MOST = 1024 * 1024  # bytes of a file with a certificate
_ROUNDS = 600_000
_DRILL_DAYS = 400
_LEAST_RSA = 2048


class Card(NamedTuple):
    """What an office signs with: its key (or what signs for it on a token), its certificate, and those that lead to the root."""

    key: Any
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]


def open_card(data: bytes, passphrase: bytes, path: str) -> Card:
    """A PKCS#12 file. Raises `KeyTrouble("key.passphrase")`, `Malformed("certificate.card")` for what is none, `Refused("certificate.key")`
    or `Refused("certificate.not-for-signing")` for one that readers of signed files would not take."""
    try:
        key, certificate, chain = pkcs12.load_key_and_certificates(data, passphrase)
    except (ValueError, x509.InvalidVersion) as error:
        if data[:1] != b"\x30":
            raise Malformed("certificate.card", path=path) from error
        raise KeyTrouble("key.passphrase", path=path) from error
    except (TypeError, UnsupportedAlgorithm) as error:  # a key that this library has no class for
        raise Malformed("certificate.card", path=path) from error
    if key is None or certificate is None:
        raise Malformed("certificate.card", path=path)
    if not isinstance(key, (ec.EllipticCurvePrivateKey, rsa.RSAPrivateKey)) or not fits(certificate):
        raise Refused("certificate.key", path=path)
    if not for_signing(certificate):
        raise Refused("certificate.not-for-signing", path=path, owner=owner(certificate))
    return Card(key, certificate, tuple(chain))


def named(data: bytes, path: str) -> tuple[x509.Certificate, ...]:
    """The certificates of a PEM file. Raises `Malformed("certificate.certificates")`."""
    try:
        return tuple(x509.load_pem_x509_certificates(data))
    except (ValueError, x509.InvalidVersion) as error:
        raise Malformed("certificate.certificates", path=path) from error


def fits(certificate: x509.Certificate) -> bool:
    """Whether the key is one that readers of signed PDF files know (OFFICE-3)."""
    try:
        key = certificate.public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return False
    if isinstance(key, rsa.RSAPublicKey):
        return key.key_size >= _LEAST_RSA
    return isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)


def for_signing(certificate: x509.Certificate) -> bool:
    """Whether a certificate is made for signing documents: no authority, and its use, where it names any, is to sign."""
    try:
        extensions = certificate.extensions
        authority = _found(extensions, x509.BasicConstraints)
        use = _found(extensions, x509.KeyUsage)
    except (ValueError, x509.DuplicateExtension):
        return False
    if isinstance(authority, x509.BasicConstraints) and authority.ca:
        return False
    return not isinstance(use, x509.KeyUsage) or use.digital_signature or use.content_commitment


def _found(extensions: x509.Extensions, kind: type[x509.ExtensionType]) -> x509.ExtensionType | None:
    try:
        return extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def valid_at(certificate: x509.Certificate, moment: str) -> bool:
    """Whether a moment lies between the two dates of a certificate."""
    at = datetime.fromtimestamp(moments.to_seconds(moment), UTC)
    return certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc


def of_drill(certificate: x509.Certificate) -> bool:
    """Whether its owner is called one of a drill (OFFICE-4); a house for training (`Balai Pelatihan`) is none."""
    return any(f"{part.value!s} - ".upper().startswith(f"{DRILL} - ") for part in certificate.subject)


def owner(certificate: x509.Certificate) -> str:
    """Whom a certificate is about, in one line, the common name first."""
    return told(certificate.subject)


def told(name: x509.Name) -> str:
    """A name of a certificate in one line, the common name first, of at most 200 signs, none of them one that a screen obeys."""
    first = [part for part in name if part.oid == NameOID.COMMON_NAME]
    rest = [part for part in name if part.oid != NameOID.COMMON_NAME]
    text = ", ".join(str(part.value) for part in (*first, *rest))
    return "".join(sign if sign.isprintable() else "?" for sign in text[:200]) or "-"


# -- for drills ----------------------------------------------------------------------------------------------------------------------


def for_drill(office: str, now: datetime, passphrase: bytes) -> tuple[bytes, bytes]:
    """A root and an office below it, both called LATIHAN: the root's certificate (PEM), and the office's card (PKCS#12).

    The root's key is thrown away, so that it never signs another. now: aware. Raises `Malformed("certificate.name")`.
    """
    top, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = _made(f"{DRILL} - akar", f"{DRILL} - akar", top, top, now, authority=True)
    leaf = _made(f"{DRILL} - {office}", f"{DRILL} - akar", key, top, now, authority=False)
    locked = PrivateFormat.PKCS12.encryption_builder().kdf_rounds(_ROUNDS)
    locked = locked.key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC).hmac_hash(hashes.SHA256())
    card = pkcs12.serialize_key_and_certificates(office.encode(), key, leaf, [root], locked.build(passphrase))
    return root.public_bytes(Encoding.PEM), card


def _made(
    subject: str, issuer: str, key: ec.EllipticCurvePrivateKey, by: ec.EllipticCurvePrivateKey, now: datetime, authority: bool
) -> x509.Certificate:
    use = {
        "digital_signature": not authority, "content_commitment": not authority, "key_cert_sign": authority, "crl_sign": authority,
        **dict.fromkeys(("key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only"), False),
    }  # fmt: skip
    begun = now.replace(microsecond=0) - timedelta(hours=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begun)
        .not_valid_after(begun + timedelta(days=_DRILL_DAYS))
        .add_extension(x509.BasicConstraints(authority, 0 if authority else None), True)
        .add_extension(x509.KeyUsage(**use), True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), False)
    )
    return made.sign(by, hashes.SHA256())


def _name(common: str) -> x509.Name:
    parts = ((NameOID.COUNTRY_NAME, "ID"), (NameOID.ORGANIZATION_NAME, DRILL), (NameOID.COMMON_NAME, common))
    try:
        return x509.Name([x509.NameAttribute(kind, value) for kind, value in parts])
    except ValueError as error:
        raise Malformed("certificate.name", name=common, most=64) from error
