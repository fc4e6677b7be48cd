"""An office's key on a PKCS#11 token, named by a URI (RFC 7512), opened through pyHanko and python-pkcs11 (spec chapter 22, OFFICE-3).

Tried with SoftHSM only; no card or stick that can be bought was at hand.
"""

import re
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from cryptography import x509

from custody.core.errors import CustodyError, KeyTrouble, Malformed, Refused, Undecided
from custody.paper.checking import certificate
from custody.paper.checking.certificate import Card

PREFIX = "pkcs11:"
_FORM = re.compile(r"pkcs11:token=([^;?&]+);object=([^;?&]+)\?module-path=([^;?&]+)")
_KEY = ("PinIncorrect", "PinInvalid", "PinLenRange", "UserPinNotInitialized")
_GONE = ("PinLocked", "PinExpired")


@dataclass(frozen=True)
class Place:
    """Where a key lies: the label of the token, the label of key and certificate on it, and the library that knows the token."""

    token: str
    label: str
    library: str

    @classmethod
    def parse(cls, text: str) -> "Place":
        """`pkcs11:token=KANTOR;object=kunci?module-path=/usr/lib/token.so`, without a PIN. Raises `Malformed("certificate.token")`."""
        found = _FORM.fullmatch(text)
        if found is None:
            raise Malformed("certificate.token", text=text)
        return cls(*(unquote(part) for part in found.groups()))


def open_card(place: Place, pin: str) -> Card:
    """A card whose key stays on the token; the session ends with the process.

    Raises `KeyTrouble("key.passphrase")` for a PIN that does not fit, `KeyTrouble("certificate.token-trouble")` for whatever else the
    token says, `Undecided("certificate.token-extra")` without python-pkcs11, and as `certificate.open_card`.
    """
    try:
        import pkcs11
        from pyhanko.config.pkcs11 import TokenCriteria
        from pyhanko.sign import pkcs11 as tokens
        from pyhanko.sign.general import SigningError
    except ImportError as error:
        raise Undecided("certificate.token-extra") from error
    with ExitStack() as opened:
        try:
            session = tokens.open_pkcs11_session(place.library, token_criteria=TokenCriteria(label=place.token), user_pin=pin)
            opened.callback(session.close)
            signer = tokens.PKCS11Signer(session, cert_label=place.label, other_certs_to_pull=None, use_raw_mechanism=True)
            own = x509.load_der_x509_certificate(signer.signing_cert.dump())
        except (pkcs11.PKCS11Error, SigningError, RuntimeError, LookupError) as error:
            raise _trouble(place, type(error).__name__) from error
        card = _fit(Card(signer, own, ()), place)
        opened.pop_all()
    return card


def _trouble(place: Place, why: str) -> CustodyError:
    if why in _KEY:
        return KeyTrouble("key.passphrase", path=place.token)
    return KeyTrouble("certificate.token-locked" if why in _GONE else "certificate.token-trouble", token=place.token, why=why)


def _fit(card: Card, place: Place) -> Card:
    if not certificate.fits(card.certificate):
        raise Refused("certificate.key", path=place.token)
    if not certificate.for_signing(card.certificate):
        raise Refused("certificate.not-for-signing", path=place.token, owner=certificate.owner(card.certificate))
    return card


def is_token(key: Any) -> bool:
    """Whether a card's key lies on a token, and signs by itself."""
    return hasattr(key, "async_sign")
