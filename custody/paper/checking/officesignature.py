"""The office signature: a finished paper signed, and what a certificate on a paper is worth (spec chapter 22, OFFICE-3 to OFFICE-7).

pyHanko (extra `pades`) makes and judges the CMS signature; it is imported only where a signature is made or stands in a file, and never
sees a PDF. Nothing here asks a network.
"""

import asyncio
import logging
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, TypeAlias

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from custody.core import moment as moments
from custody.core.errors import Refused, Undecided
from custody.paper.checking import certificate, officetail, token
from custody.paper.checking.certificate import Card
from custody.paper.checking.officetail import OfficeTail

_BROKEN = (
    ValueError,  # also what pyHanko raises
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RuntimeError,
    AssertionError,
    UnsupportedAlgorithm,
    InvalidSignature,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)
Named: TypeAlias = tuple[x509.Certificate, ...] | None  # those that the checker trusts; None where he named none
_FAILS = frozenset(f"certificate.{why}" for why in ("void", "unreadable", "drill", "expired", "purpose", "stranger"))
_SPREAD = 16  # bytes by which two ECDSA signatures of one key may differ, and more
_WANTED = frozenset(("content_type", "message_digest", "signing_certificate_v2"))
_UNWANTED = frozenset(("signing_time",))


@dataclass(frozen=True)
class Answer:
    """The answer about the certificate of a paper that holds.

    code: of the table of OFFICE-6. moment: since when, as its signer claims. owner, issuer: as the certificate writes them. first,
    last: the dates of the certificate, as moments. fingerprint: SHA-256 of the certificate, hex. What is not known is None.
    """

    code: str
    moment: str | None = None
    owner: str | None = None
    issuer: str | None = None
    first: str | None = None
    last: str | None = None
    fingerprint: str | None = None

    @property
    def fails(self) -> bool:
        """Whether something about the signature is wrong, whatever was asked."""
        return self.code in _FAILS


def present() -> bool:
    """Whether the extra `pades` is installed."""
    from importlib.util import find_spec

    return find_spec("pyhanko") is not None and find_spec("asn1crypto") is not None


def sign(drawn: bytes, moment: str, card: Card) -> bytes:
    """The paper with the office's signature.

    Raises `Undecided("certificate.extra")` without the extra, `Refused("certificate.not-valid")` where the certificate is not valid at that
    moment, and as `officetail.signed`.
    """
    _needed()
    usable(card, moment)
    return officetail.signed(drawn, moment, _cms(officetail.covered(drawn, moment), card))


def _cms(covered: bytes, card: Card) -> bytes:
    return bytes(asyncio.run(_signer(card).async_sign(sha256(covered).digest(), "sha256", use_pades=True)).dump())


def usable(card: Card, moment: str) -> None:
    """Sign for trial, before anything is done that cannot be undone.

    Raises `Refused("certificate.not-valid")` where the certificate is not valid at that moment, `Refused("certificate.large")` where its
    chain is too long.
    """
    if not certificate.valid_at(card.certificate, moment):
        raise Refused("certificate.not-valid", owner=certificate.owner(card.certificate), **_dates(card.certificate))
    if (size := len(_cms(b"", card)) + _SPREAD) > officetail.RESERVED:
        raise Refused("certificate.large", bytes=size, most=officetail.RESERVED)


def _needed() -> None:
    if not present():
        raise Undecided("certificate.extra")
    for name in ("pyhanko", "pyhanko_certvalidator"):  # what it thinks of a path of certificates is an answer here, not a log
        logging.getLogger(name).addHandler(logging.NullHandler())


def _signer(card: Card) -> Any:
    if token.is_token(card.key):
        return card.key
    from asn1crypto import keys
    from pyhanko.sign.signers import SimpleSigner
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    chain: Any = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    chain.register_multiple([_other(one) for one in card.chain])
    key = keys.PrivateKeyInfo.load(card.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))
    return SimpleSigner(signing_cert=_other(card.certificate), signing_key=key, cert_registry=chain)


def _other(one: x509.Certificate) -> Any:
    """A certificate in the form of the other library."""
    from asn1crypto import x509 as other

    return other.Certificate.load(one.public_bytes(Encoding.DER))


