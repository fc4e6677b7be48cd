"""The office signature: what it can make true and what not, with certificates that everybody trusts (docs/spec/22-office-signature.md)."""

import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path
from random import Random

import pikepdf
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from pikepdf import pdfa

from custody.core.errors import CustodyError, KeyTrouble, Malformed, Refused, Undecided
from custody.paper.checking import certificate, officesignature, officetail
from custody.paper.checking.check import PaperVerdict, check
from fixtures import officecards, pdfedits, pdfsigned
from fixtures.officecards import MOMENT
from tests.paper import rendering, stories
from tests.paper.test_archival import PAPERS

CARD = officecards.card()
NAMED = (officecards.authority().certificate,)
WORD = b"sandi contoh saja"


@cache
def short() -> bytes:
    """The report of one box, signed by the office."""
    return officecards.signed(stories.short().pdf, CARD)


def judged(data: bytes, told: stories.Report | None = None) -> PaperVerdict:
    return check(data, (told or stories.short()).trust)


def worth(data: bytes, verdict: PaperVerdict, drill: bool = False) -> str:
    return officesignature.judge(data, verdict.tail, NAMED, drill).code


# -- honest papers -----------------------------------------------------------------------------------------------------------------------


def test_a_signed_paper_is_intact_and_begins_with_the_drawn_one() -> None:
    made = officesignature.sign(stories.short().pdf, MOMENT, CARD)
    verdict = judged(made)
    assert made.startswith(stories.short().pdf)
    assert (verdict.outcome, verdict.code) == ("intact", "check.intact")
    answer = officesignature.judge(made, verdict.tail, NAMED, False)
    assert (answer.code, answer.moment, answer.owner) == ("certificate.holds", MOMENT, "Kantor Contoh, ID")
    assert answer.fingerprint == CARD.certificate.fingerprint(hashes.SHA256()).hex()


def test_a_signed_paper_looks_as_it_was_drawn() -> None:
    for drawn, signed in zip(rendering.pages(stories.short().pdf, 60), rendering.pages(short(), 60), strict=True):
        assert drawn.tobytes() == signed.tobytes()


@pytest.mark.parametrize("name", PAPERS)
def test_every_kind_of_paper_can_be_signed(name: str) -> None:
    drawn = PAPERS[name]()
    signed = officecards.signed(drawn, CARD)
    found = officetail.read(signed, drawn)
    assert found is not None
    assert officesignature.judge(signed, found, NAMED, False).code == "certificate.holds"
    with pikepdf.open(BytesIO(signed)) as document:
        assert not document.get_warnings()


@pytest.mark.parametrize("white", [b"\n", b" ", b"\r\n\r\n", b"\0" * 900])
def test_white_space_behind_a_signed_paper_is_a_harmless_saving_again(white: bytes) -> None:
    verdict = judged(short() + white)
    assert (verdict.outcome, verdict.code) == ("resaved", "check.resaved")
    assert worth(short() + white, verdict) == "certificate.broken"


@pytest.mark.parametrize("more", [b"\n%", b"\n" * 2000, b"\nstartxref\n0\n%%EOF\n"])
def test_anything_else_behind_it_is_not(more: bytes) -> None:
    assert not judged(short() + more).holds


def test_a_signature_taken_off_leaves_the_paper_intact() -> None:
    stripped = short()[: len(stories.short().pdf)]
    verdict = judged(stripped)
    assert (verdict.outcome, verdict.tail, worth(stripped, verdict)) == ("intact", None, "certificate.none")


def test_the_validator_names_nothing_but_what_it_does_not_judge() -> None:
    """So PDF/A-3b is claimed of the drawn paper alone."""
    with pikepdf.open(BytesIO(short())) as document:
        found = [f"{one}" for one in pdfa.check(document, "3b").findings]
    assert {one.partition("]")[0] for one in found} == {"[unsupported"}
    assert any("/AcroForm" in one for one in found)


