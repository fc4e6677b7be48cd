"""A key on a PKCS#11 token, as far as it can be tried here: with SoftHSM, and what is said where something lacks (spec chapter 22)."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from custody.core.errors import CustodyError, KeyTrouble, Malformed, Undecided
from custody.paper.checking import officesignature, token
from custody.paper.checking.check import check
from fixtures import officecards
from fixtures.officecards import MOMENT
from tests.paper import stories

PIN = "123456"
LIBRARIES = ("/usr/lib/softhsm/libsofthsm2.so", os.environ.get("SOFTHSM2_LIBRARY", ""))


def test_an_address_of_a_token() -> None:
    place = token.Place.parse("pkcs11:token=KPU%20Contoh;object=kunci?module-path=/usr/lib/x.so")
    assert place == token.Place("KPU Contoh", "kunci", "/usr/lib/x.so")


@pytest.mark.parametrize(
    "text",
    [
        "pkcs11:",
        "pkcs11:token=a;object=b",
        "pkcs11:token=a?module-path=/x.so",
        "pkcs11:token=a;object=b?module-path=/x.so&pin-value=123456",
        "pkcs11:token=a;object=b;pin-value=123456?module-path=/x.so",
    ],
)
def test_what_is_none(text: str) -> None:
    with pytest.raises(Malformed, match=r"certificate\.token"):
        token.Place.parse(text)


def test_without_the_library_for_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pkcs11", None)  # as Python has it where it is not installed
    monkeypatch.delitem(sys.modules, "pyhanko.sign.pkcs11", raising=False)
    with pytest.raises(Undecided, match=r"certificate\.token-extra"):
        token.open_card(token.Place("a", "b", "/x.so"), PIN)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The library of a SoftHSM with one token, which holds the key and the certificate of an office."""
    pkcs11: Any = pytest.importorskip("pkcs11", reason="python-pkcs11 is not installed: no token is tried")
    program, found = shutil.which("softhsm2-util"), [one for one in LIBRARIES if one and Path(one).exists()]
    if program is None or not found:
        pytest.skip("SoftHSM (softhsm2) is not installed: no token is tried")
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\n")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    card = officecards.card()
    (folder / "key.pem").write_bytes(card.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    fresh = ["--init-token", "--free", "--label", "KPU Contoh", "--pin", PIN, "--so-pin", PIN]
    put = ["--import", str(folder / "key.pem"), "--token", "KPU Contoh", "--label", "kunci", "--id", "01", "--pin", PIN]
    for words in (fresh, put):
        subprocess.run([program, "--module", found[0], *words], check=True, capture_output=True)
    with pkcs11.lib(found[0]).get_token(token_label="KPU Contoh").open(rw=True, user_pin=PIN) as session:
        for one, label in ((card.certificate, "kunci"), (card.chain[0], "otoritas")):
            session.create_object(
                {
                    pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE,
                    pkcs11.Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
                    pkcs11.Attribute.TOKEN: True,
                    pkcs11.Attribute.LABEL: label,
                    pkcs11.Attribute.SUBJECT: one.subject.public_bytes(),
                    pkcs11.Attribute.ID: b"\x01" if label == "kunci" else b"\x02",
                    pkcs11.Attribute.VALUE: one.public_bytes(Encoding.DER),
                }
            )
    return found[0]


@pytest.mark.parametrize(
    ("place", "pin", "code"),
    [
        (("KPU Contoh", "kunci"), "000000", "key.passphrase"),
        (("KPU Lain", "kunci"), PIN, "certificate.token-trouble"),
        (("KPU Contoh", "kunci lain"), PIN, "certificate.token-trouble"),
    ],
)
def test_a_token_that_cannot_be_used(library: str, place: tuple[str, str], pin: str, code: str) -> None:
    with pytest.raises(KeyTrouble) as refusal:
        token.open_card(token.Place(*place, library), pin)
    assert refusal.value.code == code


def test_a_token_signs(library: str) -> None:
    card = token.open_card(token.Place("KPU Contoh", "kunci", library), PIN)
    officesignature.usable(card, MOMENT)
    data = officesignature.sign(stories.short().pdf, MOMENT, card)
    verdict = check(data, stories.short().trust)
    named = (officecards.authority().certificate,)
    assert verdict.outcome == "intact"
    assert officesignature.judge(data, verdict.tail, named, False).code == "certificate.holds"


def test_a_library_that_is_none() -> None:
    pytest.importorskip("pkcs11", reason="python-pkcs11 is not installed: no token is tried")
    with pytest.raises(CustodyError, match=r"certificate\.token-trouble"):
        token.open_card(token.Place("a", "b", "/nonexistent.so"), PIN)