# -- judging ---------------------------------------------------------------------------------------------------------------------------


def judge(data: bytes, tail: OfficeTail | None, named: Named, drill: bool) -> Answer:
    """What the certificate on a paper that holds is worth (OFFICE-6). Never raises for what the file holds.

    data: the file. named: the certificates that the checker trusts, None where he named none. drill: whether its ledger is a drill.
    """
    if tail is None:
        return Answer("certificate.none")
    if tail.gap is None:
        return Answer("certificate.broken", tail.moment)
    if not present():
        return Answer("certificate.extra", tail.moment)
    _needed()
    try:
        content = _read(tail.cms)
        own = _own(content)
        told = _told("certificate.unreadable", tail.moment, own)
        return replace(told, code=_worth(tail.covered(data), content, own, tail.moment, named, drill)) if certificate.fits(own) else told
    except _BROKEN:
        return Answer("certificate.unreadable", tail.moment)


def _read(cms_bytes: bytes) -> Any:
    """The signed data. Raises some of `_BROKEN` for what OFFICE-3 does not describe."""
    from asn1crypto import cms
    from pyhanko.sign.general import extract_signer_info  # it also teaches asn1crypto the attributes of PAdES: before anything is read

    outer = cms.ContentInfo.load(cms_bytes, strict=True)
    content = outer["content"]
    if outer["content_type"].native != "signed_data" or content["encap_content_info"]["content"].native is not None:
        raise ValueError
    signer = extract_signer_info(content)  # exactly one
    attributes = [one["type"].native for one in signer["signed_attrs"]]
    if signer["digest_algorithm"]["algorithm"].native != "sha256" or len(signer["unsigned_attrs"]):
        raise ValueError
    if not set(attributes) >= _WANTED or set(attributes) & _UNWANTED or len(set(attributes)) != len(attributes):
        raise ValueError
    return content


def _own(content: Any) -> x509.Certificate:
    """The certificate of the signer. Raises some of `_BROKEN`."""
    from pyhanko.sign.general import extract_certificate_info

    return x509.load_der_x509_certificate(extract_certificate_info(content).signer_cert.dump())


def _worth(covered: bytes, content: Any, own: x509.Certificate, moment: str, named: Named, drill: bool) -> str:
    found = _holds(covered, content, moment, named or ())
    if found is None:
        return "certificate.void"
    if certificate.of_drill(own) and not drill:
        return "certificate.drill"
    if named is None:
        return "certificate.unnamed"
    if not certificate.valid_at(own, moment):
        return "certificate.expired"
    if not certificate.for_signing(own):
        return "certificate.purpose"
    return "certificate.holds" if found else "certificate.stranger"


def _holds(covered: bytes, content: Any, moment: str, named: tuple[x509.Certificate, ...]) -> bool | None:
    """Whether somebody named stands behind a signature; None where it is none of these bytes."""
    from pyhanko.sign.validation.generic_cms import async_validate_detached_cms
    from pyhanko.sign.validation.settings import KeyUsageConstraints
    from pyhanko_certvalidator import ValidationContext

    at = datetime.fromtimestamp(moments.to_seconds(moment), UTC)
    roots = [_other(one) for one in named]
    context = ValidationContext(trust_roots=roots, moment=at, allow_fetching=False, revocation_mode="soft-fail")
    use = KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False)
    try:
        status = asyncio.run(async_validate_detached_cms(covered, content, context, key_usage_settings=use))
    except _BROKEN:
        return None
    return bool(status.trusted) if status.intact and status.valid else None


def _told(code: str, moment: str, own: x509.Certificate) -> Answer:
    issuer, fingerprint = certificate.told(own.issuer), sha256(own.public_bytes(Encoding.DER)).hexdigest()
    return Answer(code, moment, certificate.owner(own), issuer, **_dates(own), fingerprint=fingerprint)


def _dates(own: x509.Certificate) -> dict[str, str]:
    first, last = own.not_valid_before_utc, own.not_valid_after_utc
    return {"first": moments.from_seconds(int(first.timestamp())), "last": moments.from_seconds(int(last.timestamp()))}