SAVED: dict[str, Callable[[bytes], bytes]] = {
    "as it is": pdfedits.edited,
    "packed": lambda data: pdfedits.edited(data, object_stream_mode=pikepdf.ObjectStreamMode.generate, recompress_flate=True),
    "laid out for reading": lambda data: pdfedits.edited(data, qdf=True),
    "by a mail gateway": lambda data: pdfedits.edited(data, pdfedits.described(), normalize_content=True),
}


@pytest.mark.parametrize("save", SAVED.values(), ids=SAVED)
def test_saved_again_is_called_that_and_the_signature_broken(save: Callable[[bytes], bytes]) -> None:
    data = save(short())
    verdict = judged(data)
    assert (verdict.outcome, worth(data, verdict)) == ("resaved", "certificate.broken")


# -- attacks -----------------------------------------------------------------------------------------------------------------------------


def _page(data: bytes) -> bytes:
    """The tail of one report put behind another as it stands."""
    return stories.other().pdf + data[len(stories.short().pdf) :]


PAINT = {9002: pdfsigned.PAINTED}
ATTACKS: dict[str, Callable[[bytes], bytes]] = {
    "content and signature in one revision": lambda pdf: pdfsigned.signed(pdf, CARD, b"9002 0 R", PAINT),
    "content, then the signature": lambda pdf: pdfsigned.signed(pdfsigned.revised(pdf, b"9002 0 R", PAINT), CARD),
    "the signature, then content": lambda pdf: pdfsigned.revised(pdfsigned.signed(pdf, CARD), b"9002 0 R", PAINT),
    "our tail, then content": lambda pdf: pdfsigned.revised(officecards.signed(pdf, CARD), b"9002 0 R", PAINT),
    "our tail, then a white square": lambda pdf: pdfsigned.covered(officecards.signed(pdf, CARD)),
    "our tail, then a signature with content": lambda pdf: pdfsigned.signed(officecards.signed(pdf, CARD), CARD, b"9002 0 R", PAINT),
    "a field that shows something": lambda pdf: pdfsigned.signed(
        pdf, CARD, seen=b"40 400 560 800", looks=b"/AP << /N 9004 0 R >> ", more={9004: pdfsigned.LOOKS}
    ),
    "hidden content, signed, then revealed": lambda pdf: pdfsigned.revised(pdfsigned.signed(pdf, CARD, more=PAINT), b"9002 0 R"),
    "a white square, then the signature": lambda pdf: pdfsigned.signed(pdfedits.stamped(pdf), CARD),
}
NOT_INTACT: dict[str, Callable[[bytes], bytes]] = {
    "hidden content, signed": lambda pdf: pdfsigned.signed(pdf, CARD, more=PAINT),
    "the signature of another program": lambda pdf: pdfsigned.signed(pdf, CARD),
    "signed twice": lambda pdf: pdfsigned.signed(officecards.signed(pdf, CARD), CARD),
    "our tail and one byte": lambda pdf: officecards.signed(pdf, CARD) + b"x",
    "our tail without its last two bytes": lambda pdf: officecards.signed(pdf, CARD)[:-2],
    "our tail twice": lambda pdf: officecards.signed(pdf, CARD) + officecards.signed(pdf, CARD)[len(pdf) :],
    "the tail of another report": lambda pdf: pdf + officecards.signed(stories.other().pdf, CARD)[len(stories.other().pdf) :],
}


def valid_signature(data: bytes) -> bool:
    """Whether the last signature of a file is one of everything else in its revision, as other readers judge it."""
    with pikepdf.open(BytesIO(data)) as document:
        found = document.Root.AcroForm.Fields[0].V
        first, begin, second, length = (int(one) for one in found.ByteRange)
        room = bytes(found.Contents)
    cms = room[: 4 + int.from_bytes(room[2:4], "big")]
    tail = officetail.OfficeTail(MOMENT, cms, (begin, second))
    return officesignature.judge(data[first : second + length], tail, NAMED, False).code == "certificate.holds"


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_a_trusted_certificate_makes_no_other_page_true(attack: Callable[[bytes], bytes]) -> None:
    """The signature is a valid one of an owner whom everybody trusts; the file still begins with our bytes."""
    given = stories.long()
    data = attack(given.pdf)
    assert data.startswith(given.pdf)
    assert valid_signature(data), "an attack with a broken signature would prove nothing"
    verdict = judged(data, given)
    assert (verdict.outcome, verdict.code, verdict.page, verdict.tail) == ("altered", "check.page", 1, None)


