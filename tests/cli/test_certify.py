"""`custody certify`, `custody report --sign-with`, `custody check --certificates` (docs/spec/22-office-signature.md)."""

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from custody.paper.checking import officetail
from fixtures import officecards
from fixtures.officecards import MOMENT
from tests.cli.daily_kit import HABI, Evening
from tests.cli.harness import Desk, Ended
from tests.cli.test_start import imported, start

SECRET = "sandi contoh saja"


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Evening:
    """A ledger, a report of a desa, certificates of an office, of a stranger, of a drill, and one that is no longer valid."""
    evening = Evening(tmp_path_factory.mktemp("certify"), desa=(HABI,))
    assert report(evening, HABI, "--out", "habi.pdf").exit == 0
    root = evening.root
    (root / "kantor.p12").write_bytes(officecards.packed(officecards.card()))
    (root / "lama.p12").write_bytes(officecards.packed(officecards.card(end=datetime(2024, 2, 1, tzinfo=UTC))))
    (root / "otoritas.pem").write_text(officecards.authority().pem())
    (root / "lain.pem").write_text(officecards.authority("Otoritas Lain").pem())
    (root / "sandi-kantor").write_text(f"{SECRET}\n")
    (root / "sandi-kantor").chmod(0o600)
    assert evening.desk.run("certify", "--drill", "latihan", "--passphrase-file", "sandi-kantor").exit == 0
    assert evening.desk.run("certify", "habi.pdf", "--sign-with", "kantor.p12", "--passphrase-file", "sandi-kantor").exit == 0
    return evening


def report(evening: Evening, *argv: str, answers: tuple[str, ...] = ()) -> Ended:
    key = str(evening.office.own_key("kasatops-1"))
    return evening.desk.run("report", *argv, "--key", key, "--passphrase-file", str(evening.office.word_file()), answers=answers)


def certify(evening: Evening, *argv: str, answers: tuple[str, ...] = ()) -> tuple[int, str]:
    """Exit and the code of the refusal."""
    ended = evening.desk.run("certify", *argv, "--json", answers=answers)
    return ended.exit, "" if ended.exit == 0 else str(json.loads(ended.err.splitlines()[-1])["code"])


def check(evening: Evening, file: str, *argv: str) -> tuple[int, dict[str, Any]]:
    """As somebody does who has the file and the trust file, and nothing else."""
    ended = Desk(evening.root).run("check", file, "--trust", str(evening.office.folder / "policy"), *argv, "--json")
    return ended.exit, json.loads(ended.out)


def put(evening: Evening, name: str, change: Callable[[bytes, bytes], bytes]) -> str:
    """Another file made of the drawn and the signed one."""
    drawn, signed = ((evening.root / one).read_bytes() for one in ("habi.pdf", "habi-ttd.pdf"))
    (evening.root / name).write_bytes(change(drawn, signed))
    return name


# -- signing ---------------------------------------------------------------------------------------------------------------------------


def test_the_passphrase_is_asked_for_and_never_an_argument(evening: Evening) -> None:
    ended = evening.desk.run("certify", "habi.pdf", "--sign-with", "kantor.p12", "--out", "asked.pdf", answers=["bukan ini", SECRET])
    assert ended.exit == 0, ended.err
    assert "Kata sandi sertifikat kantor.p12:" in ended.err
    assert ended.out.strip() == "Ditandatangani oleh Kantor Contoh, ID: asked.pdf"
    assert SECRET not in ended.out + ended.err


def test_the_signed_file_is_the_drawn_one_and_a_tail_and_as_private(evening: Evening) -> None:
    drawn, signed = evening.root / "habi.pdf", evening.root / "habi-ttd.pdf"
    assert signed.read_bytes().startswith(drawn.read_bytes())
    assert signed.stat().st_mode == drawn.stat().st_mode


REFUSED: dict[str, tuple[list[str], tuple[int, str]]] = {
    "nothing to sign": ([], (2, "cli.certify.what")),
    "no certificate": (["habi.pdf"], (2, "cli.certify.what")),
    "a paper and a drill": (["habi.pdf", "--sign-with", "kantor.p12", "--drill", "x"], (2, "cli.certify.what")),
    "signed already": (["habi-ttd.pdf", "--sign-with", "kantor.p12"], (8, "certificate.already")),
    "no paper": (["kantor.p12", "--sign-with", "kantor.p12"], (8, "certificate.not-intact")),
    "no PKCS#12 file": (["habi.pdf", "--sign-with", "otoritas.pem", "--out", "x.pdf"], (2, "certificate.card")),
    "no such file": (["habi.pdf", "--sign-with", "tiada.p12", "--out", "x.pdf"], (2, "cli.file.missing")),
    "no address of a token": (["habi.pdf", "--sign-with", "pkcs11:token=a", "--out", "x.pdf"], (2, "certificate.token")),
    "not valid now": (["habi.pdf", "--sign-with", "lama.p12", "--out", "x.pdf"], (8, "certificate.not-valid")),
    "of a drill": (["habi.pdf", "--sign-with", "latihan/latihan-kantor.p12", "--out", "x.pdf"], (8, "certificate.real")),
    "a folder with certificates": (["--drill", "latihan"], (2, "cli.certify.folder")),
    "a name too long": (["--drill", "baru", "--name", "x" * 80], (2, "certificate.name")),
    "there already": (["habi.pdf", "--sign-with", "kantor.p12", "--out", "habi.pdf"], (2, "cli.file.exists")),
}


