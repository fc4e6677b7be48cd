"""The founding deed on paper: its code holds the trust file, its words say what counts, its bytes are always the same."""

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from custody.core.errors import Malformed
from custody.core.note import COSIGNATURE, VerifierKey
from custody.core.policy import Policy
from custody.paper.deeds.founding import DeedFacts, Signer, draw, grouped
from fixtures.smallworld import Person, World
from tests.paper import rendering
from tests.paper.test_report import drawn_in

SIGNERS = (
    Signer("kpu", "kpu-1", "0a1b2c3d", "Sekretaris KPU Contoh Satu (1990) KPU Contoh", True),
    Signer("polri", "polri-1", "11223344", "AKBP Contoh Dua", True),
    Signer("bawaslu", "bawaslu-1", "a0b0c0d0"),
)
PROGRAM = """
from hashlib import sha256
from tests.paper.test_founding import draw, facts
print(sha256(draw(facts())).hexdigest())
"""


def facts(**changes: object) -> DeedFacts:
    world = World()
    sid = world.origin.partition("/")[2] * 2
    trust = f"log {world.ledger_key}\nquorum none\n".encode()
    honest = DeedFacts(
        operation="Operasi Mantap Brata Contoh",
        election="Pemilu 2024",
        types="DPR, Presiden dan Wakil Presiden (PPWP)",
        drill=False,
        domain="contoh",
        sid=sid,
        founded="2024-01-10T01:00:00Z",
        zone="Asia/Makassar",
        signers=SIGNERS,
        threshold=2,
        supervisors=1,
        skew=300,
        key_use="unlocked",
        trust=trust,
    )
    return replace(honest, **changes)  # type: ignore[arg-type]


def said(given: DeedFacts) -> str:
    """What stands on the paper, without the spaces between words."""
    return "".join(rendering.text(draw(given)).split())


def test_the_code_holds_the_trust_file_byte_for_byte() -> None:
    given = facts()
    (text,) = [code for page in rendering.pages(draw(given)) for code in rendering.codes(page)]
    assert text.encode() == given.trust
    assert Policy.parse(text.encode()) == Policy.parse(given.trust)


def test_a_trust_file_with_witnesses_still_has_a_code() -> None:
    witnesses = "".join(f"witness w{number} {key}\n" for number, key in enumerate(_witness_keys(6)))
    given = facts(trust=facts().trust.replace(b"quorum none", f"{witnesses}quorum w1".encode()))
    (text,) = [code for page in rendering.pages(draw(given), 300) for code in rendering.codes(page)]
    assert text.encode() == given.trust


def _witness_keys(count: int) -> list[str]:
    return [str(VerifierKey(f"saksi.contoh/{number}", COSIGNATURE, Person(f"w{number}").signing.public)) for number in range(count)]


@pytest.mark.parametrize(
    "wanted",
    [
        "Operasi Mantap Brata Contoh", "Pemilu 2024", "SUNGGUHAN · BUKAN LATIHAN", "NOT A DRILL", "10 Januari 2024 pukul 09.00 WITA",
        "2 dari 3 otoritas, dari lebih dari satu lembaga", "2 of 3 authorities, of more than one institution", "1. KPU",
        "Sekretaris KPU Contoh Satu (1990) KPU Contoh", "DPR, Presiden dan Wakil Presiden (PPWP)", "disahkan 1 Kasatops",
        "paling banyak 300 detik", "dibuka dengan kata sandi sekali tiap regu", "unlocked with a passphrase once a shift",
        "3. BAWASLU", "Tanda tangan basah",
        "quorum none",
        "Yang tidak dibuktikan akta ini", "What this deed does not prove", "tidak menggantikannya", "Halaman 1 dari 2",
    ],
)  # fmt: skip
def test_it_stands_on_the_deed(wanted: str) -> None:
    assert wanted.replace(" ", "") in said(facts())


def test_the_whole_number_the_key_and_the_trust_file_can_be_read_and_typed() -> None:
    given, text = facts(), said(facts())
    (key,) = Policy.parse(given.trust).logs
    assert given.sid in text
    assert sha256(key.public).hexdigest() in text
    for line in given.trust.decode().splitlines():
        assert line.replace(" ", "") in text.replace("‐", "-")


def test_a_drill_says_so_in_big_and_a_real_one_never_does() -> None:
    drill = said(facts(drill=True))
    assert "TIDAKBERLAKUUNTUKPEMILIHAN" in drill
    assert "SUNGGUHAN" not in drill
    assert "TIDAKBERLAKU" not in said(facts())


def test_who_did_not_sign_with_a_key_is_said_not_to_have() -> None:
    given = facts()
    for count, names in ((2, SIGNERS), (3, tuple(replace(one, signed=True) for one in SIGNERS)), (0, (SIGNERS[2],))):
        text = said(replace(given, signers=names))
        assert text.count("menandatanganinaskahinidengankunci") == text.count("signedthistextwiththekey") == count
        assert text.count("TIDAKmenandatangani") == text.count("didNOTsignwiththekey") == len(names) - count


def test_one_authority_of_a_drill_is_not_said_to_be_several() -> None:
    text = said(facts(drill=True, signers=SIGNERS[:1], threshold=1))
    assert "satuotoritas(hanyauntuklatihan)" in text and "lebihdarisatulembaga" not in text


def test_fifteen_authorities_and_long_names_stay_on_two_pages() -> None:
    many = tuple(Signer(f"lembaga-{'x' * 40}-{number}", f"kunci-{number}", "00112233", "Y" * 90) for number in range(15))
    pages = rendering.pages(draw(facts(signers=many, operation="Operasi " + "Panjang " * 20)))
    assert len(pages) == 2
    for page in pages:
        assert page.crop((round(page.width * 196 / 210), 0, page.width, page.height)).getextrema() == (255, 255)


def test_the_same_bytes_in_another_process(tmp_path: Path) -> None:
    around = {"TZ": "Asia/Jayapura", "PYTHONHASHSEED": "7", "SOURCE_DATE_EPOCH": "1", "RL_useA85": "1"}
    assert drawn_in(tmp_path, around, PROGRAM) == sha256(draw(facts())).hexdigest()


def test_a_trust_file_that_is_none_is_refused() -> None:
    with pytest.raises(Malformed, match=r"policy\."):
        draw(facts(trust=b"log x\n"))


def test_digits_in_groups() -> None:
    assert grouped("0123456789") == "0123 4567 89"