@pytest.mark.parametrize("change", NOT_INTACT.values(), ids=NOT_INTACT)
def test_nothing_but_the_one_tail_is_ever_intact(change: Callable[[bytes], bytes]) -> None:
    given = stories.long()
    verdict = judged(change(given.pdf), given)
    assert not verdict.holds
    assert verdict.tail is None


def test_an_office_that_signs_another_drawing_signs_an_altered_paper() -> None:
    """Whoever has the key can put our own tail under anything of our own form."""
    given = stories.short()
    line = next(word for word in (b"Kotak", b"Serah", b"Laporan") if word in given.pdf)
    other = given.pdf.replace(line, line[::-1], 1)
    data = officecards.signed(other, CARD)
    assert officetail.read(data, other) is not None
    verdict = judged(data)
    assert (verdict.outcome, verdict.tail) == ("altered", None)


def test_a_signature_moved_to_another_report_leaves_its_page_intact_and_is_void() -> None:
    given, found = stories.other(), officetail.read(short(), stories.short().pdf)
    assert found is not None
    data = officetail.signed(given.pdf, found.moment, found.cms)
    verdict = judged(data, given)
    assert (verdict.outcome, worth(data, verdict)) == ("intact", "certificate.void")


def test_taken_off_and_signed_by_a_stranger() -> None:
    stranger = officecards.card("Kantor Lain", officecards.authority("Otoritas Lain"))
    data = officecards.signed(stories.short().pdf, stranger)
    verdict = judged(data)
    assert (verdict.outcome, worth(data, verdict)) == ("intact", "certificate.stranger")


def test_a_stranger_with_the_names_of_the_office_stays_one() -> None:
    """Another key, the same words in both certificates."""
    false = officecards.Authority(officecards.key("palsu"), officecards.authority().certificate)
    data = officecards.signed(stories.short().pdf, officecards.card("Kantor Contoh", false))
    assert worth(data, judged(data)) == "certificate.stranger"


def test_every_byte_of_the_tail_but_the_two_values_is_bound() -> None:
    """Whatever byte is changed, it is no tail; or its moment or its signature is another, and then the signature is void."""
    drawn, data = stories.short().pdf, short()
    found = officetail.read(data, drawn)
    assert found is not None and found.gap is not None
    counted: Counter[str] = Counter()
    for at in [*range(len(drawn), found.gap[0] + 1), *range(found.gap[1] - 60, len(data))]:
        changed = data[:at] + bytes([data[at] ^ 0x01]) + data[at + 1 :]
        tail = officetail.read(changed, drawn)
        counted["none" if tail is None else officesignature.judge(changed, tail, NAMED, False).code] += 1
    assert counted["none"] > 1_000 and counted["certificate.void"] >= 5  # the digits of the moment
    assert set(counted) <= {"none", "certificate.void", "certificate.unreadable"}, counted


def test_2_000_broken_signatures_never_raise_and_name_no_other_owner() -> None:
    drawn, random = stories.short().pdf, Random(22)
    found = officetail.read(short(), drawn)
    assert found is not None
    covered, counted = found.covered(short()), Counter[str]()
    for _ in range(2_000):
        cms = bytearray(found.cms)
        for _ in range(random.choice((1, 1, 2, 6))):
            cms[random.randrange(4, len(cms))] = random.randrange(256)
        tail = officetail.OfficeTail(MOMENT, bytes(cms), (len(covered), len(covered)))
        answer = officesignature.judge(covered, tail, NAMED, False)
        counted[answer.code] += 1
        assert answer.code != "certificate.holds" or answer.owner == "Kantor Contoh, ID"
    assert counted["certificate.unreadable"] > 200 and counted["certificate.void"] > 200, counted