@pytest.mark.parametrize(("argv", "wanted"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_signed(evening: Evening, argv: list[str], wanted: tuple[int, str]) -> None:
    there = sorted(evening.root.iterdir())
    assert certify(evening, *argv, "--passphrase-file", "sandi-kantor") == wanted
    assert sorted(evening.root.iterdir()) == there, "nothing is left behind"


def test_an_altered_paper_gets_no_name_put_under_it(evening: Evening) -> None:
    name = put(evening, "altered.pdf", lambda drawn, _: drawn.replace(b"/Title (L", b"/Title (K", 1))
    assert certify(evening, name, "--sign-with", "kantor.p12", "--passphrase-file", "sandi-kantor") == (8, "certificate.not-intact")


def test_three_wrong_passphrases(evening: Evening) -> None:
    assert certify(evening, "habi.pdf", "--sign-with", "kantor.p12", "--out", "x.pdf", answers=("a", "b", "c")) == (7, "key.passphrase")
    assert not (evening.root / "x.pdf").exists()


def test_without_the_extra_it_is_said_how_to_get_it(evening: Evening, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyhanko", None)  # as Python has it where it is not installed
    ended = evening.desk.run("certify", "habi.pdf", "--sign-with", "kantor.p12", "--out", "x.pdf")
    assert ended.exit == 4
    assert "pip install '.[pades]'" in ended.err
    exit, told = check(evening, "habi-ttd.pdf")
    assert (exit, told["outcome"], told["signature"]["code"]) == (0, "intact", "certificate.extra")
    assert check(evening, "habi-ttd.pdf", "--certificates", "otoritas.pem")[0] == 4


def test_a_report_is_drawn_logged_and_signed_in_one_go(evening: Evening) -> None:
    ended = report(evening, HABI, "--out", "one-go.pdf", "--sign-with", "kantor.p12", answers=(SECRET,))
    assert ended.exit == 0, ended.err
    assert check(evening, "one-go.pdf", "--certificates", "otoritas.pem")[1]["signature"]["code"] == "certificate.holds"


@pytest.mark.parametrize("card", ["lama.p12", "latihan/latihan-kantor.p12", "otoritas.pem"])
def test_a_report_that_cannot_be_signed_is_not_logged(evening: Evening, card: str) -> None:
    with evening.office.open() as office:
        size = office.ledger.size
    ended = report(evening, HABI, "--out", "none.pdf", "--sign-with", card, "--sign-passphrase-file", "sandi-kantor")
    assert ended.exit in (2, 8)
    assert not (evening.root / "none.pdf").exists()
    with evening.office.open() as office:
        assert office.ledger.size == size


def test_a_certificate_of_a_drill_signs_papers_of_drills(tmp_path: Path) -> None:
    drill = Evening(tmp_path, desa=(HABI,), changes={"drill": True})
    assert report(drill, HABI, "--out", "habi.pdf").exit == 0
    assert drill.desk.run("certify", "--drill", "x", "--name", "KPU Contoh", answers=[SECRET, SECRET]).exit == 0
    assert certify(drill, "habi.pdf", "--sign-with", "x/latihan-kantor.p12", answers=(SECRET,)) == (0, "")
    exit, told = check(drill, "habi-ttd.pdf", "--certificates", "x/latihan-akar.pem")
    assert (exit, told["signature"]["owner"]) == (0, "LATIHAN - KPU Contoh, ID, LATIHAN")


# -- checking --------------------------------------------------------------------------------------------------------------------------

ANSWERS: dict[str, tuple[Callable[[bytes, bytes], bytes], str | None, int, str, str]] = {
    "signed": (lambda drawn, signed: signed, None, 0, "intact", "unnamed"),
    "signed, its authority named": (lambda drawn, signed: signed, "otoritas.pem", 0, "intact", "holds"),
    "signed, another authority named": (lambda drawn, signed: signed, "lain.pem", 1, "intact", "stranger"),
    "taken off": (lambda drawn, signed: signed[: len(drawn)], None, 0, "intact", "none"),
    "taken off, and asked for": (lambda drawn, signed: signed[: len(drawn)], "otoritas.pem", 1, "intact", "none"),
    "of other bytes": (lambda drawn, signed: signed.replace(b"/M (D:20241127", b"/M (D:20241126", 1), None, 1, "intact", "void"),
    "no signature in its place": (
        lambda drawn, signed: officetail.signed(drawn, MOMENT, b"\x30\x82\x00\x04abcd"), None, 1, "intact", "unreadable"
    ),
}  # fmt: skip


@pytest.mark.parametrize(("change", "named", "exit", "outcome", "code"), ANSWERS.values(), ids=ANSWERS)
def test_the_page_and_the_certificate_have_an_answer_each(
    evening: Evening, change: Callable[[bytes, bytes], bytes], named: str | None, exit: int, outcome: str, code: str
) -> None:
    name = put(evening, "answered.pdf", change)
    ended, told = check(evening, name, *(["--certificates", named] if named else []))
    assert (ended, told["outcome"], told["signature"]["code"]) == (exit, outcome, f"certificate.{code}")


def test_a_bad_certificate_is_told_plainly_beside_a_good_page(evening: Evening) -> None:
    name = put(evening, "void.pdf", lambda drawn, signed: signed.replace(b"/M (D:20241127", b"/M (D:20241126", 1))
    said = Desk(evening.root).run("check", name, "--trust", str(evening.office.folder / "policy")).out
    assert said.startswith("UTUH")
    assert "TIDAK SAH. Ini bukan tanda tangan Kantor Contoh, ID atas berkas ini. Jawaban tentang halaman tidak berubah." in said


def test_who_signed_and_since_when_is_said_in_the_zone_of_the_ledger(evening: Evening) -> None:
    argv = ("--trust", str(evening.office.folder / "policy"), "--certificates", "otoritas.pem")
    said = Desk(evening.root).run("check", "habi-ttd.pdf", *argv, "--lang", "en").out
    assert "Office signature: GOOD. Kantor Contoh, ID, signed 27 November 2024 at 19:42 WITA as it claims" in said


def test_a_moment_before_the_paper_was_made_is_told(evening: Evening) -> None:
    """Whoever has the key can claim any moment; not every one is possible."""

    def early(drawn: bytes, _: bytes) -> bytes:
        return officecards.signed(drawn, officecards.card(), "2024-11-27T11:41:59Z")

    name = put(evening, "early.pdf", early)
    exit, told = check(evening, name, "--certificates", "otoritas.pem")
    assert (exit, told["signature"]["code"], told["signature"]["early"]) == (0, "certificate.holds", True)
    said = Desk(evening.root).run("check", name, "--trust", str(evening.office.folder / "policy")).out
    assert "lebih awal daripada saat kertas ini dibuat (27 November 2024" in said
    assert check(evening, "habi-ttd.pdf")[1]["signature"]["early"] is False


def test_on_an_altered_paper_a_signature_is_said_to_prove_nothing(evening: Evening) -> None:
    def altered(drawn: bytes, _: bytes) -> bytes:
        return officecards.signed(drawn.replace(b"/Title (L", b"/Title (K", 1), officecards.card())

    name = put(evening, "signed-altered.pdf", altered)
    exit, told = check(evening, name, "--certificates", "otoritas.pem")
    assert (exit, told["outcome"], told["signature"]) == (3, "altered", None)
    said = Desk(evening.root).run("check", name, "--trust", str(evening.office.folder / "policy")).out
    assert "Tanda tangan membuktikan siapa yang menandatangani byte" in said


def test_certificates_that_are_none(evening: Evening) -> None:
    ended = Desk(evening.root).run(
        "check", "habi-ttd.pdf", "--trust", str(evening.office.folder / "policy"), "--certificates", "sandi-kantor"
    )
    assert ended.exit == 2 and "BEGIN CERTIFICATE" in ended.err


@pytest.mark.parametrize(("file", "loaded"), [("habi.pdf", False), ("habi-ttd.pdf", True)])
def test_the_extra_is_imported_only_for_a_signed_paper(evening: Evening, file: str, loaded: bool) -> None:
    ended = start("check", str(evening.root / file), "--trust", str(evening.office.folder / "policy"))
    assert ended.returncode == 0
    assert ("cocok dengan berkas ini" in ended.stdout) is loaded, ended.stdout
    assert bool(imported(ended.stderr) & {"pyhanko", "asn1crypto"}) is loaded


def test_help_imports_no_certificates() -> None:
    for argv in (["--help"], ["certify", "--help"], ["check", "--help"]):
        assert not imported(start(*argv).stderr) & {"pyhanko", "asn1crypto", "cryptography"}