# -- an independent reader ---------------------------------------------------------------------------------------------------------------


def pdfsig(folder: Path, data: bytes, *options: str) -> str:
    """What poppler's reader says. Skips where it is not installed."""
    program = shutil.which("pdfsig")
    if program is None:
        pytest.skip("pdfsig (poppler-utils) is not installed: no independent reader judges the signature")
    (folder / "paper.pdf").write_bytes(data)
    return subprocess.run([program, *options, str(folder / "paper.pdf")], capture_output=True, text=True, check=False).stdout


def test_poppler_reads_the_signature_and_calls_it_valid(tmp_path: Path) -> None:
    said = pdfsig(tmp_path, short())
    assert "Signature is Valid." in said
    assert "Total document signed" in said and "Not total document signed" not in said
    assert "CN=Kantor Contoh" in said and "ETSI.CAdES.detached" in said


def test_poppler_trusts_it_once_our_authority_is_in_its_store(tmp_path: Path) -> None:
    certutil = shutil.which("certutil")
    if certutil is None:
        pytest.skip("certutil (libnss3-tools) is not installed: the reader has no store in which to trust our authority")
    store = tmp_path / "nss"
    store.mkdir()
    (tmp_path / "root.pem").write_text(officecards.authority().pem())
    subprocess.run([certutil, "-N", "--empty-password", "-d", f"sql:{store}"], check=True, capture_output=True)
    added = [certutil, "-A", "-n", "contoh", "-t", "C,C,C", "-i", str(tmp_path / "root.pem"), "-d", f"sql:{store}"]
    subprocess.run(added, check=True, capture_output=True)
    assert "Certificate is Trusted." in pdfsig(tmp_path, short(), "-nssdir", str(store))


@pytest.mark.parametrize(("root", "good"), [("Otoritas Contoh", True), ("Otoritas Lain", False)])
def test_openssl_judges_the_signature_and_its_chain_alike(tmp_path: Path, root: str, good: bool) -> None:
    """Another reader of CMS, and the path to an authority, without a store of certificates."""
    program, found = shutil.which("openssl"), officetail.read(short(), stories.short().pdf)
    if program is None:
        pytest.skip("openssl is not installed: no second reader judges the path of certificates")
    assert found is not None
    for name, data in (("cms", found.cms), ("bytes", found.covered(short())), ("root.pem", officecards.authority(root).pem().encode())):
        (tmp_path / name).write_bytes(data)
    given = ["-inform", "DER", "-in", "cms", "-content", "bytes", "-binary", "-CAfile", "root.pem", "-purpose", "any", "-cades"]
    at = ["-attime", str(int(datetime(2024, 11, 27, 12, tzinfo=UTC).timestamp()))]
    ended = subprocess.run([program, "cms", "-verify", *given, *at], cwd=tmp_path, capture_output=True, check=False)
    assert (ended.returncode == 0) is good, ended.stderr[-300:]


def test_poppler_calls_the_attack_in_one_revision_valid_too(tmp_path: Path) -> None:
    """Why the page is drawn again: another reader sees a whole, valid signature over content that the ledger never had."""
    data = ATTACKS["content and signature in one revision"](stories.long().pdf)
    said = pdfsig(tmp_path, data)
    assert "Signature is Valid." in said and "Total document signed" in said
    assert judged(data, stories.long()).outcome == "altered"


# -- certificates and their keys ---------------------------------------------------------------------------------------------------------


def test_a_certificate_of_a_drill_is_made_opened_and_marked() -> None:
    now = datetime(2024, 11, 27, 12, tzinfo=UTC)
    root, packed = certificate.for_drill("Kantor Contoh", now, WORD)
    card = certificate.open_card(packed, WORD, "x.p12")
    signed = officesignature.sign(stories.short().pdf, MOMENT, card)
    verdict, named = judged(signed), certificate.named(root, "akar.pem")
    assert certificate.of_drill(card.certificate)
    assert officesignature.judge(signed, verdict.tail, named, True).code == "certificate.holds"
    assert officesignature.judge(signed, verdict.tail, named, False).code == "certificate.drill"
    assert b"PRIVATE" not in root
    later = (now + timedelta(days=500)).strftime("%Y-%m-%dT%H:%M:%SZ")
    with pytest.raises(Refused, match=r"certificate\.not-valid"):
        officesignature.sign(stories.short().pdf, later, card)


NAMES = {"LATIHAN": True, "Latihan - KPU": True, "Balai Pelatihan Contoh": False, "Latihan Bersama": False, "KPU LATIHAN": False}


@pytest.mark.parametrize(("name", "drill"), NAMES.items())
def test_whose_name_is_that_of_a_drill(name: str, drill: bool) -> None:
    assert certificate.of_drill(officecards.card(name).certificate) is drill


def _pack(key: object, one: certificate.Card) -> bytes:
    """A file that holds a key and the certificate of it."""
    made = officecards._made("Kantor Contoh", "Otoritas Contoh", key, officecards.authority().key, *_SPAN, officecards.SIGNS, False)
    return pkcs12.serialize_key_and_certificates(b"contoh", key, made, None, BestAvailableEncryption(WORD))  # type: ignore[arg-type]


_SPAN = (officecards.BEGIN, officecards.END)
_AUTHORITY = officecards.authority()
UNFIT: dict[str, tuple[Callable[[], bytes], type[CustodyError], str]] = {
    "no PKCS#12": (lambda: b"bukan sertifikat", Malformed, "certificate.card"),
    "another passphrase": (lambda: officecards.packed(CARD, b"sandi yang lain"), KeyTrouble, "key.passphrase"),
    "Ed25519": (lambda: _pack(ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32)), CARD), Refused, "certificate.key"),
    "P-384": (lambda: _pack(officecards.key("x", ec.SECP384R1()), CARD), Refused, "certificate.key"),
    "RSA of 1,024 bits": (lambda: _pack(rsa.generate_private_key(65537, 1024), CARD), Refused, "certificate.key"),
    "an authority": (
        lambda: officecards.packed(certificate.Card(_AUTHORITY.key, _AUTHORITY.certificate, ())), Refused, "certificate.not-for-signing"
    ),
    "made for something else": (
        lambda: officecards.packed(officecards.card(uses=("key_agreement",))), Refused, "certificate.not-for-signing"
    ),
}  # fmt: skip


@pytest.mark.parametrize(("made", "kind", "code"), UNFIT.values(), ids=UNFIT)
def test_what_no_office_signs_with(made: Callable[[], bytes], kind: type[CustodyError], code: str) -> None:
    with pytest.raises(kind) as refusal:
        certificate.open_card(made(), WORD, "kantor.p12")
    assert refusal.value.code == code


def test_rsa_of_2_048_bits_signs_too(tmp_path: Path) -> None:
    card = certificate.open_card(_pack(rsa.generate_private_key(65537, 2048), CARD), WORD, "kantor.p12")
    data = officesignature.sign(stories.short().pdf, MOMENT, card)
    assert worth(data, judged(data)) == "certificate.holds"
    assert "Signature is Valid." in pdfsig(tmp_path, data)


def test_certificates_to_trust_are_certificates() -> None:
    with pytest.raises(Malformed, match=r"certificate\.certificates"):
        certificate.named(b"-----BEGIN CERTIFICATE-----\nxx\n-----END CERTIFICATE-----\n", "x.pem")
    with pytest.raises(Malformed, match=r"certificate\.certificates"):
        certificate.named(CARD.certificate.public_bytes(Encoding.DER), "x.der")


def test_without_the_extra_the_page_is_judged_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    data = short()
    monkeypatch.setitem(sys.modules, "pyhanko", None)  # as Python has it where it is not installed
    verdict = judged(data)
    assert (verdict.outcome, worth(data, verdict)) == ("intact", "certificate.extra")
    with pytest.raises(Undecided, match=r"certificate\.extra"):
        officesignature.sign(stories.short().pdf, MOMENT, CARD)
